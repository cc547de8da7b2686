"""Intervals of anything: the percentile bootstrap, and the ratio of two sums over groups in closed form."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

__all__ = ["bootstrap_interval", "ratio_interval"]


def bootstrap_interval(
    values: ArrayLike,
    statistic: Callable[[NDArray[np.float64]], float],
    generator: np.random.Generator,
    *,
    draws: int = 1000,
    level: float = 0.95,
) -> tuple[float, float, float]:
    """Return the statistic of the values and the percentile interval of its bootstrap.

    Parameters
    ----------
    values : array_like, shape (n,) or (n, k)
        Independent rows, n >= 1; rows are drawn with replacement.
    statistic : callable
        From an array of that shape to a number.
    generator : numpy.random.Generator
        Where the luck comes from.
    draws : int
        Resamples, >= 1.

    Raises
    ------
    ValueError
        If there is no row.

    References
    ----------
    Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 13.
    """
    x = np.asarray(values, dtype=np.float64)
    if len(x) == 0:
        raise ValueError("a bootstrap needs at least one row")
    repeated = np.array([statistic(x[generator.integers(0, len(x), len(x))]) for _ in range(draws)])
    low, high = np.quantile(repeated, [0.5 - level / 2, 0.5 + level / 2])
    value = float(statistic(x))
    return value, min(value, float(low)), max(value, float(high))


def ratio_interval(
    numerator: ArrayLike, denominator: ArrayLike, groups: ArrayLike | None = None, level: float = 0.95
) -> tuple[float, float, float]:
    """Return sum(numerator) / sum(denominator) with an interval that allows for dependence within groups.

    The delta method on sums per group: with many groups it agrees with the bootstrap over groups and costs nothing.

    Parameters
    ----------
    numerator, denominator : array_like, shape (n,)
        The sum of the denominator must be positive.
    groups : array_like of int, shape (n,), optional
        Rows of the same group vary together; none: every row is its own group.

    Raises
    ------
    ValueError
        If the denominators sum to zero or less.

    References
    ----------
    Cochran 1977, "Sampling techniques", 3rd edition, section 6.3.
    """
    over: NDArray[np.float64] = np.asarray(numerator, dtype=np.float64)
    under: NDArray[np.float64] = np.asarray(denominator, dtype=np.float64)
    total = float(under.sum())
    if total <= 0:
        raise ValueError("a ratio needs a positive sum below the line")
    value = float(over.sum()) / total
    residual = over - value * under
    if groups is not None:
        labels, codes = np.unique(np.asarray(groups), return_inverse=True)
        residual = np.bincount(codes, weights=residual, minlength=labels.size).astype(np.float64)
    count = residual.size
    if count < 2:
        return value, -math.inf, math.inf
    half = float(ndtri(0.5 + level / 2)) * math.sqrt(count / (count - 1) * float(residual @ residual)) / total
    return value, value - half, value + half
