"""Show: who lacks what to control a key variance, and what could absorb what the social system brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from longwall import assessment
from longwall.assessment.control.gaps_result import ASPECTS, CONDITIONS

__all__ = ["GAP_COLUMNS", "gap_rows"]

GAP_COLUMNS = (
    "variance",
    "candidate",
    "today",
    "capacity",
    "bottleneck",
    *ASPECTS,
    "conditions not met",
    "ask",
    "answers",
)
"""Columns of the table."""


def gap_rows(result: Mapping[str, Any]) -> tuple[Sequence[Sequence[Any]], Sequence[str]]:
    """Return one row per candidate with the gap of each aspect, and notes, from a result of `assess`."""
    rows = []
    for entry in result.get("gaps", ()):
        found = assessment.VarianceGaps.model_validate(entry)
        for candidate in found.controllers:
            gaps = {gap.aspect: gap.gap for gap in candidate.gaps}
            rows.append(
                (
                    found.variance,
                    candidate.id,
                    "yes" if candidate.today else "",
                    between(candidate.capacity_low, candidate.capacity_high),
                    candidate.bottleneck,
                    *(level_text(gaps.get(aspect)) for aspect in ASPECTS),
                    ", ".join(name for name, met in candidate.conditions.items() if met is False),
                    ", ".join(candidate.ask),
                    ", ".join(suggestion.kind for suggestion in candidate.suggests),
                )
            )
    notes = ["each gap is need less have, from 0 (nothing is missing) to 1; `?` is not known: ask"]
    notes += [f"condition {name}: {means}" for name, means in CONDITIONS.items()]
    return rows, notes if rows else ["the model names no variance, and nothing that the social system brings"]


def level_text(level: assessment.Level | None) -> str:
    """Write a gap: a number, an interval, a question mark where nobody knows, nothing where it is not asked."""
    if level is None:
        return ""
    return between(level.low, level.high) if level.known else "?"


def between(low: float, high: float) -> str:
    """Write an interval, or one number where both ends are the same to two digits."""
    first, last = f"{low:.2f}", f"{high:.2f}"
    return first if first == last else f"{first} to {last}"
