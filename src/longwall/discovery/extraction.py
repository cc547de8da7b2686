"""How was the log cut, and which cases does it keep? Rules of extraction that a forecaster needs, found in the log.

A log is cut in one of two ways. Usually it holds every event before a moment, and cases that were open then end in the
middle. Some logs hold whole cases only: whoever made them dropped the cases that were not over. A forecast that takes
one for the other gets durations wrong, because long cases are the ones that are cut off, or missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.traces import traces_of

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["chance_of_being_kept", "keeps_finished_only", "keeps_whole_cases"]

_CUTS = np.linspace(0.4, 0.85, 10)
_SHARE = 0.03
_RECENT = (20, 200)
_LEAST_EVIDENCE = 3.0
_LEAST_CHANCE = 0.05
_GRID = 2001


def keeps_finished_only(log: Log) -> bool:
    """Tell whether every case ends with a closing activity."""
    traces = traces_of(log)
    return bool(traces.terminal[log.activity[traces.last]].all())


def keeps_whole_cases(log: Log) -> bool:
    """Tell whether the log holds only cases that were over when it was cut.

    Returns
    -------
    bool
        False where the evidence is weak.

    Notes
    -----
    The cases heard of last tell it: by which activity they were heard of last. At ten earlier moments it is known what
    that looks like in a log of all events (the last known activity of the cases heard of last) and in a log of whole
    cases (the last activity of the cases that were over, those heard of last). The log likelihood ratio of the two at
    the end of the log decides. It must exceed 3, and also the ratio at each of the ten moments when cut off there, with
    the nine others as reference: work that drifts makes ratios large as well. Where cases end with the activities that
    they also pass through, the two are alike, and the log counts as one of all events.
    """
    n_activities = len(log.activities)
    last = log.offsets[1:].astype(np.int64) - 1
    if last.size < 2 * _RECENT[0]:
        return False
    over_h = log.end_h[last]
    recent = int(np.clip(_SHARE * last.size, *_RECENT))

    def counted(rows: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.bincount(log.activity[rows], minlength=n_activities).astype(np.float64)

    cut_off, whole = [], []
    for moment in np.quantile(log.end_h, _CUTS):
        known = _last_known(log, float(moment))
        cut_off.append(counted(_latest(known, log.end_h[known], recent)))
        over = np.flatnonzero(over_h < moment)
        whole.append(counted(last[_latest(over, over_h[over], recent)]))
    open_sum, whole_sum = np.sum(cut_off, axis=0), np.sum(whole, axis=0)
    here = _ratio(counted(last[_latest(np.arange(last.size), over_h, recent)]), whole_sum, open_sum)
    there = [_ratio(one, whole_sum - other, open_sum - one) for one, other in zip(cut_off, whole, strict=True)]
    return here > max(_LEAST_EVIDENCE, *there)


def _ratio(seen: NDArray[np.float64], one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
    """Log likelihood ratio of counts under two distributions, themselves counts."""
    one, two = one + 0.5, two + 0.5
    return float((seen * (np.log(one / one.sum()) - np.log(two / two.sum()))).sum())


def chance_of_being_kept(
    arrival_h: NDArray[np.float64], close_h: NDArray[np.float64], weight: NDArray[np.float64], cut_h: float
) -> NDArray[np.float64]:
    """Return how probably a case of each length is in a log of whole cases, shape (n_cases,).

    Parameters
    ----------
    arrival_h, close_h : ndarray, shape (n_cases,)
    weight : ndarray, shape (n_cases,)
        How much each case counts by its age; a function of the arrival.
    cut_h : float
        When the log was cut.

    Returns
    -------
    ndarray in [0.05, 1]
        Share of the arrivals, weighted, that came early enough for a case of that length to be over at the cut, were
        arrivals steady. Never less than 0.05: nobody has seen what is rarer.

    References
    ----------
    Horvitz and Thompson 1952, "A generalization of sampling without replacement from a finite universe", JASA 47: a
    case counts by the inverse of this chance.
    """
    age = cut_h - arrival_h
    order = np.argsort(age, kind="stable")
    grid = np.linspace(0.0, max(float(age.max()), 1e-9), _GRID)
    height = np.interp(grid, age[order], weight[order])
    younger = np.concatenate([[0.0], np.cumsum((height[1:] + height[:-1]) / 2.0)])
    if younger[-1] <= 0.0:
        return np.ones_like(age)
    return np.asarray(np.maximum(1.0 - np.interp(close_h - arrival_h, grid, younger / younger[-1]), _LEAST_CHANCE))


def _last_known(log: Log, moment_h: float) -> NDArray[np.int64]:
    """Row of the last event before a moment, of each case that had one; events of a case stand in order of end."""
    known = np.zeros(log.case.size + 1, dtype=np.int64)
    np.cumsum(log.end_h < moment_h, out=known[1:])
    count = known[log.offsets[1:]] - known[log.offsets[:-1]]
    return np.asarray((log.offsets[:-1] + count - 1)[count > 0], dtype=np.int64)


def _latest(items: NDArray[np.int64], time_h: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """Return the items with the latest times."""
    return items[np.argsort(-time_h, kind="stable")[:most]]
