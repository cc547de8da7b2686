"""Which teams and steps of a log are of fewer than five people, so that performers are not measured there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from longwall import evidence

__all__ = ["SmallGroups", "small_groups"]


@dataclass(frozen=True)
class SmallGroups:
    """Groups of one to four people.

    Parameters
    ----------
    teams, steps : tuple of str
        Labels, in order of their first appearance.
    """

    teams: tuple[str, ...]
    steps: tuple[str, ...]


def small_groups(log: evidence.Log) -> SmallGroups:
    """Return the teams and steps of a log at which one to four people were seen."""
    return SmallGroups(_few(log, log.team, log.teams), _few(log, log.activity, log.activities))


def _few(log: evidence.Log, code: np.ndarray, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Labels at which one to four people were seen."""
    seen = (code >= 0) & (log.resource >= 0)
    pairs = np.unique(np.stack([code[seen], log.resource[seen]]), axis=1)
    people = np.bincount(pairs[0], minlength=len(labels))
    return tuple(labels[place] for place in np.flatnonzero((people > 0) & (people < evidence.MIN_GROUP)))
