"""Which decisions must be fixed? Screening, a covering front, then elimination backward with fresh completions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from longwall.alignment.exploring.fronts import first_rank
from longwall.alignment.specification.covering import best_of_levels, central, front_of
from longwall.alignment.specification.distance import from_front, ranges, unique_rows, worth_having
from longwall.alignment.specification.effects import Effects, Evidence
from longwall.alignment.specification.problem import Effort, Genes, Problem, completions, spread
from longwall.streams import generator

__all__ = ["Kind", "Settled", "Step", "settle"]

Kind = Literal["fix", "yours", "slides"]
"""``fix``: it must be fixed; ``yours``: free; ``slides``: free, but it chooses where on the front one lands."""

Progress = Callable[[float, str], None]

_INSIDE = 0.95
"""Share of completions that must stay within epsilon."""
_WRONG = 0.05
"""Chance that any decision at all is left free although it must not be (one-sided, over all steps: Bonferroni)."""
_SEEN = 3.0
"""Standard errors that epsilon must measure on a side before a decision that shows nothing counts as doing nothing:
about 2.7 for what the selection of terms demands, the rest for the chance to meet it."""
_BEYOND = 2.0
"""Standard errors from which a shift along the front is beyond noise."""
_CELL = 0.25
"""Cells of the front's grid, in epsilons."""


@dataclass(frozen=True)
class Step:
    """One step of the elimination: may this decision be free beside those freed before it?

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
        Fresh ones that were simulated for it.
    """

    decision: int
    freed: bool
    sure: bool
    far: float
    low: float
    high: float
    completions: int


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
    effects: Effects
    front: Genes
    epsilon: float

    @property
    def fixed(self) -> tuple[int, ...]:
        """Decisions that must be fixed, in order."""
        return tuple(place for place, kind in enumerate(self.kinds) if kind == "fix")

    @property
    def free(self) -> tuple[int, ...]:
        """Decisions that are the team's own, in order."""
        return tuple(place for place, kind in enumerate(self.kinds) if kind != "fix")

    def distances(self, genes: Genes) -> NDArray[np.float64]:
        """Return how far designs are from the front, in ranges, by the surrogate, shape (n,)."""
        return from_front(self.effects.points(genes), self.effects.points(self.front), self.units)


