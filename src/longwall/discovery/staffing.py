"""Roles with head-counts and shifts, which role does which function, and whether the people suffice for the work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.calendars import Presence, shifts_of
from longwall.discovery.flow import Functions, wilson
from longwall.discovery.labels import ids_of
from longwall.discovery.resources import MACHINE, ResourceKinds
from longwall.discovery.teams import LEAST_GROUP, Groups
from longwall.discovery.tiers import Tiers
from longwall.discovery.traces import Traces
from longwall.worksystem import Allocation, Component, Distribution, Parameter, Role, Shift, Team

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Machines", "Performers", "machines_of", "more_people", "performers_of", "roles_of", "team_pieces"]

_ROLE_SHARE = 0.05
_MACHINE_SHARE = 0.5
_SAME_COVERAGE = 0.1
_ASSUMED_SPEED = 100.0
_FASTEST = 1000.0
_LEAST_RELIABLE = 0.9


@dataclass(frozen=True)
class Performers:
    """Which roles do which functions.

    Parameters
    ----------
    share : ndarray, shape (n_functions, n_roles)
        Share of each function's executions by people of each role; rows sum to one.
    guessed : tuple of int
        Functions that no person was seen doing; their role is that of the people around them.
    """

    share: NDArray[np.float64]
    guessed: tuple[int, ...]

    def roles(self, function: int) -> tuple[int, ...]:
        """Return the roles that may do a function: at least 5% of it, or the most."""
        row = self.share[function]
        return tuple(int(role) for role in np.flatnonzero(row >= min(_ROLE_SHARE, row.max())))


@dataclass(frozen=True)
class Machines:
    """Machine-like performers as components.

    Parameters
    ----------
    components : tuple of Component
    allocation : mapping of int to Allocation
        Functions that a machine does more often than not.
    share : ndarray, shape (n_functions,)
        Share of executions, with a known performer, by machines.
    functions : mapping of str to tuple of int
        Functions of each component.
    """

    components: tuple[Component, ...]
    allocation: dict[int, Allocation]
    share: NDArray[np.float64]
    functions: dict[str, tuple[int, ...]]


def performers_of(log: Log, traces: Traces, functions: Functions, groups: Groups) -> Performers:
    """Return who does what, by role; where nobody was seen, the role of the events before and after."""
    n, k = len(functions.names), max(groups.n_roles, 1)
    share = np.zeros((n, k))
    known = groups.role_of_event >= 0
    np.add.at(share, (functions.of_event[known], groups.role_of_event[known]), 1.0)
    guessed = np.flatnonzero(share.sum(axis=1) == 0)
    for function in guessed:
        rows = np.flatnonzero(functions.of_event == function)
        around = np.concatenate([traces.previous[rows], traces.next[rows]])
        roles = groups.role_of_event[around[around >= 0]]
        roles = roles[roles >= 0]
        share[function] = (
            np.bincount(roles, minlength=k) if roles.size else np.bincount(groups.role_of_event[known], minlength=k)
        )
        if not share[function].any():
            share[function, 0] = 1.0
    return Performers(share / share.sum(axis=1, keepdims=True), tuple(int(f) for f in guessed))


def machines_of(
    log: Log, functions: Functions, kinds: ResourceKinds, work: tuple[Distribution, ...], machine_h: NDArray[np.float64]
) -> Machines:
    """Return machine-like performers as components, and the functions allocated to them.

    Notes
    -----
    A function done by machines more often than not is given level 10: no human step was seen. The log cannot tell
    levels 7 to 10 apart; the note of the component says so. Where a machine's share differs by more than .1 between
    its functions, each such function gets a part of its own that depends on the machine.
    """
    n = len(functions.names)
    share = np.zeros(n)
    components: list[Component] = []
    allocation: dict[int, Allocation] = {}
    of_component: dict[str, tuple[int, ...]] = {}
    if not (kinds.kind == MACHINE).any():
        return Machines((), {}, share, {})
    known = log.resource >= 0
    done = np.bincount(functions.of_event[known], minlength=n)
    machines = sorted(np.flatnonzero(kinds.kind == MACHINE), key=lambda who: (-kinds.events[who], who))
    own = np.stack([np.bincount(functions.of_event[log.resource == who], minlength=n) for who in machines])
    share = own.sum(axis=0) / np.maximum(done, 1)
    main = np.argmax(own, axis=0)
    for number in range(len(machines)):
        name = f"automation-{number + 1}"
        given = [f for f in range(n) if share[f] > _MACHINE_SHARE and main[f] == number and own[number, f]]
        weight = own[number][given].astype(np.float64)
        cover = float((share[given] * weight).sum() / weight.sum()) if given else 0.0
        top = [functions.names[f] for f in np.argsort(-own[number], kind="stable")[:3] if own[number, f]]
        components.append(
            _component(name, f"Automation {number + 1}: {', '.join(top)}", cover, given, done, work, machine_h)
        )
        alike = [f for f in given if abs(share[f] - cover) <= _SAME_COVERAGE]
        of_component[name] = tuple(alike)
        for function in alike:
            allocation[function] = Allocation(level=10, component=name)
        for part, function in enumerate([f for f in given if f not in alike], start=1):
            label = f"{name}.{part}"
            piece = _component(
                label,
                f"Part of automation {number + 1}: {functions.names[function]}",
                float(share[function]),
                [function],
                done,
                work,
                machine_h,
            )
            components.append(piece.model_copy(update={"depends_on": (name,)}))
            of_component[label] = (function,)
            allocation[function] = Allocation(level=10, component=label)
    return Machines(tuple(components), allocation, share, of_component)


def roles_of(
    groups: Groups, presence: Presence, load_h: NDArray[np.float64], team_ids: tuple[str, ...]
) -> tuple[tuple[Role, ...], dict[str, str], NDArray[np.float64]]:
    """Return roles with shifts, a provenance line each, and their rostered hours per week.

    Parameters
    ----------
    load_h : ndarray, shape (n_roles,)
        Hours of work a week that the role must do; only used for a role that nobody was seen in.
    """
    ids = ids_of(groups.role_names)
    roles: list[Role] = []
    lines: dict[str, str] = {}
    hours = np.zeros(len(ids))
    seen = groups.people_seen()
    for number, (name, role_id) in enumerate(zip(groups.role_names, ids, strict=True)):
        people = presence.head_count(number)
        shifts = shifts_of(presence.by_hour[number], people)
        roles.append(Role(id=role_id, name=name, team=team_ids[groups.role_team[number]], shifts=shifts))
        hours[number] = sum(shift.people * shift.hours_per_week for shift in shifts)
        small = seen[number] < LEAST_GROUP
        line = (
            f"{people} people at work in a week"
            + ("" if small else f" ({presence.low[number]:.0f} to {presence.high[number]:.0f})")
            + f", mean over {presence.weeks} weeks, newer ones count more; counted"
        )
        if presence.pooled[number]:
            line += "; hours pooled with other roles" if small else "; hours shared by a pool of roles"
        lines[f"social.roles.{role_id}.shifts"] = line + "; a lower bound where they do work that the log does not show"
    return tuple(roles), lines, hours


def more_people(shifts: tuple[Shift, ...], factor: float) -> tuple[Shift, ...]:
    """Return the shifts with `factor` (>= 1) times the people, rounded up."""
    return tuple(Shift(people=int(np.ceil(shift.people * factor - 1e-9)), hours=shift.hours) for shift in shifts)


def team_pieces(groups: Groups, tiers: Tiers) -> tuple[tuple[Team, ...], dict[str, str]]:
    """Return the teams, with their support level as a note, and the label of each id."""
    names = groups.team_names
    if -1 in groups.role_team:
        names = (*names, "No team")
    ids = ids_of(names)
    note = "as the organisation gives it" if groups.organised else ""
    note = note if groups.given else "found by what people do; the log names no teams"
    level = tiers.notes()
    teams = tuple(
        Team(id=i, name=name, note="; ".join(text for text in (note, level.get(place, "")) if text))
        for place, (i, name) in enumerate(zip(ids, names, strict=True))
    )
    return teams, dict(zip(ids, names, strict=True))


def _component(
    name: str,
    title: str,
    cover: float,
    given: list[int],
    done: NDArray[np.int64],
    work: tuple[Distribution, ...],
    machine_h: NDArray[np.float64],
) -> Component:
    """One automation with the share it covers and how much faster it is."""
    timed = [f for f in given if np.isfinite(machine_h[f]) and work[f].mean_h > 0]
    if timed:
        weight = done[timed].astype(np.float64)
        by_hand = float(sum(work[f].mean_h * w for f, w in zip(timed, weight, strict=True)))
        own = float((machine_h[timed] * weight).sum())
        factor = float(np.clip(by_hand / own if own > 0 else _FASTEST, 1.0, _FASTEST))
        part = 1.96 * float(np.sqrt(1.0 / max(weight.sum(), 1.0)))
        speed = Parameter(
            value=factor,
            low=min(max(factor * (1.0 - part), 1.0), factor),
            high=factor * (1.0 + part),
            footing="counted",
            source="mean time by hand over mean time by the machine",
        )
    else:
        speed = Parameter(
            value=_ASSUMED_SPEED,
            low=1.0,
            high=_FASTEST,
            source="no starts in the log: a machine is taken to act at once",
        )
    total = float(done[given].sum()) if given else 0.0
    span = wilson(min(cover, 1.0) * total, total)
    return Component(
        id=name,
        name=title,
        kind="automation",
        speed=speed,
        coverage=Parameter(
            value=min(cover, 1.0),
            low=min(span[0], cover, 1.0),
            high=max(span[1], min(cover, 1.0)),
            footing="counted",
            source="share of executions, with a known performer, by machines",
        ),
        reliability=Parameter(
            value=1.0, low=_LEAST_RELIABLE, high=1.0, source="a log does not show what a machine got wrong; assumed"
        ),
        note="machine-like: two of quick, outside the group's hours, several cases in one second, ten times as fast; "
        "the level of automation is one of 7 to 10, the log cannot tell which",
    )
