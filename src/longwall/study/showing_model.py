"""Show the model number by number: value, interval, footing, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from longwall.discovery import numbers_of
from longwall.worksystem import Parameter, WorkSystem

__all__ = ["model_rows"]

COLUMNS = ("where", "value", "low", "high", "unit", "footing", "rests on")


def model_rows(system: WorkSystem, result: Mapping[str, Any] | None) -> tuple[Sequence[Sequence[Any]], Sequence[str]]:
    """Return rows and notes of the table of the numbers of a model.

    Parameters
    ----------
    system : WorkSystem
        As it stands in ``worksystem.yaml``, edited or not.
    result : mapping, optional
        Of discovery; its ``provenance`` says more than the number does, and of what is no number.
    """
    said: dict[str, str] = dict((result or {}).get("provenance", {}))
    rows: list[tuple[Any, ...]] = []
    counts: dict[str, int] = {}
    for path, number in numbers_of(system):
        if isinstance(number, Parameter):
            value, low, high, unit = number.value, number.low, number.high, number.unit
        else:
            value, low, high, unit = number.mean_h, number.low_h, number.high_h, "h"
        counts[number.footing] = counts.get(number.footing, 0) + 1
        line = said.pop(path, "")
        rows.append((path, *(_short(one) for one in (value, low, high)), unit, number.footing, number.source or line))
    rows += [(path, "", "", "", "", _footing(line), line) for path, line in said.items()]
    notes = [", ".join(f"{count} {footing}" for footing, count in sorted(counts.items())) + " numbers"]
    return sorted(rows), notes


def _footing(line: str) -> str:
    """The footing that a line names."""
    return next((word for word in ("counted", "fitted", "assumed") if f"; {word}" in line), "")


def _short(value: float | None) -> str:
    """Four digits; empty where there is no interval."""
    return "" if value is None else f"{value:.4g}"
