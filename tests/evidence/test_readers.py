"""One contract for all readers: the same events come out, whatever the format; what is damaged is refused or counted."""

# ruff: noqa: E501  rows of logs stand as they are
from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.errors import LongwallError
from longwall.evidence import Log, ingest, read_log
from longwall.evidence.readers.json_rows import flat_rows

KEY = b"a key for tests, long enough"
ZONES = (timezone(timedelta(hours=1)), timezone(timedelta(hours=2)), UTC)
Row = dict[str, Any]
ROWS: list[Row] = [
    {"case": f"K-{n // 4}", "activity": ["Received", "Checked, twice", 'The "plan"', "Done ä"][n % 4], "team": f"Team {n % 3}",
     "time": (datetime(2024, 3, 30, 20, tzinfo=UTC) + timedelta(minutes=37 * n)).astimezone(ZONES[n % 3])}
    for n in range(48)
]  # fmt: skip


def plain(rows: list[Row]) -> list[Row]:
    """Times as ISO text."""
    return [row | {"time": row["time"].isoformat()} if isinstance(row["time"], datetime) else row for row in rows]


def as_csv(rows: list[Row], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(plain(rows))
    return out.getvalue().encode()


def as_lines(rows: list[Row]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in plain(rows)).encode()


def as_pages(rows: list[Row]) -> bytes:
    pages = [{"meta": {"page": n}, "records": plain(rows)[n : n + 20]} for n in range(0, len(rows), 20)]
    return "\n".join(json.dumps(page) for page in pages).encode()


def as_parquet(rows: list[Row]) -> bytes:
    out = io.BytesIO()
    times = [row["time"].astimezone(UTC) for row in rows]
    pl.DataFrame([row | {"time": at} for row, at in zip(rows, times, strict=True)]).write_parquet(out)
    return out.getvalue()


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def as_xes(rows: list[Row]) -> bytes:
    text = '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">'
    for case in dict.fromkeys(row["case"] for row in rows):
        text += f'<trace><string key="concept:name" value="{case}"/>'
        for row in plain(rows):
            if row["case"] == case:
                text += (f'<event><string key="concept:name" value="{_xml(row["activity"])}"/><string key="org:group" '
                         f'value="{row["team"]}"/><date key="time:timestamp" value="{row["time"]}"/></event>')  # fmt: skip
        text += "</trace>"
    return (text + "</log>").encode()


def as_ocel(rows: list[Row]) -> bytes:
    events = [{"id": f"e{n:03d}", "type": row["activity"], "time": row["time"], "attributes": [{"name": "team", "value": row["team"]}],
               "relationships": [{"objectId": row["case"], "qualifier": "item"}]} for n, row in enumerate(plain(rows))]  # fmt: skip
    cases = list(dict.fromkeys(row["case"] for row in rows))
    kinds = list(dict.fromkeys(row["activity"] for row in rows))
    return json.dumps({
        "objectTypes": [{"name": "case", "attributes": []}],
        "eventTypes": [{"name": kind, "attributes": [{"name": "team", "type": "string"}]} for kind in kinds],
        "objects": [{"id": case, "type": "case"} for case in cases], "events": events,
    }).encode()  # fmt: skip


FORMATS: dict[str, Callable[[list[Row]], bytes]] = {
    "log.csv": as_csv,
    "bom.csv": lambda rows: b"\xef\xbb\xbf" + as_csv(rows),
    "wide.csv": lambda rows: as_csv(rows, ";").decode().encode("utf-16"),
    "log.tsv.gz": lambda rows: gzip.compress(as_csv(rows, "\t")),
    "list.json": lambda rows: b"\xef\xbb\xbf" + json.dumps(plain(rows), indent=1).encode(),
    "lines.jsonl": as_lines,
    "pages.json.gz": lambda rows: gzip.compress(as_pages(rows)),
    "log.parquet": as_parquet,
    "log.xes": as_xes,
    "log.xes.gz": lambda rows: gzip.compress(b"\xef\xbb\xbf" + as_xes(rows)),
    "ocel.json": as_ocel,
}


def through(content: bytes, name: str, folder: Path, **options: Any) -> tuple[Any, Log]:
    path = folder / name
    path.write_bytes(content)
    record = ingest(path, folder / "evidence.duckdb", key=KEY, **options)
    return record, read_log(folder / "evidence.duckdb")


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_events_come_out(name: str, tmp_path: Path) -> None:
    record, log = through(FORMATS[name](ROWS), name, tmp_path)
    assert (record.events, record.cases, record.rejected_rows) == (48, 12, 0)
    assert log.activities == ("Received", "Checked, twice", 'The "plan"', "Done ä")
    assert (log.teams, log.case_labels) == (("Team 0", "Team 1", "Team 2"), tuple(f"K-{n}" for n in range(12)))
    expected = [row["time"].astimezone(UTC) for row in ROWS]
    assert [log.moment(hours) for hours in log.end_h] == expected  # the clock changes in the night between them
    assert [log.teams[code] for code in log.team] == [row["team"] for row in ROWS]


@pytest.mark.parametrize("name", ["log.csv", "list.json", "log.parquet"])
def test_times_without_an_offset_are_those_of_the_zone(name: str, tmp_path: Path) -> None:
    local = [datetime(2024, 3, 31, hour, 30) for hour in (0, 1, 3, 4)]
    rows = [{"case": str(n // 2), "activity": "A", "time": at} for n, at in enumerate(local)]
    if name == "log.parquet":
        pl.DataFrame(rows).write_parquet(tmp_path / "whole")
        content = (tmp_path / "whole").read_bytes()
    else:
        content = FORMATS[name](rows)
    _, log = through(content, name, tmp_path, mapping={"timezone": "Europe/Berlin"})
    assert [log.moment(hours).hour for hours in log.end_h] == [23, 0, 1, 2]


@pytest.mark.parametrize("name", ["log.csv", "lines.jsonl", "pages.json.gz"])
def test_bad_rows_are_counted_and_too_many_are_refused(name: str, tmp_path: Path) -> None:
    rows = [row | ({"time": "soon"} if n == 5 else {}) for n, row in enumerate(ROWS)]
    record, log = through(FORMATS[name](rows), name, tmp_path, max_rejects=0.05)
    assert (record.rejected_rows, log.n_events) == (1, 47)
    with pytest.raises(LongwallError, match="LW-EV-022"):
        through(FORMATS[name](rows), name, tmp_path)


@pytest.mark.parametrize("name", FORMATS)
def test_a_cut_file_is_refused_or_counted_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    content = FORMATS[name](ROWS)
    try:
        record, log = through(content[: int(len(content) * 0.6)], name, tmp_path, max_rejects=0.1)
    except LongwallError as error:
        assert all((fault.where and fault.expected and fault.found and fault.do) for fault in error.faults)
        assert not (tmp_path / "evidence.duckdb").exists()
    else:
        assert "csv" in name and 0 < log.n_events < 48 and record.rejected_rows <= 1
    assert not list(tmp_path.glob(".evidence-*"))


NOTHING = {
    "log.csv": (b"", b"case,activity,time\n"), "lines.jsonl": (b"", b"[]"), "list.json": (b" ", b'{"records": []}'),
    "log.parquet": (b"", as_parquet(ROWS[:1]).replace(b"PAR1", b"PAR2")), "log.xes": (b"\n", b'<?xml version="1.0"?><log></log>'),
    "ocel.json": (b"", b'{"objectTypes": [], "eventTypes": [], "objects": [], "events": []}'),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTHING)
def test_nothing_to_read_is_said(name: str, tmp_path: Path) -> None:
    for content in NOTHING[name]:
        with pytest.raises(LongwallError, match=r"LW-EV-0(03|08|11|14)"):
            through(content, name, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_another_encoding_is_read_with_a_caution_or_refused(tmp_path: Path) -> None:
    record, log = through(as_csv(ROWS).decode().encode("cp1252"), "log.csv", tmp_path)
    assert "Done ä" in log.activities and any("Windows-1252" in caution for caution in record.cautions)
    with pytest.raises(LongwallError, match="LW-EV-013"):
        through(as_lines(ROWS).decode().encode("cp1252"), "lines.jsonl", tmp_path)


def test_huge_cells_and_doubled_names_do_no_harm(tmp_path: Path) -> None:
    rows = [row | {"note": "long " * 400_000 if n == 3 else "short"} for n, row in enumerate(ROWS)]
    for name in ("log.csv", "lines.jsonl"):
        record, log = through(FORMATS[name](rows), name, tmp_path)
        assert (log.n_events, record.rejected_rows) == (48, 0)
    text = as_csv(ROWS).decode().replace("case,activity,team,time", "case,activity,team,time,team,team", 1)
    text = "".join(
        line.rstrip("\r\n") + (",x,y" if n else "") + "\n" for n, line in enumerate(text.splitlines(keepends=True))
    )
    _, log = through(text.encode(), "log.csv", tmp_path)
    assert log.teams == ("Team 0", "Team 1", "Team 2")
    doubled = as_lines(ROWS).replace(b'"team": "Team 1"', b'"team": "Team 9", "team": "Team 1"')
    _, log = through(doubled, "lines.jsonl", tmp_path)
    assert log.teams == ("Team 0", "Team 1", "Team 2")


def test_codes_do_not_depend_on_the_run(tmp_path: Path) -> None:
    for name in ("list.json", "ocel.json"):
        logs = []
        for run in ("one", "two"):
            (tmp_path / run).mkdir(exist_ok=True)
            logs.append(through(FORMATS[name](ROWS), name, tmp_path / run)[1])
        for column in ("case", "activity", "team", "end_h", "row"):
            assert np.array_equal(getattr(logs[0], column), getattr(logs[1], column))


KEYS = st.sampled_from(["id", "key", "name", "fields", "changelog", "histories", "items", "timeline", "nodes", "created", "events",
                        "status", "issue", "node", "x", "", "=1", "case:a"]) | st.text(max_size=3)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=30,
)  # fmt: skip


@settings(max_examples=50, deadline=None, database=None)
@given(st.dictionaries(KEYS, VALUES, max_size=6), st.booleans())
def test_any_record_becomes_rows_of_text(record: dict[str, Any], nested: bool) -> None:
    rows = flat_rows(record, nested=nested)
    assert rows and all(isinstance(name, str) and isinstance(text, str) and text and "\0" not in text
                        for row in rows for name, text in row.items())  # fmt: skip
    assert all(text.encode() is not None for row in rows for text in row.values())


@settings(max_examples=10, deadline=None, database=None)
@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=6), max_size=5), st.binary(max_size=4))
def test_any_json_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, records: list[Any], noise: bytes
) -> None:
    folder = tmp_path_factory.mktemp("json")
    try:
        through(json.dumps(records).encode() + noise, "log.json", folder, max_rejects=0.9)
    except LongwallError as error:
        assert error.faults and not (folder / "evidence.duckdb").exists()
    assert not list(folder.glob(".evidence-*"))
