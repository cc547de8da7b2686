"""The price of one-sidedness, the three weightings, and which designs can be told apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longwall.alignment.judging.apart import letters_of
from longwall.alignment.judging.choose import given_up
from longwall.alignment.judging.weightings import weights_of
from longwall.stats import holm


def test_price_by_hand() -> None:
    """Five designs; within 5% of the technical range lie the second and the third."""
    means = np.array([[0.0, 0.0], [-1.0, -0.1], [-0.96, -0.3], [-0.94, -0.9], [-0.2, -1.0]])
    assert given_up(means, 0, 0.05) == pytest.approx(0.7)
    assert given_up(means, 0, 0.07) == pytest.approx(0.1)
    assert given_up(means, 1, 0.05) == pytest.approx(0.8)
    assert given_up(means[:, ::-1], 1, 0.05) == pytest.approx(0.7)
    assert given_up(means[[0, 4]], 0, 0.05) == 0.0


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=8), st.floats(0, 1))
def test_price_is_never_below_zero_and_falls_with_epsilon(points: list[tuple[int, int]], epsilon: float) -> None:
    means = np.array(points) / 10.0
    for side in (0, 1):
        assert given_up(means, side, epsilon) >= 0.0
        assert given_up(means, side, epsilon) <= given_up(means, side, epsilon / 2)
        assert given_up(means, side, 1.0) == pytest.approx(0.0, abs=1e-12)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=7))
def test_weightings_sum_to_one_and_worst_first_is_the_severest_order(changes: list[float]) -> None:
    mean = np.array(changes)
    stated = np.full(len(mean), 1.0 / len(mean))
    rng = np.random.default_rng(1)
    weights = weights_of("worst-first", stated, mean)
    assert weights.sum() == pytest.approx(1.0) and weights @ mean >= mean.mean() - 1e-12
    assert all(weights @ mean >= rng.permutation(weights) @ mean - 1e-12 for _ in range(5))
    assert weights_of("equal", stated, mean) == pytest.approx(stated)


@given(
    st.integers(2, 7).flatmap(
        lambda n: st.tuples(st.just(n), st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))))
    )
)
def test_two_share_a_letter_if_and_only_if_they_do_not_differ(drawn: tuple[int, set[tuple[int, int]]]) -> None:
    count, pairs = drawn
    differ = np.zeros((count, count), dtype=bool)
    for one, other in pairs:
        if one != other:
            differ[one, other] = differ[other, one] = True
    letters = letters_of(differ, np.arange(count, dtype=float))
    assert all(letters) and "a" in letters[0]
    for one in range(count):
        for other in range(one):
            assert bool(set(letters[one]) & set(letters[other])) != differ[one, other]


def test_holm_by_hand() -> None:
    """0.01 x 4, then 0.02 x 3, 0.03 x 2 (not below the one before), 0.5."""
    assert holm([0.03, 0.01, 0.5, 0.02]) == pytest.approx([0.06, 0.04, 0.5, 0.06])
    assert holm([0.9, 0.8]) == pytest.approx([1.0, 1.0])
    assert holm([]).size == 0
