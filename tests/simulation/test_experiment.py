"""The same bits, the same luck, the identities, the intervals."""

from __future__ import annotations

import copy
import json
import math
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import busy
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longwall.errors import SimulationError
from longwall.simulation import (
    IndicatorDifference,
    Scenario,
    cautions,
    compile_system,
    difference,
    run,
    simulate,
    simulate_log,
)
from longwall.simulation.experiment import play
from longwall.worksystem import Distribution, Forecast, Parameter, WorkSystem

_PATH = Path(__file__).with_name("busy.py")
BUSY = WorkSystem.model_validate(busy.SYSTEM)
P = Parameter


def test_same_bits_for_one_thread_and_two() -> None:
    assert busy.digest(BUSY, threads=1, replications=6) == busy.digest(BUSY, threads=2, replications=6)


@pytest.mark.parametrize("order", range(3))
def test_same_bits_for_any_order_of_rows(order: int) -> None:
    shuffled = copy.deepcopy(busy.SYSTEM)
    dice = random.Random(order)
    for rows in (
        shuffled["technical"]["components"], shuffled["social"]["teams"], shuffled["social"]["roles"],
        shuffled["social"]["roles"][0]["shifts"], shuffled["work"]["demand"], shuffled["work"]["functions"],
        shuffled["work"]["routes"], shuffled["variances"], shuffled["variances"][1]["detections"],
    ):  # fmt: skip
        dice.shuffle(rows)
    assert shuffled != busy.SYSTEM
    assert busy.digest(WorkSystem.model_validate(shuffled)) == busy.digest(BUSY)


@pytest.mark.long
def test_same_bits_with_the_compiler_off() -> None:
    # Systems with everything on are held with and without the compiler in test_all_mechanisms.py, every time.
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(_PATH)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        timeout=300,
    )
    assert done.stdout.strip() == busy.digest(BUSY, weeks=1)


def test_another_seed_or_replication_is_other_luck() -> None:
    scenario = Scenario(system=BUSY, weeks=2, warm_up_weeks=0, replications=3)
    values = run(scenario).values
    assert not np.array_equal(values[0], values[1], equal_nan=True)
    other = run(scenario.model_copy(update={"seed": 1})).values
    assert not np.array_equal(values, other, equal_nan=True)


def test_logging_changes_no_bit() -> None:
    scenario = Scenario(system=BUSY, weeks=3, warm_up_weeks=0, begins="2024-01-01")
    compiled = compile_system(BUSY)
    plain = play(compiled, scenario, 0)
    rows = []
    logged = play(compiled, scenario, 0, 64, lambda s: (rows.append(int(s.clk.log_n[0])), s.clk.log_n.fill(0)))
    assert len(rows) > 10, "a small ring is drained many times"
    for name in ("out_cls", "out_fn", "out_role", "out_comp", "hist", "gain", "bond"):
        assert getattr(plain, name).tobytes() == getattr(logged, name).tobytes(), name
    assert sum(rows) == len(simulate_log(scenario))


def test_log_has_the_schema_of_the_evidence() -> None:
    log = simulate_log(Scenario(system=BUSY, weeks=4, warm_up_weeks=1, begins="2024-01-01"))
    assert log.columns == ["case", "activity", "resource", "team", "start", "end", "demand", "priority"]
    assert set(log["activity"]) == {"triage", "solve", "fix", "await"}
    assert (log["end"] >= log["start"]).all()
    assert str(log["start"].min()) >= "2024-01-01"
    people = set(log.filter(log["team"].is_not_null())["resource"])
    assert people <= {f"agent-{k:02d}" for k in range(1, 8)} | {"expert-01", "expert-02"}
    assert set(log.filter(log["team"].is_null())["resource"]) <= {"bot", None}
    with pytest.raises(SimulationError, match="LW-SI-009"):
        simulate_log(Scenario(system=BUSY, weeks=4))
    with pytest.raises(SimulationError, match="LW-SI-009"):
        run(Scenario(system=BUSY, weeks=4, begins="2024-01-02"))


@st.composite
def systems(draw: Any) -> WorkSystem:
    """Small systems of every kind."""
    data = copy.deepcopy(busy.SYSTEM)
    data["person_state"] = draw(st.booleans())
    for fn in data["work"]["functions"][:3]:
        fn["allocation"]["level"] = draw(st.integers(1, 10))
        fn["rule"] = draw(st.sampled_from(["longest_idle", "most_skilled", "least_loaded"]))
    for demand in data["work"]["demand"]:
        demand["batch"] = draw(st.integers(1, 5))
        demand["per_week"] = draw(st.floats(5, 400))
    for component in data["technical"]["components"]:
        component["time_between_failures_h"] = draw(st.floats(0.5, 500))
    data["technical"]["components"][1]["capacity"] = draw(st.integers(0, 3))
    for variance in data["variances"][:3]:
        variance["probability"] = draw(st.floats(0, 1))
        variance["control"]["how"] = draw(st.sampled_from(["rework", "repair", "escalate"]))
    data["social"]["roles"][0]["shifts"][0]["hours"] = draw(
        st.sampled_from(["mon-fri 08:00-16:00", "sat 22:00-06:00", "always"])
    )
    return WorkSystem.model_validate(data)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(systems(), st.integers(0, 2**62))
