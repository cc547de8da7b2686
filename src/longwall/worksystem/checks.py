"""Is the model sound? Every problem in one pass: ids, cycles, ranges, ways out, allocation, constraints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from longwall.errors import WorkSystemError
from longwall.worksystem.lookup import place_of
from longwall.worksystem.places import Step
from longwall.worksystem.problems import Problem
from longwall.worksystem.ranges import out_of_range
from longwall.worksystem.references import END, START, cycles, dangling, duplicates, ids_of
from longwall.worksystem.system import WorkSystem
from longwall.worksystem.ways import dead_ends, unbalanced_forks
from longwall.worksystem.workdesign import Function

__all__ = ["Problem", "check_references", "check_system", "sound"]


def check_system(system: WorkSystem) -> tuple[Problem, ...]:
    """Return every problem of a model; none means that it is sound.

    Notes
    -----
    What is checked: ids that name nothing, ids twice, cycles of dependencies and of reports, negative durations,
    probabilities outside [0, 1], forks that do not sum to one, items that can never leave, work that nobody may do,
    levels of automation without an automation or a deadline, roles without shifts, constraints that contradict
    themselves or the model, places that are not there.
    """
    return (
        *check_references(system),
        *_ranges(system),
        *unbalanced_forks(system),
        *dead_ends(system),
        *_allocations(system),
        *_roles(system),
        *_constraints(system),
        *_places(system),
    )


def check_references(system: WorkSystem, written: Any = None) -> tuple[Problem, ...]:
    """Return the problems of ids alone: twice, dangling, in cycles.

    Parameters
    ----------
    written : any, optional
        The plain data of the file, where parts of it are too faulty to stand in the model: the ids in it count.
    """
    repeated = duplicates(system if written is None else written)
    return (*repeated, *_reserved(system), *dangling(system, ids_of(system, written)), *cycles(system))


def sound(system: WorkSystem) -> WorkSystem:
    """Return the model itself where it is sound.

    Raises
    ------
    WorkSystemError
        With every problem.
    """
    problems = check_system(system)
    if problems:
        raise WorkSystemError(*(problem.fault() for problem in problems))
    return system


def _reserved(system: WorkSystem) -> Iterator[Problem]:
    """Functions with a name that means something else."""
    for function in system.work.functions:
        found = None
        if function.id in (START, END):
            found = f"{function.id!r}, which routes use for the edge of the system"
        elif function.id in system.components:
            found = f"{function.id!r}, which is a component as well"
        if found:
            path: tuple[Step, ...] = ("work", "functions", function.id)
            yield Problem(path, "LW-WS-011", "an id of its own", found, "rename the function")


def _ranges(system: WorkSystem) -> Iterator[Problem]:
    """Numbers out of range; a variance of a component has a rate, which may be above one."""
    rates = {variance.id for variance in system.variances if variance.origin in system.components}
    for problem in out_of_range(system):
        is_rate = problem.path[0] == "variances" and problem.path[1] in rates and problem.path[2] == "probability"
        if not (is_rate and len(problem.path) == 3 and not problem.found.startswith("-")):
            yield problem


def _allocations(system: WorkSystem) -> Iterator[Problem]:
    """Levels of automation without what they need, and work that nobody may do."""
    for function in system.work.functions:
        path: tuple[Step, ...] = ("work", "functions", function.id)
        allocation = function.allocation
        component = system.components.get(allocation.component or "")
        if allocation.level >= 2 and (component is None or component.kind != "automation"):
            found = "none" if allocation.component is None else f"{allocation.component!r}"
            if component is not None:
                found += f" of kind {component.kind}"
            if component is not None or allocation.component is None:
                yield Problem((*path, "allocation"), "LW-WS-019",
                              f"a component of kind automation at level {allocation.level}", found,
                              "name one in `component`, or set level 1")  # fmt: skip
        if allocation.level == 6 and allocation.review_deadline_h is None:
            yield Problem((*path, "allocation"), "LW-WS-020", "review_deadline_h at level 6", "none",
                          "say after how many hours silence means go")  # fmt: skip
        if not function.roles and _needs_people(system, function):
            yield Problem(path, "LW-WS-017", "a role that may do work that people must do", "no roles",
                          "add `roles:`, or remove its `work_h`")  # fmt: skip


def _needs_people(system: WorkSystem, function: Function) -> bool:
    """Tell whether some of a function's work falls to people: always, unless a machine takes all of it."""
    if function.work_h.mean_h == 0:
        return False
    component = system.components.get(function.allocation.component or "")
    if component is None or function.allocation.level < 10 or component.coverage.value < 1:
        return True
    return component.time_between_failures_h is not None


def _roles(system: WorkSystem) -> Iterator[Problem]:
    """Roles that are never there."""
    for role in system.social.roles:
        if not role.shifts:
            path: tuple[Step, ...] = ("social", "roles", role.id)
            yield Problem(path, "LW-WS-021", "at least one shift", "none",
                          "add `shifts:` with people and hours, or remove the role")  # fmt: skip


def _constraints(system: WorkSystem) -> Iterator[Problem]:
    """Constraints that contradict themselves; that the system breaks one is for the assessment to find."""
    for constraint in system.environment.constraints:
        path: tuple[Step, ...] = ("environment", "constraints", constraint.id)
        low, high = constraint.lowest_level, constraint.highest_level
        if low is not None and high is not None and low > high:
            yield Problem((*path, "lowest_level"), "LW-WS-022", f"lowest_level at most highest_level {high}", str(low),
                          "correct one of the two")  # fmt: skip
        if constraint.least_people is not None and constraint.requires_role is None:
            yield Problem((*path, "least_people"), "LW-WS-022", "requires_role beside least_people", "none",
                          "say of which role there must be that many")  # fmt: skip
        role = constraint.requires_role
        if role is not None and role in constraint.forbids_roles:
            yield Problem((*path, "forbids_roles"), "LW-WS-022", "roles other than requires_role", repr(role),
                          "correct one of the two")  # fmt: skip
        passed = [name for name in constraint.passes if name in constraint.functions]
        if passed:
            yield Problem((*path, "passes"), "LW-WS-022", "functions other than those of `functions`", repr(passed[0]),
                          "correct one of the two")  # fmt: skip


def _places(system: WorkSystem) -> Iterator[Problem]:
    """Places of the model, named by constraints and assumptions, that are not there."""
    named: list[tuple[tuple[Step, ...], str]] = [
        (("environment", "constraints", constraint.id, "fixed", position), text)
        for constraint in system.environment.constraints
        for position, text in enumerate(constraint.fixed)
    ] + [
        (("assumptions", assumption.id, "rests_on", position), text)
        for assumption in system.assumptions
        for position, text in enumerate(assumption.rests_on)
    ]
    data = system.model_dump(mode="json") if named else {}
    for path, text in named:
        place = place_of(WorkSystem, data, text)
        if isinstance(place, Problem):
            yield Problem(path, place.code, place.expected, place.found, place.do)
