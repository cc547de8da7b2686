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


BOT = DESK.replace("social:", "technical:\n  components: [{id: bot, kind: automation, coverage: 0.9}]\nsocial:")
DRILLS = """
interventions:
  - id: drill.solve.12
    title: Practise solve by hand 12 times a year
    kind: social
    lever: drill
    patches: [{path: work.functions.solve.drills_per_year, value: 12}]
    lead_time_weeks: 1
    concerns: [desk]
"""


def test_a_file_of_drills_joins_the_plan_and_without_it_all_is_as_it_was(desk: Study) -> None:
    """Fails when the plan without the file differs in one byte from one that never saw it."""
    desk.system.write_text(BOT, encoding="utf-8")
    base = "work.functions.solve.allocation"
    patches = (Patch(path=f"{base}.level", value=8), Patch(path=f"{base}.component", value="bot"))
    auto = change("auto", "technical", patches=patches)
    save(desk, "align", Stamp("align", {}, 0), aligned([auto, change("talk")]).model_dump(mode="json"))
    desk.terms.parent.mkdir(exist_ok=True)
    desk.terms.write_text("begins: 2026-03-02\n", encoding="utf-8")

    def files() -> dict[str, bytes]:
        paths = [*sorted((desk.path / "plans").glob("plan.*")), desk.path / "plans" / "board.csv", desk.result("plan")]
        return {path.name: path.read_bytes() for path in paths}

    run_step(desk, PLAN)
    before = files()
    assert len(before) == 5
    desk.drills.write_text(DRILLS, encoding="utf-8")
    assert not is_current(desk, PLAN) and run_step(desk, PLAN).state == "made" and is_current(desk, PLAN)
    shown = show(desk, "plan")
    at = {row[2]: row for row in shown.rows}
    assert at["Practise solve by hand 12 times a year"][0] <= at["Do auto"][0]
    assert any("plans/drills.yaml" in note for note in shown.notes)
    assert any("drill.solve.12" in str(cell) for row in show(desk, "board").rows for cell in row)
    assert {"plans/terms.yaml", "plans/drills.yaml"} <= set(check(desk.path))
    assert run_step(desk, ALONG).state == "made"
    assert "drill.solve.12" in {row[1] for row in show(desk, "along").rows}
    desk.terms.write_text("begins: 2026-03-02\nowners: {drill.solve.12: desk}\n", encoding="utf-8")
    run_step(desk, PLAN)
    assert show(desk, "plan").rows[0][3] == "desk"
    desk.terms.write_text("begins: 2026-03-02\n", encoding="utf-8")
    desk.drills.write_text(DRILLS.replace("solve.drills", "sovle.drills"), encoding="utf-8")
    with pytest.raises(PlanError, match=r"LW-PL-019.*drills\.yaml:interventions\.0"):
        run_step(desk, PLAN)
    desk.drills.unlink()
    run_step(desk, PLAN)
    assert files() == before


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
