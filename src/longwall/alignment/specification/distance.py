"""How far from the front? The additive epsilon of one design, in units of the front's own ranges."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from longwall.alignment.exploring.fronts import first_rank

__all__ = ["from_front", "front_rows", "ranges", "unique_rows", "worth_having"]

_TRIFLE = 0.25
"""Share of a gain for which nobody would go without it."""
_TRIMS = 6


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
    return _behind(np.ascontiguousarray(points), np.ascontiguousarray(front), np.ascontiguousarray(units))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _behind(
    points: NDArray[np.float64], front: NDArray[np.float64], units: NDArray[np.float64]
) -> NDArray[np.float64]:  # fmt: skip
    """Return the additive epsilon of each point; members of the front are left as soon as a side is too far."""
    found = np.empty(len(points))
    for row in range(len(points)):
        least = np.inf
        for member in range(len(front)):
            behind = 0.0
            for side in range(points.shape[1]):
                behind = max(behind, (points[row, side] - front[member, side]) / units[side])
                if behind >= least:
                    break
            least = min(least, behind)
            if least == 0.0:
                break
        found[row] = least
    return found


def ranges(front: NDArray[np.float64], least: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the range of each side over the front, but at least `least`, shape (m,).

    A side on which the front hardly differs would otherwise make every trifle far away.
    """
    found: NDArray[np.float64] = np.maximum(front.max(axis=0) - front.min(axis=0), least)
    return found


def worth_having(
    points: NDArray[np.float64], least: NDArray[np.float64], epsilon: float, doubt: NDArray[np.float64] | None = None
) -> NDArray[np.bool_]:  # fmt: skip
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
    doubt : ndarray, shape (m, n, n), optional
        Differences of two points on a side that may be none; default: none may. Only what is more counts as a loss.
    """
    unsure = np.zeros((points.shape[1], len(points), len(points))) if doubt is None else np.ascontiguousarray(doubt)
    kept = np.ones(len(points), dtype=np.bool_)
    for _ in range(_TRIMS):
        units = ranges(points[kept], least)
        beaten = _paid_dearly(np.ascontiguousarray(points), kept, np.ascontiguousarray(units), epsilon, unsure)
        if not (beaten & kept).any() or (beaten | ~kept).all():
            break
        kept &= ~beaten
    return kept


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _paid_dearly(
    points: NDArray[np.float64], kept: NDArray[np.bool_], units: NDArray[np.float64], epsilon: float,
    doubt: NDArray[np.float64],
) -> NDArray[np.bool_]:  # fmt: skip
    """Return which points some kept one beats by more than half an epsilon for a trifle elsewhere, shape (n,)."""
    beaten = np.zeros(len(points), dtype=np.bool_)
    for row in range(len(points)):
        for other in range(len(points)):
            if not kept[other]:
                continue
            gain, loss = -np.inf, -np.inf
            for side in range(points.shape[1]):
                gap = (points[row, side] - points[other, side]) / units[side]
                gain, loss = max(gain, gap), max(loss, -gap - doubt[side, row, other] / units[side])
            if gain > epsilon / 2.0 and loss <= _TRIFLE * min(gain, epsilon):
                beaten[row] = True
                break
    return beaten


def front_rows(points: NDArray[np.float64], grid: NDArray[np.float64] | None = None) -> NDArray[np.intp]:
    """Return rows of the first rank, one of each set of equal points, in their order.

    Parameters
    ----------
    grid : ndarray, shape (m,), optional
        Points in the same cell of this grid count as equal: the one with the smallest sum in units of the grid stays.
    """
    scale = grid if grid is not None else np.full(points.shape[1], 1e-12)
    cells = np.round(points / scale) if grid is None else np.floor(points / scale)
    order = np.lexsort(((points / scale).sum(axis=1), *cells.T))
    sorted_ = cells[order]
    rows = np.sort(order[np.concatenate([[True], (sorted_[1:] != sorted_[:-1]).any(axis=1)])])
    best = rows[int(np.argmin((points[rows] / scale).sum(axis=1)))]
    rows = rows[~((points[rows] >= points[best]).all(axis=1) & (points[rows] > points[best]).any(axis=1))]
    found: NDArray[np.intp] = rows[first_rank(points[rows])]
    return found


def unique_rows(genes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the different rows of designs, sorted; the same as `numpy.unique` by rows, many times as fast."""
    if not len(genes):
        return genes
    ordered = genes[np.lexsort(genes.T[::-1])]
    found: NDArray[np.int64] = ordered[np.concatenate([[True], (ordered[1:] != ordered[:-1]).any(axis=1)])]
    return found
