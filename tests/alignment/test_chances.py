"""Chance constraints: the interval of a share of periods, and what it bars."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from longwall.alignment import Budget, Chance, load_objectives, read_objectives, search
from longwall.alignment.chances import Held, Per, held, share_of_periods
from longwall.alignment.exploring.archive import Archive
from longwall.alignment.judging import Confirmed, aimed, helped, merge, nearest
from longwall.alignment.known.stations import Stations
from longwall.alignment.objectives import Ledger, Scales
from longwall.alignment.simulated import Simulated
from longwall.alignment.space import Space
from longwall.alignment.trials import Sample, Trials
from longwall.errors import AlignmentError, LongwallError, WorkSystemError
from longwall.stats import share_interval
from longwall.worksystem import Estimate, Forecast, WorkSystem, apply

TINY = Budget(search=60, frozen=5, fresh=30, effect=8, draws=3, draw_replications=2)


def test_independent_periods_give_wilsons_interval() -> None:
    """One period a run: the effective number is the number of runs, but for n / (n - 1)."""
    kept = np.repeat([1.0, 0.0], [180, 20])[:, None]
    _, low, high = share_of_periods(kept, level=0.975)
    assert (low, high) == pytest.approx(share_interval(180, 200, 0.95), abs=2e-3)


def test_days_that_go_together_count_as_one() -> None:
    """Each run is all good or all bad: forty days of each tell no more than one."""
    runs = np.repeat([1.0, 0.0], [27, 3])[:, None]
    alone, together = share_of_periods(runs), share_of_periods(np.repeat(runs, 40, axis=1))
    assert together == pytest.approx(alone)
    rng = np.random.default_rng(3)
    mixed = share_of_periods((rng.random((30, 40)) < 0.9).astype(float))
    assert mixed[2] - mixed[1] < 0.4 * (alone[2] - alone[1])


def test_bounds_cover_one_sided() -> None:
    """A lower 95% bound lies below the truth in about 95 of 100: days of a run share half of their luck."""
    rng = np.random.default_rng(8)
    z = 1.2815515655446004  # 90% of all days are kept
    below = above = 0
    for _ in range(400):
        luck = math.sqrt(0.5) * rng.normal(size=(40, 1)) + math.sqrt(0.5) * rng.normal(size=(40, 21))
        _, low, high = share_of_periods((luck < z).astype(float))
        below += low <= 0.9
        above += high >= 0.9
    assert 0.92 <= below / 400 <= 0.99 and 0.91 <= above / 400 <= 0.99


@given(st.integers(1, 60), st.integers(1, 30))
def test_nothing_but_good_days_is_not_certainty(runs: int, days: int) -> None:
    share, low, high = share_of_periods(np.ones((runs, days)))
    assert (share, high) == (1.0, 1.0) and low**runs == pytest.approx(0.05)
    none = share_of_periods(np.zeros((runs, days)))
    assert none == pytest.approx((0.0, 0.0, 1.0 - low))


def test_a_day_without_items_says_nothing() -> None:
    kept = Chance(id="c", at_most=0.1).kept(np.array([[0.0, 0.1, 0.11, np.nan]]))
    assert np.array_equal(kept, [[1.0, 1.0, 0.0, np.nan]], equal_nan=True)
    assert held(Chance(id="c", at_most=0.1), "d", np.full((3, 2), np.nan), compared=2).verdict == "not shown"


class Daily(Stations):
    """Stations whose days depend on the crew of the first: four people keep two days in three, five 99%."""

    def periods(
        self, system: WorkSystem, *, indicator: str, scope: str, per: Per, seed: int, replications: int
    ) -> NDArray[np.float64]:
        good = 0.66 if system.roles["crew-s0"].head_count == 4 else 0.99
        bad = np.random.default_rng(seed).random((replications, 60)) > good
        return np.asarray(bad, dtype=np.float64)


def test_a_design_that_is_not_shown_to_hold_is_named_and_not_recommended() -> None:
    stations = Daily()
    changes = [one for one in stations.interventions if one.id in ("staff.s0.1", "staff.s1.1", "staff.s2.1")]
    own = load_objectives().model_copy(update={"chances": (Chance(id="days", at_most=0.5, probability=0.95),)})
    plain, asked = (
        search(stations.system, changes, seed=6, simulator=stations, budget=TINY, objectives=one, threads=1)
        for one in (None, own)
    )
    by = {one.design: one for one in asked.held}
    more = {design.id for design in asked.designs if "staff.s0.1" in design.interventions}
    assert plain.held == () and set(by) == {"today", *(design.id for design in asked.designs)}
    assert more and {name for name, one in by.items() if one.verdict == "holds"} == more
    assert all(one.verdict == "fails" and 0.5 < one.share.value < 0.8 for name, one in by.items() if name not in more)
    assert asked.recommended in more
    assert any("not shown to hold days" in text for text in asked.cautions)
    none = [one for one in changes if one.id != "staff.s0.1"]
    left = search(stations.system, none, seed=6, simulator=stations, budget=TINY, objectives=own, threads=1)
    (said,) = [text for text in left.cautions if "no design that was found holds" in text]
    near = next(one for one in left.held if one.design == left.nearest)
    assert left.recommended == "today" and asked.nearest is None and plain.nearest is None
    assert f"nearest comes {left.nearest}: it keeps days in {near.share.value:.1%}" in said
    assert f"It would hold what asks for {int(100 * near.share.low)}% for days" in said
    with pytest.raises(AlignmentError, match="LW-AL-057"):
        search(stations.system, none, seed=6, simulator=Stations(), budget=TINY, objectives=own, threads=1)


def one_held(share: float, asked: float = 0.95) -> Held:
    """A share whose bounds lie .02 beside it."""
    low, high = share - 0.02, min(share + 0.02, 1.0)
    verdict = "holds" if low >= asked else "fails"
    estimate = Estimate(value=share, low=low, high=high, footing="assumed")
    return Held(design="d", chance="c", share=estimate, asked=asked, verdict=verdict, statement="")


def test_the_nearest_is_whose_worst_shortfall_is_smallest() -> None:
    """Today does not count, the cheapest of equals is taken, and where one design holds nothing is near."""
    today = (one_held(0.94), one_held(0.94))
    rows = (today, (one_held(0.99), one_held(0.5)), (one_held(0.8), one_held(0.8)), (one_held(0.8), one_held(0.9)))
    assert nearest(rows, [0.0, 1.0, 5.0, 4.0]) == 3
    assert nearest(rows, [0.0, 1.0, 3.0, 4.0]) == 2
    assert nearest((*rows, (one_held(0.99), one_held(0.98))), [0.0] * 5) is None
    assert nearest((today,), [0.0]) is None and nearest(((), ()), [0.0, 1.0]) is None


def test_a_design_that_holds_is_never_merged_into_one_that_does_not() -> None:
    """Two designs with the same losses; the dearer one holds."""
    sample = Sample((), np.zeros((4, 0)))
    forecast = Forecast(id="f", design="d", weeks=1, replications=4, seed=0, indicators=(), system_hash="h")
    losses = np.repeat(np.array([[[0.0, 0.0]], [[-0.2, 0.0]], [[-0.2, 0.0]]]), 4, axis=1)
    costs = np.array([[0.0] * 3, [1.0] * 3, [2.0] * 3])
    confirmed = Confirmed(((), ("a",), ("b",)), (sample,) * 3, (forecast,) * 3, losses, costs)
    none, own = np.zeros(3, dtype=np.bool_), load_objectives()
    assert merge(confirmed, frozenset(), none, own) == ([0, 1], {2: 1})
    assert merge(confirmed, frozenset(), none, own, holds=np.array([False, False, True])) == ([0, 1, 2], {})
    assert merge(confirmed, frozenset(), none, own, holds=np.array([False, True, True])) == ([0, 1], {2: 1})


def test_what_helped_is_found_and_stacked() -> None:
    """Each change was tried alone and none together: the stack of all that helps is tried, and picked where it holds.

    Fails when the archive's front alone is frozen: the stack is in nobody's front, as money is dear and the indicator
    weighs nothing.
    """
    stations = Daily()
    changes = [one for one in stations.interventions if one.id.startswith("staff.") and one.id.endswith(".1")]
    chance = Chance(id="weeks", indicator="lead_time_h", per="week", at_most=0.5, probability=0.95)
    own = load_objectives()
    trials = Trials(stations.system, changes, stations, apply, seed=6, threads=1)
    singles = [(one.id,) for one in changes]
    trials.try_all([((), 1), *((design, 1) for design in singles)])
    archive = Archive(trials, Scales(own, trials.sample(())), Ledger(changes, 52.0), Space(changes))
    row = next(at for at, key in enumerate(trials.sample(()).keys) if key.id == "lead_time_h")
    effects = helped(archive, row, chance)
    gaps = {
        one.id: np.nanmean(trials.sample((one.id,)).values[:, row] - trials.sample(()).values[:, row])
        for one in changes
    }
    for name, effect in effects.items():
        assert effect == pytest.approx(gaps[name] / 1.5)  # one design and half a design without an effect
    found = aimed(archive, (chance,), seed=6)
    every = tuple(one.id for one in changes if gaps[one.id] < 0.0)
    assert trials.blocks(every) == 1 and len(every) > 1
    assert any("staff.s0.1" in design for design in found)
    assert aimed(archive, (), seed=6) == []


def test_longwalls_own_simulator_shows_days_weeks_and_runs(desk: WorkSystem) -> None:
    simulator = Simulated(3, 1)
    shapes = {
        per: simulator.periods(desk, indicator="late_share", scope="demand:ticket", per=per, seed=2, replications=2)
        for per in ("day", "week", "run")
    }
    assert {per: found.shape for per, found in shapes.items()} == {"day": (2, 21), "week": (2, 3), "run": (2, 1)}
    assert shapes["run"][:, 0].mean() == pytest.approx(np.nanmean(shapes["week"]), abs=0.1)
    for per in ("day", "week"):
        with pytest.raises(AlignmentError, match="LW-AL-057"):
            simulator.periods(desk, indicator="late_share", scope="demand:no", per=per, seed=2, replications=2)


OWN = """technical:
  - {indicator: late_share, weight: 1, least: 0.02}
