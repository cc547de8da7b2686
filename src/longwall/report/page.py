"""The page: page one, the contents, a section for each step of the loop; one file, no network, the same bits again."""

from __future__ import annotations

from pathlib import Path

from altair.utils.schemapi import debug_mode

from longwall import __version__
from longwall.provenance import write_bytes
from longwall.report.figures import Figure, drawn, figure_block, write_figure
from longwall.report.markup import Markup, element, join, shortened
from longwall.report.material import Material
from longwall.report.numbers import marks_defined
from longwall.report.page_one import page_one
from longwall.report.sections import Section, sections_of
from longwall.report.theme import stylesheet
from longwall.report.words import sentence

__all__ = ["page_html", "render"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""Whatever a label says, the page loads nothing and runs nothing."""


def render(material: Material, folder: Path) -> Path:
    """Write the report of a study: ``index.html`` and ``figures/NAME.svg`` and ``.png``.

    Can be called after every step; what is missing is said, with the command that makes it.

    Parameters
    ----------
    material : Material
        Results of the steps made so far.
    folder : Path
        Folder of the report; made where it is not there.

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    ReportError
        If a figure cannot be drawn.
    StorageError
        If the disk refuses.
    """
    text, figures = page_html(material)
    for figure, svg in figures:
        write_figure(figure, svg, folder / "figures")
    page = folder / "index.html"
    write_bytes(page, text.encode())
    if (folder / "figures").is_dir():
        current = {figure.name for figure, _ in figures}
        for old in sorted((folder / "figures").iterdir()):
            if old.suffix in (".svg", ".png") and old.stem not in current:
                old.unlink()
    return page


def page_html(material: Material) -> tuple[str, list[tuple[Figure, str]]]:
    """Return the page, and its figures with their drawings as SVG in the colours of light paper."""
    figures: list[tuple[Figure, str]] = []

    def draw(figure: Figure) -> Markup:
        svg = drawn(figure)
        figures.append((figure, svg))
        return figure_block(figure, svg)

    with debug_mode(False):  # figures are drawn from values that were checked: the tests check their form
        sections = sections_of(material, draw)
    body = element(
        "body",
        element("a", "To the content", href="#page-one", class_="skip"),
        marks_defined(),
        element(
            "div",
            _purpose(material),
            page_one(material),
            element(
                "div",
                _contents(sections),
                element("main", [_section(section) for section in sections], _footer(material)),
                class_="body",
            ),
            class_="frame",
        ),
    )
    title = f"{shortened(material.name, 80)} · Longwall"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="generator", content=f"Longwall {__version__}"),
        element("link", rel="icon", href="data:,"),
        element("title", title),
        element("style", Markup(stylesheet())),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n", figures


def _purpose(material: Material) -> Markup:
    """What the results may be used for; heads every report."""
    return element(
        "div",
        element("span", "Purpose: ", element("strong", material.purpose)),
        element("a", "Contents", href="#contents"),
        class_="purpose",
    )


def _contents(sections: list[Section]) -> Markup:
    """The list of sections; what was not made yet says so."""
    entries = [
        element(
            "li",
            element("a", section.title, href=f"#{section.anchor}", class_=None if section.made else "absent"),
            None if section.made else element("span", " (not yet)", class_="absent"),
        )
        for section in sections
    ]
    return element(
        "div", element("nav", element("ol", entries), aria_label="Contents"), class_="contents", id="contents"
    )


def _section(section: Section) -> Markup:
    """One section with its heading."""
    heading = element("h2", section.title, id=f"{section.anchor}-title")
    return element("section", heading, section.body, id=section.anchor, aria_labelledby=f"{section.anchor}-title")


def _footer(material: Material) -> Markup:
    """Who made it, from what, and what it is not for."""
    return element(
        "footer",
        join(
            f"Made by Longwall {__version__} from the folder ",
            element("code", material.folder),
            f", seed {material.seed}. ",
        ),
        sentence(material.purpose),
    )
