"""The rules by which detectors find variance events; one function per rule, arrays in, occurrences out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.agreed import stated_h
from longwall.discovery.detectors import Detector
from longwall.discovery.occurrences import Context, Occurrences
from longwall.discovery.origins import most_excess
from longwall.discovery.record_rules import RECORD_RULES
from longwall.discovery.recurrence import (
    by_design,
    closed_before,
    done_before,
    next_same_after,
    next_where,
    previous_same,
    share_by_class,
    stays_away,
    team_runs,
    terminal_of,
)
from longwall.discovery.tiers import named_levels
from longwall.discovery.traces import Traces
from longwall.evidence import agreement_clock

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["find"]

_LEAST_GAPS = 20
_CLOSED_SHARE = 0.8


def find(context: Context, detector: Detector) -> tuple[Occurrences, str]:
    """Return the occurrences that a detector finds, and why it withholds its word (else empty)."""
    return _RULES[detector.rule](context, detector)


def _reopen(context: Context, detector: Detector) -> tuple[Occurrences, str]:
    """Terminal to non-terminal; the origin is the last execution before closing of the function that comes back."""
    log, traces = context.log, context.traces
    terminal = terminal_of(context, detector.parameters["terminal"])
    if not terminal.any():
        return Occurrences.none(), "no activity ends at least 85% of the cases it occurs in"
    closing = terminal[log.activity]
    rows = np.flatnonzero(closing)
    again = traces.next[rows]
    rows, again = rows[again >= 0], again[again >= 0]
    open_again = ~closing[again]
    rows, again = rows[open_again], again[open_again]
    earlier = previous_same(log)[again]
    origin = np.where(earlier >= 0, earlier, np.maximum(traces.previous[rows], -1))
    origin = np.where(origin >= 0, origin, rows)
    next_close = next_where(closing, traces, again)
    last = traces.last[log.case[rows]]
    until = np.where(next_close >= 0, next_close, last)
    harm = log.end_h[until] - log.end_h[rows]
    censored = (next_close < 0) & ~traces.finished[log.case[rows]]
    return Occurrences(
        log.case[rows].astype(np.int64), origin, again, next_close, np.ones(rows.size, dtype=np.bool_), censored, harm
    ), ""


def _rework(context: Context, detector: Detector) -> tuple[Occurrences, str]:
    """A function recurs after a different one; who sent it back saw it, the repetition is the control."""
    log, traces = context.log, context.traces
    earlier = previous_same(log)
    before = traces.previous
    again = np.flatnonzero((earlier >= 0) & (before != earlier))
    again = again[log.activity[before[again]] != log.activity[again]]
    again = again[_wanted(log, detector.parameters["functions"])[log.activity[again]]]
    again = again[~by_design(context, again, detector.parameters["by_design_share"])]
    seen, origin = before[again], earlier[again]
    back = next_same_after(log, seen, again)
    harm = log.end_h[np.where(back >= 0, back, again)] - log.end_h[seen]
    controlled, censored = stays_away(context, again, log.activity[again], detector.parameters["absent_quantile"])
    closed = closed_before(context, seen)
    return Occurrences(
        log.case[again].astype(np.int64), origin, seen, np.where(controlled, again, -1), closed, censored, harm
    ), ""


def _bounce(context: Context, detector: Detector) -> tuple[Occurrences, str]:
    """Team g, then h, then g again: arose where g let go, seen where h sent it back, controlled when g has it again."""
    log = context.log
    runs = team_runs(context)
    if runs is None:
        return Occurrences.none(), "no case is worked on by more than one known team"
    first, last, team, case = runs
    third = np.flatnonzero((case[2:] == case[:-2]) & (team[2:] == team[:-2])) + 2
    if detector.parameters["same_work"]:
        again = np.cumsum(np.r_[0, done_before(context)])
        third = third[again[last[third] + 1] > again[first[third]]]
    kept = np.zeros(third.size, dtype=np.bool_)
    pair = team[third] * (int(team.max()) + 1) + team[third - 1]
    for which in np.unique(pair):
        own = np.flatnonzero(pair == which)
        usual = share_by_class(context, np.unique(case[third[own]]))
        kept[own] = usual[context.classes.of_case[case[third[own]]]] <= detector.parameters["by_design_share"]
    third = third[kept]
    origin, seen, back = last[third - 2], last[third - 1], first[third]
    closed = closed_before(context, origin)
    third, origin, seen, back = (part[~closed] for part in (third, origin, seen, back))
    harm = log.end_h[back] - log.end_h[origin]
    controlled, censored = stays_away(context, back, team[third], detector.parameters["absent_quantile"])
    escaped = np.zeros(third.size, dtype=np.bool_)
    return Occurrences(case[third], origin, seen, np.where(controlled, back, -1), escaped, censored, harm), ""


def _misroute(context: Context, detector: Detector) -> tuple[Occurrences, str]:
    """The first team hands over after nothing but intake."""
    log, traces = context.log, context.traces
    runs = team_runs(context)
    if runs is None:
        return Occurrences.none(), "no case is worked on by more than one known team"
    first, last, _, case = runs
    opening = np.flatnonzero((np.r_[-1, case[:-1]] != case) & (np.r_[case[1:], -1] == case))
    labels = detector.parameters["intake"]
    if labels:
        intake = np.isin(np.array(log.activities), list(labels))
    else:
        starts = np.bincount(log.activity[traces.first], minlength=len(log.activities))
        intake = starts >= 0.05 * traces.n_cases
    working = np.cumsum(~intake[log.activity])
    worked = working[last[opening]] - working[first[opening]] + ~intake[log.activity[first[opening]]]
    opening = opening[worked == 0]
    usual = share_by_class(context, np.unique(case[opening]))
    opening = opening[usual[context.classes.of_case[case[opening]]] <= detector.parameters["by_design_share"]]
    taken = first[opening + 1]
    harm = log.end_h[taken] - log.start_h[first[opening]]
    no = np.zeros(opening.size, dtype=np.bool_)
    return Occurrences(case[opening], last[opening], last[opening], taken, no, no.copy(), np.maximum(harm, 0.0)), ""


def _late(context: Context, detector: Detector) -> tuple[Occurrences, str]:
    """Past the agreed time, else past the class's quantile; arose at the event with the longest excess wait."""
    log, traces, classes = context.log, context.traces, context.classes
    lead = traces.close_h - traces.arrival_h
    limit = stated_h(log, traces)
    reached = np.where(traces.finished, lead, traces.edge_h - traces.arrival_h)
    clock = agreement_clock(log, edge_h=traces.edge_h, finished=traces.finished)
    deadline = np.full(traces.n_cases, np.nan)
    if clock is not None:
        own = clock.which >= 0
        limit, reached = np.where(own, clock.agreed_h, limit), np.where(own, clock.elapsed_h, reached)
        deadline = clock.due_h
    for label in range(len(classes.names)):
        own = (classes.of_case == label) & traces.finished
        if own.sum() >= _LEAST_GAPS:
            fallback = float(np.quantile(lead[own], detector.parameters["quantile"]))
            limit = np.where(np.isnan(limit) & (classes.of_case == label), fallback, limit)
    if np.isnan(limit).all():
        return Occurrences.none(), f"fewer than {_LEAST_GAPS} finished cases in every class, and no agreed times"
    late = np.flatnonzero(reached > limit)
    excess = traces.gap_h - _typical_gap(context)
    origin, also = most_excess(excess, traces, late)
    deadline = np.where(np.isnan(deadline), traces.arrival_h + limit, deadline)[late]
    seen = _first_after(log, traces, late, deadline)
    harm = reached[late] - limit[late]
    open_still = ~traces.finished[late]
    return Occurrences(
        late.astype(np.int64), origin, seen, np.full(late.size, -1, dtype=np.int64), ~open_still, open_still, harm, also
    ), ""


