"""The best of several: promised probabilities on normal means that are known, and the same bits as fixed runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import ndtr

from longwall.errors import SimulationError
from longwall.simulation import (
    Scenario,
    Selection,
    budget_allocation,
    kim_nelson,
    run,
    select_best,
    select_within_budget,
)
from longwall.simulation.kn import Observe
from longwall.simulation.ocba import allocate, correct_selection
from longwall.streams import generator
from longwall.worksystem import Distribution

MOST = 3000


def observing(draws: NDArray[np.float64]) -> Observe:
    """Observations from an array, shape (systems, observations)."""
    return lambda systems, first, last: draws[list(systems), first:last]


def studies(seed: int, means: Sequence[float], spreads: Sequence[float], common: float, rounds: int) -> NDArray:
    """Normal draws, shape (rounds, systems, MOST), of which a share of the variance is common luck."""
    dice = generator(seed, "studies")
    own = dice.standard_normal((rounds, len(means), MOST))
    shared = dice.standard_normal((rounds, 1, MOST))
    noise = math.sqrt(common) * shared + math.sqrt(1 - common) * own
    return np.asarray(means)[:, None] + np.asarray(spreads)[:, None] * noise


@pytest.mark.parametrize("common", [0.0, 0.7])
def test_kn_keeps_its_promise_where_it_is_hardest(common: float) -> None:
    # All others are worse by just the indifference. 300 studies at 90%: fewer than 252 come by chance once in a
    # thousand. Caught when h^2 was a quarter: 64%.
    draws = studies(1, [0.3, 0.0, 0.0, 0.0, 0.0], [1.0, 1.5, 1.0, 0.5, 1.0], common, 300)
    found = [kim_nelson(observing(x), 5, indifference=0.3, probability=0.9, first=10, most=MOST) for x in draws]
    assert all(kept.decided for kept in found)
    assert sum(kept.best == 0 for kept in found) >= 252


def test_common_luck_makes_kn_cheaper() -> None:
    used = []
    for common in (0.0, 0.8):
        draws = studies(2, [0.5, 0.0, -0.5], [1.0, 1.0, 1.0], common, 60)
        found = [kim_nelson(observing(x), 3, indifference=0.15, first=10, most=MOST) for x in draws]
        assert sum(kept.best == 0 for kept in found) >= 57
        used.append(np.mean([kept.used.sum() for kept in found]))
    assert used[1] < 0.5 * used[0]


def test_kn_drops_the_worst_early_and_decides_alike_for_every_block() -> None:
    draws = studies(3, [3.0, 2.5, 0.0, -3.0], [1.0, 1.0, 1.0, 1.0], 0.0, 20)
    for x in draws:
        one, eight = (
            kim_nelson(observing(x), 4, indifference=0.3, first=10, most=MOST, block=block) for block in (1, 8)
        )
        assert (one.best, one.survivors, one.used.tolist()) == (eight.best, eight.survivors, eight.used.tolist())
        assert one.used[3] < one.used[0]
        assert one.used[3] <= one.used[2]


def test_kn_says_when_it_could_not_decide() -> None:
    x = studies(4, [0.0, 0.0, -9.0], [1.0, 1.0, 1.0], 0.0, 1)[0]
    kept = kim_nelson(observing(x), 3, indifference=0.2, first=10, most=50)
    assert not kept.decided
    assert kept.survivors == (0, 1)
    assert kept.used.max() == 50


def equal(draws: NDArray[np.float64], budget: int) -> int:
    return int(np.argmax(draws[:, : budget // len(draws)].mean(axis=1)))


def sampling(draws: NDArray[np.float64]):
    return lambda counts: [x[:n] for x, n in zip(draws, counts, strict=True)]


def test_ocba_finds_the_best_more_often_than_equal_shares() -> None:
    # Ten normals 1 apart with a standard deviation of 6, the example of Chen et al. 2000.
    draws = studies(5, -np.arange(10.0), [6.0] * 10, 0.0, 300)
    budget = 600
    found = [budget_allocation(sampling(x), 10, budget=budget, first=10, step=20) for x in draws]
    assert all(sum(map(len, seen)) == budget for _, seen in found)
    ours = np.array([best == 0 for best, _ in found])
    theirs = np.array([equal(x, budget) == 0 for x in draws])
    better, worse = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    assert better - worse > 3.3 * math.sqrt(better + worse), "a sign test"
    lengths = np.mean([[len(x) for x in seen] for _, seen in found], axis=0)
    assert lengths[0] > lengths[4] > 10
    assert lengths[1] > 3 * lengths[9]


def test_the_shares_are_those_of_the_theorem() -> None:
    # Two systems: in proportion to their spreads. Three: by squares of spread over distance.
    assert allocate(np.array([1.0, 0.0]), np.array([1.0, 3.0]), np.array([2, 2]), 400).tolist() == [100, 300]
    shares = np.array([2.0 * math.sqrt((2.0 / 1.0) ** 2 + (1.0 / 4.0) ** 2), (2.0 / 1.0) ** 2, (1.0 / 2.0) ** 2])
    found = allocate(np.array([3.0, 2.0, 1.0]), np.array([2.0, 2.0, 1.0]), np.array([2, 2, 2]), 100_000)
    assert found / 100_000 == pytest.approx(shares / shares.sum(), abs=2e-5)
    assert allocate(np.zeros(4), np.zeros(4), np.full(4, 5), 40).tolist() == [10, 10, 10, 10]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.5, 1.0, 7.0]), st.sampled_from([0.0, 0.1, 1.0, 30.0]), st.integers(2, 60)),
        min_size=2,
        max_size=8,
    ),
    st.integers(0, 300),
)
def test_a_budget_is_spent_exactly_and_never_taken_back(systems: list[tuple[float, float, int]], more: int) -> None:
    means, spreads = (np.array([x[k] for x in systems]) for k in (0, 1))
    so_far = np.array([x[2] for x in systems])
    found = allocate(means, spreads, so_far, int(so_far.sum()) + more)
    assert found.sum() == so_far.sum() + more
    assert (found >= so_far).all()


def test_the_probability_of_two_is_that_of_the_normal() -> None:
    found = correct_selection(np.array([1.0, 0.5]), np.array([1.0, 2.0]), np.array([20, 40]))
    assert found == pytest.approx(float(ndtr(0.5 / math.sqrt(1.0 / 20 + 4.0 / 40))))
    assert correct_selection(np.array([1.0, 1.0]), np.zeros(2), np.array([5, 5])) == 0.5


@pytest.fixture
def crews(station) -> list[Scenario]:
    """An M/M/c system with 5 to 7 people for four hours of work an hour: waits of 0.55, 0.14 and 0.05 h."""
    return [
        Scenario(system=station(4.0, Distribution(mean_h=1.0), people), weeks=4, warm_up_weeks=1, seed=5)
        for people in (5, 7, 6)
    ]


def check_runs(found: Selection, scenarios: Sequence[Scenario]) -> None:
    for runs, scenario in zip(found.runs, scenarios, strict=True):
        again = run(
            scenario.model_copy(update={"replications": runs.scenario.replications, "seed": runs.scenario.seed})
        )
        assert runs.values.tobytes() == again.values.tobytes()
        assert {what.column for what in runs.indicators} == {"technical", "social"}


def test_the_best_crew_is_selected_under_the_same_luck(crews: list[Scenario]) -> None:
    found = select_best(crews, "wait_h", indifference=0.03, first=10, threads=2)
    assert (found.best, found.candidates, found.method, found.cautions) == (1, (1,), "KN", ())
    check_runs(found, crews)
    assert select_best(crews, "wait_h", indifference=0.03, first=10, threads=1).replications == found.replications
    busiest = select_best(crews, "utilisation", indifference=0.01, first=10, better="higher")
    assert busiest.best == 0
    undecided = select_best([crews[0], crews[0]], "wait_h", indifference=0.01, first=5, most=9)
    assert undecided.candidates in ((0, 1), (0,))


def test_the_best_crew_is_selected_within_a_budget(crews: list[Scenario]) -> None:
    found = select_within_budget(crews, ("wait_h", "organisation"), budget=60, first=5)
    assert (found.best, found.method) == (1, "OCBA")
    assert sum(found.replications) == 60
    assert found.probability > 0.95
    check_runs(found, crews)
    assert len({runs.scenario.seed for runs in found.runs}) == 3, "luck of their own"


def test_a_choice_that_makes_no_sense_is_refused(crews: list[Scenario]) -> None:
    with pytest.raises(SimulationError, match=r"two[\s\S]*more than 0[\s\S]*2 <= first"):
        select_best(crews[:1], "wait_h", indifference=0.0, first=1, probability=0.5)
    with pytest.raises(SimulationError, match=r"between 0\.333 and 1"):
        select_best(crews, "wait_h", indifference=0.1, probability=0.3)
    with pytest.raises(SimulationError, match="LW-SI-023"):
        select_best([crews[0], crews[1].model_copy(update={"weeks": 5})], "wait_h", indifference=0.1)
    with pytest.raises(SimulationError, match=r"LW-SI-024[\s\S]*step"):
        select_within_budget(crews, "wait_h", budget=20, first=10, step=0)
    with pytest.raises(SimulationError, match="LW-SI-020"):
        select_best(crews, "late_share", indifference=0.1)
