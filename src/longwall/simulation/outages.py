"""What does a short outage do? One run branched at one moment, with the outage and without, on the same draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from longwall.simulation.compile import compile_system
from longwall.simulation.experiment import prepare
from longwall.simulation.kernel import DONE, GROW, State, advance, grow, new_state, opened
from longwall.simulation.scenario import Scenario
from longwall.simulation.striking import plan_failure
from longwall.streams import generator
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Component, Distribution, Parameter, WorkSystem

__all__ = ["Branch", "Steps", "branches", "targets_of"]

_NEVER_H = 1e12
_RING = 4_096  # rows of the log between two looks at it; every branch copies them
_TEAM = "team.."
_WEEK_H = float(HOURS_PER_WEEK)


@dataclass(frozen=True)
class Steps:
    """Steps that ended after an outage began, as arrays with one entry each; what ended before is the same anyway.

    Parameters
    ----------
    item : ndarray of int64
        The same number for the same item in both branches.
    function : ndarray of int64
        Row of the function in the order of the system's functions.
    begin_h, end_h : ndarray
        Hours since the first Monday.
    first_h : ndarray
        Begin of the first step of the same item, in the calm branch since the warm-up; in the struck one of this step.
    """

    item: NDArray[np.int64]
    function: NDArray[np.int64]
    begin_h: NDArray[np.float64]
    end_h: NDArray[np.float64]
    first_h: NDArray[np.float64]


@dataclass(frozen=True)
class Branch:
    """What happened with and without one outage.

    Parameters
    ----------
    kind : {"component", "team"}
    target : Id
        What was out.
    functions : frozenset of Id
        Functions whose work rests on it: those that it performs, that use it, or that only its people do.
    at_h, until_h : float
        When the outage began, and until when both branches were followed.
    calm, struck : Steps
        Without and with the outage.
    """

    kind: Literal["component", "team"]
    target: str
    functions: frozenset[str]
    at_h: float
    until_h: float
    calm: Steps
    struck: Steps


def targets_of(system: WorkSystem) -> dict[tuple[Literal["component", "team"], str], frozenset[str]]:
    """Return what can be out, and the functions that rest on each: components with what depends on them, and teams."""
    found: dict[tuple[Literal["component", "team"], str], frozenset[str]] = {}
    for component in system.components:
        out = _resting(system, component)
        found["component", component] = frozenset(
            f.id for f in system.work.functions if f.allocation.component in out or not out.isdisjoint(f.uses)
        )
    for team in system.teams:
        found["team", team] = frozenset(f.id for f in system.work.functions if _only_of(system, team, f.roles))
    return found


def branches(
    system: WorkSystem,
    *,
    outage_h: float = 1.0,
    follow_h: float = 72.0,
    warm_up_weeks: int = 2,
    replications: int = 2,
    seed: int = 0,
) -> Iterator[Branch]:
    """Yield, for each replication and each thing on which some work rests, what an outage of it does.

    Nothing else fails meanwhile. The outage begins when some piece of the work that rests on it begins, drawn evenly
    from all those of one week, so that it strikes when there is something to strike.

    Parameters
    ----------
    outage_h : float
        Length of the outage [h], > 0.
    follow_h : float
        Hours for which both branches are followed from its begin.
    warm_up_weeks : int
        Weeks before, from an empty system.
    replications : int
        Independent runs, >= 1; each target is struck once in each.

    Raises
    ------
    SimulationError
        If the system cannot be simulated; every reason at once.
    """
    targets = {key: functions for key, functions in targets_of(system).items() if functions}
    weeks = warm_up_weeks + 1 + int(np.ceil(follow_h / _WEEK_H))
    course = Scenario(system=_calmed(system, outage_h), weeks=weeks, warm_up_weeks=0, replications=2, seed=seed)
    prepare(course.model_copy(update={"system": system}))
    player = _Player(course)
    row_of = {function.id: row for row, function in enumerate(player.compiled.functions)}
    own_rows = np.array([row_of[name] for name in system.functions], dtype=np.int64)
    place = np.argsort(own_rows)
    for replication in range(replications):
        start = player.played(player.begun(replication), warm_up_weeks * _WEEK_H)[0]
        log = player.played(_copied(start), warm_up_weeks * _WEEK_H + _WEEK_H + follow_h)[1]
        first_h = _first_begins(log)
        for (kind, target), functions in targets.items():
            touched = np.isin(log["fn"], [row_of[name] for name in functions])
            begins = log["t_start"][touched & (log["t_start"] <= (warm_up_weeks + 1) * _WEEK_H)]
            if not begins.size:
                continue
            at_h = float(generator(seed, "outages", kind, target, str(replication)).choice(np.sort(begins))) - 1e-6
            at_h = max(at_h, warm_up_weeks * _WEEK_H)
            branch = _copied(start)
            player.strike(branch, _TEAM + target if kind == "team" else target, at_h)
            struck = player.played(branch, at_h + follow_h)[1]
            since = (log["t_end"] > at_h) & (log["t_end"] <= at_h + follow_h)
            struck = struck[struck["t_end"] > at_h]
            yield Branch(
                kind,
                target,
                functions,
                at_h,
                at_h + follow_h,
                _steps(log[since], place, first_h[since]),
                _steps(struck, place, struck["t_start"]),
            )


class _Player:
    """Plays a compiled system on from any state and keeps the log."""

    def __init__(self, course: Scenario) -> None:
        self.course = course
        self.compiled = compile_system(course.system)
        self._row = {component.id: row for row, component in enumerate(self.compiled.components)}

    def begun(self, replication: int) -> State:
        """Return the state at the very beginning."""
        return new_state(self.compiled.model, self.course.seed, replication, self.course.weeks, 0, _RING)

    def played(self, state: State, until_h: float) -> tuple[State, Any]:
        """Return the state at a later hour, and the rows of the log up to then."""
        tables = opened(state)
        parts: list[Any] = []
        while True:
            outcome = advance(self.compiled.opened[0], tables, until_h)
            parts.append(np.array(state.log[: int(state.clk.log_n[0])]))
            state.clk.log_n[0] = 0
            if outcome == DONE:
                return state, np.concatenate(parts)
            if outcome == GROW:
                state = grow(self.compiled.model, state)
                tables = opened(state)

    def strike(self, state: State, component: str, at_h: float) -> None:
        """Plan that a component fails at an hour."""
        plan_failure(state, self.compiled, self._row[component], at_h)


def _copied(state: State) -> State:
    """Return a state that goes on by itself."""
    return State(*(table.copy() for table in state))


def _items(log: Any) -> NDArray[np.int64]:
    """Return one number per item."""
    return np.asarray(log["cls"] * (1 << 40) + log["ordinal"], dtype=np.int64)


def _first_begins(log: Any) -> NDArray[np.float64]:
    """Return for each row when the first step of its item began."""
    _, row = np.unique(_items(log), return_inverse=True)
    first_h = np.full(int(row.max(initial=-1)) + 1, np.inf)
    np.minimum.at(first_h, row, log["t_start"])
    return np.asarray(first_h[row], dtype=np.float64)


def _steps(log: Any, place: NDArray[np.int64], first_h: NDArray[np.float64]) -> Steps:
    """Return rows of the log as plain arrays, functions in the order of the system."""
    return Steps(
        item=_items(log),
        function=np.asarray(place[log["fn"]], dtype=np.int64),
        begin_h=np.asarray(log["t_start"], dtype=np.float64),
        end_h=np.asarray(log["t_end"], dtype=np.float64),
        first_h=np.asarray(first_h, dtype=np.float64),
    )


def _calmed(system: WorkSystem, outage_h: float) -> WorkSystem:
    """Return the system in which nothing fails by itself, and each team is a thing that can be out."""
    repair, never = Distribution(shape="fixed", mean_h=outage_h), Parameter(value=_NEVER_H)
    out = {"time_between_failures_h": never, "repair_h": repair}
    components = [component.model_copy(update=out) for component in system.technical.components]
    functions = dict(system.functions)
    for team in system.teams:
        components.append(Component(id=_TEAM + team, kind="infrastructure", **out))
        for name, function in functions.items():
            if _only_of(system, team, function.roles):
                functions[name] = function.model_copy(update={"uses": (*function.uses, _TEAM + team)})
    return system.model_copy(
        update={
            "technical": system.technical.model_copy(update={"components": tuple(components)}),
            "work": system.work.model_copy(update={"functions": tuple(functions.values())}),
        }
    )


def _only_of(system: WorkSystem, team: str, roles: tuple[str, ...]) -> bool:
    """Whether a function is done by people of this team and of no other."""
    return bool(roles) and all(system.roles[role].team == team for role in roles if role in system.roles)


def _resting(system: WorkSystem, component: str) -> frozenset[str]:
    """Return the component and all that depend on it."""
    out = {component}
    while True:
        more = {c.id for c in system.technical.components if not out.isdisjoint(c.depends_on)} - out
        if not more:
            return frozenset(out)
        out |= more
