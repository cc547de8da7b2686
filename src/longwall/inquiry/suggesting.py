"""What a template says, in the words of the twelve questions: suggestions that a person keeps, changes or leaves."""

from __future__ import annotations

from functools import cache

from longwall.inquiry.answers import Answers, Kind, Machine, People, Repair, Step, Trouble, Volume
from longwall.inquiry.questions import KINDS
from longwall.templates import read
from longwall.worksystem import Function, WorkSystem

__all__ = ["suggested", "template_of", "visits"]

_WATCHED = {1: "suggests", 2: "suggests", 3: "suggests", 4: "suggests", 5: "approved", 6: "approved", 7: "read",
            8: "sampled", 9: "sampled", 10: "nobody"}  # fmt: skip


@cache
def template_of(kind: str) -> WorkSystem:
    """Return the template that lends what nobody answered about a kind of work."""
    return read(KINDS[kind][0])


def visits(system: WorkSystem) -> dict[str, float]:
    """Return of one item the expected passes of each function, over the routes that lead forward.

    Functions stand in the order of the flow; a route back to an earlier one is not followed, so that rework is not
    counted. With several demand classes each route counts for all of them.
    """
    order = [function.id for function in system.work.functions]
    place = {name: number for number, name in enumerate(order)}
    found = dict.fromkeys(order, 0.0)
    for source in ["start", *order]:
        for route in system.work.routes:
            if route.source == source and route.target in place and place[route.target] > place.get(source, -1):
                found[route.target] += found.get(source, 1.0) * route.probability.value
    return found


@cache
def suggested(kind: Kind) -> Answers:
    """Return what the template of a kind of work says as answers."""
    system = template_of(kind)
    passes = visits(system)
    names = {function.id: function.name or function.id for function in system.work.functions}
    roles = {role.id: role.name or role.id for role in system.social.roles}
    shares = {key: min(100.0, round(100 * value, 4)) for key, value in passes.items()}
    steps = tuple(
        Step(step=names[f.id], who=_who(system, f), minutes=round(60 * f.work_h.mean_h, 4) or None, of_100=shares[f.id])
        for f in system.work.functions
        if shares[f.id] > 0
    )
    troubles = tuple(
        Trouble(
            what=v.name or v.id,
            step=names[v.origin],
            of_100=round(v.probability.value * shares[v.origin], 4),
            noticed=names[v.detections[0].function] if v.detections else "customer",
        )
        for v in system.variances
        if v.origin in names and v.probability.value > 0
    )
    repairs = tuple(
        Repair(
            trouble=v.name or v.id,
            who=roles[v.control.role],
            told=v.id in system.roles[v.control.role].informed_of,
            may_decide=v.id in system.roles[v.control.role].authority,
        )
        for v in system.variances
        if v.control is not None and v.control.role
    )
    return Answers(
        kind=kind,
        name=system.name,
        item=system.work.demand[0].name,
        steps=steps,
        people=tuple(
            People(role=roles[role.id], people=shift.people, hours=shift.hours)
            for role in system.social.roles
            for shift in role.shifts
            if not shift.on_call
        ),
        volume=Volume(usual=system.work.demand[0].per_week.value),
        troubles=troubles,
        repairs=repairs,
        machines=_machines(system, names),
    )


def _who(system: WorkSystem, function: Function) -> str:
    """Machine and roles of a function in words."""
    parts = []
    if function.allocation.level >= 2 and function.allocation.component:
        parts.append(system.components[function.allocation.component].name or function.allocation.component)
    parts += [system.roles[role].name or role for role in function.roles]
    return ", ".join(parts)


def _machines(system: WorkSystem, names: dict[str, str]) -> tuple[Machine, ...]:
    """What machines do."""
    found = []
    for function in system.work.functions:
        allocation = function.allocation
        if allocation.level < 2 or allocation.component is None:
            continue
        part = system.components[allocation.component]
        between = part.time_between_failures_h
        plain = {
            "machine": part.name or part.id,
            "step": names[function.id],
            "watched": _WATCHED[allocation.level],
            "when_out": function.in_outage,
            "outages_a_year": None if between is None else round(8766 / between.value, 1),
            "hours_out": None if part.repair_h is None else part.repair_h.mean_h,
        }
        found.append(Machine.model_validate(plain))
    return tuple(found)
