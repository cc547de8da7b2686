"""Opportunities for automation as points: technical across, social up, the levels of a function joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from longwall.report.figures.drawing import Figure, values_of
from longwall.report.markup import Table
from longwall.report.theme import COLOURS
from longwall.report.words import counted

if TYPE_CHECKING:
    from longwall.alignment.automation import Opportunities
    from longwall.report.material import Material

__all__ = ["automation_figure"]

_WIDTH, _HEIGHT = 560, 330
_LETTER, _LINE = 6, 12
"""Pixels that a letter of a label is wide, and that a label is high."""
_KINDS = {"augments": "a person decides", "unless stopped": "acts unless stopped", "acts alone": "acts alone",
          "not yet": "acts alone, not offered yet", "withheld": "withheld"}  # fmt: skip
_SHADES = ("social", "environment", "technical", "muted", "ink")


def automation_figure(material: Material, found: Opportunities, *, command: str) -> Figure | None:
    """Return every level of every candidate; None where there is none."""
    if not found.opportunities:
        return None
    names = {one.function: material.label(one.function, "function") for one in found.candidates}
    rows: list[dict[str, Any]] = [
        {"function": names[one.function], "level": str(one.level), "kind": _KINDS[one.offered], "order": one.level,
         "technical": one.technical.value, "social": one.social.value}
        for one in found.opportunities
    ]  # fmt: skip
    both = [one for one in found.opportunities if one.technical.high < 0.0 and one.social.high < 0.0]
    sentence = f"{counted(len(both), 'level')} of {len(found.opportunities)} are better on both sides beyond noise."
    if not both:
        sentence = f"None of {counted(len(found.opportunities), 'level')} is better on both sides beyond noise."
    if len(both) == 1:
        sentence = f"One level of {len(found.opportunities)} is better on both sides beyond noise."
    x = alt.X("technical:Q", title="technical, change against today (left is better)", axis=alt.Axis(format="+.0%"))
    y = alt.Y("social:Q", title="social (down is better)", axis=alt.Axis(format="+.0%"))
    base = alt.Chart(values_of(rows), width=_WIDTH, height=_HEIGHT).encode(x=x, y=y)
    kinds = [words for words in _KINDS.values() if any(row["kind"] == words for row in rows)]
    shades = [COLOURS[shade][0] for shade, words in zip(_SHADES, _KINDS.values(), strict=True) if words in kinds]
    colour = alt.Color(
        "kind:N", title=None, scale=alt.Scale(domain=kinds, range=shades), legend=alt.Legend(orient="top")
    )
    ink = COLOURS["muted"][0]
    zero: list[dict[str, Any]] = [{"at": 0.0}]
    layers = [
        alt.Chart(values_of(zero)).mark_rule(color=ink, strokeWidth=1).encode(x="at:Q"),
        alt.Chart(values_of(zero)).mark_rule(color=ink, strokeWidth=1).encode(y="at:Q"),
        base.mark_line(color=ink, strokeWidth=0.8, opacity=0.6).encode(detail="function:N", order="order:Q"),
        base.mark_point(filled=True, size=60, opacity=1).encode(
            color=colour, shape=alt.Shape("function:N", title=None, legend=alt.Legend(orient="right"))
        ),
        alt.Chart(values_of(_labels(rows)), width=_WIDTH, height=_HEIGHT)
        .mark_text(dx=8, dy=-7, align="left", fontSize=10, color=COLOURS["ink"][0])
        .encode(x=x, y=y, text="level:N"),
    ]
    table = [
        (names[one.function], str(one.level), f"{one.technical.value:+.1%}", f"{one.social.value:+.1%}", one.offered)
        for one in found.opportunities
    ]  # fmt: skip
    return Figure(
        name="automation",
        sentence=sentence,
        alt=f"Points of {counted(len(rows), 'level')}: technical change across, social change up; zero is today.",
        chart=alt.LayerChart(layer=layers),
        table=Table("Change within each column", ("Function", "Level#", "Technical#", "Social#", "Offered"), table),
        command=command,
        key="A point is one level of one function, with its number and those of levels that lie under it. A "
        "thin line joins the levels of a function. "
        "Grey lines: today. Each side is the worse of routine and of a machine that is out for a day. All of it rests "
        "on assumed parameters.",
    )


def _labels(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the numbers of the levels where they stand: one label for levels whose numbers would meet."""
    spans = {}
    for side, pixels in (("technical", _WIDTH), ("social", _HEIGHT)):
        values = [0.0, *(row[side] for row in rows)]
        spans[side] = pixels / (max(values) - min(values) or 1.0)
    found: list[dict[str, Any]] = []
    for row in rows:
        meets = next(
            (
                one
                for one in found
                if abs(one["technical"] - row["technical"]) * spans["technical"] < _LETTER * (len(one["level"]) + 2)
                and abs(one["social"] - row["social"]) * spans["social"] < _LINE
            ),
            None,
        )
        if meets is None:
            found.append(dict(row))
        elif row["level"] not in meets["level"].split(", "):
            meets["level"] += f", {row['level']}"
    return found
