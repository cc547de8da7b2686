"""A scenario whose replications are simulated block by block, in the order of their numbers, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from longwall.simulation.experiment import (
    Played,
    Replicated,
    Runs,
    assembled,
    default_threads,
    measured,
    played,
    prepare,
)
from longwall.simulation.indicators import Indicated, indicated
from longwall.simulation.scenario import Scenario

__all__ = ["Growing", "extend"]


class Growing:
    """Replications of a scenario, as many as have been asked for so far.

    Whatever the blocks were, the first n replications are those of the run with exactly n, bit for bit: a replication's
    luck depends on the seed and its number only. The scenario's own number of replications is not used.

    Parameters
    ----------
    scenario : Scenario

    Raises
    ------
    SimulationError
        If the system cannot be simulated; every reason at once.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._compiled = prepare(scenario)
        self.indicators: tuple[Indicated, ...] = indicated(self._compiled)
        self._kept: list[Replicated] = []

    def __len__(self) -> int:
        return len(self._kept)

    def play(self, replication: int) -> Played:
        """Return what one replication counted, which is not kept."""
        return played(self._compiled, self.scenario, replication)

    def keep(self, plays: Sequence[Played]) -> None:
        """Measure and keep the replications that come next."""
        self._kept += measured(self._compiled, self.scenario, plays)

    def column(self, position: int, first: int = 0, last: int | None = None) -> NDArray[np.float64]:
        """Return one indicator of the replications from `first` up to but without `last`, shape (last - first,)."""
        return np.array([kept[0][position] for kept in self._kept[first:last]])

    def runs(self, n: int | None = None) -> Runs:
        """Return the first n replications, all by default, as `run` returns them.

        Parameters
        ----------
        n : int, optional
            From 2 to the number of replications that are there.
        """
        kept = self._kept[:n]
        return assembled(self._compiled, self.scenario.model_copy(update={"replications": len(kept)}), kept)


def extend(growing: Sequence[Growing], upto: Sequence[int], *, threads: int | None = None) -> None:
    """Simulate what is missing of several scenarios, each up to its own number of replications.

    Parameters
    ----------
    growing : sequence of Growing, length k
    upto : sequence of int, length k
        Replications that must be there afterwards; what is there already stays.
    threads : int, optional
        Default: `default_threads`; changes no bit.
    """
    tasks = [(each, r) for each, n in zip(growing, upto, strict=True) for r in range(len(each), n)]
    if not tasks:
        return
    with ThreadPoolExecutor(max(1, min(threads or default_threads(), len(tasks)))) as pool:
        plays = pool.map(lambda task: task[0].play(task[1]), tasks)
        for each, n in zip(growing, upto, strict=True):
            each.keep([next(plays) for _ in range(len(each), n)])
