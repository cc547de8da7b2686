"""Outcomes of finished items week by week, each freed of the mix of classes, trend and slow seasons; more is better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.view import View
from longwall.stats import around_average
from longwall.units import HOURS_PER_WEEK

__all__ = ["Outcomes", "outcomes_of", "weekly_means", "within"]

_HALF_WIDTH_WEEKS = 4
_LEAST_A_WEEK = 5


@dataclass(frozen=True)
class Outcomes:
    """What became of items that were closed at least once, shape (n,) each.

    Parameters
    ----------
    case : ndarray of int64
    closed_h : ndarray of float
        When the item was closed first, hours since the origin.
    quick : ndarray of float
        Logarithm of the hours from arrival to the first close, less that of its class; negative is slower.
    stayed : ndarray of bool
        Not taken up again after the first close, as far as the log was followed.
    right : ndarray of bool
        No step came again after another one before the first close.
    by_close : bool
        Whether closing is a step of its own, so that items can be taken up again after it.
    """

    case: NDArray[np.int64]
    closed_h: NDArray[np.float64]
    quick: NDArray[np.float64]
    stayed: NDArray[np.bool_]
    right: NDArray[np.bool_]
    by_close: bool


def outcomes_of(view: View) -> Outcomes:
    """Return what became of the items of a log.

    An item is first closed with its first closing step (one that mostly ends cases), else with its last event.
    """
    log, traces = view.log, view.traces
    closing = _closing(view)
    rows = np.flatnonzero(closing[log.activity])
    first = np.full(view.n_cases, -1, dtype=np.int64)
    first[log.case[rows[::-1]]] = rows[::-1]
    closed = np.where(first >= 0, first, traces.last)
    use = (first >= 0) | traces.finished
    case = np.flatnonzero(use)
    row = closed[case]
    hours = np.maximum(log.end_h[row] - traces.arrival_h[case], 1 / 60)
    loops = (view.earlier >= 0) & (view.earlier < np.arange(log.case.size) - 1)
    before = np.r_[0, np.cumsum(loops)]
    right = before[row + 1] - before[traces.first[case]] == 0
    return Outcomes(
        case=case,
        closed_h=log.end_h[row],
        quick=-within(np.log(hours), view.stratum[case]),
        stayed=row == traces.last[case],
        right=right,
        by_close=bool(rows.size),
    )


def weekly_means(
    view: View, closed_h: NDArray[np.float64], case: NDArray[np.int64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return weekly means of a value of items, less class means, trend and slow seasons, and the weeks that count.

    Returns
    -------
    means : ndarray, shape (n_weeks,)
    counts : ndarray of bool, shape (n_weeks,)
        Weeks with at least five items; the first and last, which are not whole, left out.
    """
    week = ((closed_h - closed_h.min()) // HOURS_PER_WEEK).astype(np.int64)
    n = np.bincount(week)
    means = np.bincount(week, weights=within(values, view.stratum[case])) / np.maximum(n, 1)
    counts = n >= _LEAST_A_WEEK
    counts[[0, -1]] = False
    found = np.zeros(n.size)
    found[counts] = around_average(means[counts], _HALF_WIDTH_WEEKS)
    return found, counts


def _closing(view: View) -> NDArray[np.bool_]:
    """Closing activities: as the log's mapping says, else those that mostly end cases."""
    if view.log.terminal:
        return np.isin(np.array(view.log.activities), view.log.terminal)
    return view.traces.terminal


def within(values: NDArray[np.float64], cell: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return values less the mean of their cell, both shape (n,)."""
    n = np.bincount(cell)
    return np.asarray(values - (np.bincount(cell, weights=values) / np.maximum(n, 1))[cell])
