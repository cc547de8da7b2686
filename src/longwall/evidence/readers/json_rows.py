"""From a nested JSON record to flat rows, by one stated rule.

1. A plain value becomes a cell under its key; keys of nested objects are joined with a dot. Envelopes (``fields``,
   ``node``) leave no trace in the name.
2. An object that has a name of its own (``displayName``, ``login``, ``name``, ``key``, ...) is a reference: its name
   stands under the key, and its id under ``KEY.id``. A list of references or values becomes one cell, parted by ``;``.
3. A list of changes (``changelog.histories``, ``timeline``, ``log_entries``) whose members have times makes one row per
   change; the record's own cells repeat under ``case:NAME``, and a record without a change keeps one row. A list of
   changed fields inside a change (``items``) makes one row per field.
4. An object that is the item of the record (``issue`` of an issue event, ``incident`` of a log entry) stands under
   ``case:NAME``.
5. Long texts (above 1,000 letters) and addresses of pages are not read: they are free text, or say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from longwall.evidence.tables import CASE_PREFIX, json_names, moments, plain_name, role_names

__all__ = ["flat_rows", "lists_changes", "of_the_item"]

MAX_TEXT = 1000
MAX_DEPTH = 6
MAX_LIST = 200

Cells = dict[str, str]


def flat_rows(record: dict[str, Any], *, nested: bool = False) -> list[Cells]:
    """Return the rows of a record, each a mapping of column name to text.

    Parameters
    ----------
    record : dict
        As parsed from JSON.
    nested : bool
        Whether other records of the file list their changes, so that this one's own cells stand under ``case:NAME``
        even if it lists none.

    Returns
    -------
    list of dict of str to str
        One or more; values are never empty.
    """
    key, changes = _changes(record)
    own: Cells = {}
    _cells(own, {name: value for name, value in record.items() if name != key}, "", 0)
    if key is None:
        return [of_the_item(own) if nested else own]
    if _timed(changes):
        own = of_the_item(own)
    rows = [own | row for change in changes for row in _change_rows(change)]
    return rows or [own]


def lists_changes(record: dict[str, Any]) -> bool:
    """Whether a record has a list of changes with times."""
    key, changes = _changes(record)
    return key is not None and _timed(changes)


def of_the_item(row: Cells) -> Cells:
    """Return a row with every cell under ``case:NAME``."""
    return {name if name.startswith(CASE_PREFIX) else CASE_PREFIX + name: text for name, text in row.items()}


def _timed(changes: list[dict[str, Any]]) -> bool:
    """Whether changes have times of their own; an empty list does not say that they have none."""
    return not changes or any(_has_time(change) for change in changes[:50])


def _changes(record: dict[str, Any]) -> tuple[str | None, list[dict[str, Any]]]:
    """Find the list of changes of a record: the key it lies under, and its members."""
    for name, value in record.items():
        if plain_name(name) in json_names("changes"):
            found = _members(value)
            if found is None and isinstance(value, dict):
                _, inner = _changes(value)
                found = inner if any(plain_name(key) in json_names("changes") for key in value) else None
            if found is not None:
                return name, found
    return None, []


def _members(value: Any) -> list[dict[str, Any]] | None:
    """The objects of a list, or of a connection (``nodes``, ``edges``); None where it is neither."""
    if isinstance(value, dict):
        inner = next((value[key] for key in value if plain_name(key) in json_names("connection")), None)
        return _members(inner) if isinstance(inner, list) else None
    if not isinstance(value, list) or any(not isinstance(item, dict) for item in value[:MAX_LIST]):
        return None
    return [item.get("node", item) if isinstance(item.get("node", item), dict) else item
            for item in value if isinstance(item, dict)]  # fmt: skip


def _has_time(change: dict[str, Any]) -> bool:
    """Whether a key of an object is named as a time."""
    return any(plain_name(key) in role_names()["time"] or plain_name(key) in moments() for key in change)


def _change_rows(change: dict[str, Any]) -> Iterator[Cells]:
    """Rows of one change: one per changed field where it lists them."""
    key, fields = _changes(change)
    own: Cells = {}
    _cells(own, {name: value for name, value in change.items() if name != key}, "", 0)
    for field in fields or [{}]:
        row: Cells = {}
        _cells(row, field, "", 0)
        yield own | row


def _cells(out: Cells, found: dict[str, Any], prefix: str, depth: int) -> None:
    """Put the cells of an object into a row; what stands there already stays."""
    for key, value in found.items():
        plain = plain_name(key)
        if isinstance(value, dict):
            if plain in json_names("envelope"):
                _cells(out, value, prefix, depth + 1)
            elif not prefix and depth == 0 and plain in json_names("item") and len(value) > 1:
                _cells(out, value, CASE_PREFIX, depth + 1)
            else:
                _reference(out, value, prefix + str(key), depth)
        elif isinstance(value, list):
            _put(out, prefix + str(key), "; ".join(filter(None, (_shown(item) for item in value[:MAX_LIST]))))
        else:
            _put(out, prefix + str(key), _text(value))


def _reference(out: Cells, value: dict[str, Any], name: str, depth: int) -> None:
    """An object in an object: its own name and id, or its cells."""
    members = _members(value)
    if members is not None:
        _put(out, name, "; ".join(filter(None, (_shown(item) for item in members[:MAX_LIST]))))
        return
    shown = _own_name(value)
    if shown:
        _put(out, name, shown)
        _put(out, f"{name}.id", _text(value.get("id", value.get("value", ""))))
    elif depth < MAX_DEPTH:
        _cells(out, value, f"{name}.", depth + 1)


def _own_name(value: dict[str, Any]) -> str:
    """The name that an object has of its own, or nothing."""
    plain = {plain_name(key): inner for key, inner in value.items()}
    return next((text for key in json_names("display") if (text := _text(plain.get(key)))), "")


def _shown(item: Any) -> str:
    """A member of a list as text: itself, its name, or the name of the first object in it."""
    if not isinstance(item, dict):
        return _text(item)
    name = _own_name(item)
    if name:
        return name
    return next((found for inner in item.values() if isinstance(inner, dict) and (found := _own_name(inner))), "")


def _text(value: Any) -> str:
    """A plain value as text; nothing for what is no plain value, long, or an address."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        try:
            return str(value)
        except ValueError:  # thousands of digits
            return ""
    if not isinstance(value, str) or len(value) > MAX_TEXT or value.startswith(("http://", "https://")):
        return ""
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _put(out: Cells, name: str, text: str) -> None:
    if text:
        out.setdefault(name, text.replace("\0", ""))