def test_identities_hold_on_every_run(system: WorkSystem, seed: int) -> None:
    # Caught when the week after the horizon was simulated as well.
    runs = run(Scenario(system=system, weeks=3, warm_up_weeks=1, replications=2, seed=seed), threads=1)
    assert (runs.balance[:, 0] == 0).all()
    assert np.abs(runs.balance[:, 1]).max() <= 1e-9


def test_two_designs_meet_the_same_work() -> None:
    # Twice the people: every item keeps its arrival and, in each function and visit, its work by hand.
    plain = copy.deepcopy(busy.SYSTEM)
    plain["person_state"], plain["technical"], plain["variances"] = False, {}, []
    for fn in plain["work"]["functions"]:
        fn.pop("allocation", None)
    more = copy.deepcopy(plain)
    for role in more["social"]["roles"]:
        for shift in role["shifts"]:
            shift["people"] *= 2
    logs = [
        simulate_log(Scenario(system=WorkSystem.model_validate(s), weeks=3, warm_up_weeks=0, begins="2024-01-01"))
        for s in (plain, more)
    ]
    work = [
        {
            (row["case"], row["activity"], k): (row["end"] - row["start"]).total_seconds()
            for _, group in log.group_by("case", "activity", maintain_order=True)
            for k, row in enumerate(group.sort("start").iter_rows(named=True))
            if row["activity"] in ("triage", "fix")
        }
        for log in logs
    ]
    both = set(work[0]) & set(work[1])
    assert len(both) > 500
    assert max(abs(work[0][k] - work[1][k]) for k in both) < 1e-5


def test_differences_are_paired(station) -> None:
    one = station(4.0, Distribution(mean_h=1.0), 5)
    two = station(4.0, Distribution(mean_h=1.0), 6)
    base, other = (run(Scenario(system=s, weeks=20, replications=20)) for s in (one, two))
    found = {d.id: d for d in difference(base, other) if d.scope == "organisation"}
    wait = found["wait_h"]
    assert isinstance(wait, IndicatorDifference)
    assert wait.estimate.high < 0
    paired = (wait.estimate.high - wait.estimate.low) ** 2
    alone = sum(runs.column("wait_h").var(ddof=1) for runs in (base, other))
    assert paired < (2 * 2.093) ** 2 * alone / 20
    # The same arrivals: throughput differs by what is still inside only.
    assert abs(found["throughput_per_week"].estimate.value) < 1.0
    with pytest.raises(SimulationError, match="LW-SI-014"):
        difference(base, run(Scenario(system=two, weeks=21, replications=20)))


def test_more_people_never_delay_an_item(station) -> None:
    # A theorem for one first-come class, identical always-on people, no patience, feedback or state.
    logs = [
        simulate_log(
            Scenario(system=station(3.0, Distribution(mean_h=1.0), c), weeks=10, warm_up_weeks=0, begins="2024-01-01")
        )
        for c in (4, 5)
    ]
    both = logs[0].join(logs[1], on="case")
    assert len(both) > 4000
    assert (both["start_right"] <= both["start"]).all()


def test_a_forecast_says_what_it_rests_on() -> None:
    told: list[float] = []
    forecast = simulate(Scenario(system=BUSY, weeks=3, replications=4), progress=lambda share, _: told.append(share))
    assert told[-1] == 1.0
    assert sorted(told) == told
    assert "work.functions.triage.work_h" in forecast.assumptions
    assert "state_parameters.takeover_share" in forecast.assumptions
    assert Forecast.model_validate(json.loads(json.dumps(forecast.model_dump(mode="json")))) == forecast
    for entry in forecast.indicators:
        assert entry.estimate.low <= entry.estimate.value <= entry.estimate.high
        assert len(entry.series) in (0, 3)
    for name in ("throughput_per_week", "lead_time_h", "lead_time_p90_h", "late_share", "wait_h", "first_response_h",
                 "escaped_per_100", "rework_share", "abandoned_share", "backlog", "machine_availability", "takeover_h",
                 "high_load_share", "utilisation", "out_of_hours_share", "handovers_per_item", "interruptions_per_h",
                 "fatigue", "skill_reserve", "by_hand_share", "variety"):  # fmt: skip
        assert forecast.of(name) is not None, name
    assert forecast.of("wait_h", "function:fix") is not None
    assert forecast.of("late_share", "demand:request") is not None


def test_intervals_cover(station) -> None:
    # 40 studies of 20 replications; fewer than 33 would come by chance once in a thousand.
    theory = 0.5 / 0.5
    system = station(0.5, Distribution(mean_h=1.0), 1)
    sample = run(Scenario(system=system, weeks=20, warm_up_weeks=1, replications=800)).column("wait_h").reshape(40, 20)
    half = 2.093 * sample.std(axis=1, ddof=1) / math.sqrt(20)
    covered = int((np.abs(sample.mean(axis=1) - theory) <= half).sum())
    assert covered >= 33


def test_overload_is_a_caution_with_the_least_crew(station) -> None:
    [caution] = cautions(station(10.0, Distribution(mean_h=1.0), 7))
    assert "server" in caution
    assert "below 11 people (now 7)" in caution
    assert cautions(station(10.0, Distribution(mean_h=1.0), 11)) == ()
    runs = run(Scenario(system=station(10.0, Distribution(mean_h=1.0), 7), weeks=2, replications=2))
    assert runs.forecast().cautions == (caution,)
