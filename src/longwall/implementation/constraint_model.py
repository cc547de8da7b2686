"""The order of change as a constraint program: start weeks under precedence, money, people's load and freezes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from longwall.implementation.tasks import Task, Terms, horizon_weeks, hundredths

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

__all__ = ["Solved", "solve_model"]


@dataclass(frozen=True)
class Solved:
    """What the solver says.

    Parameters
    ----------
    start : dict of str to int, optional
        None where it found nothing.
    bound : float
        Below which no order comes, in weight times week.
    proved : bool
        The order is the best, or there is none.
    """

    start: dict[str, int] | None
    bound: float
    proved: bool


def solve_model(
    tasks: Sequence[Task], terms: Terms, *, seed: int, effort: float, hint: Mapping[str, int] | None = None
) -> Solved:
    """Return start weeks that minimise the sum of weight times end week, and among those the end of all.

    One worker, a fixed seed and a deterministic limit: the same input gives the same bits.

    Parameters
    ----------
    effort : float
        In the solver's own deterministic units, about seconds; a clock would change bits.
    hint : mapping of str to int, optional
        Start weeks to begin from.
    """
    from ortools.sat.python import cp_model  # only who plans waits for the solver to load

    model = cp_model.CpModel()
    horizon = horizon_weeks(tasks, terms)
    starts = {task.id: model.new_int_var(0, max(0, horizon - task.weeks), task.id) for task in tasks}
    for task in tasks:
        if task.weeks > horizon:
            return Solved(None, 0.0, proved=True)
    ends = {task.id: starts[task.id] + task.weeks for task in tasks}
    for before, after in terms.pairs:
        model.add(starts[after] >= ends[before])
    for first, after in terms.begun:
        model.add(starts[after] >= starts[first])
    _money(model, tasks, starts, terms)
    _people(model, tasks, starts, terms)
    last = model.new_int_var(0, horizon, "last")
    for end in ends.values():
        model.add(last >= end)
    # One week of weight outweighs the end of all, so that the end decides only among equals.
    scale = horizon + 1
    model.minimize(scale * sum(task.weight * ends[task.id] for task in tasks) + last)
    for name, week in (hint or {}).items():
        model.add_hint(starts[name], week)
    solver = cp_model.CpSolver()
    # Otherwise it leaves the process without its own answer to Ctrl-C.
    solver.parameters.catch_sigint_signal = False
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % (2**31)
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Solved(None, 0.0, proved=status == cp_model.INFEASIBLE)
    bound = (solver.best_objective_bound - horizon) / scale
    found = {task.id: solver.value(starts[task.id]) for task in tasks}
    return Solved(found, bound, proved=status == cp_model.OPTIMAL)


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
                hundredths(task.load.get(role, 0.0)) for task in tasks if role in task.roles for _ in spans[task.id]
            ]
            model.add_cumulative(theirs, demands, hundredths(terms.people_load[role]))
