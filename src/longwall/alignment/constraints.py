"""What the environment forbids: designs are checked before any simulation, and each refusal names its constraint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from longwall.alignment.results import Rejected
from longwall.worksystem import Constraint, Intervention, WorkSystem

__all__ = ["breaches", "rejections"]

Breach = tuple[str, str]
"""Constraint and what breaks it (a function, a role, a path)."""


def rejections(today: WorkSystem, system: WorkSystem, interventions: Sequence[Intervention]) -> tuple[Rejected, ...]:
    """Return the constraints that a design breaks and today does not, or breaks further than today.

    Parameters
    ----------
    today : WorkSystem
        The base; what it breaks already is for the assessment to find, not a reason to refuse every change.
    system : WorkSystem
        The design.
    interventions : sequence of Intervention
        That lead from one to the other.
    """
    before = breaches(today)
    chosen = tuple(intervention.id for intervention in interventions)
    found = [
        Rejected(interventions=chosen, constraint=constraint, why=why)
        for (constraint, what), (size, why) in breaches(system).items()
        if size > before.get((constraint, what), (0.0, ""))[0]
    ]
    for constraint in system.environment.constraints:
        for path in constraint.fixed:
            touched = [patch.path for change in interventions for patch in change.patches if _overlap(path, patch.path)]
            if touched:
                why = f"{touched[0]} must stay as it is: {constraint.why} ({constraint.source})"
                found.append(Rejected(interventions=chosen, constraint=constraint.id, why=why))
    return tuple(found)


def breaches(system: WorkSystem) -> dict[Breach, tuple[float, str]]:
    """Return how far a system breaks its constraints: for each breach its size (> 0) and the reason in words."""
    found: dict[Breach, tuple[float, str]] = {}
    for constraint in system.environment.constraints:
        for what, size, words in _broken(system, constraint):
            found[constraint.id, what] = (size, f"{words}: {constraint.why} ({constraint.source})")
    return found


def _broken(system: WorkSystem, constraint: Constraint) -> Iterator[tuple[str, float, str]]:
    """Yield what breaks one constraint, how far, and in words."""
    bound = constraint.highest_level is not None or constraint.lowest_level is not None
    for function in system.work.functions:
        if constraint.functions and function.id not in constraint.functions:
            continue
        level = function.allocation.level
        if bound and constraint.highest_level is not None and level > constraint.highest_level:
            yield (
                function.id,
                level - constraint.highest_level,
                (f"{function.id} at level {level}, at most {constraint.highest_level} allowed"),
            )
        if bound and constraint.lowest_level is not None and level < constraint.lowest_level:
            yield (
                function.id,
                constraint.lowest_level - level,
                (f"{function.id} at level {level}, at least {constraint.lowest_level} demanded"),
            )
        role = constraint.requires_role
        if role is not None and constraint.functions and role not in function.roles:
            yield f"{function.id}.{role}", 1.0, f"{role} must be eligible for {function.id}"
    role = constraint.requires_role
    if role is not None and constraint.least_people is not None:
        heads = system.roles[role].head_count if role in system.roles else 0
        if heads < constraint.least_people:
            yield (
                role,
                constraint.least_people - heads,
                f"{heads} in {role}, at least {constraint.least_people} demanded",
            )
    for eligible in system.social.roles:
        both = [name for name in constraint.separates if name in _functions_of(system, eligible.id)]
        if len(both) > 1:
            yield eligible.id, len(both) - 1.0, f"{eligible.id} must not do both {' and '.join(both)}"


def _functions_of(system: WorkSystem, role: str) -> set[str]:
    return {function.id for function in system.work.functions if role in function.roles}


def _overlap(one: str, other: str) -> bool:
    """Whether two paths name the same place, or one holds the other."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
