"""Durations, rates and money: numbers carry their unit, conversion happens at the edges.

Inside Longwall a duration is a float of hours (``_h``), a rate is per hour (``_per_h``), money is a float of one
currency named once in the study.
"""

from __future__ import annotations

import re

__all__ = [
    "HOURS_PER_MONTH",
    "HOURS_PER_WEEK",
    "HOURS_PER_YEAR",
    "duration_h",
    "duration_text",
    "rate_per_h",
    "share_text",
]

HOURS_PER_WEEK = 168
HOURS_PER_YEAR = 8766.0
"""Of a mean year of 365.25 days."""
HOURS_PER_MONTH = HOURS_PER_YEAR / 12

_HOURS = {
    "ms": 1 / 3_600_000, "s": 1 / 3600, "sec": 1 / 3600, "second": 1 / 3600, "seconds": 1 / 3600,
    "min": 1 / 60, "minute": 1 / 60, "minutes": 1 / 60, "h": 1.0, "hour": 1.0, "hours": 1.0,
    "d": 24.0, "day": 24.0, "days": 24.0, "w": 168.0, "week": 168.0, "weeks": 168.0,
    "month": HOURS_PER_MONTH, "months": HOURS_PER_MONTH, "year": HOURS_PER_YEAR, "years": HOURS_PER_YEAR,
}  # fmt: skip
_RATE = re.compile(r"^\s*(\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)\s*(?:per|/)\s*([A-Za-z]+)\s*$")
_AMOUNT = re.compile(r"^\s*([-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)\s*([A-Za-z]+)\s*$")


def duration_h(text: str | float) -> float:
    """Return hours from a duration such as ``"90 min"``, ``"2 d"`` or a bare number of hours.

    Raises
    ------
    ValueError
        If the text is not a number and a unit of time.
    """
    if isinstance(text, int | float):
        return float(text)
    match = _AMOUNT.match(text)
    if not match or match[2] not in _HOURS:
        raise ValueError(f"expected a duration such as '90 min', '8 h' or '2 d', found {text!r}")
    return float(match[1]) * _HOURS[match[2]]


def rate_per_h(text: str | float) -> float:
    """Return events per hour from a rate such as ``"40 per day"``, ``"3/h"`` or a bare number per hour.

    Raises
    ------
    ValueError
        If the text is not a number, ``per`` or ``/``, and a unit of time.
    """
    if isinstance(text, int | float):
        return float(text)
    match = _RATE.match(text)
    if not match or match[2] not in _HOURS:
        raise ValueError(f"expected a rate such as '40 per day' or '3/h', found {text!r}")
    return float(match[1]) / _HOURS[match[2]]


def duration_text(hours: float) -> str:
    """Return a duration in the unit a reader would choose: ``45 s``, ``12 min``, ``3.5 h``, ``6.2 d``."""
    size = abs(hours)
    for unit, factor, limit in (("s", 3600, 1 / 60), ("min", 60, 2), ("h", 1, 72)):
        if size < limit:
            return f"{hours * factor:.3g} {unit}"
    return f"{hours / 24:,.0f} d" if size >= 2400 else f"{hours / 24:.3g} d"


def share_text(share: float) -> str:
    """Return a share of one as a percentage with a sensible number of digits."""
    percent = 100 * share
    if percent != 0 and abs(percent) < 1:
        return f"{percent:.2g}%"
    return f"{percent:.0f}%" if abs(percent) >= 10 else f"{percent:.1f}%"
