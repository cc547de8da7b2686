"""Ids from words, names in a list, and the source of a number that a person answered."""

from __future__ import annotations

import re
from collections.abc import Iterable

from longwall.inquiry.questions import number_of

__all__ = ["AFTERWARDS", "ANSWERED", "answered_by", "id_of", "ids_of_all", "is_answered", "names_in"]

ANSWERED = "answered: question "
"""How the source of a number begins that a person answered."""

AFTERWARDS = ("customer", "nobody")
"""Where a trouble may be noticed besides at a step: after it left, or never."""


def id_of(text: str, taken: Iterable[str] = ()) -> str:
    """Return an id from words: lower case, hyphens; with a number where it is taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-") or "one"
    known, found, count = set(taken) | {"start", "end"}, plain, 2
    while found in known:
        found, count = f"{plain}-{count}", count + 1
    return found


def names_in(text: str) -> tuple[str, ...]:
    """Return the names in a text that separates them by commas."""
    return tuple(dict.fromkeys(part.strip() for part in re.split(r"[,/]", text) if part.strip()))


def ids_of_all(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Return an id of its own for each name, small letters or not; names that differ by case only are one."""
    found: dict[str, str] = {}
    for name in names:
        if name.casefold() not in found:
            found[name.casefold()] = id_of(name, {*found.values(), *taken})
    return found


def answered_by(question: str, words: str) -> str:
    """Return the source of a number that a person answered."""
    return f"{ANSWERED}{number_of(question)}, {words}"


def is_answered(source: str) -> bool:
    """Tell whether a number comes from a person's answer."""
    return source.startswith(ANSWERED)
