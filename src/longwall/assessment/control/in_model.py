"""The control table: where each variance arises, is seen and is controlled, by whom, and what they lack."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from longwall.assessment.flow import Flow
from longwall.assessment.matrix.judged import able_share, judged_net, origin_functions
from longwall.assessment.results import ControlRow
from longwall.assessment.statement import estimate
from longwall.worksystem import Estimate, Footing, Function, Variance, WorkSystem

if TYPE_CHECKING:
    pass

__all__ = ["controls_in_model", "held", "tools_of"]

_MACHINE_ACTS = 5
_LEAST_PEOPLE = 5


def controls_in_model(system: WorkSystem, flow: Flow, range_factor: float) -> tuple[ControlRow, ...]:
    """Return the control table of a model, one row per variance in its order.

    Distances are the fewest steps over routes in use. Time available is the due time of the most urgent class that
    passes the origin; where no class is due, it is not known.
    """
    net = judged_net(system, flow, range_factor)
    footing = _footing(system)
    rows = []
    for k, variance in enumerate(system.variances):
        d, c = net.detected, net.controlled
        exported = estimate(
            float(1 - d.value[k] * c.value[k]),
            float(1 - d.high[k] * c.high[k]),
            float(1 - d.low[k] * c.low[k]),
            "share",
            footing,
        )
        rows.append(_row(system, flow, variance, exported, footing))
    return tuple(rows)


def _footing(system: WorkSystem) -> Footing:
    """Weakest footing of the flow and of what people said of variances."""
    footings = {route.probability.footing for route in system.work.routes}
    for variance in system.variances:
        footings |= {variance.probability.footing, *(d.probability.footing for d in variance.detections)}
        if variance.control is not None:
            footings.add(variance.control.probability.footing)
    return "assumed" if "assumed" in footings else "fitted"


def _row(system: WorkSystem, flow: Flow, variance: Variance, exported: Estimate, footing: Footing) -> ControlRow:
    """One variance of the model."""
    origins = origin_functions(system, variance.origin)
    seen = tuple(d.function for d in variance.detections if d.function in system.functions)
    control = variance.control
    at = (control.function,) if control is not None and control.function in system.functions else ()
    way_seen = _way(flow, origins, seen)
    way_control = _way_to_control(flow, origins, way_seen, variance)
    by = _controllers(system, variance)
    crossed = _crossings(system, variance.origin, way_control)
    able = able_share(system, variance)
    return ControlRow(
        variance=variance.id,
        name=variance.name or variance.id,
        source="judgement",
        origin=variance.origin,
        seen_at=seen,
        controlled_at=at,
        controlled_by=by,
        how=control.how if control else "",
        information=held(system, variance, "information"),
        information_source=_sources(system, variance, seen),
        authority=held(system, variance, "authority"),
        tasks=_tasks(variance),
        skill=_skill(system, variance),
        tools=_tools(system, variance),
        feedback=_feedback(system, variance, origins),
        available_h=_available(system, flow, origins),
        needed_h=_needed(system, variance),
        hops_to_seen=_steps(way_seen, footing),
        hops_to_controlled=_steps(way_control, footing),
        teams_crossed=crossed[0],
        organisations_crossed=crossed[1],
        machine_human_crossed=crossed[2],
        exported=exported,
        lacks=_lacks(system, variance, seen, able, crossed[0]),
    )


def _controllers(system: WorkSystem, variance: Variance) -> tuple[str, ...]:
    """Roles that control it, or the machine that does."""
    control = variance.control
    if control is None:
        return ()
    if control.role:
        return (control.role,)
    function = system.functions.get(control.function)
    if function is None:
        return ()
    component = function.allocation.component
    return function.roles or ((component,) if component else ())


def held(system: WorkSystem, variance: Variance, what: str) -> str:
    """Return whether those who control a variance have the ``information`` or the ``authority`` that it needs."""
    control = variance.control
    if control is None:
        return "unknown"
    needed = control.needs_information if what == "information" else control.needs_authority
    if not needed:
        return "not needed"
    roles = [system.roles[name] for name in _controllers(system, variance) if name in system.roles]
    have = [variance.id in (role.informed_of if what == "information" else role.authority) for role in roles]
    return "present" if have and all(have) else "in part" if any(have) else "lacking"


def _lacks(
    system: WorkSystem, variance: Variance, seen: tuple[str, ...], able: float, teams_crossed: float | None
) -> tuple[str, ...]:
    """Which of Berniker's four conditions are not met."""
    missing = []
    if not seen or (teams_crossed or 0) > 0:
        missing.append("boundary")
    if variance.control is None or able == 0:
        missing.append("means")
    for what in ("information", "authority"):
        if held(system, variance, what) in ("lacking", "in part"):
            missing.append(what)
    return tuple(missing)


def _way(flow: Flow, origins: tuple[str, ...], targets: tuple[str, ...]) -> tuple[str, ...]:
    """Functions on the shortest way from an origin to a target, ends included; empty where there is none."""
    ways = [flow.path(a, b) for a in origins for b in targets]
    return min((way for way in ways if way), key=lambda way: (len(way), way), default=())


def _way_to_control(
    flow: Flow, origins: tuple[str, ...], way_seen: tuple[str, ...], variance: Variance
) -> tuple[str, ...]:
    """The way on to control: it is seen first, then the item is sent to where control happens, or repaired there."""
    control = variance.control
    if control is None or control.function not in flow.functions:
        return ()
    if not way_seen:
        return _way(flow, origins, (control.function,))
    if control.how == "repair" or way_seen[-1] == control.function:
        return way_seen
    return (*way_seen, control.function)


