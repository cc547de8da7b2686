"""Values of the model out: plain data without defaults, and YAML text as a person would lay it out.

Equal values give equal text. Defaults are left out, a parameter that is only a value is a bare number, and so is an
exponential that is only a mean. Short things stand on one line, long lists of numbers in rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic.fields import FieldInfo

from longwall.worksystem.demand import DemandClass
from longwall.worksystem.values import Distribution, Parameter, Piece
from longwall.worksystem.week import rows_of_profile

__all__ = ["block_lines", "entry_lines", "inline_text", "plain", "same"]

_WIDTH = 110
_INLINE = 100
_WORDS = re.compile(r"[^\W\d_][^\x00-\x1f\x7f-\xa0\u2000-\u200f\u2028-\u202f\u3000\ufeff:#]*")
_COLON = re.compile(r":(?=[^\s,\[\]{}:#])")
_RESERVED = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


def plain(value: Any) -> Any:
    """Return a value as the plain data that YAML holds: without defaults, in the shortest form.

    Parameters
    ----------
    value : Piece, or anything made of pieces, tuples, mappings, text, numbers and None
    """
    if isinstance(value, Piece):
        return _plain_piece(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(entry) for entry in value]
    return value


def same(one: Any, other: Any) -> bool:
    """Tell whether two plain values are equal; unlike ``==``, true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(left, right) for left, right in zip(one, other, strict=True))
    return bool(one == other)


def entry_lines(key: str, value: Any, indent: int) -> list[str]:
    """Return ``key: value`` as lines; all but the first carry `indent` spaces already."""
    text = inline_text(value) if _stands_inline(value) else None
    head = f"{_text(key, inside=True)}:"
    if text is not None and len(text) + len(head) + indent <= _WIDTH:
        return [f"{head} {text}"]
    if isinstance(value, list) and text is not None:
        return _rows(head, value, indent)
    if isinstance(value, list | dict):
        pad = " " * (indent + 2)
        lines = block_lines(value, indent + 2)
        return [head, pad + lines[0], *lines[1:]]
    return [f"{head} {_text(value, inside=False) if isinstance(value, str) else text}"]


def block_lines(value: Any, indent: int) -> list[str]:
    """Return a list or mapping as lines, one entry below the other; all but the first carry `indent` spaces."""
    pad = " " * indent
    lines: list[str] = []
    if isinstance(value, dict) and value:
        for key, entry in value.items():
            first, *rest = entry_lines(key, entry, indent)
            lines += [pad + first, *rest]
    elif isinstance(value, list) and value:
        for entry in value:
            inline = _stands_inline(entry) and not (isinstance(entry, dict) and len(inline_text(entry)) > _INLINE)
            first, *rest = [inline_text(entry)] if inline else block_lines(entry, indent + 2)
            lines += [f"{pad}- {first}", *rest]
    else:
        return [inline_text(value)]
    return [lines[0][indent:], *lines[1:]]


def inline_text(value: Any) -> str:
    """Return a value on one line, lists and mappings in brackets."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key, inside=True)}: {inline_text(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline_text(entry) for entry in value) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else _text(str(value), inside=True)


def _plain_piece(piece: Piece) -> Any:
    """Fields that differ from their default; free-keyed mappings sorted, because equal ones have no order."""
    fields = dict(_changed(piece))
    if isinstance(piece, Parameter) and fields.keys() == {"value"}:
        return plain(piece.value)
    if isinstance(piece, Distribution) and fields.keys() == {"mean_h"}:
        return plain(piece.mean_h)
    if isinstance(piece, DemandClass) and piece.profile:
        fields["profile"] = rows_of_profile(piece.profile)
    return {
        key: plain(dict(sorted(value.items())) if isinstance(value, dict) and _of_pieces(value) else value)
        for key, value in fields.items()
    }


def _of_pieces(value: Mapping[str, Any]) -> bool:
    """Tell whether a mapping holds pieces, whose order means nothing."""
    return all(isinstance(entry, Piece) for entry in value.values())


def _changed(piece: Piece) -> Iterator[tuple[str, Any]]:
    """Yield key and value of each field that is required or differs from its default."""
    fields: dict[str, FieldInfo] = type(piece).model_fields
    for key, info in fields.items():
        value = getattr(piece, key)
        if info.is_required() or value != info.get_default(call_default_factory=True):
            yield key, value


def _stands_inline(value: Any) -> bool:
    """Tell whether a value is short enough in kind for one line: scalars, lists of scalars, small nameless mappings."""
    if isinstance(value, dict):
        small = "id" not in value and all(
            _stands_inline(entry) and not isinstance(entry, dict) for entry in value.values()
        )
        return not value or (small and len(inline_text(value)) <= _INLINE)
    if isinstance(value, list):
        return not any(isinstance(entry, list | dict) for entry in value)
    return not (isinstance(value, str) and len(value) > _INLINE)


def _rows(head: str, values: list[Any], indent: int) -> list[str]:
    """Lay a long list of scalars out in rows."""
    pad = " " * (indent + 2)
    lines, row = [f"{head} ["], pad
    for position, value in enumerate(values):
        cell = inline_text(value) + ("," if position < len(values) - 1 else "")
        if row != pad and len(row) + len(cell) + 1 > _WIDTH:
            lines.append(row)
            row = pad
        row += cell if row == pad else f" {cell}"
    return [*lines, f"{row}]"]


def _text(text: str, *, inside: bool) -> str:
    """Return text bare where YAML reads the same text back, else in double quotes; `inside`: between brackets."""
    loose = _COLON.sub("", text)
    if (
        _WORDS.fullmatch(loose)
        and _WORDS.match(text)
        and text == text.strip()
        and text.lower() not in _RESERVED
        and not (inside and re.search(r"[,\[\]{}]", text))
        and text.isprintable()
    ):
        return text
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    """Return one character as it stands between double quotes."""
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
