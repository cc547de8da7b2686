"""A place written as text, found in the plain data of a model; or the problem that it is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from longwall.errors import suggestion
from longwall.worksystem.places import Step, entry_name, path_steps
from longwall.worksystem.problems import Problem
from longwall.worksystem.shapes import Shape, shape_of
from longwall.worksystem.values import Piece

__all__ = ["Place", "place_of"]

_Token = tuple[str, bool]


@dataclass(frozen=True)
class Place:
    """Where a written path leads.

    Parameters
    ----------
    steps : tuple of str or int
        From the root; entries of lists by position.
    shape : Shape
        What may stand there.
    within : Shape
        What it stands in.
    new : bool
        True for a key that a free-keyed mapping does not have yet.
    """

    steps: tuple[Step, ...]
    shape: Shape
    within: Shape
    new: bool = False


def place_of(root: type[Piece], data: Any, path: str, *, new_key: bool = False) -> Place | Problem:
    """Return the place that a text names.

    Parameters
    ----------
    root : type of Piece
        What the data is.
    data : dict
        Its full plain data, defaults included (``model_dump(mode="json")``).
    path : str
        Keys, ids and positions joined by dots. An id that contains dots may stand in double quotes; without them the
        longest id that fits is taken.
    new_key : bool
        Allow the last step to be a new key of a free-keyed mapping.

    Returns
    -------
    Place or Problem
        The problem carries an empty path; whoever asked knows where the text stands.
    """
    try:
        tokens: Sequence[_Token] = path_steps(path)
    except ValueError as error:
        return Problem((), "LW-WS-023", "a place such as work.functions.triage.work_h", str(error).split("found ")[-1],
                       "join keys and ids with dots")  # fmt: skip
    shape = within = shape_of(root)
    steps: list[Step] = []
    while tokens:
        known = _known(shape, data, ".".join(text for text, _ in tokens))
        step, used = _longest(known, tokens)
        if step is None:
            if new_key and shape.kind == "map":
                child = shape_of(shape.of)
                return Place((*steps, ".".join(text for text, _ in tokens)), child, shape, new=True)
            return _missing(path, tokens[0][0], shape, data, _known(shape, data))
        position = known[step]
        child_shape = shape.child(position)
        if child_shape is None:  # pragma: no cover - known steps have a shape
            raise AssertionError(path)
        steps.append(position)
        within, shape, data, tokens = shape, child_shape, data[position], tokens[used:]
    return Place(tuple(steps), shape, within)


def _known(shape: Shape, data: Any, text: str | None = None) -> dict[str, Step]:
    """Steps that lead further, as they may be written, and the key or position of each; where `text` is given, at least
    those that it begins with: a list may hold hundreds of entries, and to name each takes time.
    """
    if data is None or shape.kind == "leaf":
        return {}
    if shape.kind in ("piece", "map"):
        return {key: key for key in data}
    steps: dict[str, Step] = {str(position): position for position in _positions(len(data), text)}
    for position in range(len(data) - 1, -1, -1):
        entry = data[position]
        if text is not None and not _may_begin(text, entry):
            continue
        name = entry_name(entry)
        if name is not None:
            steps[name] = position
    return steps


def _positions(count: int, text: str | None) -> Iterable[int]:
    """Positions of a list that a text may begin with."""
    if text is None:
        return range(count)
    first = text.split(".", 1)[0]
    return (int(first),) if first.isdecimal() and int(first) < count else ()


def _may_begin(text: str, entry: Any) -> bool:
    """Whether a text may begin with the name of an entry of plain data (`entry_name`); true where that is not plain."""
    if isinstance(entry, str):
        return text.startswith(entry)
    if not isinstance(entry, dict):
        return True
    for key in ("id", "source", "finding", "function"):
        part = entry.get(key)
        if isinstance(part, str):
            return part in text
    return False


def _longest(known: dict[str, Step], tokens: Sequence[_Token]) -> tuple[str | None, int]:
    """The longest run of tokens that is a known step, and how many tokens it takes."""
    if tokens[0][1]:
        return (tokens[0][0], 1) if tokens[0][0] in known else (None, 0)
    loose = next((place for place, (_, quoted) in enumerate(tokens) if quoted), len(tokens))
    for used in range(loose, 0, -1):
        name = ".".join(text for text, _ in tokens[:used])
        if name in known:
            return name, used
    return None, 0


def _missing(path: str, token: str, shape: Shape, data: Any, known: Iterable[str]) -> Problem:
    """A step that leads nowhere."""
    named = [name for name in known if not name.isdigit()]
    near = suggestion(token, named)
    if shape.kind == "leaf":
        expected, do = f"no further step; a single value stands before {token!r}", "shorten the path"
    elif data is None:
        expected, do = f"a value that is set before {token!r}", "set the whole value first"
    else:
        expected = f"one of {', '.join(named[:12])}{', ...' if len(named) > 12 else ''}" if named else "an entry"
        do = f"use {near!r}" if near else "correct the path, or add the entry first"
    return Problem((), "LW-WS-023", expected, f"{token!r} in {path!r}", do)
