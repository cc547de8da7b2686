"""What a specification found: the kind of each decision, the tests behind it, and where each way would lead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.exploring.fronts import first_rank
from longwall.alignment.specification.distance import from_front
from longwall.alignment.specification.effects import Effects
from longwall.alignment.specification.inquiry import INSIDE, Inquiry
from longwall.alignment.specification.problem import Genes

__all__ = ["Kind", "Settled", "Step", "gathered", "kinds_of", "met_of", "shifts_of"]

Distances = Callable[[Genes], NDArray[np.float64]]

Kind = Literal["fix", "yours", "slides", "follows"]
"""``fix``: it must be fixed; ``yours``: free; ``slides``: free, but it chooses where on the front one lands;
``follows``: nothing else can be had beside what is fixed."""

_BEYOND = 2.0
"""Standard errors from which a shift along the front is beyond noise."""


@dataclass(frozen=True)
class Step:
    """May this decision be free, beside those freed before it and those tested with it?

    Parameters
    ----------
    decision : int
    freed : bool
    sure : bool
        Whether the answer is beyond noise; a decision that could not be shown to be free stays fixed.
    far, low, high : float
        Distance from the front that 95% of the completions keep, in ranges, and what noise leaves open (one-sided, at
        the level of all steps together).
    completions : int
        Fresh ones that were simulated for the test.
    together : int
        Decisions that were tested at once, this one among them, >= 1.
    """

    decision: int
    freed: bool
    sure: bool
    far: float
    low: float
    high: float
    completions: int
    together: int = 1


@dataclass(frozen=True)
class Settled:
    """What must be fixed, what is free, and what slides along the front.

    Parameters
    ----------
    kinds : tuple of Kind
        One per decision.
    levels : ndarray of int, shape (decisions,)
        Of the design around which was asked; a fixed decision is fixed at this level.
    moved : tuple of int
        Decisions whose level differs from the design that was given, as that one is not within epsilon itself.
    steps : tuple of Step
    inside : float
        Share of random completions within epsilon, by the surrogate; `inside_low` under the 5% worst draws.
    far : float
        Distance from the front that 95% of random completions keep, in ranges.
    shifts : tuple of ndarray, shape (levels, 3)
        Mean change of each side, in its own unit, over completions: each level of a decision against its chosen one.
    errors : tuple of ndarray, shape (levels, 3)
        Standard errors of the shifts.
    spent : int
        Replications, all of them.
    units : ndarray, shape (3,)
        Range of each side that counts as 1.
    noise : ndarray, shape (3,)
        Standard deviation of one replication on each side, in ranges, what designs meet together taken off: as the
        first batch showed it.
    needed : int
        Replications after which, by that noise, an epsilon would show in every decision.
    distances : callable
        From designs, shape (n, decisions), to how far they are from the front, in ranges, by the surrogate.
    met : tuple of ndarray of bool, shape (levels,)
        Which levels of each decision can be had beside what is fixed: some completion has them.
    purse : float
        What completions may cost beyond the design; 0: no bound.
    """

    kinds: tuple[Kind, ...]
    levels: Genes
    moved: tuple[int, ...]
    steps: tuple[Step, ...]
    inside: float
    inside_low: float
    far: float
    shifts: tuple[NDArray[np.float64], ...]
    errors: tuple[NDArray[np.float64], ...]
    spent: int
    units: NDArray[np.float64]
    noise: NDArray[np.float64]
    needed: int
    epsilon: float
    distances: Distances
    met: tuple[NDArray[np.bool_], ...]
    purse: float = 0.0

    @property
    def fixed(self) -> tuple[int, ...]:
        """Decisions that must be fixed, in order."""
        return tuple(place for place, kind in enumerate(self.kinds) if kind == "fix")

    @property
    def free(self) -> tuple[int, ...]:
        """Decisions that are the team's own, in order."""
        return tuple(place for place, kind in enumerate(self.kinds) if kind != "fix")


