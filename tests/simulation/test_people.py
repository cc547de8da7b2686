"""Hours, queues, skills, fatigue, trust: what members of roles do and what it does to them."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from longwall.simulation import Scenario, compile_system, run, simulate_log
from longwall.simulation.experiment import play
from longwall.simulation.indicators import shown_groups
from longwall.worksystem import (
    Allocation,
    Component,
    Distribution,
    Function,
    Parameter,
    Route,
    WorkSystem,
)

P = Parameter
HOUR = Distribution(shape="fixed", mean_h=1.0)
BOT = Component(
    id="bot", kind="automation", speed=P(value=100.0), time_between_failures_h=P(value=500.0),
    repair_h=Distribution(mean_h=24.0),
)  # fmt: skip


def through(*functions: str) -> list[Route]:
    stops = ["start", *functions, "end"]
    return [Route(source=a, target=b) for a, b in itertools.pairwise(stops)]


def test_work_begins_on_shift_and_is_finished_after_it(station) -> None:
    system = station(0.4, Distribution(shape="fixed", mean_h=2.5), 6, hours="mon-fri 08:00-16:00")
    log = simulate_log(Scenario(system=system, weeks=8, begins="2024-01-01"))
    weekday, start, end = (log["start"].dt.weekday(), log["start"].dt.hour(), log["end"].dt.hour())
    assert weekday.max() <= 5
    assert start.min() >= 8
    assert start.max() <= 15
    # A task running at 16:00 is finished: 2.5 h at most past it.
    assert end.max() in (17, 18)
    runs = run(Scenario(system=system, weeks=40, replications=4))
    assert 0.02 < runs.column("out_of_hours_share").mean() < 0.3
    assert runs.column("utilisation").mean() + 0 < 1.0


def test_overtime_is_booked_once(station) -> None:
    # Three hours of work that come between 15:00 and 16:00, when the shift ends: 2 to 3 of the 3 are outside.
    profile = tuple(1.0 if hour == 15 else 0.0 for hour in range(168))
    system = station(1 / 168, Distribution(shape="fixed", mean_h=3.0), 5, hours="mon-fri 08:00-16:00", profile=profile)
    runs = run(Scenario(system=system, weeks=400, replications=10))
    assert runs.column("out_of_hours_share").mean() == pytest.approx(2.5 / 3, abs=0.01)


def test_high_load_counts_half_hours(station) -> None:
    # Work of one hour: a share of windows is full; the oracle counts windows from the log.
    system = station(1.5, Distribution(mean_h=0.7), 5, hours="mon-fri 08:00-16:00")
    scenario = Scenario(system=system, weeks=6, warm_up_weeks=0, replications=2, begins="2024-01-01")
    log = simulate_log(scenario)
    origin = log["start"].dt.truncate("1w").min()
    hours = {c: ((log[c] - origin).dt.total_microseconds() / 3.6e9).to_numpy() for c in ("start", "end")}
    busy: dict[tuple[str, int], float] = {}
    for who, begin, end in zip(log["resource"], hours["start"], hours["end"], strict=True):
        window = int(begin * 2)
        while window / 2 < end:
            busy[who, window] = busy.get((who, window), 0.0) + min(end, (window + 1) / 2) - max(begin, window / 2)
            window += 1
    rostered = {d * 48 + h for d in range(5) for h in range(16, 32)}
    high = sum(0.5 for (_, w), h in busy.items() if w % 336 in rostered and h >= 0.85 * 0.5 - 1e-9)
    measured = run(scenario).column("high_load_share")[0] * 5 * 40 * 6
    # The log shows what was finished; a task running at the end of the horizon is not in it.
    assert measured == pytest.approx(high, abs=3.0)


def test_patience_runs_anew_in_each_queue(system, arrivals, role) -> None:
    fixed = Distribution(shape="fixed", mean_h=0.5)
    fns = [Function(id="a", work_h=HOUR, roles=("ra",)), Function(id="b", work_h=HOUR, roles=("rb",))]
    people = [role("ra", 1), role("rb", 1)]
    runs = run(
        Scenario(system=system([arrivals("item", 1.5, patience_h=fixed)], fns, through("a", "b"), people), weeks=100)
    )
    assert 0.2 < runs.column("abandoned_share").mean() < 0.6
    # Nobody waits longer than patience in one queue.
    assert runs.column("wait_h", "function:a").max() < 0.5


def test_delay_needs_no_performer(station) -> None:
    runs = run(
        Scenario(
            system=station(1.0, Distribution(shape="fixed", mean_h=0.0), 5, delay_h=Distribution(mean_h=20.0)),
            weeks=200,
        )
    )
    assert runs.column("lead_time_h").mean() == pytest.approx(20.0, rel=0.02)
    assert runs.column("utilisation").max() == 0.0


def test_memory_of_two_functions_decides(system, arrivals, role) -> None:
    # a-c-end and b-c-a-...: the same function leads elsewhere by what came before; the longest match wins.
    p = Parameter
    fns = [Function(id=k, work_h=Distribution(shape="fixed", mean_h=0.01), roles=("r",)) for k in "abcd"]
    routes = [
        Route(source="start", target="a", probability=p(value=0.5)),
        Route(source="start", target="b", probability=p(value=0.5)),
        Route(source="a", target="c"), Route(source="b", target="c"),
        Route(source="c", target="end"), Route(source="c", target="d", after=("b",)),
        Route(source="d", target="end"), Route(source="d", target="c", after=("b", "c")),
        Route(source="c", target="a", after=("c", "d")),
    ]  # fmt: skip
    runs = run(Scenario(system=system([arrivals("item", 5.0)], fns, routes, [role("r", 5)]), weeks=20))
    visits = {k: runs.column("throughput_per_week", f"function:{k}").mean() / 840 for k in "abcd"}
    assert visits["d"] == pytest.approx(0.5, rel=0.03)
    assert visits["a"] == pytest.approx(1.0, rel=0.03)
    assert visits["c"] == pytest.approx(2.0, rel=0.03)


def test_handovers_are_changes_of_team(system, arrivals, role) -> None:
    fns = [Function(id=k, work_h=Distribution(mean_h=0.1), roles=(f"r{k}",)) for k in "abc"]
    people = [role("ra", 2, team="one"), role("rb", 2, team="one"), role("rc", 2, team="two")]
    runs = run(Scenario(system=system([arrivals("i", 2.0)], fns, through("a", "b", "c"), people), weeks=10))
    assert runs.column("handovers_per_item") == pytest.approx(1.0, abs=0.01)


def test_most_skilled_is_asked_first(system, arrivals, role) -> None:
    people = [role("slow", 5), role("fast", 5, skills={"serve": P(value=2.0)})]
    fn = Function(id="serve", work_h=HOUR, roles=("slow", "fast"), rule="most_skilled")
    runs = run(Scenario(system=system([arrivals("i", 2.0)], [fn], through("serve"), people), weeks=40))
    assert runs.column("utilisation", "role:fast").mean() > 4 * runs.column("utilisation", "role:slow").mean()
    assert runs.column("lead_time_h").mean() < 0.6


def manual(system, arrivals, role, level: int, drills: float = 0.0, **priors: float) -> WorkSystem:
    allocation = Allocation(level=level, component="bot")
    fn = Function(id="recover", work_h=HOUR, roles=("crew",), allocation=allocation, drills_per_year=P(value=drills))
    return system(
        [arrivals("case", 1.0)], [fn], through("recover"), [role("crew", 6)], (BOT,), person_state=True,
        state_parameters={k: P(value=v) for k, v in priors.items()},
    )  # fmt: skip


def test_skill_that_is_never_practised_decays_and_takeover_takes_longer(system, arrivals, role) -> None:
    months = 12
    weeks = int(months * 730.5 / 168)
    state = manual(system, arrivals, role, 10, skill_half_life_months=11.0)
    never = state.technical.model_copy(
        update={"components": (BOT.model_copy(update={"time_between_failures_h": None}),)}
    )
    idle = run(
        Scenario(system=state.model_copy(update={"technical": never}), weeks=weeks, warm_up_weeks=0, replications=2)
    )
    k = [what.id for what in idle.indicators].index("skill_reserve")
    gain = math.exp(-math.log(2) * weeks * 168 / (11 * 730.5))
    assert idle.series[0, k, -1] == pytest.approx(0.4 + 0.58 * gain, abs=1e-9)

    scenario = {"weeks": weeks, "warm_up_weeks": 0, "replications": 12}
    frozen = run(Scenario(system=manual(system, arrivals, role, 10, skill_half_life_months=1e6), **scenario))
    decayed = run(Scenario(system=manual(system, arrivals, role, 10, skill_half_life_months=3.0), **scenario))
    drilled = run(Scenario(system=manual(system, arrivals, role, 10, 104.0, skill_half_life_months=3.0), **scenario))
    assert decayed.column("takeover_h").mean() > 1.2 * frozen.column("takeover_h").mean()
    assert drilled.column("skill_reserve").mean() > decayed.column("skill_reserve").mean() + 0.05
    assert drilled.column("takeover_h").mean() < decayed.column("takeover_h").mean()


def test_practice_follows_wright_up_to_the_standard(system, arrivals, role) -> None:
    # From half of the gain in the logarithm of experience: x = sqrt(reference); n tasks later x + n, without decay.
    priors = {"gain_initial": 0.5, "reference_tasks": 10_000.0, "skill_half_life_months": 1e6, "fatigue_slowdown": 0.0}
    wanted = manual(system, arrivals, role, 1, **priors)
    scenario = Scenario(system=wanted, weeks=10, warm_up_weeks=0, replications=2)
    compiled = compile_system(wanted)
    state = play(compiled, scenario, 0)
    done = float(state.out_fn.executions.sum())
    experience = np.exp(state.gain[:, 0] * math.log(10_000.0))
    assert float(experience.sum()) == pytest.approx(6 * 100.0 + done, rel=1e-3)


def test_fatigue_rises_at_work_and_falls_at_rest(station) -> None:
    rested = station(1.0, HOUR, 5, person_state=True)
    pressed = station(4.5, HOUR, 5, person_state=True)
    low, high = (run(Scenario(system=s, weeks=20, replications=3)).column("fatigue").mean() for s in (rested, pressed))
    assert 0.0 < low < high < 1.0
    # Always at work and never resting, fatigue would tend to one; an hour on and a long rest stays near zero.
    rare = run(Scenario(system=station(0.02, HOUR, 5, person_state=True), weeks=20, replications=3)).column("fatigue")
    assert rare.mean() == pytest.approx(1 - 10 * (1 - math.exp(-0.1)), abs=0.01)


def test_trust_tends_to_reliability_when_gains_and_losses_are_alike(system, arrivals, role) -> None:
    bot = BOT.model_copy(update={"reliability": P(value=0.8), "time_between_failures_h": None})
    fn = Function(id="serve", work_h=HOUR, roles=("crew",), allocation=Allocation(level=2, component="bot"))
    equal = {"trust_up": P(value=0.02), "trust_down": P(value=0.02)}
    wanted = system(
        [arrivals("c", 4.0)],
        [fn],
        through("serve"),
        [role("crew", 6)],
        (bot,),
        person_state=True,
        state_parameters=equal,
    )
    state = play(compile_system(wanted), Scenario(system=wanted, weeks=60), 0)
    assert state.bond.trust.mean() == pytest.approx(0.8, abs=0.06)


def test_groups_of_fewer_than_five_are_not_shown() -> None:
    assert shown_groups({"a": 9, "b": 5}) == {"a", "b"}
    # 9 of 12 shown would give the other three away by subtraction.
    assert shown_groups({"a": 9, "b": 3}) == set()
    assert shown_groups({"a": 9, "b": 3, "c": 2}) == {"a"}
    assert shown_groups({"a": 9, "b": 6, "c": 3}) == {"a"}
    assert shown_groups({"a": 4}) == set()


def test_small_teams_have_no_measures_of_performers(system, arrivals, role) -> None:
    fns = [Function(id=k, work_h=Distribution(mean_h=0.1), roles=(f"r{k}",)) for k in "ab"]
    people = [role("ra", 9, team="one"), role("rb", 3, team="two")]
    runs = run(Scenario(system=system([arrivals("i", 2.0)], fns, through("a", "b"), people), weeks=4))
    scopes = {what.scope for what in runs.indicators if what.id == "utilisation"}
    assert scopes == {"organisation"}
