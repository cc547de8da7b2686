"""Constraints brought from a table or a file: bound ones stand in worksystem.yaml, and nothing is half-written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from longwall.errors import AssessmentError, LongwallError, WorkSystemError
from longwall.study import Study, bring_constraints, new_from_template, show
from longwall.worksystem.yamlfile import read_system


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return new_from_template(tmp_path / "desk", "service-desk")


def test_a_bound_control_becomes_a_constraint_with_its_source(study: Study) -> None:
    before = study.system.read_text(encoding="utf-8")
    found = bring_constraints(
        study, baseline="fedramp-moderate",
        bind=["ac-5:separates=approve-access, grant-access", "cm-3:functions=grant-access;passes=approve-access"],
    )  # fmt: skip
    assert found.written == ("ac-5", "cm-3")
    first, second = read_system(study.system).environment.constraints[-2:]
    assert first.separates == ("approve-access", "grant-access") and first.control == "ac-5"
    assert first.source == "FedRAMP Rev 5 Moderate Baseline, AC-5: Separation of Duties"
    assert second.passes == ("approve-access",) and second.kind == "regulatory"
    remarks = [line for line in before.splitlines() if line.lstrip().startswith("#")]
    assert [line for line in study.system.read_text(encoding="utf-8").splitlines() if line in remarks] == remarks
    assert {row[0] for row in show(study, "constraints").rows} >= {"ac-5", "cm-3"}
    assert bring_constraints(study, bind=["ac-5:separates=triage,grant-access"]).written == ("ac-5-2",)


@pytest.mark.parametrize(
    ("bind", "error", "said"),
    [
        ("ac-5:separates=approve-acess,grant-access", WorkSystemError, "use 'approve-access'"),
        ("cm-3:functions=grant-access;requires_role=desk-leed", WorkSystemError, "use 'desk-lead'"),
        ("ac-55:separates=a,b", AssessmentError, "use 'ac-5'"),
        ("ac-5:seperates=a,b", AssessmentError, "use 'separates'"),
        ("ac-5", AssessmentError, "LW-AS-085"),
        ("cm-3:highest_level=many", AssessmentError, "highest_level"),
        ("cm-3:highest_level=44", AssessmentError, "highest_level"),
        ("cm-3:highest_level=" + "9" * 5000, AssessmentError, "highest_level"),
        ("cp-4:least_drills_per_year=nan", AssessmentError, "least_drills_per_year"),
    ],
)
def test_what_binds_nothing_is_said_and_writes_nothing(
    study: Study, bind: str, error: type[LongwallError], said: str
) -> None:
    before = study.system.read_bytes()
    with pytest.raises(error, match=said):
        bring_constraints(study, bind=["ac-6:functions=grant-access;forbids_roles=desk-lead", bind])
    assert study.system.read_bytes() == before


def test_a_typing_error_in_the_file_has_its_line(study: Study) -> None:
    text = study.system.read_text(encoding="utf-8")
    wrong = text.replace("separates: [approve-access, grant-access]", "separates: [approve-access, grant-acess]")
    study.system.write_text(wrong, encoding="utf-8")
    line = next(k for k, row in enumerate(wrong.splitlines(), 1) if "grant-acess" in row)
    with pytest.raises(WorkSystemError, match=rf"worksystem.yaml:{line} .*\n.*'grant-acess'\ndo: use 'grant-access'"):
        show(study, "constraints")


def test_a_file_of_ones_own_is_resolved_and_its_unknown_ids_are_kept(study: Study, tmp_path: Path) -> None:
    catalog = {
        "catalog": {"metadata": {"title": "Ours"}, "controls": [{"id": "ac-5", "title": "Separation of Duties"}]}
    }
    profile = {"profile": {"metadata": {"title": "Base"}, "imports": [
        {"href": "ours.json", "include-controls": [{"with-ids": ["ac-5", "zz-1"]}]}]}}  # fmt: skip
    for name, document in (("ours.json", catalog), ("base.json", profile)):
        (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")
    found = bring_constraints(study, [tmp_path / "base.json", tmp_path / "ours.json"])
    assert found.without_text == ("zz-1",) and [row[0] for row in found.shown.rows] == ["ac-5"]
    assert "approve-access" in found.shown.rows[0][4] and any("zz-1" in note for note in found.shown.notes)
    with pytest.raises(AssessmentError, match="LW-AS-086"):
        bring_constraints(study, baseline="fedramp-modarate")
