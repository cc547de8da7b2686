"""The graph of a study as a file: with counts where the assessment is of this model, with no person, never half."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import longwall

from longwall import evidence, study
from longwall.errors import StudyError
from longwall.study import Study


@pytest.fixture
def desk(tmp_path: Path) -> Study:
    return study.new_from_template(tmp_path / "desk", "service-desk")


def test_each_format_is_written_and_says_what_stands_in_it(desk: Study, tmp_path: Path) -> None:
    for form, head in (("graphml", "<?xml"), ("mermaid", "---"), ("csv", "source_kind,")):
        path = tmp_path / f"graph.{form}"
        drawn = study.export_graph(desk, path, form)
        assert path.read_text(encoding="utf-8").startswith(head)
        assert len(drawn.nodes) == 5 + 4 + 14 + 5 + 4


def test_an_unknown_format_is_refused_and_the_file_stays(desk: Study, tmp_path: Path) -> None:
    path = tmp_path / "graph.xml"
    path.write_text("mine")
    with pytest.raises(StudyError) as caught:
        study.export_graph(desk, path, "graphlm")
    assert caught.value.faults[0].code == "LW-ST-066" and "graphml" in str(caught.value)
    assert path.read_text() == "mine"


def test_a_person_of_the_log_in_the_model_stops_the_export(desk: Study, tmp_path: Path) -> None:
    rows = ["case,activity,resource,start,end"]
    rows += [f"c{k},take,Kim Passa,2025-03-{k % 27 + 1:02d}T08:00:00,2025-03-{k % 27 + 1:02d}T08:10:00"
             for k in range(40)]  # fmt: skip
    (tmp_path / "log.csv").write_text("\n".join(rows) + "\n")
    evidence.ingest(tmp_path / "log.csv", desk.store, key=evidence.load_key())
    text = desk.system.read_text()
    for name in ("Kim Passa", "person-0123456789ab"):
        desk.system.write_text(text.replace("name: Desk lead", f"name: {name}"))
        with pytest.raises(StudyError) as caught:
            study.export_graph(desk, tmp_path / "graph.csv", "csv")
        assert caught.value.faults[0].code == "LW-ST-067" and name not in str(caught.value)
        assert not (tmp_path / "graph.csv").exists()


def test_the_command_takes_the_log_as_before_or_the_graph(desk: Study, tmp_path: Path) -> None:
    path = tmp_path / "desk.mmd"
    done = longwall("export", str(desk.path), "--graph", "mermaid", "--out", str(path))
    assert done.returncode == 0 and "32 nodes" in done.stdout, done.stderr
    assert "flowchart LR" in path.read_text()
