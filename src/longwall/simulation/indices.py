"""Which inputs of a function matter? Elementary effects (Morris) and shares of variance (Sobol), through SALib."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from longwall.errors import Fault, SimulationError
from longwall.streams import key_of

__all__ = ["ElementaryEffects", "SobolIndices", "elementary_effects", "luck_share", "sobol_indices"]

Outcomes = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From points, shape (rows, inputs), to outcomes, shape (rows, outcomes)."""

_RESAMPLES = 500
"""Bootstrap resamples behind each interval; SALib's own default of 100 leaves the intervals themselves uncertain."""


@dataclass(frozen=True)
class ElementaryEffects:
    """What each input does to each outcome when it alone is moved across its range.

    Parameters
    ----------
    mean : ndarray, shape (outcomes, inputs)
        Mean effect of the whole range, with its sign, in the unit of the outcome.
    size, size_half : ndarray, shape (outcomes, inputs)
        Mean of the absolute effects, >= 0, and half of its 95% bootstrap interval.
    spread : ndarray, shape (outcomes, inputs)
        Standard deviation of the effects: 0 where the input adds, more where it bends or depends on others.
    """

    mean: NDArray[np.float64]
    size: NDArray[np.float64]
    size_half: NDArray[np.float64]
    spread: NDArray[np.float64]


@dataclass(frozen=True)
class SobolIndices:
    """Which share of each outcome's variance goes back to each input; NaN where an outcome does not vary.

    Parameters
    ----------
    first, first_half : ndarray, shape (outcomes, inputs)
        Share of the input alone, from 0 to 1 apart from error, and half of its 95% bootstrap interval.
    total, total_half : ndarray, shape (outcomes, inputs)
        Share of the input together with others, at least `first` apart from error, and half of its interval.
    """

    first: NDArray[np.float64]
    first_half: NDArray[np.float64]
    total: NDArray[np.float64]
    total_half: NDArray[np.float64]


def elementary_effects(
    function: Outcomes, low: ArrayLike, high: ArrayLike, *, trajectories: int = 10, levels: int = 4, seed: int = 0
) -> ElementaryEffects:
    """Return the elementary effects of a function of independent inputs; a cheap look before the shares of variance.

    Parameters
    ----------
    function : callable
        From points, shape (rows, inputs), to outcomes, shape (rows, outcomes); called once, with
        `trajectories` * (inputs + 1) rows.
    low, high : array_like, shape (inputs,)
        Range of each input, low < high.
    trajectories : int
        At least 2; 10 to 50 are usual.
    levels : int
        Even, >= 4: values that an input takes.
    seed : int
        >= 0; 0 is a seed.

    Raises
    ------
    SimulationError
        LW-SI-026: trajectories or levels that make no sense.

    References
    ----------
    Morris 1991, "Factorial sampling plans for preliminary computational experiments", Technometrics 33. Campolongo,
    Cariboni and Saltelli 2007, Environmental Modelling & Software 22 (mean of absolute effects).
    """
    if trajectories < 2 or levels < 4 or levels % 2:
        raise SimulationError(
            Fault("LW-SI-026", "trajectories, levels", "two trajectories or more, an even number of levels from 4 on",
                  f"{trajectories} and {levels}", "correct them")
        )  # fmt: skip
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as sampling

    lower, upper = _range(low, high)
    problem = _problem(len(lower))
    # An integer: SALib would spawn from a generator, and so draw from the system's entropy.
    points = sampling.sample(problem, trajectories, num_levels=levels, seed=_seed(seed, "morris", "points"))
    outcomes = np.asarray(function(lower + points * (upper - lower)), dtype=np.float64)
    found = np.full((4, outcomes.shape[1], len(lower)), np.nan)
    for k in range(outcomes.shape[1]):
        if np.isfinite(outcomes[:, k]).all():
            result = analysis.analyze(
                problem, points, outcomes[:, k], num_levels=levels, num_resamples=_RESAMPLES,
                seed=_seed(seed, "morris", "bootstrap"),
            )  # fmt: skip
            found[:, k] = [np.asarray(result[name]) for name in ("mu", "mu_star", "mu_star_conf", "sigma")]
    return ElementaryEffects(*found)


