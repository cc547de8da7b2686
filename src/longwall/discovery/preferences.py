"""Who takes what: whether an item stays with the person who had it before, beyond what chance would do.

Counts of pairs only; no person leaves these arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc

from longwall.discovery.flow import Functions, wilson
from longwall.discovery.resources import ResourceKinds
from longwall.discovery.teams import LEAST_GROUP, Groups
from longwall.discovery.traces import Traces

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Staying", "staying_of"]

_LEAST = 30
_SURE = 0.001
_MOST_OF = 0.5


@dataclass(frozen=True)
class Staying:
    """How often a function is done by the person who did the step before it, both of one role.

    Parameters
    ----------
    stays : ndarray of bool, shape (n_functions,)
        Where items stay with the person more often than not, and more than chance explains.
    count : ndarray of int64, shape (n_functions,)
        Steps between people of one role that were counted.
    share, low, high : ndarray, shape (n_functions,)
        Share that stayed, with a 95% score interval; NaN where none were counted.
    chance : ndarray, shape (n_functions,)
        Share that would stay if the role's members took steps by how much each takes anyway.
    """

    stays: NDArray[np.bool_]
    count: NDArray[np.int64]
    share: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    chance: NDArray[np.float64]

    def sentence(self, function: int) -> str:
        """Say what was counted for one function; empty where nothing was."""
        if not self.count[function]:
            return ""
        rows = (self.share, self.low, self.high, self.chance)
        share, low, high, chance = (100 * float(each[function]) for each in rows)
        return (
            f"{share:.0f}% ({low:.0f} to {high:.0f}) of {self.count[function]} stay with the person before, "
            f"{chance:.0f}% would by chance"
        )


def staying_of(log: Log, traces: Traces, functions: Functions, kinds: ResourceKinds, groups: Groups) -> Staying:
    """Return where items stay with a person.

    Parameters
    ----------
    traces : Traces
        With enabling events.

    Notes
    -----
    Only steps between two events by people of one role, of roles of five and more: the pattern of a smaller one would
    be that of a person. Chance is the sum of squares of the members' shares of the function. A function stays where
    more than half do, and more than chance at the 0.1% level (binomial test).
    """
    n = len(functions.names)
    count: NDArray[np.int64] = np.zeros(n, dtype=np.int64)
    same: NDArray[np.float64] = np.zeros(n)
    expected: NDArray[np.float64] = np.zeros(n)
    rows = np.flatnonzero((traces.previous >= 0) & (log.resource >= 0))
    before = traces.previous[rows]
    large = groups.people_seen() >= LEAST_GROUP
    role, earlier = groups.role_of_event[rows], groups.role_of_event[before]
    kept = (role >= 0) & (role == earlier) & kinds.by_person(log)[rows]
    kept[kept] &= large[role[kept]]
    rows, before, role = rows[kept], before[kept], role[kept]
    if rows.size:
        code, who = functions.of_event[rows], log.resource[rows].astype(np.int64)
        count = np.bincount(code, minlength=n).astype(np.int64)
        same = np.bincount(code, weights=who == log.resource[before], minlength=n).astype(np.float64)
        cell = code * groups.n_roles + role
        pair, pairs = np.unique(cell * log.n_resources + who, return_counts=True)
        size = np.bincount(cell, minlength=n * groups.n_roles)
        squares = np.bincount(pair // log.n_resources, weights=pairs.astype(float) ** 2, minlength=n * groups.n_roles)
        expected = (squares / np.maximum(size, 1)).reshape(n, groups.n_roles).sum(axis=1)
    some = count > 0
    share, chance, low, high = (np.full(n, np.nan) for _ in range(4))
    share[some], chance[some] = same[some] / count[some], expected[some] / count[some]
    for function in np.flatnonzero(some):
        low[function], high[function] = wilson(float(same[function]), float(count[function]))
    sure = (count >= _LEAST) & (bdtrc(same - 1, np.maximum(count, 1), np.minimum(np.nan_to_num(chance), 1.0)) < _SURE)
    stays = sure & (np.nan_to_num(share) > _MOST_OF)
    return Staying(stays, count.astype(np.int64), share, low, high, chance)
