"""Who or what a resource is: a person, a machine, or an account that several share; the one place that says so.

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

__all__ = ["ACCOUNT", "MACHINE", "PERSON", "ResourceKinds", "machine_signs", "open_hours", "resource_kinds"]

PERSON, MACHINE, ACCOUNT = 0, 1, 2

_EVENTS = 200
_SECOND_H = 1 / 3600
_QUICK_H = 5 * _SECOND_H
_OUTSIDE_SHARE = 0.2
_PROMPT_SHARE = 0.9
_SHARING = 3
_SHARED_HOUR_SHARE = 0.01
_BURST_DAYS = 5
_BURST_SHARE = 0.01
_SIGNS = 2
_FAST = 10.0
_LEAST_OTHERS = 10
_ACCOUNT_SPAN_H = 15.0
_REST_H = 5.0
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
        As `machine_signs` gives them.
    events : ndarray of int64, shape (n_resources,)
    """

    kind: NDArray[np.int8]
    signs: NDArray[np.bool_]
    events: NDArray[np.int64]

    def by_person(self, log: Log) -> NDArray[np.bool_]:
        """Return which events of the log a person did, shape (n_events,)."""
        if not self.kind.size:
            return np.zeros(log.case.size, dtype=np.bool_)
        return np.asarray((log.resource >= 0) & (self.kind[np.maximum(log.resource, 0)] == PERSON), dtype=np.bool_)


def resource_kinds(log: Log, traces: Traces) -> ResourceKinds:
    """Tell machine-like resources and shared accounts from people.

    Machine-like: at least 200 events and two of the four signs of `machine_signs`. Otherwise, an account works through
    15 hours and more, for as long as 15 such days, as one person cannot: a queue, or a name that several share. It
    counts neither as a person nor as a machine.
    """
    n = log.n_resources
    rows = np.flatnonzero(log.resource >= 0)
    who = log.resource[rows].astype(np.int64)
    events = np.bincount(who, minlength=n)
    signs = np.zeros((n, 4), dtype=np.bool_)
    kind = np.zeros(n, dtype=np.int8)
    if not n or not rows.size:
        return ResourceKinds(kind, signs, events)
    signs = machine_signs(log, traces, rows)
    kind[(events >= _EVENTS) & (signs.sum(axis=1) >= _SIGNS)] = MACHINE
    kind[(kind == PERSON) & _long_days(log, rows, n)] = ACCOUNT
    return ResourceKinds(kind, signs, events)


