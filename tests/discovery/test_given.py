"""Teams and roles that the organisation gives win over found ones, and over those of the log."""

from __future__ import annotations

import numpy as np
import pytest

from longwall.discovery import GivenTeams, discover
from longwall.discovery.resources import resource_kinds
from longwall.discovery.teams import Groups, groups_of
from longwall.discovery.traces import traces_of
from longwall.errors import DiscoveryError
from longwall.evidence import Log

from .conftest import Row, build


def desk(people: int = 12, team: str | None = None) -> Log:
    """People who all do the same two things, each item by two of them."""
    rows: list[Row] = []
    for case in range(120):
        at = 168.0 * (case // 24) + 24.0 * (case % 5) + 8 + 0.3 * (case % 11)
        one, two = case % people, (case * 5 + 1) % people
        rows.append((case, "look", f"p{one:02d}", team, at, at + 0.2))
        rows.append((case, "solve", f"p{two:02d}", team, at + 1, at + 1.2))
    return build(rows)


def grouped(log: Log, given: GivenTeams | None) -> Groups:
    return groups_of(log, resource_kinds(log, traces_of(log)), given)


def members(groups: Groups) -> dict[str, int]:
    return dict(zip(groups.role_names, groups.people_seen().tolist(), strict=True))


def test_given_teams_and_roles_win_and_a_small_role_is_no_part() -> None:
    log = desk()
    team = np.array([0] * 11 + [-1])
    role = np.array([0] * 5 + [1] * 6 + [0])
    assert members(grouped(log, None)) == {"Staff": 12}
    found = grouped(log, GivenTeams(("Front",), team, ("Clerk", "Lead"), role))
    assert members(found) == {"Front: Clerk": 5, "Front: Lead": 6, "Staff without a team": 1}
    assert found.organised
    small = grouped(log, GivenTeams(("Front",), team, ("Clerk", "Lead"), np.array([0] * 9 + [1, 1, 0])))
    assert members(small) == {"Front": 11, "Staff without a team": 1}


def test_the_log_names_the_team_of_an_event_where_the_organisation_knows_it() -> None:
    """The log calls the team FRONT; who the organisation has in Back works for it, and stays in Back."""
    log = desk(team="FRONT")
    found = grouped(log, GivenTeams(("Back", "Front"), np.array([0] * 6 + [1] * 6)))
    assert members(found) == {"Front": 6, "Back": 6}
    assert {found.team_names[place] for place in np.unique(found.team_of_event)} == {"Front"}
    other = grouped(desk(team="Queue 7"), GivenTeams(("Back", "Front"), np.array([0] * 6 + [1] * 6)))
    assert set(np.unique(other.team_of_event).tolist()) == {0, 1}
    assert set(other.team_names) == {"Back", "Front"}


def test_an_organisation_that_knows_few_is_not_used_and_the_model_says_so() -> None:
    log = desk()
    few = GivenTeams(("Front",), np.array([0] * 5 + [-1] * 7))
    assert members(grouped(log, few)) == {"Staff": 12}
    found = discover(log, name="Desk", seed=0, overrides={"rounds": 0}, organisation=few)
    assert any("fewer than half" in caution for caution in found.cautions)


def test_the_model_says_where_its_teams_are_from() -> None:
    given = GivenTeams(("Front", "Back"), np.array([0] * 6 + [1] * 6))
    found = discover(desk(), name="Desk", seed=0, overrides={"rounds": 0}, organisation=given)
    assert {team.name for team in found.system.social.teams} == {"Front", "Back"}
    assert {team.note for team in found.system.social.teams} == {"as the organisation gives it"}
    assert found.provenance["social.teams"].endswith("counted")


@pytest.mark.parametrize("team_of", [np.zeros(3, dtype=np.int64), np.full(12, 4)])
def test_the_organisation_of_another_log_is_refused(team_of: np.ndarray) -> None:
    with pytest.raises(DiscoveryError, match="LW-DI-022"):
        discover(desk(), name="Desk", seed=0, organisation=GivenTeams(("Front",), team_of))
