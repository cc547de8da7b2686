"""Tensions and forces of a study: made when asked for, stamped, shown as tables and drawn in the report."""

from __future__ import annotations

import pytest

from longwall.report.figures.drawing import Figure, drawn
from longwall.report.markup import Markup
from longwall.report.sections import environment_section, tensions_section
from longwall.study import Study, StudyFile, material_of, show
from longwall.study.forcing import FORCES
from longwall.study.step import is_current, run_step
from longwall.study.tensioning import TENSIONS

DESK = """
id: desk
social:
  teams: [{id: t}]
  roles: [{id: agent, team: t, shifts: [{people: 4, hours: always}]}]
work:
  demand: [{id: item, per_week: 420}]
  functions: [{id: solve, roles: [agent], work_h: 1}]
  routes: [{source: start, target: solve}, {source: solve, target: end}]
environment:
  constraints: [{id: two, source: Act 7, why: so, requires_role: agent, least_people: 6}]
  forces: [{id: ours, name: A site joins, demand_factor: 1.3}]
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    made = Study.create(tmp_path_factory.mktemp("studies") / "desk", StudyFile(id="desk", weeks=3))
    made.system.write_text(DESK, encoding="utf-8")
    return made


def test_what_was_not_asked_for_is_named_with_its_command(study: Study) -> None:
    material = material_of(study)
    for section in (tensions_section(material, lambda figure: Markup()), environment_section(material, _never)):
        assert "longwall tensions desk" in section.body or "longwall forces desk" in section.body


def _never(figure: Figure) -> Markup:
    raise AssertionError("nothing to draw")


def test_both_are_made_once_and_shown(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    from longwall import assessment

    whole = assessment.tensions
    monkeypatch.setattr(assessment, "tensions", lambda *a, **k: whole(*a, events=2e5, **k))
    for step in (TENSIONS, FORCES):
        assert run_step(study, step).state == "made" and run_step(study, step).state == "up to date"
    shown = show(study, "tensions")
    assert any("(today)" in row[1] for row in shown.rows) and {row[2] for row in shown.rows} == {"technical", "social"}
    assert sum("does not show this tension" in note for note in shown.notes) == 3
    assert any("cannot be shown" in note for note in shown.notes)
    forced = show(study, "forces").rows
    assert forced[0][0] == "A site joins" and forced[0][2] == "items × 1.3" and forced[0][8] == ""
    assert any(row[8].startswith("R: Eurostat") for row in forced)
    material = material_of(study)
    figures: list[Figure] = []

    def draw(figure: Figure) -> Markup:
        figures.append(figure)
        return Markup(drawn(figure))

    page = tensions_section(material, draw).body
    assert [figure.name for figure in figures] == ["tension-redundancy"] and "<svg" in page
    assert "lead time" in figures[0].sentence and "Grey: with a fifth more items" in figures[0].key
    asked = environment_section(material, draw).body
    assert "A site joins" in asked and "none: a scenario to think with" in asked and "longwall assess desk" in asked
    study.system.write_text(DESK.replace("420", "400"), encoding="utf-8")
    assert not is_current(study, FORCES) and not is_current(study, TENSIONS)
