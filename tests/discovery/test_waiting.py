"""Waiting taken apart: planted queues, closed doors and delays are told from one another where starts are logged."""

from __future__ import annotations

import numpy as np
import pytest

from longwall.discovery import discover
from longwall.discovery.assemble import _parts
from longwall.discovery.waiting import KINDS
from longwall.evidence import Log

from .conftest import Row, build


def office(people: int, delay_h: float, *, cases: int = 600, seed: int = 1) -> list[Row]:
    """A clerk opens at the counter; the back office works half an hour, first come first served, Monday to Friday."""
    rng = np.random.default_rng(seed)
    free = np.zeros(people)
    rows: list[Row] = []
    opened = np.sort(168.0 * rng.integers(0, 12, cases) + 24.0 * rng.integers(0, 5, cases) + 8 + 6 * rng.random(cases))
    for case, at in enumerate(opened):
        rows.append((case, "open", f"c{case % 6}", "counter", at, at + 0.1))
        who = int(free.argmin())
        begin = in_hours(max(free[who], in_hours(at + 0.1 + delay_h * rng.exponential())))
        free[who] = begin + 0.5
        rows.append((case, "work", f"b{who}", "back", begin, begin + 0.5))
    return rows


def in_hours(time_h: float) -> float:
    """The next moment at which half an hour of work still fits into the day."""
    while time_h % 168 >= 120 or not 8 <= time_h % 24 <= 15.5:
        time_h = (
            (np.floor(time_h / 24) + (time_h % 24 > 15.5)) * 24 + 8
            if time_h % 168 < 120
            else 168 * (time_h // 168 + 1) + 8
        )
    return float(time_h)


def parts_of(log: Log) -> dict[str, float]:
    parts = _parts(log, 0, None, lambda share, text: None)
    return dict(zip(KINDS, parts.waiting.share[parts.functions.names.index("work")], strict=True))


def test_queues_are_queueing() -> None:
    """Six people, 50 items of half an hour a week that come in bursts: nothing but queues and nights."""
    share = parts_of(build(office(6, 0.0, cases=2600)))
    assert share["extraneous"] < 0.1
    assert share["queueing"] > 0.2


def test_delays_with_idle_people_are_extraneous() -> None:
    share = parts_of(build(office(6, 3.0, cases=240)))
    assert share["extraneous"] > 0.2  # what of three hours runs on into the night is calendar
    assert share["queueing"] < 0.1
    assert sum(share.values()) == pytest.approx(1.0, abs=1e-9)


def test_parts_stand_in_the_model_with_intervals_and_not_without_starts() -> None:
    rows = office(6, 3.0, cases=240)
    found = discover(build(rows), name="Office", seed=0, overrides={"rounds": 1})
    line = found.provenance["work.functions.work.delay_h"]
    assert all(kind in line for kind in KINDS)
    assert " to " in line
    ends = discover(
        build([(c, a, p, t, e, e) for c, a, p, t, _, e in rows], starts=False),
        name="O",
        seed=0,
        overrides={"rounds": 1},
    )
    assert "queueing" not in ends.provenance["work.functions.work.delay_h"]
