"""Bounds of logs without starts: worked out by hand, never below what any schedule did, nobody shown alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.discovery.bounds import Bounds, bounds_of
from longwall.discovery.calendars import presence_of
from longwall.discovery.durations import durations_of
from longwall.discovery.flow import functions_of
from longwall.discovery.resources import resource_kinds
from longwall.discovery.teams import groups_of
from longwall.discovery.traces import traces_of
from longwall.discovery.windows import Windows, held_h, open_at_once

from .conftest import Row, build


def bounds(rows: list[Row]) -> Bounds:
    log = build(rows, starts=False)
    traces = traces_of(log)
    groups = groups_of(log, resource_kinds(log, traces))
    return bounds_of(log, traces, functions_of(log), groups, presence_of(log, groups))


def office(people: int, *, work: float = 1.0, days: int = 40, wait: float = 0.0) -> list[Row]:
    """Each person ends something at 9 + k * `work` on weekdays; its item was opened `wait` before the work began."""
    rows: list[Row] = []
    for day in (day for day in range(days) if day % 7 < 5):
        for person in range(people):
            for k in range(int(8 / work)):
                case, end = f"{day}-{person}-{k}", 24.0 * day + 9 + (k + 1) * work
                rows += [(case, "Open", None, None, end - work - wait, end - work - wait),
                         (case, "Do", f"p{person}", "desk", end, end)]  # fmt: skip
    return rows


def windows(ready: list[float], done: list[float], before: list[float]) -> Windows:
    n = len(ready)
    zero = np.zeros(n, dtype=np.int64)
    return Windows(np.arange(n), zero, np.array(ready), np.array(done), np.array(before), zero)


def test_held_hours_are_those_of_a_schedule_drawn_by_hand() -> None:
    # Open from 0 to 4, 1 to 2 and 1 to 3: something for 4 h, two for 2 h (1 to 3), three for 1 h (1 to 2).
    hours, person, _ = held_h(windows([1.0, 1.0, 0.0], [2.0, 3.0, 4.0], [-np.inf, 2.0, 3.0]), np.arange(3), 3)
    assert hours.sum(axis=0).tolist() == [4.0, 2.0, 1.0]
    assert set(person.tolist()) == {0}


def test_without_a_known_beginning_the_execution_before_bounds_it() -> None:
    unknown = windows([-np.inf, -np.inf, -np.inf], [1.0, 3.0, 6.0], [-np.inf, 1.0, 3.0])
    assert unknown.since_h(1).tolist() == [1.0, 1.0, 3.0]
    assert unknown.since_h(2).tolist() == [1.0, 1.0, 1.0]
    assert np.isnan(unknown.single_h[0])
    assert unknown.single_h[1:].tolist() == [2.0, 3.0]


@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0.01, 5), st.booleans()), min_size=1, max_size=25),
    st.integers(1, 4),
)
@settings(max_examples=150, deadline=None)
def test_no_schedule_does_more_than_the_bound(tasks: list[tuple[float, float, bool]], slots: int) -> None:
    """Fails when the bound counts fewer tasks open than there were, or loses a span between two changes."""
    free = [0.0] * slots
    begun: list[tuple[float, float, float, bool]] = []
    for ready, work, kind in sorted(tasks):
        place = int(np.argmin(free))
        start = max(ready, free[place])
        free[place] = start + work
        begun.append((ready, start, start + work, kind))
    begun.sort(key=lambda one: one[2])
    ends = [one[2] for one in begun]
    made = windows([one[0] for one in begun], ends, [-np.inf, *ends[:-1]])
    for kind in (True, False):
        chosen = np.array([k for k, one in enumerate(begun) if one[3] is kind], dtype=np.int64)
        if chosen.size:
            total = sum(begun[k][2] - begun[k][1] for k in chosen)
            hours, _, _ = held_h(made, chosen, slots)
            assert hours.sum() >= total - 1e-6
            assert hours[:, 0].sum() >= total / slots - 1e-6
            if slots == 1:
                assert np.nansum(made.single_h[chosen]) >= total - 1e-6


def test_work_that_fills_its_windows_is_bounded_tightly() -> None:
    found = bounds(office(6)).of("Do")
    assert found is not None
    assert found.low_h == pytest.approx(1.0, abs=0.02)
    assert found.high_h == pytest.approx(1.0, abs=0.075)  # rounded outward by up to 7.3%
    assert found.footing == "assumed"


def test_items_that_lie_open_widen_the_bounds_of_several_tasks_only() -> None:
    found = bounds(office(6, wait=3.0)).of("Do")
    assert found is not None
    assert found.single_h == pytest.approx(1.0, abs=0.05)
    assert found.duration_h[0] < 1.2
    assert found.duration_h[-1] > 2.0
    assert len(found.duration_h) >= 4


def test_items_that_end_together_leave_no_lower_bound_and_show_multitasking() -> None:
    rows = [
        (f"{case}x{k}", *rest)
        for case, *rest in office(6, wait=0.5)
        for k in range(3)
    ]  # fmt: skip
    found = bounds(rows)
    do = found.of("Do")
    assert found.tasks >= 3
    assert do is not None
    assert do.low_h == 0.0
    assert do.duration_h[2] == pytest.approx(1.0, rel=0.15)


def test_fewer_than_five_people_have_no_bounds_of_their_own() -> None:
    few = bounds(office(4))
    assert few.functions == ()
    assert few.roles == ()


def test_use_and_capacity_follow_from_one_another() -> None:
    [role] = bounds(office(6, work=0.5)).roles
    assert 0.9 <= role.utilisation_high <= 1.0
    assert role.utilisation_low <= role.utilisation_high
    assert role.capacity_low is not None
    assert role.capacity_high is not None
    per_week = role.capacity_low * role.utilisation_high
    assert role.capacity_high * role.utilisation_low == pytest.approx(per_week)


def test_highest_multitasking_is_one_where_nothing_is_ever_open_twice() -> None:
    assert open_at_once(windows([0.0, 1.0], [1.0, 2.0], [-np.inf, 1.0]), 20) == 1


def test_the_model_carries_the_bounds_and_none_where_starts_are_logged() -> None:
    for starts in (False, True):
        log = build(office(6, wait=1.0), starts=starts)
        traces = traces_of(log)
        kinds = resource_kinds(log, traces)
        groups = groups_of(log, kinds)
        found = durations_of(log, traces, functions_of(log), kinds, groups, presence_of(log, groups))
        if starts:
            assert found.bounds is None
        else:
            assert found.bounds is not None
            allowed, work = found.bounds.of("Do"), found.work[log.activities.index("Do")]
            assert allowed is not None
            assert (work.low_h, work.high_h) == (allowed.low_h, allowed.high_h)
            assert work.footing == "assumed"
