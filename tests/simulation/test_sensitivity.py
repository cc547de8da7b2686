"""Sensitivity against functions whose indices are known, through the same code as for work systems."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from longwall.errors import SimulationError, WorkSystemError
from longwall.simulation import Scenario, Varied, elementary_effects, run, screen, sensitivity_of, sobol_indices
from longwall.simulation.indices import luck_share
from longwall.simulation.variation import axes_of, system_at
from longwall.streams import generator
from longwall.worksystem import Distribution, Parameter, Patch, patched

SPAN = np.full(3, math.pi)


def ishigami(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ishigami's function with a = 7, b = 0.1, and beside it one that does not vary."""
    y = np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return np.column_stack([y, np.full(len(x), 3.0)])


def ishigami_truth() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First and total shares in closed form (Ishigami and Homma 1990)."""
    a, b = 7.0, 0.1
    one = 0.5 * (1.0 + b * math.pi**4 / 5.0) ** 2
    two = a**2 / 8.0
    both = b**2 * math.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    whole = one + two + both
    return np.array([one, two, 0.0]) / whole, np.array([one + both, two, both]) / whole


def test_shares_of_ishigami() -> None:
    # Caught when first and total were swapped, and when ranges were not scaled.
    first, total = ishigami_truth()
    found = sobol_indices(ishigami, -SPAN, SPAN, points=2048, seed=0)
    assert np.abs(found.first[0] - first).max() < 0.03
    assert np.abs(found.total[0] - total).max() < 0.03
    assert np.isnan(found.first[1]).all(), "what does not vary has no shares"
    coarse = sobol_indices(ishigami, -SPAN, SPAN, points=128, seed=0)
    assert (coarse.first_half[0] > 2.0 * found.first_half[0]).all(), "half-widths fall with the square root"


def test_intervals_of_shares_cover() -> None:
    first, total = ishigami_truth()
    found = [sobol_indices(ishigami, -SPAN, SPAN, points=256, seed=seed) for seed in range(40)]
    inside = [np.abs(f.first[0] - first) <= f.first_half[0] for f in found]
    inside += [np.abs(f.total[0] - total) <= f.total_half[0] for f in found]
    assert np.mean(inside) >= 0.9


def test_the_same_seed_is_the_same_bits_and_0_is_a_seed() -> None:
    # Caught when 0 was handed on to SALib, which takes it for no seed, and when a generator was, which it spawns from.
    for seed in (0, 7):
        one, two = (sobol_indices(ishigami, -SPAN, SPAN, points=64, seed=seed) for _ in range(2))
        assert all(getattr(one, n).tobytes() == getattr(two, n).tobytes() for n in ("first", "first_half", "total"))
        three, four = (elementary_effects(ishigami, -SPAN, SPAN, seed=seed) for _ in range(2))
        assert all(getattr(three, n).tobytes() == getattr(four, n).tobytes() for n in ("mean", "size_half", "spread"))
    other = sobol_indices(ishigami, -SPAN, SPAN, points=64, seed=1)
    assert not np.array_equal(one.first[0], other.first[0])


def test_effects_of_a_linear_function_are_its_slopes_times_its_ranges() -> None:
    slopes = np.array([3.0, -2.0, 0.0])
    found = elementary_effects(
        lambda x: (x @ slopes + 5.0)[:, None], [0.0, 1.0, 0.0], [2.0, 4.0, 1.0], trajectories=5, seed=2
    )
    assert found.mean[0] == pytest.approx([6.0, -6.0, 0.0], abs=1e-9)
    assert found.size[0] == pytest.approx([6.0, 6.0, 0.0], abs=1e-9)
    assert found.spread[0] == pytest.approx(0.0, abs=1e-9)
    assert found.size_half[0] == pytest.approx(0.0, abs=1e-9)
    # With an interaction the effect depends on where the other stands: mean 1/2, standard deviation > 0.
    bent = elementary_effects(lambda x: (x[:, 0] * x[:, 1])[:, None], [0.0, 0.0], [1.0, 1.0], trajectories=200, seed=2)
    assert bent.mean[0] == pytest.approx([0.5, 0.5], abs=0.1)
    assert (bent.spread[0] > 0.2).all()
    assert (bent.size_half[0] > 0.0).all()


def test_samples_that_make_no_sense_are_refused() -> None:
    for bad in ({"trajectories": 1}, {"levels": 5}, {"levels": 2}):
        with pytest.raises(SimulationError, match="LW-SI-026"):
            elementary_effects(ishigami, -SPAN, SPAN, **bad)
    for points in (4, 100):
        with pytest.raises(SimulationError, match="LW-SI-026"):
            sobol_indices(ishigami, -SPAN, SPAN, points=points)


def test_luck_is_told_from_parameters() -> None:
    dice = generator(1, "luck")
    signal = 2.0 * dice.standard_normal((400, 1))
    shared = 5.0 * dice.standard_normal((1, 10))
    noise = dice.standard_normal((400, 10))
    assert luck_share(signal + shared) == pytest.approx(0.0, abs=1e-12), "luck that all share cancels"
    assert luck_share(signal + shared + noise) == pytest.approx(0.1 / 4.1, rel=0.2)
    assert luck_share(shared + noise) == pytest.approx(1.0, abs=0.15)


@pytest.fixture
def scenario(station) -> Scenario:
    shape = Distribution(shape="lognormal", mean_h=1.0, cv=0.5)
    return Scenario(system=station(0.5, shape, 2), weeks=12, warm_up_weeks=1, replications=2, seed=0)


VARIED = (
    Varied(path="work.demand.item.per_week", low=60.0, high=90.0),
    Varied(path="work.functions.serve.work_h", low=0.8, high=1.2),
    Varied(path="state_parameters.fatigue_rise_h", low=5.0, high=20.0),
)


def test_shares_of_a_work_system_are_those_of_theory(scenario: Scenario) -> None:
    # Busy share = rate * hours / people: both have the same squared coefficient of variation v, so each has
    # v / (2 v + v^2) of the variance alone; completions go back to the rate. No state, so fatigue does nothing.
    told: list[float] = []
    found = sensitivity_of(
        scenario, VARIED, ["utilisation", "throughput_per_week", "wait_h"], points=64, trajectories=4,
        progress=lambda share, _: told.append(share),
    )  # fmt: skip
    assert found.screening.kept == (VARIED[0].path, VARIED[1].path)
    assert (found.screening.scenarios, found.scenarios) == (4 * 4, 64 * 4)
    assert [row.indicator.id for row in found.technical] == ["throughput_per_week", "wait_h"]
    assert [row.indicator.id for row in found.social] == ["utilisation"]
    assert [row.indicator.column for row in found.screening.social] == ["social"]
    v = 0.2**2 / 3.0
    [busy] = found.social
    for share in busy.shares:
        assert share.first_low - 0.1 <= v / (2 * v + v**2) <= share.first_high + 0.1
        assert share.total == pytest.approx((v + v**2) / (2 * v + v**2), abs=0.15)
        assert share.first_low < share.first < share.first_high
    done = found.technical[0].shares
    assert done[0].path == VARIED[0].path
    assert done[0].total > 0.95
    assert abs(done[1].total) < 0.05
    assert busy.luck < 0.1
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)


def test_a_screening_gives_effects_in_the_unit_of_the_indicator(scenario: Scenario) -> None:
    found = screen(scenario, VARIED, ["utilisation", "throughput_per_week"], trajectories=6)
    [done] = found.technical
    by_path = {each.path: each for each in done.influences}
    assert by_path[VARIED[0].path].effect == pytest.approx(30.0, abs=3.0), "60 to 90 a week"
    assert by_path[VARIED[2].path].size == 0.0, "the same luck: not a bit differs"
    [busy] = found.social
    assert {each.path: each.effect for each in busy.influences}[VARIED[1].path] == pytest.approx(
        75 * 0.4 / 336, rel=0.25
    )
    assert screen(scenario, VARIED, ["utilisation", "throughput_per_week"], trajectories=6, threads=1) == found
    both = screen(scenario, VARIED[2:], trajectories=2)
    assert both.kept == ()
    nothing = sensitivity_of(scenario, VARIED[2:], trajectories=2)
    assert nothing.technical == nothing.social == ()
    assert "no parameter changes" in nothing.cautions[-1]


def test_a_point_is_the_work_system_with_these_values(scenario: Scenario) -> None:
    system = patched(
        scenario.system,
        [
            Patch(
                path="work.demand.item.per_week", value={"value": 80.0, "low": 60.0, "high": 90.0, "source": "counted"}
            )
        ],
    )
    varied = (
        Varied(path="work.demand.item.per_week"),
        Varied(path="work.functions.serve.work_h", low=0.5, high=1.5),
        Varied(path="social.roles.server.shifts.0.people", low=1, high=3),
        Varied(path="state_parameters.fatigue_rise_h", low=5.0, high=20.0),
    )
    axes = axes_of(system, varied)
    there = system_at(system, axes, np.array([0.5, 0.75, 0.99, 0.0]))
    assert there.work.demand[0].per_week == Parameter(value=75.0, source="counted")
    work = there.work.functions[0].work_h
    assert (work.shape, work.mean_h, work.cv) == ("lognormal", 1.25, 0.5)
    assert there.social.roles[0].shifts[0].people == 3
    assert there.state_parameters["fatigue_rise_h"].value == 5.0
    people = [
        system_at(system, axes, np.array([0, 0, u, 0])).social.roles[0].shifts[0].people for u in np.linspace(0, 1, 301)
    ]
    assert [people.count(n) for n in (1, 2, 3)] == pytest.approx([100, 100, 100], abs=1)


def test_parameters_that_cannot_vary_are_all_named(scenario: Scenario) -> None:
    bad: list[Any] = [
        Varied(path="work.demand.items.per_week", low=1.0, high=2.0),
        Varied(path="work.demand.item.per_week"),
        Varied(path="work.functions.serve.work_h", low=2.0, high=1.0),
        Varied(path="work.demand.item", low=1.0, high=2.0),
        Varied(path="person_state", low=0.0, high=1.0),
        Varied(path="person_state", low=0.0, high=1.0),
    ]
    with pytest.raises(SimulationError) as caught:
        axes_of(scenario.system, bad)
    assert {fault.code for fault in caught.value.faults} == {"LW-SI-025"}
    assert len(caught.value.faults) == 7, "one twice is one more"
    with pytest.raises(SimulationError, match="at least one parameter"):
        axes_of(scenario.system, ())
    with pytest.raises(WorkSystemError, match="LW-WS-016"):
        screen(scenario, [Varied(path="work.routes.0.probability", low=0.5, high=1.5)])
    with pytest.raises(SimulationError, match="LW-SI-027"):
        screen(scenario, VARIED, ["wait_h"])
    with pytest.raises(SimulationError, match="LW-SI-020"):
        screen(scenario, VARIED, ["wait"])


def test_what_a_point_does_not_show_is_a_gap_and_not_a_number(station) -> None:
    # Four people are too few to show as a group; five are not.
    scenario = Scenario(system=station(0.5, Distribution(mean_h=1.0), 5), weeks=2, warm_up_weeks=0, replications=2)
    assert ("utilisation", "team:team") in {(what.id, what.scope) for what in run(scenario).indicators}
    people = Varied(path="social.roles.server.shifts.0.people", low=4, high=6)
    found = screen(scenario, [people], ["wait_h", ("utilisation", "team:team"), "utilisation"], trajectories=3)
    assert "utilisation of team:team" in found.cautions[0]
    assert math.isnan(found.social[0].influences[0].size)
    assert found.social[1].influences[0].effect < 0.0


def test_points_at_which_no_crew_could_carry_the_load_are_told(station) -> None:
    # One person is there for 168 hours a week: 0.8 to 1.6 hours of work an hour are too much in a part of the range.
    scenario = Scenario(system=station(1.0, Distribution(mean_h=0.5), 1), weeks=2, warm_up_weeks=0, replications=2)
    found = screen(scenario, [Varied(path="work.functions.serve.work_h", low=0.8, high=1.6)], trajectories=3)
    assert "of 6 points there is a caution, first: server" in found.cautions[-1]
