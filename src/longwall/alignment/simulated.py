"""Longwall's own simulator as a search asks for it: replications under common luck, indicators of the organisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.approximation.composed import Composed
from longwall.alignment.approximation.picture import Picture, picture_of
from longwall.alignment.chances import Per
from longwall.alignment.trials import Key, Sample
from longwall.errors import AlignmentError, Fault, LongwallError, SimulationError
from longwall.simulation import Runs, Scenario, compile_system, late_by_day, run
from longwall.simulation.indicators import Indicated, indicated
from longwall.worksystem import Forecast, WorkSystem

__all__ = ["Simulated", "sample_of"]

_ORGANISATION = "organisation"


class Simulated:
    """The simulator of `longwall.simulation` for one horizon; one thread per system, as a search tries several at once.

    Parameters
    ----------
    weeks : int
        Simulated weeks after the warm-up, > 0.
    warm_up_weeks : int
        The same for every design, so that they meet the same luck.
    like : WorkSystem, optional
        Today's: every sample has its indicators, in its order. A design that shows more (such as a cost per item, where
        it states a role's cost) or fewer then stands in the same columns; nan where it shows none. None: each its own.
    """

    def __init__(self, weeks: int, warm_up_weeks: int = 4, *, like: WorkSystem | None = None) -> None:
        self.weeks, self.warm_up_weeks = weeks, warm_up_weeks
        self._like = None if like is None else _keys(indicated(compile_system(like)))

    def sample(self, system: WorkSystem, *, seed: int, replications: int) -> Sample:
        """Return the organisation's indicators of `replications` replications."""
        return sample_of(self._run(system, "design", seed, replications), self._like)

    def confirm(self, system: WorkSystem, *, design: str, seed: int, replications: int) -> tuple[Sample, Forecast]:
        """Return the sample together with its forecast, in which every scope is."""
        runs = self._run(system, design, seed, replications)
        return sample_of(runs, self._like), runs.forecast()

    def approximation(self, today: WorkSystem, parts: Mapping[str, WorkSystem]) -> Composed | None:
        """Return the cheap model, a mean week of flows, from today and each intervention alone.

        None where today cannot be pictured: without people, without demand, or not to be simulated at all. A part that
        cannot be simulated changes nothing in it.
        """
        try:
            compiled = compile_system(today)
        except LongwallError:
            return None
        if not compiled.demand or not compiled.posts or not compiled.pools:
            return None
        pictures: dict[str, Picture] = {}
        for name, system in parts.items():
            with suppress(LongwallError):
                pictures[name] = picture_of(compile_system(system))
        return Composed.of(compiled, pictures, _keys(indicated(compiled)) if self._like is None else self._like)

    def periods(
        self, system: WorkSystem, *, indicator: str, scope: str, per: Per, seed: int, replications: int
    ) -> NDArray[np.float64]:
        """Return an indicator by day, week or run, shape (replications, periods); the luck is that of `confirm`.

        Raises
        ------
        AlignmentError
            LW-AL-057: if the system does not show the indicator in this scope.
        """
        if per == "day":
            try:
                return late_by_day(self._scenario(system, "design", seed, replications), scope=scope, threads=1)
            except SimulationError as error:
                if error.faults[0].where != "scope":
                    raise
                raise _unseen(indicator, scope) from error
        runs = self._run(system, "design", seed, replications)
        for row, what in enumerate(runs.indicators):
            if (what.id, what.scope) == (indicator, scope):
                return runs.values[:, row : row + 1] if per == "run" else runs.series[:, row]
        raise _unseen(indicator, scope)

    def _run(self, system: WorkSystem, design: str, seed: int, replications: int) -> Runs:
        return run(self._scenario(system, design, seed, replications), threads=1)

    def _scenario(self, system: WorkSystem, design: str, seed: int, replications: int) -> Scenario:
        return Scenario(
            system=system, design=design, weeks=self.weeks, warm_up_weeks=self.warm_up_weeks,
            replications=replications, seed=seed,
        )  # fmt: skip


def _unseen(indicator: str, scope: str) -> AlignmentError:
    return AlignmentError(
        Fault("LW-AL-057", "objectives.chances", "an indicator and a scope that this system shows",
              f"{indicator} of {scope}", "`longwall show STUDY indicators` lists them")
    )  # fmt: skip


def _keys(found: Iterable[Indicated]) -> tuple[Key, ...]:
    """Return what every system has: the organisation's indicators."""
    return tuple(
        Key(what.id, what.scope, what.column, what.better, what.unit, what.name)
        for what in found
        if what.scope == _ORGANISATION
    )


def sample_of(runs: Runs, like: tuple[Key, ...] | None = None) -> Sample:
    """Keep the organisation's indicators, in the order of `like` where that is given."""
    own = [row for row, what in enumerate(runs.indicators) if what.scope == _ORGANISATION]
    keys = _keys(runs.indicators)
    if like is None or like == keys:
        return Sample(keys, runs.values[:, own], float(runs.events.sum()))
    place = {key.id: row for key, row in zip(keys, own, strict=True)}
    values = np.column_stack([runs.values, np.full(len(runs.values), np.nan)])
    return Sample(like, values[:, [place.get(key.id, -1) for key in like]], float(runs.events.sum()))
