"""Waits that hang together within an item are said, independent ones are not."""

from __future__ import annotations

import numpy as np
import pytest

from longwall.discovery import discover
from longwall.discovery.dependence import Dependence, dependence_of
from longwall.discovery.flow import functions_of
from longwall.discovery.traces import traces_of

from .conftest import Row, build

STEPS = ("look", "ask", "think", "solve", "close")


def desk(kind: str) -> list[Row]:
    """A quarter of the waits are ten hours, else a minute; `items`: all of every fourth item; `hands`: on a change."""
    rng = np.random.default_rng(4)
    rows: list[Row] = []
    for case in range(300):
        at, person = 20.0 * case, int(rng.integers(7))
        slow = case % 4 == 0
        for place, step in enumerate(STEPS):
            long = slow if kind == "items" else rng.random() < 0.25
            if kind == "hands":
                long = slow and rng.random() < 0.9
                person = (person + 1) % 7 if long else person
            at += (10.0 if long else 1 / 60) if place else 0.0
            rows.append((case, step, f"p{person}", None, at, at))
    return rows


def dealt(kind: str) -> Dependence:
    log = build(desk(kind))
    found = dependence_of(log, traces_of(log), functions_of(log).of_event, seed=0)
    assert found is not None
    return found


def test_waits_that_hang_together_are_said() -> None:
    """Three of four items take four minutes; with waits dealt out, 68% have a long one: 1 - .75 ** 4."""
    found = dealt("items")
    assert found.median_h == pytest.approx(4 / 60)
    assert found.dealt_h == pytest.approx(10 + 3 / 60)
    assert "changing hands" not in found.sentence()
    model = discover(build(desk("items")), name="Desk", seed=0, overrides={"rounds": 0})
    assert found.sentence() in model.cautions


def test_what_changing_hands_explains_is_said() -> None:
    found = dealt("hands")
    assert found.kept_h == pytest.approx(found.median_h)
    assert "changing hands takes the time" in found.sentence()


def test_independent_waits_are_no_matter() -> None:
    found = dealt("none")
    assert not found.matters
    assert found.sentence() == ""
