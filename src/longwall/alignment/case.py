"""What all steps of one search share, from the candidates to what people may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from longwall.alignment.budget import Budget
from longwall.alignment.kept import Kept
from longwall.alignment.objectives import Objectives
from longwall.worksystem import Intervention, WorkSystem

__all__ = ["Case", "Progress"]

Progress = Callable[[float, str], None]
"""Takes the share that is done and what is being done."""


@dataclass(frozen=True)
class Case:
    """One search.

    Parameters
    ----------
    counted : Kept
        The simulator, counting events, with what was simulated before.
    system : WorkSystem
        Today's.
    interventions : tuple of Intervention
        All candidates.
    weeks : int
        Simulated weeks of each replication.
    """

    counted: Kept
    system: WorkSystem
    interventions: tuple[Intervention, ...]
    objectives: Objectives
    budget: Budget
    seed: int
    weeks: int
    threads: int
    progress: Progress | None

    def tell(self, share: float, what: str) -> None:
        """Say how far it is, where somebody listens."""
        if self.progress is not None:
            self.progress(share, what)
