"""Forks, clocks, ends of shifts, interruptions, set-ups, tools, outages: each against a story worked out on paper."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from held import fixed

from longwall.simulation import Scenario, run
from longwall.simulation.experiment import prepare
from longwall.simulation.kernel import new_state
from longwall.streams import key_of, mix, uniform
from longwall.worksystem import (
    Allocation,
    Component,
    Control,
    DemandClass,
    Detection,
    Distribution,
    Fork,
    Function,
    Parameter,
    Reopening,
    Route,
    Variance,
)

P = Parameter


def exponential(mean_h: float) -> Distribution:
    return Distribution(shape="exponential", mean_h=mean_h)


def way(*functions: str, **more) -> list[Route]:
    """Routes from one function to the next."""
    return [Route(source=a, target=b, **more) for a, b in itertools.pairwise(functions)]


def demand(name: str, **more) -> DemandClass:
    return DemandClass(id=name, per_week=P(value=1.0), **more)


# Forks


def test_a_join_waits_for_the_last_branch(system, arrivals, role) -> None:
    # Fails when the item goes on with the first branch: lead is E[max] = 1/a + 1/b + 1/c - ... of exponentials.
    means = (0.5, 1.0, 2.0)
    fns = [Function(id=f"b{k}", work_h=exponential(mean), roles=("server",)) for k, mean in enumerate(means)]
    fns += [Function(id="split"), Function(id="join")]
    routes = [
        *way("start", "split"),
        *way("split", "end"),
        *way("b0", "join"),
        *way("b1", "join"),
        *way("b2", "join"),
        *way("join", "end"),
    ]
    forks = [Fork(id="fork", after="split", branches=("b0", "b1", "b2"), join="join")]
    tested = system([arrivals("item", 2.0)], fns, routes, [role("server", 60)], forks=forks)
    runs = run(Scenario(system=tested, weeks=150, warm_up_weeks=1, replications=20))
    a, b, c = (1 / mean for mean in means)
    longest = sum(means) - 1 / (a + b) - 1 / (a + c) - 1 / (b + c) + 1 / (a + b + c)
    lead = runs.column("lead_time_h")
    error = lead.std(ddof=1) / math.sqrt(len(lead))
    assert error < 0.005 * longest
    assert abs(lead.mean() - longest) <= 3.3 * error
    assert np.abs(runs.balance).max() <= 1e-9
    one = runs.column("throughput_per_week")
    assert np.allclose(runs.column("throughput_per_week", "function:b1"), one, rtol=1e-3)
    assert np.allclose(runs.column("throughput_per_week", "function:join"), one, rtol=1e-3)


def test_branches_come_to_the_join_or_the_end(system, role, played) -> None:
    # Caught when a branch that reached the end let its item leave.
    fns = [
        Function(id=name, work_h=fixed(h), roles=("server",))
        for name, h in (("first", 1.0), ("short", 0.5), ("long", 2.0), ("more", 1.0), ("last", 0.25))
    ]
    routes = [*way("start", "first", "end"), *way("short", "end"), *way("long", "more", "last", "end")]
    forks = [Fork(id="fork", after="first", branches=("short", "long"), join="last")]
    story = played(system([demand("item")], fns, routes, [role("server", 5)], forks=forks), replay_h={"item": (0.0,)})
    assert story.times("short") == [1.0, 1.5]
    assert story.times("more") == [3.0, 4.0]
    assert story.times("last") == [4.0, 4.25]
    assert story.total("cls", "completed") == 1
    assert story.total("cls", "lead") == pytest.approx(4.25)


@pytest.mark.parametrize("join", ["all", "some"])
def test_forks_within_forks(system, role, played, join: str) -> None:
    # Caught when an inner fork with the join of the outer one had the join done twice.
    hours = {"first": 1.0, "a": 1.0, "b": 2.0, "c": 3.0, "d": 1.0, "some": 0.5, "all": 0.25}
    fns = [Function(id=name, work_h=fixed(h), roles=("server",)) for name, h in hours.items()]
    routes = [
        *way("start", "first", "end"),
        *way("a", "all"),
        *way("b", "end"),
        *way("c", "some"),
        *way("d", "some"),
        *way("some", "all", "end"),
    ]
    forks = [
        Fork(id="outer", after="first", branches=("a", "b"), join="all"),
        Fork(id="inner", after="b", branches=("c", "d"), join=join),
    ]
    story = played(system([demand("item")], fns, routes, [role("server", 5)], forks=forks), replay_h={"item": (0.0,)})
    assert story.times("c") == [3.0, 6.0]
    if join == "some":
        assert story.times("some") == [6.0, 6.5]
        assert story.times("all") == [6.5, 6.75]
    else:
        assert story.times("some") == [4.0, 4.5, 6.0, 6.5]
        assert story.times("all") == [6.5, 6.75]
    assert story.total("fn", "executions", "all") == 1


def test_variances_of_a_branch_reach_the_item(system, role, played) -> None:
    # Caught when what a branch carried was dropped at the join.
    fns = [Function(id=name, work_h=fixed(1.0), roles=("server",)) for name in ("first", "a", "b", "last")]
    routes = [*way("start", "first", "end"), *way("a", "last"), *way("b", "last", "end")]
    forks = [Fork(id="fork", after="first", branches=("a", "b"), join="last")]
    seen = Detection(function="last", probability=P(value=1.0))
    variances = (
        Variance(
            id="seen",
            origin="a",
            probability=P(value=1.0),
            detections=(seen,),
            control=Control(function="last", how="repair", work_h=fixed(2.0)),
        ),
        Variance(id="unseen", origin="b", probability=P(value=1.0), safety=True),
    )
    tested = system([demand("item")], fns, routes, [role("server", 5)], forks=forks, variances=variances)
    story = played(tested, replay_h={"item": (0.0, 10.0)})
    assert story.total("fn", "controlled", "a") == 2
    assert story.total("fn", "escaped", "b") == 2
    assert story.total("cls", "safety") == 2
    assert story.times("last") == [2.0, 3.0, 3.0, 5.0, 12.0, 13.0, 13.0, 15.0]


# Clocks


OFFICE = "mon-fri 09:00-17:00"
FRIDAY_16 = 4 * 24 + 16.0
MONDAY_9 = 168 + 9.0


def one_line(system, role, classes, fns, names, people=1, hours="always", **more):
    return system(classes, fns, way("start", *names, "end"), [role("server", people, hours)], **more)


@pytest.mark.parametrize(("work_h", "late"), [(1.0, 0), (66.9, 0), (67.1, 1)])
def test_due_time_runs_on_its_clock(system, role, played, work_h: float, late: int) -> None:
    # Friday 16:00 and three hours on the clock: Monday 11:00, 67 hours later. Caught when the due time ran at night.
    fns = [Function(id="serve", work_h=fixed(work_h), roles=("server",))]
    tested = one_line(system, role, [demand("item", due_h=P(value=3.0), clock=OFFICE)], fns, ["serve"])
    story = played(tested, weeks=2, replay_h={"item": (FRIDAY_16,)})
    assert story.total("cls", "dated") == 1
    assert story.total("cls", "late") == late


@pytest.mark.parametrize(("who", "late"), [("customer", 0), ("supplier", 0), ("", 1)])
def test_the_clock_stands_still_for_the_customer(system, role, played, who: str, late: int) -> None:
    # 10:00 to 12:00 and 14:00 to 15:00 are the item's, 12:00 to 14:00 the customer's. Caught when it never stood still.
    fns = [
        Function(id="ask", work_h=fixed(2.0), roles=("server",)),
        Function(id="answer", delay_h=fixed(2.0), waits_for=who),
        Function(id="solve", work_h=fixed(1.0), roles=("server",)),
    ]
    tested = one_line(system, role, [demand("item", due_h=P(value=3.5), clock=OFFICE)], fns, ["ask", "answer", "solve"])
    story = played(tested, replay_h={"item": (10.0,)})
    assert story.times("solve") == [14.0, 15.0]
    assert story.total("cls", "late") == late
    assert story.total("cls", "efforts") == (1 if who == "customer" else 0)


def test_escalation_moves_a_waiting_item_ahead(system, role, played) -> None:
    # Friday 16:00 and two hours on the clock: Monday 10:00. One is at work until Monday 09:30, then each takes an hour.
    # Caught when the timer ran around the clock.
    fns = [
        Function(id="serve", work_h=fixed(1.0), roles=("server",)),
        Function(id="block", work_h=fixed(66.0), roles=("server",)),
    ]
    routes = [
        *way("start", "serve", demand="low"),
        *way("start", "serve", demand="high"),
        *way("start", "block", demand="block"),
        *way("serve", "end"),
        *way("block", "end"),
    ]
    low = demand("low", priority=5, clock=OFFICE, escalates_after_h=P(value=2.0), escalates_to=1)
    classes = [low, demand("high", priority=2), demand("block")]
    tested = system(classes, fns, routes, [role("server", 1)])
    replay = {"block": (FRIDAY_16 - 0.5,), "low": (FRIDAY_16,), "high": tuple(FRIDAY_16 + 0.1 * k for k in range(1, 4))}
    story = played(tested, weeks=2, replay_h=replay)
    start = FRIDAY_16 + 65.5
    assert start == MONDAY_9 + 0.5
    # At 09:30 it is one of the others that is served, at 10:30 the item that has risen meanwhile.
    assert story.times("serve", "low") == [start + 1, start + 2]
    assert story.times("serve", "high")[:4] == [start, start + 1, start + 2, start + 3]


def test_escalation_pauses_and_is_set_again(system, role, played) -> None:
    # Two hours on the clock: 1 h before the customer is asked, 5 h of pause, so it rises at hour 7, not at hour 2.
    # Caught when the timer was not set again after the pause.
    fns = [
        Function(id="ask", work_h=fixed(1.0), roles=("asker",)),
        Function(id="answer", delay_h=fixed(5.0), waits_for="customer"),
        Function(id="solve", work_h=fixed(1.0), roles=("server",)),
        Function(id="block", work_h=fixed(4.0), roles=("server",)),
    ]
    routes = [
        *way("start", "ask", "answer", "solve", "end", demand="low"),
        *way("start", "solve", "end", demand="high"),
        *way("start", "block", "end", demand="block"),
    ]
    low = demand("low", priority=5, escalates_after_h=P(value=2.0), escalates_to=1)
    tested = system(
        [low, demand("high", priority=2), demand("block")], fns, routes, [role("server", 1), role("asker", 1)]
    )
    late = played(tested, replay_h={"low": (0.0,), "block": (2.9,), "high": (3.0, 3.1)})
    # At 6.9 one of the others; at 7.9 the item, which has risen at 7.
    assert late.times("solve", "low") == [7.9, 8.9]
    early = played(tested, replay_h={"low": (0.0,), "block": (2.5,), "high": (2.6, 2.7, 2.8)})
    # At 6.5 one of the others, at 7.5 the item.
    assert early.times("solve", "low") == [7.5, 8.5]
    assert early.times("solve", "high")[0] == 6.5


def test_escalation_reaches_branches_and_ends_with_the_item(system, role, played) -> None:
    # Caught when only the item that waits at the join was given the higher priority.
    fns = [
        Function(id="first", work_h=fixed(0.5), roles=("server",)),
        Function(id="a", work_h=fixed(1.0), roles=("server",)),
        Function(id="b", work_h=fixed(1.0), roles=("other",)),
        Function(id="block", work_h=fixed(3.0), roles=("server",)),
        Function(id="last"),
    ]
    routes = [
        *way("start", "first", "end", demand="low"),
        *way("a", "last", "end"),
        *way("b", "last"),
        *way("start", "block", "end", demand="block"),
        *way("start", "a", "end", demand="high"),
    ]
    routes = [r for r in routes if not (r.source == "a" and r.demand == "high")] + way("a", "end", demand="high")
    low = demand("low", priority=5, escalates_after_h=P(value=2.0), escalates_to=1)
    forks = [Fork(id="fork", after="first", branches=("a", "b"), join="last", demand="low")]
    tested = system(
        [low, demand("high", priority=2), demand("block")],
        fns,
        routes,
        [role("server", 1), role("other", 1)],
        forks=forks,
    )
    story = played(tested, replay_h={"low": (0.0,), "block": (0.2,), "high": (1.0, 1.1)})
    assert story.times("block") == [0.5, 3.5]
    assert story.times("a", "low") == [3.5, 4.5]
    # The second item takes the row of the first, which left before its timer: it rises by its own at 3.6 only.
    again = played(tested, replay_h={"low": (0.0, 1.6), "high": (1.7,), "block": ()})
    assert again.times("a", "low") == pytest.approx([0.5, 1.5, 3.1, 4.1])


# The end of a shift


DAY = "mon-fri 08:00-16:00"
KNOWN = {"resume_h": 0.25, "handover_loss": 1.0, "handover_again": 0.5}


def at_the_end(system, role, rule: str, **more):
    fns = [Function(id="serve", work_h=fixed(4.0), roles=("day", "late"), at_shift_end=rule, **more)]
    roles = [role("day", 1, DAY, team="one"), role("late", 1, "mon-fri 18:00-20:00", team="one")]
    return system([demand("item")], fns, way("start", "serve", "end"), roles, parameters=KNOWN)


def test_at_the_end_of_a_shift_a_task_is_finished(system, role, played) -> None:
    story = played(at_the_end(system, role, "finish"), replay_h={"item": (14.0,)})
    assert story.steps() == [("serve", 0, 14.0, 18.0)]
    assert story.total("role", "out", "day") == pytest.approx(2.0)
    assert story.total("fn", "handed") == story.total("fn", "parked") == 0


@pytest.mark.parametrize("resume_h", [None, 0.5])
def test_at_the_end_of_a_shift_a_task_is_parked(system, role, played, resume_h: float | None) -> None:
    # Two hours on Monday, two on Tuesday, and the time of getting back into it. Caught when it was handed over.
    more = {} if resume_h is None else {"resume_h": fixed(resume_h)}
    story = played(at_the_end(system, role, "park", **more), replay_h={"item": (14.0,)})
    back = 0.25 if resume_h is None else resume_h
    assert story.steps() == [("serve", 0, 32.0, 34.0 + back)]
    assert story.total("fn", "work") == pytest.approx(4.0 + back)
    assert story.total("fn", "parked") == 1
    assert story.total("role", "out") == 0
    assert story.total("cls", "handovers") == 0


def test_at_the_end_of_a_shift_a_task_is_handed_over(system, role, played) -> None:
    # The late shift needs two hours and half of four again, so it ends its own shift in overtime or hands over in turn.
    story = played(at_the_end(system, role, "hand_over"), replay_h={"item": (14.0,)})
    # 18:00 to 20:00 two of four hours are done, two are left; with the loss 2 + 2: Tuesday 08:00 to 12:00.
    assert story.steps() == [("serve", 0, 32.0, 36.0)]
    assert story.total("fn", "handed") == 2
    assert story.total("cls", "handovers") == 2
    assert story.total("fn", "work") == pytest.approx(2.0 + 2.0 + 4.0)


def test_a_handover_to_another_team_counts_once(system, role, played) -> None:
    # Caught when the handover and the change of team were both counted.
    fns = [Function(id="serve", work_h=fixed(2.0), roles=("day", "late"), at_shift_end="hand_over")]
    roles = [role("day", 1, DAY, team="one"), role("late", 1, "mon-fri 16:00-24:00", team="two")]
    tested = system(
        [demand("item")], fns, way("start", "serve", "end"), roles, parameters=KNOWN | {"handover_loss": 0.0}
    )
    story = played(tested, replay_h={"item": (15.0,)})
    assert story.steps() == [("serve", 1, 16.0, 17.0)]
    assert story.total("cls", "handovers") == 1


def test_who_takes_the_own_task_again_loses_nothing(system, role, played) -> None:
    # Caught when somebody who came back to a task nobody had taken lost half of it in a handover with himself.
    fns = [Function(id="serve", work_h=fixed(4.0), roles=("day",), at_shift_end="hand_over")]
    tested = system([demand("item")], fns, way("start", "serve", "end"), [role("day", 1, DAY)], parameters=KNOWN)
    story = played(tested, replay_h={"item": (14.0,)})
    assert story.steps() == [("serve", 0, 32.0, 34.25)]
    assert story.total("fn", "handed") == story.total("cls", "handovers") == 0


def test_share_of_handovers_that_lose_something(system, role, arrivals) -> None:
    # Eight hours handed over every hour of their life: the mean work is 1 + loss x again x 1 h per handover.
    fns = [Function(id="serve", work_h=fixed(1.0), roles=("even", "odd"), at_shift_end="hand_over")]
    half = ", ".join(f"mon-sun {h:02d}:00-{h:02d}:30" for h in range(24))
    rest = ", ".join(f"mon-sun {h:02d}:30-{(h + 1) % 24:02d}:00" for h in range(23)) + ", mon-sun 23:30-24:00"
    roles = [role("even", 30, half), role("odd", 30, rest)]
    tested = system(
        [arrivals("item", 2.0)],
        fns,
        way("start", "serve", "end"),
        roles,
        parameters={"handover_loss": 0.4, "handover_again": 0.1},
    )
    runs = run(Scenario(system=tested, weeks=100, warm_up_weeks=1, replications=10))
    # A task of 1 h that begins at a random moment meets 2 half-hours; one of 1.1 h or 1.2 h more: Wald's equation.
    lead, handed = runs.column("lead_time_h"), runs.column("handovers_per_item")
    error = (lead - 1.0 - 0.04 * handed).std(ddof=1) / math.sqrt(10)
    assert error < 0.002
    assert abs((lead - 1.0 - 0.04 * handed).mean()) <= 3.3 * error
    assert handed.mean() > 1.9


# Interruptions


def interrupting(system, role, people=1, parks="park", **more):
    fns = [
        Function(id="slow", work_h=fixed(4.0), roles=("server",), when_interrupted=parks),
        Function(id="fast", work_h=fixed(1.0), roles=("server",), when_interrupted=parks),
    ]
    routes = [
        *way("start", "slow", "end", demand="low"),
        *way("start", "fast", "end", demand="high"),
        *way("start", "fast", "end", demand="equal"),
        *way("start", "fast", "end", demand="middle"),
    ]
    classes = [
        demand("low", priority=3),
        demand("high", priority=0, interrupts=True),
        demand("equal", priority=3, interrupts=True),
        demand("middle", priority=2),
    ]
    return system(classes, fns, routes, [role("server", people)], parameters=KNOWN, **more)


def test_what_is_urgent_interrupts(system, role, played) -> None:
    # Caught when the urgent task waited for the end of the other.
    story = played(interrupting(system, role), replay_h={"low": (0.0,), "high": (1.0, 1.5), "equal": ()})
    assert story.times("fast") == [1.0, 2.0, 2.0, 3.0]
    # Three hours are left, and getting back into it once: nobody goes back between two urgent ones.
    assert story.times("slow")[1] == pytest.approx(6.25)
    assert story.total("fn", "work") == pytest.approx(4.0 + 2.0 + 0.25)
    assert story.total("fn", "parked", "slow") == 1


@pytest.mark.parametrize("parks", ["park", "finish"])
def test_nothing_is_interrupted_by_its_equal_or_where_it_must_be_finished(system, role, played, parks: str) -> None:
    # Caught when equal urgency interrupted.
    replay = {"low": (0.0,), "high": () if parks == "park" else (1.0,), "equal": (1.0,)}
    story = played(interrupting(system, role, parks=parks), replay_h=replay)
    assert story.times("slow") == [0.0, 4.0]
    assert story.times("fast")[:2] == [4.0, 5.0]


@pytest.mark.parametrize(("other", "interrupted"), [("middle", "low"), ("equal", "equal")])
def test_the_least_urgent_is_interrupted_and_its_person_goes_on(system, role, played, other, interrupted) -> None:
    # Two are busy: the least urgent task is put aside, among equals the one begun last, and its person goes on with it.
    # Caught when the most urgent was put aside.
    tested = interrupting(system, role, people=2)
    story = played(tested, replay_h={"low": (0.0,), other: (0.5,), "high": (0.6,)})
    high = story.steps("fast", "high")[0]
    assert high[2:] == pytest.approx((0.6, 1.6))
    own = story.steps(demand=interrupted)[0]
    assert own[1] == high[1]
    assert own[3] == pytest.approx({"low": 4.0, "equal": 1.5}[interrupted] + 1.0 + 0.25)


def test_piles_grow_and_shrink(system, role, played) -> None:
    # Three priorities, each interrupts the one before; work is conserved but for getting back twice.
    fns = [Function(id=n, work_h=fixed(4.0), roles=("server",), when_interrupted="park") for n in ("a", "b", "c")]
    routes = [r for n in ("a", "b", "c") for r in way("start", n, "end", demand=n)]
    classes = [demand(n, priority=3 - k, interrupts=True) for k, n in enumerate(("a", "b", "c"))]
    story = played(
        system(classes, fns, routes, [role("server", 1)], parameters=KNOWN),
        replay_h={"a": (0.0,), "b": (1.0,), "c": (2.0,)},
    )
    assert [step[3] for step in sorted(story.steps(), key=lambda step: step[3])] == pytest.approx([6.0, 9.25, 12.5])


# Set-ups, tools, outages


def test_a_set_up_follows_another_skill_only(system, role, played) -> None:
    # Caught when every task was set up for.
    fns = [
        Function(id=n, work_h=fixed(1.0), roles=("server",), setup_h=fixed(0.25), skill=s)
        for n, s in (("a", "x"), ("b", "y"), ("c", "x"))
    ]
    routes = [r for n in ("a", "b", "c") for r in way("start", n, "end", demand=n)]
    story = played(
        system([demand(n) for n in ("a", "b", "c")], fns, routes, [role("server", 1)]),
        replay_h={"a": (0.0, 10.0, 50.0), "b": (30.0,), "c": (20.0,)},
    )
    spent = [t1 - t0 for _, _, t0, t1 in story.steps()]
    assert spent == pytest.approx([1.25, 1.0, 1.0, 1.25, 1.25])


def first_failure(tested) -> float:
    """Return the hour at which the only component, which fails every 100 h, fails first: its keyed draw."""
    compiled = prepare(Scenario(system=tested, weeks=1))
    root = new_state(compiled.model, 0, 0, 1, 0).clk.root[0]
    with np.errstate(over="ignore"):
        key = root
        for part in (key_of("purpose", "fail"), compiled.model.comp.key[0], 1):
            key = np.uint64(mix(key, np.uint64(part)))
        return -100.0 * math.log(uniform(key))


def test_tasks_wait_for_the_tool_they_use(system, role, played) -> None:
    # One task runs when the tool fails, and is finished; two wait for it, the more urgent one goes first after it.
    # Caught when nothing was set aside.
    fns = [
        Function(id="serve", work_h=fixed(4.0), roles=("server",), uses=("tool",)),
        Function(id="other", work_h=fixed(1.0), roles=("server",)),
    ]
    classes = [demand("item", priority=3), demand("urgent", priority=1), demand("free", priority=3)]
    tool = Component(id="tool", kind="application", time_between_failures_h=P(value=100.0), repair_h=fixed(10.0))
    routes = [
        *way("start", "serve", demand="item"),
        *way("start", "serve", demand="urgent"),
        *way("serve", "end"),
        *way("start", "other", "end", demand="free"),
    ]
    tested = system(classes, fns, routes, [role("server", 1)], components=(tool,))
    t = first_failure(tested)
    replay = {"item": (t - 1.0, t - 0.5), "urgent": (t + 1.0,), "free": (t + 2.0, t + 2.5)}
    story = played(tested, weeks=2, replay_h=replay)
    assert story.times("serve", "item")[:2] == pytest.approx([t - 1.0, t + 3.0])
    assert story.times("other") == pytest.approx([t + 3.0, t + 4.0, t + 4.0, t + 5.0])
    assert story.times("serve", "urgent") == pytest.approx([t + 10.0, t + 14.0], abs=1e-6)
    assert story.times("serve", "item")[2:] == pytest.approx([t + 14.0, t + 18.0], abs=1e-6)
    # Patience runs on while the tool is out.
    classes[0] = demand("item", priority=3, patience_h=fixed(6.0))
    story = played(system(classes, fns, routes, [role("server", 1)], components=(tool,)), weeks=2, replay_h=replay)
    assert story.total("cls", "abandoned", "item") == 1
    assert story.total("cls", "wait", "item") == pytest.approx(6.0)


def test_a_task_that_waited_for_its_tool_keeps_its_place(system, role, played) -> None:
    # Caught when it went to the end of the line behind what came while the tool was out.
    fns = [
        Function(id="serve", work_h=fixed(1.0), roles=("server",), uses=("tool",)),
        Function(id="other", work_h=fixed(9.0), roles=("server",)),
    ]
    tool = Component(id="tool", kind="application", time_between_failures_h=P(value=100.0), repair_h=fixed(10.0))
    routes = [*way("start", "serve", "end", demand="item"), *way("start", "other", "end", demand="free")]
    tested = system([demand("item"), demand("free")], fns, routes, [role("server", 1)], components=(tool,))
    t = first_failure(tested)
    story = played(tested, weeks=2, replay_h={"item": (t + 1.0, t + 5.0), "free": (t + 2.0, t + 3.0, t + 6.0)})
    # 2 to 11 the first free one, then in the order of coming: serve (1), free (3), serve (5), free (6).
    assert [round(step[2] - t, 6) for step in story.steps()] == [2.0, 11.0, 12.0, 21.0, 22.0]


def test_in_an_outage_the_machine_is_waited_for(system, role, played) -> None:
    # Caught when what the machine held went by hand, whatever the rule.
    ends = {}
    for rule in ("by_hand", "wait"):
        tool = Component(
            id="tool",
            kind="automation",
            time_between_failures_h=P(value=100.0),
            repair_h=fixed(10.0),
            capacity=1,
            speed=P(value=2.0),
            reliability=P(value=1.0),
            coverage=P(value=1.0),
        )
        fns = [
            Function(
                id="serve",
                work_h=fixed(2.0),
                roles=("server",),
                in_outage=rule,
                allocation=Allocation(level=10, component="tool", takeover_h=fixed(0.0)),
            )
        ]
        tested = system([demand("item")], fns, way("start", "serve", "end"), [role("server", 5)], components=(tool,))
        t = first_failure(tested)
        story = played(tested, weeks=2, replay_h={"item": (t - 0.5, t - 0.4, t + 5.0)})
        ends[rule] = sorted(step[3] - t for step in story.steps())
        assert rule == "by_hand" or [row[1] for row in story.rows] == [0, 1, 2]
    assert ends["by_hand"] == pytest.approx([2.0, 2.0, 7.0], abs=1e-6)
    # What the machine held begins again, first; then what waited, in its order.
    assert ends["wait"] == pytest.approx([11.0, 12.0, 13.0], abs=1e-6)


# The same person, the customer, control in time


def test_the_same_person_goes_on(system, role, played) -> None:
    # Three are free; the one who did the first part does the second. Caught when the longest idle took it.
    tasks = {"a": 1.0, "b": 1.0}
    for rule in ("same_person", "longest_idle"):
        fns = [Function(id=n, work_h=fixed(h), roles=("server",), rule=rule) for n, h in tasks.items()]
        tested = one_line(system, role, [demand("item")], fns, ["a", "b"], people=3)
        people = [step[1] for step in played(tested, replay_h={"item": (0.0, 10.0, 20.0)}).steps()]
        pairs = {people[k] == people[k + 1] for k in (0, 2, 4)}
        assert pairs == {rule == "same_person"}


def test_closings_per_item(system, arrivals, role) -> None:
    # A geometric number of closings, mean 1 / (1 - p). Fails when an item is opened again once at most.
    p = 0.4
    fns = [Function(id="serve", work_h=fixed(0.1), roles=("server",))]
    reopens = Reopening(probability=P(value=p), delay_h=exponential(5.0), target="serve")
    tested = system([arrivals("item", 2.0, reopens=reopens)], fns, way("start", "serve", "end"), [role("server", 20)])
    runs = run(Scenario(system=tested, weeks=100, warm_up_weeks=1, replications=20))
    assert np.abs(runs.balance).max() <= 1e-9
    closings = runs.column("throughput_per_week") / (2.0 * 168)
    error = closings.std(ddof=1) / math.sqrt(20)
    assert error < 0.004
    assert abs(closings.mean() - 1 / (1 - p)) <= 3.3 * error
    again = runs.column("reopened_share")
    assert abs(again.mean() - p) <= 3.3 * again.std(ddof=1) / math.sqrt(20)
    # The customer comes again each time, and each closing ends one such stay.
    assert np.allclose(runs.column("customer_effort"), again, atol=2e-3)


@pytest.mark.parametrize(("within_h", "controlled"), [(None, 1), (3.01, 1), (2.99, 0)])
def test_control_that_comes_too_late_is_of_no_use(
    system, role, played, within_h: float | None, controlled: int
) -> None:
    fns = [Function(id=n, work_h=fixed(h), roles=("server",)) for n, h in (("make", 1.0), ("check", 2.0))]
    control = Control(
        function="check", how="repair", work_h=fixed(1.0), within_h=None if within_h is None else P(value=within_h)
    )
    flaw = Variance(
        id="flaw",
        origin="make",
        probability=P(value=1.0),
        control=control,
        safety=True,
        detections=(Detection(function="check", probability=P(value=1.0)),),
    )
    tested = one_line(system, role, [demand("item")], fns, ["make", "check"], variances=(flaw,))
    story = played(tested, replay_h={"item": (0.0,)})
    assert story.total("fn", "controlled", "make") == controlled
    assert story.total("cls", "safety") == 1 - controlled


@pytest.mark.parametrize(("where", "own"), [("near", 1), ("far", 0)])
def test_autonomy_is_control_where_it_was_seen(system, role, played, where: str, own: int) -> None:
    fns = [
        Function(id="make", work_h=fixed(1.0), roles=("near",)),
        Function(id="check", work_h=fixed(1.0), roles=("near",)),
        Function(id="mend", work_h=fixed(1.0), roles=(where,)),
    ]
    flaw = Variance(
        id="flaw",
        origin="make",
        probability=P(value=1.0),
        control=Control(function="mend", how="escalate"),
        detections=(Detection(function="check", probability=P(value=1.0)),),
    )
    routes = [*way("start", "make", "check", "end"), *way("mend", "end")]
    tested = system(
        [demand("item")], fns, routes, [role("near", 1, team="one"), role("far", 1, team="two")], variances=(flaw,)
    )
    story = played(tested, replay_h={"item": (0.0,)})
    assert story.total("fn", "controls", "make") == 1
    assert story.total("fn", "own_controls", "make") == own
