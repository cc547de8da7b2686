"""Every number that discovery sets has an interval that holds it, a footing, a source and a line."""

from __future__ import annotations

import numpy as np

from longwall.discovery import Discovered, discover, numbers_of
from longwall.discovery.durations import quantile_interval
from longwall.worksystem import Parameter

from .conftest import build
from .test_demand import tickets


def assert_founded(found: Discovered) -> int:
    """Walk the system; return how many numbers there are."""
    seen = set()
    for path, number in numbers_of(found.system):
        assert path not in seen
        seen.add(path)
        if isinstance(number, Parameter):
            value, low, high = number.value, number.low, number.high
        else:
            value, low, high = number.mean_h, number.low_h, number.high_h
        assert low is not None, path
        assert high is not None, path
        assert low <= value <= high, path
        assert number.source, path
        assert number.footing in ("counted", "fitted", "assumed")
        assert number.footing in found.provenance[path], path
    for role in found.system.social.roles:
        assert f"social.roles.{role.id}.shifts" in found.provenance
    for demand in found.system.work.demand:
        assert f"work.demand.{demand.id}.profile" in found.provenance
    return len(seen)


def test_every_number_of_a_small_log_with_classes_is_founded() -> None:
    rows, kind, _ = tickets(classed=True, cases=150)
    found = discover(build(rows, attribute=kind), name="Small", seed=0, overrides={"rounds": 1})
    assert {demand.id for demand in found.system.work.demand} == {"easy", "hard"}
    assert_founded(found)


def test_a_quantile_lies_in_its_interval_as_often_as_said() -> None:
    rng = np.random.default_rng(7)
    truth = -np.log(0.1)
    hits = 0
    for _ in range(400):
        low, high = quantile_interval(rng.exponential(size=80), 0.9)
        hits += low <= truth <= high
    # Binomial, 95% of 400 within four standard errors; order statistics are a little wide or narrow at 80 values.
    assert 0.90 * 400 <= hits <= 0.99 * 400
