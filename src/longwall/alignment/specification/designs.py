"""The designs of a work system as a problem of specification: simulated, priced, and held to the constraints."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.constraints import rejections
from longwall.alignment.objectives import Ledger, Scales
from longwall.alignment.space import Space
from longwall.alignment.specification.problem import Genes
from longwall.alignment.trials import Chosen, Simulator
from longwall.errors import LongwallError
from longwall.worksystem import Intervention, WorkSystem, apply

__all__ = ["Designs", "admitted"]


def admitted(today: WorkSystem, chosen: Sequence[Intervention]) -> bool:
    """Whether changes fit together and the environment allows them."""
    try:
        return not rejections(today, apply(today, chosen), chosen)
    except LongwallError:
        return False


class Designs:
    """Every design of a space (`Problem`).

    Parameters
    ----------
    today : WorkSystem
    space : Space
    simulator : Simulator
    scales : Scales
        Of the objectives.
    ledger : Ledger
    threads : int
        Designs simulated at once; changes no bit.
    """

    def __init__(
        self, today: WorkSystem, space: Space, simulator: Simulator, scales: Scales, ledger: Ledger, *, threads: int = 2
    ) -> None:
        self.today, self.space, self.simulator = today, space, simulator
        self.scales, self.ledger = scales, ledger
        self.sizes: Genes = space.sizes
        self._threads = threads
        self._allowed: dict[Chosen, bool] = {}
        choices = [(place, level + 1, name) for place, one in enumerate(space.decisions)
                   for level, name in enumerate(one.choices)]  # fmt: skip
        self._places = np.array([place for place, _, _ in choices], dtype=np.int64)
        self._levels = np.array([level for _, level, _ in choices], dtype=np.int64)
        names = [name for _, _, name in choices]
        column = {name: place for place, name in enumerate(names)}
        self._apart = np.array([[one != other and not space.together(one, other) for other in names] for one in names])
        self._needs = np.zeros((len(names), len(names)), dtype=np.bool_)
        for row, name in enumerate(names):
            for other in space.alone(name):
                if other != name and other in column:
                    self._needs[row, column[other]] = True

    def designs(self, genes: Genes) -> list[Chosen]:
        """Return the interventions of designs."""
        return [self.space.design([int(level) for level in row]) for row in genes]

    def system(self, chosen: Chosen) -> WorkSystem:
        """Return the work system of a design."""
        return apply(self.today, [self.space.interventions[name] for name in chosen]) if chosen else self.today

    def measure(self, genes: Genes, replications: int, seed: int) -> NDArray[np.float64]:
        """Return technical and social level and cost of each replication, shape (n, replications, 3)."""
        chosen = self.designs(genes)

        def one(design: Chosen) -> NDArray[np.float64]:
            sample = self.simulator.sample(self.system(design), seed=seed, replications=replications)
            cost = np.full((replications, 1), self.ledger.of(design)[0])
            return np.concatenate([self.scales.level(sample), cost], axis=1)

        if self._threads > 1 and len(chosen) > 1:
            with ThreadPoolExecutor(self._threads) as pool:
                return np.stack(list(pool.map(one, chosen)))
        return np.stack([one(design) for design in chosen])

    def consistent(self, genes: Genes) -> NDArray[np.bool_]:
        """Return which designs hold no two choices that exclude each other, and all that their choices require."""
        taken = genes[:, self._places] == self._levels
        held = taken.astype(np.float64)
        clash = (np.einsum("nc,cd->nd", held, self._apart.astype(np.float64)) * held).sum(axis=1) > 0
        missing = (np.einsum("nc,cd->nd", held, self._needs.astype(np.float64)) > 0) & ~taken
        good: NDArray[np.bool_] = ~clash & ~missing.any(axis=1)
        return good

    def admits(self, genes: Genes) -> NDArray[np.bool_]:
        """Return which designs fit together and are allowed; answers are kept, refusals leave no other trace."""
        return np.array([self._admits(design) for design in self.designs(genes)], dtype=np.bool_)

    def _admits(self, chosen: Chosen) -> bool:
        known = self._allowed.get(chosen)
        if known is None:
            known = self._allowed[chosen] = admitted(self.today, [self.space.interventions[name] for name in chosen])
        return known
