"""The hours of a week: days by name, and weights per hour written a row a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from longwall.units import HOURS_PER_WEEK

__all__ = ["DAYS", "days_of", "profile_of_rows", "rows_of_profile"]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Monday is the first day of a week."""

_HOURS_PER_DAY = HOURS_PER_WEEK // len(DAYS)


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
