"""What arrives: classes of items, how many a week, at which hours of the week.

Rates are means over weeks with newer weeks counting more; their intervals allow for weeks that vary more than chance.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.traces import Traces, weekly_weights
from longwall.units import HOURS_PER_WEEK

if TYPE_CHECKING:
    from longwall.evidence import Log
    from longwall.evidence.log import CaseAttribute

__all__ = ["Arrivals", "Classes", "arrivals_of", "classes_of"]

_MOST_CLASSES = 6
_LEAST_CASES = 30
_LEAST_SHARE = 0.005
_LEAST_EFFECT = 0.02
_HALF_LIFE_SHARE = 0.25
_LEAST_HALF_LIFE_WEEKS = 8.0
_PROFILE_PRIOR = 0.02
_URGENCY = (
    (re.compile(r"crit|emerg|urgent|blocker|highest|very high|major|sev.?0|p0"), 0),
    (re.compile(r"high|sev.?1|p1"), 1),
    (re.compile(r"med|normal|moderate|standard|p2|sev.?2"), 2),
    (re.compile(r"lowest|planning|trivial|very low"), 4),
    (re.compile(r"low|minor|p3|sev.?3"), 3),
)


@dataclass(frozen=True)
class Classes:
    """Demand classes of a log.

    Parameters
    ----------
    names : tuple of str
        As in the log, most cases first.
    of_case : ndarray of int64, shape (n_cases,)
    priority : tuple of int
        0 is served first; all 0 where the attribute says nothing about urgency.
    attribute : str
        The case attribute that makes the classes; empty: one class.
    effect : float
        Share of the variance of log lead time that the classes explain, in [0, 1].
    """

    names: tuple[str, ...]
    of_case: NDArray[np.int64]
    priority: tuple[int, ...]
    attribute: str
    effect: float


@dataclass(frozen=True)
class Arrivals:
    """Arrivals per class.

    Parameters
    ----------
    per_week, low, high : ndarray, shape (n_classes,)
        Items per week with 95% interval.
    profile : ndarray, shape (n_classes, 168)
        Weights of the hours of the week, each row sums to one.
    trend_per_year : float
        Relative change of all arrivals per year, of a log-linear fit.
    trend_low, trend_high : float
        95% interval of that.
    weeks : int
        Whole weeks that were counted.
    half_life_weeks : float
    """

    per_week: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    profile: NDArray[np.float64]
    trend_per_year: float
    trend_low: float
    trend_high: float
    weeks: int
    half_life_weeks: float


def classes_of(log: Log, traces: Traces) -> Classes:
    """Return the demand classes: values of the case attribute that explains most of lead time and routing.

    An attribute is eligible with two to six values that each hold at least 30 cases and half a percent of all (smaller
    ones are joined), and if it explains at least 2% of the variance of log lead time or of the uncertainty of
    the next step. A priority is taken before others.
    """
    one = Classes(("all",), np.zeros(traces.n_cases, dtype=np.int64), (0,), "", 0.0)
    lead = np.log1p(np.maximum(traces.close_h - traces.arrival_h, 0.0))
    best: tuple[float, str, Classes] | None = None
    for name in sorted(log.case_attributes):
        held = log.case_attributes[name]
        if held.kind != "label" or held.role in ("status", "keep"):
            continue
        found = _coded(held)
        if found is None:
            continue
        names, codes = found
        effect = _explained(lead[traces.finished], codes[traces.finished], len(names))
        routing = _routing_gain(log, traces, codes, len(names))
        if max(effect, routing) < _LEAST_EFFECT:
            continue
        rank = effect + routing + (1.0 if held.role == "priority" else 0.0)
        if best is None or rank > best[0]:
            best = (rank, name, Classes(names, codes, _priorities(names, held.role), name, effect))
    return best[2] if best else one


def arrivals_of(log: Log, traces: Traces, classes: Classes) -> Arrivals:
    """Return arrival rates and profiles.

    Notes
    -----
    The weeks counted are the whole weeks from the first to the last arrival, without the first and the last, which the
    edge of the log cuts. The interval is that of a weighted mean with overdispersed Poisson counts.
    """
    n = len(classes.names)
    week = (traces.arrival_h // HOURS_PER_WEEK).astype(np.int64)
    first, last = int(week.min()), int(week.max())
    if last - first >= 3:
        first, last = first + 1, last - 1
    weeks = last - first + 1
    half_life = max(_LEAST_HALF_LIFE_WEEKS, _HALF_LIFE_SHARE * weeks)
    weight = weekly_weights(weeks, half_life)
    inside = (week >= first) & (week <= last)
    counts = np.zeros((n, weeks))
    np.add.at(counts, (classes.of_case[inside], week[inside] - first), 1.0)
    share = weight / weight.sum()
    mean = counts @ share
    if last == first:
        # A log of a week or two: what came, over the time in which it came.
        span = max(float(traces.arrival_h.max() - traces.arrival_h.min()), 24.0) / HOURS_PER_WEEK
        mean = np.bincount(classes.of_case, minlength=n) / span
    dispersion = np.maximum(((counts - mean[:, None]) ** 2 @ share) / np.maximum(mean, 1e-12), 1.0)
    half = 1.96 * np.sqrt(dispersion * np.maximum(mean, 1e-12) * (share**2).sum())
    low = np.maximum(mean - half, 0.0)
    profile = _profiles(log, traces, classes, n)
    trend = _trend(counts.sum(axis=0))
    return Arrivals(mean, low, mean + half, profile, *trend, weeks, half_life)


def _coded(held: CaseAttribute) -> tuple[tuple[str, ...], NDArray[np.int64]] | None:
    """Values that hold enough cases, most first, the rest joined; None where that does not make classes."""
    counts = np.bincount(held.codes[held.codes >= 0], minlength=len(held.labels))
    least = max(_LEAST_CASES, _LEAST_SHARE * held.codes.size)
    kept = sorted(
        (code for code in range(counts.size) if counts[code] >= least), key=lambda c: (-counts[c], held.labels[c])
    )
    if not kept or counts[kept].sum() < 0.5 * held.codes.size:
        return None
    kept = kept[: _MOST_CLASSES - 1] if len(kept) > _MOST_CLASSES else kept
    renumber = np.full(len(held.labels) + 1, len(kept), dtype=np.int64)
    renumber[kept] = np.arange(len(kept))
    codes = renumber[held.codes]
    names = tuple(held.labels[code] for code in kept)
    rest = int((codes == len(kept)).sum())
    if rest >= least:
        names = (*names, "Other")
    elif rest:
        codes = np.where(codes == len(kept), 0, codes)
    return (names, codes) if len(names) >= 2 else None


def _explained(values: NDArray[np.float64], codes: NDArray[np.int64], n: int) -> float:
    """Share of variance between groups, corrected for their number (epsilon squared), in [0, 1]."""
    if values.size <= n + 1 or values.var() <= 0:
        return 0.0
    size = np.maximum(np.bincount(codes, minlength=n), 1)
    means = np.bincount(codes, weights=values, minlength=n) / size
    within = float(((values - means[codes]) ** 2).sum()) / (values.size - n)
    total = float(values.var(ddof=1))
    return max(0.0, 1.0 - within / total)


def _routing_gain(log: Log, traces: Traces, codes: NDArray[np.int64], n: int) -> float:
    """Share of the uncertainty of the next step, given the step before, that the classes take away; in [0, 1]."""
    rows = np.flatnonzero(traces.previous >= 0)
    if not rows.size:
        return 0.0
    pair = np.unique(
        log.activity[traces.previous[rows]].astype(np.int64) * len(log.activities) + log.activity[rows],
        return_inverse=True,
    )[1]
    now = log.activity[traces.previous[rows]].astype(np.int64)
    without = _entropy(pair) - _entropy(now)
    label = codes[log.case[rows]]
    joint = _entropy(pair * n + label) - _entropy(now * n + label)
    # Splitting any counts lowers entropy by about (cells - 1) / (2 N); take that off (Miller 1955).
    free = (np.unique(pair * n + label).size - np.unique(now * n + label).size) - (
        np.unique(pair).size - np.unique(now).size
    )
    return float(max(0.0, 1.0 - (joint + free / (2.0 * rows.size)) / without)) if without > 1e-9 else 0.0


def _entropy(codes: NDArray[np.int64]) -> float:
    """Entropy of codes as they are distributed [nats]."""
    share = np.unique(codes, return_counts=True)[1] / codes.size
    return float(-(share * np.log(share)).sum())


def _priorities(names: tuple[str, ...], role: str) -> tuple[int, ...]:
    """Priority of each class by its words or its number; all 0 where they say nothing."""
    if role != "priority":
        return (0,) * len(names)
    found: list[int] = []
    for name in names:
        text = name.lower()
        rank = next((rank for pattern, rank in _URGENCY if pattern.search(text)), None)
        number = re.fullmatch(r"\D{0,12}(\d{1,2})\D{0,12}", text)
        if rank is None and number and re.match(r"(p|prio|priority|sev|severity)?\W*\d|\d\W", text):
            rank = int(number[1])
        if rank is None:
            if text != "other":
                return (0,) * len(names)
            rank = 9
        found.append(rank)
    order = sorted(set(found))
    return tuple(order.index(rank) for rank in found)


def _profiles(log: Log, traces: Traces, classes: Classes, n: int) -> NDArray[np.float64]:
    """Arrivals by hour of week; classes lean on all arrivals together, hours on their neighbours a little."""
    hour = log.local_week_hour(traces.arrival_h).astype(np.int64) % HOURS_PER_WEEK
    age = (traces.arrival_h.max() - traces.arrival_h) / HOURS_PER_WEEK
    half_life = max(_LEAST_HALF_LIFE_WEEKS, _HALF_LIFE_SHARE * float(age.max(initial=0.0)))
    weight = 0.5 ** (age / half_life)
    table = np.zeros((n, HOURS_PER_WEEK))
    np.add.at(table, (classes.of_case, hour), weight)
    pooled = table.sum(axis=0)
    pooled = pooled / pooled.sum()
    size = table.sum(axis=1, keepdims=True)
    prior = _PROFILE_PRIOR * size + 20.0
    table = (table + prior * pooled) / (size + prior) if n > 1 else pooled[None, :]
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def _trend(counts: NDArray[np.float64]) -> tuple[float, float, float]:
    """Relative change per year of weekly counts, with 95% interval; zeros where there are fewer than eight weeks."""
    if counts.size < 8 or counts.mean() <= 0:
        return 0.0, 0.0, 0.0
    years = (np.arange(counts.size) - (counts.size - 1) / 2) / (365.25 / 7)
    level = np.log(counts + 0.5)
    slope = float((years * (level - level.mean())).sum() / (years**2).sum())
    rest = level - level.mean() - slope * years
    error = math.sqrt(float((rest**2).sum()) / (counts.size - 2) / float((years**2).sum()))
    low, high = slope - 1.96 * error, slope + 1.96 * error
    return math.expm1(min(slope, 50.0)), math.expm1(min(low, 50.0)), math.expm1(min(high, 50.0))
