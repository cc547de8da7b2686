"""Drivers of a study: by judgement, with a procedure and alerts beside the model, and with files that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.evidence.test_signals import SOURCES

from longwall import study
from longwall.assessment import DRIVERS
from longwall.errors import AssessmentError, StudyError
from longwall.study import Study, new_from_template
from longwall.study.assessing import ASSESS
from longwall.study.checking import check
from longwall.study.step import run_step


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("LONGWALL_KEY", "a key for tests, long enough")
    made = new_from_template(tmp_path / "desk", "cloud-operations")
    run_step(made, ASSESS)
    return made


def test_without_a_log_every_driver_has_a_row_and_what_is_said_is_assumed(desk: Study) -> None:
    rows = study.show(desk, "drivers").rows
    assert {row[0] for row in rows} == set(DRIVERS)
    assert {row[6] for row in rows} <= {"", "assumed"}
    assert all(row[3] == "-" or row[6] for row in rows)
    assert any(row[5].startswith("not determinable: ") for row in rows)
    kinds = [one for one in study.show(desk, "findings").rows if one[0].startswith("complacency")]
    assert kinds and all(one[3] == "assumed" for one in kinds)


def test_alerts_speak_without_a_log(desk: Study, tmp_path: Path) -> None:
    _, file, content = SOURCES["a table of alerts"]
    (tmp_path / file).write_bytes(content)
    study.ingest_file(desk, tmp_path / file)
    opened = Study.open(desk.path)
    assert run_step(opened, ASSESS).state == "made", "alerts are an input of the assessment"
    rows = [row for row in study.show(opened, "drivers").rows if row[0] == "alert_fatigue"]
    assert any("needs about" in row[5] for row in rows) and all("no alert log" not in row[5] for row in rows)


def test_a_wrong_procedure_is_told_by_line_and_the_last_result_stays(desk: Study) -> None:
    before = (desk.path / "results" / "assess.json").read_bytes()
    desk.procedure.write_text("- {id: a, rule: never, first: x}\n- {id: b, rule: befor, first: x, second: y}\n")
    with pytest.raises(AssessmentError, match=r"procedure.yaml:2  rule\n(.|\n)*do: use 'before'"):
        run_step(desk, ASSESS)
    assert (desk.path / "results" / "assess.json").read_bytes() == before
    with pytest.raises(StudyError, match="LW-AS-072"):
        check(desk.path)
    desk.procedure.write_text("- {id: a, rule: never, first: x}\n")
    assert run_step(desk, ASSESS).state == "made"
    assert "procedure.yaml" in check(desk.path)
