"""Which answers of a survey may be kept: groups of five or more, also by subtraction, so coarse that none stands out.

A small group is withheld. Where a group and its parts would leave fewer than five people by subtraction, its smallest
part is withheld as well. Between two waves of which one has a few more answers, a mean that is exact would tell what
those few answered; so means are rounded to a grid that leaves any one answer uncertain by a fifth of the scale.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence

from longwall.evidence.disclosure import NARROW
from longwall.evidence.privacy import MIN_GROUP

__all__ = ["WHOLE", "grid_step", "on_grid", "parents_of", "withheld_groups"]

WHOLE = ("", "all", "total", "overall", "everyone", "everybody", "company", "organisation", "organization", "gesamt")
"""Names of the group of all, in small letters."""

_STEPS = (0.005, 0.01, 0.02, 0.025, 0.05)


def parents_of(groups: Sequence[str], told: AnyMapping[str, str]) -> dict[str, str]:
    """Return for each group the one that it is part of; groups without one are left out.

    Parameters
    ----------
    groups : sequence of str
        As they are named.
    told : mapping of str to str
        What the table says.

    Notes
    -----
    Where the table says nothing, a name that continues another (``Desk / Night``, ``Desk Night`` of ``Desk``) is part
    of it, and everything else of the group of all, if there is one. That may take two groups for nested that are not;
    then more is withheld than need be.
    """
    whole = next((group for group in groups if group.casefold() in WHOLE), None)
    found: dict[str, str] = {}
    for group in groups:
        if told.get(group) and told[group] != group:
            found[group] = told[group]
            continue
        longer = [
            other for other in groups
            if other and other != group and re.match(re.escape(other.casefold()) + r"\W", group.casefold())
        ]  # fmt: skip
        if longer:
            found[group] = max(longer, key=len)
        elif whole is not None and group != whole:
            found[group] = whole
    return {group: parent for group, parent in found.items() if parent in groups and not _loops(found, group)}


def withheld_groups(answers: AnyMapping[str, int], parents: AnyMapping[str, str]) -> frozenset[str]:
    """Return the groups of one item and wave that may not be shown.

    Parameters
    ----------
    answers : mapping of str to int
        Group to its number of answers.
    parents : mapping of str to str
        Group to the one that it is part of.

    Notes
    -----
    After it, no group that is shown has fewer than five answers, and no group minus its shown parts, whatever their
    depth, leaves one to four.
    """
    hidden = {group for group, n in answers.items() if n < MIN_GROUP}
    parts: dict[str, list[str]] = {}
    for group, parent in parents.items():
        if group in answers:
            parts.setdefault(parent, []).append(group)
    while True:
        again = False
        for parent in sorted(answers):
            if parent in hidden:
                continue
            shown = _shown_parts(parent, parts, hidden)
            rest = answers[parent] - sum(answers[group] for group in shown)
            if shown and 0 < rest < MIN_GROUP:
                hidden.add(min(shown, key=lambda group: (answers[group], group)))
                again = True
        if not again:
            return frozenset(hidden)


def grid_step(n: int, width: float) -> float:
    """Return the step of the grid on which a mean of n answers may be said.

    Parameters
    ----------
    n : int
        Answers, >= 5.
    width : float
        From the lower to the upper end of the scale, > 0.

    Notes
    -----
    Of two means m and m', of n answers and of the same without one, that answer follows as n m - (n - 1) m'. With both
    known to within h, it is known to within (2 n - 1) h. The step 2 h is the smallest fixed one that keeps this at the
    share `NARROW` of the scale.
    """
    needed = 2 * NARROW / (2 * n - 1)
    return width * next((step for step in _STEPS if step >= needed - 1e-12), _STEPS[-1])


def on_grid(value: float, low: float, step: float) -> float:
    """Return a value on the grid that begins at the lower end of the scale."""
    return float(f"{low + math.floor((value - low) / step + 0.5) * step:.10g}")


def _shown_parts(parent: str, parts: AnyMapping[str, Sequence[str]], hidden: set[str]) -> list[str]:
    """The uppermost shown groups below one; a hidden one is looked through."""
    found = []
    for group in parts.get(parent, ()):
        found += _shown_parts(group, parts, hidden) if group in hidden else [group]
    return found


def _loops(parents: AnyMapping[str, str], group: str) -> bool:
    """Whether a group would be part of itself."""
    seen = {group}
    while (group := parents.get(group, "\0")) != "\0":
        if group in seen:
            return True
        seen.add(group)
    return False
