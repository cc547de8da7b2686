"""Judgement beside traces: for each cell of the matrix what people say and what the log shows, on one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import altair as alt

from longwall.report.figures.drawing import Figure, values_of
from longwall.report.figures.variances import distinct
from longwall.report.markup import Table
from longwall.report.material import Material
from longwall.report.theme import COLOURS
from longwall.report.words import counted

if TYPE_CHECKING:
    from longwall.assessment import Assessment, CellComparison, PooledCell

__all__ = ["judgement_figure", "said_of"]

_NONE = "\u2013"

_MOST = 20
_SHOWN = ("more than seen", "less than seen", "not spoken of", "agree", "cannot tell", "not seen in the log")


def said_of(assessment: Assessment) -> dict[tuple[str, str], PooledCell]:
    """Return what groups said, by cell."""
    return {} if assessment.elicited is None else {(c.cause, c.effect): c for c in assessment.elicited.cells}


def judgement_figure(material: Material, assessment: Assessment, *, command: str) -> Figure | None:
    """Return judged and learned strengths on one line for each cell; None where nobody judged any of them."""
    cells = [cell for cell in assessment.comparison if cell.judged is not None or cell.grade]
    if not any(cell.judged is not None for cell in cells):
        return None
    said = said_of(assessment)
    shown = sorted(cells, key=lambda cell: (_SHOWN.index(cell.verdict), -_strength(cell)))[:_MOST]
    labels = distinct([_label(cell, said) for cell in shown], 46)
    order = ["judged by people", "one group", "in the traces"]
    ranges: list[dict[str, Any]] = []
    points: list[dict[str, Any]] = []
    for cell, label in zip(shown, labels, strict=True):
        for what, estimate in ((order[0], cell.judged), (order[2], cell.learned)):
            if estimate is not None:
                ranges.append(
                    {"cell": label, "what": what, "low": max(estimate.low, 0.0), "high": max(estimate.high, 0.0)}
                )
                points.append({"cell": label, "what": what, "p": max(estimate.value, 0.0)})
        pooled = said.get((cell.cause, cell.effect))
        if pooled is not None and len(pooled.said) > 1:
            points += [{"cell": label, "what": order[1], "p": one.strength} for one in pooled.said]
    y = alt.Y("cell:N", sort=labels, title=None, axis=alt.Axis(labelColor=COLOURS["ink"][0], labelLimit=330))
    colours = [COLOURS["social"][0], COLOURS["social"][0], COLOURS["work"][0]]
    colour = alt.Color("what:N", sort=order, title=None, scale=alt.Scale(domain=order, range=colours))
    offset = alt.YOffset("what:N", sort=order, scale=alt.Scale(domain=order))
    line = (
        alt.Chart(values_of(ranges), width=330, height=34 * len(shown))
        .mark_rule(strokeWidth=1.6)
        .encode(
            x=alt.X("low:Q", title="occurrences that follow one", scale=alt.Scale(domainMin=0)),
            x2="high:Q",
            y=y,
            yOffset=offset,
            color=colour,
        )
    )
    shapes = alt.Shape(
        "what:N", sort=order, title=None, scale=alt.Scale(domain=order, range=["diamond", "stroke", "circle"])
    )
    fill = alt.condition("datum.what == 'in the traces'", alt.value(1.0), alt.value(0.0))
    dot = (
        alt.Chart(values_of(points))
        .mark_point(size=70, strokeWidth=1.8)
        .encode(x="p:Q", y=y, yOffset=offset, shape=shapes, color=colour, fill=colour, fillOpacity=fill)
    )
    return Figure(
        name="judgement",
        sentence=_sentence(cells, assessment),
        alt="One line per cell of the matrix with what people judge, hollow, and what the traces show, solid.",
        chart=alt.LayerChart(layer=[line, dot]),
        table=_table(cells, said),
        command=command,
        key="Hollow: judged, with what the groups hold possible; strokes: each group. Solid: from the traces, 95% "
        "interval. ! marks a cell in which groups contradict each other: its pooled number is one that nobody holds.",
    )


def _strength(cell: CellComparison) -> float:
    """The larger of the two numbers."""
    return max(one.value if one is not None else 0.0 for one in (cell.judged, cell.learned))


def _label(cell: CellComparison, said: dict[tuple[str, str], PooledCell]) -> str:
    """Cause and effect, marked where groups contradict each other."""
    pooled = said.get((cell.cause, cell.effect))
    return f"{'! ' if pooled is not None and pooled.contested else ''}{cell.cause} \u2192 {cell.effect}"


def _sentence(cells: Sequence[CellComparison], assessment: Assessment) -> str:
    """How far judgement and traces agree."""
    number: dict[str, int] = {verdict: sum(cell.verdict == verdict for cell in cells) for verdict in _SHOWN}
    words = {
        "agree": "both agree on {}",
        "more than seen": "people judge {} stronger than the traces allow",
        "less than seen": "people judge {} weaker than the traces allow",
        "not spoken of": "nobody spoke of {}",
        "cannot tell": "the log cannot tell {}",
        "not seen in the log": "the log does not show {}",
    }
    parts = [text.format(number[verdict]) for verdict, text in words.items() if number.get(verdict)]
    contested = 0 if assessment.elicited is None else len(assessment.elicited.contested)
    against = f"; in {counted(contested, 'cell')} groups contradict each other" if contested else ""
    return f"Of {counted(len(cells), 'cell')} that people or the traces speak of: {', '.join(parts)}{against}."


def _table(cells: Sequence[CellComparison], said: dict[tuple[str, str], PooledCell]) -> Table:
    """The numbers behind it."""
    rows = []
    for cell in cells:
        pooled = said.get((cell.cause, cell.effect))
        rows.append(
            (
                cell.cause,
                cell.effect,
                _range(cell.judged),
                _NONE if pooled is None else "; ".join(f"{one.expert}: {one.strength:g}" for one in pooled.said),
                _NONE if pooled is None else f"{pooled.disagreement:g}{' contested' if pooled.contested else ''}",
                _range(cell.learned),
                cell.grade or "not claimed",
                cell.verdict,
                f"about {cell.needed_cases:,}" if cell.needed_cases else _NONE,
            )
        )
    heads = ("Cause", "Effect", "Judged#", "Said by", "Apart#", "In the traces#", "Grade", "Verdict", "Cases needed#")
    caption = (
        "Cells as judged of what nobody controls (the range begins where control spares all that follows), and as the "
        "traces show; those that differ first"
    )
    return Table(caption, heads, rows)


def _range(estimate: Any) -> str:
    """A number with its range."""
    return _NONE if estimate is None else f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"
