"""Decisions as data: drafted as questions, written for people, read back with the line of every fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from longwall.alignment import (
    DecisionState,
    DesignSpace,
    StatedDecision,
    decisions_text,
    draft_decisions,
    joined,
    moved_nothing,
    read_decisions,
)
from longwall.alignment.automation import SAFEGUARDS
from longwall.alignment.levers.interventions import LEVERS
from longwall.errors import AlignmentError, WorkSystemError
from longwall.worksystem import Estimate, Finding, Suggestion, WorkSystem, apply

Edit = Callable[[str], str]


def finding(kind: str, *targets: str, name: str = "f", footing: str = "counted") -> Finding:
    return Finding.model_validate(
        {"id": name, "kind": "test", "statement": "something is wrong", "severity": Estimate.counted(1.0),
         "footing": footing, "suggests": (Suggestion(kind=kind, targets=targets, why="a reason"),)}
    )  # fmt: skip


FINDINGS = (
    finding("staff", "agent", name="load"),
    finding("cross_train", "triage", name="single", footing="fitted"),
    finding("control_at_source", "misroute", name="far"),
    finding("give_authority", "misroute", "expert", name="lacking"),
    finding("measure", "front", name="conflict"),
)


@pytest.fixture(scope="module")
def space(desk: WorkSystem) -> DesignSpace:
    """Of the desk whose people are followed, so that its drills are open too."""
    return draft_decisions(desk.model_copy(update={"person_state": True}), FINDINGS, drafted_from="abc")


def with_constraint(desk: WorkSystem, **fields: object) -> WorkSystem:
    data = desk.model_dump()
    data["environment"]["constraints"] = [{"id": "rule", "source": "a law", "why": "it says so", **fields}]
    return WorkSystem.model_validate(data)


def test_every_choice_is_one_answer_to_one_question(desk: WorkSystem, space: DesignSpace) -> None:
    names = [choice.id for decision in space.decisions for choice in decision.choices]
    assert len(names) == len(set(names)) > 10
    for decision in space.decisions:
        assert decision.question.endswith("?") and decision.today and decision.family != "own", decision.id
        for choice in decision.choices:
            assert apply(desk, [choice.intervention]).hash != desk.hash
            assert choice.cost is not None and choice.lead_time_weeks > 0 and choice.owner in desk.roles


def test_steps_along_one_scale_are_ordered(desk: WorkSystem, space: DesignSpace) -> None:
    by_id = {decision.id: decision for decision in space.decisions}
    assert by_id["staffing.agent"].ordered
    assert [choice.id for choice in by_id["staffing.agent"].choices] == ["staff.agent.1", "staff.agent.2"]
    assert by_id["drills.reset"].ordered
    assert [choice.id for choice in by_id["allocation.reset"].choices] == ["level.reset.8", "level.reset.5"]
    assert by_id["allocation.reset"].ordered, "from level 9, two steps down"
    data = desk.model_dump()
    data["work"]["functions"][2]["allocation"]["level"] = 8
    data["technical"]["components"][0]["safeguards"] = dict.fromkeys(SAFEGUARDS, True)
    asks = (finding("change_level", "reset"),)
    both_ways = {one.id: one for one in draft_decisions(WorkSystem.model_validate(data), asks).decisions}
    ups = [choice for choice in both_ways["allocation.reset"].choices if choice.id == "level.reset.10"]
    assert [len(choice.first) for choice in ups] == [7], "what must be there first"
    assert all(not choice.first for choice in by_id["allocation.reset"].choices), "from 9 down to 8 asks for nothing"
    assert not both_ways["allocation.reset"].ordered


def test_a_choice_carries_the_weakest_footing_of_what_it_answers(desk: WorkSystem) -> None:
    """Counted with fitted is fitted; what answers nothing is assumed."""
    both = (finding("staff", "agent", name="a"), finding("staff", "agent", name="b", footing="fitted"))
    known = {
        choice.id: choice.footing for decision in draft_decisions(desk, both).decisions for choice in decision.choices
    }
    assert known["staff.agent.1"] == "fitted"
    assert known["drill.reset.4"] == "assumed"


def test_no_suggestion_is_dropped(desk: WorkSystem) -> None:
    """Each is either answered by a choice, or listed with the reason why it is not simulated."""
    kinds = [*LEVERS, "measure", "known_faults", "record", "tally", "ask_those", "something-else"]
    findings = [finding(kind, "solve", name=f"f-{kind}".replace("_", "-")) for kind in kinds]
    space = draft_decisions(desk, findings)
    answered = {name for change in space.interventions for name in change.answers}
    judged = {name for one in space.by_judgement for name in one.answers}
    assert answered | judged == {one.id for one in findings}
    assert not answered & judged
    assert all(one.why_not for one in space.by_judgement)
    assert {"f-measure", "f-known-faults", "f-something-else"} <= judged


def test_what_the_model_does_not_follow_is_left_as_it_is_and_listed_to_judge(desk: WorkSystem) -> None:
    """With skill followed drills stay open; without they are left to people, with the finding and the cost."""
    asks = (finding("drill", "reset", name="nobody-can"),)
    living = desk.model_copy(update={"person_state": True})
    open_ = {one.id: one for one in draft_decisions(living, asks).decisions}
    assert open_["drills.reset"].state == "open" and not desk.person_state
    space = draft_decisions(desk, asks)
    drills = next(one for one in space.decisions if one.id == "drills.reset")
    assert drills.fixed == "today" and "person_state" in drills.because and len(drills.choices) == 2
    assert not any(change.lever == "drill" for change in space.interventions)
    (entry,) = [one for one in space.by_judgement if one.kind == "drill"]
    assert entry.answers == ("nobody-can",) and "longwall reskill" in entry.why_not
    assert len(entry.ways) == 2 and "drill.reset.4" in entry.ways[0] and "EUR" in entry.ways[0]
    settled = tuple(
        one.model_copy(update={"fixed": "drill.reset.12"}) if one.id == "drills.reset" else one
        for one in space.decisions
    )
    taken = space.model_copy(update={"decisions": settled})
    assert taken.candidates(())[0].id == "drill.reset.12"
    (told,) = [one for one in taken.judged if one.kind == "drill"]
    assert told.decided.startswith("Practise")


def test_what_was_tried_and_moved_nothing_is_listed_to_judge(space: DesignSpace) -> None:
    asked = next(one for one in space.decisions if any(choice.answers for choice in one.choices))
    told = [
        DecisionState(id=one.id, question="q?", tried=int(one.id != "drills.reset"), moves=("lead_time_h",))
        for one in space.decisions
    ]
    assert moved_nothing(space, told, "EUR") == ()
    still = [one.model_copy(update={"moves": ()}) if one.id == asked.id else one for one in told]
    (entry,) = moved_nothing(space, still, "EUR")
    assert entry.id == f"judge.{asked.id}" and entry.answers and "moved no indicator" in entry.why_not


def test_a_search_meets_every_decision_before_the_second_choice_of_any(space: DesignSpace) -> None:
    """Settled first, then one choice of each decision by the severity of what it answers."""
    names = [change.id for change in space.candidates([one.id for one in FINDINGS])]
    firsts = {decision.choices[0].id for decision in space.decisions}
    assert set(names[: len(firsts)]) == firsts
    assert names.index("staff.agent.1") < names.index("source.misroute.triage") < names.index("drill.reset.4")
    settled = tuple(
        one.model_copy(update={"fixed": one.choices[1].id}) if one.id == "drills.reset" else one
        for one in space.decisions
    )
    assert space.model_copy(update={"decisions": settled}).candidates(())[0].id == "drill.reset.12"


def test_file_holds_the_same_space_and_is_text_for_people(desk: WorkSystem, space: DesignSpace, tmp_path: Path) -> None:
    path = tmp_path / "decisions.yaml"
    path.write_text(decisions_text(space), encoding="utf-8")
    assert read_decisions(path, desk, {one.id for one in FINDINGS}) == space
    assert "# --- Staffing and shifts ---" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("edit", "code", "found"),
    [
        (lambda text: text[: text.index("decisions:")] + "decisions: []\n", "LW-AL-041", "none"),
        (lambda text: text.replace("answers: [far]", "answers: [faar]", 1), "LW-AL-045", "'faar'"),
        (lambda text: text.replace("owner: agent", "owner: agnet", 1), "LW-AL-045", "'agnet'"),
        (lambda text: text.replace("question: How many", "fixed: staff.agent.9\n    question: How many", 1),
         "LW-AL-045", "'staff.agent.9'"),
        (lambda text: text.replace("question: How many", "constraint: law\n    question: How many", 1),
         "LW-AL-045", "'law'"),
        (lambda text: text.replace("social.roles.agent.shifts.1.people", "social.roles.agent.shift.1.people", 1),
         "LW-AL-044", "'shift'"),
        (lambda text: text.replace("id: staff.agent.2", "id: drill.reset.4", 1), "LW-AL-006", "'drill.reset.4'"),
        (lambda text: text.replace("id: staff.agent.2", "id: today", 1), "LW-AL-006", "today"),
    ],
)  # fmt: skip
def test_a_fault_says_its_line(
    desk: WorkSystem, space: DesignSpace, tmp_path: Path, edit: Edit, code: str, found: str
) -> None:
    before = decisions_text(space)
    text = edit(before)
    assert text != before, "the fault is planted wrongly"
    path = tmp_path / "decisions.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AlignmentError) as caught:
        read_decisions(path, desk, {one.id for one in FINDINGS})
    faults = [fault for fault in caught.value.faults if fault.code == code]
    assert faults and all(fault.do for fault in faults)
    assert any(found in fault.found for fault in faults)
    lines = text.splitlines()
    number = int(faults[0].where.removeprefix(f"{path}:").split()[0])
    if code in ("LW-AL-044", "LW-AL-045"):
        assert found.strip("'") in lines[number - 1], (faults[0].where, lines[number - 1])


def test_wrong_keys_are_told_by_line_as_in_every_file(desk: WorkSystem, tmp_path: Path) -> None:
    path = tmp_path / "decisions.yaml"
    path.write_text("decisions:\n  - id: a\n    queston: what?\n", encoding="utf-8")
    with pytest.raises(WorkSystemError, match=r"decisions\.yaml:3"):
        read_decisions(path, desk, ())
    with pytest.raises(WorkSystemError, match="LW-WS-001"):
        read_decisions(tmp_path / "none.yaml", desk, ())


OWN = """\
decisions:
  - id: mine
    question: What about the night?
    choices:
      - {id: later, title: Begin later, patches: [{path: social.roles.expert.shifts.0.people, value: 4}]}
      - {id: more, title: More at night, patches: [{path: social.roles.agent.shifts.1.people, value: 3}]}
  - id: other
    question: And by day?
    fixed: FIXED
    because: it was promised
    choices:
      - {id: day, title: More by day, patches: [{path: social.roles.agent.shifts.1.people, value: 4}]}
