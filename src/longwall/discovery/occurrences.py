"""What the rules for variance events look at, and what they find."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.demand import Classes
from longwall.discovery.teams import Groups
from longwall.discovery.traces import Traces

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Context", "Occurrences"]


@dataclass(frozen=True)
class Context:
    """What the rules look at."""

    log: Log
    traces: Traces
    classes: Classes
    groups: Groups


@dataclass(frozen=True)
class Occurrences:
    """Occurrences of one kind; arrays of one length, as in `VarianceEvents`."""

    case: NDArray[np.int64]
    origin: NDArray[np.int64]
    seen: NDArray[np.int64]
    controlled: NDArray[np.int64]
    escaped: NDArray[np.bool_]
    censored: NDArray[np.bool_]
    harm_h: NDArray[np.float64]

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
