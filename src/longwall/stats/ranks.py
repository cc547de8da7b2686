"""Ranks and how far two rankings agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["average_ranks", "rank_correlation"]


def average_ranks(values: ArrayLike) -> NDArray[np.float64]:
    """Return the rank of each value, from 1; equal values share the mean of their ranks.

    Parameters
    ----------
    values : array_like, shape (n,)
        Finite.

    Returns
    -------
    ndarray, shape (n,)
    """
    _, place, count = np.unique(np.asarray(values, dtype=np.float64), return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2.0)[place.ravel()], dtype=np.float64)


def rank_correlation(a: ArrayLike, b: ArrayLike) -> float | None:
    """Return Spearman's rank correlation of two rankings, or None where one of them does not rank.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Finite, of the same things; None also for fewer than three.

    References
    ----------
    Spearman 1904, The American Journal of Psychology 15: the product-moment correlation of the ranks.
    """
    x, y = average_ranks(a), average_ranks(b)
    if x.size < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    return float(np.corrcoef(x, y)[0, 1])
