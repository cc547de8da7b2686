"""Ids from labels: what the log calls a thing becomes an id that YAML, paths and code can hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["id_of", "ids_of"]

_RESERVED = frozenset({"start", "end", "organisation"})
_LENGTH = 60


def id_of(label: str, taken: Iterable[str] = ()) -> str:
    """Return a lower-case id for a label, different from those taken.

    Examples
    --------
    >>> id_of("Résolve ticket (2nd line)")
    'resolve-ticket-2nd-line'
    >>> id_of("End")
    'end-2'
    """
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LENGTH].strip("-") or "unnamed"
    used = set(taken) | _RESERVED
    number, found = 2, stem
    while found in used:
        found = f"{stem}-{number}"
        number += 1
    return found


def ids_of(labels: Iterable[str], taken: Iterable[str] = ()) -> tuple[str, ...]:
    """Return different ids for labels, in their order."""
    used = set(taken)
    found: list[str] = []
    for label in labels:
        found.append(id_of(label, used))
        used.add(found[-1])
    return tuple(found)
