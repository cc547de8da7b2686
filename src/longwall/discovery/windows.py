"""The window into which an execution must fit where only its end was logged, on the working clock of its performer.

An execution cannot have begun before its item was ready for it, nor, under single tasking, before its performer had
ended the one before. Both moments are put on a clock that runs in the working hours of the performer's role only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.calendars import Presence
from longwall.discovery.teams import Groups
from longwall.discovery.traces import Traces
from longwall.units import HOURS_PER_WEEK

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Windows", "held_h", "local_h", "open_at_once", "open_spans", "windows_of"]


@dataclass(frozen=True)
class Windows:
    """Windows of executions by people who have a role; one entry per execution, in order of performer and end.

    Parameters
    ----------
    row : ndarray of int64
        Row of the log.
    person : ndarray of int64
    ready_h : ndarray of float64
        When the item was ready on the working clock; -inf where nobody knows (the first event of a case).
    done_h : ndarray of float64
        When the execution ended on the working clock; not falling within a performer.
    before_h : ndarray of float64
        When the performer had ended the execution before this one; -inf for the first.
    day : ndarray of int64
        Day of the end, counted from the origin of the log.
    """

    row: NDArray[np.int64]
    person: NDArray[np.int64]
    ready_h: NDArray[np.float64]
    done_h: NDArray[np.float64]
    before_h: NDArray[np.float64]
    day: NDArray[np.int64]

    @property
    def single_h(self) -> NDArray[np.float64]:
        """Longest work that single tasking allows each execution [h]; NaN where neither end of the window is known."""
        since = np.maximum(self.ready_h, self.before_h)
        return np.where(np.isfinite(since), np.maximum(self.done_h - since, 0.0), np.nan)

    def since_h(self, tasks: int) -> NDArray[np.float64]:
        """Return since when each execution may have been open, up to `tasks` (>= 1) at once.

        Where nobody knows when the item was ready, it is the end of the performer's `tasks`-th execution before, or of
        the first one: then items are taken to be begun in the order in which they end.
        """
        place = np.arange(self.person.size)
        first = np.searchsorted(self.person, self.person, side="left")
        earlier = np.maximum(place - tasks, first)
        known = np.where(earlier < place, self.done_h[earlier], self.done_h)
        return np.where(np.isfinite(self.ready_h), np.minimum(self.ready_h, self.done_h), known)


def windows_of(log: Log, traces: Traces, groups: Groups, presence: Presence) -> Windows:
    """Return the windows of all executions by people who have a role.

    Notes
    -----
    The item counts as ready when its event before had ended. Steps of one item that overlapped in truth would make the
    window too short; an end-only log does not show that.
    """
    rows = np.flatnonzero(groups.role_of_event >= 0)
    order = rows[np.lexsort((rows, log.end_h[rows], log.resource[rows]))]
    person = log.resource[order].astype(np.int64)
    before = traces.previous[order]
    ready, done = np.full(order.size, -np.inf), np.zeros(order.size)
    follows = before >= 0
    role = groups.role_of_event[order]
    for number in range(groups.n_roles):
        mine = np.flatnonzero(role == number)
        if not mine.size:
            continue
        clock = presence.clock(number)
        done[mine] = clock.at(local_h(log, log.end_h[order[mine]]))
        after = mine[follows[mine]]
        ready[after] = clock.at(local_h(log, log.end_h[before[after]]))
    same = np.r_[False, person[1:] == person[:-1]]
    own = np.where(same, np.r_[-np.inf, done[:-1]], -np.inf)
    return Windows(order, person, ready, done, own, (log.end_h[order] // 24).astype(np.int64))


def held_h(
    windows: Windows, chosen: NDArray[np.int64], tasks: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return how long performers had at least 1, 2, ... `tasks` of the chosen executions open.

    Whatever the order in which a performer takes things up, puts them aside and shares the time among them, these
    executions together cannot have taken longer than this.

    Parameters
    ----------
    chosen : ndarray of int64
        Positions in `windows`.
    tasks : int
        Most executions open at once, >= 1.

    Returns
    -------
    hours : ndarray, shape (n_spans, tasks)
        Working hours of each span between two changes with at least 1, 2, ... open.
    person, week : ndarray of int64, shape (n_spans,)
        Whose span it is, and in which stretch of 168 working hours it begins, for grouping.
    """
    done, since, who = windows.done_h[chosen], windows.since_h(tasks)[chosen], windows.person[chosen]
    order, time, open_now, span = open_spans(who, since, done)
    kept = span > 0
    at_least = (open_now[kept, None] >= np.arange(1, tasks + 1)).astype(np.float64)
    return (
        at_least * span[kept, None],
        who[order[kept] % max(who.size, 1)],
        (time[kept] // HOURS_PER_WEEK).astype(np.int64),
    )


def open_spans(
    person: NDArray[np.int64], begin_h: NDArray[np.float64], end_h: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return when what a person has open changes, by person and time, and how much is open until the next change.

    Parameters
    ----------
    person : ndarray of int64, shape (n,)
    begin_h, end_h : ndarray, shape (n,)
        On any clock; ``end_h >= begin_h``.

    Returns
    -------
    order : ndarray of int64, shape (2 n,)
        Which change it is: the begin of an entry, or `n` more for its end.
    time_h : ndarray, shape (2 n,)
    open_now : ndarray of int64, shape (2 n,)
        Entries open from then on.
    span_h : ndarray, shape (2 n,)
        Hours until the next change; 0 where nothing is open.
    """
    time_h = np.concatenate([begin_h, end_h])
    order = np.lexsort((time_h, np.concatenate([person, person])))
    open_now = np.cumsum(np.repeat([1, -1], person.size)[order])
    span_h = np.where(open_now > 0, np.diff(time_h[order], append=0.0), 0.0)
    return order, time_h[order], open_now, span_h


def open_at_once(windows: Windows, most: int, share: float = 0.95) -> int:
    """Return the highest multitasking that a log allows: items that a performer had open at once, and ended at once.

    Parameters
    ----------
    most : int
        Never more than this.
    share : float
        Quantile over the working time in which something was open, in (0, 1).
    """
    known = np.flatnonzero(np.isfinite(windows.ready_h))
    hours, _, _ = held_h(windows, known, most)
    at_least = hours.sum(axis=0)
    if at_least.size == 0 or at_least[0] <= 0:
        return 1
    tie = np.r_[False, (np.diff(windows.done_h) <= 0) & (np.diff(windows.person) == 0)]
    ties = int(np.max(np.diff(np.flatnonzero(np.r_[~tie, True])), initial=1)) if tie.mean() > 1.0 - share else 1
    return int(min(max(1, int((at_least > (1.0 - share) * at_least[0]).sum()), ties), most))


def local_h(log: Log, hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return hours on local clocks, counted through: the hour of the week is the local one.

    Parameters
    ----------
    hours : ndarray of float64
        Hours since the origin of the log.
    """
    shift = np.mod(log.local_week_hour(hours) - hours + HOURS_PER_WEEK / 2, HOURS_PER_WEEK) - HOURS_PER_WEEK / 2
    return np.asarray(hours + shift)
