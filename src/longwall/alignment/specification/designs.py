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


_BUILT = 64
"""Work systems that wait to be simulated, at most."""


def admitted(today: WorkSystem, chosen: Sequence[Intervention]) -> bool:
    """Whether changes fit together and the environment allows them."""
    return _built(today, chosen) is not None


def _built(today: WorkSystem, chosen: Sequence[Intervention]) -> WorkSystem | None:
    """Return the system with changes; None where they do not fit together or the environment refuses them."""
    try:
        system = apply(today, chosen)
    except LongwallError:
        return None
    return None if rejections(today, system, chosen) else system


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
        self._built: dict[Chosen, WorkSystem] = {}
        choices = [(place, level + 1, name) for place, one in enumerate(space.decisions)
                   for level, name in enumerate(one.choices)]  # fmt: skip
        self._places = np.array([place for place, _, _ in choices], dtype=np.int64)
        self._levels = np.array([level for _, level, _ in choices], dtype=np.int64)
        names = [name for _, _, name in choices]
        column = {name: place for place, name in enumerate(names)}
        apart = np.array([[one != other and not space.together(one, other) for other in names] for one in names])
        self._apart = apart.astype(np.float64)
        self._needs = np.zeros((len(names), len(names)))
        for row, name in enumerate(names):
            for other in space.alone(name):
                if other != name and other in column:
                    self._needs[row, column[other]] = 1.0

    def designs(self, genes: Genes) -> list[Chosen]:
        """Return the interventions of designs."""
        return [self.space.design([int(level) for level in row]) for row in genes]

    def system(self, chosen: Chosen) -> WorkSystem:
        """Return the work system of a design; one that was built for the constraints is handed out once."""
        built = self._built.pop(chosen, None)
        if built is not None:
            return built
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
        clash = ((held @ self._apart) * held).sum(axis=1) > 0  # counts: exact in whatever order they are added
        missing = (held @ self._needs > 0) & ~taken
        good: NDArray[np.bool_] = ~clash & ~missing.any(axis=1)
        return good

    def admits(self, genes: Genes) -> NDArray[np.bool_]:
        """Return which designs fit together and are allowed; answers are kept, refusals leave no other trace."""
        return np.array([self._admits(design) for design in self.designs(genes)], dtype=np.bool_)

    def _admits(self, chosen: Chosen) -> bool:
        known = self._allowed.get(chosen)
        if known is None:
            known = self._allowed[chosen] = self._builds(chosen)
        return known

    def _builds(self, chosen: Chosen) -> bool:
        """Whether a design can be built and is allowed; the last ones built are kept, as they are simulated next."""
        system = _built(self.today, [self.space.interventions[name] for name in chosen])
        if system is None:
            return False
        if len(self._built) >= _BUILT:
            self._built.pop(next(iter(self._built)))
        self._built[chosen] = system
        return True
