"""Coupling and interaction of this work system beside the seven reference contexts, and beside what people say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import altair as alt

from longwall import assessment
from longwall.report.figures.drawing import Chart, Figure, once, values_of
from longwall.report.markup import Content, Table
from longwall.report.theme import COLOURS

if TYPE_CHECKING:
    from longwall.assessment import Classification

__all__ = ["classes_figure"]

_SIDE = 380
_HERE = "this work system"
_SAID = "as people answered"
_NAME, _LINE = 0.27, 0.05


@once
def classes_figure(found: Classification, cuts: dict[str, float], *, command: str) -> Figure | None:
    """Return the chart of coupling and interaction; None where neither could be determined.

    Parameters
    ----------
    cuts : dict of str to float
        Thresholds: ``coupling_low``, ``coupling_high``, ``interaction_cut``.
    """
    if "not determinable" in (found.coupling.label, found.interaction.label):
        return None
    contexts = [one for one in assessment.reference_contexts() if one.coupling_index is not None]
    said = {rating.axis: rating for rating in found.checklist}
    rows: list[tuple[Content, ...]] = [
        (one.template, f"{one.coupling_index:.2f}", one.coupling, f"{one.interaction_index:.2f}", one.interaction)
        for one in contexts
    ]
    here = (_HERE, f"{found.coupling.value:.2f}", found.coupling.label, f"{found.interaction.value:.2f}",
            found.interaction.label)  # fmt: skip
    people = _people(found)
    if said:
        told = [said[axis] for axis in ("coupling", "interaction") if axis in said]
        cells = [("–" if rating.value is None else f"{rating.value:.2f}", rating.label) for rating in told]
        rows = [here, (_SAID, *(text for cell in cells for text in cell)), *rows]
    else:
        rows = [here, *rows]
    return Figure(
        name="classes",
        sentence=_sentence(found),
        alt="Scatter plot of coupling, loose to tight, and interaction, linear to complex: this work system with its "
        "intervals, the answers of people where there are any, and seven reference contexts by name.",
        chart=_chart(found, contexts, people, cuts),
        table=Table(
            "Coupling and interaction, 0 to 1, with their labels",
            ("What", "Coupling#", "Label", "Interaction#", "Label"),
            rows,
        ),
        command=command,
        key="Large dot: this work system, with the interval of each index. Diamond: as people answered the checklist. "
        "Small rings: reference contexts. Lines: where one label ends and the next begins.",
    )


def _people(found: Classification) -> dict[str, Any] | None:
    """Where people put it, if both axes were answered."""
    said = {rating.axis: rating.value for rating in found.checklist}
    coupling, interaction = said.get("coupling"), said.get("interaction")
    if coupling is None or interaction is None:
        return None
    return {"coupling": coupling, "interaction": interaction, "name": _SAID}


def _sentence(found: Classification) -> str:
    """What the chart shows for this study."""
    coupling, interaction = found.coupling, found.interaction
    text = (
        f"This work system computes as {coupling.label} ({coupling.value:.2f}, {coupling.margin:.2f} from the next "
        f"label) and {interaction.label} ({interaction.value:.2f}, {interaction.margin:.2f} from it)"
    )
    apart = [rating.axis for rating in found.checklist if rating.disagrees]
    if apart:
        return f"{text}; people who answered the checklist say otherwise on {' and on '.join(apart)}."
    return f"{text}{'; people who answered the checklist say the same' if found.checklist else ''}."


def _chart(
    found: Classification,
    contexts: list[assessment.ReferenceContext],
    people: dict[str, Any] | None,
    cuts: dict[str, float],
) -> Chart:
    """Lines of the labels, references as rings, this system as a dot with both intervals."""
    scale = alt.Scale(domain=[0, 1], nice=False)
    x = alt.X("coupling:Q", scale=scale, title="coupling: loose, medium, tight", axis=alt.Axis(grid=False))
    y = alt.Y("interaction:Q", scale=scale, title="interaction: linear, complex", axis=alt.Axis(grid=False))
    rule = COLOURS["rule"][0]
    across = (
        alt.Chart(values_of([{"interaction": cuts["interaction_cut"]}]))
        .mark_rule(color=rule, strokeWidth=1.2)
        .encode(y=y)
    )
    up = alt.Chart(values_of([{"coupling": cuts["coupling_low"]}, {"coupling": cuts["coupling_high"]}]))
    known: list[dict[str, Any]] = [
        {"coupling": one.coupling_index, "interaction": one.interaction_index, "name": one.template} for one in contexts
    ]
    rings = alt.Chart(values_of(known)).mark_point(
        shape="circle", size=48, color=COLOURS["muted"][0], strokeWidth=1.5, opacity=1
    )
    beside = [_has_room(row, known) for row in known]
    names = [
        _names([row for row, free in zip(known, beside, strict=True) if free], "left", 8),
        _names([row for row, free in zip(known, beside, strict=True) if not free], "right", -8),
    ]
    here = [{"coupling": found.coupling.value, "interaction": found.interaction.value,
             "low": found.coupling.low, "high": found.coupling.high,
             "under": found.interaction.low, "over": found.interaction.high}]  # fmt: skip
    own = COLOURS["work"][0]
    dot = alt.Chart(values_of(here)).mark_point(shape="circle", filled=True, size=150, color=own, opacity=1)
    wide = alt.Chart(values_of(here)).mark_rule(color=own, strokeWidth=1.5, opacity=0.6)
    layers: list[Any] = [
        across,
        up.mark_rule(color=rule, strokeWidth=1.2).encode(x=x),
        rings.encode(x=x, y=y),
        *(chart.encode(x=x, y=y, text="name:N") for chart in names),
        wide.encode(x=alt.X("low:Q", scale=scale), x2="high:Q", y=y),
        wide.encode(y=alt.Y("under:Q", scale=scale), y2="over:Q", x=x),
        dot.encode(x=x, y=y),
    ]
    if people is not None:
        mark = alt.Chart(values_of([people])).mark_point(
            shape="diamond", size=150, color=COLOURS["social"][0], strokeWidth=2, opacity=1
        )
        layers.append(mark.encode(x=x, y=y))
    return alt.LayerChart(layer=layers, width=_SIDE, height=_SIDE)


def _has_room(row: dict[str, Any], rows: list[dict[str, Any]]) -> bool:
    """Whether a name fits to the right of its ring, inside the square and past no other ring."""
    end = row["coupling"] + _NAME
    near = [
        other for other in rows
        if row["coupling"] < other["coupling"] < end and abs(other["interaction"] - row["interaction"]) < _LINE
    ]  # fmt: skip
    return end <= 1.02 and not near


def _names(rows: list[dict[str, Any]], align: Literal["left", "right"], dx: int) -> Any:
    """Names beside the rings, on the side where there is room."""
    return alt.Chart(values_of(rows)).mark_text(align=align, dx=dx, dy=-7, fontSize=11, color=COLOURS["muted"][0])
