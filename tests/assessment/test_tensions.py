"""Tensions: curves against closed forms and planted shapes; what is not there is not shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.alignment.known.stations import delayed_share
from longwall.assessment import Tension, tensions
from longwall.assessment.trade_offs.bends import bend_of
from longwall.assessment.trade_offs.levers import Horizon, detail_lever, redundancy_lever, standard_lever
from longwall.assessment.trade_offs.scaled import (
    scaled_demand,
    scaled_presence,
    scaled_work,
    with_heads,
    with_standard_routes,
    with_threshold,
)
from longwall.assessment.trade_offs.sweep import trade
from longwall.simulation import Scenario, run
from longwall.streams import generator
from longwall.templates import read
from longwall.worksystem import WorkSystem, check_system

ALWAYS = {"people": 4, "hours": "always"}


def desk(**parts: Any) -> dict[str, Any]:
    """One station of four who are always there; 2.5 erlang."""
    return {
        "id": "desk",
        "social": {"teams": [{"id": "t"}], "roles": [{"id": "agent", "team": "t", "shifts": [ALWAYS]}]},
        "work": {
            "demand": [{"id": "item", "per_week": 420.0}],
            "functions": [{"id": "solve", "roles": ["agent"], "work_h": 1.0}],
            "routes": [{"source": "start", "target": "solve"}, {"source": "solve", "target": "end"}],
        }
        | parts,
    }


STATION = WorkSystem.model_validate(desk())


@pytest.fixture(scope="module")
def station() -> Any:
    return tensions([STATION], seed=3, events=9e5)


def test_waiting_over_people_is_erlang_c(station: Any) -> None:
    """M/M/c: the wait at each number of people lies in its interval; the closed form of one person less does not."""
    one: Tension = station.of("redundancy")
    wait = next(o for o in one.outcomes if o.indicator == "wait_h" and not o.strain)
    for setting, at in zip(one.settings, wait.at, strict=True):
        people = int(setting.x)
        exact = delayed_share(2.5, people) / (people - 2.5)
        half = (at.level.high - at.level.low) / 2
        assert abs(at.level.value - exact) < 2.5 * half
        if 3 < people < 7:
            wrong = delayed_share(2.5, people - 1) / (people - 1 - 2.5)
            assert abs(at.level.value - wrong) > 2.5 * half
    strained = next(o for o in one.outcomes if o.indicator == "wait_h" and o.strain)
    k = [int(s.x) for s in one.settings].index(5)
    exact = delayed_share(3.0, 5) / (5 - 3.0)
    assert strained.at[k].level.low < exact < strained.at[k].level.high


def test_redundancy_has_its_price_and_a_knee(station: Any) -> None:
    one: Tension = station.of("redundancy")
    assert one.shown and one.today is not None and one.settings[one.today].x == 4
    moves = {o.indicator: o.moves for o in one.outcomes if not o.strain}
    assert (moves["wait_h"], moves["utilisation"], moves["paid_h_per_item"]) == ("better", "better", "worse")
    paid = next(o for o in one.outcomes if o.indicator == "paid_h_per_item" and not o.strain)
    assert paid.at[one.today].level.value == pytest.approx(4 * 168 / 420, rel=0.03)
    (knee,) = [bend for bend in one.bends if bend.indicator == "wait_h"]
    assert knee.kind == "knee" and knee.at in (4.0, 5.0) and "the knee of lead time" in one.statement


def test_what_a_system_does_not_have_is_said(station: Any) -> None:
    for name, why in (("standard", "usual way"), ("detail", "no alerts"), ("automation", "nobody takes over")):
        one = station.of(name)
        assert not one.shown and not one.settings
        assert one.statement.startswith("This system does not show this tension") and why in one.statement


def test_the_same_seed_gives_the_same_bits_for_one_thread_and_two() -> None:
    lever = redundancy_lever(STATION, Horizon(1, 1, 0))
    assert not isinstance(lever, str)
    one, two = (trade(lever, [STATION], seed=5, events=1e4, threads=threads) for threads in (1, 2))
    assert one == two and one != trade(lever, [STATION], seed=6, events=1e4)


def test_with_people_enough_more_of_them_is_no_tension() -> None:
    """Twelve people for half an erlang: nobody ever waits, so more people only cost."""
    idle = WorkSystem.model_validate(desk(demand=[{"id": "item", "per_week": 84.0}]))
    idle = with_heads(idle, 12)
    found = tensions([idle], seed=1, events=3e5).of("redundancy")
    assert found is not None
    waits = {o.indicator: o.moves for o in found.outcomes if not o.strain}
    assert waits["wait_h"] == waits["lead_time_p90_h"] == "no clear change" and waits["paid_h_per_item"] == "worse"
    assert all(bend.kind == "none" for bend in found.bends)


ALERTS = {
    "id": "alarm", "priority": 0,
    "alerts": {"variance": "breach", "events_per_week": 60, "noise_per_week": 4000, "d_prime": 2.5, "threshold": 1.5},
}  # fmt: skip


def test_a_lower_threshold_raises_what_signal_detection_says() -> None:
    """Alerts a week: events x Phi(d' - c) + noise x Phi(-c) at every threshold; more of them, fewer engaged with."""
    from scipy.special import ndtr

    system = WorkSystem.model_validate(
        desk(
            demand=[ALERTS],
            functions=[{"id": "solve", "roles": ["agent"], "work_h": 0.3, "triage": True}],
            routes=[{"source": "start", "target": "solve"}, {"source": "solve", "target": "end"}],
        )
        | {"variances": [{"id": "breach", "origin": "solve", "severity": {"technical": 3}}]}
    )
    assert check_system(system) == ()
    lever = detail_lever(system, Horizon(3, 3, 1))
    assert not isinstance(lever, str)
    found = trade(lever, [system], seed=1, events=2e5)
    for setting in found.settings:
        c = 1.5 + setting.setting
        exact = 60 * ndtr(2.5 - c) + 4000 * ndtr(-c)
        assert setting.x == pytest.approx(exact, rel=0.08)
    moves = {o.indicator: o.moves for o in found.outcomes}
    assert moves["false_alert_share"] == moves["engaged_share"] == moves["alerts_per_h"] == "worse"


SPECIAL = {
    "functions": [{"id": "solve", "roles": ["agent"], "work_h": 0.8},
                  {"id": "expert", "roles": ["agent"], "work_h": 2}],
    "routes": [{"source": "start", "target": "solve"}, {"source": "solve", "target": "expert", "probability": 0.1},
               {"source": "solve", "target": "end", "probability": 0.9}, {"source": "expert", "target": "end"}],
}  # fmt: skip


def test_special_items_sent_the_usual_way_come_back_as_assumed() -> None:
    """One in ten is special. All but 5% sent the usual way, half of those come back: 0.95 x 0.1 x 0.5 of those done."""
    system = WorkSystem.model_validate(desk(**SPECIAL))
    lever = standard_lever(system, Horizon(12, 12, 1))
    assert not isinstance(lever, str) and lever.settings[-1] == 0.95
    found = trade(lever, [system], seed=1, events=3e5)
    again = next(o for o in found.outcomes if o.indicator == "reopened_share" and not o.strain)
    assert again.moves == "worse" and again.at[0].level.value == 0.0
    share = again.at[-1].level
    third = again.at[1].level
    assert third.low - 0.002 < 0.33 * 0.1 * 0.5 < third.high + 0.002
    assert share.low - 0.002 < 0.95 * 0.1 * 0.5 < share.high + 0.002
    twice = next(o for o in found.outcomes if o.indicator == "reopened_share" and o.strain)
    assert twice.at[-1].level.value == pytest.approx(2 * share.value, rel=0.25)


@settings(max_examples=25, deadline=None)
@given(st.floats(-1.0, 1.0), st.floats(0.01, 0.2), st.floats(0.01, 0.2))
def test_routes_still_sum_to_one(pressed: float, one: float, two: float) -> None:
    routes = [
        {"source": "start", "target": "solve"}, {"source": "expert", "target": "end"},
        {"source": "solve", "target": "expert", "probability": one}, {"source": "solve", "target": "end",
         "probability": 1 - one - two}, {"source": "solve", "target": "solve", "probability": two},
    ]  # fmt: skip
    system = WorkSystem.model_validate(desk(**(SPECIAL | {"routes": routes})))
    moved = with_standard_routes(system, {("solve", "expert", None, (), "")}, pressed)
    shares = {r.target: r.probability.value for r in moved.work.routes if r.source == "solve"}
    assert sum(shares.values()) == pytest.approx(1.0) and min(shares.values()) >= 0.0
    assert shares["expert"] == pytest.approx(one * (1 - max(pressed, -0.95 * (1 - one - two) / one)))
    assert shares["solve"] == two
    again = with_standard_routes(moved, {("solve", "expert", None, (), "")}, 0.5)
    assert sum(r.probability.value for r in again.work.routes if r.source == "solve") == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["erp-implementation", "fedramp-cloud"])
