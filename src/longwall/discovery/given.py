"""Teams and roles that the organisation gives: they win over those that are found in the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["GivenTeams", "given_parts", "given_teams"]

_LEAST_KNOWN = 0.5


def _nobody() -> NDArray[np.int64]:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class GivenTeams:
    """Who belongs to which team and does which role, as the organisation says.

    Parameters
    ----------
    teams : tuple of str
    team_of : ndarray of int, shape (n_resources,)
        Team of each resource of the log, index into `teams`; -1 where the organisation says none.
    roles : tuple of str
    role_of : ndarray of int, shape (n_resources,)
        The same for roles; empty where there are none.
    """

    teams: tuple[str, ...]
    team_of: NDArray[np.integer]
    roles: tuple[str, ...] = ()
    role_of: NDArray[np.integer] = field(default_factory=_nobody)

    def knows(self, people: NDArray[np.int64]) -> bool:
        """Whether the organisation names a team for at least half of the people.

        Parameters
        ----------
        people : ndarray of int64
            Resources that are people.
        """
        return bool(people.size) and float((self.team_of[people] >= 0).mean()) >= _LEAST_KNOWN


def given_teams(log: Log, given: GivenTeams) -> tuple[tuple[str, ...], NDArray[np.int64], NDArray[np.int64]]:
    """Return the names of all teams, the team of each resource, and the team that the log names for each event.

    Parameters
    ----------
    log : Log
    given : GivenTeams
        For the resources of this log.

    Returns
    -------
    names : tuple of str
        Those of the organisation, then those that only the log knows.
    team_of : ndarray of int64, shape (n_resources,)
        As the organisation says, else as the log does; -1 where neither does.
    of_event : ndarray of int64, shape (n_events,)
        The team that the log names, where the organisation knows it by that name (in any case of letters) or nobody
        with a team did it; -1 elsewhere: there the team of whoever did it counts.
    """
    known = {name.casefold(): place for place, name in reversed(list(enumerate(given.teams)))}
    names = list(given.teams)
    position = np.zeros(len(log.teams) + 1, dtype=np.int64)
    position[-1] = -1
    for code, name in enumerate(log.teams):
        place = known.setdefault(name.casefold(), len(names))
        if place == len(names):
            names.append(name)
        position[code] = place
    by_log = position[log.resource_team] if log.n_resources else _nobody()
    team_of = np.where(given.team_of >= 0, given.team_of, by_log).astype(np.int64)
    of_event = position[log.team]
    performer = np.full(log.case.size, -1, dtype=np.int64)
    if log.n_resources:
        performer = np.where(log.resource >= 0, team_of[np.maximum(log.resource, 0)], -1)
    of_event = np.where((of_event >= len(given.teams)) & (performer >= 0), -1, of_event)
    return tuple(names), team_of, of_event


def given_parts(
    given: GivenTeams, members: NDArray[np.int64], least: int
) -> tuple[NDArray[np.int64], tuple[str, ...]] | None:
    """Divide a team by the roles that the organisation gives.

    Parameters
    ----------
    members : ndarray of int64
        Resources.
    least : int
        Smallest part; what is smaller joins the others, and those join the largest part where they are too few.

    Returns
    -------
    parts : ndarray of int64, shape (n_members,)
    names : tuple of str
        Of the parts; empty for a part without one role.
    None
        Where the organisation gives none of them a role.
    """
    if not given.role_of.size or not (given.role_of[members] >= 0).any():
        return None
    role = given.role_of[members].astype(np.int64)
    sizes = np.bincount(role[role >= 0], minlength=len(given.roles))
    kept = [int(one) for one in np.flatnonzero(sizes >= least)]
    if not kept:
        return np.zeros(members.size, dtype=np.int64), ("",)
    parts = np.full(members.size, len(kept), dtype=np.int64)
    for place, one in enumerate(kept):
        parts[role == one] = place
    names = tuple(given.roles[one] for one in kept)
    rest = int((parts == len(kept)).sum())
    if not rest:
        return parts, names
    if rest >= least:
        return parts, (*names, "others")
    largest = max(range(len(kept)), key=lambda place: (sizes[kept[place]], -place))
    parts[parts == len(kept)] = largest
    return parts, tuple("" if place == largest else name for place, name in enumerate(names))
