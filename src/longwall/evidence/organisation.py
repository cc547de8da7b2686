"""The organisation as given: teams, roles, head-counts, hours, who belongs where, components and their owners."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from longwall.evidence.forgotten import SOMEONE
from longwall.evidence.people_names import masked, same_person
from longwall.evidence.privacy import publishable_groups
from longwall.evidence.signal_store import numbers_in_log, reading
from longwall.evidence.store import literal

__all__ = ["LINKS", "Organisation", "SystemComponent", "TeamHours", "read_organisation", "team_hours"]

LINKS = ("depends_on", "provides", "consumes", "part_of")
"""How one component can be linked to another."""


@dataclass(frozen=True)
class SystemComponent:
    """A piece of software or infrastructure.

    Parameters
    ----------
    id : str
        As other components refer to it.
    kind : {"component", "system", "api", "resource"}
    name : str
    owner : int
        Index into `Organisation.teams`; -1 where no team owns it.
    owned_by_person : bool
        Whether a person and no team is named as the owner.
    """

    id: str
    kind: str
    name: str
    owner: int
    owned_by_person: bool


@dataclass(frozen=True)
class Organisation:
    """Teams, people and components; people are numbers and never named.

    Parameters
    ----------
    teams, roles : tuple of str
    parent : ndarray of int32, shape (n_teams,)
        The unit above each team, or -1.
    log_team : ndarray of int32, shape (n_teams,)
        The team of the log with the same name (in any case of letters), or -1.
    members : ndarray of int32, shape (n_memberships, 2)
        Person and team; a person may belong to several.
    person_role : ndarray of int32, shape (n_people,)
        Index into `roles`, or -1.
    person_hours : ndarray of float64, shape (n_people,)
        Contracted hours a week [h/week]; NaN where not known.
    person_resource : ndarray of int32, shape (n_people,)
        The same person in the log, as in `Log.resource`; -1 where the log does not know them.
    components : tuple of SystemComponent
    links : ndarray of int32, shape (n_links, 3)
        Component, other component, index into `LINKS`: the first depends on, provides, consumes, is part of the other.
    """

    teams: tuple[str, ...]
    roles: tuple[str, ...]
    parent: NDArray[np.int32]
    log_team: NDArray[np.int32]
    members: NDArray[np.int32]
    person_role: NDArray[np.int32]
    person_hours: NDArray[np.float64]
    person_resource: NDArray[np.int32]
    components: tuple[SystemComponent, ...]
    links: NDArray[np.int32]

    @property
    def n_people(self) -> int:
        """Number of people."""
        return int(self.person_role.size)

    @property
    def head_counts(self) -> NDArray[np.int64]:
        """People who belong to each team itself, not to those below it; shape (n_teams,)."""
        return np.bincount(self.members[:, 1], minlength=len(self.teams))

    def resource_team(self, n_resources: int) -> NDArray[np.int32]:
        """Return the team of each resource of the log, shape (n_resources,).

        Index into `teams`: the first that the person is said to belong to; -1 where the organisation says none.
        """
        first = np.full(self.n_people, -1, dtype=np.int32)
        for person, team in self.members[::-1]:
            first[person] = team
        return self._of_resources(first, n_resources)

    def resource_role(self, n_resources: int) -> NDArray[np.int32]:
        """Return the role of each resource of the log, index into `roles` or -1; shape (n_resources,)."""
        return self._of_resources(self.person_role, n_resources)

    def _of_resources(self, values: NDArray[np.int32], n_resources: int) -> NDArray[np.int32]:
        found = np.full(n_resources, -1, dtype=np.int32)
        known = (self.person_resource >= 0) & (self.person_resource < n_resources)
        found[self.person_resource[known]] = values[known]
        return found


@dataclass(frozen=True)
class TeamHours:
    """Contracted hours of groups of five people or more; the others are merged upward or left out.

    Parameters
    ----------
    groups : tuple of str
        Names of teams, or of the unit above several small ones.
    people : ndarray of int64, shape (n_groups,)
        Those whose hours are known, >= 5.
    mean_h : ndarray of float64, shape (n_groups,)
        Mean contracted hours of one of them [h/week].
    reason : str
        What is left out and why; empty where nothing is.
    """

    groups: tuple[str, ...]
    people: NDArray[np.int64]
    mean_h: NDArray[np.float64]
    reason: str


def read_organisation(store_path: Path) -> Organisation | None:
    """Return the organisation of an evidence store, or None where nobody brought one.

    Notes
    -----
    What several sources say is put together: a team is the same where its name is the same in any case of letters, a
    person where one of the names is. Of role and hours the first source counts.

    Raises
    ------
    StorageError, EvidenceError
        If the store is not there or cannot be read.
    """
    with reading(store_path) as store:
        if "organisation_things" not in store.tables():
            return None
        things = store.rows("SELECT kind, id, name FROM organisation_things ORDER BY source, rowid")
        things = [(kind, one, masked(name)) for kind, one, name in things]
        nobody = literal(SOMEONE)  # a person who was removed
        people = store.rows(
            f"SELECT person, role, hours FROM organisation_people WHERE person <> {nobody} ORDER BY source, rowid"
        )
        links = store.rows(
            "SELECT link, from_id, to_id FROM organisation_links WHERE NOT (link IN ('alias', 'member') AND "
            f"{nobody} IN (from_id, to_id)) ORDER BY source, rowid"
        )
        resources = numbers_in_log(store, "resources", "pseudonym")
        log_teams = numbers_in_log(store, "teams", "label")
    if not things and not people:
        return None
    return _built(things, people, links, resources, log_teams)


def _built(
    things: list[tuple[str, ...]],
    people: list[tuple[str, str | None, float | None]],
    links: list[tuple[str, str, str]],
    resources: dict[str, int],
    log_teams: dict[str, int],
) -> Organisation:
    """Number teams, people and components, and put the links in numbers."""
    teams, team_of = _teams([(one, name) for kind, one, name in things if kind == "team"])
    stands = same_person([(one, other) for link, one, other in links if link == "alias"], resources)
    person_of: dict[str, int] = {}
    roles: dict[str, int] = {}
    role: list[int] = []
    hours: list[float] = []
    for person, does, h in people:
        number = person_of.setdefault(stands.get(person, person), len(person_of))
        if number == len(role):
            role.append(-1)
            hours.append(float("nan"))
        if does is not None and role[number] < 0:
            role[number] = roles.setdefault(masked(does), len(roles))
        if h is not None and np.isnan(hours[number]):
            hours[number] = float(h)
    by_case = {name.casefold(): code for name, code in log_teams.items()}
    members = {(person_of[who], team_of[team]): None for link, one, team in links
               if link == "member" and (who := stands.get(one, one)) in person_of and team in team_of}  # fmt: skip
    parent = np.full(len(teams), -1, dtype=np.int32)
    for link, one, other in links:
        if link == "parent" and one in team_of and other in team_of and team_of[one] != team_of[other]:
            parent[team_of[one]] = team_of[other]
    components, numbered = _components(things, links, team_of)
    return Organisation(
        teams, tuple(roles), parent,
        np.array([by_case.get(name.casefold(), -1) for name in teams], dtype=np.int32),
        np.array(list(members), dtype=np.int32).reshape(-1, 2),
        np.array(role, dtype=np.int32), np.array(hours, dtype=np.float64),
        np.array([resources.get(person, -1) for person in person_of], dtype=np.int32),
        components, numbered,
    )  # fmt: skip


def _teams(named: list[tuple[str, str]]) -> tuple[tuple[str, ...], dict[str, int]]:
    """Names of the teams in order, and the number of each id; equal names are one team."""
    by_name: dict[str, int] = {}
    names: list[str] = []
    numbers: dict[str, int] = {}
    for one, name in named:
        number = by_name.setdefault(name.casefold(), len(names))
        if number == len(names):
            names.append(name)
        numbers.setdefault(one, number)
    return tuple(names), numbers


def _components(
    things: list[tuple[str, ...]], links: list[tuple[str, str, str]], team_of: dict[str, int]
) -> tuple[tuple[SystemComponent, ...], NDArray[np.int32]]:
    """Components with their owners, and the links between those that are known."""
    owner: dict[str, int] = {}
    personal = {one for link, one, _ in links if link == "owner_person"}
    for link, one, other in links:
        if link == "owner" and other in team_of:
            owner.setdefault(one, team_of[other])
    found: dict[str, SystemComponent] = {}
    for kind, one, name in things:
        if kind != "team":
            found.setdefault(one, SystemComponent(masked(one), kind, name, owner.get(one, -1), one in personal))
    place = {one: number for number, one in enumerate(found)}
    numbered = dict.fromkeys((place[one], place[other], LINKS.index(link)) for link, one, other in links
                             if link in LINKS and one in place and other in place)  # fmt: skip
    return tuple(found.values()), np.array(list(numbered), dtype=np.int32).reshape(-1, 3)


def team_hours(organisation: Organisation) -> TeamHours:
    """Return mean contracted hours of teams of five people or more whose hours are known.

    Notes
    -----
    Hours are a measure of performers. Small teams are merged into the unit above them where that gives five, else left
    out, also against subtraction (`longwall.evidence.publishable_groups`). A person counts in the first team.
    """
    n = len(organisation.teams)
    first = np.full(organisation.n_people, -1, dtype=np.int64)
    for person, team in organisation.members[::-1]:
        first[person] = team
    counted = np.isfinite(organisation.person_hours) & (first >= 0)
    sizes = np.bincount(first[counted], minlength=n)
    total = np.bincount(first[counted], weights=organisation.person_hours[counted], minlength=n)
    small: dict[Hashable, int] = {team: int(sizes[team]) for team in range(n) if sizes[team]}
    above: dict[Hashable, Hashable] = {
        team: f"below {organisation.teams[int(organisation.parent[team])]}"
        for team in range(n)
        if sizes[team] and organisation.parent[team] >= 0
    }
    published = publishable_groups(small, above)
    names, people, mean = [], [], []
    for shown, parts in sorted(published.shown.items(), key=lambda item: str(item[0])):
        own = np.array(parts, dtype=np.int64)
        names.append(organisation.teams[shown] if isinstance(shown, int) else str(shown))
        people.append(int(sizes[own].sum()))
        mean.append(float(total[own].sum()) / people[-1])
    return TeamHours(tuple(names), np.array(people, dtype=np.int64), np.array(mean), published.reason)
