"""The price of one-sidedness, the three weightings, and which designs can be told apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longwall.alignment.judging.apart import letters_of
from longwall.alignment.judging.choose import given_up, price
from longwall.alignment.judging.confirm import Confirmed, changes
from longwall.alignment.judging.weightings import weights_of
from longwall.alignment.objectives import Scales, load_objectives
from longwall.alignment.trials import Key, Sample
from longwall.stats import holm


def test_price_by_hand() -> None:
    """Five designs; within 5% of the technical range lie the second and the third."""
    means = np.array([[0.0, 0.0], [-1.0, -0.1], [-0.96, -0.3], [-0.94, -0.9], [-0.2, -1.0]])
    assert given_up(means, 0, 0.05) == pytest.approx(0.7)
    assert given_up(means, 0, 0.07) == pytest.approx(0.1)
    assert given_up(means, 1, 0.05) == pytest.approx(0.8)
    assert given_up(means[:, ::-1], 1, 0.05) == pytest.approx(0.7)
    assert given_up(means[[0, 4]], 0, 0.05) == 0.0


@pytest.mark.parametrize(("dear", "said"), [(100.0, False), (126.0, True)])
def test_the_price_says_which_designs_it_leaves_aside(dear: float, said: bool) -> None:
    """The joint design costs 100; one that costs more than a quarter above it is no fair comparison."""
    losses = np.array([[0.0, 0.0], [-0.1, -0.1], [-0.2, -0.2]])[:, None, :].repeat(4, axis=1)
    costs = np.array([0.0, 100.0, dear])[:, None].repeat(3, axis=1)
    found = price(Confirmed(((), ("a",), ("b",)), (), (), losses, costs), 1, load_objectives(), seed=1)
    assert ("at most 25% more than the joint one; 1 dearer one is left aside" in found.statement) == said


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


def test_a_change_below_what_is_negligible_of_its_scale_is_slight_and_still_sure() -> None:
    """Lead time is scaled by today's 2 h, so .01 h is half of what is negligible and .05 h is more."""
    keys = (Key("lead_time_h"), Key("lead_time_h", "work.a"), Key("fatigue", column="social"))
    now = np.tile([2.0, 2.0, 0.1], (4, 1))
    today = Sample(keys, now)
    scales = Scales(load_objectives(), today)
    assert scales.slight["lead_time_h"] == pytest.approx(0.02)
    for shift, slight in ((0.01, True), (0.05, False)):
        found = changes("a", Sample(keys, now + shift), today, lambda _: "fitted", slight=scales.slight).differences
        assert [one.better for one in found] == [False, False, False]
        assert [one.slight for one in found] == [slight, False, False], "only the whole organisation has a scale"


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
