"""Orders of change: equal to brute force where that is possible, and refusals that name their cause."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.errors import PlanError
from longwall.implementation import Freeze, Plan, Release, bars, plan_csv, precedences, sequence
from longwall.implementation.arrays import arrays_of
from longwall.implementation.bounds import lower_bound
from longwall.implementation.decode import decode
from longwall.implementation.priority import by_rules
from longwall.implementation.schedule import Task, Terms, solve


def brute_force(tasks: list[Task], terms: Terms, horizon: int) -> tuple[int, int] | None:
    """Best objective over all start weeks: sum of weight times end, then the last end."""
    best = None
    for starts in product(range(horizon), repeat=len(tasks)):
        at = {task.id: start for task, start in zip(tasks, starts, strict=True)}
        if not _holds(tasks, terms, at):
            continue
        value = worth(tasks, at)
        best = value if best is None else min(best, value)
    return best


def worth(tasks: list[Task], at: dict[str, int]) -> tuple[int, int]:
    ends = [at[task.id] + task.weeks for task in tasks]
    return sum(task.weight * end for task, end in zip(tasks, ends, strict=True)), max(ends)


def best_of_lists(tasks: list[Task], terms: Terms, horizon: int) -> tuple[int, int] | None:
    """Best objective over all lists, each task put where it first fits: a second implementation, week by week."""
    best = None
    for order in permutations(tasks):
        at: dict[str, int] = {}
        for task in order:
            put = [one for one in tasks if one.id in at]
            needs = [before for before, after in terms.pairs if after == task.id]
            if any(before not in at for before in needs):
                break
            pairs = tuple((before, task.id) for before in needs)
            part = replace(terms, pairs=pairs)
            weeks = (week for week in range(horizon) if _holds([*put, task], part, {**at, task.id: week}, whole=False))
            week = next(weeks, None)
            if week is None:
                break
            at[task.id] = week
        if len(at) == len(tasks):
            value = worth(tasks, at)
            best = value if best is None else min(best, value)
    return best


def _holds(tasks: list[Task], terms: Terms, at: dict[str, int], *, whole: bool = True) -> bool:
    end = {task.id: at[task.id] + task.weeks for task in tasks}
    if any(at[after] < end[before] for before, after in terms.pairs):
        return False
    if any(at[then] < at[first] for first, then in terms.begun):
        return False
    released = 0.0
    for release in terms.releases:
        if sum(task.cost for task in tasks if at[task.id] < release.week) > released:
            return False
        released += release.amount
    if whole and terms.releases and sum(task.cost for task in tasks) > released:
        return False
    for week in range(max(end.values())):
        busy = [task for task in tasks if any(at[task.id] + o <= week < at[task.id] + o + w for o, w in task.work)]
        if busy and any(freeze.first_week <= week <= freeze.last_week for freeze in terms.freezes):
            return False
        for role in {role for task in busy for role in task.roles}:
            theirs = [task for task in busy if role in task.roles]
            if terms.changes_at_once and len(theirs) > terms.changes_at_once:
                return False
            if (
                role in terms.people_load
                and sum(round(100 * t.load[role]) for t in theirs) > 100 * terms.people_load[role]
            ):
                return False
    return True


TASKS = st.lists(
    st.tuples(st.integers(1, 2), st.integers(0, 2), st.integers(0, 5), st.integers(1, 9), st.sampled_from(["a", "b"])),
    min_size=2, max_size=3,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    drawn=TASKS, chain=st.booleans(), releases=st.booleans(), at_once=st.integers(0, 2), freeze=st.booleans(),
    load=st.booleans(),
)  # fmt: skip
def test_small_cases_equal_brute_force(
    drawn: list[tuple[int, int, int, int, str]], chain: bool, releases: bool, at_once: int, freeze: bool, load: bool
) -> None:
    tasks = [
        Task(id=f"t{i}", weeks=w + o, work=((0, w),), cost=c, weight=g, roles=(role,), load={role: 0.6})
        for i, (w, o, c, g, role) in enumerate(drawn)
    ]
    terms = Terms(
        pairs=(("t0", "t1"),) if chain else (),
        releases=(Release(week=0, amount=5), Release(week=2, amount=10)) if releases else (),
        changes_at_once=at_once, freezes=(Freeze(first_week=1, last_week=1),) if freeze else (),
        people_load={"a": 1.0} if load else {},
    )  # fmt: skip
    found, best = solve(tasks, terms, seed=0), brute_force(tasks, terms, 9)
    if best is None:
        assert found is None
        return
    assert found is not None and found.gap == 0.0
    assert _holds(tasks, terms, found.start)
    assert worth(tasks, found.start) == best
    assert lower_bound(tasks, terms) <= best[0] + 1e-6


@settings(max_examples=15, deadline=None)
@given(
    drawn=st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 4), st.integers(1, 9), st.sampled_from(["a", "b", "ab"])),
        min_size=4, max_size=5,
    ),
    links=st.sets(st.tuples(st.integers(0, 3), st.integers(1, 4)), max_size=3), releases=st.booleans(),
    at_once=st.integers(0, 2), freeze=st.booleans(), pilot=st.booleans(),
)  # fmt: skip
def test_up_to_five_increments_equal_every_list_tried_and_beat_them_where_work_pauses(
    drawn: list[tuple[int, int, int, str]], links: set[tuple[int, int]], releases: bool, at_once: int, freeze: bool,
    pilot: bool,
) -> None:  # fmt: skip
    tasks = [
        Task(id=f"t{i}", weeks=w + 2 + w * pilot, work=((0, w), (w + 2, w)) if pilot else ((0, w),), cost=c, weight=g,
             roles=tuple(roles), load=dict.fromkeys(roles, 0.2 * w))
        for i, (w, c, g, roles) in enumerate(drawn)
    ]  # fmt: skip
    terms = Terms(
        pairs=tuple((f"t{a}", f"t{b}") for a, b in sorted(links) if a < b < len(tasks)),
        releases=(Release(week=0, amount=6), Release(week=3, amount=20)) if releases else (), changes_at_once=at_once,
        freezes=(Freeze(first_week=2, last_week=3),) if freeze else (), people_load={"a": 0.7, "b": 1.0},
    )  # fmt: skip
    found, best = solve(tasks, terms, seed=0), best_of_lists(tasks, terms, 60)
    assert found is not None and best is not None and found.gap == 0.0
    assert _holds(tasks, terms, found.start)
    assert worth(tasks, found.start) <= best
    assert lower_bound(tasks, terms) <= worth(tasks, found.start)[0] + 1e-6
    rules = by_rules(tasks, terms)
    assert all(_holds(tasks, terms, start) and worth(tasks, start) >= best for start in rules.values())
    if pilot:
        return  # where work has a pause, a task may have to wait for another to fit into it: no list says so
    assert worth(tasks, found.start) == best
    arrays = arrays_of(tasks, terms)
    again = decode(arrays, arrays.listed([found.start[task.id] for task in tasks]))
    assert again is not None and dict(zip(found.start, again.tolist(), strict=True)) == found.start


@settings(max_examples=15, deadline=None)
@given(
    drawn=st.lists(st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(1, 9)), min_size=2, max_size=3),
    begun=st.sampled_from([(), (("t0", "t1"),), (("t1", "t0"),)]), at_once=st.integers(0, 1), freeze=st.booleans(),
)  # fmt: skip
def test_pauses_and_what_must_have_begun_equal_brute_force(
    drawn: list[tuple[int, int, int]], begun: tuple[tuple[str, str], ...], at_once: int, freeze: bool
) -> None:
    """Caught when the solver, or the walk's decoder, takes no notice of what must have begun."""
    tasks = [
        Task(id=f"t{i}", weeks=2 + pause, work=((0, 1), (1 + pause, 1)), cost=0, weight=g, roles=("a",),
             load={"a": 0.4 * heavy})
        for i, (pause, heavy, g) in enumerate(drawn)
    ]  # fmt: skip
    terms = Terms(
        begun=begun, changes_at_once=at_once, people_load={"a": 1.0},
        freezes=(Freeze(first_week=1, last_week=1),) if freeze else (),
    )  # fmt: skip
    found, best = solve(tasks, terms, seed=0), brute_force(tasks, terms, 12)
    assert found is not None and best is not None and found.gap == 0.0
    assert _holds(tasks, terms, found.start) and worth(tasks, found.start) == best
    assert lower_bound(tasks, terms) <= best[0] + 1e-6
    assert all(_holds(tasks, terms, start) and worth(tasks, start) >= best for start in by_rules(tasks, terms).values())
    arrays = arrays_of(tasks, terms)
    again = decode(arrays, arrays.listed([found.start[task.id] for task in tasks]))
    assert again is not None and _holds(tasks, terms, dict(zip(found.start, again.tolist(), strict=True)))


