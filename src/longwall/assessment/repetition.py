"""Findings about single steps: repeated work, steps that one or two people do, items that are late."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.statement import HOURS_PER_WEEK_UNIT, estimate, finding, number_text, weekly
from longwall.assessment.view import View
from longwall.stats import ratio_interval, share_interval
from longwall.units import duration_text, share_text
from longwall.worksystem import Estimate, EvidenceRows, Finding, Suggestion

__all__ = ["due_of", "late", "rework_loops", "single_points"]

_SAME_CASES = 0.9


def rework_loops(view: View) -> list[Finding]:
    """Find steps that recur in a case after a different one, beyond what is usual in the class.

    Steps that recur together, in nearly the same cases, make one finding.
    """
    log = view.log
    rows = np.flatnonzero(view.earlier >= 0)
    rows = rows[view.earlier[rows] < rows - 1]
    loops: list[tuple[list[int], NDArray[np.bool_], int]] = []
    for code in np.unique(log.activity[rows]):
        times = np.bincount(log.case[rows[log.activity[rows] == code]], minlength=view.n_cases)
        passing = np.zeros(view.n_cases, dtype=bool)
        passing[log.case[log.activity == code]] = True
        chosen = (times > 0) & ~view.by_design(times, among=passing, same_count=False)
        cases = int(chosen.sum())
        if cases < view.thresholds["least_cases"] or cases < view.thresholds["rework_share"] * view.n_cases:
            continue
        for codes, others, _ in loops:
            if (chosen & others).sum() >= _SAME_CASES * (chosen | others).sum():
                codes.append(int(code))
                break
        else:
            loops.append(([int(code)], chosen, int(times[chosen].sum())))
    found = [made for codes, chosen, repeats in loops if (made := _rework(view, codes, chosen, repeats)) is not None]
    found.sort(key=lambda f: (-f.severity.value, f.id))
    return found[: int(view.thresholds["shown_loops"])]


def _rework(view: View, codes: list[int], chosen: NDArray[np.bool_], repeats: int) -> Finding | None:
    """Word the finding about steps that recur in the same cases, or None where those take no longer than others."""
    excess = view.excess(chosen)
    if excess is None or excess.low_h <= 0:
        return None
    log = view.log
    cases = int(chosen.sum())
    total = int(np.unique(log.case[np.isin(log.activity, codes)]).size)
    low, high = share_interval(cases, total)
    labels = [f"'{log.activities[code]}'" for code in codes]
    named = labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
    where, per_week = tuple(view.functions[code] for code in codes), cases / view.weeks
    cautions = ["longer cases have more occasions to repeat a step: part of the excess may be that"]
    if not log.starts_logged:
        cautions.append("a repeated record may be an update and not work done again")
    return finding(
        "rework",
        where,
        f"{named} {'is' if len(codes) == 1 else 'are'} done again after other steps in {number_text(cases)} cases "
        f"({share_text(cases / total)} of those that pass {'it' if len(codes) == 1 else 'them'}, {share_text(low)} to "
        f"{share_text(high)}), which take {duration_text(excess.per_case_h)} longer than cases like them.",
        weekly(excess.per_case_h, excess.low_h, excess.high_h, per_week),
        "elapsed hours of cases with repeated work beyond those of cases like them",
        principle="variance control at source",
        evidence=(
            EvidenceRows(query="rework", arguments={"activity": log.activities[codes[0]]}, cases=cases, events=repeats),
        ),
        suggests=(Suggestion(kind="control_at_source", targets=where, why="see at the step what is sent back later"),),
        cautions=tuple(cautions),
        name=min(where),
    )


def single_points(view: View) -> list[Finding]:
    """Find steps that one or two people do in the whole log; said of the step, never who."""
    log = view.log
    if "resources" not in log.capabilities or view.weeks < view.thresholds["single_point_weeks"]:
        return []
    known = log.resource >= 0
    codes = log.activity[known].astype(np.int64) * max(log.n_resources, 1) + log.resource[known]
    pairs, counts = np.unique(codes, return_counts=True)
    step, who = pairs // max(log.n_resources, 1), pairs % max(log.n_resources, 1)
    machines = np.bincount(log.activity[view.performers.machine], minlength=len(log.activities))
    found = []
    for code in np.unique(step):
        mine = step == code
        total = int(counts[mine].sum())
        people = int(mine.sum())
        if (
            total < view.thresholds["least_executions"]
            or not 1 <= people <= view.thresholds["single_point_people"]
            or machines[code]
            or view.account[who[mine]].any()
        ):
            continue
        label, per_week = log.activities[code], total / view.weeks
        found.append(
            finding(
                "single_point",
                (view.functions[code],),
                f"In {view.weeks:.0f} weeks only {'one person has' if people == 1 else 'two people have'} done "
                f"'{label}' ({number_text(total)} times).",
                Estimate.counted(per_week, "executions per week"),
                "executions per week that stop when those few are away",
                principle="redundant functions rather than redundant parts",
                layer="social",
                evidence=(EvidenceRows(query="executions", arguments={"activity": label}, events=total),),
                suggests=(
                    Suggestion(kind="cross_train", targets=(view.functions[code],), why="two more who practise it"),
                ),
                cautions=("an account that several people share looks like one person in a log",),
            )
        )
    return found


def late(view: View) -> list[Finding]:
    """Find work past its due time: the item's own, else the due time that people stated for its class in the model."""
    due_h = due_of(view)
    if due_h is None:
        return []
    judged = view.traces.finished & np.isfinite(due_h)
    over = np.where(judged, view.traces.close_h - np.where(judged, due_h, 0.0), 0.0)
    past = judged & (over > 0)
    total, count = int(judged.sum()), int(past.sum())
    if total < view.thresholds["least_cases"] or count < view.thresholds["late_share"] * total:
        return []
    low, high = share_interval(count, total)
    hours = np.where(past, over, 0.0)
    _, low_h, high_h = ratio_interval(hours, np.full(view.n_cases, view.weeks / view.n_cases))
    return [
        finding(
            "late",
            (),
            f"{share_text(count / total)} of the items ({share_text(low)} to {share_text(high)}) end past their due "
            f"time, by {duration_text(float(np.median(over[past])))} in the middle case.",
            estimate(float(hours.sum()) / view.weeks, max(0.0, low_h), high_h, HOURS_PER_WEEK_UNIT, "counted"),
            "hours past due, over all late items",
            principle="measures that people can act on",
            layer="technical",
            evidence=(EvidenceRows(query="late_cases", cases=count),),
            suggests=(
                Suggestion(kind="staff", why="capacity in the hours in which work arrives"),
                Suggestion(kind="priority_rule", why="serve first what is due first"),
            ),
        )
    ]


def due_of(view: View) -> NDArray[np.float64] | None:
    """Hour at which each case is due, NaN where unknown; None where nobody said."""
    own = view.log.attribute("due")
    if own is not None and own.values.size:
        due = own.values if own.kind == "time" else view.traces.arrival_h + own.values
        return np.asarray(due, dtype=np.float64)
    # A due time that was fitted to the log (such as its 90% quantile) cannot be held against the same log.
    stated = {
        key: demand.due_h.value
        for key, demand in view.system.demand.items()
        if demand.due_h is not None and demand.due_h.footing != "fitted"
    }
    if not stated:
        return None
    due = np.full(view.n_cases, np.nan)
    if len(view.system.demand) == 1:
        due[:] = next(iter(stated.values()))
    else:
        for name in sorted(view.log.case_attributes):
            attribute = view.log.case_attributes[name]
            for code, label in enumerate(attribute.labels):
                if label in stated or view.class_ids.get(label) in stated:
                    hours = stated[label] if label in stated else stated[view.class_ids[label]]
                    due[attribute.codes == code] = hours
    return view.traces.arrival_h + due if np.isfinite(due).any() else None
