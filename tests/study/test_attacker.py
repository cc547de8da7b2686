"""An attacker who reads all that a study publishes, twice: with and without one person, and one week apart."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.discovery.conftest import Row, build
from tests.evidence.test_attacker import Told, isolated

from longwall.discovery import Discovered, discover
from longwall.discovery.calendars import presence_of
from longwall.discovery.resources import resource_kinds
from longwall.discovery.teams import groups_of
from longwall.discovery.traces import traces_of
from longwall.evidence import MIN_GROUP, Log, as_frame
from longwall.evidence.disclosure import half_step
from longwall.streams import generator

_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?:e[-+]\d+)?")
SOCIAL = frozenset(
    ("utilisation", "high_load_share", "out_of_hours_share", "interruptions_per_h", "fatigue", "variety",
     "skill_reserve")
)  # fmt: skip


def office(people: int, weeks: int, *, slow: float = 3.0, seed: int = 7) -> list[Row]:
    """Weeks of a desk where everyone takes about an hour a step, and the last person `slow` times as long."""
    rng = generator(seed, "office")
    rows: list[Row] = []
    for day in (d for d in range(7 * weeks) if d % 7 < 5):
        for person in range(people):
            at = 24.0 * day + 8 + rng.random() / 2
            for k in range(2):
                took = float(rng.uniform(0.5, 1.5)) * (slow if person == people - 1 else 1.0)
                case = f"{day}-{person}-{k}"
                rows.append((case, "Register", f"clerk{person % 5}", "front", at - 0.5, at - 0.4))
                rows.append((case, "Do", f"p{person}", "desk", at, at + took))
                at += took + 0.1
    return rows


def without(log: Log, person: int) -> Log:
    """The log as it is after somebody was forgotten."""
    return dataclasses.replace(
        log,
        resource=np.where(log.resource == person, -1, log.resource - (log.resource > person)).astype(np.int32),
        n_resources=log.n_resources - 1,
        resource_team=np.delete(log.resource_team, person),
    )


def published(log: Log) -> Discovered:
    """What discovery lets out, waits as counted."""
    return discover(log, name="desk", seed=1, overrides={"rounds": 0})


def numbers(found: Discovered) -> np.ndarray:
    """Every number in the model, its provenance and its cautions."""
    text = json.dumps(found.model_dump(mode="json"))
    return np.array([float(one.replace(",", "")) for one in _NUMBER.findall(text)])


def told_by(found: Discovered, log: Log, code: int) -> tuple[Told, np.ndarray, np.ndarray]:
    """The sum of work that a model tells of a step, to an attacker who knows the rule and how many executions."""
    rows = np.flatnonzero((log.activity == code) & (log.resource >= 0))
    people, place = np.unique(log.resource[rows], return_inverse=True)
    parts = np.bincount(place, weights=log.end_h[rows] - log.start_h[rows])
    half = half_step(parts)
    function = next(f for f in found.system.work.functions if f.name == log.activities[code])
    mean = function.work_h.mean_h
    steps = np.log(mean) / np.log((1 + half) / (1 - half))
    assert abs(steps - round(steps)) < 1e-3, "the mean lies on the grid"
    told = Told(frozenset(range(people.size)), mean * (1 - half) * rows.size, mean * (1 + half) * rows.size)
    assert told.low <= parts.sum() * (1 + 1e-6) and parts.sum() <= told.high * (1 + 1e-6)
    return told, parts, people


@pytest.fixture(scope="module")
def reports() -> tuple[Log, Log, Discovered, Discovered]:
    """A desk of seven, and the same after the slow one was forgotten."""
    log = build(office(7, 6))
    slow = int(log.resource[log.activity == log.activities.index("Do")].max())
    less = without(log, slow)
    return log, less, published(log), published(less)


def test_two_models_with_and_without_a_person_isolate_nobody(
    reports: tuple[Log, Log, Discovered, Discovered],
) -> None:
    """Caught when means of work were published as they are."""
    log, less, before, after = reports
    code = log.activities.index("Do")
    whole, parts, _ = told_by(before, log, code)
    rest, _, _ = told_by(after, less, code)
    assert isolated([whole, rest], parts, [6]) == []
    assert whole.whose - rest.whose == {6}


def test_no_number_in_two_models_is_that_of_the_person_who_left(
    reports: tuple[Log, Log, Discovered, Discovered],
) -> None:
    """How much, how long on the whole and on average: neither told nor left as a difference of two at one place.

    Caught when the number of executions by people was published as it is.
    """
    log, _, before, after = reports
    mine = np.flatnonzero((log.activity == log.activities.index("Do")) & (log.resource == log.resource.max()))
    hours = float((log.end_h[mine] - log.start_h[mine]).sum())
    first, second = numbers(before), numbers(after)
    everything = np.concatenate([first, second])
    if first.size == second.size:
        everything = np.concatenate([everything, np.abs(first - second)])
    large = everything[everything > 20]
    for secret in (float(mine.size), hours):
        assert large[np.abs(large / secret - 1) < 0.01].tolist() == []
    mean = hours / mine.size
    assert everything[np.abs(everything / mean - 1) < 1e-3].tolist() == []


def test_days_of_a_small_team_are_told_in_a_pool_only() -> None:
    """Three experts who come on two days each and stay away for whole weeks, beside a desk of six who always come.

    Of the busiest day the pool tells that eight of nine are there; no line tells that it was two of three. Caught when
    small roles kept the attendance of their own.
    """
    rows = [row for row in office(6, 6) if row[1] == "Do"]
    rng = generator(3, "experts")
    for k, row in enumerate(rows[::2]):
        week, expert = k % 6, k % 3
        day = expert + (k // 6) % 2
        if (week + expert) % 4:
            at = 168.0 * week + 24.0 * day + 9 + float(rng.random()) * 6
            rows.append((row[0], "Advise", f"expert{expert}", "experts", at, at + 0.5))
    log = build(rows)
    groups = groups_of(log, resource_kinds(log, traces_of(log)))
    presence = presence_of(log, groups)
    desk, experts = groups.role_names.index("desk"), groups.role_names.index("experts")
    heads = presence.active_per_week[experts]
    assert heads == presence.low[experts] == presence.high[experts] == round(heads)
    assert presence.pooled[desk] and presence.pooled[experts]
    shape = presence.by_hour / presence.by_hour.max(axis=1, keepdims=True)
    assert np.allclose(shape[desk], shape[experts])
    there = presence.by_hour[experts].max() / heads
    assert 0.85 < there < 1.0
    line = published(log).provenance["social.roles.experts.shifts"]
    assert not re.search(r"\d to \d", line)


@given(
    st.lists(
        st.tuples(st.integers(0, 11), st.sampled_from("ABC"), st.sampled_from(["one", "two", "three"])),
        min_size=3, max_size=60,
    )
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_every_row_of_an_exported_log_could_be_of_any_of_five(work: list[tuple[int, str, str]]) -> None:
    """All subgroups of an exported log: team by step. Caught when small teams kept their name, and their starts."""
    rows: list[Row] = [
        (n // 3, step, f"p{person}", team, 2.0 * n, 2.0 * n + 1 + person / 10)
        for n, (person, step, team) in enumerate(work)
    ]
    log = build(rows, starts=True)
    frame = as_frame(log)
    assert frame["resource"].null_count() == frame.height
    team = frame["team"].to_list()
    lasts = (frame["end"] - frame["start"]).dt.total_milliseconds().to_list()
    shown: dict[object, set[int]] = {}
    for n, person in enumerate(log.resource.tolist()):
        shown.setdefault(team[n], set()).add(person)
        if lasts[n]:
            shown.setdefault((team[n], log.activity[n]), set()).add(person)
    everybody = set().union(*shown.values())
    for name, people in shown.items():
        assert len(people) >= MIN_GROUP or (name is None and people == everybody), name


def test_forecasts_tell_of_no_group_under_five(example: Path) -> None:
    """Every forecast of the example, of today and of each design: measures of performers by role and by team."""
    seen, heads = 0, _heads(example)
    for path in sorted((example / "results").rglob("*.json")):
        for forecast in _forecasts(json.loads(path.read_text())):
            for one in forecast["indicators"]:
                kind, _, name = one["scope"].partition(":")
                if kind in ("role", "team") and one["id"] in SOCIAL:
                    seen += 1
                    assert heads[kind].get(name, 0) >= MIN_GROUP, (path.name, one["scope"])
    assert seen > 20


def _forecasts(piece: object) -> list[dict]:
    """Every forecast inside a result."""
    if isinstance(piece, dict):
        inner = [found for value in piece.values() for found in _forecasts(value)]
        own = piece.get("indicators")
        return [piece, *inner] if isinstance(own, list) and own and "scope" in own[0] else inner
    return [found for value in piece for found in _forecasts(value)] if isinstance(piece, list) else []


def _heads(example: Path) -> dict[str, dict[str, int]]:
    """People by role and by team in the model."""
    from longwall.worksystem.yamlfile import read_system

    heads: dict[str, dict[str, int]] = {"role": {}, "team": {}}
    for role in read_system(example / "worksystem.yaml").social.roles:
        heads["role"][role.id] = role.head_count
        heads["team"][role.team] = heads["team"].get(role.team, 0) + role.head_count
    return heads
