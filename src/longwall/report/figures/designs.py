"""Designs: the front of technical against social outcome, and the paired differences of one design from today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import altair as alt

from longwall.report.choice import Choice, Move, Option
from longwall.report.figures.drawing import Chart, Figure, once, values_of
from longwall.report.indicators import shown_name
from longwall.report.markup import Table, clean
from longwall.report.numbers import amount_text, estimate_text, money_text
from longwall.report.theme import COLOURS
from longwall.report.words import counted, listed
from longwall.worksystem import Column

if TYPE_CHECKING:
    from longwall.alignment import Point

__all__ = ["differences_figure", "front_figure"]

_COLUMNS: tuple[Column, Column] = ("technical", "social")
_SHAPES = {
    "today": "cross",
    "joint": "diamond",
    "technical only": "square",
    "social only": "circle",
    "other": "triangle-up",
}
_WIDE, _HIGH = 560, 380
"""Of the drawing, in pixels."""
_BESIDE = (0, -16, 18, -30, 32)
"""How far below its point the name of a marked design may stand, in pixels; the first that meets nothing is taken."""
_LETTER, _LINE = 6.4, 15.0
"""Width of a letter and room of a line, in pixels."""

_NARROWEST, _WIDEST = 0.1, 1.0
"""Least and greatest reach of the axis; relative changes beyond are cut in the drawing; the table has them whole."""


def marked(choice: Choice, design: str) -> str:
    """Return what a design stands for; several roles are joined."""
    optima = choice.alignment.optima
    names = []
    if design == choice.alignment.recommended:
        names.append("joint")
    if design == optima.technical_only:
        names.append("technical only")
    if design == optima.social_only:
        names.append("social only")
    return listed(names) if names else "today" if design == "today" else "other"


@once
def front_figure(choice: Choice, *, currency: str, command: str) -> Figure | None:
    """Return the front: technical against social change, size is cost, the optima marked; None without points."""
    points = list(choice.alignment.points)
    if not points:
        return None
    rows = [_point_row(choice, point) for point in points if point.design != "today"]
    data = values_of(rows)
    x_title = "technical outcomes against today (left is better)"
    y_title = "social outcomes against today (down is better)"
    base = alt.Chart(data, width=_WIDE, height=_HIGH)
    axis, scale = alt.Axis(format="+.0%", tickCount=6), alt.Scale(zero=False, nice=True, padding=24)
    across = alt.X("technical:Q", title=x_title, axis=axis, scale=scale)
    down = alt.Y("social:Q", title=y_title, axis=axis, scale=scale)
    zero = values_of([{"zero": 0}])
    lines = [
        alt.Chart(zero).mark_rule(color=COLOURS["muted"][0], strokeWidth=1).encode(x=alt.X("zero:Q")),
        alt.Chart(zero).mark_rule(color=COLOURS["muted"][0], strokeWidth=1).encode(y=alt.Y("zero:Q")),
    ]
    bars = [
        base.mark_rule(color=COLOURS["technical"][0], opacity=0.45).encode(
            x=alt.X("t_low:Q", title=x_title, axis=axis, scale=scale), x2="t_high:Q", y=down
        ),
        base.mark_rule(color=COLOURS["social"][0], opacity=0.45).encode(
            y=alt.Y("s_low:Q", title=y_title, axis=axis, scale=scale), y2="s_high:Q", x=across
        ),
    ]
    size = alt.Size(
        "cost:Q", title=f"cost [{currency}]", scale=alt.Scale(range=[50, 620]), legend=alt.Legend(tickCount=3)
    )
    shape = alt.Shape(
        "shape:N", title="stands for", scale=alt.Scale(domain=list(_SHAPES), range=list(_SHAPES.values()))
    )
    dots = base.mark_point(strokeWidth=1.8, stroke=COLOURS["work"][0]).encode(
        x=across,
        y=down,
        size=size,
        shape=shape,
        fill=alt.condition("datum.assumed", alt.value(COLOURS["paper"][0]), alt.value(COLOURS["work"][0])),
        opacity=alt.condition("datum.front || datum.label != ''", alt.value(0.95), alt.value(0.4)),
    )
    here = alt.Chart(values_of([{"technical": 0.0, "social": 0.0, "label": "today"}]))
    now = [
        here.mark_point(shape="cross", size=150, filled=True, color=COLOURS["ink"][0], opacity=1).encode(
            x=across, y=down
        ),
        here.mark_text(align="left", dx=9, dy=-9, color=COLOURS["ink"][0]).encode(x=across, y=down, text="label:N"),
    ]
    words = []
    for row, align, dy in _labels(rows):
        text = alt.Chart(values_of([row])).mark_text(
            align=align, dx=16 if align == "left" else -16, dy=dy, fontWeight="bold", color=COLOURS["ink"][0]
        )
        words.append(text.encode(x=across, y=down, text="label:N"))
    chart: Chart = alt.LayerChart(layer=[*lines, *bars, dots, *now, *words])
    return Figure(
        name="front",
        sentence=_front_sentence(choice),
        alt="Designs as points: technical change across, social change down, size is cost; the optima are labelled.",
        chart=chart,
        table=_front_table(choice, points, currency),
        command=command,
        key="Each axis sums up the indicators of its own side only, as weighted relative change; the two are never "
        "added up. Bars: 95% intervals from fresh runs. Pale: not on the front. Hollow: rests on assumed parameters.",
    )  # fmt: skip


def _labels(rows: list[dict[str, Any]]) -> list[tuple[dict[str, Any], Literal["left", "right"], int]]:
    """Return each marked design with the side on which its name begins and how far below its point it stands.

    A name runs from its point towards the middle, so that a long one stays inside the frame, and stands where it meets
    no other point and no other name, as far as there is such a place.
    """
    reach = [[0.0, *(row[side] for row in rows)] for side in ("technical", "social")]
    left, low = min(reach[0]), max(reach[1])
    wide, high = max(reach[0]) - left or 1.0, low - min(reach[1]) or 1.0

    def at(row: dict[str, Any]) -> tuple[float, float]:
        return (row["technical"] - left) / wide * _WIDE, (low - row["social"]) / high * _HIGH

    taken = [at(row) for row in rows]
    found: list[tuple[dict[str, Any], Literal["left", "right"], int]] = []
    for row in rows:
        if not row["label"]:
            continue
        x, y = at(row)
        begins, width = x <= _WIDE / 2, _LETTER * len(row["label"])
        first = x + 16 if begins else x - 16 - width

        meeting = [
            sum(first - 8 <= px <= first + width + 8 and abs(y + dy - py) < _LINE for px, py in taken) for dy in _BESIDE
        ]
        dy = _BESIDE[meeting.index(min(meeting))]
        taken += [(first + step, y + dy) for step in range(0, int(width), 12)]
        found.append((row, "left" if begins else "right", dy))
    return found


def _point_row(choice: Choice, point: Point) -> dict[str, Any]:
    """One design as a row of the specification."""
    what = marked(choice, point.design)
    return {
        "what": what,
        "shape": next(shape for shape in _SHAPES if what.startswith(shape)),
        "label": "" if what == "other" else what,
        "technical": point.technical.value,
        "t_low": point.technical.low,
        "t_high": point.technical.high,
        "social": point.social.value,
        "s_low": point.social.low,
        "s_high": point.social.high,
        "cost": point.cost,
        "front": point.on_front,
        "assumed": "assumed" in (point.technical.footing, point.social.footing),
    }


def _front_sentence(choice: Choice) -> str:
    """What the front shows for this study."""
    points, recommended = choice.alignment.points, choice.alignment.recommended
    on_front = [point for point in points if point.on_front]
    joint = next((point for point in points if point.design == recommended), None)
    words = (
        f"Of {counted(len(points), 'design')} simulated afresh, {len(on_front)} cannot be beaten on all of technical "
        "outcome, social outcome and cost"
    )
    if joint is not None and choice.joint is not None:
        technical, _ = estimate_text(joint.technical.model_copy(update={"unit": "share"}), signed=True)
        social, _ = estimate_text(joint.social.model_copy(update={"unit": "share"}), signed=True)
        return f"{words}; the joint design moves the technical side by {technical}, the social by {social}."
    return words + "; none beats today beyond noise."


def _front_table(choice: Choice, points: list[Point], currency: str) -> Table:
    """The points as a table."""
    rows = []
    for point in points:
        design = choice.alignment.design(point.design)
        technical, t_range = estimate_text(point.technical.model_copy(update={"unit": "share"}), signed=True)
        social, s_range = estimate_text(point.social.model_copy(update={"unit": "share"}), signed=True)
        rows.append(
            (
                clean(design.name) if design is not None else point.design,
                marked(choice, point.design),
                f"{technical} ({t_range})",
                f"{social} ({s_range})",
                f"{money_text(point.cost, currency)} ({money_text(point.cost_low)}–{money_text(point.cost_high)})",
                "yes" if point.on_front else "no",
            )
        )
    return Table(
        "Designs: change of each side against today (negative is better), cost over the horizon with its assumed range",
        ("Design", "Stands for", "Technical#", "Social#", "Cost#", "On the front"),
        rows,
    )


@once
def differences_figure(option: Option, *, command: str, most: int = 8) -> Figure | None:
    """Return the paired differences of a design from today, technical left and social right; None without any."""
    drawn: dict[Column, list[Move]] = {}
    rows: list[tuple[str, ...]] = []
    told: dict[str, int] = {"better": 0, "worse": 0, "unclear": 0}
    for column in _COLUMNS:
        found = [move for move in option.moves(column) if move.difference is not None]
        for move in found:
            told[move.verdict] += 1
            rows.append(_difference_row(move, column))
        drawn[column] = [move for move in found if _relative(move) is not None][:most]
    reach = _reach([move for moves in drawn.values() for move in moves])
    sides = [_side(moves, column, reach) for column, moves in drawn.items() if moves]
    if not sides:
        return None
    every = counted(sum(told.values()), "indicator")
    words = f"of {every} " + ", ".join(f"{number} {verdict}" for verdict, number in told.items() if number)
    return Figure(
        name="differences",
        sentence=f"Against today, under the same luck: {words}.",
        alt="Interval bars of relative change, technical left, social right; right of the line is better.",
        chart=alt.HConcatChart(hconcat=sides, spacing=36),
        table=Table(
            "Paired differences from today, with 95% intervals, from fresh runs",
            ("Indicator", "Side", "Today#", "Expected#", "Difference#", "Interval#", "Verdict"),
            rows,
        ),
        command=command,
        key="Right of the line is better, left is worse, as a share of today’s value; what is beyond the frame is cut, "
        "the table has it whole. Triangle up: better beyond noise; down: worse; circle: unclear; hollow: rests on "
        "assumed parameters.",
    )  # fmt: skip


def _relative(move: Move) -> tuple[float, float, float] | None:
    """Change as a share of today's value, positive is better: value, low, high; None where today is zero."""
    change, today = move.difference, move.now.estimate.value
    if change is None or abs(today) < 1e-12:
        return None
    sign = (-1.0 if move.now.better == "lower" else 1.0) / abs(today)
    ends = sorted((change.change.low * sign, change.change.high * sign))
    return change.change.value * sign, ends[0], ends[1]


