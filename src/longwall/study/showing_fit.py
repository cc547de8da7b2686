"""Fit as a table: each entry with its number and footing or the question to ask, and what changed since before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from longwall.alignment.fit import GROUPS, FitChange, FitProfile
from longwall.study.cells import span

__all__ = ["FIT_COLUMNS", "fit_rows"]

FIT_COLUMNS = ("group", "entry", "value", "better", "footing", "from", "since before")


def fit_rows(
    profile: FitProfile, before: FitProfile | None, changes: Sequence[FitChange]
) -> tuple[Sequence[Sequence[Any]], Sequence[str]]:
    """Return one row per entry, and notes.

    Parameters
    ----------
    before : FitProfile, optional
        The last profile that was kept of another model or other evidence.
    changes : sequence of FitChange
        From there to `profile`.
    """
    moved = {(one.group, one.id): one for one in changes}
    rows = []
    for one in profile.entries:
        value = f"not observed: ask {one.ask!r}" if one.estimate is None else span(one.estimate.model_dump())
        footing = "" if one.estimate is None else one.estimate.footing
        source = " ".join(part for part in (one.source, one.scale, one.note) if part)
        change = moved.get((one.group, one.id))
        rows.append((GROUPS[one.group], one.name, value, one.better, footing, source, _said(change)))
    notes = ["a profile, never one number; groups are not added up", *profile.cautions]
    if before is None:
        notes.append("nothing was kept before: each report keeps the profile of its model and evidence")
    else:
        notes.append(f"before: {before.window or 'no evidence'}, model {before.system_hash[:12]}")
        notes.append(
            f"of {len(changes)} entries in both, about {len(changes) / 20:.1f} would look changed by luck alone"
        )
    return rows, notes


def _said(change: FitChange | None) -> str:
    if change is None:
        return ""
    if change.shift == "unchanged":
        return change.shift
    if change.difference is None:
        return f"{change.shift}: {change.why}"
    d = change.difference
    return f"{change.shift}: {d.value:+.3g}" + ("" if d.low == d.high else f" ({d.low:+.3g} to {d.high:+.3g})")
