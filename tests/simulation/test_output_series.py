"""Warm-up and batch means against series whose transient, mean and correlation are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import lfilter

from longwall.errors import SimulationError
from longwall.simulation import Runs, Scenario, batch_means, run, series_of, truncation, warm_up
from longwall.streams import generator
from longwall.worksystem import Distribution, Function, Route


def ar1(seed: int, n: int, phi: float, rows: int = 1) -> NDArray[np.float64]:
    """Stationary AR(1) with mean 0 and standard deviation 1, shape (rows, n)."""
    noise = generator(seed, "ar1").standard_normal((rows, n)) * math.sqrt(1 - phi**2)
    noise[:, 0] /= math.sqrt(1 - phi**2)
    return np.asarray(lfilter([1.0], [1.0, -phi], noise, axis=1))


def test_a_planted_transient_is_cut_where_it_ends() -> None:
    # Caught when the sum of squares was divided by b - d once: the cut then lies anywhere.
    series = ar1(1, 1000, 0.5, rows=200)
    series[:, :150] += 3.0
    cuts = [truncation(x) for x in series]
    drops = np.array([cut.drop for cut in cuts])
    assert all(cut.long_enough for cut in cuts)
    assert drops.min() >= 140
    assert (drops <= 175).mean() >= 0.9
    assert np.median(drops) == 150
    kept = np.array([x[d:].mean() for x, d in zip(series, drops, strict=True)])
    assert abs(series.mean()) > 0.4
    assert abs(kept.mean()) < 0.02


def test_weeks_are_judged_one_by_one() -> None:
    # The figures of the docstring: with batches of five weeks a sound series is refused far more often.
    weeks = ar1(8, 104, 0.0, rows=300)
    weeks[:, :4] -= 4.0
    one, five = ([truncation(x, batch=batch) for x in weeks] for batch in (1, 5))
    assert np.mean([not cut.long_enough for cut in one]) < 0.04 < np.mean([not cut.long_enough for cut in five])
    assert min(cut.drop for cut in one) >= 3


def test_a_transient_that_dies_slowly_leaves_little_bias() -> None:
    series = ar1(2, 2000, 0.5, rows=100) + 4.0 * np.exp(-np.arange(2000) / 80.0)
    cuts = [cut for cut in map(truncation, series) if cut.long_enough]
    assert len(cuts) >= 97, "a lucky end is rare"
    left = np.array([4.0 * np.exp(-np.arange(cut.drop, 2000) / 80.0).mean() for cut in cuts])
    assert left.mean() < 0.05, "uncut it is 0.16"


def test_a_series_that_never_settles_is_not_long_enough() -> None:
    for series in (np.arange(200.0), np.cumsum(np.ones(300)) ** 2):
        cut = truncation(series)
        assert not cut.long_enough
        assert "not long enough" in str(cut)
    assert sum(truncation(x).long_enough for x in ar1(3, 400, 0.3, rows=100)) >= 95
    assert truncation(np.full(100, 7.0)).drop == 0


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(st.floats(-5.0, 5.0), min_size=120, max_size=200),
    st.integers(1, 6),
    st.integers(-3, 3),
    st.sampled_from([-4.0, 0.5, 8.0]),
)
def test_the_cut_is_that_of_the_definition(points: list[float], batch: int, shift: int, scale: float) -> None:
    values = np.round(np.array(points) * 4.0) / 4.0
    b = len(values) // batch
    means = [math.fsum(values[k * batch : (k + 1) * batch]) / batch for k in range(b)]
    statistic = []
    for d in range(b - 4):
        mean = math.fsum(means[d:]) / (b - d)
        statistic.append(math.fsum((y - mean) ** 2 for y in means[d:]) / (b - d) ** 2)
    found = truncation(values, batch=batch)
    assert found.statistic == pytest.approx(min(statistic), abs=1e-9)
    assert statistic[found.drop // batch] == pytest.approx(min(statistic), abs=1e-9)
    # Another unit changes nothing but the statistic.
    other = truncation(shift + scale * values, batch=batch)
    assert other.statistic == pytest.approx(scale**2 * found.statistic, abs=1e-7)


def test_warm_up_of_a_system_that_fills_slowly(system, arrivals, role) -> None:
    # Items stay 4 weeks on average and need nobody: E[present after t weeks] = 800 (1 - exp(-t / 4)).
    def filling(stay_weeks: float, weeks: int) -> Runs:
        waits = system(
            [arrivals("item", 200 / 168.0)],
            [Function(id="stay", delay_h=Distribution(mean_h=stay_weeks * 168.0))],
            [Route(source="start", target="stay"), Route(source="stay", target="end")],
            [role("server", 1)],
        )
        return run(Scenario(system=waits, weeks=weeks, warm_up_weeks=0, replications=5))

    runs = filling(4.0, 150)
    expected = 800.0 * (1.0 - np.exp(-(np.arange(150) + 0.5) / 4.0))
    assert np.abs(series_of(runs, "backlog") / expected - 1.0)[5:].max() < 0.1
    found = warm_up(runs, ["backlog", ("throughput_per_week", "demand:item")])
    assert found.long_enough
    assert 10 <= found.weeks <= 30, "exp(-10 / 4) is 8%, exp(-30 / 4) is 0.06%"
    assert str(found) == f"warm up for {found.weeks} weeks"
    assert 10 <= warm_up(runs, ["backlog"], batch=5).weeks <= 30
    found = warm_up(filling(400.0, 60), ["backlog"])
    assert not found.long_enough
    assert "backlog of organisation" in str(found)


def test_series_that_cannot_be_judged_say_why(station) -> None:
    with pytest.raises(SimulationError, match=r"LW-SI-021.*\n.*100 points.*found 99"):
        truncation(np.zeros(99))
    with pytest.raises(SimulationError, match="1 without a number"):
        truncation(np.r_[np.zeros(100), np.nan])
    with pytest.raises(SimulationError, match="LW-SI-021"):
        batch_means(np.zeros(39))
    with pytest.raises(SimulationError, match="LW-SI-021"):
        batch_means(np.zeros(100), level=1.0)
    runs = run(Scenario(system=station(0.5, Distribution(mean_h=1.0), 1), weeks=60, replications=2))
    with pytest.raises(SimulationError, match="'backlog'"):
        series_of(runs, "backlogg")
    with pytest.raises(SimulationError, match="demand:item"):
        series_of(runs, ("backlog", "demand:items"))
    with pytest.raises(SimulationError, match="LW-SI-020"):
        warm_up(runs, [])


def test_batch_means_cover_as_they_say() -> None:
    # Planted: the points as if independent cover about half of the time.
    series = ar1(4, 2000, 0.7, rows=1000)
    found = [batch_means(x) for x in series]
    covered = np.mean([b.low <= 0.0 <= b.high for b in found])
    assert 0.93 <= covered <= 0.97
    naive = 1.96 * series.std(axis=1, ddof=1) / math.sqrt(series.shape[1])
    assert (np.abs(series.mean(axis=1)) <= naive).mean() < 0.75
    assert 0.01 <= np.mean([not b.independent for b in found]) <= 0.12, "the check refuses about 5% of what is right"
    assert {(b.batches, b.length, b.dropped) for b in found} == {(20, 100, 0)}


def test_what_fills_no_batch_is_left_off_at_the_start() -> None:
    # There a rest of the transient would be. Caught when the end was left off.
    x = ar1(6, 100, 0.0)[0]
    found = batch_means(np.r_[[1e6, 1e6, 1e6], x], batches=10)
    assert found.dropped == 3
    assert found.mean == pytest.approx(x.mean())


def test_batches_that_are_too_short_are_seen() -> None:
    found = [batch_means(x, batches=30) for x in ar1(5, 300, 0.9, rows=200)]
    assert np.mean([b.low <= 0.0 <= b.high for b in found]) < 0.85
    assert np.mean([not b.independent for b in found]) > 0.8
    assert all(bool(b.cautions) != b.independent for b in found)
    # The correlation of neighbouring means of ten points is known.
    weights = np.array([[0.9 ** abs(i - j) for j in range(20)] for i in range(20)])
    truth = weights[:10, 10:].sum() / weights[:10, :10].sum()
    assert np.mean([b.lag1 for b in found]) == pytest.approx(truth, abs=0.1)


def test_batch_means_of_one_long_run_cover_theory(station) -> None:
    # M/M/1 at 60%: 1.5 items present; 200 runs, each judged alone.
    system = station(0.6, Distribution(mean_h=1.0), 1)
    runs = run(Scenario(system=system, weeks=200, warm_up_weeks=2, replications=200))
    found = [batch_means(series_of(runs, "backlog", r)) for r in range(200)]
    covered = np.mean([b.low <= 1.5 <= b.high for b in found])
    assert 0.9 <= covered <= 0.99
    assert np.mean([b.independent for b in found]) > 0.85
    assert found[0].half_width == pytest.approx((found[0].high - found[0].low) / 2)
    assert "batch means of one run" in str(found[0])
