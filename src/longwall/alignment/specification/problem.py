"""What a specification asks of a design problem, and how completions are drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Effort", "Genes", "Problem", "Purse", "completions", "mended", "spread"]

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


@dataclass(frozen=True)
class Purse:
    """What may be spent on all that is left open, beyond what the design costs.

    Each of many things may cost next to nothing, and all of them together too much: so they share a purse. What costs
    more than the purse alone is no small change; whether it is worth its money is judged as any other effect.

    Parameters
    ----------
    extras : tuple of ndarray, shape (levels,)
        Of each decision: what each level costs beyond the level of the design; negative where it saves.
    most : float
        In the same unit, > 0.
    """

    extras: tuple[NDArray[np.float64], ...]
    most: float

    def small(self, place: int) -> NDArray[np.float64]:
        """Return what each level of a decision takes from the purse, shape (levels,)."""
        extra = self.extras[place]
        found: NDArray[np.float64] = np.where(extra > self.most, 0.0, extra)
        return found

    def spent(self, genes: Genes) -> NDArray[np.float64]:
        """Return what designs take from the purse, what they save taken off, shape (n,)."""
        found: NDArray[np.float64] = np.sum(
            [self.small(place)[genes[:, place]] for place in range(genes.shape[1])], axis=0
        )
        return found

    def holds(self, genes: Genes) -> NDArray[np.bool_]:
        """Return which designs keep within it, shape (n,)."""
        kept: NDArray[np.bool_] = self.spent(genes) <= self.most * (1.0 + 1e-9)
        return kept


def completions(
    problem: Problem, chosen: Genes, free: Sequence[int], count: int, rng: np.random.Generator,
    purse: Purse | None = None,
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
        Consistent, and within the purse: where levels contradict each other or cost too much together, some free
        decisions stay at their chosen level (see `mended`).
    """
    genes = np.tile(chosen, (count, 1))
    for place in free:
        genes[:, place] = rng.integers(0, problem.sizes[place], size=count)
    return mended(problem, genes, chosen, rng, purse)


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


def mended(
    problem: Problem, genes: Genes, chosen: Genes, rng: np.random.Generator, purse: Purse | None = None,
    first: Genes | None = None,
) -> Genes:  # fmt: skip
    """Return designs without contradictions and within the purse, as near to those wanted as random order allows.

    Where a design cannot be had, its levels are taken over into the chosen one by one, in random order, each where it
    fits what was taken over before; twice, as one may need another one first.

    Parameters
    ----------
    first : ndarray of int, shape (n,), optional
        A decision of each design that is taken over before all others.

    Raises
    ------
    ValueError
        If the chosen design contradicts itself.
    """

    def fits(designs: Genes) -> NDArray[np.bool_]:
        good = problem.consistent(designs)
        return good if purse is None else good & purse.holds(designs)

    rows = np.flatnonzero(~fits(genes))
    if not len(rows):
        return genes
    if not problem.consistent(chosen[None, :])[0]:
        raise ValueError("the chosen design contradicts itself")
    wanted, built = genes[rows], np.tile(chosen, (len(rows), 1))
    keys = rng.random(wanted.shape)
    if first is not None:
        keys[np.arange(len(rows)), first[rows]] = -1.0
    keys[wanted == chosen] = 2.0
    order, every = np.argsort(keys, axis=1), np.arange(len(rows))
    for step in [*range(int((wanted != chosen).sum(axis=1).max()))] * 2:
        place = order[:, step]
        trial = built.copy()
        trial[every, place] = wanted[every, place]
        good = fits(trial)
        built[good] = trial[good]
    genes = genes.copy()
    genes[rows] = built
    return genes
