"""Is something more common here than there, among what is alike? The ratio of two shares within strata."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

__all__ = ["stratified_ratio"]

_BLOCKS = 40
_CONTINUITY = 0.25


def stratified_ratio(
    stratum: ArrayLike, exposed: ArrayLike, outcome: ArrayLike, cluster: ArrayLike, level: float = 0.95
) -> tuple[float, float, float]:
    """Return the share of an outcome with an exposure over that without it, within strata, with an interval.

    The ratio of Mantel and Haenszel; its interval comes from leaving out one block of clusters after another, so that
    rows of the same day or the same case may vary together.

    Parameters
    ----------
    stratum : array_like of int, shape (n,)
        Rows are compared with rows of the same stratum only; strata with one kind of row count for nothing.
    exposed, outcome : array_like of bool, shape (n,)
    cluster : array_like, shape (n,)
        Rows of the same cluster vary together; sorted clusters make up to 40 blocks.
    level : float
        Coverage in (0, 1).

    Returns
    -------
    tuple of float
        Ratio, low and high, each > 0; (nan, nan, nan) where no stratum holds both kinds of rows.

    References
    ----------
    Mantel and Haenszel 1959, JNCI 22; Efron 1982, "The jackknife, the bootstrap and other resampling plans", chapter 3.
    """
    cell = np.unique(np.asarray(stratum), return_inverse=True)[1]
    if not cell.size:
        return math.nan, math.nan, math.nan
    group = np.unique(np.asarray(cluster), return_inverse=True)[1]
    strata, groups = int(cell.max()) + 1, int(group.max()) + 1
    blocks = min(_BLOCKS, groups)
    block = group * blocks // groups
    with_it, happened = np.asarray(exposed, dtype=bool), np.asarray(outcome, dtype=bool)
    code = block * strata + cell

    def counted(rows: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.bincount(code[rows], minlength=blocks * strata).reshape(blocks, strata).astype(np.float64)

    sums = [counted(with_it & happened), counted(with_it), counted(~with_it & happened), counted(~with_it)]
    whole = _log_ratio([part.sum(axis=0, keepdims=True) for part in sums])[0]
    if not math.isfinite(whole):
        return math.nan, math.nan, math.nan
    if blocks < 2:
        return math.exp(whole), 0.0, math.inf
    without = _log_ratio([part.sum(axis=0, keepdims=True) - part for part in sums])
    without = without[np.isfinite(without)]
    spread = math.sqrt((without.size - 1) / max(without.size, 1) * float(((without - without.mean()) ** 2).sum()))
    half = float(ndtri(0.5 + level / 2)) * spread
    return math.exp(whole), math.exp(whole - half), math.exp(whole + half)


def _log_ratio(sums: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Logarithm of the ratio of Mantel and Haenszel, per row of sums; a quarter is added to both sides."""
    happened, with_it, happened_else, without = sums
    total = with_it + without
    usable = (with_it > 0) & (without > 0)
    weight = np.where(usable, 1.0 / np.maximum(total, 1.0), 0.0)
    over = (happened * without * weight).sum(axis=1) + _CONTINUITY
    under = (happened_else * with_it * weight).sum(axis=1) + _CONTINUITY
    return np.where(usable.any(axis=1), np.log(over / under), np.nan)
