"""From occurrences of variances to variances of the model: where they arise, are seen and controlled, how probably.

Repetitions (reopened, bounced, done again) become *causes*: the transition by which an item went back is taken out of
the routes, and the variance sends it back instead. So a redesign that sees the variance earlier, or prevents it, saves
the loop. Of other kinds, what nobody put right is counted beside the flow; it moves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.flow import Functions, wilson
from longwall.discovery.labels import id_of
from longwall.discovery.recurrence import previous_same
from longwall.discovery.traces import Traces
from longwall.discovery.variance_events import VarianceEvents
from longwall.worksystem import Control, Detection, Parameter, Severity, Variance

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Claims", "claims_of", "variances_of"]

_LOOPS = ("reopen", "bounce", "rework")
_LEAST = 10
_LEAST_SHARE = 0.005
_MOST = 30
_MOST_DETECTIONS = 5
_LEAST_FLOW_LEFT = 0.2
_BACKWARD_SHARE = 0.5


@dataclass(frozen=True)
class Claims:
    """Transitions that variances cause.

    Parameters
    ----------
    event : ndarray of int64, shape (n,)
        Rows of `VarianceEvents` whose loop the model causes.
    seen, back : ndarray of int64, shape (n,)
        Event at which it is detected; the repetition that follows it.
    dropped : ndarray of bool, shape (n_events,)
        True at every `back`: its transition is left out of the routes.
    """

    event: NDArray[np.int64]
    seen: NDArray[np.int64]
    back: NDArray[np.int64]
    dropped: NDArray[np.bool_]


def claims_of(
    log: Log, traces: Traces, functions: Functions, events: VarianceEvents, rules: Mapping[str, str]
) -> Claims:
    """Return the loops that the model explains by variances.

    Parameters
    ----------
    rules : mapping of str to str
        Rule of each kind of `events`.

    Notes
    -----
    A transition is claimed once: reopened before bounced before done again; and only a step back, one that items mostly
    take to repeat something: what follows it on the way it went before follows from the flow. A group (kind, function)
    needs ten occurrences and half a percent of the executions; a function keeps at least a fifth of its outgoing
    transitions as ordinary flow, else its loops stay in the routes.
    """
    code = functions.of_event
    n = len(functions.names)
    executions = np.bincount(code, minlength=n)
    leaving = np.bincount(code[traces.previous[traces.previous >= 0]], minlength=n).astype(np.float64)
    leaving += np.bincount(code[traces.last], weights=traces.ended, minlength=n)
    earlier = previous_same(log)
    backward = _backward(traces, code, n, earlier)
    dropped = np.zeros(log.case.size, dtype=np.bool_)
    taken = np.zeros(n)
    kept: list[NDArray[np.int64]] = []
    order = [kind for rule in _LOOPS for kind in events.kinds if rules[kind] == rule]
    for kind in order:
        rows = events.of(kind)
        rows = rows[(events.origin[rows] >= 0) & (events.seen[rows] >= 0)]
        seen = traces.previous[events.seen[rows]] if rules[kind] == "reopen" else events.seen[rows]
        back = np.where(seen >= 0, traces.next[np.maximum(seen, 0)], -1)
        fits = (back >= 0) & (events.origin[rows] < seen + 1)
        fits &= code[np.maximum(back, 0)] == code[events.origin[rows]]
        fits &= ~dropped[np.maximum(back, 0)]
        fits &= code[np.maximum(seen, 0)] != code[events.origin[rows]]
        # Only the step back itself: what follows it on the way it went before follows from the flow.
        fits &= backward[np.maximum(back, 0)]
        before = earlier[np.maximum(seen, 0)]
        fits &= (before < 0) | (earlier[np.maximum(back, 0)] < before)
        rows, seen, back = rows[fits], seen[fits], back[fits]
        origin = code[events.origin[rows]]
        for function in np.unique(origin):
            own = np.flatnonzero(origin == function)
            if own.size < max(_LEAST, _LEAST_SHARE * executions[function]):
                continue
            more = np.bincount(code[seen[own]], minlength=n)
            touched = more > 0
            if ((taken + more)[touched] > (1 - _LEAST_FLOW_LEFT) * leaving[touched]).any():
                continue
            taken += more
            dropped[back[own]] = True
            kept.append(np.stack([rows[own], seen[own], back[own]]))
    if not kept:
        empty = np.zeros(0, dtype=np.int64)
        return Claims(empty, empty, empty, dropped)
    table = np.concatenate(kept, axis=1)
    return Claims(table[0], table[1], table[2], dropped)


def _backward(traces: Traces, code: NDArray[np.int64], n: int, earlier: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the step into each event is one that items mostly take to repeat something."""
    rows = np.flatnonzero(traces.previous >= 0)
    edge = code[traces.previous[rows]] * n + code[rows]
    again = np.bincount(edge[earlier[rows] >= 0], minlength=n * n) / np.maximum(np.bincount(edge, minlength=n * n), 1)
    found = np.zeros(code.size, dtype=np.bool_)
    found[rows] = again[edge] >= _BACKWARD_SHARE
    return found


