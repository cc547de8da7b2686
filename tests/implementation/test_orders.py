"""Large orders: planted problems whose best order is known, rules that must be beaten, walks that repeat themselves."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from longwall.implementation import schedule
from longwall.implementation.arrays import arrays_of
from longwall.implementation.bounds import lower_bound
from longwall.implementation.decode import anneal, decode, improve
from longwall.implementation.known_orders import planted
from longwall.implementation.priority import RULES, by_rules, order_by
from longwall.implementation.schedule import solve
from longwall.implementation.tasks import objective


@pytest.mark.parametrize("seed", range(4))
def test_no_list_beats_a_planted_order(seed: int) -> None:
    """Fails when the blocks are not filled, or weights do not fall with the worth of a person-week."""
    small = planted(seed, increments=6, pairs=3, roles=2, block_weeks=4, per_block=3)
    arrays = arrays_of(small.tasks, small.terms)
    found = []
    for order in permutations(range(len(small.tasks))):
        place = np.argsort(order)
        if all(place[small.tasks.index(_task(small, a))] < place[small.tasks.index(_task(small, b))]
               for a, b in small.terms.pairs):  # fmt: skip
            start = decode(arrays, np.array(order))
            assert start is not None
            found.append(objective(small.tasks, dict(zip(small.start, start.tolist(), strict=True)))[0])
    assert min(found) == small.best == pytest.approx(small.bound)
    assert lower_bound(small.tasks, small.terms) <= small.best + 1e-6


def _task(problem, name):
    return next(task for task in problem.tasks if task.id == name)


def test_a_large_planted_order_is_as_said() -> None:
    large = planted(3)
    assert (len(large.tasks), len(large.terms.pairs), len(large.terms.people_load)) == (200, 300, 4)
    assert large.best == pytest.approx(large.bound) and large.best == objective(large.tasks, large.start)[0]
    ends = {task.id: large.start[task.id] + task.weeks for task in large.tasks}
    assert all(large.start[after] >= ends[before] for before, after in large.terms.pairs)
    arrays = arrays_of(large.tasks, large.terms)
    again = decode(arrays, arrays.listed([large.start[task.id] for task in large.tasks]))
    assert again is not None and again.tolist() == list(large.start.values())
    assert lower_bound(large.tasks, large.terms) <= large.best


def test_rules_give_orders_that_hold_and_the_walk_only_improves_them() -> None:
    problem = planted(1, increments=60, pairs=60, per_block=20)
    rules = by_rules(problem.tasks, problem.terms)
    assert set(rules) == set(RULES)
    values = [objective(problem.tasks, start) for start in rules.values()]
    assert values == sorted(values) and values[0][0] >= problem.best
    arrays = arrays_of(problem.tasks, problem.terms)
    first = order_by(arrays, RULES["weighted least work"](arrays))
    walked = anneal(arrays, first, seed=5, steps=4000)
    assert sorted(walked.tolist()) == list(range(60)) and np.array_equal(
        walked, anneal(arrays, first, seed=5, steps=4000)
    )
    place = np.argsort(walked)
    names = {task.id: row for row, task in enumerate(problem.tasks)}
    assert all(place[names[before]] < place[names[after]] for before, after in problem.terms.pairs)
    start = decode(arrays, walked)
    assert start is not None
    value = objective(problem.tasks, dict(zip(names, start.tolist(), strict=True)))
    assert problem.best <= value[0] < values[0][0]


def test_windows_improve_what_one_walk_leaves() -> None:
    """Fails when windows shift nothing, or the best order met is not kept."""
    problem = planted(1, increments=120, pairs=120, per_block=20)
    arrays = arrays_of(problem.tasks, problem.terms)
    first = order_by(arrays, RULES["weighted least work"](arrays))
    found = [improve(arrays, first, seed=5, steps=2000, window_steps=steps) for steps in (0, 3000, 3000)]
    assert np.array_equal(found[1], found[2]) and sorted(found[1].tolist()) == list(range(120))

    def value(order: np.ndarray) -> int:
        start = decode(arrays, order)
        assert start is not None
        names = [task.id for task in problem.tasks]
        return objective(problem.tasks, dict(zip(names, start.tolist(), strict=True)))[0]

    assert problem.best <= value(found[1]) < value(found[0]) < value(first)


def test_windows_keep_room_for_what_comes_later() -> None:
    """Fails when a window's order is taken although the rest no longer ends in time."""
    problem = planted(2, increments=90, pairs=40, per_block=15)
    names = [task.id for task in problem.tasks]
    last = max(problem.start[task.id] + task.weeks for task in problem.tasks)
    tight = arrays_of(problem.tasks, replace(problem.terms, finish_by=last))
    first = tight.listed([problem.start[name] for name in names])
    assert decode(tight, improve(tight, first, seed=1, steps=200, window_steps=500)) is not None


def test_a_middling_plan_is_never_worse_than_the_best_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_EFFORT", 0.2)
    monkeypatch.setattr(schedule, "_STEPS_PER_TASK", 100)
    problem = planted(2, increments=18, pairs=12, roles=2, block_weeks=6, per_block=6)
    found = solve(problem.tasks, problem.terms, seed=1)
    assert found is not None and found == solve(problem.tasks, problem.terms, seed=1)
    best, _ = objective(problem.tasks, next(iter(by_rules(problem.tasks, problem.terms).values())))
    value, _ = objective(problem.tasks, found.start)
    assert problem.best <= value <= best
    assert value * (1 - found.gap) <= problem.best * (1 + 1e-6)
