"""Alert fatigue: do people answer less, to the same kind of alert, the more alerts there are?

Busy hours hold other alerts than quiet ones: comparisons are within name and severity, and where it is known which
alerts were true, among the true ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.drivers.rows import Drivers, Place
from longwall.assessment.statement import estimate, finding, number_text
from longwall.assessment.thresholds import Thresholds
from longwall.evidence.disclosure import half_step
from longwall.stats import share_interval, stratified_ratio
from longwall.units import HOURS_PER_WEEK, share_text
from longwall.worksystem import EvidenceRows, Finding, Suggestion

if TYPE_CHECKING:
    from longwall.evidence import Alerts

__all__ = ["alert_fatigue", "answers", "load_before", "refires", "strata_of"]

_TRUE = 0
_DAY_H = 24.0
_MIN_GROUP = 5
_WINDOWS_H = (1.0, 4.0, 12.0, 24.0)
_TYPICAL = 3.0
_LEAST_TRUE = 60


def alert_fatigue(alerts: Alerts, cuts: Thresholds) -> Drivers:
    """Return measures and findings about how alerts are answered, over all of them.

    Parameters
    ----------
    alerts : Alerts
        From `longwall.evidence.read_alerts`.
    cuts : Thresholds
    """
    place = Place("alert_fatigue", cuts, of="all alerts")
    answered = answers(alerts)
    known = answered >= 0
    first = known & ~alerts.repeats()
    true = first & (alerts.disposition == _TRUE)
    judged = true if true.sum() >= _LEAST_TRUE else first
    among = "true alerts" if judged is true else "alerts of the same name"
    if judged.sum() < cuts["least_alerts"]:
        needs = int(np.ceil(alerts.n_alerts * cuts["least_alerts"] / max(int(judged.sum()), 1)))
        place.unknown(
            "response_with_load",
            f"share of {among} answered in busy hours, over that in quiet ones",
            "response_with_load",
            f"only {int(judged.sum())} alerts say whether they were answered; needs about {number_text(needs)} alerts",
            at_most=True,
            cases=int(judged.sum()),
        )
    else:
        _with_load(alerts, place, judged, answered == 1, among)
    _supporting(alerts, place, answered, first)
    made = _finding(alerts, place, judged, answered == 1, among) if place.claimed else None
    return place.with_finding(made)


def load_before(alerts: Alerts) -> tuple[NDArray[np.float64], float]:
    """Return how many alerts fired in the hours before each, and how many hours those are.

    The window is the shortest of 1, 4, 12 and 24 hours in which three alerts are usual.
    """
    times = np.sort(alerts.fired_h)
    counts = np.zeros(alerts.n_alerts, dtype=np.int64)
    for window in _WINDOWS_H:
        counts = _up_to(times, alerts.fired_h) - _up_to(times, alerts.fired_h - window)
        if counts.size and np.median(counts) >= _TYPICAL:
            break
    return counts.astype(np.float64), window


def refires(alerts: Alerts, within_h: float = _DAY_H) -> NDArray[np.bool_]:
    """Return after which alerts the same thing fired again soon, shape (n,)."""
    order = np.lexsort((alerts.fired_h, alerts.fingerprint))
    same = np.diff(alerts.fingerprint[order]) == 0
    close = np.diff(alerts.fired_h[order]) <= within_h
    found = np.zeros(alerts.n_alerts, dtype=np.bool_)
    found[order[:-1][same & close]] = True
    return found


def answers(alerts: Alerts) -> NDArray[np.int8]:
    """Return 1 where somebody acted, 0 where nobody did, -1 where it is not known, shape (n,).

    Where no action is known of any alert, being acknowledged counts.
    """
    if (alerts.actioned >= 0).any():
        return alerts.actioned
    seen = np.isfinite(alerts.acknowledged_h)
    return (seen if seen.any() else np.full(alerts.n_alerts, -1)).astype(np.int8)


def strata_of(alerts: Alerts) -> NDArray[np.int64]:
    """Return name and severity of each alert as one code, shape (n,)."""
    return alerts.name.astype(np.int64) * (len(alerts.severities) + 1) + alerts.severity + 1


def _busy(alerts: Alerts, judged: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_], float]:
    """The busiest third and the quietest third of what is judged, and the hours over which load is counted."""
    load, window_h = load_before(alerts)
    low, high = np.quantile(load[judged], [1 / 3, 2 / 3])
    return judged & (load > high), judged & (load <= low), window_h


def _with_load(
    alerts: Alerts, place: Place, judged: NDArray[np.bool_], answered: NDArray[np.bool_], among: str
) -> None:
    """How the answer to the same kind of alert falls with load."""
    busy, quiet, window_h = _busy(alerts, judged)
    either = busy | quiet
    order = np.flatnonzero(either)
    place.measured(
        "response_with_load",
        f"share of {among} answered in the busiest third, over that in the quietest (alerts in the {window_h:.0f} h "
        "before), within name and severity",
        stratified_ratio(strata_of(alerts)[order], busy[order], answered[order], alerts.fired_h[order] // _DAY_H),
        "times as many",
        "response_with_load",
        nothing=1.0,
        at_most=True,
        cases=int(either.sum()),
    )


def _supporting(alerts: Alerts, place: Place, answered: NDArray[np.int8], first: NDArray[np.bool_]) -> None:
    """Load per person, repeats, share answered, true alerts missed after others of their name were left."""
    _per_person_hour(alerts, place)
    again, n = int(alerts.repeats().sum()), alerts.n_alerts
    place.measured(
        "repeat_share",
        "alerts that repeat one of the same day",
        (again / n, *share_interval(again, n)),
        "share of alerts",
        "repeat_share",
        required=False,
        cases=n,
    )
    known = answered >= 0
    did, of = int((answered[known] == 1).sum()), int(known.sum())
    place.measured(
        "actioned_share",
        "alerts that somebody acted on",
        (did / of, *share_interval(did, of)) if of else (np.nan, np.nan, np.nan),
        "share of alerts",
        "actioned_share",
        at_most=True,
        required=False,
        cases=of,
    )
    true = np.flatnonzero(first & (alerts.disposition == _TRUE))
    if true.size < _LEAST_TRUE:
        place.unknown(
            "missed_after_suppressed",
            "true alerts left alone after others of their name were, over those after none",
            "missed_after_suppressed",
            f"{true.size} alerts are known to be true; needs about {_LEAST_TRUE}",
            required=False,
            cases=int(true.size),
        )
        return
    left = _left_before(alerts, answered == 0)[true]
    place.measured(
        "missed_after_suppressed",
        "true alerts left alone after others of their name were in the day before, over those after none, within name",
        stratified_ratio(strata_of(alerts)[true], left > 0, answered[true] == 0, alerts.fired_h[true] // _DAY_H),
        "times as many",
        "missed_after_suppressed",
        nothing=1.0,
        required=False,
        cases=int(true.size),
    )


def _per_person_hour(alerts: Alerts, place: Place) -> None:
    """Alerts per hour of somebody at work, pooled over all responders; shown for five and more."""
    means = "alerts per hour in which a responder was at work, all pooled"
    known = np.flatnonzero(alerts.responder >= 0)
    people = np.unique(alerts.responder[known]).size
    if people < _MIN_GROUP:
        place.unknown(
            "alerts_per_person_h", means, "alerts_per_person_h",
            "a measure of performers: shown for groups of five and more only", required=False, cases=int(known.size),
        )  # fmt: skip
        return
    day = (alerts.fired_h[known] // _DAY_H).astype(np.int64)
    key = alerts.responder[known].astype(np.int64) * (day.max() + 1) + day
    order = np.lexsort((alerts.fired_h[known], key))
    begins = np.flatnonzero(np.r_[True, np.diff(key[order]) != 0])
    times = alerts.fired_h[known][order]
    last = np.r_[begins[1:], order.size] - 1
    hours = np.maximum(times[last] - times[begins], 1.0)
    taken = np.diff(np.r_[begins, order.size])
    value = taken.sum() / hours.sum()
    half = 1.96 * float(np.sqrt(((taken - value * hours) ** 2).sum())) / float(hours.sum())
    place.measured(
        "alerts_per_person_h", means, (float(value), max(0.0, float(value) - half), float(value) + half),
        "alerts per hour", "alerts_per_person_h", required=False,
        half_grid=half_step(np.unique(alerts.responder[known], return_counts=True)[1]), cases=int(known.size),
    )  # fmt: skip


def _up_to(times: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many of the sorted times lie before each moment."""
    return np.searchsorted(times, at, side="left").astype(np.int64)


