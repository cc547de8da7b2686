"""Waiting taken apart: what people who were all busy explain, what closed doors explain, and the rest.

Where starts are logged, the hours between the moment an event could begin and the moment it did fall into three parts:
*calendar*, hours in which nobody of the role is there; *queueing*, hours in which everybody who is there is busy; and
*extraneous*, hours in which somebody of the role is there and idle, so that the item waited for something else. Ends
alone cannot tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall import streams
from longwall.discovery.calendars import Presence
from longwall.discovery.flow import Functions
from longwall.discovery.resources import ResourceKinds
from longwall.discovery.teams import Groups
from longwall.discovery.traces import Traces
from longwall.units import HOURS_PER_WEEK

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["KINDS", "Waiting", "waiting_of"]

KINDS = ("queueing", "calendar", "extraneous")
"""Parts of waiting, in the order of the columns of `Waiting`."""

_BREATH_H = 0.05
_BREATH_SHARE = 0.05
_DRAWS = 200
_LEAST_WAIT_H = 1.0


@dataclass(frozen=True)
class Waiting:
    """Parts of the waiting before each function.

    Parameters
    ----------
    hours : ndarray, shape (n_functions, 3)
        Mean hours per execution by queueing, calendar and extraneous delay; NaN where it cannot be told.
    share, low, high : ndarray, shape (n_functions, 3)
        Shares of all waiting before the function with 95% intervals; NaN where there is none to share.
    whole, whole_low, whole_high : ndarray, shape (3,)
        The same over all functions.
    delay_h : ndarray, shape (n_events,)
        Hours from when an event could begin to when only queueing or closed doors kept it; NaN where not known.
    """

    hours: NDArray[np.float64]
    share: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    whole: NDArray[np.float64]
    whole_low: NDArray[np.float64]
    whole_high: NDArray[np.float64]
    delay_h: NDArray[np.float64]

    def sentence(self, function: int = -1) -> str:
        """Say how waiting divides, before one function or (-1) in all; empty where that cannot be told."""
        rows = (self.whole, self.whole_low, self.whole_high)
        if function >= 0:
            rows = (self.share[function], self.low[function], self.high[function])
        if not np.isfinite(rows[0]).all():
            return ""
        parts = (
            f"{100 * value:.0f}% ({100 * low:.0f} to {100 * high:.0f}) {kind}"
            for kind, value, low, high in zip(KINDS, *rows, strict=True)
        )
        return "waiting in the log: " + ", ".join(parts)


def waiting_of(
    log: Log,
    traces: Traces,
    functions: Functions,
    kinds: ResourceKinds,
    groups: Groups,
    presence: Presence,
    *,
    seed: int,
) -> Waiting:
    """Return the parts of waiting.

    Parameters
    ----------
    traces : Traces
        With enabling events (`enabled_traces`).
    seed : int
        Draws the bootstrap.

    Notes
    -----
    The people of a role are taken to be there as in its presence by hour of week, in whole people. Idle moments of up
    to three minutes, or a twentieth of the wait, do not interrupt queueing. Intervals are percentiles of 200 bootstrap
    draws over weeks, so that what happens together stays together.
    """
    n = len(functions.names)
    parts = np.full((log.case.size, 3), np.nan)
    delay = np.full(log.case.size, np.nan)
    if log.starts_logged and log.n_resources:
        person = kinds.by_person(log)
        for role in range(groups.n_roles):
            members = np.flatnonzero(person & (groups.role_of_event == role))
            rows = members[traces.previous[members] >= 0]
            if rows.size and presence.by_hour[role].any():
                clock = _IdleClock(log, members, presence.by_hour[role])
                ready = log.end_h[traces.previous[rows]]
                parts[rows], delay[rows] = clock.split(ready, np.maximum(log.start_h[rows], ready))
    known = np.flatnonzero(np.isfinite(delay))
    code = functions.of_event[known]
    hours = np.full((n, 3), np.nan)
    count = np.bincount(code, minlength=n)
    some = count > 0
    for kind in range(3):
        sums = np.bincount(code, weights=parts[known, kind], minlength=n)
        hours[some, kind] = sums[some] / count[some]
    share, low, high = _shares(log, parts, known, code, n, seed)
    return Waiting(hours, share[:n], low[:n], high[:n], share[n], low[n], high[n], delay)


class _IdleClock:
    """Hours in which a role is closed, and in which somebody of it is there and idle, elapsed since the origin."""

    def __init__(self, log: Log, rows: NDArray[np.int64], present: NDArray[np.float64]) -> None:
        begin, end = _busy_spans(log, rows)
        last = float(log.end_h.max(initial=0.0)) + HOURS_PER_WEEK
        hours = np.arange(0.0, np.ceil(last) + 1.0)
        there = np.maximum(np.rint(present), present > 0)[log.local_week_hour(hours).astype(np.int64) % HOURS_PER_WEEK]
        times = np.concatenate([hours, begin, end])
        change = np.concatenate([np.zeros(hours.size), np.ones(begin.size), -np.ones(end.size)])
        order = np.argsort(times, kind="stable")
        self.times = times[order]
        busy = np.cumsum(change[order])
        now = there[np.minimum(self.times.astype(np.int64), there.size - 1)]
        length = np.diff(self.times, append=self.times[-1])
        self.idle = np.concatenate([[0.0], np.cumsum(length * ((now > busy) & (now > 0)))])[:-1]
        self.closed = np.concatenate([[0.0], np.cumsum(length * ((now <= 0) & (busy <= 0)))])[:-1]

    def split(
        self, ready: NDArray[np.float64], begin: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Queueing, calendar and extraneous hours of each wait, and hours until only the first two were left."""
        idle = self.at(self.idle, begin) - self.at(self.idle, ready)
        closed = self.at(self.closed, begin) - self.at(self.closed, ready)
        wait = begin - ready
        breath = np.maximum(_BREATH_H, _BREATH_SHARE * wait)
        queued = idle <= breath
        level = np.maximum(self.at(self.idle, begin) - breath, 0.0)
        # The last moment at which the clock of idle hours showed so little: since then nobody was free.
        place = np.clip(np.searchsorted(self.idle, level, side="right") - 1, 0, self.times.size - 1)
        since = np.minimum(self.times[place] + np.maximum(level - self.idle[place], 0.0), begin)
        delay = np.where(queued, 0.0, np.clip(since - ready, 0.0, wait))
        extraneous = np.where(queued, 0.0, np.minimum(idle, wait))
        closed = np.minimum(closed, wait - extraneous)
        return np.stack([wait - extraneous - closed, closed, extraneous], axis=1), delay

    def at(self, elapsed: NDArray[np.float64], time_h: NDArray[np.float64]) -> NDArray[np.float64]:
        """Value of an elapsed clock at times."""
        return np.asarray(np.interp(time_h, self.times, elapsed))


