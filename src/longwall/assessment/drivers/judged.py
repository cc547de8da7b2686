"""Drivers as the model alone shows them: judged and simulated, said as such, where no log speaks."""

from __future__ import annotations

import numpy as np

from longwall.assessment.drivers.rows import Driver, Drivers, Place
from longwall.assessment.flow import Flow
from longwall.assessment.results import VarianceMatrix
from longwall.assessment.statement import estimate, finding, number_text
from longwall.assessment.thresholds import Thresholds
from longwall.units import share_text
from longwall.worksystem import Finding, Forecast, Function, Parameter, Suggestion, WorkSystem

__all__ = ["drivers_in_model"]

_REVIEWED = range(4, 9)
_EVEN_ODDS = 0.5
_SHOWN_BY_LOG = "what a log would show"
_FIRST_ROW: dict[Driver, str] = {
    "skill_atrophy": "machine_share",
    "governance_misalignment": "rule_broken_share",
    "conflicting_measures": "weekly_conflict",
}
_NEEDS: dict[Driver, str] = {
    "skill_atrophy": "no log: what the model says of practice stands among the findings",
    "governance_misalignment": "no log: needs one, and the rules in procedure.yaml of the study",
    "conflicting_measures": "no log: needs half a year of one with closed items",
}


def drivers_in_model(
    system: WorkSystem,
    flow: Flow,
    cuts: Thresholds,
    *,
    judged: VarianceMatrix | None = None,
    forecast: Forecast | None = None,
    in_log: bool = False,
    alerts: bool = False,
) -> Drivers:
    """Return measures and findings about drivers from the model alone; everything rests on judgement or simulation.

    Parameters
    ----------
    judged : VarianceMatrix, optional
        The matrix as people judged it.
    forecast : Forecast, optional
        Of today's design, for alerts.
    in_log, alerts : bool
        Whether there is a log, or an alert log: then it speaks, and the model does not.
    """
    found = Drivers()
    if not in_log:
        found += _unread(system, flow, cuts) + _owners(system, flow, cuts) + _gain(judged, cuts)
        for driver, measure in _FIRST_ROW.items():
            place = Place(driver, cuts, of="by judgement")
            place.unknown(measure, _SHOWN_BY_LOG, measure, _NEEDS[driver], at_most=driver == "conflicting_measures")
            found += place.with_finding(None)
    if not alerts and forecast is not None:
        found += _simulated_alerts(forecast, cuts)
    return found


def _range(parameter: Parameter) -> tuple[float, float, float]:
    """Value and range; without a stated one it is taken as said."""
    low = parameter.value if parameter.low is None else parameter.low
    high = parameter.value if parameter.high is None else parameter.high
    return parameter.value, low, high


def _unread(system: WorkSystem, flow: Flow, cuts: Thresholds) -> Drivers:
    """Machines so reliable, and reviews so short, that people come to pass what they propose."""
    found = Drivers()
    for function in system.work.functions:
        level, component = function.allocation.level, function.allocation.component
        if component is None or level not in _REVIEWED or function.work_h.mean_h <= 0:
            continue
        if function.allocation.review_h is None:
            continue
        place = Place("complacency", cuts, (function.id,), f"{function.name or function.id}, by judgement")
        place.measured(
            "machine_reliability", "the machine is right, so that checks find nothing",
            _range(system.components[component].reliability), "share", "machine_reliability", nothing=_EVEN_ODDS,
            footing="assumed",
        )  # fmt: skip
        share = function.allocation.review_h.mean_h / function.work_h.mean_h
        place.measured(
            "review_share", "time to review what the machine does, over doing it by hand", (share, share, share),
            "share", "review_share", at_most=True, footing="assumed",
        )  # fmt: skip
        found += place.with_finding(_unread_finding(function, flow, place) if place.claimed else None)
    return found if found.rows else _none("complacency", "machine_reliability", cuts, "no review of a machine's work")


def _unread_finding(function: Function, flow: Flow, place: Place) -> Finding:
    """Word the finding about a review that may become a formality."""
    right = place.rows[0].value
    assert right is not None
    per_week = flow.executions.get(function.id, 0.0)
    wrong = [(1 - share) * per_week for share in (right.value, right.high, right.low)]
    return finding(
        "complacency",
        (function.id,),
        f"The review of '{function.name or function.id}' may become a formality: the machine is right in "
        f"{share_text(right.value)} of {number_text(per_week)} executions a week, and little time is planned for "
        "looking.",
        estimate(wrong[0], wrong[1], wrong[2], "executions per week", "assumed"),
        "executions in which the machine is wrong and a review has to notice it",
        principle="division of work between people and machines",
        suggests=(
            Suggestion(kind="change_level", targets=(function.id,), why="bring people what needs a decision, not all"),
            Suggestion(kind="known_faults", targets=(function.id,), why="known faults among the items, announced"),
        ),
        cautions=("judged from the model; a log of the reviews would show whether faults pass",),
    )


