"""Need against have: every aspect in closed form, what is not known stays an interval, both directions."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longwall import templates
from longwall.assessment import Controller, Level, VarianceGaps, assess
from longwall.assessment.control.gaps_candidate import candidate_of, unknown
from longwall.assessment.control.gaps_result import ASPECTS
from longwall.discovery import detect
from longwall.worksystem import WorkSystem, check_system, parse_system

HOURS = "mon-fri 08:00-16:00"


def system(control: dict[str, Any] | None, **role: Any) -> WorkSystem:
    """A clerk does and controls, an expert could; one machine at the second function."""
    return WorkSystem.model_validate(
        {
            "id": "small",
            "technical": {
                "components": [
                    {"id": "bot", "kind": "automation", "coverage": 0.9, "reliability": 0.8, "transparency": 0.25},
                    {"id": "lever", "time_between_failures_h": 3, "repair_h": {"shape": "fixed", "mean_h": 1}},
                ]
            },
            "social": {
                "teams": [{"id": "front"}, {"id": "back"}],
                "roles": [
                    {"id": "clerk", "team": "front", "shifts": [{"people": 6, "hours": HOURS}], **role},
                    {"id": "expert", "team": "back", "shifts": [{"people": 2, "hours": "always"}], "absence": 0.1},
                ],
            },
            "work": {
                "demand": [{"id": "item", "per_week": 100, "due_h": 24}],
                "functions": [
                    {"id": "take", "work_h": 0.5, "roles": ["clerk"], "uses": ["lever"]},
                    {"id": "act", "work_h": 1, "roles": ["expert"], "allocation": {"level": 7, "component": "bot"}},
                ],
                "routes": [
                    {"source": "start", "target": "take"},
                    {"source": "take", "target": "act"},
                    {"source": "act", "target": "end"},
                ],
            },
            "variances": [
                {
                    "id": "wrong", "origin": "take", "probability": 0.1, "control": control,
                    "detections": [{"function": "act", "probability": 0.5}],
                }
            ],
        }
    )  # fmt: skip


CONTROL = {"function": "take", "role": "clerk", "needs_authority": True, "needs_information": True, "within_h": 8}


def of(found: tuple[VarianceGaps, ...], variance: str, who: str) -> Controller:
    return next(c for g in found if g.variance == variance for c in g.controllers if c.id == who)


def have(candidate: Controller, aspect: str) -> Level:
    return next(gap.have for gap in candidate.gaps if gap.aspect == aspect)


@given(
    need=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
    got=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
)
def test_a_gap_holds_every_gap_that_can_be(need: list[float], got: list[float]) -> None:
    levels = {
        "skill": (Level(low=need[0], high=need[1], source="model"), Level(low=got[0], high=got[1], source="model"))
    }
    candidate = candidate_of("x", "role", levels, today=True, targets=())  # type: ignore[arg-type]
    gap = candidate.gaps[0].gap
    for n in need:
        for h in got:
            assert gap.low - 1e-12 <= max(0.0, n - h) <= gap.high + 1e-12
    assert candidate.capacity_low == pytest.approx(1 - gap.high)
    assert (candidate.bottleneck == "skill") == (gap.low >= 0.1)


def test_what_nobody_knows_is_the_whole_interval_and_is_asked() -> None:
    known = Level(low=1, high=1, source="model")
    candidate = candidate_of("x", "role", {a: (known, unknown()) for a in ASPECTS}, today=True, targets=())
    assert (candidate.capacity_low, candidate.capacity_high, candidate.bottleneck) == (0, 1, "")
    assert candidate.ask == ASPECTS
    assert set(candidate.conditions.values()) == {None}
    assert candidate.suggests == ()


def test_the_stated_is_taken_as_stated() -> None:
    found = assess(system(CONTROL, authority=["wrong"], skills={"take": 0.5}, hears_of=["wrong"])).gaps
    clerk = of(found, "wrong", "clerk")
    assert clerk.today and clerk.kind == "role"
    assert have(clerk, "information").high == 0
    assert have(clerk, "authority").low == 1
    assert (have(clerk, "skill").low, have(clerk, "skill").high) == (0.5, 0.5)
    assert have(clerk, "feedback").low == 1
    # The lever works three hours of four.
    assert have(clerk, "tools").low == pytest.approx(0.75)
    assert clerk.bottleneck == "information"
    assert clerk.capacity_low == clerk.capacity_high == 0
    assert clerk.conditions == {"boundary": True, "means": False, "variety": False, "authority": True}
    assert {s.kind for s in clerk.suggests} >= {"control_at_source", "cross_train"}


def test_time_is_the_share_of_the_week_from_which_control_is_in_time() -> None:
    clerk = of(assess(system(CONTROL)).gaps, "wrong", "clerk")
    # Half an hour of work within eight: from 00:00 (8 h early, no room for the work: 01:00) to 15:00, Monday to Friday.
    assert have(clerk, "time").low == pytest.approx(5 * 15 / 168, abs=1e-9)
    late = of(assess(system({**CONTROL, "within_h": 0.25})).gaps, "wrong", "clerk")
    assert have(late, "time").high == pytest.approx(0.5)
    expert = of(assess(system(CONTROL)).gaps, "wrong", "expert")
    assert have(expert, "time").low == 1


def test_machines_act_as_far_as_level_and_constraints_let_them() -> None:
    bot = of(assess(system({**CONTROL, "function": "act", "role": "expert"})).gaps, "wrong", "bot")
    assert bot.kind == "machine"
    assert have(bot, "information").low == 0.5
    assert have(bot, "authority").low == 1
    assert have(bot, "skill").low == pytest.approx(0.72)
    assert not have(bot, "feedback").known
    base = system({**CONTROL, "function": "act", "role": "expert"})
    bound = WorkSystem.model_validate(
        {
            **base.model_dump(mode="json"),
            "environment": {
                "constraints": [
                    {"id": "signed", "source": "house", "why": "so", "functions": ["act"], "highest_level": 4}
                ]
            },
        }
    )  # fmt: skip
    assert have(of(assess(bound).gaps, "wrong", "bot"), "authority").high == 0


def test_without_a_control_everything_needed_is_asked() -> None:
    clerk = of(assess(system(None)).gaps, "wrong", "clerk")
    assert set(clerk.ask) == set(ASPECTS)
    assert (clerk.capacity_low, clerk.capacity_high) == (0, 1)


def test_machines_against_what_the_social_system_brings() -> None:
    found = assess(system(CONTROL)).gaps
    social = {g.variance: g for g in found if g.direction == "social"}
    assert set(social) == {"absence:expert", "ambiguity:bot"}
    bot = of(found, "absence:expert", "bot")
    # It carries on with what it covers, and right.
    assert have(bot, "skill").low == pytest.approx(0.72)
    unsure = of(found, "ambiguity:bot", "bot")
    assert have(unsure, "information").low == 0.25
    assert unsure.bottleneck == "information"
    desk = {g.variance for g in assess(templates.read("security-operations")).gaps if g.direction == "social"}
    assert {"surge:endpoint-alert", "surge:network-alert"} <= desk


def test_new_fields_go_through_yaml_and_dangling_ones_are_named() -> None:
    text = """
