"""HTML from typed functions: what is not `Markup` already is escaped, so a label of a log never becomes markup."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Content", "Markup", "Table", "clean", "element", "join", "shortened", "table_of"]

_VOID = frozenset({"br", "col", "hr", "img", "link", "meta"})
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


class Markup(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


Content = str | Markup | None | Iterable["Content"]
"""What may stand inside an element: text is escaped, `Markup` is kept, None is left out."""


def clean(text: str) -> str:
    """Return a text without control and direction characters, with runs of white space as one blank.

    A label may hold anything; a character that turns the reading direction or ends a string early can make a page say
    what is not in it.
    """
    return " ".join(_SURROGATE.sub("\ufffd", _UNSEEN.sub("", text)).split())


def shortened(text: str, limit: int) -> str:
    """Return at most `limit` characters of a text, cut at a word where there is one, with an ellipsis."""
    text = clean(text)
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    at_word = head.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > limit // 2 else head).rstrip(" ,;:") + "…"


def join(*content: Content) -> Markup:
    """Return the contents one after the other as HTML, text escaped."""
    parts: list[str] = []
    for piece in content:
        if piece is None:
            continue
        if isinstance(piece, Markup):
            parts.append(piece)
        elif isinstance(piece, str):
            parts.append(html.escape(_SURROGATE.sub("\ufffd", _UNSEEN.sub("", piece)), quote=True))
        else:
            parts.extend(join(inner) for inner in piece)
    return Markup("".join(parts))


def element(name: str, /, *content: Content, **attributes: str | int | float | bool | None) -> Markup:
    """Return one element.

    Parameters
    ----------
    name : str
        Of the tag.
    *content : Content
        Text is escaped.
    **attributes : str, int, float, bool or None
        ``class_`` becomes ``class``, ``aria_label`` becomes ``aria-label``; True is an attribute without a value, None
        and False are left out. Values are escaped.
    """
    shown = []
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        key = key.rstrip("_").replace("_", "-")
        shown.append(f" {key}" if value is True else f' {key}="{join(str(value))}"')
    head = f"<{name}{''.join(shown)}>"
    return Markup(head if name in _VOID else f"{head}{join(*content)}</{name}>")


@dataclass(frozen=True)
class Table:
    """A table with its caption; the first column heads its rows.

    Parameters
    ----------
    caption : str
        What the table shows.
    columns : sequence of str
        Heads; one that ends in ``#`` (dropped) is a column of numbers and stands to the right.
    rows : sequence of sequences of Content
        As long as `columns`, each.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Content]]


def table_of(table: Table, *, class_: str | None = None) -> Markup:
    """Return a table as HTML, in a box of its own that scrolls sideways on a narrow screen."""
    numeric = [column.endswith("#") for column in table.columns]
    head = element(
        "tr",
        [
            element("th", column.removesuffix("#"), scope="col", class_="n" if right else None)
            for column, right in zip(table.columns, numeric, strict=True)
        ],
    )
    body = []
    for row in table.rows:
        cells = [element("th", row[0], scope="row", class_="n" if numeric[0] else None)]
        for cell, right in zip(row[1:], numeric[1:], strict=True):
            cells.append(element("td", cell, class_="n" if right else None))
        body.append(element("tr", cells))
    inner = element(
        "table", element("caption", table.caption), element("thead", head), element("tbody", body), class_=class_
    )
    return element("div", inner, class_="scroll", tabindex=0, role="region", aria_label=table.caption)
