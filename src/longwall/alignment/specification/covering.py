"""A front that covers: what the surrogate puts on it, and the best design of every level of every decision."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.specification.distance import from_front, front_rows, unique_rows
from longwall.alignment.specification.effects import Effects
from longwall.alignment.specification.problem import Genes, Problem, completions

__all__ = ["best_of_levels", "central", "front_of"]

_ENUMERATED = 4096
"""Combinations of decisions that do something, up to which all of them are looked at."""
_MOST = 220
"""Members of a front; beyond, its grid is made coarser."""
_ROUNDS = 12
_START = 200


def front_of(
    problem: Problem, effects: Effects, chosen: Genes, cell: float, rng: np.random.Generator, start: Genes | None = None
) -> Genes:  # fmt: skip
    """Return designs that the surrogate puts on the front, shape (k, decisions), k >= 1.

    Decisions that do nothing stand at the level of `chosen`. Where few decisions do something, all their combinations
    are looked at; else designs one decision away from the front join it until none does.

    Parameters
    ----------
    cell : float
        Side of the cells of a grid over the range of each side; of each cell one design stays.
    start : ndarray of int, optional
        Designs to begin with, such as an earlier front.

    References
    ----------
    Paquete, Chiarandini and Stützle 2004, "Pareto local optimum sets in the biobjective traveling salesman problem";
    the grid is that of Laumanns, Thiele, Deb and Zitzler 2002.
    """
    active = effects.active
    begin = completions(problem, chosen, active, _START, rng)
    begin = np.concatenate([chosen[None, :], begin] if start is None else [chosen[None, :], start, begin])
    idle = [place for place in range(len(chosen)) if place not in active]
    begin[:, idle] = chosen[idle]
    if float(np.prod(problem.sizes[active].astype(float))) <= _ENUMERATED:
        levels = np.array(list(product(*(range(int(problem.sizes[place])) for place in active))), dtype=np.int64)
        begin = np.tile(chosen, (len(levels), 1))
        begin[:, active] = levels
        return _kept(problem, effects, begin, cell)
    front, seen = _kept(problem, effects, begin, cell), 0
    for _ in range(_ROUNDS):
        grown = _kept(problem, effects, np.concatenate([front, _neighbours(front, active, problem.sizes)]), cell)
        known = {row.tobytes() for row in front}
        new = sum(row.tobytes() not in known for row in grown)
        front, seen = grown, new
        if not seen:
            break
    return front


def _kept(problem: Problem, effects: Effects, genes: Genes, cell: float) -> Genes:
    """Return the first rank of designs that can be had, thinned by the grid."""
    genes = unique_rows(genes)
    genes = genes[problem.consistent(genes)]
    points = effects.points(genes)
    while True:
        rows = front_rows(points)
        allowed = problem.admits(genes[rows])
        if allowed.all():
            break
        left = np.ones(len(genes), dtype=np.bool_)
        left[rows[~allowed]] = False
        genes, points = genes[left], points[left]
    genes, points = genes[rows], points[rows]
    span = np.maximum(points.max(axis=0) - points.min(axis=0), 1e-9)
    while len(genes) > _MOST:
        rows = front_rows(points, cell * span)
        genes, points = genes[rows], points[rows]
        cell *= 1.25
    return genes


def _neighbours(genes: Genes, active: list[int], sizes: Genes) -> Genes:
    """Return all designs one active decision away."""
    found = []
    for place in active:
        for level in range(int(sizes[place])):
            moved = genes.copy()
            moved[:, place] = level
            found.append(moved)
    return np.concatenate(found) if found else genes


def central(effects: Effects, front: Genes, units: NDArray[np.float64]) -> Genes:
    """Return the design of the front whose worst side is nearest to the best there is, shape (decisions,)."""
    points = effects.points(front)
    away = (points - points.min(axis=0)) / units
    chosen: Genes = front[int(np.lexsort((away.sum(axis=1), away.max(axis=1)))[0])]
    return chosen


def best_of_levels(
    problem: Problem, effects: Effects, front: Genes, units: NDArray[np.float64], chosen: Genes,
    rng: np.random.Generator,
) -> Genes:  # fmt: skip
    """Return for each level of each decision the design nearest to the front that has it; unique rows.

    A level that a search never found good was hardly tried in good company; only beside the best rest can it be judged.
    """
    points = effects.points(front)
    base = np.concatenate([front, completions(problem, chosen, range(len(chosen)), _START, rng)])
    found = []
    for place, size in enumerate(problem.sizes):
        for level in range(int(size)):
            moved = base.copy()
            moved[:, place] = level
            moved = moved[problem.consistent(moved)]
            if not len(moved):
                continue
            away = from_front(effects.points(moved), points, units)
            for row in np.argsort(away, kind="stable")[:20]:
                if problem.admits(moved[row : row + 1])[0]:
                    found.append(moved[row])
                    break
    return unique_rows(np.array(found))
