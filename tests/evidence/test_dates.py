from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longwall.errors import EvidenceError
from longwall.evidence import Log, Observed, ingest, read_log
from longwall.evidence.clock import local_week_hour, monday_before

Put = Callable[..., Path]
Read = Callable[..., tuple[Observed, Log]]
HEAD = "case,activity,time\n"


def rows(*times: str) -> str:
    return HEAD + "".join(f'{number // 2},a{number % 2},"{time}"\n' for number, time in enumerate(times))


def utc_of(log: Log) -> list[datetime]:
    order = log.row.argsort()
    return [log.moment(hour) for hour in log.end_h[order]]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-03-31T13:05:09Z", "2024-03-31T13:05:09"),
        ("2024-03-31 13:05:09.250000+02:00", "2024-03-31T11:05:09.25"),
        ("2024-03-31 13:05:09 +0200", "2024-03-31T11:05:09"),
        ("2024-03-31T13:05:09,250", "2024-03-31T13:05:09.25"),
        ("2024/03/31 13:05:09", "2024-03-31T13:05:09"),
        ("2024.03.31 13:05", "2024-03-31T13:05:00"),
        ("31/03/2024 13:05", "2024-03-31T13:05:00"),
        ("31.3.2024 13:05:09", "2024-03-31T13:05:09"),
        ("31-03-24 13:05", "2024-03-31T13:05:00"),
        ("3/31/2024 1:05 PM", "2024-03-31T13:05:00"),
        ("3/31/2024 12:05:09 AM", "2024-03-31T00:05:09"),
        ("31/Mar/24 1:05 PM", "2024-03-31T13:05:00"),
        ("31-Mar-2024 13:05:09", "2024-03-31T13:05:09"),
        ("Mar 31, 2024 1:05:09 PM", "2024-03-31T13:05:09"),
        ("20240331T130509Z", "2024-03-31T13:05:09"),
        ("1711890309", "2024-03-31T13:05:09"),
        ("1711890309250", "2024-03-31T13:05:09.25"),
        ("2024-03-31", "2024-03-31T00:00:00"),
    ],
)
def test_forms_of_one_moment(written: str, meant: str, write: Put, read: Read) -> None:
    record, log = read(write(rows(written, written, written, written)))
    assert record.rejected_rows == 0
    wanted = datetime.fromisoformat(meant).replace(tzinfo=UTC)
    assert all(abs((moment - wanted).total_seconds()) < 1e-3 for moment in utc_of(log))


def test_order_of_day_and_month_is_judged_over_the_whole_file(write: Put, read: Read) -> None:
    """Only the last of 3,000 rows tells; a judge that samples the head would stop here or read it wrongly."""
    times = ["03/04/2024 10:00"] * 2999
    record, log = read(write(rows(*times, "13/04/2024 10:00")))
    assert record.mapping["day_first"] is True
    assert utc_of(log)[0] == datetime(2024, 4, 3, 10, tzinfo=UTC)
    record, log = read(write(rows(*times, "04/13/2024 10:00")))
    assert record.mapping["day_first"] is False
    assert utc_of(log)[0] == datetime(2024, 3, 4, 10, tzinfo=UTC)


def test_both_orders_fit_so_it_stops_and_shows_both(write: Put, read: Read) -> None:
    path = write(rows("03/04/2024 10:00", "05/04/2024 10:00", "06/05/2024 10:00", "07/05/2024 10:00"))
    with pytest.raises(EvidenceError, match="LW-EV-020") as caught:
        read(path)
    said = str(caught.value)
    assert "3 April 2024" in said and "4 March 2024" in said and "row 1" in said
    assert "day_first: true" in said and "day_first: false" in said
    _, log = read(path, mapping={"day_first": False})
    assert utc_of(log)[0] == datetime(2024, 3, 4, 10, tzinfo=UTC)


def test_same_day_and_month_need_no_order(write: Put, read: Read) -> None:
    _, log = read(write(rows("03/03/2024 10:00", "03/03/2024 11:00", "04/04/2024 10:00", "05/05/2024 10:00")))
    assert utc_of(log)[2] == datetime(2024, 4, 4, 10, tzinfo=UTC)


def test_mixed_orders_are_refused(write: Put, read: Read) -> None:
    path = write(rows(*["13/04/2024 10:00"] * 50, *["04/13/2024 10:00"] * 50))
    with pytest.raises(EvidenceError, match="LW-EV-021"):
        read(path)


def test_mixed_forms_that_have_one_reading_are_read_with_a_caution(write: Put, read: Read) -> None:
    record, log = read(write(rows("2024-04-13 10:00", "13/04/2024 11:00", "2024-04-14 10:00", "14/04/2024 11:00")))
    assert any("more than one way" in caution for caution in record.cautions)
    assert utc_of(log)[1] == datetime(2024, 4, 13, 11, tzinfo=UTC)


def test_naive_times_take_the_zone_and_its_clock_changes(write: Put, read: Read) -> None:
    times = ["2024-03-30 12:00", "2024-03-31 12:00", "2024-10-26 12:00", "2024-10-27 12:00"]
    record, log = read(write(rows(*times)), mapping={"timezone": "Europe/Berlin"})
    zone = ZoneInfo("Europe/Berlin")
    assert utc_of(log) == [datetime.fromisoformat(time).replace(tzinfo=zone).astimezone(UTC) for time in times]
    assert (log.local_week_hour(log.end_h) % 24 == 12).all()
    assert log.timezone == "Europe/Berlin" and not any("no offset" in text for text in record.cautions)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
def test_local_week_hour_agrees_with_the_calendar(zone: str, write: Put, read: Read) -> None:
    origin = monday_before(1_700_000_000_000_000, zone)
    hours = np.arange(0, 9000, 0.75)
    got = local_week_hour(hours, origin, zone)
    for hour, week_hour in zip(hours[::7], got[::7], strict=True):
        local = datetime.fromtimestamp(origin.timestamp() + hour * 3600, ZoneInfo(zone))
        wanted = local.weekday() * 24 + local.hour + local.minute / 60
        assert (
            abs((wanted - week_hour + 84) % 168 - 84) < 0.51 if zone == "Australia/Lord_Howe" else wanted == week_hour
        )


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moments=st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), min_size=4, max_size=30),
    form=st.sampled_from(["%Y-%m-%dT%H:%M:%S.%fZ", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%d-%b-%Y %H:%M:%S"]),
)
def test_written_times_come_back(tmp_path: Path, moments: list[datetime], form: str) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(rows(*(moment.strftime(form) for moment in moments)).encode()))
    store = tmp_path / "evidence.duckdb"
    first = {"%d.%m.%Y %H:%M:%S": True, "%m/%d/%Y %I:%M:%S %p": False}.get(form)
    ingest(path, store, key=b"k" * 16, mapping={"day_first": first})
    log = read_log(store)
    unit = 1e-6 if "%f" in form else 1.0
    for moment, got in zip(moments, utc_of(log), strict=True):
        wanted = moment.replace(tzinfo=UTC)
        assert -1e-3 < (wanted - got).total_seconds() < unit + 1e-3
