"""Shocks, growth and the tables of a search in a study: on demand, stamped, shown, and drawn in the report."""

from __future__ import annotations

import sys

import pytest
from tests.alignment.conftest import DESK

from longwall.alignment import Budget
from longwall.errors import StudyError
from longwall.report.markup import Markup
from longwall.report.sections import designs_section, strain_section
from longwall.study import Study, StudyFile, check, material_of, show
from longwall.study.aligning import ALIGN
from longwall.study.assessing import ASSESS
from longwall.study.step import is_current, run_step
from longwall.study.straining import GROWTH, SHOCKS
from longwall.worksystem import WorkSystem
from longwall.worksystem.yamlfile import write_system

TINY = Budget(search=60, frozen=4, fresh=12, effect=4, draws=3, draw_replications=2)
OWN = "chances:\n  - {id: days, at_most: 0.5, probability: 0.5}\n"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    made = Study.create(tmp_path_factory.mktemp("studies") / "desk", StudyFile(id="desk", weeks=2))
    write_system(made.system, WorkSystem.model_validate(DESK))
    made.objectives.write_text(OWN, encoding="utf-8")
    return made


def test_on_demand_from_the_search_to_the_page(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["longwall.alignment.search"], "budget_for", lambda *a, **k: TINY)
    material = material_of(study)
    assert "longwall align desk" in strain_section(material).body
    assert run_step(study, SHOCKS).state == "not possible"
    for step in (ASSESS, ALIGN):
        assert run_step(study, step).state == "made"
    body = strain_section(material_of(study)).body
    assert "longwall shocks desk" in body and "longwall growth desk" in body
    for step in (SHOCKS, GROWTH):
        assert run_step(study, step).state == "made" and run_step(study, step).state == "up to date"
    material = material_of(study)
    assert material.alignment is not None
    names = {"today", *material.alignment.optima.model_dump().values()}
    assert {row[2] for row in show(study, "shocks").rows} >= names
    assert {row[0] for row in show(study, "growth").rows} >= names
    assert len(show(study, "weightings").rows) == 9 and len(show(study, "weightings").notes) == 3
    assert {row[4] for row in show(study, "chances").rows} <= {"holds", "fails", "not shown"}
    assert len(show(study, "verdicts").rows) == len(material.alignment.verdicts)
    page = strain_section(material).body
    assert "Surge" in page and "times today’s volume (" in page and "technical" in page and "social" in page
    designs = designs_section(material, lambda figure: Markup()).body
    assert "What hangs on the weights" in designs and "What must hold on most days" in designs
    study.objectives.write_text(OWN.replace("0.5}", "0.6}"), encoding="utf-8")
    assert not is_current(study, ALIGN)
    assert "objectives.yaml" in check(study.path)


def test_a_fault_of_the_objectives_stops_the_search_before_it_begins(study: Study) -> None:
    study.objectives.write_text(OWN.replace("at_most", "at_mots"), encoding="utf-8")
    with pytest.raises(StudyError, match=r"objectives.yaml:2.*\n.*at_mots"):
        check(study.path)
