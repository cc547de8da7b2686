"""Reinforcing loops: does trouble feed itself?

A loop is claimed only where each of its links is seen: backlog makes the work of the next day hasty, hasty work is done
again more often, and what is done again comes on top. Each link is a slope on what came before, beside a placebo: what
came after must explain less. Class mix, weekday, trend and slow seasons, and the arrivals of the day, are taken out.
What closes within one day cannot be seen, nor a hidden cause that hits first one, then the other, and then the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.drivers.alert_fatigue import alert_fatigue, answers, refires
from longwall.assessment.drivers.daily import Days, days_of, without_season
from longwall.assessment.drivers.rows import Drivers, Place
from longwall.assessment.statement import estimate, finding, number_text
from longwall.assessment.thresholds import Thresholds
from longwall.assessment.view import View
from longwall.stats import newey_west, share_interval, stratified_ratio
from longwall.units import HOURS_PER_WEEK, share_text
from longwall.worksystem import EvidenceRows, Finding, Suggestion

if TYPE_CHECKING:
    from longwall.evidence import Alerts

__all__ = ["alert_loop", "work_loop"]

_LAGS = 5
_ONE_SIDED = 1.645
_DAY_H = 24.0
_MEANS = {
    "haste_after_backlog": "quicker work on the day after a backlog one standard deviation above the usual",
    "haste_after_not_before": "the same, less what the backlog of the day after explains (placebo)",
    "faults_with_haste": "more work done again, of that done on a day of haste one standard deviation above the usual",
    "faults_with_not_before": "the same, less what the haste of the day after explains (placebo)",
    "work_repeated_share": "work that is done again and comes on top",
    "repeat_after_left_alone": "alerts that fire again within a day when left alone, over when answered, same alert",
}


def work_loop(view: View) -> Drivers:
    """Return measures and the finding about backlog, haste and rework that feed each other."""
    place = Place("reinforcing_loop", view.thresholds, of="backlog, haste, rework")
    days = days_of(view)
    least = int(view.thresholds["least_days"])
    if days is None or days.haste.size < least:
        why = (
            "the log has no work times of five people and more, or no work is done again"
            if days is None
            else f"{days.haste.size} working days; needs about {least}"
        )
        place.unknown("haste_after_backlog", _MEANS["haste_after_backlog"], "haste_after_backlog", why)
        return place.with_finding(None)
    series = {name: without_season(days, getattr(days, name)) for name in ("backlog", "haste", "faults", "arrivals")}
    scale = {name: max(float(values.std()), 1e-12) for name, values in series.items()}
    now = slice(1, -1)
    _link(
        place, ("haste_after_backlog", "haste_after_not_before"), "share of the time",
        series["haste"][now], series["backlog"][:-2] / scale["backlog"], series["backlog"][2:] / scale["backlog"],
        (series["arrivals"][now] / scale["arrivals"], series["haste"][:-2]), days,
    )  # fmt: skip
    _link(
        place, ("faults_with_haste", "faults_with_not_before"), "share of executions",
        series["faults"][now], series["haste"][now] / scale["haste"], series["haste"][2:] / scale["haste"],
        (series["arrivals"][now] / scale["arrivals"], series["faults"][:-2]), days,
    )  # fmt: skip
    place.measured(
        "work_repeated_share", _MEANS["work_repeated_share"],
        (days.repeated / days.executions, *share_interval(days.repeated, days.executions)), "share of executions",
        "work_repeated_share", cases=days.executions,
    )  # fmt: skip
    return place.with_finding(_finding(view, place, days) if place.claimed else None)


def _link(
    place: Place,
    names: tuple[str, str],
    unit: str,
    response: NDArray[np.float64],
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    others: tuple[NDArray[np.float64], ...],
    days: Days,
) -> None:
    """One link: the slope on what came before, and how far it exceeds the slope on what came after."""
    plain = np.column_stack([np.ones(response.size), before, *others])
    slopes, covariance = newey_west(response, plain, _LAGS)
    half = 1.96 * float(np.sqrt(covariance[1, 1]))
    value = float(slopes[1])
    place.measured(
        names[0], _MEANS[names[0]], (value, value - half, value + half), unit, names[0], nothing=0.0,
        cases=days.executions, footing="fitted",
    )  # fmt: skip
    both = np.column_stack([np.ones(response.size), before, after, *others])
    slopes, covariance = newey_west(response, both, _LAGS)
    value = float(slopes[1] - slopes[2])
    half = _ONE_SIDED * float(np.sqrt(max(covariance[1, 1] + covariance[2, 2] - 2 * covariance[1, 2], 0.0)))
    place.measured(
        names[1], _MEANS[names[1]], (value, value - half, value + half), unit, "lag_less_lead", nothing=0.0,
        cases=days.executions, footing="fitted",
    )  # fmt: skip


def _finding(view: View, place: Place, days: Days) -> Finding:
    """Word the finding about the loop of backlog, haste and rework."""
    values = {row.measure: row.value for row in place.rows}
    haste, faults = values["haste_after_backlog"], values["faults_with_haste"]
    assert haste is not None and faults is not None
    more = [share * days.executions / view.weeks for share in (faults.value, faults.low, faults.high)]
    return finding(
        "reinforcing_loop",
        (),
        f"Backlog feeds itself: after a day with more open items than usual, work is "
        f"{share_text(1 - np.exp(-haste.value))} quicker; of work done on hasty days {share_text(faults.value)} more "
        f"is done again ({share_text(faults.low)} to {share_text(faults.high)}), and comes on top.",
        estimate(more[0], more[1], more[2], "executions per week", "fitted"),
        "executions that are done again in a week of haste one standard deviation above the usual",
        principle="variance control at source",
        layer="work",
        evidence=(EvidenceRows(query="daily_loop", events=days.executions),),
        suggests=(
            Suggestion(kind="staff", why="capacity that follows the backlog, so that it does not turn into haste"),
            Suggestion(kind="priority_rule", why="hold new work back in a backlog, and keep the time a step takes"),
            Suggestion(kind="control_at_source", why="see at the step what is sent back later, most of all in a rush"),
        ),
        cautions=(
            "follows, not causes: each link exceeds its placebo, and a hidden cause with the same delays looks alike",
        ),
        name="backlog-haste-rework",
    )  # fmt: skip


def alert_loop(alerts: Alerts, cuts: Thresholds) -> Drivers:
    """Return measures and the finding about alerts that are left alone because there are many, and fire again."""
    place = Place("reinforcing_loop", cuts, of="alerts, left alone, more alerts")
    response = next(row for row in alert_fatigue(alerts, cuts).rows if row.measure == "response_with_load")
    place.rows.append(response.model_copy(update={"driver": place.driver, "of": place.of}))
    answered = answers(alerts)
    whole = alerts.fired_h <= alerts.fired_h.max(initial=0.0) - _DAY_H
    rows = np.flatnonzero((answered >= 0) & whole)
    place.measured(
        "repeat_after_left_alone",
        _MEANS["repeat_after_left_alone"],
        stratified_ratio(
            alerts.fingerprint[rows], answered[rows] == 0, refires(alerts)[rows], alerts.fired_h[rows] // _DAY_H
        ),
        "times as many",
        "repeat_after_left_alone",
        nothing=1.0,
        cases=int(rows.size),
    )
    if not place.claimed:
        return place.with_finding(None)
    left = rows[answered[rows] == 0]
    again = int(refires(alerts)[left].sum())
    ratio = place.rows[1].value
    assert ratio is not None
    weeks = max(1.0, float(np.ptp(alerts.fired_h)) / HOURS_PER_WEEK)
    extra = [again * (1 - 1 / max(one, 1.0)) / weeks for one in (ratio.value, ratio.low, ratio.high)]
    made = finding(
        "reinforcing_loop",
        (),
        f"Alerts feed themselves: the more there are, the fewer are answered, and one that is left alone fires "
        f"again within a day {ratio.value:.1f} times as often as the same one answered ({ratio.low:.1f} to "
        f"{ratio.high:.1f}): {number_text(again)} did.",
        estimate(extra[0], extra[1], extra[2], "alerts per week", "counted"),
        "alerts that fire again because they were left alone",
        principle="variance control at source",
        layer="technical",
        evidence=(EvidenceRows(query="alerts_again", events=again),),
        suggests=(
            Suggestion(kind="alert_threshold", why="fewer and truer alerts, so that those left are answered"),
            Suggestion(kind="control_at_source", why="mend what fires again, before the next one"),
        ),
        cautions=("follows, not causes: what is hard to mend may be left alone and fire again for that reason",),
        name="alerts",
    )
    return place.with_finding(made)
