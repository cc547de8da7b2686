"""A new log against the forecasts of a study: scores that stay, nothing else that does, refusals that say why."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from longwall import study
from longwall.cli.commands import app
from longwall.errors import LongwallError

from .test_loop import small_log

PERIOD = study.Period("2025-05-05T00:00:00Z", "2025-05-18T00:00:00Z", "2025-05-23T12:00:00Z", 40)


def lines_of(path: Path, *, before: str = "9", after: str = "") -> str:
    """The header, and the cases of a log that begin in a stretch of time."""
    header, *rows = path.read_text().splitlines()
    first: dict[str, str] = {}
    for row in rows:
        first.setdefault(row.split(",")[0], row.split(",")[4])
    return "\n".join([header, *(row for row in rows if after <= first[row.split(",")[0]] < before)]) + "\n"


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The log before 5 May, and the one after."""
    root = tmp_path_factory.mktemp("comparing")
    whole = small_log(root / "whole.csv")
    for name, text in (("past", lines_of(whole, before="2025-05-05")), ("new", lines_of(whole, after="2025-05-05"))):
        (root / f"{name}.csv").write_text(text)
    return root / "past.csv", root / "new.csv"


@pytest.fixture(scope="module")
def made(logs: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "study"
    opened, _ = study.run(logs[0], out=folder, until="ingest")
    study.forecast_logs(opened, folder.parent / "logs", PERIOD, runs=3)
    return folder


@pytest.fixture
def opened(made: Path, tmp_path: Path) -> study.Study:
    shutil.copytree(made, tmp_path / "study")
    return study.Study.open(tmp_path / "study")


def test_scores_stay_and_nothing_else(opened: study.Study, logs: tuple[Path, Path]) -> None:
    store = opened.store.read_bytes()
    done = CliRunner().invoke(app, ["compare", str(opened.path), str(logs[1]), "--json"])
    assert done.exit_code == 0, done.output
    (outcome,) = json.loads(done.stdout)["outcomes"]
    assert [entry["id"] for entry in outcome["distances"]] == ["NGD", "AED", "CED", "RED", "CTD"]
    assert outcome["judged"] >= 3
    assert opened.store.read_bytes() == store
    assert [path.name for path in opened.path.glob(".*")] == []
    kept = (opened.path / "results" / "outcomes" / f"{outcome['id']}.json").read_text()
    for person in ("p0-desk", "p3-workshop"):
        assert person not in kept
    shown = study.show(opened, "forecasts")
    assert [row[4] for row in shown.rows] == ["held"]
    page = (opened.report / "index.html").read_text(encoding="utf-8")
    assert "Forecasts held against what happened" in page


def test_a_log_that_holds_the_past_as_well_scores_the_same(opened: study.Study, logs: tuple[Path, Path]) -> None:
    """Caught when the simulated logs were laid on the clock of the new log, whose first Monday is a later one."""
    (alone,) = study.compare_log(opened, logs[1]).outcomes
    (whole,) = study.compare_log(opened, logs[0].with_name("whole.csv")).outcomes
    assert alone.distances == whole.distances
    assert [one.hit for one in alone.indicators] == [one.hit for one in whole.indicators]
    assert [one.observed for one in alone.indicators] == pytest.approx([one.observed for one in whole.indicators])


def test_nothing_due_names_the_first_day(opened: study.Study, logs: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(LongwallError) as caught:
        study.compare_log(opened, logs[0])
    (fault,) = caught.value.faults
    assert fault.code == "LW-LE-010"
    assert "nothing has come due" in fault.found
    assert "2025-05-23" in fault.found
    assert not (opened.path / "results" / "outcomes").exists()


def test_a_log_long_after_the_period_is_refused(opened: study.Study, logs: tuple[Path, Path], tmp_path: Path) -> None:
    later = tmp_path / "later.csv"
    later.write_text(logs[1].read_text().replace("2025-05", "2026-05"))
    with pytest.raises(LongwallError) as caught:
        study.compare_log(opened, later)
    assert caught.value.faults[0].code == "LW-LE-010"
    assert "no item of the log began" in caught.value.faults[0].found


def test_other_columns_and_other_work_are_refused(opened: study.Study, logs: tuple[Path, Path], tmp_path: Path) -> None:
    columns, work = tmp_path / "columns.csv", tmp_path / "work.csv"
    columns.write_text(logs[1].read_text().replace("ticket,step", "number,state"))
    work.write_text(logs[1].read_text().replace(",register,", ",sow,").replace(",repair,", ",mow,").replace(
        ",close,", ",reap,"))  # fmt: skip
    with pytest.raises(LongwallError, match="LW-EV-"):
        study.compare_log(opened, columns)
    with pytest.raises(LongwallError, match="LW-LE-012"):
        study.compare_log(opened, work)
    assert [path.name for path in opened.path.glob(".*")] == []


def test_without_a_forecast_there_is_nothing_to_hold(logs: tuple[Path, Path], tmp_path: Path) -> None:
    empty, _ = study.run(logs[0], out=tmp_path / "empty", until="ingest")
    with pytest.raises(LongwallError, match="LW-LE-011"):
        study.compare_log(empty, logs[1])
    assert study.show(empty, "forecasts").rows == []
