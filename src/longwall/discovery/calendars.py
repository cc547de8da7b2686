"""When people of a role are there: presence by hour of week from activity, turned into a few shifts.

A person counts as present from the first to the last thing they are seen doing on a day. Weeks count the more the
newer they are. Roles of fewer than five share the hours of a pool.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.resources import open_hours
from longwall.discovery.teams import LEAST_GROUP, Groups, pooled_groups
from longwall.discovery.traces import weekly_weights
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Shift, week_spans_h

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Presence", "WorkClock", "presence_of", "shifts_of"]

_HALF_LIFE_SHARE = 0.25
_LEAST_HALF_LIFE_WEEKS = 8.0
_DEAD_SHARE = 0.1
_AROUND_H = 1.0
_LEAST_BUSY = 20.0
_LEAST_ALIVE_H = 15
_MOST_PATTERNS = 5
_OVERSHOOT = 0.5
_ALIKE = 0.8
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_SETS = ((0, 4), (0, 5), (0, 6), (1, 5), (0, 3), (1, 4), (0, 2), (1, 3), (2, 4), (4, 6), (5, 6))
_LENGTHS_H = (6, 7, 8, 9, 10, 12)


@dataclass(frozen=True)
class Presence:
    """When and how many people of each role are there.

    Parameters
    ----------
    by_hour : ndarray, shape (n_roles, 168)
        Mean number of people present per hour of week; dead hours are zero.
    active_per_week : ndarray, shape (n_roles,)
        People of the role seen in a week, mean over weeks, newer weeks weigh more.
    low, high : ndarray, shape (n_roles,)
        95% interval of that mean.
    weeks : int
        Weeks in which the role could be seen.
    half_life_weeks : float
    pooled : tuple of bool
        True where the hours are those of a pool, because the role has fewer than five people.
    """

    by_hour: NDArray[np.float64]
    active_per_week: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    weeks: int
    half_life_weeks: float
    pooled: tuple[bool, ...]

    def head_count(self, role: int) -> int:
        """People of a role who are at work in a typical week, at least one."""
        return max(1, round(float(self.active_per_week[role])))

    def clock(self, role: int) -> WorkClock:
        """Return the clock of the usual hours of a role; of all hours where nobody of it was seen."""
        present = self.by_hour[role]
        return WorkClock(open_hours(present) if present.any() else np.ones(HOURS_PER_WEEK, dtype=np.bool_))


def presence_of(log: Log, groups: Groups) -> Presence:
    """Return presence by hour of week and effective head-count of each role.

    Notes
    -----
    The peak of `by_hour` is the mean number of people seen on a working day of the role at its busiest; the shape comes
    from the spans between first and last activity of each person and day. It is a lower bound where people do other
    work that the log does not show.
    """
    n_roles = groups.n_roles
    weeks = max(1, math.ceil((float(log.end_h.max(initial=1.0)) + 1e-9) / HOURS_PER_WEEK))
    half_life = max(_LEAST_HALF_LIFE_WEEKS, _HALF_LIFE_SHARE * weeks)
    weight = weekly_weights(weeks, half_life)
    rows = np.flatnonzero(groups.role_of_event >= 0)
    if not rows.size:
        empty = np.zeros(n_roles)
        return Presence(np.zeros((n_roles, HOURS_PER_WEEK)), empty, empty, empty, weeks, half_life, (False,) * n_roles)
    who = np.concatenate([log.resource[rows], log.resource[rows]]).astype(np.int64)
    when = np.concatenate([log.start_h[rows], log.end_h[rows]])
    day = (when // 24).astype(np.int64)
    days = int(day.max()) + 1
    key = who * days + day
    order = np.lexsort((when, key))
    begin = np.flatnonzero(np.r_[True, np.diff(key[order]) > 0])
    stop = np.r_[begin[1:], order.size] - 1
    person, on_day = key[order[begin]] // days, key[order[begin]] % days
    role = groups.role_of[person]
    # Nobody is seen arriving and leaving: a usual gap is added at either end, as for the range of a uniform sample.
    around = np.where(stop > begin, (when[order[stop]] - when[order[begin]]) / np.maximum(stop - begin, 1), _AROUND_H)
    around = np.minimum(around, _AROUND_H)
    since = log.local_week_hour(np.maximum(when[order[begin]] - around, 24.0 * on_day))
    until = log.local_week_hour(np.minimum(when[order[stop]] + around, 24.0 * on_day + 24 - 1e-6))
    shape = _spans(role, since, until, weight[on_day // 7], n_roles)
    mean, low, high, daily = _head_counts(person, role, on_day, weight, n_roles, log.n_resources)
    shape, pooled, pool = _pooled_shapes(shape, groups, n_roles)
    mean, low, high, daily = _of_five(mean, low, high, daily, groups, pool)
    seen = _pooled_shapes(_events_by_hour(log, rows, groups), groups, n_roles)[0]
    busy = np.quantile(seen, 0.95, axis=1, keepdims=True)
    # The usual gap that is added at either end of a day must not open hours in which nothing ever begins or ends.
    shape[(seen < _DEAD_SHARE * busy) & (busy >= _LEAST_BUSY)] = 0.0
    scarce = (shape >= _DEAD_SHARE * np.quantile(shape, 0.95, axis=1, keepdims=True)).sum(axis=1) < _LEAST_ALIVE_H
    scarce |= (shape > 0).sum(axis=1) < _LEAST_ALIVE_H
    # Seen too rarely for hours of their own: those of everybody together.
    shape[scarce] = shape.sum(axis=0)
    pooled = tuple(bool(small or rare) for small, rare in zip(pooled, scarce, strict=True))
    peak = shape.max(axis=1, keepdims=True)
    shape = np.where(shape >= _DEAD_SHARE * np.quantile(shape, 0.95, axis=1, keepdims=True), shape, 0.0)
    by_hour = (
        np.where(peak > 0, shape / np.maximum(peak, 1e-12), 0.0) * np.minimum(daily, np.maximum(mean, 1.0))[:, None]
    )
    return Presence(by_hour, mean, low, high, weeks, half_life, pooled)


def shifts_of(present: NDArray[np.float64], people: int) -> tuple[Shift, ...]:
    """Return at most five shift patterns for `people` whose sum approximates presence by hour of week.

    Parameters
    ----------
    present : ndarray, shape (168,)
        People present per hour of week.
    people : int
        Head-count, >= 1; every person gets one pattern.

    Notes
    -----
    Greedy: each person (in small blocks where there are many) gets the pattern that covers most of the presence that is
    left, too many people counting as much as too few; long patterns count less than their length, or the first ones
    would swallow the shifts of two. A pattern in use is taken again where it fits nearly as well: presence is a lower
    bound, so there too many people count half. From the sixth different pattern on, one of those in use.
    """
    if not (present > 0).any():
        return (Shift(people=people, hours="mon-fri 08:00-17:00"),)
    if (present > 0).sum() >= 0.95 * HOURS_PER_WEEK and present.min() > 0.8 * present.max():
        return (Shift(people=people, hours="always"),)
    names, table = _patterns(present > 0)
    size = table.sum(axis=1)
    times = np.array([name.split(" ", 1)[1] for name in names])
    part_time = size <= np.array([_part_time_limit(name) for name in names])
    left, rest = people, present.copy()
    used: dict[int, int] = {}
    while left:
        block = max(1, left // 8)
        fit = 2 * block * (table @ rest) - block * block * size
        loose = fit + (1.0 - _OVERSHOOT) * block * block * size
        known = np.array(sorted(used), dtype=np.int64)
        choice = int(np.argmax(fit / np.sqrt(size)))
        if known.size:
            same = int(known[np.argmax(loose[known])])
            if len(used) >= _MOST_PATTERNS or (fit[choice] > 0 and loose[same] >= _ALIKE * loose[choice]):
                choice = same
            elif fit[choice] <= 0:
                # Presence is used up: those who are left are there on some days only, at hours that others keep.
                fits = (part_time & np.isin(times, times[known])) | np.isin(np.arange(size.size), known)
                choice = int(np.argmax(np.where(fits, loose, -np.inf)))
        used[choice] = used.get(choice, 0) + block
        rest = rest - block * table[choice]
        left -= block
    return tuple(
        Shift(people=count, hours=names[choice]) for choice, count in sorted(used.items(), key=lambda kv: -kv[1])
    )


class WorkClock:
    """Hours of work elapsed on a weekly calendar, for turning spans of time into working time.

    Parameters
    ----------
    open_by_hour : ndarray of bool, shape (168,)
        Hours of the week that count.
    """

    def __init__(self, open_by_hour: NDArray[np.bool_]) -> None:
        self.open = open_by_hour.astype(np.float64)
        self.elapsed = np.concatenate([[0.0], np.cumsum(self.open)])

    def at(self, time_h: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the working hours elapsed since the origin at each time; non-decreasing in it."""
        week, inside = np.divmod(time_h, HOURS_PER_WEEK)
        hour = np.minimum(inside.astype(np.int64), HOURS_PER_WEEK - 1)
        return np.asarray(week * self.elapsed[-1] + self.elapsed[hour] + (inside - hour) * self.open[hour])

    def opening(self, time_h: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return, for times inside open hours, the hours since the doors opened and how long they had been closed.

        Times inside closed hours get -1 and 0; on a calendar that never closes, both are 0.
        """
        since, closed = np.full(HOURS_PER_WEEK, -1.0), np.zeros(HOURS_PER_WEEK)
        if self.open.all() or not self.open.any():
            return np.zeros(time_h.shape), np.zeros(time_h.shape)
        for hour in range(HOURS_PER_WEEK):
            if not self.open[hour]:
                continue
            back = 0
            while self.open[(hour - back - 1) % HOURS_PER_WEEK]:
                back += 1
            shut = 0
            while not self.open[(hour - back - 1 - shut) % HOURS_PER_WEEK]:
                shut += 1
            since[hour], closed[hour] = float(back), float(shut)
        inside = np.mod(time_h, HOURS_PER_WEEK)
        place = np.minimum(inside.astype(np.int64), HOURS_PER_WEEK - 1)
        return np.where(since[place] >= 0, since[place] + inside - place, -1.0), closed[place]

    def between(self, begin_h: NDArray[np.float64], end_h: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the working hours in each span."""
        return np.maximum(self.at(end_h) - self.at(begin_h), 0.0)


def _spans(
    role: NDArray[np.int64],
    since: NDArray[np.float64],
    until: NDArray[np.float64],
    value: NDArray[np.float64],
    n_roles: int,
) -> NDArray[np.float64]:
    """Weighted person-days present in each hour of week, per role; spans that a clock change turns are dropped."""
    change = np.zeros((n_roles, HOURS_PER_WEEK + 1))
    forward = until >= since
    np.add.at(change, (role[forward], since[forward].astype(np.int64)), value[forward])
    np.add.at(change, (role[forward], until[forward].astype(np.int64) + 1), -value[forward])
    present = np.cumsum(change, axis=1)[:, :HOURS_PER_WEEK]
    # The first and the last hour count as far as they reach.
    late, early = since[forward] % 1.0, 1.0 - until[forward] % 1.0
    np.add.at(present, (role[forward], since[forward].astype(np.int64)), -value[forward] * late)
    np.add.at(present, (role[forward], until[forward].astype(np.int64)), -value[forward] * early)
    return np.maximum(present, 0.0)


def _events_by_hour(log: Log, rows: NDArray[np.int64], groups: Groups) -> NDArray[np.float64]:
    """Begins and ends of work in each hour of week, per role."""
    found = np.zeros((groups.n_roles, HOURS_PER_WEEK))
    role = groups.role_of_event[rows]
    begins = log.local_week_hour(log.start_h[rows]).astype(np.int64) % HOURS_PER_WEEK
    # What ends on the hour was done before it.
    ends = log.local_week_hour(log.end_h[rows] - 1e-6).astype(np.int64) % HOURS_PER_WEEK
    np.add.at(found, (role, begins), 0.5)
    np.add.at(found, (role, ends), 0.5)
    return found


def _head_counts(
    person: NDArray[np.int64],
    role: NDArray[np.int64],
    on_day: NDArray[np.int64],
    weight: NDArray[np.float64],
    n_roles: int,
    n_resources: int,
) -> tuple[NDArray[np.float64], ...]:
    """People per week with interval, and per busiest weekday, as weighted means over the weeks a role is seen in."""
    weeks = weight.size
    once = np.unique(person * weeks + on_day // 7)
    role_of = np.zeros(n_resources, dtype=np.int64)
    role_of[person] = role
    counts = np.zeros((n_roles, weeks))
    np.add.at(counts, (role_of[once // weeks], once % weeks), 1.0)
    per_day = np.zeros((n_roles, 7, weeks))
    np.add.at(per_day, (role, on_day % 7, on_day // 7), 1.0)
    seen = (counts > 0) * weight
    total = np.maximum(seen.sum(axis=1), 1e-12)
    mean = (counts * seen).sum(axis=1) / total
    spread = np.sqrt((((counts - mean[:, None]) ** 2) * seen).sum(axis=1) / total)
    effective = total**2 / np.maximum((seen**2).sum(axis=1), 1e-12)
    half = 1.96 * spread / np.sqrt(np.maximum(effective, 1.0))
    daily = ((per_day * seen[:, None, :]).sum(axis=2) / total[:, None]).max(axis=1)
    return mean, np.maximum(mean - half, 0.0), mean + half, daily


def _pooled_shapes(
    shape: NDArray[np.float64], groups: Groups, n_roles: int
) -> tuple[NDArray[np.float64], tuple[bool, ...], list[int]]:
    """Replace the hours of roles of fewer than five by those of the pool they share."""
    members = [frozenset(np.flatnonzero(groups.role_of == role).tolist()) for role in range(n_roles)]
    pool = pooled_groups(members)
    shared = np.zeros_like(shape)
    if all(number < 0 for number in pool):
        # Too few people altogether: no hours of anybody are shown, an office week is assumed.
        week = np.zeros((7, 24))
        week[:5, 8:17] = 1.0
        return np.tile(week.reshape(-1), (n_roles, 1)), (True,) * n_roles, pool
    sums = {
        number: shape[[role for role in range(n_roles) if pool[role] == number]].sum(axis=0) for number in set(pool)
    }
    for role in range(n_roles):
        shared[role] = sums[pool[role]]
    return shared, tuple(pool.count(number) > 1 for number in pool), pool


def _of_five(
    mean: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    daily: NDArray[np.float64],
    groups: Groups,
    pool: list[int],
) -> tuple[NDArray[np.float64], ...]:
    """Let roles of fewer than five have whole head-counts, and the attendance of the pool that they share.

    How often somebody of such a role was there is that person's hours.
    """
    small = groups.people_seen() < LEAST_GROUP
    mean = np.where(small, np.maximum(np.rint(mean), 1.0), mean)
    low, high = np.where(small, mean, low), np.where(small, mean, high)
    seen, daily = daily, daily.copy()
    for role in np.flatnonzero(small):
        same = [other for other in range(mean.size) if pool[other] == pool[role]] if pool[role] >= 0 else []
        there = float(seen[same].sum() / mean[same].sum()) if same else 1.0
        daily[role] = there * mean[role]
    return mean, low, high, daily


def _part_time_limit(name: str) -> float:
    """Hours per week of a pattern on three days, for comparison with what it has."""
    return 3.0 * week_spans_h(name)[0][1] - 3.0 * week_spans_h(name)[0][0] + 1e-9


def _patterns(alive: NDArray[np.bool_]) -> tuple[list[str], NDArray[np.float64]]:
    """All shift patterns whose hours are mostly alive: their text, and a table of patterns by hour of week."""
    names: list[str] = []
    rows: list[NDArray[np.float64]] = []
    for first, last in _DAY_SETS:
        days = _DAYS[first] if first == last else f"{_DAYS[first]}-{_DAYS[last]}"
        for begin in range(24):
            for length in _LENGTHS_H:
                end = begin + length
                if end > 24 + 8:
                    continue
                text = f"{days} {begin:02d}:00-{end if end <= 24 else end - 24:02d}:00"
                row = np.zeros(HOURS_PER_WEEK)
                for start_h, stop_h in week_spans_h(text):
                    row[int(start_h) : int(stop_h)] = 1.0
                if (row * alive).sum() >= 0.75 * row.sum():
                    names.append(text)
                    rows.append(row)
    if not rows:
        return _hourly_patterns(alive)
    return names, np.stack(rows)


def _hourly_patterns(alive: NDArray[np.bool_]) -> tuple[list[str], NDArray[np.float64]]:
    """Patterns for roles whose presence is too short for a shift of four hours: each day's span as it is."""
    names: list[str] = []
    rows: list[NDArray[np.float64]] = []
    for day in range(7):
        hours = np.flatnonzero(alive[24 * day : 24 * day + 24])
        if hours.size:
            row = np.zeros(HOURS_PER_WEEK)
            row[24 * day + hours[0] : 24 * day + hours[-1] + 1] = 1.0
            names.append(f"{_DAYS[day]} {hours[0]:02d}:00-{hours[-1] + 1:02d}:00")
            rows.append(row)
    return names, np.stack(rows)
