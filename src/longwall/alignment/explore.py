"""Exploring the design space: warm start from single changes and pairs, evolution, local moves, racing of the front.

As prescribed by trial runs on problems with known fronts: few replications for everybody, more only for those who stand
on the front, the number growing while the budget lasts; every design that was ever tried stays in the archive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.evaluator import Evaluator
from pymoo.core.mutation import Mutation
from pymoo.core.problem import Problem
from pymoo.operators.crossover.ux import UniformCrossover
from pymoo.problems.static import StaticProblem

from longwall.alignment.fronts import by_rank, covering, first_rank
from longwall.alignment.objectives import Ledger, Scales
from longwall.alignment.space import Space
from longwall.alignment.surrogate import Surrogate, likenesses
from longwall.alignment.trials import BLOCK, Chosen, Trials, replications
from longwall.streams import generator

__all__ = ["Archive", "explore"]

_WARM_SHARE = 0.3
"""Share of the replications for single changes and pairs."""
_EVOLVE_SHARE = 0.65
"""Share after which evolution ends; the rest is racing and local moves."""
_ENOUGH = 12
"""Designs from which on the slope of the control variate is estimated."""
_LEARN_FROM = 200
"""Designs that the surrogate learns from, those on the first fronts before others."""
_POPULATION = 40
_GENERATIONS = 20
_BATCH = 24
"""Designs that are tried between two fits of the surrogate."""
_MOST_BLOCKS = 5
"""Racing stops at this many blocks (64 replications) for a design: fresh replications do the rest."""

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class _Losses:
    """Mean and variance over replications of technical and social loss, and blocks behind them."""

    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    blocks: int
    key: tuple[int, int]


class Archive:
    """Every design tried, with its mean losses and cost.

    Parameters
    ----------
    trials : Trials
        With today tried.
    scales : Scales
    ledger : Ledger
    space : Space
    """

    def __init__(self, trials: Trials, scales: Scales, ledger: Ledger, space: Space) -> None:
        self.trials, self.scales, self.ledger, self.space = trials, scales, ledger, space
        self._known: dict[Chosen, _Losses] = {}
        self._levels: dict[Chosen, NDArray[np.float64]] = {}
        self._slope_known: NDArray[np.float64] | None = None
        self._slope_at = 0
        self._learnt: tuple[Surrogate, Surrogate] | None = None
        self._learnt_at = 0

    def losses(self, chosen: Chosen) -> _Losses:
        """Return mean losses of a tried design, the variance behind them, and its blocks.

        Today serves as a control variate: what today met in the design's own replications, against all of today's, is
        taken off with one slope per side, pooled over designs. So designs with few and many blocks compare.
        """
        blocks = self.trials.blocks(chosen)
        key = (blocks, self.trials.blocks(()))
        known = self._known.get(chosen)
        if known is None or known.key != key:
            today = self._level(())
            level = self._level(chosen)
            met = today[: len(level)]
            slope = self._slope()
            left = level - slope * met
            mean = left.mean(axis=0) + (slope - 1.0) * today.mean(axis=0)
            known = self._known[chosen] = _Losses(mean, left.var(axis=0, ddof=1), blocks, key)
        return known

    def _level(self, chosen: Chosen) -> NDArray[np.float64]:
        """Return levels of a tried design, kept until it gets more blocks."""
        known = self._levels.get(chosen)
        if known is None or len(known) != replications(self.trials.blocks(chosen)):
            known = self._levels[chosen] = self.scales.level(self.trials.sample(chosen))
        return known

    def _slope(self) -> NDArray[np.float64]:
        """Return how far designs follow today's luck on each side, shape (2,), in [0, 1]; 1 until enough is known."""
        designs = self.trials.tried
        if len(designs) < _ENOUGH:
            return np.ones(2)
        if self._slope_at < len(designs) // 2 or self._slope_known is None:
            together, alone = np.zeros(2), np.full(2, 1e-300)
            for design in designs[1:]:
                level = self._level(design)
                met = self._level(())[: len(level)]
                met = met - met.mean(axis=0)
                together += (met * level).sum(axis=0)
                alone += (met * met).sum(axis=0)
            self._slope_known, self._slope_at = np.clip(together / alone, 0.0, 1.0), len(designs)
            self._known.clear()
        return self._slope_known

    def points(self, designs: Sequence[Chosen]) -> NDArray[np.float64]:
        """Return technical loss, social loss and cost of tried designs as measured, shape (n, 3)."""
        return np.array([[*self.losses(chosen).mean, self.ledger.of(chosen)[0]] for chosen in designs])

    def surrogates(self) -> tuple[Surrogate, Surrogate]:
        """Return what the tried designs teach about technical and social loss."""
        if self._learnt is None or self._learnt_at != self.trials.spent:
            designs = list(self.trials.tried)
            if len(designs) > _LEARN_FROM:
                designs = [designs[place] for place in by_rank(self.points(designs), _LEARN_FROM)]
            losses = [self.losses(design) for design in designs]
            counts = np.array([replications(loss.blocks) for loss in losses])
            means = np.array([loss.mean for loss in losses])
            inside = np.array([loss.variance for loss in losses])
            pooled = np.average(inside, axis=0, weights=counts - 1)
            own = (counts[:, None] * inside + BLOCK * pooled) / (counts + BLOCK)[:, None]
            genes = self.genes(designs)
            alike = likenesses(genes)
            fits = [Surrogate(genes, alike, means[:, side], own[:, side] / counts) for side in (0, 1)]
            self._learnt, self._learnt_at = (fits[0], fits[1]), self.trials.spent
        return self._learnt

    def expected(self, designs: Sequence[Chosen]) -> NDArray[np.float64]:
        """Return points as the surrogate expects them, for tried and untried designs, shape (n, 3)."""
        genes = self.genes(designs)
        costs = [self.ledger.of(design)[0] for design in designs]
        return np.column_stack([*(model.predict(genes) for model in self.surrogates()), costs])

    def genes(self, designs: Sequence[Chosen]) -> NDArray[np.int64]:
        """Return the choices of designs, shape (n, decisions)."""
        return np.array([self.space.genes(design) for design in designs])

    def front(self) -> list[Chosen]:
        """Return the first rank of all designs tried, today included, with noise taken out by the surrogate."""
        designs = list(self.trials.tried)
        return [design for design, kept in zip(designs, first_rank(self.expected(designs)), strict=True) if kept]


