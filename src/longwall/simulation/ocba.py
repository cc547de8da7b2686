"""The best of several with a fixed budget, under independent luck: optimal computing budget allocation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["allocate", "budget_allocation", "correct_selection"]

Sample = Callable[[NDArray[np.int64]], list[NDArray[np.float64]]]
"""Told how many observations of each system there must be; returns all of them, from the first, by system."""


def allocate(
    means: NDArray[np.float64], spreads: NDArray[np.float64], so_far: NDArray[np.int64], budget: int
) -> NDArray[np.int64]:
    """Return how many observations of each system there should be when the budget is spent.

    Parameters
    ----------
    means, spreads : ndarray, shape (systems,)
        Sample means, greater is better, and sample standard deviations.
    so_far : ndarray of int, shape (systems,)
        Observations that are there; none of them can be taken back.
    budget : int
        Observations of all systems together, >= ``so_far.sum()``.

    Returns
    -------
    ndarray of int, shape (systems,)
        At least `so_far`, and `budget` in sum.

    Notes
    -----
    With best b and distance d_i from it: N_i / N_j = (s_i / d_i)^2 / (s_j / d_j)^2 for i, j other than b, and
    N_b = s_b sqrt(sum over i of (N_i / s_i)^2). A system that has more than its share already keeps what it has, and
    the rest is shared among the others. Fractions go to the largest remainders, ties to the first.

    References
    ----------
    Chen, Lin, Yücesan and Chick 2000, "Simulation budget allocation for further enhancing the efficiency of ordinal
    optimization", Discrete Event Dynamic Systems 10, theorem 1.
    """
    shares = _shares(means, spreads)
    open_ = np.ones(len(means), dtype=bool)
    while True:
        free = budget - int(so_far[~open_].sum())
        wanted = np.where(open_, free * shares / max(float(shares[open_].sum()), 1e-300), so_far)
        over = open_ & (wanted < so_far)
        if not over.any():
            break
        open_ &= ~over
    whole = np.floor(wanted).astype(np.int64)
    whole = np.maximum(whole, so_far)
    missing = budget - int(whole.sum())
    order = np.argsort(-(wanted - whole), kind="stable")
    whole[order[:missing]] += 1
    return whole


def correct_selection(means: NDArray[np.float64], spreads: NDArray[np.float64], counts: NDArray[np.int64]) -> float:
    """Return the approximate probability that the system with the greatest sample mean is the best, from 0 to 1.

    Parameters
    ----------
    means, spreads : ndarray, shape (systems,)
    counts : ndarray of int, shape (systems,)

    Notes
    -----
    One less the sum over the others of the normal probability that they are better (Bonferroni's bound, with the sample
    in place of the truth): Chen et al. 2000, APCS-B.
    """
    from scipy.special import ndtr

    best = int(np.argmax(means))
    others = np.arange(len(means)) != best
    error = np.sqrt(spreads[best] ** 2 / counts[best] + spreads[others] ** 2 / counts[others])
    apart = means[best] - means[others]
    score = np.where(error > 0.0, apart / np.where(error > 0.0, error, 1.0), np.where(apart > 0.0, np.inf, 0.0))
    return max(0.0, 1.0 - float(ndtr(-score).sum()))


def budget_allocation(
    sample: Sample, systems: int, *, budget: int, first: int = 10, step: int | None = None
) -> tuple[int, list[NDArray[np.float64]]]:
    """Return the system with the greatest sample mean when the budget is spent, and the observations.

    Parameters
    ----------
    sample : callable
        Observations of different systems are independent and close to normal.
    systems : int
        At least 2.
    budget : int
        Observations of all systems together, >= ``first * systems``.
    first : int
        Observations of each before the first allocation, >= 2; Chen et al. advise 5 to 20.
    step : int, optional
        Observations between two allocations, >= 1; default: as many as there are systems.

    Returns
    -------
    best : int
    observations : list of ndarray
        Of each system.
    """
    counts = np.full(systems, first, dtype=np.int64)
    seen = sample(counts)
    while (spent := int(counts.sum())) < budget:
        means = np.array([x.mean() for x in seen])
        spreads = np.array([x.std(ddof=1) for x in seen])
        counts = allocate(means, spreads, counts, min(budget, spent + (step or systems)))
        seen = sample(counts)
    return int(np.argmax([x.mean() for x in seen])), seen


def _shares(means: NDArray[np.float64], spreads: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the shares of a budget, shape (systems,), in sum 1; equal ones where nothing varies."""
    best = int(np.argmax(means))
    others = np.arange(len(means)) != best
    distance = means[best] - means
    known = distance[others & (distance > 0.0)]
    nearest = known.min() if len(known) else 1.0
    distance = np.where(distance > 0.0, distance, nearest)
    ratio = np.where(others, (spreads / distance) ** 2, 0.0)
    if ratio.max() == 0.0 and spreads[best] == 0.0:
        return np.full(len(means), 1.0 / len(means))
    # N_i / s_i = s_i / d_i^2, also where s_i is 0.
    ratio[best] = spreads[best] * np.sqrt(((spreads[others] / distance[others] ** 2) ** 2).sum())
    if ratio.sum() == 0.0:
        ratio[best] = 1.0
    return np.asarray(ratio / ratio.sum(), dtype=np.float64)
