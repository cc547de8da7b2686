"""How alike designs are, decision by decision and pair by pair, and the tables of effects that follow from it."""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

from longwall.alignment.exploring.cholesky import dot

__all__ = ["alike", "effects", "looked_up", "prior_effects", "weighted_nearness"]

_STEPS = 64
"""Choices of one decision that are told apart."""


@numba.njit(cache=True, nogil=True, error_model="numpy")
def alike(
    one: NDArray[np.int64], other: NDArray[np.int64], cheap_one: NDArray[np.float64], cheap_other: NDArray[np.float64],
    reach: float, single: float, cheap: float,
) -> NDArray[np.float64]:  # fmt: skip
    """Return the correlation of designs, shape (n_one, n_other).

    The sum over pairs of decisions is had from the sum and the sum of squares (Duvenaud, Nickisch and Rasmussen 2011,
    "Additive Gaussian processes", NIPS 24, section 2.2).
    """
    near = np.exp(-np.arange(_STEPS) / reach)
    decisions = one.shape[1]
    pairs = max(decisions * (decisions - 1), 1)
    found = np.empty((len(one), len(other)))
    for i in range(len(one)):
        for j in range(len(other)):
            total, squares = 0.0, 0.0
            for column in range(decisions):
                each = near[min(abs(one[i, column] - other[j, column]), _STEPS - 1)]
                total += each
                squares += each * each
            together = (total * total - squares) / pairs if decisions > 1 else total
            value = (1.0 - cheap) * (single * total / decisions + (1.0 - single) * together)
            if cheap > 0.0:
                value += cheap * _near(cheap_one[i], cheap_other[j])
            found[i, j] = value
    return found


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _near(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return how alike two designs are by what the cheap model says."""
    away = 0.0
    for column in range(len(one)):
        away += (one[column] - other[column]) ** 2
    return math.exp(-away / 2.0)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def effects(
    genes: NDArray[np.int64], starts: NDArray[np.int64], weights: NDArray[np.float64], reach: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # fmt: skip
    """Return the weighted sum of nearness to designs for each choice, shape (m,), and pair of choices, shape (m, m).

    Parameters
    ----------
    genes : ndarray of int, shape (n, decisions)
    starts : ndarray of int, shape (decisions + 1,)
        Where the choices of each decision begin in the table; the last one is m.
    weights : ndarray, shape (n,)
    reach : float
    """
    near = np.exp(-np.arange(_STEPS) / reach)
    m, decisions = starts[-1], len(starts) - 1
    one, two = np.zeros(m), np.zeros((m, m))
    here = np.empty(m)
    for row in range(len(genes)):
        for column in range(decisions):
            for at in range(starts[column], starts[column + 1]):
                here[at] = near[min(abs(at - starts[column] - genes[row, column]), _STEPS - 1)]
        weight = weights[row]
        for column in range(decisions):
            for at in range(starts[column], starts[column + 1]):
                one[at] += weight * here[at]
                for other in range(starts[column + 1], m):
                    two[at, other] += weight * here[at] * here[other]
    return one, two


def prior_effects(
    starts: NDArray[np.int64], reach: float, draw: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return one draw of effects of choices and of pairs of choices, as likely before anything is known.

    Each of variance 1 and, within a decision, of correlation exp(-steps / reach): steps of an autoregression.
    """
    m = int(starts[-1])
    first = np.isin(np.arange(m), starts[:-1])
    one, two = draw.normal(size=(m, 1)), draw.normal(size=(m, m))
    for drawn in (one, two, two.T):
        _chained(drawn, first, math.exp(-1.0 / reach))
    return one[:, 0], two


def _chained(drawn: NDArray[np.float64], first: NDArray[np.bool_], along: float) -> None:
    """Turn independent rows into chains, in place, each beginning at a first one."""
    for at in range(1, len(drawn)):
        if not first[at]:
            drawn[at] = along * drawn[at - 1] + math.sqrt(1.0 - along * along) * drawn[at]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def looked_up(
    genes: NDArray[np.int64], starts: NDArray[np.int64], one: NDArray[np.float64], two: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the sum of the effects of the choices and pairs of choices of designs, shape (n,)."""
    decisions = genes.shape[1]
    found = np.zeros(len(genes))
    at = np.empty(decisions, dtype=np.int64)
    for row in range(len(genes)):
        value = 0.0
        for column in range(decisions):
            at[column] = starts[column] + genes[row, column]
            value += one[at[column]]
            for before in range(column):
                value += two[at[before], at[column]]
        found[row] = value
    return found


@numba.njit(cache=True, nogil=True, error_model="numpy")
def weighted_nearness(
    one: NDArray[np.float64], other: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how near designs are to others by what the cheap model says, weighted and summed, shape (n_one,)."""
    found = np.empty(len(one))
    row = np.empty(len(other))
    for i in range(len(one)):
        for j in range(len(other)):
            row[j] = _near(one[i], other[j])
        found[i] = dot(row, weights, len(other))
    return found
