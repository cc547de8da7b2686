"""What a specification asks of a design problem, and how completions are drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Effort", "Genes", "Problem", "completions", "spread"]

Genes = NDArray[np.int64]
"""Designs, one row each: the level of every decision, counted from 0."""


class Problem(Protocol):
    """Decisions with levels, and noisy values of designs that are to be small on three sides.

    Attributes
    ----------
    sizes : ndarray of int, shape (decisions,)
        Levels of each decision, >= 1.
    """

    sizes: Genes

    def measure(self, genes: Genes, replications: int, seed: int) -> NDArray[np.float64]:
        """Return technical value, social value and cost, shape (n, replications, 3); all rows share the seed's luck."""
        ...

    def consistent(self, genes: Genes) -> NDArray[np.bool_]:
        """Return which designs hold no contradiction between their levels, shape (n,); asked often."""
        ...

    def admits(self, genes: Genes) -> NDArray[np.bool_]:
        """Return which designs the constraints allow, shape (n,); what they refuse is no completion."""
        ...


@dataclass(frozen=True)
class Effort:
    """How much a specification may spend, and on what.

    Parameters
    ----------
    most : int
        Replications in all at most, > 0; what the noise of the first batch does not ask for is not spent.
    margin : float
        Replications that may be spent for each that the noise of the first batch asks for, >= 1: screening alone takes
        one; what selection among many terms and pairs asks for, and tests that are close, is more.
    replications : int
        Of each design in a batch, >= 1; a further design teaches more about effects than a further replication.
    batch : int
        Designs that meet the same luck, >= 4.
    look : int
        Batches of the screening after which it is asked whether it is enough, >= 1.
    screening, completing : float
        Share of `most` that is spent at most after learning what each decision does, and after completing what the
        surrogate would free; the rest is for the steps.
    covering : float
        Replications of the covering front as a share of those of the screening.
    attempts : int
        Looks that one step may take before it counts as not shown, >= 1; each after as many batches of fresh
        completions as all before it.
    drawn : int
        Completions on which the surrogate is asked in each step.
    draws : int
        Draws of the surrogate's coefficients in each step, >= 20.
    """

    most: int = 12000
    margin: float = 8.0
    replications: int = 1
    batch: int = 48
    look: int = 8
    screening: float = 0.5
    completing: float = 0.7
    covering: float = 0.1
    attempts: int = 8
    drawn: int = 256
    draws: int = 60


def completions(
    problem: Problem, chosen: Genes, free: Sequence[int], count: int, rng: np.random.Generator
) -> Genes:  # fmt: skip
    """Return random completions: levels of `chosen`, but each free decision at a level drawn evenly.

    Parameters
    ----------
    chosen : ndarray of int, shape (decisions,)
        Consistent.
    free : sequence of int
        Positions of decisions.

    Returns
    -------
    ndarray of int, shape (count, decisions)
        Consistent; where levels contradict each other, free decisions return to their chosen level one by one, in
        random order, until nothing does.
    """
    genes = np.tile(chosen, (count, 1))
    for place in free:
        genes[:, place] = rng.integers(0, problem.sizes[place], size=count)
    return _mended(problem, genes, chosen, rng)


def spread(problem: Problem, chosen: Genes, count: int, rng: np.random.Generator, *, near: bool) -> Genes:
    """Return designs all over the space, where `near` half of them nearer to the chosen one, shape (count, decisions).

    Where a design contradicts itself, one of its levels is held and the others give way: to the chosen design, else to
    level 0. So a level that many others exclude is met as well.

    Parameters
    ----------
    chosen : ndarray of int, shape (decisions,)
        Consistent.
    """
    genes = np.stack([rng.integers(0, size, size=count) for size in problem.sizes], axis=1)
    if near:
        kept = rng.random((count, len(chosen))) < 0.5
        kept[count // 2 :] = False
        genes = np.where(kept, chosen, genes).astype(np.int64)
    for row in np.flatnonzero(~problem.consistent(genes)):
        genes[row] = _around(problem, genes[row], chosen, rng)
    return genes


def _around(problem: Problem, design: Genes, chosen: Genes, rng: np.random.Generator) -> Genes:
    """Return a design without contradictions that holds one level of another, or the chosen one where none can be."""
    held = int(rng.integers(len(design)))
    found = design.copy()
    for goal in (chosen, np.zeros_like(chosen)):
        for place in rng.permutation(len(design)):
            if problem.consistent(found[None, :])[0]:
                return found
            if place != held:
                found[place] = goal[place]
    good: Genes = found if problem.consistent(found[None, :])[0] else chosen.copy()
    return good


def _mended(problem: Problem, genes: Genes, chosen: Genes, rng: np.random.Generator) -> Genes:
    """Return the designs without contradictions."""
    open_ = np.flatnonzero(~problem.consistent(genes))
    while open_.size:
        for row in open_:
            moved = np.flatnonzero(genes[row] != chosen)
            if moved.size == 0:
                raise ValueError("the chosen design contradicts itself")
            place = moved[int(rng.integers(moved.size))]
            genes[row, place] = chosen[place]
        open_ = open_[~problem.consistent(genes[open_])]
    return genes
