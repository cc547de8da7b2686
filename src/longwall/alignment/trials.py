"""Trial runs of designs: what a simulator is to a search, and a store of replications under common luck.

Replications come in blocks, each as large as all before it. Block *b* has a seed of its own, the same for every
design, so that two designs meet the same luck, and a design can be given more replications without running the first
ones again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.constraints import rejections, unbuildable
from longwall.alignment.results import Rejected
from longwall.errors import LongwallError
from longwall.streams import generator
from longwall.worksystem import Column, Forecast, Intervention, WorkSystem

__all__ = [
    "Apply",
    "Approximating",
    "Approximation",
    "Chosen",
    "Key",
    "Sample",
    "Simulator",
    "Trials",
    "block_seed",
    "replications",
]

BLOCK = 4
"""Replications of the first block: what every design gets (trial runs on known fronts: four beat thirty)."""

Chosen = tuple[str, ...]
"""Ids of interventions in the order of the candidates; empty is today."""

Apply = Callable[[WorkSystem, Sequence[Intervention]], WorkSystem]


@dataclass(frozen=True)
class Key:
    """One column of a sample: which indicator, of what, on which side, and which way is better."""

    id: str
    scope: str = "organisation"
    column: Column = "technical"
    better: Literal["lower", "higher"] = "lower"
    unit: str = ""
    name: str = ""


@dataclass(frozen=True)
class Sample:
    """Indicators of one system over replications.

    Parameters
    ----------
    keys : tuple of Key
        Length n.
    values : ndarray, shape (replications, n)
        In each indicator's unit; nan where a replication does not show it.
    events : float
        Simulated events that it took, as counted.
    """

    keys: tuple[Key, ...]
    values: NDArray[np.float64]
    events: float = 0.0

    def more(self, other: Sample) -> Sample:
        """Return this sample with the replications of another one behind it."""
        return Sample(self.keys, np.concatenate([self.values, other.values]), self.events + other.events)


class Simulator(Protocol):
    """What a search asks of a simulator; the same seed must give the same bits, for any system the same luck."""

    def sample(self, system: WorkSystem, *, seed: int, replications: int) -> Sample:
        """Return indicators of `replications` replications; every system gives the organisation's keys."""
        ...

    def confirm(self, system: WorkSystem, *, design: str, seed: int, replications: int) -> tuple[Sample, Forecast]:
        """Return the sample together with its forecast, for figures that people see."""
        ...


class Approximation(Protocol):
    """Means of indicators of designs by a cheap model, wrong by some tens of per cent; nan where it has no view."""

    keys: tuple[Key, ...]

    def means(self, designs: Sequence[Chosen]) -> NDArray[np.float64]:
        """Return the mean of each key for each design, shape (n, keys)."""
        ...


@runtime_checkable
class Approximating(Protocol):
    """A simulator that has a cheap model of what it simulates, to start a search from."""

    def approximation(self, today: WorkSystem, parts: Mapping[str, WorkSystem]) -> Approximation | None:
        """Return the cheap model, from today and each intervention alone; None where it has none."""
        ...


class Trials:
    """Designs tried so far.

    Parameters
    ----------
    today : WorkSystem
    interventions : sequence of Intervention
    simulator : Simulator
    apply : callable
        Applies interventions to a work system.
    seed : int
        Of the study.
    threads : int
        Designs tried at once; changes no bit.
    """

    def __init__(
        self,
        today: WorkSystem,
        interventions: Sequence[Intervention],
        simulator: Simulator,
        apply: Apply,
        *,
        seed: int,
        threads: int = 2,
    ) -> None:
        self.today = today
        self.interventions = {change.id: change for change in interventions}
        self.simulator = simulator
        self.spent = 0
        self.rejected: list[Rejected] = []
        self._apply = apply
        self._seed = seed
        self._threads = threads
        self._samples: dict[Chosen, Sample] = {}
        self._refused: dict[Chosen, bool] = {}
        self._systems: dict[Chosen, WorkSystem] = {}

    def system_of(self, chosen: Chosen) -> WorkSystem:
        """Return the work system of a design; kept until its first trial, as applying patches takes time."""
        if not chosen:
            return self.today
        found = self._systems.pop(chosen, None)
        return found if found is not None else self._apply(self.today, [self.interventions[name] for name in chosen])

    def admits(self, chosen: Chosen) -> bool:
        """Whether a design can be had: its patches fit together and the environment allows it; refusals are kept."""
        known = self._refused.get(chosen)
        if known is None:
            found = self._refusals(chosen)
            self.rejected += found
            known = self._refused[chosen] = bool(found)
        return not known

    def _refusals(self, chosen: Chosen) -> tuple[Rejected, ...]:
        try:
            system = self._systems[chosen] = self.system_of(chosen)
        except LongwallError as error:
            return unbuildable(self.today, chosen, error)
        return rejections(self.today, system, [self.interventions[name] for name in chosen])

    def try_all(self, wanted: Sequence[tuple[Chosen, int]]) -> None:
        """Give each design at least so many blocks, today as many as any; several designs at once."""
        most = max((blocks for _, blocks in wanted), default=0)
        merged: dict[Chosen, int] = {(): most}
        for chosen, blocks in wanted:
            merged[chosen] = max(blocks, merged.get(chosen, 0))
        tasks = [
            (system, block)
            for chosen, blocks in merged.items()
            if self.blocks(chosen) < blocks
            for system in (self.system_of(chosen),)
            for block in range(self.blocks(chosen), blocks)
        ]
        owners = [chosen for chosen, blocks in merged.items() for _ in range(self.blocks(chosen), blocks)]
        if self._threads > 1 and len(tasks) > 1:
            with ThreadPoolExecutor(self._threads) as pool:
                found = list(pool.map(self._run, tasks))
        else:
            found = [self._run(task) for task in tasks]
        for chosen, sample in zip(owners, found, strict=True):
            self._samples[chosen] = self._samples[chosen].more(sample) if chosen in self._samples else sample
        self.spent += sum(len(sample.values) for sample in found)

    def _run(self, task: tuple[WorkSystem, int]) -> Sample:
        system, block = task
        size = replications(block + 1) - replications(block)
        return self.simulator.sample(system, seed=block_seed(self._seed, "search", block), replications=size)

    @property
    def events(self) -> float:
        """Simulated events of all trials, as counted."""
        return sum(sample.events for sample in self._samples.values())

    def blocks(self, chosen: Chosen) -> int:
        """Blocks that a design has been given."""
        sample = self._samples.get(chosen)
        return 0 if sample is None else (len(sample.values) // BLOCK).bit_length()

    def sample(self, chosen: Chosen) -> Sample:
        """Return what is known of a design."""
        return self._samples[chosen]

    @property
    def tried(self) -> tuple[Chosen, ...]:
        """Designs with at least one block, in the order of their first trial."""
        return tuple(self._samples)


def replications(blocks: int) -> int:
    """Return the replications of so many blocks: 4, 8, 16, 32 and so on."""
    return BLOCK << (blocks - 1) if blocks else 0


def block_seed(seed: int, purpose: str, block: int) -> int:
    """Return the seed of one block of replications for one purpose."""
    return int(generator(seed, "alignment", purpose, block).integers(2**31))
