"""Forecasts: the simulated indicators of a design with intervals; lessons: a forecast held against what happened."""

from __future__ import annotations

from typing import Literal

from longwall.worksystem.system import Column
from longwall.worksystem.values import Estimate, Id, Piece

__all__ = ["Forecast", "IndicatorForecast", "Lesson"]


class IndicatorForecast(Piece):
    """One indicator under one design.

    Parameters
    ----------
    id : Id
        Such as ``late_share`` or ``high_load_share``.
    scope : str
        ``organisation``, or ``team:ID``, ``role:ID``, ``function:ID``, ``demand:ID``.
    series : tuple of float
        Mean over replications per week of the horizon; empty where it makes no sense.
    series_low, series_high : tuple of float
        2.5% and 97.5% quantiles over replications, per week.
    rests_on : tuple of str
        Paths of assumed parameters without which the number cannot be had.
    """

    id: Id
    name: str
    column: Column
    scope: str = "organisation"
    better: Literal["lower", "higher"] = "lower"
    estimate: Estimate
    series: tuple[float, ...] = ()
    series_low: tuple[float, ...] = ()
    series_high: tuple[float, ...] = ()
    rests_on: tuple[str, ...] = ()


class Forecast(Piece):
    """The simulated distribution of each indicator under a design, and what it rests on.

    Parameters
    ----------
    design : Id
        ``today`` or the id of a design.
    system_hash : str
        Of the work system that was simulated.
    begins : str
        ISO date of the first simulated Monday, empty for an abstract week.
    weeks : int
        Simulated weeks after the warm-up.
    """

    id: Id
    design: Id
    system_hash: str
    begins: str = ""
    weeks: int
    warm_up_weeks: int = 0
    replications: int
    seed: int
    indicators: tuple[IndicatorForecast, ...]
    assumptions: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()

    def of(self, indicator: str, scope: str = "organisation") -> IndicatorForecast | None:
        """Return one indicator, or None where it was not simulated."""
        for forecast in self.indicators:
            if forecast.id == indicator and forecast.scope == scope:
                return forecast
        return None


class Lesson(Piece):
    """A forecast against what happened.

    Parameters
    ----------
    loop : str
        ``none``: inside the interval. ``single``: outside, a practice or parameter is to be adjusted. ``double``:
        outside, and an assumption, target or boundary is to be questioned.
    questions : tuple of str
        Ids of assumptions or paths of parameters to look at.
    """

    id: Id
    forecast: Id
    indicator: Id
    scope: str = "organisation"
    expected: Estimate
    observed: Estimate
    loop: Literal["none", "single", "double"]
    statement: str
    questions: tuple[str, ...] = ()
