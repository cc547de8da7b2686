"""A change that a constraint refuses alone is offered with the second change that keeps it, or not at all."""

from __future__ import annotations

from tests.alignment.decisions.test_decisions import finding, with_constraint

from longwall.alignment import draft_decisions
from longwall.alignment.constraints import rejections
from longwall.worksystem import Constraint, Finding, WorkSystem, apply

ASKED: tuple[Finding, ...] = (finding("change_level", "triage", "bot", name="level"),)


def offered(system: WorkSystem) -> dict[str, tuple[str, ...]]:
    space = draft_decisions(system, ASKED)
    for change in space.interventions:
        if change.id not in {one.id for one in space.not_offered}:
            assert not rejections(system, apply(system, [change]), [change]), change.id
    return {choice.id: choice.mends for decision in space.decisions for choice in decision.choices}


def test_practice_that_a_level_demands_comes_with_the_level(desk: WorkSystem) -> None:
    """Triage by hand today; from level 5 on the machine acts, and what a machine does must be practised."""
    rule = with_constraint(desk, least_drills_per_year=6.0)
    found = offered(rule)
    assert found["level.triage.5.mended"] == ("rule",) and "level.triage.5" not in found
    assert found["level.triage.4"] == (), "below level 5 nothing is demanded"
    space = draft_decisions(rule, ASKED)
    choice = next(c for d in space.decisions for c in d.choices if c.id == "level.triage.5.mended")
    assert {patch.path: patch.value for patch in choice.patches}["work.functions.triage.drills_per_year"] == 6
    alone = next(c for d in draft_decisions(desk, ASKED).decisions for c in d.choices if c.id == "level.triage.5")
    assert choice.cost is not None and alone.cost is not None and choice.cost.value > alone.cost.value
    assert "6 times a year" in choice.title and choice.answers == ("level",)


def test_a_forbidden_level_is_not_offered_and_says_why(desk: WorkSystem) -> None:
    rule = with_constraint(desk, functions=["triage"], highest_level=4)
    space = draft_decisions(rule, ASKED)
    assert {one.id for one in space.not_offered} >= {"level.triage.5"}
    assert all(one.id.startswith("level.triage.5") for one in space.not_offered)
    assert space.not_offered[0].constraint == "rule" and "at most 4" in space.not_offered[0].refused
    assert "level.triage.4" in offered(rule) and "level.triage.5" not in offered(rule)


def test_posts_are_not_given_up_only_to_be_filled_again(desk: WorkSystem) -> None:
    """Eight agents are there and eight demanded: giving one up is not offered, with or without a hire."""
    data = desk.model_dump()
    data["work"]["functions"][0]["work_h"]["mean_h"] = 3.0
    rule = with_constraint(WorkSystem.model_validate(data), requires_role="agent", least_people=8)
    space = draft_decisions(rule, ASKED)
    assert any(one.people_removed for one in space.not_offered), "no draft gives people up: planted wrongly"
    assert not any(choice.people_removed for one in space.decisions for choice in one.choices)


def test_a_rule_on_who_may_do_it_is_kept_by_training_that_role(desk: WorkSystem) -> None:
    """A change that takes the expert out of the solving is mended by putting the expert back in."""
    from longwall.alignment.costs import load_costs
    from longwall.alignment.flow import flow_of
    from longwall.alignment.levers.bench import Bench, Order
    from longwall.alignment.levers.mending import mended

    data = desk.model_dump()
    data["work"]["functions"][1]["roles"] = ["expert", "agent"]
    data["environment"]["constraints"] = [
        Constraint(id="rule", source="s", why="w", functions=("solve",), requires_role="expert").model_dump()
    ]
    system = WorkSystem.model_validate(data)
    bench = Bench(system, flow_of(system), load_costs())
    change = bench.change(
        Order(("solve",)), lever="priority_rule", id="out", title="Only agents", kind="social", concerned=("agent",),
        patches=({"path": "work.functions.solve.roles", "value": ["agent"]},),  # type: ignore[arg-type]
    )  # fmt: skip
    able, why, kept = mended(bench, change)
    assert able is not None and why[0].constraint == "rule" and kept == ("rule",)
    assert set(apply(system, [able]).functions["solve"].roles) == {"agent", "expert"}