def _stall(context: Context, detector: Detector) -> tuple[Occurrences, str]:
    """A gap beyond the quantile of gaps after the same function; open cases that are that quiet count as well."""
    log, traces = context.log, context.traces
    follows = np.flatnonzero(traces.previous >= 0)
    state = log.activity[traces.previous[follows]]
    gaps = traces.gap_h[follows]
    n = len(log.activities)
    order = np.lexsort((gaps, state))
    bounds = np.searchsorted(state[order], np.arange(n + 1))
    limit, typical = np.full(n, np.inf), np.zeros(n)
    for code in range(n):
        own = gaps[order[bounds[code] : bounds[code + 1]]]
        if own.size >= _LEAST_GAPS:
            limit[code] = max(float(np.quantile(own, detector.parameters["quantile"])), 1e-9)
            typical[code] = float(np.median(own))
    limit = np.where(_wanted(log, detector.parameters["functions"]), limit, np.inf)
    if not np.isfinite(limit).any():
        return Occurrences.none(), f"fewer than {_LEAST_GAPS} waits in every state"
    long = gaps > limit[state]
    ended = follows[long]
    quiet = np.flatnonzero(~traces.finished)
    silence = traces.edge_h - traces.close_h[quiet]
    last = traces.last[quiet]
    still = silence > limit[log.activity[last]]
    quiet, last, silence = quiet[still], last[still], silence[still]
    none = np.full(quiet.size, -1, dtype=np.int64)
    return Occurrences(
        np.concatenate([log.case[ended], quiet]).astype(np.int64),
        np.concatenate([traces.previous[ended], last]),
        np.concatenate([ended, none]),
        np.concatenate([ended, none]),
        np.zeros(ended.size + quiet.size, dtype=np.bool_),
        np.r_[np.zeros(ended.size, dtype=np.bool_), np.ones(quiet.size, dtype=np.bool_)],
        np.concatenate([gaps[long] - typical[state[long]], silence - typical[log.activity[last]]]),
    ), ""