def _owners(system: WorkSystem, flow: Flow, cuts: Thresholds) -> Drivers:
    """Functions that roles of several teams may do while no decision says who."""
    decided = {key for decision in system.work.decisions for key in decision.functions}
    found = Drivers()
    for function in system.work.functions:
        teams = sorted({system.roles[role].team for role in function.roles if system.roles[role].team})
        if len(teams) < 2 or function.id in decided:
            continue
        place = Place("role_ambiguity", cuts, (function.id,), f"{function.name or function.id}, by judgement")
        n = float(len(teams))
        place.measured(
            "teams_of_step", "teams whose roles may do it, while no decision of the model says who", (n, n, n), "teams",
            "teams_of_step", required=False, footing="assumed",
        )  # fmt: skip
        place.unknown(
            "idle_pass_share", "items passed between these teams without work", "idle_pass_share",
            "no log: needs one with teams and assignments",
        )  # fmt: skip
        found += place.with_finding(None)
    return found if found.rows else _none("role_ambiguity", "teams_of_step", cuts, "no function of several teams")


def _none(driver: Driver, measure: str, cuts: Thresholds, what: str) -> Drivers:
    """The row of a driver of which the model holds nothing."""
    place = Place(driver, cuts, of="by judgement")
    place.unknown(measure, _SHOWN_BY_LOG, measure, f"no log, and {what} in the model")
    return place.with_finding(None)


def _gain(judged: VarianceMatrix | None, cuts: Thresholds) -> Drivers:
    """How much each round of variances that lead to variances leaves, as people judged it."""
    place = Place("reinforcing_loop", cuts, of="variances, by judgement")
    means = "occurrences that follow uncontrolled from each occurrence, round after round"
    if judged is None or not judged.edges:
        place.unknown("loop_gain", means, "loop_gain", "no log, and the model names no variance that leads to another")
        return place.with_finding(None)
    at = {row.id: k for k, row in enumerate(judged.variances)}
    numbers = []
    for end in ("value", "low", "high"):
        flow = np.zeros((len(at), len(at)))
        for edge in judged.edges:
            if edge.source in at and edge.target in at:
                row = judged.variances[at[edge.source]]
                flow[at[edge.source], at[edge.target]] = row.uncontrolled * getattr(edge.probability, end)
        numbers.append(float(np.abs(np.linalg.eigvals(flow)).max()))
    place.measured(
        "loop_gain", means, (numbers[0], numbers[1], numbers[2]), "of each", "loop_gain", footing="assumed",
    )  # fmt: skip
    if not place.claimed:
        return place.with_finding(None)
    named = [row.name or row.id for row in judged.variances if any(row.id in group for group in judged.runaway)]
    about = f" ({', '.join(named[:4])})" if named else ""
    made = finding(
        "reinforcing_loop",
        tuple(row.id for row in judged.variances if any(row.id in group for group in judged.runaway))[:8],
        f"Variances feed each other{about}: as judged, each round leaves {share_text(numbers[0])} of the one before.",
        estimate(numbers[0], numbers[1], numbers[2], "of each round", "assumed"),
        "what remains uncontrolled from one round of variances to the next; from 1 on it never ends",
        principle="variance control at source",
        suggests=(Suggestion(kind="control_at_source", why="break the loop at its best controlled link"),),
        cautions=("judged from the model; a log would show whether the loop turns",),
        name="judged",
    )
    return place.with_finding(made)


def _simulated_alerts(forecast: Forecast, cuts: Thresholds) -> Drivers:
    """Alerts per hour and the share that is engaged with, as simulated."""
    found = Drivers()
    for one in forecast.indicators:
        if one.id != "alerts_per_h" or not one.scope.startswith("role:") or one.estimate.value <= 0:
            continue
        role = one.scope.removeprefix("role:")
        place = Place("alert_fatigue", cuts, (role,), f"{role}, as simulated")
        numbers = (one.estimate.value, one.estimate.low, one.estimate.high)
        place.measured(
            "alerts_per_person_h", "alerts per rostered hour", numbers, "alerts per hour", "alerts_per_person_h",
            footing="assumed",
        )  # fmt: skip
        engaged = forecast.of("engaged_share", one.scope) or forecast.of("engaged_share")
        if engaged is not None:
            shares = (engaged.estimate.value, engaged.estimate.low, engaged.estimate.high)
            place.measured(
                "actioned_share", "alerts that somebody engages with", shares, "share of alerts", "actioned_share",
                at_most=True, footing="assumed",
            )  # fmt: skip
        found += place.with_finding(_simulated_finding(place, role) if place.claimed else None)
    return found


def _simulated_finding(place: Place, role: str) -> Finding:
    """Word the finding about a role with more alerts than it can answer, as simulated."""
    load = place.rows[0].value
    assert load is not None
    return finding(
        "alert_fatigue",
        (role,),
        f"{role} is to look at {load.value:.1f} alerts per rostered hour ({load.low:.1f} to {load.high:.1f}), as "
        "simulated; few of them are engaged with.",
        estimate(load.value, load.low, load.high, "alerts per hour", "assumed"),
        "alerts per rostered hour",
        principle="information to whoever can act on it, and no more",
        layer="technical",
        suggests=(
            Suggestion(kind="alert_threshold", targets=(role,), why="fewer and truer alerts"),
            Suggestion(kind="change_level", targets=(role,), why="let a machine group repeats"),
        ),
        cautions=("simulated, not observed: bring an alert log",),
    )
