"""How a finding is written: one constructor, stable ids, the order in which findings are read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from longwall.worksystem import Estimate, EvidenceRows, Finding, Footing, Layer, Suggestion

__all__ = ["HOURS_PER_WEEK_UNIT", "estimate", "finding", "in_order", "number_text", "times_text", "weekly"]

HOURS_PER_WEEK_UNIT = "h per week"
"""Unit of a severity that counts elapsed hours of items."""

_FOOTINGS: tuple[Footing, ...] = ("counted", "fitted", "assumed")
_LAST = ("not_observed",)


def finding(
    kind: str,
    where: tuple[str, ...],
    statement: str,
    severity: Estimate,
    means: str,
    *,
    principle: str,
    layer: Layer = "work",
    evidence: tuple[EvidenceRows, ...] = (),
    suggests: tuple[Suggestion, ...] = (),
    cautions: tuple[str, ...] = (),
    name: str = "",
) -> Finding:
    """Return a finding with an id made of what it is and where: the same in every run.

    Parameters
    ----------
    name : str
        Tells findings of one kind apart where `where` does not.
    """
    stem = re.sub(r"[^a-z0-9_.-]+", "-", "-".join((kind, *(where if not name else (name,)))).lower())
    return Finding(
        id=stem[:80].strip("-"),
        kind=kind,
        statement=statement,
        where=where,
        layer=layer,
        principle=principle,
        severity=severity,
        severity_means=means,
        footing=severity.footing,
        evidence=evidence,
        suggests=suggests,
        cautions=cautions,
    )


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings as they are read: counted, fitted, assumed; within each the most harmful first.

    Severities in elapsed hours per week come before those in other units, which cannot be compared with them; what the
    evidence cannot show comes last.
    """
    return tuple(
        sorted(
            findings,
            key=lambda f: (
                f.kind in _LAST,
                _FOOTINGS.index(f.footing),
                f.severity.unit != HOURS_PER_WEEK_UNIT,
                -f.severity.value,
                f.id,
            ),
        )
    )


def estimate(value: float, low: float, high: float, unit: str, footing: Footing) -> Estimate:
    """Return an estimate whose interval holds the value, whatever rounding did to either."""
    return Estimate(value=value, low=min(low, value), high=max(high, value), unit=unit, footing=footing)


def weekly(per_case_h: float, low_h: float, high_h: float, cases_per_week: float) -> Estimate:
    """Return elapsed hours per week from hours per case, as counted."""
    return estimate(
        per_case_h * cases_per_week, low_h * cases_per_week, high_h * cases_per_week, HOURS_PER_WEEK_UNIT, "counted"
    )


def number_text(value: float) -> str:
    """Return a count with thousands separated, or a small number with two digits."""
    return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:.2g}"


def times_text(count: int, one: str, many: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {one if count == 1 else many}"
