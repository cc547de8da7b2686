"""Who or what a resource is: a person, a machine, or an account that several share.

Codes only; nothing here leaves the arrays of discovery except counts per class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.traces import Traces
from longwall.units import HOURS_PER_WEEK

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["ACCOUNT", "MACHINE", "PERSON", "ResourceKinds", "open_hours", "resource_kinds"]

PERSON, MACHINE, ACCOUNT = 0, 1, 2

_EVENTS = 200
_LEAST_EVENTS = 30
_SECOND_H = 1 / 3600
_QUICK_H = 5 * _SECOND_H
_OUTSIDE_SHARE = 0.2
_PROMPT_SHARE = 0.9
_FAST = 10.0
_LEAST_OTHERS = 10
_BURSTS = 5
_BURST_SHARE = 0.01
_ACCOUNT_SPAN_H = 15.0
_ACCOUNT_DAYS = 15
_OPEN_SHARE = 0.15
_LEAST_RESOURCES = 5


@dataclass(frozen=True)
class ResourceKinds:
    """What each resource of a log is.

    Parameters
    ----------
    kind : ndarray of int8, shape (n_resources,)
        PERSON, MACHINE or ACCOUNT.
    signs : ndarray of bool, shape (n_resources, 4)
        Quick: median gap to the case's previous event <= 5 s, or nine of ten starts that soon after somebody else;
        >= 20% of events outside the group's calendar; several cases within one second, repeatedly; ten times as fast
        as the others at the same functions.
    events : ndarray of int64, shape (n_resources,)
    least_events : int
        Events below which nobody is judged: 200, less in a short log.
    """

    kind: NDArray[np.int8]
    signs: NDArray[np.bool_]
    events: NDArray[np.int64]
    least_events: int

    def by_person(self, log: Log) -> NDArray[np.bool_]:
        """Return which events of the log a person did, shape (n_events,)."""
        if not self.kind.size:
            return np.zeros(log.case.size, dtype=np.bool_)
        return np.asarray((log.resource >= 0) & (self.kind[np.maximum(log.resource, 0)] == PERSON), dtype=np.bool_)


def resource_kinds(log: Log, traces: Traces) -> ResourceKinds:
    """Tell machine-like resources and shared accounts from people.

    Machine-like: at least `least_events` events and two of the four signs. An account is active over 15 hours and more
    of its median day, on 15 days at least, as one person cannot be.

    Notes
    -----
    `least_events` is 200, or 2% of a log of fewer than 10,000 events, never below 30.
    """
    n = log.n_resources
    least = int(min(_EVENTS, max(_LEAST_EVENTS, round(0.02 * log.case.size))))
    rows = np.flatnonzero(log.resource >= 0)
    who = log.resource[rows].astype(np.int64)
    events = np.bincount(who, minlength=n)
    signs = np.zeros((n, 4), dtype=np.bool_)
    kind = np.zeros(n, dtype=np.int8)
    if not n or not rows.size:
        return ResourceKinds(kind, signs, events, least)
    before = traces.previous[rows]
    followed = before >= 0
    gap_h = log.end_h[rows][followed] - log.end_h[before[followed]]
    signs[:, 0] = _medians(who[followed], gap_h, n) <= _QUICK_H
    if log.starts_logged:
        signs[:, 0] |= _immediate(log, rows, before, n)
        signs[:, 3] = _fast(log, rows, n)
    signs[:, 1] = _outside_share(log, rows, n) >= _OUTSIDE_SHARE
    bursts = _bursts(log, rows, n)
    signs[:, 2] = (bursts >= _BURSTS) & (bursts >= _BURST_SHARE * events)
    kind[(events >= least) & (signs.sum(axis=1) >= 2)] = MACHINE
    kind[(kind == PERSON) & _long_days(log, rows, n)] = ACCOUNT
    return ResourceKinds(kind, signs, events, least)


def open_hours(activity_by_hour: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell the hours of the week in which work happens from dead ones.

    An hour is open when it sees at least 15% of what a busy hour (90% quantile of the hours that see anything) sees.

    Parameters
    ----------
    activity_by_hour : ndarray, shape (168,)
        Any measure of activity, >= 0.

    Returns
    -------
    ndarray of bool, shape (168,)
    """
    seen = activity_by_hour[activity_by_hour > 0]
    if not seen.size:
        return np.zeros(activity_by_hour.shape, dtype=np.bool_)
    return np.asarray(activity_by_hour >= _OPEN_SHARE * np.quantile(seen, 0.9), dtype=np.bool_)


