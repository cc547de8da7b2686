"""The ten levels of automation as ordinary steps; the kernel knows no levels.

======  ==========================================================================================
level   steps
======  ==========================================================================================
1       a person does all
2, 3    the machine lists, or narrows; then a person with less search
4       the machine suggests; blocking review; the person acts
5       the same; the machine acts
6       as 5, the review has a deadline, and silence means go
7       the machine acts; a non-blocking read task with a shelf life
8       as 7, the read tasks created at an audit rate
9       as 7, created by the machine's own detector
10      no human step
======  ==========================================================================================

A rejection goes by hand, by the same person at once. What the machine does not cover, and everything while it is out,
goes by hand after a takeover.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from longwall.simulation.kernel import layout
from longwall.worksystem import Component, Function, Parameter

__all__ = ["Steps", "add_function", "loop_factor", "miss_probability"]

KINDS = {
    layout.HAND: "by hand",
    layout.REVIEW: "review",
    layout.READ: "read",
    layout.MACHINE: "machine",
    layout.REPAIR: "repair",
    layout.PASS: "pass",
}


def _empty() -> dict[str, Any]:
    """Return a step that does nothing."""
    row: dict[str, Any] = dict.fromkeys(layout.STEP.names or (), 0)
    row.update(function=-1, pool=-1, component=-1, ok=-1, no=-1, out=-1, review=-1, read=-1)
    row.update(factor=1.0, factor_wrong=1.0, limit_h=math.inf)
    return row


@dataclass
class Steps:
    """The table of steps while it is being written."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, kind: int, **columns: Any) -> int:
        """Add a step and return its row."""
        row = _empty()
        row.update(kind=kind, **columns)
        self.rows.append(row)
        return len(self.rows) - 1


def miss_probability(reliability: float, priors: dict[str, Parameter]) -> float:
    """Return how probably a check misses what is wrong, when it is wrong as rarely as 1 - reliability.

    References
    ----------
    Wolfe, Horowitz and Kenner 2005, "Rare items often missed in visual searches", Nature 435; log-odds fit to 7% misses
    at a prevalence of 50% and 30% at 1%.
    """
    prevalence = min(max(1.0 - reliability, 0.001), 0.999)
    odds = math.log(prevalence / (1.0 - prevalence))
    x = priors["prevalence_intercept"].value + priors["prevalence_slope"].value * odds
    return 1.0 / (1.0 + math.exp(-x))


def loop_factor(level: int, priors: dict[str, Parameter]) -> float:
    """Return the factor on a takeover: 0 in the loop (levels 2, 3), longer with each stage handed to the machine."""
    stages = 0 if level <= 3 else 1 if level == 4 else 2 if level <= 6 else 3
    return 0.0 if level <= 3 else 1.0 + priors["takeover_per_stage"].value * stages


def add_function(
    steps: Steps,
    function: Function,
    row: int,
    pool: int,
    component: Component | None,
    component_row: int,
    review: int,
    priors: dict[str, Parameter],
) -> int:
    """Write the steps of one function and return the first of them.

    Parameters
    ----------
    row, pool, component_row, review : int
        Rows of the function, of who may do it (-1: nobody), of the machine, of the distribution of review times.
    """
    level = function.allocation.level
    if level == 1 or component is None:
        if pool < 0:
            return steps.add(layout.PASS, function=row)
        return steps.add(layout.HAND, function=row, pool=pool, practice=1.0)
    by_hand = -1
    if pool >= 0:
        by_hand = steps.add(layout.HAND, function=row, pool=pool, practice=1.0, byhand=1)
    machine = {"function": row, "component": component_row, "out": by_hand, "entry": 1}
    if level >= 7:
        return _acts_alone(steps, function, machine, pool, review, component, priors)
    check = _check(component, priors)
    if level <= 3:
        search = function.allocation.search_share.value
        saving = priors["list_saving" if level == 2 else "narrow_saving"].value
        share = 1.0 - search * saving
        person = steps.add(
            layout.HAND, function=row, pool=pool, component=component_row, practice=1.0, aided=1, factor=share, **check
        )
        return steps.add(layout.MACHINE, **machine, factor=search, ok=person)
    act = priors["act_share"].value
    redo = steps.add(layout.HAND, function=row, pool=pool, practice=1.0, stay=1)
    if level == 4:
        go = steps.add(layout.HAND, function=row, pool=pool, practice=act, factor=act, stay=1)
    else:
        go = steps.add(layout.MACHINE, function=row, component=component_row, out=by_hand, factor=act)
    deadline = function.allocation.review_deadline_h
    limit = math.inf
    if level == 6:
        limit = priors["review_deadline_h"].value if deadline is None else deadline.value
    reviewing = steps.add(
        layout.REVIEW, function=row, pool=pool, component=component_row, review=review, ok=go, no=redo,
        limit_h=limit, limit_kind=layout.PROCEED, **check,
    )  # fmt: skip
    return steps.add(layout.MACHINE, **machine, factor=1.0 - act, ok=reviewing)


def _check(component: Component, priors: dict[str, Parameter]) -> dict[str, float]:
    """Return q, d and f of a check: accepted unchecked, wrong and detected, right and refused."""
    opaque = priors["transparency_weight"].value * (1.0 - component.transparency.value)
    return {
        "accept": priors["accept_unchecked"].value,
        "detect": (1.0 - miss_probability(component.reliability.value, priors)) * (1.0 - opaque),
        "reject": priors["false_rejection"].value,
    }


def _acts_alone(
    steps: Steps,
    function: Function,
    machine: dict[str, Any],
    pool: int,
    review: int,
    component: Component,
    priors: dict[str, Parameter],
) -> int:
    """Write levels 7 to 10: the machine does all, and people read of it always, at a rate, when picked, or never."""
    level = function.allocation.level
    if level == 10 or pool < 0:
        return steps.add(layout.MACHINE, **machine)
    row = machine["function"]
    redo = steps.add(layout.HAND, function=row, pool=pool, practice=1.0, stay=1)
    read = steps.add(
        layout.READ, function=row, pool=pool, component=machine["component"], review=review, no=redo,
        limit_h=priors["read_shelf_life_h"].value, limit_kind=layout.DROP, **_check(component, priors),
    )  # fmt: skip
    right = wrong = 1.0
    if level == 8:
        right = wrong = function.allocation.audit_rate.value
    elif level == 9:
        right, wrong = priors["detector_false"].value, priors["detector_hit"].value
    return steps.add(layout.MACHINE, **machine, read=read, read_right=right, read_wrong=wrong)
