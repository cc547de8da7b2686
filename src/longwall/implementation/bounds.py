"""How good could an order be at best? A bound below which no order can come, from work, capacity and precedence."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from longwall.implementation.tasks import Task, Terms

__all__ = ["earliest_weeks", "lower_bound"]


def lower_bound(tasks: Sequence[Task], terms: Terms) -> float:
    """Return a number that the sum of weight times end week cannot fall below.

    The larger of two: every task as early as precedence and freezes allow; and each role without a pause through its
    work by falling worth of a person-week, the weight of a task parted among its roles by the share of their time that
    it takes. Money, and pauses that whole weeks force, are left out.

    References
    ----------
    Smith (1956), Various optimizers for single-stage production; Goemans (1997), Improved approximation algorithms for
    scheduling with release dates, SODA (mean busy time).
    """
    early = earliest_weeks(tasks, terms)
    by_precedence = sum(task.weight * (early[task.id] + task.weeks) for task in tasks)
    return max(float(by_precedence), _by_work(tasks, terms, early))


def earliest_weeks(tasks: Sequence[Task], terms: Terms) -> dict[str, int]:
    """Return the first week in which each task could begin if money and people were no limit."""
    known = {task.id: task for task in tasks}
    needs: dict[str, list[str]] = {task.id: [] for task in tasks}
    with_: dict[str, list[str]] = {task.id: [] for task in tasks}
    for before, after in terms.pairs:
        needs[after].append(before)
    for first, after in terms.begun:
        with_[after].append(first)
    found: dict[str, int] = {}
    for name in TopologicalSorter({name: needs[name] + with_[name] for name in needs}).static_order():
        ends = [found[before] + known[before].weeks for before in needs[name]]
        at = max([0, *ends, *(found[first] for first in with_[name])])
        while (free := _past_freezes(known[name], at, terms)) != at:
            at = free
        found[name] = at
    return found


def _past_freezes(task: Task, at: int, terms: Terms) -> int:
    """The next week worth a try when work that begins at `at` meets a freeze; `at` itself where it meets none."""
    for offset, weeks in task.work:
        for freeze in terms.freezes:
            if at + offset <= freeze.last_week and freeze.first_week < at + offset + weeks:
                return freeze.last_week + 1 - offset
    return at


def _by_work(tasks: Sequence[Task], terms: Terms, early: dict[str, int]) -> float:
    """The bound by work; tasks of no limited role as early as can be."""
    resources: list[tuple[NDArray[np.float64], float]] = []
    worked = np.array([sum(weeks for _, weeks in task.work) for task in tasks], float)
    for role in sorted({role for task in tasks for role in task.roles}):
        theirs = np.array([role in task.roles for task in tasks], float)
        if terms.people_load.get(role, 0.0) > 0:
            load = np.array([task.load.get(role, 0.0) for task in tasks])
            resources.append((theirs * load * worked, terms.people_load[role]))
        if terms.changes_at_once:
            resources.append((theirs * worked, float(terms.changes_at_once)))
    weight = np.array([task.weight for task in tasks], float)
    shares = np.array([energy / capacity for energy, capacity in resources]).reshape(len(resources), len(tasks))
    total = shares.sum(axis=0)
    limited = total > 0
    found: float = sum(
        task.weight * (early[task.id] + task.weeks) for task, is_ in zip(tasks, limited, strict=True) if not is_
    )
    for (energy, capacity), share in zip(resources, shares, strict=True):
        part = np.divide(share, total, out=np.zeros(len(tasks)), where=limited)
        found += _fluid(energy, weight * part, capacity, terms)
    middle = np.array([sum((offset + weeks / 2) * weeks for offset, weeks in task.work) for task in tasks]) / worked
    rest = np.array([task.weeks for task in tasks]) - middle
    return float(found + (weight * rest)[limited].sum())


def _fluid(energy: NDArray[np.float64], weight: NDArray[np.float64], capacity: float, terms: Terms) -> float:
    """Least sum of weight times mean busy time where one resource may work on anything at any time."""
    some = energy > 0
    energy, weight = energy[some], weight[some]
    order = np.argsort(-weight / energy, kind="stable")
    ends = np.concatenate([[0.0], np.cumsum(energy[order])])
    frozen = {week for one in terms.freezes for week in range(one.first_week, one.last_week + 1)}
    many = int(np.ceil(ends[-1] / capacity)) + 1
    weeks = np.array([week for week in range(many + len(frozen)) if week not in frozen][:many], float)
    # Time spent when so much work is done, summed over the work: whole weeks, and the part of the last one.
    whole = np.concatenate([[0.0], np.cumsum(capacity * (weeks + 0.5))])
    full = np.minimum((ends / capacity).astype(int), many - 1)
    part = ends - full * capacity
    spent = whole[full] + part * weeks[full] + part**2 / (2 * capacity)
    return float((weight[order] / energy[order] * np.diff(spent)).sum())