def _steps(way: tuple[str, ...], footing: Footing) -> Estimate | None:
    """Steps along a way."""
    if not way:
        return None
    steps = float(len(way) - 1)
    return estimate(steps, steps, steps, "steps", footing)


def _crossings(
    system: WorkSystem, origin: str, names: tuple[str, ...]
) -> tuple[float | None, float | None, float | None]:
    """Boundaries between teams, organisations, and machine and people on the way from origin to control."""
    if not names:
        return None, None, None
    way = [system.functions[name] for name in names]
    teams = [_team(system, function) for function in way]
    teams = [team for team in teams if team]
    organisations = [system.teams[team].organisation for team in teams if team in system.teams]
    machine = [function.allocation.level >= _MACHINE_ACTS for function in way]
    if origin not in system.functions:
        machine = [True, *machine]
    return _changes(teams), _changes(organisations), _changes(machine)


def _changes(values: list[str] | list[bool]) -> float:
    """How often neighbours differ."""
    return float(sum(a != b for a, b in pairwise(values)))


def _team(system: WorkSystem, function: Function) -> str:
    """Team of the first role that does a function."""
    return next((system.roles[name].team for name in function.roles if name in system.roles), "")


def _available(system: WorkSystem, flow: Flow, origins: tuple[str, ...]) -> Estimate | None:
    """Due time of the most urgent class that passes the origin."""
    places = [flow.functions.index(name) for name in origins]
    due = [
        demand.due_h
        for demand in system.work.demand
        if demand.due_h is not None and any(flow.visits[demand.id][k] > 0 for k in places)
    ]
    tightest = min(due, key=lambda parameter: parameter.value, default=None)
    if tightest is None:
        return None
    low = tightest.value if tightest.low is None else tightest.low
    high = tightest.value if tightest.high is None else tightest.high
    return estimate(tightest.value, low, high, "h", tightest.footing)


def _needed(system: WorkSystem, variance: Variance) -> Estimate | None:
    """Working time of control: its own, else that of the function it goes to."""
    control = variance.control
    if control is None:
        return None
    work = control.work_h
    if work is None and control.function in system.functions:
        work = system.functions[control.function].work_h
    if work is None:
        return None
    low = work.mean_h if work.low_h is None else work.low_h
    high = work.mean_h if work.high_h is None else work.high_h
    return estimate(work.mean_h, low, high, "h", work.footing)


def _tasks(variance: Variance) -> tuple[str, ...]:
    """What control consists of."""
    control = variance.control
    if control is None:
        return ()
    words = {"rework": "send back to", "repair": "repair at", "escalate": "escalate to"}
    return (f"{words[control.how]} {control.function}",)


def _sources(system: WorkSystem, variance: Variance, seen: tuple[str, ...]) -> tuple[str, ...]:
    """Where those who control it learn of it: where it is seen, the machine that shows it, and who tells them."""
    found = list(seen)
    for name in seen:
        allocation = system.functions[name].allocation
        found += [allocation.component] if allocation.component else []
    controllers = _controllers(system, variance)
    ends = {*controllers, *(system.roles[name].team for name in controllers if name in system.roles)}
    found += [
        f"{link.source}{f' by {link.channel}' if link.channel else ''}"
        for link in system.social.links
        if link.target in ends and link.kind in ("informs", "communicates")
    ]
    return tuple(dict.fromkeys(found))


def _skill(system: WorkSystem, variance: Variance) -> str:
    """Skill of the controlling roles in the function of control, as the model has it, never of persons."""
    control = variance.control
    function = None if control is None else system.functions.get(control.function)
    roles = [system.roles[name] for name in _controllers(system, variance) if name in system.roles]
    if function is None or not roles:
        return "unknown"
    said = []
    for role in roles:
        skill = role.skills.get(function.skill or function.id) or role.skills.get(function.id)
        if skill is not None and skill.footing != "assumed" and role.head_count < _LEAST_PEOPLE:
            return "withheld: fewer than five people"
        said.append(1.0 if skill is None else skill.value)
    low = min(said)
    return "standard" if low >= 1 else f"{low:.2g} of standard"


def _tools(system: WorkSystem, variance: Variance) -> tuple[str, ...]:
    """What control is done with."""
    function = None if variance.control is None else system.functions.get(variance.control.function)
    return () if function is None else tools_of(function)


def tools_of(function: Function) -> tuple[str, ...]:
    """Return the components that a function is done with."""
    own = (function.allocation.component,) if function.allocation.component else ()
    return tuple(dict.fromkeys((*own, *function.uses)))


def _feedback(system: WorkSystem, variance: Variance, origins: tuple[str, ...]) -> str:
    """How those at whose place it arises learn of it."""
    control = variance.control
    if control is None:
        return "none"
    if control.how == "rework" and control.function in origins:
        return "the item comes back"
    sees = {role for name in origins for role in system.functions[name].roles}
    controllers = set(_controllers(system, variance))
    if sees & controllers:
        return "the same role"
    at_origin = {*sees, *(system.roles[name].team for name in sees if name in system.roles)}
    at_control = {*controllers, *(system.roles[name].team for name in controllers if name in system.roles)}
    told = any(link.source in at_control and link.target in at_origin for link in system.social.links)
    return "a link of communication" if told else "none"