"""


def test_a_choice_of_ones_own_needs_an_id_a_title_and_what_it_changes(desk: WorkSystem, tmp_path: Path) -> None:
    path = tmp_path / "decisions.yaml"
    path.write_text(OWN.replace("FIXED", "today"), encoding="utf-8")
    space = read_decisions(path, desk, ())
    assert [change.id for change in space.interventions] == ["later", "more"]
    assert all(change.cost is None and change.lever == "own" for change in space.interventions)
    assert [decision.state for decision in space.decisions] == ["open", "left as it is"]


def test_the_smallest_contradiction_is_named(desk: WorkSystem, tmp_path: Path) -> None:
    """Three settled decisions and two constraints; two decisions clash, and nothing else is named."""
    path = tmp_path / "decisions.yaml"
    third = "  - id: third\n    question: q?\n    fixed: t\n    choices:\n      - {id: t, title: t, patches: "
    third += "[{path: work.functions.solve.drills_per_year, value: 1}]}\n"
    text = OWN.replace("FIXED", "day").replace("    question: What", "    fixed: more\n    question: What") + third
    path.write_text(text, encoding="utf-8")
    rules = with_constraint(desk, requires_role="expert", least_people=1)
    with pytest.raises(AlignmentError, match="LW-AL-042") as caught:
        read_decisions(path, rules, ())
    assert "mine (more), other (day)" in caught.value.faults[0].found
    assert "third" not in caught.value.faults[0].found and "rule" not in caught.value.faults[0].found
    path.write_text(text.replace("fixed: more", "fixed: later"), encoding="utf-8")
    assert read_decisions(path, rules, ()).decisions[0].state == "later"


def test_a_settled_choice_that_a_constraint_refuses_is_named_with_it(desk: WorkSystem, tmp_path: Path) -> None:
    path = tmp_path / "decisions.yaml"
    path.write_text(OWN.replace("FIXED", "day"), encoding="utf-8")
    shut = with_constraint(desk, fixed=["social.roles.agent.shifts"])
    with pytest.raises(AlignmentError) as caught:
        read_decisions(path, shut, ())
    assert caught.value.faults[0].code == "LW-AL-042"
    assert "other (day)" in caught.value.faults[0].found and "rule (a law)" in caught.value.faults[0].found


def test_a_new_draft_keeps_what_people_wrote(desk: WorkSystem, space: DesignSpace) -> None:
    """Taken out stays out, changed and own stay, untouched follows the draft, unasked and untouched goes."""
    staffing = next(one for one in space.decisions if one.id == "staffing.agent")
    first, second = staffing.choices
    cheap = first.model_copy(update={"title": "Hire Kim's successor"})
    own = StatedDecision(id="mine", question="And this?")
    edited = staffing.model_copy(update={"choices": (cheap,), "fixed": first.id, "because": "promised"})
    others = tuple(one for one in space.decisions if one.id not in ("staffing.agent", "drills.reset"))
    yours = space.model_copy(update={"decisions": (own, edited, *others)})
    newer = draft_decisions(desk, (*FINDINGS[:2], finding("shared_triage", "front", "back", name="bounce")))
    both = joined(space, yours, newer)
    known = {one.id: one for one in both.space.decisions}
    assert known["mine"] == own
    assert [choice.title for choice in known["staffing.agent"].choices] == ["Hire Kim's successor"]
    assert known["staffing.agent"].fixed == first.id
    assert "drills.reset" not in known, "taken out by a person"
    assert "authority.misroute" not in known and "authority.misroute" in both.gone
    assert "teams.front.back" in known and "teams.front.back" in both.added
    assert {"mine", "staffing.agent", second.id, "drills.reset"} <= set(both.yours)
    again = joined(newer, both.space, newer)
    assert again.space.decisions == both.space.decisions
    untouched = joined(space, space, newer).space
    assert {one.id: one for one in untouched.decisions} == {one.id: one for one in newer.decisions}
    assert untouched.by_judgement == newer.by_judgement
    assert joined(DesignSpace(), yours, newer).space.decisions[: len(yours.decisions)] == yours.decisions
