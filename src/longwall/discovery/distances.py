"""Five distances between two event logs: n-grams, absolute, circadian and relative event times, cycle times.

The definitions are those of the package log-distance-measures, computed on integers of microseconds, so that results
agree to rounding; lower is better.

References
----------
Chapela-Campa, Benchekroun, Baron, Dumas, Krass and Senderovich 2025, "A framework for measuring the quality of business
process simulation models", Information Systems 127.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["DISTANCES", "Trace", "distances"]

DISTANCES = ("NGD", "AED", "CED", "RED", "CTD")
"""3-gram, absolute event [h], circadian event [h], relative event [h] and cycle time [h] distance."""

_HOUR_US = 3_600_000_000
_DAY_H = 24
_WEEK_H = 168
_N = 3


@dataclass(frozen=True)
class Trace:
    """The events of a log for comparison, any order.

    Parameters
    ----------
    case, activity : ndarray of int64, shape (n,)
        Activities by the same codes in both logs, from 0.
    start_h, end_h : ndarray of float64, shape (n,)
        Hours since a Monday 00:00, the same in both logs.
    """

    case: NDArray[np.int64]
    activity: NDArray[np.int64]
    start_h: NDArray[np.float64]
    end_h: NDArray[np.float64]


def distances(one: Trace, two: Trace) -> NDArray[np.float64]:
    """Return the five distances in the order of `DISTANCES`; infinite where a log is empty.

    Returns
    -------
    ndarray, shape (5,)
        NGD in [0, 1], CED in [0, 23], the others hours.
    """
    if not one.case.size or not two.case.size:
        return np.full(len(DISTANCES), np.inf)
    a, b = _Micro(one), _Micro(two)
    width = int(max(one.activity.max(), two.activity.max())) + 2
    return np.array([_ngd(a, b, width), _aed(a, b), _ced(a, b), _red(a, b), _ctd(a, b)])


class _Micro:
    """A log in microseconds, sorted by case, start, end."""

    def __init__(self, trace: Trace) -> None:
        start = np.rint(trace.start_h * _HOUR_US).astype(np.int64)
        end = np.rint(trace.end_h * _HOUR_US).astype(np.int64)
        order = np.lexsort((end, start, trace.case))
        case = trace.case[order]
        self.activity, self.start, self.end = trace.activity[order].astype(np.int64), start[order], end[order]
        self.first = np.flatnonzero(np.r_[True, np.diff(case) != 0])
        self.number = np.cumsum(np.r_[True, np.diff(case) != 0]) - 1
        self.begin = self.start[self.first]
        self.close = np.maximum.reduceat(self.end, self.first)


def _ngd(a: _Micro, b: _Micro, width: int) -> float:
    """Summed differences of 3-gram counts over all 3-grams; cases padded with nothing on both sides."""
    one, two = _grams(a, width), _grams(b, width)
    keys, place = np.unique(np.concatenate([one, two]), return_inverse=True)
    counts = np.bincount(place[: one.size], minlength=keys.size) - np.bincount(place[one.size :], minlength=keys.size)
    return float(np.abs(counts).sum() / (one.size + two.size))


def _grams(log: _Micro, width: int) -> NDArray[np.int64]:
    """Codes of all 3-grams, 0 standing for nothing."""
    pad = 2 * (_N - 1)
    size = log.activity.size + pad * log.first.size
    line = np.zeros(size, dtype=np.int64)
    line[np.arange(log.activity.size) + pad * log.number + _N - 1] = log.activity + 1
    # Every case is followed by padding enough for its last 3-gram and preceded by its own.
    stop = np.r_[log.first[1:], log.activity.size] + pad * np.arange(1, log.first.size + 1)
    inside = np.ones(size, dtype=np.bool_)
    inside[stop - 1] = False
    inside[stop - 2] = False
    at = np.flatnonzero(inside)
    return line[at] * width * width + line[at + 1] * width + line[at + 2]


def _wasserstein(one: NDArray[np.int64], two: NDArray[np.int64]) -> float:
    """Area between the distribution functions of two samples of whole numbers."""
    low = int(min(one.min(), two.min()))
    length = int(max(one.max(), two.max())) - low + 1
    share = np.bincount(one - low, minlength=length) / one.size - np.bincount(two - low, minlength=length) / two.size
    return float(np.abs(np.cumsum(share)[:-1]).sum())


def _aed(a: _Micro, b: _Micro) -> float:
    """Distance of the hours in which events start and end."""
    zero = min(int(a.start.min()), int(b.start.min())) // _HOUR_US * _HOUR_US
    return _wasserstein(
        (np.concatenate([a.start, a.end]) - zero) // _HOUR_US, (np.concatenate([b.start, b.end]) - zero) // _HOUR_US
    )


def _ced(a: _Micro, b: _Micro) -> float:
    """Mean over weekdays of the distance of hours of day; 23 where only one log has events on a weekday."""
    one, two = (np.concatenate([log.start, log.end]) // _HOUR_US % _WEEK_H for log in (a, b))
    total = 0.0
    for day in range(7):
        x, y = one[one // _DAY_H == day] % _DAY_H, two[two // _DAY_H == day] % _DAY_H
        if x.size and y.size:
            total += _wasserstein(x, y)
        elif x.size or y.size:
            total += 23.0
    return total / 7


def _red(a: _Micro, b: _Micro) -> float:
    """Distance of the hours since the case began."""
    one, two = (
        np.concatenate([log.start - log.begin[log.number], log.end - log.begin[log.number]]) // _HOUR_US
        for log in (a, b)
    )
    return _wasserstein(one, two)


def _ctd(a: _Micro, b: _Micro) -> float:
    """Distance of the cycle times in bins of an hour from the shortest one."""
    one, two = a.close - a.begin, b.close - b.begin
    zero = min(int(one.min()), int(two.min()))
    return _wasserstein((one - zero) // _HOUR_US, (two - zero) // _HOUR_US)
