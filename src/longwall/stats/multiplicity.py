"""Many tests at once: p-values adjusted so that the share of false claims stays at the level."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["benjamini_hochberg", "holm"]


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return adjusted p-values; claiming those <= a keeps the expected share of false claims at or below a.

    Parameters
    ----------
    p_values : array_like, shape (n,)
        In [0, 1]; independent or positively dependent.

    Returns
    -------
    ndarray, shape (n,)
        In the order given, in [0, 1], never below the p-value itself.

    References
    ----------
    Benjamini and Hochberg 1995, "Controlling the false discovery rate", JRSS B 57.
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.size == 0:
        return p.copy()
    order = np.argsort(p, kind="stable")
    stepped = p[order] * p.size / np.arange(1, p.size + 1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(stepped[::-1])[::-1])
    return adjusted


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return adjusted p-values; claiming those <= a keeps the chance of any false claim at or below a.

    Parameters
    ----------
    p_values : array_like, shape (n,)
        In [0, 1]; dependent in any way.

    Returns
    -------
    ndarray, shape (n,)
        In the order given, in [0, 1], never below the p-value itself.

    References
    ----------
    Holm 1979, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6.
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.size == 0:
        return p.copy()
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, stepped)
    return adjusted