def _left_before(alerts: Alerts, left: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many alerts of the same name were left alone in the day before each, shape (n,)."""
    counts = np.zeros(alerts.n_alerts, dtype=np.int64)
    for code in np.unique(alerts.name):
        own = alerts.name == code
        times = np.sort(alerts.fired_h[own & left])
        at = alerts.fired_h[own]
        counts[own] = _up_to(times, at) - _up_to(times, at - _DAY_H)
    return counts


def _finding(
    alerts: Alerts, place: Place, judged: NDArray[np.bool_], answered: NDArray[np.bool_], among: str
) -> Finding:
    """Word the finding."""
    row = place.rows[0]
    assert row.value is not None
    busy, quiet, _ = _busy(alerts, judged)
    weeks = max(1.0, float(np.ptp(alerts.fired_h)) / HOURS_PER_WEEK)
    quiet_share = float(answered[quiet].mean())
    lost = [
        quiet_share * max(0.0, 1 - r) * busy.sum() / weeks for r in (row.value.value, row.value.high, row.value.low)
    ]
    return finding(
        "alert_fatigue",
        (),
        f"In the busiest hours {share_text(float(answered[busy].mean()))} of the {among} are answered, in the quietest "
        f"{share_text(quiet_share)}; within name and severity that is {row.value.value:.2f} times as many "
        f"({row.value.low:.2f} to {row.value.high:.2f}).",
        estimate(lost[0], lost[1], lost[2], "alerts per week", "counted"),
        f"{among} that go unanswered in busy hours and would be answered in quiet ones",
        principle="information to whoever can act on it, and no more",
        layer="technical",
        evidence=(EvidenceRows(query="alerts_by_load", events=int(judged.sum())),),
        suggests=(
            Suggestion(kind="alert_threshold", why="fewer and truer alerts: raise the threshold where few need action"),
            Suggestion(kind="change_level", why="let a machine group repeats and close what nobody acts on"),
            Suggestion(kind="staff", why="a second person in the hours in which alerts come in floods"),
        ),
        cautions=(
            "what the log does not know may differ in busy hours, such as an outage that explains many alerts at once",
        ),
        name="response",
    )
