"""Surges, alerts, growth, holidays, warm starts, replays: each against a closed form."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from held import agree, balanced, fixed

from longwall.simulation import Scenario, run
from longwall.simulation.beginning import OpenItem
from longwall.simulation.experiment import play, prepare
from longwall.worksystem import (
    Alerts,
    Component,
    DemandClass,
    Distribution,
    Function,
    Parameter,
    Reopening,
    Route,
    Surge,
    Variance,
    WorkSystem,
)

P = Parameter


def totals(tested: WorkSystem, table: str, column: str, weeks: int, replications: int, **more: Any) -> Any:
    """Return a counter of every week, shape (replications, weeks, rows)."""
    scenario = Scenario(system=tested, weeks=weeks, warm_up_weeks=0, replications=replications, **more)
    compiled = prepare(scenario)
    states = [play(compiled, scenario, k) for k in range(replications)]
    return np.array([getattr(s, f"out_{table}")[column] for s in states])


def component(name: str, mtbf_h: float = 20.0, repair_h: float = 5.0) -> Component:
    repair = Distribution(shape="exponential", mean_h=repair_h)
    return Component(id=name, kind="infrastructure", time_between_failures_h=P(value=mtbf_h), repair_h=repair)


def desk(
    system: Callable[..., WorkSystem], role: Any, demand: list[DemandClass], work_h: float = 0.0, **more: Any
) -> WorkSystem:
    fns = [Function(id="serve", work_h=fixed(work_h), roles=("server",) if work_h else ())]
    routes = [Route(source="start", target="serve"), Route(source="serve", target="end")]
    return system(demand, fns, routes, [role("server", 200)], **more)


# Surges


def test_a_failure_brings_items(system, role) -> None:
    # Failures per week 168 / (20 + 5), 6 items each. Fails when the first item of a burst was left out.
    flood = DemandClass(id="flood", surges=(Surge(source="net", items=P(value=6.0), within_h=P(value=3.0)),))
    runs = balanced(
        run(
            Scenario(
                system=desk(system, role, [flood], components=(component("net"),)),
                weeks=400,
                warm_up_weeks=1,
                replications=20,
            )
        )
    )
    agree(runs.column("throughput_per_week"), 168 / 25 * 6.0, 0.006)


def test_items_of_an_event_are_geometric_and_come_evenly(system, role, played) -> None:
    # Every event of a class brings a geometric number, mean 4, with exponential gaps of 2 / 4 h; the first gap counts.
    # Caught when the gap was within_h itself.
    hours = tuple(float(t) for t in range(0, 168 * 40, 100))
    demand = [
        DemandClass(id="event", per_week=P(value=1.0)),
        DemandClass(id="flood", surges=(Surge(source="event", items=P(value=4.0), within_h=P(value=2.0)),)),
    ]
    sizes, gaps = [], []
    for k in range(20):
        story = played(desk(system, role, demand), weeks=40, replication=k, replay_h={"event": hours})
        came = np.array([step[2] for step in story.steps(demand="flood")])
        event = (came // 100).astype(int)
        counts = np.bincount(event, minlength=len(hours))
        sizes += counts.tolist()
        gaps += np.diff(came)[np.diff(event) == 0].tolist()
        gaps += [came[event == e][0] - hours[e] for e in range(len(hours))]
    assert min(sizes) == 1
    agree(sizes, 4.0, 0.03)
    agree(np.array(sizes) == 1, 0.25, 0.05)
    assert np.var(sizes) == pytest.approx(12.0, rel=0.2)
    agree(gaps, 0.5, 0.02)
    assert np.var(gaps) == pytest.approx(0.25, rel=0.1)


def test_items_merge_while_the_event_lasts(system, role, played) -> None:
    # The event is there for 5 h, the gaps are exponential: an item that is done before is merged with 0.3, later ones
    # never. Fails when items merged after the event too, and when those that stay were counted as merged.
    hours = tuple(float(t) for t in range(0, 168 * 40, 100))
    surge = Surge(source="event", items=P(value=8.0), within_h=P(value=24.0), merges=P(value=0.3))
    demand = [DemandClass(id="event", per_week=P(value=1.0)), DemandClass(id="flood", surges=(surge,))]
    fns = [Function(id="long", delay_h=fixed(5.0)), Function(id="serve"), Function(id="then")]
    routes = [
        Route(source="start", target="long", demand="event"),
        Route(source="long", target="end"),
        Route(source="start", target="serve", demand="flood"),
        Route(source="serve", target="then"),
        Route(source="then", target="end"),
    ]
    early, late, went_on, merged = 0, 0, [0, 0], 0.0
    for k in range(20):
        story = played(
            system(demand, fns, routes, [role("server", 1)]), weeks=40, replication=k, replay_h={"event": hours}
        )
        during = [step[2] % 100 < 5.0 for step in story.steps("serve")]
        early, late = early + sum(during), late + len(during) - sum(during)
        for step in story.steps("then"):
            went_on[int(step[2] % 100 < 5.0)] += 1
        merged += story.total("cls", "merged", "flood")
    assert went_on[0] == late
    assert merged == early - went_on[1]
    assert merged / early == pytest.approx(0.3, abs=4 * math.sqrt(0.21 / early))
    assert early > 1500


@pytest.mark.parametrize("factor", [0.0, 3.0])
def test_arrivals_follow_what_is_out(system, role, factor: float) -> None:
    # Given the hours that the component was out, arrivals are Poisson with mean rate (up + factor down).
    # Fails when the factor stays after the repair, and when the arrival already drawn is kept.
    calls = DemandClass(id="call", per_week=P(value=50.0), while_down={"net": P(value=factor)})
    tested = desk(system, role, [calls], components=(component("net"),))
    came = totals(tested, "cls", "arrived", 100, 10).sum(axis=(1, 2))
    down = totals(tested, "comp", "down", 100, 10).sum(axis=(1, 2))
    mean = 50.0 / 168 * (16_800 - down + factor * down)
    assert 0.15 < down.mean() / 16_800 < 0.25
    z = (came - mean) / np.sqrt(mean)
    assert abs(z.mean()) <= 3.3 / math.sqrt(10)
    assert 0.3 < z.std(ddof=1) < 1.9


# Alerts


TRIAGE = {"triage_hit": 0.9, "triage_false": 0.1}


def detector(**more: Any) -> DemandClass:
    values = {
        "events_per_week": 40.0,
        "benign_per_week": 20.0,
        "noise_per_week": 200.0,
        "d_prime": 2.0,
        "threshold": 1.0,
    }
    values.update({k: more.pop(k) for k in list(more) if k in values or k == "repeats"})
    return DemandClass(
        id="alarm", alerts=Alerts(variance="unseen", **{k: P(value=v) for k, v in values.items()}), **more
    )


def watch(
    system: Any, role: Any, demand: DemandClass, people: int = 100, work_h: float = 0.1, **more: Any
) -> WorkSystem:
    fns = [
        Function(id="look", work_h=fixed(work_h), roles=("watch",), triage=True),
        Function(id="act"),
        Function(id="note"),
    ]
    routes = [
        Route(source="start", target="look"),
        Route(source="look", target="act", outcome="confirmed"),
        Route(source="look", target="note", outcome="dismissed"),
        Route(source="act", target="end"),
        Route(source="note", target="end"),
    ]
    unseen = Variance(id="unseen", origin="look", safety=True)
    return system(
        [demand],
        fns,
        routes,
        [role("watch", people)],
        variances=(unseen,),
        parameters=TRIAGE | more.pop("parameters", {}),
        **more,
    )


def phi(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))


def test_alerts_are_raised_by_signal_detection(system, role) -> None:
    # Caught when benign ones were raised like noise; fails when those dismissed but noted by somebody count as caught.
    hit, false = phi(2.0 - 1.0), 1 - phi(1.0)
    runs = balanced(run(Scenario(system=watch(system, role, detector()), weeks=200, warm_up_weeks=1, replications=20)))
    raised = 60 * hit + 200 * false
    agree(runs.column("alerts_per_week"), raised, 0.004)
    agree(runs.column("false_alert_share"), 200 * false / raised, 0.006)
    ppv = 40 * hit / raised
    agree(runs.column("engaged_share"), ppv, 0.006)
    caught = hit * ppv * 0.9
    agree(runs.column("caught_share"), caught, 0.01)
    # What is not caught is missed, at the detector or by people, and each is a safety event.
    agree(runs.column("safety_events_per_week"), 40 * (1 - caught), 0.004)
    confirmed = ppv * (40 * hit * 0.9 + (20 * hit + 200 * false) * 0.1)
    agree(runs.column("throughput_per_week", "function:act"), confirmed, 0.01)
    agree(runs.column("throughput_per_week", "function:note"), raised - confirmed, 0.006)


def test_alerts_in_batches_and_with_other_items(system, role) -> None:
    # Caught when a batch multiplied the events.
    tested = watch(system, role, detector(batch=4, per_week=P(value=30.0)), parameters={"alert_extra": 0.0})
    routes = (*tested.work.routes, Route(source="look", target="end"))
    tested = tested.model_copy(update={"work": tested.work.model_copy(update={"routes": routes})})
    runs = balanced(run(Scenario(system=tested, weeks=200, warm_up_weeks=1, replications=20)))
    raised = 60 * phi(1.0) + 200 * (1 - phi(1.0))
    agree(runs.column("alerts_per_week"), raised, 0.01)
    agree(runs.column("throughput_per_week"), raised + 30.0, 0.01)


def test_alerts_repeat(system, role) -> None:
    # 1 + n alerts about one event, n geometric from 0 with mean r. Everybody engages, a share h is confirmed: the event
    # is caught unless all are missed, (1 - h) / (1 + r h). Repeats of a repeat would need another form.
    # Caught when the number of repeats began at one.
    r, h = 1.5, 0.5
    sure = {"alert_salience": 20.0, "alert_extra": 0.0, "alert_repeat": 0.0, "triage_hit": h}
    alarm = detector(d_prime=9.0, threshold=4.0, repeats=r, benign_per_week=0.0, noise_per_week=0.0)
    runs = balanced(
        run(Scenario(system=watch(system, role, alarm, parameters=sure), weeks=200, warm_up_weeks=1, replications=20))
    )
    agree(runs.column("alerts_per_week"), 40 * (1 + r), 0.01)
    agree(runs.column("engaged_share"), 1.0, 0.01)
    missed = (1 - h) / (1 + r * h)
    agree(runs.column("caught_share"), 1 - missed, 0.005)
    agree(runs.column("safety_events_per_week"), 40 * missed, 0.02)


def test_more_waiting_alerts_lower_engagement(system, role) -> None:
    # One of eight alerts at once meets 7 waiting others, the next 6, ... with two on shift: log-odds less by 0.5 each.
    # Fails when tasks of other kinds in the same line count as alerts.
    alarm = detector(batch=8, events_per_week=4.0, benign_per_week=0.0, noise_per_week=0.0, d_prime=9.0, threshold=4.0)
    noise = DemandClass(id="noise", per_week=P(value=20.0), priority=3, batch=30)
    base = watch(
        system, role, alarm, people=2, parameters={"alert_extra": -1.0, "alert_salience": 2.0, "glance_share": 1.0}
    )
    fns = (*base.work.functions, Function(id="other", work_h=fixed(0.001), roles=("watch",)))
    own = (Route(source="start", target="other", demand="noise"), Route(source="other", target="end"))
    work = base.work.model_copy(
        update={"demand": (alarm, noise), "functions": fns, "routes": (*base.work.routes, *own)}
    )
    runs = balanced(
        run(Scenario(system=base.model_copy(update={"work": work}), weeks=400, warm_up_weeks=1, replications=20))
    )
    ppv = math.log(0.99 / 0.01)
    odds = [ppv + 2.0 - 0.5 * waiting for waiting in range(8)]
    expected = sum(1 / (1 + math.exp(-o)) for o in odds) / 8
    assert expected < 0.99
    agree(runs.column("engaged_share"), expected, 0.001)


def test_a_reopened_alert_is_no_second_event(system, role) -> None:
    # Fails when an event is counted as caught at each closing, so that the share passes 1.
    alarm = detector(
        d_prime=9.0,
        threshold=4.0,
        benign_per_week=0.0,
        noise_per_week=0.0,
        reopens=Reopening(probability=P(value=0.8), delay_h=fixed(1.0), target="act"),
    )
    sure = {"alert_salience": 20.0, "alert_extra": 0.0, "triage_hit": 1.0}
    runs = balanced(run(Scenario(system=watch(system, role, alarm, parameters=sure), weeks=50, warm_up_weeks=1)))
    assert runs.column("caught_share") == pytest.approx(1.0, abs=0.005)


def test_an_alert_that_nobody_judges_finds_a_way(system, role, played) -> None:
    # Open items are no alerts, so they end triage without an outcome, though only judged ones have routes: they go the
    # way of those confirmed. Caught when the kernel read a route of another function.
    items = tuple(OpenItem(demand="alarm", function="look") for _ in range(5))
    story = played(watch(system, role, detector()), open_items=items, replay_h={})
    assert story.total("fn", "executions", "act") == 5


# Growth, holidays


def test_demand_grows_week_by_week(system, role) -> None:
    # Fails when growth compounds from the begin of the warm-up.
    calls = DemandClass(id="call", per_week=P(value=300.0), growth_per_year=P(value=1.0))
    tested = desk(system, role, [calls])
    scenario = Scenario(system=tested, weeks=60, warm_up_weeks=3, replications=20)
    came = balanced(run(scenario)).column("throughput_per_week")
    g = math.log(2.0) * 168 / 8766
    agree(came, 300.0 * (math.exp(60 * g) - 1) / (60 * g), 0.003)


def test_holidays_have_their_own_demand(system, role) -> None:
    # Two of fourteen days at a quarter. Caught when days were counted from the begin of the warm-up.
    calls = DemandClass(id="call", per_week=P(value=700.0), on_holidays=P(value=0.25))
    tested = desk(system, role, [calls], holidays=("2024-01-09", "2024-01-14", "2024-03-01"))
    at = {"begins": "2024-01-08", "weeks": 2, "warm_up_weeks": 1, "replications": 200}
    agree(balanced(run(Scenario(system=tested, **at))).column("throughput_per_week"), 700 * (12 + 2 * 0.25) / 14, 0.004)
    agree(run(Scenario(system=tested, **at | {"begins": ""})).column("throughput_per_week"), 700, 0.004)


# Warm starts and replays


def test_open_items_are_there_with_their_age(system, role, played) -> None:
    # One is served at once, one waits an hour. Caught when the time before the begin did not count as lead time.
    tested = desk(system, role, [DemandClass(id="item", per_week=P(value=1.0), due_h=P(value=10.0))], work_h=1.0)
    tested = tested.model_copy(update={"social": tested.social.model_copy(update={"roles": (role("server", 1),)})})
    items = tuple(OpenItem(demand="item", function="serve", age_h=age) for age in (9.5, 2.0))
    story = played(tested, open_items=items, replay_h={"item": ()})
    assert sorted(story.times()) == [0.0, 1.0, 1.0, 2.0]
    # Whichever goes first, the two leave after 1 and 2 hours.
    assert story.total("cls", "lead") == pytest.approx(9.5 + 2.0 + 1.0 + 2.0)
    assert story.total("cls", "late") == 1
    assert story.total("cls", "arrived") == 0
    assert int(story.state.clk.initial[0]) == 2
    # Presence counts from time 0.
    assert story.total("cls", "area") == pytest.approx(1.0 + 2.0)


def test_open_items_that_were_begun_had_their_first_response(system, role, played) -> None:
    # Caught when every open item was answered anew, its whole age after it came: hours for minutes in the first week.
    by = {"roles": ("server",), "work_h": Distribution(mean_h=1.0)}
    fns = [Function(id="look", **by), Function(id="mend", **by)]
    routes = [
        Route(source="start", target="look"),
        Route(source="look", target="mend"),
        Route(source="mend", target="end"),
    ]
    tested = system([DemandClass(id="item", per_week=P(value=1.0))], fns, routes, [role("server", 2)])
    begun = OpenItem(demand="item", function="mend", after="look", age_h=30.0)
    untouched = OpenItem(demand="item", function="look", age_h=2.0)
    story = played(tested, open_items=(begun, untouched), replay_h={"item": ()})
    assert story.total("cls", "first_n") == 1
    assert story.total("cls", "first") == pytest.approx(2.0)


def test_open_items_follow_routes_with_memory(system, role, played) -> None:
    fns = [Function(id=n) for n in ("a", "b", "c", "d")]
    routes = [
        Route(source="start", target="a"),
        Route(source="a", target="b"),
        Route(source="b", target="c", after=("a",)),
        Route(source="b", target="d", after=("d",)),
        Route(source="c", target="end"),
        Route(source="d", target="end"),
        Route(source="b", target="end"),
    ]
    items = (OpenItem(demand="item", function="b", after="d"), OpenItem(demand="item", function="b"))
    tested = system([DemandClass(id="item", per_week=P(value=1.0))], fns, routes, [role("server", 1)])
    story = played(tested, open_items=items, replay_h={"item": (5.0,)})
    assert [story.total("fn", "executions", n) for n in "abcd"] == [1, 3, 1, 1]


def test_a_replay_is_exact(system, role, played) -> None:
    # Caught when the warm-up was not added.
    demand = [DemandClass(id="item", per_week=P(value=500.0), batch=3), DemandClass(id="other", per_week=P(value=10.0))]
    hours = (0.0, 0.0, 1.25, 100.0, 167.5)
    for warm_up in (0, 2):
        story = played(desk(system, role, demand), warm_up_weeks=warm_up, others=True, replay_h={"item": hours})
        assert [step[2] - 168 * warm_up for step in story.steps(demand="item")] == pytest.approx(list(hours))
        assert story.total("cls", "arrived", "item") == 5
    assert story.total("cls", "arrived", "other") > 0


def test_many_items_at_once_and_many_events(system, role) -> None:
    # Pools of items, tasks, bursts and timers grow by thousands at a time. Fails when a pool is not grown in time.
    surge = Surge(source="net", items=P(value=2000.0), merges=P(value=0.2), within_h=P(value=0.5))
    calls = DemandClass(
        id="call",
        per_week=P(value=100.0),
        surges=(surge,),
        while_down={"net": P(value=0.0)},
        patience_h=Distribution(shape="exponential", mean_h=20.0),
        escalates_after_h=P(value=500.0),
    )
    tested = desk(system, role, [calls], work_h=0.2, components=(component("net", 100.0, 5.0),))
    runs = balanced(run(Scenario(system=tested, weeks=100, warm_up_weeks=0, replications=2)))
    assert runs.column("throughput_per_week").min() > 1000
    assert runs.column("merged_share").min() > 0.05
