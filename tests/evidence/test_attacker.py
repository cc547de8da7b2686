"""An attacker with every published number tries to learn one person's own; small cases are tried out entirely."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from longwall.evidence import MIN_GROUP, publishable_groups
from longwall.evidence.disclosure import NARROW, coarse, coarse_count, coarse_curve, half_step, outward

People = frozenset[int]


@dataclass(frozen=True)
class Told:
    """One published sum: whose, and between which bounds it lies."""

    whose: People
    low: float
    high: float


def exactly(whose: Sequence[int], parts: NDArray[np.float64]) -> Told:
    total = float(parts[list(whose)].sum())
    return Told(frozenset(whose), total, total)


def told(whose: Sequence[int], parts: NDArray[np.float64]) -> Told:
    """A sum as the product publishes it: its mean rounded; the attacker knows the rule and how many executions."""
    own = parts[list(whose)]
    half = half_step(own)
    shown = coarse(float(own.sum()), half)
    return Told(frozenset(whose), shown * (1 - half), shown * (1 + half))


def isolated(known: Sequence[Told], parts: NDArray[np.float64], of: Sequence[int] | None = None) -> list[int]:
    """People whose own part follows, from everything told, to within a fifth of it; worst case: memberships are known.

    By linear programming: the least and the largest part that agrees with everything told, parts not being negative.
    """
    people = len(parts)
    rows = np.array([[person in one.whose for person in range(people)] for one in known], dtype=float)
    limits = np.concatenate([[one.high * (1 + 1e-9) for one in known], [-one.low * (1 - 1e-9) for one in known]])
    found = []
    for person in range(people) if of is None else of:
        ends = [linprog(sign * np.eye(people)[person], np.vstack([rows, -rows]), limits) for sign in (1, -1)]
        if any(end.status == 3 for end in ends):
            continue  # no upper bound
        low, high = ends[0].fun, -ends[1].fun
        if (high - low) / 2 < NARROW * parts[person] * (1 - 1e-6):
            found.append(person)
    return found


def determined(known: Sequence[People], people: int) -> list[People]:
    """Sets of one to four people whose sum follows exactly from sums over the sets that are known; all are tried."""
    rows = np.array([[person in one for person in range(people)] for one in known], dtype=float)
    onto = np.linalg.pinv(rows) @ rows  # projects on what combinations of the sums can say
    small = [c for size in range(1, 5) for c in itertools.combinations(range(people), size)]
    asked = np.array([[person in chosen for person in range(people)] for chosen in small], dtype=float)
    follows = np.abs(asked @ onto - asked).max(axis=1) < 1e-9
    return [frozenset(chosen) for chosen, yes in zip(small, follows, strict=True) if yes]


PARTS = np.array([3.0, 5.0, 4.0, 6.0, 2.0, 5.5])


@pytest.mark.parametrize(
    "fault",
    [
        [exactly(range(6), PARTS), exactly(range(5), PARTS)],
        [exactly([0], PARTS)],
        [exactly(range(6), PARTS), exactly([0, 1, 2], PARTS), exactly([3, 4], PARTS)],
        [exactly([0, 1, 2], PARTS), exactly([1, 2, 3], PARTS), exactly([0, 3], PARTS), exactly([1, 2], PARTS),
         exactly([0, 1], PARTS), exactly([0, 2], PARTS)],
    ],
    ids=["the whole and all but one", "a group of one", "the whole and all groups but one", "groups that overlap"],
)  # fmt: skip
def test_the_attacker_sees_faults_that_are_planted(fault: list[Told]) -> None:
    assert isolated(fault, PARTS)
    assert determined([one.whose for one in fault], 6)


def test_the_attacker_sees_a_group_of_four() -> None:
    assert frozenset(range(4)) in determined([frozenset(range(4))], 9)
    assert determined([frozenset(range(5))], 9) == []
    assert frozenset(range(5, 9)) in determined([frozenset(range(5)), frozenset(range(9))], 9)


@pytest.mark.parametrize("people", [4, 5, 6, 7, 8, 9, 11])
def test_no_partition_into_teams_shows_fewer_than_five(people: int) -> None:
    """All ways to put up to eleven people into up to four teams, with and without a unit above, the total shown.

    Caught when groups of four were shown, and when one group that was withheld could be had by subtraction.
    """
    for sizes in {tuple(sorted(c)) for n in range(1, 5) for c in itertools.product(range(people + 1), repeat=n)
                  if sum(c) == people}:  # fmt: skip
        ends = np.cumsum((0, *sizes))
        members = {str(k): frozenset(range(ends[k], ends[k + 1])) for k in range(len(sizes))}
        for parent in ({}, dict.fromkeys(members, "unit")):
            shown = publishable_groups({name: len(own) for name, own in members.items()}, parent).shown
            sums = [frozenset().union(*(members[str(name)] for name in joint)) for joint in shown.values()]
            whole = [frozenset(range(people))] if people >= MIN_GROUP else []
            assert determined([*sums, *whole], people) == [] if sums or whole else True, (sizes, parent, shown)


def removals(parts: NDArray[np.float64]) -> list[list[Told]]:
    """Pairs of reports: everybody, and everybody but one; only where five or more are left."""
    everybody = range(len(parts))
    if len(parts) <= MIN_GROUP:
        return [[told(everybody, parts)]]
    return [[told(everybody, parts), told([p for p in everybody if p != gone], parts)] for gone in everybody]


def test_without_rounding_a_person_who_left_is_isolated() -> None:
    """The fault that the grid is for, planted."""
    exact = [exactly(range(6), PARTS), exactly([0, 1, 2, 3, 4], PARTS)]
    assert isolated(exact, PARTS) == [5]
    assert all(isolated(pair, PARTS) == [] for pair in removals(PARTS))


@example([3.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 35.0])  # the others alone stand on a finer grid
@example([0.05, 0.05, 0.05, 0.05, 0.05, 50.0])
@given(st.lists(st.floats(0.05, 50), min_size=MIN_GROUP, max_size=9))
@settings(max_examples=20, deadline=None)
def test_one_person_more_or_less_isolates_nobody(sizes: list[float]) -> None:
    """Two reports, between which a person left or was forgotten.

    Caught with the grid half as coarse, and when both reports were held to be equally coarse.
    """
    parts = np.array(sizes)
    order = np.argsort(parts)
    for gone in {int(order[0]), int(order[len(parts) // 2]), int(order[-1])} if len(parts) > MIN_GROUP else {0}:
        assert isolated(removals(parts)[gone], parts, [gone, int(order[-1])]) == []


@given(
    st.lists(st.floats(0.05, 50), min_size=MIN_GROUP, max_size=40),
    st.integers(0, 4),
    st.floats(0.01, 1.0),
)
@settings(max_examples=20, deadline=None)
def test_one_week_more_with_one_person_on_duty_isolates_nobody(sizes: list[float], duty: int, week: float) -> None:
    """Two reports, one week apart: what the person did in that week stays as unknown as everything else."""
    before = np.array(sizes)
    more = week * before[duty]
    parts = np.concatenate([before, [more]])  # the week is a part of its own
    first, second = half_step(before), half_step(before + more * np.eye(len(before))[duty])
    old, new = coarse(float(before.sum()), first), coarse(float(parts.sum()), second)
    whole = frozenset(range(len(before)))
    reports = [
        Told(whole, old * (1 - first), old * (1 + first)),
        Told(whole | {len(before)}, new * (1 - second), new * (1 + second)),
    ]
    assert isolated(reports, parts, [duty, len(before)]) == []


@given(st.floats(1e-3, 1e4), st.sampled_from([0.01, 0.05, 0.25]), st.floats(1.0, 1.2))
def test_rounding_keeps_its_promise(value: float, half: float, wide: float) -> None:
    shown = coarse(value, half)
    assert shown * (1 - half) <= value * (1 + 1e-5) and value <= shown * (1 + half) * (1 + 1e-5)
    assert coarse(shown, half) == pytest.approx(shown)
    low, high = outward(value, value * wide, half)
    assert low <= value * (1 + 1e-9) and value * wide <= high * (1 + 1e-9)
    assert low >= value * ((1 - half) / (1 + half)) * (1 - 1e-9)


@example([0.0, 0.0, 0.0, 0.0, 2.2250738585e-313], 1.0)
@example([0.0, 0.0, 0.0, 0.0, 5e-324], 10.0)
@given(st.lists(st.floats(0, 100), min_size=5, max_size=41).map(sorted), st.floats(0.1, 10))
def test_a_curve_tells_its_mean_as_published_and_no_better(points: list[float], mean: float) -> None:
    shown = np.array(coarse_curve(points, mean))
    assert (np.diff(shown) >= -1e-12).all()
    area = float((shown[1:-1].sum() + (shown[0] + shown[-1]) / 2) / (shown.size - 1))
    assert area == pytest.approx(mean if max(points[1:]) > 0 else 0.0)


def test_counts_have_one_figure() -> None:
    assert [coarse_count(n) for n in (1, 14, 96, 1874, 23_456)] == [10, 10, 100, 2000, 20_000]
