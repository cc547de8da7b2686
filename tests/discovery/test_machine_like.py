"""Machines, and what only looks like one: a quick person, a night shift, an import, a shared queue."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from longwall.discovery.resources import ACCOUNT, MACHINE, PERSON, resource_kinds
from longwall.discovery.traces import traces_of
from longwall.evidence import Log, ingest, read_log

DAY_S, WEEKS = 86_400, 10
MONDAY_S = 1_736_121_600  # 2025-01-06, a Monday, UTC

Step = tuple[str, str, str, float]
"""Case, activity, resource, end in seconds after the Monday."""


def log_of(folder: Path, steps: list[Step]) -> Log:
    """A log of ends only."""
    frame = pl.DataFrame(steps, schema=["case", "activity", "resource", "end"], orient="row")
    ends = pl.from_epoch((pl.col("end") * 1000).cast(pl.Int64) + MONDAY_S * 1000, time_unit="ms")
    frame.with_columns(ends.alias("end")).write_csv(folder / "log.csv", datetime_format="%Y-%m-%dT%H:%M:%S%.3fZ")
    ingest(folder / "log.csv", folder / "log.duckdb", key=b"a key for tests, long enough")
    return read_log(folder / "log.duckdb")


def desk(seed: int, people: int = 8) -> list[Step]:
    """Office work, two steps per case, by people from nine to five."""
    luck = np.random.default_rng(seed)
    steps: list[Step] = []
    for day in range(7 * WEEKS):
        for k in range(40 if day % 7 < 5 else 0):
            at = day * DAY_S + luck.uniform(9, 16) * 3600
            case = f"c{day}-{k}"
            steps.append((case, "take", f"p{luck.integers(people)}", at))
            steps.append((case, "solve", f"p{luck.integers(people)}", at + luck.exponential(1500) + 60))
    return steps


def kinds(folder: Path, steps: list[Step], prefix: str, rows: int) -> list[int]:
    """Kinds of the resources that were added: those of the last activity named `prefix`."""
    log = log_of(folder, steps)
    found = resource_kinds(log, traces_of(log))
    code = log.activities.index(prefix)
    who = np.unique(log.resource[log.activity == code])
    assert who.size == rows
    return [int(kind) for kind in found.kind[who]]


def machine(seed: int, *, hours: tuple[float, float] = (0, 24), n: int = 900) -> list[Step]:
    """A robot that acknowledges within two seconds, around the clock."""
    luck = np.random.default_rng(seed)
    steps: list[Step] = []
    for k in range(n):
        at = luck.integers(7 * WEEKS) * DAY_S + luck.uniform(*hours) * 3600
        steps.append((f"m{k}", "raise", "gate", at))
        steps.append((f"m{k}", "acknowledge", "robot", at + luck.uniform(0.5, 2)))
    return steps


@pytest.mark.parametrize("seed", [0])
def test_a_robot_is_a_machine(tmp_path: Path, seed: int) -> None:
    assert kinds(tmp_path, desk(seed) + machine(seed), "acknowledge", 1) == [MACHINE]


@pytest.mark.parametrize("seed", [0])
def test_a_robot_in_office_hours_that_ends_many_cases_at_once_is_a_machine(tmp_path: Path, seed: int) -> None:
    luck = np.random.default_rng(seed)
    steps = desk(seed)
    for day in range(7 * WEEKS):
        for hour in range(9, 17) if day % 7 < 5 else ():
            at = day * DAY_S + hour * 3600 + luck.uniform(0, 60)
            for k in range(3):
                steps.append((f"r{day}-{hour}-{k}", "raise", "gate", at + k))
                steps.append((f"r{day}-{hour}-{k}", "close", "robot", at + 3.5 + k / 10))
    assert kinds(tmp_path, steps, "close", 1) == [MACHINE]


@pytest.mark.parametrize("seed", [0, 1])
def test_a_quick_person_is_a_person(tmp_path: Path, seed: int) -> None:
    """Confirms what comes within three seconds, all day: one sign, however clear."""
    luck = np.random.default_rng(seed)
    steps = desk(seed)
    for day in range(7 * WEEKS):
        for k in range(12 if day % 7 < 5 else 0):
            at = day * DAY_S + luck.uniform(9, 16) * 3600
            steps.append((f"q{day}-{k}", "take", f"p{luck.integers(8)}", at))
            steps.append((f"q{day}-{k}", "confirm", "kim", at + luck.uniform(1, 4)))
    assert kinds(tmp_path, steps, "confirm", 1) == [PERSON]


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("seed", [0])
def test_a_night_shift_is_people_even_where_it_is_quick(tmp_path: Path, seed: int, quick: bool) -> None:
    """Fails when the hours of all are taken for those of the night: outside, and quick, are two signs."""
    luck = np.random.default_rng(seed)
    steps = desk(seed)
    for day in range(7 * WEEKS):
        for k in range(30):
            at = day * DAY_S + luck.uniform(22, 29.5) * 3600
            steps.append((f"n{day}-{k}", "raise", f"n{luck.integers(5)}", at))
            gap = luck.uniform(1, 4) if quick else luck.exponential(600) + 30
            steps.append((f"n{day}-{k}", "answer", f"n{luck.integers(5)}", at + gap))
    assert kinds(tmp_path, steps, "answer", 5) == [PERSON] * 5


@pytest.mark.parametrize("seed", [0])
def test_an_import_by_a_person_is_no_machine(tmp_path: Path, seed: int) -> None:
    """Two thousand events in one night, all in one second, and a person's work before and after.

    Fails when gaps are taken event by event: the import then speaks for the ten weeks.
    """
    steps = desk(seed)
    for k in range(1000):
        steps.append((f"i{k}", "create", "p0", 20 * DAY_S + 2 * 3600 + 0.2))
        steps.append((f"i{k}", "file", "p0", 20 * DAY_S + 2 * 3600 + 0.4))
    assert kinds(tmp_path, steps, "file", 1) == [PERSON]


@pytest.mark.parametrize("seed", [0])
def test_a_shared_queue_is_neither(tmp_path: Path, seed: int) -> None:
    """Somebody answers under one name from six in the morning to eleven at night."""
    luck = np.random.default_rng(seed)
    steps = desk(seed)
    for day in range(7 * WEEKS):
        for k in range(20):
            at = day * DAY_S + luck.uniform(6, 22.9) * 3600
            steps.append((f"a{day}-{k}", "raise", f"p{luck.integers(8)}", at))
            steps.append((f"a{day}-{k}", "reply", "office", at + luck.exponential(900) + 60))
    assert kinds(tmp_path, steps, "reply", 1) == [ACCOUNT]


def test_few_events_say_nothing(tmp_path: Path) -> None:
    assert kinds(tmp_path, desk(0) + machine(0, n=100), "acknowledge", 1) != [MACHINE]
