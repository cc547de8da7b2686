"""Are the rules kept in the log? Broken separation of duties and steps that were passed by, counted on items.

Counts items, never anybody's. Where fewer than five people do the steps, even that count would be theirs, and is
withheld.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.environment.constraints import ConstraintState
from longwall.assessment.statement import estimate, finding, times_text
from longwall.assessment.view import View
from longwall.stats import share_interval
from longwall.units import share_text
from longwall.worksystem import Constraint, EvidenceRows, Finding

__all__ = ["LEAST_GROUP", "broken_in_log", "counted_in_log"]

LEAST_GROUP = 5
"""People in the smallest group of which anything is counted."""

Bools = NDArray[np.bool_]


def counted_in_log(view: View, states: Sequence[ConstraintState]) -> tuple[ConstraintState, ...]:
    """Return the states with what the log shows of separations and of steps that must come before others."""
    known = {constraint.id: constraint for constraint in view.system.environment.constraints}
    return tuple(_counted(view, known[state.id], state) for state in states)


def broken_in_log(view: View, states: Sequence[ConstraintState]) -> list[Finding]:
    """Find constraints that a share of the items breaks: one finding for each, with its count and interval.

    Parameters
    ----------
    states : sequence of ConstraintState
        From `counted_in_log`.
    """
    known = {constraint.id: constraint for constraint in view.system.environment.constraints}
    found = []
    for state in states:
        if state.in_log is None or not state.items:
            continue
        constraint = known[state.id]
        low, high = share_interval(state.items, state.of_items)
        scale = state.of_items / view.weeks
        found.append(
            finding(
                "constraint",
                (*constraint.separates, *constraint.passes, *(constraint.functions if constraint.passes else ())),
                f"In the log {state.log_says}, {share_text(state.items / state.of_items)} ({share_text(low)} to "
                f"{share_text(high)}) of the {state.of_items:,} at issue: this breaks '{state.id}' ({constraint.why}; "
                f"{constraint.source}).",
                estimate(state.items / view.weeks, low * scale, high * scale, "items per week", "counted"),
                "items that break it",
                principle="what is demanded and how the work is done agree",
                layer="environment",
                evidence=(
                    EvidenceRows(query="constraint_cases", arguments={"constraint": state.id}, cases=state.items),
                ),
                cautions=("a rule that practice passes by may be a poor rule: ask those who do the work",),
                name=f"{state.id}-in-log",
            )
        )
    return found


def _counted(view: View, constraint: Constraint, state: ConstraintState) -> ConstraintState:
    """One state with what the log shows of it."""
    if not (constraint.separates or constraint.passes):
        return state
    parts = []
    if constraint.separates:
        parts.append(_apart(view, constraint))
    if constraint.passes:
        parts.append(_passed(view, constraint))
    told = [part for part in parts if part[2] is None]
    broke = np.logical_or.reduce([part[0] for part in told]) if told else np.zeros(view.n_cases, dtype=bool)
    issue = np.logical_or.reduce([part[1] for part in told]) if told else broke
    items, of = int(broke.sum()), int(issue.sum())
    words = "; ".join(part[2] if part[2] is not None else part[3] for part in parts)
    if not of:
        return state.model_copy(update={"log_says": words if not told else "no item in the log is at issue"})
    low, high = share_interval(items, of)
    share = estimate(items / of, low, high, "share of items", "counted")
    return state.model_copy(update={"in_log": share, "items": items, "of_items": of, "log_says": words})


_Part = tuple[Bools, Bools, str | None, str]
"""Cases that break it, cases at issue, why it cannot be counted (None: it can), what was counted."""


def _none(view: View, why: str) -> _Part:
    empty = np.zeros(view.n_cases, dtype=bool)
    return empty, empty, why, ""


def _apart(view: View, constraint: Constraint) -> _Part:
    """Cases in which one performer did two duties that are to be separate."""
    if "resources" not in view.log.capabilities:
        return _none(view, "the log does not say who did a step")
    codes = [view.functions.index(name) for name in constraint.separates if name in view.functions]
    if len(codes) < 2:
        return _none(view, "fewer than two of these steps are in the log")
    log = view.log
    person = np.maximum(log.resource, 0)
    human = (log.resource >= 0) & ~view.machine[person] & ~view.account[person]
    rows = np.flatnonzero(np.isin(log.activity, codes) & human)
    people = int(np.unique(log.resource[rows]).size)
    if not rows.size:
        return _none(view, "no person is named at these steps in the log")
    if people < LEAST_GROUP:
        return _none(view, "withheld: fewer than five people do these steps")
    step = np.unique(np.column_stack([log.case[rows], log.activity[rows]]), axis=0)
    issue = np.bincount(step[:, 0], minlength=view.n_cases) > 1
    done = np.unique(np.column_stack([log.case[rows], log.resource[rows], log.activity[rows]]), axis=0)
    _, first, times = np.unique(done[:, :2], axis=0, return_index=True, return_counts=True)
    broke = np.zeros(view.n_cases, dtype=bool)
    broke[done[first[times > 1], 0]] = True
    both = " and ".join(constraint.separates)
    said = f"{times_text(int(broke.sum()), 'item', 'items')} had {both} done by the same person"
    return broke, issue, None, said


def _passed(view: View, constraint: Constraint) -> _Part:
    """Cases in which a step was done, or the item closed, without a step that must come before."""
    log = view.log
    if "order" not in log.capabilities:
        return _none(view, "the log does not say in which order steps were done")
    needed = [view.functions.index(name) for name in constraint.passes if name in view.functions]
    targets = [view.functions.index(name) for name in constraint.functions if name in view.functions]
    if len(needed) < len(constraint.passes) or (constraint.functions and not targets):
        return _none(view, "some of these steps are not in the log")
    position = np.arange(log.case.size)
    beyond = log.case.size
    last = np.full(view.n_cases, beyond)
    issue = view.traces.finished
    if constraint.functions:
        rows = np.flatnonzero(np.isin(log.activity, targets))
        np.minimum.at(last, log.case[rows], rows)
        issue = last < beyond
    broke = np.zeros(view.n_cases, dtype=bool)
    for code in needed:
        before = np.zeros(view.n_cases, dtype=bool)
        mine = log.activity == code
        before[log.case[mine & (position < last[log.case])]] = True
        broke |= issue & ~before
    whither = " or ".join(constraint.functions) or "the end"
    said = (
        f"{times_text(int(broke.sum()), 'item', 'items')} came to {whither} without {' and '.join(constraint.passes)}"
    )
    return broke, issue, None, said
