"""Which designs to try next: a walk over the surrogate, then those that widen the front most."""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.exploring.archive import Archive, Models
from longwall.alignment.exploring.fronts import by_rank, covering, first_rank, hypervolume
from longwall.alignment.trials import Chosen

__all__ = ["proposals", "widening"]

_ABREAST = 40
"""Designs whose neighbours are looked at in one step."""
_CROSSINGS = 80
"""Crossings of two designs in one step."""
_ASKED = 96
"""Designs of which the cheap model is asked in one step."""


def proposals(
    archive: Archive, count: int, draw: np.random.Generator, *, steps: int, drawn: bool = False
) -> list[Chosen]:
    """Return untried designs that the surrogate puts on the front, those first that would widen it most.

    Parameters
    ----------
    count : int
        Most designs, > 0.
    draw : Generator
        For crossings, and for the draw of the surrogate.
    steps : int
        Most steps of the walk, > 0.
    drawn : bool
        Take one draw of what designs may be worth instead of what is expected, so that what is unknown gets its
        chance (Thompson 1933, "On the likelihood that one unknown probability exceeds another", Biometrika 25).

    Notes
    -----
    Local search for fronts (Paquete, Chiarandini and Stützle 2004, "Pareto local optimum sets in the biobjective
    traveling salesman problem", Metaheuristics for Multiobjective Optimisation) on the surrogate, with uniform
    crossings of members (Syswerda 1989), since neighbours alone do not leave a valley. A cheap model is asked in each
    step of the designs that look best by what it said of those around and of each choice alone.
    """
    models = archive.surrogates()
    if drawn:
        models = {aspect: model.drawn(draw) for aspect, model in models.items()}
    front = archive.genes(archive.front())
    walk = _Walk(archive, models, front)
    for _ in range(steps):
        if not walk.step(draw):
            break
    return _chosen(archive, walk.points[: len(front)], *walk.untried(), count)


class _Walk:
    """Every design that a walk has met, as choices and as the models have it.

    Parameters
    ----------
    models : mapping of int to Surrogate
    genes : ndarray of int, shape (n, decisions)
        Where it starts: different designs.
    """

    def __init__(self, archive: Archive, models: Models, genes: NDArray[np.int64]) -> None:
        self._archive, self._models = archive, models
        self._keys = {row.tobytes() for row in genes}
        self._looked: set[int] = set()
        self.genes, self.points = genes, archive.foreseen(genes, models)
        self._best = np.flatnonzero(first_rank(self.points))

    def step(self, draw: np.random.Generator) -> bool:
        """Look around members of the front that were not looked at before; return whether there were any."""
        open_ = np.array([place for place in self._best if int(place) not in self._looked], dtype=np.int64)
        if not open_.size:
            return False
        abreast = open_[covering(self.points[open_], _ABREAST)]
        self._looked.update(int(place) for place in abreast)
        near = self._archive.space.neighbours(self.genes[abreast])
        before = len(self.genes)
        self._meet(np.concatenate([near, _crossed(self.genes[self._best], draw)]), self.genes[abreast])
        both = np.concatenate([self._best, np.arange(before, len(self.genes))])
        self._best = both[first_rank(self.points[both])]
        return True

    def _meet(self, genes: NDArray[np.int64], around: NDArray[np.int64]) -> None:
        """Take in designs that are not yet known: all, or the best of many where a cheap model is to be asked."""
        fresh = {row.tobytes(): row for row in self._archive.settled(genes)}
        unknown = [row for key, row in fresh.items() if key not in self._keys]
        if not unknown:
            return
        new = np.array(unknown)
        if self._archive.has_cheap_model and len(new) > _ASKED:
            new = new[by_rank(self._archive.foreseen(new, self._models, around), _ASKED)]
        self._keys.update(row.tobytes() for row in new)
        self.genes = np.concatenate([self.genes, new])
        self.points = np.concatenate([self.points, self._archive.foreseen(new, self._models)])

    def untried(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return choices and points of the designs met that have not been tried."""
        tried = {row.tobytes() for row in self._archive.genes(self._archive.trials.tried)}
        open_ = np.array([row.tobytes() not in tried for row in self.genes])
        return self.genes[open_], self.points[open_]


def _crossed(genes: NDArray[np.int64], draw: np.random.Generator) -> NDArray[np.int64]:
    """Return uniform crossings of pairs of designs."""
    pairs = draw.integers(len(genes), size=(_CROSSINGS, 2))
    which = draw.random((_CROSSINGS, genes.shape[1])) < 0.5
    return np.where(which, genes[pairs[:, 0]], genes[pairs[:, 1]])


def _chosen(
    archive: Archive, front: NDArray[np.float64], genes: NDArray[np.int64], points: NDArray[np.float64], count: int
) -> list[Chosen]:
    """Return the untried designs that widen the front most, rank by rank, as far as the environment admits them."""
    found: list[Chosen] = []
    have = front
    left = np.arange(len(points))
    while left.size and len(found) < count:
        kept = first_rank(points[left])
        rank = left[kept]
        for place in widening(points[rank], have, min(len(rank), 2 * (count - len(found)))):
            design = archive.designed(genes[rank[place]])
            if len(found) < count and archive.trials.admits(design):
                found.append(design)
                have = np.concatenate([have, points[rank[place]][None, :]])
        left = left[~kept]
    return found


def widening(points: NDArray[np.float64], front: NDArray[np.float64], count: int) -> list[int]:
    """Return rows of points, each the one that adds most hypervolume to the front and those before it.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        Candidates.
    front : ndarray, shape (m, 3)
        What there is.
    count : int
        Most rows.

    Notes
    -----
    Gains only shrink as points are added, so a candidate whose old gain is below another's new one waits (lazy greedy;
    Minoux 1978). The reference point stands at 1.1 of the range of everything.
    """
    both = np.concatenate([front, points])
    low, high = both.min(axis=0), both.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    have, unit = (front - low) / span, (points - low) / span
    have = have[first_rank(have)]
    reference = np.full(3, 1.1)
    volume = hypervolume(have, reference)
    waiting = [(-np.inf, row) for row in range(len(unit))]
    heapq.heapify(waiting)
    current: dict[int, int] = {}
    order: list[int] = []
    while waiting and len(order) < count:
        _, row = heapq.heappop(waiting)
        if current.get(row) == len(order):
            order.append(row)
            have = np.concatenate([have, unit[row : row + 1]])
            volume = hypervolume(have, reference)
            continue
        gain = hypervolume(np.concatenate([have, unit[row : row + 1]]), reference) - volume
        current[row] = len(order)
        heapq.heappush(waiting, (-gain, row))
    return order
