"""What does each increment wait for, what holds the plan up most, and which terms leave no order at all?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from longwall.errors import Fault, PlanError
from longwall.implementation.bounds import earliest_weeks
from longwall.implementation.plans import Bottleneck
from longwall.implementation.schedule import solve
from longwall.implementation.tasks import Task, Terms, hundredths, objective

__all__ = ["MOST_WITH_BOTTLENECK", "bottleneck_of", "clash_of", "waits_of"]

TasksOf = Callable[[Terms], Sequence[Task]]
"""Tasks under terms: the less time people have, the longer the work."""

MOST_WITH_BOTTLENECK = 15
"""Above so many increments no bottleneck is looked for: each limit left out is an order of its own."""


def waits_of(tasks: Sequence[Task], terms: Terms, start: Mapping[str, int]) -> dict[str, str]:
    """Return what would be broken if an increment alone began a week earlier, in words; empty for those of week 0."""
    return {task.id: "; ".join(_earlier(task, tasks, terms, start)) for task in tasks}


def _earlier(task: Task, tasks: Sequence[Task], terms: Terms, start: Mapping[str, int]) -> list[str]:
    """What forbids a week earlier."""
    at = start[task.id] - 1
    if at < 0:
        return []
    known = {one.id: one for one in tasks}
    found = [
        f"the end of {before}"
        for before, after in terms.pairs
        if after == task.id and at < start[before] + known[before].weeks
    ]
    found += [f"the start of {first}" for first, after in terms.begun if after == task.id and at < start[first]]
    if terms.releases and (week := _money_from(task, tasks, terms, start)) > at:
        found.append(f"the money of week {week}")
    spans = [(at + offset, at + offset + weeks) for offset, weeks in task.work]
    for freeze in terms.freezes:
        if any(begin <= freeze.last_week and freeze.first_week < end for begin, end in spans):
            why = f", {freeze.why}" if freeze.why else ""
            found.append(f"the end of the freeze of weeks {freeze.first_week} to {freeze.last_week}{why}")
    others = [one for one in tasks if one is not task]
    for role in task.roles:
        for week in {week for begin, end in spans for week in range(begin, end)}:
            busy = [one for one in others if role in one.roles and _works(one, start[one.id], week)]
            if terms.changes_at_once and len(busy) >= terms.changes_at_once:
                found.append(f"{role}, who works on {' and '.join(one.id for one in busy)}")
                break
            load = sum(hundredths(one.load.get(role, 0.0)) for one in [*busy, task])
            if role in terms.people_load and load > hundredths(terms.people_load[role]):
                found.append(f"the time of {role}")
                break
    return list(dict.fromkeys(found))


def _works(task: Task, start: int, week: int) -> bool:
    return any(start + offset <= week < start + offset + weeks for offset, weeks in task.work)


def _money_from(task: Task, tasks: Sequence[Task], terms: Terms, start: Mapping[str, int]) -> int:
    """The first week in which the task can be paid, the others as they stand."""
    released, first = 0, 0
    for release in sorted(terms.releases, key=lambda release: release.week):
        begun = sum(one.cost for one in tasks if one is not task and start[one.id] < release.week)
        if begun + task.cost > released:
            first = release.week
        released += int(release.amount)
    return first


def bottleneck_of(tasks_of: TasksOf, terms: Terms, start: Mapping[str, int], *, seed: int) -> Bottleneck | None:
    """Return the limit without which benefits would come earliest; None where none holds anything up.

    Each limit is left out once and the order made again, so that what is named is what it costs, not how busy it looks.
    Above fifteen increments nothing is named.
    """
    tasks = tasks_of(terms)
    if not tasks or len(tasks) > MOST_WITH_BOTTLENECK:
        return None
    value, end = objective(tasks, start)
    weight = sum(task.weight for task in tasks)
    best: Bottleneck | None = None
    for what, without in _limits(terms):
        freer = tasks_of(without)
        found = solve(freer, without, seed=seed)
        if found is None:
            continue
        less, last = objective(freer, found.start)
        earlier = (value - less) / weight
        if earlier > (0.0 if best is None else best.benefit_earlier):
            best = Bottleneck(what=what, finish_earlier_weeks=end - last, benefit_earlier=round(earlier, 6))
    return best


def _limits(terms: Terms) -> list[tuple[str, Terms]]:
    """Each limit of money, people and weeks, with the terms without it."""
    found: list[tuple[str, Terms]] = []
    if terms.releases:
        found.append(("the money", replace(terms, releases=())))
    for role in sorted(terms.people_load):
        rest = {other: most for other, most in terms.people_load.items() if other != role}
        found.append((f"the time of {role}", replace(terms, people_load=rest)))
    if terms.changes_at_once:
        found.append(("the number of changes at once", replace(terms, changes_at_once=0)))
    for row, freeze in enumerate(terms.freezes):
        rest_of = (*terms.freezes[:row], *terms.freezes[row + 1 :])
        name = f"the freeze of weeks {freeze.first_week} to {freeze.last_week}"
        found.append((name, replace(terms, freezes=rest_of)))
    return found


def clash_of(tasks_of: TasksOf, terms: Terms, *, seed: int) -> PlanError:
    """Return the error that names the smallest set of terms that leave no order, found by leaving out one at a time."""
    tasks = tasks_of(terms)
    if terms.finish_by is not None and (fault := _frozen_throughout(tasks, terms)) is not None:
        return PlanError(fault)
    current, needed = terms, []
    for name, without in _terms_apart(terms):
        trial = without(current)
        if solve(tasks_of(trial), trial, seed=seed) is None:
            current = trial
        else:
            needed.append(name)
    longest = max(tasks, key=lambda task: (task.weeks, task.id))
    return PlanError(
        Fault("LW-PL-003", "plan", "terms that leave an order", f"a clash of {' with '.join(needed) or 'all terms'}",
              f"loosen one of them; the longest increment, {longest.id}, takes {longest.weeks} weeks")
    )  # fmt: skip


def _frozen_throughout(tasks: Sequence[Task], terms: Terms) -> Fault | None:
    """The fault of freezes between which no increment has room, though some would have without them."""
    last = terms.finish_by or 0
    if not terms.freezes or min(task.weeks for task in tasks) > last:
        return None
    alone = replace(terms, pairs=(), releases=(), people_load={}, changes_at_once=0)
    free = earliest_weeks(tasks, alone)
    if any(free[task.id] + task.weeks <= last for task in tasks):
        return None
    shortest = min(tasks, key=lambda task: (task.weeks, task.id))
    spans = ", ".join(f"{one.first_week} to {one.last_week}" for one in terms.freezes)
    return Fault(
        "LW-PL-013", "freezes", f"{shortest.weeks} weeks for the shortest increment, {shortest.id}, before week {last}",
        f"weeks {spans} frozen and room for none", "shorten a freeze, or finish later",
    )  # fmt: skip


def _terms_apart(terms: Terms) -> list[tuple[str, Callable[[Terms], Terms]]]:
    """Every single term in force, with how it is left out of others; groups first where there are many of a kind."""
    found: list[tuple[str, Callable[[Terms], Terms]]] = []

    def without_pair(pair: tuple[str, str]) -> Callable[[Terms], Terms]:
        return lambda now: replace(now, pairs=tuple(other for other in now.pairs if other != pair))

    def without_start(pair: tuple[str, str]) -> Callable[[Terms], Terms]:
        return lambda now: replace(now, begun=tuple(other for other in now.begun if other != pair))

    def without_role(role: str) -> Callable[[Terms], Terms]:
        return lambda now: replace(now, people_load={r: most for r, most in now.people_load.items() if r != role})

    def without_freeze(row: int) -> Callable[[Terms], Terms]:
        return lambda now: replace(now, freezes=tuple(one for one in now.freezes if one is not terms.freezes[row]))

    found += [(f"{before} before {after}", without_pair((before, after))) for before, after in terms.pairs]
    found += [(f"{first} begun by {after}", without_start((first, after))) for first, after in terms.begun]
    if terms.releases:
        found.append(("the releases of the budget", lambda now: replace(now, releases=())))
    found += [(f"the time of {role}", without_role(role)) for role in sorted(terms.people_load)]
    if terms.changes_at_once:
        found.append(("the number of changes at once", lambda now: replace(now, changes_at_once=0)))
    found += [
        (f"the freeze of weeks {one.first_week} to {one.last_week}", without_freeze(row))
        for row, one in enumerate(terms.freezes)
    ]
    if terms.finish_by is not None:
        found.append((f"the end by week {terms.finish_by}", lambda now: replace(now, finish_by=None)))
    return found
