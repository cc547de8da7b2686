"""What is in the store besides the log: alerts, organisation and indicators, each row with the source it came from.

The log's tables and these live in one file and know nothing of each other: a new log keeps the signals, a new signal
keeps the log. Every change is made in a copy that takes the place of the store at the end.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from longwall.errors import LongwallError
from longwall.evidence.schema import open_store
from longwall.evidence.store import Store, literal, staging_folder, tables_in
from longwall.provenance import hash_of_value, replacing

__all__ = [
    "SignalRecord",
    "carry_signals",
    "drop_signals",
    "has_log",
    "numbers_in_log",
    "reading",
    "signal_records",
    "version_of",
    "write_signal",
]

_TABLES = {
    "signals": "number INTEGER, id VARCHAR, version VARCHAR, kind VARCHAR, record VARCHAR",
    "signal_rejects": "source INTEGER, row BIGINT, column_name VARCHAR, reason VARCHAR",
    "alerts": "source INTEGER, row BIGINT, instance VARCHAR, fingerprint VARCHAR, name VARCHAR, severity VARCHAR, "
    "service VARCHAR, team VARCHAR, incident VARCHAR, fired_us BIGINT, acknowledged_us BIGINT, resolved_us BIGINT, "
    "actioned BOOLEAN, disposition VARCHAR, responder VARCHAR",
    "organisation_things": "source INTEGER, kind VARCHAR, id VARCHAR, name VARCHAR",
    "organisation_people": "source INTEGER, person VARCHAR, role VARCHAR, hours DOUBLE",
    "organisation_links": "source INTEGER, link VARCHAR, from_id VARCHAR, to_id VARCHAR",
    "indicators": "source INTEGER, time_us BIGINT, indicator VARCHAR, grp VARCHAR, unit VARCHAR, value DOUBLE",
    "survey": "source INTEGER, wave VARCHAR, grp VARCHAR, parent VARCHAR, item VARCHAR, indicator VARCHAR, "
    "turned BOOLEAN, n INTEGER, mean DOUBLE, spread DOUBLE, low DOUBLE, high DOUBLE",
}


@dataclass(frozen=True)
class SignalRecord:
    """What became of one source of alerts, organisation or indicators.

    Parameters
    ----------
    kind : {"alerts", "organisation", "indicators", "survey"}
    source : str
        Name of the file, or the address asked.
    source_id, version : str
        Which source it is (hash of the bytes, or of address and query), and the hash of how it was read and of what it
        answered; equal ones change nothing.
    rows, kept : int
        Rows, alerts, entities or samples in the source, and those stored.
    rejects : mapping of str to int
        Reason to rows.
    first, last : str
        Of the times in it, ISO in UTC; empty where there are none.
    mapping : mapping
        Role to column, complete.
    cautions : tuple of str
    """

    kind: str
    source: str
    source_id: str
    version: str
    rows: int
    kept: int
    rejects: AnyMapping[str, int] = field(default_factory=dict)
    first: str = ""
    last: str = ""
    mapping: AnyMapping[str, Any] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain

    @classmethod
    def from_dict(cls, plain: AnyMapping[str, Any]) -> SignalRecord:
        """Return the record that `as_dict` wrote."""
        return cls(**{**plain, "cautions": tuple(plain["cautions"])})


def version_of(content: str, mapping: AnyMapping[str, Any]) -> str:
    """Return the hash of what a source holds and how it is read."""
    return hash_of_value({"content": content, "mapping": dict(mapping)})


def has_log(store_path: Path) -> bool:
    """Return whether a store is there and holds a log, not only signals.

    Raises
    ------
    StorageError, EvidenceError
        If the file cannot be read.
    """
    return Path(store_path).is_file() and {"events", "meta"} <= tables_in(Path(store_path))


@contextmanager
def reading(store_path: Path) -> Iterator[Store]:
    """Yield a store, open for reading; one with a log is brought to today's version first.

    Raises
    ------
    StorageError, EvidenceError
        If the store is not there or cannot be read.
    """
    if has_log(store_path):
        with open_store(store_path) as store:
            yield store
    else:
        with Store(Path(store_path), read_only=True) as store:
            yield store


def numbers_in_log(store: Store, table: str, column: str) -> dict[str, int]:
    """Return the number that each label of a table of the log has in `Log`; empty where there is no log.

    Parameters
    ----------
    store : Store
    table : {"resources", "teams", "cases"}
    column : str
    """
    if table not in store.tables():
        return {}
    found = store.rows(f"SELECT {column} FROM {table} ORDER BY place")
    return {str(label): number for number, (label,) in enumerate(found)}


def signal_records(store_path: Path) -> tuple[SignalRecord, ...]:
    """Return what was read besides the log, in the order of reading; nothing where there is no store.

    Raises
    ------
    StorageError, EvidenceError
        If the file cannot be read.
    """
    if not Path(store_path).is_file() or "signals" not in tables_in(Path(store_path)):
        return ()
    with Store(Path(store_path), read_only=True) as store:
        found = store.rows("SELECT record FROM signals ORDER BY number")
    return tuple(SignalRecord.from_dict(json.loads(text)) for (text,) in found)


def write_signal(
    store_path: Path,
    record: SignalRecord,
    rows: AnyMapping[str, Sequence[Sequence[Any]]],
    rejects: Sequence[tuple[int, str, str]] = (),
) -> SignalRecord:
    """Write one source into the store, in place of an earlier reading of the same; an equal one changes nothing.

    Parameters
    ----------
    rows : mapping of str to sequence of rows
        Name of the table to its rows, without the number of the source.
    rejects : sequence of (row, column, reason)

    Raises
    ------
    StorageError
        If the disk refuses; the store is as it was.
    """
    if record in signal_records(store_path):
        return record
    with _changed(Path(store_path)) as store:
        known = dict(store.rows("SELECT id, number FROM signals"))
        number = known.get(record.source_id)
        if number is None:
            (number,) = store.row("SELECT coalesce(max(number) + 1, 0) FROM signals")
        _delete(store, [int(number)])
        store.run(
            "INSERT INTO signals VALUES (?, ?, ?, ?, ?)",
            [number, record.source_id, record.version, record.kind,
             json.dumps(record.as_dict(), sort_keys=True, ensure_ascii=False)],
        )  # fmt: skip
        store.insert_rows("signal_rejects", [(number, *reject) for reject in rejects])
        for table, found in rows.items():
            store.insert_rows(table, [(number, *row) for row in found])
    return record


def drop_signals(store_path: Path, keep: Sequence[str]) -> int:
    """Remove the sources that are not named any more; return how many went.

    Parameters
    ----------
    keep : sequence of str
        `SignalRecord.source_id` of those that stay.
    """
    gone = [record for record in signal_records(store_path) if record.source_id not in keep]
    if gone:
        with _changed(Path(store_path)) as store:
            listed = ", ".join(literal(record.source_id) for record in gone)
            _delete(store, [int(n) for (n,) in store.rows(f"SELECT number FROM signals WHERE id IN ({listed})")])
    return len(gone)


def carry_signals(old: Path, new: Path) -> None:
    """Copy the signals of a store into another that has none, such as one just written from a new log.

    Parameters
    ----------
    old : pathlib.Path
        Need not exist.
    new : pathlib.Path
    """
    try:
        known = signal_records(old)
    except LongwallError:  # what is to be replaced need not be sound
        return
    if not known:
        return
    with Store(new) as store:
        store.run(f"ATTACH {literal(str(old))} AS old (READ_ONLY)")
        there = {
            str(name) for (name,) in store.rows("SELECT table_name FROM duckdb_tables() WHERE database_name = 'old'")
        }
        for table, columns in _TABLES.items():
            store.run(f"CREATE OR REPLACE TABLE {table} ({columns})")
            if table in there:
                store.run(f"INSERT INTO {table} SELECT * FROM old.{table} ORDER BY rowid")
        store.run("DETACH old")
        store.run("CHECKPOINT")


@contextmanager
def _changed(store_path: Path) -> Iterator[Store]:
    """Yield a copy of the store with the tables of signals; it takes the store's place if nothing goes wrong."""
    with staging_folder(store_path) as folder:
        new = folder / "evidence.duckdb"
        if store_path.is_file():
            with replacing(new) as part:
                shutil.copyfile(store_path, part)
        with Store(new, spill=folder / "spill", about=store_path) as store:
            for table, columns in _TABLES.items():
                store.run(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
            yield store
            store.run("CHECKPOINT")
        with replacing(store_path) as part:
            new.replace(part)


def _delete(store: Store, numbers: Sequence[int]) -> None:
    """Remove everything that came from some sources."""
    if not numbers:
        return
    listed = ", ".join(str(number) for number in numbers)
    for table in _TABLES:
        store.run(f"DELETE FROM {table} WHERE {'number' if table == 'signals' else 'source'} IN ({listed})")
