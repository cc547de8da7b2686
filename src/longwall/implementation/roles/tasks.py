"""Hours of each task of each role, from simulated executions: what is lost, kept and gained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from longwall.implementation.roles.results import TaskChange, What
from longwall.simulation import Runs
from longwall.simulation.load import Parts, parts_of_work
from longwall.simulation.priors import effective
from longwall.stats import mean_interval
from longwall.worksystem import Estimate, Footing, Function, Role, WorkSystem

__all__ = ["PARTS", "Work", "estimated", "rostered_h", "task_changes", "work_of"]

PARTS: Mapping[str, What] = {
    "by_hand": "by hand",
    "aided": "with options listed",
    "takeover": "take over",
    "looking": "review or read",
    "acting": "act on a suggestion",
}
"""Fields of `Parts` and what people call them."""
_NOTHING_H = 1e-9
_UNIT = "h per week"
_Key = tuple[str, str, str]


@dataclass(frozen=True)
class Work:
    """Hours a week of one system by role, function and part, and practice by role and skill.

    Parameters
    ----------
    hours : mapping of (role, function, part) to ndarray, shape (replications,)
    practice : mapping of (role, skill) to ndarray, shape (replications,)
        Tasks by hand a week of all members together; acting on a suggestion counts as a part of a task.
    footing : mapping of function to Footing
    """

    hours: Mapping[_Key, NDArray[np.float64]]
    practice: Mapping[tuple[str, str], NDArray[np.float64]]
    footing: Mapping[str, Footing]

    def of_role(self, role: str) -> NDArray[np.float64] | float:
        """Return the hours a week of a role, shape (replications,); 0 where it has none."""
        return sum((hours for (name, _, _), hours in self.hours.items() if name == role), 0.0)


def rostered_h(role: Role) -> float:
    """Return the rostered hours a week of all members of a role."""
    return sum(shift.people * shift.hours_per_week for shift in role.shifts if not shift.on_call)


def work_of(system: WorkSystem, runs: Runs) -> Work:
    """Return the hours a week that the simulated executions of a system ask of its roles.

    Executions and the share of them by hand are simulated; an hour of work is one of standard skill, so that nobody's
    speed is in it. Work that several roles may do is spread over them by their rostered hours.

    Parameters
    ----------
    runs : Runs
        Of this system.
    """
    priors = {name: parameter.value for name, parameter in effective(system).items()}
    hours: dict[_Key, NDArray[np.float64]] = {}
    practice: dict[tuple[str, str], NDArray[np.float64]] = {}
    for function in system.work.functions:
        scope = f"function:{function.id}"
        executions = np.nan_to_num(runs.column("throughput_per_week", scope))
        component = system.components.get(function.allocation.component or "")
        machine = function.allocation.level > 1 and component is not None
        left = np.nan_to_num(runs.column("by_hand_share", scope)) if machine else None
        parts = parts_of_work(function, component, priors, left)
        done = np.asarray(parts.by_hand + parts.aided + parts.acting) * executions
        for role, share in _shares(system, function).items():
            for part in fields(Parts):
                of_part = np.broadcast_to(getattr(parts, part.name), executions.shape)
                hours[role, function.id, part.name] = share * executions * of_part * function.work_h.mean_h
            key = role, function.skill or function.id
            practice[key] = practice.get(key, np.zeros_like(executions)) + share * done
    return Work(hours, practice, {function.id: _footing(function) for function in system.work.functions})


def task_changes(role: str, today: Work, then: Work) -> tuple[TaskChange, ...]:
    """Return what becomes of each task of a role, in the order of the functions; tasks without hours are left out."""
    found = []
    for key in dict.fromkeys([*today.hours, *then.hours]):
        if key[0] != role:
            continue
        before, after = _of(today, key, then), _of(then, key, today)
        if before.mean() <= _NOTHING_H and after.mean() <= _NOTHING_H:
            continue
        known = {work.footing.get(key[1], "fitted") for work in (today, then)}
        footing: Footing = "assumed" if "assumed" in known else "fitted"
        found.append(
            TaskChange(
                function=key[1],
                what=PARTS[key[2]],
                becomes="gained" if before.mean() <= _NOTHING_H else "lost" if after.mean() <= _NOTHING_H else "kept",
                today=estimated(before, _UNIT, footing),
                then=estimated(after, _UNIT, footing),
                change=estimated(after - before, _UNIT, footing),
            )
        )
    return tuple(found)


def estimated(values: NDArray[np.float64], unit: str, footing: Footing) -> Estimate:
    """Return the mean of independent replications with its 95% interval, which stays above zero where they all do."""
    mean, low, high = mean_interval(values)
    least = 0.0 if values.min() >= 0.0 else -np.inf
    return Estimate(value=mean, low=max(min(low, mean), least), high=max(high, mean), unit=unit, footing=footing)


def _of(work: Work, key: _Key, other: Work) -> NDArray[np.float64]:
    """Return the hours of one task, zeros where the system has no such task."""
    return work.hours[key] if key in work.hours else np.zeros_like(other.hours[key])


def _shares(system: WorkSystem, function: Function) -> dict[str, float]:
    """Return which share of a function's work falls to each role that may do it."""
    there = {role: rostered_h(system.roles[role]) for role in function.roles}
    total = sum(there.values())
    return {role: hours / total for role, hours in there.items()} if total > 0 else {}


def _footing(function: Function) -> Footing:
    """Return how well the hours of a function are known; a division between roles or with a machine is assumed."""
    divided = len(function.roles) > 1 or function.allocation.level > 1
    return "assumed" if divided or function.work_h.footing == "assumed" else "fitted"
