"""Counting questions to a log, answered on its codes with bincount: variants, flow, handovers, work over time."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.evidence.log import Log

__all__ = [
    "ActiveWork",
    "DirectlyFollows",
    "Handovers",
    "Variants",
    "active_work",
    "directly_follows",
    "handovers",
    "transition_counts",
    "variants",
]


@dataclass(frozen=True)
class Variants:
    """The distinct ways of the cases, the most frequent first, ties by first appearance.

    Parameters
    ----------
    steps : tuple of tuple of int
        Activity codes of each variant.
    counts : ndarray of int64, shape (n_variants,)
        Cases per variant, falling.
    of_case : ndarray of int32, shape (n_cases,)
        Variant of each case.
    """

    steps: tuple[tuple[int, ...], ...]
    counts: NDArray[np.int64]
    of_case: NDArray[np.int32]


@dataclass(frozen=True)
class DirectlyFollows:
    """How often one activity directly follows another within a case.

    Parameters
    ----------
    counts : ndarray of int64, shape (n_activities, n_activities)
        Row: the activity before; column: the one after.
    starts, ends : ndarray of int64, shape (n_activities,)
        Cases that begin, and that end, with each activity.
    """

    counts: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


@dataclass(frozen=True)
class Handovers:
    """How often work passes from one team, or one performer, to the next within a case.

    Parameters
    ----------
    teams : ndarray of int64, shape (n_teams, n_teams)
        Row: the team before; column: the team after; the diagonal counts steps that stayed.
    internal_resources : ndarray of int64, shape (n_resources, n_resources)
        The same for performers. Person-level: for computing inside `discovery`, never to be shown.
    """

    teams: NDArray[np.int64]
    internal_resources: NDArray[np.int64]


@dataclass(frozen=True)
class ActiveWork:
    """Items open, and pieces of work under way, over time.

    Parameters
    ----------
    at_h : ndarray of float64, shape (n_steps,)
        Moments [h since the log's origin].
    open_items : ndarray of int64, shape (n_steps,)
        Items whose first start lies at or before, and whose last event lies after, the moment.
    in_work : ndarray of int64, shape (n_steps,)
        Events under way at the moment; all zero where starts are not logged.
    """

    at_h: NDArray[np.float64]
    open_items: NDArray[np.int64]
    in_work: NDArray[np.int64]


def transition_counts(codes: NDArray[np.int32], case: NDArray[np.int32], size: int) -> NDArray[np.int64]:
    """Count which code directly follows which within a case; events with code -1 are passed over.

    Parameters
    ----------
    codes : ndarray of int32, shape (n_events,)
        In the order of the log.
    case : ndarray of int32, shape (n_events,)
    size : int
        Number of codes.

    Returns
    -------
    ndarray of int64, shape (size, size)
    """
    if codes.size and int(codes.min()) < 0:
        present = codes >= 0
        codes, case = codes[present], case[present]
    if codes.size < 2:
        return np.zeros((size, size), dtype=np.int64)
    pairs = codes[:-1] * np.int64(size) if size > 46340 else codes[:-1] * np.int32(size)
    pairs += codes[1:]
    within = case[1:] == case[:-1]
    return np.bincount(pairs[within], minlength=size * size).reshape(size, size).astype(np.int64, copy=False)


def directly_follows(log: Log) -> DirectlyFollows:
    """Return the directly-follows counts of the activities; the cheapest picture of a process.

    Parameters
    ----------
    log : Log
    """
    size = len(log.activities)
    return DirectlyFollows(
        transition_counts(log.activity, log.case, size),
        np.bincount(log.activity[log.offsets[:-1]], minlength=size),
        np.bincount(log.activity[log.offsets[1:] - 1], minlength=size),
    )


def handovers(log: Log) -> Handovers:
    """Return handover counts of teams and, for computing inside only, of performers.

    Events without a team (or performer) are passed over: the work goes from the one before to the one after.

    Parameters
    ----------
    log : Log
    """
    return Handovers(
        transition_counts(log.team, log.case, len(log.teams)),
        transition_counts(log.resource, log.case, log.n_resources),
    )


def variants(log: Log) -> Variants:
    """Return the distinct sequences of activities with their counts.

    Parameters
    ----------
    log : Log
    """
    narrow = log.activity.astype(np.uint16 if len(log.activities) < 1 << 16 else np.uint32)
    raw, width = narrow.tobytes(), narrow.itemsize
    found: dict[bytes, int] = {}
    bounds = (log.offsets * width).tolist()
    of_case = np.fromiter(
        (found.setdefault(raw[a:b], len(found)) for a, b in itertools.pairwise(bounds)),
        dtype=np.int32,
        count=log.n_cases,
    )
    counts = np.bincount(of_case, minlength=len(found))
    order = np.argsort(-counts, kind="stable")
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    keys = list(found)
    steps = tuple(tuple(np.frombuffer(keys[number], dtype=narrow.dtype).tolist()) for number in order)
    return Variants(steps, counts[order], place[of_case])


def active_work(log: Log, step_h: float = 1.0) -> ActiveWork:
    """Return how many items were open, and how much work was under way, on a grid of moments.

    Parameters
    ----------
    log : Log
    step_h : float
        Distance of the moments [h], > 0.

    Raises
    ------
    ValueError
        If the step is not positive.
    """
    if not step_h > 0:
        raise ValueError("step_h must be positive")
    first = np.floor(log.start_h.min() / step_h)
    at_h = np.arange(first, np.ceil(log.end_h.max() / step_h) + 1) * step_h
    in_work = _under_way(log.start_h, log.end_h, at_h) if log.starts_logged else np.zeros(len(at_h), dtype=np.int64)
    return ActiveWork(at_h, _under_way(log.arrival_h, log.departure_h, at_h), in_work)


def _under_way(
    start_h: NDArray[np.float64], end_h: NDArray[np.float64], at_h: NDArray[np.float64]
) -> NDArray[np.int64]:
    """How many intervals [start, end) hold each moment."""
    begun = np.searchsorted(np.sort(start_h), at_h, side="right")
    ended = np.searchsorted(np.sort(end_h), at_h, side="right")
    return (begun - ended).astype(np.int64)
