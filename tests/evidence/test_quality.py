"""Each property of the data is found where it was planted, with its rows, and not in a log without it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from longwall.evidence import Mapping, Observed, ingest
from longwall.evidence.quality import quality
from longwall.evidence.schema import TABLES, create
from longwall.evidence.sizes import counts_of
from longwall.evidence.store import Store
from longwall.evidence.tables import quality_texts

KEY = b"a key for tests, long enough"
MAPPING = Mapping.from_dict({"case": "case", "activity": "activity", "resource": "who", "team": "team", "time": "t"})
HOUR, DAY = 3_600_000_000, 86_400_000_000
MONDAY = 1_704_067_200_000_000  # 1 January 2024
ALWAYS = {"near_edge"}  # every log has items with an event in its last week


class Log:
    """The tables of a store as columns: 16 weeks of office days, 12 items a day, each opened, worked on and closed."""

    def __init__(self) -> None:
        day = np.repeat(np.flatnonzero(np.arange(112) % 7 < 5), 12)
        n = np.arange(len(day))
        case = np.repeat(n, 3)
        step = np.tile(np.arange(3), len(day))
        start = MONDAY + day[case] * DAY + (8 + n[case] % 12 * 0.5 + step * 0.4) * HOUR + case * 1_003_000
        self.events: dict[str, Any] = {
            "case_code": case, "activity": step, "resource": (case + step) % 8, "team": step % 2,
            "start_us": start.astype(np.int64), "end_us": (start + 0.3 * HOUR).astype(np.int64),
        }  # fmt: skip
        self.rows: Any = None
        self.labels = [f"INC{number:06d}" for number in n]
        self.activities, self.teams = ["Open", "Work", "Close"], ["Desk", "Network"]
        self.rejects: list[tuple[int, str]] = []

    def add(self, **columns: Any) -> None:
        size = max(np.size(value) for value in columns.values())
        for name, known in self.events.items():
            new = np.broadcast_to(np.asarray(columns.get(name, known[0])), size)
            self.events[name] = np.concatenate([known, new])

    def keep(self, mask: Any) -> None:
        self.events = {name: column[mask] for name, column in self.events.items()}

    def found(self, folder: Path) -> dict[str, Any]:
        order = np.lexsort((self.events["start_us"], self.events["end_us"], self.events["case_code"]))
        rows = np.arange(1, len(order) + 1) if self.rows is None else self.rows
        events = {"place": np.arange(len(order)), **{name: column[order] for name, column in self.events.items()},
                  "source": 0, "row": rows}  # fmt: skip
        names = {"cases": self.labels, "activities": self.activities, "teams": self.teams}
        tables = {"events": pl.DataFrame(events)}
        for table, labels in names.items():
            codes = range(len(labels))
            tables[table] = pl.DataFrame({"place": codes, "code": codes, "label": labels})
        if self.rejects:
            tables["rejects"] = pl.DataFrame([(0, row, "t", why) for row, why in self.rejects],
                                             schema=list(TABLES["rejects"]), orient="row")  # fmt: skip
        with Store(folder / "staging", in_memory=True) as store:
            create(store)
            store.run("INSERT INTO sources VALUES (0, 'log.csv', '', 'log', '', '', 2160, 2160, 0, 0)")
            store.run("INSERT INTO resources SELECT n, n, 'person-' || n, -1 FROM range(8) t(n)")
            for name, frame in tables.items():
                with store.viewing("frame", frame):
                    store.run(f"INSERT INTO {name} SELECT {', '.join(frame.columns)} FROM frame")
            return {item.key: item for item in quality(store, counts_of(store), MAPPING)}


def missing_resource(log: Log) -> tuple[int, tuple[str, ...]]:
    log.events["resource"] = np.where(np.arange(2880) % 100 == 7, -1, log.events["resource"])
    return 29, ("8", "108", "208", "308", "408")


def missing_team(log: Log) -> tuple[int, tuple[str, ...]]:
    log.events["team"] = np.where(np.arange(2880) == 30, -1, log.events["team"])
    return 1, ("31",)


def duplicates(log: Log) -> tuple[int, tuple[str, ...]]:
    log.add(**{name: column[[10, 20, 20]] for name, column in log.events.items()})
    return 3, ("12", "24")


def label_spellings(log: Log) -> tuple[int, tuple[str, ...]]:
    log.activities.append(" WORK-")
    log.events["activity"] = np.where(np.isin(np.arange(2880), [4, 7]), 3, log.events["activity"])
    return 2, ("5", "8")


def out_of_order(log: Log) -> tuple[int, tuple[str, ...]]:
    log.rows = np.arange(1, 2881)
    log.rows[[0, 1]] = [2, 1]
    return 1, ("1",)


def zero_durations(log: Log) -> tuple[int, tuple[str, ...]]:
    log.events["start_us"] = np.where(np.arange(2880) < 2, log.events["end_us"], log.events["start_us"])
    return 2, ("1", "2")


def dates_only(log: Log) -> tuple[int, tuple[str, ...]]:
    log.events["start_us"] = log.events["start_us"] // DAY * DAY
    log.events["end_us"] = log.events["end_us"] // DAY * DAY + DAY
    return 2880, ()


def clock_jumps(log: Log) -> tuple[int, tuple[str, ...]]:
    for column in ("start_us", "end_us"):
        log.events[column][4] -= 400 * DAY
    return 1, ("4",)  # it stands first in its item now


def default_dates(log: Log) -> tuple[int, tuple[str, ...]]:
    log.rejects += [(77, "a year outside 1980 to 2100"), (79, "a year outside 1980 to 2100"), (80, "no value")]
    return 2, ("77", "79")


def missing_days(log: Log) -> tuple[int, tuple[str, ...]]:
    day = (log.events["end_us"] - MONDAY) // DAY
    log.keep((day != 22) & (day != 31))
    return 2, ("577", "793")


def missing_weeks(log: Log) -> tuple[int, tuple[str, ...]]:
    day = (log.events["end_us"] - MONDAY) // DAY
    log.keep((day < 28) | (day >= 42))
    return 2, ("721",)


def cut_off(log: Log) -> tuple[int, tuple[str, ...]]:
    log.keep(np.arange(2880) < 2879)
    return 1, ("2879",)


def ids_with_several_numbers(log: Log) -> tuple[int, tuple[str, ...]]:
    log.labels[2] = "INC 12-7"
    return 1, ("7",)


def machine_speed(log: Log) -> tuple[int, tuple[str, ...]]:
    at = MONDAY + 3 * DAY + 9 * HOUR + np.arange(1100) * 3_000_000
    log.add(case_code=np.arange(1100) % 960, activity=1, resource=5, team=1, start_us=at, end_us=at + 1_000_000)
    return 1, ("4",)


def machine_times(log: Log) -> tuple[int, tuple[str, ...]]:
    log.activities.append("Archive")
    at = MONDAY + np.arange(60) * DAY + 2 * HOUR
    log.add(case_code=np.arange(60), activity=3, resource=-1, team=1, start_us=at - HOUR, end_us=at)
    return 60, ("1",)


PLANTS = [missing_resource, missing_team, duplicates, label_spellings, out_of_order, zero_durations, dates_only,
          clock_jumps, default_dates, missing_days, missing_weeks, cut_off, ids_with_several_numbers, machine_speed,
          machine_times]  # fmt: skip

ALSO = {"clock_jumps": {"out_of_order"}, "machine_times": {"missing_resource", "out_of_order"},
        "machine_speed": {"out_of_order"}}  # fmt: skip
"""What a plant brings along by its nature."""


def test_a_sound_log_has_none(tmp_path: Path) -> None:
    assert set(Log().found(tmp_path)) == ALWAYS


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_what_was_planted_is_found(plant: Callable[[Log], tuple[int, tuple[str, ...]]], tmp_path: Path) -> None:
    log = Log()
    count, rows = plant(log)
    found = log.found(tmp_path)
    key = plant.__name__
    assert key in found and set(found) - {key} <= ALWAYS | ALSO.get(key, set())
    assert found[key].count == count
    assert found[key].rows[: len(rows)] == rows
    assert found[key].harms and found[key].do and 0 < found[key].share <= 1


def test_a_default_date_among_the_times_is_found(tmp_path: Path) -> None:
    log = Log()
    for column in ("start_us", "end_us"):
        log.events[column][4] = 946_684_800_000_000  # 1 January 2000, 00:00
    assert log.found(tmp_path)["default_dates"].rows == ("4",)


def files() -> Iterator[tuple[str, str, int, tuple[str, ...]]]:
    """A sound file with one property that only its rows show, planted in two of them."""
    lines = [f"{n // 3},{'ABC'[n % 3]},{['Ann Lee', 'Bob Ray'][n % 2]},2024-0{1 + n // 20}-{1 + n % 20:02d}T08:00:00"
             for n in range(60)]  # fmt: skip
    summer = ["+01:00"] * 40 + ["+02:00"] * 20
    for key in ("", "name_spellings", "offset_changes", "future"):
        rows = [line + offset for line, offset in zip(lines, summer, strict=True)]
        if key == "name_spellings":
            rows[6], rows[9] = rows[6].replace("Ann Lee", "ann  LEE"), rows[9].replace("Bob Ray", "BOB-RAY")
        if key == "offset_changes":
            rows[6], rows[9] = rows[6].replace("+01:00", "-0500"), rows[9].replace("+01:00", "Z")
        if key == "future":
            rows[6], rows[9] = rows[6].replace("2024-01", "2024-06"), rows[9].replace("2024-01", "2024-06")
        yield key, "\n".join(["case,activity,who,time", *rows]) + "\n", 2 if key else 0, ("7", "10") if key else ()


@pytest.mark.parametrize(("key", "text", "count", "rows"), list(files()), ids=lambda value: str(value)[:16])
def test_what_only_rows_show(key: str, text: str, count: int, rows: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text)
    os.utime(path, (1_711_929_600, 1_711_929_600))  # 1 April 2024
    record = ingest(path, tmp_path / "evidence.duckdb", key=KEY, mapping={"resource": "who"})
    found = {one.key: one for one in record.quality}
    of_rows = set(found) & {"name_spellings", "offset_changes", "future"}
    assert of_rows == ({key} if key else set())
    if key:
        assert (found[key].count, found[key].rows) == (count, rows)
    assert Observed.from_dict(record.as_dict()) == record


def test_every_key_is_planted_somewhere() -> None:
    elsewhere = {"unfinished", "unpaired", "left_out", "suspended"}  # test_shapes and test_logs
    assert {plant.__name__ for plant in PLANTS} | {key for key, *_ in files()} | ALWAYS | elsewhere == {
        *quality_texts(), ""}  # fmt: skip
