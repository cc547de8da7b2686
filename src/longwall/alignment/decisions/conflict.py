"""Settled decisions that no design can hold together: the smallest set of them, constraints included."""

from __future__ import annotations

from collections.abc import Collection

from longwall.alignment.constraints import rejections
from longwall.alignment.decisions.stated import DesignSpace, StatedChoice
from longwall.alignment.space import excludes
from longwall.errors import LongwallError
from longwall.worksystem import WorkSystem, apply

__all__ = ["smallest_conflict"]


def smallest_conflict(space: DesignSpace, system: WorkSystem) -> tuple[str, ...]:
    """Return ids of settled decisions and constraints that cannot be kept together; empty where they can.

    Notes
    -----
    By deletion: each statement is left out in turn, and stays out where the rest still conflicts. What is left is
    minimal: without any one of them the others can be kept. One pass over n statements takes n + 1 tests.

    References
    ----------
    Chinneck and Dravnieks 1991, "Locating minimal infeasible constraint sets in linear programs", ORSA Journal on
    Computing 3, section 3 (deletion filter).
    """
    settled = [decision.id for decision in space.decisions if decision.fixed is not None]
    statements = [*settled, *(constraint.id for constraint in system.environment.constraints)]
    if not settled or _possible(space, system, statements):
        return ()
    kept = list(statements)
    for statement in reversed(statements):
        fewer = [one for one in kept if one != statement]
        if not _possible(space, system, fewer):
            kept = fewer
    return tuple(kept)


def _possible(space: DesignSpace, system: WorkSystem, statements: Collection[str]) -> bool:
    """Whether one design holds what these decisions settle and keeps these constraints."""
    known = {choice.id: choice for decision in space.decisions for choice in decision.choices}
    wanted: list[StatedChoice] = []
    shut: set[str] = set()
    for decision in space.decisions:
        if decision.id in statements and decision.fixed is not None:
            wanted += [choice for choice in decision.choices if choice.id == decision.fixed]
            shut |= {choice.id for choice in decision.choices if choice.id != decision.fixed}
    taken = _with_required(wanted, known)
    names = {choice.id for choice in taken}
    apart = any(len(names & {choice.id for choice in one.choices}) > 1 for one in space.decisions)
    if names & shut or apart:
        return False
    if any(excludes(one, other) for n, one in enumerate(taken) for other in taken[n + 1 :]):
        return False
    rules = tuple(one for one in system.environment.constraints if one.id in statements)
    today = system.model_copy(
        update={"environment": system.environment.model_copy(update={"constraints": rules})},
    )
    changes = [choice.intervention for choice in taken]
    try:
        return not rejections(today, apply(today, changes), changes)
    except LongwallError:
        return False


def _with_required(wanted: list[StatedChoice], known: dict[str, StatedChoice]) -> list[StatedChoice]:
    """Return choices with everything that they require, what is required first."""
    found: dict[str, StatedChoice] = {}
    open_ = list(wanted)
    while open_:
        choice = open_.pop()
        if choice.id not in found:
            found[choice.id] = choice
            open_ += [known[name] for name in choice.requires if name in known]
    return list(reversed(found.values()))
