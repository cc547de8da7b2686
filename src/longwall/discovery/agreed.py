"""Within which time items are to be done: as the log states it, or as an agreement of the study says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.traces import Traces
from longwall.evidence import agreement_clock

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["agreed_h", "stated_h"]


def agreed_h(log: Log, traces: Traces) -> NDArray[np.float64]:
    """Return the agreed hours from arrival per case, shape (n_cases,); NaN where none is known.

    Of an agreement of the study: the hours to its deadline by the calendar, if nothing pauses the clock.
    """
    limit = stated_h(log, traces)
    clock = agreement_clock(log, edge_h=traces.edge_h, finished=traces.finished)
    if clock is not None:
        limit = np.where(clock.which >= 0, clock.deadline_h - traces.arrival_h, limit)
    return np.where(limit > 0, limit, np.nan)


def stated_h(log: Log, traces: Traces) -> NDArray[np.float64]:
    """Return the hours from arrival that the log states for each case, shape (n_cases,); NaN where it states none."""
    due = log.attribute("due")
    if due is None or not due.values.size:
        return np.full(traces.n_cases, np.nan)
    limit = due.values - traces.arrival_h if due.kind == "time" else due.values
    return np.where(limit > 0, limit, np.nan)
