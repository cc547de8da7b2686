"""Outcomes in two columns, technical left and social right: bands over weeks, and differences between designs."""

from __future__ import annotations

from typing import Any

import altair as alt

from longwall.report.figures.drawing import Chart, Figure, once, values_of
from longwall.report.indicators import axis_format, leading, scaled_unit, shown_name
from longwall.report.markup import Table
from longwall.report.numbers import estimate_text
from longwall.report.theme import COLOURS
from longwall.worksystem import Column, Forecast, IndicatorForecast

__all__ = ["bands_figure"]

_COLUMNS: tuple[Column, Column] = ("technical", "social")
_PANEL_W, _PANEL_H = 275, 92


@once
def bands_figure(forecast: Forecast, *, command: str, most: int = 3) -> Figure | None:
    """Return bands over weeks of the leading indicators, technical left and social right; None without a series."""
    chosen = {column: [i for i in leading(forecast, column, 99) if i.series][:most] for column in _COLUMNS}
    if not any(chosen.values()):
        return None
    sides = []
    for column in _COLUMNS:
        panels = [_panel(indicator, column) for indicator in chosen[column]]
        if panels:
            sides.append(alt.vconcat(*panels, spacing=18))
    rows = [
        (
            shown_name(indicator),
            column,
            str(week + 1),
            *(_week(indicator, week)),
        )
        for column in _COLUMNS
        for indicator in chosen[column]
        for week in range(len(indicator.series))
    ]
    return Figure(
        name="today-weeks",
        sentence=_sentence(forecast, chosen),
        alt="Bands over weeks: technical indicators on the left, social ones on the right.",
        chart=alt.hconcat(*sides, spacing=44),
        table=Table("Mean over replications per simulated week, with the interval that 95% of them keep",
                    ("Indicator", "Side", "Week#", "Mean#", "Interval#"), rows),
        command=command,
        key="Line: mean over replications; band: 95% of the replications. A dashed line and an outlined band rest on "
        "assumed parameters.",
    )  # fmt: skip


def _week(indicator: IndicatorForecast, week: int) -> tuple[str, str]:
    """Mean and interval of one week."""
    low = indicator.series_low[week] if indicator.series_low else indicator.series[week]
    high = indicator.series_high[week] if indicator.series_high else indicator.series[week]
    value = indicator.series[week]
    estimate = indicator.estimate.model_copy(update={"value": value, "low": min(low, value), "high": max(high, value)})
    return estimate_text(estimate)


def _sentence(forecast: Forecast, chosen: dict[Column, list[IndicatorForecast]]) -> str:
    """What the bands show: the leading number of each side."""
    words = []
    for column in _COLUMNS:
        if chosen[column]:
            indicator = chosen[column][0]
            value, interval = estimate_text(indicator.estimate)
            words.append(f"{shown_name(indicator)} {value}" + (f" ({interval})" if interval else ""))
    return f"If nothing changes, over {forecast.weeks} weeks: " + "; ".join(words) + "."


def _panel(indicator: IndicatorForecast, column: Column) -> Chart:
    """One small chart: band and line over the weeks."""
    size = max((*indicator.series, *indicator.series_high, 0.0))
    factor, unit = scaled_unit(indicator.estimate.unit, size)
    assumed = indicator.estimate.footing == "assumed"
    rows: list[dict[str, Any]] = [
        {
            "week": week + 1,
            "mean": value * factor,
            "low": (indicator.series_low[week] if indicator.series_low else value) * factor,
            "high": (indicator.series_high[week] if indicator.series_high else value) * factor,
        }
        for week, value in enumerate(indicator.series)
    ]
    colour = COLOURS[column][0]
    base = alt.Chart(values_of(rows), width=_PANEL_W, height=_PANEL_H).encode(
        x=alt.X("week:Q", title=None, axis=alt.Axis(format="d", grid=False, tickMinStep=1, tickCount=6))
    )
    value_axis = alt.Axis(tickCount=3, format=axis_format(size * factor))
    band = base.mark_area(
        color=colour,
        fillOpacity=0.0 if assumed else 0.22,
        strokeOpacity=0.7,
        line=False,
        stroke=colour,
        strokeWidth=0.8 if assumed else 0.0,
    ).encode(y=alt.Y("low:Q", title=None, axis=value_axis, scale=alt.Scale(zero=True)), y2="high:Q")
    line = base.mark_line(color=colour, strokeWidth=2, strokeDash=[5, 3] if assumed else [1, 0]).encode(y="mean:Q")
    name = shown_name(indicator) + (f" [{unit}]" if unit else "")
    title = alt.Title(name, color=COLOURS["ink"][0], fontSize=12, fontWeight="bold")
    return alt.LayerChart(layer=[band, line], title=title)
