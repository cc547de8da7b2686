"""Whether a search may end: the front no longer changes beyond noise."""

from __future__ import annotations

import numpy as np

from longwall.alignment.exploring.archive import Archive
from longwall.alignment.exploring.fronts import first_rank, hypervolume
from longwall.alignment.trials import Chosen

__all__ = ["Standstill"]

_APART = 0.25
"""Two looks lie at least this share of what was spent apart."""
_LOOKS = 3
"""Looks over which the front must have stood still."""
_NOISE = 1.0
"""Standard errors of the front's hypervolume that a change must exceed."""
_LEAST = 0.002
"""Share of the front's hypervolume below which a change decides nothing."""
_DRAWS = 32


class Standstill:
    """Looks at the front from time to time and says when it stands still.

    Parameters
    ----------
    archive : Archive

    Notes
    -----
    Each look compares the front with what the members of the front three looks ago are worth *by now*, so that better
    estimates alone are no change, and slow growth adds up. The gain, as a share of the hypervolume up to 1.1 of the
    range of both, counts where it exceeds both 0.2% and the standard error of that hypervolume, from normal draws of
    the members' expected losses. Looks lie a quarter more replications apart.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._fronts: list[list[Chosen]] = [archive.front()]
        self._at = archive.trials.spent
        self._still = False

    def reached(self) -> bool:
        """Look, if enough was spent since the last look, and return whether the front stands still."""
        spent = self._archive.trials.spent
        if spent >= (1.0 + _APART) * self._at:
            if len(self._fronts) >= _LOOKS:
                gain, noise = self.gain()
                self._still = gain <= max(_LEAST, _NOISE * noise)
            self._fronts, self._at = [*self._fronts[1 - _LOOKS :], self._archive.front()], spent
        return self._still

    def gain(self) -> tuple[float, float]:
        """Return the front's gain since three looks ago as a share of its hypervolume, and the noise of that share."""
        archive = self._archive
        now = archive.front()
        new, old = archive.expected(now), archive.expected(self._fronts[0])
        both = np.concatenate([new, old])
        low, high = both.min(axis=0), both.max(axis=0)
        span = np.where(high > low, high - low, 1.0)
        reference = np.full(3, 1.1)

        def volume(points: np.ndarray) -> float:
            unit = (points - low) / span
            return hypervolume(unit[first_rank(unit)], reference)

        whole = volume(new)
        if whole <= 0.0:
            return 0.0, 0.0
        doubt = np.column_stack([archive.doubt(now), np.zeros(len(now))])
        luck = np.random.default_rng(0).normal(size=(_DRAWS, len(now), 3))
        volumes = [volume(new + doubt * each) for each in luck]
        return (whole - volume(old)) / whole, float(np.std(volumes)) / whole
