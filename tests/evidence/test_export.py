# ruff: noqa: E501  rows of logs stand as they are
from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.evidence.test_objects import OCEL

from longwall.errors import EvidenceError
from longwall.evidence import Log, Observed, as_frame, ingest, read_links, read_log, write_log

Put = Callable[..., Path]
Read = Callable[..., tuple[Observed, Log]]
KEY = b"a key for tests, long enough"


def rows(log: Log) -> pl.DataFrame:
    """What may leave the store, in an order of its own."""
    frame = as_frame(log)
    return frame.with_columns(pl.col("start", "end").dt.round("1ms")).sort(frame.columns)


@pytest.mark.parametrize(
    ("name", "source"),
    [("out.csv", "receipt.csv.gz"), ("out.csv.gz", "production.csv.gz"), ("out.parquet", "production.csv.gz")],
)
def test_a_written_log_is_read_again_as_it_was(
    name: str, source: str, shared_log: Callable[[str], Path], read: Read, tmp_path: Path
) -> None:
    _, log = read(shared_log(source))
    write_log(log, tmp_path / name)
    ingest(tmp_path / name, tmp_path / "again.duckdb", key=KEY)
    again = read_log(tmp_path / "again.duckdb")
    assert again.n_resources == 0 and (again.resource == -1).all()  # performers are not written
    assert rows(again).equals(rows(log))
    assert again.origin == log.origin


def test_a_frame_with_simulated_members_is_written_with_them(tmp_path: Path) -> None:
    moment = datetime(2024, 1, 1, 9, tzinfo=UTC)
    frame = pl.DataFrame({"case": ["1", "1", "2"], "activity": ["A", "B", "A"],
                          "resource": ["desk-1", "desk-2", "desk-1"],
                          "start": [moment] * 3, "end": [moment] * 3, "class": ["x", "x", "y"]})  # fmt: skip
    write_log(frame, tmp_path / "sim.csv")
    record = ingest(tmp_path / "sim.csv", tmp_path / "evidence.duckdb", key=KEY)
    assert (record.events, record.resources, record.rejected_rows) == (3, 2, 0)
    attribute = read_log(tmp_path / "evidence.duckdb").attribute("category")
    assert attribute is not None and attribute.labels == ("x", "y")
    assert (tmp_path / "sim.csv").read_text().splitlines()[0] == "case,activity,resource,team,start,end,class"


PLAIN = "case,activity,team,start,end,priority,=amount,due\n" + "".join(
    f"I-{n // 4},{['=A1', 'Work & <wait>', '-2+3', '@Done'][n % 4]},Team {n % 3},2024-03-{14 + n // 24:02d} {n % 24:02d}:00,"
    f"2024-03-{14 + n // 24:02d} {n % 24:02d}:30,{'high' if n // 4 % 2 else 'low'},{n // 4},2024-04-{1 + n // 4:02d} 09:00\n"
    for n in range(80)
)  # fmt: skip


@pytest.mark.parametrize(
    ("ending", "starts"),
    [
        ("csv", True),
        ("csv.gz", False),
        ("parquet", True),
        ("xes", True),
        ("xes.gz", False),
        ("json", True),
        ("xml", True),
    ],
)
def test_every_format_reads_back_equal(ending: str, starts: bool, write: Put, read: Read, tmp_path: Path) -> None:
    text = PLAIN if starts else PLAIN.replace(",start,", ",ignored,")
    _, log = read(write(text))
    write_log(log, tmp_path / f"out.{ending}", links=read_links(tmp_path / "evidence.duckdb"))
    before = (tmp_path / f"out.{ending}").read_bytes()
    write_log(log, tmp_path / f"out.{ending}", links=read_links(tmp_path / "evidence.duckdb"))
    assert ending in ("xml", "xmlocel") or (tmp_path / f"out.{ending}").read_bytes() == before
    ingest(tmp_path / f"out.{ending}", tmp_path / "again.duckdb", key=KEY)
    again = read_log(tmp_path / "again.duckdb")
    assert (again.activities, again.case_labels, again.teams) == (log.activities, log.case_labels, log.teams)
    for column in ("case", "activity", "team", "start_h", "end_h"):
        assert np.array_equal(getattr(again, column), getattr(log, column)), column
    for role in ("priority", "due"):
        ours, theirs = log.attribute(role), again.attribute(role)
        assert ours is not None and theirs is not None
        assert (ours.labels, ours.codes.tolist(), ours.values.tolist()) == (
            theirs.labels, theirs.codes.tolist(), theirs.values.tolist())  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("out")) == [f"out.{ending}"]


def test_linked_objects_are_exported_and_persons_are_not(write: Put, read: Read, tmp_path: Path) -> None:
    text = json.dumps(OCEL)
    _, log = read(write(text, "log.json"), mapping={"object_type": "incident"})
    links = read_links(tmp_path / "evidence.duckdb")
    write_log(log, tmp_path / "out.json", links=links)
    written = (tmp_path / "out.json").read_text()
    assert "person-" not in written and "Kim" not in written
    ingest(tmp_path / "out.json", tmp_path / "again.duckdb", key=KEY, mapping={"object_type": "incident"})
    again = read_links(tmp_path / "again.duckdb")
    assert again.objects.rows() == [row for row in links.objects.rows() if row[1] == "change"]
    assert again.links.rows() == links.links.rows()
    assert [row[3] for row in again.events.rows()] == [row[3] for row in links.events.rows() if row[4] == "change"]


@pytest.mark.parametrize("bad", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", " =1"])
def test_formulas_are_made_harmless(bad: str, tmp_path: Path) -> None:
    moment = datetime(2024, 1, 1, 9, tzinfo=UTC)
    frame = pl.DataFrame({"case": ["1"], "activity": [bad], "start": [moment], "end": [moment]})
    write_log(frame, tmp_path / "out.csv")
    assert pl.read_csv(tmp_path / "out.csv", infer_schema=False)["activity"][0] == "'" + bad


def test_what_cannot_be_written(tmp_path: Path) -> None:
    frame = pl.DataFrame({"case": ["1"], "activity": ["A"]})
    with pytest.raises(EvidenceError, match="LW-EV-033"):
        write_log(frame, tmp_path / "out.xlsx")
    with pytest.raises(EvidenceError, match="LW-EV-034"):
        write_log(frame, tmp_path / "out.csv")
    assert not list(tmp_path.iterdir())


def test_times_and_attributes_are_in_the_frame(shared_log: Callable[[str], Path], read: Read) -> None:
    _, log = read(shared_log("receipt.csv.gz"))
    frame = as_frame(log)
    assert frame.height == log.n_events and frame["case:deadline"].dtype == pl.Datetime("us", "UTC")
    assert frame["resource"].null_count() == frame.height
