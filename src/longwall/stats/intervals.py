"""Intervals in closed form: a share by Wilson's score, a mean by Student's t."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

__all__ = ["mean_interval", "share_interval"]


def share_interval(count: int, total: int, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval of a share; honest at 0 and at 1, unlike the normal one.

    Parameters
    ----------
    count, total : int
        How many of how many, 0 <= count <= total and total > 0.
    level : float
        Coverage in (0, 1).

    Raises
    ------
    ValueError
        If the counts contradict each other.

    References
    ----------
    Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22.
    """
    if total <= 0 or not 0 <= count <= total:
        raise ValueError(f"expected 0 <= count <= total and total > 0, found {count} of {total}")
    z = float(ndtri(0.5 + level / 2))
    share = count / total
    scale = 1 + z * z / total
    centre = (share + z * z / (2 * total)) / scale
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / scale
    low = 0.0 if count == 0 else max(0.0, centre - half)
    high = 1.0 if count == total else min(1.0, centre + half)
    return low, high


def mean_interval(values: ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """Return mean, low and high of independent values by Student's t.

    Parameters
    ----------
    values : array_like, shape (n,)
        At least two; with one value the interval is the whole line.
    level : float
        Coverage in (0, 1).

    Raises
    ------
    ValueError
        If there is no value.
    """
    x = np.asarray(values, dtype=np.float64)
    if x.size == 0:
        raise ValueError("a mean needs at least one value")
    mean = float(x.mean())
    if x.size == 1:
        return mean, -math.inf, math.inf
    half = float(stdtrit(x.size - 1, 0.5 + level / 2)) * float(x.std(ddof=1)) / math.sqrt(x.size)
    return mean, mean - half, mean + half
