"""The names one person goes by in different tools, so that the organisation finds the people of the log."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from longwall.evidence.forgotten import SOMEONE, Forgotten
from longwall.evidence.privacy import PSEUDONYM, pseudonym
from longwall.evidence.store import Store
from longwall.evidence.tables import no_person_words

__all__ = [
    "aliases_of",
    "known_people",
    "masked",
    "names_person",
    "people_of_log",
    "pseudonyms_of",
    "same_person",
    "spellings",
    "without_known",
]

_WORD = re.compile(r"[^\s,;:()\[\]\"/|]+")
_MOST_WORDS = 4


def masked(label: str) -> str:
    """Return a label for reading outside the store: ``a person`` stands where a pseudonym stood."""
    return PSEUDONYM.sub("a person", label)


def names_person(label: str) -> bool:
    """Return whether a label holds a pseudonym, or somebody who was removed."""
    return PSEUDONYM.search(label) is not None or SOMEONE in label.split()


def spellings(name: str) -> tuple[str, ...]:
    """Return the ways in which tools write a name, the given one first.

    A name of two to four words also stands with the surname first and as an account (``kim.passa``); an address also as
    what stands before the ``@``; each also in lower case.
    """
    whole = " ".join(name.split())
    found = [whole]
    if "@" in whole:
        found.append(whole.split("@")[0])
    else:
        words = whole.replace(",", " ").split()
        if 2 <= len(words) <= 4:
            first, last = (words[1:], words[0]) if "," in whole else (words[:-1], words[-1])
            given = " ".join(first)
            found += [f"{given} {last}", f"{last}, {given}", f"{last} {given}", f"{'.'.join([*first, last])}"]
    found += [text.casefold() for text in found]
    return tuple(dict.fromkeys(text for text in found if text))


def aliases_of(people: Mapping[str, Iterable[str]], key: bytes) -> tuple[dict[str, tuple[str, ...]], int]:
    """Return the pseudonyms of each person's names, without those that two people share.

    Parameters
    ----------
    people : mapping of str to iterable of str
        A person's own pseudonym to the names the person goes by.
    key : bytes
        The user's key.

    Returns
    -------
    dict of str to tuple of str
        In the order of the names; the person's own pseudonym is left out.
    int
        Names that were dropped because two people share them.
    """
    owner: dict[str, str | None] = {person: person for person in people}
    found: dict[str, list[str]] = {person: [] for person in people}
    for person, names in people.items():
        for name in dict.fromkeys(text for given in names for text in spellings(given)):
            hidden = pseudonym(key, name)
            if owner.setdefault(hidden, person) not in (person, None):
                if hidden not in people:
                    owner[hidden] = None
            elif hidden != person:
                found[person].append(hidden)
    shared = sum(1 for taken in owner.values() if taken is None)
    return {person: tuple(dict.fromkeys(h for h in own if owner[h] == person)) for person, own in found.items()}, shared


def same_person(links: Iterable[tuple[str, str]], known: Iterable[str] = ()) -> dict[str, str]:
    """Return for every pseudonym in `links` the one that stands for the person.

    Parameters
    ----------
    links : iterable of (str, str)
        A person's pseudonym and another one of the same person.
    known : iterable of str
        Pseudonyms of the log, which stand for the person where there is one; else the first in the order of the links.
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for one, other in links:
        parent[root(other)] = root(one)
    stands = {root(name): name for name in reversed(list(known)) if name in parent}
    return {name: stands.get(root(name), root(name)) for name in list(parent)}


def known_people(store_path: Path) -> frozenset[str]:
    """Return the pseudonyms that a store knows: of the log, the organisation and the alerts."""
    if not Path(store_path).is_file():
        return frozenset()
    with Store(Path(store_path), read_only=True) as store:
        named = _named(store)
        if "organisation_links" in store.tables():
            found = store.rows("SELECT DISTINCT to_id FROM organisation_links WHERE link = 'alias'")
            named |= {str(name) for (name,) in found}
    return frozenset(named)


def people_of_log(store_path: Path) -> frozenset[str]:
    """Return the pseudonyms of the performers of the log in a store."""
    with Store(Path(store_path), read_only=True) as store:
        return frozenset(str(hidden) for (hidden,) in store.rows("SELECT pseudonym FROM resources"))


def _named(store: Store) -> set[str]:
    """Pseudonyms under which the log, the alerts and the organisation of an open store name people."""
    places = {"resources": "pseudonym", "organisation_people": "person", "alerts": "responder"}
    parts = [f"SELECT {column} FROM {table}" for table, column in places.items() if table in store.tables()]
    found = store.rows(" UNION ".join(parts)) if parts else []
    return {str(name) for (name,) in found if name is not None}


def pseudonyms_of(store_path: Path, hidden: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return all pseudonyms of a person, as the organisation in a store knows them, and those in use.

    Parameters
    ----------
    hidden : str
        One of them; the only one where the store knows no other.

    Returns
    -------
    every : tuple of str
    used : tuple of str
        Those under which a log, alerts or the organisation name the person; `hidden` is always among them.

    Raises
    ------
    StorageError, EvidenceError
        If the store is there and cannot be read.
    """
    if not Path(store_path).is_file():
        return (hidden,), (hidden,)
    with Store(Path(store_path), read_only=True) as store:
        if "organisation_links" not in store.tables():
            return (hidden,), (hidden,)
        found = store.rows("SELECT from_id, to_id FROM organisation_links WHERE link = 'alias' ORDER BY source, rowid")
        stands = same_person([(str(one), str(other)) for one, other in found if SOMEONE not in (one, other)])
        own = [name for name in stands if stands[name] == stands.get(hidden)] or [hidden]
        known = _named(store)
    return tuple(own), tuple(name for name in own if name in known or name == hidden)


def without_known(
    labels: Sequence[str],
    known: frozenset[str],
    key: bytes,
    forgotten: Forgotten | None = None,
    spared: Callable[[str], bool] | None = None,
) -> dict[str, str]:
    """Return labels with the names of known people replaced, though only their pseudonyms are known.

    Parameters
    ----------
    labels : sequence of str
        Distinct.
    known : frozenset of str
        As from `known_people`.
    key : bytes
        The user's key.
    forgotten : Forgotten or None
        People who were removed; nothing but ``someone`` is left of them.
    spared : callable or None
        Whether a run of words is left as it is, though it is a name.

    Notes
    -----
    Every run of one to four words is hashed under the key and looked up; words that name no person are left.
    """
    gone = forgotten or Forgotten((), key)
    if not known and not gone.marks:
        return {label: label for label in labels}
    return {label: _one_without(label, known, key, gone, spared) for label in labels}


def _one_without(
    label: str, known: frozenset[str], key: bytes, gone: Forgotten, spared: Callable[[str], bool] | None
) -> str:
    """Replace the names in one label, the longest first."""
    words = list(_WORD.finditer(label))
    out, done, place = [], 0, 0
    while place < len(words):
        step = 1
        for length in range(min(_MOST_WORDS, len(words) - place), 0, -1):
            text = label[words[place].start() : words[place + length - 1].end()]
            if all(part.casefold() in no_person_words() or part.isdigit() for part in text.split()):
                continue
            if spared is not None and spared(text):
                continue
            hidden = SOMEONE if gone.knows(text) else pseudonym(key, text)
            if hidden in known or hidden == SOMEONE:
                out.append(label[done : words[place].start()] + hidden)
                done, step = words[place + length - 1].end(), length
                break
        place += step
    return "".join(out) + label[done:] if out else label
