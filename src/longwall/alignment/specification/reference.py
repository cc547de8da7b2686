"""The front as a search confirmed it, seen from one design of it: what completions are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.exploring.fronts import first_rank
from longwall.alignment.specification.distance import from_front, ranges, worth_having
from longwall.worksystem import Estimate

__all__ = ["Confirmed", "Reference", "reference_of"]

_PARTS = 8
"""Parts into which the way between two designs of the front is cut."""
_MOST = 24
"""Members up to which the ways between them are looked at; more lie close enough by themselves."""
_HALF = 1.96
"""Standard errors in half of a 95% interval."""


class Confirmed(Protocol):
    """A design as a search confirmed it, such as `longwall.alignment.Point`."""

    @property
    def design(self) -> str:
        """Its id."""
        ...

    @property
    def technical(self) -> Estimate:
        """Loss on the technical side."""
        ...

    @property
    def social(self) -> Estimate:
        """Loss on the social side."""
        ...

    @property
    def cost(self) -> float:
        """In the currency of the study."""
        ...


@dataclass(frozen=True)
class Reference:
    """Designs of a known front, as differences from one of them, and what lies between two of them.

    Between two designs that were found others may lie that were not: a completion that trades one side against another
    at the rate of the front itself is near it. So the points on the straight line between each two count as well, those
    that a design found is better than on all sides left out. Nor does what was found reach as far as what can be had:
    against the design itself, what a completion loses at most on one side counts less what it gains at most on another,
    each in ranges, so that an even trade is near, and waste is not.

    Parameters
    ----------
    members : ndarray, shape (k, 3)
        Technical and social value and cost, minus those of the design asked about, which is among them (zeros).
    errors : ndarray, shape (k, 3)
        Standard errors of these differences.
    mix : ndarray, shape (m, k)
        Each point as shares of two members, or one.
    units : ndarray, shape (3,)
        Range of each side that counts as 1.
    """

    members: NDArray[np.float64]
    errors: NDArray[np.float64]
    mix: NDArray[np.float64]
    units: NDArray[np.float64]

    def far(self, moved: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far designs are from the front, shape (n,), in ranges; `moved` against the design asked about."""
        return self._least(moved, np.einsum("mk,ks->ms", self.mix, self.members))

    def far_drawn(self, moved: NDArray[np.float64], normal: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the same under draws, shape (draws, n).

        Parameters
        ----------
        moved : ndarray, shape (draws, n, 3)
        normal : ndarray, shape (draws, k, 3)
            Standard normal.
        """
        members = self.members[None] + normal * self.errors[None]
        points = np.einsum("mk,dks->dms", self.mix, members)
        return np.stack([self._least(one, front) for one, front in zip(moved, points, strict=True)])

    def _least(self, moved: NDArray[np.float64], front: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the distance from some points, or what is lost net against the design itself where that is less."""
        changed = moved / self.units
        net = np.maximum(changed.max(axis=1), 0.0) - np.maximum(-changed.min(axis=1), 0.0)
        found: NDArray[np.float64] = np.minimum(from_front(moved, front, self.units), np.maximum(net, 0.0))
        return found


def reference_of(
    points: Sequence[Confirmed], design: str, least: NDArray[np.float64], epsilon: float
) -> Reference:  # fmt: skip
    """Return the front of confirmed designs as one of them sees it.

    Parameters
    ----------
    points : sequence of Confirmed
        Those of the front, and the design asked about.
    design : str
        Which one it is; it counts as one of the front.
    least : ndarray, shape (3,)
        Least range of each side.
    """
    own = next(place for place, point in enumerate(points) if point.design == design)
    values = np.array([[point.technical.value, point.social.value, point.cost] for point in points])
    spread = np.array([[*(_error(side) for side in (point.technical, point.social)), 0.0] for point in points])
    kept = np.zeros(len(points), dtype=np.bool_)
    first = np.flatnonzero(first_rank(values))
    kept[first[worth_having(values[first], least, epsilon)]] = True
    kept[own] = True
    members = values[kept] - values[own]
    errors = np.where((members == 0.0).all(axis=1)[:, None], 0.0, np.hypot(spread[kept], spread[own]))
    return Reference(members, errors, _mixed(members), ranges(members, least))


def _error(side: Estimate) -> float:
    """Return the standard error behind a 95% interval."""
    return (side.high - side.low) / (2.0 * _HALF)


def _mixed(members: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the shares of all points: each member, then the ways between each two as far as no member beats them."""
    alone = np.eye(len(members))
    shares = np.arange(1, _PARTS) / _PARTS
    between = [
        np.outer(1.0 - shares, alone[one]) + np.outer(shares, alone[other])
        for one, other in combinations(range(len(members) if len(members) <= _MOST else 0), 2)
    ]
    if not between:
        return alone
    rows = np.concatenate(between)
    points = np.einsum("mk,ks->ms", rows, members)
    beaten = (members[None] < points[:, None]).all(axis=2).any(axis=1)
    return np.concatenate([alone, rows[~beaten]])
