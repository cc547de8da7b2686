"""JSON of ticket tools (lists, lines, pages), streamed into ``raw``; `json_stream` and `json_rows` tell the rules."""

from __future__ import annotations

from typing import Any

import polars as pl

from longwall.errors import EvidenceError, Fault
from longwall.evidence.probe import Probe
from longwall.evidence.readers.json_rows import Cells, flat_rows, lists_changes, of_the_item
from longwall.evidence.readers.json_stream import records
from longwall.evidence.source import Column, Source
from longwall.evidence.store import Store
from longwall.evidence.tables import CASE_PREFIX

__all__ = ["load"]

BATCH_ROWS = 20_000
MAX_COLUMNS = 400
MAX_TABLES = 20


def load(probe: Probe, store: Store) -> Source:
    """Load JSON records, see `longwall.evidence.readers.load`.

    Where a file holds several lists of records, the longest is read, and a caution names the others.

    Raises
    ------
    EvidenceError
        LW-EV-011 no record; LW-EV-100 not JSON; LW-EV-101 records of a single field.
    """
    tables: dict[tuple[str, ...], _Table] = {}
    for path, record in records(probe):
        table = tables.get(path)
        if table is None:
            if len(tables) >= MAX_TABLES:
                continue
            table = tables[path] = _Table(store, f"list_{len(tables)}")
        table.add(record)
    for table in tables.values():
        table.flush()
    if not any(table.rows for table in tables.values()):
        raise EvidenceError(
            Fault("LW-EV-011", str(probe.path), "a list of records", "none", "widen the period or the filter of the "
                                                                             "export")
        )  # fmt: skip
    path, best = max(tables.items(), key=lambda item: item[1].rows)
    if len(best.columns) < 2:
        raise EvidenceError(
            Fault("LW-EV-101", str(probe.path), "records with an id, a time and what happened", "records of one field",
                  "export the issues or incidents themselves, with their fields")
        )  # fmt: skip
    for table in tables.values():
        if table is not best:
            store.run(f"DROP TABLE IF EXISTS {table.name}")
    store.run(f"ALTER TABLE {best.name} RENAME TO raw")
    store.run("CREATE TABLE IF NOT EXISTS reject (row_number BIGINT, column_name VARCHAR, reason VARCHAR)")
    return Source(probe, store, best.header(), best.rows, cautions=(*probe.cautions, *_cautions(tables, path)))


def _cautions(tables: dict[tuple[str, ...], _Table], chosen: tuple[str, ...]) -> list[str]:
    """Say which lists were not read, and whether columns were left."""
    found = []
    others = [f"{'.'.join(path) or 'top'} ({table.rows:,})" for path, table in tables.items()
              if path != chosen and table.rows]  # fmt: skip
    if others:
        found.append(f"The file holds several lists; '{'.'.join(chosen) or 'top'}' was read, not {', '.join(others)}.")
    if tables[chosen].lost:
        found.append(f"Records have more than {MAX_COLUMNS} fields; those seen later were not read.")
    return found


class _Table:
    """Rows on their way into one table; columns are added as they appear."""

    def __init__(self, store: Store, name: str) -> None:
        self.store, self.name = store, name
        self.columns: dict[str, str] = {}
        self.rows = 0
        self.lost = False
        self.nested = False
        self._made = 0
        self._waiting: list[Cells] = []

    def add(self, record: dict[str, Any]) -> None:
        if not self.nested and lists_changes(record):
            self.nested = True
            if not self._made:  # records before this one listed no changes
                waiting, self._waiting, self.columns = self._waiting, [], {}
                self._append([of_the_item(row) for row in waiting])
        self._append(flat_rows(record, nested=self.nested))

    def _append(self, rows: list[Cells]) -> None:
        for row in rows:
            for name in row:
                if name not in self.columns:
                    if len(self.columns) >= MAX_COLUMNS:
                        self.lost = True
                    else:
                        self.columns[name] = f"c{len(self.columns)}"
        self._waiting += rows
        if len(self._waiting) >= BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write the waiting rows."""
        if not self._waiting or not self.columns:
            return
        for sql in list(self.columns.values())[self._made :]:
            self.store.run(
                f"ALTER TABLE {self.name} ADD COLUMN {sql} VARCHAR" if self._made else
                f"CREATE TABLE {self.name} ({sql} VARCHAR)"
            )  # fmt: skip
            self._made += 1
        frame = pl.DataFrame(
            {sql: pl.Series([row.get(name) for row in self._waiting], dtype=pl.String)
             for name, sql in self.columns.items()}
        )  # fmt: skip
        with self.store.viewing("waiting", frame):
            self.store.run(f"INSERT INTO {self.name} SELECT * FROM waiting")
        self.rows += len(self._waiting)
        self._waiting = []

    def header(self) -> tuple[Column, ...]:
        """Columns under readable, distinct names; without ``case:`` where every column has it."""
        bare = all(name.startswith(CASE_PREFIX) for name in self.columns)
        found: dict[str, Column] = {}
        for name, sql in self.columns.items():
            shown = " ".join((name.removeprefix(CASE_PREFIX) if bare else name).split())[:300] or sql
            while shown in found:
                shown += " (again)"
            found[shown] = Column(shown, sql, "text")
        return tuple(found.values())
