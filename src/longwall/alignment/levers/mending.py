"""A change that a constraint refuses on its own, taken together with the second change that keeps the constraint.

The constraint names what is missing: a role that must be eligible, practice by hand, people. Levels that are forbidden,
duties that must be apart and steps that must be passed have no second change; such a change is not offered. Nor are
posts given up only to be filled again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from longwall.alignment.constraints import rejections
from longwall.alignment.costs import sum_of
from longwall.alignment.levers.bench import Bench, Order
from longwall.alignment.levers.machines import drill_function
from longwall.alignment.levers.people import add_people, cross_train
from longwall.alignment.results import Rejected
from longwall.assessment import Breach, breaches
from longwall.errors import LongwallError
from longwall.worksystem import Constraint, Intervention, WorkSystem, apply

__all__ = ["mended"]

_MOST = 3
"""Rounds: a second change may itself ask for a third."""


def mended(bench: Bench, change: Intervention) -> tuple[Intervention | None, tuple[Rejected, ...], tuple[str, ...]]:
    """Return a change that the constraints admit, why they refuse it alone, and the constraints that are kept by more.

    Returns
    -------
    Intervention or None
        The change itself where nothing refuses it; with the second changes where those mend it; None where none does.
    tuple of Rejected
        Why it is refused alone; empty where it is not.
    tuple of str
        Ids of the constraints that the second changes keep.
    """
    today = bench.system
    joined, first, kept = change, tuple[Rejected, ...](), list[str]()
    for _ in range(_MOST + 1):
        try:
            system = apply(today, [joined])
        except LongwallError:
            return (joined if not first else None), first, ()
        refused = rejections(today, system, [joined])
        first = first or refused
        if not refused:
            return joined, first, tuple(dict.fromkeys(kept))
        parts = _parts(bench, system, joined, refused)
        if not parts:
            return None, first, ()
        joined = _joined(change.id, [joined, *parts])
        kept += [entry.constraint for entry in refused]
    return None, first, ()


def _parts(
    bench: Bench, system: WorkSystem, change: Intervention, refused: Sequence[Rejected]
) -> list[Intervention]:  # fmt: skip
    """Return what mends every refusal; nothing where one of them cannot be mended."""
    names = {entry.constraint for entry in refused}
    after = bench.with_system(system)
    before = {(one.constraint, one.what): one.size for one in breaches(bench.system)}
    found: list[Intervention] = []
    for constraint in bench.system.environment.constraints:
        if constraint.id not in names:
            continue
        order = Order((), change.answers, f"{constraint.why} ({constraint.source})")
        worse = [
            one
            for one in breaches(system, [constraint])
            if one.size > before.get((one.constraint, one.what), 0.0)
        ]  # fmt: skip
        made = [_part(after, order, constraint, breach) for breach in worse]
        if change.people_removed and any(breach.what == constraint.requires_role for breach in worse):
            return []
        if not made or any(part is None for part in made):
            return []
        found += [part for part in made if part is not None]
    return found


def _part(bench: Bench, order: Order, constraint: Constraint, breach: Breach) -> Intervention | None:
    """Return the change that mends one breach, or None."""
    system, role = bench.system, constraint.requires_role
    function = system.functions.get(breach.where[0]) if breach.where else None
    if function is not None and breach.what == f"{function.id}.{role}" and role in system.roles:
        return cross_train(bench, order, function, system.roles[role])
    least = constraint.least_drills_per_year
    if function is not None and breach.what == f"{function.id}.drills" and least is not None and function.roles:
        return drill_function(bench, order, function, math.ceil(least))
    if role in system.roles and breach.what == role and constraint.least_people is not None:
        missing = constraint.least_people - system.roles[role].head_count
        return add_people(bench, order, system.roles[role], missing) if system.roles[role].shifts else None
    return None


def _joined(name: str, parts: Sequence[Intervention]) -> Intervention:
    """Return several changes as one choice; later patches stand over earlier ones of the same place."""
    first, rest = parts[0], parts[1:]
    last = {(patch.op, patch.path): patch for part in parts for patch in part.patches if patch.op == "set"}
    patches = [last[patch.op, patch.path] if patch.op == "set" else patch for part in parts for patch in part.patches]
    unique = list({(patch.op, patch.path, str(patch.value)): patch for patch in patches}.values())
    also = "; ".join(part.title[:1].lower() + part.title[1:] for part in rest)
    why = "; ".join(dict.fromkeys(part.why for part in parts if part.why))
    return first.model_copy(
        update={
            "id": f"{name}.mended",
            "title": f"{first.title}; with it: {also}",
            "patches": tuple(unique),
            "why": why,
            "cost": sum_of([part.cost for part in parts]),
            "running_cost_per_week": sum_of([part.running_cost_per_week for part in parts]),
            "effort_weeks": sum(part.effort_weeks for part in parts),
            "lead_time_weeks": max(part.lead_time_weeks for part in parts),
            "concerns": tuple(dict.fromkeys(role for part in parts for role in part.concerns)),
        }
    )
