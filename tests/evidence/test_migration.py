"""Stores of older versions open as they always did; stores of newer ones are refused in words."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from tests.evidence.test_append import same

from longwall.errors import EvidenceError
from longwall.evidence import Log, Observed, append, forget, ingest, observed, read_log
from longwall.evidence.objects import TABLES as OBJECTS
from longwall.evidence.schema import SCHEMA_VERSION, TABLES, open_store, version_of
from longwall.evidence.store import Store
from longwall.evidence.value_history import HISTORY_TABLE

Put = Callable[..., Path]
KEY = b"a key for tests, long enough"
CSV = "case,activity,resource,team,priority,amount,due,start,end\n" + "".join(
    f"K{n // 4},{'ABCD'[n % 4]},{['Ann', 'Bob', '', 'Cy'][n % 4]},{['N', 'D', ''][n % 3]},"
    f"{['high', 'low', ''][n // 7 % 3]},{n * 1.5},2024-03-{1 + n // 40:02d} 12:00,"
    f"2024-01-{1 + n // 24:02d} {n % 24:02d}:00,"
    f"2024-01-{1 + n // 24:02d} {n % 24:02d}:30\n"
    for n in range(240)
)
MAPPING = {"keep": ["amount"]}

VERSION_1 = (
    "CREATE TABLE new.events AS SELECT case_code, activity, resource, team, start_us, end_us, row FROM events "
    "ORDER BY place",
    "CREATE TABLE new.activities AS SELECT code, label FROM activities",
    "CREATE TABLE new.teams AS SELECT code, label FROM teams",
    "CREATE TABLE new.resources AS SELECT code, pseudonym, team FROM resources",
    "CREATE TABLE new.attributes AS SELECT * FROM attributes",
    "CREATE TABLE new.attribute_labels AS SELECT * FROM attribute_labels",
    "CREATE TABLE new.rejects AS SELECT row, column_name, reason FROM rejects",
    "CREATE TABLE new.meta AS SELECT name, value FROM meta WHERE name = 'observed'",
)
"""The tables of version 1 but ``cases``, from those of today."""


def version_1(store: Path) -> Path:
    """Write a store as version 1 had it: no files, no places, a column of ``cases`` for each attribute."""
    old = store.with_name("version 1.duckdb")
    with Store(store) as opened:
        opened.run(f"ATTACH '{old}' AS new")
        for sql in VERSION_1:
            opened.run(sql)
        columns = "".join(
            f", max(v.value) FILTER (v.number = {number}) AS a{number}"
            if kind != "label"
            else f", coalesce(max(v.code) FILTER (v.number = {number}), -1)::INTEGER AS a{number}"
            for number, kind in opened.rows("SELECT number, kind FROM attributes ORDER BY number")
        )
        opened.run(
            f"CREATE TABLE new.cases AS SELECT c.case_code, c.label{columns} FROM cases c LEFT JOIN case_values v "
            "USING (case_code) GROUP BY ALL ORDER BY c.case_code"
        )
        (text,) = opened.row("SELECT value FROM meta WHERE name = 'observed'")
        record = json.loads(text) | {"schema": 1}
        del record["files"]
        for finding in record["quality"]:
            for added in finding.keys() - {"key", "text", "count", "share", "serious"}:
                del finding[added]
        opened.run("UPDATE new.meta SET value = ?", [json.dumps(record)])
    store.unlink()
    return old.rename(store)


@pytest.fixture
def old(write: Put, tmp_path: Path) -> tuple[Path, Observed, Log]:
    """A store of version 1, and what was read from it when it was of today's version."""
    store = tmp_path / "study" / "evidence.duckdb"
    record = ingest(write(CSV), store, key=KEY, mapping=MAPPING)
    log = read_log(store)
    return version_1(store), record, log


def test_reading_migrates_in_place_and_gives_the_same_log(old: tuple[Path, Observed, Log]) -> None:
    store, record, log = old
    with Store(store, read_only=True) as opened:
        assert version_of(opened) == 1
    same(read_log(store), replace(log, histories=()))  # a store of version 1 followed no value
    with open_store(store) as opened:
        assert version_of(opened) == SCHEMA_VERSION
        assert opened.rows("SELECT name, hash, rows, accepted, rejected FROM sources") == [
            ("log.csv", record.source_hash, 240, 240, 0)
        ]
    assert (observed(store).events, observed(store).schema) == (240, SCHEMA_VERSION)
    assert [item.name for item in store.parent.iterdir()] == ["evidence.duckdb"]


def test_an_old_store_takes_a_further_file_and_forgets(old: tuple[Path, Observed, Log], write: Put) -> None:
    store, _, _ = old
    assert append(write(CSV), store, key=KEY).events == 240  # the file it was made of: nothing new
    more = write(CSV.replace("2024-01", "2024-02"), "more.csv")
    record = append(more, store, key=KEY)
    assert (record.events, record.cases, len(record.files)) == (480, 60, 2)
    assert forget(store, "Ann", KEY) == 120 and read_log(store).n_resources == 2


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_an_old_store_that_may_not_be_written_is_read_from_a_copy(
    old: tuple[Path, Observed, Log], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _, log = old
    before = store.read_bytes()
    monkeypatch.setattr("longwall.evidence.schema.os.access", lambda path, mode: False)
    same(read_log(store), replace(log, histories=()))  # a store of version 1 followed no value
    assert store.read_bytes() == before


def test_a_newer_store_is_refused(write: Put, tmp_path: Path) -> None:
    store = tmp_path / "evidence.duckdb"
    ingest(write(CSV), store, key=KEY)
    with duckdb.connect(str(store)) as connection:
        connection.execute(f"UPDATE meta SET value = '{SCHEMA_VERSION + 1}' WHERE name = 'schema'")
    before = store.read_bytes()
    for use in (read_log, observed, lambda path: append(write(CSV + "\n"), path, key=KEY)):
        with pytest.raises(EvidenceError, match="LW-EV-160") as caught:
            use(store)
        assert "newer" in caught.value.faults[0].found and "update" in caught.value.faults[0].do
    assert store.read_bytes() == before


def test_a_fresh_store_has_the_tables_it_promises(write: Put, tmp_path: Path) -> None:
    store = tmp_path / "evidence.duckdb"
    ingest(write(CSV), store, key=KEY, mapping=MAPPING)
    types = {"INTEGER": "int32", "BIGINT": "int64", "DOUBLE": "float64", "VARCHAR": "string"}
    with open_store(store) as opened:
        assert set(opened.tables()) == {*TABLES, *OBJECTS, HISTORY_TABLE}
        for table, columns in TABLES.items():
            found = opened.rows(f"DESCRIBE {table}")
            assert {name: types[kind] for name, kind, *_ in found} == dict(columns)
