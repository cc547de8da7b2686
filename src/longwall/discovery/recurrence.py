"""What comes again in a case: the same function, the same team, an item that had been closed; and how usual that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.occurrences import Context
from longwall.discovery.traces import Traces

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = [
    "by_design",
    "closed_before",
    "done_before",
    "next_same_after",
    "next_where",
    "previous_same",
    "share_by_class",
    "stays_away",
    "team_runs",
    "terminal_of",
]


def previous_same(log: Log) -> NDArray[np.int64]:
    """Return the row of the previous execution of the same activity in the same case; -1 where there is none."""
    key = log.case.astype(np.int64) * len(log.activities) + log.activity
    order = np.argsort(key, kind="stable")
    found = np.full(key.size, -1, dtype=np.int64)
    same = np.flatnonzero(key[order][1:] == key[order][:-1])
    found[order[same + 1]] = order[same]
    return found


def done_before(context: Context) -> NDArray[np.bool_]:
    """Return whether the same team has done the same activity on the item before, shape (n_events,)."""
    earlier, team = previous_same(context.log), context.groups.team_of_event
    return np.asarray((earlier >= 0) & (team >= 0) & (team[np.maximum(earlier, 0)] == team), dtype=np.bool_)


def next_same_after(log: Log, rows: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the next execution of the activity at `rows` in the same case that is later than `after`; -1 for none."""
    key = log.case.astype(np.int64) * len(log.activities) + log.activity
    size = key.size + 1
    table = np.sort(key * size + np.arange(key.size))
    place = np.searchsorted(table, key[rows] * size + after, side="right")
    found = table[np.minimum(place, table.size - 1)] if table.size else np.zeros(rows.size, dtype=np.int64)
    fits = (place < table.size) & (found // size == key[rows])
    return np.where(fits, found % size, -1)


def next_where(flag: NDArray[np.bool_], traces: Traces, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the next event at or after each row, in the same case, at which a flag is set; -1 where there is none."""
    at = np.flatnonzero(flag)
    if not at.size:
        return np.full(rows.size, -1, dtype=np.int64)
    place = np.searchsorted(at, rows)
    found = at[np.minimum(place, at.size - 1)]
    last = traces.last[np.searchsorted(traces.first, rows, side="right") - 1]
    return np.where((place < at.size) & (found <= last), found, -1)


def team_runs(context: Context) -> tuple[NDArray[np.int64], ...] | None:
    """Return runs of events by one known team in a case: first row, last row, team, case; None if no case has two."""
    log, team = context.log, context.groups.team_of_event
    rows = np.flatnonzero(team >= 0)
    if not rows.size:
        return None
    change = np.r_[True, (np.diff(log.case[rows]) != 0) | (np.diff(team[rows]) != 0)]
    begin = np.flatnonzero(change)
    first, last = rows[begin], rows[np.r_[begin[1:], rows.size] - 1]
    case = log.case[first].astype(np.int64)
    return None if np.unique(case).size == case.size else (first, last, team[first], case)


def terminal_of(context: Context, labels: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return which activities close, shape (n_activities,): as named, else as the mapping says, else as found."""
    log = context.log
    named = labels or log.terminal
    if named:
        return np.isin(np.array(log.activities), list(named))
    return context.traces.terminal


def closed_before(context: Context, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether the case had been closed at or before each row."""
    log, traces = context.log, context.traces
    closing = terminal_of(context, ())[log.activity]
    closings, start = np.cumsum(closing), traces.first[log.case[rows]]
    return np.asarray(closings[rows] - closings[start] + closing[start] > 0)


def share_by_class(context: Context, cases: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of each class's cases that are among `cases`, shape (n_classes,)."""
    of_case, k = context.classes.of_case, len(context.classes.names)
    return np.bincount(of_case[cases], minlength=k) / np.maximum(np.bincount(of_case, minlength=k), 1)


def by_design(context: Context, again: NDArray[np.int64], share: float) -> NDArray[np.bool_]:
    """Return, for each row of `again`, whether more than `share` of the cases of its class repeat the function so."""
    log, classes = context.log, context.classes
    n, k = len(log.activities), len(classes.names)
    passes = np.unique(log.case.astype(np.int64) * n + log.activity)
    repeats = np.unique(log.case[again].astype(np.int64) * n + log.activity[again])
    key = classes.of_case[passes // n] * n + passes % n
    total = np.bincount(key, minlength=n * k)
    key = classes.of_case[repeats // n] * n + repeats % n
    repeated = np.bincount(key, minlength=n * k)
    design = repeated > share * np.maximum(total, 1)
    return np.asarray(design[classes.of_case[log.case[again]] * n + log.activity[again]])


def stays_away(
    context: Context, rows: NDArray[np.int64], what: NDArray[np.int64], quantile: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return whether what recurred at `rows` stays away for the quantile of its gaps; and whether it is too early."""
    log, traces = context.log, context.traces
    if not rows.size:
        no = np.zeros(0, dtype=np.bool_)
        return no, no.copy()
    order = np.lexsort((rows, what, log.case[rows]))
    same = (np.diff(log.case[rows][order]) == 0) & (np.diff(what[order]) == 0)
    again = np.full(rows.size, np.inf)
    again[order[:-1][same]] = log.end_h[rows[order[1:][same]]] - log.end_h[rows[order[:-1][same]]]
    gaps = again[np.isfinite(again)]
    limit = float(np.quantile(gaps, quantile)) if gaps.size else 0.0
    came_back = again <= limit
    followed = np.where(traces.finished[log.case[rows]], np.inf, traces.edge_h - log.end_h[rows])
    censored = ~came_back & (followed < limit)
    return ~came_back & ~censored, censored