def test_an_order_that_no_list_gives_is_found() -> None:
    """With pauses, the best order may let a task wait although it would fit: 89 where the best list has 90."""
    tasks = [
        Task(id=f"t{i}", weeks=2 * w + 2, work=((0, w), (w + 2, w)), cost=0, weight=g, roles=(role,),
             load={role: 0.2 * w})
        for i, (w, g, role) in enumerate([(1, 1, "a"), (2, 5, "b"), (2, 5, "b"), (3, 2, "b")])
    ]  # fmt: skip
    terms = Terms(people_load={"a": 0.7, "b": 1.0})
    found = solve(tasks, terms, seed=0)
    assert found is not None and found.gap == 0.0 and _holds(tasks, terms, found.start)
    assert worth(tasks, found.start)[0] == 89 and best_of_lists(tasks, terms, 60)[0] == 90


def test_money_that_reaches_for_nothing_names_the_cheapest(made) -> None:
    change, aligned = made
    with pytest.raises(PlanError, match="LW-PL-009") as caught:
        sequence(aligned([change("cheap", cost=500), change("dear", cost=9000)]), budget=100)
    fault = caught.value.faults[0]
    assert "cheapest increment, cheap" in fault.expected and "400 short" in fault.found


def test_freezes_that_leave_room_for_nothing_say_so(made) -> None:
    change, aligned = made
    freezes = [Freeze(first_week=0, last_week=9), Freeze(first_week=11, last_week=30)]
    with pytest.raises(PlanError, match="LW-PL-013") as caught:
        sequence(aligned([change("a"), change("b")]), finish_by=30, freezes=freezes)
    assert "6 weeks for the shortest increment, a" in caught.value.faults[0].expected


