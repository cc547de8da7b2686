"""Increments and terms as arrays, as the compiled search reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.implementation.tasks import Task, Terms, horizon_weeks, hundredths

__all__ = ["Arrays", "Ints", "arrays_of"]

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Arrays:
    """Tasks and terms as arrays; n tasks, s spans of work, r resources, k releases.

    Parameters
    ----------
    weeks, cost, weight : ndarray of int64, shape (n,)
    span_of : ndarray of int64, shape (n + 1,)
        Spans of task j are ``span_of[j]`` to ``span_of[j + 1]``.
    offset, length : ndarray of int64, shape (s,)
    demand : ndarray of int64, shape (n, r)
        Of each resource in each week of work: hundredths of person-weeks for loads, 1 for changes at once.
    capacity : ndarray of int64, shape (r,)
    before_of, before : ndarray of int64
        Predecessors of task j are ``before[before_of[j]:before_of[j + 1]]``; `after_of`, `after` the successors.
    lag : ndarray of int64
        Least weeks from the start of each of `before` to that of task j: its weeks, or 0 where j may begin with it.
    release_week, released : ndarray of int64, shape (k,)
        What starts before ``release_week[i]`` costs at most ``released[i]``.
    frozen : ndarray of bool, shape (horizon,)
    """

    weeks: Ints
    cost: Ints
    weight: Ints
    span_of: Ints
    offset: Ints
    length: Ints
    demand: Ints
    capacity: Ints
    before_of: Ints
    before: Ints
    lag: Ints
    after_of: Ints
    after: Ints
    release_week: Ints
    released: Ints
    frozen: NDArray[np.bool_]

    def listed(self, start: Sequence[int]) -> Ints:
        """Return the tasks by start week, each after its predecessors, then by end.

        Put in this order, none begins later than it did, unless a task has a pause in which others work.
        """
        begin = np.array(start, np.int64)
        return np.lexsort((np.arange(len(begin)), begin + self.weeks, self._rank(), begin)).astype(np.int64)

    def _rank(self) -> Ints:
        """How many tasks stand in a row before each that may begin in the same week as the next."""
        rank = np.zeros(len(self.weeks), np.int64)
        of = np.repeat(np.arange(len(self.weeks)), np.diff(self.before_of))[self.lag == 0]
        with_ = self.before[self.lag == 0]
        for _ in range(len(of)):
            deeper = rank.copy()
            np.maximum.at(deeper, of, rank[with_] + 1)
            if np.array_equal(deeper, rank):
                break
            rank = deeper
        return rank


def arrays_of(tasks: Sequence[Task], terms: Terms) -> Arrays:
    """Return tasks and terms as arrays, tasks in their order; resources by role, load before changes at once."""
    place = {task.id: row for row, task in enumerate(tasks)}
    roles = sorted({role for task in tasks for role in task.roles})
    resources: list[tuple[Ints, int]] = []
    for role in roles:
        if role in terms.people_load:
            load = [hundredths(task.load.get(role, 0.0)) if role in task.roles else 0 for task in tasks]
            resources.append((np.array(load, np.int64), hundredths(terms.people_load[role])))
        if terms.changes_at_once:
            resources.append((np.array([role in task.roles for task in tasks], np.int64), terms.changes_at_once))
    pairs = [*terms.pairs, *terms.begun]
    lags = {(place[after], place[first]): 0 for first, after in terms.begun}
    lags |= {(place[after], place[first]): tasks[place[first]].weeks for first, after in terms.pairs}
    before_of, before = _links([(place[after], place[first]) for first, after in pairs], len(tasks))
    after_of, after = _links([(place[first], place[after]) for first, after in pairs], len(tasks))
    of = np.repeat(np.arange(len(tasks)), np.diff(before_of)).tolist()
    weeks, total = [], 0
    released = []
    for release in sorted(terms.releases, key=lambda release: release.week):
        weeks.append(release.week)
        released.append(total)
        total += int(release.amount)
    frozen = np.zeros(max(1, horizon_weeks(tasks, terms)), np.bool_)
    for freeze in terms.freezes:
        frozen[freeze.first_week : freeze.last_week + 1] = True
    return Arrays(
        weeks=_ints(task.weeks for task in tasks), cost=_ints(task.cost for task in tasks),
        weight=_ints(task.weight for task in tasks), span_of=np.cumsum([0, *(len(task.work) for task in tasks)]),
        offset=_ints(offset for task in tasks for offset, _ in task.work),
        length=_ints(weeks for task in tasks for _, weeks in task.work),
        demand=np.stack([row for row, _ in resources], axis=1) if resources else np.zeros((len(tasks), 0), np.int64),
        capacity=_ints(most for _, most in resources), before_of=before_of, before=before,
        lag=_ints(lags[pair] for pair in zip(of, before.tolist(), strict=True)), after_of=after_of,
        after=after, release_week=_ints(weeks), released=_ints(released), frozen=frozen,
    )  # fmt: skip


def _ints(values: object) -> Ints:
    return np.array(list(values), np.int64)  # type: ignore[call-overload]


def _links(pairs: Sequence[tuple[int, int]], many: int) -> tuple[Ints, Ints]:
    """Return neighbours of each task, one after another, and where those of each begin."""
    rows: list[list[int]] = [[] for _ in range(many)]
    for of, other in pairs:
        rows[of].append(other)
    return np.cumsum([0, *(len(row) for row in rows)]), _ints(other for row in rows for other in row)