def _skip(context: Context, detector: Detector) -> tuple[Occurrences, str]:
    """A function that nearly all finished cases of the class pass is missing in one that is finished."""
    log, traces, classes = context.log, context.traces, context.classes
    n = len(log.activities)
    present = np.zeros((traces.n_cases, n), dtype=np.bool_)
    present[log.case, log.activity] = True
    wanted = _wanted(log, detector.parameters["functions"])
    cases: list[NDArray[np.int64]] = []
    origins: list[NDArray[np.int64]] = []
    judged = False
    for label in range(len(classes.names)):
        own = np.flatnonzero((classes.of_case == label) & traces.finished)
        if own.size < _LEAST_GAPS:
            continue
        judged = True
        share = present[own].mean(axis=0)
        for code in np.flatnonzero((share >= detector.parameters["present_share"]) & (share < 1) & wanted):
            missing = own[~present[own, code]]
            cases.append(missing)
            origins.append(_usual_place(context, missing, int(code)))
    if not judged:
        return Occurrences.none(), f"fewer than {_LEAST_GAPS} finished cases in every class"
    if not cases:
        return Occurrences.none(), ""
    case, origin = np.concatenate(cases).astype(np.int64), np.concatenate(origins)
    none, no = np.full(case.size, -1, dtype=np.int64), np.zeros(case.size, dtype=np.bool_)
    return Occurrences(case, origin, none, none.copy(), ~no, no, np.zeros(case.size)), ""


def _escalation(context: Context, detector: Detector) -> tuple[Occurrences, str]:
    """An event named for escalation, or the first move to a higher line than the one that began."""
    log, traces, groups = context.log, context.traces, context.groups
    pattern = detector.parameters["pattern"]
    named = np.array([bool(pattern) and bool(re.search(pattern, label, re.IGNORECASE)) for label in log.activities])
    # Position -1, no team, reads the zero at the end.
    tier = np.r_[named_levels(groups.team_names), 0][groups.team_of_event]
    if not named.any() and np.unique(tier[tier > 0]).size < 2:
        return Occurrences.none(), "no activity is named for escalation, and teams name no lines of support"
    begins = tier[traces.first][log.case]
    higher = (tier > begins) & (begins > 0)
    rows = np.flatnonzero((named[log.activity] | higher) & (traces.previous >= 0))
    # The first time in a case: what follows up there is the same escalation.
    rows = rows[np.unique(log.case[rows], return_index=True)[1]]
    usual = share_by_class(context, log.case[rows].astype(np.int64))
    rows = rows[usual[context.classes.of_case[log.case[rows]]] <= detector.parameters["by_design_share"]]
    origin = traces.previous[rows]
    no = np.zeros(rows.size, dtype=np.bool_)
    return Occurrences(
        log.case[rows].astype(np.int64), origin, rows, rows.copy(), no, no.copy(), traces.gap_h[rows]
    ), ""


