"""Simulated logs: as many cases as asked for, inside the window, roles instead of people, blind after the cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.discovery import Choice, Situation, forecast_log
from longwall.discovery.log_forecast import roles_of_events
from longwall.discovery.traces import before
from longwall.errors import DiscoveryError

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
