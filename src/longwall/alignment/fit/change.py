"""Fit over time: what changed between two profiles, and whether it is beyond noise."""

from __future__ import annotations

import math

from longwall.alignment.fit.result import FitChange, FitEntry, FitProfile, Shift
from longwall.worksystem import Estimate, Footing

__all__ = ["changes_between"]

_ORDER: tuple[Footing, ...] = ("counted", "fitted", "assumed")


def changes_between(before: FitProfile, after: FitProfile) -> tuple[FitChange, ...]:
    """Return what became of each entry that both profiles have a number for, in the order of the later one.

    Notes
    -----
    The halves of two independent 95% intervals add as the root of their squares; a difference whose interval excludes
    zero is beyond noise. Each side of an interval counts for itself. With common luck the halves are too wide rather
    than too narrow. A number that is counted without an interval tells of no noise: the change is shown, and nothing is
    claimed. Numbers from different sources, or on different scales, are not compared. Of n entries that did not change,
    about n / 20 look changed.
    """
    old = {(one.group, one.id): one for one in before.entries}
    found = []
    for new in after.entries:
        was = old.get((new.group, new.id))
        if was is not None and was.estimate is not None and new.estimate is not None:
            found.append(_change(was, new, was.estimate, new.estimate))
    return tuple(found)


def _change(was: FitEntry, new: FitEntry, first: Estimate, last: Estimate) -> FitChange:
    change = FitChange(id=new.id, name=new.name, group=new.group, shift="not comparable")
    if (was.source, was.scale, first.unit) != (new.source, new.scale, last.unit):
        known = f"{was.source} {was.scale or first.unit}".strip(), f"{new.source} {new.scale or last.unit}".strip()
        return change.model_copy(update={"why": f"before from {known[0]}, now from {known[1]}"})
    moved = last.value - first.value
    down = math.hypot(last.value - last.low, first.high - first.value)
    up = math.hypot(last.high - last.value, first.value - first.low)
    footing = max(first.footing, last.footing, key=_ORDER.index)
    difference = Estimate(value=moved, low=moved - down, high=moved + up, unit=last.unit, footing=footing)
    return change.model_copy(update={"difference": difference, "shift": _shift(difference, new.better)})


def _shift(difference: Estimate, better: str) -> Shift:
    if difference.value == 0:
        return "unchanged"
    if difference.low == difference.high:
        return "noise not known"
    if difference.low <= 0 <= difference.high:
        return "within noise"
    return "better" if (difference.value > 0) == (better == "higher") else "worse"
