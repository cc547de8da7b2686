"""Raw events go when their months are over, results stay, and every face says so; privacy drafts tell what is read."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from longwall import evidence, report, study
from longwall.errors import StudyError
from longwall.study.retaining import LEDGER, expires, note_read

KEY = "a key for tests, long enough"


def rows(first: int, month: int, who: str) -> str:
    lines = ["ticket,activity,agent,team,customer_name,comment,category,start,end"]
    for n in range(60):
        at = f"2024-{month:02d}-{1 + n // 24:02d} {n % 24:02d}"
        step = ("Register", "Solve", "Close")[n % 3]
        person = who if step == "Close" else f"{who} {n // 3 % 6}"
        lines.append(f"T{first + n // 3},{step},{person},Desk,Xanthippe Quux,secret,{'ab'[n % 2]},{at}:00,{at}:20")
    return "\n".join(lines) + "\n"


def page(material: report.Material, folder: Path) -> Path:
    """A report that is no more than the purpose and the notes of page one, to save time."""
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text(f"{material.purpose}\n{material.note}\n{material.observed}")
    return folder / "index.html"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of one file, with a second file beside it."""
    root = tmp_path_factory.mktemp("retaining")
    folder = root / "desk"
    folder.mkdir()
    (root / "old.csv").write_text(rows(0, 1, "Wilhelmina"))
    (root / "new.csv").write_text(rows(100, 2, "Ottokar"))
    (folder / "study.yaml").write_text("id: desk\npurpose: find the slowest\nevidence: [{file: ../old.csv}]\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LONGWALL_KEY", KEY)
        patch.setattr(report, "render", page)
        study.run(folder, until="ingest")
    return root


