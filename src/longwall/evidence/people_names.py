"""The names one person goes by in different tools, so that the organisation finds the people of the log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from longwall.evidence.privacy import pseudonym
from longwall.evidence.store import Store
from longwall.evidence.tables import no_person_words

__all__ = ["aliases_of", "known_people", "masked", "names_person", "same_person", "spellings", "without_known"]

_HIDDEN = re.compile(r"person-[0-9a-f]{12}")

_WORD = re.compile(r"[^\s,;:()\[\]\"/|]+")
_MOST_WORDS = 4


def masked(label: str) -> str:
    """Return a label for reading outside the store: ``a person`` stands where a pseudonym stood."""
    return _HIDDEN.sub("a person", label)


def names_person(label: str) -> bool:
    """Return whether a label holds a pseudonym."""
    return _HIDDEN.search(label) is not None


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
    places = {"resources": "pseudonym", "organisation_people": "person", "alerts": "responder"}
    with Store(Path(store_path), read_only=True) as store:
        tables = store.tables()
        parts = [f"SELECT {column} FROM {table}" for table, column in places.items() if table in tables]
        if "organisation_links" in tables:
            parts.append("SELECT to_id FROM organisation_links WHERE link = 'alias'")
        found = store.rows(" UNION ".join(parts)) if parts else []
    return frozenset(str(name) for (name,) in found if name is not None)


def without_known(labels: Sequence[str], known: frozenset[str], key: bytes) -> dict[str, str]:
    """Return labels with the names of known people replaced, though only their pseudonyms are known.

    Parameters
    ----------
    labels : sequence of str
        Distinct.
    known : frozenset of str
        As from `known_people`.
    key : bytes
        The user's key.

    Notes
    -----
    Every run of one to four words is hashed under the key and looked up; words that name no person are left.
    """
    if not known:
        return {label: label for label in labels}
    return {label: _one_without(label, known, key) for label in labels}


def _one_without(label: str, known: frozenset[str], key: bytes) -> str:
    """Replace the names in one label, the longest first."""
    words = list(_WORD.finditer(label))
    out, done, place = [], 0, 0
    while place < len(words):
        step = 1
        for length in range(min(_MOST_WORDS, len(words) - place), 0, -1):
            text = label[words[place].start() : words[place + length - 1].end()]
            if all(part.casefold() in no_person_words() or part.isdigit() for part in text.split()):
                continue
            hidden = pseudonym(key, text)
            if hidden in known:
                out.append(label[done : words[place].start()] + hidden)
                done, step = words[place + length - 1].end(), length
                break
        place += step
    return "".join(out) + label[done:] if out else label
