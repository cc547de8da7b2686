"""How common each kind of variance is, and what becomes of its occurrences: controlled, escaped, or not followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.statement import estimate
from longwall.discovery.traces import Traces, traces_of
from longwall.stats import cumulative_incidence, share_interval
from longwall.worksystem import Estimate, Piece

if TYPE_CHECKING:
    from longwall.discovery.variance_events import VarianceEvents
    from longwall.evidence import Log

__all__ = ["DetectorRow", "Fate", "detector_rows", "fate_of"]

_CONTROLLED, _ESCAPED, _NEITHER = 0, 1, 2


class Fate(Piece):
    """What becomes of the occurrences of one kind.

    Parameters
    ----------
    controlled, escaped, neither : Estimate
        Cumulative incidence, as far as occurrences were followed: put right for good; revealed after the item was
        closed, or left so when it was; ended in another way, such as by coming back. Counted where all were followed.
    censored : int
        Occurrences that were not followed for long enough.
    followed_h : float
        Elapsed hours from origin over which the incidence is known.
    """

    controlled: Estimate
    escaped: Estimate
    neither: Estimate
    censored: int
    followed_h: float


class DetectorRow(Piece):
    """One detector and what it found.

    Parameters
    ----------
    kind : str
        Its id.
    occurrences, cases : int
    share : Estimate
        Cases with it over all cases.
    harm_h : float
        Elapsed hours that its occurrences cost together.
    fate : Fate, optional
        None where it found nothing.
    withheld : str
        Why it says nothing about this log; empty where it speaks.
    """

    kind: str
    name: str
    means: str
    occurrences: int
    cases: int
    share: Estimate
    harm_h: float
    fate: Fate | None = None
    withheld: str = ""


def fate_of(log: Log, traces: Traces, events: VarianceEvents, rows: NDArray[np.int64]) -> Fate | None:
    """Return what became of some occurrences; None where there are none.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
        Of `events`.

    Notes
    -----
    Time runs from the origin. Whoever is revealed only after the item was closed has escaped, whatever comes later.
    """
    if not rows.size:
        return None
    case, seen, controlled = events.case[rows], events.seen[rows], events.controlled[rows]
    origin, escaped, censored = events.origin[rows], events.escaped[rows], events.censored[rows]
    began = np.where(origin >= 0, log.end_h[np.maximum(origin, 0)], traces.arrival_h[case])
    closed = traces.close_h[case]
    revealed = np.where(seen >= 0, log.end_h[np.maximum(seen, 0)], closed)
    right = np.where(controlled >= 0, log.end_h[np.maximum(controlled, 0)], closed)
    end = np.select([escaped, controlled >= 0, censored], [_ESCAPED, _CONTROLLED, -1], _NEITHER)
    until = np.select(
        [escaped, controlled >= 0, censored], [revealed, right, np.full(rows.size, traces.edge_h)], closed
    )
    found = cumulative_incidence(np.maximum(until - began, 0.0), end, 3)
    footing = "fitted" if (end < 0).any() else "counted"
    shares = [
        estimate(float(found.value[k]), float(found.low[k]), float(found.high[k]), "share", footing)  # type: ignore[arg-type]
        for k in range(3)
    ]
    followed = float(found.at) if np.isfinite(found.at) else 0.0
    return Fate(controlled=shares[_CONTROLLED], escaped=shares[_ESCAPED], neither=shares[_NEITHER],
                censored=int((end < 0).sum()), followed_h=followed)  # fmt: skip


def detector_rows(log: Log, events: VarianceEvents, traces: Traces | None = None) -> tuple[DetectorRow, ...]:
    """Return every detector with its measured prevalence, in the order of the file."""
    rows = []
    traces = traces_of(log) if traces is None else traces
    total = max(traces.n_cases, 1)
    for number, one in enumerate(events.prevalence):
        low, high = share_interval(one.cases, total)
        rows.append(
            DetectorRow(
                kind=one.kind,
                name=one.name or one.kind,
                means=one.means,
                occurrences=one.occurrences,
                cases=one.cases,
                share=estimate(one.cases / total, low, high, "share", "counted"),
                harm_h=one.harm_h,
                fate=fate_of(log, traces, events, np.flatnonzero(events.kind == number)),
                withheld=one.withheld,
            )
        )
    return tuple(rows)
