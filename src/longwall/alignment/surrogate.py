"""What untried designs are probably worth, learnt from the tried ones: a Gaussian process over decisions.

It proposes, and it takes noise out of the choice whom to compare next. No figure that people see comes from it.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["Likenesses", "Surrogate", "likenesses"]

Likenesses = dict[tuple[float, float], NDArray[np.float64]]
"""Correlation of designs by reach and share of what is additive."""

_REACHES = (0.4, 2.0, 6.0)
"""How alike neighbouring choices of one decision are: hardly, somewhat, very."""
_ADDITIVE = (0.5, 0.9)
"""Share of the variance that decisions explain one by one; the rest is interaction."""


class Surrogate:
    """A Gaussian process on choices, with the noise of each design known from its replications.

    Parameters
    ----------
    genes : ndarray of int, shape (n, decisions)
        Choices of the tried designs.
    alike : mapping of (reach, share) to ndarray, shape (n, n)
        Their `likenesses`, which several sides share.
    values : ndarray, shape (n,)
        Their means.
    noise : ndarray, shape (n,)
        Variance of each mean, >= 0.

    Notes
    -----
    Kernel: a share w of mean_d exp(-|g - g'| / r), which is additive over decisions, and 1 - w of the product over
    decisions, for interactions; r and w by the marginal likelihood on a small grid.

    References
    ----------
    Rasmussen and Williams 2006, "Gaussian processes for machine learning", algorithm 2.1.
    """

    def __init__(
        self, genes: NDArray[np.int64], alike: Likenesses, values: NDArray[np.float64], noise: NDArray[np.float64]
    ) -> None:
        self._genes = genes
        self._mean = float(values.mean())
        spread = float(values.var())
        self._scale = max(spread - float(noise.mean()), 0.05 * spread, 1e-12)
        centred = values - self._mean
        nugget = noise + 1e-6 * self._scale
        fits = [self._fit(likeness, centred, nugget, *how) for how, likeness in alike.items()]
        _, self._reach, self._share, self._weights = max(fits, key=lambda fit: fit[0])

    def _fit(
        self,
        likeness: NDArray[np.float64],
        centred: NDArray[np.float64],
        nugget: NDArray[np.float64],
        reach: float,
        share: float,
    ) -> tuple[float, float, float, NDArray[np.float64]]:
        """Return log marginal likelihood, the two choices, and the weights of the tried designs."""
        covariance = self._scale * likeness + np.diag(nugget)
        weights, half_log_determinant = _solved(covariance, centred)
        likelihood = -0.5 * float((centred * weights).sum()) - half_log_determinant
        return likelihood, reach, share, weights

    def predict(self, genes: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the expected mean of designs, shape (n,); rounded, so that ties stay ties."""
        alike = _alike(genes, self._genes, self._reach, self._share)
        expected = self._mean + self._scale * (alike * self._weights).sum(axis=1)
        step = 10.0 ** (math.floor(math.log10(self._scale)) / 2 - 6)
        rounded: NDArray[np.float64] = np.round(expected / step) * step
        return rounded


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _solved(matrix: NDArray[np.float64], right: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return the solution of a positive definite system and half the logarithm of its determinant (Cholesky).

    Written out, since the threads of a linear algebra library would decide the last bits.
    """
    n = len(right)
    lower = np.zeros((n, n))
    half = 0.0
    for i in range(n):
        for j in range(i + 1):
            rest = matrix[i, j]
            for k in range(j):
                rest -= lower[i, k] * lower[j, k]
            if i == j:
                lower[i, i] = math.sqrt(max(rest, 1e-300))
                half += math.log(lower[i, i])
            else:
                lower[i, j] = rest / lower[j, j]
    found = right.copy()
    for i in range(n):
        for k in range(i):
            found[i] -= lower[i, k] * found[k]
        found[i] /= lower[i, i]
    for i in range(n - 1, -1, -1):
        for k in range(i + 1, n):
            found[i] -= lower[k, i] * found[k]
        found[i] /= lower[i, i]
    return found, half


def likenesses(genes: NDArray[np.int64]) -> Likenesses:
    """Return how alike designs are, for each reach and each share of what is additive."""
    found: Likenesses = {}
    for reach in _REACHES:
        additive, joint = _parts(genes, genes, reach)
        for share in _ADDITIVE:
            found[reach, share] = share * additive + (1.0 - share) * joint
    return found


def _alike(one: NDArray[np.int64], other: NDArray[np.int64], reach: float, share: float) -> NDArray[np.float64]:
    """Return the correlation of designs, shape (n_one, n_other)."""
    additive, joint = _parts(one, other, reach)
    alike: NDArray[np.float64] = share * additive + (1.0 - share) * joint
    return alike


def _parts(
    one: NDArray[np.int64], other: NDArray[np.int64], reach: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the additive and the joint part of the correlation, decision by decision to spare memory."""
    additive = np.zeros((len(one), len(other)))
    total = np.zeros((len(one), len(other)))
    steps = int(max(one.max(initial=0), other.max(initial=0))) + 1
    table = np.exp(-np.arange(steps) / reach)
    for column in range(one.shape[1]):
        apart = np.abs(one[:, column, None] - other[None, :, column])
        additive += table[apart]
        total += apart
    return additive / one.shape[1], np.exp(-total / (2.0 * reach))
