"""How a place in a model is named: keys and ids joined by dots, in patches as in faults.

A place is a tuple of steps: the key of a mapping, or the entry of a list by its name. The name of an entry is its id;
a route is ``triage->network``, for one demand class ``triage->network@incident``, with memory
``intake/triage->network``; a link that does more than communicate ``analyst->lead:reports_to``; a detection is named
by its function, an answer by its finding and who gives it. An entry without a name, such as a shift, goes by its
position.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

__all__ = ["Step", "entry_name", "named_place", "names_of", "path_steps", "path_text", "positions_of"]

Step = str | int
"""One step of a place: a key or name, or a position in a list."""

_STEP = re.compile(r'"([^"]*)"|([^."]+)')


def entry_name(entry: Any) -> str | None:
    """Return the name under which a list holds an entry, or None where it has none.

    Parameters
    ----------
    entry : Piece, mapping or any
        A value of the model, or the plain data of one.
    """
    if isinstance(entry, str):
        return entry
    get = _reader(entry)
    if get is None:
        return None
    if isinstance(get("id"), str):
        return f"{get('id')}@{get('scope')}" if isinstance(get("scope"), str) else str(get("id"))
    if isinstance(get("source"), str) and isinstance(get("target"), str):
        return _arrow(get)
    if isinstance(get("finding"), str):
        return f"{get('finding')}@{get('who')}" if get("who") else str(get("finding"))
    return str(get("function")) if isinstance(get("function"), str) else None


def names_of(entries: Sequence[Any]) -> list[str] | None:
    """Return the names of all entries of a list, or None where one has no name or two share one."""
    names = [entry_name(entry) for entry in entries]
    if any(name is None for name in names) or len(set(names)) < len(names):
        return None
    return [name for name in names if name is not None]


def path_text(steps: Sequence[Step]) -> str:
    """Return a place as text; a name that contains a dot stands in double quotes."""
    return ".".join(f'"{step}"' if isinstance(step, str) and "." in step else str(step) for step in steps)


def path_steps(path: str) -> list[tuple[str, bool]]:
    """Return the steps of a written place, each with whether it stood in quotes.

    Raises
    ------
    ValueError
        If the text is empty, or has an empty step or an open quote.
    """
    steps: list[tuple[str, bool]] = []
    at = 0
    while at <= len(path):
        match = _STEP.match(path, at)
        if match is None or (match.end() < len(path) and path[match.end()] != "."):
            raise ValueError(f"expected keys and ids joined by dots, found {path!r}")
        steps.append((match[2], False) if match[1] is None else (match[1], True))
        at = match.end() + 1
    return steps


def positions_of(data: Any, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the same place with positions instead of names, as far as it exists in plain data."""
    found: list[Step] = []
    for step in steps:
        if isinstance(data, Mapping) and step in data:
            found.append(step)
            data = data[step]
        elif isinstance(data, Sequence) and not isinstance(data, str):
            position = step if isinstance(step, int) else _position(data, step)
            if position is None or position >= len(data):
                break
            found.append(position)
            data = data[position]
        else:
            break
    return tuple(found)


def named_place(data: Any, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return a place with names instead of positions, where the entries of plain data have one."""
    found: list[Step] = []
    for step in steps:
        inside = isinstance(data, list) and isinstance(step, int) and step < len(data)
        name = entry_name(data[step]) if inside and isinstance(data[step], Mapping) else None
        found.append(step if name is None else name)
        place = positions_of(data, (step,))
        data = data[place[0]] if place else None
    return tuple(found)


def _position(entries: Sequence[Any], name: str) -> int | None:
    """Position of the first entry of that name."""
    return next((place for place, entry in enumerate(entries) if entry_name(entry) == name), None)


def _reader(entry: Any) -> Any:
    """Give one way to look a key up in a value of the model and in plain data."""
    if isinstance(entry, BaseModel):
        return vars(entry).get
    return entry.get if isinstance(entry, Mapping) else None


def _arrow(get: Any) -> str:
    """Name of a route or link."""
    after = get("after") if isinstance(get("after"), list | tuple) else ()
    name = "/".join([*(str(step) for step in after), str(get("source"))]) + f"->{get('target')}"
    if isinstance(get("demand"), str):
        name += f"@{get('demand')}"
    if get("outcome"):
        name += f"={get('outcome')}"
    kind = get("kind")
    return f"{name}:{kind}" if isinstance(kind, str) and kind != "communicates" else name
