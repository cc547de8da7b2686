"""Show what a log of ends only allows: bounds of work by function, of use and capacity by role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from longwall.discovery import Bounds
from longwall.units import duration_text, share_text

__all__ = ["bounds_rows"]

COLUMNS = ("of", "what", "between", "and", "footing")


def bounds_rows(result: Mapping[str, Any]) -> tuple[Sequence[Sequence[Any]], Sequence[str]]:
    """Return rows and notes of the table of bounds from the result of discovery.

    Parameters
    ----------
    result : mapping
        Its key ``bounds`` is what `Bounds` dumps, or None where starts are logged.
    """
    plain = result.get("bounds")
    if plain is None:
        return (), ("Starts are logged: work is counted, not bounded.",)
    found = Bounds.model_validate(plain)
    rows: list[tuple[Any, ...]] = []
    for one in found.functions:
        name = f"{one.function} (pool)" if one.pooled else one.function
        rows.append((name, "attention per execution", duration_text(one.low_h), duration_text(one.high_h), one.footing))
        for tasks, high_h in sorted({1: one.duration_h[0], found.tasks: one.duration_h[-1]}.items()):
            what = f"start to end, {tasks} at once" if tasks > 1 else "start to end, one at a time"
            rows.append((name, what, duration_text(one.low_h), duration_text(high_h), one.footing))
    for role in found.roles:
        low, high = share_text(role.utilisation_low), share_text(role.utilisation_high)
        rows.append((role.role, "use of the hours of presence", low, high, role.footing))
        if role.capacity_low is not None:
            most = "no bound" if role.capacity_high is None else f"{role.capacity_high:,.0f}"
            rows.append((role.role, "capacity, executions a week", f"{role.capacity_low:,.0f}", most, role.footing))
    return rows, (
        f"The log holds ends only. Everything between the bounds is possible; up to {found.tasks} items were open to a "
        "person at once.",
    )
