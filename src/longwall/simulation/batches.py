"""How sure is one long run? Batch means, with a check that the batches are long enough to count as independent."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from longwall.errors import Fault, SimulationError

__all__ = ["BatchMeans", "batch_means"]

_LEAST_BATCHES = 8
"""The check of independence is close to normal from eight batches on (Fishman 1978)."""


@dataclass(frozen=True)
class BatchMeans:
    """The mean of one long run with an interval from batch means, not from replications.

    Parameters
    ----------
    mean, low, high : float
        In the unit of the series; the interval is a t interval over batches.
    level : float
        Coverage of the interval, in (0, 1).
    batches : int
        Batches; degrees of freedom are one less.
    length : int
        Points per batch.
    dropped : int
        Points at the start that fill no whole batch.
    lag1 : float
        Correlation of a batch mean with the next, from -1 to 1.
    independent : bool
        False: neighbouring batches are alike beyond chance (one-sided, at 5%), so the interval is too narrow.
    """

    mean: float
    low: float
    high: float
    level: float
    batches: int
    length: int
    dropped: int
    lag1: float
    independent: bool

    @property
    def half_width(self) -> float:
        """Half the length of the interval, in the unit of the series."""
        return (self.high - self.low) / 2.0

    @property
    def cautions(self) -> tuple[str, ...]:
        """What a reader must know before believing the interval."""
        if self.independent:
            return ()
        return (
            f"batch means of one run: neighbouring batches of {self.length} points are correlated ({self.lag1:.2f}), "
            "so the interval is too narrow; simulate longer, or take fewer batches",
        )

    def __str__(self) -> str:
        return (
            f"{self.mean:.6g} ({self.low:.6g} to {self.high:.6g}, {self.level:.0%} interval by batch means of one run, "
            f"{self.batches} batches of {self.length}, lag-1 correlation {self.lag1:.2f})"
        )


def batch_means(series: ArrayLike, *, batches: int = 20, level: float = 0.95) -> BatchMeans:
    """Return the mean of one long run and how sure it is.

    Use it where one long run is all there is, after its warm-up was dropped. Replications are better where they can be
    had: their independence needs no check.

    Parameters
    ----------
    series : array_like, shape (n,)
        Equally spaced values in their order, all finite, n >= 2 * `batches`.
    batches : int
        At least 8; between 10 and 30 is a good number (Schmeiser 1982).
    level : float
        Coverage in (0, 1).

    Raises
    ------
    SimulationError
        LW-SI-021: if the series is too short or has gaps, or there are too few batches.

    Notes
    -----
    The mean is that of the points. For an indicator that is a quotient of weekly sums it is the mean of weekly
    quotients, which may differ a little from the quotient over all weeks. The check is von Neumann's: with
    ``C = 1 - sum (Y_i - Y_{i+1})^2 / (2 sum (Y_i - mean)^2)``, ``C sqrt((b^2 - 1) / (b - 2))`` is standard normal for
    independent batches. It sees what is strong; a long run passes with a little correlation left.

    References
    ----------
    Schmeiser 1982, "Batch size effects in the analysis of simulation output", Operations Research 30. Fishman 1978,
    "Grouping observations in digital simulation", Management Science 24 (check).
    """
    from statistics import NormalDist

    from longwall.stats import mean_interval

    values = np.asarray(series, dtype=np.float64)
    if not 0.0 < level < 1.0:
        raise SimulationError(Fault("LW-SI-021", "level", "a coverage between 0 and 1", f"{level:g}", "give 0.95"))
    good = values.ndim == 1 and batches >= _LEAST_BATCHES and len(values) >= 2 * batches
    if not good or not np.isfinite(values).all():
        raise SimulationError(
            Fault("LW-SI-021", "series", f"at least {_LEAST_BATCHES} batches of two points, each a number",
                  f"{batches} batches of an array of shape {values.shape}, "
                  f"{int((~np.isfinite(values)).sum())} without a number",
                  "simulate longer, or take fewer batches")
        )  # fmt: skip
    length = len(values) // batches
    dropped = len(values) - batches * length
    means = values[dropped:].reshape(batches, length).mean(axis=1)
    mean, low, high = mean_interval(means, level)
    away = means - mean
    spread = float((away**2).sum())
    if spread == 0.0:
        lag1, neumann = 0.0, 0.0
    else:
        lag1 = float((away[:-1] * away[1:]).sum()) / spread
        neumann = 1.0 - float((np.diff(means) ** 2).sum()) / (2.0 * spread)
    score = neumann * math.sqrt((batches**2 - 1.0) / (batches - 2.0))
    return BatchMeans(
        mean=mean, low=low, high=high, level=level, batches=batches, length=length, dropped=dropped, lag1=lag1,
        independent=score <= NormalDist().inv_cdf(0.95),
    )  # fmt: skip
