"""Forecasts of logs kept and held against what came: a perfect one scores zero, a damaged one says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from longwall.discovery import Choice, Situation, Trace, distances, forecast_log
from longwall.errors import LearningError
from longwall.evidence import CAPABILITIES, Log
from longwall.learning import (
    LogRecord,
    Promise,
    Record,
    extracted_h,
    hold_log,
    hold_record,
    log_records,
    logs_of,
    record_logs,
)
from longwall.worksystem import Estimate

ORIGIN = datetime(2024, 1, 1, tzinfo=UTC)
ORIGIN_US = round(ORIGIN.timestamp() * 1e6)


def log_of(arrivals: list[float], *, hours: float = 5.0, names: tuple[str, str] = ("open", "close")) -> Log:
    """Cases of two steps, the second so many hours after the first."""
    n = len(arrivals)
    case = np.repeat(np.arange(n, dtype=np.int32), 2)
    end = (np.array(arrivals)[:, None] + np.array([0.0, hours])).ravel()
    return Log(
        case=case, activity=np.tile(np.array([0, 1], dtype=np.int32), n), resource=np.full(2 * n, -1, dtype=np.int32),
        team=np.full(2 * n, -1, dtype=np.int32), start_h=end.copy(), end_h=end, row=np.arange(1, 2 * n + 1),
        offsets=np.arange(0, 2 * n + 1, 2, dtype=np.int64), case_labels=tuple(str(k) for k in range(n)),
        activities=names, teams=(), n_resources=0, resource_team=np.zeros(0, dtype=np.int32), case_attributes={},
        origin=ORIGIN, timezone="UTC", starts_logged=False, capabilities=frozenset(CAPABILITIES),
    )  # fmt: skip


PAST = log_of([24.0 * day + hour for day in range(56) for hour in (8.0, 10.0)])
FUTURE = log_of([24.0 * day + hour for day in range(56, 70) for hour in (8.0, 10.0)])
SITUATION = Situation(1344.0, 1680.0, 1679.0, 28)


def kept(folder: Path) -> LogRecord:
    found = forecast_log(PAST, SITUATION, runs=3, seed=0, choice=Choice())
    iso = [(ORIGIN + timedelta(hours=h)).isoformat() for h in (1344.0, 1679.0, 1680.0)]
    promised = LogRecord(
        id="pending", begins=iso[0], arrivals_until=iso[1], until=iso[2], cases=28, keep="all", runs=3, seed=0,
        setting="", evidence="x", kept_runs=1, activities=PAST.activities,
    )  # fmt: skip
    return record_logs(promised, found.runs, found.control, ORIGIN_US, folder)


def test_kept_logs_come_back_and_the_same_forecast_gives_the_same_files(tmp_path: Path) -> None:
    one = kept(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert kept(tmp_path) == one
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert log_records(tmp_path) == (one,)
    runs, control = logs_of(one, tmp_path, ORIGIN_US)
    found = forecast_log(PAST, SITUATION, runs=3, seed=0, choice=Choice())
    assert len(runs) == len(control) == one.kept_runs == 3
    for mine, theirs in zip(runs + control, found.runs + found.control, strict=True):
        assert distances(mine, Trace(theirs.case, theirs.activity, theirs.start_h, theirs.end_h)).max() < 1e-9


def test_a_perfect_forecast_is_at_zero(tmp_path: Path) -> None:
    one = kept(tmp_path)
    truth = Trace(FUTURE.case.astype(np.int64), FUTURE.activity.astype(np.int64), FUTURE.start_h, FUTURE.end_h)
    outcome = hold_log(one, (truth, truth), (truth, truth), PAST, FUTURE, SITUATION)
    assert outcome is not None
    assert outcome.cases == 28
    assert [entry.ours for entry in outcome.distances] == [0.0] * 5


def test_the_codes_of_another_log_do_not_matter(tmp_path: Path) -> None:
    """The new log lists its activities in another order and has one more; only the names count."""
    one = kept(tmp_path)
    runs, control = logs_of(one, tmp_path, ORIGIN_US)
    straight = hold_log(one, runs, control, PAST, FUTURE, SITUATION)
    turned = replace(FUTURE, activity=2 - FUTURE.activity, activities=("new", "close", "open"))
    assert hold_log(one, runs, control, PAST, turned, SITUATION) == straight
    assert straight is not None
    assert straight.judged >= 3


def test_a_log_of_another_time_says_nothing(tmp_path: Path) -> None:
    one = kept(tmp_path)
    runs, control = logs_of(one, tmp_path, ORIGIN_US)
    assert hold_log(one, runs, control, PAST, log_of([5000.0, 5001.0]), SITUATION) is None


def test_a_new_log_that_begins_late_is_said(tmp_path: Path) -> None:
    one = kept(tmp_path)
    runs, control = logs_of(one, tmp_path, ORIGIN_US)
    late = log_of([24.0 * day + 8.0 for day in range(60, 70)])
    outcome = hold_log(one, runs, control, PAST, late, SITUATION)
    assert outcome is not None
    assert outcome.cautions == ("the log begins 4 days after the forecast does",)


def test_indicators_of_a_period_are_counted_and_hit() -> None:
    """Two cases a day for 14 days, each open for five hours: 14 a week, 5 h, 10 open hours of 24 a day."""
    expected = {"throughput_per_week": 14.0, "lead_time_h": 5.0, "lead_time_p90_h": 5.0, "backlog": 10.0 / 24.0}
    promises = tuple(
        Promise(indicator=name, column="technical", due="2024-03-11",
                expected=Estimate(value=value, low=value - 1e-6, high=value + 1e-6, footing="fitted"))
        for name, value in expected.items()
    )  # fmt: skip
    record = Record(id="r", kind="forecast", source="s", design="today", system_hash="h", begins="2024-02-26",
                    promises=promises)  # fmt: skip
    every = log_of([24.0 * day + hour for day in range(40, 80) for hour in (8.0, 10.0)])
    outcome = hold_record(record, every, 1344.0, 1680.0, "2024-03-11")
    assert outcome is not None
    assert (outcome.hits, outcome.judged) == (4, 4)
    slower = hold_record(record, log_of([24.0 * day for day in range(40, 80)]), 1344.0, 1680.0, "2024-03-11")
    assert slower is not None
    assert slower.hits == 2  # both lead times


def test_a_log_is_extracted_within_its_longest_silence() -> None:
    assert extracted_h(PAST) == pytest.approx(24.0 * 55 + 15.0 + 17.0)


@pytest.mark.parametrize("damage", ["json", "logs", "missing"])
def test_a_damaged_record_is_said(tmp_path: Path, damage: str) -> None:
    one = kept(tmp_path)
    if damage == "json":
        (tmp_path / f"{one.id}.json").write_text("{}")
    elif damage == "logs":
        (tmp_path / f"{one.id}.parquet").write_bytes(b"PAR1 nothing")
    else:
        (tmp_path / f"{one.id}.parquet").unlink()
    with pytest.raises(LearningError, match="LW-LE-001"):
        for record in log_records(tmp_path):
            logs_of(record, tmp_path, ORIGIN_US)
