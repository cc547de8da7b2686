"""The tables of an evidence store, its version, and how an older store becomes one of today.

Codes are stable: what a store numbered once keeps its number when more is added. Order is apart from them: ``place`` is
the position in time, renewed by every change, so that no question rests on the order in which an engine keeps rows.

========================  ==============================================================================================
table                     what it holds
========================  ==============================================================================================
``meta``                  name and value: ``observed`` (the record as JSON), ``schema``, ``key`` (a check of the key)
``sources``               one row per file: hash, kind, format, rows, events accepted, rows rejected, first time
``tallies``               one row per file and property that only its rows could show: count, example rows
``events``                one row per event, in the order of ``place``: case, end, start, file, row
``cases``                 label and place of each case
``activities``, ``teams`` label and place of each code
``resources``             pseudonym, most frequent team and place of each performer; person-level
``attributes``            number, name, role in the mapping and kind of each attribute of the cases
``attribute_labels``      label of each code of an attribute
``case_values``           per attribute and case: code or number, and the event that showed it first
``rejects``               file, row, column and reason of each rejected row; never a value
========================  ==============================================================================================

Other modules add tables of their own with ``CREATE TABLE IF NOT EXISTS``; they are carried over whenever the store is
written anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from longwall.errors import EvidenceError, Fault
from longwall.evidence.store import Store, literal, staging_folder
from longwall.evidence.value_history import HISTORY_TABLE
from longwall.provenance import replacing

__all__ = ["SCHEMA_VERSION", "TABLES", "carry_over", "create", "open_store", "version_of"]

SCHEMA_VERSION = 2

TABLES: Mapping[str, Mapping[str, str]] = {
    "meta": {"name": "string", "value": "string"},
    "sources": {
        "number": "int32", "name": "string", "hash": "string", "kind": "string", "format": "string",
        "mapping": "string", "rows": "int64", "accepted": "int64", "rejected": "int64", "first_us": "int64",
    },
    "tallies": {"source": "int32", "name": "string", "count": "int64", "examples": "string"},
    "events": {
        "place": "int64", "case_code": "int32", "activity": "int32", "resource": "int32", "team": "int32",
        "start_us": "int64", "end_us": "int64", "source": "int32", "row": "int64",
    },
    "cases": {"place": "int32", "case_code": "int32", "label": "string"},
    "activities": {"place": "int32", "code": "int32", "label": "string"},
    "teams": {"place": "int32", "code": "int32", "label": "string"},
    "resources": {"place": "int32", "code": "int32", "pseudonym": "string", "team": "int32"},
    "attributes": {"number": "int32", "name": "string", "role": "string", "kind": "string"},
    "attribute_labels": {"number": "int32", "code": "int32", "label": "string"},
    "case_values": {
        "number": "int32", "case_code": "int32", "code": "int32", "value": "float64",
        "end_us": "int64", "start_us": "int64", "source": "int32",
    },
    "rejects": {"source": "int32", "row": "int64", "column_name": "string", "reason": "string"},
}  # fmt: skip
"""Columns of each table, by the names Ibis gives their types."""

_SQL_TYPES = {"int32": "INTEGER", "int64": "BIGINT", "float64": "DOUBLE", "string": "VARCHAR"}


def create(store: Store, prefix: str = "") -> None:
    """Make the empty tables of a store.

    Parameters
    ----------
    store : Store
    prefix : str
        ``"out."`` where the tables belong to an attached file.
    """
    for table, columns in TABLES.items():
        listed = ", ".join(f'"{name}" {_SQL_TYPES[kind]}' for name, kind in columns.items())
        store.run(f"CREATE TABLE {prefix}{table} ({listed})")
    store.run(f"INSERT INTO {prefix}meta VALUES ('schema', ?)", [str(SCHEMA_VERSION)])


def carry_over(store: Store, attached: str) -> None:
    """Copy the tables that other modules keep in an attached store into this one, with their constraints.

    Rows that are there already are not copied again.
    """
    found = store.rows(
        "SELECT table_name, sql FROM duckdb_tables() WHERE database_name = ? AND NOT temporary ORDER BY 1", [attached]
    )
    for name, sql in found:
        if name in TABLES or name == HISTORY_TABLE:  # a part of the log, which is joined and not copied
            continue
        if name not in store.tables():
            store.run(str(sql))
            store.run(f'INSERT INTO "{name}" SELECT * FROM {attached}."{name}"')
        else:
            known = "OR IGNORE " if "UNIQUE" in str(sql).upper() or "PRIMARY KEY" in str(sql).upper() else ""
            store.run(f'INSERT {known}INTO "{name}" BY NAME (SELECT * FROM {attached}."{name}" EXCEPT '
                      f'SELECT * FROM "{name}")')  # fmt: skip


def version_of(store: Store) -> int:
    """Return the version of an open store's tables.

    Raises
    ------
    EvidenceError
        LW-EV-043: the file is not an evidence store; LW-EV-160: it was written by a newer Longwall.
    """
    found = dict(store.rows("SELECT name, value FROM meta")) if "meta" in store.tables() else {}
    if "observed" not in found:
        raise EvidenceError(
            Fault("LW-EV-043", str(store.path), "an evidence store made by Longwall", "a database without its record",
                  "ingest the log again")
        )  # fmt: skip
    version = int(found.get("schema", 1))
    if version > SCHEMA_VERSION:
        raise EvidenceError(
            Fault("LW-EV-160", str(store.path), f"an evidence store of version {SCHEMA_VERSION} or older",
                  f"version {version}, written by a newer Longwall",
                  "update Longwall (`pip install --upgrade longwall`), or ingest the log again with this one")
        )  # fmt: skip
    return version


@contextlib.contextmanager
def open_store(path: Path) -> Iterator[Store]:
    """Yield an evidence store, open for reading; an older one is migrated first.

    The migrated store takes the place of the old one in one step. Where the folder may not be written, a migrated copy
    is read instead and is gone afterwards.

    Parameters
    ----------
    path : pathlib.Path

    Raises
    ------
    StorageError
        LW-EV-040 to LW-EV-044: the disk or another program refuses.
    EvidenceError
        LW-EV-043, LW-EV-160: no store of ours, or one of a newer version.
    """
    path = Path(path)
    with Store(path, read_only=True) as store:
        version = version_of(store)
        if version == SCHEMA_VERSION:
            yield store
            return
    with _migrated(path, version) as current, Store(current, read_only=True) as store:
        yield store


@contextlib.contextmanager
def _migrated(path: Path, version: int) -> Iterator[Path]:
    """Yield where a store of today's version stands: in the old one's place, or, where that is not allowed, a copy."""
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        with staging_folder(path) as folder:
            new = _migrate(path, folder, version)
            with replacing(path) as part:
                new.replace(part)
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="longwall-") as folder_name:
        yield _migrate(path, Path(folder_name), version)


def _migrate(path: Path, folder: Path, version: int) -> Path:
    """Write a store of today's version from an older one."""
    for step in range(version, SCHEMA_VERSION):
        new = folder / f"version-{step + 1}.duckdb"
        with Store(new, spill=folder / "spill") as store:
            store.run(f"ATTACH {literal(str(path))} AS old (READ_ONLY)")
            _MIGRATIONS[step](store)
            carry_over(store, "old")
            store.run("DETACH old")
            store.run("CHECKPOINT")
        path = new
    return path


