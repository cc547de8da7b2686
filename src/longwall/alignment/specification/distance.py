"""How far from the front? The additive epsilon of one design, in units of the front's own ranges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["from_front", "front_rows", "ranges", "undominated", "worth_having"]

_CHUNK = 400_000
"""Comparisons at once, to spare memory."""
_TRIFLE = 0.25
"""Share of a gain for which nobody would go without it."""
_TRIMS = 6
_BLOCK = 256
"""Points that are compared with each other at once; what dominates a point has a smaller sum, so it comes before."""


def from_front(
    points: NDArray[np.float64], front: NDArray[np.float64], units: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far each point is from the front, shape (n,), >= 0.

    The least x such that some design of the front is by no more than x better on every side: 0 for a design that
    nothing on the front beats on all sides, 0.05 for one that must be granted a twentieth of each range to stand on it.

    Parameters
    ----------
    points : ndarray, shape (n, m)
        Smaller is better in each column.
    front : ndarray, shape (k, m)
        k > 0, none dominating another.
    units : ndarray, shape (m,)
        Length that counts as 1 on each side, > 0: see `ranges`.

    References
    ----------
    Zitzler, Thiele, Laumanns, Fonseca and Grunert da Fonseca 2003, "Performance assessment of multiobjective
    optimizers: an analysis and review", IEEE Trans. Evol. Comput. 7: the additive epsilon indicator, here of one point;
    Laumanns, Thiele, Deb and Zitzler 2002, "Combining convergence and diversity in evolutionary multiobjective
    optimization", Evol. Comput. 10: epsilon-dominance.
    """
    found = np.empty(len(points))
    step = max(1, _CHUNK // len(front))
    for begin in range(0, len(points), step):
        part = points[begin : begin + step]
        behind = (part[:, None, 0] - front[None, :, 0]) / units[0]
        for side in range(1, points.shape[1]):
            np.maximum(behind, (part[:, None, side] - front[None, :, side]) / units[side], out=behind)
        found[begin : begin + step] = behind.min(axis=1)
    return np.maximum(found, 0.0)


def ranges(front: NDArray[np.float64], least: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the range of each side over the front, but at least `least`, shape (m,).

    A side on which the front hardly differs would otherwise make every trifle far away.
    """
    found: NDArray[np.float64] = np.maximum(front.max(axis=0) - front.min(axis=0), least)
    return found


def worth_having(points: NDArray[np.float64], least: NDArray[np.float64], epsilon: float) -> NDArray[np.bool_]:
    """Return which points of a first rank are worth having, shape (n,): for none a trifle is paid for dearly.

    A point is left out where another one is better by more than half an epsilon on some side, and worse by no more than
    a quarter of that, and of an epsilon, on any. Else a design that is bad but a trifle cheaper would stand on the
    front, and stretch its ranges (Geoffrion 1968, "Proper efficiency and the theory of vector maximization", draws the
    same line for trades without bound).

    Parameters
    ----------
    points : ndarray, shape (n, m)
        None dominating another.
    least : ndarray, shape (m,)
        As for `ranges`.
    """
    kept = np.ones(len(points), dtype=np.bool_)
    for _ in range(_TRIMS):
        units = ranges(points[kept], least)
        gap = (points[:, None, :] - points[None, :, :]) / units
        gap[:, ~kept] = 0.0
        gain, loss = gap.max(axis=2), -gap.min(axis=2)
        beaten = ((gain > epsilon / 2.0) & (loss <= _TRIFLE * np.minimum(gain, epsilon))).any(axis=1)
        if not (beaten & kept).any() or (beaten | ~kept).all():
            break
        kept &= ~beaten
    return kept


def front_rows(points: NDArray[np.float64], grid: NDArray[np.float64] | None = None) -> NDArray[np.intp]:
    """Return rows of the first rank, one of each set of equal points, in their order.

    Parameters
    ----------
    grid : ndarray, shape (m,), optional
        Points in the same cell of this grid count as equal: the one with the smallest sum in units of the grid stays.
    """
    scale = grid if grid is not None else np.full(points.shape[1], 1e-12)
    cells = np.round(points / scale) if grid is None else np.floor(points / scale)
    order = np.lexsort((np.arange(len(points)), (points / scale).sum(axis=1)))
    _, first = np.unique(cells[order], axis=0, return_index=True)
    rows = np.sort(order[first])
    best = rows[int(np.argmin((points[rows] / scale).sum(axis=1)))]
    rows = rows[~((points[rows] >= points[best]).all(axis=1) & (points[rows] > points[best]).any(axis=1))]
    found: NDArray[np.intp] = rows[undominated(points[rows])]
    return found


def undominated(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points no other one dominates, shape (n,); equal points are all kept.

    The same as `fronts.first_rank`, block by block, for sets of thousands and for hundreds of calls.
    """
    order = np.argsort(points.sum(axis=1), kind="stable")
    kept = np.zeros(len(points), dtype=np.bool_)
    front = points[order[:0]]
    for begin in range(0, len(points), _BLOCK):
        rows = order[begin : begin + _BLOCK]
        if len(front):
            rows = rows[~_beaten(points[rows], front)]
        rows = rows[~_beaten(points[rows], points[rows])]
        kept[rows] = True
        front = np.concatenate([front, points[rows]])
    return kept


def _beaten(points: NDArray[np.float64], by: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points some other one dominates, shape (n,)."""
    worse = points[:, None, 0] >= by[None, :, 0]
    more = points[:, None, 0] > by[None, :, 0]
    for side in range(1, points.shape[1]):
        worse &= points[:, None, side] >= by[None, :, side]
        more |= points[:, None, side] > by[None, :, side]
    return np.asarray((worse & more).any(axis=1), dtype=np.bool_)
