"""How much exchangeable members of a role differ in how long they take: one variance, and nobody's own time.

The model takes the members of a role as alike. What the log says of their spread is one number for five people or more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

from longwall.discovery.teams import LEAST_GROUP, Groups
from longwall.evidence.disclosure import coarse, half_step, outward

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["MemberSpread", "between_members", "member_spread"]

_LEAST_EACH = 10
_ALIKE = 0.02


@dataclass(frozen=True)
class MemberSpread:
    """Standard deviation between members of log durations, rounded, with a 95% interval.

    Parameters
    ----------
    sd, low, high : float
        >= 0; ``exp(sd)`` is the factor by which a member one deviation off takes longer.
    """

    sd: float
    low: float
    high: float

    def sentence(self) -> str:
        """Say it as a factor."""
        if self.low < _ALIKE:
            most = f", at most {self._by(self.high)} times either way" if self.high >= _ALIKE else ""
            return f"members of a role are not told apart by how long they take{most}"
        return (
            f"members of a role take {self._by(self.sd)} ({self._by(self.low)} to {self._by(self.high)}) times longer "
            "or shorter, one standard deviation off, as far as they get the same items"
        )

    @staticmethod
    def _by(sd: float) -> str:
        """A factor with two decimals."""
        return f"{math.exp(sd):.2f}"


def between_members(
    values: NDArray[np.float64], person: NDArray[np.int64], role: NDArray[np.int64]
) -> tuple[float, float, float]:
    """Return the variance between persons of the same role, with a 95% interval.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Such as log durations; one role or more, with two persons or more in each.
    person, role : ndarray of int64, shape (n,)

    Notes
    -----
    Persons are drawn from their role, roles are fixed: one-way random effects by the method of moments, unbalanced. The
    interval is that of the ratio of variances by the F distribution, exact where everyone has as many values, and it
    takes the variance within persons as known.

    References
    ----------
    Searle, Casella and McCulloch 1992, "Variance Components", sections 3.5 and 3.6 (analysis of variance estimators and
    intervals).
    """
    _, who, each = np.unique(person, return_inverse=True, return_counts=True)
    mean = np.bincount(who, weights=values) / each
    _, of, whole = np.unique(role, return_inverse=True, return_counts=True)
    role_of = np.zeros(each.size, dtype=np.int64)
    role_of[who] = of
    free, rest = each.size - whole.size, values.size - each.size
    between = float(_parts(values, person, role).sum()) / free
    within = max(float(((values - mean[who]) ** 2).sum()) / rest, 1e-12)
    size = (values.size - float((each.astype(np.float64) ** 2 / whole[role_of]).sum())) / free
    ratio = between / within
    low, high = (max(ratio / float(fdtri(free, rest, at)) - 1.0, 0.0) * within / size for at in (0.975, 0.025))
    return max(ratio - 1.0, 0.0) * within / size, low, high


def member_spread(
    log: Log, of_event: NDArray[np.int64], n_functions: int, groups: Groups, spans_h: NDArray[np.float64]
) -> dict[int, MemberSpread]:
    """Return the spread between members for each function that says something of it.

    Parameters
    ----------
    of_event : ndarray of int64, shape (n_events,)
        Function of each event.
    spans_h : ndarray, shape (n_events,)
        Working hours; NaN where not known. Zero says nothing.

    Notes
    -----
    Members with ten executions or more, of roles with five such members or more. The number stands on a grid as coarse
    as the member who adds most to it asks for (`longwall.evidence.disclosure.half_step`).
    """
    found: dict[int, MemberSpread] = {}
    known = (groups.role_of_event >= 0) & (np.nan_to_num(spans_h) > 0)
    for function in range(n_functions):
        rows = np.flatnonzero(known & (of_event == function))
        rows = rows[np.bincount(log.resource[rows], minlength=log.n_resources)[log.resource[rows]] >= _LEAST_EACH]
        pairs = np.unique(np.stack([groups.role_of_event[rows], log.resource[rows]]), axis=1)
        large = np.bincount(pairs[0], minlength=groups.n_roles) >= LEAST_GROUP
        rows = rows[large[groups.role_of_event[rows]]]
        if not rows.size:
            continue
        values, person = np.log(spans_h[rows]), log.resource[rows].astype(np.int64)
        role = groups.role_of_event[rows]
        exact = [math.sqrt(one) for one in between_members(values, person, role)]
        half = half_step(_parts(values, person, role))
        sd = coarse(exact[0], half)
        low, high = outward(exact[1], exact[2], half)
        found[function] = MemberSpread(sd, min(low, sd), max(high, sd))
    return found


def _parts(values: NDArray[np.float64], person: NDArray[np.int64], role: NDArray[np.int64]) -> NDArray[np.float64]:
    """What each person adds to the variance between persons."""
    _, who, each = np.unique(person, return_inverse=True, return_counts=True)
    mean = np.bincount(who, weights=values) / each
    _, of, whole = np.unique(role, return_inverse=True, return_counts=True)
    middle = np.zeros(each.size)
    middle[who] = (np.bincount(of, weights=values) / whole)[of]
    return np.asarray(each * (mean - middle) ** 2)
