"""What a log of ends only can say of work: bounds, from one task at a time up to the most at once that it allows.

Work and waiting cannot be told apart where no start is logged. What can be had without another assumption is an upper
bound: performers cannot have spent more time on a function than they had items of it open. Under single tasking it is
sharper: one execution at a time fits between the end of the performer's last one and its own. A lower bound needs an
assumption, and the weakest that gives one is taken. The bounds have sampling intervals of their own, and the set that
is reported runs from the lower end of the lower one to the upper end of the upper one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.calendars import Presence
from longwall.discovery.flow import Functions
from longwall.discovery.teams import LEAST_GROUP, Groups, pooled_groups
from longwall.discovery.traces import Traces
from longwall.discovery.windows import Windows, held_h, open_at_once, windows_of
from longwall.evidence.disclosure import coarse, coarse_count, half_step, outward
from longwall.stats import ratio_interval
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Footing, Piece

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Bounds", "RoleBounds", "WorkBounds", "bounds_of"]

MOST_TASKS = 20
"""Nobody is taken to work on more items than this at once."""
SHORTEST = 0.05
"""Quantile of the single-tasking windows that is the lower bound of the mean work."""
_Z = 1.96
_LEAST_SEEN = 20


class WorkBounds(Piece):
    """What is possible for the work of a function, per execution [h of working time].

    Parameters
    ----------
    function : str
        Label as in the log.
    executions : int
        With a known window, in one figure; of the pool, where fewer than five people do the function.
    pooled : bool
        True where the numbers are those of a pool of functions.
    low_h, high_h : float
        Attention: the hours of one person that an execution takes up, shared fairly where several are open. This is
        the set, sampling included.
    single_h : float
        Upper bound of the mean under single tasking, sampling left out.
    attention_h : float
        The same whatever the multitasking.
    duration_h : tuple of float
        Upper bound of the mean working time from start to end with at most 1, 2, ... tasks at once, sampling included;
        with one, nothing is set aside.
    """

    function: str
    executions: int
    pooled: bool
    low_h: float
    high_h: float
    single_h: float
    attention_h: float
    duration_h: tuple[float, ...]
    footing: Footing = "assumed"


class RoleBounds(Piece):
    """What is possible for the use of a role of five or more.

    Parameters
    ----------
    role : str
        Name as discovered.
    utilisation_low, utilisation_high : float
        Share of the hours of presence that its people spent on what the log shows, in [0, 1].
    capacity_low, capacity_high : float, optional
        Executions a week that they could do at most, at today's mix; none where there is no bound.
    """

    role: str
    utilisation_low: float
    utilisation_high: float
    capacity_low: float | None
    capacity_high: float | None
    footing: Footing = "assumed"


class Bounds(Piece):
    """Everything that a log of ends only allows.

    Parameters
    ----------
    tasks : int
        The highest multitasking that the log allows.
    functions : tuple of WorkBounds
        Only those that people were seen doing often enough.
    roles : tuple of RoleBounds
        Roles of five people or more.
    """

    tasks: int
    functions: tuple[WorkBounds, ...]
    roles: tuple[RoleBounds, ...]

    def of(self, function: str) -> WorkBounds | None:
        """Return the bounds of a function by its label, or None."""
        return next((found for found in self.functions if found.function == function), None)


def bounds_of(log: Log, traces: Traces, functions: Functions, groups: Groups, presence: Presence) -> Bounds:
    """Return bounds on the work of each function and on the use of each role.

    Notes
    -----
    *Upper bound.* Let N(t) be the items of a function that a performer had ready and not yet ended at t. With at most m
    tasks at once, and in whatever order, their durations add up to at most the integral of min(m, N(t)) over working
    time, and the attention they took to at most the time in which N(t) > 0. Under single tasking without setting aside,
    the one that is worked on is the next to end, so each fits between the performer's last end (or its being ready, if
    later) and its own.

    *Highest multitasking.* 95% quantile, over working time with anything open, of the items a performer had open; at
    least as many as regularly end at one moment.

    *Lower bound.* The 5% quantile of the single-tasking windows. It lies below the mean work if at least one in ten
    executions filled its window, and half of those took no more than the mean (durations are skewed to the right).
    Items that end together have windows of zero and pull it down, as they should.

    *Sampling.* Upper bounds are quotients of sums over performers and weeks (delta method, 95%); the quantile has its
    distribution-free interval (order statistics). Functions that fewer than five people do take the bounds of a pool.

    References
    ----------
    Manski 2003, "Partial identification of probability distributions". Imbens and Manski 2004, "Confidence intervals
    for partially identified parameters", Econometrica 72, for intervals on top of bounds.
    """
    windows = windows_of(log, traces, groups, presence)
    if not windows.row.size:
        return Bounds(tasks=1, functions=(), roles=())
    tasks = open_at_once(windows, MOST_TASKS)
    of_window = functions.of_event[windows.row]
    some = [int(code) for code in np.unique(of_window)]
    people = [frozenset(np.unique(windows.person[of_window == code]).tolist()) for code in some]
    pool = dict(zip(some, pooled_groups(people), strict=True))
    found: dict[int, WorkBounds] = {}
    known: dict[int, WorkBounds | None] = {}
    for code in some:
        number = pool[code]
        if number < 0:
            continue
        if number not in known:
            joined = [other for other in some if pool[other] == number]
            chosen = np.flatnonzero(np.isin(of_window, joined) & np.isfinite(windows.single_h))
            known[number] = _work(windows, chosen, tasks, len(joined) > 1) if chosen.size >= _LEAST_SEEN else None
        shared = known[number]
        if shared is not None:
            found[code] = shared.model_copy(update={"function": functions.names[code]})
    return Bounds(
        tasks=tasks, functions=tuple(found.values()), roles=_roles(log, windows, of_window, found, groups, presence)
    )


def _work(windows: Windows, chosen: NDArray[np.int64], tasks: int, pooled: bool) -> WorkBounds:
    """Bounds of some executions together."""
    single = windows.single_h[chosen]
    week = (windows.done_h[chosen] // HOURS_PER_WEEK).astype(np.int64)
    person = windows.person[chosen]
    one, _, one_high = _mean(single, person, week, person, week)
    hours, who, when = held_h(windows, chosen, tasks)
    several = [_mean(hours[:, :m].sum(axis=1), who, when, person, week) for m in range(1, tasks + 1)]
    attention, _, attention_high = several[0]
    duration = np.maximum.accumulate([one_high, *(max(attention_high, top) for _, _, top in several[1:])])
    # Rounded outward, so that two reports do not tell what one person adds (`longwall.evidence.disclosure`).
    step = half_step(np.bincount(who, weights=hours[:, 0]))
    low_h, high_h = outward(_low_quantile(single), max(one_high, attention_high), step)
    return WorkBounds(
        function="",
        executions=coarse_count(chosen.size),
        pooled=pooled,
        low_h=low_h,
        high_h=high_h,
        single_h=outward(0.0, one, step)[1],
        attention_h=outward(0.0, max(one, attention), step)[1],
        duration_h=tuple(outward(0.0, float(top), step)[1] for top in duration),
    )


def _mean(
    hours: NDArray[np.float64],
    who: NDArray[np.int64],
    when: NDArray[np.int64],
    person: NDArray[np.int64],
    week: NDArray[np.int64],
) -> tuple[float, float, float]:
    """Hours per execution with the interval over performers and weeks: hours of `who` in `when`, counts of the rest."""
    most = int(max(when.max(initial=0), week.max(initial=0))) + 1
    key = np.concatenate([who * most + when, person * most + week])
    over = np.concatenate([hours, np.zeros(person.size)])
    under = np.concatenate([np.zeros(hours.size), np.ones(person.size)])
    value, low, high = ratio_interval(over, under, key)
    return value, (low if math.isfinite(low) else value), (high if math.isfinite(high) else value)


def _low_quantile(windows_h: NDArray[np.float64]) -> float:
    """Lower end of the interval of the short quantile of the windows."""
    share = SHORTEST - _Z * math.sqrt(SHORTEST * (1.0 - SHORTEST) / windows_h.size)
    return float(np.quantile(windows_h, max(share, 0.0)))


def _roles(
    log: Log,
    windows: Windows,
    of_window: NDArray[np.int64],
    found: dict[int, WorkBounds],
    groups: Groups,
    presence: Presence,
) -> tuple[RoleBounds, ...]:
    """Bounds on the use of roles of five or more."""
    role = groups.role_of_event[windows.row]
    low_h = np.zeros(int(of_window.max()) + 1)
    for code, bounds in found.items():
        low_h[code] = bounds.low_h
    weeks = max(float(np.ptp(log.end_h)) / HOURS_PER_WEEK, 1.0)
    out: list[RoleBounds] = []
    for number in range(groups.n_roles):
        chosen = np.flatnonzero(role == number)
        people = np.unique(windows.person[chosen])
        if people.size < LEAST_GROUP:
            continue
        least, most = _presence_h(windows, chosen, presence, number)
        hours, who, when = held_h(windows, chosen, 1)
        week = (windows.done_h[chosen] // HOURS_PER_WEEK).astype(np.int64)
        held = _mean(hours[:, 0], who, when, windows.person[chosen], week)[2] * chosen.size
        high = min(held / max(least, 1e-9), 1.0)
        low = min(float(low_h[of_window[chosen]].sum()) / max(most, 1e-9), high)
        step = half_step(np.bincount(windows.person[chosen]))
        per_week = coarse(chosen.size / weeks, step)
        low, high = outward(low, high, step)
        high = min(high, 1.0)
        out.append(
            RoleBounds(
                role=groups.role_names[number],
                utilisation_low=low,
                utilisation_high=high,
                capacity_low=per_week / high if high > 0 else None,
                capacity_high=per_week / low if low > 0 else None,
            )
        )
    return tuple(out)


def _presence_h(windows: Windows, chosen: NDArray[np.int64], presence: Presence, role: int) -> tuple[float, float]:
    """Hours of presence of some people: on days on which they ended something, and from the first to the last."""
    clock, by_hour = presence.clock(role), presence.by_hour[role]
    open_now = clock.open > 0
    # An hour in which fewer are seen than usual is one that some of them work in part.
    usual = float(np.median(by_hour[open_now])) if by_hour.any() else 1.0
    sure = np.where(open_now, np.minimum(by_hour / usual, 1.0) if by_hour.any() else 1.0, 0.0)
    per_day = sure.reshape(7, 24).sum(axis=1)
    key = np.unique(windows.person[chosen] * (int(windows.day.max()) + 1) + windows.day[chosen])
    person, day = np.divmod(key, int(windows.day.max()) + 1)
    least = float(per_day[day % 7].sum())
    first = np.flatnonzero(np.r_[True, np.diff(person) > 0])
    last = np.r_[first[1:], person.size] - 1
    begin, end = 24.0 * day[first], 24.0 * day[last] + 24.0
    return least, max(float(clock.between(begin, end).sum()), least)
