"""From an order of tasks to start weeks: serial schedule generation, and a walk among orders that improves them.

Each task of a list is put at the first week at which it fits (Kelley 1963; Kolisch 1996). For an objective that only
falls when tasks end earlier, some list gives a best schedule (Sprecher, Kolisch and Drexl 1995), so it is enough to
look among lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numba
import numpy as np
from numpy.typing import NDArray

from longwall.implementation.tasks import Task, Terms, horizon_weeks, hundredths
from longwall.streams import key_of, word

__all__ = ["Arrays", "Ints", "anneal", "arrays_of", "decode"]

Ints = NDArray[np.int64]

_HOT, _COLD = 1e-3, 1e-5
"""Shares of the first objective that a walk accepts to lose, first and last."""
_KEPT = 12
"""Places of a list between two that are kept."""
_PATIENCE = 4.0
"""A list is given up where it lost so many times what may be lost: what follows rarely wins that back."""


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
    after_of: Ints
    after: Ints
    release_week: Ints
    released: Ints
    frozen: NDArray[np.bool_]

    def listed(self, start: Sequence[int]) -> Ints:
        """Return the tasks by start week; put in this order, none begins later than it did.

        Ties are by end, so that tasks come after their predecessors.
        """
        begin = np.array(start, np.int64)
        return np.lexsort((np.arange(len(begin)), begin + self.weeks, begin)).astype(np.int64)


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
    before_of, before = _links([(place[after], place[first]) for first, after in terms.pairs], len(tasks))
    after_of, after = _links([(place[first], place[after]) for first, after in terms.pairs], len(tasks))
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
        capacity=_ints(most for _, most in resources), before_of=before_of, before=before, after_of=after_of,
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


def decode(arrays: Arrays, order: Ints) -> Ints | None:
    """Return the start week of each task when the tasks are put one by one, in `order`, where they first fit.

    Parameters
    ----------
    order : ndarray of int64, shape (n,)
        Each task once, after its predecessors.

    Returns
    -------
    ndarray of int64, shape (n,), or None
        None where a task fits nowhere before the horizon.
    """
    start = np.zeros(len(order), np.int64)
    used = np.zeros((len(arrays.frozen), len(arrays.capacity)), np.int64)
    begun, full = np.zeros(len(arrays.release_week), np.int64), np.zeros(len(arrays.capacity), np.int64)
    fits = _put(order, 0, len(order), *_parts(arrays), start, used, begun, full)  # type: ignore[call-arg]
    return start if fits else None


def anneal(arrays: Arrays, order: Ints, *, seed: int, steps: int) -> Ints:
    """Return the best order met on a walk from `order`: simulated annealing, tasks shifted within the list.

    A task that is shifted draws along what must stay before or behind it. Fewer weeks in all decide among equal
    sums of weight times end.

    Parameters
    ----------
    steps : int
        Schedules that are tried; the walk counts them, so that the same seed gives the same bits.

    References
    ----------
    Bouleimen and Lecocq (2003), A new efficient simulated annealing algorithm for the resource-constrained project
    scheduling problem, European Journal of Operational Research 149, 268-281 (activity lists and shifts).
    """
    state = np.array([key_of(seed, "order of change")], np.uint64)
    best = order.copy()
    start = decode(arrays, order)
    if start is None or len(order) < 2:
        return best
    # No order worth having needs twice the weeks of the first; shorter tables are copied faster.
    short = replace(arrays, frozen=arrays.frozen[: 2 * int((start + arrays.weeks).max())])
    _walk(best, arrays.weight, *_parts(short), arrays.after_of, arrays.after, state, steps)  # type: ignore[call-arg]
    return best


def _parts(arrays: Arrays) -> tuple[Ints | NDArray[np.bool_], ...]:
    """What the compiled functions take, in their order."""
    asked = np.where(arrays.demand > 0, arrays.demand, np.iinfo(np.int64).max // 4)
    least = asked.min(axis=0) if len(arrays.weeks) else arrays.capacity
    return (
        arrays.weeks, arrays.cost, arrays.span_of, arrays.offset, arrays.length, arrays.demand, least,
        arrays.capacity, arrays.before_of, arrays.before, arrays.release_week, arrays.released, arrays.frozen,
    )  # fmt: skip


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _put(  # type: ignore[no-untyped-def]
    order, first, last, weeks, cost, span_of, offset, length, demand, least, capacity, before_of, before, release_week,
    released, frozen, start, used, begun, full,
):  # fmt: skip
    """Put the tasks at places `first` to `last` of the list; `start`, `used`, `begun`, `full` go on from what they are.

    `full[r]` is the first week in which resource r has room for anything; False where a task does not fit.
    """
    horizon, resources = len(frozen), len(capacity)
    for place in range(first, last):
        j = order[place]
        at = np.int64(0)
        for i in range(before_of[j], before_of[j + 1]):
            at = max(at, start[before[i]] + weeks[before[i]])
        for k in range(len(release_week)):
            if begun[k] + cost[j] > released[k]:
                at = max(at, release_week[k])
        for r in range(resources):
            if demand[j, r] > 0:
                at = max(at, full[r] - offset[span_of[j]])
        while True:
            if at + weeks[j] > horizon:
                return False
            clash = np.int64(-1)
            for s in range(span_of[j], span_of[j + 1]):
                for week in range(at + offset[s] + length[s] - 1, at + offset[s] - 1, -1):
                    fits = not frozen[week]
                    if fits:
                        for r in range(resources):
                            if demand[j, r] > 0 and used[week, r] + demand[j, r] > capacity[r]:
                                fits = False
                                break
                    if not fits:
                        clash = week + 1 - offset[s]
                        break
                if clash >= 0:
                    break
            if clash < 0:
                break
            at = clash
        start[j] = at
        for r in range(resources):
            if demand[j, r] > 0:
                for s in range(span_of[j], span_of[j + 1]):
                    for week in range(at + offset[s], at + offset[s] + length[s]):
                        used[week, r] += demand[j, r]
                while full[r] < horizon and used[full[r], r] + least[r] > capacity[r]:
                    full[r] += 1
        for k in range(len(release_week)):
            if at < release_week[k]:
                begun[k] += cost[j]
    return True


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _shift(tried, order, at, to, way, links_of, links, drawn):  # type: ignore[no-untyped-def]
    """Shift a task from place `at` to `to`; what must stay before it (way -1) or behind it (way 1) is drawn along."""
    drawn[:] = False
    drawn[order[at]] = True
    many = 0
    for i in range(at, to + way, way):
        j = order[i]
        if drawn[j]:
            many += 1
            for k in range(links_of[j], links_of[j + 1]):
                drawn[links[k]] = True
    # Going from `at` to `to`: first the others, then those that move, each in its order as met.
    other, moved = at, to - way * (many - 1)
    for i in range(at, to + way, way):
        if drawn[order[i]]:
            tried[moved] = order[i]
            moved += way
        else:
            tried[other] = order[i]
            other += way


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _value(start, weeks, weight):  # type: ignore[no-untyped-def]
    """Sum of weight times end; the last end as a fraction below one."""
    total, last = 0.0, 0
    for j in range(len(start)):
        total += weight[j] * (start[j] + weeks[j])
        last = max(last, start[j] + weeks[j])
    return total + last / 1e6


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _walk(  # type: ignore[no-untyped-def]
    best, weight, weeks, cost, span_of, offset, length, demand, least, capacity, before_of, before, release_week,
    released, frozen, after_of, after, state, steps,
):  # fmt: skip
    """Walk among lists; `best` begins as the first list and ends as the best one met.

    What the head of a list puts is kept at every `_KEPT`-th place, so that only what comes after a shift is put again.
    """
    n, horizon, resources = len(best), len(frozen), len(capacity)
    marks = n // _KEPT + 1
    start, order, tried = np.zeros(n, np.int64), best.copy(), best.copy()
    now_start = np.zeros(n, np.int64)
    drawn = np.zeros(n, np.bool_)
    used = np.zeros((marks + 1, horizon, resources), np.int64)
    begun = np.zeros((marks + 1, len(release_week)), np.int64)
    full = np.zeros((marks + 1, resources), np.int64)
    new_used, new_begun, new_full = used.copy(), begun.copy(), full.copy()
    value = least_value = hot = cold = 0.0
    for step in range(steps):
        if step == 0:
            mark, settled, chance = np.int64(0), np.int64(n), 0.0
        else:
            at = np.int64(word(state) % np.uint64(n))
            # Near places more often than far ones: the reach is even by logarithm between one place and all of them.
            reach = np.int64(np.exp(np.float64(word(state) >> np.uint64(11)) * 2.0**-53 * np.log(np.float64(n))))
            low = 0 if at < reach else at - reach
            high = n - 1 if at + reach > n - 1 else at + reach
            to = low + np.int64(word(state) % np.uint64(high - low + 1))
            chance = np.float64(word(state) >> np.uint64(11)) * 2.0**-53
            if to == at:
                continue
            tried[:] = order
            if to < at:
                _shift(tried, order, at, to, -1, before_of, before, drawn)
            else:
                _shift(tried, order, at, to, 1, after_of, after, drawn)
            mark, settled = min(at, to) // _KEPT, max(at, to)
        start[:] = now_start
        new_used[mark] = used[mark]
        new_begun[mark] = begun[mark]
        new_full[mark] = full[mark]
        warmth = hot * (cold / hot) ** (step / steps) if step else 0.0
        may_lose = -warmth * np.log(chance + 1e-12)
        fits, same, lost, upto = True, True, 0.0, marks
        for part in range(mark, marks):
            last = min(n, (part + 1) * _KEPT)
            into = part + 1
            new_used[into] = new_used[part]
            new_begun[into] = new_begun[part]
            new_full[into] = new_full[part]
            fits = _put(
                tried, part * _KEPT, last, weeks, cost, span_of, offset, length, demand, least, capacity, before_of,
                before, release_week, released, frozen, start, new_used[into], new_begun[into], new_full[into],
            )  # fmt: skip
            if not fits:
                break
            for i in range(part * _KEPT, last):
                j = tried[i]
                lost += weight[j] * (start[j] - now_start[j])
                same = same and start[j] == now_start[j]
            if last > settled and lost > _PATIENCE * may_lose:
                fits = False
                break
            if last > settled and same:
                upto = into  # what follows is put as it was
                break
        if not fits:
            if step == 0:
                return
            continue
        now = _value(start, weeks, weight)
        if step == 0:
            value = least_value = now
            hot, cold = _HOT * value, _COLD * value
        if step == 0 or now - value <= may_lose:
            order[:] = tried
            now_start[:] = start
            for part in range(mark + 1, upto + 1):
                used[part] = new_used[part]
                begun[part] = new_begun[part]
                full[part] = new_full[part]
            value = now
            if now < least_value:
                least_value = now
                best[:] = order
