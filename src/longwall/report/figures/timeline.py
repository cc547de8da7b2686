"""The plan as a time line: increments with their phases, and when to look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from longwall.report.figures.drawing import Figure, values_of
from longwall.report.figures.variances import distinct
from longwall.report.markup import Table, clean
from longwall.report.material import Material
from longwall.report.theme import COLOURS, LAYER_NAMES
from longwall.report.words import counted, listed

if TYPE_CHECKING:
    from longwall.implementation import Plan

__all__ = ["timeline_figure"]

_LABEL = 46
_FILL = {"introduce": 0.95, "pilot": 0.95, "observe": 0.0, "expand": 0.4}


def timeline_figure(material: Material, plan: Plan, *, command: str) -> Figure | None:
    """Return the time line of a plan; None where it changes nothing."""
    if not plan.increments:
        return None
    named = distinct([increment.title for increment in plan.increments], _LABEL)
    titles = [f"{place}. {title}" for place, title in enumerate(named, 1)]
    bars: list[dict[str, Any]] = []
    looks: list[dict[str, Any]] = []
    for increment, title in zip(plan.increments, titles, strict=True):
        for phase in increment.phases:
            if phase.weeks > 0:
                bars.append({"step": title, "begin": phase.start_week, "end": phase.start_week + phase.weeks,
                             "layer": LAYER_NAMES[increment.kind], "solid": _FILL[phase.name]})  # fmt: skip
        looks.append({"step": title, "week": increment.look_week})
    kinds = [kind for kind in LAYER_NAMES if any(increment.kind == kind for increment in plan.increments)]
    layers = alt.Scale(domain=[LAYER_NAMES[kind] for kind in kinds], range=[COLOURS[kind][0] for kind in kinds])
    y = alt.Y("step:N", sort=titles, title=None, axis=alt.Axis(labelColor=COLOURS["ink"][0], labelLimit=330))
    x = alt.X("begin:Q", title="weeks from the start", axis=alt.Axis(format="d", tickMinStep=1))
    bar = (
        alt.Chart(values_of(bars), width=400, height=34 * len(titles))
        .mark_bar(height=15, strokeWidth=1.5, cornerRadius=2)
        .encode(
            x=x,
            x2="end:Q",
            y=y,
            color=alt.Color("layer:N", scale=layers, title="changes first"),
            stroke=alt.Stroke("layer:N", scale=layers, legend=None),
            fillOpacity=alt.FillOpacity("solid:Q", scale=None, legend=None),
        )
    )
    look = (
        alt.Chart(values_of(looks))
        .mark_point(shape="triangle-down", size=75, filled=True, color=COLOURS["ink"][0], opacity=1, dy=-13)
        .encode(x="week:Q", y=y)
    )
    title_of = {increment.id: title for increment, title in zip(plan.increments, titles, strict=True)}
    links: list[dict[str, Any]] = []
    with_ = {(one.before, one.after) for one in plan.precedences if one.rule == "drill first"}
    for increment in plan.increments:
        for before in increment.after:
            first_of = next(one for one in plan.increments if one.id == before)
            end = first_of.start_week if (before, increment.id) in with_ else first_of.end_week
            link = f"{before} {increment.id}"
            links += [{"link": link, "step": title_of[before], "week": end},
                      {"link": link, "step": title_of[increment.id], "week": increment.start_week}]  # fmt: skip
    tie = (
        alt.Chart(values_of(links))
        .mark_line(color=COLOURS["muted"][0], strokeWidth=1.2, strokeDash=[3, 2])
        .encode(x="week:Q", y=y, detail="link:N")
    )
    shut = [{"begin": one.first_week, "end": one.last_week + 1} for one in plan.freezes]
    frozen = alt.Chart(values_of(shut)).mark_rect(color=COLOURS["rule"][0], opacity=0.6).encode(x=x, x2="end:Q")
    first = min(plan.increments, key=lambda increment: increment.look_week)
    return Figure(
        name="plan",
        sentence=f"{counted(len(titles), 'step')} over {counted(plan.finish_week, 'week')}; the first look is in week "
        f"{first.look_week}, before “{clean(first.title)}” goes further.",
        alt="Time line: one row per step of the plan with its phases, and a triangle where the figures are looked at.",
        chart=alt.LayerChart(layer=[*([frozen] if shut else []), *([tie] if links else []), bar, look]),
        table=Table(
            "Phases of each step, in weeks from the start",
            ("Step", "Phase", "From week#", "Weeks#", "Look in week#", "After"),
            [
                (
                    clean(increment.title), phase.name, str(phase.start_week), str(phase.weeks),
                    str(increment.look_week),
                    listed([clean(_title(plan, name)) for name in increment.after]) or "–",
                )
                for increment in plan.increments
                for phase in increment.phases
            ],
        ),
        command=command,
        key="Full: introduced or piloted; outlined: observed; pale: expanded to everybody. Triangle: the figures are "
        "held against what was expected, and the step goes on, changes or ends."
        + (" Dashed: what comes before what." if links else "")
        + (" Grey: frozen weeks." if shut else ""),
    )  # fmt: skip


def _title(plan: Plan, identity: str) -> str:
    """The title of a step."""
    return next((increment.title for increment in plan.increments if increment.id == identity), identity)
