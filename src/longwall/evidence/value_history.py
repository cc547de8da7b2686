"""The values that an item's priority took one after the other, where a source repeats or records them.

Every observation is kept, so that files joined in any order give the same history; it is shortened to first values and
changes when it is read.
"""

from __future__ import annotations

import re

import numpy as np

from longwall.evidence.labels import NameFilter
from longwall.evidence.mapping import Mapping
from longwall.evidence.store import Store
from longwall.evidence.tables import rank_of

__all__ = ["HISTORY_TABLE", "Changes", "changes_in", "join_values", "keep_values", "write_values"]

HISTORY_TABLE = "value_history"
"""Table of the store: role in the mapping, name, case, value, when it was seen, file and row."""

_COLUMNS = "role VARCHAR, name VARCHAR, case_code INTEGER, label VARCHAR, end_us BIGINT, source INTEGER, row BIGINT"
_STAGED = "observed_values"
_ROLE = "priority"

Changes = tuple[str, str, np.ndarray, np.ndarray, list[str]]
"""Role, name, case codes, times [microseconds since 1970] and labels, sorted by time within each case."""


def keep_values(staging: Store, mapping: Mapping, columns: list[str]) -> None:
    """Stage every value of the priority with its time, from the rows of a source as they were read.

    Parameters
    ----------
    staging : Store
        With table ``good``.
    columns : list of str
        Roles of the kept attributes, in order.
    """
    moment = "coalesce(end_us, start_us)"
    parts = []
    name = getattr(mapping, _ROLE)
    if mapping.shape in ("events", "updates") and _ROLE in columns:
        parts.append(f"SELECT case_label, a{columns.index(_ROLE)} AS label, {moment} AS end_us, row FROM good")
    if mapping.shape == "history":
        fields = [str(field) for (field,) in staging.rows("SELECT DISTINCT field FROM good WHERE field IS NOT NULL")]
        named = [
            field for field in fields if rank_of(re.sub(r"\s*duration$", "", field, flags=re.I), _ROLE) is not None
        ]
        if named:
            name = name or named[0]
            listed = ", ".join("'" + field.replace("'", "''") + "'" for field in named)
            of_them = f"row FROM good WHERE field IN ({listed})"
            parts.append(f"SELECT case_label, new_value AS label, {moment} AS end_us, {of_them}")
            began = f"(SELECT case_label, min({moment}) AS first_us FROM good GROUP BY 1)"
            parts.append(
                f"SELECT case_label, old_value AS label, least(first_us, {moment} - 1) AS end_us, row FROM good "
                f"JOIN {began} USING (case_label) WHERE field IN ({listed}) "
                f"QUALIFY row_number() OVER (PARTITION BY case_label ORDER BY {moment}, row) = 1"
            )
    staging.run(f"CREATE OR REPLACE TABLE {_STAGED} (name VARCHAR, case_label VARCHAR, label VARCHAR, end_us BIGINT, "
                "row BIGINT)")  # fmt: skip
    for part in parts:
        staging.run(f"INSERT INTO {_STAGED} SELECT ?, * FROM ({part}) WHERE label IS NOT NULL AND end_us IS NOT NULL",
                    [name])  # fmt: skip


def write_values(staging: Store, people: NameFilter) -> None:
    """Write what was staged, names replaced, into the attached store ``out``; nothing where no value was seen twice."""
    staging.run(f"CREATE TABLE out.{HISTORY_TABLE} ({_COLUMNS})")
    raw = [str(label) for (label,) in staging.rows(f"SELECT DISTINCT label FROM {_STAGED} ORDER BY 1")]
    staging.run("CREATE OR REPLACE TABLE value_label (raw VARCHAR, label VARCHAR)")
    staging.insert_rows("value_label", list(zip(raw, people.replaced(raw), strict=True)))
    name = people.replaced([str(one) for (one,) in staging.rows(f"SELECT DISTINCT name FROM {_STAGED}")])
    if name:
        staging.run(
            f"INSERT INTO out.{HISTORY_TABLE} SELECT '{_ROLE}', ?, n.case_code, l.label, v.end_us, 0, v.row FROM "
            f"{_STAGED} v JOIN numbered n USING (case_label) JOIN value_label l ON l.raw = v.label "
            "ORDER BY n.case_code, v.end_us, v.row",
            [name[0]],
        )


def join_values(store: Store, people: NameFilter) -> None:
    """Join the histories of the attached stores ``old`` and ``new``; needs the tables that `merge` makes of cases."""
    store.run(f"CREATE TABLE {HISTORY_TABLE} ({_COLUMNS})")
    there = {
        str(database)
        for (database,) in store.rows("SELECT database_name FROM duckdb_tables() WHERE table_name = ?", [HISTORY_TABLE])
    }
    if "old" in there:
        store.run(f"INSERT INTO {HISTORY_TABLE} SELECT * FROM old.{HISTORY_TABLE} ORDER BY rowid")
    if "new" in there:
        store.run(
            f"INSERT INTO {HISTORY_TABLE} SELECT v.role, v.name, c.case_code, v.label, v.end_us, v.source + (SELECT n "
            f"FROM offset_of), v.row FROM new.{HISTORY_TABLE} v JOIN new_cases c ON c.before = v.case_code "
            "ORDER BY v.rowid"
        )
    raw = [str(label) for (label,) in store.rows(f"SELECT DISTINCT label FROM {HISTORY_TABLE} ORDER BY 1")]
    for label, clean in zip(raw, people.replaced(raw), strict=True):
        if label != clean:
            store.run(f"UPDATE {HISTORY_TABLE} SET label = ? WHERE label = ?", [clean, label])


def changes_in(store: Store) -> list[Changes]:
    """Return the histories of a store in which some item changed its value; times and cases as the store has them."""
    if HISTORY_TABLE not in store.tables():
        return []
    found = []
    for (role,) in store.rows(f"SELECT DISTINCT role FROM {HISTORY_TABLE} ORDER BY 1"):
        rows = store.rows(
            f"WITH moving AS (SELECT case_code FROM {HISTORY_TABLE} WHERE role = ? GROUP BY 1 "
            "HAVING count(DISTINCT label) > 1) "
            f"SELECT c.place, v.label, v.end_us, v.name FROM {HISTORY_TABLE} v JOIN moving USING (case_code) "
            "JOIN cases c USING (case_code) WHERE v.role = ? QUALIFY v.label IS DISTINCT FROM lag(v.label) OVER "
            "(PARTITION BY case_code ORDER BY v.end_us, v.label) ORDER BY c.place, v.end_us, v.label",
            [role, role],
        )
        if rows:
            case = np.array([row[0] for row in rows], dtype=np.int64)
            at_us = np.array([row[2] for row in rows], dtype=np.int64)
            found.append((str(role), str(min(row[3] for row in rows)), case, at_us, [str(row[1]) for row in rows]))
    return found