def test_people_are_given_up_only_beside_who_loses_and_what_strengthens_them(made) -> None:
    change, aligned = made
    keep = change("keep")
    cut = change("cut", people_removed=2, strengthening="keep")
    both = aligned([cut, keep])
    alone = both.model_copy(update={"designs": (both.designs[0].model_copy(update={"interventions": ("cut",)}),)})
    one = sequence(alone).increments[0]
    assert (one.loses, one.instead, one.condition) == (("desk",), "keep", "after talking to those affected")
    with pytest.raises(PlanError, match="LW-PL-014") as caught:
        sequence(aligned([change("cut", people_removed=2, concerns=())]))
    assert "concerns" in caught.value.faults[0].expected and "strengthening" in caught.value.faults[0].expected


def test_what_each_waits_for_and_what_holds_the_plan_up(made) -> None:
    change, aligned = made
    alignment = aligned([change("a"), change("b"), change("tool", "technical", concerns=("other",))])
    plan = sequence(alignment, changes_at_once=1, owners={"a": "desk"})
    waits = {one.id: one.waits_for for one in plan.increments}
    assert sorted(waits[name] for name in "ab")[1] in {f"desk, who works on {name}" for name in "ab"}
    assert plan.bottleneck is not None and plan.bottleneck.what == "the number of changes at once"
    assert {one.id: one.owner for one in plan.increments} == {"a": "desk", "b": "", "tool": ""}
    assert sequence(alignment, changes_at_once=0).bottleneck is None
    frozen = sequence(alignment, changes_at_once=0, freezes=[Freeze(first_week=0, last_week=3, why="audit")])
    assert {one.waits_for for one in frozen.increments} == {"the end of the freeze of weeks 0 to 3, audit"}
    paid = sequence(alignment, changes_at_once=0, budget=[Release(week=0, amount=1000), Release(week=5, amount=9000)])
    assert sorted(one.waits_for for one in paid.increments) == ["", "the money of week 5", "the money of week 5"]
    assert paid.bottleneck is not None and paid.bottleneck.what == "the money"


def test_more_benefit_comes_first_and_the_same_seed_gives_the_same_plan(made) -> None:
    change, aligned = made
    alignment = aligned([change("small"), change("large")], gains=[1.0, 3.0])
    plan = sequence(alignment, changes_at_once=1, seed=3)
    assert [one.id for one in plan.increments] == ["large", "small"]
    assert plan == sequence(alignment, changes_at_once=1, seed=3) and plan.gap == 0.0
    swapped = sequence(aligned([change("small"), change("large")], gains=[3.0, 1.0]), changes_at_once=1)
    assert [one.id for one in swapped.increments] == ["small", "large"]


def test_social_change_is_piloted_observed_and_expanded_and_held_to_account(made) -> None:
    change, aligned = made
    plan = sequence(aligned([change("talk", weeks=6), change("tool", "technical", weeks=3)]))
    talk, tool = (next(one for one in plan.increments if one.id == name) for name in ("talk", "tool"))
    assert [(phase.name, phase.weeks) for phase in talk.phases] == [("pilot", 3), ("observe", 4), ("expand", 3)]
    assert [phase.name for phase in tool.phases] == ["introduce", "observe"]
    assert talk.look_week == talk.start_week + 7
    assert talk.expected[0].drop_at == pytest.approx(10.0 - 0.5)
    assert talk.drop_if == "drop it if lead_time_h stays above 9.5"


