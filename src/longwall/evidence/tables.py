"""The constant tables of this package, read from its data files."""

from __future__ import annotations

import csv
import functools
import re
from importlib import resources

__all__ = ["ROLES", "hold_rules", "moments", "no_person_words", "plain_name", "role_names", "transitions"]

ROLES = ("case", "activity", "status", "resource", "team", "start", "end", "time", "lifecycle", "instance", "field",
         "old_value", "new_value", "sequence", "priority", "category", "due", "agreement", "keep",
         "person")  # fmt: skip


def plain_name(column: str) -> str:
    """Return a column's name in lower case without separators: ``"Case ID"`` and ``case_id`` become ``caseid``."""
    return re.sub(r"[^a-z0-9]", "", column.casefold())


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@functools.cache
def role_names() -> dict[str, dict[str, int]]:
    """Return for each role the plain names that mean it, with their rank (0 is the surest)."""
    found: dict[str, dict[str, int]] = {role: {} for role in ROLES}
    for row in _rows("columns.csv"):
        names = found[row["role"]]
        names.setdefault(row["name"], len(names))
    return found


@functools.cache
def moments() -> dict[str, tuple[str, int]]:
    """Return plain names of a snapshot's time columns, with the event each stands for and its usual place."""
    return {row["name"]: (row["label"], int(row["order"])) for row in _rows("moments.csv")}


@functools.cache
def transitions() -> dict[str, str]:
    """Return lifecycle transitions in lower case, with ``start``, ``complete`` or ``other``."""
    return {row["transition"]: row["meaning"] for row in _rows("transitions.csv")}


@functools.cache
def hold_rules() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """Return the rules that recognise a state on hold: pattern, who holds it, the reason."""
    return tuple(
        (re.compile(row["pattern"], re.IGNORECASE), row["holder"], row["reason"]) for row in _rows("holds.csv")
    )


@functools.cache
def no_person_words() -> frozenset[str]:
    """Return words that, standing alone as a resource, name no person."""
    return frozenset(row["word"] for row in _rows("no_persons.csv"))
