"""The forecast of held-out weeks sees nothing after the cut, repeats bit for bit, and counts what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from longwall import streams
from longwall.discovery import Choice, Forecaster, Situation, choose, hold_out, last_period_again, split_by_start
from longwall.discovery.traces import before
from longwall.evidence import Log

from .conftest import build, steps


def weekly(cases: int, *, seed: int = 5) -> Log:
    """Cases on office hours whose second step comes back half of the time, and takes days."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(cases):
        at = 168.0 * (number // 10) + 24.0 * rng.integers(5) + 8 + 8 * rng.random()
        path = ["A", "B", "C"] if rng.random() < 0.5 else ["A", "B", "A", "B", "C"]
        rows += steps(number, *path, at=at, gap=float(rng.choice([1.0, 24.0, 48.0])))
    return build(rows)


def scrambled(log: Log, cut_h: float) -> Log:
    """The same log with every event after the cut changed: time, activity, person, and whole new cases."""
    after = log.end_h >= cut_h
    rng = np.random.default_rng(1)
    activity, resource = log.activity.copy(), log.resource.copy()
    activity[after] = rng.integers(len(log.activities), size=int(after.sum()))
    resource[after] = -1
    end, start = log.end_h.copy(), log.start_h.copy()
    last = after & np.r_[np.diff(log.case) != 0, True]
    end[last] += 1000.0
    start[after & ~last] = end[after & ~last]
    return replace(log, activity=activity, resource=resource, start_h=start, end_h=end)


@pytest.mark.parametrize("name", ["synthetic", "receipt"])
def test_nothing_after_the_cut_is_seen(real_log: Callable[[str], Log], name: str) -> None:
    log = weekly(400) if name == "synthetic" else real_log(name)
    known, _, situation = split_by_start(log)
    changed = scrambled(log, situation.cut_h)
    assert not np.array_equal(changed.end_h, log.end_h)  # the future differs
    again = before(changed, situation.cut_h)
    for column in ("case", "activity", "resource", "team", "start_h", "end_h", "offsets"):
        assert np.array_equal(getattr(known, column), getattr(again, column)), column
    one, trials = choose(known, situation, seed=3)
    two, other = choose(again, situation, seed=3)
    assert (one, trials) == (two, other)
    for mine, theirs in zip(
        Forecaster(known, situation).draw(one, streams.generator(3, "x")).__dict__.values(),
        Forecaster(again, situation).draw(two, streams.generator(3, "x")).__dict__.values(),
        strict=True,
    ):
        assert np.array_equal(mine, theirs)


def test_a_leak_would_be_seen() -> None:
    """The test above can fail: one event moved from after the cut to before it changes what is known."""
    log = weekly(400)
    known, _, situation = split_by_start(log)
    row = int(np.flatnonzero(log.end_h >= situation.cut_h)[0])
    end, start = log.end_h.copy(), log.start_h.copy()
    end[row] = start[row] = situation.cut_h - 1e-3
    assert before(replace(log, end_h=end, start_h=start), situation.cut_h).case.size != known.case.size


def test_the_same_seed_gives_the_same_bits() -> None:
    log = weekly(150)
    assert hold_out(log, seed=0).model_dump_json() == hold_out(log, seed=0).model_dump_json()
    assert hold_out(log, seed=0).distances != hold_out(log, seed=1).distances


@pytest.mark.parametrize(
    "choice", [Choice(), Choice("hyperbolic", 0.5), Choice("half-life 1/8", 0.0), Choice(again=True)]
)
@pytest.mark.parametrize("finished_only", [False, True])
def test_what_a_drawn_log_holds(choice: Choice, finished_only: bool) -> None:
    known, _, situation = split_by_start(weekly(400))
    situation = replace(situation, finished_only=finished_only)
    drawn = Forecaster(known, situation).draw(choice, streams.generator(0, "draw"))
    if not choice.again:
        assert np.unique(drawn.case).size == situation.cases
        assert drawn.start_h.min() >= situation.cut_h
        first = np.array([drawn.start_h[drawn.case == case].min() for case in np.unique(drawn.case)])
        assert first.max() <= situation.arrivals_until_h
    assert drawn.end_h.max() <= situation.until_h
    assert set(np.unique(drawn.activity)) <= {0, 1, 2}


def test_whole_cases_are_cases_of_the_log() -> None:
    log = weekly(400)
    known, _, situation = split_by_start(log)
    situation = replace(situation, until_h=situation.until_h + 1e5)  # no edge
    drawn = Forecaster(known, situation).draw(Choice(), streams.generator(0, "draw"))
    paths = {tuple(drawn.activity[drawn.case == case]) for case in np.unique(drawn.case)}
    assert paths <= {(0, 1, 2), (0, 1, 0, 1, 2)}
    hour = np.floor(drawn.end_h % 168)
    assert set(hour[drawn.activity == 0]) <= set(np.floor(log.end_h[log.activity == 0] % 168))


def test_a_cut_off_case_goes_on_in_another_one() -> None:
    """Cases are seen for three days only, although the step after takes five: the forecast takes five as well."""
    rows = [row for n in range(60) for row in steps(n, "A", "B", at=24.0 * n, gap=120.0)]
    log = build(rows)
    cut = 24.0 * 60
    known = before(log, cut)
    situation = Situation(cut, cut + 5000.0, cut + 1000.0, 200)
    drawn = Forecaster(known, situation).draw(Choice(), streams.generator(0, "draw"))
    # Five of sixty donors had not come to B when the log was cut: copied as they are, 17 of 200 cases would end with A.
    short = sum(int((drawn.case == case).sum()) == 1 for case in np.unique(drawn.case))
    assert short <= 6


def test_control_is_the_last_period_moved() -> None:
    known, _, situation = split_by_start(weekly(400))
    weeks = np.ceil((situation.until_h - situation.cut_h) / 168)
    drawn = last_period_again(known, situation, streams.generator(0, "control"))
    assert set(np.round(drawn.end_h - weeks * 168, 6)) <= set(np.round(known.end_h, 6))


def test_a_stable_log_is_forecast_well() -> None:
    held = hold_out(weekly(600), seed=0)
    by = {indicator.id: indicator for indicator in held.indicators}
    assert held.withheld == ""
    assert by["cases_per_week"].hit
    assert by["lead_time_h"].miss <= 0.2 * by["lead_time_h"].observed
    assert all(indicator.low <= indicator.expected <= indicator.high for indicator in held.indicators)
    assert all(
        indicator.hit == (indicator.low <= indicator.observed <= indicator.high) for indicator in held.indicators
    )


def test_too_little_is_withheld() -> None:
    assert "too few" in hold_out(weekly(30), seed=0).withheld