class _Evaluations:
    """Spends the budget: tries designs until it is used up."""

    def __init__(self, archive: Archive, budget: int, progress: Progress | None) -> None:
        self.archive, self.trials = archive, archive.trials
        self.budget = budget
        self._progress = progress

    def left(self, share: float = 1.0) -> int:
        """First blocks that may still be spent up to a share of the budget."""
        return max(0, int(share * self.budget) - self.trials.spent) // BLOCK

    def first(self, designs: Sequence[Chosen], share: float = 1.0) -> None:
        """Give new designs that the environment admits their first block, as far as the budget goes."""
        new: list[tuple[Chosen, int]] = []
        for design in dict.fromkeys(designs):
            if self.trials.blocks(design) == 0 and len(new) < self.left(share) and self.trials.admits(design):
                new.append((design, 1))
        self.trials.try_all(new)
        self.report("trying designs")

    def report(self, what: str) -> None:
        """Tell how far it is."""
        if self._progress is not None:
            self._progress(min(1.0, self.trials.spent / self.budget), what)


class _Reset(Mutation):  # type: ignore[misc]
    """Give each decision another choice, on average one per design."""

    def _do(  # the name of the argument is pymoo's
        self,
        problem: Problem,
        X: NDArray[np.int64],  # noqa: N803
        random_state: np.random.Generator,
        **_: object,
    ) -> NDArray[np.int64]:
        changed = random_state.random(X.shape) < 1.0 / X.shape[1]
        fresh = random_state.integers(0, problem.xu + 1, size=X.shape)
        return np.where(changed, fresh, X).astype(np.int64)


def explore(archive: Archive, *, budget: int, seed: int, progress: Progress | None = None) -> Archive:
    """Return the archive after spending up to `budget` replications on its space.

    Parameters
    ----------
    archive : Archive
        With today tried; anything else in it is used.
    budget : int
        Replications in all, counting what the archive has spent already.
    seed : int
        Of the evolution; the simulated luck has the trials' own.

    Notes
    -----
    Warm start: single changes, then pairs of those that are on the front of the single ones. Evolution: NSGA-II (Deb,
    Pratap, Agarwal and Meyarivan 2002) on a surrogate of the losses; what it proposes gets one block each. Racing:
    members of the first rank get blocks up to a level that doubles; whoever replaces them is raced in turn; in between,
    neighbours of front members are tried.
    """
    space, spend = archive.space, _Evaluations(archive, budget, progress)
    _warm(space, spend)
    _evolve(space, spend, seed)
    _race(space, spend)
    return archive


