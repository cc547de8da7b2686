"""Encode and sort once: events to codes, people to pseudonyms, into the tables of a fresh evidence store.

The store is a new file every time, so no name that was ever staged can linger in it. Codes follow first appearance in
time, so they depend neither on the key nor on the number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from longwall.evidence.labels import NameFilter
from longwall.evidence.privacy import MIN_GROUP, pseudonym
from longwall.evidence.shapes import Attribute
from longwall.evidence.store import Store, literal

__all__ = ["SCHEMA_VERSION", "write_store"]

SCHEMA_VERSION = 1


def write_store(staging: Store, target: Path, attributes: Sequence[Attribute], key: bytes, people: NameFilter) -> None:
    """Write the staged events as an evidence store.

    Parameters
    ----------
    staging : Store
        With tables ``ev`` and ``reject``.
    target : pathlib.Path
        A file that does not exist yet.
    attributes : sequence of Attribute
        Column ``a0``, ``a1``, ... of ``ev``.
    key : bytes
        For the pseudonyms.
    people : NameFilter
        Knows the people of the source.
    """
    _number_cases(staging)
    _dictionary(staging, "activity", people)
    _dictionary(staging, "team", people)
    _resources(staging, key)
    staging.run(f"ATTACH {literal(str(target))} AS out")
    _write_events(staging)
    _write_cases(staging, attributes, people)
    staging.run("CREATE TABLE out.rejects AS SELECT row_number AS row, column_name, reason FROM reject ORDER BY 1, 2")
    staging.run("CREATE TABLE out.meta (name VARCHAR, value VARCHAR)")
    staging.run("DETACH out")


def _number_cases(staging: Store) -> None:
    """Number the cases in order of their first event, and put the events in their final order."""
    staging.run(
        "CREATE OR REPLACE TABLE numbered AS SELECT case_label, row_number() OVER (ORDER BY first_us, "
        "first_row) - 1 AS case_code "
        "FROM (SELECT case_label, min(start_us) AS first_us, min(row * 64 + least(place, 63)) AS first_row FROM "
        "ev GROUP BY case_label)"
    )
    staging.run(
        "CREATE OR REPLACE TABLE sorted AS SELECT n.case_code::INTEGER AS case_code, e.* EXCLUDE (case_label) "
        "FROM ev e "
        "JOIN numbered n USING (case_label) ORDER BY n.case_code, e.end_us, e.start_us, e.row, e.place"
    )


def _dictionary(staging: Store, column: str, people: NameFilter) -> None:
    """Make table ``column``_code: raw label, code, label without names."""
    found = staging.rows(
        f"SELECT {column}, count(DISTINCT resource) FROM sorted WHERE {column} IS NOT NULL GROUP BY {column} "
        "ORDER BY min((end_us, rowid))"
    )
    raw = [str(label) for label, _ in found]
    groups = (
        frozenset(str(label) for label, members in found if members >= MIN_GROUP) if column == "team" else frozenset()
    )
    codes: dict[str, int] = {}
    rows = [(label, codes.setdefault(clean, len(codes)), clean)
            for label, clean in zip(raw, people.replaced(raw, groups=groups), strict=True)]  # fmt: skip
    staging.run(f"CREATE OR REPLACE TABLE {column}_code (raw VARCHAR, code INTEGER, label VARCHAR)")
    staging.insert_rows(f"{column}_code", rows)


def _resources(staging: Store, key: bytes) -> None:
    """Make table ``resource_code``: raw name, code, pseudonym."""
    found = staging.rows(
        "SELECT resource FROM sorted WHERE resource IS NOT NULL GROUP BY resource ORDER BY min((end_us, rowid))"
    )
    rows = [(str(name), code, pseudonym(key, str(name))) for code, (name,) in enumerate(found)]
    staging.run("CREATE OR REPLACE TABLE resource_code (raw VARCHAR, code INTEGER, pseudonym VARCHAR)")
    staging.insert_rows("resource_code", rows)


def _write_events(staging: Store) -> None:
    """Write events and their dictionaries."""
    staging.run(
        "CREATE TABLE out.events AS SELECT s.case_code, a.code AS activity, coalesce(r.code, -1)::INTEGER AS resource, "
        "coalesce(t.code, -1)::INTEGER AS team, s.start_us, s.end_us, s.row FROM sorted s "
        "JOIN activity_code a ON s.activity = a.raw LEFT JOIN resource_code r ON s.resource = r.raw "
        "LEFT JOIN team_code t ON s.team = t.raw ORDER BY s.case_code, s.end_us, s.start_us, s.row, s.place"
    )
    for name, table in (("activity", "activities"), ("team", "teams")):
        staging.run(f"CREATE TABLE out.{table} AS SELECT DISTINCT code, label FROM {name}_code ORDER BY code")
    staging.run(
        "CREATE TABLE out.resources AS SELECT c.code, c.pseudonym, coalesce(m.team, -1)::INTEGER AS team FROM "
        "resource_code c "
        "LEFT JOIN (SELECT resource, arg_max(team, (n, -team)) AS team FROM (SELECT resource, team, count(*) AS n "
        "FROM out.events WHERE team >= 0 AND resource >= 0 GROUP BY ALL) GROUP BY resource) m ON m.resource = "
        "c.code ORDER BY c.code"
    )


def _write_cases(staging: Store, attributes: Sequence[Attribute], people: NameFilter) -> None:
    """Write the cases with their attributes: the first value in time of each."""
    firsts = "".join(f", arg_min(a{number}, rowid) AS a{number}" for number in range(len(attributes)))
    staging.run(f"CREATE OR REPLACE TABLE firsts AS SELECT case_code{firsts} FROM sorted GROUP BY case_code")
    staging.run("CREATE TABLE out.attributes (number INTEGER, name VARCHAR, role VARCHAR, kind VARCHAR)")
    staging.run("CREATE TABLE out.attribute_labels (number INTEGER, code INTEGER, label VARCHAR)")
    selected, joins = "", ""
    for number, item in enumerate(attributes):
        kind = _kind(staging, number, item)
        staging.run(
            "INSERT INTO out.attributes VALUES (?, ?, ?, ?)", [number, people.replaced([item.name])[0], item.role, kind]
        )
        if kind == "label":
            _attribute_labels(staging, number, people)
            selected += f", coalesce(l{number}.code, -1)::INTEGER AS a{number}"
            joins += f" LEFT JOIN labels_{number} l{number} ON l{number}.raw = f.a{number}"
        else:
            selected += f", try_cast(f.a{number} AS DOUBLE) AS a{number}"
    _clean_case_labels(staging, people)
    staging.run(
        f"CREATE TABLE out.cases AS SELECT n.case_code::INTEGER AS case_code, n.case_label AS label{selected} "
        "FROM numbered n "
        f"JOIN firsts f USING (case_code){joins} ORDER BY n.case_code"
    )


def _kind(staging: Store, number: int, item: Attribute) -> str:
    """Tell numbers from labels: all values are numbers and there are more than a scale has."""
    if item.role == "due":
        return "time"
    counter = "count" in item.name.casefold() or "amount" in item.name.casefold()
    seen, numbers, distinct = staging.row(
        f"SELECT count(a{number}), count(try_cast(a{number} AS DOUBLE)), count(DISTINCT a{number}) FROM firsts"
    )
    return "number" if seen and seen == numbers and (counter or distinct > 20) and item.role == "keep" else "label"


def _attribute_labels(staging: Store, number: int, people: NameFilter) -> None:
    """Make the dictionary of one attribute, names replaced."""
    raw = [str(label) for (label,) in staging.rows(
        f"SELECT a{number} FROM firsts WHERE a{number} IS NOT NULL GROUP BY 1 ORDER BY min(case_code)")]  # fmt: skip
    codes: dict[str, int] = {}
    rows = [
        (label, codes.setdefault(clean, len(codes)), clean)
        for label, clean in zip(raw, people.replaced(raw), strict=True)
    ]
    staging.run(f"CREATE OR REPLACE TABLE labels_{number} (raw VARCHAR, code INTEGER, label VARCHAR)")
    staging.insert_rows(f"labels_{number}", rows)
    staging.run(
        f"INSERT INTO out.attribute_labels SELECT DISTINCT {number}, code, label FROM labels_{number} ORDER BY code"
    )


def _clean_case_labels(staging: Store, people: NameFilter) -> None:
    """Replace names inside ids of items, block by block; most logs have none."""
    changed: list[tuple[str, int]] = []
    for block in staging.batches("SELECT case_code, case_label FROM numbered ORDER BY case_code"):
        raw = [str(label) for _, label in block]
        for (code, label), clean in zip(block, people.replaced(raw), strict=True):
            if clean != label:
                changed.append((clean, int(code)))
    if changed:
        staging.run("CREATE OR REPLACE TABLE relabelled (label VARCHAR, case_code BIGINT)")
        staging.insert_rows("relabelled", changed)
        staging.run("UPDATE numbered SET case_label = r.label FROM relabelled r WHERE numbered.case_code = r.case_code")
