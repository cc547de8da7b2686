"""The events of a log seen as cases: predecessors, gaps, what the edge of the log cuts off.

Everything downstream reads these arrays; they hold codes and hours, and no name of anybody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Traces", "before", "cases_of", "ended_cases", "traces_of", "weekly_weights"]

_LEAST_GAPS = 20
_ROUNDS = 60
_TERMINAL_SHARE = 0.85
_LEAST_ENDS = 5


@dataclass(frozen=True)
class Traces:
    """Derived arrays, one entry per event row of the log unless said otherwise.

    Parameters
    ----------
    previous, next : ndarray of int64
        Row of the event before and after in the same case; -1 at the ends.
    position : ndarray of int64
        0 for the first event of a case.
    gap_h : ndarray of float
        Hours from the end of the previous event to the end of this one, >= 0; 0 for the first.
    first, last : ndarray of int64, shape (n_cases,)
        First and last row of each case.
    arrival_h, close_h : ndarray of float, shape (n_cases,)
        Earliest start and latest end of a case, hours since the origin of the log.
    edge_h : float
        Hour of the last event of the whole log.
    ended : ndarray of float in [0, 1], shape (n_cases,)
        How probably the case had ended, and was not cut off by the edge of the log.
    terminal : ndarray of bool, shape (n_activities,)
        Activities that end at least 85% of the cases they occur in, seen to do so five times or more.
    """

    previous: NDArray[np.int64]
    next: NDArray[np.int64]
    position: NDArray[np.int64]
    gap_h: NDArray[np.float64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    arrival_h: NDArray[np.float64]
    close_h: NDArray[np.float64]
    edge_h: float
    ended: NDArray[np.float64]
    terminal: NDArray[np.bool_]

    @property
    def n_cases(self) -> int:
        """Number of cases."""
        return int(self.first.size)

    @property
    def finished(self) -> NDArray[np.bool_]:
        """Cases that had ended more probably than not, shape (n_cases,)."""
        return np.asarray(self.ended >= 0.5)


def traces_of(log: Log, *, edge_h: float | None = None) -> Traces:
    """Return the derived arrays of a log.

    Parameters
    ----------
    log : Log
        Sorted by case, end, start.
    edge_h : float, optional
        When the log was extracted, hours since its origin; none: its last event.
    """
    rows = np.arange(log.case.size, dtype=np.int64)
    first, last = log.offsets[:-1].astype(np.int64), log.offsets[1:].astype(np.int64) - 1
    previous, following = rows - 1, rows + 1
    previous[first] = -1
    following[last] = -1
    position = rows - first[log.case]
    gap_h = np.where(previous >= 0, log.end_h - log.end_h[previous], 0.0)
    arrival_h = np.minimum.reduceat(log.start_h, first) if first.size else np.zeros(0)
    edge = float(log.end_h.max(initial=0.0)) if edge_h is None else edge_h
    ended, ends = ended_cases(log, previous, last, np.maximum(gap_h, 0.0), edge)
    closing = np.bincount(log.activity[last], weights=ended, minlength=len(log.activities))
    terminal = (ends >= _TERMINAL_SHARE) & (closing >= min(_LEAST_ENDS, 0.5 * first.size))
    return Traces(
        previous=previous,
        next=following,
        position=position,
        gap_h=np.maximum(gap_h, 0.0),
        first=first,
        last=last,
        arrival_h=arrival_h,
        close_h=log.end_h[last],
        edge_h=edge,
        ended=ended,
        terminal=terminal,
    )


def ended_cases(
    log: Log, previous: NDArray[np.int64], last: NDArray[np.int64], gap_h: NDArray[np.float64], edge_h: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how probably each case had ended when the log was extracted, and how often each activity ends a case.

    A case that has been quiet for *s* hours after activity *a* has ended, or goes on after a gap longer than *s*. With
    p the share of occurrences of *a* that end a case and S the survivor function of the gaps that follow the others,
    Bayes gives p / (p + (1 - p) S(s)); p is the mean of that over occurrences, found by iteration (a mixture cure
    model, fitted by expectation and maximisation).

    Parameters
    ----------
    previous, gap_h : ndarray, shape (n_events,)
    last : ndarray of int64, shape (n_cases,)
    edge_h : float
        When the log was extracted.

    Returns
    -------
    ended : ndarray of float in [0, 1], shape (n_cases,)
    ends : ndarray of float in [0, 1], shape (n_activities,)

    References
    ----------
    Boag 1949, "Maximum likelihood estimates of the proportion of patients cured by cancer therapy", JRSS B 11.
    """
    n_activities = len(log.activities)
    followed = np.flatnonzero(previous >= 0)
    source, gaps = log.activity[previous[followed]], gap_h[followed]
    order = np.lexsort((gaps, source))
    bounds = np.searchsorted(source[order], np.arange(n_activities + 1))
    pooled = np.sort(gaps)
    final = log.activity[last]
    silence = edge_h - log.end_h[last]
    ended = np.zeros(last.size)
    ends = np.zeros(n_activities)
    for code in np.unique(final):
        own = gaps[order[bounds[code] : bounds[code + 1]]]
        basis = own if own.size >= _LEAST_GAPS else pooled
        at = np.flatnonzero(final == code)
        # Half an observation longer than the longest gap: nobody has seen what lies beyond.
        longer = (basis.size - np.searchsorted(basis, silence[at], side="right") + 0.5) / (basis.size + 1.0)
        share = 0.5
        for _ in range(_ROUNDS):
            odds = share / (share + (1.0 - share) * longer)
            share = float(odds.sum()) / (at.size + own.size)
        ended[at], ends[code] = share / np.maximum(share + (1.0 - share) * longer, 1e-300), share
    return ended, ends


