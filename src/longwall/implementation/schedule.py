"""Start weeks by constraint programming: precedence, money over time, people's load of change, freezes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from longwall.implementation.plans import Freeze, Release

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

__all__ = ["Scheduled", "Task", "Terms", "solve"]

_DETERMINISTIC_TIME = 20.0
"""Effort of the solver in its own deterministic units; a clock would change bits."""
_CENT = 100
"""People's weeks are counted in hundredths."""


@dataclass(frozen=True)
class Task:
    """One increment as the solver sees it.

    Parameters
    ----------
    work : tuple of (offset, weeks)
        Spans, from its start, in which people work on it.
    weeks : int
        From its start to its end, >= 1.
    cost : int
        Whole units of money, due at the start.
    load : mapping of role to float
        Person-weeks a week while it is worked on.
    weight : int
        Benefit of being done a week earlier, >= 1.
    """

    id: str
    weeks: int
    work: tuple[tuple[int, int], ...]
    cost: int
    weight: int
    roles: tuple[str, ...] = ()
    load: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """What a plan must respect.

    Parameters
    ----------
    pairs : tuple of (before, after)
    releases : tuple of Release
        Empty: money is no limit.
    people_load : mapping of role to float
        Most person-weeks a week for change.
    changes_at_once : int
        Most increments that one role works on at the same time; 0: no limit.
    finish_by : int, optional
        Week by which all must be done.
    """

    pairs: tuple[tuple[str, str], ...] = ()
    releases: tuple[Release, ...] = ()
    people_load: Mapping[str, float] = field(default_factory=dict)
    changes_at_once: int = 0
    freezes: tuple[Freeze, ...] = ()
    finish_by: int | None = None


@dataclass(frozen=True)
class Scheduled:
    """Start weeks by task, and how far the order may be from the best one (share of the objective)."""

    start: dict[str, int]
    gap: float


def solve(tasks: Sequence[Task], terms: Terms, *, seed: int) -> Scheduled | None:
    """Return start weeks that let benefits come early, or None where no order meets the terms.

    Minimises the sum of weight times end week. One worker, a fixed seed and a deterministic limit: the same input gives
    the same bits.
    """
    from ortools.sat.python import cp_model  # only who plans waits for the solver to load

    model = cp_model.CpModel()
    horizon = _horizon(tasks, terms)
    starts = {task.id: model.new_int_var(0, max(0, horizon - task.weeks), task.id) for task in tasks}
    ends = {task.id: starts[task.id] + task.weeks for task in tasks}
    for before, after in terms.pairs:
        model.add(starts[after] >= ends[before])
    _money(model, tasks, starts, terms)
    _people(model, tasks, starts, terms)
    if tasks:
        model.minimize(sum(task.weight * ends[task.id] for task in tasks))
    solver = cp_model.CpSolver()
    # Otherwise it leaves the process without its own answer to Ctrl-C.
    solver.parameters.catch_sigint_signal = False
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % (2**31)
    solver.parameters.max_deterministic_time = _DETERMINISTIC_TIME
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    best, bound = solver.objective_value, solver.best_objective_bound
    gap = 0.0 if status == cp_model.OPTIMAL or best == 0 else (best - bound) / best
    return Scheduled({task.id: solver.value(starts[task.id]) for task in tasks}, round(gap, 6))


def _horizon(tasks: Sequence[Task], terms: Terms) -> int:
    """Return weeks that are always enough, or the week by which all must be done."""
    if terms.finish_by is not None:
        return terms.finish_by
    waits = max((release.week for release in terms.releases), default=0)
    frozen = max((freeze.last_week + 1 for freeze in terms.freezes), default=0)
    return sum(task.weeks for task in tasks) + max(waits, frozen)


def _money(model: cp_model.CpModel, tasks: Sequence[Task], starts: Mapping[str, cp_model.IntVar], terms: Terms) -> None:
    """Until each release, what has begun costs no more than what was released before."""
    if not terms.releases:
        return
    total = 0
    for release in sorted(terms.releases, key=lambda release: release.week):
        begun = []
        for task in tasks:
            early = model.new_bool_var("")
            model.add(starts[task.id] < release.week).only_enforce_if(early)
            model.add(starts[task.id] >= release.week).only_enforce_if(~early)
            begun.append(task.cost * early)
        model.add(sum(begun) <= total)
        total += int(release.amount)
    model.add(sum(task.cost for task in tasks) <= total)


def _people(
    model: cp_model.CpModel, tasks: Sequence[Task], starts: Mapping[str, cp_model.IntVar], terms: Terms
) -> None:
    """Nobody takes on more change at once than the terms allow, and freezes are kept."""
    spans = {
        task.id: [
            model.new_fixed_size_interval_var(starts[task.id] + offset, weeks, f"{task.id}.{offset}")
            for offset, weeks in task.work
        ]
        for task in tasks
    }
    for freeze in terms.freezes:
        shut = model.new_fixed_size_interval_var(freeze.first_week, freeze.last_week + 1 - freeze.first_week, "freeze")
        for parts in spans.values():
            for part in parts:
                model.add_no_overlap([shut, part])
    for role in sorted({role for task in tasks for role in task.roles}):
        theirs = [part for task in tasks if role in task.roles for part in spans[task.id]]
        if terms.changes_at_once:
            model.add_cumulative(theirs, [1] * len(theirs), terms.changes_at_once)
        if role in terms.people_load:
            demands = [
                round(_CENT * task.load.get(role, 0.0)) for task in tasks if role in task.roles for _ in spans[task.id]
            ]
            model.add_cumulative(theirs, demands, round(_CENT * terms.people_load[role]))
