"""A log day by day: backlog, haste and faults of the work done, without class mix, weekday, trend and slow seasons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.drivers.weekly import outcomes_of, within
from longwall.assessment.view import View
from longwall.evidence.privacy import MIN_GROUP
from longwall.stats import around_average

__all__ = ["Days", "days_of", "without_season"]

_DAY_H = 24.0
_WORKING_SHARE = 0.2
_HALF_WIDTH_DAYS = 12
_FOLLOW_DAYS = 10
_LEAST_A_DAY = 5


@dataclass(frozen=True)
class Days:
    """Working days in order, shape (n_days,) each.

    Parameters
    ----------
    weekday : ndarray of int64
        0 is Monday.
    arrivals : ndarray of float
        Items that came.
    backlog : ndarray of float
        Open items at the end of the day.
    haste : ndarray of float
        Mean of the logarithm of usual over actual hours of work, per step and class; above zero is quicker than usual.
    faults : ndarray of float
        Share of the executions of the day that were done again later, less that of their step and class.
    repeated, executions : int
        Executions that were done again, of all.
    """

    weekday: NDArray[np.int64]
    arrivals: NDArray[np.float64]
    backlog: NDArray[np.float64]
    haste: NDArray[np.float64]
    faults: NDArray[np.float64]
    repeated: int
    executions: int


def days_of(view: View) -> Days | None:
    """Return the days of a log; None where work times are not logged, fewer than five people work, or nothing is
    ever repeated.

    The last ten days are left out: what was done in them cannot have come back yet.
    """
    log = view.log
    if not log.starts_logged or not log.case.size:
        return None
    last_day = int(view.traces.edge_h // _DAY_H)
    day = (log.end_h // _DAY_H).astype(np.int64)
    worked = np.flatnonzero((log.end_h > log.start_h) & ~view.performers.machine & (day <= last_day - _FOLLOW_DAYS))
    who = log.resource[worked]
    if not worked.size or 0 < np.unique(who[who >= 0]).size < MIN_GROUP:
        return None
    again = np.zeros(log.case.size, dtype=bool)
    repeats = np.flatnonzero(view.earlier >= 0)
    repeats = repeats[view.earlier[repeats] < repeats - 1]
    again[view.earlier[repeats]] = True
    if not again[worked].any():
        return None
    cell = view.stratum[log.case[worked]] * len(log.activities) + log.activity[worked]
    cell = np.unique(cell, return_inverse=True)[1]
    size = last_day + 1
    n = np.bincount(day[worked], minlength=size)
    haste = np.bincount(day[worked], weights=-within(np.log((log.end_h - log.start_h)[worked]), cell), minlength=size)
    faults = np.bincount(day[worked], weights=within(again[worked].astype(np.float64), cell), minlength=size)
    opened, closed = _open(view)
    came = np.bincount(np.maximum(opened // _DAY_H, 0).astype(np.int64), minlength=size)[:size]
    went = np.bincount(np.maximum(closed // _DAY_H, 0).astype(np.int64), minlength=size)[:size]
    arrivals = np.bincount((view.traces.arrival_h // _DAY_H).astype(np.int64), minlength=size)[:size]
    busy = np.flatnonzero(n >= max(_LEAST_A_DAY, _WORKING_SHARE * float(np.median(n[n > 0]))))
    return Days(
        weekday=busy % 7,
        arrivals=arrivals[busy].astype(np.float64),
        backlog=np.cumsum(came - went)[busy].astype(np.float64),
        haste=haste[busy] / n[busy],
        faults=faults[busy] / n[busy],
        repeated=int(again[worked].sum()),
        executions=int(worked.size),
    )


def without_season(days: Days, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values less the twenty-five-day average around each, and then less the mean of the weekday."""
    return within(around_average(values, _HALF_WIDTH_DAYS), days.weekday)


def _open(view: View) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When items are opened and closed, again where they come back after closing."""
    outcomes, traces = outcomes_of(view), view.traces
    back = outcomes.case[~outcomes.stayed]
    closed_first = np.full(view.n_cases, np.inf)
    closed_first[outcomes.case] = outcomes.closed_h
    row = np.searchsorted(view.log.case, back, side="left")
    # The step after the first close opens the item again.
    row = row + np.array(
        [
            int(np.searchsorted(view.log.end_h[a : b + 1], closed_first[c], side="right"))
            for a, b, c in zip(row, traces.last[back], back, strict=True)
        ],
        dtype=np.int64,
    )
    again_h = view.log.end_h[np.minimum(row, traces.last[back])]
    opened = np.r_[traces.arrival_h, again_h]
    closed = np.r_[closed_first[np.isfinite(closed_first)], traces.close_h[back]]
    return opened, closed
