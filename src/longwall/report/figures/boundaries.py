"""Boundaries: how often items cross them, as counted and as the model expects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from longwall.report.figures.drawing import Chart, Figure, values_of
from longwall.report.markup import Table, shortened
from longwall.report.material import Material
from longwall.report.numbers import amount_text, count_text, estimate_text
from longwall.report.theme import COLOURS

if TYPE_CHECKING:
    from longwall.assessment import Boundaries, Crossings

__all__ = ["LINES", "crossings_figure"]

LINES = {"team": "teams", "organisation": "organisations", "machine": "machines and people"}
"""Between what each boundary lies."""

_MOST = 12
_LABEL = 34


def crossings_figure(material: Material, boundaries: Boundaries, *, command: str) -> Figure | None:
    """Return crossings per item by boundary and demand class, the log as dots, the model hollow; None without any."""
    rows = _rows(material, boundaries)
    if not rows:
        return None
    names = list(dict.fromkeys(label for label, _ in rows))[:_MOST]
    data: list[dict[str, Any]] = [
        {"what": label, "source": one.source, "at": one.mean.value, "low": one.mean.low, "high": one.mean.high}
        for label, one in rows
        if label in names
    ]
    return Figure(
        name="crossings",
        sentence=_sentence(material, boundaries),
        alt="One line per boundary and class: crossings per item as counted, a dot, and as the model expects, a ring.",
        chart=_chart(data, names),
        table=Table(
            f"Crossings per {material.item} with 95% intervals, and the shares that cross 0, 1, 2 and more times",
            ("Boundary", "Class", "From", f"{material.items.capitalize()}#", "Crossings#", "Interval#", "0#", "1#",
             "2#", "More#"),
            [_told(material, one) for _, one in rows],
        ),
        command=command,
        key="Dot: as counted in the log. Ring: as the model expects by its routes, levels and head-counts. Line: 95% "
        "interval.",
    )  # fmt: skip


def _rows(material: Material, boundaries: Boundaries) -> list[tuple[str, Crossings]]:
    """Crossings with the words that stand before them; log and model of one line beside each other."""
    found = []
    for one in boundaries.crossings:
        whose = "all" if not one.demand else shortened(f"class {material.label(one.demand, 'demand')}", _LABEL)
        found.append((f"{LINES[one.boundary]}: {whose}", one))
    lines = list(LINES)
    return sorted(
        found, key=lambda pair: (lines.index(pair[1].boundary), bool(pair[1].demand), pair[0], pair[1].source)
    )


def _sentence(material: Material, boundaries: Boundaries) -> str:
    """Say how often an item crosses, and where log and model disagree."""
    said = []
    for boundary, line in LINES.items():
        counted = boundaries.mean(boundary, "log")  # type: ignore[arg-type]
        model = boundaries.mean(boundary, "model")  # type: ignore[arg-type]
        usual = counted or model
        if usual is None:
            continue
        text = f"{amount_text(usual.value)} times between {line}"
        if counted and model and not (model.low <= counted.high and counted.low <= model.high):
            text += f" (the model expects {amount_text(model.value)})"
        said.append(text)
    return f"A {material.item} crosses " + ", ".join(said) + "." if said else "Nothing crosses."


def _told(material: Material, one: Crossings) -> tuple[str, ...]:
    """One row of the table."""
    value, interval = estimate_text(one.mean)
    shares = [amount_text(share.value, "share") for share in one.shares] or ["–"] * 4
    whose = material.label(one.demand, "demand") if one.demand else "all"
    source = "log" if one.source == "log" else "model"
    return (LINES[one.boundary], whose, source, count_text(one.items) if one.items else "–", value, interval, *shares)


def _chart(data: list[dict[str, Any]], names: list[str]) -> Chart:
    """Dots with intervals, one line per boundary and class."""
    y = alt.Y("what:N", sort=names, scale=alt.Scale(domain=names), title=None)
    x = alt.X("at:Q", title="crossings per item", scale=alt.Scale(zero=True))
    colour = COLOURS["work"][0]
    layers: list[alt.Chart] = []
    for source, shift in (("log", -4), ("model", 4)):
        base = alt.Chart(values_of([row for row in data if row["source"] == source])).encode(y=y)
        layers.append(
            base.mark_rule(color=colour, yOffset=shift, strokeWidth=2).encode(x=alt.X("low:Q", title=None), x2="high:Q")
        )
        layers.append(
            base.mark_point(
                size=60, color=colour, filled=source == "log", yOffset=shift, opacity=1,
                fill=colour if source == "log" else COLOURS["paper"][0],
            ).encode(x=x)
        )  # fmt: skip
    return alt.LayerChart(layer=layers).properties(width=470, height=max(26 * len(names), 40))