chances:
  - {id: days, at_most: 0.1}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "objectives.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_studys_objectives_replace_what_they_state(tmp_path: Path) -> None:
    found, shipped = read_objectives(written(tmp_path, OWN)), load_objectives()
    assert [term.indicator for term in found.technical] == ["late_share"]
    assert found.social == shipped.social and found.epsilon == shipped.epsilon
    assert found.chances[0].per == "day" and found.chances[0].probability == 0.95


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        (OWN.replace("late_share", "late_shar"), "LW-AL-055", ":2"),
        (OWN.replace("late_share", "fatigue"), "LW-AL-056", ":2"),
        (OWN.replace("chances:", "  - {indicator: late_share, weight: 2, least: 1}\nchances:"), "LW-AL-055", ":3"),
        (OWN.replace("weight: 1", "weight: 0"), "LW-WS", ":2"),
        (OWN.replace("at_most: 0.1", "probability: 0.9"), "LW-WS", ":4"),
        (OWN.replace("at_most", "indicator: fatigue, at_most"), "LW-WS", ":4"),
        (OWN.replace("technical", "tecnical"), "LW-WS", ":1"),
    ],
)
def test_faults_of_objectives_come_with_their_line(tmp_path: Path, text: str, code: str, where: str) -> None:
    with pytest.raises(LongwallError) as caught:
        read_objectives(written(tmp_path, text))
    assert isinstance(caught.value, (AlignmentError, WorkSystemError))
    fault = caught.value.faults[0]
    assert fault.code.startswith(code) and f"objectives.yaml{where}" in fault.where, fault
