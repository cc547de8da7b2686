"""What a log shows of those who control a variance: whether in time, whether they see it, whether the origin hears."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.control.gaps_result import Aspect, Level
from longwall.assessment.results import ControlRow
from longwall.assessment.view import View
from longwall.stats import share_interval
from longwall.worksystem import WorkSystem

if TYPE_CHECKING:
    from longwall.discovery.variance_events import VarianceEvents

__all__ = ["levels_in_log"]


def levels_in_log(
    system: WorkSystem, view: View, events: VarianceEvents, controls: Iterable[ControlRow]
) -> dict[str, dict[Aspect, Level]]:
    """Return, for each variance of the model that a detector finds, what the log shows of its control.

    *Time*: the share of the occurrences seen that were controlled before the time was up, or the item due.
    *Information*: the share first seen by the team that controls them. *Feedback*: the share of the occurrences seen
    after which the team where they arose had the item again. They are shares of items, with the interval of a share;
    nothing is said of fewer than thirty.
    """
    available = {row.variance: row.available_h for row in controls if row.source == "judgement"}
    kinds = {kind: code for code, kind in enumerate(events.kinds)}
    found: dict[str, dict[Aspect, Level]] = {}
    for variance in system.variances:
        code = kinds.get(variance.kind, kinds.get(variance.id))
        if code is None:
            continue
        rows = np.flatnonzero((events.kind == code) & (events.seen >= 0) & ~events.censored)
        within = variance.control.within_h if variance.control is not None else None
        due = available.get(variance.id)
        limit_h = within.value if within is not None else due.value if due is not None else None
        levels = _levels(view, events, rows, limit_h)
        if levels:
            found[variance.id] = levels
    return found


def _levels(view: View, events: VarianceEvents, rows: NDArray[np.int64], limit_h: float | None) -> dict[Aspect, Level]:
    """Levels of one variance."""
    levels: dict[Aspect, Level] = {}
    log, seen, controlled, origin = view.log, events.seen[rows], events.controlled[rows], events.origin[rows]
    if limit_h is not None:
        took_h = np.where(controlled >= 0, log.end_h[np.maximum(controlled, 0)] - log.end_h[seen], np.inf)
        _put(levels, "time", took_h <= limit_h, view, f"controlled within {limit_h:g} h of being seen")
    both = (controlled >= 0) & (view.team[seen] >= 0) & (view.team[np.maximum(controlled, 0)] >= 0)
    if both.any():
        same = view.team[seen[both]] == view.team[controlled[both]]
        _put(levels, "information", same, view, "seen first by the team that controls it")
    arisen = (origin >= 0) & (view.team[np.maximum(origin, 0)] >= 0)
    if arisen.any():
        again = _has_again(view, seen[arisen], view.team[origin[arisen]])
        _put(levels, "feedback", again, view, "the team where it arose has the item again")
    return levels


def _put(levels: dict[Aspect, Level], aspect: Aspect, holds: NDArray[np.bool_], view: View, said: str) -> None:
    """Keep a share with its interval, where there are enough occurrences."""
    if holds.size >= view.thresholds["least_cases"]:
        low, high = share_interval(int(holds.sum()), holds.size)
        levels[aspect] = Level(low=low, high=high, source="log", said=f"{said}, {holds.sum():,} of {holds.size:,}")


def _has_again(view: View, seen: NDArray[np.int64], team: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a team has an event of the same case after a row; rows of one case follow one another."""
    n_teams = int(view.team.max(initial=0)) + 1
    key = view.log.case.astype(np.int64) * n_teams + view.team
    known = view.team >= 0
    last = np.full(int(key[known].max(initial=0)) + 1, -1, dtype=np.int64)
    np.maximum.at(last, key[known], np.flatnonzero(known))
    asked = view.log.case[seen].astype(np.int64) * n_teams + team
    return np.asarray(last[asked] > seen)
