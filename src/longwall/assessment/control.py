"""The control table: where each variance arises, is seen and is controlled, by whom, and what they lack."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.flow import Flow
from longwall.assessment.judged import able_share, judged_net, origin_functions
from longwall.assessment.prevalence import fate_of
from longwall.assessment.results import ControlRow
from longwall.assessment.statement import estimate
from longwall.assessment.view import View
from longwall.stats import ratio_interval, share_interval
from longwall.worksystem import Estimate, Footing, Function, Variance, WorkSystem

if TYPE_CHECKING:
    from longwall.discovery.variance_events import VarianceEvents

__all__ = ["controls_in_log", "controls_in_model"]

_MACHINE_ACTS = 5


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
        information=_held(system, variance, "information"),
        authority=_held(system, variance, "authority"),
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


def _held(system: WorkSystem, variance: Variance, what: str) -> str:
    """Whether those who control it have what control needs."""
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
        if _held(system, variance, what) in ("lacking", "in part"):
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


def controls_in_log(view: View, events: VarianceEvents) -> tuple[ControlRow, ...]:
    """Return the control table that the log shows, one row per kind of variance event.

    Distances are means over occurrences whose origin and revelation both lie in the log, with an interval that allows
    for dependence within cases.
    """
    rows = []
    for code, kind in enumerate(events.kinds):
        mine = np.flatnonzero(events.kind == code)
        if not mine.size:
            continue
        seen, controlled, origin = events.seen[mine], events.controlled[mine], events.origin[mine]
        escaped = int(events.escaped[mine].sum())
        low, high = share_interval(escaped, mine.size)
        at = view.functions
        log = view.log
        fate = fate_of(log, view.traces, events, mine)
        rows.append(
            ControlRow(
                variance=kind,
                name=kind,
                source="log",
                origin=_usual(origin, log.activity, at)[0] if (origin >= 0).any() else "unknown",
                seen_at=_usual(seen, log.activity, at),
                controlled_at=_usual(controlled, log.activity, at),
                hops_to_seen=_mean(view, origin, seen, None),
                hops_to_controlled=_mean(view, origin, controlled, None),
                hours_to_seen=_mean(view, origin, seen, log.end_h),
                hours_to_controlled=_mean(view, origin, controlled, log.end_h),
                teams_crossed=_teams_between(view, origin, controlled),
                exported=estimate(escaped / mine.size, low, high, "share", "counted") if fate is None else fate.escaped,
                fate=fate,
                lacks=("boundary",) if (seen < 0).mean() > 0.5 else (),
                occurrences=int(mine.size),
            )
        )
    return tuple(rows)


def _usual(rows: NDArray[np.int64], activity: NDArray[np.int32], ids: tuple[str, ...]) -> tuple[str, ...]:
    """The functions of the rows, most frequent first, down to a tenth of them."""
    known = rows[rows >= 0]
    if not known.size:
        return ()
    counts = np.bincount(activity[known], minlength=len(ids))
    order = np.argsort(-counts, kind="stable")
    return tuple(ids[k] for k in order[:3] if counts[k] >= 0.1 * known.size)


def _mean(
    view: View, begin: NDArray[np.int64], until: NDArray[np.int64], clock: NDArray[np.float64] | None
) -> Estimate | None:
    """Mean distance in steps, or in hours of a clock, over occurrences that have both ends."""
    both = (begin >= 0) & (until >= 0)
    if both.sum() < 2:
        return None
    a, b = begin[both], until[both]
    distance = (b - a).astype(np.float64) if clock is None else clock[b] - clock[a]
    value, low, high = ratio_interval(distance, np.ones(distance.size), view.log.case[a])
    if not np.isfinite(low):
        low = high = value
    return estimate(value, low, high, "steps" if clock is None else "h", "counted")


def _teams_between(view: View, begin: NDArray[np.int64], until: NDArray[np.int64]) -> float | None:
    """Mean number of team changes between origin and control."""
    both = (begin >= 0) & (until >= begin)
    if not both.any() or not (view.team >= 0).any():
        return None
    stay = np.zeros(view.log.case.size, dtype=np.int64)
    stay[view.stays.first] = 1
    number = np.cumsum(stay)
    return float((number[until[both]] - number[begin[both]]).mean())
