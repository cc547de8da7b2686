"""Which of several ends comes first, and when, where some are not followed to their end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Incidence", "cumulative_incidence"]

_Z95 = 1.959963984540054
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Incidence:
    """Cumulative incidence of each end at one time.

    Parameters
    ----------
    value, low, high : ndarray, shape (n_ends,)
        Probability of having come to this end by the time, with 95% interval; NaN where nothing was followed.
    at : float
        The time, in the unit of the times given.
    followed : int
        How many were still followed when the last end came.
    """

    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    at: float
    followed: int


def cumulative_incidence(time: ArrayLike, end: ArrayLike, n_ends: int, at: float = np.inf) -> Incidence:
    """Return how probable each of several ends is by a time, where only the first end of each counts.

    Parameters
    ----------
    time : array_like, shape (n,)
        From its begin to its end, or to where it was last followed, >= 0.
    end : array_like of int, shape (n,)
        Which end, 0 .. n_ends - 1; -1 where it was not followed to any (censored).
    n_ends : int
        Number of ends, >= 1.
    at : float
        Time; beyond the last end that was seen the incidence stays as it was there.

    Notes
    -----
    The estimator of Aalen and Johansen; without censoring it is the plain share. Variance of the delta method, interval
    on the log-log scale, so that it stays in [0, 1]. Assumes that what is not followed further would have gone on as
    the others did, and that the n are independent.

    References
    ----------
    Aalen and Johansen 1978, "An empirical transition matrix for non-homogeneous Markov chains based on censored
    observations", Scandinavian Journal of Statistics 5; Marubini and Valsecchi 1995, "Analysing survival data from
    clinical trials and observational studies", section 10.3 (variance).
    """
    x, which = np.asarray(time, dtype=np.float64), np.asarray(end, dtype=np.int64)
    moments = np.unique(x[(which >= 0) & (x <= at)])
    if not moments.size:
        nothing = np.zeros(n_ends) if x.size else np.full(n_ends, np.nan)
        return Incidence(nothing, nothing.copy(), np.where(np.isnan(nothing), np.nan, 1.0), float(at), int(x.size))
    ordered = np.sort(x)
    risk = x.size - np.searchsorted(ordered, moments, side="left").astype(np.float64)
    place = np.searchsorted(moments, x)
    counts = np.zeros((moments.size, n_ends))
    used = (which >= 0) & (x <= moments[-1])
    np.add.at(counts, (place[used], which[used]), 1.0)
    ended = counts.sum(axis=1)
    survival = np.cumprod(1.0 - ended / risk)
    before = np.r_[1.0, survival[:-1]]
    steps = before[:, None] * counts / risk[:, None]
    curve = np.cumsum(steps, axis=0)
    value = curve[-1]
    rest = value[None, :] - curve
    with np.errstate(divide="ignore", invalid="ignore"):
        stays = np.where(risk > ended, ended / (risk * (risk - ended)), 0.0)
    variance = (
        (rest**2 * stays[:, None]).sum(axis=0)
        + ((before**2)[:, None] * (risk[:, None] - counts) * counts / (risk**3)[:, None]).sum(axis=0)
        - 2.0 * (rest * before[:, None] * counts / (risk**2)[:, None]).sum(axis=0)
    )
    low, high = _interval(value, np.sqrt(np.maximum(variance, 0.0)), x.size)
    return Incidence(value, low, high, float(min(at, moments[-1])), int(risk[-1] - ended[-1]))


def _interval(
    value: NDArray[np.float64], error: NDArray[np.float64], n: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """95% interval on the log-log scale; where nothing or everything came to an end, the rule of three for n."""
    value = np.where(value > 1 - _ROUNDING, 1.0, np.where(value < _ROUNDING, 0.0, value))
    inside = (value > 0) & (value < 1) & (error > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log(np.where(inside, value, 0.5))
        width = _Z95 * np.where(inside, error, 0.0) / (np.where(inside, value, 0.5) * np.abs(log))
        low = np.where(inside, np.exp(log * np.exp(width)), np.where(value > 0, np.maximum(value - 3.0 / n, 0.0), 0.0))
        high = np.where(
            inside, np.exp(log * np.exp(-width)), np.where(value < 1, np.minimum(value + 3.0 / n, 1.0), 1.0)
        )
    return np.minimum(low, value), np.maximum(high, value)
