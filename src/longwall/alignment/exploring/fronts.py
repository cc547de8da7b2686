"""Fronts of points that are to be small in every coordinate: first rank, hypervolume, a covering choice."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray
from pymoo.indicators.hv import HV

__all__ = ["by_rank", "covering", "first_rank", "hypervolume", "scaled"]


def first_rank(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points no other one dominates, shape (n,); equal points are all kept.

    Parameters
    ----------
    points : ndarray, shape (n, m)
        Smaller is better in each column.
    """
    order = np.lexsort(points.T[::-1])
    if points.shape[1] == 3:
        kept = np.zeros(len(points), dtype=np.bool_)
        kept[order] = _first_of_three(np.ascontiguousarray(points[order]))
        return kept
    kept = np.zeros(len(points), dtype=np.bool_)
    front = np.empty((0, points.shape[1]))
    for place in order:
        point = points[place]
        dominated = ((front <= point).all(axis=1) & (front < point).any(axis=1)).any()
        if not dominated:
            kept[place] = True
            front = np.concatenate([front, point[None, :]])
    return kept


@numba.njit(cache=True, nogil=True)
def _first_of_three(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which of the points, sorted by column, no earlier one dominates, by a staircase in columns 1 and 2.

    Kung, Luccio and Preparata 1975, "On finding the maxima of a set of vectors", Journal of the ACM 22.
    """
    n = len(points)
    kept = np.zeros(n, dtype=np.bool_)
    stair = np.empty(n, dtype=np.int64)
    steps = 0
    for row in range(n):
        x, y, z = points[row]
        low, high = 0, steps
        while low < high:
            middle = (low + high) // 2
            if points[stair[middle], 1] <= y:
                low = middle + 1
            else:
                high = middle
        if low > 0:
            other = stair[low - 1]
            same = points[other, 0] == x and points[other, 1] == y and points[other, 2] == z
            if same:
                kept[row] = True
                continue
            if points[other, 2] <= z:
                continue
        kept[row] = True
        begin = low
        if low > 0 and points[stair[low - 1], 1] == y:
            begin = low - 1
        end = low
        while end < steps and points[stair[end], 2] >= z:
            end += 1
        gap = begin + 1 - end
        if gap > 0:
            for place in range(steps - 1, end - 1, -1):
                stair[place + gap] = stair[place]
        elif gap < 0:
            for place in range(end, steps):
                stair[place + gap] = stair[place]
        stair[begin] = row
        steps += gap
    return kept


def hypervolume(points: NDArray[np.float64], reference: NDArray[np.float64]) -> float:
    """Return the volume that the points dominate up to the reference point.

    References
    ----------
    Zitzler and Thiele 1998, "Multiobjective optimization using evolutionary algorithms", PPSN V; computed by pymoo.
    """
    inside = points[(points < reference).all(axis=1)]
    return float(HV(ref_point=reference).do(inside)) if len(inside) else 0.0


def scaled(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points moved to the unit cube of their own ranges; a coordinate without a range becomes 0."""
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    unit: NDArray[np.float64] = (points - low) / span
    return unit


def covering(points: NDArray[np.float64], count: int) -> list[int]:
    """Return rows that cover a front: the best of each coordinate first, then the farthest from those chosen.

    Parameters
    ----------
    points : ndarray, shape (n, m)
    count : int
        Most rows to return, > 0; ties go to the earlier row.
    """
    unit = scaled(points)
    chosen: list[int] = []
    for column in range(unit.shape[1]):
        best = int(np.lexsort((unit.sum(axis=1), unit[:, column]))[0])
        if best not in chosen and len(chosen) < count:
            chosen.append(best)
    away = np.full(len(points), np.inf)
    for row in chosen:
        away = np.minimum(away, np.linalg.norm(unit - unit[row], axis=1))
    away[chosen] = -1.0
    while len(chosen) < min(count, len(points)):
        row = int(np.argmax(away))
        chosen.append(row)
        away = np.minimum(away, np.linalg.norm(unit - unit[row], axis=1))
        away[row] = -1.0
    return chosen


def by_rank(points: NDArray[np.float64], count: int) -> list[int]:
    """Return rows front by front, each front so ordered that its first rows cover it; at most `count`."""
    order: list[int] = []
    left = np.arange(len(points))
    while left.size and len(order) < count:
        kept = first_rank(points[left])
        rank = left[kept]
        order += [int(rank[place]) for place in covering(points[rank], count - len(order))]
        left = left[~kept]
    return order
