"""Problems in which it is known exactly what must be fixed, to hold a specification to account.

Some decisions slide along a flat front, a few planted ones cost distance from it, the others next to none. Distance is
the additive epsilon of the exact values against the exact front, found by enumeration of the sliding decisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.specification.distance import from_front, worth_having
from longwall.alignment.specification.problem import Genes
from longwall.alignment.specification.reference import Reference

__all__ = ["NOISE", "Planted", "plant"]

PlantedKind = Literal["plain", "graded", "interaction", "near", "nothing", "everything"]

NOISE = np.array([0.35, 0.12, 0.02])
"""Coefficient of variation of one replication: technical, social, cost, as simulated replications of a desk have it."""
_NEAREST = 1.3
"""Effect of a planted decision at its least, in epsilons."""
_TOGETHER = 0.5
"""Effect of all others together at its greatest, in epsilons."""
_DIRECTIONS = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 1.0, 0.0))


@dataclass(frozen=True)
class _Harm:
    """What some decisions add to the sides, by their levels: an array with one axis per decision, then the sides."""

    decisions: tuple[int, ...]
    table: NDArray[np.float64]


@dataclass(frozen=True)
class Planted:
    """A problem (`Problem`) with its answer.

    Parameters
    ----------
    sizes : ndarray of int, shape (decisions,)
    slides : dict of int to ndarray, shape (levels, 3)
        Shifts along the front by decision; their sum over the sides is zero, so none dominates another.
    harms : tuple of _Harm
        In units of the exact ranges; >= 0.
    planted : tuple of int
        What must be fixed, in order.
    best : ndarray of int, shape (decisions,)
        A design on the front.
    noise : ndarray, shape (3,)
        Coefficient of variation of one replication.
    """

    sizes: Genes
    slides: dict[int, NDArray[np.float64]]
    harms: tuple[_Harm, ...]
    planted: tuple[int, ...]
    best: Genes
    epsilon: float
    noise: NDArray[np.float64]

    @property
    def front(self) -> NDArray[np.float64]:
        """The exact front, shape (combinations of the sliding decisions, 3)."""
        return _slid(self.slides)

    def points(self, genes: Genes) -> NDArray[np.float64]:
        """Return exact values, shape (n, 3); the ranges of the front are 1."""
        found = np.ones((len(genes), 3))
        for place, shifts in self.slides.items():
            found += shifts[genes[:, place]]
        for harm in self.harms:
            found += harm.table[tuple(genes[:, place] for place in harm.decisions)]
        return found

    def distance(self, genes: Genes) -> NDArray[np.float64]:
        """Return the exact distance of designs from the front, in ranges, shape (n,)."""
        return from_front(self.points(genes), self.front, np.ones(3))

    def reference(self, error: float, seed: int) -> Reference:
        """Return the front as one sees it from the best design, where a search confirmed it with some noise.

        Parameters
        ----------
        error : float
            Standard error of the technical and social value of each design against the best one, >= 0.
        """
        away = self.front - self.points(self.best[None, :])
        at = int(np.argmin(np.abs(away).sum(axis=1)))
        members = np.concatenate([np.zeros((1, 3)), np.delete(away, at, axis=0)])
        errors = np.full_like(members, error) * np.array([1.0, 1.0, 0.0])
        errors[0] = 0.0
        members += errors * np.random.default_rng([seed, 3]).standard_normal(members.shape)
        return Reference(members, errors, np.eye(len(members)), np.ones(3))

    def measure(self, genes: Genes, replications: int, seed: int) -> NDArray[np.float64]:
        """Return noisy values, shape (n, replications, 3); no luck is common, which is the hardest case."""
        exact = self.points(genes)[:, None, :]
        normal = np.random.default_rng(seed).standard_normal((len(genes), replications, 3))
        return exact * (1.0 + self.noise * normal)

    def consistent(self, genes: Genes) -> NDArray[np.bool_]:
        """Return that no levels contradict each other."""
        return np.ones(len(genes), dtype=np.bool_)

    def admits(self, genes: Genes) -> NDArray[np.bool_]:
        """Return that nothing is refused."""
        return np.ones(len(genes), dtype=np.bool_)


def plant(
    kind: PlantedKind, seed: int, *, decisions: int = 12, planted: int = 3, sliding: int = 4, epsilon: float = 0.05,
    noise: NDArray[np.float64] = NOISE,
) -> Planted:  # fmt: skip
    """Return one problem.

    Parameters
    ----------
    kind : str
        ``plain``: any wrong level of a planted decision costs 2 to 4 epsilons. ``graded``: the cost grows with the
        level, to 2 to 4 epsilons. ``interaction``: two of the planted decisions act together only, neither has an
        effect on average. ``near``: one costs 1.3 epsilons. ``nothing``: none is planted. ``everything``: all are,
        and none slides.
    planted : int
        Decisions that must be fixed, >= 2 with an interaction.
    sliding : int
        Decisions that slide along the front.
    """
    rng = np.random.default_rng([seed, 20 + len(kind)])
    sizes = rng.integers(2, 5, size=decisions)
    order = [int(place) for place in rng.permutation(decisions)]
    if kind == "nothing":
        planted = 0
    if kind == "everything":
        planted, sliding = decisions, 0
    chosen, sliders, others = order[:planted], order[planted : planted + sliding], order[planted + sliding :]
    if kind == "interaction":
        sizes[chosen[:2]] = rng.choice([2, 4], size=2)
    if kind == "graded":
        sizes[chosen] = rng.integers(3, 5, size=planted)
    best = np.array([rng.integers(size) for size in sizes], dtype=np.int64)
    while True:
        slides = _slides(sliders, sizes, rng)
        front = _slid(slides)
        if worth_having(front, np.full(3, 1e-9), epsilon).all():
            break
    harms = _planted_harms(kind, chosen, sizes, best, front, epsilon, rng)
    harms += _slight_harms(others, sizes, best, epsilon, rng)
    return Planted(sizes, slides, tuple(harms), tuple(sorted(chosen)), best, epsilon, noise)


def _slides(sliders: list[int], sizes: Genes, rng: np.random.Generator) -> dict[int, NDArray[np.float64]]:
    """Return shifts of the sliding decisions, so scaled that the front's range is 1 on each side."""
    raw = {}
    for place in sliders:
        direction = rng.standard_normal(3)
        steps = np.linspace(0.0, 1.0, int(sizes[place])) + 0.2 * rng.random(int(sizes[place]))
        raw[place] = np.outer(steps - steps.mean(), direction - direction.mean())
    if not raw:
        return raw
    points = _slid(raw)
    span = points.max(axis=0) - points.min(axis=0)
    return {place: shifts / span for place, shifts in raw.items()}