def sobol_indices(
    function: Outcomes, low: ArrayLike, high: ArrayLike, *, points: int = 64, seed: int = 0
) -> SobolIndices:
    """Return the shares of variance of a function of independent inputs, each value in its range as likely.

    Parameters
    ----------
    function : callable
        From points, shape (rows, inputs), to outcomes, shape (rows, outcomes); called once, with
        `points` * (inputs + 2) rows.
    low, high : array_like, shape (inputs,)
        Range of each input, low < high.
    points : int
        A power of two, >= 8; half-widths fall with its square root.
    seed : int
        >= 0; 0 is a seed.

    Raises
    ------
    SimulationError
        LW-SI-026: not a power of two.

    Notes
    -----
    Scrambled Sobol' points; first order by Saltelli et al. 2010, total by Jansen 1999, as in SALib. The intervals are
    those of the points; what luck adds to the outcomes is told by `luck_share`.

    References
    ----------
    Sobol' 2001, Mathematics and Computers in Simulation 55. Saltelli et al. 2010, Computer Physics Communications 181.
    Iwanaga, Usher and Herman 2022, "Toward SALib 2.0", Socio-Environmental Systems Modelling 4.
    """
    if points < 8 or points & (points - 1):
        raise SimulationError(
            Fault("LW-SI-026", "points", "a power of two from 8 on", f"{points}", "give 64, 128, 256 ...")
        )
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    lower, upper = _range(low, high)
    problem = _problem(len(lower))
    drawn = sampling.sample(problem, points, calc_second_order=False, seed=_seed(seed, "sobol", "points"))
    outcomes = np.asarray(function(lower + drawn * (upper - lower)), dtype=np.float64)
    found = np.full((4, outcomes.shape[1], len(lower)), np.nan)
    for k in range(outcomes.shape[1]):
        if np.isfinite(outcomes[:, k]).all() and np.ptp(outcomes[:, k]) > 0.0:
            result = analysis.analyze(
                problem, outcomes[:, k], calc_second_order=False, num_resamples=_RESAMPLES,
                seed=_seed(seed, "sobol", "bootstrap"),
            )  # fmt: skip
            found[:, k] = [np.asarray(result[name]) for name in ("S1", "S1_conf", "ST", "ST_conf")]
    return SobolIndices(*found)


def luck_share(values: NDArray[np.float64]) -> float:
    """Return which share of the variance of means over points is luck and not the inputs, from 0 to 1.

    Parameters
    ----------
    values : ndarray, shape (points, replications)
        Replication r of every point meets the same luck; at least two of each.

    Returns
    -------
    float
        NaN where a value is missing or the means do not vary.

    Notes
    -----
    The residual mean square of the two-way layout without repetition, over the number of replications, against the
    variance of the means; luck that all points share cancels.
    """
    rows, replications = values.shape
    if min(rows, replications) < 2 or not np.isfinite(values).all():
        return float("nan")
    means = values.mean(axis=1)
    spread = float(means.var(ddof=1))
    if spread == 0.0:
        return float("nan")
    residual = values - means[:, None] - values.mean(axis=0)[None, :] + values.mean()
    noise = float(np.sum(residual**2)) / ((rows - 1) * (replications - 1)) / replications
    return float(min(1.0, noise / spread))


def _seed(seed: int, *names: str) -> int:
    """Return SALib's seed for one purpose; never 0, which SALib's Sobol analysis takes for no seed."""
    return key_of(seed, *names) | 1


def _range(low: ArrayLike, high: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both ends as arrays."""
    return np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)


def _problem(inputs: int) -> dict[str, Any]:
    """Return SALib's description of the unit cube."""
    return {"num_vars": inputs, "names": [f"x{k}" for k in range(inputs)], "bounds": [[0.0, 1.0]] * inputs}
