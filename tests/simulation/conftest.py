"""Small systems with known answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

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
    teams = tuple(Team(id=t) for t in sorted({r.team for r in roles}))
    return WorkSystem(
        id="tested",
        social=Social(teams=teams, roles=tuple(roles)),
        work=WorkDesign(demand=tuple(demand), functions=tuple(functions), routes=tuple(routes)),
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