def _warm(space: Space, spend: _Evaluations) -> None:
    """Try single changes, then pairs of the best of them."""
    singles = [space.settle([name]) for name in space.interventions]
    spend.first(singles, _WARM_SHARE)
    tried = [design for design in dict.fromkeys(singles) if spend.trials.blocks(design)]
    if len(tried) < 2:
        return
    order = by_rank(spend.archive.points(tried), len(tried))
    best = [tried[place] for place in order]
    pairs = [
        space.settle([*one, *other])
        for reach in range(1, len(best))
        for one, other in ((best[i], best[reach]) for i in range(reach))
        if all(space.together(a, b) for a in one for b in other)
    ]
    spend.first(pairs, _WARM_SHARE)


def _evolve(space: Space, spend: _Evaluations, seed: int) -> None:
    """Let NSGA-II search on the surrogate, try what it proposes, learn, and again, until the share is spent.

    A space that the share can pay for is tried whole instead.
    """
    if space.size <= spend.left(_EVOLVE_SHARE):
        spend.first([space.design(genes) for genes in product(*(range(int(size)) for size in space.sizes))])
        return
    rounds = 0
    while spend.left(_EVOLVE_SHARE):
        fresh = _proposals(space, spend, int(generator(seed, "alignment", "evolution", rounds).integers(2**31)))
        before = len(spend.trials.tried)
        spend.first(fresh[:_BATCH], _EVOLVE_SHARE)
        rounds += 1
        if len(spend.trials.tried) == before:
            return


def _proposals(space: Space, spend: _Evaluations, seed: int) -> list[Chosen]:
    """Return untried designs that the surrogate puts on the front, so ordered that the first few cover it."""
    archive = spend.archive
    models = archive.surrogates()
    tried = list(spend.trials.tried)
    order = by_rank(archive.points(tried), _POPULATION // 2)
    draw = np.random.default_rng(seed)
    start = [space.genes(tried[place]) for place in order]
    start += list(draw.integers(0, space.sizes, size=(_POPULATION - len(start), len(space.sizes))))
    problem = Problem(n_var=len(space.sizes), n_obj=3, xl=0, xu=space.sizes - 1, vtype=int)
    algorithm = NSGA2(
        pop_size=_POPULATION, sampling=np.array(start), crossover=UniformCrossover(), mutation=_Reset(prob=1.0),
        eliminate_duplicates=True,
    )  # fmt: skip
    algorithm.setup(problem, seed=seed, termination=("n_gen", _GENERATIONS), verbose=False)
    seen: dict[Chosen, NDArray[np.float64]] = {}
    while algorithm.has_next():
        population = algorithm.ask()
        if population is None or len(population) == 0:
            break
        designs = [space.design([int(gene) for gene in genes]) for genes in population.get("X")]
        genes = archive.genes(designs)
        costs = [archive.ledger.of(design)[0] for design in designs]
        points = np.column_stack([*(model.predict(genes) for model in models), costs])
        seen.update(zip(designs, points, strict=True))
        Evaluator().eval(StaticProblem(problem, F=points), population)
        algorithm.tell(infills=population)
    designs = list(seen)
    points = np.array([seen[design] for design in designs])
    front = [place for place in np.flatnonzero(first_rank(points)) if not spend.trials.blocks(designs[place])]
    admitted = [place for place in front if spend.trials.admits(designs[place])]
    return [designs[admitted[place]] for place in covering(points[admitted], _BATCH)] if admitted else []


def _race(space: Space, spend: _Evaluations) -> None:
    """Confirm whoever stands on the front at a level that doubles, and try the neighbours of the front."""
    level = 2
    while spend.left() and level <= _MOST_BLOCKS:
        front = spend.archive.front()
        behind = [design for design in front if spend.trials.blocks(design) < level]
        if behind:
            cost = replications(level) - replications(level - 1)
            most = max(1, spend.left() * BLOCK // cost)
            spend.trials.try_all([(design, level) for design in behind[:most]])
            spend.report("comparing the best")
            continue
        fresh: dict[Chosen, None] = {}
        for design in front:
            for other in space.neighbours(design):
                if not spend.trials.blocks(other):
                    fresh[other] = None
        before = len(spend.trials.tried)
        spend.first(list(fresh)[: max(8, spend.left() // 4)])
        if len(spend.trials.tried) == before or level >= 3:
            level += 1
