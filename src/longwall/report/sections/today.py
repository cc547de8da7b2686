"""Today: what the system does if nothing changes, two columns of outcomes with intervals."""

from __future__ import annotations

from longwall.report.figures.outcomes import bands_figure
from longwall.report.indicators import in_columns, shown_name, speaks
from longwall.report.markup import Content, Markup, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import number
from longwall.report.sections.section import Draw, Section, bullets, lead, more
from longwall.report.words import absent, counted, layer_mark, sentence
from longwall.worksystem import Column, Forecast

__all__ = ["today_section", "two_sides"]


def two_sides(left: Markup, right: Markup) -> Markup:
    """Return the technical side on the left and the social side on the right, always both."""
    return element(
        "div",
        element("div", left, class_="technical-side"),
        element("div", right, class_="social-side"),
        class_="sides",
    )


def _side(forecast: Forecast, column: Column) -> Markup:
    """The indicators of one side."""
    rows: list[tuple[Content, ...]] = [
        (shown_name(indicator), number(indicator.estimate))
        for indicator in in_columns(forecast, column)
        if speaks(indicator)
    ]
    if not rows:
        rows = [("nothing simulated", "–")]
    table = table_of(Table(f"{column} indicators today", (column, "today#"), rows))
    return Markup(table.replace(f">{column} indicators today</caption>", f">{layer_mark(column)}</caption>", 1))


def _by_scope(material: Material, forecast: Forecast) -> Markup | None:
    """Indicators of teams, roles, functions and demand classes."""
    rows: list[tuple[Content, ...]] = []
    for indicator in forecast.indicators:
        if indicator.scope == "organisation" or not speaks(indicator):
            continue
        kind, _, identity = indicator.scope.partition(":")
        rows.append(
            (
                f"{kind}: {material.label(identity, kind)}",
                shown_name(indicator),
                indicator.column,
                number(indicator.estimate),
            )
        )
    rows.sort(key=lambda row: (str(row[0]), str(row[2]) != "technical", str(row[1])))
    if not rows:
        return None
    table = Table(
        "Indicators by team, role, function and class of demand", ("Where", "Indicator", "Side", "Today#"), rows
    )
    return more(f"By team, role, function and class of demand ({len(rows)} numbers)", table_of(table, class_="dense"))


def today_section(material: Material, draw: Draw) -> Section:
    """Return the section on today's forecast."""
    title = "Today"
    forecast = material.today
    if forecast is None:
        return Section("today", title, absent("The forecast", material.missing_of("simulate")), made=False)
    cost = forecast.of("cost_per_week")
    figure = bands_figure(forecast, command=material.command("simulate"))
    parts: list[Content] = [
        lead(
            f"If nothing changes: {forecast.weeks} weeks ahead, {counted(forecast.replications, 'simulated run')} with "
            "different luck. The two sides stand side by side and are never added into one score."
        ),
        two_sides(_side(forecast, "technical"), _side(forecast, "social")),
        element("p", "Cost per week, apart from both sides: ", number(cost.estimate), ".")
        if cost is not None
        else None,
        draw(figure) if figure is not None else None,
        _by_scope(material, forecast),
    ]
    if forecast.cautions:
        parts.append(
            more(
                f"Cautions of the simulation ({len(forecast.cautions)})",
                bullets([sentence(c) for c in forecast.cautions]),
            )
        )
    if forecast.assumptions:
        parts.append(more(f"What it rests on ({len(forecast.assumptions)} assumed values)",
                          bullets([element("code", path) for path in forecast.assumptions])))  # fmt: skip
    return Section("today", title, join(parts))
