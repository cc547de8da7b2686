"""Rules that read what is recorded of an item beside its steps: closure codes, the thing concerned, the priority."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.detectors import Detector
from longwall.discovery.occurrences import Context, Occurrences
from longwall.discovery.recurrence import share_by_class, stays_away

if TYPE_CHECKING:
    from longwall.evidence import CaseAttribute

__all__ = ["RECORD_RULES"]

_HOURS_PER_DAY = 24.0
_FALSE, _TRUE = "false", "true"


def _recurrence(context: Context, detector: Detector) -> tuple[Occurrences, str]:
    """A new item about the same thing, of the same category, soon after the first was closed: the first had escaped."""
    log, traces = context.log, context.traces
    thing = _attribute(context, detector.parameters["item"], detector.parameters["item_pattern"], "keep")
    kind = log.attribute("category")
    if thing is None:
        return Occurrences.none(), "no attribute says which thing an item is about; keep its column, name it in `item`"
    if kind is None or not kind.codes.size:
        return Occurrences.none(), "items have no category"
    known = np.flatnonzero((thing.codes >= 0) & (kind.codes >= 0))
    key = thing.codes[known].astype(np.int64) * (len(kind.labels) + 1) + kind.codes[known]
    order = known[np.lexsort((traces.arrival_h[known], key))]
    key = thing.codes[order].astype(np.int64) * (len(kind.labels) + 1) + kind.codes[order]
    limit_h = detector.parameters["within_days"] * _HOURS_PER_DAY
    earlier = _closed_last_before(
        key, traces.arrival_h[order], np.where(traces.finished, traces.close_h, np.inf)[order]
    )
    again = np.flatnonzero(earlier >= 0)
    first, second = order[earlier[again]], order[again]
    soon = traces.arrival_h[second] - traces.close_h[first] <= limit_h
    first, second = first[soon], second[soon]
    case, at = np.unique(first, return_index=True)  # the earliest of those that follow one
    following = second[at]
    origin = _last_work(context, case)
    none, no = np.full(case.size, -1, dtype=np.int64), np.zeros(case.size, dtype=np.bool_)
    harm = traces.close_h[following] - traces.arrival_h[following]
    return Occurrences(case.astype(np.int64), origin, none, none.copy(), ~no, no, np.maximum(harm, 0.0)), ""


def _closed_last_before(
    key: NDArray[np.int64], arrival_h: NDArray[np.float64], close_h: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Of items sorted by key and arrival: the place of the one of its key that was last closed before it came; -1."""
    found = np.full(key.size, -1, dtype=np.int64)
    bounds = np.r_[0, np.flatnonzero(np.diff(key)) + 1, key.size]
    for begin, stop in pairwise(bounds.tolist()):
        if stop - begin < 2:
            continue
        order = np.argsort(close_h[begin:stop], kind="stable")
        place = np.searchsorted(close_h[begin:stop][order], arrival_h[begin:stop], side="right") - 1
        found[begin:stop] = np.where(place >= 0, begin + order[np.maximum(place, 0)], -1)
    return np.where(found == np.arange(key.size), -1, found)


def _false_alarm(context: Context, detector: Detector) -> tuple[Occurrences, str]:
    """Closed with a code that says there was nothing; alerts judged false count where they opened the item."""
    traces = context.traces
    marked, why = _marked(context, detector)
    alerts = context.alerts
    if alerts is not None and alerts.n_alerts:
        words = _dispositions()
        judged = (alerts.case >= 0) & (alerts.case < traces.n_cases)
        for word, value in ((_FALSE, True), (_TRUE, False)):
            told = alerts.case[judged & (alerts.disposition == words.index(word))]
            marked[told] = value
        why = "" if (judged & (alerts.disposition >= 0)).any() else why
    if why:
        return Occurrences.none(), why
    case = np.flatnonzero(marked).astype(np.int64)
    seen = traces.last[case]
    escaped, censored = np.zeros(case.size, dtype=np.bool_), ~traces.finished[case]
    harm = traces.close_h[case] - traces.arrival_h[case]
    return Occurrences(case, traces.first[case], seen, np.where(censored, -1, seen), escaped, censored, harm), ""


def _dispositions() -> tuple[str, ...]:
    """The dispositions of alerts, in the order of their codes."""
    from longwall.evidence import DISPOSITIONS

    return DISPOSITIONS


