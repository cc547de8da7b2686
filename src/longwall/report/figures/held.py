"""Hold-out: what was forecast for weeks that were not seen, and repeating the past, beside what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from longwall.report.figures.drawing import Chart, Figure, once, values_of
from longwall.report.indicators import axis_format, scaled_unit
from longwall.report.markup import Table
from longwall.report.numbers import amount_text, estimate_text
from longwall.report.theme import COLOURS
from longwall.worksystem import Estimate

if TYPE_CHECKING:
    from longwall.discovery import Held, HoldOut

__all__ = ["closer", "held_figure", "judged", "unit_of"]

_TOLD = "cases_per_week"
_ORDER = ("happened", "forecast", "the past again")


def unit_of(held: Held) -> str:
    """Return the unit of an indicator, as the rest of the report writes it."""
    return "share" if held.id.endswith("_share") else {"1/week": "per week"}.get(held.unit, held.unit)


def _estimate(held: Held) -> Estimate:
    """Return the forecast of one indicator; it was tested, so it is fitted."""
    low, high = min(held.low, held.expected), max(held.high, held.expected)
    return Estimate(value=held.expected, low=low, high=high, unit=unit_of(held), footing="fitted")


def judged(hold_out: HoldOut) -> tuple[Held, ...]:
    """Return the indicators that test the forecast: how many items come is told to it, so that is left out."""
    return tuple(held for held in hold_out.indicators if held.id != _TOLD)


def closer(hold_out: HoldOut) -> int:
    """Return on how many indicators the forecast came closer to what happened than repeating the past."""
    return sum(held.miss < held.control_miss for held in judged(hold_out))


@once
def held_figure(hold_out: HoldOut, *, command: str) -> Figure | None:
    """Return forecast and control beside what happened, one line per indicator; None without a hold-out."""
    shown = judged(hold_out)
    if not shown:
        return None
    hits = sum(held.hit for held in shown)
    number = len(shown)
    return Figure(
        name="hold-out",
        sentence=f"Of {number} indicators of the unseen weeks {hits} fell inside our interval; "
        f"on {closer(hold_out)} we came closer than repeating the past.",
        alt="One line per indicator: our interval as a bar, what happened as a dot, the past again as a cross.",
        chart=alt.VConcatChart(vconcat=[_panel(held) for held in shown], spacing=14),
        table=Table(
            "Unseen weeks: forecast with 95% interval, what happened, the past again, and both misses",
            ("Indicator", "Forecast#", "Interval#", "Happened#", "Past again#", "Our miss#", "Its miss#", "Inside"),
            [_row(held) for held in shown],
        ),
        command=command,
        key="Bar and tick: our forecast and its 95% interval. Dot: what happened. Cross: the last period again. How "
        "many items came was told to the forecast and is not judged.",
    )


def _row(held: Held) -> tuple[str, ...]:
    """One indicator in the table."""
    value, interval = estimate_text(_estimate(held))
    unit = unit_of(held)
    others = (held.observed, held.control, held.miss, held.control_miss)
    return (held.name, value, interval, *(amount_text(round(x, 6), unit) for x in others), "yes" if held.hit else "no")


def _panel(held: Held) -> Chart:
    """One indicator on its own scale."""
    size = max(abs(held.high), abs(held.observed), abs(held.control))
    factor, unit = scaled_unit(unit_of(held), size)
    ends = (held.low, held.high, held.observed, held.control)
    span = (max(ends) - min(ends)) * factor
    bar = [{"low": held.low * factor, "high": held.high * factor, "at": held.expected * factor}]
    values = (held.observed, held.expected, held.control)
    points: list[dict[str, Any]] = [{"what": what, "at": v * factor} for what, v in zip(_ORDER, values, strict=True)]
    scale = alt.Scale(zero=False, padding=16, nice=False)
    axis = alt.Axis(tickCount=5, format=axis_format(span), grid=True)
    x = alt.X("at:Q", title=None, scale=scale, axis=axis)
    colour = COLOURS["work"][0]
    rule = (
        alt.Chart(values_of(bar), width=430, height=26)
        .mark_bar(color=colour, height=9, opacity=0.35)
        .encode(x=alt.X("low:Q", scale=scale, title=None, axis=axis), x2="high:Q")
    )
    dots = (
        alt.Chart(values_of(points), width=430, height=26)
        .mark_point(size=95, strokeWidth=2.2, opacity=1)
        .encode(
            x=x,
            shape=alt.Shape(
                "what:N",
                title=None,
                sort=list(_ORDER),
                scale=alt.Scale(domain=list(_ORDER), range=["circle", "M0,-1.2V1.2", "M-.8,-.8L.8,.8M.8,-.8L-.8,.8"]),
                legend=None,
            ),
            color=alt.Color(
                "what:N",
                legend=None,
                scale=alt.Scale(domain=list(_ORDER), range=[COLOURS["ink"][0], colour, COLOURS["muted"][0]]),
            ),
            fill=alt.condition("datum.what == 'happened'", alt.value(COLOURS["ink"][0]), alt.value(None)),
        )
    )
    name = held.name + (f" [{unit}]" if unit else "")
    return alt.LayerChart(
        layer=[rule, dots], title=alt.Title(name, color=COLOURS["ink"][0], fontSize=12, fontWeight="bold", offset=4)
    )
