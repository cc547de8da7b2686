"""What is wrong with a value that does not fit its place, in the four parts of a fault; never in pydantic's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from pydantic import ValidationError

from longwall.errors import Fault, suggestion
from longwall.worksystem.places import Step
from longwall.worksystem.shapes import Shape, shape_at
from longwall.worksystem.values import Distribution, Parameter, Piece

__all__ = ["faults_of", "found_text"]

_OWN = re.compile(r"^expected (?P<expected>.*?), found (?P<found>.*)$", re.DOTALL)
_KINDS: Mapping[str, str] = {
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "float_type": "a number",
    "float_parsing": "a number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a smaller whole number",
    "int_from_float": "a whole number",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping of names to values",
    "finite_number": "a finite number",
}
_LIMITS: Mapping[str, tuple[str, str]] = {
    "greater_than": ("gt", "more than {}"),
    "greater_than_equal": ("ge", "{} or more"),
    "less_than": ("lt", "less than {}"),
    "less_than_equal": ("le", "{} or less"),
}
_ID = "lower-case letters, digits, '_', '-' and '.', beginning with a letter or digit"
_Where = Callable[[Sequence[Step]], str]


def faults_of(error: ValidationError, root: type[Piece], where: _Where) -> list[tuple[tuple[Step, ...], Fault]]:
    """Return each thing that is wrong with its place.

    Parameters
    ----------
    error : ValidationError
        What validating plain data as `root` raised.
    root : type of Piece
        What the data should be.
    where : callable
        From a place to the text that names it for the reader.
    """
    return [_fault(dict(detail), root, where) for detail in error.errors(include_url=False)]


def found_text(value: Any) -> str:
    """Return what was found, short enough for one line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else f"{value[:57]}...")
    return str(value)


def _fault(detail: dict[str, Any], root: type[Piece], where: _Where) -> tuple[tuple[Step, ...], Fault]:
    """Translate one of pydantic's details."""
    place, kind, value = tuple(detail["loc"]), str(detail["type"]), detail.get("input")
    if kind == "extra_forbidden":
        return place, _unknown_key(place, root, where)
    if kind == "missing":
        return place, Fault("LW-WS-006", where(place[:-1]), f"the key {place[-1]!r}", "none",
                            f"add `{place[-1]}:` here")  # fmt: skip
    if kind == "literal_error":
        return place, _unknown_word(place, value, root, where)
    if kind == "value_error":
        own = _OWN.match(str(detail["ctx"]["error"]))
        parts = (own["expected"], own["found"]) if own else (str(detail["ctx"]["error"]), found_text(value))
        return place, Fault("LW-WS-009", where(place), *parts, "correct the value")
    if kind == "string_pattern_mismatch":
        return place, Fault("LW-WS-008", where(place), f"an id of {_ID}", found_text(value), _id_advice(value))
    if kind in _LIMITS:
        return place, _beyond(place, kind, detail, where)
    if kind in ("too_long", "string_too_long"):
        most = detail["ctx"].get("max_length")
        unit = "characters" if kind == "string_too_long" else "entries"
        return place, Fault("LW-WS-008", where(place), f"at most {most} {unit}", found_text(value), "shorten it")
    expected, do = _KINDS.get(kind), "correct the value"
    if expected is None:
        expected = _described(shape_at(root, place))
    if kind == "string_type" and isinstance(value, int | float):
        do = f'write it in quotes: "{found_text(value)}"'
    return place, Fault("LW-WS-007", where(place), expected, found_text(value), do)


def _unknown_key(place: tuple[Step, ...], root: type[Piece], where: _Where) -> Fault:
    """A key that nothing here knows, with the closest that is known."""
    shape = shape_at(root, place[:-1])
    known = shape.keys if shape is not None else ()
    near = suggestion(str(place[-1]), known)
    do = f"use {near!r}" if near else "remove it; a remark goes into a comment or a note"
    return Fault("LW-WS-005", where(place), f"one of the keys {', '.join(known)}", repr(place[-1]), do)


def _unknown_word(place: tuple[Step, ...], value: Any, root: type[Piece], where: _Where) -> Fault:
    """A word outside a fixed list, with the closest inside."""
    shape = shape_at(root, place)
    known = [str(word) for word in get_args(shape.of)] if shape is not None else []
    near = suggestion(value, known) if isinstance(value, str) else None
    return Fault("LW-WS-008", where(place), f"one of {', '.join(known)}", found_text(value),
                 f"use {near!r}" if near else "choose one of them")  # fmt: skip


def _beyond(place: tuple[Step, ...], kind: str, detail: Mapping[str, Any], where: _Where) -> Fault:
    """A number beyond a limit; a negative duration has its own code."""
    key, text = _LIMITS[kind]
    limit = detail["ctx"][key]
    value = detail.get("input")
    if str(place[-1]).endswith("_h") and kind == "greater_than_equal":
        return Fault("LW-WS-013", where(place), f"a duration of {limit:g} h or more", found_text(value), "correct it")
    return Fault("LW-WS-008", where(place), text.format(f"{limit:g}"), found_text(value), "correct it")


def _id_advice(value: Any) -> str:
    """A spelling of the id that would do."""
    slug = re.sub(r"[^a-z0-9_.-]+", "-", str(value).lower()).strip("-_.")
    return f"use {slug!r}" if slug else "choose another id"


def _described(shape: Shape | None) -> str:
    """Say what kind of value a place holds."""
    if shape is None:
        return "another value"
    if shape.kind == "piece":
        if shape.of is Parameter:
            return "a number, a duration such as '90 min', or a mapping with a value"
        if shape.of is Distribution:
            return "a duration such as '15 min', a number of hours, or a mapping with mean_h"
        return f"a mapping with the keys {', '.join(shape.keys)}"
    return {"list": "a list", "map": "a mapping of names to values"}.get(shape.kind, "another kind of value")
