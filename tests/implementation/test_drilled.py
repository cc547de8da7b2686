"""Drills beside a design: before or with what makes their skill idle, and nothing else about the plan changed."""

from __future__ import annotations

from itertools import product

import pytest

from longwall.errors import PlanError
from longwall.implementation import (
    Plan,
    Programme,
    board_csv,
    plan_by,
    plan_ics,
    practice_by_week,
    programme_of,
    sequence,
)
from longwall.implementation.terms import Before, PlanTerms
from longwall.worksystem import Intervention, Patch, WorkSystem
from longwall.worksystem.yamlfile import parse_piece

DESK = """
id: d
technical:
  components: [{id: bot, kind: automation, coverage: 0.8}, {id: other, kind: automation, coverage: 0.5}]
social:
  teams: [{id: t}]
  roles: [{id: desk, team: t, shifts: [{people: 4, hours: always}]}]
work:
  demand: [{id: item, per_week: 420}]
  functions:
    - {id: reset, name: Reset, roles: [desk], work_h: 1, skill: accounts}
    - {id: lock, roles: [desk], work_h: 1, skill: accounts}
    - {id: solve, roles: [desk], work_h: 1, allocation: {level: 8, component: other}}
  routes: [{source: start, target: reset}, {source: reset, target: lock}, {source: lock, target: solve},
           {source: solve, target: end}]
"""
SOURCE = "plans/drills.yaml"


def level(function: str, to: int) -> tuple[Patch, ...]:
    base = f"work.functions.{function}.allocation"
    return Patch(path=f"{base}.level", value=to), Patch(path=f"{base}.component", value="bot")


def drill(function: str, times: float, name: str = "") -> Intervention:
    return Intervention.model_validate(
        {"id": name or f"drill.{function}", "title": f"Practise {function}", "kind": "social", "lever": "drill",
         "patches": [{"path": f"work.functions.{function}.drills_per_year", "value": times}], "cost": 100.0,
         "lead_time_weeks": 1.0, "concerns": ["desk"], "why": "a takeover succeeds with 0.9"}
    )  # fmt: skip


@pytest.fixture(scope="module")
def system() -> WorkSystem:
    return parse_piece(DESK, WorkSystem, "d")


def test_each_way_to_leave_less_to_hands_waits_for_the_drill_of_the_same_skill(made, system: WorkSystem) -> None:
    """Caught when coverage, what a change requires, or another function of the same skill is not looked at."""
    change, _ = made
    chosen = [
        change("lock.8", "technical", patches=level("lock", 8)),
        change("lock.2", "technical", patches=(*level("solve", 2),)),
        change("more", "technical", patches=(Patch(path="technical.components.bot.coverage", value=0.9),),
               requires=("lock.8",)),
        change("wide", "technical", patches=(Patch(path="technical.components.other.coverage", value=0.9),)),
        change("talk"),
    ]  # fmt: skip
    found = programme_of([drill("reset", 12), drill("solve", 6)], chosen, system, source=SOURCE)
    assert set(found.first) == {("drill.reset", "lock.8"), ("drill.reset", "more"), ("drill.solve", "wide")}
    assert found.practice["drill.reset"].value == pytest.approx(12 * 4 * 2 / 52, rel=0.9)
    assert (
        found.practice["drill.reset"].low <= found.practice["drill.reset"].value <= found.practice["drill.reset"].high
    )
    assert found.practice["drill.reset"].value == pytest.approx(2 * found.practice["drill.solve"].value)


def test_what_the_design_practises_already_is_left_out_and_said(made, system: WorkSystem) -> None:
    change, _ = made
    own = drill("reset", 12, "own")
    found = programme_of([drill("reset", 12), drill("lock", 4)], [own, change("talk")], system, source=SOURCE)
    assert [one.id for one in found.drills] == ["drill.lock"] and "drill.reset of plans/drills.yaml" in found.cautions[
        0
    ]


def test_a_drill_takes_the_place_of_a_rarer_one_of_the_design(made, system: WorkSystem) -> None:
    """Caught when both stand in the plan: the design's later, rarer drill would undo the other."""
    change, aligned = made
    rare = drill("reset", 4, "rare").model_copy(update={"owner": "desk", "running_cost_per_week": change("x").cost})
    auto = change("auto", "technical", patches=level("reset", 8))
    often = drill("reset", 12).model_copy(update={"running_cost_per_week": change("x", cost=500.0).cost})
    found = programme_of([often], [rare, auto], system, source=SOURCE)
    assert found.instead == {"rare": "drill.reset"} and "takes the place of rare" in found.cautions[0]
    alone = programme_of([often], [auto], system, source=SOURCE)
    assert found.practice == alone.practice and found.first == alone.first
    plan = sequence(aligned([rare, auto]), programme=found)
    assert [one.id for one in plan.increments] == ["drill.reset", "auto"]
    assert plan.increments[0].owner == "desk" and plan.increments[0].running_cost_per_week == 1500.0
    asks = change("asks", requires=("rare",))
    assert programme_of([drill("reset", 12)], [rare, asks], system, source=SOURCE).instead == {}