def _busy_spans(log: Log, rows: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Spans in which somebody works, one person's overlapping ones joined."""
    rows = rows[log.end_h[rows] > log.start_h[rows]]
    order = rows[np.lexsort((log.start_h[rows], log.resource[rows]))]
    if not order.size:
        return np.zeros(0), np.zeros(0)
    # A person's spans are moved apart from the next one's, so that one running maximum serves all.
    far = float(log.end_h.max()) + 1.0
    offset = log.resource[order].astype(np.float64) * far
    start, end = log.start_h[order] + offset, log.end_h[order] + offset
    reach = np.maximum.accumulate(end)
    fresh = np.r_[True, start[1:] > reach[:-1]]
    first = np.flatnonzero(fresh)
    last = np.r_[first[1:], order.size] - 1
    return log.start_h[order[first]], reach[last] - offset[last]


def _shares(
    log: Log, parts: NDArray[np.float64], known: NDArray[np.int64], code: NDArray[np.int64], n: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Shares of waiting by function, the last row over all, and their bootstrap intervals over weeks."""
    empty = np.full((n + 1, 3), np.nan)
    if not known.size:
        return empty, empty.copy(), empty.copy()
    week = (log.end_h[known] // HOURS_PER_WEEK).astype(np.int64)
    weeks = int(week.max()) + 1
    table = np.zeros((weeks, n, 3))
    for kind in range(3):
        table[:, :, kind] = np.bincount(week * n + code, weights=parts[known, kind], minlength=weeks * n).reshape(
            weeks, n
        )
    table = np.concatenate([table, table.sum(axis=1, keepdims=True)], axis=1)
    total = table.sum(axis=0)
    enough = total.sum(axis=1, keepdims=True) >= _LEAST_WAIT_H
    picks = streams.generator(seed, "waiting").multinomial(weeks, np.full(weeks, 1.0 / weeks), size=_DRAWS)
    drawn = np.tensordot(picks.astype(np.float64), table, axes=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(enough, total / total.sum(axis=1, keepdims=True), np.nan)
        draws = np.where(enough[None], drawn / np.maximum(drawn.sum(axis=2, keepdims=True), 1e-12), 0.0)
    low, high = np.quantile(draws, (0.025, 0.975), axis=0)
    return share, np.where(enough, np.minimum(low, share), np.nan), np.where(enough, np.maximum(high, share), np.nan)