class _Gate:
    """A problem whose constraints are asked only of what is simulated, until they have refused something.

    To ask costs as much as to build a design; where hundreds of random designs were all allowed, others are too.
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
class _Work:
    """What the steps share: the problem, what is known, and what was spent."""

    problem: _Gate
    epsilon: float
    least: NDArray[np.float64]
    effort: Effort
    seed: int
    chosen: Genes
    progress: Progress | None
    known: Evidence = field(init=False)
    effects: Effects = field(init=False)
    front: Genes = field(init=False)
    units: NDArray[np.float64] = field(init=False)
    spent: int = 0
    batches: int = 0

    def __post_init__(self) -> None:
        self.known = Evidence(self.problem.sizes)

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
        self.known.add(genes, self.problem.measure(genes, replications, luck))
        self.spent += len(genes) * replications
        if self.progress is not None:
            self.progress(min(0.99, self.spent / self.effort.most), "completing designs")
        return len(genes)

    def learn(self) -> None:
        """Fit the surrogate to all that is known, and look for its front."""
        self.effects = self.known.fit()
        start = getattr(self, "front", None)
        cell = _CELL * self.epsilon
        front = front_of(self.problem, self.effects, self.chosen, cell, self.rng("front", self.batches), start)
        self.front = front[worth_having(self.effects.points(front), self.least, self.epsilon)]

    def measured(self) -> NDArray[np.float64]:
        """Return the units of the three sides by the front as it is known now."""
        return ranges(self.effects.points(self.front), self.least)

    def far(self, genes: Genes) -> float:
        """Return the distance that 95% of designs keep, by the surrogate."""
        points = self.effects.points(self.front)
        return float(np.quantile(from_front(self.effects.points(genes), points, self.units), _INSIDE))


def settle(
    problem: Problem, *, epsilon: float, least: NDArray[np.float64], seed: int, chosen: Genes | None = None,
    effort: Effort | None = None, progress: Progress | None = None,
) -> Settled:  # fmt: skip
    """Return the smallest set of decisions found that keeps 95% of the completions of the rest within epsilon.

    Parameters
    ----------
    epsilon : float
        Distance from the front that is still good enough, as a share of the front's range on each side (see
        `from_front`), > 0.
    least : ndarray, shape (3,)
        Least range of each side, in its own unit, > 0.
    seed : int
        The same seed gives the same bits.
    chosen : ndarray of int, shape (decisions,), optional
        Design whose levels the fixed decisions take; default: the design in the middle of the front.

    Notes
    -----
    The front is that of the whole space; the levels are those of one design on it. So a decision that trades one side
    against another is free, but chooses where one lands, and a decision that only wastes is fixed.

    Each decision is tested once, the least important first, beside all that are free by then, with completions drawn
    and simulated for that test. It is freed where the distance that 95% of completions keep is within epsilon beyond
    noise, at 5% over all tests together. Freeing more never takes completions away, so what fails once stays fixed.
    The set is minimal: none of it can be freed alone; that no other set is smaller is not shown.
    """
    effort = effort or Effort()
    start = np.zeros(len(problem.sizes), dtype=np.int64) if chosen is None else chosen
    work = _Work(_Gate(problem), epsilon, least, effort, seed, start, progress)
    given = work.chosen.copy() if chosen is not None else None
    _screen(work, given)
    _place(work, given)
    _complete(work)
    _place(work, given)
    steps = _eliminate(work, given)
    return _gathered(work, given, steps)


def _screen(work: _Work, given: Genes | None) -> None:
    """Measure designs all over the space until an epsilon would show, then the covering front; fix the units."""
    effort, looked = work.effort, 0
    near = given is not None
    while work.spent < effort.screening * effort.most:
        got = work.measure(
            spread(work.problem, work.chosen, effort.batch, work.rng("screen", work.batches, looked), near=near),
            effort.replications,
        )
        looked += 1
        if not got and looked > 4 * effort.most // (effort.batch * effort.replications):
            break
        if looked % effort.look == 0 and np.isfinite(work.known.errors()).all():
            work.learn()
            if (work.known.errors() * _SEEN <= work.epsilon * work.measured()).all():
                break
    work.learn()
    work.units = work.measured()
    cover = best_of_levels(work.problem, work.effects, work.front, work.units, work.chosen, work.rng("cover"))
    work.measure(cover, max(effort.replications, round(effort.covering * work.spent / len(cover))))
    work.learn()
    work.units = work.measured()


def _place(work: _Work, given: Genes | None) -> None:
    """Stand on the front: at the design given, or, where that is not within epsilon, at the nearest that is."""
    if given is None:
        work.chosen = central(work.effects, work.front, work.units)
    elif _own(work, given) > work.epsilon:
        work.chosen = _nearest(work, given)


def _own(work: _Work, design: Genes) -> float:
    """Return how far a design itself is from the front, by the surrogate."""
    points = work.effects.points(work.front)
    return float(from_front(work.effects.points(design[None, :]), points, work.units)[0])


def _nearest(work: _Work, design: Genes) -> Genes:
    """Return the design of the front that differs from a design in the fewest decisions, then the least."""
    idle = [place for place in range(len(design)) if place not in work.effects.active]
    near = work.front.copy()
    near[:, idle] = design[idle]
    near = near[work.problem.consistent(near)]
    near = near[work.problem.admits(near)] if len(near) else near
    near = near if len(near) else work.front
    gaps = np.abs(work.effects.points(near) - work.effects.points(design[None, :])) / work.units
    found: Genes = near[int(np.lexsort((gaps.max(axis=1), (near != design).sum(axis=1)))[0])]
    return found


def _complete(work: _Work) -> None:
    """Measure completions of what the surrogate would free, until an epsilon would show on each of it."""
    effort, looked = work.effort, 0
    while work.spent < effort.completing * effort.most:
        if looked % max(1, effort.look // 2) == 0:
            work.learn()
            free = _freeable(work, work.rng("freeable", looked))
            errors = work.known.errors()[free] * _SEEN
            if (errors <= work.epsilon * work.units).all():
                break
        genes = completions(work.problem, work.chosen, free, effort.batch, work.rng("complete", looked))
        looked += 1
        if not work.measure(genes, effort.replications) and looked > 100:
            break


def _freeable(work: _Work, rng: np.random.Generator) -> list[int]:
    """Return what could be free by the surrogate alone, the least important first."""
    left = [place for place, size in enumerate(work.problem.sizes) if size > 1]
    free: list[int] = []
    while left:
        far = {
            place: work.far(completions(work.problem, work.chosen, [*free, place], work.effort.drawn, rng))
            for place in left
        }
        place = min(left, key=lambda one: (far[one], one))
        if far[place] > work.epsilon:
            break
        left.remove(place)
        free.append(place)
    return sorted(free)


def _eliminate(work: _Work, given: Genes | None) -> list[Step]:
    """Test each decision once, the least important first; return the steps in their order.

    Where no design was given, the one stood on moves with the front as it is better known.
    """
    left = [place for place, size in enumerate(work.problem.sizes) if size > 1]
    free: list[int] = [place for place, size in enumerate(work.problem.sizes) if size == 1]
    steps: list[Step] = []
    z = float(-ndtri(_WRONG / max(1, len(left))))
    while left:
        if given is None and _own(work, work.chosen) > _CELL * work.epsilon:
            work.chosen = _nearest(work, work.chosen)
        far = {
            place: work.far(
                completions(work.problem, work.chosen, [*free, place], work.effort.drawn, work.rng("order", len(steps)))
            )
            for place in left
        }
        place = min(left, key=lambda one: (far[one], one))
        step = _tested(work, free, place, z, len(steps))
        steps.append(step)
        left.remove(place)
        if step.freed:
            free.append(place)
    return steps


def _drawn(work: _Work, free: list[int], rng: np.random.Generator) -> Genes:
    """Return completions to ask the surrogate about, those that the constraints refuse left out."""
    genes = unique_rows(completions(work.problem, work.chosen, free, work.effort.drawn, rng))
    allowed = genes[work.problem.admits(genes)]
    return allowed if len(allowed) else work.chosen[None, :]


def _tested(work: _Work, free: list[int], place: int, z: float, number: int) -> Step:
    """Test one decision with fresh completions until the answer is beyond noise or the attempts are used up."""
    done, freed, sure = 0, False, False
    far, low, high = 0.0, 0.0, np.inf
    for attempt in range(work.effort.attempts):
        for part in range(1 << max(0, attempt - 1)):
            if done and work.spent >= work.effort.most:
                break
            rng = work.rng("fresh", number, attempt, part)
            genes = completions(work.problem, work.chosen, [*free, place], work.effort.batch, rng)
            done += work.measure(genes, work.effort.replications)
        work.learn()
        asked = _drawn(work, [*free, place], work.rng("asked", number))
        found = _under_draws(work, asked, work.rng("draws", number, attempt))
        far, noise = work.far(asked), float(found.std(ddof=1))
        low, high = max(0.0, far - z * noise), far + z * noise
        shown = bool((work.known.errors()[place] * _SEEN <= work.epsilon * work.units).all())
        freed, sure = high <= work.epsilon and shown, low > work.epsilon
        if freed or sure or work.spent >= work.effort.most:
            break
    return Step(place, freed, freed or sure, far, low, high, done)


def _under_draws(work: _Work, genes: Genes, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the distance that 95% of designs keep, under each draw of what the surrogate does not know."""
    noise = work.effects.noise(work.effort.draws, rng)
    fronts = work.effects.drawn(work.front, noise)
    asked = work.effects.drawn(genes, noise)
    return np.array(
        [
            np.quantile(from_front(points, front[first_rank(front)], work.units), _INSIDE)
            for points, front in zip(asked, fronts, strict=True)
        ]
    )


