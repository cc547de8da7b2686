"""What was measured of each design tried, with the luck taken off that today met in the same replications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.objectives import Scales
from longwall.alignment.trials import Chosen, Sample, Trials, replications

__all__ = ["Measured", "Measurements"]

_ENOUGH = 12
"""Designs from which on the slope of the control variate is estimated."""
_FLOOR = 1e-3
"""Least share of today's value that counts, so that logarithms stay finite."""


@dataclass(frozen=True)
class Measured:
    """Logarithms of the four aspects of one design, their variances, and the replications behind them."""

    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    count: int


class Measurements:
    """Amounts of the four aspects (`Scales.aspects`) of designs, kept until there are more replications.

    Parameters
    ----------
    trials : Trials
        With today tried.
    scales : Scales
    """

    def __init__(self, trials: Trials, scales: Scales) -> None:
        self._trials, self._scales = trials, scales
        self._levels: dict[Chosen, NDArray[np.float64]] = {}
        self._slope_known = np.zeros(0)
        self._slope_at = 0
        self._known: dict[Chosen, Measured] = {}
        self._known_by = (0, 0)

    def aspects(self, chosen: Chosen) -> NDArray[np.float64]:
        """Return the aspects of a tried design in each replication, kept until it gets more blocks."""
        known = self._levels.get(chosen)
        if known is None or len(known) != replications(self._trials.blocks(chosen)):
            known = self._levels[chosen] = self._scales.aspects(self._trials.sample(chosen))
        return known

    def floor(self) -> NDArray[np.float64]:
        """Return the least amount of each aspect that counts, shape (4,)."""
        least: NDArray[np.float64] = _FLOOR * np.maximum(self.aspects(()).mean(axis=0), 1e-9)
        return least

    def _luck(self, count: int) -> NDArray[np.float64]:
        """Return what today met in each of the first replications as a share of its mean, shape (count, indicators)."""
        values = self._trials.sample(()).values
        mean = _shown(values)
        usual = np.where(mean > 0, mean, np.inf)
        share: NDArray[np.float64] = np.nan_to_num(values / usual - (mean > 0))[:count]
        return share

    def _slope(self) -> NDArray[np.float64]:
        """Return how far designs follow today's luck in each indicator, in [0, 1]; 1 until enough is known."""
        designs = self._trials.tried
        if len(designs) < _ENOUGH:
            return np.ones(len(self._trials.sample(()).keys))
        if self._slope_at < len(designs) // 2:
            together, alone = 0.0, 1e-300
            for design in designs[1:]:
                values = self._trials.sample(design).values
                met = self._luck(len(values))
                met = np.where(np.isfinite(values), met - met.mean(axis=0), 0.0)
                mean = _shown(values)
                together = together + (met * np.nan_to_num(values) / np.where(mean > 0, mean, 1.0)).sum(axis=0)
                alone = alone + (met * met).sum(axis=0)
            self._slope_known, self._slope_at = np.clip(together / alone, 0.0, 1.0), len(designs)
        return self._slope_known

    def of(self, designs: Sequence[Chosen]) -> list[Measured]:
        """Return what was measured of tried designs.

        Today serves as a control variate: what today met of each indicator in the design's own replications, against
        all of today's, is taken off as a factor, with one slope per indicator, pooled over designs. So designs with few
        and many blocks compare, and so do designs that live on different indicators.
        """
        slope = self._slope()
        version = self._slope_at, len(self._trials.sample(()).values)
        if version != self._known_by:
            self._known_by, self._known = version, {}
        luck: dict[int, NDArray[np.float64]] = {}
        floor = self.floor()
        found = []
        for design in designs:
            sample = self._trials.sample(design)
            count = len(sample.values)
            known = self._known.get(design)
            if known is None or known.count != count:
                if count not in luck:
                    luck[count] = slope * self._luck(count)
                level = self._scales.aspects(Sample(sample.keys, sample.values - luck[count] * _shown(sample.values)))
                least = np.maximum(0.2 * self.aspects(design).mean(axis=0), floor)
                value = np.maximum(level.mean(axis=0), least)
                known = Measured(np.log(value), level.var(axis=0, ddof=1) / value**2, count)
                self._known[design] = known
            found.append(known)
        return found


def _shown(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of each indicator over the replications that show it, shape (indicators,); 0 where none does."""
    shown = np.isfinite(values)
    mean: NDArray[np.float64] = np.where(shown, values, 0.0).sum(axis=0) / np.maximum(shown.sum(axis=0), 1)
    return mean
