"""Priority rules: quick orders that a good one must not be worse than, and from which the search starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from graphlib import TopologicalSorter
from heapq import heapify, heappop, heappush

import numpy as np

from longwall.implementation.arrays import Arrays, Ints, arrays_of
from longwall.implementation.decode import decode
from longwall.implementation.tasks import Task, Terms, objective

__all__ = ["RULES", "by_rules", "order_by"]

Priority = Callable[[Arrays], np.ndarray]


def _work(arrays: Arrays) -> np.ndarray:
    """Share of all capacity that a task takes over its weeks of work; its weeks of work where nothing is limited."""
    worked = np.add.reduceat(arrays.length, arrays.span_of[:-1])
    if not len(arrays.capacity):
        return worked.astype(float)
    share: np.ndarray = (arrays.demand / np.maximum(1, arrays.capacity)).sum(axis=1) * worked
    return np.where(share > 0, share, 1e-9)


def _topological(arrays: Arrays) -> list[int]:
    needs = {
        row: arrays.before[arrays.before_of[row] : arrays.before_of[row + 1]].tolist()
        for row in range(len(arrays.weeks))
    }
    return list(TopologicalSorter(needs).static_order())


def _after(arrays: Arrays, row: int) -> list[int]:
    found: list[int] = arrays.after[arrays.after_of[row] : arrays.after_of[row + 1]].tolist()
    return found


def _successors(arrays: Arrays) -> np.ndarray:
    """Tasks that have to wait for each, directly or not."""
    sets: list[set[int]] = [set() for _ in arrays.weeks]
    for row in reversed(_topological(arrays)):
        for other in _after(arrays, row):
            sets[row] |= {other} | sets[other]
    return np.array([len(found) for found in sets], float)


def _latest_finish(arrays: Arrays) -> np.ndarray:
    """Latest end by the critical path backwards from its own length."""
    tail = np.zeros(len(arrays.weeks))
    for row in reversed(_topological(arrays)):
        tail[row] = max((tail[other] + arrays.weeks[other] for other in _after(arrays, row)), default=0.0)
    return -tail


RULES: dict[str, Priority] = {
    "weighted shortest time": lambda arrays: arrays.weight / arrays.weeks,
    "weighted least work": lambda arrays: arrays.weight / _work(arrays),
    "benefit over cost": lambda arrays: arrays.weight / np.maximum(1, arrays.cost),
    "most successors": _successors,
    "latest finish": lambda arrays: -_latest_finish(arrays),
    "greatest demand": _work,
    "shortest first": lambda arrays: -arrays.weeks.astype(float),
}
"""Rules by name; the task with the largest value among those that may be put comes next.

Weighted shortest time is Smith's (1956); most successors, latest finish time, greatest resource demand and shortest
processing time stand in Kolisch (1996), Serial and parallel resource-constrained project scheduling methods revisited,
European Journal of Operational Research 90, 320-333; weighted least work divides by what the task takes of all
capacity; benefit over cost is what people do by hand.
"""


def order_by(arrays: Arrays, priority: np.ndarray) -> Ints:
    """Return the list of tasks, predecessors first, the largest priority next; equal ones in their order."""
    waiting = np.diff(arrays.before_of).tolist()
    ready = [(-float(priority[row]), row) for row, many in enumerate(waiting) if many == 0]
    heapify(ready)
    found = []
    while ready:
        _, row = heappop(ready)
        found.append(row)
        for other in _after(arrays, row):
            waiting[other] -= 1
            if waiting[other] == 0:
                heappush(ready, (-float(priority[other]), other))
    return np.array(found, np.int64)


def by_rules(tasks: Sequence[Task], terms: Terms) -> dict[str, dict[str, int]]:
    """Return the start weeks that each rule gives, by name of the rule; rules that find no room are left out."""
    arrays = arrays_of(tasks, terms)
    found = {}
    for name, rule in RULES.items():
        start = decode(arrays, order_by(arrays, rule(arrays)))
        if start is not None:
            found[name] = {task.id: int(week) for task, week in zip(tasks, start, strict=True)}
    return dict(sorted(found.items(), key=lambda entry: objective(tasks, entry[1])))
