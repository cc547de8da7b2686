"""Logs of the weeks to come, as a user asks for them: files, times, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from tests.conftest import longwall
from typer.testing import CliRunner

from longwall import study
from longwall.cli.commands import app
from longwall.errors import LongwallError

from .test_loop import small_log

PERIOD = study.Period("2025-05-12T00:00:00Z", "2025-05-25T12:00:00+02:00", "2025-06-01", 30)


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> study.Study:
    root = tmp_path_factory.mktemp("forecasting")
    opened, _ = study.run(small_log(root / "shop.csv"), out=root / "study", until="ingest")
    return opened


def test_the_command_writes_logs_and_the_same_ones_again(ingested: study.Study, tmp_path: Path) -> None:
    said = ["--runs", "2", "--cases", "30", "--from", PERIOD.begins, "--arrivals-until", PERIOD.arrivals_until,
            "--until", PERIOD.until, "--json"]  # fmt: skip
    done = longwall("simulate", str(ingested.path), "--log-out", str(tmp_path / "logs"), *said)
    assert done.returncode == 0, done.stderr
    assert [Path(name).name for name in json.loads(done.stdout)["logs"]] == ["run-0.csv", "run-1.csv"]
    study.forecast_logs(ingested, tmp_path / "again", PERIOD, runs=2)
    for number in range(2):
        one, two = (tmp_path / name / f"run-{number}.csv" for name in ("logs", "again"))
        assert one.read_bytes() == two.read_bytes()
    log = pl.read_csv(tmp_path / "logs" / "run-0.csv", try_parse_dates=True)
    assert log.columns == ["case", "activity", "resource", "start", "end"]
    assert log["case"].n_unique() == 30
    starts = log.group_by("case").agg(pl.col("start").min())["start"]
    assert starts.min().isoformat() >= "2025-05-12T00:00:00"
    assert starts.max().isoformat() <= "2025-05-25T10:00:00"
    assert log["end"].max().isoformat() <= "2025-06-01T00:00:00"
    assert set(log["activity"]) <= {"register", "repair", "close"}
    assert not log["resource"].drop_nulls().str.contains(r"p\d-").any()  # people are called p0-desk, p1-workshop, ...


def test_settings_are_kept_and_chosen_anew_for_another_situation(ingested: study.Study, tmp_path: Path) -> None:
    kept = ingested.result("forecast-settings")
    study.forecast_logs(ingested, tmp_path / "a", PERIOD, runs=1)
    first = kept.read_bytes()
    study.forecast_logs(ingested, tmp_path / "a", PERIOD, runs=1)
    assert kept.read_bytes() == first
    longer = study.Period(PERIOD.begins, PERIOD.arrivals_until, "2025-06-08", 30)
    study.forecast_logs(ingested, tmp_path / "b", longer, runs=1)
    assert kept.read_bytes() != first


@pytest.mark.parametrize(
    ("period", "code", "place"),
    [
        (study.Period("yesterday", "2025-05-25", "32.1.2025", 5), "LW-ST-045", ["--from", "--until"]),
        (study.Period("2025-05-25", "2025-05-12", "2025-06-01", 5), "LW-ST-045", ["--from, --arrivals-until, --until"]),
        (study.Period("2001-01-01", "2001-01-02", "2001-01-03", 5), "LW-DI-060", ["the log before"]),
    ],
)
def test_times_that_cannot_be_are_refused(
    ingested: study.Study, tmp_path: Path, period: study.Period, code: str, place: list[str]
) -> None:
    with pytest.raises(LongwallError) as caught:
        study.forecast_logs(ingested, tmp_path / "out", period, runs=1)
    assert [fault.code for fault in caught.value.faults] == [code] * len(place)
    assert all(where in fault.where for where, fault in zip(place, caught.value.faults, strict=True))
    assert not (tmp_path / "out").exists()


def test_logs_of_two_forecasts_are_not_mixed(ingested: study.Study, tmp_path: Path) -> None:
    study.forecast_logs(ingested, tmp_path, PERIOD, runs=2)
    with pytest.raises(LongwallError, match="LW-ST-046"):
        study.forecast_logs(ingested, tmp_path, PERIOD, runs=1)
    study.forecast_logs(ingested, tmp_path, PERIOD, runs=2)


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (["--log-out", "x", "--runs", "2"], "--cases"),
        (["--runs", "2"], "--log-out"),
        (["--log-out", "x", "--weeks", "3"], "--weeks"),
    ],
)
def test_half_a_question_is_refused(ingested: study.Study, said: list[str], word: str) -> None:
    done = CliRunner().invoke(app, ["simulate", str(ingested.path), *said])
    assert done.exit_code == 2
    assert word in done.stderr
