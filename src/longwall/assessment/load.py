"""Findings about load: hours of the week in which more work arrives than can be done, roles that are always full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.flow import Flow
from longwall.assessment.statement import estimate, finding, number_text
from longwall.simulation import items_per_week
from longwall.streams import generator
from longwall.units import HOURS_PER_WEEK, share_text
from longwall.worksystem import (
    Distribution,
    Finding,
    Footing,
    Forecast,
    Function,
    Parameter,
    Suggestion,
    WorkSystem,
    people_by_hour,
)

__all__ = ["Load", "full_roles", "human_work_h", "offered_load", "overload"]

_DRAWS = 200
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_REVIEW_SHARE = 0.2


@dataclass(frozen=True)
class Load:
    """Work that is brought to each role by hour of week, and the people rostered for it.

    Parameters
    ----------
    roles : tuple of Id
    offered_h : ndarray, shape (n_roles, 168)
        Mean working hours that arrive in each hour of the week.
    people : ndarray, shape (n_roles, 168)
        Mean number of people rostered.
    """

    roles: tuple[str, ...]
    offered_h: NDArray[np.float64]
    people: NDArray[np.float64]


def human_work_h(system: WorkSystem, function: Function) -> float:
    """Return the mean working hours of people for one execution of a function, at standard skill.

    Below level 4 the machine spares search; at 4 and 5 people review; at 6 and 7 they read; at 8 an audited share; at
    9 what is wrong; at 10 nothing. What the machine does not cover goes by hand.
    """
    allocation, by_hand = function.allocation, function.work_h.mean_h
    component = system.components.get(allocation.component or "")
    if allocation.level == 1 or component is None:
        return by_hand
    wrong = 1 - component.reliability.value
    review = allocation.review_h.mean_h if allocation.review_h is not None else _REVIEW_SHARE * by_hand
    if allocation.level <= 3:
        helped = by_hand * (1 - allocation.search_share.value * (0.5 if allocation.level == 2 else 1.0))
    elif allocation.level <= 5:
        helped = review + wrong * by_hand
    elif allocation.level <= 7:
        helped = review
    elif allocation.level == 8:
        helped = review * allocation.audit_rate.value
    else:
        helped = review * wrong if allocation.level == 9 else 0.0
    return component.coverage.value * helped + (1 - component.coverage.value) * by_hand


def offered_load(system: WorkSystem, flow: Flow) -> Load:
    """Return the load of each role by hour of week.

    Work at the functions at which items arrive follows the arrivals; work further on spreads over the rostered hours.
    Roles that share a function share its work by head-count.
    """
    roles = tuple(system.roles)
    people = np.array([people_by_hour(system.roles[role].shifts) for role in roles]).reshape(len(roles), HOURS_PER_WEEK)
    offered = np.zeros_like(people)
    items = items_per_week(system)
    for function in system.work.functions:
        heads = {role: system.roles[role].head_count for role in function.roles if role in system.roles}
        total = sum(heads.values())
        if not total:
            continue
        work = human_work_h(system, function)
        k = flow.functions.index(function.id)
        for demand in system.work.demand:
            hours = items[demand.id] * flow.visits[demand.id][k] * work
            profile = np.array(demand.profile) if demand.profile else np.ones(HOURS_PER_WEEK)
            for role, head in heads.items():
                row = roles.index(role)
                there = people[row]
                shape = profile if function.id in flow.entry or not there.any() else there
                offered[row] += hours * head / total * shape / shape.sum()
    return Load(roles=roles, offered_h=offered, people=people)


def overload(system: WorkSystem, flow: Flow, cuts: Mapping[str, float], seed: int) -> list[Finding]:
    """Find hours of the week in which more work arrives than the people rostered can do, and roles short of people.

    One finding per role: its worst unbroken span, with an interval over the ranges of demand and work content.
    """
    load = offered_load(system, flow)
    found = []
    for row, key in enumerate(load.roles):
        people, offered = load.people[row], load.offered_h[row]
        if not people.any() or not offered.any():
            continue
        footing, spread = _footing_and_spread(system, key, seed)
        week = offered.sum() / people.sum()
        if week > cuts["overload_share"]:
            found.append(_always(system, key, week, float(offered.sum() - people.sum()), footing, spread))
            continue
        spans = _spans((people > 0) & (offered > cuts["overload_share"] * people))
        spans = [span for span in spans if span[1] - span[0] >= cuts["overload_hours"]]
        if spans:
            worst = max(spans, key=lambda span: float((offered - people)[span[0] : span[1]].sum()))
            found.append(_span(system, key, worst, people, offered, footing, spread))
    return found


def _span(
    system: WorkSystem,
    key: str,
    span: tuple[int, int],
    people: NDArray[np.float64],
    offered: NDArray[np.float64],
    footing: Footing,
    spread: NDArray[np.float64],
) -> Finding:
    """Word the finding about one span of hours."""
    here = slice(*span)
    ratio = float(offered[here].sum() / people[here].sum())
    low, high = np.quantile(ratio * spread, [0.025, 0.975])
    over = [max(0.0, (r - 1) * float(people[here].sum())) for r in (ratio, low, high)]
    role = system.roles[key]
    return finding(
        "overload",
        (key,),
        f"{_when(span)}, work that arrives for {role.name or key} exceeds what the people rostered can do by "
        f"{share_text(ratio - 1)} ({share_text(min(low, ratio) - 1)} to {share_text(max(high, ratio) - 1)}).",
        estimate(over[0], min(over), max(over), "h of work per week", footing),
        "hours of work per week that arrive in the span beyond what the people rostered can do",
        principle="support congruence",
        layer="social",
        suggests=(
            Suggestion(kind="shift_hours", targets=(key,), why="move hours to when work arrives, with those affected"),
            Suggestion(kind="staff", targets=(key,), why="more people in these hours"),
            Suggestion(kind="cross_train", targets=(key,), why="help from roles that are free then"),
        ),
        cautions=("assumes that work arrives with the items; what is handed on later is spread over the roster",),
        name=key,
    )


def _always(
    system: WorkSystem, key: str, week: float, over_h: float, footing: Footing, spread: NDArray[np.float64]
) -> Finding:
    """Word the finding about a role whose week does not hold its work."""
    low, high = np.quantile(week * spread, [0.025, 0.975])
    hours = over_h / (week - 1)
    role = system.roles[key]
    return finding(
        "overload",
        (key,),
        f"The work of a week for {role.name or key} is {share_text(week)} ({share_text(min(low, week))} to "
        f"{share_text(max(high, week))}) of the hours rostered.",
        estimate(
            over_h,
            min(over_h, max(0.0, (low - 1) * hours)),
            max(over_h, (high - 1) * hours),
            "h of work per week",
            footing,
        ),
        "hours of work per week beyond those rostered",
        principle="support congruence",
        layer="social",
        suggests=(
            Suggestion(kind="staff", targets=(key,), why="hours for the work there is"),
            Suggestion(kind="cross_train", targets=(key,), why="share the work with roles that have room"),
            Suggestion(kind="change_level", targets=(key,), why="let a machine take part of the work"),
        ),
    )


def full_roles(
    system: WorkSystem, forecast: Forecast, cuts: Mapping[str, float], *, observed: bool
) -> tuple[list[Finding], list[str]]:
    """Find roles whose simulated utilisation is above the cut; roles too small to speak of are withheld.

    Parameters
    ----------
    observed : bool
        True where the model was made from a log of real people: then groups of fewer than five are withheld.

    Returns
    -------
    findings : list of Finding
    withheld : list of str
    """
    found, withheld = [], []
    for indicator in forecast.indicators:
        scope, _, key = indicator.scope.partition(":")
        if indicator.id != "utilisation" or scope != "role" or key not in system.roles:
            continue
        busy = indicator.estimate
        if busy.value < cuts["high_load"]:
            continue
        role = system.roles[key]
        if observed and role.head_count < cuts["least_group"]:
            withheld.append(f"load of {role.name or key}: fewer than {cuts['least_group']:.0f} people")
            continue
        hours = sum(shift.people * shift.hours_per_week for shift in role.shifts)
        over = [max(0.0, (x - cuts["high_load"]) * hours) for x in (busy.value, busy.low, busy.high)]
        found.append(
            finding(
                "high_load",
                (key,),
                f"{role.name or key} ({number_text(role.head_count)} people) is busy {share_text(busy.value)} "
                f"({share_text(busy.low)} to {share_text(busy.high)}) of the rostered time in the simulation.",
                estimate(over[0], over[1], over[2], "h of work per week", busy.footing),
                f"hours of work per week above {share_text(cuts['high_load'])} load",
                principle="support congruence",
                layer="social",
                suggests=(
                    Suggestion(kind="staff", targets=(key,), why="room to recover and to learn"),
                    Suggestion(kind="cross_train", targets=(key,), why="share the work with roles that have room"),
                ),
            )
        )
    return found, withheld


def _footing_and_spread(system: WorkSystem, key: str, seed: int) -> tuple[Footing, NDArray[np.float64]]:
    """Weakest footing of the numbers behind a role's load, and draws of their joint relative error."""
    functions = [function for function in system.work.functions if key in function.roles]
    numbers: list[Parameter | Distribution] = [function.work_h for function in functions]
    numbers += [demand.per_week for demand in system.work.demand]
    footings = {number.footing for number in numbers}
    footing: Footing = "assumed" if "assumed" in footings else "fitted"
    draw = generator(seed, "load", key)
    work = np.ones(_DRAWS)
    # The widest of the work contents and the widest of the demands stand for all: errors of one source go together.
    for group in ([f.work_h for f in functions], [d.per_week for d in system.work.demand]):
        widest = max((_relative(number) for number in group), default=0.0)
        work *= np.exp(draw.normal(0.0, widest / 1.96, _DRAWS)) if widest > 0 else 1.0
    return footing, work


def _relative(number: Parameter | Distribution) -> float:
    """Half-width of the 95% interval over the value, on the log scale."""
    if isinstance(number, Distribution):
        value, low, high = number.mean_h, number.low_h, number.high_h
    else:
        value, low, high = number.value, number.low, number.high
    if value <= 0 or low is None or high is None or low <= 0:
        return 0.0
    return float(np.log(high / low)) / 2


def _spans(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Unbroken spans of True as (begin, end)."""
    edges = np.flatnonzero(np.diff(np.r_[False, mask, False].astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _when(span: tuple[int, int]) -> str:
    """Name a span of hours of the week."""
    day, begin = divmod(span[0], 24)
    last, end = divmod(span[1], 24)
    if last == day or (last == day + 1 and end == 0):
        return f"{_DAYS[day]}s {begin} to {end or 24}"
    return f"From {_DAYS[day]} {begin} to {_DAYS[last % 7]} {end}"