def test_routes_of_a_template_sum_to_one_at_every_setting(name: str) -> None:
    """Caught when a rare route that strain has made the likelier one is taken for the usual one."""
    system = read(name)
    lever = standard_lever(system, Horizon(1, 1, 0))
    assert not isinstance(lever, str)
    for _, strained in (("", lambda at: at), *lever.strains):
        for setting in lever.settings:
            sums: dict[Any, float] = {}
            for route in lever.build(strained(system), setting).work.routes:
                place = (route.source, route.demand, route.after, route.outcome)
                sums[place] = sums.get(place, 0.0) + route.probability.value
            assert all(total == pytest.approx(1.0) for total in sums.values())


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60))
def test_people_are_shared_out_whole(heads: int) -> None:
    parts = [{"people": 7}, {"people": 2}, {"people": 1, "hours": "sat 08:00-12:00"}, {"people": 9, "on_call": True}]
    system = WorkSystem.model_validate(
        {"id": "x", "social": {"teams": [{"id": "t"}], "roles": [{"id": "r", "team": "t", "shifts": parts}]}}
    )
    found = [shift.people for shift in with_heads(system, heads).social.roles[0].shifts]
    assert sum(found[:3]) == max(heads, 3) if heads < 3 or min(found[:3]) > 1 else sum(found[:3]) >= heads
    assert found[3] == 9 and min(found) >= 1 and found[0] >= found[1] >= found[2]


