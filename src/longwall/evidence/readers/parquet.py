"""Parquet, streamed from the file."""

from __future__ import annotations

from longwall.errors import EvidenceError, Fault
from longwall.evidence.probe import Probe
from longwall.evidence.source import Column, Kind, Source
from longwall.evidence.store import Store, literal

__all__ = ["kind_of", "load", "neutral"]


def load(probe: Probe, store: Store) -> Source:
    """Load a Parquet file, see `longwall.evidence.readers.load`."""
    return neutral(probe, store, f"read_parquet({literal(str(probe.path))})")


def neutral(probe: Probe, store: Store, relation: str, *, utc: bool = False) -> Source:
    """Copy a relation into ``raw`` under neutral column names, nested columns left out.

    Parameters
    ----------
    probe : Probe
    store : Store
    relation : str
        SQL that can stand after FROM.
    utc : bool
        Whether times without a zone are UTC (XES, OCEL), not local.

    Raises
    ------
    EvidenceError
        LW-EV-011: no rows.
    """
    described = store.rows(f"DESCRIBE SELECT * FROM {relation}")
    columns: list[Column] = []
    taken: list[str] = []
    for name, kind, *_ in described:
        if "STRUCT" in kind or "[" in kind or "MAP" in kind or kind == "BLOB":
            continue
        column = Column(str(name), f"c{len(columns)}", kind_of(kind))
        quoted = '"' + str(name).replace('"', '""') + '"'
        if utc and column.kind == "time":
            column = Column(column.name, column.sql, "zoned")
            quoted = f"timezone('UTC', {quoted}::TIMESTAMP)"
        cast = "::VARCHAR" if column.kind in ("text", "flag") else ""
        taken.append(f"{quoted}{cast} AS {column.sql}")
        columns.append(column)
    if columns:
        store.run(f"CREATE OR REPLACE TABLE raw AS SELECT {', '.join(taken)} FROM {relation}")
    store.run("CREATE TABLE IF NOT EXISTS reject (row_number BIGINT, column_name VARCHAR, reason VARCHAR)")
    rows = store.row("SELECT count(*) FROM raw")[0] if columns else 0
    if rows == 0:
        raise EvidenceError(
            Fault(
                "LW-EV-011",
                str(probe.path),
                "a log with events",
                "no rows",
                "widen the period or the filter of the export",
            )
        )
    return Source(probe, store, tuple(columns), int(rows), cautions=probe.cautions)


def kind_of(sql_type: str) -> Kind:
    """Return our kind of a column from the engine's type."""
    if "TIME ZONE" in sql_type:
        return "zoned"
    if sql_type.startswith(("TIMESTAMP", "DATE")):
        return "time"
    if sql_type in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
                    "UBIGINT",                     "FLOAT", "DOUBLE") or sql_type.startswith("DECIMAL"):  # fmt: skip
        return "number"
    return "flag" if sql_type == "BOOLEAN" else "text"
