"""Small systems with known answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from longwall.simulation import Scenario
from longwall.simulation.experiment import balance_of, play, prepare
from longwall.worksystem import (
    DemandClass,
    Distribution,
    Function,
    Parameter,
    Role,
    Route,
    Shift,
    Social,
    Team,
    Technical,
    WorkDesign,
    WorkSystem,
)

WEEK_H = 168.0


def build_role(name: str, people: int, hours: str = "always", **more: Any) -> Role:
    return Role(id=name, team=more.pop("team", "team"), shifts=(Shift(people=people, hours=hours),), **more)


def build_system(
    demand: list[DemandClass],
    functions: list[Function],
    routes: list[Route],
    roles: list[Role],
    components: tuple[Any, ...] = (),
    **more: Any,
) -> WorkSystem:
    """`forks`, `practices` and `holidays` go to their layers, `parameters` are numbers by name."""
    social = {k: more.pop(k) for k in ("practices", "holidays") if k in more}
    if "parameters" in more:
        more["state_parameters"] = {k: Parameter(value=v) for k, v in more.pop("parameters").items()}
    forks = tuple(more.pop("forks", ()))
    teams = tuple(Team(id=t) for t in sorted({r.team for r in roles}))
    return WorkSystem(
        id="tested",
        social=Social(teams=teams, roles=tuple(roles), **social),
        work=WorkDesign(demand=tuple(demand), functions=tuple(functions), routes=tuple(routes), forks=forks),
        technical=Technical(components=components),
        **more,
    )


def build_arrivals(name: str, per_h: float, **more: Any) -> DemandClass:
    return DemandClass(id=name, per_week=Parameter(value=per_h * WEEK_H), **more)


def build_station(per_h: float, work: Distribution, people: int, **more: Any) -> WorkSystem:
    """One class, one function, one role that is always there."""
    demand = {k: more.pop(k) for k in ("patience_h", "batch", "due_h", "profile") if k in more}
    function = {k: more.pop(k) for k in ("delay_h", "rule", "allocation", "drills_per_year") if k in more}
    return build_system(
        [build_arrivals("item", per_h, **demand)],
        [Function(id="serve", work_h=work, roles=("server",), **function)],
        [Route(source="start", target="serve"), Route(source="serve", target="end")],
        [build_role("server", people, more.pop("hours", "always"))],
        **more,
    )


@pytest.fixture
def station() -> Callable[..., WorkSystem]:
    return build_station


@pytest.fixture
def system() -> Callable[..., WorkSystem]:
    return build_system


@pytest.fixture
def arrivals() -> Callable[..., DemandClass]:
    return build_arrivals


@pytest.fixture
def role() -> Callable[..., Role]:
    return build_role


class Played:
    """One replication that was simulated to its end: its log in hours, and its counters.

    Where arrivals are replayed, classes that are not named have none, unless `others` come as they do.
    """

    def __init__(
        self, tested: WorkSystem, weeks: int, warm_up_weeks: int, replication: int, others: bool = False, **more: Any
    ) -> None:
        if "replay_h" in more and not others:
            more["replay_h"] = {d.id: () for d in tested.work.demand} | more["replay_h"]
        scenario = Scenario(system=tested, weeks=weeks, warm_up_weeks=warm_up_weeks, begins="2024-01-01", **more)
        self.compiled = prepare(scenario)
        rows: list[Any] = []

        def drain(state: Any) -> None:
            rows.extend(state.log[: int(state.clk.log_n[0])].tolist())
            state.clk.log_n[0] = 0

        self.state = play(self.compiled, scenario, replication, 4096, drain)
        self.rows = sorted(rows, key=lambda row: (row[5], row[6]))
        self.warm_up_weeks = warm_up_weeks
        items, hours = balance_of(self.state, weeks + warm_up_weeks, warm_up_weeks)
        assert items == 0
        assert abs(hours) <= 1e-9

    def steps(self, function: str = "", demand: str = "") -> list[tuple[str, int, float, float]]:
        """Return function, person, start and end [h] of each step, by start."""
        names = [fn.id for fn in self.compiled.functions]
        classes = [d.id for d in self.compiled.demand]
        found = [(names[fn], person, t0, t1) for _, _, fn, person, _, t0, t1 in self.rows]
        wanted = [
            not (function and name != function) and not (demand and classes[row[0]] != demand)
            for (name, *_), row in zip(found, self.rows, strict=True)
        ]
        return [step for step, keep in zip(found, wanted, strict=True) if keep]

    def times(self, function: str = "", demand: str = "") -> list[float]:
        """Return start and end of each step in one list, rounded to 1e-9 h."""
        return [round(t, 9) for step in self.steps(function, demand) for t in step[2:]]

    def total(self, table: str, column: str, name: str = "") -> float:
        """Return a counter of classes, functions, roles or components over the weeks that count."""
        rows = getattr(self.state, f"out_{table}")[self.warm_up_weeks :][column]
        ids = {"cls": "demand", "fn": "functions", "role": "roles", "comp": "components"}[table]
        names = [thing.id for thing in getattr(self.compiled, ids)]
        return float(rows.sum() if not name else rows[:, names.index(name)].sum())


def build_played(
    tested: WorkSystem, weeks: int = 1, warm_up_weeks: int = 0, replication: int = 0, **more: Any
) -> Played:
    return Played(tested, weeks, warm_up_weeks, replication, **more)


@pytest.fixture
def played() -> Callable[..., Played]:
    return build_played
