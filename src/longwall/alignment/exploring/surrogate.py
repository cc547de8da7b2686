"""What untried designs are probably worth: a Gaussian process over decisions, about a cheap model where there is one.

It learns what the cheap model misses (its residual), from decisions and from what the cheap model says. It proposes,
and it takes noise out of the choice whom to compare next. No figure that people see comes from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["Form", "Surrogate"]

_REACHES = (0.4, 2.0, 6.0)
"""How alike neighbouring choices of one decision are: hardly, somewhat, very."""
_ADDITIVE = (0.5, 0.9)
"""Share of the variance over decisions that they explain one by one; the rest is interaction."""
_CHEAP = (0.0, 0.5)
"""Share of the variance of the residual that is a smooth function of what the cheap model says."""
_STEPS = 64
"""Choices of one decision that are told apart."""


@dataclass(frozen=True)
class Form:
    """Form of a covariance.

    Parameters
    ----------
    reach : float
        Of one choice to the next, > 0.
    additive, cheap : float
        Shares as in the notes of `Surrogate`, 0 to 1.
    trend : float
        Factor on what the cheap model says; 0: it is not believed.
    """

    reach: float
    additive: float
    cheap: float
    trend: float


class Surrogate:
    """A Gaussian process on choices and cheap outputs, with the noise of each design known from its replications.

    Parameters
    ----------
    genes : ndarray of int, shape (n, decisions)
        Choices of the tried designs.
    cheap : ndarray, shape (n, m)
        What the cheap model says of them, its first column of the same quantity as the values; m = 0: there is none.
    values : ndarray, shape (n,)
        Their means.
    noise : ndarray, shape (n,)
        Variance of each mean, >= 0.
    form : Form, optional
        Default: the most likely one of a small grid (`form` tells which).

    Notes
    -----
    Mean: ``trend`` times the first cheap column, and a constant by generalised least squares. Covariance of the rest: a
    share `cheap` of exp(-distance of cheap outputs^2 / 2) in units of their spread, and of the other 1 - `cheap` a
    share `additive` of mean_d exp(-|g - g'| / reach), the rest the product over decisions, for interactions.

    References
    ----------
    Rasmussen and Williams 2006, "Gaussian processes for machine learning", algorithm 2.1 and section 2.7. Kennedy and
    O'Hagan 2000, "Predicting the output from a complex computer code when fast approximations are available",
    Biometrika 87 (the residual of a cheap model).
    """

    def __init__(
        self, genes: NDArray[np.int64], cheap: NDArray[np.float64], values: NDArray[np.float64],
        noise: NDArray[np.float64], form: Form | None = None,
    ) -> None:  # fmt: skip
        self._genes, self._noise, self._values = np.ascontiguousarray(genes), noise, values
        spread = cheap.std(axis=0)
        self._unit = np.where(spread > 1e-9, spread, np.inf)
        self._cheap = cheap
        self._scaled = np.ascontiguousarray(cheap / self._unit)
        forms = [form] if form is not None else self._forms()
        fits = [self._fit(each) for each in forms]
        best = max(range(len(fits)), key=lambda place: fits[place][0])
        self.form = forms[best]
        _, self._scale, self._mean, self._weights, self._lower = fits[best]

    def _forms(self) -> list[Form]:
        """Return the grid of forms; without a cheap model, those that do not use it."""
        with_cheap = bool(self._cheap.size) and bool(np.isfinite(self._unit[0]))
        return [
            Form(reach, additive, cheap, trend)
            for reach, additive, cheap, trend in product(
                _REACHES, _ADDITIVE, _CHEAP if with_cheap else (0.0,), (1.0, 0.0) if with_cheap else (0.0,)
            )
        ]

    def _fit(self, form: Form) -> tuple[float, float, float, NDArray[np.float64], NDArray[np.float64]]:
        """Return log marginal likelihood, variance, mean, weights of the tried designs, and the Cholesky factor."""
        rest = self._values - form.trend * self._cheap[:, 0] if form.trend else self._values
        spread = float(rest.var())
        scale = max(spread - float(self._noise.mean()), 0.05 * spread, 1e-12)
        alike = _alike(self._genes, self._genes, self._scaled, self._scaled, form.reach, form.additive, form.cheap)
        covariance = scale * alike
        covariance[np.diag_indices(len(rest))] += self._noise + 1e-6 * scale
        lower = _factor(covariance)
        ones = _solved(lower, np.ones(len(rest)))
        mean = float((ones * rest).sum() / ones.sum())
        weights = _solved(lower, rest - mean)
        likelihood = -0.5 * float(((rest - mean) * weights).sum()) - float(np.log(np.diag(lower)).sum())
        return likelihood, scale, mean, weights, lower

    def predict(self, genes: NDArray[np.int64], cheap: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the expected mean of designs, shape (n,); rounded, so that ties stay ties."""
        expected = self._mean + self._scale * _weighted(
            np.ascontiguousarray(genes), self._genes, np.ascontiguousarray(cheap / self._unit), self._scaled,
            self._weights, self.form.reach, self.form.additive, self.form.cheap,
        )  # fmt: skip
        if self.form.trend:
            expected = expected + self.form.trend * cheap[:, 0]
        step = 10.0 ** (math.floor(math.log10(self._scale)) / 2 - 6)
        rounded: NDArray[np.float64] = np.round(expected / step) * step
        return rounded

    def spread(self, genes: NDArray[np.int64], cheap: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the standard deviation of what is expected, shape (n,); the noise of replications apart."""
        alike = self._scale * _alike(
            np.ascontiguousarray(genes), self._genes, np.ascontiguousarray(cheap / self._unit), self._scaled,
            self.form.reach, self.form.additive, self.form.cheap,
        )  # fmt: skip
        return _spread(self._lower, alike, self._scale)


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _dot(one: NDArray[np.float64], other: NDArray[np.float64], n: int) -> float:
    """Return the inner product of the first n numbers, in four sums side by side: the same bits on every machine."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    even = n - n % 4
    for k in range(0, even, 4):
        a += one[k] * other[k]
        b += one[k + 1] * other[k + 1]
        c += one[k + 2] * other[k + 2]
        d += one[k + 3] * other[k + 3]
    for k in range(even, n):
        a += one[k] * other[k]
    return (a + b) + (c + d)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _factor(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Cholesky factor of a positive definite matrix.

    Written out, since the threads of a linear algebra library would decide the last bits.
    """
    n = len(matrix)
    lower = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            rest = matrix[i, j] - _dot(lower[i], lower[j], j)
            if i == j:
                lower[i, i] = math.sqrt(max(rest, 1e-300))
            else:
                lower[i, j] = rest / lower[j, j]
    return lower


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _solved(lower: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the solution of a system from its Cholesky factor."""
    n = len(right)
    found = right.copy()
    for i in range(n):
        found[i] = (found[i] - _dot(lower[i], found, i)) / lower[i, i]
    for i in range(n - 1, -1, -1):
        for k in range(i + 1, n):
            found[i] -= lower[k, i] * found[k]
        found[i] /= lower[i, i]
    return found


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _spread(lower: NDArray[np.float64], alike: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    """Return standard deviations of what is expected from covariances with the tried designs, shape (rows,)."""
    n = lower.shape[0]
    found = np.empty(len(alike))
    half = np.empty(n)
    for row in range(len(alike)):
        left = scale
        for i in range(n):
            half[i] = (alike[row, i] - _dot(lower[i], half, i)) / lower[i, i]
            left -= half[i] * half[i]
        found[row] = math.sqrt(max(left, 0.0))
    return found


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _alike(
    one: NDArray[np.int64], other: NDArray[np.int64], cheap_one: NDArray[np.float64], cheap_other: NDArray[np.float64],
    reach: float, additive: float, cheap: float,
) -> NDArray[np.float64]:  # fmt: skip
    """Return the correlation of designs, shape (n_one, n_other)."""
    near = np.exp(-np.arange(_STEPS) / reach)
    decisions = one.shape[1]
    far = np.exp(-np.arange(_STEPS * decisions) / (2.0 * reach))
    found = np.empty((len(one), len(other)))
    for i in range(len(one)):
        for j in range(len(other)):
            single, total = 0.0, 0
            for column in range(decisions):
                apart = min(abs(one[i, column] - other[j, column]), _STEPS - 1)
                single += near[apart]
                total += apart
            alike = (1.0 - cheap) * (additive * single / decisions + (1.0 - additive) * far[total])
            if cheap > 0.0:
                away = 0.0
                for column in range(cheap_one.shape[1]):
                    away += (cheap_one[i, column] - cheap_other[j, column]) ** 2
                alike += cheap * math.exp(-away / 2.0)
            found[i, j] = alike
    return found


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _weighted(
    one: NDArray[np.int64], other: NDArray[np.int64], cheap_one: NDArray[np.float64], cheap_other: NDArray[np.float64],
    weights: NDArray[np.float64], reach: float, additive: float, cheap: float,
) -> NDArray[np.float64]:  # fmt: skip
    """Return the correlations of designs with the tried ones, weighted and summed, shape (n_one,)."""
    found = np.empty(len(one))
    for begin in range(0, len(one), 64):
        end = min(begin + 64, len(one))
        rows = _alike(one[begin:end], other, cheap_one[begin:end], cheap_other, reach, additive, cheap)
        for i in range(begin, end):
            found[i] = _dot(rows[i - begin], weights, len(other))
    return found
