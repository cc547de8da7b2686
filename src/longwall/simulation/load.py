"""What a system asks of its people, before it is simulated: cautions about loads that no crew can carry."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.simulation.compile import Compiled, compile_system
from longwall.simulation.demand import arrivals_per_week, judged
from longwall.simulation.deviations import controllable
from longwall.simulation.priors import effective
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Component, Function, WorkSystem

__all__ = [
    "Parts",
    "cautions",
    "cautions_of",
    "expected_loads",
    "items_per_week",
    "outcome_shares",
    "parts_of_work",
    "warm_up_weeks",
    "work_by_pool_h",
]

_LEAST_WEEKS, _MOST_WEEKS = 4, 52


def items_per_week(system: WorkSystem) -> dict[str, float]:
    """Return the expected items of each demand class in a week, by id; alerts and surges included, trend apart."""
    demand = system.work.demand
    return {d.id: float(n) for d, n in zip(demand, arrivals_per_week(system, demand), strict=True)}


def outcome_shares(system: WorkSystem) -> dict[str, tuple[float, float, float]]:
    """Return how often a triage of each demand class ends unjudged, confirmed or dismissed, roughly, by id."""
    priors = effective(system)
    return {d.id: judged(d, priors) for d in system.work.demand}


@dataclass(frozen=True)
class Parts:
    """What people do in one execution of a function, in hours per hour of work by hand.

    Parameters
    ----------
    by_hand : ndarray or float
        All of it, where the machine does not.
    aided : ndarray or float
        All of it with a list of options (levels 2 and 3).
    takeover : ndarray or float
        Taking over what the machine cannot do.
    looking : ndarray or float
        Reviewing or reading what the machine proposes or did.
    acting : ndarray or float
        Acting on what the machine suggests (level 4).
    """

    by_hand: NDArray[np.float64] | float = 0.0
    aided: NDArray[np.float64] | float = 0.0
    takeover: NDArray[np.float64] | float = 0.0
    looking: NDArray[np.float64] | float = 0.0
    acting: NDArray[np.float64] | float = 0.0

    @property
    def total(self) -> NDArray[np.float64] | float:
        """Hours of people per hour of work by hand."""
        return self.by_hand + self.aided + self.takeover + self.looking + self.acting


def parts_of_work(
    function: Function,
    component: Component | None,
    priors: Mapping[str, float],
    by_hand: NDArray[np.float64] | float | None = None,
) -> Parts:
    """Return the hours of people per hour of work by hand in one function, as its level divides it.

    Parameters
    ----------
    component : Component, optional
        The automation; none: a person does all.
    priors : mapping of str to float
        Assumed parameters by name.
    by_hand : ndarray or float, optional
        Share of executions that the machine does not do, in [0, 1]; default: what it does not cover, outages apart.
    """
    level = function.allocation.level
    if level == 1 or component is None:
        return Parts(by_hand=1.0)
    mean = function.work_h.mean_h
    review = function.allocation.review_h
    review_share = priors["review_share"] if review is None or mean == 0 else review.mean_h / mean
    takeover = function.allocation.takeover_h
    takeover_share = priors["takeover_share"] if takeover is None or mean == 0 else takeover.mean_h / mean
    right = component.reliability.value
    left = 1.0 - component.coverage.value if by_hand is None else by_hand
    if level <= 3:
        saving = priors["list_saving" if level == 2 else "narrow_saving"]
        aided = (1.0 - left) * (1.0 - right * function.allocation.search_share.value * saving)
        return Parts(by_hand=left, aided=aided)
    looked_at = {7: 1.0, 8: function.allocation.audit_rate.value, 10: 0.0}.get(level, 1.0)
    if level == 9:
        looked_at = right * priors["detector_false"] + (1 - right) * priors["detector_hit"]
    acting = priors["act_share"] if level == 4 else 0.0
    return Parts(
        by_hand=left,
        takeover=left * takeover_share,
        looking=(1.0 - left) * looked_at * review_share,
        acting=(1.0 - left) * acting,
    )


def _person_share(compiled: Compiled, k: int) -> float:
    """Return the hours of people per hour of work by hand in one function."""
    row = int(compiled.model.fn.component[k])
    component = compiled.components[row] if row >= 0 else None
    return float(
        parts_of_work(compiled.functions[k], component, {n: p.value for n, p in compiled.priors.items()}).total
    )


def work_by_pool_h(compiled: Compiled) -> NDArray[np.float64]:
    """Return the hours of people that each pool is asked for in a week, shape (pools,); outages and state apart."""
    executions = arrivals_per_week(compiled.system, compiled.demand) @ compiled.flow.visits
    hours = np.zeros(len(compiled.pools))
    for k, fn in enumerate(compiled.functions):
        pool = int(compiled.model.fn.pool[k])
        if pool >= 0:
            skill = int(compiled.model.fn.skill[k])
            members = [r for r, role in enumerate(compiled.roles) if role.id in compiled.pools[pool]]
            speeds = compiled.model.role_speed[members, skill]
            weights = compiled.crew.rostered_h[members]
            speed = float(np.average(speeds, weights=weights)) if weights.sum() > 0 else 1.0
            hours[pool] += executions[k] * fn.work_h.mean_h * _person_share(compiled, k) / speed
    return hours


def _groups(compiled: Compiled) -> list[set[int]]:
    """Return sets of pools that share people, directly or in a chain, and each pool whose people do nothing else."""
    sets: list[set[int]] = []
    for q, members in enumerate(compiled.pools):
        joined = {q}
        for other in [s for s in sets if any(set(compiled.pools[o]) & set(members) for o in s)]:
            joined |= other
            sets.remove(other)
        sets.append(joined)
    return sets + [{q} for q in range(len(compiled.pools)) if not any(s == {q} for s in sets)]


def _hours_of_groups(compiled: Compiled) -> list[tuple[list[str], float, float]]:
    """Return roles that share work, the hours a week that are asked of them, and those for which they are there."""
    asked = work_by_pool_h(compiled)
    rostered = {
        role.id: float(h) * (1.0 - role.absence.value)
        for role, h in zip(compiled.roles, compiled.crew.rostered_h, strict=True)
    }
    found = []
    for pools in _groups(compiled):
        roles = sorted({r for q in pools for r in compiled.pools[q]})
        found.append((roles, float(sum(asked[q] for q in pools)), sum(rostered[r] for r in roles)))
    return found


def expected_loads(system: WorkSystem) -> dict[tuple[str, ...], float]:
    """Return the load of each group of roles that share work, and of each machine that is limited, by their ids.

    Expected hours of work over the hours in which people are there (absence taken off) or the machine's capacity: at 1
    and above its queue grows without end. Outages and the state of persons are left aside.

    Raises
    ------
    SimulationError
        If the system cannot be simulated.
    """
    compiled = compile_system(system)
    found = {
        tuple(roles): hours / there if there > 0.0 else math.inf
        for roles, hours, there in _hours_of_groups(compiled)
        if hours > 0.0
    }
    executions = arrivals_per_week(system, compiled.demand) @ compiled.flow.visits
    busy: dict[str, float] = {}
    for k, fn in enumerate(compiled.functions):
        row = int(compiled.model.fn.component[k])
        if row >= 0 and compiled.components[row].capacity > 0 and fn.allocation.level > 1:
            machine = compiled.components[row]
            hours = executions[k] * machine.coverage.value * fn.work_h.mean_h / machine.speed.value
            busy[machine.id] = busy.get(machine.id, 0.0) + float(hours) / (machine.capacity * HOURS_PER_WEEK)
    return found | {(name,): load for name, load in busy.items()}


def cautions_of(compiled: Compiled) -> tuple[str, ...]:
    """Return what a reader must know before believing a forecast of a compiled system."""
    found = []
    for roles, hours, there in _hours_of_groups(compiled):
        if hours >= there > 0.0:
            heads = sum(compiled.system.roles[r].head_count for r in roles)
            least = math.floor(hours / (there / heads)) + 1
            names = " and ".join(roles)
            found.append(
                f"{names}: {hours:,.0f} hours of work a week against {there:,.0f} rostered; "
                f"the queue grows without end below {least} people (now {heads})"
            )
    for v in sorted(compiled.system.variances, key=lambda v: v.id):
        if v.control is not None and not controllable(compiled.system, v):
            found.append(f"{v.id}: nobody who should control it has the authority and the information; it escapes")
        if v.origin in compiled.system.components:
            row = [w.id for w in sorted(compiled.system.variances, key=lambda w: w.id)].index(v.id)
            if compiled.model.var.carried[row] == 0:
                found.append(f"{v.id}: no function uses {v.origin} through a machine, so every occurrence escapes")
    for d in compiled.demand:
        reached = compiled.flow.visits[[x.id for x in compiled.demand].index(d.id)]
        if reached.sum() == 0.0:
            found.append(f"{d.id}: its items leave without passing any function")
    return tuple(found)


def cautions(system: WorkSystem) -> tuple[str, ...]:
    """Return what a reader must know before believing a forecast: loads no crew can carry, variances nobody controls.

    Raises
    ------
    SimulationError
        If the system cannot be simulated at all.
    """
    return cautions_of(compile_system(system))


def warm_up_weeks(system: WorkSystem) -> int:
    """Return the weeks after which a system that starts empty has filled: twice the mean stay of its slowest class.

    Parameters
    ----------
    system : WorkSystem
        One that can be simulated.

    Returns
    -------
    int
        Between 4 and 52. Waiting in queues is not known ahead and not counted, hence the factor of two.
    """
    compiled = compile_system(system)
    stay_h = np.array([fn.work_h.mean_h + (fn.delay_h.mean_h if fn.delay_h else 0.0) for fn in compiled.functions])
    slowest_h = float((compiled.flow.visits @ stay_h).max())
    return min(max(math.ceil(2.0 * slowest_h / HOURS_PER_WEEK) + 1, _LEAST_WEEKS), _MOST_WEEKS)
