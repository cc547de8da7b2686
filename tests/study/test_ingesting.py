"""A log of several files in a study: a further file is added, the same one changes nothing, `replace` begins anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from longwall.errors import LongwallError
from longwall.evidence import observed, read_log
from longwall.study import Study, StudyFile, ingest_file
from longwall.study.ingesting import ingest_step
from longwall.study.step import is_current

HEADER = "case,activity,resource,time\n"


def rows(month: int, cases: range) -> str:
    return HEADER + "".join(
        f"T{n},{step},Person {n % 3},2024-{month:02d}-{1 + n % 28:02d} {8 + at}:00\n"
        for n in cases for at, step in enumerate(["Open", "Work", "Close"])
    )  # fmt: skip


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study of one file, read."""
    monkeypatch.setenv("LONGWALL_KEY", "a key for tests, long enough")
    (tmp_path / "january.csv").write_text(rows(1, range(20)))
    made = Study.create(tmp_path / "desk", StudyFile(id="desk"))
    outcome, _ = ingest_file(made, tmp_path / "january.csv")
    assert outcome.state == "made"
    return Study.open(made.path)


def test_a_further_file_is_added_and_the_same_one_changes_nothing(study: Study, tmp_path: Path) -> None:
    later = tmp_path / "february.csv"
    later.write_text(rows(1, range(15, 20)) + rows(2, range(20, 25)).removeprefix(HEADER))
    outcome, _ = ingest_file(study, later)
    assert (outcome.state, outcome.why) == ("made", "15 new events in february.csv")
    study = Study.open(study.path)
    assert [Path(log.file).name for log in study.logs] == ["january.csv", "february.csv"]
    assert observed(study.store).cases == 25
    before = study.store.read_bytes()
    for name in ("january.csv", "february.csv", "copy.csv"):
        (tmp_path / "copy.csv").write_bytes(later.read_bytes())
        outcome, *_ = ingest_file(study, tmp_path / name)
        assert outcome.state == "up to date"
    assert study.store.read_bytes() == before and Study.open(study.path).file == study.file


def test_what_was_added_is_the_same_as_read_at_once(study: Study, tmp_path: Path) -> None:
    (tmp_path / "february.csv").write_text(rows(2, range(20, 25)))
    ingest_file(study, tmp_path / "february.csv")
    study = Study.open(study.path)
    added = read_log(study.store)
    ingest_file(study, again=True)
    again = read_log(study.store)
    assert added.case_labels == again.case_labels and (added.start_h == again.start_h).all()
    (tmp_path / "january.csv").unlink()  # what was read need not be kept
    assert is_current(study, ingest_step())
    (tmp_path / "march.csv").write_text(rows(3, range(25, 30)))
    ingest_file(study, tmp_path / "march.csv")
    assert observed(study.store).cases == 30


def test_a_file_that_changed_is_read_anew(study: Study, tmp_path: Path) -> None:
    (tmp_path / "january.csv").write_text(rows(1, range(10)))
    ingest_file(study)
    assert observed(study.store).cases == 10


def test_replace_begins_anew(study: Study, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text(rows(5, range(100, 107)))
    ingest_file(study, tmp_path / "other.csv", replace=True)
    assert observed(study.store).cases == 7
    assert [Path(log.file).name for log in Study.open(study.path).logs] == ["other.csv"]


def test_a_file_that_does_not_fit_leaves_all_as_it_was(study: Study, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in study.path.rglob("*") if path.is_file()}
    (tmp_path / "odd.csv").write_text("number,status,at\n1,Open,2024-03-01\n1,Done,2024-03-02\n")
    with pytest.raises(LongwallError, match="LW-EV-032"):
        ingest_file(study, tmp_path / "odd.csv")
    assert {path: path.read_bytes() for path in study.path.rglob("*") if path.is_file()} == before


def test_the_result_names_every_file(study: Study, tmp_path: Path) -> None:
    (tmp_path / "february.csv").write_text(rows(2, range(20, 25)))
    ingest_file(study, tmp_path / "february.csv")
    result = json.loads(study.result("ingest").read_text())["result"]
    assert [(one["name"], one["rows"], one["accepted"]) for one in result["files"]] == [
        ("january.csv", 60, 60), ("february.csv", 15, 15)]  # fmt: skip