@pytest.mark.parametrize("factor", [0.5, 0.92, 1.0, 1.3])
def test_scaled_systems_do_what_they_say(factor: float) -> None:
    fewer = scaled_presence(STATION, factor)
    role = fewer.roles["agent"]
    assert role.head_count * (1 - role.absence.value) == pytest.approx(4 * factor)
    assert scaled_demand(STATION, factor).demand["item"].per_week.value == pytest.approx(420 * factor)
    assert scaled_work(STATION, factor, ["other"]) == STATION
    assert scaled_work(STATION, factor).functions["solve"].work_h.mean_h == pytest.approx(factor)
    assert with_threshold(STATION, 1.0) == STATION
    for system in (fewer, scaled_demand(STATION, factor), scaled_work(STATION, factor)):
        assert check_system(system) == ()
        assert run(Scenario(system=system, weeks=1, warm_up_weeks=0, replications=2)).values.shape[0] == 2


X = np.array([1.0, 2.0, 3.0, 4.0, 6.0, 8.0])
SHAPES = {
    "knee": 10.0 / X**2,
    "line": 10.0 - X,
    "late": -np.exp(X / 1.5),
    "flat": np.full(6, 3.0),
    "turn": (X - 4.0) ** 2,
    "rising": X * 2.0,
}


@pytest.mark.parametrize(("shape", "kind"), [("knee", "knee"), ("line", "none"), ("late", "none"), ("flat", "none"),
                                             ("turn", "turn"), ("rising", "none")])  # fmt: skip
def test_planted_shapes_are_found_and_others_are_not(shape: str, kind: str) -> None:
    """Sixty noisy curves of each shape: at least 57 are called what they are. Noise: a fiftieth of the range."""
    curve = SHAPES[shape]
    called, at = 0, []
    for seed in range(60):
        luck = generator(seed, "test", shape)
        noise = max(np.ptp(curve), 1.0) / 50
        values = curve[:, None] + noise * (luck.normal(size=(1, 8)) + 0.5 * luck.normal(size=(6, 8)))
        found = bend_of("y", X, values, better="lower", today=0, luck=luck)
        called += found.kind == kind
        at.append(found.at)
    assert called >= 57
    if kind == "knee":
        assert set(at) <= {2.0, 3.0, None}
    if kind == "turn":
        assert at.count(4.0) >= 57
