"""The organisation into the store: a catalog of software and owners, or a table of staff."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import Any

from longwall.evidence.catalog import Entities, read_catalog
from longwall.evidence.forgotten import SOMEONE, Forgotten, forgotten_of
from longwall.evidence.labels import NameFilter
from longwall.evidence.people_names import aliases_of, known_people, without_known
from longwall.evidence.privacy import load_key, pseudonym
from longwall.evidence.probe import Limits, Probe, probe
from longwall.evidence.recognise import is_catalog
from longwall.evidence.signal_layout import StaffLayout
from longwall.evidence.signal_reading import Reading, read_table
from longwall.evidence.signal_store import SignalRecord, write_signal
from longwall.evidence.signal_table import Table

__all__ = ["FULL_WEEK_H", "ingest_organisation", "names_in_staff"]

FULL_WEEK_H = 40.0
"""Hours of a full week, by which a share of full time (``fte``) is multiplied."""


def ingest_organisation(
    path: Path,
    store_path: Path,
    *,
    mapping: AnyMapping[str, Any] | None = None,
    key: bytes | None = None,
    max_rejects: float = 0.01,
    limits: Limits | None = None,
) -> SignalRecord:
    """Read who belongs where, and who owns which component, into an evidence store.

    Parameters
    ----------
    path : pathlib.Path
        Backstage's ``catalog-info.yaml``, or a CSV or Parquet with a row per person and team.
    store_path : pathlib.Path
        Made where it is not there; left as it was where anything goes wrong.
    mapping : mapping or None
        Fields of `StaffLayout` for a table; what is not set is guessed. A catalog needs none.
    key : bytes or None
        For pseudonyms; None takes the user's (`load_key`).
    max_rejects : float
        Share of bad rows from which the file is refused, in [0, 1].

    Returns
    -------
    SignalRecord

    Raises
    ------
    EvidenceError
        LW-EV-001 to LW-EV-023 as for logs; LW-EV-130 to LW-EV-132, LW-EV-136.
    StorageError
        The disk refuses.

    Notes
    -----
    Persons become the same keyed pseudonyms as in the log. Where the log writes another name of the person (an address,
    an account, the surname first), that name's pseudonym is kept too, unless two people share it.
    """
    path, store_path = Path(path), Path(store_path)
    key = key if key is not None else load_key()
    found = probe(path, limits)
    read = _read(found, store_path, mapping, max_rejects)
    entities, gone = read.rows, forgotten_of(store_path, key)
    _drop(entities, gone)
    rows, shared, people = _hidden(entities, known_people(store_path), key, gone)
    more = [f"{shared:,} further names are shared by two people and were not used to find them."] if shared else []
    name, kept = people.replaced([path.name])[0], len(entities.people) + len(entities.things)
    return write_signal(
        store_path, read.record("organisation", name, found.hash, kept, cautions=more), rows, read.rejects
    )


def names_in_staff(path: Path, beside: Path, *, mapping: AnyMapping[str, Any] | None = None) -> frozenset[str]:
    """Return the names of the people in a catalog or table of staff, for removing one.

    Parameters
    ----------
    beside : pathlib.Path
        The store beside which the file is staged.

    Raises
    ------
    EvidenceError, StorageError
        If the file cannot be read.
    """
    entities = _read(probe(Path(path)), beside, mapping, 1.0).rows
    return frozenset(name for names in entities.people.values() for name in names)


def _read(found: Probe, beside: Path, mapping: AnyMapping[str, Any] | None, max_rejects: float) -> Reading[Entities]:
    """People, teams and components of a probed file, whatever its kind."""
    if not is_catalog(found.path):
        return read_table(found, beside, StaffLayout, mapping, max_rejects, _from_table)
    entities = read_catalog(found)
    left = tuple(f"{n:,} entities of kind {kind} were left out." for kind, n in sorted(entities.skipped.items()))
    return Reading(entities, entities.rows, StaffLayout.told(mapping or {}).as_dict(), cautions=left)


def _drop(entities: Entities, gone: Forgotten) -> None:
    """Leave out the people who were removed, under any of their names."""
    people = [one for one, names in entities.people.items() if any(gone.knows(n) or n == SOMEONE for n in names)]
    for person in people:
        for named in (entities.people, entities.roles, entities.hours):
            named.pop(person, None)
    entities.links = [link for link in entities.links if link[1] not in people and link[2] not in people]


def _from_table(table: Table, max_rejects: float) -> Entities:
    """People, teams, roles and hours of a table of staff."""
    accounts = [f"account{number}" for number, _ in enumerate(table.texts("account"))]
    texts = dict(zip(accounts, table.texts("account"), strict=True))
    hours = f"coalesce({table.number('hours')}, {FULL_WEEK_H} * {table.number('fte')})"
    written = f"coalesce({table.text('hours')}, {table.text('fte')})"
    cells = {role: table.text(role) for role in ("person", "team", "parent", "role")}
    table.stage(cells | texts | {"hours": hours, "hours_text": written})
    role = "hours" if getattr(table.layout, "hours", None) else "fte"
    checks = [("person IS NULL", "person", "no value"), ("team IS NULL", "team", "no value"),
              ("hours_text IS NOT NULL AND hours IS NULL", role, "a number that cannot be read"),
              ("hours NOT BETWEEN 0 AND 168", role, "hours outside 0 to 168 a week")]  # fmt: skip
    table.reject(checks, max_rejects)
    out = Entities()
    listed = ", ".join(["person", "team", "parent", "role", "hours", *accounts])
    for person, team, parent, does, h, *others in table.store.rows(
        f"SELECT DISTINCT ON ({listed}) {listed} FROM good ORDER BY row"
    ):
        names = out.people.setdefault(person, [person])
        names += [name for name in others if name and name not in names]
        out.teams.setdefault(team, team)
        out.links.append(("member", person, team))
        if parent and parent != team:
            out.teams.setdefault(parent, parent)
            out.links.append(("parent", team, parent))
        if does:
            out.roles.setdefault(person, does)
        if h is not None:
            out.hours[person] = out.hours.get(person, 0.0) + float(h)
    return out


def _hidden(
    entities: Entities, store_knows: frozenset[str], key: bytes, gone: Forgotten
) -> tuple[dict[str, list[tuple[Any, ...]]], int, NameFilter]:
    """Rows of the store's tables: people as pseudonyms, names of people out of every label."""
    known = {person: pseudonym(key, names[0]) for person, names in entities.people.items()}
    names: dict[str, list[str]] = {}
    for person, own in entities.people.items():
        names.setdefault(known[person], []).extend(own)
    aliases, shared = aliases_of(names, key)
    people = NameFilter({name for own in entities.people.values() for name in own}, key, gone)
    labels = {*entities.teams, *entities.teams.values(), *entities.things, *entities.roles.values()}
    labels |= {name for _, name in entities.things.values()} | {to for _, _, to in entities.links}
    ordered = sorted(labels - known.keys())
    hidden = without_known(ordered, store_knows, key, gone)
    clean = dict(zip(ordered, people.replaced([hidden[label] for label in ordered]), strict=True)) | known
    hours: dict[str, float] = {}
    for person, own_h in entities.hours.items():
        hours[known[person]] = own_h
    roles = {known[person]: clean[role] for person, role in entities.roles.items()}
    links = [("alias", person, alias) for person, own in aliases.items() for alias in own]
    links += [(link, clean.get(one, one), clean[other]) for link, one, other in entities.links]
    return {
        "organisation_people": [(one, roles.get(one), hours.get(one)) for one in dict.fromkeys(known.values())],
        "organisation_things": [("team", clean[team], clean[name]) for team, name in entities.teams.items()]
        + [(kind, clean[thing], clean[name]) for thing, (kind, name) in entities.things.items()],
        "organisation_links": list(dict.fromkeys(links)),
    }, shared, people  # fmt: skip
