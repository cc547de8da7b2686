"""Teams, given or found, and roles: groups of people who are exchangeable in the model.

Person-level arrays stay inside `Groups`; what leaves discovery is names of groups, head-counts and pooled shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist, squareform

from longwall.discovery.given import GivenTeams, given_parts, given_teams
from longwall.discovery.resources import PERSON, ResourceKinds

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["LEAST_GROUP", "Groups", "cluster_profiles", "groups_of", "pooled_groups"]

LEAST_GROUP = 5
"""Measures of performers are shown for groups of at least this many people (people.md, rule 4)."""

_MOST_TEAMS = 40
_MOST_FOUND = 8
_MOST_CLUSTERED = 1500
_LEAST_SILHOUETTE = 0.25
_SPLIT_SILHOUETTE = 0.5
_PROFILE_EVENTS = 10


@dataclass(frozen=True)
class Groups:
    """Teams and roles of a log.

    Parameters
    ----------
    team_names : tuple of str
        In order of their events, most first.
    given : bool
        True where the log names teams; False where they were found by what people do.
    role_names : tuple of str
    role_team : tuple of int
        Position of each role's team.
    role_of : ndarray of int64, shape (n_resources,)
        Role of each person; -1 for machines, accounts and resources without a role.
    team_of_event : ndarray of int64, shape (n_events,)
        Team as the log names it, else the team of the resource; -1 where unknown. Positions in `team_names`.
    role_of_event : ndarray of int64, shape (n_events,)
    organised : bool
        True where teams and roles are those that the organisation gave.
    """

    team_names: tuple[str, ...]
    given: bool
    role_names: tuple[str, ...]
    role_team: tuple[int, ...]
    role_of: NDArray[np.int64]
    team_of_event: NDArray[np.int64]
    role_of_event: NDArray[np.int64]
    organised: bool = False

    @property
    def n_roles(self) -> int:
        """Number of roles."""
        return len(self.role_names)

    def people_seen(self) -> NDArray[np.int64]:
        """Members ever seen, per role."""
        return np.bincount(self.role_of[self.role_of >= 0], minlength=self.n_roles)


def groups_of(log: Log, kinds: ResourceKinds, organisation: GivenTeams | None = None) -> Groups:
    """Return the teams and roles of a log.

    Teams are those that the organisation gives, where it names one for at least half of the people; its roles divide
    them, into parts of at least five. Else they are those that the log names; where it names none, people are clustered
    by the activities they perform. More than 40 teams: the smallest are joined to one. A team without given roles is
    split into roles only where its members' activities fall clearly apart (silhouette >= .5) into groups of at least
    five.

    Parameters
    ----------
    log : Log
    kinds : ResourceKinds
    organisation : GivenTeams, optional

    Notes
    -----
    Deterministic; relabelling resources or reordering cases changes no group.
    """
    profiles, events = _profiles(log)
    people = np.flatnonzero((kinds.kind == PERSON) & (events > 0))
    given = bool(log.teams) and bool((log.resource_team[people] >= 0).any() if people.size else (log.team >= 0).any())
    team_of = np.full(log.n_resources, -1, dtype=np.int64)
    told = organisation if organisation is not None and organisation.knows(people) else None
    if told is not None:
        given = True
        every, team_of, of_event = given_teams(log, told)
        counted = np.concatenate([of_event, team_of[log.resource[log.resource >= 0]], team_of[people]])
        names, renumber = _kept_teams(every, np.bincount(counted[counted >= 0], minlength=len(every)))
        team_of = np.where(team_of >= 0, renumber[team_of], -1)
        of_event = np.where(of_event >= 0, renumber[of_event], -1)
    elif given:
        team_of[:] = log.resource_team
        weight = np.bincount(log.team[log.team >= 0], minlength=len(log.teams)) + np.bincount(
            log.resource_team[people][log.resource_team[people] >= 0], minlength=len(log.teams)
        )
        names, renumber = _kept_teams(log.teams, weight)
        team_of = np.where(team_of >= 0, renumber[team_of], -1)
        of_event = np.where(log.team >= 0, renumber[np.maximum(log.team, 0)], -1)
    else:
        team_of[people] = cluster_profiles(profiles[people], events[people], least_silhouette=_LEAST_SILHOUETTE)
        names, renumber = _named(log, team_of)
        team_of = np.where(team_of >= 0, renumber[np.maximum(team_of, 0)], -1)
        of_event = np.full(log.case.size, -1, dtype=np.int64)
    known = log.resource >= 0
    if log.n_resources:
        of_event = np.where((of_event < 0) & known, team_of[np.maximum(log.resource, 0)], of_event)
    role_of, role_names, role_team = _roles(log, kinds, team_of, names, profiles, events, told)
    role_of_event = np.full(log.case.size, -1, dtype=np.int64)
    if log.n_resources:
        role_of_event = np.where(known, role_of[np.maximum(log.resource, 0)], -1)
    return Groups(names, given, role_names, role_team, role_of, of_event, role_of_event, told is not None)


def cluster_profiles(
    profiles: NDArray[np.float64], events: NDArray[np.int64], *, least_silhouette: float, least_size: int = 1
) -> NDArray[np.int64]:
    """Cluster people by what they do; the number of clusters is the one with the best mean silhouette.

    Parameters
    ----------
    profiles : ndarray, shape (n_people, n_activities)
        Shares of activities per person, rows sum to one.
    events : ndarray of int64, shape (n_people,)
        People with fewer than ten events join the nearest cluster and decide nothing.
    least_silhouette : float
        Below it, everybody is in one cluster.
    least_size : int
        A split with a smaller cluster is not made.

    Returns
    -------
    ndarray of int64, shape (n_people,)

    Notes
    -----
    Ward linkage of Hellinger-transformed profiles (square roots), so that a distance is between distributions.

    References
    ----------
    Rousseeuw 1987, "Silhouettes", Journal of Computational and Applied Mathematics 20. Ward 1963, "Hierarchical
    grouping to optimize an objective function", JASA 58.
    """
    n = events.size
    labels = np.zeros(n, dtype=np.int64)
    deciding = np.flatnonzero(events >= min(_PROFILE_EVENTS, int(np.median(events)) if n else 1))
    deciding = deciding[np.lexsort((deciding, -events[deciding]))][:_MOST_CLUSTERED]
    if deciding.size < 4:
        return labels
    points = np.sqrt(profiles)
    # Sorted by content, so that the order of the resource codes decides no tie.
    deciding = deciding[np.lexsort((*profiles[deciding].T, events[deciding]))]
    apart = pdist(points[deciding])
    tree, square = linkage(points[deciding], method="ward"), squareform(apart)
    best, best_labels = least_silhouette, None
    for number in range(2, min(_MOST_FOUND, deciding.size // 2) + 1):
        cut = fcluster(tree, number, criterion="maxclust").astype(np.int64) - 1
        sizes = np.bincount(cut)
        if sizes.size < 2 or sizes.min() < least_size:
            continue
        score = _silhouette(square, cut, sizes)
        if score > best:
            best, best_labels = score, cut
    if best_labels is None:
        return labels
    centres = np.stack([points[deciding][best_labels == label].mean(axis=0) for label in range(best_labels.max() + 1)])
    labels = np.argmin(((points[:, None, :] - centres[None]) ** 2).sum(axis=2), axis=1).astype(np.int64)
    labels[deciding] = best_labels
    return np.asarray(labels, dtype=np.int64)


def pooled_groups(
    members: list[frozenset[int]], least: int = LEAST_GROUP, *, near: list[float] | None = None
) -> list[int]:
    """Join sets of people until each joint set has at least `least`, the smallest first.

    Parameters
    ----------
    members : list of frozenset of int
        The people behind each number that is to be shown.
    near : list of float, optional
        A value of each: the smallest set joins the one whose mean value is nearest (microaggregation, which distorts
        least); none: the next smallest.

    Returns
    -------
    list of int
        Number of the joint set of each; -1 for all where everybody together is fewer than `least`.

    Notes
    -----
    Whatever is joined is shown as one number, so that nobody can take the difference of a pool and its parts.

    References
    ----------
    Domingo-Ferrer and Mateo-Sanz 2002, "Practical data-oriented microaggregation for statistical disclosure control",
    IEEE Transactions on Knowledge and Data Engineering 14.
    """
    if not members or len(frozenset().union(*members)) < least:
        return [-1] * len(members)
    pool = list(range(len(members)))
    joint = dict(enumerate(members))
    values = near if near is not None else [0.0] * len(members)
    while True:
        small = [number for number, people in joint.items() if len(people) < least]
        if not small:
            return pool
        first = min(small, key=lambda number: (len(joint[number]), number))
        others = [number for number in joint if number != first]
        mean = {number: float(np.mean([values[k] for k, p in enumerate(pool) if p == number])) for number in joint}

        def rank(number: int, mean: dict[int, float] = mean, first: int = first) -> tuple[float, int, int, int]:
            return (
                abs(mean[number] - mean[first]),
                len(joint[number]),
                len(joint[number] | joint[first]),
                number,
            )

        second = min(others, key=rank)
        joint[second] |= joint.pop(first)
        pool = [second if number == first else number for number in pool]


def _profiles(log: Log) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Shares of activities and number of events of each resource."""
    n, kinds = log.n_resources, len(log.activities)
    known = log.resource >= 0
    key = log.resource[known].astype(np.int64) * kinds + log.activity[known]
    counts = np.bincount(key, minlength=n * kinds).reshape(n, kinds).astype(np.float64)
    events = counts.sum(axis=1).astype(np.int64)
    return counts / np.maximum(events, 1)[:, None], events


