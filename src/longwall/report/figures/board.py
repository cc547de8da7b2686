"""The plan as a board week by week, and how much of their time people give to change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import altair as alt

from longwall.report.figures.drawing import Figure, values_of
from longwall.report.markup import Table, clean
from longwall.report.material import Material
from longwall.report.theme import COLOURS
from longwall.report.words import counted

if TYPE_CHECKING:
    from longwall.implementation import BoardWeek, Plan

__all__ = ["board_figure", "load_figure"]

_COLUMNS = (("to_do", "to do"), ("pilot", "pilot"), ("observe", "observe"), ("expand", "expand"), ("done", "done"))
_MOST_PARTS = 2
"""Steps or spans of steps that a cell names by number; more are counted."""
_CELL, _ROW = 58, 34
_LINE = 66
"""Height of the load of one role."""


def board_figure(plan: Plan, *, command: str) -> Figure | None:
    """Return the board from each week in which a step moves; None for an empty plan."""
    from longwall.implementation import board, most_in_progress

    weeks = _moves(board(plan))
    if not weeks:
        return None
    place = {increment.id: number for number, increment in enumerate(plan.increments, 1)}
    names = [f"from {week.week}" for week in weeks]
    cells: list[dict[str, Any]] = []
    for week, name in zip(weeks, names, strict=True):
        for steps, (_, column) in zip(_cells(week, place), _COLUMNS, strict=True):
            cells.append({"week": name, "column": column, "steps": _said(steps), "some": bool(steps)})
    x = alt.X("week:N", sort=names, title="week", axis=alt.Axis(orient="top", labelAngle=0, ticks=False, domain=False))
    y = alt.Y("column:N", sort=[column for _, column in _COLUMNS], title=None,
              axis=alt.Axis(labelColor=COLOURS["ink"][0], ticks=False, domain=False))  # fmt: skip
    base = alt.Chart(values_of(cells), width=_CELL * len(weeks), height=_ROW * len(_COLUMNS))
    shade = alt.FillOpacity("some:N", scale=alt.Scale(domain=[False, True], range=[0, 1]), legend=None)
    box = base.mark_rect(stroke=COLOURS["rule"][0], strokeWidth=1, fill=COLOURS["panel"][0]).encode(
        x=x, y=y, fillOpacity=shade
    )
    text = base.mark_text(fontSize=12, color=COLOURS["ink"][0]).encode(x=x, y=y, text="steps:N")
    most, first = most_in_progress(plan)
    return Figure(
        name="plan-board",
        sentence=f"At most {counted(most, 'step')} in progress at once, first in week {first}.",
        alt="Board: a column for each week in which something moves, a row for each state, the numbers of the steps in "
        "the cells.",
        chart=alt.LayerChart(layer=[box, text]),
        table=Table(
            "Numbers of the steps by state, from each week in which something moves",
            ("From week#", *(column for _, column in _COLUMNS), "In progress#"),
            [
                (
                    str(week.week),
                    *(", ".join(map(str, cell)) or "–" for cell in _cells(week, place)),
                    str(week.in_progress),
                )
                for week in weeks
            ],
        ),
        command=command,
        key="Numbers: the steps as in the table of the plan. A technical step is introduced where another is piloted.",
    )  # fmt: skip


def load_figure(material: Material, plan: Plan, *, command: str) -> Figure | None:
    """Return the person-weeks of each role for change, week by week; None where no step takes any."""
    from longwall.implementation import load_by_week

    loads = {role: load for role, load in load_by_week(plan).items() if any(load)}
    if not loads:
        return None
    most, role, week = max((load[week], role, -week) for role, load in loads.items() for week in range(len(load)))
    panels: list[alt.LayerChart] = []
    top = max([most, *(plan.people_load[one] for one in loads if one in plan.people_load)])
    for one, load in loads.items():
        rows = [{"week": at, "until": at + 1, "load": value, "none": 0} for at, value in enumerate(load)]
        x = alt.X("week:Q", title=None, scale=alt.Scale(domain=[0, plan.finish_week], nice=False),
                  axis=alt.Axis(format="d", tickMinStep=1))  # fmt: skip
        y = alt.Y("load:Q", title=None, scale=alt.Scale(domain=[0, top]), axis=alt.Axis(tickCount=2))
        bar = (
            alt.Chart(
                values_of(rows),
                width=400,
                height=_LINE,
                title=alt.TitleParams(material.label(one, "role"), anchor="start", color=COLOURS["ink"][0]),
            )
            .mark_rect(color=COLOURS["social"][0])
            .encode(x=x, x2="until:Q", y=y, y2="none:Q")
        )
        layers: list[alt.Chart] = [bar]
        if one in plan.people_load:
            limit = values_of([{"limit": plan.people_load[one]}])
            layers.append(alt.Chart(limit).mark_rule(color=COLOURS["ink"][0], strokeDash=[5, 3]).encode(y="limit:Q"))
        panels.append(alt.LayerChart(layer=layers))
    return Figure(
        name="plan-load",
        sentence=f"Change takes most of {material.label(role, 'role')}: {most:.2g} person-weeks in week {-week}.",
        alt="A row for each role: bars for the person-weeks of change in each week, a dashed line for the limit.",
        chart=alt.VConcatChart(vconcat=panels, spacing=10),
        table=Table(
            "Person-weeks for change by role and week",
            ("Role", "Limit a week#", *(f"{at}#" for at in range(plan.finish_week))),
            [
                (
                    clean(material.label(one, "role")),
                    f"{plan.people_load[one]:g}" if one in plan.people_load else "none",
                    *(f"{value:.2g}" if value else "–" for value in load),
                )
                for one, load in loads.items()
            ],
        ),
        command=command,
        key="Bars: person-weeks in each week from the start, as assumed for each step. Dashed: the most that the terms "
        "allow.",
    )  # fmt: skip


def _cells(week: BoardWeek, place: Mapping[str, int]) -> list[list[int]]:
    """Numbers of the steps in each column."""
    return [[place[one] for one in getattr(week, key)] for key, _ in _COLUMNS]


def _moves(weeks: tuple[BoardWeek, ...]) -> list[BoardWeek]:
    """The weeks in which the board is not as it was."""
    found: list[BoardWeek] = []
    for week in weeks:
        if not found or any(getattr(week, key) != getattr(found[-1], key) for key, _ in _COLUMNS):
            found.append(week)
    return found


def _said(steps: list[int]) -> str:
    """Numbers of steps, those in a row as a span, or how many where that is long."""
    parts = [[step, step] for step in sorted(steps)[:1]]
    for step in sorted(steps)[1:]:
        if step == parts[-1][1] + 1:
            parts[-1][1] = step
        else:
            parts.append([step, step])
    if len(parts) > _MOST_PARTS:
        return f"{len(steps)} steps"
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in parts)
