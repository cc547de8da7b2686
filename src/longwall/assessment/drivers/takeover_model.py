"""Who could take over, from the model alone: allocations that leave nobody, or nobody in practice."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from longwall.assessment.drivers.skill import skill_kept
from longwall.assessment.flow import Flow
from longwall.assessment.statement import HOURS_PER_WEEK_UNIT, estimate, finding, number_text
from longwall.units import share_text
from longwall.worksystem import Finding, Function, Suggestion, WorkSystem

__all__ = ["takeover_in_model"]

_LEAST_KEPT = 0.01
_MACHINE_ACTS = 5


def takeover_in_model(
    system: WorkSystem, flow: Flow, cuts: Mapping[str, float], known: frozenset[str]
) -> list[Finding]:
    """Find functions whose allocation leaves nobody able to take over, from the model alone.

    Parameters
    ----------
    known : frozenset of Id
        Functions about which the log has spoken; there only a missing role is reported.
    """
    found = []
    for function in system.work.functions:
        if function.allocation.level < _MACHINE_ACTS or function.allocation.component is None:
            continue
        if not function.roles:
            found.append(_nobody(function, flow))
        elif function.id not in known and (made := _rarely(system, function, flow, cuts)) is not None:
            found.append(made)
    return found


def _nobody(function: Function, flow: Flow) -> Finding:
    """Word the finding about a machine without any role behind it."""
    per_week = flow.executions.get(function.id, 0.0)
    return finding(
        "automation_mismatch",
        (function.id,),
        f"'{function.name or function.id}' is done by a machine at level {function.allocation.level}, and no role may "
        f"do it when the machine is out; it is needed {number_text(per_week)} times a week.",
        estimate(per_week, per_week, per_week, "executions per week", "assumed"),
        "executions per week that stop with the machine",
        principle="division of work between people and machines",
        layer="social",
        suggests=(
            Suggestion(kind="change_level", targets=(function.id,), why="a level at which a person stays involved"),
            Suggestion(kind="cross_train", targets=(function.id,), why="a named role that can take over"),
        ),
    )


def _rarely(system: WorkSystem, function: Function, flow: Flow, cuts: Mapping[str, float]) -> Finding | None:
    """Word the finding about a function that each member does by hand too rarely, or None."""
    component = system.components[function.allocation.component or ""]
    out = 0.0
    if component.time_between_failures_h is not None and component.repair_h is not None:
        between, repair = component.time_between_failures_h.value, component.repair_h.mean_h
        out = repair / max(between + repair, 1e-12)
    share = 1 - component.coverage.value * (1 - out)
    members = sum(system.roles[role].head_count for role in function.roles)
    per_week = flow.executions.get(function.id, 0.0)
    practice = share * per_week / max(members, 1) + function.drills_per_year.value / 52
    days = 7 / practice if practice > 0 else np.inf
    if share > 1 - cuts["machine_share"] or days <= cuts["practice_gap_days"]:
        return None
    kept, least, most = (max(_LEAST_KEPT, share) for share in skill_kept(days))
    often = f"once in {number_text(days)} days" if np.isfinite(days) else "never"
    takeover_h = function.allocation.takeover_h.mean_h if function.allocation.takeover_h else function.work_h.mean_h
    hours = per_week * takeover_h
    return finding(
        "atrophy",
        (function.id,),
        f"'{function.name or function.id}' is left to the machine in {share_text(1 - share)} of "
        f"{number_text(per_week)} executions a week; each of {members} people does it by hand {often}, which keeps "
        f"about {share_text(kept)} of what practice gained: nobody can be expected to take over at once.",
        estimate(hours / kept, hours / most, hours / least, HOURS_PER_WEEK_UNIT, "assumed"),
        "hours of taking over that a week without the machine adds, slowed by the skill that is lost",
        principle="division of work between people and machines",
        suggests=(
            Suggestion(kind="drill", targets=(function.id,), why="practise it by hand before the machine is out"),
            Suggestion(
                kind="change_level", targets=(function.id,), why="leave a share of the cases to people for good"
            ),
        ),
    )
