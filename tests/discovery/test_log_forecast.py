"""Simulated logs: as many cases as asked for, inside the window, roles instead of people, blind after the cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from longwall.discovery import (
    Choice,
    Situation,
    forecast,
    forecast_log,
    keeps_whole_cases,
    split_by_end,
    split_by_start,
)
from longwall.discovery.arrivals import unevenness, weekly_moves
from longwall.discovery.extraction import chance_of_being_kept
from longwall.discovery.log_forecast import roles_of_events
from longwall.discovery.traces import before
from longwall.errors import DiscoveryError
from longwall.evidence import Log

from .conftest import build, steps
from .test_hold_out import scrambled, weekly

LOG = weekly(120)


@settings(max_examples=25, deadline=None)
@given(
    cases=st.integers(1, 40),
    window=st.floats(0.0, 800.0),
    after=st.floats(0.0, 400.0),
    follow=st.sampled_from([1.0, 0.5, 0.0]),
    finished=st.booleans(),
    seed=st.integers(0, 5),
)
def test_a_log_keeps_what_was_asked_for(
    cases: int, window: float, after: float, follow: float, finished: bool, seed: int
) -> None:
    """Fails when a case of which nothing is recorded counts, or an event leaves the period."""
    cut = 1500.0
    situation = Situation(cut, cut + window + after, cut + window, cases, finished)
    found = forecast_log(LOG, situation, runs=1, seed=seed, choice=Choice(follow=follow))
    drawn = found.runs[0]
    if window + after > 100.0:  # room for whole cases; in less, none may fit
        assert np.unique(drawn.case).size == cases
    if drawn.case.size:
        assert set(np.unique(drawn.case)) == set(range(drawn.case.max() + 1))
        assert drawn.start_h.min() >= cut
        assert drawn.end_h.max() <= situation.until_h
        assert (drawn.end_h >= drawn.start_h).all()
        begins = np.full(drawn.case.max() + 1, np.inf)
        np.minimum.at(begins, drawn.case, drawn.start_h)
        assert begins.max() <= situation.arrivals_until_h + 1e-9
        assert np.array_equal(drawn.activity, before(LOG, cut).activity[drawn.row])


def test_what_comes_after_the_cut_changes_nothing() -> None:
    situation = Situation(1500.0, 2000.0, 1900.0, 30)
    one = forecast_log(LOG, situation, runs=2, seed=1)
    two = forecast_log(scrambled(LOG, 1500.0), situation, runs=2, seed=1)
    assert one.choice == two.choice
    assert one.tried == two.tried
    for mine, theirs in zip(one.runs + one.control, two.runs + two.control, strict=True):
        for name in ("case", "activity", "start_h", "end_h", "row"):
            assert np.array_equal(getattr(mine, name), getattr(theirs, name)), name


def test_no_case_known_is_said() -> None:
    with pytest.raises(DiscoveryError) as caught:
        forecast_log(LOG, Situation(5.0, 900.0, 800.0, 10), runs=1, seed=0)
    assert caught.value.faults[0].code == "LW-DI-060"


def test_no_role_tells_fewer_than_five_people_apart() -> None:
    """Three teams of 2, 3 and 6: the small ones are one role. With four people in all, there is none."""
    rows = []
    sizes = {"north": 2, "south": 3, "west": 6}
    for number in range(220):
        team = list(sizes)[number % 3]
        who = f"{team}-{(number // 3) % sizes[team]}"
        rows += [(number, name, who, team, at, at) for name, at in (("A", 5.0 * number), ("B", 5.0 * number + 1))]
    log = build(rows)
    names, roles = roles_of_events(log)
    people = [np.unique(log.resource[roles == role]).size for role in range(len(names))]
    assert min(people) >= 5
    assert sum(people) == 11
    few = build([row for row in rows if row[3] == "north"] + steps(900, "A", "B", at=3000.0))
    assert (roles_of_events(few)[1] == -1).all()
    assert roles_of_events(few)[0] == ()


def test_a_period_longer_than_the_past_is_forecast() -> None:
    found = forecast_log(LOG, replace(Situation(1500.0, 9000.0, 8000.0, 50)), runs=1, seed=0)
    assert np.unique(found.runs[0].case).size == 50


@pytest.mark.parametrize("name", ["p2p", "production", "loan_application", "receipt"])
def test_how_a_log_was_cut_is_found(real_log: Callable[[str], Log], name: str) -> None:
    """Real logs cut both ways: events up to a moment, and whole cases only."""
    log = real_log(name)
    assert not keeps_whole_cases(split_by_start(log)[0])
    assert keeps_whole_cases(split_by_end(log)[0])


def test_whole_cases_of_a_split_by_end_do_not_cross() -> None:
    known, truth, situation = split_by_end(weekly(300))
    assert known.end_h.max() <= truth.end_h.min()
    assert situation.cases == np.unique(truth.case).size
    assert situation.cut_h == truth.start_h.min()


def test_long_cases_count_for_those_left_out() -> None:
    """Steady arrivals over 100 h: a case of 60 h is there if it came in the first 40, so it counts 1 / 0.4."""
    arrival = np.linspace(0.0, 100.0, 1001)
    close = arrival + np.where(np.arange(1001) % 2, 60.0, 1.0)
    kept = chance_of_being_kept(arrival, close, np.ones(1001), 100.0)
    assert kept[1] == pytest.approx(0.4, abs=0.01)
    assert kept[0] == pytest.approx(0.99, abs=0.01)


def test_arrivals_by_appointment_stay_even_and_chance_stays_chance() -> None:
    even = np.concatenate([168.0 * week + np.arange(0, 40, 2.0) for week in range(20)])
    assert unevenness(even, 168.0 * 20) == 0.0
    luck = np.sort(np.random.default_rng(1).random(2000) * 168.0 * 40)
    assert unevenness(luck, 168.0 * 40) > 0.6
    rng = np.random.default_rng(2)
    donor, moved = weekly_moves(even, np.ones(even.size), (3360.0, 3360.0 + 168.0 * 4 - 0.5), 80, 0.0, rng)
    begins = even[donor] + moved
    assert np.bincount(((begins - 3360.0) // 168).astype(int)).tolist() == [20, 20, 20, 20]
    assert set(begins % 168) == set(np.arange(0, 40, 2.0))


@settings(max_examples=30, deadline=None)
@given(
    begin=st.floats(400.0, 900.0), length=st.floats(0.0, 700.0), uneven=st.sampled_from([0.0, 0.5, 1.0]),
    seed=st.integers(0, 9),
)  # fmt: skip
@example(begin=446.5, length=167.75, uneven=0.0, seed=3)  # a quarter of an hour short of a week
def test_moved_cases_begin_in_the_window(begin: float, length: float, uneven: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    arrival = rng.random(60) * 400.0
    donor, moved = weekly_moves(arrival, rng.random(60), (begin, begin + length), 50, uneven, rng)
    begins = arrival[donor] + moved
    assert begins.min() >= begin - 1e-9
    assert begins.max() <= begin + length + 1e-9


def test_a_large_log_is_chosen_by_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample holds about as many events as allowed, whole cases, and as many fewer cases to come."""
    monkeypatch.setattr(forecast, "_MOST_EVENTS", LOG.case.size // 3)
    sample, situation = forecast._thinned(LOG, Situation(1500.0, 2000.0, 1900.0, 30), 0)
    assert 0.2 < sample.case.size / LOG.case.size < 0.5
    assert situation.cases == 10
    labels = dict(zip(LOG.case_labels, np.diff(LOG.offsets), strict=True))
    assert all(labels[label] == size for label, size in zip(sample.case_labels, np.diff(sample.offsets), strict=True))
