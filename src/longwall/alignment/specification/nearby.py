"""Which decisions of a design must be fixed, where a search has confirmed the front that it stands on?

All is asked near the design: completions leave most of it as it is, so that what changes acting far from it do together
does not cloud what they do beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from longwall.alignment.specification.distance import unique_rows
from longwall.alignment.specification.effects import Effects, Evidence, noise_of
from longwall.alignment.specification.inquiry import INSIDE, SEEN, Gate, Progress
from longwall.alignment.specification.problem import Effort, Genes, Problem, Purse, completions, mended
from longwall.alignment.specification.reference import Reference
from longwall.alignment.specification.settled import Settled, Step, kinds_of, met_of, shifts_of
from longwall.streams import generator

__all__ = ["settle_near"]

_WRONG = 0.05
"""Chance that any decision at all is said to be free or fixed wrongly, over all looks (Bonferroni)."""
_POOL = 4
"""Random designs among which each one that is simulated is chosen."""
_SPARE = 8
"""Designs that must be left over beside those that the effects take up before anything is tested."""
_NEARER, _RISING = 0.5, 4
"""Share of an epsilon within which what could be free is held at the first look, and looks until it is a whole one."""
_JOINING = 2
"""Changes of the design that join at one look what could be free."""
_REACH = 12
"""Decisions by which what was tested together is shrunk at most in one look, until it can be freed."""


def settle_near(
    problem: Problem, chosen: Genes, reference: Reference, *, epsilon: float, seed: int, effort: Effort,
    purse: Purse | None = None, taken: Sequence[int] = (), progress: Progress | None = None,
) -> Settled:  # fmt: skip
    """Return what of a design must be fixed so that 95% of the completions of the rest are within epsilon of a front.

    Parameters
    ----------
    chosen : ndarray of int, shape (decisions,)
        The design; consistent.
    reference : Reference
        The front as the design sees it.
    epsilon : float
        Distance that is near, in units of the reference, > 0.
    seed : int
        The same seed gives the same bits.
    purse : Purse, optional
        What completions may cost beyond the design; default: no bound.
    taken : sequence of int
        Decisions in which the design changes something. Its changes carry each other, so few of them at a time are
        left open beside the rest.

    Notes
    -----
    First one decision at a time is moved. Then completions near the design are simulated: what could be free is
    drawn at random, and of the others one at a time is moved beside it. At each look all effects are fitted again.
    Freed is the largest group, in the order of what each costs, of whose completions 95% are within epsilon beyond
    noise, then one decision after the other beside it; fixed for sure is what beside those takes them beyond epsilon,
    beyond noise. What is fixed for sure is simulated no more, so that what is close gets the replications. It ends
    when all is settled, or when the effort is.

    The level of the tests is 5% over all decisions and looks (Bonferroni 1936). Designs that differ from the one asked
    about in one decision teach more than random ones where decisions act strongly together, as queues near overload do
    (Morris 1991, "Factorial sampling plans for preliminary computational experiments", Technometrics 33).
    """
    work = _Near(Gate(problem), chosen, reference, epsilon, seed, effort, purse, frozenset(taken), progress)
    work.settle()
    return work.gathered()


@dataclass
class _Near:
    """What is known near the design, and what was said of each decision by now."""

    problem: Gate
    chosen: Genes
    reference: Reference
    epsilon: float
    seed: int
    effort: Effort
    purse: Purse | None
    taken: frozenset[int]
    progress: Progress | None
    known: Evidence = field(init=False)
    measured: list[tuple[Genes, NDArray[np.float64]]] = field(default_factory=list)
    effects: Effects = field(init=False)
    noise: NDArray[np.float64] = field(init=False)
    steps: dict[int, Step] = field(default_factory=dict)
    could: list[int] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    fresh: int = 0
    spent: int = 0
    batches: int = 0
    looks: int = 0

    def __post_init__(self) -> None:
        self.known = Evidence(self.problem.sizes)
        self.noise = np.zeros(3)
        self.places = [place for place, size in enumerate(self.problem.sizes) if size > 1]
        self.single = [place for place, size in enumerate(self.problem.sizes) if size == 1]

    @property
    def t(self) -> float:
        """Standard errors that one test allows for: Student's t, as the noise is known from few designs at first."""
        level = _WRONG / ((len(self.places) + 1) * self.effort.attempts)
        return float(-stdtrit(max(1, self.known.freedom - self.known.width()), level))

    def rng(self, purpose: str, *more: int) -> np.random.Generator:
        """Return the stream of one purpose."""
        return generator(self.seed, "specification", "near", purpose, *more)

    # what is simulated

    def settle(self) -> None:
        """Simulate completions near the design and look, until all is settled or the effort is."""
        while self.looks < self.effort.attempts and self.spent < self.effort.most:
            before = self.fresh
            batches = self.effort.look << max(0, self.looks - 2) // 2
            if self.looks == self.effort.attempts - 1:
                batches = math.ceil((self.effort.most - self.spent) / (self.effort.batch * self.effort.replications))
            while batches > 0 and self.spent < self.effort.most:
                got = self.measure(self.completed())
                self.fresh += got
                batches -= 1
                if not self.looks and not batches and got and self.known.freedom < self.known.width() + _SPARE:
                    batches = 1
            if self.fresh == before:
                break
            self.looks += 1
            self.learn()
            if self.known.freedom < self.known.width() + _SPARE:
                continue
            self.look()
            if len(self.steps) == len(self.places) and all(step.sure for step in self.steps.values()):
                break

    def completed(self) -> Genes:
        """Return a batch of completions: what could be free at random, of the others one at a time beside it."""
        rng = self.rng("completed", self.batches)
        count = _POOL * self.effort.batch
        genes = np.tile(self.chosen, (count, 1))
        for place in [*self.single, *self.could]:
            genes[:, place] = rng.integers(0, self.problem.sizes[place], size=count)
        turns = [
            (place, level)
            for place in self.places
            if place not in self.could and not self.fixed(place)
            for level in range(int(self.problem.sizes[place]))
            if level != self.chosen[place]
        ]
        first = None
        if (
            turns
        ):  # in some of them none is moved: else one too few could be told apart; as many as is best for k against one
            turns += [(self.places[0], -1)] * max(1, round(math.sqrt(len(turns))))
            taken = np.array(turns)[rng.permutation(count) % len(turns)]
            rows = np.flatnonzero(taken[:, 1] >= 0)
            genes[rows, taken[rows, 0]] = taken[rows, 1]
            first = taken[:, 0]
        return self.known.telling(mended(self.problem, genes, self.chosen, rng, self.purse, first), self.effort.batch)

    def fixed(self, place: int) -> bool:
        """Whether a decision is fixed for sure by now."""
        step = self.steps.get(place)
        return step is not None and step.sure and not step.freed

    def measure(self, genes: Genes) -> int:
        """Simulate what the constraints admit of a batch, under luck of its own; return how many designs."""
        genes = genes[self.problem.exactly(genes)]
        if len(genes) < 2:
            return 0
        luck = int(self.rng("luck", self.batches).integers(2**31))
        replications = max(2, self.effort.replications) if not self.batches else self.effort.replications
        values = self.problem.measure(genes, replications, luck)
        if not self.batches:
            self.noise = noise_of(values)
        self.batches += 1
        self.known.add(genes, values)
        self.measured.append((genes, values))
        self.spent += len(genes) * replications
        if self.progress is not None:
            self.progress(min(0.99, self.spent / self.effort.most), "completing designs")
        return len(genes)

    def learn(self) -> None:
        """Fit all effects to what was measured near the design: beside what could be free, at most one decision moved.

        What could be free once and cannot be was drawn together with other such decisions: that is no longer near.
        """
        closed = [place for place in self.places if place not in self.could]
        self.known = Evidence(self.problem.sizes)
        for genes, values in self.measured:
            near = (genes[:, closed] != self.chosen[closed]).sum(axis=1) <= 1
            if near.sum() > 1:
                self.known.add(genes[near], values[near])
        self.effects = self.known.fit(every=True)

    # what is asked

    def drawn(self, free: Sequence[int], *more: int) -> Genes:
        """Return completions to ask about, those that the constraints refuse left out."""
        rng = self.rng("asked", *more)
        genes = completions(self.problem, self.chosen, [*self.single, *free], self.effort.drawn, rng, self.purse)
        allowed = genes[self.problem.admits(genes)]
        return allowed if len(allowed) else self.chosen[None, :]

    def away(self, genes: Genes) -> NDArray[np.float64]:
        """Return how far designs are from the front, by the effects, shape (n,)."""
        here = self.effects.points(self.chosen[None, :])
        return self.reference.far(self.granted(self.effects.points(genes) - here))

    def away_drawn(self, genes: Genes, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return the same under draws of what is not known, shape (draws, n)."""
        noise = self.effects.noise(draws, rng)
        moved = self.effects.drawn(np.concatenate([self.chosen[None, :], genes]), noise)
        normal = rng.standard_normal((draws, *self.reference.members.shape))
        return self.reference.far_drawn(self.granted(moved[:, 1:] - moved[:, :1]), normal)

    def granted(self, moved: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what is changed against the design without what the purse grants, shape (..., 3)."""
        if self.purse is None:
            return moved
        cost = moved[..., 2]
        beyond = np.where(cost > 0.0, np.maximum(cost - self.purse.most, 0.0), cost)
        return np.concatenate([moved[..., :2], beyond[..., None]], axis=-1)

    def reach(self, free: Sequence[int], *more: int) -> tuple[float, float]:
        """Return the distance that 95% of completions keep, without what noise adds on average, and its error."""
        genes = self.drawn(free, *more)
        far = float(np.quantile(self.away(genes), INSIDE))
        draws = np.quantile(self.away_drawn(genes, self.effort.draws, self.rng("draws", *more)), INSIDE, axis=1)
        return max(0.0, 2.0 * far - float(draws.mean())), float(draws.std(ddof=1))

    def ordered(self, places: Sequence[int]) -> list[int]:
        """Return what could be free together by the effects alone, what costs least alone first.

        At the first looks they must be nearer than near: beside what hardly changes anything the rest is known best.
        A decision of which nothing else can be had beside what is free by then is asked again at the end, and left out
        where that is still so. One that could not stay comes back when it is shown to be free: each change of the group
        costs all designs in which two decisions outside it were moved.
        """
        alone = {place: self.away(self.drawn([place], self.looks)) for place in places}
        costs = {one: (float(np.quantile(alone[one], INSIDE)), float(alone[one].mean()), one) for one in places}
        shown = {one for one in places if one in self.steps and self.steps[one].high <= self.epsilon}
        rest = [one for one in places if one in shown or one not in self.gone]
        rest.sort(key=lambda one: (one not in shown, one not in self.could, *costs[one]))
        found: list[int] = []
        joining = [place for place in rest if place in self.taken and place not in self.could]
        rest = [place for place in rest if place not in joining] + joining
        most = sum(place in self.could for place in rest if place in self.taken) + _JOINING
        limit = self.epsilon * min(1.0, _NEARER + (1.0 - _NEARER) * (self.looks - 1) / _RISING)
        for _ in range(2):
            left = []
            for place in rest:
                if place in self.taken and sum(one in self.taken for one in found) >= most:
                    continue
                genes = self.drawn([*found, place], self.looks)
                if (genes[:, place] == self.chosen[place]).all():
                    left.append(place)
                elif float(np.quantile(self.away(genes), INSIDE)) <= limit:
                    found.append(place)
            rest = left
        return sorted(found, key=costs.__getitem__)

    def look(self) -> None:
        """Say of each decision what the completions show by now.

        What was shown to be free together at an earlier look stays free, as each look has its part of the level, unless
        by now they seem not to be near.
        """
        before = set(self.could)
        self.could = self.ordered([place for place in self.places if not self.fixed(place)])
        gone = before - set(self.could)
        self.gone |= gone
        if gone:
            self.learn()
        free = [place for place, step in self.steps.items() if step.freed]
        near = float(np.quantile(self.away(self.drawn(free, self.looks)), INSIDE)) <= self.epsilon
        kept = {place: step for place, step in self.steps.items() if step.sure and (near or not step.freed)}
        group = self.together([place for place in self.could if not before or place in before])
        if len(group) > sum(step.freed for step in kept.values()):
            kept = {place: step for place, step in kept.items() if not step.freed} | group
        self.steps = kept
        new = 0
        for place in [*self.could, *(place for place in self.places if place not in self.could)]:
            if place not in self.steps:
                step = self.beside([one for one in self.steps if self.steps[one].freed], place)
                # More than one that was never drawn beside the others is a guess about what they do together.
                new += step.freed and place not in before | self.gone
                self.steps[place] = step if new <= 1 or not step.freed else replace(step, freed=False, sure=False)

    def together(self, group: list[int]) -> dict[int, Step]:
        """Return the steps of those that are shown to be free together: what costs most is left out until they are."""
        most = len(group)
        while group and most - len(group) < _REACH:
            far, error = self.reach(group, self.looks)
            half = self.t * error
            if far + half <= self.epsilon:
                step = (True, True, far, max(0.0, far - half), far + half, self.fresh, len(group))
                return {place: Step(place, *step) for place in group}
            group = group[:-1]
        return {}

    def beside(self, group: Sequence[int], place: int) -> Step:
        """Return what becomes of completions where one more decision is open beside those that are free."""
        genes = self.drawn([*group, place], self.looks, place)
        if (genes[:, place] == self.chosen[place]).all():
            return Step(place, True, True, 0.0, 0.0, 0.0, self.fresh, max(1, len(group)))
        far, error = self.reach([*group, place], self.looks, place)
        half = self.t * error
        freed = far + half <= self.epsilon
        sure = freed or far - half > self.epsilon
        return Step(place, freed, sure, far, max(0.0, far - half), far + half, self.fresh, 1)

    def gathered(self) -> Settled:
        """Return what was found."""
        if len(self.steps) < len(self.places):
            self.look()
        free = sorted([*self.single, *(step.decision for step in self.steps.values() if step.freed)])
        asked = unique_rows(self.drawn(free, self.looks, len(self.chosen)))
        away = self.away(asked)
        shares = (self.away_drawn(asked, self.effort.draws, self.rng("end")) <= self.epsilon).mean(axis=1)
        shifts, errors = shifts_of(
            self.effects, asked, self.chosen, self.problem.sizes, self.effort.draws, self.rng("shifts")
        )
        met = met_of(lambda places: self.drawn(places, self.looks), free, self.chosen, self.problem.sizes)
        units = self.reference.units
        level, width = int(self.problem.sizes.max()), int((self.problem.sizes - 1).sum())
        share = float((self.noise / units).max()) * SEEN / self.epsilon
        order = sorted(self.steps.values(), key=lambda step: (not step.freed, step.far, step.decision))
        return Settled(
            kinds=kinds_of(free, met, shifts, errors, self.epsilon * units), levels=self.chosen, moved=(),
            steps=tuple(order), inside=float((away <= self.epsilon).mean()),
            inside_low=float(np.quantile(shares, 0.05)), far=float(np.quantile(away, INSIDE)), shifts=tuple(shifts),
            errors=tuple(errors), spent=self.spent, units=units, noise=self.noise / units,
            needed=math.ceil(2.0 * level * share**2) + 2 * width, epsilon=self.epsilon, distances=self.away, met=met,
            purse=self.purse.most if self.purse is not None else 0.0,
        )  # fmt: skip
