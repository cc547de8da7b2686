"""Join a freshly read file to what a store holds already: what is new is added, nothing is counted twice.

Both sides are evidence stores, so the cost is that of reading the new file and of one sorted rewrite. An event is known
by case, activity, resource, start and end, and by its multiplicity within one file: a file that holds two equal rows
says that a thing happened twice, two files that hold one each may tell of the same. What was numbered keeps its number.

Where files agree on an event, and where events of a case stand at one moment, the file that begins first goes first
(equal beginnings: the smaller hash). So the log does not depend on the order in which files are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from longwall.evidence.encode import is_number, resource_teams
from longwall.evidence.labels import NameFilter
from longwall.evidence.privacy import MIN_GROUP
from longwall.evidence.schema import carry_over, create
from longwall.evidence.store import Store, literal
from longwall.evidence.value_history import join_values

__all__ = ["Joined", "merge", "renew_places"]

_IDENTITY = "case_code, activity, resource, start_us, end_us"


@dataclass(frozen=True)
class Joined:
    """What one more file brought.

    Parameters
    ----------
    added : int
        Events that the store did not hold.
    torn : int
        Items that go on in the file and of which it, or what was known, lacks the beginning.
    """

    added: int
    torn: int


def merge(old: Path, new: Path, target: Path, people: NameFilter) -> Joined:
    """Write the union of two evidence stores.

    Parameters
    ----------
    old : pathlib.Path
        What was known; its codes are kept.
    new : pathlib.Path
        One more file, as `write_store` left it.
    target : pathlib.Path
        A file that does not exist yet.
    people : NameFilter
        Knows the people of the new file; their names are taken out of the labels of the old one, too.

    Returns
    -------
    Joined
    """
    with Store(target, spill=target.parent / "spill-merge") as store:
        store.run(f"ATTACH {literal(str(old))} AS old (READ_ONLY)")
        store.run(f"ATTACH {literal(str(new))} AS new (READ_ONLY)")
        create(store)
        _sources(store)
        _dictionary(store, "activities", "label", people)
        _dictionary(store, "teams", "label", people)
        _dictionary(store, "resources", "pseudonym", None)
        _map_cases(store, people)
        joined = _events(store)
        _cases(store)
        for table in ("activities", "teams", "resources"):
            renew_places(store, table)
        _resources(store)
        _attributes(store, people)
        join_values(store, people)
        store.run("UPDATE sources SET accepted = ? WHERE number = (SELECT max(number) FROM sources)", [joined.added])
        for attached in ("old", "new"):
            carry_over(store, attached)
        store.run("DETACH old")
        store.run("DETACH new")
        store.run("CHECKPOINT")
    return joined


def _sources(store: Store) -> None:
    """Number the new file after the old ones, and rank all by their beginning."""
    (offset,) = store.row("SELECT max(number) + 1 FROM old.sources")
    for table in ("sources", "tallies", "rejects"):
        column = "number" if table == "sources" else "source"
        store.run(f"INSERT INTO {table} SELECT * FROM old.{table}")
        store.run(f"INSERT INTO {table} SELECT * REPLACE ({column} + {offset} AS {column}) FROM new.{table}")
    store.run("INSERT INTO meta SELECT * FROM old.meta WHERE name <> 'schema'")
    store.run(f"CREATE TEMP TABLE offset_of AS SELECT {offset}::INTEGER AS n")
    store.run(
        "CREATE TEMP TABLE ranks AS SELECT number AS source, row_number() OVER (ORDER BY first_us, hash) AS rank "
        "FROM sources"
    )


def _dictionary(store: Store, table: str, column: str, people: NameFilter | None) -> None:
    """Join two dictionaries: table TABLE_codes says which code of which side became which."""
    sides: list[list[tuple[int, str]]] = []
    for side in ("old", "new"):
        found = store.rows(f"SELECT code, {column} FROM {side}.{table} ORDER BY code")
        labels = [str(label) for _, label in found]
        if people is not None:
            labels = people.replaced(labels, groups=_groups(store) if table == "teams" else frozenset())
        sides.append([(int(code), label) for (code, _), label in zip(found, labels, strict=True)])
    codes, moved = _joined(sides)
    store.run(f"CREATE TEMP TABLE {table}_codes (side INTEGER, before INTEGER, code INTEGER)")
    store.insert_rows(f"{table}_codes", [*moved, (0, -1, -1), (1, -1, -1)])
    rows = [(code, code, label) for label, code in codes.items()]
    store.insert_rows(table, [(*row, -1) for row in rows] if table == "resources" else rows)


def _joined(sides: Sequence[Sequence[tuple[int, str]]]) -> tuple[dict[str, int], list[tuple[int, int, int]]]:
    """Return the code of each label, those of the first side as they were; and side, code before, code now."""
    codes: dict[str, int] = {}
    moved = []
    after = max((code for code, _ in sides[0]), default=-1) + 1
    for side, entries in enumerate(sides):
        for before, label in entries:
            if label not in codes:
                codes[label] = before if side == 0 else after
                after += side
            moved.append((side, before, codes[label]))
    return codes, moved


def _groups(store: Store) -> frozenset[str]:
    """Teams of five people or more on either side: a likeness of their label with a name is a coincidence."""
    found = store.rows(
        " UNION ".join(
            f"SELECT t.label FROM {side}.events e JOIN {side}.teams t ON t.code = e.team "
            f"GROUP BY t.label HAVING count(DISTINCT e.resource) FILTER (WHERE e.resource >= 0) >= {MIN_GROUP}"
            for side in ("old", "new")
        )
    )
    return frozenset(str(label) for (label,) in found)


def _map_cases(store: Store, people: NameFilter) -> None:
    """Join cases by their labels; a case keeps its number, a new one gets the next."""
    store.run("CREATE TEMP TABLE old_cases AS SELECT case_code, label FROM old.cases")
    changed = []
    for block in store.batches("SELECT case_code, label FROM old.cases ORDER BY case_code"):
        clean = people.replaced([str(label) for _, label in block])
        changed += [(label, int(code)) for (code, raw), label in zip(block, clean, strict=True) if label != raw]
    if changed:
        store.run("CREATE TEMP TABLE relabelled (label VARCHAR, case_code INTEGER)")
        store.insert_rows("relabelled", changed)
        store.run("UPDATE old_cases SET label = r.label FROM relabelled r WHERE old_cases.case_code = r.case_code")
    store.run("CREATE TEMP TABLE known AS SELECT label, min(case_code) AS case_code FROM old_cases GROUP BY label")
    store.run(
        "CREATE TEMP TABLE new_cases AS SELECT n.case_code AS before, n.label, k.case_code IS NOT NULL AS goes_on, "
        "coalesce(k.case_code, (SELECT max(case_code) FROM old_cases) + row_number() OVER (PARTITION BY k.case_code "
        "IS NULL ORDER BY n.case_code))::INTEGER AS case_code FROM new.cases n LEFT JOIN known k USING (label)"
    )


def _events(store: Store) -> Joined:
    """Write the events of both sides, sorted."""
    coded = (
        "a.code AS activity, r.code AS resource, t.code AS team, e.start_us, e.end_us, {source} AS source, e.row, "
        "e.place AS ord, {side} AS side FROM {name}.events e "
        "JOIN activities_codes a ON a.side = {side} AND a.before = e.activity "
        "JOIN resources_codes r ON r.side = {side} AND r.before = e.resource "
        "JOIN teams_codes t ON t.side = {side} AND t.before = e.team "
    )
    of_old = "SELECT e.case_code, " + coded.format(source="e.source", side=0, name="old")
    of_new = "SELECT c.case_code, " + coded.format(source="e.source + (SELECT n FROM offset_of)", side=1, name="new")
    of_new += "JOIN new_cases c ON c.before = e.case_code"
    touched = "(SELECT case_code FROM new_cases WHERE goes_on)"
    store.run(
        "CREATE TEMP TABLE meeting AS SELECT *, row_number() OVER (PARTITION BY side, " + _IDENTITY + " ORDER BY ord) "
        f"AS copy FROM ({of_old} WHERE e.case_code IN {touched} UNION ALL {of_new}) JOIN ranks USING (source)"
    )
    store.run(
        f"CREATE TEMP TABLE kept AS SELECT * FROM meeting QUALIFY row_number() OVER (PARTITION BY {_IDENTITY}, copy "
        "ORDER BY rank) = 1"
    )
    (added,) = store.row("SELECT (SELECT count(*) FROM kept) - (SELECT count(*) FROM meeting WHERE side = 0)")
    (torn,) = store.row(
        "SELECT count(*) FROM (SELECT 1 FROM meeting GROUP BY case_code HAVING min(end_us) FILTER (side = 0) <> "
        "min(end_us) FILTER (side = 1))"
    )
    store.run("DROP TABLE meeting")
    columns = f"{_IDENTITY}, team, source, row, ord, rank"
    store.run(
        f"CREATE TEMP VIEW every AS SELECT {columns} FROM kept UNION ALL SELECT {columns} FROM ({of_old} "
        f"WHERE e.case_code NOT IN {touched}) JOIN ranks USING (source)"
    )
    store.run(
        "CREATE TEMP TABLE positions AS SELECT case_code, row_number() OVER (ORDER BY first_us, first_row) - 1 AS "
        "position FROM (SELECT case_code, min(start_us) AS first_us, min(rank * 1099511627776 + row) AS first_row "
        "FROM every GROUP BY case_code)"
    )
    store.run(
        "INSERT INTO events SELECT row_number() OVER () - 1, * FROM (SELECT case_code, activity, resource, team, "
        "start_us, end_us, source, row FROM every JOIN positions USING (case_code) "
        "ORDER BY position, end_us, start_us, rank, ord)"
    )
    return Joined(int(added), int(torn))


def _cases(store: Store) -> None:
    """Write the cases in order of their first event."""
    store.run(
        "INSERT INTO cases SELECT p.position, p.case_code, l.label FROM positions p JOIN (SELECT case_code, label "
        "FROM old_cases UNION ALL SELECT case_code, label FROM new_cases WHERE NOT goes_on) l USING (case_code) "
        "ORDER BY p.position"
    )


def renew_places(store: Store, table: str) -> None:
    """Renew the order of first appearance of a dictionary; what no event names any more is left out."""
    column = {"activities": "activity", "teams": "team", "resources": "resource"}[table]
    store.run(
        f"CREATE OR REPLACE TEMP TABLE seen AS WITH f AS (SELECT {column} AS code, min(end_us) AS us FROM events "
        f"WHERE {column} >= 0 GROUP BY 1) SELECT f.code, row_number() OVER (ORDER BY f.us, min(e.place)) - 1 AS place "
        f"FROM f JOIN events e ON e.{column} = f.code AND e.end_us = f.us GROUP BY f.code, f.us"
    )
    store.run(f"UPDATE {table} SET place = s.place FROM seen s WHERE {table}.code = s.code")
    store.run(f"DELETE FROM {table} WHERE code NOT IN (SELECT code FROM seen)")


def _resources(store: Store) -> None:
    """Renew the most frequent team of every performer."""
    store.run(f"UPDATE resources SET team = m.team FROM ({resource_teams()}) m WHERE m.resource = resources.code")


def _attributes(store: Store, people: NameFilter) -> None:
    """Join the attributes by role and name; of each case the value that an event showed first is kept."""
    store.run("INSERT INTO attributes SELECT * FROM old.attributes")
    store.run(
        "CREATE TEMP TABLE attribute_numbers AS SELECT n.number AS before, coalesce(o.number, (SELECT "
        "coalesce(max(number), -1) FROM old.attributes) + row_number() OVER (PARTITION BY o.number IS NULL ORDER BY "
        "n.number))::INTEGER AS number FROM new.attributes n LEFT JOIN old.attributes o USING (role, name)"
    )
    store.run(
        "INSERT INTO attributes SELECT m.number, n.name, n.role, n.kind FROM new.attributes n JOIN attribute_numbers m "
        "ON m.before = n.number WHERE m.number NOT IN (SELECT number FROM old.attributes) ORDER BY 1"
    )
    for number, name, role in store.rows("SELECT number, name, role FROM attributes ORDER BY number"):
        _attribute(store, int(number), str(name), str(role), people)


def _attribute(store: Store, number: int, name: str, role: str, people: NameFilter) -> None:
    """Join the values of one attribute, as texts where a label can stand among numbers."""
    text = "coalesce(l.label, regexp_replace(v.value::VARCHAR, '\\.0$', ''))"
    own = f"(SELECT before FROM attribute_numbers WHERE number = {number})"
    joined = "LEFT JOIN {side}.attribute_labels l ON l.number = v.number AND l.code = v.code AND v.code >= 0"
    store.run(
        f"CREATE OR REPLACE TEMP TABLE firsts AS SELECT * FROM (SELECT v.case_code, {text} AS v, v.value, v.end_us, "
        f"v.start_us, v.source, v.code AS old_code FROM old.case_values v {joined.format(side='old')} "
        f"WHERE v.number = {number} UNION ALL "
        f"SELECT c.case_code, {text}, v.value, v.end_us, v.start_us, v.source + (SELECT n FROM offset_of), NULL "
        f"FROM new.case_values v JOIN new_cases c ON c.before = v.case_code {joined.format(side='new')} "
        f"WHERE v.number = {own}) JOIN ranks USING (source) "
        "QUALIFY row_number() OVER (PARTITION BY case_code ORDER BY end_us, start_us, rank) = 1"
    )
    kind = "time" if role == "due" else "number" if role == "keep" and is_number(store, "firsts", name) else "label"
    store.run(f"UPDATE attributes SET kind = '{kind}' WHERE number = {number}")
    code, value, join = "-1", "coalesce(f.value, try_cast(f.v AS DOUBLE))", ""
    if kind == "label":
        _labels(store, number, people)
        code, value, join = "c.code", "NULL", "JOIN attribute_code c ON c.raw = f.v"
    store.run(
        f"INSERT INTO case_values SELECT {number}, f.case_code, {code}, {value} AS value, f.end_us, f.start_us, "
        f"f.source FROM firsts f {join} ORDER BY f.case_code"
    )


def _labels(store: Store, number: int, people: NameFilter) -> None:
    """Number the labels of one attribute: known ones as before, new ones in order of their cases."""
    known = store.rows(f"SELECT code, label FROM old.attribute_labels WHERE number = {number} ORDER BY code")
    first = [str(label) for (label,) in store.rows(
        "SELECT v FROM firsts JOIN positions USING (case_code) GROUP BY 1 ORDER BY min(position)")]  # fmt: skip
    raw = list(dict.fromkeys([*(str(label) for _, label in known), *first]))
    clean = dict(zip(raw, people.replaced(raw), strict=True))
    codes, _ = _joined([[(int(code), clean[str(label)]) for code, label in known], [(0, clean[v]) for v in first]])
    store.run("CREATE OR REPLACE TEMP TABLE attribute_code (raw VARCHAR, code INTEGER)")
    store.insert_rows("attribute_code", [(label, codes[clean[label]]) for label in raw])
    store.insert_rows("attribute_labels", [(number, code, label) for label, code in codes.items()])
