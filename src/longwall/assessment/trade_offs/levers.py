"""The four levers of the tensions in one system: what stands for each in the model, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from longwall.assessment.flow import flow_of
from longwall.assessment.trade_offs.scaled import (
    all_heads,
    scaled_demand,
    with_audit,
    with_coverage,
    with_heads,
    with_standard_routes,
    with_threshold,
)
from longwall.assessment.trade_offs.sweep import Build, Lever
from longwall.worksystem import DemandClass, Distribution, Parameter, Reopening, Route, WorkSystem

__all__ = [
    "BACK",
    "LEVERS",
    "Horizon",
    "automation_lever",
    "back_builds",
    "detail_lever",
    "redundancy_lever",
    "standard_lever",
]

_MORE_PEOPLE = (0.85, 0.92, 1.0, 1.08, 1.17, 1.3, 1.5)
_PRESSED = (0.0, 0.33, 0.67, 0.95)
_SHIFTS = (1.0, 0.6, 0.3, 0.0, -0.2, -0.4)
_READ = (0.05, 0.2, 0.5, 1.0, 2.0, 4.0)
_TAKEN = (-0.4, -0.2, 0.0, 0.5, 1.0)
_RARE = 0.2
"""Largest probability of a route that is special and not usual."""
_LEAST_RARE = 0.01
"""Rare routes per item, below which every item takes the usual way."""
_STRAIN = 1.2
_MACHINE_TOLD = (7, 8)

BACK = (0.5, 0.2, 0.8)
"""Share of special items that come back when they were sent the usual way: middle, least, most; no source."""
_BACK_AFTER_H = 24.0

Rare = frozenset[tuple[str, str, str | None, tuple[str, ...], str]]


@dataclass(frozen=True)
class Horizon:
    """Weeks simulated: `weeks` as a rule, `long_weeks` where skill has to build up or fade."""

    weeks: int
    long_weeks: int
    warm_up_weeks: int


def redundancy_lever(system: WorkSystem, horizon: Horizon) -> Lever | str:
    """People: fewer and more than today, in today's proportions; also with a fifth more items."""
    today = all_heads(system)
    shifts = sum(not shift.on_call for role in system.social.roles for shift in role.shifts)
    if not today:
        return "the model names no people"
    heads = {round(today * factor) for factor in _MORE_PEOPLE}
    heads |= {today + more for more in (-1, 1, 2, 3)} if today < 10 else set()
    settings = tuple(float(number) for number in sorted(heads) if number >= max(shifts, 1))
    return Lever(
        id="redundancy", settings=settings, today=settings.index(float(today)),
        build=lambda at, setting: at if int(setting) == today else with_heads(at, int(setting)), x="",
        outcomes=("lead_time_p90_h", "wait_h", "paid_h_per_item", "late_share", "high_load_share", "utilisation"),
        bends=("lead_time_p90_h", "wait_h"), weeks=horizon.weeks, warm_up_weeks=horizon.warm_up_weeks,
        strains=(("with a fifth more items", lambda at: scaled_demand(at, _STRAIN)),),
    )  # fmt: skip


def standard_lever(system: WorkSystem, horizon: Horizon) -> Lever | str:
    """Rare routes: a share of what takes them is sent the usual way, and some of that comes back."""
    rare = _rare(system)
    special = max((_special_per_item(system, demand.id, rare) for demand in system.work.demand), default=0.0)
    if not rare or special < _LEAST_RARE:
        return (
            "every item takes the usual way: no route with a probability of "
            f"{_RARE:.0%} or less is taken by one item in a hundred or more"
        )
    return Lever(
        id="standard", settings=_PRESSED, today=0, build=partial(_pressed, rare, BACK[0]), x="",
        outcomes=("lead_time_h", "wait_h", "reopened_share", "handovers_per_item", "variety", "high_load_share"),
        bends=("lead_time_h",), weeks=horizon.weeks, warm_up_weeks=horizon.warm_up_weeks,
        strains=(("with twice as many special items", lambda at: with_standard_routes(at, rare, -1.0)),),
    )  # fmt: skip


def back_builds(system: WorkSystem) -> tuple[Build, ...]:
    """How special items are sent the usual way, for the least, the middle and the most that come back."""
    rare = _rare(system)
    return tuple(partial(_pressed, rare, back) for back in (BACK[1], BACK[0], BACK[2]))


def detail_lever(system: WorkSystem, horizon: Horizon) -> Lever | str:
    """What people are told: thresholds of alerts, or else the share of a machine's doings that they read."""
    if any(demand.alerts is not None for demand in system.work.demand):
        return Lever(
            id="detail", settings=_SHIFTS, today=_SHIFTS.index(0.0), build=_alerting, x="alerts_per_week",
            outcomes=("caught_share", "first_response_h", "false_alert_share", "engaged_share", "alerts_per_h",
                      "high_load_share"),
            bends=("caught_share",), weeks=horizon.weeks, warm_up_weeks=horizon.warm_up_weeks,
        )  # fmt: skip
    read = {
        function.id: function.allocation.audit_rate.value if function.allocation.level == 8 else 1.0
        for function in system.work.functions
        if function.allocation.level in _MACHINE_TOLD
    }
    if not read:
        return (
            "nothing in the model tells people anything that takes them time: no alerts, and no machine at level 7 or 8"
        )
    least = min(read.values())
    settings = tuple(factor for factor in _READ if factor <= 1.0 or factor * least <= 1.0)
    return Lever(
        id="detail", settings=settings, today=settings.index(1.0), build=partial(_reading, read), x="",
        outcomes=("escaped_per_100", "safety_events_per_week", "lead_time_h", "interruptions_per_h", "high_load_share",
                  "fatigue"),
        bends=("escaped_per_100",), weeks=horizon.weeks, warm_up_weeks=horizon.warm_up_weeks,
    )  # fmt: skip


