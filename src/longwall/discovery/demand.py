"""What arrives: classes of items, how many a week, at which hours of the week.

Rates are weighted means over weeks, carried to the end of the log; how fast weeks go stale, whether they grow and which
attribute makes classes is chosen on what is held out. Intervals allow for weeks that vary more than chance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.arrival_level import Level, level_of
from longwall.discovery.class_choice import held_out_gain
from longwall.discovery.closed_days import ClosedDays, closed_days
from longwall.discovery.traces import Traces
from longwall.units import HOURS_PER_WEEK

if TYPE_CHECKING:
    from longwall.evidence import Log
    from longwall.evidence.log import CaseAttribute

__all__ = ["Arrivals", "Classes", "arrivals_of", "classes_of"]

_MOST_CLASSES = 6
_LEAST_CASES = 30
_LEAST_SHARE = 0.005
_LEAST_SHARE_SAVED = 0.005
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
        Share of the log loss of route and durations of cases held out that the classes save, in [0, 1].
    sentence : str
        Why these classes, or why none; for readers.
    """

    names: tuple[str, ...]
    of_case: NDArray[np.int64]
    priority: tuple[int, ...]
    attribute: str
    effect: float
    sentence: str = ""


@dataclass(frozen=True)
class Arrivals:
    """Arrivals per class.

    Parameters
    ----------
    per_week, low, high : ndarray, shape (n_classes,)
        Items per week with 95% interval.
    profile : ndarray, shape (n_classes, 168)
        Weights of the hours of the week, each row sums to one.
    level : Level
        How level and growth were learned.
    weeks : int
        Whole weeks that were counted.
    closed : ClosedDays
        Holidays that the log keeps.
    """

    per_week: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    profile: NDArray[np.float64]
    level: Level
    weeks: int
    closed: ClosedDays


def classes_of(log: Log, traces: Traces, *, seed: int = 0) -> Classes:
    """Return the demand classes: values of the case attribute that foretells route and duration of cases held out best.

    Parameters
    ----------
    seed : int
        Deals the cases into folds.

    Notes
    -----
    An attribute is eligible with two to six values that each hold at least 30 cases and half a percent of all (smaller
    ones are joined). It makes classes if it saves half a percent of the held-out log loss and more than three
    standard errors. A priority that does is taken before others, since it decides who waits.
    """
    nobody = np.zeros(traces.n_cases, dtype=np.int64)
    best: tuple[float, Classes] | None = None
    tried = 0
    for name in sorted(log.case_attributes):
        held = log.case_attributes[name]
        if held.kind != "label" or held.role in ("status", "keep"):
            continue
        found = _coded(held)
        if found is None:
            continue
        tried += 1
        names, codes = found
        foretold = held_out_gain(log, traces, codes, len(names), seed=seed)
        if foretold.gain <= 3.0 * foretold.error or foretold.share < _LEAST_SHARE_SAVED:
            continue
        rank = foretold.share + (1.0 if held.role == "priority" else 0.0)
        if best is None or rank > best[0]:
            sentence = (
                f"classes by {name}: they save {100 * foretold.share:.1f}% of the log loss of route and durations of "
                f"cases held out ({foretold.gain:.2f} nats a case, standard error {foretold.error:.2f})"
            )
            best = rank, Classes(names, codes, _priorities(names, held.role), name, foretold.share, sentence)
    if best:
        return best[1]
    why = (
        f"none of {tried} attribute(s) foretells route or duration of cases held out"
        if tried
        else "no attribute to tell"
    )
    return Classes(("all",), nobody, (0,), "", 0.0, f"one class: {why}")


def arrivals_of(log: Log, traces: Traces, classes: Classes, *, country: str = "") -> Arrivals:
    """Return arrival rates and profiles.

    Parameters
    ----------
    country : str
        ISO 3166 code of the country whose holidays are kept; empty: tested against the log.

    Notes
    -----
    The weeks counted are the whole weeks from the first to the last arrival, without the first and the last, which the
    edge of the log cuts. How fast they go stale, and whether they grow, is learned (`level_of`). The interval is that
    of a weighted mean with overdispersed Poisson counts, twice as wide where a trend is carried to its end.
    """
    n = len(classes.names)
    week = (traces.arrival_h // HOURS_PER_WEEK).astype(np.int64)
    first, last = int(week.min()), int(week.max())
    if last - first >= 3:
        first, last = first + 1, last - 1
    weeks = last - first + 1
    inside = (week >= first) & (week <= last)
    counts = np.zeros((n, weeks))
    np.add.at(counts, (classes.of_case[inside], week[inside] - first), 1.0)
    level = level_of(counts.sum(axis=0), least_half_life_weeks=_LEAST_HALF_LIFE_WEEKS)
    share = level.weight / level.weight.sum()
    mean = counts @ share
    if last == first:
        # A log of a week or two: what came, over the time in which it came.
        span = max(float(traces.arrival_h.max() - traces.arrival_h.min()), 24.0) / HOURS_PER_WEEK
        mean = np.bincount(classes.of_case, minlength=n) / span
    dispersion = np.maximum(((counts - mean[:, None]) ** 2 @ share) / np.maximum(mean, 1e-12), 1.0)
    half = (2.0 if level.trend else 1.0) * 1.96 * np.sqrt(dispersion * np.maximum(mean, 1e-12) * (share**2).sum())
    low = np.maximum(mean - half, 0.0)
    profile = _profiles(log, traces, classes, n, level.half_life_weeks)
    rates = [value * level.factor for value in (mean, low, mean + half)]
    closed = closed_days(log, traces.arrival_h, country=country)
    return Arrivals(rates[0], rates[1], rates[2], profile, level, weeks, closed)


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


def _profiles(log: Log, traces: Traces, classes: Classes, n: int, half_life_weeks: float) -> NDArray[np.float64]:
    """Arrivals by hour of week; classes lean on all arrivals together, hours on their neighbours a little."""
    hour = log.local_week_hour(traces.arrival_h).astype(np.int64) % HOURS_PER_WEEK
    age = (traces.arrival_h.max() - traces.arrival_h) / HOURS_PER_WEEK
    # Hours of the week need more data than a level, and change more slowly.
    half_life = max(_LEAST_HALF_LIFE_WEEKS, _HALF_LIFE_SHARE * float(age.max(initial=0.0)), half_life_weeks)
    weight = 0.5 ** (age / half_life)
    table = np.zeros((n, HOURS_PER_WEEK))
    np.add.at(table, (classes.of_case, hour), weight)
    pooled = table.sum(axis=0)
    pooled = pooled / pooled.sum()
    size = table.sum(axis=1, keepdims=True)
    prior = _PROFILE_PRIOR * size + 20.0
    table = (table + prior * pooled) / (size + prior) if n > 1 else pooled[None, :]
    return np.asarray(table / table.sum(axis=1, keepdims=True))
