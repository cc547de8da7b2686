"""How much work reaches whom: visits per function, load per role, and the size of a system in simulated events.

An approximation for warm starts and for budgets. It knows no queues; what a change is worth, the simulation says.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from longwall.simulation.priors import effective
from longwall.worksystem import DemandClass, Function, Role, Route, WorkSystem, people_by_hour

__all__ = ["Flow", "events_per_week", "flow_of", "people_share"]

_State = tuple[str, tuple[str, ...]]


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
    """Return visits, load and rostered hours per week."""
    visits: dict[str, float] = defaultdict(float)
    for demand in system.work.demand:
        for function, count in _visits_per_item(system, demand).items():
            visits[function] += count * demand.per_week.value * demand.batch
    rostered = {role.id: float(people_by_hour(role.shifts).sum()) for role in system.social.roles}
    load: dict[str, float] = dict.fromkeys(rostered, 0.0)
    for function in system.work.functions:
        hours = visits.get(function.id, 0.0) * people_share(function, system) * function.work_h.mean_h
        eligible = [role for role in function.roles if rostered.get(role, 0.0) > 0]
        present = sum(rostered[role] for role in eligible)
        for role in eligible:
            load[role] += hours * rostered[role] / present
    return Flow(dict(visits), load, rostered)


def people_share(function: Function, system: WorkSystem) -> float:
    """Share of the work by hand that still falls to people at the function's level of automation, in [0, 1] or above.

    Follows the table of levels in `Allocation`: what the machine does not cover goes by hand, reviews and read tasks
    take the time of a review.
    """
    allocation = function.allocation
    component = system.components.get(allocation.component or "")
    if allocation.level == 1 or component is None:
        return 1.0
    covered = component.coverage.value
    priors = effective(system)
    review = priors["review_share"].value
    if allocation.review_h is not None and function.work_h.mean_h > 0:
        review = allocation.review_h.mean_h / function.work_h.mean_h
    rejected = 1.0 - component.reliability.value
    by_machine = {
        2: 1.0 - allocation.search_share.value * priors["list_saving"].value,
        3: 1.0 - allocation.search_share.value * priors["narrow_saving"].value,
        8: allocation.audit_rate.value * review,
        9: rejected * review,
        10: 0.0,
    }.get(allocation.level, review + (rejected if allocation.level in (4, 5) else 0.0))
    return (1.0 - covered) + covered * by_machine


def events_per_week(system: WorkSystem) -> float:
    """Approximate simulated events of one week: arrivals, completions and changes of shift (see `search.Budget`)."""
    flow = flow_of(system)
    arrivals = sum(demand.per_week.value for demand in system.work.demand)
    shifts = sum(2.0 * 7 * len(role.shifts) for role in system.social.roles)
    return arrivals + 2.0 * sum(flow.visits.values()) + shifts


def _visits_per_item(system: WorkSystem, demand: DemandClass) -> dict[str, float]:
    """Expected executions per item: mass pushed along the routes until less than a thousandth is left."""
    by_source: dict[str, list[Route]] = defaultdict(list)
    own = {route.source for route in system.work.routes if route.demand == demand.id}
    for route in system.work.routes:
        if route.demand == demand.id or (route.demand is None and route.source not in own):
            by_source[route.source].append(route)
    visits: dict[str, float] = defaultdict(float)
    mass: dict[_State, float] = {("start", ()): 1.0}
    for _ in range(2000):
        after: dict[_State, float] = defaultdict(float)
        for (place, past), share in mass.items():
            for route in _matching(by_source[place], past):
                if route.target != "end":
                    visits[route.target] += share * route.probability.value
                    after[route.target, (*past, place)[-2:]] += share * route.probability.value
        mass = {state: share for state, share in after.items() if share > 1e-7}
        if sum(mass.values()) < 1e-3:
            break
    return visits


def _matching(routes: list[Route], past: tuple[str, ...]) -> list[Route]:
    """Routes whose memory is the longest that agrees with the past."""
    for length in (2, 1, 0):
        found = [
            route for route in routes if len(route.after) == length and (length == 0 or past[-length:] == route.after)
        ]
        if found:
            return found
    return []
