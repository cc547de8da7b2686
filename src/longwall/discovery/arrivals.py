"""When the cases of a forecast begin: as many as are known to come, at the hours of the week at which cases do begin.

Each simulated case follows one of the past, moved by whole weeks into the window. How evenly they fall on its weeks is
learned: cases that arrive by appointment are spread evenly, others as luck would have it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.dispersion import index_of_dispersion
from longwall.units import HOURS_PER_WEEK

__all__ = ["unevenness", "weekly_moves"]

_LEAST_WEEKS = 6


def unevenness(arrival_h: NDArray[np.float64], cut_h: float) -> float:
    """Return how uneven the weekly counts of arrivals are, beside pure luck.

    Parameters
    ----------
    arrival_h : ndarray, shape (n_cases,)
        Hours since a Monday 00:00.

    Returns
    -------
    float
        In [0, 1]: 0 where each week brings the same number, 1 where counts vary as those of independent arrivals do, or
        more. 1 also where fewer than six whole weeks are known.

    Notes
    -----
    The index of dispersion (`index_of_dispersion`), which is blind to a trend.
    """
    week = np.floor(arrival_h / HOURS_PER_WEEK).astype(np.int64)
    whole = np.bincount(week - week.min(), minlength=1)[1 : int(cut_h // HOURS_PER_WEEK) - int(week.min())]
    if whole.size < _LEAST_WEEKS or not whole.any():
        return 1.0
    return min(index_of_dispersion(whole.astype(np.float64)), 1.0)


def weekly_moves(
    arrival_h: NDArray[np.float64],
    weight: NDArray[np.float64],
    window_h: tuple[float, float],
    size: int,
    uneven: float,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Draw the cases to follow, and by how much each is moved so that it begins in a window.

    Parameters
    ----------
    arrival_h, weight : ndarray, shape (n_cases,)
        When each past case began, and how much it counts, >= 0.
    window_h : tuple of two floats
        First and last arrival.
    size : int
        Cases to draw.
    uneven : float
        As `unevenness` returns it.

    Returns
    -------
    donor : ndarray of int64, shape (size,)
    moved_h : ndarray of float, shape (size,)
        Whole weeks, except in a window shorter than a week that holds the hour of the week of no past case.

    Notes
    -----
    A cell is an hour of the window; its weight is that of the past cases of the same hour of the week. The share
    ``uneven`` of the cases falls on cells independently, the rest by systematic sampling in the order of time, which
    gives each stretch its due number to within one (Cochran 1977, "Sampling techniques", chapter 8).
    """
    first = np.ceil((window_h[0] - arrival_h) / HOURS_PER_WEEK)
    slots = np.maximum(np.floor((window_h[1] - arrival_h) / HOURS_PER_WEEK) - first + 1.0, 0.0).astype(np.int64)
    weight = weight if (weight * slots).sum() > 0 else np.ones_like(weight)
    if not slots.any():
        sums = np.cumsum(weight)
        donor = np.minimum(np.searchsorted(sums, rng.random(size) * sums[-1], side="right"), weight.size - 1)
        return donor.astype(np.int64), window_h[0] + rng.random(size) * (window_h[1] - window_h[0]) - arrival_h[donor]
    weight = np.where(slots > 0, weight, 0.0)  # of two cases in one hour, a window short of a week may hold one only
    # The hour of the window at which a case begins that is moved to its first possible week.
    hour = np.floor(arrival_h + first * HOURS_PER_WEEK - window_h[0]).astype(np.int64)
    order = np.lexsort((np.arange(hour.size), hour))
    bound = np.searchsorted(hour[order], np.arange(HOURS_PER_WEEK + 1))
    sums = np.concatenate([[0.0], np.cumsum(weight[order])])
    cells = _cells(hour, slots, weight)
    heights = np.cumsum(cells.ravel())
    even = size - round(size * uneven)
    points = np.concatenate([(np.arange(even) + rng.random()) / max(even, 1), rng.random(size - even)])
    cell = np.minimum(np.searchsorted(heights, points * heights[-1], side="right"), heights.size - 1)
    week, at = np.divmod(rng.permutation(cell), HOURS_PER_WEEK)
    place = sums[bound[at]] + rng.random(size) * (sums[bound[at + 1]] - sums[bound[at]])
    donor = order[np.clip(np.searchsorted(sums, place, side="right") - 1, bound[at], bound[at + 1] - 1)]
    # A cell at the end of the window holds a part of its hour: who would begin after it begins a week earlier.
    moved = (first[donor] + np.minimum(week, np.maximum(slots[donor] - 1, 0))) * HOURS_PER_WEEK
    return donor.astype(np.int64), moved


def _cells(hour: NDArray[np.int64], slots: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weight of each hour of the window, shape (weeks, 168)."""
    weeks = int(slots.max())
    held = np.zeros((weeks + 1, HOURS_PER_WEEK))
    np.add.at(held, (slots, np.minimum(hour, HOURS_PER_WEEK - 1)), weight)
    # A case with n slots adds to the first n weeks.
    return np.asarray(held[::-1].cumsum(axis=0)[::-1][1:], dtype=np.float64)
