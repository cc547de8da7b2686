"""Support levels: found where items go up, not where they go both ways, nor where work passes through departments."""

from __future__ import annotations

import numpy as np
import pytest

from longwall.discovery import discover
from longwall.discovery.resources import resource_kinds
from longwall.discovery.teams import groups_of
from longwall.discovery.tiers import Tiers, named_levels, tiers_of
from longwall.discovery.traces import traces_of

from .conftest import Row, build


def desk(kind: str, *, names: tuple[str, ...] = ("Alpha", "Beta", "Gamma", "Delta"), cases: int = 300) -> list[Row]:
    """Two first teams, one second, one third; half of what comes to a level goes on, and all of it comes back."""
    rng = np.random.default_rng(3)
    first, other, second, third = names
    rows: list[Row] = []
    for case in range(cases):
        start = (first, other)[int(rng.integers(2))]
        way = [start]
        if kind == "line" or rng.random() < 0.5:
            way += [second]
            if kind == "line" or rng.random() < 0.5:
                way += [third, second]
            way += [start]
        if kind == "mixed":
            way = [names[int(rng.integers(4))] for _ in range(3)]
        for place, team in enumerate(way):
            at = 8.0 + 168 * (case // 30) + 4 * (case % 30) + 0.5 * place
            step = team if kind == "line" else ("look", "solve")[int(rng.integers(2))]
            rows.append((case, step, f"{team}-{rng.integers(6)}", team, at, at + 0.2))
    return rows


def found(rows: list[Row]) -> tuple[Tiers, tuple[str, ...]]:
    log = build(rows)
    groups = groups_of(log, resource_kinds(log, traces_of(log)))
    return tiers_of(log, groups, seed=0), groups.team_names


def test_levels_are_those_in_which_items_go_up_although_all_come_back() -> None:
    tiers, names = found(desk("levels"))
    level = dict(zip(names, tiers.level.tolist(), strict=True))
    assert level == {"Alpha": 1, "Beta": 1, "Gamma": 2, "Delta": 3}
    assert not tiers.named
    assert tiers.low >= 0.9
    assert tiers.chance <= 0.01


@pytest.mark.parametrize(("kind", "why"), [("mixed", "both ways"), ("line", "steps of the flow")])
def test_nothing_is_claimed_where_items_go_both_ways_or_through_departments(kind: str, why: str) -> None:
    tiers, _ = found(desk(kind))
    assert tiers.levels == 0
    assert why in tiers.why_not
    assert tiers.sentence() == ""


def test_names_tell_levels_only_where_handovers_bear_them_out() -> None:
    """Fails when names are believed whatever the log says."""
    told = ("Desk 1st line", "Field L1", "Network 2nd line", "Maker tier 3")
    tiers, names = found(desk("levels", names=told))
    assert dict(zip(names, tiers.level.tolist(), strict=True)) == dict(zip(told, (1, 1, 2, 3), strict=True))
    assert tiers.named
    reverse = ("Desk 3rd line", "Field L3", "Network 2nd line", "Maker tier 1")
    tiers, _ = found(desk("levels", names=reverse))
    assert tiers.levels == 0


def test_chance_seldom_makes_levels() -> None:
    """At 1% of tests, ten logs without a direction give none or, one time in ten, one."""
    claims = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        rows: list[Row] = []
        for case in range(60):
            for place, team in enumerate(rng.permutation(4)[:2]):
                rows.append((case, "look", f"p{team}", f"T{team}", 10.0 * case + place, 10.0 * case + place))
        claims += found(rows)[0].levels > 0
    assert claims <= 1


def test_numbers_that_are_no_level_are_left_alone() -> None:
    names = ("A2_2nd", "Level 2 and level 3", "Building 4", "Group 1", "T2 ops", "22nd street")
    assert named_levels(names).tolist() == [2, 0, 0, 0, 2, 0]


def test_levels_stand_in_the_note_of_a_team_and_in_a_line() -> None:
    model = discover(build(desk("levels")), name="Desk", seed=0, overrides={"rounds": 0})
    teams = {team.name: team for team in model.system.social.teams}
    assert teams["Delta"].note == "support level 3 of 3"
    assert model.provenance[f"social.teams.{teams['Delta'].id}.note"].endswith("; fitted")
    assert any(line.startswith("Teams stand on 3 support levels") for line in model.cautions)
