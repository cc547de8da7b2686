"""Alerts, incidents, changes and problems hang together: the objects beside the items of a log, and their links.

A log is read from one type of object, its items. What else a source names (``problem_id``, ``rfc``, ``parent``, linked
issues; every other type of an object-centric log) is kept beside it and never flattened into the events:

- ``objects``: id and type of every object that is no item of the log;
- ``object_links``: from an item or object to another, with the kind of link;
- ``event_objects``: which events of an object-centric log touch which objects besides the item.

Ids pass the filter of names; objects that are people stand under their pseudonym.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from longwall.evidence.labels import NameFilter
from longwall.evidence.mapping import Mapping
from longwall.evidence.privacy import pseudonym
from longwall.evidence.schema import open_store
from longwall.evidence.source import Source, filled
from longwall.evidence.store import Store, literal
from longwall.evidence.tables import link_of, plain_name, rank_of

__all__ = ["Links", "is_person", "item_type", "read_links", "stage_links", "write_links"]

TABLES = {
    "objects": ("id", "type"),
    "object_links": ("source", "source_type", "target", "target_type", "qualifier"),
    "event_objects": ("event", "activity", "time_us", "object", "type", "qualifier"),
}
_KINDS = ("incident", "problem", "change", "ticket", "issue", "request", "interaction", "alert")


@dataclass(frozen=True)
class Links:
    """The objects beside the items of a log.

    Parameters
    ----------
    item_type : str
        The type of the items themselves.
    objects : polars.DataFrame
        ``id`` and ``type`` of every object that is no item.
    links : polars.DataFrame
        ``source``, ``source_type``, ``target``, ``target_type``, ``qualifier``; a source is an item (its label as in
        the log) or an object.
    events : polars.DataFrame
        ``event``, ``activity``, ``time_us`` (UTC microseconds), ``object``, ``type``, ``qualifier``: events of an
        object-centric log and the objects they touch besides the item.
    """

    item_type: str
    objects: pl.DataFrame
    links: pl.DataFrame
    events: pl.DataFrame


def item_type(mapping: Mapping) -> str:
    """Return the type of object that the items of a log are: as told, by the name of their column, or ``item``."""
    if mapping.object_type:
        return mapping.object_type
    plain = plain_name(mapping.case or "")
    return next((kind for kind in _KINDS if kind in plain), "item")


def stage_links(source: Source, mapping: Mapping) -> None:
    """Gather the links that columns of a source name into the staging tables; an object-centric reader did so already.

    Parameters
    ----------
    source : Source
        Staged, with table ``ev``.
    mapping : Mapping
    """
    store, own = source.store, item_type(mapping)
    _make(store)
    if not mapping.links or mapping.case is None:
        return
    case = filled(source.column(mapping.case), mapping.missing)
    for name, kind in mapping.links.items():
        cell = filled(source.column(name), (*mapping.missing, "#multivalue"))
        qualifier = (link_of(name) or (kind, "linked to"))[1]
        store.run(
            "INSERT INTO object_links SELECT c, $1, t, $2, $3 FROM (SELECT DISTINCT c, trim(unnest("
            f"regexp_split_to_array(cell, '\\s*[;,]\\s*'))) AS t FROM (SELECT {case} AS c, {cell} AS cell FROM raw)) "
            "WHERE t <> '' AND t <> c AND c IN (SELECT case_label FROM ev) ORDER BY c, t",
            [own, kind, qualifier],
        )
    store.run(
        "UPDATE object_links SET target_type = $1 WHERE target_type = 'item' AND target IN (SELECT case_label FROM ev)",
        [own],
    )
    store.run(
        "INSERT INTO objects SELECT DISTINCT target, target_type FROM object_links WHERE NOT (target_type = $1 AND "
        "target IN (SELECT case_label FROM ev)) ORDER BY 1, 2",
        [own],
    )


def write_links(
    staging: Store, target: Path, key: bytes, people: NameFilter, *, gone: Callable[[str], bool] = lambda hidden: False
) -> None:
    """Write the staged objects and links into a store.

    Parameters
    ----------
    staging : Store
        After `stage_links`.
    target : pathlib.Path
        The store, closed.
    key : bytes
        For the pseudonyms of objects that are people.
    people : NameFilter
    gone : callable
        Whether a pseudonym is that of a person who has been removed.
    """
    used = "SELECT type FROM objects UNION SELECT source_type FROM object_links UNION SELECT type FROM event_objects"
    kinds = [str(kind) for (kind,) in staging.rows(f"{used} ORDER BY 1")]
    persons = [kind for kind in kinds if is_person(kind)]
    _clean(staging, people, persons, key, gone)
    staging.run(f"ATTACH {literal(str(target))} AS out")
    _make(staging, "out.")
    for table, columns in TABLES.items():
        order = ", ".join(str(number) for number in range(1, len(columns) + 1))
        staging.run(f"INSERT INTO out.{table} SELECT DISTINCT * FROM {table} ORDER BY {order}")
    staging.run("DETACH out")


def read_links(store_path: Path) -> Links:
    """Return the objects beside the items of an evidence store, and how they hang together.

    Parameters
    ----------
    store_path : pathlib.Path
        ``evidence.duckdb`` of a study.

    Raises
    ------
    StorageError, EvidenceError
        If the store is not there or cannot be read.
    """
    from longwall.evidence.observed import observed_from

    with open_store(Path(store_path)) as store:
        mapping = Mapping.from_dict(observed_from(store).mapping)
        have = store.tables()
        frames = {table: _frame(store, table) if table in have else _empty(table) for table in TABLES}
    return Links(item_type(mapping), frames["objects"], frames["object_links"], frames["event_objects"])


def is_person(kind: str) -> bool:
    """Whether a type of object is a person."""
    return rank_of(kind, "person") is not None or rank_of(kind, "resource") is not None


def _make(store: Store, prefix: str = "") -> None:
    for table, columns in TABLES.items():
        listed = ", ".join(f"{name} {'BIGINT' if name == 'time_us' else 'VARCHAR'}" for name in columns)
        store.run(f"CREATE TABLE IF NOT EXISTS {prefix}{table} ({listed})")


def _clean(staging: Store, people: NameFilter, persons: list[str], key: bytes, gone: Callable[[str], bool]) -> None:
    """Put pseudonyms for objects that are people, and for names in the ids of others."""
    ids = {"objects": (("id", "type"),), "object_links": (("source", "source_type"), ("target", "target_type")),
           "event_objects": (("object", "type"),)}  # fmt: skip
    staging.run("CREATE OR REPLACE TABLE renamed (kind VARCHAR, raw VARCHAR, label VARCHAR)")
    every = " UNION ".join(f"SELECT {kind} AS k, {name} AS i FROM {table}" for table, pairs in ids.items()
                           for name, kind in pairs)  # fmt: skip
    for block in staging.batches(f"SELECT k, i FROM ({every}) WHERE i IS NOT NULL ORDER BY 1, 2"):
        clean = people.replaced([str(label) for _, label in block])
        found = [(str(kind), str(raw), pseudonym(key, str(raw)) if kind in persons else label)
                 for (kind, raw), label in zip(block, clean, strict=True)]  # fmt: skip
        staging.insert_rows("renamed", [row for row in found if row[1] != row[2]])
    forgotten = [label for (label,) in staging.rows("SELECT label FROM renamed") if gone(str(label))]
    listed = ", ".join(literal(str(label)) for label in forgotten) or "NULL"
    for table, pairs in ids.items():
        for name, kind in pairs:
            staging.run(
                f"UPDATE {table} SET {name} = r.label FROM renamed r WHERE {table}.{name} = r.raw AND {table}.{kind} = "
                "r.kind"
            )
            staging.run(f"DELETE FROM {table} WHERE {name} IN ({listed})")


def _frame(store: Store, table: str) -> pl.DataFrame:
    order = ", ".join(str(number) for number in range(1, len(TABLES[table]) + 1))
    found = store.arrays(f"SELECT * FROM {table} ORDER BY {order}")
    return pl.DataFrame({name: pl.Series(values.tolist(), dtype=_type(name)) for name, values in found.items()})


def _empty(table: str) -> pl.DataFrame:
    return pl.DataFrame(schema={name: _type(name) for name in TABLES[table]})


def _type(name: str) -> type[pl.Int64] | type[pl.String]:
    return pl.Int64 if name == "time_us" else pl.String
