"""Automation: rule-likeness against planted rules and against chance; the gate; two columns; what stays with people."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from longwall.alignment import draft_decisions, load_costs
from longwall.alignment.automation import (
    SAFEGUARDS,
    Opportunity,
    automation_drafts,
    candidates,
    gate_of,
    likeness_in_routes,
    not_yet,
    opportunities,
)
from longwall.alignment.automation.likeness import likeness_of_labels
from longwall.alignment.automation.machines import watched
from longwall.alignment.automation.remains import left_for_people
from longwall.errors import AlignmentError
from longwall.simulation import Scenario, run
from longwall.worksystem import Component, Estimate, Patch, WorkSystem, apply, patched


def planted(kind: str, n: int = 3000, seed: int = 0) -> tuple[np.ndarray, ...]:
    """Features, labels, cases and what is held out: a rule of two features, a coin, or always the same."""
    luck = np.random.default_rng(seed)
    codes = luck.integers(0, 6, size=(n, 5))
    labels = np.where((codes[:, 1] == 2) | (codes[:, 3] >= 4), 1, np.where(codes[:, 0] == 0, 2, 0))
    if kind == "coin":
        labels = luck.permutation(labels)
    if kind == "same":
        labels = np.zeros(n, dtype=np.int64)
    if kind == "noisy":
        labels = np.where(luck.random(n) < 0.2, luck.permutation(labels), labels)
    case = np.arange(n) // 2
    return codes, labels, case, case >= 0.7 * case.max()


@pytest.mark.parametrize(("kind", "low", "high"), [("rule", 0.9, 1.0), ("same", 0.95, 1.0), ("noisy", 0.2, 0.7)])
def test_a_planted_rule_is_found_on_cases_held_out(kind: str, low: float, high: float) -> None:
    codes, labels, case, held = planted(kind)
    names, ordered = ("a", "b", "c", "d", "e"), (False, False, False, True, False)
    found = likeness_of_labels(codes, labels, case, held, names=names, ordered=ordered)
    assert found is not None and low <= found.value.value <= high
    assert found.value.low <= found.value.value <= found.value.high and found.value.footing == "fitted"
    assert set(found.rests_on) == (set() if kind == "same" else {"a", "b", "d"})


def test_chance_is_never_rule_like() -> None:
    """Caught when a split need not pay for itself: sixteen leaves of chance, and likeness above zero."""
    found = [likeness_of_labels(*planted("coin", seed=seed), seed=seed) for seed in range(40)]
    assert all(one is not None and one.value.high < 0.05 for one in found)
    assert sum(one is not None and one.leaves > 1 for one in found) <= 2


def test_too_few_executions_say_nothing() -> None:
    codes, labels, case, held = planted("rule", n=60)
    assert likeness_of_labels(codes, labels, case, held) is None


def desk(**more: Any) -> WorkSystem:
    return WorkSystem.model_validate(
        {
            "id": "desk",
            "person_state": True,
            "technical": {"components": [{"id": "bot", "kind": "automation", "coverage": 0.9}]},
            "social": {
                "teams": [{"id": "t"}],
                "roles": [{"id": "agent", "team": "t", "shifts": [{"people": 3, "hours": "mon-sun 06:00-18:00"}]}],
            },
            "work": {
                "demand": [{"id": "item", "per_week": 100}],
                "functions": [
                    {"id": "triage", "work_h": {"shape": "fixed", "mean_h": 0.5}, "roles": ["agent"]},
                    {"id": "fix", "work_h": 0.5, "roles": ["agent"], "allocation": {"level": 4, "component": "bot"}},
                    {"id": "lift", "work_h": 0.1, "roles": ["agent"], "burden": "hazardous"},
                ],
                "routes": [
                    {"source": "start", "target": "triage"}, {"source": "triage", "target": "fix", "probability": 0.5},
                    {"source": "triage", "target": "lift", "probability": 0.5}, {"source": "fix", "target": "lift"},
                    {"source": "lift", "target": "end"},
                ],
            },
            **more,
        }
    )  # fmt: skip


QUICK: dict[str, Any] = {"weeks": 3, "replications": 2, "threads": 1}


def test_burdens_come_first_then_routine_hours_and_the_model_alone_is_assumed() -> None:
    found = candidates(desk())
    assert [(one.function, one.rank) for one in found] == [("lift", 2), ("fix", 1), ("triage", 3)]
    lift, fix, triage = found
    # After lift and fix always the same comes; after triage a coin falls, and the class does not tell how.
    assert lift.likeness is not None and lift.likeness.value.value == 1.0 and lift.routine_h.footing == "assumed"
    assert triage.likeness is not None and triage.likeness.value.value == 0.0 and triage.work_cv == 0.0
    assert lift.routine_h.value == pytest.approx(100 * 0.1 / 2) and fix.work_cv == 1.0
    assert likeness_in_routes(desk())["triage"].right.value == 0.5


def test_a_machine_acts_alone_only_when_people_have_stated_all_seven() -> None:
    """Fails when something that nobody has said counts as there."""
    names = list(SAFEGUARDS)
    all_seven = dict.fromkeys(names, True)
    for known in ({}, all_seven, dict.fromkeys(names[:6], True), {**all_seven, "audit": False}):
        gate = gate_of(Component.model_validate({"id": "bot", "kind": "automation", "safeguards": known}))
        assert gate.holds == (known == all_seven)
        assert sorted((*gate.met, *gate.missing, *gate.unknown)) == sorted(names)
    assert gate_of(None).unknown == tuple(names)
    light = patched(desk(), [Patch(path="work.functions.lift.burden", value="")])
    stated = patched(light, [Patch(path="technical.components.bot.safeguards", value=all_seven)])
    for system, offered in ((light, "not yet"), (stated, "acts alone")):
        high = [one for one in opportunities(system, functions=1, **QUICK).opportunities if one.level >= 7]
        assert len(high) == 4 and {(one.function, one.offered) for one in high} == {("fix", offered)}


def test_columns_ranks_and_alternatives() -> None:
    found = opportunities(desk(), functions=2, **QUICK)
    ones = found.opportunities
    assert found.from_log is False and any("there is no log" in text for text in found.cautions)
    assert all(one.level != one.level_today for one in ones) and len(ones) == 9 + 8
    for one in ones:
        assert one.technical_rank == 1 + sum(o.technical.value < one.technical.value for o in ones)
        assert one.social_rank == 1 + sum(o.social.value < one.social.value for o in ones)
        beaten = any(
            o.technical.value <= one.technical.value and o.social.value <= one.social.value
            and (o.technical.value, o.social.value) != (one.technical.value, one.social.value) for o in ones
        )  # fmt: skip
        assert one.pareto == (not beaten)
        other = found.of(one.beside) if one.beside else None
        if one.level > 5:
            assert other is not None and other.function == one.function and 2 <= other.level <= 5 and one.only_leftover
            same = [o for o in ones if o.function == one.function and 2 <= o.level <= 5]
            assert other.social.value == min(o.social.value for o in same)
        else:
            assert one.beside is None and one.offered == "augments" and not one.only_leftover
    whens = {part.when for part in ones[0].indications}
    assert whens == {"routine", "machine out"} and {p.column for p in ones[0].indications} == {"technical", "social"}
    again = opportunities(desk(), functions=1, **QUICK)
    assert [one.indications for one in again.opportunities] == [one.indications for one in ones[:9]]


def test_what_frees_posts_never_stands_without_an_alternative() -> None:
    """Fails when a level that frees posts is offered though constraints allow no level at which people decide."""
    busy = patched(
        desk(),
        [
            Patch(path="social.roles.agent.shifts", value=[{"people": 20, "hours": "mon 08:00-18:00"}]),
            Patch(path="work.demand.item.per_week", value=230),
            Patch(
                path="work.functions.triage.allocation", value={"level": 6, "component": "bot", "review_deadline_h": 4}
            ),
        ],
    )
    others = [f"work.functions.{name}.allocation" for name in ("fix", "lift")]
    rest = {"id": "rest", "source": "s", "why": "w", "fixed": others}
    rule = {"id": "c", "source": "s", "why": "w", "functions": ["triage"], "lowest_level": 6}
    busy = patched(busy, [Patch(path="environment.constraints", value=[rest])])
    bound = patched(busy, [Patch(path="environment.constraints", value=[rest, rule])])
    for system, beside, offered in ((busy, True, "not yet"), (bound, False, "withheld")):
        found = opportunities(system, functions=3, **QUICK)
        one = found.of("triage.10")
        assert one is not None and one.frees_posts >= 1 and (one.beside is not None) == beside
        assert one.offered == offered
        assert sum("triage" in text for text in found.refused) == (0 if beside else 4)


def test_constraints_that_forbid_everything_are_named() -> None:
    fixed = [f"work.functions.{name}.allocation" for name in ("triage", "fix", "lift")]
    rule = {"id": "house", "source": "s", "why": "w", "fixed": fixed}
    with pytest.raises(AlignmentError, match=r"LW-AL-071[\s\S]*house"):
        opportunities(desk(environment={"constraints": [rule]}), **QUICK)
    idle = patched(desk(), [Patch(path=f"work.functions.{n}.work_h", value=0) for n in ("triage", "fix", "lift")])
    with pytest.raises(AlignmentError, match="LW-AL-070"):
        opportunities(idle, **QUICK)


def test_what_is_left_and_freed_adds_up_to_today() -> None:
    system = desk()
    hours = Estimate(value=50.0, low=50.0, high=50.0, unit="h per week", footing="assumed")
    function, bot = system.functions["triage"], system.components["bot"]
    left = left_for_people(system, function, bot, 8, hours)
    # Nine in ten go to the machine, a tenth of them is read for a fifth of the work; a takeover costs a quarter more.
    assert left.frees.value == pytest.approx(50 - 50 * (0.1 * 1.25 + 0.9 * 0.1 * 0.2)) and left.only_leftover
    assert "reads 10%" in left.words and not left_for_people(system, function, bot, 4, hours).only_leftover


def test_a_skill_that_is_followed_is_that_of_people_who_do_all_of_it() -> None:
    """Fails when the machine that takes nothing takes something, or the skill fades though all of it is by hand."""
    system = desk()
    runs = run(
        Scenario(system=watched(system, system.functions["triage"]), weeks=3, warm_up_weeks=1, replications=3),
        threads=1,
    )
    plain = run(Scenario(system=system, weeks=3, warm_up_weeks=1, replications=3), threads=1)
    np.testing.assert_array_equal(runs.column("throughput_per_week"), plain.column("throughput_per_week"))
    assert (runs.column("by_hand_share", "function:triage") == 1.0).all()
    assert (runs.column("skill_reserve", "function:triage") > 0.97).all()
    assert watched(system, system.functions["fix"]) is system


def test_what_may_be_offered_is_drafted_and_what_lacks_its_safeguards_is_left_to_people() -> None:
    """Planted effects: levels 3, 4 and 8 help both sides, the others neither.

    Fails when a level that no side gains from is drafted, or one that acts alone without its safeguards.
    """
    system = desk()
    found = opportunities(system, functions=2, **QUICK)  # lift, which has no machine, and fix, which has the bot

    def planted(one: Opportunity) -> Opportunity:
        gain = {4: (-0.2, -0.1), 8: (-0.4, -0.05), 3: (-0.1, -0.2)}.get(one.level, (0.1, 0.1))
        sides = [Estimate(value=x, low=x - 0.01, high=x + 0.01, footing="assumed") for x in gain]
        best = one.level in (3, 4, 8)
        return one.model_copy(update={"technical": sides[0], "social": sides[1], "pareto": best, "beside": None})

    known = found.model_copy(update={"opportunities": tuple(planted(one) for one in found.opportunities)})
    drafts = automation_drafts(system, known, load_costs())
    assert {one.id for one in drafts} == {"automate.lift.3", "automate.lift.4", "automate.fix.3"}, "fix is at 4 today"
    for one in drafts:
        then = apply(system, [one])
        name, level = one.id.split(".")[1:]
        assert then.functions[name].allocation.level == int(level) and then.functions[name].allocation.component
        assert (one.cost is None) == (name == "lift") and one.owner == "agent" and one.people_removed == 0
        assert "found by `longwall automate` from the model: technical -" in one.why and "left for people" in one.why
    left = not_yet(system, known)
    assert {one.id for one in left} == {"judge.automate.lift.8", "judge.automate.fix.8"}
    assert all("seven safeguards" in one.why_not and "confidence gate" in one.why_not for one in left)
    space = draft_decisions(system, (), automation=known)
    by = {one.id: one for one in space.decisions}
    assert {"automate.lift.3", "automate.lift.4"} <= {choice.id for choice in by["allocation.lift"].choices}
    assert {one.id for one in left} <= {one.id for one in space.by_judgement}
    stated = Patch(path="technical.components.bot.safeguards", value=dict.fromkeys(SAFEGUARDS, True))
    again = tuple(
        one.model_copy(update={"offered": "acts alone"}) if one.id == "fix.8" else one for one in known.opportunities
    )
    safe = draft_decisions(patched(system, [stated]), (), automation=known.model_copy(update={"opportunities": again}))
    choices = {choice.id: choice for one in safe.decisions for choice in one.choices}
    assert len(choices["automate.fix.8"].first) == 7 and choices["automate.fix.3"].first == ()
