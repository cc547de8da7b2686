"""Drivers of misalignment between automation and the people around it: who could take over?

A function that a machine has performed for so long that nobody practises it works well until the machine is out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.flow import Flow
from longwall.assessment.statement import HOURS_PER_WEEK_UNIT, finding, number_text, times_text
from longwall.assessment.view import View
from longwall.stats import bootstrap_interval
from longwall.streams import generator
from longwall.units import duration_text, share_text
from longwall.worksystem import Estimate, EvidenceRows, Finding, Function, Suggestion, WorkSystem

__all__ = ["ByHand", "by_hand", "machine_rows", "takeover_in_log", "takeover_in_model"]

_SPELL = 3
_DAY_H = 24.0
_WEEK_H = 168.0
_QUICK_H = 5 / 3600
_OVERLAP_SHARE = 0.2
_HOUR_SHARE = 0.01
# Loss of the gain of practice per month, for speed, mixed and accuracy tasks (Tatel and Ackerman 2025).
_DECAY_PER_MONTH = (0.053, 0.063, 0.107)
_MONTH_DAYS = 30.44
_MACHINE_ACTS = 5


@dataclass(frozen=True)
class ByHand:
    """How a function that a machine mostly performs is done by hand.

    Parameters
    ----------
    executions, by_hand : int
        All executions by a known performer, and those by people.
    spells : int
        Runs of three and more executions in a row by hand: the machine was out.
    spell_rows : int
        Executions by hand in spells.
    practised_weeks : float
        Share of the weeks with an execution by hand outside spells.
    last_days : float or None
        Days from the last execution by hand to the end of the log; None: never.
    machine_h, by_hand_h, elsewhere_h : float or None
        Median elapsed hours of the step (from the end of the step before) by the machine, by hand, and by hand at all
        other steps of the log; a measure of items, not of performers.
    by_hand_low_h, by_hand_high_h : float or None
        95% bootstrap interval of the median by hand.
    """

    executions: int
    by_hand: int
    spells: int
    spell_rows: int
    practised_weeks: float
    last_days: float | None
    machine_h: float
    by_hand_h: float | None
    by_hand_low_h: float | None
    by_hand_high_h: float | None
    elsewhere_h: float | None

    @property
    def machine_share(self) -> float:
        """Share of executions by the machine."""
        return 1 - self.by_hand / self.executions


def machine_rows(view: View, code: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the rows of one activity with a known performer, and which of them a machine did.

    Beyond resources that look like machines everywhere, the one that does nearly all of this activity counts, where it
    answers within seconds, works on several items at once, works around the clock, or where the model says that a
    machine acts here.
    """
    log = view.log
    rows = np.flatnonzero((log.activity == code) & (log.resource >= 0))
    who = log.resource[rows]
    machine = view.machine[who] if rows.size else np.zeros(0, dtype=bool)
    if rows.size < view.thresholds["least_executions"]:
        return rows, machine
    counts = np.bincount(who, minlength=log.n_resources)
    chief = int(np.argmax(counts))
    if not view.machine[chief] and counts[chief] >= view.thresholds["machine_share"] * rows.size:
        function = view.system.functions.get(view.functions[code])
        declared = function is not None and function.allocation.level >= _MACHINE_ACTS
        if declared or _works_like_a_machine(view, rows[who == chief]):
            machine = machine | (who == chief)
    return rows, machine


def _works_like_a_machine(view: View, rows: NDArray[np.int64]) -> bool:
    """Whether executions by one resource are quicker, more parallel or more around the clock than a person's."""
    log = view.log
    if float(np.median(_elapsed_h(view, rows))) <= _QUICK_H:
        return True
    by_hour = np.bincount((log.end_h[rows] % _DAY_H).astype(np.int64), minlength=24)
    if (by_hour >= _HOUR_SHARE * rows.size).all():
        return True
    if not log.starts_logged:
        return False
    order = rows[np.argsort(log.start_h[rows], kind="stable")]
    until = np.maximum.accumulate(log.end_h[order])
    return bool((log.start_h[order][1:] < until[:-1] - 1e-9).mean() >= _OVERLAP_SHARE)


