"""Who lacks what to control a key variance: need against have, for every role and machine that could control it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from longwall.assessment.control.gaps_candidate import candidate_of, unknown
from longwall.assessment.control.gaps_result import ASPECTS, Aspect, Level, VarianceGaps
from longwall.assessment.control.gaps_social import social_gaps
from longwall.assessment.flow import Flow
from longwall.assessment.results import ControlRow, VarianceMatrix
from longwall.worksystem import Component, Estimate, Function, Role, Variance, WorkSystem, people_by_hour

__all__ = ["gaps_of"]

_ACTS_ALONE = 6


def gaps_of(
    system: WorkSystem,
    flow: Flow,
    judged: VarianceMatrix | None,
    seen: Mapping[str, Mapping[Aspect, Level]] | None = None,
    controls: Iterable[ControlRow] = (),
    *,
    least_people: float = 0.0,
) -> tuple[VarianceGaps, ...]:
    """Return the gaps of every key variance and of what the social system puts to the machines.

    Key are the variances in the core of the key set of any column, or on its border; where the matrix runs away, all.

    Parameters
    ----------
    judged : VarianceMatrix, optional
        Solved from the variances of the model; without it only the social direction is looked at.
    seen : mapping of variance to levels, optional
        What the log shows of those who control it, from `levels_in_log`; it takes the place of what the model says.
    controls : iterable of ControlRow
        The control table of the model.
    least_people : float
        Of roles with fewer people neither skill nor load is told; above zero where the model was made from a log.

    Notes
    -----
    gap = max(0, need - have), each in [0, 1]; the bottleneck is the aspect with the largest gap, the control capacity
    the least share that is met of anything needed. What neither model nor log says is the interval [0, 1].
    """
    table = {row.variance: row for row in controls if row.source == "judgement"}
    keys = set()
    if judged is not None:
        keys = {row.id for row in judged.variances if judged.runaway or row.membership.best != "out"}
    found = [
        _variance(system, flow, variance, table.get(variance.id), (seen or {}).get(variance.id, {}), least_people)
        for variance in system.variances
        if variance.id in keys
    ]
    return (*found, *social_gaps(system, flow, least_people))


def _variance(
    system: WorkSystem,
    flow: Flow,
    variance: Variance,
    row: ControlRow | None,
    seen: Mapping[Aspect, Level],
    least_people: float,
) -> VarianceGaps:
    """All candidates for one variance of the model."""
    places = _places(system, variance)
    arises_or_seen = {variance.origin, *(d.function for d in variance.detections)}
    seen_at = [function for function in places if function.id in arises_or_seen]
    today = set(row.controlled_by) if row is not None else set()
    roles = {role for function in places for role in function.roles if role in system.roles}
    roles |= {role.id for role in system.social.roles if variance.id in (*role.authority, *role.informed_of)}
    roles |= today & set(system.roles)
    machines = {function.allocation.component for function in places if function.allocation.level > 1}
    made = []
    for name in sorted(roles):
        levels = _role_levels(system, flow, variance, row, system.roles[name])
        if system.roles[name].head_count < least_people and system.roles[name].skills:
            levels["skill"] = (levels["skill"][0], unknown("withheld: too few people"))
        if name in today:
            levels = {aspect: (need, seen.get(aspect, have)) for aspect, (need, have) in levels.items()}
        inside = any(name in function.roles for function in seen_at)
        made.append(
            candidate_of(name, "role", levels, today=name in today, targets=(variance.id, name), boundary=inside)
        )
    for name in sorted(machine for machine in machines if machine in system.components):
        levels = _machine_levels(system, variance, row, system.components[name])
        inside = any(function.allocation.component == name for function in seen_at) or variance.origin == name
        made.append(
            candidate_of(name, "machine", levels, today=name in today, targets=(variance.id, name), boundary=inside)
        )
    made.sort(
        key=lambda candidate: (not candidate.today, -candidate.capacity_high, -candidate.capacity_low, candidate.id)
    )
    return VarianceGaps(
        variance=variance.id, name=variance.name or variance.id, direction="technical", controllers=tuple(made)
    )


def _control_at(variance: Variance) -> str:
    """Where control happens; empty where nobody controls it."""
    return variance.control.function if variance.control is not None else ""


def _places(system: WorkSystem, variance: Variance) -> list[Function]:
    """Functions at which it arises, is seen and is controlled."""
    names = [variance.origin, *(d.function for d in variance.detections), _control_at(variance)]
    return [system.functions[name] for name in dict.fromkeys(names) if name in system.functions]


def _role_levels(
    system: WorkSystem, flow: Flow, variance: Variance, row: ControlRow | None, role: Role
) -> dict[Aspect, tuple[Level, Level]]:
    """Need and have of a role."""
    control = variance.control
    if control is None:
        said = "nobody has said how it is to be controlled"
        need = unknown(said)
        held = {"information": variance.id in role.informed_of, "authority": variance.id in role.authority}
        return {a: (need, _stated(held[a], "") if a in held else unknown()) for a in ASPECTS}
    function = system.functions.get(control.function)
    return {
        "information": (
            _stated(control.needs_information, "stated in the model"),
            _stated(variance.id in role.informed_of, "informed_of"),
        ),
        "authority": (
            _stated(control.needs_authority, "stated in the model"),
            _stated(variance.id in role.authority, "authority"),
        ),
        "skill": (_stated(True, "at the standard speed"), _skill(variance, function, role)),
        "time": (_stated(True, "all the time that control takes"), _time(system, variance, row, role)),
        "tools": _tools(system, variance, function, role),
        "feedback": (_stated(True, "to learn from it"), _feedback(flow, variance, system, role)),
    }


def _stated(holds: bool, said: str) -> Level:
    """A yes or no that stands in the model."""
    return Level(low=float(holds), high=float(holds), source="model", said=said)


def _skill(variance: Variance, function: Function | None, role: Role) -> Level:
    """Skill of the role in what control draws on; 1 is the standard, and more is no more than enough."""
    control = variance.control
    names = [name for name in (control.skill if control else "", function.skill if function else "") if name]
    names += [function.id] if function is not None else []
    stated = next((role.skills[name] for name in names if name in role.skills), None)
    if stated is not None:
        low, high = (min(1.0, value if value is not None else stated.value) for value in (stated.low, stated.high))
        return Level(low=min(low, high), high=max(low, high), source="model", said="skills")
    if function is not None and role.id in function.roles:
        return _stated(True, "it does this function")
    return unknown("it does not do this function today")


def _time(system: WorkSystem, variance: Variance, row: ControlRow | None, role: Role) -> Level:
    """Share of the hours of the week from which somebody of the role can be done with control in time."""
    available = variance.control.within_h if variance.control is not None else None
    within = available.value if available is not None else row.available_h.value if row and row.available_h else None
    needed = row.needed_h if row is not None else None
    if within is None or needed is None:
        return unknown("no time by which control must be done" if within is None else "how long control takes")
    ends = [_in_time(role, within, hours) for hours in (needed.high, needed.value, needed.low)]
    return Level(low=min(ends), high=max(ends), source="model", said=f"{within:g} h there, {_hours(needed)} needed")


def _hours(needed: Estimate) -> str:
    """Hours of work in words."""
    return f"{needed.value:.2g} h"


def _in_time(role: Role, within_h: float, needed_h: float) -> float:
    """Share of the hours of the week after which a rostered hour, and the work, still fit before the limit."""
    if needed_h > within_h:
        return within_h / needed_h if people_by_hour(role.shifts).any() else 0.0
    there = people_by_hour(role.shifts) > 0
    if not there.any():
        return 0.0
    wait = np.array([int(np.argmax(np.roll(there, -hour))) for hour in range(there.size)])
    return float((wait + needed_h <= within_h + 1e-9).mean())


def _tools(system: WorkSystem, variance: Variance, function: Function | None, role: Role) -> tuple[Level, Level]:
    """Tools that control needs, and the share of them that the role may use, as available as they are."""
    control = variance.control
    needed = dict.fromkeys((*(function.uses if function else ()), *(control.tools if control else ())))
    needed = {name: None for name in needed if name in system.components}
    if not needed:
        return _stated(False, "no tool is named"), _stated(True, "")
    own = set(role.tools)
    for each in system.work.functions:
        if role.id in each.roles:
            own |= {*each.uses, each.allocation.component or ""}
    up = float(np.prod([_availability(system.components[name]) for name in needed if name in own]))
    share = sum(name in own for name in needed) / len(needed)
    if share < 1 and not role.tools:
        return _stated(True, ", ".join(needed)), unknown("whether it may use what it does not use today")
    return _stated(True, ", ".join(needed)), Level(
        low=share * up, high=share * up, source="model", said="tools in service"
    )


def _availability(component: Component) -> float:
    """Share of time in service; one where the model has no failures of it."""
    mtbf = component.time_between_failures_h
    if mtbf is None:
        return 1.0
    repair_h = component.repair_h.mean_h if component.repair_h is not None else 1.0
    return mtbf.value / (mtbf.value + repair_h)


def _feedback(flow: Flow, variance: Variance, system: WorkSystem, role: Role) -> Level:
    """Whether the role hears what became of it: told, or because the item passes it again."""
    if variance.id in role.hears_of:
        return _stated(True, "hears_of")
    at = _control_at(variance)
    if at not in flow.functions:
        return unknown()
    row = flow.reach[flow.functions.index(at)]
    passed = [
        float(row[k]) for k, name in enumerate(flow.functions) if name != at and role.id in system.functions[name].roles
    ]
    if passed and max(passed) > 0:
        return Level(low=0.0, high=max(passed), source="model", said="at most as often as the item passes it again")
    if role.hears_of:
        return _stated(False, "told of others, not of this")
    return unknown("does anybody tell it what became of it?")


def _machine_levels(
    system: WorkSystem, variance: Variance, row: ControlRow | None, component: Component
) -> dict[Aspect, tuple[Level, Level]]:
    """Need and have of a machine."""
    control = variance.control
    functions = [f for f in system.work.functions if f.allocation.component == component.id]
    names = {function.id for function in functions}
    sight = [d.probability for d in variance.detections if d.function in names]
    level = max((f.allocation.level for f in functions), default=1)
    forbidden = [c for c in system.environment.constraints if c.highest_level is not None and names & set(c.functions)]
    alone = level >= _ACTS_ALONE and not any((c.highest_level or 0) < _ACTS_ALONE for c in forbidden)
    does = control is not None and control.function in names
    right = component.coverage.value * component.reliability.value
    up = _availability(component)
    need = unknown("nobody has said how it is to be controlled") if control is None else None
    return {
        "information": (
            need or _stated(control is not None and control.needs_information, "stated in the model"),
            Level(low=max((p.value for p in sight), default=0.0), high=max((p.value for p in sight), default=0.0),
                  source="model", said="detections at its functions"),
        ),
        "authority": (
            need or _stated(control is not None and control.needs_authority, "stated in the model"),
            _stated(alone, f"level {level}" + (f", {forbidden[0].id}" if forbidden else "")),
        ),
        "skill": (
            need or _stated(True, "every case, right"),
            Level(low=right, high=right, source="model", said="coverage times reliability")
            if does else unknown("it does not do this function today"),
        ),
        "time": (need or _stated(True, "all the time that control takes"), _machine_time(row, variance, component, up)),
        "tools": (_stated(True, "to be in service"), Level(low=up, high=up, source="model", said="time in service")),
        "feedback": (need or _stated(True, "to be corrected"), unknown("does anything correct it when it was wrong?")),
    }  # fmt: skip


def _machine_time(row: ControlRow | None, variance: Variance, component: Component, up: float) -> Level:
    """Whether the machine is quick enough while it is in service."""
    control = variance.control
    limit = control.within_h.value if control is not None and control.within_h is not None else None
    within = limit if limit is not None else row.available_h.value if row and row.available_h else None
    if within is None or row is None or row.needed_h is None:
        return unknown("no time by which control must be done")
    share = min(1.0, within * component.speed.value / row.needed_h.value) if row.needed_h.value > 0 else 1.0
    return Level(low=share * up, high=share * up, source="model", said="speed and time in service")
