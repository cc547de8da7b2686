"""Show what wears the system out: each measure of each driver against its threshold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from longwall.assessment import DriverRow

__all__ = ["COLUMNS", "driver_rows"]

COLUMNS = ("driver", "where", "measure", "value", "threshold", "speaks for it", "footing")


def driver_rows(
    result: Mapping[str, Any], span: Callable[[Mapping[str, Any]], str]
) -> tuple[Sequence[Sequence[Any]], Sequence[str]]:
    """Return rows and notes of the table of drivers from the result of the assessment.

    Parameters
    ----------
    result : mapping
        Its key ``drivers`` holds what `DriverRow` dumps.
    span : callable
        Writes an estimate.
    """
    rows = []
    for plain in result.get("drivers", ()):
        row = DriverRow.model_validate(plain)
        value = plain["value"]
        # Counted numbers have intervals here, and a threshold is held against them.
        text = "-" if value is None else span({**value, "footing": "fitted"})
        speaks = {True: "yes", False: "no", None: f"not determinable: {row.needs}"}[row.beyond]
        means = row.means if row.required else f"{row.means} (beside)"
        cut = f"{'<=' if row.at_most else '>='} {row.threshold:g}"
        rows.append((row.driver, row.of, means, text, cut, speaks, "" if row.value is None else row.value.footing))
    notes = (
        "a driver is claimed where every measure not marked (beside) speaks for it; `longwall show STUDY findings`",
        "thresholds with reasons: thresholds.yaml of the assessment",
    )
    return rows, notes
