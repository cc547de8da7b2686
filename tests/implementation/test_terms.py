"""The terms file: every fault by its line, a draft that changes nothing, and what the docs show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.conftest import ROOT

from longwall.errors import PlanError, WorkSystemError
from longwall.implementation import PlanTerms, draft_terms, plan_by, read_terms, sequence
from longwall.worksystem.yamlfile import parse_piece, parse_system

SYSTEM = parse_system(
    """
id: d
social:
  teams: [{id: t}]
  roles:
    - {id: desk, team: t, shifts: [{people: 7, hours: always}]}
    - {id: other, team: t, shifts: [{people: 2, hours: always}]}
work:
  demand: [{id: item, per_week: 9}]
  functions: [{id: solve, roles: [desk], work_h: 1}]
  routes: [{source: start, target: solve}, {source: solve, target: end}]
"""
)

WRONG = """\
design: jiont
begins: 2026-03-03
people_load:
  dsek: 1
  desk: 0
freezes:
  - {first_week: 5, last_week: 4}
before:
  - {first: train, then: tol}
overrides:
  - {first: tool, then: train}
  - {first: train, then: tool, why: so}
owners:
  tool: nobody
"""


def test_every_fault_of_the_file_has_its_line(tmp_path: Path, made) -> None:
    change, aligned = made
    path = tmp_path / "terms.yaml"
    path.write_text(WRONG, encoding="utf-8")
    alignment = aligned([change("tool", "technical"), change("train")])
    with pytest.raises(PlanError) as caught:
        read_terms(path, SYSTEM, alignment)
    found = [
        (fault.code, int(fault.where.removeprefix(f"{path}:").split()[0]), fault.do) for fault in caught.value.faults
    ]
    assert [entry[:2] for entry in found] == [
        ("LW-PL-005", 1), ("LW-PL-012", 2), ("LW-PL-006", 4), ("LW-PL-010", 5), ("LW-PL-011", 7), ("LW-PL-004", 9),
        ("LW-PL-007", 11), ("LW-PL-008", 12), ("LW-PL-006", 14),
    ]  # fmt: skip
    assert [entry[2] for entry in found if "use '" in entry[2]] == ["use 'joint'", "use 'desk'", "use 'tool'"]
    path.write_text("freezes:\n  - {first_week: -1, last: 3}\n", encoding="utf-8")
    with pytest.raises(WorkSystemError) as refused:
        read_terms(path)
    assert all(f"{path}:2" in fault.where for fault in refused.value.faults)


def test_the_draft_changes_nothing_and_its_examples_can_be_taken(tmp_path: Path, made) -> None:
    """Fails when a key of the terms has no line in the draft, or an example does not fit the study."""
    change, aligned = made
    alignment = aligned([change("tool", "technical"), change("train")])
    text = draft_terms(alignment, SYSTEM, budget=4000, begins="2026-03-02")
    path = tmp_path / "terms.yaml"
    path.write_text(text, encoding="utf-8")
    terms = read_terms(path, SYSTEM, alignment)
    assert terms == PlanTerms()
    assert plan_by(alignment, terms, seed=1) == sequence(alignment, seed=1)
    assert all(re.search(rf"^#?{key}:", text, re.MULTILINE) for key in PlanTerms.model_fields)
    taken = re.sub(r"^(\w+): (\[\]|\{\}|\"\")\n(?=#\1:)", "", text, flags=re.MULTILINE)
    taken = re.sub(r"^#(?=\w+:|  )", "", taken, flags=re.MULTILINE)
    path.write_text(taken, encoding="utf-8")
    terms = read_terms(path, SYSTEM, alignment)
    assert terms.budget and terms.people_load == {"desk": 0.7} and terms.freezes and terms.overrides and terms.owners


def test_terms_are_what_the_plan_respects(made) -> None:
    change, aligned = made
    alignment = aligned([change("tool", "technical"), change("train"), change("far", concerns=("other",))])
    spare = change("spare")
    alignment = alignment.model_copy(update={"interventions": (*alignment.interventions, spare)})
    terms = PlanTerms.model_validate(
        {
            "budget": [{"week": 2, "amount": 9000}], "freezes": [{"first_week": 0, "last_week": 2}],
            "before": [{"first": "far", "then": "tool", "why": "they know the ground"}],
            "overrides": [{"first": "tool", "then": "train", "why": "people must know it first"}],
            "owners": {"far": "desk", "spare": "desk"},
        }
    )  # fmt: skip
    plan = plan_by(alignment, terms)
    by_id = {one.id: one for one in plan.increments}
    assert min(one.start_week for one in plan.increments) == 3 and plan.freezes == terms.freezes
    assert by_id["tool"].start_week >= by_id["far"].end_week and "they know the ground" in by_id["tool"].why
    assert by_id["train"].after == () and by_id["far"].owner == "desk"
    assert "the terms speak of spare, which this design does not hold" in plan.cautions


def test_the_terms_in_the_docs_are_terms() -> None:
    page = (ROOT / "docs" / "how-to" / "order-the-change.md").read_text(encoding="utf-8")
    [block] = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert set(parse_piece(block, PlanTerms, "docs").model_fields_set) == set(PlanTerms.model_fields) - {"design"}
