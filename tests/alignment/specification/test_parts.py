"""Distance, effects and the tree, against closed forms and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.alignment.exploring.fronts import first_rank
from longwall.alignment.specification.distance import from_front, front_rows, ranges, unique_rows, worth_having
from longwall.alignment.specification.effects import Evidence
from longwall.alignment.specification.explain import grow, leaves, used

ONES = np.ones(3)


def test_distance_of_a_line_by_hand() -> None:
    """Front (0, 1), (1, 0): (1, 1) must be granted 1 against either; (0, 1) nothing; (0.2, 1.3) is behind by 0.3."""
    front = np.array([[0.0, 1.0], [1.0, 0.0]])
    points = np.array([[1.0, 1.0], [0.0, 1.0], [0.2, 1.3], [-1.0, -1.0]])
    assert from_front(points, front, np.ones(2)) == pytest.approx([1.0, 0.0, 0.3, 0.0])
    assert from_front(points, front, np.array([2.0, 1.0])) == pytest.approx([0.5, 0.0, 0.3, 0.0])
    assert ranges(front, np.array([0.1, 3.0])) == pytest.approx([1.0, 3.0])


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 700))
def test_rows_of_a_front_are_its_first_rank_once_each(seed: int, count: int) -> None:
    """A second implementation; with ties."""
    points = np.random.default_rng(seed).integers(0, 12, size=(count, 3)).astype(float)
    rows = front_rows(points)
    assert {tuple(row) for row in points[rows]} == {tuple(row) for row in points[first_rank(points)]}
    assert len(rows) == len({tuple(row) for row in points[rows]})


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(0, 60), st.integers(1, 5))
def test_unique_rows_are_those_of_numpy(seed: int, count: int, width: int) -> None:
    genes = np.random.default_rng(seed).integers(0, 3, size=(count, width))
    assert (unique_rows(genes) == np.unique(genes, axis=0)).all()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 40))
def test_distance_is_the_least_of_the_worst_sides(seed: int, count: int, members: int) -> None:
    """A second implementation, whole arrays at once; bit by bit."""
    rng = np.random.default_rng(seed)
    points, front, units = rng.normal(size=(count, 3)), rng.normal(size=(members, 3)), rng.random(3) + 0.1
    behind = ((points[:, None] - front[None]) / units).max(axis=2).min(axis=1)
    assert (from_front(points, front, units) == np.maximum(behind, 0.0)).all()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_distance_is_least_granted(seed: int) -> None:
    """Granting the distance on every side makes a design of the front no better; a little less does not."""
    rng = np.random.default_rng(seed)
    front, point = rng.random((9, 3)), rng.random(3) + 0.5
    far = from_front(point[None, :], front, ONES)[0]
    assert (
        (front <= point - far + 1e-12).all(axis=1).any()
        if far == 0
        else (front + far + 1e-12 >= point).all(axis=1).any()
    )
    assert far == 0 or not (front + far - 1e-9 >= point).all(axis=1).any()


def test_a_bad_design_that_is_a_trifle_cheaper_is_not_worth_having() -> None:
    points = np.array([[0.0, 1.0, 0.5], [1.0, 0.0, 0.5], [0.9, 1.0, 0.499], [0.5, 0.5, 0.6], [0.5, 0.6, 0.4]])
    assert worth_having(points, np.full(3, 0.2), 0.05).tolist() == [True, True, False, True, True]


def exact(genes: np.ndarray) -> np.ndarray:
    """A main effect, a pair without main effects, and a graded one, on three sides."""
    odd = (genes[:, 0] + genes[:, 1]) % 2
    return np.column_stack([1.0 + odd, 2.0 - 0.5 * genes[:, 2], 100.0 * genes[:, 3] + 7.0 * (genes[:, 2] == 1)])


def test_effects_are_found_exactly_where_nothing_is_noisy_and_nothing_else_is_found() -> None:
    """Batches have levels of their own, as luck has: they fall out."""
    sizes = np.array([2, 4, 3, 2, 3])
    rng, known = np.random.default_rng(5), Evidence(sizes)
    for _ in range(12):
        genes = np.stack([rng.integers(0, size, 24) for size in sizes], axis=1)
        luck = rng.normal(0.0, 1e-3, size=(24, 2, 3))
        known.add(genes, exact(genes)[:, None, :] + luck * np.array([1.0, 1.0, 0.0]))
    effects = known.fit()
    assert effects.pairs == [(0, 1)]
    assert effects.active == [0, 1, 2, 3]
    genes = np.stack([rng.integers(0, size, 50) for size in sizes], axis=1)
    assert effects.points(genes) == pytest.approx(exact(genes), abs=2e-3)
    errors = known.errors()
    assert errors[4, 0] < 1.0 and np.isfinite(errors).all()


def test_luck_that_a_batch_shares_falls_out() -> None:
    """Batches far apart in level; fails if designs are compared across batches."""
    sizes = np.array([2, 2, 2, 2])
    rng, known = np.random.default_rng(6), Evidence(sizes)
    for batch in range(10):
        genes = np.stack([rng.integers(0, 2, 16) for _ in sizes], axis=1)
        genes[:, 3] = batch % 2
        known.add(genes, exact(genes)[:, None, :] + 50.0 * (batch % 2) + rng.normal(0.0, 0.01, size=(16, 2, 3)))
    assert 3 not in known.fit().active


def test_the_tree_says_what_holds() -> None:
    """Inside where decision 0 stands at 1, or decision 2 does not stand at 0."""
    rng = np.random.default_rng(1)
    genes = rng.integers(0, 3, size=(600, 4))
    inside = (genes[:, 0] == 1) | (genes[:, 2] != 0)
    tree = grow(genes, inside)
    assert used(tree) == {0, 2}
    found = leaves(tree)
    assert found[0][1].share == 1.0 and found[-1][1].share == 0.0
    assert sum(leaf.count for _, leaf in found) == 600
    assert used(grow(genes, np.ones(600, dtype=bool))) == set()


def test_what_teaches_most_holds_levels_that_random_designs_hardly_hold() -> None:
    """One level in fifty at random; among the designs chosen it is met several times as often. Fails if the first
    designs are taken as they come.
    """
    rng = np.random.default_rng(3)
    sizes = np.array([2, 2, 3])
    genes = np.stack([(rng.random(400) < 0.02).astype(int), rng.integers(0, 2, 400), rng.integers(0, 3, 400)], axis=1)
    chosen = Evidence(sizes).telling(genes, 20)
    assert chosen.shape == (20, 3) and chosen[:, 0].sum() >= 4


def test_pairs_that_were_hardly_met_are_not_judged() -> None:
    rng = np.random.default_rng(4)
    sizes, known = np.array([2, 2, 2]), Evidence(np.array([2, 2, 2]))
    genes = np.stack([rng.integers(0, 2, 40) for _ in sizes], axis=1)
    genes[:, 2] = 0
    genes[:2, 2] = 1
    known.add(genes, exact_noise(rng, 40))
    assert known.judged() == [3], "groups: three decisions, then the pairs (0, 1), (0, 2), (1, 2)"


def exact_noise(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.normal(size=(count, 2, 3))
