"""What the rules for variance events look at, and what they find."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.demand import Classes
from longwall.discovery.teams import Groups
from longwall.discovery.traces import Traces

if TYPE_CHECKING:
    from longwall.evidence import Alerts, Log

__all__ = ["TIES", "Context", "Occurrences"]

TIES = 3
"""How many events may tie with the origin of an occurrence; further ones are not kept."""


@dataclass(frozen=True)
class Context:
    """What the rules look at."""

    log: Log
    traces: Traces
    classes: Classes
    groups: Groups
    alerts: Alerts | None = None


@dataclass(frozen=True)
class Occurrences:
    """Occurrences of one kind; arrays of one length, as in `VarianceEvents`.

    Parameters
    ----------
    also : ndarray of int64, shape (n, TIES)
        Events that are the origin as well as `origin` may be; -1 for none.
    """

    case: NDArray[np.int64]
    origin: NDArray[np.int64]
    seen: NDArray[np.int64]
    controlled: NDArray[np.int64]
    escaped: NDArray[np.bool_]
    censored: NDArray[np.bool_]
    harm_h: NDArray[np.float64]
    also: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, TIES), dtype=np.int64))

    def __post_init__(self) -> None:
        if len(self.also) != self.case.size:  # no rule said that others may be the origin as well
            object.__setattr__(self, "also", np.full((self.case.size, TIES), -1, dtype=np.int64))

    @classmethod
    def none(cls) -> Occurrences:
        """Return no occurrence."""
        empty, no = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
        return cls(empty, empty, empty, empty, no, no, np.zeros(0))

    @classmethod
    def joined(cls, parts: list[Occurrences]) -> Occurrences:
        """Return all occurrences of several."""
        return cls(*(np.concatenate([getattr(part, held.name) for part in parts]) for held in fields(cls)))

    def rows(self, rows: NDArray[np.int64]) -> Occurrences:
        """Return some of the occurrences."""
        return Occurrences(*(getattr(self, held.name)[rows] for held in fields(self)))

    def arising(self, origin: NDArray[np.int64], also: NDArray[np.int64]) -> Occurrences:
        """Return the same with other origins: the first choice of each, and what ties with it."""
        return replace(self, origin=origin, also=also)