def machine_signs(log: Log, traces: Traces, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return the four signs of a machine for each resource, by some of its events.

    One sign says little: a quick person, a night shift, an import show one each. Two of them are a machine.

    Parameters
    ----------
    rows : ndarray of int, shape (n,)
        Rows of the log with a resource: all, or those of one function.

    Returns
    -------
    ndarray of bool, shape (n_resources, 4)
        *Quick*: in its median hour of work the median gap to the case's previous event is 5 s or less, or nine of ten
        of its starts come that soon after somebody else's end. *Outside*: 20% and more of its events lie in hours that
        hardly anybody else keeps, or its spells of work are longer than one person's. *At once*: it ends events of
        several cases within one second, on five days and more and for 1% and more of its events. *Fast*, where starts
        are logged: it needs a tenth of the others' time for the same functions, as no quick person does.

    Notes
    -----
    Gaps are taken hour by hour so that one import of thousands does not speak for months of work. An hour belongs to
    the calendar of the group where it is open by the work of all, or where three others do 1% and more of theirs in it:
    a night shift is a group of its own.
    """
    n = log.n_resources
    who = log.resource[rows].astype(np.int64)
    before = traces.previous[rows]
    followed = before >= 0
    gap_h = log.end_h[rows][followed] - log.end_h[before[followed]]
    signs = np.zeros((n, 4), dtype=np.bool_)
    signs[:, 0] = _typical_gap_h(who[followed], log.end_h[rows][followed], gap_h, n) <= _QUICK_H
    if log.starts_logged:
        signs[:, 0] |= _immediate(log, rows, before, n)
        signs[:, 3] = _fast(log, rows, n)
    days, bursts = _bursts(log, rows, n)
    signs[:, 2] = (days >= _BURST_DAYS) & (bursts >= _BURST_SHARE * np.bincount(who, minlength=n))
    signs[:, 1] = _outside_share(log, rows, n) >= _OUTSIDE_SHARE
    signs[:, 1] |= _long_days(log, rows, n)
    return signs


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


def _typical_gap_h(
    who: NDArray[np.int64], end_h: NDArray[np.float64], gap_h: NDArray[np.float64], n: int
) -> NDArray[np.float64]:
    """Median over a resource's hours of work of the median gap in each; infinite where there are none."""
    hours = int(end_h.max(initial=0.0)) + 1
    key, inverse = np.unique(who * hours + end_h.astype(np.int64), return_inverse=True)
    return _medians(key // hours, _medians(inverse.astype(np.int64), gap_h, key.size), n)


def _outside_share(log: Log, rows: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """Share of each resource's events outside the hours that others keep; every resource weighs the same.

    The hours are those of everybody's work in the log, of whatever function. What goes on evenly around the clock does
    less than 1% in any hour of the week, and so opens none for others.
    """
    known = np.flatnonzero(log.resource >= 0)
    hour = log.local_week_hour(log.end_h[known]).astype(np.int64)
    counts = np.bincount(log.resource[known] * HOURS_PER_WEEK + hour, minlength=n * HOURS_PER_WEEK)
    counts = counts.reshape(n, HOURS_PER_WEEK)
    totals = counts.sum(axis=1)
    active = totals >= 10
    if active.sum() < _LEAST_RESOURCES:
        return np.zeros(n)
    shares = counts / np.maximum(totals, 1)[:, None]
    calendar = open_hours(np.asarray(shares[active].sum(axis=0)))
    keeps = (shares >= _SHARED_HOUR_SHARE) & active[:, None]
    shared = keeps.sum(axis=0) - keeps >= _SHARING
    mine = log.resource[rows].astype(np.int64) * HOURS_PER_WEEK + log.local_week_hour(log.end_h[rows]).astype(np.int64)
    these = np.bincount(mine, minlength=n * HOURS_PER_WEEK).reshape(n, HOURS_PER_WEEK)
    outside = ~(calendar[None, :] | shared)
    return np.asarray((these * outside).sum(axis=1) / np.maximum(these.sum(axis=1), 1), dtype=np.float64)


def _bursts(log: Log, rows: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Days on which each resource ended events of two cases within one second, and how often it did."""
    order = rows[np.lexsort((log.case[rows], log.end_h[rows], log.resource[rows]))]
    same = log.resource[order][1:] == log.resource[order][:-1]
    other_case = log.case[order][1:] != log.case[order][:-1]
    close = np.diff(log.end_h[order]) <= _SECOND_H
    at = order[1:][same & other_case & close]
    days = int(log.end_h.max(initial=0.0) // 24) + 1
    key = np.unique(log.resource[at].astype(np.int64) * days + (log.end_h[at] // 24).astype(np.int64))
    return np.bincount(key // days, minlength=n), np.bincount(log.resource[at], minlength=n)


def _long_days(log: Log, rows: NDArray[np.int64], n: int) -> NDArray[np.bool_]:
    """Whether a resource's spells of work are mostly longer than one person's, for as many hours as 15 days have.

    A spell ends where nothing happens for five hours: so a night shift is one, whatever the calendar day.
    """
    order = rows[np.lexsort((log.end_h[rows], log.resource[rows]))]
    who, end_h = log.resource[order].astype(np.int64), log.end_h[order]
    new = np.r_[True, (np.diff(who) != 0) | (np.diff(end_h) >= _REST_H)] if order.size else np.zeros(0, dtype=np.bool_)
    begin = np.flatnonzero(new)
    stop = np.r_[begin[1:], order.size][: begin.size] - 1
    spell_h, whose = end_h[stop] - end_h[begin], who[begin]
    total_h = np.bincount(whose, weights=spell_h, minlength=n)
    long_h = np.bincount(whose, weights=spell_h * (spell_h >= _ACCOUNT_SPAN_H), minlength=n)
    return np.asarray((long_h > total_h / 2) & (long_h >= _ACCOUNT_DAYS * _ACCOUNT_SPAN_H), dtype=np.bool_)


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
