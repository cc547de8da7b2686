"""Which parameters of a work system matter, and to what? First a screening, then shares of variance, in two columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from longwall.errors import Fault, SimulationError
from longwall.simulation.experiment import Progress, Runs, prepare
from longwall.simulation.indicators import ORGANISATION, Indicated, indicated
from longwall.simulation.indices import ElementaryEffects, SobolIndices, elementary_effects, luck_share, sobol_indices
from longwall.simulation.influences import (
    Influence,
    OutcomeInfluence,
    OutcomeShares,
    Screening,
    Sensitivity,
    VarianceShare,
)
from longwall.simulation.many import run_many
from longwall.simulation.named import Named, positions_of
from longwall.simulation.scenario import Scenario
from longwall.simulation.variation import Axis, Varied, axes_of, system_at

__all__ = ["screen", "sensitivity_of"]

_MUCH_LUCK = 0.1
"""Share of luck in the variance above which a caution is due; modelling choice."""


def screen(
    scenario: Scenario,
    varied: Sequence[Varied],
    indicators: Sequence[Named] = (),
    *,
    trajectories: int = 10,
    levels: int = 4,
    keep: float = 0.1,
    threads: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Screening:
    """Return what each parameter does to each indicator when it alone moves across its range (Morris).

    Parameters
    ----------
    scenario : Scenario
        Every point is simulated with its seed, length and replications, so all points meet the same luck.
    varied : sequence of Varied
        They vary independently of each other.
    indicators : sequence of str or (str, str)
        At least one of each column that there is; default: all of the organisation.
    trajectories : int
        At least 2; costs `trajectories` * (parameters + 1) scenarios.
    levels : int
        Even, >= 4.
    keep : float
        A parameter is kept if the upper end of its size is at least this share of the greatest size for some indicator;
        in [0, 1].
    threads : int, optional
        Changes no bit.
    cluster : str, optional
        Address of a Dask scheduler, as for `run_many`; changes no bit.

    Raises
    ------
    SimulationError
        LW-SI-020: an indicator that is not simulated. LW-SI-025: a parameter that cannot vary. LW-SI-026: numbers that
        make no sense. LW-SI-027: indicators of one column only.
    WorkSystemError
        If an end of a range makes the work system unsound.
    """
    axes = axes_of(scenario.system, varied)
    points = _Points(scenario, axes, _outcomes(scenario, indicators), (threads, cluster), progress)
    effects = elementary_effects(
        points, np.zeros(len(axes)), np.ones(len(axes)), trajectories=trajectories, levels=levels, seed=scenario.seed
    )
    technical, social = (
        tuple(
            OutcomeInfluence(what, _influences(effects, k, axes))
            for k, what in enumerate(points.outcomes)
            if what.column == column
        )
        for column in ("technical", "social")
    )
    kept = tuple(axis.path for axis, matters in zip(axes, _matters(effects, keep), strict=True) if matters)
    return Screening(technical, social, kept, points.scenarios, points.cautions())


def sensitivity_of(
    scenario: Scenario,
    varied: Sequence[Varied],
    indicators: Sequence[Named] = (),
    *,
    points: int = 64,
    trajectories: int = 10,
    levels: int = 4,
    keep: float = 0.1,
    threads: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Return which share of each indicator's variance goes back to which parameter (Morris, then Sobol).

    A screening comes first; the shares are computed for the parameters that it keeps, with the others as they stand in
    the work system.

    Parameters
    ----------
    points : int
        A power of two, >= 8; costs `points` * (parameters kept + 2) scenarios.
    scenario, varied, indicators, trajectories, levels, keep, threads, cluster
        As for `screen`.

    Raises
    ------
    SimulationError, WorkSystemError
        As `screen`.
    """
    before = trajectories * (len(varied) + 1)
    part = before / (before + points * (len(varied) + 2))
    screening = screen(
        scenario, varied, indicators, trajectories=trajectories, levels=levels, keep=keep, threads=threads,
        cluster=cluster, progress=_within(progress, 0.0, part),
    )  # fmt: skip
    if not screening.kept:
        caution = "no parameter changes any of the indicators"
        return Sensitivity(screening, (), (), 0, (*screening.cautions, caution))
    axes = axes_of(scenario.system, [each for each in varied if each.path in screening.kept])
    grid = _Points(scenario, axes, _outcomes(scenario, indicators), (threads, cluster), _within(progress, part, 1.0))
    found = sobol_indices(grid, np.zeros(len(axes)), np.ones(len(axes)), points=points, seed=scenario.seed)
    rows = [
        OutcomeShares(what, _shares(found, k, axes), luck_share(grid.values[:, :, k]))
        for k, what in enumerate(grid.outcomes)
    ]
    much = tuple(
        f"{row.indicator.id} of {row.indicator.scope}: {row.luck:.0%} of its variance is luck; take more replications"
        for row in rows
        if row.luck > _MUCH_LUCK
    )
    return Sensitivity(
        screening=screening,
        technical=tuple(row for row in rows if row.indicator.column == "technical"),
        social=tuple(row for row in rows if row.indicator.column == "social"),
        scenarios=grid.scenarios,
        cautions=tuple(dict.fromkeys((*screening.cautions, *grid.cautions(), *much))),
    )


