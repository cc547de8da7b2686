"""The control table as the log shows it: where each kind arises, is seen and is controlled, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.control.in_model import held, tools_of
from longwall.assessment.control.prevalence import fate_of
from longwall.assessment.results import ControlRow, OriginShare
from longwall.assessment.statement import estimate
from longwall.assessment.view import View
from longwall.discovery.agreed import agreed_h
from longwall.stats import ratio_interval, share_interval
from longwall.units import share_text
from longwall.worksystem import Estimate

if TYPE_CHECKING:
    from longwall.discovery.variance_events import VarianceEvents

__all__ = ["controls_in_log"]

_SOME = 0.05
_FEW = 5


def controls_in_log(view: View, events: VarianceEvents) -> tuple[ControlRow, ...]:
    """Return the control table that the log shows, one row per kind of variance event.

    Distances are means over occurrences whose origin and revelation both lie in the log, with an interval that allows
    for dependence within cases.
    """
    left_h = agreed_h(view.log, view.traces)
    rows = []
    for code, kind in enumerate(events.kinds):
        mine = np.flatnonzero(events.kind == code)
        if mine.size:
            rows.append(_row(view, events, kind, mine, left_h))
    return tuple(rows)


def _row(
    view: View, events: VarianceEvents, kind: str, mine: NDArray[np.int64], agreed: NDArray[np.float64]
) -> ControlRow:
    """One kind of variance event."""
    log, at, ids = view.log, view.log.activity, view.functions
    seen, controlled, origin = events.seen[mine], events.controlled[mine], events.origin[mine]
    places = _origins(view, events, mine)
    done_at = _usual(controlled, at, ids)
    escaped = int(events.escaped[mine].sum())
    low, high = share_interval(escaped, mine.size)
    fate = fate_of(log, view.traces, events, mine)
    judged = [variance for variance in view.system.variances if variance.kind == kind]
    functions = [view.system.functions[name] for name in done_at if name in view.system.functions]
    return ControlRow(
        variance=kind,
        name=kind,
        source="log",
        origin=places[0].place if places else "unknown",
        origins=places,
        seen_at=_usual(seen, at, ids),
        controlled_at=done_at,
        controlled_by=_by(view, controlled),
        tasks=tuple(f"do again {name}" if kind == "rework" else name for name in done_at),
        information=_joined([held(view.system, variance, "information") for variance in judged]),
        information_source=_usual(seen, at, ids),
        authority=_joined([held(view.system, variance, "authority") for variance in judged]),
        tools=tuple(dict.fromkeys(tool for function in functions for tool in tools_of(function))),
        feedback=_feedback(view, origin, seen),
        available_h=_left(view, agreed, seen),
        needed_h=_mean(view, seen, controlled, log.end_h),
        hops_to_seen=_mean(view, origin, seen, None),
        hops_to_controlled=_mean(view, origin, controlled, None),
        hours_to_seen=_mean(view, origin, seen, log.end_h),
        hours_to_controlled=_mean(view, origin, controlled, log.end_h),
        teams_crossed=_teams_between(view, origin, controlled),
        organisations_crossed=_between(origin, controlled, _organisation_changes(view)),
        machine_human_crossed=_between(origin, controlled, _machine_changes(view)),
        exported=estimate(escaped / mine.size, low, high, "share", "counted") if fate is None else fate.escaped,
        fate=fate,
        lacks=("boundary",) if (seen < 0).mean() > 0.5 else (),
        occurrences=int(mine.size),
    )


def _origins(view: View, events: VarianceEvents, mine: NDArray[np.int64]) -> tuple[OriginShare, ...]:
    """Where the kind arises, as a distribution over functions."""
    rows, weight = events.origins(mine)
    if not rows.size:
        return ()
    held_by = np.bincount(view.log.activity[rows], weights=weight, minlength=len(view.functions)) / weight.sum()
    order = np.argsort(-held_by, kind="stable")
    kept = [k for n, k in enumerate(order) if held_by[k] >= _SOME or (n == 0 and held_by[k] > 0)]
    return tuple(OriginShare(place=view.functions[k], share=float(held_by[k])) for k in kept)


def _by(view: View, rows: NDArray[np.int64]) -> tuple[str, ...]:
    """Roles of the teams that control it, as far as the model has one for the function; else the teams."""
    known = rows[rows >= 0]
    known = known[view.team[known] >= 0]
    if not known.size:
        return ()
    counts = np.bincount(view.team[known], minlength=len(view.team_ids))
    found: list[str] = []
    for team in np.argsort(-counts, kind="stable")[:3]:
        if counts[team] < 0.1 * known.size:
            break
        name = view.team_ids[team]
        of_team = [role.id for role in view.system.social.roles if role.team == name]
        found += of_team if len(of_team) == 1 else [name]
    return tuple(dict.fromkeys(found))


def _joined(states: list[str]) -> str:
    """What holds for all variances of a kind."""
    if not states:
        return "unknown"
    return states[0] if len(set(states)) == 1 else "in part"


def _feedback(view: View, origin: NDArray[np.int64], seen: NDArray[np.int64]) -> str:
    """How often the team at whose place it arose meets the item again after it was seen."""
    both = (origin >= 0) & (seen > origin)
    both &= np.where(both, view.team[np.maximum(origin, 0)] >= 0, False)
    if both.sum() < _FEW:
        return "unknown"
    a, b = origin[both], seen[both]
    team, last = view.team[a], view.traces.last[view.log.case[a]]
    again = np.array(
        [(view.team[begin : end + 1] == own).any() for begin, end, own in zip(b, last, team, strict=True)], dtype=bool
    )
    return f"the item comes back to the team in {share_text(float(again.mean()))}"


def _left(view: View, agreed: NDArray[np.float64], seen: NDArray[np.int64]) -> Estimate | None:
    """Time left to the agreed one when it is seen; none left counts as none."""
    rows = seen[seen >= 0]
    case = view.log.case[rows]
    left = view.traces.arrival_h[case] + agreed[case] - view.log.end_h[rows]
    known = np.isfinite(left)
    if known.sum() < _FEW:
        return None
    value, low, high = ratio_interval(np.maximum(left[known], 0.0), np.ones(int(known.sum())), case[known])
    return estimate(value, low if np.isfinite(low) else value, high if np.isfinite(high) else value, "h", "counted")


def _machine_changes(view: View) -> NDArray[np.int64] | None:
    """Running number of changes between machine and people, per event; None where performers are not known."""
    resource = view.log.resource
    if not (resource >= 0).any() or not view.machine.any():
        return None
    machine = (resource >= 0) & view.machine[np.maximum(resource, 0)]
    return np.cumsum(np.r_[0, np.diff(machine.astype(np.int64)) != 0])


def _organisation_changes(view: View) -> NDArray[np.int64] | None:
    """Running number of changes of organisation, per event; None where the model knows of one only."""
    names = [view.system.teams[team].organisation if team in view.system.teams else "" for team in view.team_ids]
    if len({name for name in names if name}) < 2:
        return None
    codes = np.unique(np.array([*names, ""]), return_inverse=True)[1]
    return np.cumsum(np.r_[0, np.diff(codes[view.team]) != 0])


def _between(begin: NDArray[np.int64], until: NDArray[np.int64], number: NDArray[np.int64] | None) -> float | None:
    """Mean number of changes between two events."""
    both = (begin >= 0) & (until >= begin)
    if number is None or not both.any():
        return None
    return float((number[until[both]] - number[begin[both]]).mean())


def _usual(rows: NDArray[np.int64], activity: NDArray[np.int32], ids: tuple[str, ...]) -> tuple[str, ...]:
    """The functions of the rows, most frequent first, down to a tenth of them."""
    known = rows[rows >= 0]
    if not known.size:
        return ()
    counts = np.bincount(activity[known], minlength=len(ids))
    order = np.argsort(-counts, kind="stable")
    return tuple(ids[k] for k in order[:3] if counts[k] >= 0.1 * known.size)


def _mean(
    view: View, begin: NDArray[np.int64], until: NDArray[np.int64], clock: NDArray[np.float64] | None
) -> Estimate | None:
    """Mean distance in steps, or in hours of a clock, over occurrences that have both ends."""
    both = (begin >= 0) & (until >= 0)
    if both.sum() < 2:
        return None
    a, b = begin[both], until[both]
    distance = (b - a).astype(np.float64) if clock is None else clock[b] - clock[a]
    value, low, high = ratio_interval(distance, np.ones(distance.size), view.log.case[a])
    if not np.isfinite(low):
        low = high = value
    return estimate(value, low, high, "steps" if clock is None else "h", "counted")


def _teams_between(view: View, begin: NDArray[np.int64], until: NDArray[np.int64]) -> float | None:
    """Mean number of team changes between origin and control."""
    both = (begin >= 0) & (until >= begin)
    if not both.any() or not (view.team >= 0).any():
        return None
    stay = np.zeros(view.log.case.size, dtype=np.int64)
    stay[view.stays.first] = 1
    number = np.cumsum(stay)
    return float((number[until[both]] - number[begin[both]]).mean())
