"""Elapsed time, business hours and time on hold of items and activities, kept apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.evidence.log import Log
from longwall.evidence.tables import hold_rules
from longwall.units import HOURS_PER_WEEK

__all__ = ["DurationTable", "Durations", "business_h", "durations", "hold_states"]


@dataclass(frozen=True)
class Durations:
    """Three durations [h] of each of n things; each >= 0.

    Parameters
    ----------
    elapsed_h : ndarray of float64, shape (n,)
        Calendar time.
    business_h : ndarray of float64, shape (n,)
        The part of it inside the calendar; equal to elapsed where no calendar is given.
    on_hold_h : ndarray of float64, shape (n,)
        The part of the elapsed time in states on hold; NaN where the log has no such state.
    """

    elapsed_h: NDArray[np.float64]
    business_h: NDArray[np.float64]
    on_hold_h: NDArray[np.float64]


@dataclass(frozen=True)
class DurationTable:
    """Durations of items, and of what follows each activity.

    Parameters
    ----------
    cases : Durations, n = n_cases
        From the first start to the last end.
    activities : Durations, n = n_activities
        Sums over all events: from an event's end to the next event's start in the same case, plus the event's own work.
        For a state that is entered (``Wait``) this is the time spent in it.
    visits : ndarray of int64, shape (n_activities,)
        Events of each activity.
    hold_states : mapping of int to str
        Activity code on hold to the reason of the rule that found it.
    """

    cases: Durations
    activities: Durations
    visits: NDArray[np.int64]
    hold_states: dict[int, str]


def hold_states(activities: tuple[str, ...]) -> dict[int, str]:
    """Return which activities are states on hold, with the reason of the first rule that matches.

    Parameters
    ----------
    activities : tuple of str
    """
    found: dict[int, str] = {}
    for code, label in enumerate(activities):
        for pattern, _, reason in hold_rules():
            if pattern.search(label):
                found[code] = reason
                break
    return found


def business_h(
    log: Log, start_h: NDArray[np.float64], end_h: NDArray[np.float64], calendar: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the hours of a weekly calendar inside intervals, on local clocks.

    Parameters
    ----------
    log : Log
        For the time zone.
    start_h, end_h : ndarray of float64, shape (n,)
        Hours since the log's origin, end >= start.
    calendar : ndarray, shape (168,)
        Share of each hour of the week that counts, in [0, 1]; hour 0 is Monday 00:00.

    Raises
    ------
    ValueError
        If the calendar has another shape or range.
    """
    calendar = np.asarray(calendar, dtype=np.float64)
    if calendar.shape != (HOURS_PER_WEEK,) or calendar.min() < 0 or calendar.max() > 1:
        raise ValueError(f"expected {HOURS_PER_WEEK} shares in [0, 1]")
    if start_h.size == 0:
        return np.zeros(0)
    first = int(np.floor(min(start_h.min(), end_h.min())))
    last = int(np.ceil(max(start_h.max(), end_h.max()))) + 1
    hours = np.arange(first, last, dtype=np.float64)
    week_hour = log.local_week_hour(hours + 0.5).astype(np.int64)  # the middle, clear of the seams
    counted = np.concatenate(([0.0], np.cumsum(calendar[week_hour])))
    edges = np.arange(first, last + 1, dtype=np.float64)
    return np.maximum(0.0, np.interp(end_h, edges, counted) - np.interp(start_h, edges, counted))


def durations(log: Log, calendar: NDArray[np.float64] | None = None) -> DurationTable:
    """Return elapsed, business and on-hold time of every case and activity.

    Parameters
    ----------
    log : Log
    calendar : ndarray, shape (168,), or None
        Share of each local hour of the week that counts; None counts every hour.

    Returns
    -------
    DurationTable

    Notes
    -----
    An event's stretch runs from its start to the start of the next event of the case (to its own end, if that is
    later); the last event's runs to its own end. A state's time on hold is the stretch after it was entered.
    """
    until_h = np.append(log.start_h[1:], 0.0)
    until_h[log.offsets[1:] - 1] = log.end_h[log.offsets[1:] - 1]
    until_h = np.maximum(until_h, log.end_h)
    held = hold_states(log.activities)
    is_held = np.isin(log.activity, np.array(sorted(held), dtype=np.int32))
    stretch_h = until_h - log.start_h
    hold_h = np.where(is_held, stretch_h, 0.0)
    size, nothing = len(log.activities), np.nan
    case_hold = np.add.reduceat(hold_h, log.offsets[:-1]) if held else np.full(log.n_cases, nothing)
    elapsed = np.maximum.reduceat(log.end_h, log.offsets[:-1]) - log.arrival_h
    case_end = log.arrival_h + elapsed
    inside = stretch_h if calendar is None else business_h(log, log.start_h, until_h, calendar)
    return DurationTable(
        cases=Durations(
            elapsed,
            elapsed.copy() if calendar is None else business_h(log, log.arrival_h, case_end, calendar),
            np.minimum(case_hold, elapsed) if held else case_hold,
        ),
        activities=Durations(
            _summed(log, stretch_h),
            _summed(log, inside),
            _summed(log, hold_h) if held else np.full(size, nothing),
        ),
        visits=np.bincount(log.activity, minlength=size),
        hold_states=held,
    )


def _summed(log: Log, hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum hours of events by activity."""
    return np.bincount(log.activity, weights=hours, minlength=len(log.activities)).astype(np.float64)