def by_hand(view: View, code: int, seed: int = 0) -> ByHand | None:
    """Return how one activity is done by hand, or None where no machine does most of it or executions are few."""
    rows, machine = machine_rows(view, code)
    if rows.size < view.thresholds["least_executions"] or machine.mean() < view.thresholds["machine_share"]:
        return None
    log = view.log
    enabled_h = _enabled_h(view, rows)
    order = np.argsort(enabled_h, kind="stable")
    hand = ~machine[order]
    # Executions in the order in which they could have begun: what the machine missed in a row, it was out for.
    begin = np.flatnonzero(hand & ~np.r_[False, hand[:-1]])
    stop = np.flatnonzero(hand & ~np.r_[hand[1:], False])
    length = stop - begin + 1
    in_spell = np.zeros(rows.size, dtype=bool)
    for first, last in zip(begin[length >= _SPELL], stop[length >= _SPELL], strict=True):
        in_spell[first : last + 1] = True
    practice = rows[order][hand & ~in_spell]
    arrived_h = float(view.traces.arrival_h.min())
    weeks = max(1, int(np.ceil((view.traces.edge_h - arrived_h) / _WEEK_H)))
    practised = np.unique(((log.end_h[practice] - arrived_h) // _WEEK_H).astype(np.int64)).size / weeks
    hand_rows = rows[order][hand]
    elapsed = _elapsed_h(view, rows[order])
    elsewhere = _elsewhere_h(view, code)
    value = low = high = None
    if hand_rows.size:
        value, low, high = bootstrap_interval(
            elapsed[hand], lambda x: float(np.median(x)), generator(seed, "by hand", log.activities[code]), draws=400
        )
    return ByHand(
        executions=int(rows.size),
        by_hand=int(hand.sum()),
        spells=int((length >= _SPELL).sum()),
        spell_rows=int(in_spell.sum()),
        practised_weeks=practised,
        last_days=float(view.traces.edge_h - log.end_h[hand_rows].max()) / _DAY_H if hand_rows.size else None,
        machine_h=float(np.median(elapsed[~hand])),
        by_hand_h=value,
        by_hand_low_h=low,
        by_hand_high_h=high,
        elsewhere_h=elsewhere,
    )


def takeover_in_log(view: View, seed: int = 0) -> list[Finding]:
    """Find functions that a machine performs and people no longer practise: one finding per function."""
    if "resources" not in view.log.capabilities:
        return []
    found = []
    for code, label in enumerate(view.log.activities):
        measured = by_hand(view, code, seed)
        if measured is not None and _unpractised(view, measured):
            found.append(_takeover(view, code, label, measured))
    return found


def _unpractised(view: View, measured: ByHand) -> bool:
    """Whether people do the function too rarely to be able to take it over."""
    cuts = view.thresholds
    if measured.practised_weeks >= cuts["practised_weeks_share"]:
        return False
    long_enough = view.weeks * 7 >= 2 * cuts["practice_gap_days"]
    slow = (
        measured.spells > 0
        and measured.by_hand_h is not None
        and measured.elsewhere_h is not None
        and measured.by_hand_h >= cuts["slow_by_hand"] * max(measured.elsewhere_h, measured.machine_h)
    )
    return long_enough or slow


def _takeover(view: View, code: int, label: str, m: ByHand) -> Finding:
    """Word the finding about one function."""
    key = view.functions[code]
    text = (
        f"'{label}' is done by a machine in {share_text(m.machine_share)} of {number_text(m.executions)} executions; "
    )
    if m.last_days is None:
        text += f"in {view.weeks:.0f} weeks people never did it"
    else:
        text += (
            f"people did it by hand {times_text(m.by_hand, 'time', 'times')} in {view.weeks:.0f} weeks, last "
            f"{m.last_days:.0f} days before the log ends"
        )
    if m.spells and m.by_hand_h is not None:
        text += (
            f"; {'one outage' if m.spells == 1 else f'{m.spells} outages'} took it from {duration_text(m.machine_h)} "
            f"to {duration_text(m.by_hand_h)} in the middle case"
        )
        if m.elsewhere_h:
            text += f" (other steps by hand: {duration_text(m.elsewhere_h)})"
    text += ": nobody can be expected to take over at once."
    per_week = m.executions / view.weeks
    if m.by_hand_h is None or m.by_hand_low_h is None or m.by_hand_high_h is None:
        severity = Estimate.counted(per_week, "executions per week")
        means = "executions per week that nobody has practised by hand"
    else:
        extra = [max(0.0, h - m.machine_h) * per_week for h in (m.by_hand_h, m.by_hand_low_h, m.by_hand_high_h)]
        severity = Estimate(value=extra[0], low=extra[1], high=extra[2], unit=HOURS_PER_WEEK_UNIT, footing="counted")
        means = "elapsed hours that a week without the machine adds, at the pace at which people last did it"
    cautions = ["the log does not show drills or practice outside it"]
    if m.by_hand_h is not None:
        cautions.append("elapsed time by hand holds waiting for somebody who can do it as well as the work itself")
    if view.account.any():
        cautions.append("a machine and an account that several share can look alike in a log")
    return finding(
        "atrophy",
        (key,),
        text,
        severity,
        means,
        principle="division of work between people and machines",
        layer="work",
        evidence=(EvidenceRows(query="by_hand", arguments={"activity": label}, cases=m.by_hand, events=m.executions),),
        suggests=(
            Suggestion(kind="drill", targets=(key,), why="practise it by hand before the machine is out"),
            Suggestion(kind="change_level", targets=(key,), why="leave a share of the cases to people for good"),
        ),
        cautions=tuple(cautions),
    )


def takeover_in_model(
    system: WorkSystem, flow: Flow, cuts: Mapping[str, float], known: frozenset[str]
) -> list[Finding]:
    """Find functions whose allocation leaves nobody able to take over, from the model alone.

    Parameters
    ----------
    known : frozenset of Id
        Functions about which the log has spoken; there only a missing role is reported.
    """
    found = []
    for function in system.work.functions:
        if function.allocation.level < _MACHINE_ACTS or function.allocation.component is None:
            continue
        if not function.roles:
            found.append(_nobody(function, flow))
        elif function.id not in known and (made := _rarely(system, function, flow, cuts)) is not None:
            found.append(made)
    return found


def _nobody(function: Function, flow: Flow) -> Finding:
    """Word the finding about a machine without any role behind it."""
    per_week = flow.executions.get(function.id, 0.0)
    return finding(
        "automation_mismatch",
        (function.id,),
        f"'{function.name or function.id}' is done by a machine at level {function.allocation.level}, and no role may "
        f"do it when the machine is out; it is needed {number_text(per_week)} times a week.",
        Estimate(value=per_week, low=per_week, high=per_week, unit="executions per week", footing="assumed"),
        "executions per week that stop with the machine",
        principle="division of work between people and machines",
        layer="social",
        suggests=(
            Suggestion(kind="change_level", targets=(function.id,), why="a level at which a person stays involved"),
            Suggestion(kind="cross_train", targets=(function.id,), why="a named role that can take over"),
        ),
    )


def _rarely(system: WorkSystem, function: Function, flow: Flow, cuts: Mapping[str, float]) -> Finding | None:
    """Word the finding about a function that each member does by hand too rarely, or None."""
    component = system.components[function.allocation.component or ""]
    out = 0.0
    if component.time_between_failures_h is not None and component.repair_h is not None:
        between, repair = component.time_between_failures_h.value, component.repair_h.mean_h
        out = repair / max(between + repair, 1e-12)
    share = 1 - component.coverage.value * (1 - out)
    members = sum(system.roles[role].head_count for role in function.roles)
    per_week = flow.executions.get(function.id, 0.0)
    practice = share * per_week / max(members, 1) + function.drills_per_year.value / 52
    days = 7 / practice if practice > 0 else np.inf
    if share > 1 - cuts["machine_share"] or days <= cuts["practice_gap_days"]:
        return None
    kept = [max(0.01, float(np.exp(-decay * min(days, 3650) / _MONTH_DAYS))) for decay in _DECAY_PER_MONTH]
    often = f"once in {number_text(days)} days" if np.isfinite(days) else "never"
    takeover_h = function.allocation.takeover_h.mean_h if function.allocation.takeover_h else function.work_h.mean_h
    hours = per_week * takeover_h
    return finding(
        "atrophy",
        (function.id,),
        f"'{function.name or function.id}' is left to the machine in {share_text(1 - share)} of "
        f"{number_text(per_week)} executions a week; each of {members} people does it by hand {often}, which keeps about "
        f"{share_text(kept[1])} of what practice gained: nobody can be expected to take over at once.",
        Estimate(
            value=hours / kept[1],
            low=hours / kept[0],
            high=hours / kept[2],
            unit=HOURS_PER_WEEK_UNIT,
            footing="assumed",
        ),
        "hours of taking over that a week without the machine adds, slowed by the skill that is lost",
        principle="division of work between people and machines",
        suggests=(
            Suggestion(kind="drill", targets=(function.id,), why="practise it by hand before the machine is out"),
            Suggestion(
                kind="change_level", targets=(function.id,), why="leave a share of the cases to people for good"
            ),
        ),
    )


def _enabled_h(view: View, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """When each execution could have begun: the end of the event before, or the arrival of the case."""
    previous = view.traces.previous[rows]
    arrived = view.traces.arrival_h[view.log.case[rows]]
    return np.asarray(np.where(previous >= 0, view.log.end_h[previous], arrived), dtype=np.float64)


def _elapsed_h(view: View, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Elapsed hours of the step, waiting included."""
    return np.asarray(np.maximum(view.log.end_h[rows] - _enabled_h(view, rows), 0.0))


def _elsewhere_h(view: View, code: int) -> float | None:
    """Median elapsed hours of the steps of the log that people do, other than this one."""
    log = view.log
    rows = np.flatnonzero((log.activity != code) & (log.resource >= 0) & (view.traces.previous >= 0))
    rows = rows[~view.machine[log.resource[rows]]]
    return float(np.median(_elapsed_h(view, rows))) if rows.size else None