def variances_of(
    functions: Functions,
    ids: tuple[str, ...],
    events: VarianceEvents,
    names: Mapping[str, str],
    rules: Mapping[str, str],
    claims: Claims,
) -> tuple[Variance, ...]:
    """Return the variances of the model, those that cost most first, at most thirty beside the loops.

    Parameters
    ----------
    ids : tuple of str
        Of functions, in order.
    names, rules : mapping of str to str
        Name of each kind, for readers, and its rule.
    """
    code = functions.of_event
    executions = np.bincount(code, minlength=len(ids))
    claimed = np.zeros(events.case.size, dtype=np.bool_)
    claimed[claims.event] = True
    found: list[tuple[float, bool, Variance]] = []
    groups_seen: dict[tuple[int, int, bool], list[int]] = {}
    for row in np.flatnonzero(events.origin >= 0):
        key = (int(events.kind[row]), int(code[events.origin[row]]), bool(claimed[row]))
        groups_seen.setdefault(key, []).append(int(row))
    taken: set[str] = set()
    place = {int(row): number for number, row in enumerate(claims.event)}
    for (kind, function, loop), members in sorted(groups_seen.items()):
        rows = np.array(members)
        if not loop and rules[events.kinds[kind]] in _LOOPS:
            continue
        if not loop:
            # What the flow itself put right at once cost its time there, which the delays hold already.
            rows = rows[events.controlled[rows] < 0]
        if rows.size < max(_LEAST, _LEAST_SHARE * executions[function]):
            continue
        at = np.array([place[row] for row in members]) if loop else rows
        seen = claims.seen[at] if loop else events.seen[rows]
        variance = _variance(functions, ids, events, names, rows, seen, kind, function, loop, executions, taken)
        taken.add(variance.id)
        found.append((float(events.harm_h[rows].sum()), loop, variance))
    found.sort(key=lambda entry: (not entry[1], -entry[0], entry[2].id))
    loops = [variance for _, loop, variance in found if loop]
    return (*loops, *[variance for _, loop, variance in found if not loop][:_MOST])


def _variance(
    functions: Functions,
    ids: tuple[str, ...],
    events: VarianceEvents,
    names: Mapping[str, str],
    rows: NDArray[np.int64],
    seen: NDArray[np.int64],
    kind: int,
    function: int,
    loop: bool,
    executions: NDArray[np.int64],
    taken: set[str],
) -> Variance:
    """One variance from the occurrences of one kind at one function."""
    code, name = functions.of_event, events.kinds[kind]
    count, total = rows.size, int(executions[function])
    low, high = wilson(min(count, total), total)
    share = min(count / total, 1.0)
    detections = _detections(code, ids, events.origin[rows], seen, loop)
    control = None
    if loop:
        # Whoever may do the function does it again; naming one role would take the others out of it.
        control = Control(
            function=ids[function],
            probability=Parameter(
                value=1.0,
                low=wilson(count, count)[0],
                high=1.0,
                footing="counted",
                source="every loop seen was sent back",
            ),
        )
    harm = float(events.harm_h[rows].mean())
    where = ids[function]
    cases = int(np.unique(events.case[rows]).size)
    return Variance(
        id=id_of(f"{name} {where}", taken),
        name=f"{names[name]}: {functions.names[function]}",
        kind=name,
        origin=where,
        probability=Parameter(
            value=share,
            low=min(low, share),
            high=max(high, share),
            footing="counted",
            source=f"{count} occurrences in {cases} items, {total} executions",
        ),
        severity=Severity(technical=harm),
        detections=detections,
        control=control,
        note="severity: mean elapsed hours one occurrence cost; "
        + ("the loop is caused by this variance, not by the routes" if loop else "only what nobody put right"),
    )


def _detections(
    code: NDArray[np.int64], ids: tuple[str, ...], origin: NDArray[np.int64], seen: NDArray[np.int64], loop: bool
) -> tuple[Detection, ...]:
    """Chance of being seen at each function, given that it was not seen before."""
    known = (seen >= 0) & (seen > origin)
    if not known.any():
        return ()
    n = len(ids)
    hits = np.bincount(code[seen[known]], minlength=n)
    length = (seen - origin)[known]
    step = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    passed = np.bincount(code[np.repeat(origin[known], length) + 1 + step], minlength=n)
    if not loop:
        passed = passed + int((~known).sum())
    # Seen at the function where it arises means seen a round later; at once would be the wrong round.
    hits[np.unique(code[origin[known]])] = 0
    top = sorted(np.flatnonzero(hits), key=lambda function: (-hits[function], function))[:_MOST_DETECTIONS]
    out: list[Detection] = []
    for function in top:
        seen_here, passes = int(hits[function]), int(max(passed[function], hits[function]))
        low, high = wilson(seen_here, passes)
        value = seen_here / passes
        out.append(
            Detection(
                function=ids[function],
                probability=Parameter(
                    value=value,
                    low=min(low, value),
                    high=max(high, value),
                    footing="counted",
                    source=f"seen here {seen_here} times in {passes} passes",
                ),
            )
        )
    return tuple(out)