def weekly_weights(log_weeks: int, half_life_weeks: float) -> NDArray[np.float64]:
    """Return a weight per week, the last one 1, halving every `half_life_weeks` towards the past."""
    return np.asarray(0.5 ** (np.arange(log_weeks)[::-1] / half_life_weeks), dtype=np.float64)


def before(log: Log, cut_h: float, *, cases_before: bool = True) -> Log:
    """Return what was known at a moment: the events that had ended, of the cases that had begun.

    Parameters
    ----------
    cut_h : float
        Hours since the origin of the log; events that end at or after it are not known.
    cases_before : bool
        Leave out cases that begin at or after the cut as a whole.

    Returns
    -------
    Log
        With cases renumbered in their old order; labels and origin as they were.
    """
    known = log.end_h < cut_h
    histories = tuple(
        replace(one, case=one.case[told], at_h=one.at_h[told], codes=one.codes[told])
        for one in log.histories
        for told in [one.at_h < cut_h]
    )
    log = replace(log, histories=histories)
    if cases_before and log.offsets.size > 1:
        begins = np.minimum.reduceat(log.start_h, log.offsets[:-1].astype(np.int64))
        known &= (begins < cut_h)[log.case]
    return _rows(log, np.flatnonzero(known))


def cases_of(log: Log, chosen: NDArray[np.bool_]) -> Log:
    """Return the log of some cases, chosen by shape (n_cases,), renumbered in their old order."""
    return _rows(log, np.flatnonzero(chosen[log.case]))


def _rows(log: Log, rows: NDArray[np.int64]) -> Log:
    """Return the log of some rows, cases renumbered."""
    cases, number = np.unique(log.case[rows], return_inverse=True)
    attributes = {
        name: replace(
            held,
            codes=held.codes[cases] if held.codes.size else held.codes,
            values=held.values[cases] if held.values.size else held.values,
        )
        for name, held in log.case_attributes.items()
    }
    held_cases = np.full(log.n_cases, -1, dtype=np.int64)
    held_cases[cases] = np.arange(cases.size)
    histories = tuple(
        replace(one, case=held_cases[one.case[kept]], at_h=one.at_h[kept], codes=one.codes[kept])
        for one in log.histories
        for kept in [held_cases[one.case] >= 0]
    )
    return replace(
        log,
        histories=histories,
        case=number.astype(log.case.dtype),
        activity=log.activity[rows],
        resource=log.resource[rows],
        team=log.team[rows],
        start_h=log.start_h[rows],
        end_h=log.end_h[rows],
        row=log.row[rows],
        case_labels=tuple(log.case_labels[case] for case in cases),
        case_attributes=attributes,
        offsets=np.searchsorted(number, np.arange(cases.size + 1)).astype(log.offsets.dtype),
    )
