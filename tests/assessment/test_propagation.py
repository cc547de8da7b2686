from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from longwall.assessment import Learned, Occurrences, learn
from longwall.assessment.matrix.lift import lift_of
from longwall.assessment.matrix.panel import panel_of


def learned(world: object, n_kinds: int = 10, **options: float) -> Learned:
    w = world
    return learn(Occurrences(w.case, w.step, w.kind, w.case_steps, w.stratum, n_kinds), **options)  # type: ignore[attr-defined,arg-type]


def f1(found: np.ndarray, truth: np.ndarray) -> float:
    return float(2 * (found & truth).sum() / (found.sum() + truth.sum()))


def test_planted_effects_are_found_and_measured(planted: ModuleType) -> None:
    p = planted.planted_effects(np.random.default_rng(1))
    world = planted.traces(1, 5000, p)
    result = learned(world)
    truth = p > 0
    assert f1(result.claimed, truth) >= 0.95
    bias = (result.p - world.landed)[truth] / world.landed[truth]
    assert abs(bias.mean()) <= 0.1
    inside = (result.low <= world.landed) & (world.landed <= result.high)
    assert inside[truth].mean() >= 0.7
    assert result.directed[truth & result.claimed].mean() >= 0.8
    # The naive lift, which the estimator corrects, claims nearly everything here: cases share their difficulty.
    assert naive_claims(world) - truth.sum() >= 20


def naive_claims(world: object) -> int:
    w = world
    n = w.case_steps.size  # type: ignore[attr-defined]
    has = np.zeros((n, 10))
    has[w.case, w.kind] = 1  # type: ignore[attr-defined]
    both, alone = has.T @ has / n, has.mean(axis=0)
    z = (both - np.outer(alone, alone)) / np.sqrt(np.outer(alone * (1 - alone), alone * (1 - alone)) / n)
    np.fill_diagonal(z, 0)
    return int((z > 3).sum())


@pytest.mark.parametrize("frailty", [0.0, 0.5])
def test_with_nothing_planted_nothing_is_claimed(planted: ModuleType, frailty: float) -> None:
    claims = 0
    for seed in range(5):
        world = planted.traces(500 + seed, 800, frailty=frailty)
        claims += bool(learned(world).claimed.any())
    assert claims <= 1
    if frailty:
        assert naive_claims(world) > 20


def test_a_hidden_delayed_cause_is_claimed_with_the_warning(planted: ModuleType) -> None:
    """It cannot be told from an effect: the claim must say how strong a hidden cause would explain it away."""
    result = learned(planted.traces(5, 3000, shock=(0, 5, 0.02)))
    assert result.claimed[0, 5]
    assert 1 < result.explained_away_by[0, 5] < 50
    assert np.isnan(result.explained_away_by[~result.claimed]).all()


def test_names_of_kinds_change_nothing(planted: ModuleType) -> None:
    world = planted.traces(3, 800, planted.planted_effects(np.random.default_rng(3)))
    order = np.random.default_rng(0).permutation(10)
    plain = learned(world)
    world.kind = order[world.kind]
    moved = learned(world)
    assert moved.p[np.ix_(order, order)] == pytest.approx(plain.p, rel=1e-6, abs=1e-9, nan_ok=True)
    assert (moved.claimed[np.ix_(order, order)] == plain.claimed).all()


def test_a_shared_cause_without_delay_shows_no_direction() -> None:
    """Two kinds that come in bursts together, in either order: associated at most, but for one log in twenty."""
    shown = claimed = 0
    for seed in range(8):
        luck = np.random.default_rng(seed)
        rows = []
        for case in range(1500):
            if luck.random() < 0.4:
                burst = luck.integers(3, 9)
                rows += [(case, int(burst + luck.integers(0, 4)), kind) for kind in (0, 1) if luck.random() < 0.9]
            rows += [(case, int(luck.integers(0, 16)), 2) for _ in range(luck.poisson(0.3))]
        case, step, kind = np.array(sorted(set(rows))).T
        result = learn(Occurrences(case, step, kind, np.full(1500, 16), np.zeros(1500, dtype=np.int64), 3))
        claimed += bool(result.claimed[0, 1])
        shown += bool(result.directed.any())
    assert claimed >= 7, "nothing is claimed, so nothing is graded"
    assert shown <= 2


def test_too_few_occurrences_say_nothing_and_how_many_cases_it_takes() -> None:
    case = np.arange(20)
    data = Occurrences(
        case, np.full(20, 1), np.zeros(20, dtype=np.int64), np.full(400, 6), np.zeros(400, dtype=np.int64), 2
    )
    result = learn(data)
    assert np.isnan(result.p).all()
    assert not result.claimed.any()
    assert result.needed_cases[0] == pytest.approx(1000)


def test_a_floor_keeps_small_effects_out(planted: ModuleType) -> None:
    p = np.zeros((10, 10))
    p[0, 1] = 0.3
    world = planted.traces(2, 2000, p)
    assert learned(world).claimed[0, 1]
    assert not learned(world, floor=0.5).claimed.any()


def test_lift_agrees_with_a_loop_over_cases(planted: ModuleType) -> None:
    """A second implementation of the naive lift and of Mantel-Haenszel, case by case."""
    world = planted.traces(4, 120, planted.planted_effects(np.random.default_rng(4)))
    data = Occurrences(world.case, world.step, world.kind, world.case_steps, world.stratum, 10)
    panel = panel_of(data)
    found = lift_of(panel, data)
    happened = np.zeros((data.case_steps.size, 70, 10), dtype=bool)
    happened[data.case, data.step, data.kind] = True
    i, j = 2, 7
    table: dict[int, np.ndarray] = {}
    steps, row, plain = 0, 0, np.zeros(4)
    for case, length in enumerate(data.case_steps):
        for t in range(length):
            exposed, event = happened[case, max(0, t - 6) : t, i].any(), happened[case, t, j]
            entry = table.setdefault(int(panel.cell[row]), np.zeros((2, 2)))
            entry[int(exposed), int(event)] += 1
            plain += [exposed and event, exposed, event, 1]
            steps += min(6, length - 1 - t) if happened[case, t, i] else 0
            row += 1
    per_source = steps / (data.kind == i).sum()
    assert found.naive[i, j] == pytest.approx((plain[0] / plain[1] - plain[2] / plain[3]) * per_source)
    both = [e for e in table.values() if e.sum(axis=1).all()]
    top = sum((e[1, 1] * e[0].sum() - e[0, 1] * e[1].sum()) / e.sum() for e in both)
    below = sum(e[0].sum() * e[1].sum() / e.sum() for e in both)
    assert found.stratified[i, j] == pytest.approx(top / below * per_source)
    assert found.low[i, j] < found.stratified[i, j] < found.high[i, j]


def test_what_cannot_be_told_says_how_many_cases_it_takes(planted: ModuleType) -> None:
    """Fails when the number does not fall as the interval narrows: four times the cases, about the same need."""
    few, many = (learned(planted.traces(11, cases)) for cases in (300, 1200))
    open_few = (few.needed > 0) & np.isfinite(few.p)
    assert open_few.mean() > 0.3
    assert (few.needed[open_few] >= 300).all()
    assert (many.needed > 0).sum() < (few.needed > 0).sum()
    both = open_few & (many.needed > 0) & np.isfinite(many.p)
    assert 0.5 <= np.median(many.needed[both] / few.needed[both]) <= 4
