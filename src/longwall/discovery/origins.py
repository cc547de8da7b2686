"""Where an occurrence arose, where the record or the delays say more than the rule that found it."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.occurrences import TIES, Context, Occurrences
from longwall.discovery.traces import Traces

__all__ = ["as_recorded", "most_excess"]

_CAUSE = re.compile(r"root[ _-]?cause|cause[ _-]?(code|category|step|team|group)?$|caused[ _-]?by", re.IGNORECASE)
_EQUAL_H = 1.0 / 3600.0


def most_excess(
    excess_h: NDArray[np.float64], traces: Traces, cases: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the event with most excess delay in each case, and those that tie with it to a second.

    Parameters
    ----------
    excess_h : ndarray of float, shape (n_events,)
        How much longer than usual each event was waited for.
    cases : ndarray of int64, shape (n,)

    Returns
    -------
    origin : ndarray of int64, shape (n,)
        The first of those that tie.
    also : ndarray of int64, shape (n, TIES)
    """
    case = np.repeat(np.arange(traces.n_cases), traces.last - traces.first + 1)
    most = np.full(traces.n_cases, -np.inf)
    np.maximum.at(most, case, excess_h)
    near = np.flatnonzero(excess_h >= most[case] - _EQUAL_H)
    begin = np.searchsorted(case[near], cases)
    number = np.searchsorted(case[near], cases, side="right") - begin
    place = begin[:, None] + np.arange(TIES + 1)
    table = np.where(np.arange(TIES + 1) < number[:, None], near[np.minimum(place, near.size - 1)], -1)
    return table[:, 0].astype(np.int64), table[:, 1:].astype(np.int64)


def as_recorded(context: Context, found: Occurrences) -> Occurrences:
    """Return occurrences with the origin that the record names as the cause, where it names an activity or a team.

    An activity: its last execution before the occurrence was seen. A team: its last event before then, and the other
    activities of that team in the case tie with it.
    """
    log = context.log
    cause = next(
        (one for one in log.case_attributes.values() if one.kind == "label" and _CAUSE.search(one.name.strip())), None
    )
    if cause is None or not found.case.size:
        return found
    activities = {_plain(label): code for code, label in enumerate(log.activities)}
    teams = {_plain(label): code for code, label in enumerate(context.groups.team_names)}
    origin, also = found.origin.copy(), found.also.copy()
    for place, case in enumerate(found.case):
        code = int(cause.codes[case])
        label = _plain(cause.labels[code]) if code >= 0 else ""
        begin, last = int(context.traces.first[case]), int(context.traces.last[case])
        until = int(found.seen[place]) if found.seen[place] >= begin else last
        rows = np.arange(begin, max(until, begin) + 1)
        if label in activities:
            rows = rows[log.activity[rows] == activities[label]]
        elif label in teams:
            rows = rows[context.groups.team_of_event[rows] == teams[label]]
        else:
            continue
        if rows.size:
            latest = rows[::-1][np.sort(np.unique(log.activity[rows[::-1]], return_index=True)[1])]
            origin[place], also[place] = latest[0], -1
            also[place, : min(TIES, latest.size - 1)] = latest[1 : TIES + 1]
    return found.arising(origin, also)


def _plain(label: str) -> str:
    """A label without case and surrounding blanks."""
    return " ".join(label.split()).casefold()
