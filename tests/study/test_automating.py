"""Automation of a study: made when asked for, shown as tables, drawn in the report."""

from __future__ import annotations

import pytest

from longwall.alignment import automation
from longwall.report.figures.drawing import Figure, drawn
from longwall.report.markup import Markup
from longwall.report.sections import automation_section
from longwall.study import Study, StudyFile, automate_step, material_of, show
from longwall.study.step import is_current, run_step

DESK = """
id: desk
technical:
  components: [{id: bot, name: Bot, kind: automation, coverage: 0.9, safeguards: {audit: true, scope: false}}]
social:
  teams: [{id: t}]
  roles: [{id: agent, team: t, shifts: [{people: 3, hours: always}]}]
work:
  demand: [{id: item, per_week: 60}]
  functions:
    - {id: solve, name: Solve, roles: [agent], work_h: 1, allocation: {level: 5, component: bot}}
    - {id: close, name: Close, roles: [agent], work_h: 0.1}
  routes:
    - {source: start, target: solve}
    - {source: solve, target: close}
    - {source: close, target: end}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    made = Study.create(tmp_path_factory.mktemp("studies") / "desk", StudyFile(id="desk", weeks=3))
    made.system.write_text(DESK, encoding="utf-8")
    return made


def test_without_a_result_the_section_names_the_command(study: Study) -> None:
    section = automation_section(material_of(study), lambda figure: Markup())
    assert not section.made and "longwall automate desk" in section.body


def test_it_is_made_once_shown_and_drawn(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = automation.opportunities
    monkeypatch.setattr(
        automation, "opportunities", lambda *a, **k: whole(*a, **(k | {"weeks": 3, "replications": 2, "threads": 1}))
    )
    step = automate_step(1)
    assert run_step(study, step).state == "made" and is_current(study, step)
    assert not is_current(study, automate_step(2))
    candidates = show(study, "candidates")
    assert [row[1] for row in candidates.rows] == ["solve", "close"]
    assert any("there is no log" in note for note in candidates.notes)
    assert any("hazardous or degrading" in note for note in candidates.notes)
    rows = show(study, "automation").rows
    assert [row[1] for row in rows] == [f"5 to {level}" for level in (2, 3, 4, 6, 7, 8, 9, 10)]
    assert {row[8] for row in rows[-4:]} == {"not yet"} and rows[-1][9].startswith("solve.")
    gate = show(study, "safeguards").rows[0]
    assert gate[2] == "audit" and gate[3] == "scope" and gate[4].count(",") == 4 and gate[5] == "no"
    assert {row[1] for row in show(study, "automation-effects").rows} <= {"routine", "machine out"}
    figures: list[Figure] = []

    def draw(figure: Figure) -> Markup:
        figures.append(figure)
        return Markup(drawn(figure))

    page = automation_section(material_of(study), draw).body
    assert len(figures) == 1 and "<svg" in page
    assert "not to act alone (1 of 7 missing, 5 of 7 nobody has said); beside it level" in page
    assert "Bot: there: audit; missing: scope; ask:" in page
