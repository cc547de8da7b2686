"""The organisation on paper beside the one in the log: links, members who work elsewhere, steps that hang on one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.labels import id_of
from longwall.discovery.networks_result import Elsewhere, ThinStep
from longwall.errors import DiscoveryError, Fault
from longwall.evidence import MIN_GROUP, publishable_groups

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Formal", "elsewhere_of", "thin_steps"]

_LEAST_EVENTS = 10
_MARGIN = 0.25
_DAY_H = 24.0
_LEAST_TEAM_SHARE = 0.05
_LEAST_EXECUTIONS = 5


def _nobody() -> NDArray[np.int64]:
    """No membership known."""
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Formal:
    """The organisation on paper.

    Parameters
    ----------
    teams : tuple of str
        Names; a team of the log with the same name (case and punctuation aside) is the same team.
    team_of : ndarray of int64, shape (n_resources,) or (0,)
        Team of each resource of the log, a position in `teams`, -1 where unknown; empty: no memberships known.
    links : tuple of pairs of str
        Names of teams between which communication, reporting or handover stands on paper, in either direction.
    depends : tuple of pairs of str
        Names of teams of which one owns a component that depends on a component of the other.
    """

    teams: tuple[str, ...] = ()
    team_of: NDArray[np.int64] = field(default_factory=_nobody)
    links: tuple[tuple[str, str], ...] = ()
    depends: tuple[tuple[str, str], ...] = ()

    def checked(self, n_resources: int) -> Formal:
        """Return itself.

        Raises
        ------
        DiscoveryError
            LW-DI-081: memberships that do not fit the resources of the log, or the teams.
        """
        of = self.team_of
        if of.size and (of.shape != (n_resources,) or int(of.max(initial=-1)) >= len(self.teams)):
            raise DiscoveryError(
                Fault("LW-DI-081", "formal.team_of", f"{n_resources} positions below {len(self.teams)}",
                      f"{of.size} positions up to {int(of.max(initial=-1))}",
                      "give each resource of the log the position of its team, or -1")
            )  # fmt: skip
        return self

    def pairs(self, names: tuple[tuple[str, str], ...], position: dict[str, int]) -> NDArray[np.bool_]:
        """Return pairs of names as a symmetric matrix over the positions of teams; unknown names are left out."""
        table = np.zeros((len(position), len(position)), dtype=np.bool_)
        for one, other in names:
            a, b = position.get(id_of(one)), position.get(id_of(other))
            if a is not None and b is not None and a != b:
                table[a, b] = table[b, a] = True
        return table


def elsewhere_of(
    log: Log, member: NDArray[np.int64], ids: tuple[str, ...], seen: NDArray[np.int64] | None
) -> tuple[Elsewhere, ...]:
    """Count members of a team who work as another team.

    Parameters
    ----------
    member : ndarray of int64, shape (n_resources,)
        Team of each person, -1 where unknown and for machines.
    ids : tuple of str
        Of the teams.
    seen : ndarray of int64, shape (n_resources,), or None
        The team under whose name the log shows each resource most often; None: they work as the team whose functions
        theirs resemble, clearly more than those of their own.

    Returns
    -------
    tuple of Elsewhere
        Teams, and counts of five or more people, down to a multiple of five; whatever could be had by subtraction is
        left out too.
    """
    events = np.bincount(log.resource[log.resource >= 0], minlength=log.n_resources)
    who = np.flatnonzero((member >= 0) & (events >= _LEAST_EVENTS))
    if who.size < MIN_GROUP:
        return ()
    works_as = seen[who] if seen is not None else _resembled(log, who, member[who], len(ids))
    works_as = np.where(works_as < 0, member[who], works_as)
    found = []
    for team in range(len(ids)):
        own = works_as[member[who] == team]
        counts = np.bincount(own, minlength=len(ids))
        shown = publishable_groups({int(other): int(n) for other, n in enumerate(counts) if n}).shown
        found += [
            Elsewhere(team=ids[team], other=ids[other], people=_at_least(int(counts[other])), of=int(own.size))
            for other in sorted(int(str(group)) for group in shown)
            if other != team
        ]
    return tuple(sorted(found, key=lambda one: (-one.people, one.team, one.other)))


def thin_steps(
    log: Log,
    team: NDArray[np.int64],
    person: NDArray[np.bool_],
    ids: tuple[str, ...],
    days: int = 90,
) -> tuple[ThinStep, ...]:
    """Find functions that at most one of five or more people performed lately.

    Parameters
    ----------
    team : ndarray of int64, shape (n_events,)
        Team of each event, -1 where unknown.
    person : ndarray of bool, shape (n_resources,)
    ids : tuple of str
        Of the teams.
    days : int
        Before the last event of the log.

    Notes
    -----
    Counted among the people who were at work in these days in the teams that do 5% of the function or more; where they
    are fewer than five, among everybody at work. A function counts that was performed five times in these days, by
    whomever or whatever.
    """
    if not log.n_resources:
        return ()
    by_person = (log.resource >= 0) & person[np.maximum(log.resource, 0)]
    recent = log.end_h > log.end_h.max() - days * _DAY_H
    everybody = np.unique(log.resource[by_person & recent])
    found = []
    for code in range(len(log.activities)):
        rows = np.flatnonzero(log.activity == code)
        by_hand = rows[by_person[rows]]
        if recent[rows].sum() < _LEAST_EXECUTIONS or by_hand.size < _LEAST_EXECUTIONS:
            continue
        did = np.unique(log.resource[by_hand[recent[by_hand]]]).size
        if did > 1:
            continue
        shares = np.bincount(team[by_hand][team[by_hand] >= 0], minlength=len(ids))
        owners = np.flatnonzero(shares >= max(_LEAST_TEAM_SHARE * by_hand.size, 1))
        of = np.unique(log.resource[by_person & recent & np.isin(team, owners)]).size
        if of < MIN_GROUP:
            owners, of = owners[:0], everybody.size
        if of >= MIN_GROUP:
            names = tuple(ids[owner] for owner in owners)
            found.append(ThinStep(function=log.activities[code], did=did, of=of, teams=names))
    return tuple(sorted(found, key=lambda one: (one.did, -one.of, one.function)))


def _at_least(people: int) -> int:
    """A count down to a multiple of five."""
    return people - people % MIN_GROUP


def _resembled(log: Log, who: NDArray[np.int64], member: NDArray[np.int64], n_teams: int) -> NDArray[np.int64]:
    """The team whose functions a person's resemble clearly more than those of the own one; else the own one."""
    place = np.full(log.n_resources, -1, dtype=np.int64)
    place[who] = np.arange(who.size)
    known = (log.resource >= 0) & (place[np.maximum(log.resource, 0)] >= 0)
    kinds = len(log.activities)
    key = place[log.resource[known]] * kinds + log.activity[known]
    counts = np.bincount(key, minlength=who.size * kinds).reshape(who.size, kinds).astype(np.float64)
    points = np.sqrt(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
    sizes = np.bincount(member, minlength=n_teams)
    sums = np.zeros((n_teams, kinds))
    np.add.at(sums, member, points)
    distance = np.full((who.size, n_teams), np.inf)
    for team in np.flatnonzero(sizes >= MIN_GROUP):
        mine = member == team
        centre = np.broadcast_to(sums[team] / sizes[team], points.shape).copy()
        centre[mine] = (sums[team] - points[mine]) / (sizes[team] - 1)
        distance[:, team] = np.sqrt(((points - centre) ** 2).sum(axis=1))
    own = distance[np.arange(who.size), member]
    near = np.argmin(distance, axis=1)
    far = np.isfinite(own) & (distance.min(axis=1) < (1 - _MARGIN) * own)
    return np.where(far, near, member)
