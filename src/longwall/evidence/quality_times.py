"""Quality of times: coarse, jumping, made up, missing for days or weeks."""

from __future__ import annotations

import functools
import operator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from longwall.evidence.finding import examples_of, finding
from longwall.evidence.mapping import Mapping
from longwall.evidence.observed import QualityFinding
from longwall.evidence.relations import relation
from longwall.evidence.sizes import Counts
from longwall.evidence.store import Store
from longwall.evidence.tables import default_dates

__all__ = ["of_times"]

_HOUR_US = 3_600_000_000
_DAY_US = 24 * _HOUR_US
MANY = 10
"""Events from which a day, or a week, without any is unlikely by chance (e to the -10)."""
USUAL = 0.6
"""Share of days of a weekday with events from which the weekday is one of work."""


def of_times(store: Store, counts: Counts, mapping: Mapping) -> list[QualityFinding]:
    """Return the findings on times.

    Parameters
    ----------
    store : Store
    counts : Counts
    mapping : Mapping
        Its time zone tells where a day begins.
    """
    first = datetime.fromtimestamp(counts.first_us / 1e6, tz=UTC).astimezone(ZoneInfo(mapping.timezone or "UTC"))
    shift_us = (first.utcoffset() or timedelta()) // timedelta(microseconds=1)
    events = relation("events")
    by_day = events.mutate(day=(events.end_us + shift_us) // _DAY_US)
    by_day = by_day.group_by("day").aggregate(n=by_day.count()).order_by("day")
    days = np.array(store.ask(by_day), dtype=np.int64).reshape(-1, 2)
    total = np.cumsum(days[:, 1])
    low, high = (int(days[np.searchsorted(total, q * total[-1]), 0]) for q in (0.01, 0.99))
    bulk_us = (low * _DAY_US - shift_us, (high + 1) * _DAY_US - shift_us)
    return [
        *_coarse(store, counts),
        *_far(store, counts, bulk_us),
        *_made_up(store, counts, bulk_us),
        *_holes(store, days, (low, high), shift_us),
    ]


def _coarse(store: Store, counts: Counts) -> list[QualityFinding]:
    """Times without a duration, times without an hour."""
    events = relation("events")
    found = []
    if counts.with_length:
        instant = events.filter(events.end_us == events.start_us)
        count = counts.events - counts.with_length
        found += finding("zero_durations", count, counts.events, examples_of(store, instant) if count else ())
    midnight = events.filter(events.end_us % _DAY_US == 0)
    ((count,),) = store.ask(midnight.aggregate(n=midnight.count()))
    return found + (finding("dates_only", int(count), counts.events) if count > 0.5 * counts.events else [])


def _far(store: Store, counts: Counts, bulk_us: tuple[int, int]) -> list[QualityFinding]:
    """Times far outside the bulk of the log, as a wrong clock or a placeholder gives."""
    low, high = bulk_us
    span = max(high - low, 30 * _DAY_US)
    if counts.first_us >= low - span and counts.last_us <= high + span:
        return []
    events = relation("events")
    far = events.filter((events.start_us < low - span) | (events.end_us > high + span))
    ((count,),) = store.ask(far.aggregate(n=far.count()))
    return finding("clock_jumps", int(count), counts.events, examples_of(store, far))


def _made_up(store: Store, counts: Counts, bulk_us: tuple[int, int]) -> list[QualityFinding]:
    """Dates that tools write where none is known: as rejected rows, or at midnight outside the bulk of the log."""
    rejects = relation("rejects")
    years = rejects.filter(rejects.reason.startswith("a year outside")).select("source", "row").distinct()
    ((rejected,),) = store.ask(years.aggregate(n=years.count()))
    count = 0
    rows: tuple[str, ...] = ()
    midnights = [round(datetime.combine(day, time(), UTC).timestamp() * 1e6) for day in default_dates()]
    around = 14 * _HOUR_US  # midnight somewhere on earth
    apart = [us for us in midnights if counts.first_us <= us + around and us - around <= counts.last_us
             and not bulk_us[0] - _DAY_US <= us <= bulk_us[1]]  # fmt: skip
    if apart:
        events = relation("events")
        made_up = events.filter(_at(events.start_us, apart, around) | _at(events.end_us, apart, around))
        ((count,),) = store.ask(made_up.aggregate(n=made_up.count()))
        rows = examples_of(store, made_up)
    if rejected:
        rows += examples_of(store, years.mutate(place=years.source * 10**12 + years.row))
    return finding("default_dates", int(count) + int(rejected), counts.events + int(rejected), rows)


def _at(column: Any, midnights: list[int], around: int) -> Any:
    """Whether a time is a round one near midnight of one of these days."""
    near = [(column >= us - around) & (column <= us + around) for us in midnights]
    return functools.reduce(operator.or_, near) & (column % (_HOUR_US // 4) == 0)


def _holes(store: Store, days: NDArray[np.int64], bulk: tuple[int, int], shift_us: int) -> list[QualityFinding]:
    """Days and weeks without an event inside the bulk of a log that is otherwise busy on such days."""
    low, high = bulk
    per_day = np.zeros(high - low + 1, dtype=np.int64)
    inside = (days[:, 0] >= low) & (days[:, 0] <= high)
    per_day[days[inside, 0] - low] = days[inside, 1]
    weeks = len(per_day) // 7
    if weeks < 4:
        return []
    table = per_day[: weeks * 7].reshape(weeks, 7)
    busy = ((table > 0).mean(axis=0) >= USUAL) & (np.median(table, axis=0) >= MANY)
    empty = np.flatnonzero((per_day == 0) & np.resize(busy, len(per_day)))
    sums = np.convolve(per_day, np.ones(7, dtype=np.int64), "valid")
    void = np.flatnonzero(sums == 0) if np.median(table.sum(axis=1)) >= MANY else np.empty(0, dtype=np.int64)
    within = np.zeros(len(per_day), dtype=bool)
    for begin in void:
        within[begin : begin + 7] = True
    lost_weeks = int(sum(length // 7 for _, length in _runs(within)))
    alone = empty[~within[empty]]
    holes = [low + begin + length for begin, length in _runs(within)]
    return [
        *finding("missing_weeks", lost_weeks, weeks, _after(store, holes, shift_us)),
        *finding("missing_days", len(alone), len(per_day), _after(store, (alone + low + 1).tolist(), shift_us)),
    ]


def _runs(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where each run of marked days begins, and how long it is."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(np.int8)))
    return [(int(begin), int(end - begin)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def _after(store: Store, days: list[int], shift_us: int) -> tuple[str, ...]:
    """The rows of the first events after some days."""
    events = relation("events")
    found: list[str] = []
    for day in days[:3]:
        first = events.filter(events.end_us >= day * _DAY_US - shift_us)
        first = first.order_by("end_us", "place").limit(1)
        found += examples_of(store, first)
    return tuple(dict.fromkeys(found))
