"""Work systems with more or less of something: items, people, work, a machine's share, what is told, rare routes."""

from __future__ import annotations

import math
from collections.abc import Collection

from longwall.worksystem import Distribution, Parameter, Role, Route, Shift, WorkSystem

__all__ = [
    "all_heads",
    "scaled_demand",
    "scaled_presence",
    "scaled_work",
    "times",
    "with_audit",
    "with_coverage",
    "with_heads",
    "with_standard_routes",
    "with_threshold",
]


def times(number: Parameter, factor: float, *, most: float = math.inf) -> Parameter:
    """Return a parameter times a factor, cut off at `most`; its range moves with it."""
    ends = {key: None if end is None else min(end * factor, most) for key, end in
            (("low", number.low), ("high", number.high))}  # fmt: skip
    return number.model_copy(update={"value": min(number.value * factor, most), **ends})


def scaled_demand(system: WorkSystem, factor: float, classes: Collection[str] = ()) -> WorkSystem:
    """Return the system with a factor on the items of some demand classes (none named: all), alerts included."""
    found = []
    for demand in system.work.demand:
        if classes and demand.id not in classes:
            found.append(demand)
            continue
        update: dict[str, object] = {"per_week": times(demand.per_week, factor)}
        if demand.alerts is not None:
            rates = ("events_per_week", "benign_per_week", "noise_per_week")
            update["alerts"] = demand.alerts.model_copy(
                update={rate: times(getattr(demand.alerts, rate), factor) for rate in rates}
            )
        found.append(demand.model_copy(update=update))
    return system.model_copy(update={"work": system.work.model_copy(update={"demand": tuple(found)})})


def scaled_work(system: WorkSystem, factor: float, functions: Collection[str] = ()) -> WorkSystem:
    """Return the system with a factor on the work content by hand of some functions (none named: all)."""
    found = tuple(
        function.model_copy(update={"work_h": _stretched(function.work_h, factor)})
        if not functions or function.id in functions
        else function
        for function in system.work.functions
    )
    return system.model_copy(update={"work": system.work.model_copy(update={"functions": found})})


def _stretched(work: Distribution, factor: float) -> Distribution:
    return work.times(factor) if factor > 0 else Distribution(shape="fixed", mean_h=0.0)


def scaled_presence(system: WorkSystem, factor: float, roles: Collection[str] = ()) -> WorkSystem:
    """Return the system with a factor on the people who are there in some roles (none named: all).

    Head-counts are whole: what is more than whole people is rounded up, and the rest is absence.
    """
    found = []
    for role in system.social.roles:
        heads = sum(shift.people for shift in role.shifts)
        if (roles and role.id not in roles) or not heads:
            found.append(role)
            continue
        shifts = tuple(
            shift.model_copy(update={"people": max(1, math.ceil(shift.people * factor - 1e-9))})
            for shift in role.shifts
        )
        share = factor * heads / sum(shift.people for shift in shifts)
        away = min(max(1.0 - (1.0 - role.absence.value) * share, 0.0), 1.0)
        found.append(role.model_copy(update={"shifts": shifts, "absence": _at(role.absence, away)}))
    return _with_roles(system, found)


def _at(number: Parameter, value: float) -> Parameter:
    """Return a parameter at another value; its range says nothing of that one."""
    return number.model_copy(update={"value": value, "low": None, "high": None})


def _with_roles(system: WorkSystem, roles: list[Role]) -> WorkSystem:
    return system.model_copy(update={"social": system.social.model_copy(update={"roles": tuple(roles)})})


def all_heads(system: WorkSystem) -> int:
    """Return the people of all rostered shifts."""
    return sum(role.head_count for role in system.social.roles)