@pytest.mark.parametrize("path", ["work.functions.rest.drills_per_year", "work.functions.reset.work_h"])
def test_what_is_no_drill_of_the_design_is_refused(system: WorkSystem, path: str) -> None:
    wrong = drill("reset", 4).model_copy(update={"patches": (Patch(path=path, value=4),)})
    with pytest.raises(PlanError, match=r"LW-PL-019.*drills\.yaml:interventions\.1"):
        programme_of([drill("reset", 4), wrong], [], system, source=SOURCE)


@pytest.mark.parametrize(("at_once", "cost"), list(product([0, 1, 2], [None, 1.0, 90_000.0])))
def test_a_drill_begins_no_later_and_weights_stay(made, system: WorkSystem, at_once: int, cost: float | None) -> None:
    """Caught when the pair is given to the solver the other way round, or a dear drill makes other steps look cheap."""
    change, aligned = made
    auto = change("auto", "technical", patches=level("reset", 8), concerns=("desk",))
    talk = change("talk", concerns=())
    alone = sequence(aligned([auto, talk], [9.0, 1.0]), changes_at_once=at_once)
    one = drill("reset", 12).model_copy(update={"cost": None if cost is None else change("x", cost=cost).cost})
    programme = programme_of([one], [auto, talk], system, source=SOURCE)
    plan = sequence(aligned([auto, talk], [9.0, 1.0]), changes_at_once=at_once, programme=programme)
    at = {one.id: one for one in plan.increments}
    assert at["drill.reset"].start_week <= at["auto"].start_week
    assert at["talk"] == next(one for one in alone.increments if one.id == "talk")
    assert (at["auto"].start_week == 0) == (at_once != 1)
    assert [one.rule for one in plan.precedences] == ["drill first"]
    assert at["drill.reset"].source == SOURCE and "keep it as long as a machine does Reset" in at["drill.reset"].drop_if
    assert plan.increments[0].id == "drill.reset"
    text = plan_ics(plan, "2026-03-02")
    assert f"From {SOURCE}" in text.replace("\r\n ", "") and "hours of practice a week" in text.replace("\r\n ", "")
    practice = practice_by_week(plan)
    assert practice[0] == 0 and practice[-1] == pytest.approx(at["drill.reset"].practice.value, abs=1e-6)
    assert board_csv(plan).splitlines()[0].endswith("practice_h") and practice_by_week(alone) == ()
    assert Plan.model_validate(plan.model_dump(mode="json")) == plan
    assert "source" not in alone.increments[0].model_dump() and "practice" not in alone.increments[0].model_dump()


def test_a_persons_word_wins_over_the_rule(made, system: WorkSystem) -> None:
    change, aligned = made
    auto = change("auto", "technical", patches=level("reset", 8))
    programme = programme_of([drill("reset", 12)], [auto], system, source=SOURCE)

    def plan(**said: object) -> Plan:
        return plan_by(aligned([auto]), PlanTerms.model_validate(said), programme=programme)

    late = plan(before=(Before(first="auto", then="drill.reset", why="the tool first"),))
    at = {one.id: one for one in late.increments}
    assert at["drill.reset"].start_week >= at["auto"].end_week
    free = plan(overrides=(Before(first="drill.reset", then="auto", why="they are fresh"),), changes_at_once=1)
    assert free.precedences[0].overridden and free.precedences[0].reason == "they are fresh"
    assert {one.id: one.start_week for one in free.increments}["auto"] == 0
    with pytest.raises(PlanError, match=r"LW-PL-008.*overrides\.0"):
        plan_by(
            aligned([auto, change("talk")]),
            PlanTerms(overrides=(Before(first="drill.reset", then="talk", why="because"),)),
            programme=programme_of([drill("reset", 12)], [auto], system, source=SOURCE),
        )


def test_no_drill_is_no_programme(made, system: WorkSystem) -> None:
    change, _ = made
    assert programme_of([], [change("talk")], system, source=SOURCE) == Programme(source=SOURCE)
