"""What must be fixed, from a study: not before designs, shown as a table and in the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from longwall.alignment.known.stations import Stations
from longwall.alignment.specification import Effort, Specification, specify
from longwall.provenance import Stamp
from longwall.report.markup import Markup
from longwall.report.sections import specification_section
from longwall.report.sections.specification import own_text
from longwall.study import Study, StudyFile, material_of, show
from longwall.study.results import save
from longwall.study.specifying import SPECIFY
from longwall.study.step import run_step

STATIONS = Stations(most_more=1, noise=0.1)


@pytest.fixture(scope="module")
def found() -> Specification:
    effort = Effort(most=240, replications=2, batch=12, look=2, attempts=2)
    return specify(STATIONS.system, STATIONS.interventions, [], design="today", simulator=STATIONS, effort=effort)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study.create(tmp_path / "desk", StudyFile(id="desk", weeks=3))


def test_before_designs_it_says_what_comes_first(study: Study) -> None:
    assert run_step(study, SPECIFY).state == "not possible"
    section = specification_section(material_of(study))
    assert not section.made and "longwall specify desk" in section.body


def test_the_table_and_the_report_name_every_decision(study: Study, found: Specification) -> None:
    save(study, "specify", Stamp("specify", {}, 0), found.model_dump(mode="json"))
    shown = show(study, "specification")
    assert {row[0] for row in shown.rows} == {one.id for one in found.decisions}
    assert [row[1] for row in shown.rows if row[1]] == sorted(
        (row[1] for row in shown.rows if row[1]), key=["fix", "yours, but it chooses where you land", "yours"].index
    )
    assert found.statement in shown.notes
    body = specification_section(material_of(study)).body
    for one in found.decisions:
        assert one.choices[1].title in body
    assert isinstance(body, Markup) and ("Fix" in body) == bool(found.of("fix"))


def test_page_one_leaves_what_is_free_to_the_team(found: Specification) -> None:
    """Fails if page one lists what must be fixed."""
    free = own_text(found)
    for one in found.of("fix"):
        assert one.choices[1].title.lower() not in free.lower()
    everything = found.model_copy(
        update={"decisions": tuple(one.model_copy(update={"kind": "fix"}) for one in found.decisions)}
    )
    assert own_text(everything) == ""
