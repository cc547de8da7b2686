"""Problems with known answers: the answer is right, and a specification finds it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

from longwall.alignment.specification import Effort, Settled, settle
from longwall.alignment.specification.effects import noise_of
from longwall.alignment.specification.planted import NOISE, Planted, PlantedKind, plant
from longwall.alignment.specification.problem import Genes

KINDS: tuple[PlantedKind, ...] = ("plain", "graded", "interaction", "near")
SMALL = Effort(most=3000, replications=2, batch=16, look=4)


def small(kind: PlantedKind, seed: int = 3) -> Planted:
    """Six decisions, two of them planted, a tenth of the noise."""
    return plant(kind, seed, decisions=6, planted=2, sliding=2, noise=NOISE / 10)


def every(sizes: Genes) -> Genes:
    return np.array(list(product(*(range(int(size)) for size in sizes))), dtype=np.int64)


def smallest(problem: Planted) -> list[tuple[int, ...]]:
    """Return the smallest sets of decisions that, at some levels, keep every completion within epsilon: all subsets."""
    genes = every(problem.sizes)
    far = problem.distance(genes)
    for count in range(len(problem.sizes) + 1):
        found = []
        for places in combinations(range(len(problem.sizes)), count):
            _, at = np.unique(genes[:, places], axis=0, return_inverse=True)
            worst = np.zeros(at.max() + 1)
            np.maximum.at(worst, at.ravel(), far)
            if (worst <= problem.epsilon).any():
                found.append(places)
        if found:
            return found
    raise AssertionError("not even a whole design is on the front")


@pytest.mark.parametrize("kind", [*KINDS, "nothing", "everything"])
def test_the_planted_set_is_the_smallest_one_and_the_only_one(kind: PlantedKind) -> None:
    """By search over all subsets and all their levels; fails if harms do not reach epsilon somewhere on the front."""
    for seed in range(4):
        problem = small(kind, seed)
        assert smallest(problem) == [problem.planted]


def test_effects_are_as_large_as_they_are_said_to_be() -> None:
    """A wrong level of a planted decision costs 1.3 epsilons everywhere; all others together half of one at most."""
    problem = small("near", 5)
    genes = every(problem.sizes)
    right = (genes[:, problem.planted] == problem.best[list(problem.planted)]).all(axis=1)
    far = problem.distance(genes)
    assert far[right].max() <= 0.5 * problem.epsilon + 1e-9
    assert 1.3 * problem.epsilon - 1e-6 <= far[~right].min() <= 1.3 * problem.epsilon + 0.5 * problem.epsilon
    assert np.ptp(problem.front, axis=0) == pytest.approx(np.ones(3))


def solved(problem: Planted, seed: int = 1, effort: Effort = SMALL) -> Settled:
    return settle(problem, epsilon=problem.epsilon, least=np.full(3, 0.2), seed=seed, effort=effort)


@pytest.mark.parametrize("kind", [*KINDS, "nothing"])
def test_what_was_planted_is_named_and_completions_stay_near(kind: PlantedKind) -> None:
    problem = small(kind)
    found = solved(problem)
    assert found.fixed == problem.planted
    genes = every(problem.sizes)
    kept = (genes[:, found.fixed] == found.levels[list(found.fixed)]).all(axis=1)
    assert (problem.distance(genes[kept]) <= problem.epsilon).all(), "of all completions, not only of some"
    assert {place for place, one in enumerate(found.kinds) if one == "slides"} == set(problem.slides)


def test_where_everything_matters_nothing_is_free() -> None:
    problem = small("everything")
    found = settle(problem, epsilon=problem.epsilon, least=np.ones(3), seed=1, effort=SMALL)
    assert found.kinds == ("fix",) * 6 and found.inside == 1.0


def test_same_seed_same_bits() -> None:
    one, other = (solved(small("plain"), seed=2) for _ in range(2))
    assert one.steps == other.steps and one.spent == other.spent and (one.levels == other.levels).all()
    assert solved(small("plain"), seed=4).steps != one.steps


def test_the_effort_follows_the_noise() -> None:
    """The noise of the first batch is the planted one; a fifth of it asks for about a twenty-fifth of replications.

    Fails if what all designs meet together counts as noise, or if the effort does not depend on it.
    """
    problem = replace(small("plain"), noise=NOISE / 4)
    quiet, loud = solved(replace(problem, noise=NOISE / 20)), solved(problem)
    assert loud.noise[0] * loud.units[0] == pytest.approx(0.35 / 4, rel=0.5)
    width = 2 * int((problem.sizes - 1).sum())
    assert 5.0 < (loud.needed - width) / (quiet.needed - width) < 80.0
    assert quiet.spent < loud.spent / 2 and quiet.fixed == loud.fixed == problem.planted


def test_luck_that_designs_share_is_no_noise() -> None:
    """By hand: values are design plus luck, exactly; then one of four is off by one."""
    values = np.add.outer(np.array([1.0, 5.0]), np.array([0.0, 7.0]))[:, :, None] * np.ones(3)
    assert noise_of(values) == pytest.approx(np.zeros(3), abs=1e-12)
    values[0, 0] += 1.0
    assert noise_of(values) == pytest.approx(np.full(3, 0.5))


def test_what_can_be_free_is_tested_together() -> None:
    """Where nothing matters, one test frees everything; it says how many it was about."""
    found = solved(small("nothing"))
    assert {step.together for step in found.steps} == {6} and all(step.freed for step in found.steps)


def test_too_little_noise_free_evidence_frees_nothing_wrongly() -> None:
    """With full noise and next to no replications, what cannot be shown stays fixed, and says so."""
    problem = replace(small("plain"), noise=NOISE)
    found = solved(problem, effort=Effort(most=200, replications=2, batch=16, look=2))
    assert set(problem.planted) <= set(found.fixed)
    assert any(not step.sure for step in found.steps)


class _Refusing(Planted):
    """A problem whose constraints refuse every wrong level of the first planted decision."""

    def admits(self, genes: Genes) -> np.ndarray:
        place = self.planted[0]
        return np.asarray(genes[:, place] == self.best[place])


class _Contradicting(Planted):
    """A problem in which the wrong levels of the first planted decision contradict all but one of another's."""

    def consistent(self, genes: Genes) -> np.ndarray:
        place = self.planted[0]
        return np.asarray(genes[:, place] == self.best[place])


@pytest.mark.parametrize("kind", [_Refusing, _Contradicting])
def test_what_cannot_be_had_is_no_completion(kind: type[Planted]) -> None:
    """A level that is refused harms nobody: its decision need not be fixed."""
    problem = small("plain", 6)
    found = settle(
        kind(**vars(problem)), epsilon=problem.epsilon, least=np.full(3, 0.2), seed=1, effort=SMALL, chosen=problem.best
    )
    assert found.fixed == problem.planted[1:]


def test_a_design_off_the_front_is_moved_onto_it_with_few_changes() -> None:
    """The chosen design has a planted decision wrong: that one is moved, and named."""
    problem = small("plain", 7)
    wrong = problem.best.copy()
    place = problem.planted[0]
    wrong[place] = (wrong[place] + 1) % problem.sizes[place]
    found = settle(problem, epsilon=problem.epsilon, least=np.full(3, 0.2), seed=1, effort=SMALL, chosen=wrong)
    assert place in found.moved and found.fixed == problem.planted
    assert problem.distance(found.levels[None, :])[0] <= problem.epsilon
