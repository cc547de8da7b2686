"""Whether the waits of one item hang together: what the model, which draws each wait by itself, cannot show.

Some items pass from step to step at once, others wait each time. A model whose waits depend on the function alone then
has the right waits and the wrong lead times. How wrong can be told from the log itself: deal the waits of each function
out again among the items, and look at the lead times that come of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall import streams
from longwall.discovery.teams import LEAST_GROUP
from longwall.discovery.traces import Traces

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Dependence", "dependence_of"]

_DRAWS = 9
_LEAST_ITEMS = 50
_FACTOR = 1.5
_LEAST_H = 0.5
_SOFT_H = 0.05


@dataclass(frozen=True)
class Dependence:
    """Median lead time of finished items [h]: as it was, and with waits dealt out again.

    Parameters
    ----------
    median_h : float
        In the log.
    dealt_h : float
        With the waits of each function dealt out again among all items; the median of nine deals.
    kept_h : float
        The same, dealt only among steps that stayed with a person, and among those that changed hands; NaN where the
        log has fewer than five people.
    """

    median_h: float
    dealt_h: float
    kept_h: float

    @property
    def matters(self) -> bool:
        """Whether the two medians are apart by a factor of 1.5 and by half an hour."""
        high, low = max(self.median_h, self.dealt_h), min(self.median_h, self.dealt_h)
        return high > _FACTOR * low and high - low > _LEAST_H

    def sentence(self) -> str:
        """Say it; empty where it does not matter."""
        if not self.matters:
            return ""
        said = (
            "Waits of one item hang together, and the model draws each by itself: dealt again among items, the waits "
            f"of the log give a median lead time of {self.dealt_h:.1f} h instead of {self.median_h:.1f} h"
        )
        log_h, dealt, kept = (np.log(hours + _SOFT_H) for hours in (self.median_h, self.dealt_h, self.kept_h))
        if abs(kept - log_h) < 0.5 * abs(dealt - log_h):
            said += f", but {self.kept_h:.1f} h if steps that stay with a person do: changing hands takes the time"
        return said + "."


def dependence_of(log: Log, traces: Traces, of_event: NDArray[np.int64], *, seed: int) -> Dependence | None:
    """Return how the lead times of a log change when waits are dealt out again; None for fewer than fifty items.

    Parameters
    ----------
    of_event : ndarray of int64, shape (n_events,)
        Function of each event.
    seed : int
        Deals.

    Notes
    -----
    A wait is the time from the event before to this one. Only finished items, whose waits are all known.
    """
    whole = traces.finished[log.case]
    rows = np.flatnonzero((traces.previous >= 0) & whole)
    if not rows.size or int(traces.finished.sum()) < _LEAST_ITEMS:
        return None
    gap = traces.gap_h[rows]
    before = traces.previous[rows]
    same = (log.resource[rows] >= 0) & (log.resource[rows] == log.resource[before])
    rng = streams.generator(seed, "dependence")

    def median_lead(waits: NDArray[np.float64]) -> float:
        sums = np.bincount(log.case[rows], weights=waits, minlength=log.n_cases)
        return float(np.median(sums[traces.finished]))

    def dealt(key: NDArray[np.int64]) -> float:
        places = np.argsort(key, kind="stable")
        medians = []
        for _ in range(_DRAWS):
            again = np.empty(rows.size)
            again[places] = gap[np.lexsort((rng.random(rows.size), key))]
            medians.append(median_lead(again))
        return float(np.median(medians))

    function = of_event[rows].astype(np.int64)
    people = np.unique(log.resource[rows][log.resource[rows] >= 0]).size
    return Dependence(
        median_lead(gap),
        dealt(function),
        dealt(2 * function + same) if people >= LEAST_GROUP else float("nan"),
    )
