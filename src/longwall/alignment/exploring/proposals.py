"""Which designs to try next: a walk over the surrogate, then those that widen the front most."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.exploring.archive import Archive
from longwall.alignment.exploring.fronts import covering, first_rank, hypervolume
from longwall.alignment.trials import Chosen

__all__ = ["proposals", "widening"]

_WALK = 4
"""Steps of the walk, where nothing else is asked."""
_ABREAST = 40
"""Designs whose neighbours are looked at in one step."""
_CROSSINGS = 80
"""Crossings of two designs in one step."""


def proposals(
    archive: Archive, count: int, draw: np.random.Generator, *, optimism: float = 0.0, steps: int = _WALK
) -> list[Chosen]:
    """Return untried designs that the surrogate puts on the front, those first that would widen it most.

    Parameters
    ----------
    count : int
        Most designs, > 0.
    draw : Generator
        For crossings.
    optimism : float
        Standard deviations by which untried designs are taken to be better than expected, >= 0.
    steps : int
        Most steps of the walk, > 0.

    Notes
    -----
    Local search for fronts (Paquete, Chiarandini and Stützle 2004, "Pareto local optimum sets in the biobjective
    traveling salesman problem", Metaheuristics for Multiobjective Optimisation) on the surrogate, with uniform
    crossings of members (Syswerda 1989), since neighbours alone do not leave a valley.
    """
    front = archive.front()
    frontier = list(front)
    seen = dict(zip(frontier, archive.expected(frontier), strict=True))
    for _ in range(steps):
        at = np.array([seen[design] for design in frontier])
        abreast = [frontier[place] for place in covering(at, _ABREAST)]
        near = [other for design in abreast for other in archive.neighbours(design)]
        new = [design for design in dict.fromkeys([*near, *_crossed(archive, frontier, draw)]) if design not in seen]
        if not new:
            break
        points = archive.expected(new)
        if optimism > 0.0:
            points[:, :2] -= optimism * archive.doubt(new)
        seen.update(zip(new, points, strict=True))
        designs = list(seen)
        kept = first_rank(np.array([seen[design] for design in designs]))
        fresh = set(new)
        frontier = [design for design, stays in zip(designs, kept, strict=True) if stays and design in fresh]
        if not frontier:
            break
    untried = [design for design in seen if not archive.trials.blocks(design)]
    return _chosen(archive, front, untried, np.array([seen[design] for design in untried]), count)


def _crossed(archive: Archive, designs: Sequence[Chosen], draw: np.random.Generator) -> list[Chosen]:
    """Return uniform crossings of pairs of designs."""
    if len(designs) < 2:
        return []
    genes = archive.genes(designs)
    pairs = draw.integers(len(designs), size=(_CROSSINGS, 2))
    which = draw.random((_CROSSINGS, genes.shape[1])) < 0.5
    return [archive.designed(child) for child in np.where(which, genes[pairs[:, 0]], genes[pairs[:, 1]])]


def _chosen(
    archive: Archive, front: Sequence[Chosen], untried: Sequence[Chosen], points: NDArray[np.float64], count: int
) -> list[Chosen]:
    """Return the untried designs that widen the front most, rank by rank, as far as the environment admits them."""
    found: list[Chosen] = []
    left = np.arange(len(untried))
    while left.size and len(found) < count:
        kept = first_rank(points[left])
        rank = left[kept]
        order = widening(points[rank], archive.expected([*front, *found]), min(len(rank), 2 * (count - len(found))))
        for place in order:
            if len(found) < count and archive.trials.admits(untried[int(rank[place])]):
                found.append(untried[int(rank[place])])
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
