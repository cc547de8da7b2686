from __future__ import annotations

import math

import numpy as np
import pytest

from longwall.stats import stratified_ratio


def drawn(seed: int, clusters: int, size: int, ratio: float) -> tuple[np.ndarray, ...]:
    """Rows of clusters that share their exposure and their luck; the exposed are mostly in the strata with outcomes."""
    luck = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(clusters), size)
    stratum = luck.integers(0, 3, cluster.size)
    exposed = luck.random(clusters)[cluster] < np.array([0.2, 0.5, 0.8])[stratum]
    shared = luck.uniform(0.2, 1.8, clusters)[cluster]
    p = np.array([0.05, 0.2, 0.4])[stratum] * np.where(exposed, ratio, 1.0) * shared
    return stratum, exposed, luck.random(cluster.size) < p, cluster


def test_the_value_is_the_ratio_of_mantel_and_haenszel() -> None:
    stratum, exposed, outcome, cluster = drawn(0, 2000, 10, 1.5)
    over = under = 0.0
    for s in range(3):
        own = stratum == s
        over += (own & exposed & outcome).sum() * (own & ~exposed).sum() / own.sum()
        under += (own & ~exposed & outcome).sum() * (own & exposed).sum() / own.sum()
    value, _, _ = stratified_ratio(stratum, exposed, outcome, cluster)
    assert value == pytest.approx(over / under, rel=1e-3)
    # Without strata it would be above two.
    assert stratified_ratio(np.zeros_like(stratum), exposed, outcome, cluster)[0] > 2


def test_intervals_hold_the_truth_where_rows_of_a_cluster_vary_together() -> None:
    # Fails when clusters are ignored: coverage then falls to about two thirds.
    held = [low <= 1.3 <= high for _, low, high in (stratified_ratio(*drawn(s, 80, 60, 1.3)) for s in range(300))]
    assert 0.9 <= np.mean(held) <= 0.99


def test_nothing_to_compare_with_is_no_number() -> None:
    assert math.isnan(stratified_ratio([0, 0, 1], [True, True, False], [True, False, True], [0, 1, 2])[0])
    assert math.isnan(stratified_ratio([], [], [], [])[0])
    assert stratified_ratio([0, 0], [True, False], [True, True], [1, 1])[1:] == (0.0, math.inf)