def _failed_change(context: Context, detector: Detector) -> tuple[Occurrences, str]:
    """A change whose closure code says that it failed, or one that is taken back by an activity named for it."""
    log, traces = context.log, context.traces
    only, pattern = detector.parameters["only"], detector.parameters["activities"]
    named = np.array([bool(pattern) and bool(re.search(pattern, label, re.IGNORECASE)) for label in log.activities])
    back = np.flatnonzero(named[log.activity])
    marked, why = _marked(context, detector)
    kind = log.attribute("category")
    if only and marked.any():
        changes = [bool(re.search(only, label, re.IGNORECASE)) for label in (kind.labels if kind else ())]
        if kind is None or not any(changes):
            marked[:], why = False, "no category says which items are changes"
        else:
            marked &= np.r_[np.array(changes), False][kind.codes]
    if why and not named.any():
        return Occurrences.none(), why
    seen = np.full(traces.n_cases, -1, dtype=np.int64)
    seen[log.case[back][::-1]] = back[::-1]  # the first that takes it back
    case = np.flatnonzero(marked | (seen >= 0)).astype(np.int64)
    at = np.where(seen[case] >= 0, seen[case], traces.last[case])
    origin = np.where(traces.previous[at] >= 0, traces.previous[at], at)
    harm = np.maximum(traces.close_h[case] - log.end_h[origin], 0.0)
    taken_back = seen[case] >= 0
    no = np.zeros(case.size, dtype=np.bool_)
    return Occurrences(case, origin, at, np.where(taken_back, at, -1), ~taken_back, no, harm), ""


def _priority_change(context: Context, detector: Detector) -> tuple[Occurrences, str]:
    """The priority changes after it was set: it arose where it was set, and is seen and put right where it changes."""
    log, traces = context.log, context.traces
    pattern = detector.parameters["pattern"]
    named = np.array([bool(pattern) and bool(re.search(pattern, label, re.IGNORECASE)) for label in log.activities])
    history = next((one for one in log.histories if one.role == "priority"), None)
    if not named.any() and history is None:
        return Occurrences.none(), "no history of priorities, and no activity is named for a change of it"
    rows = np.flatnonzero(named[log.activity] & (traces.previous >= 0))
    case, at_h, set_h = log.case[rows].astype(np.int64), log.end_h[rows], traces.arrival_h[log.case[rows]]
    if history is not None:
        same = np.flatnonzero(history.case[1:] == history.case[:-1]) + 1
        case, at_h, set_h = history.case[same], history.at_h[same], history.at_h[same - 1]
    usual = share_by_class(context, np.unique(case))[context.classes.of_case[case]]
    kept = usual <= detector.parameters["by_design_share"]
    case, at_h, set_h = case[kept], at_h[kept], set_h[kept]
    origin, seen = _event_at(context, case, set_h), _event_at(context, case, at_h)
    controlled, censored = stays_away(context, seen, np.zeros(seen.size, dtype=np.int64), 0.95)
    escaped = np.zeros(case.size, dtype=np.bool_)
    harm = np.maximum(at_h - set_h, 0.0)
    return Occurrences(case, origin, seen, np.where(controlled, seen, -1), escaped, censored, harm), ""


RECORD_RULES: dict[str, Callable[[Context, Detector], tuple[Occurrences, str]]] = {
    "recurrence": _recurrence,
    "false_alarm": _false_alarm,
    "failed_change": _failed_change,
    "priority_change": _priority_change,
}
"""Rules by name, as in the files of detectors."""


def _attribute(context: Context, names: tuple[str, ...], pattern: str, *roles: str) -> CaseAttribute | None:
    """The attribute that is named, else the first of some roles whose name fits a pattern; None where there is none."""
    held = [one for one in context.log.case_attributes.values() if one.kind == "label" and one.codes.size]
    if names:
        return next((one for one in held if one.name in names), None)
    fitting = (one for one in held if one.role in roles and pattern and re.search(pattern, one.name, re.IGNORECASE))
    return next(fitting, None)


def _marked(context: Context, detector: Detector) -> tuple[NDArray[np.bool_], str]:
    """Which cases carry a value that fits, and why none can be said to."""
    parameters = detector.parameters
    found = np.zeros(context.traces.n_cases, dtype=np.bool_)
    code = _attribute(context, parameters["attribute"], parameters["attribute_pattern"], "keep", "status", "category")
    if code is None:
        return found, "no attribute holds a closure code; keep its column, name it in `attribute`"
    fits = [bool(re.search(parameters["values"], label, re.IGNORECASE)) for label in code.labels]
    return np.r_[np.array(fits, dtype=np.bool_), False][code.codes], ""


def _last_work(context: Context, cases: NDArray[np.int64]) -> NDArray[np.int64]:
    """The last event of each case that does more than close it."""
    log, traces = context.log, context.traces
    at = traces.last[cases].copy()
    before = traces.previous[at]
    return np.where(traces.terminal[log.activity[at]] & (before >= 0), before, at)


def _event_at(context: Context, cases: NDArray[np.int64], time_h: NDArray[np.float64]) -> NDArray[np.int64]:
    """The last event of each case that had ended at a time; its first where none had."""
    log, traces = context.log, context.traces
    found = traces.first[cases].copy()
    for place, (case, moment) in enumerate(zip(cases, time_h, strict=True)):
        begin, stop = int(traces.first[case]), int(traces.last[case]) + 1
        found[place] = max(begin, begin + int(np.searchsorted(log.end_h[begin:stop], moment + 1e-9, side="right")) - 1)
    return found