class _Points:
    """The indicators of a scenario as a function of points, shape (rows, parameters), of shares of the ranges."""

    def __init__(
        self,
        scenario: Scenario,
        axes: Sequence[Axis],
        outcomes: tuple[Indicated, ...],
        where: tuple[int | None, str | None],
        progress: Progress | None,
    ) -> None:
        self.outcomes = outcomes
        self.values: NDArray[np.float64] = np.empty((0, 0, 0))
        self._scenario, self._axes, self._where, self._progress = scenario, axes, where, progress
        self._warned: list[str] = []

    @property
    def scenarios(self) -> int:
        """Scenarios that were simulated."""
        return len(self.values)

    def __call__(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the means over replications, shape (rows, outcomes); NaN where nothing was measured."""
        system = self._scenario.system
        scenarios = (
            self._scenario.model_copy(update={"system": system_at(system, self._axes, point)}) for point in points
        )
        threads, cluster = self._where
        found = []
        for done, runs in enumerate(run_many(scenarios, threads=threads, cluster=cluster), start=1):
            found.append(self._of(runs))
            self._warned += runs.cautions[:1]
            if self._progress is not None:
                self._progress(done / len(points), f"varying parameters, scenario {done} of {len(points)}")
        self.values = np.array(found)
        there = np.isfinite(self.values)
        means = np.full((len(points), len(self.outcomes)), np.nan)
        total = np.where(there, self.values, 0.0).sum(axis=1)
        np.divide(total, there.sum(axis=1), out=means, where=there.any(axis=1))
        return means

    def cautions(self) -> tuple[str, ...]:
        """Return a caution for each indicator with nothing to measure somewhere, and one for points with cautions."""
        gaps = tuple(
            f"{what.id} of {what.scope}: nothing to measure at some points, so its parameters cannot be told"
            for k, what in enumerate(self.outcomes)
            if not np.isfinite(self.values[:, :, k]).any(axis=1).all()
        )
        if self._warned:
            gaps += (f"at {len(self._warned)} of {self.scenarios} points there is a caution, first: {self._warned[0]}",)
        return gaps

    def _of(self, runs: Runs) -> NDArray[np.float64]:
        """Return the outcomes, shape (replications, outcomes); NaN where a point does not have one, as a small team."""
        place = {(what.id, what.scope): k for k, what in enumerate(runs.indicators)}
        values = np.full((len(runs.values), len(self.outcomes)), np.nan)
        for k, what in enumerate(self.outcomes):
            if (what.id, what.scope) in place:
                values[:, k] = runs.values[:, place[what.id, what.scope]]
        return values


def _outcomes(scenario: Scenario, indicators: Sequence[Named]) -> tuple[Indicated, ...]:
    """Return the indicators that are asked for, or say that a column is missing."""
    there = indicated(prepare(scenario))
    wanted = indicators or [what.id for what in there if what.scope == ORGANISATION]
    found = tuple(there[k] for k in positions_of(there, wanted))
    missing = {what.column for what in there} - {what.column for what in found}
    if missing:
        raise SimulationError(
            Fault("LW-SI-027", "indicators", "at least one of each column", f"none of the {min(missing)} column",
                  "add one, or name none to have all of the organisation")
        )  # fmt: skip
    return found


def _matters(effects: ElementaryEffects, keep: float) -> NDArray[np.bool_]:
    """Return which parameters matter to some outcome, shape (parameters,)."""
    high = effects.size + effects.size_half
    greatest = effects.size.max(axis=1, keepdims=True)
    return np.asarray(((high > 0.0) & (high >= keep * greatest)).any(axis=0))


def _influences(effects: ElementaryEffects, k: int, axes: Sequence[Axis]) -> tuple[Influence, ...]:
    """Return the influences on one outcome, greatest first."""
    found = []
    for a, axis in enumerate(axes):
        size, half = float(effects.size[k, a]), float(effects.size_half[k, a])
        effect, spread = float(effects.mean[k, a]), float(effects.spread[k, a])
        found.append(Influence(axis.path, effect, size, max(0.0, size - half), size + half, spread))
    return tuple(sorted(found, key=lambda each: (-np.nan_to_num(each.size), each.path)))


def _shares(found: SobolIndices, k: int, axes: Sequence[Axis]) -> tuple[VarianceShare, ...]:
    """Return the shares in the variance of one outcome, greatest first."""
    rows = []
    for a, axis in enumerate(axes):
        first, first_half = float(found.first[k, a]), float(found.first_half[k, a])
        total, total_half = float(found.total[k, a]), float(found.total_half[k, a])
        ends = (first - first_half, first + first_half), (total - total_half, total + total_half)
        rows.append(VarianceShare(axis.path, first, *ends[0], total, *ends[1]))
    return tuple(sorted(rows, key=lambda each: (-np.nan_to_num(each.total), each.path)))


def _within(progress: Progress | None, start: float, end: float) -> Progress | None:
    """Return the progress of a part as one of the whole."""
    if progress is None:
        return None
    told = progress
    return lambda share, what: told(start + share * (end - start), what)