def _abandonment(context: Context, detector: Detector) -> tuple[Occurrences, str]:
    """A case ends with an event named for it, or goes quiet for good where most are closed properly."""
    log, traces = context.log, context.traces
    pattern = detector.parameters["pattern"]
    named = np.array([bool(pattern) and bool(re.search(pattern, label, re.IGNORECASE)) for label in log.activities])
    hits = np.flatnonzero(named[log.activity])
    by_name = np.zeros(traces.n_cases, dtype=np.bool_)
    by_name[log.case[hits]] = True
    closed = traces.terminal[log.activity[traces.last]]
    mostly = traces.finished.any() and float(closed[traces.finished].mean()) >= _CLOSED_SHARE
    silent = traces.finished & ~closed & ~by_name & bool(mostly and detector.parameters["silent"])
    if not named.any() and not mostly:
        return Occurrences.none(), "no activity is named for it, and too few cases end with a closing activity to tell"
    cases = np.flatnonzero(by_name | silent)
    last_named = np.full(traces.n_cases, -1, dtype=np.int64)
    last_named[log.case[hits]] = hits
    seen = np.where(last_named[cases] >= 0, last_named[cases], -1)
    origin = np.where(seen >= 0, np.where(traces.previous[seen] >= 0, traces.previous[seen], seen), traces.last[cases])
    harm = np.where(seen >= 0, log.end_h[seen], traces.close_h[cases]) - traces.arrival_h[cases]
    none, no = np.full(cases.size, -1, dtype=np.int64), np.zeros(cases.size, dtype=np.bool_)
    return Occurrences(cases, origin, seen, none, ~no, no, np.maximum(harm, 0.0)), ""


_RULES: dict[str, Callable[[Context, Detector], tuple[Occurrences, str]]] = {
    "reopen": _reopen,
    "rework": _rework,
    "bounce": _bounce,
    "misroute": _misroute,
    "late": _late,
    "stall": _stall,
    "skip": _skip,
    "escalation": _escalation,
    "abandonment": _abandonment,
    **RECORD_RULES,
}


def _wanted(log: Log, labels: tuple[str, ...]) -> NDArray[np.bool_]:
    """Activities a detector is limited to; all where it names none."""
    if not labels:
        return np.ones(len(log.activities), dtype=np.bool_)
    return np.isin(np.array(log.activities), list(labels))


def _typical_gap(context: Context) -> NDArray[np.float64]:
    """Median gap before each event's activity, per event."""
    log, traces = context.log, context.traces
    follows = np.flatnonzero(traces.previous >= 0)
    n = len(log.activities)
    order = np.lexsort((traces.gap_h[follows], log.activity[follows]))
    ranked = traces.gap_h[follows][order]
    bounds = np.searchsorted(log.activity[follows][order], np.arange(n + 1))
    middle = np.zeros(n)
    some = np.diff(bounds) > 0
    middle[some] = ranked[(bounds[:-1] + (np.diff(bounds) - 1) // 2)[some]]
    return middle[log.activity]


def _first_after(log: Log, traces: Traces, cases: NDArray[np.int64], time_h: NDArray[np.float64]) -> NDArray[np.int64]:
    """First event of each case that ends after a time; -1 where there is none."""
    found = np.full(cases.size, -1, dtype=np.int64)
    for place, (case, moment) in enumerate(zip(cases, time_h, strict=True)):
        begin, stop = int(traces.first[case]), int(traces.last[case]) + 1
        row = begin + int(np.searchsorted(log.end_h[begin:stop], moment, side="right"))
        found[place] = row if row < stop else -1
    return found


def _usual_place(context: Context, cases: NDArray[np.int64], code: int) -> NDArray[np.int64]:
    """The event of each case after which a missing function usually comes; else the first event."""
    log, traces = context.log, context.traces
    after = traces.previous[np.flatnonzero(log.activity == code)]
    after = after[after >= 0]
    found = traces.first[cases].copy()
    if not after.size:
        return found
    usual = int(np.argmax(np.bincount(log.activity[after], minlength=len(log.activities))))
    rows = np.flatnonzero(log.activity == usual)
    last = np.full(traces.n_cases, -1, dtype=np.int64)
    last[log.case[rows]] = rows
    return np.where(last[cases] >= 0, last[cases], found)
