"""The constant tables of this package, read from its data files."""

from __future__ import annotations

import csv
import functools
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from importlib import resources

__all__ = [
    "CASE_PREFIX",
    "ITEM_ROLES",
    "ROLES",
    "closing_rules",
    "default_dates",
    "hold_rules",
    "is_elapsed",
    "json_names",
    "kinds",
    "link_of",
    "moment_of",
    "moments",
    "month_numbers",
    "no_person_words",
    "plain_name",
    "quality_texts",
    "rank_of",
    "role_names",
    "spelled",
    "state_codes",
    "transitions",
]

ROLES = ("case", "activity", "status", "resource", "team", "start", "end", "time", "lifecycle", "instance", "field",
         "old_value", "new_value", "sequence", "priority", "category", "due", "agreement", "keep",
         "person", "substatus")  # fmt: skip
_SAYS_NOTHING = frozenset({"id", "key", "name", "number", "type", "value", "summary", "title", "at", "from", "to"})
ITEM_ROLES = frozenset({"case", "priority", "category", "due", "agreement", "keep", "person"})
CASE_PREFIX = "case:"
_LOOSER = 1000  # ranks of names that are recognised by a part only come after all that are recognised whole


@functools.lru_cache(maxsize=1 << 16)  # keys of nested records come by the million, and are few
def plain_name(column: str) -> str:
    """Return a name in lower case without separators and accents: ``"Case ID"`` and ``case_id`` become ``caseid``."""
    plain = unicodedata.normalize("NFKD", column.casefold())
    return re.sub(r"[^a-z0-9]", "", plain)


def _spellings(column: str) -> Iterator[tuple[str, int]]:
    """Yield the plain names under which a column may be known, and what each adds to the rank.

    A column that shows what another one codes (``dv_state``, ``state_display_value``) comes before it; the last part of
    a dotted name, a name without its custom prefix, and either side of a bracket come after every whole name.
    """
    shown = re.sub(r"^dv_|[._ ](display_value|display value|displayname|display name)$", "", column, flags=re.I)
    if shown != column:
        yield plain_name(shown), -1
    yield plain_name(column), 0
    tail = column.rsplit(".", 1)[-1]
    bare = re.sub(r"^(u|inc|mi|incident|task)_", "", tail, flags=re.I)
    bracket = re.fullmatch(r"(.*?)\s*\((.*?)\)( \(again\))*\s*", column)
    for text in (tail, bare, *(bracket.groups()[1::-1] if bracket else ())):
        if (plain := plain_name(text or "")) not in _SAYS_NOTHING:
            yield plain, _LOOSER


def rank_of(column: str, role: str) -> int | None:
    """Return how surely a column's name means a role (the lower, the surer), or None.

    Columns of the item (``case:``, as in flattened XES and nested JSON) play the roles of `ITEM_ROLES` only.
    """
    names = role_names()[role]
    if column.startswith(CASE_PREFIX):
        rank = rank_of(column.removeprefix(CASE_PREFIX), role) if role in ITEM_ROLES else None
        if rank is not None:
            return rank - 2 * _LOOSER
        return 2 * names[plain_name(column)] if plain_name(column) in names else None
    found = [2 * names[name] + more for name, more in _spellings(column) if name in names]
    return min(found, default=None)


def moment_of(column: str) -> tuple[str, int] | None:
    """Return the event that a snapshot's time column stands for, with its usual place, or None."""
    known = moments()
    for name, _ in _spellings(column.removeprefix(CASE_PREFIX)):
        if name in known:
            return known[name]
    return None


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def link_of(column: str) -> tuple[str, str] | None:
    """Return the type of object that a column names and how the item is related to it, or None."""
    known = _links()
    tail = column.removeprefix(CASE_PREFIX).rsplit(".", 1)
    whole = column.removeprefix(CASE_PREFIX).replace(" (again)", "")
    for name in (plain_name(whole), plain_name(re.sub(r"\s*\(.*\)\s*$", "", whole)), plain_name(tail[-1])):
        if name in known:
            return known[name]
    return None


def is_elapsed(column: str) -> bool:
    """Whether a column's name says seconds since the item was opened."""
    return plain_name(column).startswith("secondsto")


def spelled(value: str, known: dict[str, tuple[str, bool]]) -> str | None:
    """Return the kind of entry that a value means: ``acknowledge_log_entry`` and ``ClosedEvent`` lose their endings."""
    plain = plain_name(value)
    return next((name for name in (plain, re.sub(r"(logentry|event)$", "", plain)) if name in known), None)


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
    """Return lifecycle transitions in lower case: ``start``, ``complete``, ``suspend``, ``resume`` or ``other``."""
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


@functools.cache
def closing_rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the rules that recognise a state after which an item is finished: pattern, reason."""
    return tuple((re.compile(row["pattern"], re.IGNORECASE), row["reason"]) for row in _rows("terminal.csv"))


@functools.cache
def json_names(use: str) -> tuple[str, ...]:
    """Return plain names with a use in nested JSON: envelope, connection, item, changes or display, the first first."""
    return tuple(row["name"] for row in _rows("json_names.csv") if row["use"] == use)


@functools.cache
def kinds() -> dict[str, dict[str, tuple[str, bool]]]:
    """Return for each tool the kinds of entry in its history: the event each stands for, and whether it is one."""
    found: dict[str, dict[str, tuple[str, bool]]] = {}
    for row in _rows("kinds.csv"):
        found.setdefault(row["tool"], {})[row["kind"]] = (row["label"], row["use"] == "event")
    return found


@functools.cache
def _links() -> dict[str, tuple[str, str]]:
    """Return plain names of columns that name another object, with its type and how it is related."""
    return {row["name"]: (row["type"], row["qualifier"]) for row in _rows("links.csv")}


@functools.cache
def month_numbers() -> dict[str, int]:
    """Return the first three or four letters of months in several languages, with the month's number."""
    return {row["name"]: int(row["month"]) for row in _rows("month_names.csv")}


@functools.cache
def state_codes() -> dict[str, dict[str, str]]:
    """Return for each table of ServiceNow the codes of its states, with the label of each."""
    found: dict[str, dict[str, str]] = {}
    for row in _rows("state_codes.csv"):
        found.setdefault(row["table"], {})[row["code"]] = row["label"]
    return found


@functools.cache
def quality_texts() -> dict[str, dict[str, str]]:
    """Return what is said of each property of the data: text, harm, what to do, from which share it is serious."""
    return {row["key"]: row for row in _rows("quality.csv")}


@functools.cache
def default_dates() -> tuple[date, ...]:
    """Return dates that tools write where none is known, as far as they are not outside the years that are read."""
    return tuple(date.fromisoformat(row["date"]) for row in _rows("default_dates.csv"))