def gathered(work: Inquiry, given: Genes | None, steps: Sequence[Step]) -> Settled:
    """Say of each decision which kind it is, and how many random completions stay within epsilon.

    Parameters
    ----------
    given : ndarray of int, shape (decisions,), optional
        The design that was asked about.
    steps : sequence of Step
    """
    free = [step.decision for step in steps if step.freed]
    free += [place for place, size in enumerate(work.problem.sizes) if size == 1]
    asked = work.drawn(sorted(free), work.rng("end"))
    points = work.effects.points(work.front)
    away = from_front(work.effects.points(asked), points, work.units)
    shifts, errors = shifts_of(
        work.effects, asked, work.chosen, work.problem.sizes, work.effort.draws, work.rng("shifts")
    )
    noise = work.effects.noise(work.effort.draws, work.rng("end", 1))
    shares = [
        float((from_front(one, front[first_rank(front)], work.units) <= work.epsilon).mean())
        for one, front in zip(
            work.effects.drawn(asked, noise), work.effects.drawn(work.front, noise), strict=True
        )
    ]  # fmt: skip
    met = met_of(lambda places: work.drawn(places, work.rng("met")), sorted(free), work.chosen, work.problem.sizes)
    kinds = kinds_of(free, met, shifts, errors, work.epsilon * work.units)
    moved = tuple(int(place) for place in np.flatnonzero(given != work.chosen)) if given is not None else ()
    return Settled(
        kinds=kinds, levels=work.chosen, moved=moved, steps=tuple(steps),
        inside=float((away <= work.epsilon).mean()), inside_low=float(np.quantile(shares, 0.05)),
        far=float(np.quantile(away, INSIDE)), shifts=tuple(shifts), errors=tuple(errors), spent=work.spent,
        units=work.units, noise=work.noise / work.units, needed=work.needed,
        epsilon=work.epsilon,
        distances=lambda genes: from_front(work.effects.points(genes), points, work.units), met=met,
    )  # fmt: skip


def met_of(
    drawn: Callable[[Sequence[int]], Genes], free: Sequence[int], chosen: Genes, sizes: Genes
) -> tuple[NDArray[np.bool_], ...]:  # fmt: skip
    """Return which levels of each decision some completion has where it is open beside what is free.

    Parameters
    ----------
    drawn : callable
        From open decisions to completions.
    """
    found = []
    for place, size in enumerate(sizes):
        genes = drawn(free if place in free else [*free, place])
        met = np.zeros(int(size), dtype=np.bool_)
        met[np.unique(genes[:, place])] = True
        met[chosen[place]] = True
        found.append(met)
    return tuple(found)


def kinds_of(
    free: Sequence[int], met: Sequence[NDArray[np.bool_]], shifts: Sequence[NDArray[np.float64]],
    errors: Sequence[NDArray[np.float64]], limit: NDArray[np.float64],
) -> tuple[Kind, ...]:  # fmt: skip
    """Return the kind of each decision: of those that are free, whether some level moves a side beyond what is near."""
    kinds: list[Kind] = ["fix"] * len(shifts)
    for place in free:
        had = met[place]
        if len(had) > 1 and had.sum() == 1:
            kinds[place] = "follows"
        else:
            kinds[place] = "slides" if _slides(shifts[place][had], errors[place][had], limit) else "yours"
    return tuple(kinds)


def shifts_of(
    effects: Effects, asked: Genes, chosen: Genes, sizes: Genes, draws: int, rng: np.random.Generator
) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:  # fmt: skip
    """Return the mean change of each side by each level of each decision over completions, and its standard error.

    Parameters
    ----------
    asked : ndarray of int, shape (n, decisions)
        Completions.
    """
    shifts, errors = [], []
    noise = effects.noise(draws, rng)
    for place, size in enumerate(sizes):
        base = asked.copy()
        base[:, place] = chosen[place]
        before, drawn_before = effects.points(base), effects.drawn(base, noise)
        shift, error = np.zeros((int(size), 3)), np.zeros((int(size), 3))
        for level in range(int(size)):
            moved = base.copy()
            moved[:, place] = level
            shift[level] = (effects.points(moved) - before).mean(axis=0)
            error[level] = (effects.drawn(moved, noise) - drawn_before).mean(axis=1).std(axis=0, ddof=1)
        shifts.append(shift)
        errors.append(error)
    return shifts, errors


def _slides(shift: NDArray[np.float64], error: NDArray[np.float64], limit: NDArray[np.float64]) -> bool:
    """Whether some level moves some side beyond noise and beyond what counts as near."""
    return bool(((np.abs(shift) > _BEYOND * error) & (np.abs(shift) > limit)).any())
