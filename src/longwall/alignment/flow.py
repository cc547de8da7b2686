"""How much work reaches whom per week, and the size of a system in simulated events.

An approximation for drafting candidates; it knows no queues. What a change is worth, the simulation says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from longwall.simulation import Scenario, compile_system, items_per_week, run, warm_up_weeks
from longwall.simulation.load import work_by_pool_h
from longwall.worksystem import WorkSystem

__all__ = ["Flow", "events_per_replication", "flow_of", "work_h_per_week"]


@dataclass(frozen=True)
class Flow:
    """Work per week.

    Parameters
    ----------
    visits : mapping of Id to float
        Executions per week of each function.
    load_h : mapping of Id to float
        Working hours per week that fall to each role, spread over the eligible roles by their rostered hours.
    rostered_h : mapping of Id to float
        Rostered hours per week of each role.
    """

    visits: dict[str, float]
    load_h: dict[str, float]
    rostered_h: dict[str, float]

    def pressure(self, role: str) -> float:
        """Load over rostered hours of a role; 0 where nobody is rostered."""
        rostered = self.rostered_h.get(role, 0.0)
        return self.load_h.get(role, 0.0) / rostered if rostered > 0 else 0.0


def flow_of(system: WorkSystem) -> Flow:
    """Return visits, load and rostered hours per week.

    Raises
    ------
    SimulationError
        If the system cannot be simulated.
    """
    compiled = compile_system(system)
    items = items_per_week(system)
    visits = np.array([items[demand.id] for demand in compiled.demand]) @ compiled.flow.visits
    rostered = {role.id: float(h) for role, h in zip(compiled.roles, compiled.crew.rostered_h, strict=True)}
    load = dict.fromkeys(rostered, 0.0)
    for members, hours in zip(compiled.pools, work_by_pool_h(compiled), strict=True):
        present = sum(rostered[role] for role in members)
        for role in members:
            load[role] += float(hours) * rostered[role] / present if present > 0 else 0.0
    executions = {function.id: float(count) for function, count in zip(compiled.functions, visits, strict=True)}
    return Flow(executions, load, rostered)


def work_h_per_week(system: WorkSystem) -> float:
    """Return the working hours of people that a system asks for in a week."""
    return float(work_by_pool_h(compile_system(system)).sum())


def events_per_replication(system: WorkSystem, weeks: int) -> float:
    """Return the simulated events of one replication of today, as counted in two; the same on every machine."""
    scenario = Scenario(system=system, weeks=weeks, warm_up_weeks=warm_up_weeks(system), replications=2)
    return float(run(scenario, threads=1).events.mean())
