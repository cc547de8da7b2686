"""Variances: which leads to which and what that costs; how far it is from origin to control."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import altair as alt

from longwall.report.figures.drawing import Chart, Figure, values_of
from longwall.report.markup import Table, shortened
from longwall.report.material import Material
from longwall.report.numbers import amount_text, estimate_text
from longwall.report.theme import COLOURS
from longwall.report.words import counted
from longwall.worksystem import Column

if TYPE_CHECKING:
    from longwall.assessment import ControlRow, VarianceMatrix, VarianceRow

__all__ = ["distance_figure", "distinct", "matrix_figure", "weight_of"]

_MOST = 18
_LABEL = 44
_COLUMNS: tuple[Column, Column] = ("technical", "social")
_KEY_MARKS = {"core": "■ ", "borderline": "□ ", "out": ""}


def weight_of(row: VarianceRow) -> tuple[float, float]:
    """Return what orders variances: technical loss, then social; an infinite one comes first."""
    losses = (row.own_loss.technical, row.own_loss.social)
    return tuple(float("inf") if loss is None else loss for loss in losses)  # type: ignore[return-value]


def distinct(labels: Sequence[str], limit: int) -> list[str]:
    """Return labels shortened but still different from each other."""
    shown: list[str] = []
    for label in labels:
        short = shortened(label, limit)
        number = 2
        while short in shown:
            short = f"{shortened(label, limit - 4)} ({number})"
            number += 1
        shown.append(short)
    return shown


def matrix_figure(material: Material, matrix: VarianceMatrix, *, command: str) -> Figure:
    """Return the variance matrix with the key set marked, and beside it the loss of each side."""
    ordered = sorted(matrix.variances, key=lambda row: (*(-loss for loss in weight_of(row)), row.id))
    shown = ordered[:_MOST]
    texts = distinct([shortened(row.name or row.id, 80) for row in shown], _LABEL)
    names = {row.id: _KEY_MARKS[row.membership.best] + text for row, text in zip(shown, texts, strict=True)}
    cells: list[dict[str, Any]] = []
    for edge in matrix.edges:
        if edge.source in names and edge.target in names:
            value = edge.probability.value
            cells.append(
                {
                    "cause": names[edge.source], "effect": names[edge.target], "p": max(value, 0.0),
                    "text": f"{value:.2f}".replace("0.", "."), "firm": edge.grade == "directed",
                }
            )  # fmt: skip
    order = list(names.values())
    height = 27 * len(order)
    panels: list[Chart] = []
    axis_y = alt.Axis(labelColor=COLOURS["ink"][0], labelLimit=330)
    y = alt.Y("cause:N", sort=order, scale=alt.Scale(domain=order), title=None, axis=axis_y)
    if cells:
        panels.append(_heat(cells, order, y, height))
    bars_y = y if not cells else alt.Y("cause:N", sort=order, scale=alt.Scale(domain=order), title=None, axis=None)
    for column in _COLUMNS:
        losses = [
            {
                "cause": names[row.id],
                "loss": getattr(row.own_loss, column) or 0.0,
                "low": getattr(row.own_loss_low, column) or 0.0,
                "high": getattr(row.own_loss_high, column) or 0.0,
            }
            for row in shown
        ]
        if any(row["loss"] for row in losses):
            panels.append(_losses(losses, bars_y, column, height, 70 if cells else 190))
            bars_y = alt.Y("cause:N", sort=order, scale=alt.Scale(domain=order), title=None, axis=None)
    if not panels:
        nothing = [{"cause": name, "loss": 0.0, "low": 0.0, "high": 0.0} for name in order]
        panels.append(_losses(nothing, y, "technical", height, 190))
    chart = alt.HConcatChart(hconcat=panels, spacing=16)
    key = "■ in the key set in at least 90% of draws, □ in 10 to 90%. Thin line: 95% of the draws. "
    if cells:
        key += (
            "A cell says how many occurrences of the effect follow one of the cause; solid: the direction is shown, "
            "outlined: associated, or judged by people. "
        )
    if len(ordered) > len(shown):
        key += f"The {len(ordered) - len(shown)} variances with the least loss are in the tables only."
    return Figure(
        name="matrix",
        sentence=_matrix_sentence(matrix, ordered),
        alt="Variance matrix: causes down, effects across, with bars for the loss on each side.",
        chart=chart,
        table=_edge_table(material, matrix),
        command=command,
        key=key,
    )


def _heat(cells: list[dict[str, Any]], order: list[str], y: alt.Y, height: int) -> Chart:
    """The cells of the matrix; the effects carry the number of their row, so that the picture stays narrow."""
    numbers = {name: str(index) for index, name in enumerate(order, 1)}
    for cell in cells:
        cell["to"] = numbers[cell["effect"]]
    frame = [{"cause": name, "to": numbers[name], "text": numbers[name]} for name in order]
    across = alt.X(
        "to:N",
        sort=list(numbers.values()),
        scale=alt.Scale(domain=list(numbers.values())),
        title="leads to (by row)",
        axis=alt.Axis(orient="top", labelAngle=0),
    )
    width = 27 * len(order)
    base = alt.Chart(values_of(cells), width=width, height=height).encode(x=across, y=y)
    colour = COLOURS["work"][0]
    rect = base.mark_rect(strokeWidth=1.4, stroke=colour, color=colour, cornerRadius=2).encode(
        fillOpacity=alt.condition(
            "datum.firm",
            alt.FillOpacity("p:Q", scale=alt.Scale(domain=[0, 1], range=[0.16, 0.62], clamp=True), legend=None),
            alt.value(0.0),
        )
    )
    text = base.mark_text(fontSize=11, color=COLOURS["ink"][0]).encode(text="text:N")
    own = (
        alt.Chart(values_of(frame))
        .mark_text(fontSize=11, color=COLOURS["muted"][0])
        .encode(x=across, y=y, text="text:N")
    )
    return alt.LayerChart(layer=[own, rect, text])


def _losses(rows: list[dict[str, Any]], y: alt.Y, column: Column, height: int, width: int) -> Chart:
    """Bars of the loss per week that starts with each variance, with the interval over the draws."""
    axis = alt.Axis(tickCount=2, format="~s", orient="top")
    base = alt.Chart(values_of(rows), width=width, height=height)
    bars = base.mark_bar(color=COLOURS[column][0], height=12, opacity=0.75).encode(
        x=alt.X("loss:Q", title="loss/week", axis=axis), y=y
    )
    reach = base.mark_rule(color=COLOURS["ink"][0], strokeWidth=1.2).encode(
        x=alt.X("low:Q", axis=axis), x2="high:Q", y=y
    )
    return alt.LayerChart(layer=[bars, reach], title=alt.Title(column, color=COLOURS[column][0], fontSize=12))


def _matrix_sentence(matrix: VarianceMatrix, ordered: Sequence[VarianceRow]) -> str:
    """How few variances carry most of the loss."""
    core = [row for row in ordered if row.membership.best == "core"]
    losses = [max(row.own_loss.technical or 0.0, 0.0) for row in ordered]
    whole = sum(losses)
    words = f"{counted(len(ordered), 'kind')} of variance, {counted(len(matrix.edges), 'link')} from one to another"
    if whole > 0:
        reached, number = 0.0, 0
        for loss in sorted(losses, reverse=True):
            reached, number = reached + loss, number + 1
            if reached >= 0.8 * whole:
                break
        share = amount_text(reached / whole, "share")
        words += f"; {number} of them {'carries' if number == 1 else 'carry'} {share} of the technical loss"
    if core:
        words += f"; {len(core)} {'is' if len(core) == 1 else 'are'} key in nearly every draw"
    return words + "."


def _edge_table(material: Material, matrix: VarianceMatrix) -> Table:
    """The links with what stands behind them."""
    rows = []
    known = {row.id: row.name or row.id for row in matrix.variances}
    for edge in sorted(matrix.edges, key=lambda edge: -edge.probability.value):
        value, interval = estimate_text(edge.probability)
        rows.append(
            (
                shortened(known.get(edge.source, edge.source), 90), shortened(known.get(edge.target, edge.target), 90),
                value, interval, str(edge.support), edge.grade,
                "–" if edge.explained_away_by is None else f"{edge.explained_away_by:.1f}",
                "–" if edge.naive is None else f"{edge.naive:.2f}",
                "–" if edge.cross_check is None else f"{edge.cross_check:.2f}{', not seen' * (edge.agrees is False)}",
            )
        )  # fmt: skip
    return Table(
        "Links between variances: occurrences that follow one, 95% interval, support, grade, and how strong a hidden "
        "common cause would have to be to explain it away (rate ratio); the naive lift that was corrected; a "
        "cross-check within class and step (Mantel-Haenszel)",
        (
            "Cause",
            "Effect",
            "Follows#",
            "Interval#",
            "Support#",
            "Grade",
            "Explained away by#",
            "Naive#",
            "Cross-check#",
        ),
        rows,
    )


def distance_figure(material: Material, controls: Sequence[ControlRow], *, command: str) -> Figure | None:
    """Return lines from where each variance arises over where it is seen to where it is controlled; None if unknown."""
    known = [row for row in controls if row.hops_to_controlled is not None or row.hops_to_seen is not None]
    known.sort(key=lambda row: (-_hops(row), row.variance))
    shown = known[:_MOST]
    if not shown:
        return None
    names = distinct([row.name or row.variance for row in shown], 40)
    lines, dots = [], []
    for row, name in zip(shown, names, strict=True):
        seen = None if row.hops_to_seen is None else row.hops_to_seen.value
        controlled = None if row.hops_to_controlled is None else row.hops_to_controlled.value
        lines.append(
            {
                "variance": name,
                "from": 0.0,
                "to": max(seen or 0.0, controlled or 0.0),
                "controlled": controlled is not None,
            }
        )
        dots.append({"variance": name, "steps": 0.0, "what": "arises"})
        if seen is not None:
            dots.append({"variance": name, "steps": seen, "what": "is seen"})
        if controlled is not None:
            dots.append({"variance": name, "steps": controlled, "what": "is controlled"})
    order = ["arises", "is seen", "is controlled"]
    labels = alt.Axis(labelColor=COLOURS["ink"][0], labelLimit=280, labelPadding=14)
    y = alt.Y("variance:N", sort=names, title=None, axis=labels)
    line = (
        alt.Chart(values_of(lines), width=330, height=26 * len(shown))
        .mark_rule(color=COLOURS["work"][0], strokeWidth=2.4)
        .encode(
            x=alt.X("from:Q", title="steps after it arises", axis=alt.Axis(tickMinStep=1, format="d")),
            x2="to:Q",
            y=y,
            strokeDash=alt.condition("datum.controlled", alt.value([1, 0]), alt.value([4, 3])),
        )
    )
    dot = (
        alt.Chart(values_of(dots))
        .mark_point(size=85, strokeWidth=1.8, filled=True, opacity=1)
        .encode(
            x="steps:Q",
            y=y,
            shape=alt.Shape("what:N", sort=order, title=None,
                            scale=alt.Scale(domain=order, range=["circle", "diamond", "square"])),
            color=alt.Color("what:N", sort=order, title=None,
                            scale=alt.Scale(domain=order, range=[COLOURS["muted"][0], COLOURS["work"][0],
                                                                 COLOURS["ink"][0]])),
        )
    )  # fmt: skip
    far = [row for row in known if _hops(row) >= 2]
    return Figure(
        name="distance",
        sentence=f"{len(far)} of {counted(len(known), 'variance')} {'is' if len(far) == 1 else 'are'} controlled, or "
        "only seen, two steps or more after arising; the shorter the line, the closer control is to the source.",
        alt="One line per variance from where it arises to where it is seen and controlled, in steps of the flow.",
        chart=alt.LayerChart(layer=[line, dot]),
        table=_distance_table(known),
        command=command,
        key="Dashed: nothing controls it within the system.",
    )


def _hops(row: ControlRow) -> float:
    """Steps to control, or to being seen where nothing controls it."""
    found = row.hops_to_controlled or row.hops_to_seen
    return found.value if found is not None else 0.0


def _distance_table(rows: Sequence[ControlRow]) -> Table:
    """Steps and hours to being seen and controlled."""
    body = []
    for row in rows:
        cells = [shortened(row.name or row.variance, 90), row.source]
        steps = [
            None if hops is None else hops.model_copy(update={"unit": ""})
            for hops in (row.hops_to_seen, row.hops_to_controlled)
        ]
        for found in (*steps, row.hours_to_seen, row.hours_to_controlled):
            if found is None:
                cells.append("–")
                continue
            value, interval = estimate_text(found)
            cells.append(f"{value} ({interval})" if interval else value)
        body.append(tuple(cells))
    return Table(
        "Distance from origin, in steps and in elapsed time, with 95% intervals",
        ("Variance", "From", "Steps to seen#", "Steps to control#", "Time to seen#", "Time to control#"),
        body,
    )
