"""Measures that conflict: does what one measure rewards harm another?

Two indicators may drift apart because both follow the year, or because the mix of items changes. Here they are compared
from week to week, within classes, without trend and slow seasons. A target shows itself in another way as well: items
closed just before they are due, more of which come back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from longwall.assessment.drivers.rows import Drivers, Place
from longwall.assessment.drivers.weekly import Outcomes, outcomes_of, weekly_means
from longwall.assessment.repetition import due_of
from longwall.assessment.statement import estimate, finding, number_text
from longwall.assessment.view import View
from longwall.stats import stratified_ratio
from longwall.units import share_text
from longwall.worksystem import EvidenceRows, Finding, Suggestion

__all__ = ["conflicts"]

_PAIRS = (
    ("quick", "stayed", "quick closing", "items that stay closed"),
    ("quick", "right", "quick closing", "steps done once"),
)
_LEVEL = 0.95
_WINDOW = 0.1
_BINS_A_SIDE = 10
_LEAST_NEAR = 100
_DAY_H = 24.0


def conflicts(view: View) -> Drivers:
    """Return measures and findings about measures whose improvements go against each other."""
    outcomes = outcomes_of(view)
    found = Drivers()
    for one, other, first, second in _PAIRS:
        found += _weekly(view, outcomes, (one, other), (first, second))
    return found + _at_due_time(view, outcomes)


def _weekly(view: View, outcomes: Outcomes, names: tuple[str, str], words: tuple[str, str]) -> Drivers:
    """Whether two outcomes go against each other from week to week."""
    cuts = view.thresholds
    place = Place("conflicting_measures", cuts, of=f"{words[0]} against {words[1]}, week by week")
    means = "correlation of weekly improvements, within classes, without trend and slow seasons"
    values = [np.asarray(getattr(outcomes, name), dtype=np.float64) for name in names]
    if not outcomes.case.size or (names[1] == "stayed" and not outcomes.by_close) or np.ptp(values[1]) == 0:
        why = "no step ends items" if names[1] == "stayed" else "no step before closing comes again"
        place.unknown("weekly_conflict", means, "weekly_conflict", why, at_most=True)
        return place.with_finding(None)
    (one, counts), (other, _) = (weekly_means(view, outcomes.closed_h, outcomes.case, value) for value in values)
    weeks = int(counts.sum())
    if weeks < cuts["least_weeks"]:
        why = f"{weeks} weeks with enough items; needs about {int(cuts['least_weeks'])} weeks"
        place.unknown("weekly_conflict", means, "weekly_conflict", why, at_most=True, cases=int(outcomes.case.size))
        return place.with_finding(None)
    r, low, high = _correlation(one[counts], other[counts], 1 - (1 - _LEVEL) / len(_PAIRS))
    place.measured(
        "weekly_conflict", means, (r, low, high), "correlation", "weekly_conflict", nothing=0.0, at_most=True,
        cases=int(outcomes.case.size), footing="fitted",
    )  # fmt: skip
    if not place.claimed:
        return place.with_finding(None)
    return place.with_finding(_weekly_finding(view, place, outcomes, values[1], one, counts, words))


def _correlation(x: NDArray[np.float64], y: NDArray[np.float64], level: float) -> tuple[float, float, float]:
    """Correlation with Fisher's interval; nine-week averages taken off cost a degree of freedom each."""
    r = float(np.clip(np.corrcoef(x, y)[0, 1], -0.999, 0.999))
    effective = max(x.size * 8 / 9 - 3, 1.0)
    half = float(ndtri(0.5 + level / 2)) / np.sqrt(effective)
    return r, float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))


