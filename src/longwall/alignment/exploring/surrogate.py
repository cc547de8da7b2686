"""What untried designs are probably worth: a Gaussian process over decisions, about a cheap model where there is one.

It learns what the cheap model misses (its residual), from decisions and from what the cheap model says. It proposes,
and it takes noise out of the choice whom to compare next. No figure that people see comes from it.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.exploring.cholesky import factor, solved, spreads
from longwall.alignment.exploring.covariance import alike, effects, looked_up, prior_effects, weighted_nearness

__all__ = ["Form", "Surrogate"]

_REACHES = (0.4, 2.0, 6.0)
"""How alike neighbouring choices of one decision are: hardly, somewhat, very."""
_SINGLE = (0.5, 0.9)
"""Share of the variance over decisions that they explain one by one; the rest is of pairs."""
_WIDTHS = (1.0, 4.0)
"""Variance of what a design can be worth, in units of that of the tried ones."""
_LEVEL = (False, True)
"""Whether effects add up in amounts, as those of stations do, or in logarithms, as factors do."""
_CHEAP = (0.0, 0.5)
"""Share of the variance of the residual that is a smooth function of what the cheap model says."""


@dataclass(frozen=True)
class Form:
    """Form of a covariance.

    Parameters
    ----------
    reach : float
        Of one choice to the next, > 0.
    single, cheap : float
        Shares as in the notes of `Surrogate`, 0 to 1.
    trend : float
        Factor on what the cheap model says; 0: it is not believed.
    width : float
        Variance in units of that of the tried designs, > 0.
    level : bool
        Whether amounts are modelled instead of their logarithms.
    """

    reach: float
    single: float
    cheap: float
    trend: float
    width: float = 1.0
    level: bool = False


class Surrogate:
    """A Gaussian process on choices and cheap outputs, with the noise of each design known from its replications.

    Parameters
    ----------
    genes : ndarray of int, shape (n, decisions)
        Choices of the tried designs.
    sizes : ndarray of int, shape (decisions,)
        Choices that each decision has.
    cheap : ndarray, shape (n, m)
        Logarithms of what the cheap model says of them, the first column of the same quantity as the values; m = 0:
        there is none.
    values : ndarray, shape (n,)
        Logarithms of their means.
    noise : ndarray, shape (n,)
        Variance of each logarithm, >= 0; of an amount it is in units of the square of what lies midway between this
        amount and their mean, so that what came out small by luck is not believed too much.
    form : Form, optional
        Default: the most likely one of a small grid (`form` tells which).

    Notes
    -----
    The model is of the logarithms, or of the amounts. Mean: ``trend`` times the first cheap column, and a constant by
    generalised least squares. Covariance of the rest: a share `cheap` of exp(-distance of cheap outputs^2 / 2) in units
    of their spread, and of the other 1 - `cheap` a share `single` of the mean over decisions of exp(-|g - g'| / reach),
    the rest the mean over pairs of decisions of the product of both. So what is expected of a design is a sum over
    tables of its choices and of pairs of them, which is quick.

    References
    ----------
    Rasmussen and Williams 2006, "Gaussian processes for machine learning", algorithm 2.1 and section 2.7. Duvenaud,
    Nickisch and Rasmussen 2011, "Additive Gaussian processes", NIPS 24. Kennedy and O'Hagan 2000, "Predicting the
    output from a complex computer code when fast approximations are available", Biometrika 87 (the residual of a cheap
    model). Wilson et al. 2020, "Efficiently sampling functions from Gaussian process posteriors", ICML (`drawn`).
    """

    def __init__(
        self, genes: NDArray[np.int64], sizes: NDArray[np.int64], cheap: NDArray[np.float64],
        values: NDArray[np.float64], noise: NDArray[np.float64], form: Form | None = None,
    ) -> None:  # fmt: skip
        self._genes, self._values, self._noise = np.ascontiguousarray(genes), values, noise
        self._starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        spread = cheap.std(axis=0)
        self._unit = np.where(spread > 1e-9, spread, np.inf)
        self._cheap = cheap
        self._scaled = np.ascontiguousarray(cheap / self._unit)
        forms = [form] if form is not None else self._forms()
        fits = [self._fit(each) for each in forms]
        best = max(range(len(fits)), key=lambda place: fits[place][0])
        self.form = forms[best]
        _, self._scale, self._mean, self._weights, self._lower = fits[best]
        self._one, self._two = self._tables(self._weights)

    def _forms(self) -> list[Form]:
        """Return the grid of forms; without a cheap model, those that do not use it."""
        with_cheap = bool(self._cheap.size) and bool(np.isfinite(self._unit[0]))
        return [
            Form(*each)
            for each in product(
                _REACHES,
                _SINGLE,
                _CHEAP if with_cheap else (0.0,),
                (1.0, 0.0) if with_cheap else (0.0,),
                _WIDTHS,
                _LEVEL,
            )
        ]

    def _rest(self, form: Form) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the values of the tried designs without what the cheap model says, and their noise."""
        values, noise = self._values, self._noise
        if form.level:
            values = np.exp(values)
            noise = noise * ((values + values.mean()) / 2.0) ** 2
        return values - _trend(form, self._cheap), noise

    def _fit(self, form: Form) -> tuple[float, float, float, NDArray[np.float64], NDArray[np.float64]]:
        """Return log marginal likelihood, variance, mean, weights of the tried designs, and the Cholesky factor."""
        rest, noise = self._rest(form)
        spread = float(rest.var())
        scale = form.width * max(spread - float(noise.mean()), 0.05 * spread, 1e-12)
        covariance = scale * self._alike(self._genes, self._scaled, form)
        covariance[np.diag_indices(len(rest))] += noise + 1e-6 * scale
        lower = factor(covariance)
        ones = solved(lower, np.ones(len(rest)))
        mean = float((ones * rest).sum() / ones.sum())
        weights = solved(lower, rest - mean)
        likelihood = -0.5 * float(((rest - mean) * weights).sum()) - float(np.log(np.diag(lower)).sum())
        likelihood += float(self._values.sum()) if form.level else 0.0
        return likelihood, scale, mean, weights, lower

    def _alike(self, genes: NDArray[np.int64], scaled: NDArray[np.float64], form: Form) -> NDArray[np.float64]:
        """Return the correlation of designs with those that were tried."""
        found: NDArray[np.float64] = alike(
            np.ascontiguousarray(genes), self._genes, np.ascontiguousarray(scaled), self._scaled,
            form.reach, form.single, form.cheap,
        )  # fmt: skip
        return found

    def _shares(self) -> tuple[float, float]:
        """Return the variance of the effect of one choice and of one pair of choices."""
        decisions, form = self._genes.shape[1], self.form
        whole = self._scale * (1.0 - form.cheap)
        if decisions == 1:
            return whole, 0.0
        return whole * form.single / decisions, whole * (1.0 - form.single) / (decisions * (decisions - 1) / 2)

    def _tables(self, weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what each choice and each pair of choices adds, from the weights of the tried designs."""
        one, two = effects(self._genes, self._starts, weights, self.form.reach)
        of_one, of_two = self._shares()
        return of_one * one, of_two * two

    def drawn(self, draw: np.random.Generator) -> Surrogate:
        """Return one draw of what all designs may be worth, given what is known, as a surrogate that expects it.

        A draw from the prior, plus what the tried designs correct in it. What is unknown of the share `cheap` is left
        out.
        """
        found = copy.copy(self)
        of_one, of_two = self._shares()
        one, two = prior_effects(self._starts, self.form.reach, draw)
        one, two = math.sqrt(of_one) * one, math.sqrt(of_two) * two
        rest, noise = self._rest(self.form)
        met = looked_up(self._genes, self._starts, one, two) + np.sqrt(noise) * draw.normal(size=len(noise))
        found._weights = solved(self._lower, rest - self._mean - met)
        more_one, more_two = self._tables(found._weights)
        found._one, found._two = one + more_one, two + more_two
        return found

    def predict(self, genes: NDArray[np.int64], cheap: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the expected mean of designs as an amount, shape (n,), >= 0; rounded, so that ties stay ties."""
        expected = self._mean + looked_up(np.ascontiguousarray(genes), self._starts, self._one, self._two)
        if self.form.cheap:
            scaled = np.ascontiguousarray(cheap / self._unit)
            expected = expected + self._scale * self.form.cheap * weighted_nearness(scaled, self._scaled, self._weights)
        expected = expected + _trend(self.form, cheap)
        step = 10.0 ** (math.floor(math.log10(self._scale)) / 2 - 6)
        rounded: NDArray[np.float64] = np.round(expected / step) * step
        return np.maximum(rounded, 0.0) if self.form.level else np.exp(np.minimum(rounded, 50.0))

    def spread(self, genes: NDArray[np.int64], cheap: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the standard deviation of the expected amounts, shape (n,); the noise of replications apart."""
        found: NDArray[np.float64] = spreads(
            self._lower, self._scale * self._alike(genes, cheap / self._unit, self.form), self._scale
        )
        return found if self.form.level else found * self.predict(genes, cheap)


def _trend(form: Form, cheap: NDArray[np.float64]) -> NDArray[np.float64] | float:
    """Return what the cheap model says, as far as it is believed."""
    if not form.trend:
        return 0.0
    says: NDArray[np.float64] = np.exp(cheap[:, 0]) if form.level else cheap[:, 0]
    return form.trend * says
