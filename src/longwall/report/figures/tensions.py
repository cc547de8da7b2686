"""A tension as curves: technical outcomes left, social ones right, today marked, the knee or turn as a dashed line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from longwall.assessment import level_text
from longwall.report.figures.drawing import Chart, Figure, once, values_of
from longwall.report.indicators import axis_format, scaled_unit
from longwall.report.markup import Table
from longwall.report.theme import COLOURS
from longwall.report.words import sentence
from longwall.worksystem import Column

if TYPE_CHECKING:
    from longwall.assessment import Outcome, Tension

__all__ = ["tension_figure"]

_COLUMNS: tuple[Column, Column] = ("technical", "social")
_PANEL_W, _PANEL_H, _MOST = 275, 92, 3


@once
def tension_figure(tension: Tension, *, command: str) -> Figure | None:
    """Return the curves of one tension; None where the system does not have its lever."""
    if not tension.settings:
        return None
    sides = []
    for column in _COLUMNS:
        chosen = _chosen(tension, column)
        if chosen:
            sides.append(alt.vconcat(*(_panel(tension, outcome) for outcome in chosen), spacing=18))
    if not sides:
        return None
    rows = [
        (f"{setting.x:.4g}" + (" (today)" if setting.today else ""), outcome.column,
         outcome.name + (f", {outcome.strain}" if outcome.strain else ""), level_text(at.level))
        for outcome in tension.outcomes
        for setting, at in zip(tension.settings, outcome.at, strict=True)
        if at is not None
    ]  # fmt: skip
    strains = list(dict.fromkeys(outcome.strain for outcome in tension.outcomes if outcome.strain))
    grey = f" Grey: {strains[0]}." if strains else ""
    return Figure(
        name=f"tension-{tension.id}",
        sentence=sentence(tension.statement),
        alt=f"Curves over {tension.axis}: technical outcomes on the left, social ones on the right.",
        chart=alt.hconcat(*sides, spacing=44),
        table=Table(f"Outcomes over {tension.axis}, with 95% intervals over {tension.replications} replications of "
                    f"{tension.weeks} weeks", (tension.axis, "Side", "Outcome", "Level#"), rows),
        command=command,
        key=f"Across: {tension.axis}. Line: mean; band: its 95% interval; an outlined band and hollow dots rest on "
        f"assumed parameters. Upright line: today. Dashed upright line: knee or turn.{grey}",
    )  # fmt: skip


def _chosen(tension: Tension, column: Column) -> list[Outcome]:
    """The outcomes of one side, those that move first; a few."""
    own = [o for o in tension.outcomes if o.column == column and not o.strain and any(at is not None for at in o.at)]
    return sorted(own, key=lambda outcome: outcome.moves == "no clear change")[:_MOST]


def _points(tension: Tension, outcome: Outcome, factor: float) -> list[dict[str, Any]]:
    """Level and interval at each setting."""
    return [
        {"x": setting.x, "mean": at.level.value * factor, "low": at.level.low * factor, "high": at.level.high * factor}
        for setting, at in zip(tension.settings, outcome.at, strict=True)
        if at is not None
    ]


def _panel(tension: Tension, outcome: Outcome) -> Chart:
    """One outcome over the lever."""
    levels = [at.level for at in outcome.at if at is not None]
    size = max(abs(level.high) for level in levels)
    factor, unit = scaled_unit(outcome.unit, size)
    colour = COLOURS[outcome.column][0]
    hollow = any(level.footing == "assumed" for level in levels)
    limits = alt.Scale(zero=False, nice=False, padding=8)
    x = alt.X("x:Q", title=None, scale=limits, axis=alt.Axis(tickCount=6, grid=False))
    value_axis = alt.Axis(tickCount=3, format=axis_format(size * factor))

    def drawn(rows: list[dict[str, Any]], shade: str) -> list[alt.Chart]:
        base = alt.Chart(values_of(rows), width=_PANEL_W, height=_PANEL_H).encode(x=x)
        y = alt.Y("mean:Q", title=None, axis=value_axis, scale=alt.Scale(zero=False))
        band = base.mark_area(
            color=shade, fillOpacity=0.0 if hollow else 0.22, stroke=shade, strokeWidth=0.8 if hollow else 0.0,
            strokeOpacity=0.7, line=False,
        ).encode(y=alt.Y("low:Q", title=None, axis=value_axis, scale=alt.Scale(zero=False)), y2="high:Q")  # fmt: skip
        line = base.mark_line(color=shade, strokeWidth=2, strokeDash=[5, 3] if hollow else [1, 0]).encode(y=y)
        dots = base.mark_point(color=shade, size=28, filled=not hollow, fill="white" if hollow else shade).encode(y=y)
        return [band, line, dots]

    layers = drawn(_points(tension, outcome, factor), colour)
    strained = next((o for o in tension.outcomes if o.indicator == outcome.indicator and o.strain), None)
    if strained is not None:
        layers = drawn(_points(tension, strained, factor), COLOURS["muted"][0]) + layers
    layers += _uprights(tension, outcome, x)
    per = outcome.unit[2:] if outcome.unit.startswith("h ") else ""
    unit = f"{unit} {per}".strip() if unit else "" if outcome.unit.startswith(("share", "0 to 1")) else outcome.unit
    name = outcome.name + (f" [{unit}]" if unit else "")
    title = alt.Title(name, color=COLOURS["ink"][0], fontSize=12, fontWeight="bold")
    return alt.LayerChart(layer=layers, title=title)


def _uprights(tension: Tension, outcome: Outcome, x: alt.X) -> list[alt.Chart]:
    """Where today stands, and the knee or turn of this outcome."""
    ink = COLOURS["ink"][0]
    found = []
    today = tension.today
    if today is not None:
        rows: list[dict[str, Any]] = [{"x": tension.settings[today].x}]
        found.append(alt.Chart(values_of(rows)).mark_rule(color=ink, strokeWidth=1.2).encode(x=x))
    for bend in tension.bends:
        if bend.indicator == outcome.indicator and bend.at is not None:
            rows = [{"x": bend.at}]
            found.append(
                alt.Chart(values_of(rows)).mark_rule(color=ink, strokeWidth=1.2, strokeDash=[4, 3]).encode(x=x)
            )
    return found
