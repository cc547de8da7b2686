"""Multitasking where starts are logged: how long people had several pieces of work under way, and whose time it was.

Two pieces of work under way at once are not two hours of work in one hour. The time of a person is shared equally among
what they have under way, so that the hours of all pieces together are the hours in which the person was busy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.calendars import Presence
from longwall.discovery.resources import ResourceKinds
from longwall.discovery.teams import Groups, pooled_groups
from longwall.discovery.windows import local_h, open_spans
from longwall.evidence.disclosure import coarse, half_step, outward
from longwall.stats import ratio_interval
from longwall.units import HOURS_PER_WEEK

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["SeveralAtOnce", "Spans", "attention_share", "multitasking_of", "shared_time"]

_SAID_FROM = 0.005
_MOST_HALF = 0.25


@dataclass(frozen=True)
class Spans:
    """Spans between two changes of what a person has under way, with something under way.

    Parameters
    ----------
    busy_h, several_h : ndarray, shape (n_spans,)
        Hours, and those of them with more than one piece under way.
    person : ndarray of int64, shape (n_spans,)
    at_h : ndarray, shape (n_spans,)
        When the span begins, on the clock on which it was measured.
    """

    busy_h: NDArray[np.float64]
    several_h: NDArray[np.float64]
    person: NDArray[np.int64]
    at_h: NDArray[np.float64]


@dataclass(frozen=True)
class SeveralAtOnce:
    """Share of working time with more than one piece of work under way, of groups of five people or more.

    Parameters
    ----------
    share, low, high : float
        In [0, 1], rounded, with a 95% interval over weeks.
    alone : bool
        Whether it is that of the role alone, and not of a pool of roles.
    """

    share: float
    low: float
    high: float
    alone: bool

    def sentence(self) -> str:
        """Say it."""
        if self.share < _SAID_FROM:
            return "people had one piece of work under way at a time"
        who = "" if self.alone else "with other roles: "
        return (
            f"{who}in about {100 * self.share:.0f}% ({100 * self.low:.0f} to {100 * self.high:.0f}) of their working "
            "time people had more than one piece of work under way"
        )


def shared_time(
    person: NDArray[np.int64], begin_h: NDArray[np.float64], end_h: NDArray[np.float64]
) -> tuple[NDArray[np.float64], Spans]:
    """Share each person's time equally among what they have under way.

    Parameters
    ----------
    person : ndarray of int64, shape (n,)
    begin_h, end_h : ndarray, shape (n,)
        On any clock; ``end_h >= begin_h``.

    Returns
    -------
    own_h : ndarray, shape (n,)
        Hours of each piece; a person's sum to the hours in which something was under way.
    spans : Spans
    """
    n = person.size
    order, time, open_now, span = open_spans(person, begin_h, end_h)
    elapsed = np.concatenate([[0.0], np.cumsum(span / np.maximum(open_now, 1))])
    at = np.empty(2 * n)
    at[order] = elapsed[:-1]
    kept = span > 0
    several = np.where(open_now > 1, span, 0.0)
    spans = Spans(span[kept], several[kept], person[order % n][kept].astype(np.int64), time[kept])
    return np.maximum(at[n:] - at[:n], 0.0), spans


def attention_share(
    log: Log, kinds: ResourceKinds, groups: Groups, presence: Presence
) -> tuple[NDArray[np.float64], Spans]:
    """Return which share of each event's time from start to end was its own, and the spans behind it.

    Returns
    -------
    share : ndarray, shape (n_events,)
        In (0, 1]; 1 where the performer had nothing else under way, or is not a person.
    spans : Spans
        In working hours, but placed in the weeks of the calendar.

    Notes
    -----
    On the working clock of the role, so that a night counts for nobody; what was done wholly outside the usual hours is
    shared by the clock on the wall.
    """
    share = np.ones(log.case.size)
    empty = Spans(np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0))
    if not log.starts_logged or not log.n_resources:
        return share, empty
    person = kinds.by_person(log) & (groups.role_of_event >= 0)
    rows = np.flatnonzero(person & (log.end_h > log.start_h))
    if not rows.size:
        return share, empty
    begin, end = np.zeros(rows.size), np.zeros(rows.size)
    role = groups.role_of_event[rows]
    open_h = np.full(groups.n_roles, float(HOURS_PER_WEEK))
    for number in np.unique(role):
        mine = np.flatnonzero(role == number)
        clock = presence.clock(int(number))
        open_h[number] = clock.elapsed[-1]
        begin[mine] = clock.at(local_h(log, log.start_h[rows[mine]]))
        end[mine] = clock.at(local_h(log, log.end_h[rows[mine]]))
    end = np.maximum(begin, end)  # a clock change may turn a short piece
    who = log.resource[rows].astype(np.int64)
    own, spans = shared_time(who, begin, end)
    spans = replace(spans, at_h=spans.at_h * (HOURS_PER_WEEK / open_h[groups.role_of[spans.person]]))
    wall, _ = shared_time(who, log.start_h[rows], log.end_h[rows])
    within = end - begin > 1e-6
    share[rows] = np.where(within, own / np.maximum(end - begin, 1e-6), wall / (log.end_h[rows] - log.start_h[rows]))
    return np.where(share > 1.0 - 1e-9, 1.0, np.maximum(share, 1e-6)), spans


def multitasking_of(groups: Groups, spans: Spans) -> dict[int, SeveralAtOnce]:
    """Return how long people of each role had several pieces of work under way.

    Parameters
    ----------
    spans : Spans
        As from `attention_share`.

    Notes
    -----
    A role of fewer than five is shown with the roles it is pooled with, by similar shares. Numbers stand on a grid so
    coarse that nobody's own hours follow from two of them (`longwall.evidence.disclosure`). The interval is that of a
    ratio, linearised, over weeks.
    """
    busy, several, who = spans.busy_h, spans.several_h, spans.person
    if not busy.size:
        return {}
    role = groups.role_of[who]
    present = [int(number) for number in np.unique(role)]
    members = [frozenset(np.unique(who[role == number]).tolist()) for number in present]
    near = [float(several[role == number].sum() / busy[role == number].sum()) for number in present]
    pool = pooled_groups(members, near=near)
    found: dict[int, SeveralAtOnce] = {}
    for number in sorted(set(pool) - {-1}):
        own = [place for place, joint in enumerate(pool) if joint == number]
        rows = np.isin(role, [present[place] for place in own])
        value = _shared_of(spans, rows, len(own) == 1)
        found |= {present[place]: value for place in own}
    return found


def _shared_of(spans: Spans, rows: NDArray[np.bool_], alone: bool) -> SeveralAtOnce:
    """One share, rounded, with its interval over weeks."""
    busy, several, who, at = (column[rows] for column in (spans.busy_h, spans.several_h, spans.person, spans.at_h))
    half = _MOST_HALF
    if several.any():
        half = half_step(np.bincount(np.unique(who, return_inverse=True)[1], weights=several))
    exact, low, high = ratio_interval(several, busy, (at // HOURS_PER_WEEK).astype(np.int64))
    share = min(coarse(exact, half), 1.0)
    low, high = outward(max(low, 0.0), min(high, 1.0), half)
    return SeveralAtOnce(share, min(low, share), min(max(high, share), 1.0), alone)
