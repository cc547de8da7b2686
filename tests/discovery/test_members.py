"""Spread between members: the variance that was put in, its interval, and nothing of fewer than five."""

from __future__ import annotations

import math

import numpy as np
import pytest

from longwall.discovery import Discovered, discover
from longwall.discovery.members import between_members

from .conftest import Row, build


def test_a_balanced_table_gives_the_textbook_estimate() -> None:
    """Three persons with two values each: means 1, 2, 6; between 14, within 2, so (14 - 2) / 2 = 6."""
    values = np.array([0.0, 2.0, 1.0, 3.0, 5.0, 7.0])
    person = np.array([0, 0, 1, 1, 2, 2])
    found, low, high = between_members(values, person, np.zeros(6, dtype=np.int64))
    assert found == pytest.approx(6.0)
    assert low < found < high


def test_a_constant_of_a_role_is_no_spread_between_its_members() -> None:
    rng = np.random.default_rng(2)
    values, person = rng.normal(size=400), np.repeat(np.arange(20), 20)
    role = person // 10
    one = between_members(values, person, role)
    assert between_members(values + 5.0 * role, person, role) == pytest.approx(one)


@pytest.mark.parametrize("sd", [0.0, 0.3])
def test_the_interval_holds_the_truth_as_often_as_said(sd: float) -> None:
    """400 unbalanced draws; a rate of 95% gives 367 to 392 in all but one case in 500 (one-sided limits at zero)."""
    rng = np.random.default_rng(5)
    hits, sums = 0, 0.0
    sizes = np.array([10, 12, 15, 20, 20, 30, 40, 40, 60, 80])
    person = np.repeat(np.arange(sizes.size), sizes)
    for _ in range(400):
        values = sd * rng.normal(size=sizes.size)[person] + 0.7 * rng.normal(size=person.size)
        found, low, high = between_members(values, person, np.zeros(person.size, dtype=np.int64))
        hits += low <= sd**2 <= high
        sums += found
    assert 360 <= hits <= 398
    if sd:
        assert sums / 400 == pytest.approx(sd**2, rel=0.15)


def desk(people: int, sd: float) -> Discovered:
    rng = np.random.default_rng(9)
    own = np.exp(sd * np.linspace(-1.5, 1.5, people))
    rows: list[Row] = []
    for case in range(60 * people):
        who, turn = case % people, case // people
        at = 168.0 * (turn // 10) + 24.0 * (turn % 10 // 2) + 8 + 4 * (turn % 2)
        rows.append((case, "work", f"p{who}", "desk", at, at + 0.2 * own[who] * float(np.exp(0.4 * rng.normal()))))
    return discover(build(rows), name="Desk", seed=0, overrides={"rounds": 0})


def test_the_spread_is_said_as_a_factor_and_of_five_only() -> None:
    line = desk(10, 0.5).provenance["work.functions.work.work_h.members"]
    factor = float(line.split("take ")[1].split(" (")[0])
    # Equal steps from -1.5 to 1.5 deviations have a standard deviation of .96 of one (of ten, divided by nine).
    assert math.log(factor) == pytest.approx(0.48, rel=0.25)
    assert line.endswith("fitted")
    assert "not told apart" in desk(10, 0.0).provenance["work.functions.work.work_h.members"]
    assert "work.functions.work.work_h.members" not in desk(4, 0.5).provenance
