"""The five distances against values worked out on paper, and against the definitions by the slow way."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from longwall.discovery import Trace, distances


def trace(rows: list[tuple[int, int, float, float]]) -> Trace:
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return Trace(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2], table[:, 3])


def test_paper() -> None:
    one = trace([(0, 0, 9.0, 10.0), (0, 1, 10.0, 12.0)])
    two = trace([(0, 0, 9.0, 10.0), (0, 2, 10.0, 14.0)])
    found = distances(one, two)
    # 3-grams of two events: --A, -AB, AB-, B--: three of four differ on each side.
    assert found[0] == pytest.approx(6 / 8)
    # Times 9 10 10 12 against 9 10 10 14: one of four moves two hours.
    assert found[1] == pytest.approx(0.5)
    assert found[2] == pytest.approx(0.5 / 7)
    assert found[3] == pytest.approx(0.5)
    assert found[4] == pytest.approx(2.0)
    assert distances(one, one).tolist() == [0.0] * 5


def test_a_weekday_that_only_one_log_has_costs_twenty_three() -> None:
    one = trace([(0, 0, 9.0, 9.0)])
    two = trace([(0, 0, 33.0, 33.0)])
    assert distances(one, two)[2] == pytest.approx(2 * 23 / 7)


def slow(one: Trace, two: Trace) -> list[float]:
    """The definitions, event by event."""

    def grams(log: Trace) -> Counter[tuple[int, ...]]:
        found: Counter[tuple[int, ...]] = Counter()
        for case in np.unique(log.case):
            rows = np.flatnonzero(log.case == case)
            rows = rows[np.lexsort((log.end_h[rows], log.start_h[rows]))]
            line = [-1, -1, *log.activity[rows].tolist(), -1, -1]
            found.update(tuple(line[k : k + 3]) for k in range(len(line) - 2))
        return found

    a, b = grams(one), grams(two)
    ngd = sum(abs(a[key] - b[key]) for key in a | b) / (a.total() + b.total())
    zero = np.floor(min(one.start_h.min(), two.start_h.min()))
    times = [np.concatenate([log.start_h, log.end_h]) for log in (one, two)]
    aed = wasserstein_distance(*(np.floor(t - zero) for t in times))
    ced = 0.0
    for day in range(7):
        x, y = (np.floor(t[np.floor(t / 24) % 7 == day] % 24) for t in times)
        ced += wasserstein_distance(x, y) if x.size and y.size else 23.0 * bool(x.size or y.size)
    relative, cycle = [], []
    for log in (one, two):
        begin = {c: log.start_h[log.case == c].min() for c in np.unique(log.case)}
        shift = np.array([begin[c] for c in log.case])
        relative.append(np.floor(np.round(np.concatenate([log.start_h - shift, log.end_h - shift]), 9)))
        cycle.append(np.array([log.end_h[log.case == c].max() - begin[c] for c in begin]))
    least = min(cycle[0].min(), cycle[1].min())
    ctd = wasserstein_distance(*(np.floor(np.round(c - least, 9)) for c in cycle))
    return [ngd, aed, ced / 7, wasserstein_distance(*relative), ctd]


QUARTERS = st.integers(0, 4 * 24 * 20).map(lambda n: n / 4)
EVENT = st.tuples(st.integers(0, 4), st.integers(0, 3), QUARTERS, st.integers(0, 40).map(lambda n: n / 4))


@settings(max_examples=40, deadline=None)
@given(st.lists(EVENT, min_size=1, max_size=25), st.lists(EVENT, min_size=1, max_size=25))
def test_the_definitions(
    first: list[tuple[int, int, float, float]], second: list[tuple[int, int, float, float]]
) -> None:
    one, two = (trace([(c, a, s, s + d) for c, a, s, d in rows]) for rows in (first, second))
    assert distances(one, two) == pytest.approx(slow(one, two), abs=1e-9)
    assert distances(two, one) == pytest.approx(distances(one, two), abs=1e-9)
    renamed = Trace(one.case * 7 + 3, one.activity, one.start_h, one.end_h)
    assert distances(renamed, two) == pytest.approx(distances(one, two), abs=1e-12)
