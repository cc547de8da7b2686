"""When work arrives: a map of the hours of the week."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from longwall.report.figures.drawing import Figure, once, values_of
from longwall.report.markup import Table
from longwall.report.numbers import amount_text
from longwall.report.theme import COLOURS
from longwall.units import HOURS_PER_WEEK

__all__ = ["arrivals_figure"]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@once
def arrivals_figure(per_hour: Sequence[float], *, item: str, zone: str, command: str) -> Figure:
    """Return the heat map of arrivals by hour of the week.

    Parameters
    ----------
    per_hour : sequence of 168 floats
        Mean arrivals in each hour of the week, Monday 00:00 first.
    item : str
        What arrives, in the plural.
    zone : str
        Time zone of the hours.
    command : str
        What computes the numbers again.
    """
    rows = [
        {"day": _DAYS[hour // 24], "hour": hour % 24, "arrivals": float(per_hour[hour])}
        for hour in range(HOURS_PER_WEEK)
    ]
    total = sum(per_hour)
    busiest = max(range(HOURS_PER_WEEK), key=lambda hour: per_hour[hour])
    by_day = [sum(per_hour[24 * day : 24 * day + 24]) for day in range(7)]
    office = sum(per_hour[24 * day + hour] for day in range(5) for hour in range(8, 18))
    share = amount_text(office / total if total else 0.0, "share")
    sentence = (
        f"{amount_text(total)} {item} arrive in a mean week, {share} of them "
        f"Monday to Friday between 8 and 18; the busiest hour is {_DAYS[busiest // 24]} {busiest % 24}:00 with "
        f"{amount_text(float(per_hour[busiest]))}."
    )
    chart = (
        alt.Chart(values_of(rows), width=600, height=190)
        .mark_rect(color=COLOURS["work"][0], cornerRadius=2)
        .encode(
            x=alt.X(
                "hour:O",
                title=f"hour of the day ({zone})",
                axis=alt.Axis(labelAngle=0, values=list(range(0, 24, 3))),
                scale=alt.Scale(paddingInner=0.08),
            ),
            y=alt.Y("day:O", sort=list(_DAYS), title=None, scale=alt.Scale(paddingInner=0.12)),
            opacity=alt.Opacity(
                "arrivals:Q",
                title="per hour",
                scale=alt.Scale(domainMin=0, range=[0.04, 1.0]),
                legend=alt.Legend(orient="right", tickCount=4),
            ),
        )
    )
    table = Table(
        "Mean arrivals per hour, by day of the week",
        ("Day", *(f"{hour}#" for hour in range(24)), "Sum#"),
        [
            (
                day,
                *(amount_text(round(float(per_hour[24 * index + hour]), 2)) for hour in range(24)),
                amount_text(round(by_day[index], 1)),
            )
            for index, day in enumerate(_DAYS)
        ],
    )
    return Figure(
        name="arrivals",
        sentence=sentence,
        alt="Heat map: days of the week down, hours of the day across; the darker, the more arrivals.",
        chart=chart,
        table=table,
        command=command,
    )
