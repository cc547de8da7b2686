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
_STEPS_PER_TASK, _LARGE_STEPS_PER_TASK, _STEPS_PER_WINDOW = 2000, 1000, 60_000
_WINDOW_HEAT = (3e-3, 1e-3)
"""What walks in windows accept to lose at first, by turns: packing wants much, priorities want little."""
_WALKS, _MANY_WALKS = 2, 4
"""Walks of plans of some dozens of increments, and of larger ones: one walk may end far from another."""
_THREADS = 2


def solve(tasks: Sequence[Task], terms: Terms, *, seed: int) -> Scheduled | None:
    """Return start weeks that let benefits come early, or None where no order meets the terms.

    Minimises the sum of weight times end week, then the week at which all is done. A few tasks go to the constraint
    solver at once. More begin with the best of the priority rules, which walks among orders improve; up to some dozens,
    the solver then begins from what was found. What comes back is never worse than the best rule. The same input and
    seed give the same bits: effort is counted in schedules tried, never by a clock.
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
    from longwall.implementation.arrays import Ints, arrays_of  # compiled; a small plan needs none of it
    from longwall.implementation.decode import anneal, decode, improve
    from longwall.implementation.priority import RULES, by_rules, order_by

    arrays = arrays_of(tasks, terms)
    rules = by_rules(tasks, terms)
    if not rules:
        return None
    names = [task.id for task in tasks]
    rule, first = next(iter(rules.items()))
    order = order_by(arrays, RULES[rule](arrays))
    large = len(tasks) > _MANY

    def walk_from(place: int) -> Ints:
        own = seed * _MANY_WALKS + place
        if large:
            hot = _WINDOW_HEAT[place % len(_WINDOW_HEAT)]
            return improve(
                arrays,
                order,
                seed=own,
                steps=_LARGE_STEPS_PER_TASK * len(tasks),
                window_steps=_STEPS_PER_WINDOW,
                hot=hot,
            )
        return anneal(arrays, order, seed=own, steps=_STEPS_PER_TASK * len(tasks))

    with ThreadPoolExecutor(_THREADS) as pool:
        walks = list(pool.map(walk_from, range(_MANY_WALKS if large else _WALKS)))
    found = [first]
    for walk in walks:
        start = decode(arrays, walk)
        if start is not None:
            found.append(dict(zip(names, start.tolist(), strict=True)))
    return min(found, key=lambda start: objective(tasks, start))
