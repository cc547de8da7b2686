"""The donor model: a simulated case follows a case of the log, or jumps to another one that was in the same situation.

Each step continues the case being followed with probability *s*; else it jumps to a position, in any case, with the
same last activities (up to three; shorter where there are too few), chosen by recency and by closeness in the hour of
the week. s = 1 draws whole cases, s = 0 is a Markov chain of variable order. Where the case being followed was cut off
by the edge of the log, the simulated one jumps to a position that waited longer than that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from numpy.typing import NDArray

from longwall.discovery.arrivals import unevenness, weekly_moves
from longwall.discovery.distances import Trace
from longwall.discovery.traces import Traces, traces_of
from longwall.streams import word

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Donors", "Drawn", "Situation", "donors_of", "simulate_cases"]

_ORDERS = 3
_LEAST = 5
_TRIES = 8
_CENSOR_TRIES = 60
_MOST_EVENTS = 400
_ALIGN_H = 2.0


@dataclass(frozen=True)
class Situation:
    """What a forecaster may know beside the log before the cut.

    Parameters
    ----------
    cut_h : float
        When the forecast is made, hours since the origin of the log.
    until_h : float
        When the future log is extracted.
    arrivals_until_h : float
        When the last case arrives.
    cases : int
        Cases to write.
    finished_only : bool
        Whether the future log keeps finished cases only.
    whole_only : bool
        Whether the known log holds only cases that were over at the cut.
    over_by_h : float
        Cases that are not over by then are not in the future log at all.
    """

    cut_h: float
    until_h: float
    arrivals_until_h: float
    cases: int
    finished_only: bool = False
    whole_only: bool = False
    over_by_h: float = math.inf


@dataclass(frozen=True)
class Drawn(Trace):
    """A future log, and which event of the past stands behind each of its events.

    Parameters
    ----------
    row : ndarray of int64, shape (n,)
        Row of the log before the cut.
    """

    row: NDArray[np.int64]


@dataclass(frozen=True)
class Donors:
    """A log before the cut, laid out for drawing.

    Parameters
    ----------
    traces : Traces
    activity : ndarray of int64, shape (n_events,)
    start_h, end_h : ndarray of float64, shape (n_events,)
    groups : ndarray of int64, shape (3, n_events)
        Situation of each event at orders 1, 2 and 3: its last activities.
    members, bounds : tuple of ndarray
        Events sorted by situation, per order, and where each situation begins.
    """

    traces: Traces
    activity: NDArray[np.int64]
    start_h: NDArray[np.float64]
    end_h: NDArray[np.float64]
    groups: NDArray[np.int64]
    members: NDArray[np.int64]
    bounds: tuple[NDArray[np.int64], ...]


def donors_of(log: Log, cut_h: float, *, whole_only: bool = False) -> Donors:
    """Return the donors in a log that ends at the cut; with `whole_only` every case in it was over."""
    traces = traces_of(log, edge_h=cut_h)
    if whole_only:
        traces = replace(traces, ended=np.ones_like(traces.ended))
    code = log.activity.astype(np.int64)
    width = len(log.activities) + 1
    one = np.where(traces.previous >= 0, code[traces.previous] + 1, 0)
    two = np.where(traces.previous >= 0, one[traces.previous], 0)
    keys = (code, code + width * one, code + width * (one + width * two))
    groups = np.stack([np.unique(key, return_inverse=True)[1] for key in keys]).astype(np.int64)
    members = np.stack([np.argsort(group, kind="stable") for group in groups]).astype(np.int64)
    bounds = tuple(
        np.searchsorted(group[order], np.arange(group.max() + 2)).astype(np.int64)
        for group, order in zip(groups, members, strict=True)
    )
    return Donors(traces, code, log.start_h, log.end_h, groups, members, bounds)


def simulate_cases(
    donors: Donors,
    situation: Situation,
    *,
    follow: float,
    case_weight: NDArray[np.float64],
    event_weight: NDArray[np.float64],
    rng: np.random.Generator,
) -> Drawn:
    """Draw one future log.

    Parameters
    ----------
    follow : float
        Probability *s* of continuing the case being followed, in [0, 1].
    case_weight : ndarray, shape (n_cases,)
        How much each case counts as the beginning of a new one, >= 0.
    event_weight : ndarray, shape (n_events,)
        How much each event counts as a place to jump to, >= 0.

    Returns
    -------
    Drawn
        `situation.cases` cases that begin between the cut and the last arrival, recorded until the extraction; where
        the log keeps finished cases only, cases that are closed by then.
    """
    heads = [np.concatenate([[0.0], np.cumsum(event_weight[row])]) for row in donors.members]
    sums = np.stack(heads)
    arrival = donors.traces.arrival_h
    window = (situation.cut_h, situation.arrivals_until_h)
    uneven = unevenness(arrival, situation.cut_h)
    parts: list[tuple[NDArray[Any], ...]] = []
    missing, number, rounds = situation.cases, 0, 0
    strict = situation.finished_only or math.isfinite(situation.over_by_h)
    while missing > 0 and rounds < 60:
        rounds += 1
        size = int(1.5 * missing) + 10 if rounds > 1 or strict else missing
        donor, shift = weekly_moves(arrival, case_weight, window, size, uneven, rng)
        out = _walk(
            donor,
            shift,
            arrival,
            donors.traces.first,
            donors.traces.next,
            donors.traces.ended,
            donors.start_h,
            donors.end_h,
            donors.traces.edge_h,
            donors.groups,
            donors.members,
            donors.bounds[0],
            donors.bounds[1],
            donors.bounds[2],
            sums,
            float(follow),
            int(rng.integers(1 << 62)),
        )
        case, row, start, end, finished = out
        seen = end <= situation.until_h
        kept = np.bincount(case, weights=seen, minlength=size) > 0
        kept &= np.bincount(case, weights=end > situation.over_by_h, minlength=size) == 0
        if situation.finished_only:
            kept &= finished & (np.bincount(case, weights=~seen, minlength=size) == 0)
            if donors.traces.terminal.any():
                # A finished case is one that was closed; one that merely went quiet is not kept.
                final = np.searchsorted(case, np.arange(size), side="right") - 1
                kept &= donors.traces.terminal[donors.activity[row[final]]]
        chosen = np.flatnonzero(kept)[:missing]
        renumber = np.full(size, -1, dtype=np.int64)
        renumber[chosen] = number + np.arange(chosen.size)
        seen &= renumber[case] >= 0
        parts.append((renumber[case[seen]], row[seen], start[seen], end[seen]))
        number += chosen.size
        missing -= chosen.size
    case, row, start, end = (np.concatenate([part[field] for part in parts]) for field in range(4))
    return Drawn(case, donors.activity[row], start, end, row)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _uniform(state: Any) -> float:
    """Next uniform of a splitmix64 stream."""
    return (float(word(state) >> np.uint64(11)) + 0.5) * 1.1102230246251565e-16


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _draw(members: Any, sums: Any, low: int, high: int, state: Any) -> int:
    """An event of a situation, by weight; -1 where all weights are zero."""
    total = sums[high] - sums[low]
    if total <= 0.0:
        return -1
    target = sums[low] + _uniform(state) * total
    a, b = low, high - 1
    while a < b:
        middle = (a + b) // 2
        if sums[middle + 1] > target:
            b = middle
        else:
            a = middle + 1
    return int(members[a])


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _jump(
    at: int, now: float, waited: float, following: Any, ended: Any, end_h: Any, edge: float, groups: Any, members: Any,
    bounds1: Any, bounds2: Any, bounds3: Any, sums: Any, state: Any,
) -> int:  # fmt: skip
    """A position in the same situation, close in the hour of the week, whose wait exceeds `waited`; -1 for none."""
    for order in range(_ORDERS - 1, -1, -1):
        group = groups[order, at]
        bounds = bounds1 if order == 0 else (bounds2 if order == 1 else bounds3)
        low, high = bounds[group], bounds[group + 1]
        if high - low < _LEAST and order > 0:
            continue
        best, best_far = -1, 1e18
        tries = _TRIES if waited <= 0.0 else _CENSOR_TRIES
        for _ in range(tries):
            found = _draw(members[order], sums[order], low, high, state)
            if found < 0:
                break
            after = following[found]
            if after >= 0:
                if end_h[after] - end_h[found] <= waited:
                    continue
            else:
                if _uniform(state) >= ended[found]:
                    continue
            far = abs((now - end_h[found]) % 168.0)
            far = min(far, 168.0 - far)
            if far < best_far:
                best, best_far = found, far
            if waited > 0.0 and best >= 0:
                break
        if best >= 0:
            return best
    return -1


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _walk(
    donor: Any, shift: Any, arrival_h: Any, first: Any, following: Any, ended: Any, start_h: Any, end_h: Any,
    edge: float,
    groups: Any, members: Any, bounds1: Any, bounds2: Any, bounds3: Any, sums: Any, follow: float, seed: int,
) -> Any:  # fmt: skip
    """All simulated cases: case, donor event, start, end of each event; and whether each case came to its end."""
    state = np.empty(1, np.uint64)
    state[0] = np.uint64(seed)
    case_of_event = np.searchsorted(first, np.arange(following.size), side="right") - 1
    ended_at = ended[case_of_event]
    room = 16 * donor.size + 1024
    case = np.empty(room, np.int64)
    donor_row = np.empty(room, np.int64)
    begin = np.empty(room, np.float64)
    stop = np.empty(room, np.float64)
    finished = np.ones(donor.size, np.bool_)
    n = 0
    for number in range(donor.size):
        at = first[donor[number]]
        moved = shift[number]
        now = end_h[at] + moved
        count = 0
        start = start_h[at] + moved
        arrived = arrival_h[donor[number]] + moved
        while True:
            if n == room:
                room *= 2
                case, donor_row = _grown(case, room), _grown(donor_row, room)
                begin, stop = _grown_f(begin, room), _grown_f(stop, room)
            case[n], donor_row[n], begin[n], stop[n] = number, at, start, now
            n += 1
            count += 1
            if count >= _MOST_EVENTS:
                finished[number] = False
                break
            after = following[at]
            waited = 0.0
            jump = follow < 1.0 and _uniform(state) >= follow
            if after < 0:
                if _uniform(state) < ended_at[at]:
                    if not jump:
                        break
                else:
                    waited = edge - end_h[at]
                    jump = True
            if jump:
                found = _jump(
                    at, now, waited, following, ended_at, end_h, edge, groups, members, bounds1,
                    bounds2, bounds3, sums, state,
                )  # fmt: skip
                if found < 0:
                    if after < 0:
                        break
                else:
                    at = found
                    after = following[at]
                    if after < 0:
                        break
            gap = end_h[after] - end_h[at]
            aligned = end_h[after] + 168.0 * np.round((now - end_h[at]) / 168.0)
            then = now + gap
            if gap >= _ALIGN_H and aligned >= now:
                then = aligned
            start = max(then - (end_h[after] - start_h[after]), arrived)
            now = then
            at = after
    return case[:n], donor_row[:n], begin[:n], stop[:n], finished


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _grown(old: Any, room: int) -> Any:
    """A longer array of whole numbers with the old content."""
    new = np.empty(room, np.int64)
    new[: old.size] = old
    return new


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _grown_f(old: Any, room: int) -> Any:
    """A longer array of floats with the old content."""
    new = np.empty(room, np.float64)
    new[: old.size] = old
    return new
