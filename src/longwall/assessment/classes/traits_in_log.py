"""What a log shows of coupling and interaction: synchrony, slack, sequence, repeats, shared causes, rare paths."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.classes.scales import log_part, share_part
from longwall.assessment.flow import Flow
from longwall.assessment.results import IndexPart
from longwall.assessment.view import View
from longwall.stats import average_ranks

__all__ = ["coupling_in_log", "interaction_in_log"]

_AT_ONCE_H = 5 / 60
_ONE_WAY = 0.95
_RARE = 0.01
_LEAST_DAYS = 30
_DAYS_PER_WEEK = 7
_SURE = 3.3


def coupling_in_log(view: View, cuts: Mapping[str, float]) -> list[IndexPart]:
    """Return parts that take the place of those of the same name, where the log can show them.

    Synchrony needs a log with starts: without them, work and waiting cannot be told apart.
    """
    log, previous = view.log, view.traces.previous
    found = []
    moved = np.flatnonzero(previous >= 0)
    if log.starts_logged and moved.size >= cuts["least_executions"]:
        wait_h = log.start_h[moved] - log.end_h[previous[moved]]
        found.append(
            share_part(
                "synchronous links",
                float((wait_h <= _AT_ONCE_H).mean()),
                "share of steps that begin within five minutes of the one before",
                "log",
            )
        )
    slack = _slack(view)
    if slack is not None:
        found.append(
            log_part(
                "lack of slack", slack, "slack", cuts,
                "hours until due over hours worked on an item, geometric mean over finished items", "log",
            )
        )  # fmt: skip
    one_way = _one_way(view, moved, cuts["least_executions"])
    if one_way is not None:
        found.append(share_part("fixed sequence", one_way, "share of functions with one usual next step", "log"))
    return found


def interaction_in_log(view: View, flow: Flow, cuts: Mapping[str, float]) -> list[IndexPart]:
    """Return parts that take the place of those of the same name, and those that only a log can give."""
    again = float((view.earlier >= 0).mean()) if view.log.case.size else None
    found = [
        log_part("repeats", again, "repeats", cuts, "share of executions that repeat an earlier one", "log"),
        share_part(
            "shared causes", _shared_causes(view), "share of pairs of functions that are slow on the same days", "log"
        ),
        share_part("rare paths", _rare(view), "share of items on a way that fewer than one in a hundred take", "log"),
        share_part(
            "unfamiliar paths", _unfamiliar(view, flow), "share of routes of the model that no item took", "log"
        ),
    ]
    return [part for part in found if part.value is not None]


def _slack(view: View) -> float | None:
    """Geometric mean of hours until due over hours worked, over finished items of classes that are due."""
    log, due = view.log, {d.id: d.due_h.value for d in view.system.work.demand if d.due_h is not None}
    if not log.starts_logged or not due:
        return None
    worked = np.bincount(log.case, weights=log.end_h - log.start_h, minlength=view.n_cases)
    kept = view.traces.finished & (worked > 0)
    if kept.sum() < view.thresholds["least_cases"]:
        return None
    # The log does not say which class of the model an item is of; the due times of all classes stand for each.
    typical = float(np.exp(np.mean(np.log(list(due.values())))))
    return float(np.exp(np.mean(np.log(np.maximum(typical / worked[kept], 1.0)))))


def _one_way(view: View, moved: NDArray[np.int64], least: float) -> float | None:
    """Share of functions, done often enough, after which nineteen of twenty items go the same way."""
    log, n = view.log, len(view.log.activities)
    counts = np.zeros((n, n))
    np.add.at(counts, (log.activity[view.traces.previous[moved]], log.activity[moved]), 1)
    total = counts.sum(axis=1)
    enough = total >= least
    return float((counts.max(axis=1)[enough] >= _ONE_WAY * total[enough]).mean()) if enough.any() else None


def _rare(view: View) -> float | None:
    """Share of finished items whose sequence of functions fewer than one in a hundred share."""
    log, cases = view.log, np.flatnonzero(view.traces.finished)
    if cases.size < view.thresholds["least_cases"]:
        return None
    # A sequence is told by a sum of pseudo-random numbers, one for each function at each place.
    first = view.traces.first[log.case]
    place = np.arange(log.case.size) - first
    with np.errstate(over="ignore"):
        code = (log.activity.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (code ^ (place.astype(np.uint64) + np.uint64(1)) * np.uint64(0xC2B2AE3D27D4EB4F)) * code
        ways = np.zeros(view.n_cases, dtype=np.uint64)
        np.add.at(ways, log.case, mixed)
    _, inverse, counts = np.unique(ways[cases], return_inverse=True, return_counts=True)
    return float((counts[inverse] < _RARE * cases.size).mean())


def _shared_causes(view: View) -> float | None:
    """Share of pairs of functions whose daily slowness goes together, weekdays and trend taken out.

    Pairs count where the rank correlation is positive and beyond 3.3 standard errors: one in two thousand by chance.
    """
    log = view.log
    day = (log.end_h // 24).astype(np.int64)
    day -= int(day.min(initial=0))
    days = int(day.max(initial=0)) + 1
    columns = []
    for code in range(len(log.activities)):
        rows = log.activity == code
        n = np.bincount(day[rows], minlength=days)
        if (n > 0).sum() < _LEAST_DAYS:
            continue
        slow = np.bincount(day[rows], weights=np.log1p(view.elapsed_h[rows]), minlength=days) / np.maximum(n, 1)
        slow[n == 0] = np.nan
        for weekday in range(_DAYS_PER_WEEK):
            same = slow[weekday::_DAYS_PER_WEEK]
            if np.isfinite(same).any():
                slow[weekday::_DAYS_PER_WEEK] = same - np.nanmedian(same)
        columns.append(slow)
    together = pairs = 0
    for a in range(len(columns)):
        for b in range(a):
            both = np.isfinite(columns[a]) & np.isfinite(columns[b])
            if both.sum() < _LEAST_DAYS:
                continue
            pairs += 1
            x, y = np.diff(average_ranks(columns[a][both])), np.diff(average_ranks(columns[b][both]))
            spread = float(np.sqrt((x**2).sum() * (y**2).sum()))
            # Differences from day to day take the trend out; they correlate with their neighbours, hence the factor.
            together += spread > 0 and float((x * y).sum()) / spread > _SURE * np.sqrt(1.5 / x.size)
    return together / pairs if pairs else None


def _unfamiliar(view: View, flow: Flow) -> float | None:
    """Share of routes of the model that no item of the log took."""
    rows = np.flatnonzero(view.traces.previous >= 0)
    ids = view.functions
    steps = np.stack([view.log.activity[view.traces.previous[rows]], view.log.activity[rows]], axis=1)
    taken = {(ids[a], ids[b]) for a, b in np.unique(steps, axis=0)}
    routes = [(flow.functions[a], flow.functions[b]) for a, b in zip(*np.nonzero(flow.moves), strict=True)]
    known = [pair for pair in routes if set(pair) <= set(ids)]
    return sum(pair not in taken for pair in known) / len(known) if known else None
