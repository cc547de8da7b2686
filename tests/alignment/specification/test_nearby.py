"""What must be fixed near a design whose front is known: planted problems, the purse, and what leaves no choice."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.alignment.specification import Effort, Settled
from longwall.alignment.specification.nearby import settle_near
from longwall.alignment.specification.planted import NOISE, Planted, PlantedKind, plant
from longwall.alignment.specification.problem import Genes, Purse, completions
from longwall.alignment.specification.reference import reference_of
from longwall.worksystem import Estimate

EFFORT = Effort(most=2400, replications=2, batch=16, look=2)


def solved(problem: Planted, seed: int = 1, effort: Effort = EFFORT, **more: object) -> Settled:
    return settle_near(
        problem, problem.best, problem.reference(0.01, seed), epsilon=problem.epsilon, seed=seed, effort=effort, **more
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["graded", "interaction", "near", "nothing", "everything"])
def test_what_was_planted_is_named_whatever_the_kind(kind: PlantedKind) -> None:
    """Nothing planted: all is free; everything: nothing is. Fails if what was never measured counts as harmless."""
    problem = plant(kind, 9100, decisions=8, planted=3, sliding=2, noise=NOISE / 10)
    found = solved(problem)
    assert found.fixed == problem.planted
    assert all(step.sure for step in found.steps)
    assert found.inside == 1.0
    assert {place for place, one in enumerate(found.kinds) if one == "slides"} == set(problem.slides)


def test_same_seed_same_bits_and_it_ends_when_all_is_settled() -> None:
    problem = plant("plain", 9101, decisions=6, planted=2, sliding=2, noise=NOISE / 20)
    one, other = solved(problem), solved(problem)
    assert one.steps == other.steps and one.spent == other.spent < EFFORT.most


def test_with_next_to_nothing_spent_nothing_is_freed_wrongly() -> None:
    """With full noise what cannot be shown stays fixed, and says so."""
    problem = plant("plain", 9102, decisions=6, planted=2, sliding=2)
    found = solved(problem, effort=Effort(most=120, replications=2, batch=16, look=2))
    assert set(problem.planted) <= set(found.fixed)
    assert any(not step.sure for step in found.steps)


@dataclass(frozen=True)
class _Contradicting(Planted):
    """The wrong levels of the first planted decision go with no wrong level of the second."""

    def consistent(self, genes: Genes) -> np.ndarray:
        one, other = self.planted[:2]
        return np.asarray((genes[:, one] == self.best[one]) | (genes[:, other] == self.best[other]))


class _Impossible(Planted):
    """Nothing but the best level of the first planted decision can be had."""

    def consistent(self, genes: Genes) -> np.ndarray:
        return np.asarray(genes[:, self.planted[0]] == self.best[self.planted[0]])


def test_what_leaves_no_choice_is_neither_fixed_nor_free() -> None:
    problem = plant("plain", 9103, decisions=6, planted=2, sliding=2, noise=NOISE / 20)
    found = solved(_Impossible(**vars(problem)))
    assert found.kinds[problem.planted[0]] == "follows"
    assert found.fixed == problem.planted[1:]


def test_designs_that_contradict_themselves_keep_all_that_fits() -> None:
    """Of two levels that exclude each other one is kept, in about half of the designs each; nothing else gives way."""
    problem = _Contradicting(**vars(plant("plain", 9104, decisions=6, planted=2, sliding=2)))
    rng = np.random.default_rng(1)
    genes = completions(problem, problem.best, range(6), 2000, rng)
    assert problem.consistent(genes).all()
    one, other = ((genes[:, place] != problem.best[place]).mean() for place in problem.planted)
    rest = next(place for place in range(6) if place not in problem.planted)
    assert one > 0.2 and other > 0.2
    assert (genes[:, rest] != problem.best[rest]).mean() == pytest.approx(1 - 1 / problem.sizes[rest], abs=0.05)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_completions_keep_within_the_purse_and_use_it(seed: int, halves: int) -> None:
    """None spends more; none could take up one more of the things it gave up (fails if all are given back)."""
    most, problem = halves / 2.0, plant("nothing", 9105, decisions=8, sliding=2)
    extras = tuple(np.where(np.arange(size) == problem.best[place], 0.0, 1.0)
                   for place, size in enumerate(problem.sizes))  # fmt: skip
    purse, rng = Purse(extras, most), np.random.default_rng(seed)
    genes = completions(problem, problem.best, range(8), 200, rng, purse)
    spent = purse.spent(genes)
    assert (spent <= most + 1e-6).all()
    if most >= 1.0:
        assert spent.max() == min(8, np.floor(most))
    else:
        assert (spent == 0.0).all(), "each costs more than the purse: none is paid from it"


def test_what_costs_more_than_the_purse_alone_is_not_paid_from_it() -> None:
    purse = Purse((np.array([0.0, 3.0]), np.array([0.0, 30.0])), 10.0)
    assert purse.spent(np.array([[1, 1], [1, 0], [0, 1]])).tolist() == [3.0, 3.0, 0.0]


@dataclass(frozen=True)
class _At:
    design: str
    technical: Estimate
    social: Estimate
    cost: float


def at(name: str, technical: float, social: float, cost: float) -> _At:
    sides = [Estimate(value=side, low=side - 0.01, high=side + 0.01, footing="fitted") for side in (technical, social)]
    return _At(name, sides[0], sides[1], cost)


FRONT = (at("a", -0.4, 0.0, 100.0), at("b", 0.0, -0.4, 100.0), at("bad", 0.0, 0.0, 100.0))


def test_the_front_as_a_design_sees_it_by_hand() -> None:
    """Half way between two designs is near; waste is as far as it wastes; an even trade beyond the front is near."""
    seen = reference_of(FRONT, "a", np.array([0.1, 0.1, 50.0]), 0.05)
    assert seen.units == pytest.approx([0.4, 0.4, 50.0])
    moved = np.array([[0.0, 0.0, 0.0], [0.2, -0.2, 0.0], [0.1, 0.0, 0.0], [0.0, 0.0, 25.0], [-0.1, 0.1, 0.0],
                      [-0.04, 0.0, 25.0]])  # fmt: skip
    assert seen.far(moved) == pytest.approx([0.0, 0.0, 0.125, 0.5, 0.0, 0.4])
    still = seen.far_drawn(moved[None], np.zeros((1, *seen.members.shape)))
    assert still[0] == pytest.approx(seen.far(moved))


def test_a_design_that_is_not_on_the_front_is_seen_from_there_all_the_same() -> None:
    seen = reference_of(FRONT, "bad", np.array([0.1, 0.1, 50.0]), 0.05)
    assert seen.far(np.zeros((1, 3))) == pytest.approx([0.0])
    assert len(seen.members) == 3


def test_changes_of_the_design_join_a_few_at_a_time() -> None:
    """All decisions count as its changes: the answer is the same, it only takes more looks."""
    problem = replace(plant("graded", 9106, decisions=6, planted=2, sliding=1), noise=NOISE / 20)
    found = solved(problem, taken=range(6))
    assert found.fixed == problem.planted
