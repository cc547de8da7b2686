"""A figure with all that must go with it, and its drawing as SVG and PNG: the same bytes for the same input."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache, wraps
from io import BytesIO
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import altair as alt
import vl_convert as vlc

from longwall.errors import Fault, ReportError
from longwall.provenance import write_bytes
from longwall.report.markup import Markup, Table, element, join, table_of
from longwall.report.theme import altair_config, for_page

__all__ = ["Chart", "Figure", "drawn", "figure_block", "once", "values_of", "write_figure"]

_ID = re.compile(r'\b(id="|url\(#|href="#)([A-Za-z_][\w-]*)')
_WIDTH = re.compile(r'width="([\d.]+)"')
_PNG_SCALE = 2.0
_READABLE = 500.0
_KEPT = 64

Made = TypeVar("Made")
Told = ParamSpec("Told")
Chart = alt.Chart | alt.LayerChart | alt.HConcatChart | alt.VConcatChart | alt.FacetChart


@dataclass(frozen=True)
class Figure:
    """One figure of the report.

    Parameters
    ----------
    name : str
        Of its files, lower-case letters, digits and hyphens.
    sentence : str
        What it shows for this study; stands above it.
    alt : str
        What a reader who cannot see it must know of its form.
    chart : Altair chart or str
        The specification, or a finished SVG in the colours of light paper.
    table : Table
        The numbers behind it.
    command : str
        What computes its numbers again.
    key : str
        How to read its marks, below it; may be empty.
    """

    name: str
    sentence: str
    alt: str
    chart: Chart | str
    table: Table
    command: str
    key: str = ""

    @cached_property
    def specification(self) -> str:
        """The chart as JSON, with the theme of light paper; empty for a finished SVG."""
        if isinstance(self.chart, str):
            return ""
        found = json.loads(self.chart.to_json(validate=False))
        found["config"] = altair_config() | {"title": {"anchor": "start"}}
        found["usermeta"] = {"embedOptions": {"renderer": "svg"}}
        return json.dumps(found)


def once(make: Callable[Told, Made]) -> Callable[Told, Made]:
    """Keep the last figures that a function made: the report of each step shows most of those before it again.

    For functions of plain values, which are known again by what they hold; what differs in form only is made anew.
    """
    kept: dict[bytes, Made] = {}

    @wraps(make)
    def known(*args: Told.args, **named: Told.kwargs) -> Made:
        buffer = BytesIO()
        pickler = pickle.Pickler(buffer)
        pickler.fast = True  # two of the same thing and one thing twice are alike
        pickler.dump((args, named))
        key = buffer.getvalue()
        if key not in kept:
            while len(kept) >= _KEPT:
                del kept[next(iter(kept))]
            kept[key] = make(*args, **named)
        return kept[key]

    return known


def values_of(rows: list[dict[str, Any]]) -> alt.InlineData:
    """Return rows as data that stand inside the specification, so that no file and no name with a hash is needed."""
    return alt.InlineData(values=rows)


def drawn(figure: Figure) -> str:
    """Return a figure as SVG in the colours of light paper.

    The identifiers inside are numbered from zero and carry the figure's name: a page may hold many, and the same input
    gives the same bytes.

    Raises
    ------
    ReportError
        If the figure cannot be drawn.
    """
    if isinstance(figure.chart, str):
        return figure.chart
    try:
        svg = _svg(figure.specification)
    except ValueError as error:
        raise ReportError(
            Fault("LW-RE-001", f"figure {figure.name}", "a figure that can be drawn", str(error).splitlines()[0],
                  "run `longwall report` again; if it stays, this is a fault of Longwall: please report it")
        ) from error  # fmt: skip
    names: dict[str, str] = {}

    def renamed(match: re.Match[str]) -> str:
        return match[1] + names.setdefault(match[2], f"{figure.name}-{len(names)}")

    return _ID.sub(renamed, svg)


def write_figure(figure: Figure, svg: str, folder: Path) -> None:
    """Write a drawing as ``NAME.svg`` and ``NAME.png``."""
    write_bytes(folder / f"{figure.name}.svg", svg.encode())
    write_bytes(folder / f"{figure.name}.png", _png(svg))


@lru_cache(maxsize=_KEPT)
def _svg(specification: str) -> str:
    """Draw once what the report of each step shows again."""
    return str(vlc.vegalite_to_svg(specification, allowed_base_urls=[]))


@lru_cache(maxsize=_KEPT)
def _png(svg: str) -> bytes:
    """The same for pictures of dots."""
    return bytes(vlc.svg_to_png(svg, scale=_PNG_SCALE))


def figure_block(figure: Figure, svg: str) -> Markup:
    """Return a figure as it stands in the page: sentence, drawing, key, table, how to make it again."""
    # On a narrow screen a figure scrolls in its box rather than shrink until its words cannot be read.
    least = min(float(match[1]) if (match := _WIDTH.search(svg)) else _READABLE, _READABLE)
    named = f'<svg role="img" aria-labelledby="{figure.name}-alt" style="min-width:{least:.0f}px" '
    picture = for_page(svg).replace("<svg ", named, 1)
    title = f'<title id="{figure.name}-alt">{join(figure.alt)}</title>'
    at = picture.index(">") + 1
    picture = picture[:at] + title + picture[at:]
    return element(
        "figure",
        element("figcaption", figure.sentence),
        element("div", Markup(picture), class_="drawing", tabindex=0, role="group", aria_label=figure.alt),
        element("p", figure.key, class_="key") if figure.key else None,
        element(
            "details",
            element("summary", "The numbers behind it"),
            table_of(figure.table),
        ),
        element(
            "p",
            "Again: ",
            element("code", figure.command),
            " · ",
            element("code", f"figures/{figure.name}.svg"),
            ", ",
            element("code", ".png"),
            class_="again",
        ),
        id=f"figure-{figure.name}",
    )
