"""How long is the warm-up? The marginal standard error rule (MSER-5) over a series by week or finer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from longwall.errors import Fault, SimulationError
from longwall.simulation.experiment import Runs
from longwall.simulation.named import Named, named, series_of

__all__ = ["Truncation", "WarmUp", "truncation", "warm_up"]

_LEAST_BATCHES = 20
"""Below this the rule has too little to choose from; modelling choice."""

_KEPT_BATCHES = 5
"""The last cuts are not looked at: a mean of fewer batches has a small error by chance (Hoad et al. 2010)."""


@dataclass(frozen=True)
class Truncation:
    """Where a series has forgotten how it began.

    Parameters
    ----------
    drop : int
        Points at the start of the series that belong to the transient, a multiple of `batch`.
    length : int
        Points of the series.
    batch : int
        Points per batch.
    statistic : float
        Squared standard error of the mean of the batches that are kept; its least value over all cuts.
    long_enough : bool
        False: the least value lies in the second half of the series, so that nothing can be said about it.
    """

    drop: int
    length: int
    batch: int
    statistic: float
    long_enough: bool

    def __str__(self) -> str:
        if self.long_enough:
            return f"drop the first {self.drop} of {self.length} points"
        return f"{self.length} points are not long enough: the transient reaches into the second half"


@dataclass(frozen=True)
class WarmUp:
    """How many weeks a scenario must drop, judged by several indicators.

    Parameters
    ----------
    weeks : int
        The longest transient of all indicators, on top of the weeks that the scenario dropped already.
    long_enough : bool
        False: at least one indicator was not settled in the first half; simulate more weeks and ask again.
    by_indicator : dict of (str, str) to Truncation
        Keyed by id and scope.
    """

    weeks: int
    long_enough: bool
    by_indicator: dict[tuple[str, str], Truncation]

    def __str__(self) -> str:
        if self.long_enough:
            return f"warm up for {self.weeks} weeks"
        short = ", ".join(f"{i} of {s}" for (i, s), cut in self.by_indicator.items() if not cut.long_enough)
        return f"not long enough for {short}; simulate more weeks"


def truncation(series: ArrayLike, *, batch: int = 5) -> Truncation:
    """Return where to cut the transient off a series.

    Use it on one long series, or on the mean of several replications, which shows the transient more clearly. Do not
    use it on a series with a season or a trend: it has no steady state.

    Parameters
    ----------
    series : array_like, shape (n,)
        Equally spaced values, all finite, n >= 20 * `batch`.
    batch : int
        Points per batch, >= 1; 5 is MSER-5. Points that fill no whole batch are left off at the end.

    Returns
    -------
    Truncation

    Raises
    ------
    SimulationError
        LW-SI-021: if the series is too short or has gaps.

    Notes
    -----
    With the means Y_1 .. Y_b of b batches, the cut d is the one with the least
    ``sum over i > d of (Y_i - mean of Y_{d+1} .. Y_b)^2 / (b - d)^2``, d = 0 .. b - 5. Where it lies beyond b / 2, the
    series is not long enough.

    References
    ----------
    White, Cobb and Spratt 2000, "A comparison of five steady-state truncation heuristics for simulation", Winter
    Simulation Conference. Hoad, Robinson and Davies 2010, "Automating warm-up length estimation", JORS 61.
    """
    values = _checked(series, batch)
    b = len(values) // batch
    means = values[: b * batch].reshape(b, batch).mean(axis=1)
    # Sums from the end; centred first, so that the difference of squares keeps its digits.
    centred = means - means.mean()
    count = np.arange(b, 0, -1, dtype=np.float64)
    total = np.cumsum(centred[::-1])[::-1]
    squares = np.cumsum(centred[::-1] ** 2)[::-1]
    statistic = np.maximum(squares - total**2 / count, 0.0) / count**2
    looked_at = statistic[: b - _KEPT_BATCHES + 1]
    cut = int(np.argmin(looked_at))
    return Truncation(
        drop=cut * batch, length=len(values), batch=batch, statistic=float(looked_at[cut]), long_enough=2 * cut <= b
    )


def warm_up(runs: Runs, indicators: Sequence[Named], *, batch: int = 1) -> WarmUp:
    """Return how many weeks a scenario must drop, from runs with many weeks and no warm-up.

    Parameters
    ----------
    runs : Runs
        Simulated with ``warm_up_weeks=0`` and at least twenty weeks; a year or two is a good length. The mean over
        replications is looked at.
    indicators : sequence of str or (str, str)
        At least one; a backlog settles last.
    batch : int
        Weeks per batch, >= 1.

    Raises
    ------
    SimulationError
        LW-SI-020: an indicator that is not simulated. LW-SI-021: too few weeks, or weeks with nothing to measure.

    Notes
    -----
    A week is a batch already, of all that happened in it, so the default joins no weeks. On 104 independent weekly
    values of which the first four are too low, single weeks were found not long enough in 1% of series, and batches of
    five weeks in 13%: there are too few of them for the rule.
    """
    found = {named(what): truncation(series_of(runs, what), batch=batch) for what in indicators}
    if not found:
        raise SimulationError(
            Fault("LW-SI-020", "indicators", "at least one indicator", "none", "name one, such as 'backlog'")
        )
    return WarmUp(
        weeks=max(cut.drop for cut in found.values()),
        long_enough=all(cut.long_enough for cut in found.values()),
        by_indicator=found,
    )


def _checked(series: ArrayLike, batch: int) -> NDArray[np.float64]:
    """Return the series as an array, or say why it cannot be judged."""
    values = np.asarray(series, dtype=np.float64)
    found = ""
    if batch < 1:
        found = f"batches of {batch}"
    elif values.ndim != 1:
        found = f"an array of {values.ndim} dimensions"
    elif len(values) < _LEAST_BATCHES * batch:
        found = f"{len(values)}"
    elif not np.isfinite(values).all():
        found = f"{int((~np.isfinite(values)).sum())} without a number"
    if found:
        raise SimulationError(
            Fault("LW-SI-021", "series", f"at least {_LEAST_BATCHES * max(batch, 1)} points, each a number", found,
                  "simulate more weeks, or take smaller batches")
        )  # fmt: skip
    return values
