"""The plan of a study under the terms that people wrote: files beside it, faults by line, nothing written over."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.implementation.conftest import aligned, change

from longwall.errors import PlanError, StudyError
from longwall.provenance import Stamp
from longwall.study import Study, StudyFile, check, show, write_terms
from longwall.study.planning import ALONG, PLAN, along_of
from longwall.study.results import save
from longwall.study.step import is_current, run_step
from longwall.worksystem import Patch

DESK = """
id: d
social:
  teams: [{id: t}]
  roles: [{id: desk, team: t, shifts: [{people: 4, hours: always}]}]
work:
  demand: [{id: item, per_week: 420}]
  functions: [{id: solve, roles: [desk], work_h: 1}]
  routes: [{source: start, target: solve}, {source: solve, target: end}]
"""


@pytest.fixture
def desk(tmp_path: Path) -> Study:
    made = Study.create(tmp_path / "desk", StudyFile(id="desk", weeks=1, replications=3))
    made.system.write_text(DESK, encoding="utf-8")
    people = Patch(path="social.roles.desk.shifts.0.people", value=5)
    changes = [change("more", patches=(people,)), change("talk"), change("tool", "technical")]
    save(made, "align", Stamp("align", {}, 0), aligned(changes).model_dump(mode="json"))
    return made


def test_terms_decide_the_plan_and_its_files(desk: Study) -> None:
    assert run_step(desk, PLAN).state == "made" and is_current(desk, PLAN)
    assert not (desk.path / "plans" / "plan.ics").exists()
    terms = Path(write_terms(desk))
    assert run_step(desk, PLAN).state == "made"
    before = show(desk, "plan").rows
    with pytest.raises(PlanError, match="LW-PL-015"):
        write_terms(desk)
    terms.write_text("begins: 2026-03-02\nchanges_at_once: 1\nowners: {talk: desk}\n", encoding="utf-8")
    assert not is_current(desk, PLAN) and run_step(desk, PLAN).state == "made"
    shown = show(desk, "plan")
    assert shown.rows != before and {row[3] for row in shown.rows} == {"desk", "to be named"}
    assert any("held up most by the number of changes at once" in note for note in shown.notes)
    folder = desk.path / "plans"
    assert (folder / "plan.ics").read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    assert "20260302" in (folder / "plan.ics").read_text(encoding="utf-8")
    assert (folder / "board.csv").read_text(encoding="utf-8").startswith("week,to_do,pilot")
    assert show(desk, "board").rows[0][0] == 0
    assert "plans/terms.yaml" in check(desk.path)


def test_faults_of_the_terms_stop_the_plan_and_leave_the_old_one(desk: Study) -> None:
    run_step(desk, PLAN)
    old = (desk.path / "plans" / "plan.yaml").read_bytes()
    desk.terms.write_text("changes_at_once: 1\npeople_load: {deks: 1}\n", encoding="utf-8")
    with pytest.raises(PlanError, match=r"LW-PL-006.*terms\.yaml:2"):
        run_step(desk, PLAN)
    with pytest.raises(StudyError, match=r"LW-PL-006.*terms\.yaml:2"):
        check(desk.path)
    assert (desk.path / "plans" / "plan.yaml").read_bytes() == old


def test_forecasts_along_the_order_are_of_the_plan_as_it_is(desk: Study) -> None:
    with pytest.raises(StudyError, match="LW-ST-004"):
        show(desk, "along")
    assert run_step(desk, ALONG).state == "not possible"
    run_step(desk, PLAN)
    assert run_step(desk, ALONG).state == "made"
    rows = show(desk, "along").rows
    assert {row[1] for row in rows} == {"more", "talk", "tool"} and len(
        list((desk.path / "results" / "forecasts").iterdir())
    ) == 2
    desk.terms.write_text("changes_at_once: 1\n", encoding="utf-8")
    run_step(desk, PLAN)
    assert along_of(desk) is None
