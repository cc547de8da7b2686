"""What becomes of each role, against arithmetic; drills against closed forms and against trying every count."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longwall.errors import PlanError
from longwall.implementation.roles import drill_plan, practised_together, reskilling, tasks_to_learn, with_drills
from longwall.implementation.roles.drills import _Search, reserve_of
from longwall.simulation import Scenario, run, warm_up_weeks
from longwall.simulation.load import parts_of_work
from longwall.simulation.priors import PRIORS, effective
from longwall.worksystem import Parameter, Patch, WorkSystem, patched

BOT = {"id": "bot", "kind": "automation", "coverage": 1.0, "reliability": 1.0, "speed": 10}


def desk(people: int = 6, **bot: Any) -> WorkSystem:
    """A desk of two roles: triage by agents, fixing by technicians, recovery by a machine at level 10."""
    return WorkSystem.model_validate(
        {
            "id": "desk",
            "person_state": True,
            "technical": {"components": [{**BOT, **bot}]},
            "social": {
                "teams": [{"id": "t"}],
                "roles": [
                    {"id": "agent", "team": "t", "shifts": [{"people": people, "hours": "always"}]},
                    {"id": "tech", "team": "t", "shifts": [{"people": 3, "hours": "always"}]},
                ],
            },
            "work": {
                "demand": [{"id": "item", "per_week": 100}],
                "functions": [
                    {"id": "triage", "work_h": 0.5, "roles": ["agent"], "burden": "degrading"},
                    {"id": "fix", "work_h": 1.0, "roles": ["tech", "agent"], "burden": "hazardous"},
                    {
                        "id": "recover", "work_h": 0.25, "roles": ["agent"],
                        "allocation": {"level": 10, "component": "bot"},
                    },
                ],
                "routes": [
                    {"source": "start", "target": "triage"}, {"source": "triage", "target": "fix"},
                    {"source": "fix", "target": "recover"}, {"source": "recover", "target": "end"},
                ],
            },
        }
    )  # fmt: skip


def set_(system: WorkSystem, **values: Any) -> WorkSystem:
    return patched(system, [Patch(path=path.replace("__", "."), value=value) for path, value in values.items()])


QUICK = {"weeks": 6, "replications": 4, "years": 1, "threads": 1}


def test_tasks_lost_kept_and_gained_hold_all_hours_of_people() -> None:
    """Fails when a part of the work (a review, a takeover) falls between the roles, or is counted twice."""
    today = desk()
    design = set_(today, work__functions__triage__allocation={"level": 8, "component": "bot"})
    design = set_(design, technical__components__bot__coverage=0.7, work__functions__recover__allocation__level=4)
    found = reskilling(today, design, name="d", floor=0.0, **QUICK)
    for system, whole in ((today, "hours_today"), (design, "hours_then")):
        scenario = Scenario(system=system, weeks=6, warm_up_weeks=warm_up_weeks(system), replications=4)
        runs = run(scenario, threads=1)
        priors = {name: one.value for name, one in effective(system).items()}
        asked = 0.0
        for function in system.work.functions:
            scope = f"function:{function.id}"
            component = system.components.get(function.allocation.component or "")
            hand = runs.column("by_hand_share", scope) if component is not None else None
            share = parts_of_work(function, component, priors, hand).total
            asked += float((runs.column("throughput_per_week", scope) * share).mean()) * function.work_h.mean_h
        assert sum(getattr(role, whole).value for role in found.roles) == pytest.approx(asked, rel=1e-12)
    for role in found.roles:
        lost, kept, gained = (role.tasks_that_are(b) for b in ("lost", "kept", "gained"))
        assert sum(t.today.value for t in (*lost, *kept)) == pytest.approx(role.hours_today.value, rel=1e-12)
        assert sum(t.then.value for t in (*gained, *kept)) == pytest.approx(role.hours_then.value, rel=1e-12)
    agent = next(role for role in found.roles if role.role == "agent")
    assert {(t.function, t.what) for t in agent.tasks_that_are("gained")} == {
        ("triage", "review or read"), ("triage", "take over"), ("recover", "review or read"),
        ("recover", "act on a suggestion"), ("recover", "by hand"), ("recover", "take over"),
    }  # fmt: skip


def test_today_against_itself_changes_nothing() -> None:
    found = reskilling(desk(), desk(), name="today", floor=0.0, **QUICK)
    for role in found.roles:
        assert not role.tasks_that_are("lost") and not role.tasks_that_are("gained") and not role.idle and not role.grow
        assert all(task.change.low == task.change.value == task.change.high == 0.0 for task in role.tasks)
    assert not any(one.mechanised for one in found.burdens) and found.plan.drills[0].per_year == 0


def test_what_nobody_does_by_hand_any_more_falls_idle_and_burdens_come_first() -> None:
    today = desk()
    design = set_(today, work__functions__fix__allocation={"level": 7, "component": "bot"})
    found = reskilling(today, design, name="d", floor=0.0, **QUICK)
    tech = next(role for role in found.roles if role.role == "tech")
    assert [(one.skill, one.gap_then_days) for one in tech.idle] == [("fix", None)]
    # 3 of 9 people on the roster do a third of 100 a week: a member practises every 7 x 3 / 33 days.
    assert tech.idle[0].gap_today_days == pytest.approx(7 * 3 / (100 / 3), rel=0.1)
    assert [(one.function, one.mechanised) for one in found.burdens] == [("fix", True), ("triage", False)]
    assert any("no lighter" in text and "triage" in text for text in found.cautions)


@pytest.mark.parametrize(("people", "shown"), [(6, True), (4, False)])
def test_a_skill_to_grow_shows_its_level_only_for_five_or_more(people: int, shown: bool) -> None:
    today = set_(desk(people), work__functions__fix__roles=["tech"])
    design = set_(today, work__functions__fix__roles=["tech", "agent"], social__roles__agent__skills={"fix": 0.6})
    found = reskilling(today, design, name="d", floor=0.0, **QUICK)
    (grow,) = next(role for role in found.roles if role.role == "agent").grow
    assert (grow.level is not None) == shown and grow.weeks is not None
    priors = effective(design)
    per_member = 100 * people / (people + 3) / people
    assert grow.weeks.value == pytest.approx(tasks_to_learn(0.6, priors) / per_member, rel=0.1)
    assert any("learning_rate" in text and "(K:" in text for text in grow.rests_on)


@given(st.floats(0.45, 1.0))
def test_tasks_to_learn_invert_the_curve_of_wright(level: float) -> None:
    value = {name: Parameter(value=prior.value) for name, prior in PRIORS.items()}
    exponent, reference = -math.log2(value["learning_rate"].value), value["reference_tasks"].value
    done = reference - tasks_to_learn(level, value)
    assert (done / reference) ** exponent == pytest.approx(level, rel=1e-9)
    saturating = value | {"learning_form": Parameter(value=1.0)}
    floor, gain = value["gain_floor"].value, value["practice_gain"].value
    start = max((level - floor) / (value["gain_ceiling"].value - floor), 0.0)
    tasks = tasks_to_learn(level, saturating)
    assert tasks == 0.0 if start >= 0.95 else 1 - (1 - start) * (1 - gain) ** tasks == pytest.approx(0.95)


def test_without_drills_the_reserve_follows_the_half_life() -> None:
    """Fails when the worst week is not the last one, or when the machine's function is practised after all."""
    system = desk()
    plan = drill_plan(system, floor=0.65, years=1, replications=2, threads=1)
    (drill,) = plan.drills
    gain = 0.5 ** (52 * 168.0 / 730.5 / PRIORS["skill_half_life_months"].value)
    low, high = PRIORS["takeover_novice"].value, PRIORS["takeover_skilled"].value
    assert drill.reserve_without.value == pytest.approx(low + (high - low) * gain, rel=2e-3)
    assert drill.reached and drill.per_year == 0 and not plan.interventions


