"""How many items come a week at the end of the log, and whether that grows: how fast the past goes stale is learned.

Candidates are weighted means and weighted log-linear trends of weekly counts, with several half-lives. They forecast
the weeks after several moments inside the log; a candidate replaces the incumbent only where it was clearly better.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.traces import weekly_weights

__all__ = ["Level", "level_of"]

_WEEKS_PER_YEAR = 365.25 / 7
_LEAST_WEEKS = 16
_LEAST_TREND_WEEKS = 12
_ORIGINS = 6
_SHARES = (0.25, 0.125, 0.0625)
_SHORTEST_WEEKS = 3.0
_GAIN = 0.1
_MOST_GROWTH = 2.0
_ROUNDS = 30


@dataclass(frozen=True)
class Level:
    """Level and growth of weekly counts.

    Parameters
    ----------
    half_life_weeks : float
        After which a week counts half; infinite where all weeks count the same.
    weight : ndarray, shape (n_weeks,)
        Of each week.
    trend : bool
        Whether growth was accepted.
    growth_per_year, growth_low, growth_high : float
        Relative change per year of the accepted fit with a 95% interval; where none was accepted, the value is 0 and
        the interval holds it and that of the plain fit.
    factor : float
        Level in the week after the last, relative to the weighted mean.
    loss : float
        Mean absolute log ratio of the weeks ahead to their forecast; NaN where there were too few weeks to learn from.
    loss_before : float
        The same of the incumbent: the half-life of a quarter of the span, without a trend.
    """

    half_life_weeks: float
    weight: NDArray[np.float64]
    trend: bool
    growth_per_year: float
    growth_low: float
    growth_high: float
    factor: float
    loss: float
    loss_before: float


def level_of(counts: NDArray[np.float64], *, least_half_life_weeks: float = 8.0) -> Level:
    """Return level and growth of weekly counts, chosen on rolling origins inside them.

    Parameters
    ----------
    counts : ndarray, shape (n_weeks,)
        Whole weeks, the newest last.
    least_half_life_weeks : float
        Of the incumbent.

    Notes
    -----
    Up to six origins in the second half; each forecasts the next eighth of the span. The incumbent is a half-life of a
    quarter of the span, without a trend; another is taken when its mean loss is lower by a tenth and by more than one
    standard error of the difference. A trend is a Poisson regression on time, must differ from zero at 95% with
    overdispersion allowed for, and is not carried on beyond a factor of two a year.
    """
    n = counts.size
    usual = max(least_half_life_weeks, 0.25 * n)
    chosen, trend = usual, False
    loss = before = math.nan
    if n >= _LEAST_WEEKS and counts.sum() > 0:
        lives = [usual, math.inf, *(max(_SHORTEST_WEEKS, share * n) for share in _SHARES)]
        options = [(life, False) for life in dict.fromkeys(lives)]
        options += [(life, True) for life in dict.fromkeys(lives) if life >= 0.125 * n]
        table = np.array([_losses(counts, *option) for option in options])
        best = int(np.argmin(table.mean(axis=1)))
        gain = table[0] - table[best]
        error = float(gain.std(ddof=1)) / math.sqrt(gain.size) if gain.size > 1 else math.inf
        before = loss = float(table[0].mean())
        if best and gain.mean() > max(_GAIN * table[0].mean(), error):
            (chosen, trend), loss = options[best], float(table[best].mean())
    weight = _weights(n, chosen)
    slope, error = _slope(counts, weight)
    low, high = (_growth(slope + sign * 1.96 * error) for sign in (-1.0, 1.0))
    trend = trend and (low > 0.0 or high < 0.0)
    ahead = _ahead(counts, weight, slope if trend else 0.0)
    mean = float((counts * weight).sum() / weight.sum())
    growth = float(np.clip(_growth(slope), 1.0 / _MOST_GROWTH - 1.0, _MOST_GROWTH - 1.0)) if trend else 0.0
    return Level(
        chosen,
        weight,
        trend,
        growth,
        min(low, growth),
        max(high, growth),
        ahead / mean if mean > 0 else 1.0,
        loss,
        before,
    )


def _weights(n: int, half_life: float) -> NDArray[np.float64]:
    """Weight per week."""
    return weekly_weights(n, half_life) if math.isfinite(half_life) else np.ones(n)


def _growth(slope_per_week: float) -> float:
    """Relative change per year of a log-linear slope per week."""
    return math.expm1(float(np.clip(slope_per_week * _WEEKS_PER_YEAR, -20.0, 20.0)))


def _losses(counts: NDArray[np.float64], half_life: float, trend: bool) -> NDArray[np.float64]:
    """Absolute log ratio of what came to what was forecast, per origin."""
    n = counts.size
    horizon = max(2, n // 8)
    origins = np.unique(np.linspace(n // 2, n - horizon, _ORIGINS).astype(np.int64))
    found = np.zeros(origins.size)
    for number, origin in enumerate(origins):
        known, weight = counts[:origin], _weights(int(origin), half_life)
        slope = 0.0
        if trend and origin >= _LEAST_TREND_WEEKS:
            limit = math.log(_MOST_GROWTH) / _WEEKS_PER_YEAR
            slope = float(np.clip(_slope(known, weight)[0], -limit, limit))
        first = _ahead(known, weight, slope)
        forecast = first * np.exp(slope * np.arange(horizon)).sum()
        found[number] = abs(math.log((counts[origin : origin + horizon].sum() + 1.0) / (forecast + 1.0)))
    return found


def _ahead(counts: NDArray[np.float64], weight: NDArray[np.float64], slope: float) -> float:
    """Expected count of the week after the last, given a slope per week."""
    age = np.arange(counts.size) - counts.size
    return float((counts * weight).sum() / (weight * np.exp(slope * age)).sum())


def _slope(counts: NDArray[np.float64], weight: NDArray[np.float64]) -> tuple[float, float]:
    """Log-linear slope per week by weighted Poisson regression, and its standard error with overdispersion."""
    if counts.size < _LEAST_TREND_WEEKS or counts.sum() <= 0:
        return 0.0, math.inf if counts.size < 3 else 1.0
    x = np.arange(counts.size) - np.average(np.arange(counts.size), weights=weight)
    level, slope = math.log(max(float(np.average(counts, weights=weight)), 1e-9)), 0.0
    for _ in range(_ROUNDS):
        mean = np.exp(np.clip(level + slope * x, -30.0, 30.0))
        rest = weight * (counts - mean)
        info = weight * mean
        a, b, c = info.sum(), (info * x).sum(), (info * x * x).sum()
        det = max(a * c - b * b, 1e-12)
        up, along = rest.sum(), (rest * x).sum()
        step = ((c * up - b * along) / det, (a * along - b * up) / det)
        level, slope = level + float(np.clip(step[0], -1, 1)), slope + float(np.clip(step[1], -0.5, 0.5))
        if abs(step[0]) + abs(step[1]) < 1e-10:
            break
    mean = np.exp(np.clip(level + slope * x, -30.0, 30.0))
    # A sandwich: the spread of the weeks around the fit, not that of a Poisson count.
    meat = float(((weight * (counts - mean) * x) ** 2).sum())
    bread = float((weight * mean * x * x).sum())
    return slope, math.sqrt(meat) / max(bread, 1e-12)
