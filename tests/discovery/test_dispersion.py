"""Spread of weekly counts and lead times: closed forms, drift left out, and said where the model varies too little."""

from __future__ import annotations

import numpy as np
import pytest

from longwall.discovery.dispersion import Dispersion, dispersion_of

WEEK_H = 168.0


def arrivals(counts: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.sort(np.concatenate([WEEK_H * week + WEEK_H * rng.random(count) for week, count in enumerate(counts)]))


def spread(counts: np.ndarray, sigma: float = 1.0) -> Dispersion:
    rng = np.random.default_rng(9)
    plain = np.random.default_rng(8).poisson(40, 120)
    found = dispersion_of(
        arrivals(counts, 1),
        np.exp(sigma * rng.normal(size=2000)) + 5,
        arrivals(plain, 2),
        np.exp(rng.normal(size=2000)) + 5,
    )
    assert found is not None
    return found


def test_poisson_weeks_have_an_index_of_one_even_when_they_grow() -> None:
    rng = np.random.default_rng(3)
    level = np.linspace(20, 60, 200)
    found = spread(rng.poisson(level))
    # 200 weeks: the standard error is sqrt(3 / 200) = .12. Fails when drift counts as spread: that would give 4.3.
    assert found.weekly == pytest.approx(1.0, abs=0.4)
    assert found.weekly_low <= found.weekly <= found.weekly_high
    assert "varies less" not in found.sentence()


def test_bursts_are_said_to_be_missing_from_a_poisson_model() -> None:
    rng = np.random.default_rng(4)
    found = spread(rng.poisson(40 * rng.gamma(4, 0.25, 150)))
    # Variance over mean of a Poisson mixed with a gamma of shape 4: 1 + 40 / 4 = 11.
    assert found.weekly == pytest.approx(11, rel=0.4)
    assert found.weekly_model == pytest.approx(1.0, abs=0.4)
    assert "varies less" in found.sentence()


def test_coverage_of_the_interval() -> None:
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(200):
        found = spread(rng.poisson(40, 60))
        hits += found.weekly_low <= 1.0 <= found.weekly_high
    assert hits >= 180  # 95% of 200 less four standard errors


def test_too_little_says_nothing() -> None:
    few = arrivals(np.array([3, 4, 2]), 1)
    assert dispersion_of(few, np.ones(9), few, np.ones(9)) is None
