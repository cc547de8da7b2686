"""Which indicators lead, what they are called, and how two forecasts of one are set side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable

from longwall.report.numbers import kind_of
from longwall.worksystem import Column, Forecast, IndicatorForecast

__all__ = [
    "LEADING",
    "axis_format",
    "in_columns",
    "in_words",
    "leading",
    "name_of",
    "scaled_unit",
    "shown_name",
    "speaks",
]

LEADING: dict[Column, tuple[str, ...]] = {
    "technical": (
        "late_share", "lead_time_p90_h", "lead_time_h", "first_response_h", "escaped_per_100", "rework_share", "wait_h",
        "abandoned_share", "backlog", "takeover_h", "machine_availability", "throughput_per_week",
    ),
    "social": (
        "high_load_share", "handovers_per_item", "skill_reserve", "out_of_hours_share", "interruptions_per_h",
        "fatigue", "by_hand_share", "variety", "utilisation",
    ),
}  # fmt: skip
"""Order in which indicators are shown where there is room for a few only."""

_APART = frozenset({"cost_per_week"})
_NAMES = {
    "throughput_per_week": "finished per week",
    "lead_time_h": "lead time, mean",
    "lead_time_p90_h": "lead time of the slowest tenth",
    "late_share": "past target",
    "wait_h": "waiting in queues",
    "first_response_h": "first response",
    "escaped_per_100": "uncontrolled variances per 100",
    "rework_share": "work done again",
    "abandoned_share": "given up by the customer",
    "backlog": "open at a time",
    "machine_availability": "machines available",
    "takeover_h": "extra time of a takeover",
    "cost_per_week": "cost per week",
    "high_load_share": "hours above 85% load",
    "utilisation": "busy share of rostered hours",
    "out_of_hours_share": "work outside the roster",
    "handovers_per_item": "team changes per item",
    "interruptions_per_h": "interruptions per hour",
    "fatigue": "fatigue",
    "skill_reserve": "skill reserve for takeovers",
    "by_hand_share": "still done by hand",
    "variety": "different functions per person and week",
}
_ID = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b|(?<=[:,] )(?:fatigue|variety|backlog|utilisation)\b")
"""Ids of several words wherever they stand, and of one word where a list of ids does."""


def shown_name(indicator: IndicatorForecast) -> str:
    """Return what a reader calls an indicator."""
    return name_of(indicator.id, indicator.name)


def name_of(identity: str, name: str = "") -> str:
    """Return what a reader calls an indicator of which only id and name are known."""
    return _NAMES.get(identity, name or identity.replace("_", " "))


def in_words(text: str) -> str:
    """Return a text in which indicators go by what a reader calls them, in quotes, instead of by their ids."""
    return _ID.sub(lambda found: f"“{_NAMES[found.group()]}”" if found.group() in _NAMES else found.group(), text)


def in_columns(forecast: Forecast, column: Column, scope: str = "organisation") -> list[IndicatorForecast]:
    """Return the indicators of one column and scope, the leading ones first; cost stands apart from both columns."""
    rank = {name: index for index, name in enumerate(LEADING[column])}
    found = [
        indicator
        for indicator in forecast.indicators
        if indicator.column == column and indicator.scope == scope and indicator.id not in _APART
    ]
    return sorted(found, key=lambda indicator: (rank.get(indicator.id, len(rank)), indicator.id))


def speaks(indicator: IndicatorForecast) -> bool:
    """Tell whether an indicator says something: one that is exactly zero without an interval was never touched."""
    estimate = indicator.estimate
    return not estimate.value == estimate.low == estimate.high == 0


def leading(
    forecast: Forecast, column: Column, most: int, *, footings: Iterable[str] = ("counted", "fitted", "assumed")
) -> list[IndicatorForecast]:
    """Return the few indicators that stand for a column, of the footings allowed."""
    allowed = set(footings)
    chosen = [entry for entry in in_columns(forecast, column) if speaks(entry) and entry.estimate.footing in allowed]
    return chosen[:most]


def scaled_unit(unit: str, size: float) -> tuple[float, str]:
    """Return the factor and the unit in which an axis shows a quantity of this size."""
    kind = kind_of(unit)
    if kind == "share":
        return 100.0, "%"
    if kind == "h":
        if size >= 72:
            return 1 / 24, "days"
        if size < 2:
            return 60.0, "min"
        return 1.0, "hours"
    return 1.0, kind


def axis_format(span: float) -> str:
    """Return the number format of an axis whose ends lie this far apart."""
    return ",.0f" if span >= 5 else ",.1f" if span >= 0.5 else ",.2~f"