@pytest.fixture
def desk(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LONGWALL_KEY", KEY)
    monkeypatch.setattr(report, "render", page)
    return Path(shutil.copytree(made, tmp_path, dirs_exist_ok=True)) / "desk"


def add_new(desk: Path) -> None:
    study.ingest_file(study.Study.open(desk), desk.parent / "new.csv")


def backdate(desk: Path, name: str, day: str) -> None:
    """Let a file have been read on another day."""
    ledger = json.loads((desk / LEDGER).read_text())
    for one in ledger["files"]:
        if one["name"] == name:
            one["read"] = day
    (desk / LEDGER).write_text(json.dumps(ledger))


@pytest.mark.parametrize(
    ("read", "months", "day"),
    [("2024-01-31", 1, date(2024, 2, 29)), ("2024-12-15", 13, date(2026, 1, 15)), ("2024-01-01", 12, date(2025, 1, 1))],
)
def test_months_are_those_of_the_calendar(read: str, months: int, day: date) -> None:
    assert expires(read, months) == day


def test_the_first_reading_is_kept_and_nothing_goes_before_its_time(desk: Path) -> None:
    first = (desk / LEDGER).read_text()
    note_read(study.Study.open(desk), date(2099, 1, 1))
    assert (desk / LEDGER).read_text() == first
    read = json.loads(first)["files"][0]["read"]
    assert study.retain(study.Study.open(desk), date.fromisoformat(read)) == ()
    assert (desk / "evidence.duckdb").is_file()


def test_all_that_is_due_goes_and_what_was_computed_stays(desk: Path) -> None:
    """Caught when an ingest read a file again whose time is over."""
    backdate(desk, "old.csv", "2020-01-31")
    result = (desk / "results" / "ingest.json").read_bytes()
    [gone] = study.retain(study.Study.open(desk))
    assert (gone.events, gone.read) == (60, "2020-01-31")
    assert not (desk / "evidence.duckdb").exists()
    assert (desk / "results" / "ingest.json").read_bytes() == result
    assert "60 raw events of old.csv were deleted" in (desk / "report" / "index.html").read_text()
    assert any("deleted" in note for note in study.show(study.Study.open(desk), "quality").notes)
    _, outcomes = study.run(desk, until="discover")
    assert [one.state for one in outcomes[:2]] == ["not possible", "not possible"]
    assert "deleted" in outcomes[0].why
    with pytest.raises(StudyError, match="deleted"):
        study.ingest_file(study.Study.open(desk), again=True)
    assert not (desk / "evidence.duckdb").exists()


def test_what_is_due_goes_and_the_rest_is_as_if_read_alone(desk: Path, tmp_path: Path) -> None:
    """No byte of the new store tells of what went, and an ingest carries it out."""
    add_new(desk)
    assert evidence.read_log(desk / "evidence.duckdb").n_events == 120
    backdate(desk, "old.csv", "2020-01-31")
    study.ingest_file(study.Study.open(desk))
    log = evidence.read_log(desk / "evidence.duckdb")
    evidence.ingest(desk.parent / "new.csv", tmp_path / "alone.duckdb", key=KEY.encode())
    alone = evidence.read_log(tmp_path / "alone.duckdb")
    assert (log.activities, log.case_labels, log.n_resources) == (alone.activities, alone.case_labels, 7)
    for column in ("case", "activity", "resource", "team", "start_h", "end_h"):
        assert getattr(log, column).tolist() == getattr(alone, column).tolist(), column
    hidden = evidence.pseudonym(KEY.encode(), "Wilhelmina")
    assert hidden.encode() not in (desk / "evidence.duckdb").read_bytes()
    assert b"T19" not in (desk / "evidence.duckdb").read_bytes()
    observed = evidence.observed(desk / "evidence.duckdb")
    assert (observed.events, observed.cases, observed.rows) == (60, 20, 60)
    shown = json.loads((desk / "results" / "ingest.json").read_text())["result"]
    assert shown["events"] == 60
    _, outcomes = study.run(desk, until="ingest")
    assert outcomes[0].state == "up to date"


def test_a_damaged_ledger_is_refused(desk: Path) -> None:
    (desk / LEDGER).write_text('{"files": [{"name": "old.csv"}]}')
    with pytest.raises(StudyError, match="LW-ST-032"):
        study.retain(study.Study.open(desk))
    assert (desk / "evidence.duckdb").is_file()


def test_the_purpose_heads_the_report_whatever_the_study_adds(desk: Path) -> None:
    first = (desk / "report" / "index.html").read_text().splitlines()[0]
    assert first.startswith("design of work; never assessment, discipline or selection of individuals")
    assert "find the slowest" in first


def test_the_drafts_tell_what_is_read_dropped_and_hidden(desk: Path) -> None:
    drafted = study.draft_privacy(study.Study.open(desk))
    assert [path.name for path in drafted.written] == ["notice.md", "impact-assessment.md"]
    for path in drafted.written:
        text = path.read_text()
        assert "| `agent` | who did it | as keyed pseudonyms |" in text
        assert "| `comment` | not used | dropped |" in text
        assert "| `customer_name` | not used | dropped |" in text
        assert "| `activity` | what was done | as it is |" in text
        assert "13 months" in text and "not legal advice" in text and "[FILL IN:" in text
        assert "at these steps: Close." in text  # one person did it
        assert "Wilhelmina" not in text and "Quux" not in text


def test_a_draft_that_people_edited_is_not_overwritten(desk: Path) -> None:
    edited = desk / "privacy" / "notice.md"
    edited.parent.mkdir()
    edited.write_text("# Ours\n")
    drafted = study.draft_privacy(study.Study.open(desk))
    assert [path.name for path in drafted.beside] == ["notice.new.md"]
    assert [path.name for path in drafted.written] == ["impact-assessment.md"]
    assert edited.read_text() == "# Ours\n"


def test_nothing_is_drafted_before_a_log_was_read(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text("id: desk\n")
    with pytest.raises(StudyError, match="LW-ST-033"):
        study.draft_privacy(study.Study.open(tmp_path))
    assert not (tmp_path / "privacy").exists()