def _silhouette(square: NDArray[np.float64], labels: NDArray[np.int64], sizes: NDArray[np.int64]) -> float:
    """Mean silhouette width; a cluster of one counts zero."""
    sums = np.stack([square[:, labels == label].sum(axis=1) for label in range(sizes.size)], axis=1)
    own = sums[np.arange(labels.size), labels] / np.maximum(sizes[labels] - 1, 1)
    means = sums / sizes
    means[np.arange(labels.size), labels] = np.inf
    other = means.min(axis=1)
    width = np.where(sizes[labels] > 1, (other - own) / np.maximum(np.maximum(other, own), 1e-12), 0.0)
    return float(width.mean())


def _kept_teams(labels: tuple[str, ...], weight: NDArray[np.int64]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Names of the teams, most events first, the smallest beyond forty joined; and old code to new position."""
    order = sorted(range(len(labels)), key=lambda code: (-weight[code], labels[code]))
    order = [code for code in order if weight[code] > 0]
    renumber = np.full(len(labels), -1, dtype=np.int64)
    kept = order if len(order) <= _MOST_TEAMS else order[: _MOST_TEAMS - 1]
    for place, code in enumerate(kept):
        renumber[code] = place
    names = tuple(labels[code] for code in kept)
    if len(order) > len(kept):
        renumber[order[len(kept) :]] = len(kept)
        names = (*names, "Other teams")
    return names, renumber


def _named(log: Log, team_of: NDArray[np.int64]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Names of found teams after what they mostly do, most events first; and old label to new position."""
    found = int(team_of.max(initial=-1)) + 1
    if found <= 1:
        return (("Staff",) if found else ()), np.zeros(max(found, 1), dtype=np.int64)
    known = (log.resource >= 0) & (team_of[np.maximum(log.resource, 0)] >= 0)
    kinds = len(log.activities)
    key = team_of[log.resource[known]] * kinds + log.activity[known]
    counts = np.bincount(key, minlength=found * kinds).reshape(found, kinds)
    order = sorted(range(found), key=lambda label: (-counts[label].sum(), tuple(-counts[label])))
    # What sets a team apart: the activity of which it does the largest share beyond its share of all work.
    excess = counts / np.maximum(counts.sum(axis=0), 1) - counts.sum(axis=1, keepdims=True) / counts.sum()
    weight = excess * np.sqrt(np.maximum(counts.sum(axis=0), 0))
    renumber = np.zeros(found, dtype=np.int64)
    names: list[str] = []
    for place, label in enumerate(order):
        renumber[label] = place
        name = f"Team {place + 1}, mostly {log.activities[int(np.argmax(weight[label]))]}"
        names.append(name)
    return tuple(names), renumber


def _roles(
    log: Log,
    kinds: ResourceKinds,
    team_of: NDArray[np.int64],
    team_names: tuple[str, ...],
    profiles: NDArray[np.float64],
    events: NDArray[np.int64],
    told: GivenTeams | None,
) -> tuple[NDArray[np.int64], tuple[str, ...], tuple[int, ...]]:
    """Give each person a role: the team, or a part of it that has a role of its own or clearly does something else."""
    role_of = np.full(log.n_resources, -1, dtype=np.int64)
    names: list[str] = []
    role_team: list[int] = []
    for team, name in enumerate(team_names):
        members = np.flatnonzero((team_of == team) & (kinds.kind == PERSON) & (events > 0))
        if not members.size:
            continue
        parts = np.zeros(members.size, dtype=np.int64)
        given = given_parts(told, members, LEAST_GROUP) if told is not None else None
        if given is not None:
            parts = given[0]
        elif members.size >= 2 * LEAST_GROUP and len(team_names) < _MOST_TEAMS // 2:
            parts = cluster_profiles(
                profiles[members], events[members], least_silhouette=_SPLIT_SILHOUETTE, least_size=LEAST_GROUP
            )
        sizes = np.bincount(parts)
        order = sorted(range(sizes.size), key=lambda part: -events[members[parts == part]].sum())
        for part in order:
            own = members[parts == part]
            role_of[own] = len(names)
            top = int(np.argmax((profiles[own] * events[own][:, None]).sum(axis=0)))
            what = (given[1][part] if given is not None else "") or log.activities[top]
            names.append(name if sizes.size == 1 else f"{name}: {what}")
            role_team.append(team)
    unplaced = np.flatnonzero((role_of < 0) & (kinds.kind == PERSON) & (events > 0))
    if unplaced.size:
        role_of[unplaced] = len(names)
        names.append("Staff without a team")
        role_team.append(-1)
    return role_of, tuple(names), tuple(role_team)
