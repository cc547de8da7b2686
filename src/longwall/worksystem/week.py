"""The hours of a week: days by name, and weights per hour written a row a day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from longwall.units import HOURS_PER_WEEK

__all__ = ["DAYS", "days_of", "profile_of_rows", "rows_of_profile", "week_spans_h"]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Monday is the first day of a week."""

_HOURS_PER_DAY = HOURS_PER_WEEK // len(DAYS)
_SPAN = re.compile(r"^([a-z]{3}(?:-[a-z]{3})?)\s+(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$")


def days_of(text: str) -> tuple[int, ...]:
    """Return the days that ``"mon"`` or ``"mon-fri"`` names, Monday is 0; a span may run over Sunday.

    Raises
    ------
    ValueError
        If the text names no days.
    """
    first, dash, last = text.strip().lower().partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        raise ValueError(f"expected days such as 'mon' or 'mon-fri', found {text!r}")
    start = DAYS.index(first)
    length = (DAYS.index(last) - start) % len(DAYS) + 1 if dash else 1
    return tuple((start + offset) % len(DAYS) for offset in range(length))


def profile_of_rows(rows: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return 168 weights from rows of 24, one row for each span of days; days without a row weigh nothing.

    Raises
    ------
    ValueError
        If a row is not 24 long, or a day has two rows.
    """
    profile: list[Any] = [0.0] * HOURS_PER_WEEK
    taken: set[int] = set()
    for text, row in rows.items():
        if not isinstance(row, Sequence) or isinstance(row, str) or len(row) != _HOURS_PER_DAY:
            found = f"{len(row)}" if isinstance(row, Sequence) and not isinstance(row, str) else repr(row)
            raise ValueError(f"expected 24 weights for {text}, found {found}")
        for day in days_of(text):
            if day in taken:
                raise ValueError(f"expected one row for {DAYS[day]}, found another in {text!r}")
            taken.add(day)
            profile[_HOURS_PER_DAY * day : _HOURS_PER_DAY * (day + 1)] = list(row)
    return tuple(profile)


def rows_of_profile(profile: Sequence[float]) -> dict[str, tuple[float, ...]]:
    """Return the rows of 168 weights, following days with equal rows joined, days without weight left out."""
    rows: dict[str, tuple[float, ...]] = {}
    day = 0
    while day < len(DAYS):
        row = tuple(profile[_HOURS_PER_DAY * day : _HOURS_PER_DAY * (day + 1)])
        first = day
        while day < len(DAYS) and tuple(profile[_HOURS_PER_DAY * day : _HOURS_PER_DAY * (day + 1)]) == row:
            day += 1
        if any(row):
            rows[DAYS[first] if day == first + 1 else f"{DAYS[first]}-{DAYS[day - 1]}"] = row
    return rows


def week_spans_h(text: str) -> tuple[tuple[float, float], ...]:
    """Return the spans of a weekly calendar in hours since Monday 00:00, in order, merged, within [0, 168].

    Parameters
    ----------
    text : str
        ``"always"`` or spans such as ``"mon-fri 08:00-17:00, sat 22:00-06:00"`` (past midnight).

    Raises
    ------
    ValueError
        If a span cannot be read, or no hours are left.
    """
    if text.strip().lower() == "always":
        return ((0.0, float(HOURS_PER_WEEK)),)
    raw: list[tuple[float, float]] = []
    for part in text.lower().split(","):
        match = _SPAN.match(part.strip())
        if not match:
            raise ValueError(f"expected hours such as 'mon-fri 08:00-17:00', found {part.strip()!r}")
        start, end = int(match[2]) + int(match[3]) / 60, int(match[4]) + int(match[5]) / 60
        if start > 24 or end > 24 or start == end or int(match[3]) > 59 or int(match[5]) > 59:
            raise ValueError(f"expected two different times of day, found {part.strip()!r}")
        for day in days_of(match[1]):
            begin = 24 * day + start
            stop = 24 * day + (end if end > start else end + 24)
            raw.append((begin, min(stop, HOURS_PER_WEEK)))
            if stop > HOURS_PER_WEEK:
                raw.append((0.0, stop - HOURS_PER_WEEK))
    merged: list[tuple[float, float]] = []
    for begin, stop in sorted(raw):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((begin, stop))
    return tuple(merged)
