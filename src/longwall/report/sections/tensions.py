"""Tensions: what gets better along four levers, at which price, where today stands, and what cannot be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.figures.tensions import tension_figure
from longwall.report.markup import Content, Markup, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import mark
from longwall.report.sections.section import Draw, Section, bullets, lead, more
from longwall.report.words import absent, counted, listed, sentence

if TYPE_CHECKING:
    from longwall.assessment import RestsOn, Tension

__all__ = ["tensions_section"]


def tensions_section(material: Material, draw: Draw) -> Section:
    """Return the section on tensions."""
    title = "Tensions"
    found = material.tensions
    if found is None:
        return Section("tensions", title, absent("The tensions", material.missing_of("tensions")), made=False)
    shown = [one.name[0].lower() + one.name[1:] for one in found.tensions if one.shown]
    parts: list[Content] = [
        lead(
            f"{counted(len(shown), 'tension')} of {len(found.tensions)} show in this system"
            + (f": {listed(shown)}. " if shown else ". ")
            + "A lever is moved and everything else stays; every setting meets the same luck. There is no best point: "
            "where to stand is for people to decide."
        ),
        [_tension(material, one, draw) for one in found.tensions],
        bullets([sentence(text) for text in found.cautions]),
    ]
    return Section("tensions", title, join(parts))


def _tension(material: Material, tension: Tension, draw: Draw) -> Markup:
    """One tension: its curves, or the sentence that there are none."""
    figure = tension_figure(tension, command=material.command("tensions"))
    body: list[Content] = [draw(figure) if figure is not None else element("p", tension.statement)]
    if figure is not None:
        body.append(element("p", "Lever: ", sentence(tension.lever)))
    if tension.cautions:
        body.append(bullets([sentence(text) for text in tension.cautions]))
    if tension.cannot:
        body.append(element("p", "What this cannot show: ", "; ".join(tension.cannot), "."))
    if tension.rests_on:
        body.append(more(f"What it rests on ({counted(len(tension.rests_on), 'number')})", _rests(tension.rests_on)))
    return join(element("h3", tension.name), *body)


def _rests(numbers: tuple[RestsOn, ...]) -> Markup:
    """Parameters with footing, tag and source."""
    rows = [
        (
            element("code", one.name),
            join(f"{one.value:g} {one.unit}".strip(), "\u00a0", mark(one.footing)),
            one.tag,
            one.source or "none",
        )
        for one in numbers
    ]
    table = Table("Parameters of people and machines that this tension rests on, with evidence tag",
                  ("Parameter", "Value#", "Tag", "Source"), rows)  # fmt: skip
    return table_of(table, class_="dense")
