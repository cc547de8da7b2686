"""Several pieces of work at once: counted where starts are logged, shared so that no hour counts twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.discovery import Discovered, discover
from longwall.discovery.multitasking import shared_time

from .conftest import Row, build

PIECE = st.tuples(st.integers(0, 2), st.integers(0, 50), st.integers(0, 20))


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECE, min_size=1, max_size=30))
def test_shared_hours_sum_to_the_hours_in_which_a_person_was_busy(pieces: list[tuple[int, int, int]]) -> None:
    who, begin, length = (np.array(column) for column in zip(*pieces, strict=True))
    own, spans = shared_time(who, begin.astype(float), (begin + length).astype(float))
    for person in np.unique(who):
        covered: dict[int, int] = {}
        for at, hours in zip(begin[who == person], length[who == person], strict=True):
            for hour in range(at, at + hours):
                covered[hour] = covered.get(hour, 0) + 1
        assert own[who == person].sum() == pytest.approx(len(covered))
        assert spans.busy_h[spans.person == person].sum() == pytest.approx(len(covered))
        assert spans.several_h[spans.person == person].sum() == pytest.approx(
            sum(count > 1 for count in covered.values())
        )
    assert (own <= length + 1e-9).all()


def desk(at_once: int, *, people: int = 6, days: int = 60) -> Discovered:
    """Each person takes up `at_once` items at nine and ends them at eleven, each day, and no more."""
    rows: list[Row] = []
    for day in range(days):
        at = 168.0 * (day // 5) + 24.0 * (day % 5) + 9.0
        for person in range(people):
            rows += [((day, person, k), "work", f"p{person}", "desk", at, at + 2.0) for k in range(at_once)]
            rows.append(((day, person, 0), "sign", f"p{person}", "desk", at + 4, at + 5.0))
    return discover(build(rows), name="Desk", seed=0, overrides={"rounds": 0})


@pytest.mark.parametrize(("at_once", "work_h", "share"), [(1, 2.0, 0.0), (2, 1.0, 2 / 3), (4, 0.5, 2 / 3)])
def test_work_at_once_counts_once_and_is_said(at_once: int, work_h: float, share: float) -> None:
    """Fails when overlapping pieces count in full: work would be two hours in each."""
    found = desk(at_once)
    role = found.system.social.roles[0].id
    held = found.system.functions["work"].work_h
    assert held.mean_h == pytest.approx(work_h, rel=0.1)
    line = found.provenance[f"social.roles.{role}"]
    said = any("several items at once" in caution for caution in found.cautions)
    if share:
        stated = float(line.split("about ")[1].split("%")[0]) / 100
        assert stated == pytest.approx(share, rel=0.2)
        assert said
        assert "counted once" in found.system.assumptions[0].statement
    else:
        assert line.startswith("people had one piece of work under way at a time")
        assert not said


def test_nothing_is_said_of_fewer_than_five() -> None:
    found = desk(2, people=4)
    assert not [path for path in found.provenance if path == f"social.roles.{found.system.social.roles[0].id}"]


def test_a_log_of_ends_says_nothing_of_several_at_once() -> None:
    rows: list[Row] = [(case, "work", f"p{case % 6}", "desk", 3.0 * case, 3.0 * case) for case in range(60)]
    found = discover(build(rows), name="Ends", seed=0, overrides={"rounds": 0})
    assert "the log does not show it" in found.system.assumptions[0].source


def test_one_week_tells_nothing_of_how_weeks_differ() -> None:
    """Fails when weeks are counted in working hours, of which five make no two groups here, or one week is enough."""
    stated = {days: desk(2, days=days).provenance for days in (5, 10)}
    one, two = (next(line for line in held.values() if "of their working time" in line) for held in stated.values())
    assert "(0 to 100)" in one
    assert "(0 to 100)" not in two
