"""Start weeks that let benefits come early: proved best for a dozen increments, well searched for hundreds."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from longwall.implementation.bounds import lower_bound
from longwall.implementation.constraint_model import solve_model
from longwall.implementation.tasks import Scheduled, Task, Terms, objective

__all__ = ["Scheduled", "Task", "Terms", "solve"]

_FEW, _MANY = 15, 60
"""Up to so many the solver proves the best order at once; above so many its own search brings nothing more."""
_EFFORT = 5.0
"""Of the solver, in its own deterministic units."""
_STEPS_PER_TASK = 2000
_WALKS, _MANY_WALKS = 2, 8
"""Walks of plans of some dozens of increments, and of larger ones: one walk may end far from another."""
_THREADS = 2


def solve(tasks: Sequence[Task], terms: Terms, *, seed: int) -> Scheduled | None:
    """Return start weeks that let benefits come early, or None where no order meets the terms.

    Minimises the sum of weight times end week, then the week at which all is done. A few tasks go to the constraint
    solver at once. More begin with the best of the priority rules, which a walk among orders improves; the solver then
    begins from what was found. What comes back is never worse than the best rule. The same input and seed give the same
    bits.
    """
    if not tasks:
        return Scheduled({}, 0.0)
    if len(tasks) <= _FEW:
        solved = solve_model(tasks, terms, seed=seed, effort=_EFFORT)
        if solved.proved:
            return None if solved.start is None else Scheduled(solved.start, 0.0)
    known = _walked(tasks, terms, seed)
    bound = lower_bound(tasks, terms)
    if len(tasks) <= _MANY or known is None:
        solved = solve_model(tasks, terms, seed=seed, effort=_EFFORT, hint=known)
        found = [start for start in (solved.start, known) if start is not None]
        if not found:
            return None
        known = min(found, key=lambda start: objective(tasks, start))
        bound = max(bound, solved.bound)
        if solved.proved:
            return Scheduled(known, 0.0)
    best, _ = objective(tasks, known)
    return Scheduled(known, round(max(0.0, (best - bound) / best), 6))


def _walked(tasks: Sequence[Task], terms: Terms, seed: int) -> dict[str, int] | None:
    """Return the best of the rules, improved by walks, each on a thread of its own; None where no rule finds room."""
    from longwall.implementation.decode import (
        Ints,
        anneal,
        arrays_of,
        decode,
    )  # compiled; a small plan needs none of it
    from longwall.implementation.priority import by_rules

    arrays = arrays_of(tasks, terms)
    rules = by_rules(tasks, terms)
    if not rules:
        return None
    first = next(iter(rules.values()))
    names = [task.id for task in tasks]
    order = arrays.listed([first[name] for name in names])
    many = _MANY_WALKS if len(tasks) > _MANY else _WALKS

    def walk_from(place: int) -> Ints:
        return anneal(arrays, order, seed=seed * _MANY_WALKS + place, steps=_STEPS_PER_TASK * len(tasks))

    with ThreadPoolExecutor(_THREADS) as pool:
        walks = list(pool.map(walk_from, range(many)))
    found = [first]
    for walk in walks:
        start = decode(arrays, walk)
        if start is not None:
            found.append(dict(zip(names, start.tolist(), strict=True)))
    return min(found, key=lambda start: objective(tasks, start))
