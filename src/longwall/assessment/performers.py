"""Who or what does each step: a machine, one performer, many people. Said of steps, never of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from longwall.assessment.view import View

__all__ = ["Performers", "performers_of"]

_DAY_H = 24.0
_PROMPT_H = 5 / 60
_LEAST_PROMPT = 100
_QUICK_H = 5 / 3600
_OVERLAP_SHARE = 0.2
_HOUR_SHARE = 0.01
_MACHINE_ACTS = 5


@dataclass(frozen=True)
class Performers:
    """What does the steps of a log.

    Parameters
    ----------
    machine : ndarray of bool, shape (n_events,)
        Done by what looks like a machine.
    chief : ndarray of bool, shape (n_events,)
        Done by the one performer that does nearly all executions of its activity, be it a machine, an account or one
        person; equals `machine` where a machine does nearly all.
    """

    machine: NDArray[np.bool_]
    chief: NDArray[np.bool_]


def performers_of(view: View) -> Performers:
    """Tell machines from people, activity by activity.

    Beyond resources that look like machines everywhere, the one that does nearly all of an activity counts as a machine
    there, where it answers within seconds or always within minutes, works on several items at once, works around the
    clock, or where the model says that a machine acts.
    """
    log, least = view.log, view.thresholds["least_executions"]
    known = log.resource >= 0
    machine = (
        known & view.machine[np.maximum(log.resource, 0)] if log.n_resources else np.zeros(log.case.size, dtype=bool)
    )
    chief = machine.copy()
    order = np.argsort(log.activity, kind="stable")
    bounds = np.searchsorted(log.activity[order], np.arange(len(log.activities) + 1))
    for code, key in enumerate(view.functions):
        rows = order[bounds[code] : bounds[code + 1]]
        rows = rows[known[rows]]
        if rows.size < least:
            continue
        counts = np.bincount(log.resource[rows], minlength=log.n_resources)
        first = int(np.argmax(counts))
        if view.machine[first] or counts[first] < view.thresholds["machine_share"] * rows.size:
            continue
        mine = rows[log.resource[rows] == first]
        function = view.system.functions.get(key)
        declared = function is not None and function.allocation.level >= _MACHINE_ACTS
        chief[mine] = True
        if declared or _works_like_a_machine(view, mine):
            machine[mine] = True
    return Performers(machine=machine, chief=chief)


def _works_like_a_machine(view: View, rows: NDArray[np.int64]) -> bool:
    """Whether executions by one resource are quicker, more parallel or more around the clock than a person's."""
    log = view.log
    if float(np.median(view.elapsed_h[rows])) <= _QUICK_H or _prompt(view, rows):
        return True
    by_hour = np.bincount((log.end_h[rows] % _DAY_H).astype(np.int64), minlength=24)
    if (by_hour >= _HOUR_SHARE * rows.size).all():
        return True
    if not log.starts_logged:
        return False
    order = rows[np.argsort(log.start_h[rows], kind="stable")]
    until = np.maximum.accumulate(log.end_h[order])
    return bool((log.start_h[order][1:] < until[:-1] - 1e-9).mean() >= _OVERLAP_SHARE)


def _prompt(view: View, rows: NDArray[np.int64]) -> bool:
    """Whether nine of ten items that come from another performer are done within five minutes: nobody is that free."""
    log, previous = view.log, view.traces.previous[rows]
    came = rows[(previous >= 0) & (log.resource[np.maximum(previous, 0)] != log.resource[rows])]
    return came.size >= _LEAST_PROMPT and float(np.quantile(view.elapsed_h[came], 0.9)) <= _PROMPT_H
