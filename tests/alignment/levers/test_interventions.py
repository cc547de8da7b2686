"""Every suggestion becomes interventions that the work system takes, with cost, time, reasons and the people's side."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.alignment import load_costs, propose, unanswered
from longwall.alignment.levers.interventions import LEVERS, check_siblings
from longwall.errors import AlignmentError
from longwall.worksystem import Estimate, Finding, Suggestion, WorkSystem, apply

TARGETS = ("agent", "expert", "front", "back", "triage", "solve", "reset", "misroute", "bot")


def finding(kind: str, *targets: str, name: str = "f") -> Finding:
    return Finding(
        id=name, kind="test", statement="something is wrong", severity=Estimate.counted(1.0), footing="counted",
        suggests=(Suggestion(kind=kind, targets=targets),),
    )  # fmt: skip


def test_every_draft_can_be_applied_and_says_what_it_costs_and_answers(desk: WorkSystem) -> None:
    findings = [finding(kind, target, name=f"{kind}.{target}") for kind in LEVERS for target in TARGETS]
    findings.append(finding("shared_triage", "front", "back", name="bounce"))
    drafts = propose(desk, findings)
    assert {draft.lever for draft in drafts} >= {
        "staff", "move_shift", "move_role", "cross_train", "shared_triage", "control_at_source", "change_level",
        "alert_threshold", "drill", "grant",
    }  # fmt: skip
    for draft in drafts:
        changed = apply(desk, [draft])
        assert changed.hash != desk.hash, draft.id
        assert draft.cost is not None and draft.cost.footing == "assumed" and draft.cost.source, draft.id
        assert draft.cost.low <= draft.cost.value <= draft.cost.high
        assert draft.running_cost_per_week is not None
        assert draft.lead_time_weeks > 0 and draft.title and draft.concerns, draft.id
        assert changed.people - desk.people >= -draft.people_removed


def test_a_draft_for_two_findings_answers_both(desk: WorkSystem) -> None:
    drafts = propose(desk, [finding("staff", "agent", name="a"), finding("staff", "agent", name="b")])
    one = next(draft for draft in drafts if draft.id == "staff.agent.1")
    assert one.answers == ("a", "b")
    assert unanswered([finding("record", "agent", name="c")], drafts) == ("c",)


def test_cost_is_its_arithmetic(desk: WorkSystem) -> None:
    """2 people: 2 x 4000 to hire, 2 x 120 h of ramp-up at 45; a week costs 2 x 40 h at 45."""
    draft = next(d for d in propose(desk, [finding("staff", "agent")]) if d.id == "staff.agent.2")
    assert draft.cost is not None and draft.running_cost_per_week is not None
    assert draft.cost.value == 2 * 4000 + 2 * 120 * 45
    assert draft.running_cost_per_week.value == 2 * 40 * 45
    assert "120" in draft.cost.source and "45 per h" in draft.cost.source


def test_giving_people_up_comes_with_the_sibling_that_keeps_them(desk: WorkSystem) -> None:
    """Reset at level 1 with a bot: handing it over frees posts; the sibling keeps every head and adds practice."""
    data = desk.model_dump()
    data["work"]["functions"][2]["allocation"]["level"] = 1
    data["work"]["functions"][2]["work_h"]["mean_h"] = 2.0
    system = WorkSystem.model_validate(data)
    drafts = {draft.id: draft for draft in propose(system, [finding("change_level", "reset")])}
    removing = [draft for draft in drafts.values() if draft.people_removed > 0]
    assert removing, "no draft gives people up: the case is planted wrongly"
    for draft in removing:
        sibling = drafts[str(draft.strengthening)]
        assert sibling.people_removed == 0 and not draft.reversible
        assert apply(system, [sibling]).people == system.people
        assert apply(system, [draft]).people == system.people - draft.people_removed
        assert any("drills_per_year" in patch.path for patch in sibling.patches)
    with pytest.raises(AlignmentError, match="LW-AL-003"):
        check_siblings(removing)


def test_machine_that_acts_alone_is_offered_review_and_practice_without_any_finding(desk: WorkSystem) -> None:
    drafts = propose(desk, [])
    assert {"level.reset.5", "drill.reset.12"} <= {draft.id for draft in drafts}
    assert all(draft.answers == () for draft in drafts)


@settings(max_examples=30, deadline=None)
@given(
    wanted=st.lists(
        st.tuples(st.sampled_from([*LEVERS, "record"]), st.lists(st.sampled_from(TARGETS), max_size=3)), max_size=6
    )
)
def test_whatever_is_suggested_the_drafts_are_sound(desk: WorkSystem, wanted: list[tuple[str, list[str]]]) -> None:
    findings = [finding(kind, *targets, name=f"f{place}") for place, (kind, targets) in enumerate(wanted)]
    drafts = propose(desk, findings)
    assert len({draft.id for draft in drafts}) == len(drafts)
    check_siblings(drafts)


def test_wrong_cost_table_is_refused_in_one_pass(tmp_path: Path) -> None:
    bad = tmp_path / "costs.yaml"
    bad.write_text("cost_per_h: 45\nlevers: {staff: {fixd: 3, lead_time_weeks: soon}}\n", encoding="utf-8")
    with pytest.raises(AlignmentError) as caught:
        load_costs(bad)
    assert len(caught.value.faults) == 2
    assert all(fault.code == "LW-AL-001" for fault in caught.value.faults)
    with pytest.raises(AlignmentError, match="LW-AL-001"):
        load_costs(tmp_path / "none.yaml")


def test_every_assumed_figure_has_a_range_and_a_source() -> None:
    table = load_costs()
    for rule in table.levers.values():
        for name in type(rule).model_fields:
            found = getattr(rule, name)
            if found is not None and found.source != "not stated":
                assert found.source and found.low is not None and found.high is not None


def test_who_is_reported_to_owns_a_change_else_who_is_concerned_first(desk: WorkSystem) -> None:
    drafts = propose(desk, [finding("staff", "agent")])
    assert {draft.owner for draft in drafts if draft.lever == "staff"} == {"agent"}
    data = desk.model_dump()
    data["social"]["links"] = [{"source": "front", "target": "expert", "kind": "reports_to"}]
    led = propose(WorkSystem.model_validate(data), [finding("staff", "agent")])
    assert {draft.owner for draft in led if draft.lever == "staff"} == {"expert"}