def _gathered(work: _Work, given: Genes | None, steps: list[Step]) -> Settled:
    """Say of each decision which kind it is, and how many random completions stay within epsilon."""
    free = [step.decision for step in steps if step.freed]
    free += [place for place, size in enumerate(work.problem.sizes) if size == 1]
    asked = _drawn(work, sorted(free), work.rng("end"))
    points = work.effects.points(work.front)
    away = from_front(work.effects.points(asked), points, work.units)
    shifts, errors = _shifts(work, asked)
    noise = work.effects.noise(work.effort.draws, work.rng("end", 1))
    shares = [
        float((from_front(one, front[first_rank(front)], work.units) <= work.epsilon).mean())
        for one, front in zip(
            work.effects.drawn(asked, noise), work.effects.drawn(work.front, noise), strict=True
        )
    ]  # fmt: skip
    kinds: list[Kind] = ["fix"] * len(work.problem.sizes)
    for place in free:
        kinds[place] = "slides" if _slides(shifts[place], errors[place], work.epsilon * work.units) else "yours"
    moved = tuple(int(place) for place in np.flatnonzero(given != work.chosen)) if given is not None else ()
    return Settled(
        kinds=tuple(kinds), levels=work.chosen, moved=moved, steps=tuple(steps),
        inside=float((away <= work.epsilon).mean()), inside_low=float(np.quantile(shares, 0.05)),
        far=float(np.quantile(away, _INSIDE)), shifts=tuple(shifts), errors=tuple(errors), spent=work.spent,
        units=work.units,
        effects=work.effects, front=work.front, epsilon=work.epsilon,
    )  # fmt: skip


def _shifts(work: _Work, asked: Genes) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    """Return the mean change of each side by each level of each decision over completions, and its standard error."""
    shifts, errors = [], []
    noise = work.effects.noise(work.effort.draws, work.rng("shifts"))
    for place, size in enumerate(work.problem.sizes):
        base = asked.copy()
        base[:, place] = work.chosen[place]
        before, drawn_before = work.effects.points(base), work.effects.drawn(base, noise)
        shift, error = np.zeros((int(size), 3)), np.zeros((int(size), 3))
        for level in range(int(size)):
            moved = base.copy()
            moved[:, place] = level
            shift[level] = (work.effects.points(moved) - before).mean(axis=0)
            error[level] = (work.effects.drawn(moved, noise) - drawn_before).mean(axis=1).std(axis=0, ddof=1)
        shifts.append(shift)
        errors.append(error)
    return shifts, errors


def _slides(shift: NDArray[np.float64], error: NDArray[np.float64], limit: NDArray[np.float64]) -> bool:
    """Whether some level moves some side beyond noise and beyond what counts as near."""
    return bool(((np.abs(shift) > _BEYOND * error) & (np.abs(shift) > limit)).any())
