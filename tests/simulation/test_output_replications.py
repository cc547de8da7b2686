"""Replications until precise, and answers that get better: the numbers are those of a fixed run, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from longwall.errors import SimulationError
from longwall.simulation import Precision, Runs, Scenario, difference, difference_until, refine, run, run_until
from longwall.simulation.experiment import interval
from longwall.worksystem import Distribution


def same(one: Runs, two: Runs) -> bool:
    """Every bit of two runs, and what they say."""
    bits = [
        (r.values.tobytes(), r.series.tobytes(), r.events.tobytes(), r.balance.tobytes(), r.scenario, r.indicators)
        for r in (one, two)
    ]
    return bits[0] == bits[1] and one.forecast() == two.forecast()


def fixed(scenario: Scenario, n: int) -> Runs:
    return run(scenario.model_copy(update={"replications": n}))


@pytest.fixture
def scenario(station) -> Scenario:
    return Scenario(system=station(0.6, Distribution(mean_h=1.0), 1), weeks=6, warm_up_weeks=1, seed=3)


def test_it_stops_as_soon_as_the_half_width_is_reached(scenario: Scenario) -> None:
    # Caught when it looked after every second block only.
    wanted = (Precision(indicator="backlog", half_width=0.08), Precision(indicator="utilisation", relative=0.02))
    told: list[float] = []
    found = run_until(scenario, wanted, threads=2, progress=lambda share, _: told.append(share))
    assert found.met
    assert found.cautions == ()
    assert 20 <= found.replications < 1000
    assert found.replications % 10 == 0
    assert same(found.runs, fixed(scenario, found.replications))
    for attained in found.attained:
        mean, low, high = interval(found.runs.column(attained.precision.indicator))
        assert (attained.mean, attained.half_width) == (mean, (high - low) / 2)
        assert attained.half_width <= attained.wanted
    assert found.attained[1].wanted == 0.02 * found.attained[1].mean
    before = fixed(scenario, found.replications - 10)
    halves = [(i[2] - i[1]) / 2 for i in (interval(before.column(p.indicator)) for p in wanted)]
    assert halves[0] > 0.08 or halves[1] > 0.02 * interval(before.column("utilisation"))[0]
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert same(run_until(scenario, wanted, threads=1).runs, found.runs)


def test_it_gives_up_at_the_most_and_says_so(scenario: Scenario) -> None:
    found = run_until(scenario, Precision(indicator="backlog", half_width=1e-6), block=8, most=20)
    assert not found.met
    assert found.replications == 20
    assert same(found.runs, fixed(scenario, 20))
    assert "backlog of organisation: after 20 replications" in found.cautions[0]


def test_sequential_intervals_cover_nearly_as_they_say(station) -> None:
    # 60 studies of about 30 replications; the truth is 1.5 items. At 93%, fewer than 49 come by chance once in 300.
    # Caught when the half-width was halved.
    system = station(0.6, Distribution(mean_h=1.0), 1)
    wanted = Precision(indicator="backlog", relative=0.07)
    covered = 0
    for seed in range(60):
        found = run_until(Scenario(system=system, weeks=6, warm_up_weeks=1, seed=seed), wanted, threads=1)
        covered += abs(found.attained[0].mean - 1.5) <= found.attained[0].half_width
    assert covered >= 49


def test_pairs_until_the_difference_is_precise(scenario: Scenario, station) -> None:
    other = scenario.model_copy(update={"system": station(0.6, Distribution(mean_h=0.95), 1)})
    wanted = Precision(indicator="wait_h", half_width=0.03)
    found = difference_until(scenario, other, wanted)
    assert found.met
    n = found.replications
    assert same(found.base, fixed(scenario, n))
    assert same(found.other, fixed(other, n))
    [wait] = [d for d in found.differences if (d.id, d.scope) == ("wait_h", "organisation")]
    assert found.differences == difference(found.base, found.other)
    assert wait.estimate.value == found.attained[0].mean
    assert (wait.estimate.high - wait.estimate.low) / 2 <= 0.03
    assert {d.column for d in found.differences} == {"technical", "social"}
    # Common luck pays: as precise an answer for one system alone takes more.
    assert run_until(scenario, wanted, most=n).met is False
    relative = difference_until(scenario, other, Precision(indicator="wait_h", relative=0.05))
    assert relative.attained[0].wanted == 0.05 * interval(relative.base.column("wait_h"))[0]
    with pytest.raises(SimulationError, match=r"LW-SI-023.*\n.*different seed"):
        difference_until(scenario, other.model_copy(update={"seed": 4}), wanted)


def test_what_makes_no_sense_is_refused(scenario: Scenario) -> None:
    for bad in ({}, {"half_width": 0.1, "relative": 0.1}, {"half_width": 0.0}, {"relative": -1.0}):
        with pytest.raises(ValidationError):
            Precision(indicator="backlog", **bad)
    with pytest.raises(SimulationError, match=r"LW-SI-022[\s\S]*LW-SI-022"):
        run_until(scenario, [], block=1)
    unknown = [Precision(indicator=name, half_width=1.0) for name in ("backlogs", "wait")]
    with pytest.raises(SimulationError, match=r"'backlog'[\s\S]*'wait"):
        run_until(scenario, unknown)
    with pytest.raises(SimulationError, match="LW-SI-022"):
        refine(scenario, first=1, most=4)


def test_an_answer_gets_better_while_one_waits(scenario: Scenario) -> None:
    found = list(refine(scenario, first=4, most=21, first_within_s=60.0, threads=2))
    assert [runs.scenario.replications for runs in found] == [4, 8, 16, 21]
    assert all(same(runs, fixed(scenario, runs.scenario.replications)) for runs in found)
    widths = [np.diff(interval(runs.column("backlog"))[1:])[0] for runs in found]
    assert widths[-1] < widths[0]
    whole = list(refine(scenario, first_within_s=60.0))
    assert whole[-1].scenario == scenario
    assert same(whole[-1], run(scenario))


def test_the_clock_decides_how_many_and_nothing_else(scenario: Scenario) -> None:
    # No time at all: the least that has an interval; then doubling goes on.
    found = refine(scenario, first=8, most=16, first_within_s=0.0, threads=1)
    first = next(found)
    assert first.scenario.replications == 2
    assert same(first, fixed(scenario, 2))
    assert [runs.scenario.replications for runs in found] == [4, 8, 16]
    only = list(refine(scenario, first=8, most=16, within_s=0.0, threads=1))
    assert [runs.scenario.replications for runs in only] == [2]
    assert same(only[0], first)


def test_a_limit_ends_it_with_what_is_there(scenario: Scenario) -> None:
    long = scenario.model_copy(update={"weeks": 400})
    found = list(refine(long, most=1_000_000, within_s=0.5, threads=2))
    assert found[-1].scenario.replications < 1_000_000
    assert same(found[-1], fixed(long, found[-1].scenario.replications))
