"""Constraints that no design can keep: the smallest set of them that conflicts.

Two questions, one answer. Do the constraints contradict each other, so that no system at all could keep them? And do
they, together, refuse every design of a given space? A set conflicts where no design keeps all of it; the smallest such
set is what people must talk about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import combinations

from longwall.worksystem import Constraint, WorkSystem

__all__ = ["contradiction", "refusing_all", "smallest_conflict"]

_EXACT = 16
"""Constraints up to which every set is looked at by size; above, the set is irreducible but maybe not the smallest."""


def smallest_conflict(items: Sequence[str], possible: Callable[[Collection[str]], bool]) -> tuple[str, ...]:
    """Return a smallest set of items that cannot be had together; empty where all can.

    Parameters
    ----------
    items : sequence of str
        In their order; of several smallest sets the first in that order is returned.
    possible : callable
        Whether some design keeps these; must stay true when items are taken away.

    Notes
    -----
    First by deletion (each item is left out if what remains still conflicts), which gives a set from which nothing can
    be taken; then, with up to 16 items, every smaller set is tried by size, which gives one of least size.
    """
    if possible(items):
        return ()
    kept = list(items)
    for item in items:
        fewer = [other for other in kept if other != item]
        if not possible(fewer):
            kept = fewer
    if len(items) <= _EXACT:
        for size in range(1, len(kept) + 1):
            for chosen in combinations(items, size):
                if not possible(chosen):
                    return chosen
    return tuple(kept)


def refusing_all(refused_by: Sequence[Collection[str]], order: Sequence[str]) -> tuple[str, ...]:
    """Return the smallest set of constraints that together refuse every design; empty where one is left or none came.

    Parameters
    ----------
    refused_by : sequence of collection of str
        For each design the constraints that refuse it.
    order : sequence of str
        All constraints, in their order.
    """
    if not refused_by or not all(refused_by):
        return ()
    named = [name for name in order if any(name in one for one in refused_by)]
    return smallest_conflict(named, lambda kept: any(not set(one) & set(kept) for one in refused_by))


def contradiction(system: WorkSystem) -> tuple[str, ...]:
    """Return the smallest set of constraints that contradict each other, so that no redesign could keep them all.

    Free to a redesign are the level and the eligible roles of every function, head-counts, practice by hand and routes;
    not free is what `fixed` names. Empty where they can be kept together.
    """
    known = {constraint.id: constraint for constraint in system.environment.constraints}
    return smallest_conflict(tuple(known), lambda kept: _can_be_kept(system, [known[name] for name in kept]))


def _can_be_kept(system: WorkSystem, constraints: Sequence[Constraint]) -> bool:
    """Whether levels, roles, head-counts, practice and order can be chosen so that every constraint holds."""
    fixed = [path for constraint in constraints for path in constraint.fixed]
    return (
        _levels_exist(system, constraints, fixed)
        and _roles_exist(system, constraints, fixed)
        and _order_exists(constraints)
    )


def _speaks_of(constraint: Constraint, function: str) -> bool:
    return not constraint.functions or function in constraint.functions


def _held(fixed: Sequence[str], path: str) -> bool:
    """Whether a path is fixed, by itself or by what holds it."""
    return any(path == one or path.startswith(f"{one}.") for one in fixed)


def _levels_exist(system: WorkSystem, constraints: Sequence[Constraint], fixed: Sequence[str]) -> bool:
    """Whether each function has a level that is allowed."""
    for function in system.work.functions:
        mine = [constraint for constraint in constraints if _speaks_of(constraint, function.id)]
        high = min((one.highest_level for one in mine if one.highest_level is not None), default=10)
        low = max((one.lowest_level for one in mine if one.lowest_level is not None), default=1)
        path = f"work.functions.{function.id}.allocation.level"
        level = function.allocation.level
        if low > high or (_held(fixed, path) and not low <= level <= high):
            return False
        drills = f"work.functions.{function.id}.drills_per_year"
        least = max((one.least_drills_per_year or 0.0 for one in mine if function.id in one.functions), default=0.0)
        if _held(fixed, drills) and function.drills_per_year.value < least:
            return False
    return True


def _roles_exist(system: WorkSystem, constraints: Sequence[Constraint], fixed: Sequence[str]) -> bool:
    """Whether each function can have eligible roles and each role its people."""
    must: dict[str, set[str]] = {}
    for function in system.work.functions:
        mine = [one for one in constraints if _speaks_of(one, function.id)]
        needed = {one.requires_role for one in mine if one.requires_role is not None and one.functions}
        banned = {name for one in mine for name in one.forbids_roles}
        if needed & banned:
            return False
        if function.roles and _held(fixed, f"work.functions.{function.id}.roles"):
            if needed - set(function.roles) or banned & set(function.roles):
                return False
            needed |= set(function.roles)
        elif function.roles and banned >= set(system.roles) and not _may_act_alone(mine):
            return False
        must[function.id] = {name for name in needed if name is not None}
    for one in constraints:
        duties = [must.get(name, set()) for name in one.separates]
        if any(first & second for first, second in combinations(duties, 2)):
            return False
        if one.least_people is not None and one.requires_role in system.roles:
            role = system.roles[one.requires_role]
            if _held(fixed, f"social.roles.{role.id}.shifts") and role.head_count < one.least_people:
                return False
    return True


def _may_act_alone(constraints: Sequence[Constraint]) -> bool:
    """Whether a machine may do it without anybody."""
    return all(one.highest_level is None or one.highest_level == 10 for one in constraints)


def _order_exists(constraints: Sequence[Constraint]) -> bool:
    """Whether what must come before what has no circle."""
    before: dict[str, set[str]] = {}
    for one in constraints:
        for function in one.functions:
            before.setdefault(function, set()).update(one.passes)
    done: set[str] = set()
    while left := [name for name in before if name not in done]:
        free = [name for name in left if not (before[name] - done) & set(left)]
        if not free:
            return False
        done.update(free)
    return True
