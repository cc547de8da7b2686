"""Where does a curve bend? A knee, a turn, or neither beyond noise; from replications under common luck.

References
----------
Satopää, Albrecht, Irwin and Raghavan 2011, "Finding a 'Kneedle' in a Haystack", ICDCS Workshops: the knee is where the
normalised curve stands farthest from its chord. The test against noise is ours: bootstrap over replications.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.trade_offs.results import Bend
from longwall.stats import mean_interval

__all__ = ["LEAST_BEND", "bend_of"]

LEAST_BEND = 0.15
"""Least distance of a knee from the chord, as a share of the curve's range: below it a curve is as good as straight."""
_DRAWS = 200
_SURE = 0.05

Floats = NDArray[np.float64]


def bend_of(
    indicator: str, x: Floats, values: Floats, *, better: Literal["lower", "higher"], today: int,
    luck: np.random.Generator,
) -> Bend:  # fmt: skip
    """Return where an outcome bends along a lever.

    Parameters
    ----------
    x : ndarray, shape (settings,)
        Increasing.
    values : ndarray, shape (settings, replications)
        Replication r of every setting meets the same luck.
    today : int
        Place of today.
    luck : Generator
        Of the bootstrap.

    Notes
    -----
    A turn: some setting between the ends is better than both beyond noise (Student, level corrected for the settings).
    A knee: the ends differ beyond noise, the gain comes early, and in 95% of 200 draws over replications the curve
    stands at least 15% of its range off its chord. The range of either is that of the draws.
    """
    none = Bend(indicator=indicator, kind="none")
    goodness = -values if better == "lower" else values
    kept = np.isfinite(goodness).all(axis=0)
    count, replications = len(x), int(kept.sum())
    if count < 4 or replications < 3 or np.ptp(x) == 0.0:
        return none
    goodness = goodness[:, kept]
    mean = goodness.mean(axis=1)
    picks = luck.integers(0, replications, size=(_DRAWS, replications))
    drawn = goodness[:, picks].mean(axis=2)
    level = 1.0 - _SURE / (2.0 * (count - 2))
    top = int(np.argmax(mean))
    if 0 < top < count - 1 and all(mean_interval(goodness[top] - goodness[end], level)[1] > 0.0 for end in (0, -1)):
        return _bend(indicator, "turn", x, top, np.argmax(drawn, axis=0), today)
    if mean_interval(goodness[-1] - goodness[0])[1] <= 0.0:
        return none
    off = _off_chord(x, drawn)
    if float(np.quantile(off.max(axis=0), _SURE)) < LEAST_BEND:
        return none
    return _bend(
        indicator, "knee", x, int(np.argmax(_off_chord(x, mean[:, None])[:, 0])), np.argmax(off, axis=0), today
    )


def _off_chord(x: Floats, curves: Floats) -> Floats:
    """How far curves stand above their chords, as a share of the range; shape (settings, draws)."""
    along = ((x - x[0]) / (x[-1] - x[0]))[:, None]
    rise = curves[-1] - curves[0]
    safe = np.where(rise > 0.0, rise, 1.0)
    return np.where(rise > 0.0, (curves - curves[0]) / safe - along, 0.0)


def _bend(
    indicator: str, kind: Literal["knee", "turn"], x: Floats, at: int, drawn: NDArray[np.intp], today: int
) -> Bend:
    """A bend with its range over the draws, and where today stands to it."""
    low, high = (float(x[int(np.quantile(drawn, q, method="nearest"))]) for q in (0.025, 0.975))
    low, high = min(low, float(x[at])), max(high, float(x[at]))
    stands: Literal["before", "at", "beyond"] = "before" if x[today] < low else "beyond" if x[today] > high else "at"
    return Bend(indicator=indicator, kind=kind, at=float(x[at]), low=low, high=high, today=stands)
