"""Longwall's own simulator as a search asks for it: replications under common luck, indicators of the organisation."""

from __future__ import annotations

from longwall.alignment.trials import Key, Sample
from longwall.simulation import Runs, Scenario, run
from longwall.worksystem import Forecast, WorkSystem

__all__ = ["Simulated"]

_ORGANISATION = "organisation"


class Simulated:
    """The simulator of `longwall.simulation` for one horizon; one thread per system, as a search tries several at once.

    Parameters
    ----------
    weeks : int
        Simulated weeks after the warm-up, > 0.
    warm_up_weeks : int
        The same for every design, so that they meet the same luck.
    """

    def __init__(self, weeks: int, warm_up_weeks: int = 4) -> None:
        self.weeks, self.warm_up_weeks = weeks, warm_up_weeks

    def sample(self, system: WorkSystem, *, seed: int, replications: int) -> Sample:
        """Return the organisation's indicators of `replications` replications."""
        return _sample(self._run(system, "design", seed, replications))

    def confirm(self, system: WorkSystem, *, design: str, seed: int, replications: int) -> tuple[Sample, Forecast]:
        """Return the sample together with its forecast, in which every scope is."""
        runs = self._run(system, design, seed, replications)
        return _sample(runs), runs.forecast()

    def _run(self, system: WorkSystem, design: str, seed: int, replications: int) -> Runs:
        scenario = Scenario(
            system=system, design=design, weeks=self.weeks, warm_up_weeks=self.warm_up_weeks,
            replications=replications, seed=seed,
        )  # fmt: skip
        return run(scenario, threads=1)


def _sample(runs: Runs) -> Sample:
    """Keep what every system has: the organisation's indicators."""
    rows = [row for row, what in enumerate(runs.indicators) if what.scope == _ORGANISATION]
    keys = tuple(
        Key(what.id, what.scope, what.column, what.better, what.unit, what.name)
        for what in (runs.indicators[row] for row in rows)
    )
    return Sample(keys, runs.values[:, rows])
