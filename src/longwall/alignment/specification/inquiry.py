"""What is asked of a design problem, and what is known of it by now: evidence, surrogate, front, and what was spent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.exploring.fronts import first_rank
from longwall.alignment.specification.covering import front_of
from longwall.alignment.specification.distance import from_front, ranges, unique_rows, worth_having
from longwall.alignment.specification.effects import Effects, Evidence, noise_of
from longwall.alignment.specification.problem import Effort, Genes, Problem, completions
from longwall.streams import generator

__all__ = ["CELL", "INSIDE", "SEEN", "Gate", "Inquiry", "Progress"]

Progress = Callable[[float, str], None]

INSIDE = 0.95
"""Share of completions that must stay within epsilon."""
SEEN = 3.0
"""Standard errors that epsilon must measure on a side before a decision that shows nothing counts as doing nothing:
about 2.7 for what the selection of terms demands, the rest for the chance to meet it."""
DOUBT = 1.0
"""Standard errors that a design must be better by on a side before that pays for what it is worse by on another."""
CELL = 0.25
"""Cells of the front's grid, in epsilons."""


class Gate:
    """A problem whose constraints are asked only of what is simulated, until they have refused something.

    To ask costs as much as to build a design; where hundreds of random designs were all allowed, others are too.

    Parameters
    ----------
    problem : Problem
    """

    def __init__(self, problem: Problem) -> None:
        self.sizes, self.measure, self.consistent = problem.sizes, problem.measure, problem.consistent
        self._admits = problem.admits
        self._refused = False

    def exactly(self, genes: Genes) -> NDArray[np.bool_]:
        """Return which designs the constraints allow."""
        allowed = self._admits(genes)
        self._refused |= not allowed.all()
        return allowed

    def admits(self, genes: Genes) -> NDArray[np.bool_]:
        """Return the same, or that all are allowed where none was refused so far."""
        return self._admits(genes) if self._refused else np.ones(len(genes), dtype=np.bool_)


@dataclass
class Inquiry:
    """What the steps of a specification share: the problem, what is known of it by now, and what was spent.

    Parameters
    ----------
    problem : Gate
    epsilon : float
        Distance that is near, > 0.
    least : ndarray, shape (3,)
        Least range of each side.
    effort : Effort
    seed : int
    chosen : ndarray of int, shape (decisions,)
        The design stood on.
    progress : callable, optional
    """

    problem: Gate
    epsilon: float
    least: NDArray[np.float64]
    effort: Effort
    seed: int
    chosen: Genes
    progress: Progress | None
    known: Evidence = field(init=False)
    effects: Effects = field(init=False)
    front: Genes = field(init=False)
    shown_front: Genes = field(init=False)
    units: NDArray[np.float64] = field(init=False)
    noise: NDArray[np.float64] = field(init=False)
    needed: int = 0
    most: int = 0
    spent: int = 0
    batches: int = 0

    def __post_init__(self) -> None:
        self.known = Evidence(self.problem.sizes)
        self.most = self.effort.most

    def rng(self, purpose: str, *more: int) -> np.random.Generator:
        """Return the stream of one purpose."""
        return generator(self.seed, "specification", purpose, *more)

    def measure(self, genes: Genes, replications: int) -> int:
        """Simulate what the constraints admit of a batch, under luck of its own, and keep it; return how many."""
        allowed = self.problem.exactly(genes)
        genes = genes[allowed]
        if len(genes) < 2:
            return 0
        luck = int(self.rng("luck", self.batches).integers(2**31))
        self.batches += 1
        values = self.problem.measure(genes, replications, luck)
        if replications > 1 and not hasattr(self, "noise"):
            self.noise = noise_of(values)
        self.known.add(genes, values)
        self.spent += len(genes) * replications
        if self.progress is not None:
            self.progress(min(0.99, self.spent / self.most), "completing designs")
        return len(genes)

    def learn(self) -> None:
        """Fit the surrogate to all that is known, and look for its front."""
        self.effects = self.known.fit()
        start = getattr(self, "front", None)
        cell = CELL * self.epsilon
        front = front_of(self.problem, self.effects, self.chosen, cell, self.rng("front", self.batches), start)
        points = self.effects.points(front)
        self.front = front[worth_having(points, self.least, self.epsilon)]
        doubt = DOUBT * self.effects.gaps(front)
        self.shown_front = front[worth_having(points, self.least, self.epsilon, doubt)]

    def measured(self) -> NDArray[np.float64]:
        """Return the ranges of the three sides by the front as it is known now."""
        return ranges(self.effects.points(self.front), self.least)

    def far(self, genes: Genes) -> float:
        """Return the distance that 95% of designs keep, by the surrogate."""
        points = self.effects.points(self.front)
        return float(np.quantile(from_front(self.effects.points(genes), points, self.units), INSIDE))

    def reach(self, genes: Genes, rng: np.random.Generator) -> tuple[float, float, float]:
        """Return the distance that 95% of designs keep, its standard error, and the distance from what is shown.

        The last is that from the part of the front whose advantages are beyond noise: what is freed must be near that,
        else a decision that costs on one side would pass for a trade against what noise shows on another.

        What noise adds on average is taken off, as the draws of the surrogate show it: among noisy values the front
        looks better than it is, and what is behind it farther (Efron and Tibshirani 1993, "An introduction to the
        bootstrap", chapter 10).
        """
        noise = self.effects.noise(self.effort.draws, rng)
        asked, points = self.effects.drawn(genes, noise), self.effects.points(genes)
        found: list[tuple[float, float]] = []
        for members in (self.front, self.shown_front):
            fronts = self.effects.drawn(members, noise)
            draws = np.array([self._kept(one, own[first_rank(own)]) for one, own in zip(asked, fronts, strict=True)])
            far = self._kept(points, self.effects.points(members))
            found.append((max(0.0, 2.0 * far - float(draws.mean())), float(draws.std(ddof=1))))
        (far, error), (shown, _) = found
        return far, error, max(far, shown)

    def _kept(self, points: NDArray[np.float64], front: NDArray[np.float64]) -> float:
        return float(np.quantile(from_front(points, front, self.units), INSIDE))

    def drawn(self, free: Sequence[int], rng: np.random.Generator) -> Genes:
        """Return completions to ask the surrogate about, those that the constraints refuse left out."""
        genes = unique_rows(completions(self.problem, self.chosen, free, self.effort.drawn, rng))
        allowed = genes[self.problem.admits(genes)]
        return allowed if len(allowed) else self.chosen[None, :]

    def shown(self, places: Sequence[int]) -> bool:
        """Whether an epsilon would have shown on each side in each of some decisions."""
        return bool((self.known.errors()[list(places)] * SEEN <= self.epsilon * self.units).all())

    def freeable(self, free: Sequence[int], left: Sequence[int], rng: np.random.Generator) -> list[int]:
        """Return what could be free beside what is, by the surrogate alone, the least important first."""
        rest = list(left)
        found: list[int] = []
        while rest:
            far = {
                place: self.far(completions(self.problem, self.chosen, [*free, *found, place], self.effort.drawn, rng))
                for place in rest
            }
            place = min(rest, key=lambda one: (far[one], one))
            if far[place] > self.epsilon:
                break
            rest.remove(place)
            found.append(place)
        return found

    def own(self, design: Genes) -> float:
        """Return how far a design itself is from the front, by the surrogate."""
        points = self.effects.points(self.front)
        return float(from_front(self.effects.points(design[None, :]), points, self.units)[0])
