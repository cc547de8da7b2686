"""How values stand in the cells of a table: with interval and unit, on one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall.units import duration_text, share_text
from longwall.worksystem.emit import inline_text

__all__ = ["shortened_value", "span"]

_LONG = 80


def span(estimate: Mapping[str, Any]) -> str:
    """Write an estimate with its interval and unit."""
    unit = str(estimate["unit"])
    word, of = unit.partition(" ")[::2]
    write = share_text if word in ("share", "1") else duration_text if unit == "h" else _number
    value, low, high = (write(estimate[key]) for key in ("value", "low", "high"))
    after = of if write is share_text else "" if write is duration_text else unit
    text = value if estimate["footing"] == "counted" else f"{value} ({low} to {high})"
    return f"{text} {after}".rstrip()


def shortened_value(value: Any) -> str:
    """Write a plain value on one line of at most eighty letters; nothing is a dash."""
    text = "-" if value is None else value if isinstance(value, str) else inline_text(value)
    return text if len(text) <= _LONG else text[: _LONG - 1] + "\u2026"


def _number(value: float) -> str:
    """Write a number with four digits, large ones whole."""
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"
