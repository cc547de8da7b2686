"""Roles of a study: made when asked for, shown as tables, drawn in the report; what cannot be asked is refused."""

from __future__ import annotations

import pytest

from longwall.errors import LongwallError
from longwall.report.figures.drawing import Figure, drawn
from longwall.report.markup import Markup
from longwall.report.sections import roles_section
from longwall.study import Study, StudyFile, material_of, reskill_step, show
from longwall.study.step import is_current, run_step
from longwall.worksystem import read_interventions

DESK = """
id: desk
technical:
  components: [{id: bot, kind: automation, coverage: 0.95}]
social:
  teams: [{id: t}]
  roles: [{id: agent, name: Agent, team: t, shifts: [{people: 6, hours: always}]}]
work:
  demand: [{id: item, per_week: 10}]
  functions:
    - {id: reset, name: Reset, roles: [agent], work_h: 1, burden: degrading, allocation: {level: 8, component: bot}}
  routes: [{source: start, target: reset}, {source: reset, target: end}]
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    made = Study.create(tmp_path_factory.mktemp("studies") / "desk", StudyFile(id="desk", weeks=3))
    made.system.write_text(DESK, encoding="utf-8")
    return made


def test_without_a_result_the_section_names_the_command(study: Study) -> None:
    section = roles_section(material_of(study), lambda figure: Markup())
    assert not section.made and "longwall reskill desk" in section.body


@pytest.mark.parametrize(
    ("design", "floor", "code"), [(None, 0.5, "LW-PL-017"), ("today", 1.5, "LW-PL-016"), ("jnt", 0.5, "LW-PL-017")]
)
def test_what_cannot_be_asked_is_refused_and_nothing_is_written(
    study: Study, design: str | None, floor: float, code: str
) -> None:
    with pytest.raises(LongwallError, match=code):
        run_step(study, reskill_step(design, floor))
    assert not study.result("reskill").exists() and not (study.path / "plans" / "drills.yaml").exists()


def test_roles_are_made_once_shown_and_drawn(study: Study) -> None:
    step = reskill_step("today", 0.6)
    assert run_step(study, step).state == "made" and is_current(study, step)
    assert not is_current(study, reskill_step("today", 0.7))
    assert show(study, "role-changes").rows[-1][2] == "in all"
    assert any("degrading: Reset" in note for note in show(study, "role-changes").notes)
    (row,) = show(study, "drills").rows
    assert row[0] == "reset" and row[5] == "yes" and row[4] > 0
    assert show(study, "skills").notes[-1] == "no skill falls idle and none must grow"
    (change,) = read_interventions(study.path / "plans" / "drills.yaml")
    assert change.patches[0].value == row[4]
    figures: list[Figure] = []

    def draw(figure: Figure) -> Markup:
        figures.append(figure)
        return Markup(drawn(figure))

    page = roles_section(material_of(study), draw).body
    assert figures[0].sentence == "No role's hours change." and "<svg" in page
    assert "Hazardous and degrading work first" in page and "roles, never persons" in page