def _immediate(log: Log, rows: NDArray[np.int64], before: NDArray[np.int64], n: int) -> NDArray[np.bool_]:
    """Whether nine of ten starts come within five seconds of the end of somebody else's event."""
    after_other = (before >= 0) & (log.resource[before] != log.resource[rows])
    who = log.resource[rows][after_other]
    wait_h = log.start_h[rows][after_other] - log.end_h[before[after_other]]
    prompt = np.bincount(who[(wait_h <= _QUICK_H) & (wait_h >= -_QUICK_H)], minlength=n)
    return np.asarray(prompt >= np.maximum(_PROMPT_SHARE * np.bincount(who, minlength=n), 1), dtype=np.bool_)


def _fast(log: Log, rows: NDArray[np.int64], n: int) -> NDArray[np.bool_]:
    """Whether a resource needs, on the whole, a tenth of the mean time of the others for what it does."""
    who, what = log.resource[rows].astype(np.int64), log.activity[rows]
    hours = log.end_h[rows] - log.start_h[rows]
    own, others = np.zeros(n), np.zeros(n)
    for code in np.unique(what):
        at = np.flatnonzero(what == code)
        for resource in np.unique(who[at]):
            mine = who[at] == resource
            if (~mine).sum() < _LEAST_OTHERS:
                continue
            own[resource] += hours[at[mine]].sum()
            others[resource] += mine.sum() * float(hours[at[~mine]].mean())
    return np.asarray((others > 0) & (own <= others / _FAST), dtype=np.bool_)


def _outside_share(log: Log, rows: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """Share of each resource's events outside the hours that the others keep; every resource weighs the same."""
    who = log.resource[rows]
    hour = log.local_week_hour(log.end_h[rows]).astype(np.int64)
    counts = np.bincount(who * HOURS_PER_WEEK + hour, minlength=n * HOURS_PER_WEEK).reshape(n, HOURS_PER_WEEK)
    totals = counts.sum(axis=1)
    active = totals >= 10
    if active.sum() < _LEAST_RESOURCES:
        return np.zeros(n)
    shares = counts / np.maximum(totals, 1)[:, None]
    calendar = open_hours(np.asarray(shares[active].sum(axis=0)))
    return np.asarray(shares[:, ~calendar].sum(axis=1), dtype=np.float64)


def _bursts(log: Log, rows: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """How often each resource ended events of two cases within one second."""
    order = rows[np.lexsort((log.case[rows], log.end_h[rows], log.resource[rows]))]
    same = log.resource[order][1:] == log.resource[order][:-1]
    other_case = log.case[order][1:] != log.case[order][:-1]
    close = np.diff(log.end_h[order]) <= _SECOND_H
    return np.bincount(log.resource[order][1:][same & other_case & close], minlength=n)


def _long_days(log: Log, rows: NDArray[np.int64], n: int) -> NDArray[np.bool_]:
    """Whether the median day of a resource, from first to last event, is longer than one person's."""
    day = (log.end_h[rows] // 24).astype(np.int64)
    days = int(day.max()) + 1
    key = log.resource[rows].astype(np.int64) * days + day
    order = np.lexsort((log.end_h[rows], key))
    begin = np.flatnonzero(np.r_[True, np.diff(key[order]) > 0])
    stop = np.r_[begin[1:], order.size] - 1
    several = stop > begin
    spans = log.end_h[rows][order[stop]] - log.end_h[rows][order[begin]]
    who = key[order[begin]] // days
    long_median = _medians(who[several], spans[several], n) >= _ACCOUNT_SPAN_H
    enough = np.bincount(who[several], minlength=n) >= _ACCOUNT_DAYS
    finite = np.bincount(who[several], minlength=n) > 0
    return np.asarray(long_median & enough & finite, dtype=np.bool_)


def _medians(group: NDArray[np.int64], values: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Median of the values of each group; infinite where there are none."""
    found = np.full(n, np.inf)
    order = np.lexsort((values, group))
    bounds = np.searchsorted(group[order], np.arange(n + 1))
    size = np.diff(bounds)
    some = size > 0
    lower = values[order[(bounds[:-1] + (size - 1) // 2)[some]]]
    upper = values[order[(bounds[:-1] + size // 2)[some]]]
    found[some] = (lower + upper) / 2
    return found
