"""A log that may leave the store: no performer, no team and no working time of fewer than five people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from longwall.evidence.log import Log
from longwall.evidence.privacy import MIN_GROUP

__all__ = ["OTHER_TEAMS", "shareable"]

OTHER_TEAMS = "Other teams"


def shareable(log: Log) -> Log:
    """Return a log of which every row could be the work of any of five people or more.

    Performers are left out. Teams of fewer than five become one, joined by the next larger team where they are still
    fewer than five together. Where fewer than five people of a team do a step, its start is set to its end: when items
    moved stays, how long somebody worked goes. A log that names no performers is returned as it is.

    Parameters
    ----------
    log : Log

    Returns
    -------
    Log
        Without resources.
    """
    if not log.n_resources:
        return log
    team, teams = _teams_of_five(log)
    alone = _few(team.astype(np.int64) * len(log.activities) + log.activity + len(log.activities), log.resource)
    nobody = np.full(log.n_events, -1, dtype=np.int32)
    return replace(
        log,
        team=team,
        teams=teams,
        start_h=np.where(alone, log.end_h, log.start_h),
        resource=nobody,
        n_resources=0,
        resource_team=np.empty(0, dtype=np.int32),
    )


def _teams_of_five(log: Log) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Teams of the events and their names, the small ones joined."""
    members = [
        set(np.unique(log.resource[(log.team == code) & (log.resource >= 0)]).tolist())
        for code in range(len(log.teams))
    ]
    small = [code for code, people in enumerate(members) if 0 < len(people) < MIN_GROUP]
    rest = sorted(
        (code for code, people in enumerate(members) if len(people) >= MIN_GROUP),
        key=lambda code: (len(members[code]), code),
    )
    while small and rest and len(set().union(*(members[code] for code in small))) < MIN_GROUP:
        small.append(rest.pop(0))
    if not small:
        return log.team, log.teams
    kept = [code for code in range(len(log.teams)) if code not in small]
    names = [log.teams[code] for code in kept]
    other = OTHER_TEAMS
    while other in names:
        other += " "
    enough = len(set().union(*(members[code] for code in small))) >= MIN_GROUP
    renumber = np.full(len(log.teams) + 1, -1, dtype=np.int32)
    renumber[kept] = np.arange(len(kept))
    if enough:
        renumber[small] = len(kept)
        names.append(other)
    return renumber[log.team], tuple(names)


def _few(cell: NDArray[np.int64], resource: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Whether the cell of each event holds one to four known people."""
    known = resource >= 0
    pairs = np.unique(np.stack([cell[known], resource[known].astype(np.int64)]), axis=1)
    people = np.bincount(pairs[0], minlength=int(cell.max(initial=0)) + 1)
    return np.asarray((people[cell] > 0) & (people[cell] < MIN_GROUP))
