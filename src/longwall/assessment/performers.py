"""Who or what does each step: a machine, one performer, many people. Said of steps, never of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.resources import machine_signs

if TYPE_CHECKING:
    from longwall.assessment.view import View

__all__ = ["Performers", "performers_of"]

_MACHINE_ACTS = 5
_SIGNS = 2


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
    there, where its events of that activity show two signs of a machine, or where the model says that a machine acts.
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
        if declared or machine_signs(log, view.traces, mine)[first].sum() >= _SIGNS:
            machine[mine] = True
    return Performers(machine=machine, chief=chief)
