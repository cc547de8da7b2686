"""How exactly a number about performers may be said, so that nobody's own number can be worked out from it.

Five people in a group protect nobody whose number can be had by subtraction: from two reports between which one person
came, left or was forgotten, or one week passed in which one person was on duty. So a mean of performers is rounded to a
grid so coarse that the difference of two such numbers leaves every person's own part uncertain by a fifth of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["NARROW", "coarse", "coarse_count", "coarse_curve", "half_step", "outward"]

NARROW = 0.2
"""Nobody's own part may be known to within this share of it."""

_STEPS = (0.01, 0.02, 0.035, 0.06, 0.1, 0.16, 0.26)
_CURVE = 0.1


def half_step(parts: ArrayLike) -> float:
    """Return half the relative step of the grid on which a mean of performers may be said.

    Parameters
    ----------
    parts : array_like, shape (n_people,)
        What each person adds to the sum behind the mean, such as hours of work; >= 0.

    Returns
    -------
    float
        One of a few fixed values in [0.01, 0.26]; the larger, the more one person carries.

    Notes
    -----
    Let x be one person's part and s = x / T its share of a sum T, of which the published g tells g (1 - h) <= T and
    T <= g (1 + h). Say that all other parts are known exactly, which is more than any report without the person can
    tell, however fine its own grid is. Then x is known to half a width of h g >= h T / (1 + h), unless the interval
    reaches down to zero, where half its width is at least x / 2. So `NARROW` x stays unknown where
    h / (1 + h) >= `NARROW` s, that is h >= `NARROW` s / (1 - `NARROW` s): for whoever carries most, and then for all.
    The part of a person in both of two reports, which at least two people have in common, may be anything down to
    zero: it could be another's. This is the p% rule of statistical disclosure control.

    Which step was taken tells between which bounds the largest share lies; these alone are wider than `NARROW`. What
    follows from them together with two sums, by who also knows whose part is the largest, is not counted here.

    References
    ----------
    Hundepool et al. 2012, "Statistical Disclosure Control", section 4.2 (p% rule).
    """
    sums = np.asarray(parts, dtype=np.float64)
    total = float(sums.sum())
    share = float(sums.max(initial=0.0)) / total if total > 0 else 1.0
    needed = NARROW * share / (1.0 - NARROW * share)
    return next((step for step in _STEPS if step >= needed - 1e-12), _STEPS[-1])


def coarse(value: float, half: float) -> float:
    """Return a value on the grid of a half step; the true one lies within (1 - half) to (1 + half) of it.

    Parameters
    ----------
    value : float
        >= 0; zero stays zero.
    half : float
        In (0, 1).

    Notes
    -----
    The grid is geometric and does not depend on the data, so that rounding shifts by whole steps or not at all.
    """
    if value <= 0:
        return 0.0
    ratio = math.log((1 + half) / (1 - half))
    place = math.floor((math.log(value) - math.log(1 - half)) / ratio + 1e-12)
    return float(f"{math.exp(place * ratio):.6g}")


def coarse_count(count: int) -> int:
    """Return a number of executions by people with one figure, such as 2,000 for 1,874; small ones become 10."""
    size = 10 ** max(len(str(count)) - 1, 1)
    return int(max(round(count / size), 1) * size)


def coarse_curve(points: Sequence[float] | NDArray[np.float64], mean: float) -> tuple[float, ...]:
    """Return quantiles on a coarse grid, scaled so that the mean of the curve is the one that is published.

    Parameters
    ----------
    points : sequence of float
        Equally spaced quantiles from 0 to 1, not falling, at least two.
    mean : float
        As published, >= 0.
    """
    rough = np.array([coarse(float(point), _CURVE) for point in points])
    rough = np.ldexp(rough, -math.frexp(float(rough[-1]))[1])  # by a power of two: exact, and no quotient overflows
    now = float((rough[1:-1].sum() + (rough[0] + rough[-1]) / 2) / (rough.size - 1))
    return tuple(float(point) for point in (rough * (mean / now) if now > 0 else rough))


def outward(low: float, high: float, half: float) -> tuple[float, float]:
    """Return bounds on the edges of the grid that still hold what the exact ones held.

    Parameters
    ----------
    low, high : float
        >= 0.
    half : float
        As from `half_step`; each bound moves outward by less than twice that share of it.
    """
    ratio = math.log((1 + half) / (1 - half))
    down = 0.0 if low <= 0 else math.exp(math.floor(math.log(low) / ratio + 1e-9) * ratio)
    up = 0.0 if high <= 0 else math.exp(math.ceil(math.log(high) / ratio - 1e-9) * ratio)
    return down, up
