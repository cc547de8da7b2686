"""Coupling, interaction, outages and the checklist in a study."""

from __future__ import annotations

from pathlib import Path

import pytest

from longwall import study
from longwall.errors import AssessmentError
from longwall.study import Study


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study of a reference context, without a log."""
    return study.new_from_template(tmp_path_factory.mktemp("classes") / "erp", "erp-implementation")


def test_the_form_is_written_once_and_its_answers_stand_beside_the_indices(desk: Study) -> None:
    assert "urgent" in Path(study.write_checklist(desk)).read_text(encoding="utf-8")
    with pytest.raises(AssessmentError, match="LW-AS-053"):
        study.write_checklist(desk)
    study.run_one(desk, "assess")
    assert all("people" not in note for note in study.show(desk, "checklist").notes)
    desk.checklist.write_text("- who: project office\n  coupling: {urgent: 1, ordered: 0.9}\n", encoding="utf-8")
    study.run_one(desk, "assess")
    shown = study.show(desk, "checklist")
    assert any("they disagree" in note for note in shown.notes)
    assert ("1.00", "1 of 1") in [tuple(row[3:]) for row in shown.rows]
    # A file that cannot be read stops the step, and what was found stays.
    desk.checklist.write_text("- coupling: {urgent: 7}\n", encoding="utf-8")
    with pytest.raises(AssessmentError, match="LW-AS-052"):
        study.run_one(desk, "assess")
    desk.checklist.unlink()
    assert any("they disagree" in note for note in study.show(desk, "checklist").notes)


def test_parts_and_outages_can_be_shown(desk: Study) -> None:
    study.run_one(desk, "assess")
    parts = study.show(desk, "classification")
    assert {row[0] for row in parts.rows} == {"coupling", "interaction"}
    assert any("medium" in note for note in parts.notes)
    assert any("governance misalignment" in note for note in parts.notes)
    gaps = study.show(desk, "gaps")
    mine = next(row for row in gaps.rows if row[:2] == ("migration-error", "data-engineer"))
    assert mine[2] == "yes" and mine[4] == "authority" and mine[6] == "1.00"
    assert any("?" in row for row in gaps.rows)
    outages = study.show(desk, "outages")
    assert {"component", "team"} == {row[1] for row in outages.rows}
