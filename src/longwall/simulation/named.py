"""Which indicator is meant: found by id and scope among those of a run, its values and its series by week."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from longwall.errors import Fault, SimulationError, suggestion
from longwall.simulation.experiment import Runs
from longwall.simulation.indicators import ORGANISATION, Indicated

__all__ = ["Named", "named", "position_of", "positions_of", "series_of"]

Named = str | tuple[str, str]
"""The id of an indicator of the organisation, or id and scope: ``("late_share", "demand:incident")``."""


def named(what: Named) -> tuple[str, str]:
    """Return id and scope of an indicator; without a scope it is the organisation's."""
    return (what, ORGANISATION) if isinstance(what, str) else (what[0], what[1])


def positions_of(indicators: Sequence[Indicated], wanted: Sequence[Named]) -> tuple[int, ...]:
    """Return where indicators stand among those that are simulated.

    Parameters
    ----------
    indicators : sequence of Indicated, length n
    wanted : sequence of str or (str, str)

    Returns
    -------
    tuple of int
        In the order of `wanted`, each in 0 .. n - 1.

    Raises
    ------
    SimulationError
        LW-SI-020: every indicator that is not simulated in its scope, at once.
    """
    there = {(what.id, what.scope): k for k, what in enumerate(indicators)}
    asked = [named(what) for what in wanted]
    faults = [_unknown(*pair, there) for pair in asked if pair not in there]
    if faults:
        raise SimulationError(*faults)
    return tuple(there[pair] for pair in asked)


def position_of(indicators: Sequence[Indicated], wanted: Named) -> int:
    """Return where one indicator stands among those that are simulated.

    Raises
    ------
    SimulationError
        LW-SI-020: if it is not simulated in its scope.
    """
    return positions_of(indicators, [wanted])[0]


def series_of(runs: Runs, indicator: Named, replication: int | None = None) -> NDArray[np.float64]:
    """Return one indicator week by week, after the weeks that the scenario drops.

    Parameters
    ----------
    runs : Runs
    indicator : str or (str, str)
    replication : int, optional
        One replication, 0 .. n - 1; without it the mean over those replications that have a value in a week.

    Returns
    -------
    ndarray, shape (weeks,)
        In the unit of the indicator; NaN in a week in which there was nothing to measure.

    Raises
    ------
    SimulationError
        LW-SI-020: if the indicator is not simulated in its scope.
    """
    series = runs.series[:, position_of(runs.indicators, indicator), :]
    if replication is not None:
        return np.array(series[replication])
    there = np.isfinite(series)
    total = np.where(there, series, 0.0).sum(axis=0)
    mean = np.full(series.shape[1], np.nan)
    np.divide(total, there.sum(axis=0), out=mean, where=there.any(axis=0))
    return mean


def _unknown(indicator: str, scope: str, there: dict[tuple[str, str], int]) -> Fault:
    """Return the fault of an indicator that is not simulated, with the nearest that is."""
    scopes = sorted({s for i, s in there if i == indicator})
    if scopes:
        near = suggestion(scope, scopes) or scopes[0]
        expected, do = f"a scope in which {indicator} is simulated", f"use {near!r}"
    else:
        close = suggestion(indicator, {i for i, _ in there})
        expected = "an indicator that is simulated"
        do = f"use {close!r}" if close else "see the list on the page of indicators"
    return Fault("LW-SI-020", "indicators", expected, f"{indicator!r} of {scope!r}", do)
