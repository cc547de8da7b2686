"""Boundaries as tables: crossings, who spans them, what leaves them, what supports what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from longwall.assessment import Assessment, Boundaries
from longwall.units import share_text
from longwall.worksystem import Estimate

__all__ = [
    "CROSSING_COLUMNS",
    "EXPORTED_COLUMNS",
    "SPANNING_COLUMNS",
    "SUPPORT_COLUMNS",
    "crossing_rows",
    "exported_rows",
    "spanning_rows",
    "support_rows",
]

CROSSING_COLUMNS = ("boundary", "demand class", "items", "crossings per item", "none", "1", "2", "more", "by the model")
SPANNING_COLUMNS = ("who or what", "kind", "team", "reaches", "share of crossings", "linked to", "other organisations")
EXPORTED_COLUMNS = ("variance", "from", "arises at", "teams", "gets", "leaves its team", "leaves the system", "in log")
SUPPORT_COLUMNS = ("function", "who is to give", "demands met", "bottleneck", "nobody has stated")

_LINES = {"team": "teams", "organisation": "organisations", "machine": "machine and people"}


def crossing_rows(boundaries: Boundaries) -> tuple[list[tuple[Any, ...]], Sequence[str]]:
    """Return crossings by boundary and demand class, the log beside the model, and the cautions."""
    keys = dict.fromkeys((one.boundary, one.demand) for one in boundaries.crossings)
    rows = []
    for boundary, demand in keys:
        counted = next(
            (c for c in boundaries.crossings if (c.boundary, c.demand, c.source) == (boundary, demand, "log")), None
        )
        model = boundaries.mean(boundary, "model", demand)
        shares = [_range(share) for share in counted.shares] if counted else [""] * 4
        rows.append(
            (_LINES[boundary], demand or "all", f"{counted.items:,}" if counted else "",
             _range(counted.mean) if counted else "", *shares, _range(model) if model else "")
        )  # fmt: skip
    return rows, boundaries.cautions


def spanning_rows(boundaries: Boundaries) -> list[tuple[Any, ...]]:
    """Return roles and components that span boundaries."""
    return [
        (one.id, one.kind, one.team, ", ".join(one.reaches), share_text(one.share.value) if one.share else "",
         ", ".join(one.linked), ", ".join(one.outside))
        for one in boundaries.spanning
    ]  # fmt: skip


def exported_rows(boundaries: Boundaries) -> list[tuple[Any, ...]]:
    """Return what becomes of variances at the boundary of the team in which they arise."""
    return [
        (one.name, one.source, one.origin, ", ".join(one.teams), one.kind, _range(one.crosses), _range(one.leaves),
         one.occurrences or "")
        for one in boundaries.exported
    ]  # fmt: skip


def support_rows(assessed: Assessment) -> list[tuple[Any, ...]]:
    """Return, for each function and role or machine, the profile of what is demanded against what is given."""
    return [
        (one.function, one.by,
         "; ".join(f"{d.what} {d.have:.2g} of {d.need:.2g} ({d.footing})" for d in one.demands if d.have is not None),
         one.bottleneck, ", ".join(one.unknown))
        for one in assessed.boundaries.support
    ]  # fmt: skip


def _range(number: Estimate | None) -> str:
    """Write a number with its interval."""
    if number is None:
        return ""
    write = share_text if number.unit == "share" else "{:.2f}".format
    return f"{write(number.value)} ({write(number.low)} to {write(number.high)})"
