from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import binom, false_discovery_control, spearmanr

from longwall.stats import (
    average_ranks,
    benjamini_hochberg,
    bootstrap_interval,
    cumulative_incidence,
    mean_interval,
    rank_correlation,
    ratio_interval,
    share_interval,
)
from longwall.streams import generator


def test_share_interval_is_wilsons_published_example() -> None:
    # Newcombe 1998, table I, method 3: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611.
    assert share_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert share_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5])
def test_share_interval_covers(share: float) -> None:
    n = 200
    counts = np.arange(n + 1)
    inside = np.array([low <= share <= high for low, high in (share_interval(int(k), n) for k in counts)])
    assert 0.92 <= binom.pmf(counts, n, share)[inside].sum() <= 0.98


@pytest.mark.parametrize(("count", "total"), [(1, 0), (-1, 5), (6, 5)])
def test_share_interval_refuses_contradictions(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="count"):
        share_interval(count, total)


def test_mean_interval_covers_and_is_students() -> None:
    draws = generator(1, "mean").normal(3.0, 2.0, size=(2000, 8))
    low, high = np.array([mean_interval(row)[1:] for row in draws]).T
    # The normal quantile in place of t would cover 91%.
    assert 0.935 <= np.mean((low <= 3) & (high >= 3)) <= 0.965
    assert mean_interval([4.0]) == (4.0, -np.inf, np.inf)
    with pytest.raises(ValueError, match="at least one"):
        mean_interval([])


def test_bootstrap_covers_a_median_and_keeps_its_bits() -> None:
    source = generator(2, "median")
    hits = 0
    for k in range(200):
        x = source.exponential(size=60)
        _, low, high = bootstrap_interval(x, lambda v: float(np.median(v)), generator(2, "b", k), draws=200)
        hits += low <= np.log(2) <= high
    assert 0.89 <= hits / 200 <= 0.99
    again = [bootstrap_interval(x, np.mean, generator(2, "same"), draws=50) for _ in range(2)]
    assert again[0] == again[1]
    with pytest.raises(ValueError, match="at least one"):
        bootstrap_interval([], np.mean, source)


def test_ratio_interval_covers_when_rows_of_a_group_move_together() -> None:
    source = generator(3, "ratio")
    grouped = alone = 0
    for _ in range(400):
        groups = np.repeat(np.arange(60), 8)
        y = np.repeat(source.normal(1.0, 1.0, 60), 8) + source.normal(size=480) * 0.3
        _, low, high = ratio_interval(y, np.ones(480), groups)
        grouped += low <= 1 <= high
        _, low, high = ratio_interval(y, np.ones(480))
        alone += low <= 1 <= high
    assert 0.91 <= grouped / 400 <= 0.98
    assert alone / 400 < 0.7, "ignoring the groups must be seen to fail, else the test shows nothing"
    with pytest.raises(ValueError, match="below the line"):
        ratio_interval([1.0], [0.0])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_benjamini_hochberg_equals_scipys(p: list[float]) -> None:
    assert benjamini_hochberg(p) == pytest.approx(false_discovery_control(p, method="bh"))


def test_benjamini_hochberg_of_nothing_is_nothing() -> None:
    assert benjamini_hochberg([]).shape == (0,)


def test_without_censoring_incidence_is_the_plain_share() -> None:
    found = cumulative_incidence([1.0, 2, 2, 3, 5], [0, 1, 0, 1, 1], 2)
    assert found.value == pytest.approx([0.4, 0.6])
    early = cumulative_incidence([1.0, 2, 2, 3, 5], [0, 1, 0, 1, 1], 2, at=2.0)
    assert early.value == pytest.approx([0.4, 0.2])
    assert (early.at, early.followed) == (2.0, 2)


def test_incidence_is_worked_out_on_paper() -> None:
    # At risk 5, 3, 2 when ends come at 1 (end 0), 3 (end 1), 4 (end 0); lost at 2 and 5.
    # S: 4/5 after 1, then 4/5 * 2/3, then half of it. End 0: 1/5 + 8/15 * 1/2 = 7/15; end 1: 4/5 * 1/3 = 4/15.
    found = cumulative_incidence([1.0, 2, 3, 4, 5], [0, -1, 1, 0, -1], 2)
    assert found.value == pytest.approx([7 / 15, 4 / 15])
    # One minus Kaplan-Meier, which takes the other end for a loss, would give 1 - 4/5 * 1/2 = 0.6 for end 0.


def test_incidence_covers_with_half_of_them_lost() -> None:
    luck, inside, truth = generator(7, "incidence"), 0, 0.6 * (1 - np.exp(-2.0))
    for _ in range(400):
        ends, when = luck.random(150) > 0.6, luck.exponential(1.0, 150)
        lost = luck.exponential(1.5, 150)
        found = cumulative_incidence(np.minimum(when, lost), np.where(when <= lost, ends.astype(int), -1), 2, at=2.0)
        inside += bool(found.low[0] <= truth <= found.high[0])
    assert 0.92 <= inside / 400 <= 0.98


def test_incidence_of_nothing_says_so() -> None:
    assert np.isnan(cumulative_incidence([], [], 2).value).all()
    nobody = cumulative_incidence([1.0, 2.0], [-1, -1], 2)
    assert (nobody.value == 0).all() and (nobody.high == 1).all()
    everybody = cumulative_incidence(np.ones(30), np.zeros(30, dtype=int), 1)
    assert everybody.value == 1 and 0.85 <= everybody.low <= 0.95
    rounded = cumulative_incidence(np.arange(1.0, 207.0), np.zeros(206, dtype=int), 3)  # sums to 1 less an ulp or two
    assert rounded.value[0] == pytest.approx(1.0) and rounded.low[0] == pytest.approx(1 - 3 / 206)


def test_rank_correlation_is_that_of_another_library_ties_included() -> None:
    """Fails when equal values get ranks by their place."""
    luck = np.random.default_rng(3)
    for n in (3, 10, 200):
        a, b = luck.integers(0, 6, n), luck.integers(0, 6, n)
        if np.ptp(a) and np.ptp(b):
            assert rank_correlation(a, b) == pytest.approx(float(spearmanr(a, b).statistic), abs=1e-12)
    assert rank_correlation([1, 1, 1], [1, 2, 3]) is None
    assert rank_correlation([1, 2], [1, 2]) is None
    assert average_ranks([30.0, 10.0, 30.0]).tolist() == [2.5, 1.0, 2.5]