def with_heads(system: WorkSystem, heads: int) -> WorkSystem:
    """Return the system with so many people, shared out over the shifts as today, by largest remainders.

    Parameters
    ----------
    heads : int
        At least one for each shift is kept.
    """
    today = all_heads(system)
    places = [
        (role, place, shift)
        for role in system.social.roles
        for place, shift in enumerate(role.shifts)
        if not shift.on_call
    ]
    exact = [shift.people * heads / max(today, 1) for _, _, shift in places]
    whole = [max(1, math.floor(x)) for x in exact]
    order = sorted(range(len(places)), key=lambda k: (whole[k] - exact[k], k))
    for k in order[: max(0, heads - sum(whole))]:
        whole[k] += 1
    people = {(role.id, place): number for (role, place, _), number in zip(places, whole, strict=True)}
    found = []
    for role in system.social.roles:
        shifts: list[Shift] = [
            shift if shift.on_call else shift.model_copy(update={"people": people[role.id, place]})
            for place, shift in enumerate(role.shifts)
        ]
        found.append(role.model_copy(update={"shifts": tuple(shifts)}))
    return _with_roles(system, found)


def with_coverage(system: WorkSystem, components: Collection[str], less: float, more: float) -> WorkSystem:
    """Return the system with machines that take `less` times today's share, and `more` of what is left to people."""
    found = []
    for component in system.technical.components:
        if component.id in components:
            now = component.coverage.value * less
            component = component.model_copy(update={"coverage": _at(component.coverage, now + (1.0 - now) * more)})
        found.append(component)
    return system.model_copy(update={"technical": system.technical.model_copy(update={"components": tuple(found)})})


def with_threshold(system: WorkSystem, shift: float) -> WorkSystem:
    """Return the system with every threshold of alerts higher by `shift` [standard deviations of the noise]."""
    found = tuple(
        demand
        if demand.alerts is None
        else demand.model_copy(
            update={
                "alerts": demand.alerts.model_copy(
                    update={"threshold": _at(demand.alerts.threshold, demand.alerts.threshold.value + shift)}
                )
            }
        )
        for demand in system.work.demand
    )
    return system.model_copy(update={"work": system.work.model_copy(update={"demand": found})})


def with_audit(system: WorkSystem, functions: Collection[str], share: float) -> WorkSystem:
    """Return the system in which people read this share of what a machine did at some functions (level 8)."""
    found = []
    for function in system.work.functions:
        if function.id in functions:
            allocation = function.allocation.model_copy(
                update={"level": 8, "audit_rate": _at(function.allocation.audit_rate, share)}
            )
            function = function.model_copy(update={"allocation": allocation})
        found.append(function)
    return system.model_copy(update={"work": system.work.model_copy(update={"functions": tuple(found)})})


def with_standard_routes(
    system: WorkSystem, rare: Collection[tuple[str, str, str | None, tuple[str, ...], str]], pressed: float
) -> WorkSystem:
    """Return the system in which a share of what took a rare route takes the usual one of its place instead.

    Parameters
    ----------
    rare : collection of tuple
        Source, target, demand, memory and outcome of the rare routes.
    pressed : float
        Share, in [-1, 1]; below 0 the rare routes are taken more often, out of the usual one.
    """
    moved: dict[tuple[str, str | None, tuple[str, ...], str], float] = {}
    best: dict[tuple[str, str | None, tuple[str, ...], str], Route] = {}
    for route in system.work.routes:
        place = (route.source, route.demand, route.after, route.outcome)
        if (route.source, route.target, *place[1:]) in rare:
            moved[place] = moved.get(place, 0.0) + route.probability.value
        elif place not in best or route.probability.value > best[place].probability.value:
            best[place] = route
    # Below 0 no more can be taken out of the usual route than it holds.
    share = {
        place: max(pressed, -0.95 * best[place].probability.value / max(mass, 1e-300))
        for place, mass in moved.items()
        if place in best
    }
    found = []
    for route in system.work.routes:
        place = (route.source, route.demand, route.after, route.outcome)
        now = route.probability.value
        if (route.source, route.target, *place[1:]) in rare:
            now *= 1.0 - share.get(place, 0.0)
        elif route is best.get(place) and place in share:
            now += share[place] * moved[place]
        found.append(route.model_copy(update={"probability": _at(route.probability, min(max(now, 0.0), 1.0))}))
    return system.model_copy(update={"work": system.work.model_copy(update={"routes": tuple(found)})})
