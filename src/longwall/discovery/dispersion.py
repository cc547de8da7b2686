"""Does the model vary as much as the log? Weekly counts and lead times, beside each other.

Distances to one realisation reward simulators that vary too little; so the spread is compared on its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Piece

__all__ = ["Dispersion", "dispersion_of", "index_of_dispersion"]

_LEAST_WEEKS = 8
_LEAST_ITEMS = 20


class Dispersion(Piece):
    """Spread of the log and of the model.

    Parameters
    ----------
    weeks : int
        Whole weeks of the log that were counted.
    weekly, weekly_low, weekly_high : float
        Variance of weekly arrivals over their mean in the log, drift left out, with a 95% interval; 1 is Poisson.
    weekly_model : float
        The same of the model.
    items : int
        Finished items of the log.
    lead, lead_low, lead_high : float
        Standard deviation of the logarithm of lead times (plus a minute) in the log, with a 95% interval.
    lead_model : float
        The same of the model.
    """

    weeks: int
    weekly: float
    weekly_low: float
    weekly_high: float
    weekly_model: float
    items: int
    lead: float
    lead_low: float
    lead_high: float
    lead_model: float

    def sentence(self) -> str:
        """Say how the spreads compare."""
        weekly = f"{self.weekly:.2f} ({self.weekly_low:.2f} to {self.weekly_high:.2f})"
        lead = f"{self.lead:.2f} ({self.lead_low:.2f} to {self.lead_high:.2f})"
        less = " The model varies less than the log from week to week." if self.weekly_low > self.weekly_model else ""
        return (
            f"Variance over mean of weekly arrivals: {weekly} in the log, {self.weekly_model:.2f} simulated; standard "
            f"deviation of log lead time: {lead} in the log, {self.lead_model:.2f} simulated.{less}"
        )


def dispersion_of(
    arrival_h: NDArray[np.float64],
    lead_h: NDArray[np.float64],
    model_arrival_h: NDArray[np.float64],
    model_lead_h: NDArray[np.float64],
) -> Dispersion | None:
    """Return the spread of the log beside that of the model; None where either is too short to tell.

    Parameters
    ----------
    arrival_h, lead_h : ndarray
        Arrivals of the log, and lead times of its finished items.
    model_arrival_h, model_lead_h : ndarray
        The same of a simulated log.

    Notes
    -----
    The variance of weekly counts is half the mean square of successive differences, which drift does not inflate (von
    Neumann, Kent, Bellinson and Hart 1941, "The mean square successive difference", Annals of Mathematical Statistics
    12); its interval takes two thirds of the weeks as degrees of freedom, which is that estimator's efficiency. The
    interval of the standard deviation is that of normal logarithms.
    """
    one, two = _weekly(arrival_h), _weekly(model_arrival_h)
    if one.size < _LEAST_WEEKS or two.size < _LEAST_WEEKS or min(lead_h.size, model_lead_h.size) < _LEAST_ITEMS:
        return None
    if one.mean() <= 0 or two.mean() <= 0:
        return None
    free = 2.0 * one.size / 3.0
    weekly = index_of_dispersion(one)
    low, high = (weekly * free / float(chdtri(free, above)) for above in (0.025, 0.975))
    lead, model = (float(np.log(np.maximum(hours, 0.0) + 1.0 / 60.0).std(ddof=1)) for hours in (lead_h, model_lead_h))
    n = lead_h.size - 1
    return Dispersion(
        weeks=int(one.size),
        weekly=weekly,
        weekly_low=low,
        weekly_high=high,
        weekly_model=index_of_dispersion(two),
        items=int(lead_h.size),
        lead=lead,
        lead_low=lead * float(np.sqrt(n / chdtri(n, 0.025))),
        lead_high=lead * float(np.sqrt(n / chdtri(n, 0.975))),
        lead_model=model,
    )


def _weekly(arrival_h: NDArray[np.float64]) -> NDArray[np.float64]:
    """Arrivals of each whole week, the first and the last left out."""
    if not arrival_h.size:
        return np.zeros(0)
    week = (arrival_h // HOURS_PER_WEEK).astype(np.int64)
    return np.bincount(week - week.min())[1:-1].astype(np.float64)


def index_of_dispersion(counts: NDArray[np.float64]) -> float:
    """Return variance over mean of counts, the variance from successive differences, so that a drift does not matter.

    Parameters
    ----------
    counts : ndarray, shape (n,)
        Two or more in the order of time, not all zero.

    References
    ----------
    von Neumann, Kent, Bellinson and Hart 1941, "The mean square successive difference", Annals of Mathematical
    Statistics 12.
    """
    return float((np.diff(counts) ** 2).mean() / 2.0 / counts.mean())