def test_technical_before_the_social_that_rests_on_it_unless_overridden(made) -> None:
    change, aligned = made
    changes = [change("train"), change("tool", "technical"), change("far", concerns=("other",))]
    plan = sequence(aligned(changes))
    train, tool = (next(one for one in plan.increments if one.id == name) for name in ("train", "tool"))
    assert train.start_week >= tool.end_week and train.after == ("tool",) and "rests" in train.why
    assert [(one.before, one.after, one.rule) for one in plan.precedences] == [("tool", "train", "technical first")]
    free = sequence(aligned(changes), overrides={("tool", "train"): "people must know it before it runs"})
    train = next(one for one in free.increments if one.id == "train")
    assert train.after == () and free.precedences[0].overridden
    assert "before it runs" in free.precedences[0].reason
    with pytest.raises(PlanError, match="LW-PL-007"):
        sequence(aligned(changes), overrides={("tool", "train"): " "})


def test_a_requirement_wins_over_the_default_rule(made) -> None:
    change, _ = made
    found = precedences([change("train"), change("tool", "technical", requires=("train",))])
    assert [(one.before, one.after, one.rule) for one in found] == [("train", "tool", "requires")]


def test_circle_is_shown(made) -> None:
    change, aligned = made
    changes = [change("a", requires=("b",)), change("b", requires=("c",)), change("c", requires=("a",))]
    with pytest.raises(PlanError, match="LW-PL-002") as caught:
        sequence(aligned(changes))
    circle = caught.value.faults[0].found.split(" -> ")
    assert circle[0] == circle[-1] and set(circle) == {"a", "b", "c"}


def test_budget_that_nothing_fits_names_what_would_have_to_go(made) -> None:
    change, aligned = made
    alignment = aligned([change("cheap", cost=500), change("dear", cost=9000)])
    with pytest.raises(PlanError, match="LW-PL-001") as caught:
        sequence(alignment, budget=1000)
    assert "8,500 short" in caught.value.faults[0].found and caught.value.faults[0].do.endswith("without dear")
    assert sequence(alignment, budget=9500).total_cost == 9500


def test_money_that_comes_later_is_waited_for(made) -> None:
    change, aligned = made
    alignment = aligned([change("cheap", cost=500), change("dear", cost=9000)], gains=[1.0, 5.0])
    plan = sequence(alignment, budget=[Release(week=0, amount=500), Release(week=10, amount=9000)])
    starts = {one.id: one.start_week for one in plan.increments}
    assert starts == {"cheap": 0, "dear": 10}


def test_terms_that_clash_are_named_and_only_those(made) -> None:
    change, aligned = made
    alignment = aligned([change("a"), change("b", requires=("a",))])
    with pytest.raises(PlanError, match="LW-PL-003") as caught:
        sequence(alignment, finish_by=9, freezes=[Freeze(first_week=50, last_week=60)], budget=1e6)
    found = caught.value.faults[0].found
    assert "a before b" in found and "week 9" in found
    assert "freeze" not in found and "budget" not in found
    with pytest.raises(PlanError, match="LW-PL-010"):
        sequence(alignment, people_load={"desk": 0.0})


def test_work_is_stretched_to_what_people_can_take(made) -> None:
    change, aligned = made
    alignment = aligned([change("a", effort_weeks=6.0)])
    assert sequence(alignment).increments[0].end_week == 6
    stretched = sequence(alignment, people_load={"desk": 0.5}).increments[0]
    assert sum(phase.weeks for phase in stretched.phases if phase.name != "observe") == 12


def test_today_and_unknown_designs(made) -> None:
    change, aligned = made
    plan = sequence(aligned([]))
    assert plan.increments == () and plan.finish_week == 0 and "nothing to plan" in plan.cautions[0]
    with pytest.raises(PlanError, match="LW-PL-005"):
        sequence(aligned([change("a")]), "other")


def test_tables_hold_every_increment_and_no_formula(made) -> None:
    change, aligned = made
    plan = sequence(aligned([change("a", title="=HYPERLINK(1)"), change("b", cost=None)]))
    rows = list(csv.DictReader(io.StringIO(plan_csv(plan))))
    assert [row["id"] for row in rows] == [one.id for one in plan.increments]
    assert all(row["title"][0] != "=" for row in rows)
    assert len(bars(plan)) == sum(len(one.phases) for one in plan.increments)
    assert any("b" in caution for caution in plan.cautions)
    assert Plan.model_validate_json(plan.model_dump_json()) == plan
