"""Practices of a study: shown, reported, candidates of the search; a file of the user is read, checked and stamped."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.alignment.practices.test_catalogue import OWN
from tests.conftest import longwall

from longwall import templates
from longwall.errors import AlignmentError, StudyError
from longwall.report.sections import practices_section
from longwall.study import Study, StudyFile, check, material_of, show
from longwall.study.aligning import ALIGN
from longwall.study.assessing import ASSESS
from longwall.study.practising import advice_of, practice_drafts
from longwall.study.simulating import system_of
from longwall.study.step import run_step


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    made = Study.create(tmp_path_factory.mktemp("studies") / "shop", StudyFile(id="shop", weeks=3))
    made.system.write_text(templates.path("small-shop").read_text(encoding="utf-8"), encoding="utf-8")
    assert practices_section(material_of(made)).made is False
    with pytest.raises(StudyError, match="LW-ST-004"):
        show(made, "practices")
    run_step(made, ASSESS)
    return made


def test_table_and_report_say_the_same(study: Study) -> None:
    advice = advice_of(study, system_of(study))
    shown = show(study, "practices")
    assert [row[0] for row in shown.rows] == [one.practice for one in advice.recommended] != []
    assert any(one.sentence in note for one in advice.recommended for note in shown.notes)
    body = practices_section(material_of(study)).body
    for one in advice.recommended:
        assert one.name in body and f"(for {one.bundle})" in body
    assert "What to avoid here" in body and "Training alone" in body
    assert longwall("show", str(study.path), "practices", "--json").returncode == 0


def test_a_practice_of_ones_own_is_recommended_and_makes_the_search_stale(study: Study) -> None:
    before = ALIGN.inputs(study)
    text = OWN.replace("sign: bounce", "sign: uncontrolled").replace("shared-triage", "apprenticeship")
    study.practices.write_text(text.replace("bundle: ability", "bundle: motivation"), encoding="utf-8")
    try:
        system = system_of(study)
        assert advice_of(study, system).of("buddy-week") is not None
        assert "practice.buddy-week.high" in {one.id for one in practice_drafts(study, system)}
        assert ALIGN.inputs(study) != before and "practices.yaml" in check(study.path)
    finally:
        study.practices.unlink()
    assert ALIGN.inputs(study) == before


def test_a_wrong_file_stops_before_anything_is_written(study: Study) -> None:
    study.practices.write_text(OWN.replace("sign: bounce", "sign: bounse"), encoding="utf-8")
    try:
        with pytest.raises(StudyError, match=r"LW-AL-065  .*practices.yaml:9(.|\n)*use 'bounce'"):
            check(study.path)
        with pytest.raises(AlignmentError, match="LW-AL-065"):
            run_step(study, ALIGN)
        assert not study.result("align").is_file()
        done = longwall("show", str(study.path), "practices")
        assert done.returncode == 2 and "Traceback" not in done.stderr and "LW-AL-065" in done.stderr
    finally:
        study.practices.unlink()


def test_a_study_that_found_nothing_says_that_none_is_indicated(tmp_path: Path) -> None:
    made = Study.create(tmp_path / "calm", StudyFile(id="calm", weeks=3))
    made.system.write_text(
        "id: calm\nsocial:\n  teams: [{id: t}]\n  roles: [{id: r, team: t, shifts: [{people: 40, hours: always}]}]\n"
        "work:\n  demand: [{id: item, per_week: 40}]\n  functions: [{id: solve, roles: [r], work_h: 1}]\n"
        "  routes: [{source: start, target: solve}, {source: solve, target: end}]\n",
        encoding="utf-8",
    )
    run_step(made, ASSESS)
    shown = show(made, "practices")
    assert shown.rows == () or shown.rows == []
    assert shown.notes[0].startswith("None is indicated")
    assert "None is indicated" in practices_section(material_of(made)).body
    assert practice_drafts(made, system_of(made)) == ()