def _slid(slides: dict[int, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the values of all combinations of the sliding decisions, shape (combinations, 3)."""
    return np.array([1.0 + sum(rows, np.zeros(3)) for rows in product(*slides.values())])


def _planted_harms(
    kind: PlantedKind, chosen: list[int], sizes: Genes, best: Genes, front: NDArray[np.float64], epsilon: float,
    rng: np.random.Generator,
) -> list[_Harm]:  # fmt: skip
    """Return harms of the planted decisions: wherever on the front, a wrong level costs the distance that is meant."""
    found = []
    for number, place in enumerate(chosen):
        size, target = int(sizes[place]), float(rng.uniform(2.0, 4.0)) * epsilon
        if kind == "near" and number == 0:
            target = _NEAREST * epsilon
        unit = _reaching(front, np.array(_DIRECTIONS[int(rng.integers(3))]), target)
        if kind == "interaction" and number < 2:
            if number == 0:
                pair = (place, chosen[1])
                odd = (np.arange(size)[:, None] + np.arange(int(sizes[pair[1]]))[None, :]) % 2
                wrong = odd != (best[place] + best[pair[1]]) % 2
                found.append(_Harm(pair, wrong[:, :, None] * unit))
            continue
        levels = np.arange(size) != best[place]
        if kind == "graded":
            best[place] = 0 if rng.random() < 0.5 else size - 1
            levels = np.abs(np.arange(size) - best[place]) / (size - 1.0)
        found.append(_Harm((place,), np.asarray(levels, dtype=np.float64)[:, None] * unit))
    return found


def _slight_harms(
    others: list[int], sizes: Genes, best: Genes, epsilon: float, rng: np.random.Generator
) -> list[_Harm]:  # fmt: skip
    """Return harms of the other decisions, at most half an epsilon together on any side."""
    shares = rng.dirichlet(np.ones(len(others))) if others else np.zeros(0)
    found = []
    for place, share in zip(others, shares, strict=True):
        levels = rng.random(int(sizes[place]))
        levels[best[place]] = 0.0
        levels /= max(levels.max(), 1e-12)
        direction = np.array(_DIRECTIONS[int(rng.integers(3))])
        found.append(_Harm((place,), np.outer(levels, direction) * float(share) * _TOGETHER * epsilon))
    return found


def _reaching(front: NDArray[np.float64], direction: NDArray[np.float64], target: float) -> NDArray[np.float64]:
    """Return the harm along a direction whose distance is `target` where on the front it is least (bisection)."""
    low, high = 0.0, 1.0
    while float(from_front(front + high * direction, front, np.ones(3)).min()) < target:
        low, high = high, 2.0 * high
    for _ in range(40):
        middle = (low + high) / 2.0
        if float(from_front(front + middle * direction, front, np.ones(3)).min()) < target:
            low = middle
        else:
            high = middle
    return high * direction
