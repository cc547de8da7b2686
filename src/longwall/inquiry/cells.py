"""A line of words into one answer: cells between semicolons, numbers with or without their unit, yes and no."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from longwall.errors import suggestion
from longwall.inquiry.questions import Column, Question
from longwall.units import duration_h
from longwall.worksystem import Piece

__all__ = ["line_of", "plain_of"]

_YES = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_NUMBER = re.compile(r"^\s*([-+]?\d[\d.,\s]*?)\s*([a-z%]*)\.?\s*$", re.IGNORECASE)
_THOUSANDS = re.compile(r"^\d{1,3}([,\s]\d{3})+$")
_TIMES = {"min", "minute", "minutes", "h", "hour", "hours", "s", "sec", "second", "seconds", "d", "day", "days"}


def plain_of(line: str, question: Question) -> dict[str, Any]:
    """Return the plain data of one line of an answer.

    Parameters
    ----------
    line : str
        Cells in the order of the question's columns, separated by semicolons; one that is left out takes its default.

    Raises
    ------
    ValueError
        If a cell cannot be read or is missing; says which, what was expected and an example.
    """
    cells = [cell.strip() for cell in line.split(";")]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > len(question.columns):
        labels = "; ".join(column.label for column in question.columns)
        raise ValueError(f"expected at most {len(question.columns)} parts ({labels}), found {len(cells)}")
    found: dict[str, Any] = {}
    for place, column in enumerate(question.columns):
        cell = cells[place] if place < len(cells) else ""
        if cell:
            found[column.key] = _value(cell, column)
        elif column.needed:
            raise ValueError(f"expected {column.label!r}, found nothing; for example: {question.example}")
        elif column.default:
            found[column.key] = _value(column.default, column)
    return found


def line_of(piece: Piece | Mapping[str, Any], question: Question) -> str:
    """Return one line of an answer as a person would write it; `plain_of` reads it back."""
    plain = piece if isinstance(piece, Mapping) else piece.model_dump(mode="json")
    cells = [_text(plain.get(column.key), column) for column in question.columns]
    while cells and not cells[-1]:
        cells.pop()
    return "; ".join(cells)


def _text(value: Any, column: Column) -> str:
    """One cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def _value(cell: str, column: Column) -> Any:
    """Read one cell as its column says."""
    if column.kind == "number":
        return _number(cell, column)
    if column.kind == "yes":
        known = _YES.get(cell.casefold())
        if known is None:
            raise ValueError(f"expected yes or no at {column.label!r}, found {cell!r}")
        return known
    if column.kind == "choice":
        return _choice(cell, column)
    return cell


def _number(cell: str, column: Column) -> float:
    """A number; ``1,5`` is one and a half, ``1,500`` is fifteen hundred, minutes may be written with their unit."""
    match = _NUMBER.match(cell)
    if match is None:
        raise ValueError(f"expected a number at {column.label!r}, such as {column.example}, found {cell!r}")
    digits, unit = match[1].strip(), match[2].casefold()
    if _THOUSANDS.match(digits):
        digits = re.sub(r"[,\s]", "", digits)
    try:
        number = float(digits.replace(",", "."))
        if unit in _TIMES:
            if column.key not in ("minutes", "hours_out"):
                raise ValueError
            number = duration_h(f"{number} {unit}") * (60 if column.key == "minutes" else 1)
    except ValueError:
        raise ValueError(f"expected a number at {column.label!r}, such as {column.example}, found {cell!r}") from None
    return number


def _choice(cell: str, column: Column) -> str:
    """One of the choices: its key, its words, its number in the list, or how one of these begins."""
    folded = cell.casefold().replace(" ", "_")
    keys = list(column.choices)
    if cell.isdigit() and 1 <= int(cell) <= len(keys):
        return keys[int(cell) - 1]
    ways = {key: key for key in keys} | {
        words.casefold().replace(" ", "_"): key for key, words in column.choices.items()
    }
    if folded in ways:
        return ways[folded]
    begins = {key for way, key in ways.items() if way.startswith(folded)}
    if len(begins) == 1:
        return begins.pop()
    near = suggestion(folded, ways)
    raise ValueError(
        f"expected one of {', '.join(keys)} at {column.label!r}, found {cell!r}"
        + (f"; did you mean {ways[near]!r}?" if near else "")
    )
