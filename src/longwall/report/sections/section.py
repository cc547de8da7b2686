"""A section of the report, and what every section may use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from longwall.report.figures.drawing import Figure
from longwall.report.markup import Content, Markup, element

__all__ = ["Draw", "Section", "bullets", "lead", "more"]

Draw = Callable[[Figure], Markup]
"""Draws a figure, keeps it for its files, and returns it as it stands in the page."""


@dataclass(frozen=True)
class Section:
    """One section: its anchor, title, content, and whether its step was made."""

    anchor: str
    title: str
    body: Markup
    made: bool = True


def lead(*content: Content) -> Markup:
    """Return the sentence that opens a section and says what it shows for this study."""
    return element("p", *content, class_="lead")


def bullets(items: Sequence[Content]) -> Markup | None:
    """Return a list, or nothing where it would be empty."""
    return element("ul", [element("li", item) for item in items]) if items else None


def more(summary: str, *content: Content) -> Markup:
    """Return content that opens on demand."""
    return element("details", element("summary", summary), *content)