def automation_lever(system: WorkSystem, horizon: Horizon) -> Lever | str:
    """What machines take: less than today, and more of what is left to people, over a long time."""
    used = frozenset(
        function.allocation.component
        for function in system.work.functions
        if function.allocation.level > 1 and function.allocation.component is not None and function.roles
    )
    if not used:
        return "no function is shared between people and a machine, so nobody takes over from one"
    return Lever(
        id="automation", settings=_TAKEN, today=_TAKEN.index(0.0), build=partial(_taking, used), x="1 - by_hand_share",
        outcomes=("lead_time_h", "takeover_h", "escaped_per_100", "skill_reserve", "high_load_share", "variety"),
        bends=("lead_time_h",), weeks=horizon.long_weeks, warm_up_weeks=horizon.warm_up_weeks, late=True,
    )  # fmt: skip


def _alerting(system: WorkSystem, setting: float) -> WorkSystem:
    return system if setting == 0.0 else with_threshold(system, setting)


def _reading(read: Mapping[str, float], system: WorkSystem, setting: float) -> WorkSystem:
    """Every function with its own share read times the setting, at most all."""
    if setting == 1.0:
        return system
    for function, share in read.items():
        system = with_audit(system, (function,), min(1.0, share * setting))
    return system


def _taking(used: frozenset[str], system: WorkSystem, setting: float) -> WorkSystem:
    system = system.model_copy(update={"person_state": True})
    if setting == 0.0:
        return system
    return with_coverage(system, used, 1.0 + min(setting, 0.0), max(setting, 0.0))


def _rare(system: WorkSystem) -> Rare:
    """Routes that few items take, where there is a usual one beside them; what alerts were judged to be is no route."""
    forks = {fork.after for fork in system.work.forks}
    groups: dict[tuple[str, str | None, tuple[str, ...]], list[Route]] = {}
    for route in system.work.routes:
        if not route.outcome and route.source not in forks and route.probability.value > 0:
            groups.setdefault((route.source, route.demand, route.after), []).append(route)
    return frozenset(
        (route.source, route.target, route.demand, route.after, route.outcome)
        for routes in groups.values()
        for route in routes
        if route.probability.value <= _RARE
        and route.target != route.source
        and route is not max(routes, key=lambda one: one.probability.value)
    )


def _special_per_item(system: WorkSystem, demand: str, rare: Rare) -> float:
    """How often an item of a class takes a rare route, on average."""
    flow = flow_of(system)
    own = {route.source for route in system.work.routes if route.demand == demand}
    total = 0.0
    for route in system.work.routes:
        speaks = route.demand == demand or (route.demand is None and route.source not in own)
        if speaks and (route.source, route.target, route.demand, route.after, route.outcome) in rare:
            row = flow.functions.index(route.source) if route.source in flow.functions else -1
            visits = float(flow.visits[demand][row]) if row >= 0 else 1.0
            total += visits * route.probability.value / _memories(system, route)
    return total


def _memories(system: WorkSystem, route: Route) -> int:
    """In how many memories a source has routes of a class: visits are shared out evenly among them."""
    return len({one.after for one in system.work.routes if (one.source, one.demand) == (route.source, route.demand)})


def _pressed(rare: Rare, back: float, system: WorkSystem, setting: float) -> WorkSystem:
    """A share of special items sent the usual way, of which some come back."""
    if setting == 0.0:
        return system
    found = []
    for demand in system.work.demand:
        more = min(0.9, back * setting * _special_per_item(system, demand.id, rare))
        found.append(_coming_back(system, demand, more) if more > 0 else demand)
    system = with_standard_routes(system, rare, setting)
    return system.model_copy(update={"work": system.work.model_copy(update={"demand": tuple(found)})})


def _coming_back(system: WorkSystem, demand: DemandClass, more: float) -> DemandClass:
    """A class of which a further share is opened again, after a day where nothing else is known."""
    known = demand.reopens
    if known is not None:
        share = min(0.95, known.probability.value + more)
        again = known.model_copy(update={"probability": Parameter(value=share)})
        return demand.model_copy(update={"reopens": again})
    entries = [
        route
        for route in system.work.routes
        if route.source == "start" and route.target != "end" and route.demand in (None, demand.id)
    ]
    if not entries:
        return demand
    entry = max(entries, key=lambda route: (route.demand is not None, route.probability.value)).target
    again = Reopening(probability=Parameter(value=more), delay_h=Distribution(mean_h=_BACK_AFTER_H), target=entry)
    return demand.model_copy(update={"reopens": again})


Making = Callable[[WorkSystem, Horizon], Lever | str]

LEVERS: Sequence[Making] = (redundancy_lever, standard_lever, detail_lever, automation_lever)
"""In the order of the tensions."""
