"""Which variance leads to which, learned from traces: expected occurrences of j that follow one of i directly.

A discrete-time additive hazard: at each step of a case, kind j occurs with the baseline of its class and step, times
how prone the case has shown itself to be, plus a part for every earlier occurrence in the case. That part, summed over
the steps after i, is p_ij; it is net of the control as it is.

It follows, it does not prove: a hidden cause that hits i first and j later looks the same, effects within one step and
after the end of a case are not seen, and control that changes together with i cannot be told from effect. Left out:
kernels of free shape, effects that cross from one case to another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack
from scipy.special import ndtr

from longwall.assessment.matrix.lift import Lift, lift_of
from longwall.assessment.matrix.panel import LAGS, WINDOW, Occurrences, Panel, followed, panel_of, weights, windows
from longwall.stats import benjamini_hochberg

__all__ = ["Learned", "Occurrences", "learn"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_ROUNDS = 5
_REWEIGHTS = 2
_SMALL = 1e-4
_RIDGE = 1e-9
_ONE_SIDED = 1.645
_POWER = 0.8416


@dataclass(frozen=True)
class Learned:
    """Learned edges; arrays of shape (n_kinds, n_kinds), rows lead to columns.

    Parameters
    ----------
    p, low, high : ndarray
        Direct occurrences of the column per occurrence of the row, within the six steps after it that the case had
        left, with 95% interval; NaN where not determinable. What follows later is missed, so that long delays bias p
        towards nothing and the interval covers the whole effect less often than it says.
    adjusted : ndarray
        Benjamini-Hochberg adjusted one-sided p-values over all pairs tested; 1 where not tested.
    claimed : ndarray of bool
        Adjusted value at or below the level, and p at or above the floor.
    directed : ndarray of bool
        Of those claimed: what follows i exceeds what came before it, significantly and by the floor; else only
        associated.
    explained_away_by : ndarray
        E-value: rate ratio that a hidden cause needs with both kinds to explain the claim away; NaN where not claimed.
    support : ndarray of int, shape (n_kinds,)
        Occurrences of each kind.
    needed_cases : ndarray, shape (n_kinds,)
        About how many cases would give the least support; 0 where there is enough.
    frailty_variance : float
        How much cases differ in how prone they are to any variance; 0: not at all.
    lift : Lift
        The naive lift that is being corrected, and a cross-check by Mantel-Haenszel.
    needed : ndarray
        About how many cases it takes to tell an effect as large as the floor from none, with power 0.8, where the log
        cannot; 0 where it can.
    """

    p: Floats
    low: Floats
    high: Floats
    adjusted: Floats
    claimed: Bools
    directed: Bools
    explained_away_by: Floats
    support: NDArray[np.int64]
    needed_cases: Floats
    frailty_variance: float
    lift: Lift
    needed: Floats


@dataclass(frozen=True)
class _Fit:
    """One target: coefficients, their covariance (clustered by case), baseline per cell."""

    beta: Floats
    covariance: Floats
    base: Floats


def learn(data: Occurrences, *, floor: float = 0.05, level: float = 0.05, least_support: int = 50) -> Learned:
    """Return which variance leads to which.

    Parameters
    ----------
    data : Occurrences
    floor : float
        Least p that is claimed: more data make small biases significant, and no one acts on small effects.
    level : float
        Expected share of false claims.
    least_support : int
        Occurrences of the source below which nothing is said.

    Returns
    -------
    Learned

    Notes
    -----
    Frailty comes from the past of the case only: ``phi = (k + N - Exc) / (k + E)`` with N what occurred, Exc what
    earlier variances explain, E what the baseline expects, and ``1 / k`` the variance between cases by moments.
    Effects are summed over the six steps after i, in two pieces.

    References
    ----------
    Aalen 1980 and Lin and Ying 1994 (additive hazards); Liang and Zeger 1986 (cluster-robust errors).
    """
    n = data.n_kinds
    support = np.bincount(data.kind, minlength=n)
    panel = panel_of(data)
    phi, variance = np.ones(panel.case.size), 0.0
    fits: list[_Fit] = []
    for last in range(1, _ROUNDS + 1):
        if fits:
            phi, variance = _frailty(panel, fits)
        fits = [_fit(panel, panel.y[:, j], panel.x, phi, errors=last == _ROUNDS) for j in range(n)]
    tested = (support >= least_support)[:, None] & (support > 0)[None, :] & ~np.eye(n, dtype=bool)
    weight = weights(n) * followed(panel, support)[None, :]
    p = np.stack([weight @ fit.beta for fit in fits], axis=1)
    spread = np.stack([np.sqrt(np.maximum(np.diag(weight @ fit.covariance @ weight.T), 0)) for fit in fits], axis=1)
    adjusted = np.ones((n, n))
    usable = tested & (spread > 0)
    adjusted[usable] = benjamini_hochberg(ndtr(-p[usable] / spread[usable]))
    claimed = usable & (adjusted <= level) & (p >= floor)
    directed = np.zeros((n, n), dtype=bool)
    for j in np.flatnonzero(claimed.any(axis=0)):
        directed[:, j] = claimed[:, j] & _directed(panel, data, int(j), np.flatnonzero(claimed[:, j]), floor)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = panel.y.mean(axis=0)[None, :] * WINDOW
        ratio = np.where(claimed, 1 + p / np.maximum(rate, _SMALL), np.nan)
        strength = ratio + np.sqrt(ratio * (ratio - 1))
        needed = np.where(support < least_support, data.case_steps.size * least_support / np.maximum(support, 1), 0.0)
    hidden = np.where(tested, 0.0, np.nan)
    return Learned(
        p=p + hidden,
        low=p - 1.96 * spread + hidden,
        high=p + 1.96 * spread + hidden,
        adjusted=adjusted,
        claimed=claimed,
        directed=directed,
        explained_away_by=strength,
        support=support,
        needed_cases=needed,
        frailty_variance=variance,
        lift=lift_of(panel, data),
        needed=_needed(data, spread, tested, claimed, p + 1.96 * spread >= floor, needed, floor),
    )


def _needed(
    data: Occurrences, spread: Floats, tested: Bools, claimed: Bools, possible: Bools, by_source: Floats, floor: float
) -> Floats:
    """Cases it takes to see an effect as large as the floor, where it is neither claimed nor ruled out."""
    cases = data.case_steps.size * ((_ONE_SIDED + _POWER) * spread / floor) ** 2
    open_still = tested & possible & ~claimed & (spread > 0)
    found = np.where(open_still, np.maximum(cases, data.case_steps.size), 0.0)
    return np.asarray(np.where(tested, found, np.broadcast_to(by_source[:, None], tested.shape)), dtype=np.float64)


def _fit(panel: Panel, y: Floats, x: csr_array, phi: Floats, *, errors: bool) -> _Fit:
    """Iteratively reweighted least squares with the baseline of every cell projected out."""
    # Weights from the level of the kind as a whole: those of small cells would move with their own errors, and pull p
    # towards nothing.
    usual = max(float(y.mean()), _SMALL)
    mu = usual * phi
    after = panel.after
    x_after, cell_after = x[after], panel.cell[after]
    to_cell = csr_array((np.ones(after.size), (cell_after, np.arange(after.size))), shape=(panel.n_cells, after.size))
    for _ in range(_REWEIGHTS):
        w = 1.0 / (mu * (1 - np.minimum(mu, 0.9)))
        squared = np.maximum(np.bincount(panel.cell, weights=w * phi * phi, minlength=panel.n_cells), 1e-300)
        level = np.bincount(panel.cell, weights=w * phi * y, minlength=panel.n_cells) / squared
        weighted = csr_array(x_after.multiply(w[after, None]))
        carried = (to_cell @ weighted.multiply(phi[after, None])).toarray() / squared[:, None]
        normal = (x_after.T @ weighted).toarray() - carried.T @ (carried * squared[:, None])
        right = weighted.T @ y[after] - carried.T @ (level * squared)
        scale = max(float(np.trace(normal)) / max(len(normal), 1), 1.0)
        inverse = np.linalg.pinv(normal + _RIDGE * scale * np.eye(len(normal)), hermitian=True)
        beta = inverse @ right
        base = level - carried @ beta
        follows = x @ beta
        mu = np.maximum(usual * phi + np.maximum(follows, 0.0), 0.2 * usual)
    if not errors:
        return _Fit(beta, np.zeros_like(inverse), base)
    error = w * (y - base[panel.cell] * phi - follows)
    n_cases = panel.offset.size - 1
    to_case = csr_array((error[after], (panel.case[after], np.arange(after.size))), shape=(n_cases, after.size))
    shared = csr_array((error * phi, (panel.case, panel.cell)), shape=(n_cases, panel.n_cells)) @ carried
    scores = (to_case @ x_after).toarray() - shared
    meat = scores.T @ scores * n_cases / max(n_cases - 1, 1)
    return _Fit(beta, inverse @ meat @ inverse, base)


def _frailty(panel: Panel, fits: list[_Fit]) -> tuple[Floats, float]:
    """How prone each case has shown itself to be before each of its steps, and the variance between cases."""
    base = np.maximum(sum(fit.base[panel.cell] for fit in fits), _SMALL)
    # A step at which the model expects less than nothing is left at nothing.
    follows = np.maximum(sum(panel.x @ fit.beta for fit in fits), 0.0)
    seen = panel.y.sum(axis=1)
    starts = panel.offset[:-1]
    expected, excess, counted = (np.add.reduceat(v, starts) for v in (base, follows, seen))
    variance = float((((counted - excess - expected) ** 2 - counted).sum()) / np.maximum((expected**2).sum(), _SMALL))
    variance = min(max(variance, 0.0), 10.0)
    if variance <= 1e-6:
        return np.ones(panel.case.size), 0.0
    kappa = 1.0 / variance
    past = [_before(v, starts, panel.case) for v in (seen, follows, base)]
    return np.clip((kappa + past[0] - past[1]) / (kappa + past[2]), 0.05, 20.0), variance


def _before(values: Floats, starts: NDArray[np.int64], case: NDArray[np.int64]) -> Floats:
    """Sum over the earlier steps of the same case."""
    running = np.cumsum(values) - values
    return np.asarray(running - running[starts][case])


def _directed(panel: Panel, data: Occurrences, target: int, sources: NDArray[np.intp], floor: float) -> Bools:
    """Whether what follows each source exceeds what came before it: a placebo with the future beside the past.

    Past and future of every kind stand side by side, alike, without frailty, so that what is the same forwards and
    backwards in time gives the same on both sides, but for the edges of cases; the floor keeps those out.
    """
    ahead = windows(data, panel.offset, panel.case.size, LAGS, sign=-1)
    x = csr_array(hstack([panel.x, ahead]))
    both = replace(panel, after=np.flatnonzero(np.diff(x.indptr)))
    fit = _fit(both, panel.y[:, target], x, np.ones(panel.case.size), errors=True)
    n = data.n_kinds
    weight = weights(n)[sources]
    weight = np.hstack([weight, -weight])
    difference = weight @ fit.beta
    spread = np.sqrt(np.maximum(np.diag(weight @ fit.covariance @ weight.T), 1e-300))
    shown = np.zeros(n, dtype=bool)
    shown[sources] = (difference / spread > _ONE_SIDED) & (difference >= floor)
    return shown
