"""People who were removed: a list of keyed hashes that keeps them out when the same export is read again.

The list stands beside the store, one hash a line. A hash is made from the pseudonym under the user's key, so that the
list holds neither a name nor a pseudonym, and without the key tells nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from longwall.errors import EvidenceError, Fault
from longwall.evidence.privacy import pseudonym
from longwall.evidence.store import Store
from longwall.provenance import write_bytes

__all__ = ["LIST_NAME", "SOMEONE", "Forgotten", "add_forgotten", "forgotten_of", "suppress"]

LIST_NAME = "forgotten.txt"
SOMEONE = "someone"
"""Stands in labels where a person stood who was removed."""

_HEAD = "# Keyed hashes of people who were removed with `longwall forget`; keep this file, or they come back."
_DIGITS = 24


class Forgotten:
    """The people who were removed from a study.

    Parameters
    ----------
    marks : iterable of str
        Keyed hashes, as `mark` makes them.
    key : bytes
        The user's key.
    """

    def __init__(self, marks: Iterable[str], key: bytes) -> None:
        self.marks = frozenset(marks)
        self._key = key

    def mark(self, hidden: str) -> str:
        """Return the keyed hash that stands in the list for a pseudonym."""
        secret = hashlib.blake2b(self._key, digest_size=32).digest()
        return hashlib.blake2b(f"forgotten {hidden}".encode(), key=secret, digest_size=16).hexdigest()[:_DIGITS]

    def knows(self, name: str) -> bool:
        """Whether a person of this name (as in the source), or of this pseudonym, was removed."""
        if not self.marks:
            return False
        return self.mark(name) in self.marks or self.mark(pseudonym(self._key, name)) in self.marks

    def shown(self, name: str) -> str:
        """Return what stands for a person in a label: the pseudonym, or `SOMEONE` for one who was removed."""
        return SOMEONE if self.knows(name) else pseudonym(self._key, name)


def forgotten_of(store_path: Path, key: bytes) -> Forgotten:
    """Return the people who were removed from the store of this path; nobody where there is no list.

    Raises
    ------
    EvidenceError
        LW-EV-180: the list is damaged.
    """
    path = Path(store_path).with_name(LIST_NAME)
    if not path.is_file():
        return Forgotten((), key)
    lines = [line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    marks = [line for line in lines if line and not line.startswith("#")]
    if any(len(line) != _DIGITS or set(line) - set("0123456789abcdef") for line in marks):
        raise EvidenceError(
            Fault("LW-EV-180", str(path), f"a keyed hash of {_DIGITS} digits on each line", "another line",
                  "restore the file, or remove the line and forget that person again")
        )  # fmt: skip
    return Forgotten(marks, key)


def add_forgotten(store_path: Path, hidden: str, key: bytes) -> None:
    """Put a pseudonym on the list of those who were removed; once is enough."""
    known = forgotten_of(store_path, key)
    marks = sorted(known.marks | {known.mark(hidden)})
    write_bytes(Path(store_path).with_name(LIST_NAME), "\n".join([_HEAD, *marks, ""]).encode())


def suppress(staging: Store, forgotten: Forgotten) -> None:
    """Let the staged events of people who were removed name nobody.

    Parameters
    ----------
    staging : Store
        With table ``ev``.
    forgotten : Forgotten
    """
    if not forgotten.marks:
        return
    names = [str(name) for (name,) in staging.rows("SELECT DISTINCT resource FROM ev WHERE resource IS NOT NULL")]
    gone = [(name,) for name in names if name.casefold() == SOMEONE or forgotten.knows(name)]
    if gone:
        staging.run("CREATE OR REPLACE TEMP TABLE gone (name VARCHAR)")
        staging.insert_rows("gone", gone)
        staging.run("UPDATE ev SET resource = NULL WHERE resource IN (SELECT name FROM gone)")
        staging.run("DROP TABLE gone")