def _reach(moves: list[Move]) -> float:
    """How far the axis of both sides goes, as a share of today's value."""
    ends = [abs(end) for move in moves for end in _relative(move) or ()]
    return min(max([_NARROWEST, *ends]), _WIDEST)


def _difference_row(move: Move, column: Column) -> tuple[str, ...]:
    """One row of the table behind the figure."""
    if move.difference is None:
        return shown_name(move.now), column, "–", "–", "–", "–", move.verdict
    change, interval = estimate_text(move.difference.change, signed=True)
    unit = move.now.estimate.unit
    today, then = amount_text(move.difference.today, unit), amount_text(move.difference.then, unit)
    return shown_name(move.now), column, today, then, change, interval, move.verdict


def _side(moves: list[Move], column: Column, reach: float) -> Chart:
    """The bars of one side."""
    rows: list[dict[str, Any]] = []
    for move in moves:
        relative = _relative(move)
        if relative is None:
            continue
        value, low, high = relative
        rows.append(
            {
                "indicator": shown_name(move.now), "low": min(max(low, -_WIDEST), _WIDEST),
                "high": max(min(high, _WIDEST), -_WIDEST), "shown": min(max(value, -_WIDEST), _WIDEST),
                "verdict": move.verdict, "assumed": move.footing == "assumed",
            }
        )  # fmt: skip
    names = [row["indicator"] for row in rows]
    colour = COLOURS[column][0]
    scale = alt.Scale(domain=[-reach * 1.08, reach * 1.08], nice=False)
    base = alt.Chart(values_of(rows), width=190, height=26 * len(rows)).encode(
        y=alt.Y("indicator:N", sort=names, title=None, axis=alt.Axis(labelColor=COLOURS["ink"][0], labelLimit=190))
    )
    zero = alt.Chart(values_of([{"zero": 0}])).mark_rule(color=COLOURS["muted"][0]).encode(x=alt.X("zero:Q"))
    axis = alt.Axis(format="+.0%", tickCount=4)
    bar = base.mark_rule(color=colour, strokeWidth=1.8).encode(
        x=alt.X("low:Q", title=None, axis=axis, scale=scale), x2="high:Q"
    )
    dot = base.mark_point(color=colour, size=80, strokeWidth=1.6, opacity=1).encode(
        x=alt.X("shown:Q", scale=scale),
        shape=alt.Shape(
            "verdict:N",
            legend=None,
            scale=alt.Scale(domain=["better", "worse", "unclear"], range=["triangle-up", "triangle-down", "circle"]),
        ),
        fill=alt.condition("datum.assumed", alt.value(COLOURS["paper"][0]), alt.value(colour)),
    )
    return alt.LayerChart(
        layer=[zero, bar, dot], title=alt.Title(column, color=colour, fontSize=13, fontWeight="bold", anchor="start")
    )