def test_the_fewest_drills_are_those_of_trying_every_count_and_grow_with_the_floor() -> None:
    """Caught when the runs end anywhere in the year: five drills then leave less than four."""
    system = set_(desk(coverage=0.7, time_between_failures_h=300, repair_h=24), work__demand__item__per_week=2)
    lows = []
    for count in range(10):
        scenario = Scenario(system=with_drills(system, {"recover": count}), weeks=48, replications=3,
                            warm_up_weeks=warm_up_weeks(system), seed=5)  # fmt: skip
        lows.append(reserve_of(run(scenario, threads=1), {"recover": count})["recover"].low)
    assert lows == sorted(lows) and lows[0] < lows[-1]
    seen = []
    for brute in (3, 7):
        floor = (lows[brute - 1] + lows[brute]) / 2
        plan = drill_plan(system, floor=floor, seed=5, years=1, replications=3, threads=1)
        (drill,) = plan.drills
        assert brute <= drill.per_year <= brute + 1 and drill.reached and drill.reserve.low >= floor
        seen.append(drill.per_year)
    (change,) = plan.interventions
    then = patched(system, change.patches)
    assert then.functions["recover"].drills_per_year.value == seen[-1]
    hours = drill.hours_per_year
    assert hours.value == pytest.approx(1.5 * seen[-1] * 6) and hours.low < hours.value < hours.high


@given(st.integers(0, 52), st.integers(0, 5), st.integers(0, 52), st.integers(1, 52))
def test_the_search_finds_any_limit_from_any_guess(limit: int, least: int, guess: int, most: int) -> None:
    search = _Search("f", min(least, most), most, guess)
    tries = 0
    while not search.closed:
        search.told(search.probe >= limit)
        tries += 1
        assert tries <= 20
    reachable = limit <= most
    assert search.probe == (max(limit, min(least, most)) if reachable else most)
    assert (search.high is not None) == reachable


def test_a_floor_that_no_plan_reaches_says_the_best_with_its_interval() -> None:
    plan = drill_plan(desk(), floor=0.97, years=1, replications=2, most_per_year=3, threads=1)
    (drill,) = plan.drills
    assert not drill.reached and drill.per_year == 3 and not plan.interventions
    assert f"{drill.reserve.value:.3f} ({drill.reserve.low:.3f} to" in plan.cautions[0]
    assert drill.reserve.value > drill.reserve_without.value


@pytest.mark.parametrize("floor", [-0.1, 1.1, math.nan])
def test_a_floor_that_is_no_probability_is_refused(floor: float) -> None:
    with pytest.raises(PlanError, match="LW-PL-016"):
        drill_plan(desk(), floor=floor)


def test_functions_of_one_skill_and_the_same_people_are_drilled_together() -> None:
    system = set_(desk(), work__functions__fix__allocation={"level": 7, "component": "bot"},
                  work__functions__fix__skill="hands", work__functions__recover__skill="hands")  # fmt: skip
    assert practised_together(system) == {"fix": [], "recover": []}
    system = set_(system, work__functions__fix__roles=["agent"])
    assert practised_together(system) == {"fix": ["recover"]}


def test_constraints_on_drills_hold() -> None:
    system = set_(desk(), environment__constraints=[
        {"id": "c", "source": "Act 1", "why": "so", "functions": ["recover"], "least_drills_per_year": 2.5}
    ])  # fmt: skip
    plan = drill_plan(system, floor=0.0, years=1, replications=2, threads=1)
    assert plan.drills[0].per_year == 3 and np.isfinite(plan.drills[0].reserve.value)
