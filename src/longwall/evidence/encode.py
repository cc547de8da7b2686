"""Encode and sort once: events to codes, people to pseudonyms, into the tables of a fresh evidence store.

The store is a new file every time, so no name that was ever staged can linger in it. Codes follow first appearance in
time, so they depend neither on the key nor on the number of threads.
"""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from longwall.evidence.labels import NameFilter
from longwall.evidence.privacy import MIN_GROUP, pseudonym
from longwall.evidence.schema import create
from longwall.evidence.shapes import Attribute
from longwall.evidence.store import Store, literal
from longwall.evidence.value_history import write_values

__all__ = ["KEY_CHECK", "Counted", "FileRead", "is_number", "resource_teams", "write_store"]

KEY_CHECK = "\0 the key of this store"
"""Its pseudonym tells whether a later file is added with the same key."""

SCALE = 20
"""Attributes with more distinct numbers than a scale has are numbers, others labels."""


@dataclass(frozen=True)
class Counted:
    """How often a property was found that only the rows of a file show, and the first rows that have it.

    Parameters
    ----------
    count : int
    rows : tuple of int
        Row numbers, from 1; at most a handful.
    """

    count: int
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class FileRead:
    """One file as it was read, for table ``sources``.

    Parameters
    ----------
    name : str
        Without its folder, names of people replaced.
    hash : str
        Of its bytes, 32 hex digits.
    format : str
        As the probe names it.
    mapping : str
        Hash of the mapping it was read with.
    rows, rejected : int
    tallies : mapping of str to Counted
        What only its rows could show.
    """

    name: str
    hash: str
    format: str
    mapping: str
    rows: int
    rejected: int
    tallies: AnyMapping[str, Counted] = field(default_factory=dict)


def write_store(
    staging: Store, target: Path, attributes: Sequence[Attribute], key: bytes, people: NameFilter, file: FileRead
) -> None:
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
    file : FileRead
    """
    _number_cases(staging)
    _dictionary(staging, "activity", people)
    _dictionary(staging, "team", people)
    _resources(staging, key)
    staging.run(f"ATTACH {literal(str(target))} AS out")
    create(staging, "out.")
    _write_events(staging)
    _write_cases(staging, people)
    for number, item in enumerate(attributes):
        _write_attribute(staging, number, item, people)
    write_values(staging, people)
    staging.run("INSERT INTO out.rejects SELECT 0, row_number, column_name, reason FROM reject ORDER BY 2, 3")
    _write_file(staging, file)
    staging.run("INSERT INTO out.meta VALUES ('key', ?)", [pseudonym(key, KEY_CHECK)])
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
        "INSERT INTO out.events SELECT s.rowid, s.case_code, a.code, coalesce(r.code, -1), coalesce(t.code, -1), "
        "s.start_us, s.end_us, 0, s.row FROM sorted s "
        "JOIN activity_code a ON s.activity = a.raw LEFT JOIN resource_code r ON s.resource = r.raw "
        "LEFT JOIN team_code t ON s.team = t.raw ORDER BY s.rowid"
    )
    for name, table in (("activity", "activities"), ("team", "teams")):
        staging.run(f"INSERT INTO out.{table} SELECT DISTINCT code, code, label FROM {name}_code ORDER BY code")
    staging.run(
        f"INSERT INTO out.resources SELECT c.code, c.code, c.pseudonym, coalesce(m.team, -1) FROM resource_code c "
        f"LEFT JOIN ({resource_teams('out.')}) m ON m.resource = c.code ORDER BY c.code"
    )


def resource_teams(prefix: str = "") -> str:
    """Return SQL for the team each performer was seen in most often, the earlier team first where two are equal.

    Parameters
    ----------
    prefix : str
        ``"out."`` where the tables belong to an attached file.
    """
    return (
        "SELECT resource, arg_max(team, (n, -place)) AS team FROM (SELECT resource, team, count(*) AS n FROM "
        f"{prefix}events WHERE team >= 0 AND resource >= 0 GROUP BY ALL) JOIN {prefix}teams ON code = team "
        "GROUP BY resource"
    )


def _write_cases(staging: Store, people: NameFilter) -> None:
    """Write the labels of the cases."""
    _clean_case_labels(staging, people)
    staging.run("INSERT INTO out.cases SELECT case_code, case_code, case_label FROM numbered ORDER BY case_code")


def _write_attribute(staging: Store, number: int, item: Attribute, people: NameFilter) -> None:
    """Write an attribute: the first value in time of each case, with the event that showed it."""
    staging.run(
        f"CREATE OR REPLACE TABLE firsts AS SELECT case_code, a{number} AS v, end_us, start_us FROM sorted "
        f"WHERE v IS NOT NULL QUALIFY row_number() OVER (PARTITION BY case_code ORDER BY rowid) = 1 ORDER BY case_code"
    )
    kind = "time" if item.role == "due" else "label"
    if item.role == "keep" and is_number(staging, "firsts", item.name):
        kind = "number"
    staging.run("INSERT INTO out.attributes VALUES (?, ?, ?, ?)", [number, people.replaced([item.name])[0], item.role,
                                                                   kind])  # fmt: skip
    code, value, join = "-1", "try_cast(f.v AS DOUBLE)", ""
    if kind == "label":
        _attribute_labels(staging, number, people)
        code, value, join = "l.code", "NULL", "JOIN attribute_code l ON l.raw = f.v"
    staging.run(
        f"INSERT INTO out.case_values SELECT {number}, f.case_code, {code}, {value} AS value, f.end_us, f.start_us, 0 "
        f"FROM firsts f {join} ORDER BY f.case_code"
    )


def is_number(store: Store, table: str, name: str) -> bool:
    """Tell numbers from labels: all texts ``v`` of a table are numbers and there are more than a scale has."""
    counter = "count" in name.casefold() or "amount" in name.casefold()
    seen, numbers, distinct = store.row(
        f"SELECT count(v), count(try_cast(v AS DOUBLE)), count(DISTINCT v) FROM {table}"
    )
    return bool(seen and seen == numbers and (counter or distinct > SCALE))


def _attribute_labels(staging: Store, number: int, people: NameFilter) -> None:
    """Make the dictionary of one attribute, names replaced."""
    raw = [str(label) for (label,) in staging.rows("SELECT v FROM firsts GROUP BY 1 ORDER BY min(case_code)")]
    codes: dict[str, int] = {}
    rows = [
        (label, codes.setdefault(clean, len(codes)), clean)
        for label, clean in zip(raw, people.replaced(raw), strict=True)
    ]
    staging.run("CREATE OR REPLACE TABLE attribute_code (raw VARCHAR, code INTEGER, label VARCHAR)")
    staging.insert_rows("attribute_code", rows)
    staging.run(
        f"INSERT INTO out.attribute_labels SELECT DISTINCT {number}, code, label FROM attribute_code ORDER BY code"
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


def _write_file(staging: Store, file: FileRead) -> None:
    """Write what is known of the file."""
    events, first_us = staging.row("SELECT count(*), min(start_us) FROM out.events")
    staging.run(
        "INSERT INTO out.sources VALUES (0, ?, ?, 'log', ?, ?, ?, ?, ?, ?)",
        [file.name, file.hash, file.format, file.mapping, file.rows, events, file.rejected, first_us],
    )
    for name, counted in file.tallies.items():
        if counted.count:
            examples = " ".join(map(str, counted.rows))
            staging.run("INSERT INTO out.tallies VALUES (0, ?, ?, ?)", [name, counted.count, examples])