def _from_1(store: Store) -> None:
    """Version 2: several files per store, places apart from codes, values of cases in a table of their own."""
    create(store)
    (text,) = store.row("SELECT value FROM old.meta WHERE name = 'observed'")
    record = json.loads(text)
    (first_us,) = store.row("SELECT min(start_us) FROM old.events")
    store.run("INSERT INTO sources VALUES (0, ?, ?, 'log', '', '', ?, ?, ?, ?)",
              [record["source"], record["source_hash"], record["rows"], record["events"], record["rejected_rows"],
               first_us])  # fmt: skip
    store.run("INSERT INTO meta VALUES ('observed', ?)",
              [json.dumps(record | {"schema": 2}, sort_keys=True, ensure_ascii=False)])  # fmt: skip
    store.run(
        "INSERT INTO events SELECT rowid, case_code, activity, resource, team, start_us, end_us, 0, row "
        "FROM old.events ORDER BY rowid"
    )
    store.run("INSERT INTO cases SELECT case_code, case_code, label FROM old.cases ORDER BY case_code")
    for table in ("activities", "teams"):
        store.run(f"INSERT INTO {table} SELECT code, code, label FROM old.{table} ORDER BY code")
    store.run("INSERT INTO resources SELECT code, code, pseudonym, team FROM old.resources ORDER BY code")
    store.run("INSERT INTO attributes SELECT number, name, role, kind FROM old.attributes ORDER BY number")
    store.run("INSERT INTO attribute_labels SELECT number, code, label FROM old.attribute_labels ORDER BY number, code")
    store.run("INSERT INTO rejects SELECT 0, row, column_name, reason FROM old.rejects ORDER BY row, column_name")
    store.run(
        "CREATE TEMP TABLE began AS SELECT case_code, end_us, start_us FROM old.events "
        "QUALIFY row_number() OVER (PARTITION BY case_code ORDER BY rowid) = 1"
    )
    for number, kind in store.rows("SELECT number, kind FROM old.attributes ORDER BY number"):
        cell = f"c.a{number}"
        code, value, seen = (cell, "NULL", f"{cell} >= 0") if kind == "label" else ("-1", cell, f"{cell} IS NOT NULL")
        store.run(
            f"INSERT INTO case_values SELECT {number}, c.case_code, {code}, {value}, b.end_us, b.start_us, 0 "
            f"FROM old.cases c JOIN began b USING (case_code) WHERE {seen} ORDER BY c.case_code"
        )


_MIGRATIONS = {1: _from_1}