id: s
technical: {components: [{id: tool}]}
social:
  teams: [{id: t}]
  roles: [{id: r, team: t, shifts: [{people: 1}], tools: [tool], hears_of: [v]}]
work:
  functions: [{id: f, roles: [r]}]
variances:
  - {id: v, origin: f, control: {function: f, skill: f, tools: [tool]}}
"""
    assert check_system(parse_system(text)) == ()
    for old, new in (("tools: [tool], h", "tools: [tol], h"), ("hears_of: [v]", "hears_of: [w]"),
                     ("skill: f", "skill: g"), ("tools: [tool]}}", "tools: [x]}}")):  # fmt: skip
        with pytest.raises(ValueError, match="LW-WS-014"):
            parse_system(text.replace(old, new))


def test_the_log_takes_the_place_of_the_model_where_it_shows(handmade: ModuleType) -> None:
    """Bounces come back to the team where they arose: it hears of them."""
    log = handmade.bouncing_desk(0, 0.4)
    desk = templates.read("service-desk")
    data = desk.model_dump(mode="json")
    misroute = next(v for v in data["variances"] if v["id"] == "misroute")
    misroute["kind"] = "bounce"
    found = assess(WorkSystem.model_validate(data), log=log, events=detect(log)).gaps
    agent = next(c for c in next(g for g in found if g.variance == "misroute").today)
    heard = have(agent, "feedback")
    assert heard.source == "log" and heard.low > 0.5
    assert 0 <= have(agent, "time").low <= have(agent, "time").high <= 1


def test_of_few_real_people_neither_skill_nor_load_is_told(handmade: ModuleType) -> None:
    """Fails when the head-count is not looked at: two people of the desk show how much of their time is free."""
    log = handmade.bouncing_desk(0, 0.4)
    small, large = system(CONTROL, skills={"take": 0.5}), system(CONTROL)
    found = assess(small, log=log, events=detect(log)).gaps
    lone = of(found, "ambiguity:bot", "expert")
    assert have(lone, "time").said == "withheld: too few people" and not have(lone, "time").known
    assert have(of(assess(large).gaps, "ambiguity:bot", "expert"), "time").known
    assert have(of(found, "wrong", "clerk"), "skill").known  # six of them
