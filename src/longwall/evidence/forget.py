"""Remove one person from an evidence store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from longwall.errors import EvidenceError, Fault
from longwall.evidence.forgotten import SOMEONE, add_forgotten
from longwall.evidence.labels import is_personal
from longwall.evidence.observed import observed_from, store_observed
from longwall.evidence.privacy import hidden_of
from longwall.evidence.signal_store import reading
from longwall.evidence.store import Store, literal, staging_folder
from longwall.provenance import replacing

__all__ = ["forget", "knows_person", "names_person"]

_DICTIONARIES = {
    "activities": ("", (("events", "activity"),)),
    "teams": ("", (("events", "team"), ("resources", "team"))),
    "attribute_labels": ("number", (("case_values", "code"),)),
}
"""Tables of codes and labels: what tells their parts apart, and where their codes stand."""


def knows_person(store_path: Path, person: str, key: bytes) -> bool:
    """Return whether a store holds a person, as a performer or inside a label.

    Parameters
    ----------
    store_path : pathlib.Path
    person : str
        The name as in the source, or the pseudonym.
    key : bytes
        The key of the ingest.

    Raises
    ------
    StorageError, EvidenceError
        If the store is not there or cannot be read.
    """
    hidden = hidden_of(key, person)
    with reading(Path(store_path)) as store:
        return any(
            store.row(f"SELECT count(*) FROM {table} WHERE contains({column}, {literal(hidden)})")[0]
            for table, columns in _texts(store)
            for column in columns
        )


def names_person(store_path: Path, text: str, key: bytes) -> bool:
    """Return whether a text holds the name, or the pseudonym, of somebody whose events a store holds.

    Parameters
    ----------
    store_path : pathlib.Path
    text : str
        Up to four words after another are tried as a name, as the source writes it.
    key : bytes
        The key of the ingest.
    """
    words = text.split()
    tried = [" ".join(words[at : at + n]) for n in range(1, 5) for at in range(len(words) - n + 1)]
    tried += [phrase.strip(".,;:!?()'\"") for phrase in tried]
    hidden = sorted({hidden_of(key, phrase) for phrase in tried if is_personal(phrase)})
    if not hidden:
        return False
    listed = ", ".join(map(literal, hidden))
    with reading(Path(store_path)) as store:
        return bool(store.row(f"SELECT count(*) FROM resources WHERE pseudonym IN ({listed})")[0])


def forget(store_path: Path, person: str, key: bytes) -> int:
    """Remove a person: events stay, who did them becomes missing, and the pseudonym is gone from every label.

    The store is written anew, so that nothing of the person lingers in freed blocks, and the person is put on the list
    of those who were removed (`longwall.evidence.forgotten`). Results must be computed again.

    Parameters
    ----------
    store_path : pathlib.Path
    person : str
        The name as in the source, or the pseudonym.
    key : bytes
        The key of the ingest.

    Returns
    -------
    int
        Events that named the person.

    Raises
    ------
    EvidenceError
        LW-EV-052: the store knows no such person.
    """
    store_path = Path(store_path)
    hidden = hidden_of(key, person)
    with staging_folder(store_path) as folder:
        if not knows_person(store_path, person, key):
            raise EvidenceError(
                Fault("LW-EV-052", str(store_path), "a person this store knows", "nobody under this name and key",
                      "write the name as the source does, and use the key of the ingest (LONGWALL_KEY)")
            )  # fmt: skip
        new_path = folder / "evidence.duckdb"
        with Store(new_path) as new:
            new.run(f"ATTACH {literal(str(store_path))} AS old (READ_ONLY)")
            named = _copy(new, hidden)
            new.run("DETACH old")
            if "resources" in new.tables():  # else there is no log, only what stands beside one
                people = int(new.row("SELECT count(*) FROM resources")[0])
                store_observed(new, replace(observed_from(new), resources=people))
            new.run("CHECKPOINT")
        add_forgotten(store_path, hidden, key)
        with replacing(store_path) as part:
            new_path.replace(part)
    return named


def _texts(store: Store, database: str | None = None) -> Iterator[tuple[str, list[str]]]:
    """Every table of a store with its columns of text."""
    where = f"database_name = {literal(database)}" if database else "NOT internal"
    found: dict[str, list[str]] = {}
    for table, column, kind in store.rows(
        f"SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE {where} ORDER BY 1, column_index"
    ):
        columns = found.setdefault(str(table), [])
        if str(kind).startswith("VARCHAR"):
            columns.append(f'"{column}"')
    yield from found.items()


def _copy(new: Store, hidden: str) -> int:
    """Copy every table without the person; codes of the others close the gap, labels that became equal become one."""
    tables = dict(_texts(new, "old"))
    known = f"SELECT code FROM old.resources WHERE pseudonym = {literal(hidden)}"
    found = new.rows(known) if "resources" in tables else []
    code = int(found[0][0]) if found else None
    for table in tables:
        _copy_table(new, table, tables[table], hidden, code)
    for table, (part, uses) in _DICTIONARIES.items():
        if table in tables:
            _join_equal_labels(new, table, part, uses)
    for table in {"activities", "teams", "resources"} & tables.keys():
        new.run(
            f"UPDATE {table} SET place = p.place FROM (SELECT code, row_number() OVER (ORDER BY place) - 1 AS place "
            f"FROM {table}) p WHERE {table}.code = p.code"
        )
    if code is None:
        return 0
    (named,) = new.row(f"SELECT count(*) FROM old.events WHERE resource = {code}")
    return int(named)


def _copy_table(new: Store, table: str, texts: list[str], hidden: str, code: int | None) -> None:
    """Copy one table: text without the pseudonym, performers without the person, in the order it had."""
    columns = "SELECT column_name FROM duckdb_columns() WHERE database_name = 'old' AND table_name = ?"
    names = {str(name) for (name,) in new.rows(columns, [table])}
    change = [f"replace({name}, {literal(hidden)}, {literal(SOMEONE)}) AS {name}" for name in texts]
    where = ""
    if "pseudonym" in names:
        where = f"WHERE pseudonym IS DISTINCT FROM {literal(hidden)}"
    if table == "organisation_links":  # the further names of the person go, too
        where = f"WHERE link <> 'alias' OR {literal(hidden)} NOT IN (from_id, to_id)"
    if code is not None:
        shifted = "code" if table == "resources" else "resource"
        if shifted in names:
            gone = f"WHEN {shifted} = {code} THEN -1 WHEN {shifted} > {code} THEN {shifted} - 1"
            change.append(f"(CASE {gone} ELSE {shifted} END)::INTEGER AS {shifted}")
    replaced = f"REPLACE ({', '.join(change)})" if change else ""
    made = "SELECT sql FROM duckdb_tables() WHERE database_name = 'old' AND table_name = ?"
    new.run(str(new.row(made, [table])[0]))  # with its constraints
    new.run(f"INSERT INTO {table} SELECT * {replaced} FROM old.{table} {where} ORDER BY rowid")


def _join_equal_labels(new: Store, table: str, part: str, uses: tuple[tuple[str, str], ...]) -> None:
    """Give labels that have become equal one code, so that the store is as if it had been read without the person."""
    group, first = (f"{part}, ", "") if part else ("", "min(place)::INTEGER AS place, ")
    over = f"PARTITION BY {part} " if part else ""
    new.run(
        f"CREATE TEMP TABLE joined AS SELECT *, dense_rank() OVER ({over}ORDER BY first) - 1 AS fresh "
        f"FROM (SELECT *, min(code) OVER (PARTITION BY {group}label) AS first FROM {table})"
    )
    if new.row("SELECT count(*) FROM joined WHERE code <> fresh")[0]:
        new.run(
            f"CREATE OR REPLACE TABLE {table} AS SELECT {first}{group}fresh::INTEGER AS code, label FROM joined "
            f"GROUP BY {group}fresh, label ORDER BY {group}fresh"
        )
        also = f" AND case_values.{part} = j.{part}" if part else ""
        for used, column in uses:
            new.run(f"UPDATE {used} SET {column} = j.fresh FROM joined j WHERE {used}.{column} = j.code{also}")
    new.run("DROP TABLE joined")
