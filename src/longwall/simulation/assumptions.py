"""Which assumed parameters a forecast rests on, by path."""

from __future__ import annotations

from longwall.simulation.priors import PRIORS
from longwall.worksystem import WorkSystem, numbers_in

__all__ = ["assumed_paths", "rests_on"]

_STATE_INDICATORS = ("fatigue", "skill_reserve")
_CHECK_PRIORS = (
    "accept_unchecked", "prevalence_intercept", "prevalence_slope", "transparency_weight", "false_rejection",
    "review_share", "glance_share",
)  # fmt: skip
_ALERT_PRIORS = ("alert_extra", "alert_repeat", "alert_salience", "triage_hit", "triage_false")
_TAKEOVER_PRIORS = ("takeover_share", "takeover_cv", "takeover_per_stage", "takeover_novice", "takeover_skilled")


def assumed_paths(system: WorkSystem) -> tuple[str, ...]:
    """Return the paths of every assumed number that the simulation uses, priors that it falls back on included.

    A prior is named ``state_parameters.NAME``; a parameter left at its default in the model is not listed.
    """
    relevant = system.model_copy(
        update={"indicators": (), "assumptions": (), "environment": type(system.environment)()}
    )
    paths = {number.path for number in numbers_in(relevant, set_only=True) if number.value.footing == "assumed"}
    levels = {fn.allocation.level for fn in system.work.functions}
    used: set[str] = set()
    if max(levels, default=1) > 1:
        used.update(_CHECK_PRIORS, _TAKEOVER_PRIORS)
    used.update({"list_saving"} if 2 in levels else ())
    used.update({"narrow_saving"} if 3 in levels else ())
    used.update({"act_share"} if levels & {4, 5, 6} else ())
    used.update({"read_shelf_life_h"} if levels & {7, 8, 9} else ())
    used.update({"detector_hit", "detector_false"} if 9 in levels else ())
    used.update({"control_attempts"} if any(v.control for v in system.variances) else ())
    if any(d.alerts for d in system.work.demand):
        used.update(_ALERT_PRIORS)
    used.update({"repeat_gap_h"} if any(d.alerts and d.alerts.repeats.value > 0 for d in system.work.demand) else ())
    rules = {fn.at_shift_end for fn in system.work.functions}
    used.update({"handover_loss", "handover_again"} if "hand_over" in rules else ())
    parked = "park" in rules or any(fn.when_interrupted == "park" for fn in system.work.functions)
    used.update({"resume_h"} if parked else ())
    used.update({"amo_form", "performance_spread", "resources_effect"} if system.social.practices else ())
    if system.person_state:
        used.update(name for name, prior in PRIORS.items() if prior.state)
    paths.update(f"state_parameters.{name}" for name in used if name not in system.state_parameters)
    return tuple(sorted(paths))


def rests_on(indicator: str, scope: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return the assumed parameters without which one indicator cannot be had.

    Flow, people and priors decide all of them, except that machines and variances matter where they are counted.
    """
    flow = tuple(p for p in paths if p.startswith(("work.demand.", "work.routes.", "social.roles.")))
    if scope.startswith("function:"):
        own = f"work.functions.{scope.partition(':')[2]}."
        flow += tuple(p for p in paths if p.startswith(own))
    else:
        flow += tuple(p for p in paths if p.startswith("work.functions."))
    if indicator.startswith(("escaped", "harm")):
        flow += tuple(p for p in paths if p.startswith("variances."))
    if indicator in ("machine_availability", "takeover_h", "by_hand_share", "skill_reserve"):
        flow += tuple(p for p in paths if p.startswith(("technical.", "state_parameters.takeover")))
    if indicator in _STATE_INDICATORS:
        flow += tuple(p for p in paths if p.startswith("state_parameters.") and p not in flow)
    return tuple(sorted(flow))
