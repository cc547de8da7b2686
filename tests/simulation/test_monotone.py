"""More people: never a later start where it is a theorem, and fixed examples of a later start where it is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longwall.simulation import Scenario, difference, run, simulate_log
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
    WorkDesign,
    WorkSystem,
)

P = Parameter
HOUR = 3_600_000_000


def line(demand: list[DemandClass], roles: list[Role], work: Distribution, **more: Any) -> WorkSystem:
    """One function, done by all roles, always there."""
    return WorkSystem(
        id="line",
        social=Social(teams=(Team(id="team"),), roles=tuple(roles)),
        work=WorkDesign(
            demand=tuple(demand),
            functions=(Function(id="serve", work_h=work, roles=tuple(r.id for r in roles), **more),),
            routes=(Route(source="start", target="serve"), Route(source="serve", target="end")),
        ),
    )


def crew(name: str, people: int, **more: Any) -> Role:
    return Role(id=name, team="team", shifts=(Shift(people=people, hours="always"),), **more)


def starts_h(system: WorkSystem, weeks: int, seed: int = 0) -> dict[str, float]:
    """When each item that was finished began to be served."""
    log = simulate_log(Scenario(system=system, weeks=weeks, warm_up_weeks=0, begins="2024-01-01", seed=seed))
    micro = log["start"].to_physical().to_numpy()
    return dict(zip(log["case"].to_list(), (micro - 1_704_067_200_000_000) / HOUR, strict=True))


WORK = st.one_of(
    st.builds(lambda m: Distribution(shape="exponential", mean_h=m), st.floats(0.1, 3)),
    st.builds(lambda m: Distribution(shape="fixed", mean_h=m), st.floats(0.1, 3)),
    st.builds(lambda m, cv: Distribution(shape="lognormal", mean_h=m, cv=cv), st.floats(0.1, 3), st.floats(0.1, 3)),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(
    per_h=st.floats(0.2, 8), work=WORK, people=st.integers(1, 12), more=st.integers(1, 3), batch=st.integers(1, 4),
    seed=st.integers(0, 2**62),
)  # fmt: skip
def test_nobody_starts_later_with_more_people(
    per_h: float, work: Distribution, people: int, more: int, batch: int, seed: int
) -> None:
    # One first-come class, identical people, no patience, feedback or state: Kiefer and Wolfowitz 1955, by induction
    # over arrivals. Holds for a load above one as well. Caught when work depended on the number present.
    demand = [DemandClass(id="item", per_week=P(value=168 * per_h), batch=batch)]
    few, many = (starts_h(line(demand, [crew("server", n)], work), 2, seed) for n in (people, people + more))
    assert few.keys() <= many.keys()
    assert all(many[case] <= few[case] for case in few)


def changed(few: dict[str, float], many: dict[str, float]) -> tuple[dict[str, float], list[str]]:
    """By how many hours items start later with more people, and which are served with fewer people only."""
    later = {case: many[case] - few[case] for case in few.keys() & many.keys() if many[case] > few[case]}
    return later, [case for case in few if case not in many]


UNEVEN = Distribution(shape="lognormal", mean_h=1.0, cv=2.0)


def test_with_priorities_one_more_person_delays_some_urgent_items() -> None:
    # More is begun early, so that an urgent item can meet everybody in the middle of something long.
    demand = [
        DemandClass(id="urgent", per_week=P(value=84), priority=0),
        DemandClass(id="other", per_week=P(value=168), priority=1),
    ]
    few, many = (starts_h(line(demand, [crew("server", n)], UNEVEN), 4, seed=2) for n in (2, 3))
    later, lost = changed(few, many)
    assert 3 <= len(later) <= 0.02 * len(few)
    assert all(case.startswith("urgent") for case in later)
    assert max(later.values()) > 1.0
    assert lost == []


def test_with_patience_one_more_person_delays_some_items_and_loses_others() -> None:
    # Those who would have given up are served, and take time that others had.
    demand = [DemandClass(id="item", per_week=P(value=252), patience_h=Distribution(mean_h=1.0))]
    few, many = (starts_h(line(demand, [crew("server", n)], UNEVEN), 4) for n in (1, 2))
    later, lost = changed(few, many)
    assert len(many) > 1.4 * len(few)
    assert max(later.values()) > 0.5
    assert lost != []


@pytest.mark.parametrize("rule", ["longest_idle", "most_skilled", "least_loaded"])
def test_a_slow_person_more_lets_items_wait_less_and_stay_longer(rule: str) -> None:
    # On average, not by luck: whatever the newcomer takes keeps the newcomer's pace.
    demand = [DemandClass(id="item", per_week=P(value=0.4 * 168))]
    novice = crew("novice", 1, skills={"serve": P(value=0.1)})
    alone, both = (
        run(Scenario(system=line(demand, roles, Distribution(mean_h=1.0), rule=rule), weeks=26, replications=20))
        for roles in ([crew("expert", 1)], [crew("expert", 1), novice])
    )
    change = {d.id: d.estimate for d in difference(alone, both) if d.scope == "organisation"}
    assert change["wait_h"].high < 0
    assert change["lead_time_h"].low > 0.5