def _weekly_finding(
    view: View,
    place: Place,
    outcomes: Outcomes,
    kept: NDArray[np.float64],
    speed: NDArray[np.float64],
    counts: NDArray[np.bool_],
    words: tuple[str, str],
) -> Finding:
    """Word the finding about two outcomes that go against each other."""
    row = place.rows[0].value
    assert row is not None
    week = ((outcomes.closed_h - outcomes.closed_h.min()) // 168.0).astype(np.int64)
    fast = counts & (speed >= np.quantile(speed[counts], 2 / 3))
    slow = counts & (speed <= np.quantile(speed[counts], 1 / 3))
    lost_fast, lost_slow = (1 - float(kept[which[week]].mean()) for which in (fast, slow))
    per_week = outcomes.case.size / view.weeks
    extra = max(0.0, lost_fast - lost_slow)
    n_fast, n_slow = int(fast[week].sum()), int(slow[week].sum())
    half = 1.96 * float(
        np.sqrt(lost_fast * (1 - lost_fast) / max(n_fast, 1) + lost_slow * (1 - lost_slow) / max(n_slow, 1))
    )
    return finding(
        "conflicting_measures",
        (),
        f"In weeks of {words[0]} there are fewer {words[1]}: {share_text(lost_fast)} are lost in the quickest third of "
        f"the weeks, {share_text(lost_slow)} in the slowest; correlation {row.value:.2f} ({row.low:.2f} to "
        f"{row.high:.2f}) within classes, without trend and slow seasons.",
        estimate(extra * per_week, max(0.0, extra - half) * per_week, (extra + half) * per_week, "items per week",
                 "fitted"),
        "items that a quick week costs beyond a slow one",
        principle="measures that people can act on",
        layer="work",
        evidence=(EvidenceRows(query="weekly_outcomes", cases=int(outcomes.case.size)),),
        suggests=_answers(),
        cautions=("both may follow something that the log does not show, such as the kind of items within a class",),
        name=words[1].replace(" ", "-"),
    )  # fmt: skip


def _answers() -> tuple[Suggestion, ...]:
    """What would answer either sign of a conflict."""
    return (
        Suggestion(kind="measure", why="one measure for both: count an item as done when it stays done"),
        Suggestion(kind="control_at_source", why="find what makes items come back, so that speed no longer costs"),
        Suggestion(kind="measure", why="let the team that is measured say what a target makes people do"),
    )


def _at_due_time(view: View, outcomes: Outcomes) -> Drivers:
    """Whether items are closed just before they are due, and more of those come back."""
    cuts = view.thresholds
    place = Place("conflicting_measures", cuts, of="closing just before the due time")
    means = "items closed in the last tenth of the allowed time, over what the times around it make expected"
    due = due_of(view)
    if due is None or not outcomes.case.size:
        place.unknown("bunching_ratio", means, "bunching_ratio", "no due times are known")
        return place.with_finding(None)
    allowed = (due - view.traces.arrival_h)[outcomes.case]
    usable = np.isfinite(allowed) & (allowed > 0)
    used = np.where(
        usable, (outcomes.closed_h - view.traces.arrival_h[outcomes.case]) / np.where(usable, allowed, 1), -1
    )
    near = usable & (np.abs(used - 1) < _WINDOW * _BINS_A_SIDE / 2)
    n = int(near.sum())
    if n < _LEAST_NEAR:
        why = f"{n} items are closed around their due time; needs about {_LEAST_NEAR}"
        place.unknown("bunching_ratio", means, "bunching_ratio", why, cases=n)
        return place.with_finding(None)
    place.measured(
        "bunching_ratio", means, _bunching(used[near]), "times as many", "bunching_ratio", nothing=1.0, cases=n
    )
    bunched = (used > 1 - _WINDOW) & (used <= 1)
    early = usable & (used > 1 - 4 * _WINDOW) & (used <= 1 - _WINDOW)
    rows = np.flatnonzero(usable & (bunched | early))
    lost = ~outcomes.stayed[rows] if outcomes.by_close else ~outcomes.right[rows]
    place.measured(
        "bunched_return",
        "items closed just in time that come back, over those closed with more time left, among alike items",
        stratified_ratio(view.stratum[outcomes.case[rows]], bunched[rows], lost, outcomes.closed_h[rows] // _DAY_H),
        "times as many",
        "bunched_return",
        nothing=1.0,
        cases=int(rows.size),
    )
    if not place.claimed:
        return place.with_finding(None)
    back = int((~(outcomes.stayed if outcomes.by_close else outcomes.right) & bunched & usable).sum())
    return place.with_finding(_due_finding(view, place, int((bunched & usable).sum()), back))


def _bunching(used: NDArray[np.float64]) -> tuple[float, float, float]:
    """Items in the last tenth before the due time over those that a smooth curve through the other tenths expects.

    A parabola through logarithms of the counts, after Chetty et al. 2011, "Adjustment costs, firm responses, and micro
    vs. macro labor supply elasticities", QJE 126, section IV; the tenth after the due time, from which items were
    pulled forward, is left out of the curve as well.
    """
    edges = 1 + _WINDOW * np.arange(-_BINS_A_SIDE // 2, _BINS_A_SIDE // 2 + 1)
    counts = np.histogram(used, edges)[0].astype(np.float64)
    middle = (edges[:-1] + edges[1:]) / 2 - 1
    last = _BINS_A_SIDE // 2 - 1
    left_out = (np.arange(counts.size) == last) | (np.arange(counts.size) == last + 1)
    design = np.vander(middle, 3)
    weight = counts + 0.5
    fitted = design[~left_out]
    inverse = np.linalg.inv(fitted.T @ (fitted * weight[~left_out, None]))
    slopes = inverse @ fitted.T @ (weight[~left_out] * np.log(weight[~left_out]))
    expected = float(design[last] @ slopes)
    variance = float(design[last] @ inverse @ design[last]) + 1 / weight[last]
    value = float(np.log(weight[last])) - expected
    half = 1.96 * np.sqrt(variance)
    return float(np.exp(value)), float(np.exp(value - half)), float(np.exp(value + half))


def _due_finding(view: View, place: Place, bunched: int, back: int) -> Finding:
    """Word the finding about items closed just in time."""
    more, again = place.rows[0].value, place.rows[1].value
    assert more is not None and again is not None
    extra = [max(0.0, back * (1 - 1 / max(ratio, 1.0))) / view.weeks for ratio in (again.value, again.low, again.high)]
    return finding(
        "conflicting_measures",
        (),
        f"{number_text(bunched)} items are closed in the last tenth of the time they are allowed, {more.value:.1f} "
        f"times what is expected ({more.low:.1f} to {more.high:.1f}); {share_text(back / max(bunched, 1))} come back, "
        f"{again.value:.1f} times as often as items closed earlier ({again.low:.1f} to {again.high:.1f}).",
        estimate(extra[0], extra[1], extra[2], "items per week", "counted"),
        "items closed just in time that come back beyond what is usual",
        principle="measures that people can act on",
        layer="work",
        evidence=(EvidenceRows(query="closed_just_in_time", cases=bunched),),
        suggests=_answers(),
        cautions=("a due time at the end of a shift gathers closings without any harm; here they also come back",),
        name="due-time",
    )
