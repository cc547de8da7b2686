"""What makes a work system impossible to simulate: every fault by the path of its id, all in one pass."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from longwall.errors import Fault
from longwall.simulation.demand import arrives
from longwall.simulation.human_error import error_faults
from longwall.simulation.priors import fault_of_names
from longwall.worksystem import Component, Function, Parameter, WorkSystem, numbers_in

__all__ = ["faults_of"]


def _ranges(system: WorkSystem) -> Iterator[tuple[str, Parameter | None, float, float, str]]:
    """Yield every number that has a range: path, parameter, least, most, and what it should be."""
    for demand in system.work.demand:
        yield f"work.demand.{demand.id}.per_week", demand.per_week, 0.0, math.inf, "a rate not below zero"
        yield f"work.demand.{demand.id}.due_h", demand.due_h, 0.0, math.inf, "a duration not below zero"
        yield f"work.demand.{demand.id}.growth_per_year", demand.growth_per_year, -0.99, 100.0, "a share above -0.99"
        yield f"work.demand.{demand.id}.on_holidays", demand.on_holidays, 0.0, math.inf, "a factor not below zero"
        for component, factor in demand.while_down.items():
            yield f"work.demand.{demand.id}.while_down.{component}", factor, 0.0, math.inf, "a factor not below zero"
    for role in system.social.roles:
        yield f"social.roles.{role.id}.absence", role.absence, 0.0, 0.99, "a share below 0.99"
        yield f"social.roles.{role.id}.resources", role.resources, 0.0, 1.0, "a share"
        for skill, parameter in role.skills.items():
            yield f"social.roles.{role.id}.skills.{skill}", parameter, 1e-6, 1e6, "a speed above zero"
    for fn in system.work.functions:
        where = f"work.functions.{fn.id}"
        yield f"{where}.drills_per_year", fn.drills_per_year, 0.0, 1e6, "a rate not below zero"
        yield f"{where}.allocation.audit_rate", fn.allocation.audit_rate, 0.0, 1.0, "a share"
        yield f"{where}.allocation.search_share", fn.allocation.search_share, 0.0, 1.0, "a share"
        yield (
            f"{where}.allocation.review_deadline_h", fn.allocation.review_deadline_h, 0.0, math.inf,
            "a duration not below zero",
        )  # fmt: skip
    for c in system.technical.components:
        where = f"technical.components.{c.id}"
        yield f"{where}.speed", c.speed, 1e-6, math.inf, "a speed above zero"
        yield f"{where}.reliability", c.reliability, 0.0, 1.0, "a probability"
        yield f"{where}.coverage", c.coverage, 0.0, 1.0, "a share"
        yield f"{where}.transparency", c.transparency, 0.0, 1.0, "a share"
        yield f"{where}.buffer_h", c.buffer_h, 0.0, math.inf, "a duration not below zero"
        yield f"{where}.time_between_failures_h", c.time_between_failures_h, 1e-9, math.inf, "a duration above zero"
    components = {c.id for c in system.technical.components}
    for v in system.variances:
        most = math.inf if v.origin in components else 1.0
        yield f"variances.{v.id}.probability", v.probability, 0.0, most, "a probability, or a rate at a component"
        for other, p in v.induces.items():
            yield f"variances.{v.id}.induces.{other}", p, 0.0, 1.0, "a probability"
        for detection in v.detections:
            yield f"variances.{v.id}.detections.{detection.function}", detection.probability, 0.0, 1.0, "a probability"
        if v.control is not None:
            yield f"variances.{v.id}.control.probability", v.control.probability, 0.0, 1.0, "a probability"


def _range_faults(system: WorkSystem) -> Iterator[Fault]:
    """Yield numbers outside their range."""
    for where, parameter, least, most, expected in _ranges(system):
        if parameter is not None and not least <= parameter.value <= most:
            yield Fault("LW-SI-008", where, expected, f"{parameter.value:g}", "correct the value")


def _unknown(where: str, kind: str, found: str) -> Fault:
    """Return the fault of an id that does not exist."""
    return Fault(
        "LW-SI-006", where, f"the id of a {kind}", repr(found), f"use the id of a {kind} that exists, or add it"
    )


def _duplicates(system: WorkSystem) -> Iterator[Fault]:
    """Yield ids that stand twice in one list."""
    lists: dict[str, tuple[Any, ...]] = {
        "work.demand": system.work.demand,
        "work.functions": system.work.functions,
        "social.roles": system.social.roles,
        "social.teams": system.social.teams,
        "technical.components": system.technical.components,
        "variances": system.variances,
    }
    for name, things in lists.items():
        ids = [thing.id for thing in things]
        for twice in sorted({i for i in ids if ids.count(i) > 1}):
            yield Fault("LW-SI-013", f"{name}.{twice}", "ids that differ", "the same id twice", "rename one of them")


def _reference_faults(system: WorkSystem) -> Iterator[Fault]:
    """Yield ids that point nowhere."""
    variances = {v.id for v in system.variances}
    for role in system.social.roles:
        if role.team not in system.teams:
            yield _unknown(f"social.roles.{role.id}.team", "team", role.team)
    for fn in system.work.functions:
        for r in fn.roles:
            if r not in system.roles:
                yield _unknown(f"work.functions.{fn.id}.roles", "role", r)
        c = fn.allocation.component
        if c is not None and c not in system.components:
            yield _unknown(f"work.functions.{fn.id}.allocation.component", "component", c)
    for comp in system.technical.components:
        for other in comp.depends_on:
            if other not in system.components:
                yield _unknown(f"technical.components.{comp.id}.depends_on", "component", other)
    for v in system.variances:
        if v.origin not in system.functions and v.origin not in system.components:
            yield _unknown(f"variances.{v.id}.origin", "function or component", v.origin)
        for other in v.induces:
            if other not in variances:
                yield _unknown(f"variances.{v.id}.induces", "variance", other)
        for detection in v.detections:
            if detection.function not in system.functions:
                yield _unknown(f"variances.{v.id}.detections", "function", detection.function)
        if v.control is not None:
            if v.control.function not in system.functions:
                yield _unknown(f"variances.{v.id}.control.function", "function", v.control.function)
            if v.control.role is not None and v.control.role not in system.roles:
                yield _unknown(f"variances.{v.id}.control.role", "role", v.control.role)


def _needs_people(fn: Function, component: Component | None) -> bool:
    """Return whether a function cannot do without a person."""
    level = fn.allocation.level
    if level == 1 or component is None:
        return fn.work_h.mean_h > 0.0
    return level < 10 or component.coverage.value < 1.0


def _function_faults(system: WorkSystem) -> Iterator[Fault]:
    """Yield functions that nobody may do, levels without a machine, and roles without hours."""
    for fn in system.work.functions:
        where = f"work.functions.{fn.id}"
        component = system.components.get(fn.allocation.component or "")
        if fn.allocation.level > 1 and fn.allocation.component is None:
            yield Fault(
                "LW-SI-004", f"{where}.allocation.component", f"an automation for level {fn.allocation.level}", "none",
                "name the component, or set the level to 1",
            )  # fmt: skip
        if not fn.roles:
            if _needs_people(fn, component):
                yield Fault("LW-SI-002", f"{where}.roles", "at least one role that may do it", "none",
                            "name a role, or give it a machine at level 10 that covers all")  # fmt: skip
        elif all(r in system.roles and system.roles[r].head_count == 0 for r in fn.roles):
            yield Fault("LW-SI-005", f"{where}.roles", "somebody with hours", f"nobody in {', '.join(fn.roles)}",
                        "give one of the roles a shift with people")  # fmt: skip
    for v in system.variances:
        control = v.control
        if control is not None and control.role in system.roles and system.roles[control.role].head_count == 0:
            yield Fault("LW-SI-005", f"variances.{v.id}.control.role", "somebody with hours", "nobody",
                        "give the role a shift with people")  # fmt: skip
        elif control is not None and control.role is None and control.how == "repair":
            fn_of = system.functions.get(control.function)
            if fn_of is not None and not fn_of.roles:
                yield Fault("LW-SI-002", f"variances.{v.id}.control", "somebody who repairs it", "nobody",
                            "name a role")  # fmt: skip


def _cycle_faults(system: WorkSystem) -> Iterator[Fault]:
    """Yield components that depend on themselves in the end."""
    done: set[str] = set()
    for first in sorted(system.components):
        path: list[str] = []

        def visit(c: str, path: list[str] = path) -> Fault | None:
            if c in path:
                loop = " -> ".join([*path[path.index(c) :], c])
                return Fault(
                    "LW-SI-012", f"technical.components.{c}.depends_on", "no cycle", loop, "remove one of them"
                )
            if c in done or c not in system.components:
                return None
            path.append(c)
            for other in sorted(system.components[c].depends_on):
                if fault := visit(other):
                    return fault
            path.pop()
            done.add(c)
            return None

        if fault := visit(first):
            yield fault
            return


def _surge_faults(system: WorkSystem) -> Iterator[Fault]:
    """Yield surges that bring each other without end, or fewer items than one, and detectors that find nothing."""
    source_of = {d.id: [s.source for s in d.surges if s.source in system.demand] for d in system.work.demand}
    for first in sorted(source_of):
        seen: set[str] = set()
        todo = list(source_of[first])
        while todo:
            following = todo.pop()
            if following not in seen:
                seen.add(following)
                todo.extend(source_of[following])
        if first in seen:
            yield Fault("LW-SI-017", f"work.demand.{first}.surges", "surges that end",
                        f"{first} brings itself in the end", "remove one of the surges")  # fmt: skip
    for d in system.work.demand:
        for surge in d.surges:
            if surge.items.value < 1.0:
                where = f"work.demand.{d.id}.surges.{surge.source}.items"
                yield Fault("LW-SI-008", where, "one item or more per event", f"{surge.items.value:g}",
                            "correct the value")  # fmt: skip
        if d.alerts is not None:
            total = d.alerts.events_per_week.value + d.alerts.benign_per_week.value + d.alerts.noise_per_week.value
            if total <= 0.0:
                yield Fault("LW-SI-008", f"work.demand.{d.id}.alerts", "something to observe", "nothing per week",
                            "give events_per_week or noise_per_week")  # fmt: skip


def _infinite(system: WorkSystem) -> Iterator[Fault]:
    """Yield numbers that are infinite or none at all."""
    for number in numbers_in(system):
        value = number.value.value if isinstance(number.value, Parameter) else number.value.mean_h
        if not math.isfinite(value):
            yield Fault("LW-SI-008", number.path, "a finite number", f"{value:g}", "correct the value, or leave it out")


def _error_faults(system: WorkSystem) -> Iterator[Fault]:
    """Yield what is wrong with the conditions of human errors."""
    for v in system.variances:
        if v.error is not None:
            yield from error_faults(v.error, f"variances.{v.id}.error")


def faults_of(system: WorkSystem) -> list[Fault]:
    """Return every fault but those of the routes."""
    faults = [
        *_infinite(system),
        *_surge_faults(system),
        *_error_faults(system),
        *_duplicates(system),
        *_reference_faults(system),
        *_range_faults(system),
        *_function_faults(system),
        *_cycle_faults(system),
        *fault_of_names(system),
    ]
    if not any(arrives(demand) for demand in system.work.demand):
        faults.append(Fault("LW-SI-010", "work.demand", "a demand class with arrivals", "none", "add what arrives"))
    return faults
