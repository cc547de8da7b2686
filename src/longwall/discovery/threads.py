"""Cases as threads: what each event followed, when an item may go on in several branches at once.

A fork or a join that no function of the log stands for becomes a gateway: a function without work that only routes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.parallel import Part, Passages, passages_of
from longwall.discovery.traces import Traces

if TYPE_CHECKING:
    from longwall.discovery.flow import Functions
    from longwall.evidence import Log

__all__ = ["ForkAt", "Threads", "enabled_by", "enabled_traces", "threads_of"]


@dataclass(frozen=True)
class ForkAt:
    """A fork of the model, by codes of functions and gateways.

    Parameters
    ----------
    head, join : int
        Where items fork, and where the branches meet.
    branches : tuple of int
        First function or gateway of each branch.
    part : int
        Position of the parallel part.
    """

    head: int
    branches: tuple[int, ...]
    join: int
    part: int


@dataclass(frozen=True)
class Threads:
    """Events and passages of gateways, and what each followed. Rows beyond the events of the log are gateways.

    Parameters
    ----------
    code : ndarray of int64, shape (n_rows,)
        Function, or the number of functions plus the position of the gateway.
    previous : ndarray of int64, shape (n_rows,)
        Row that it followed; -1 at the start.
    case : ndarray of int64, shape (n_rows,)
    weight : ndarray of float, shape (n_rows,)
        How probably the step into the row was taken; 0 where a fork takes it.
    last : ndarray of int64, shape (n_cases,)
        Row that each case ended with.
    more : tuple of ndarray
        Further steps: from row, to code, weight. A branch comes to the join.
    gateways : tuple of str
        Names, for readers.
    forks : tuple of ForkAt
    """

    code: NDArray[np.int64]
    previous: NDArray[np.int64]
    case: NDArray[np.int64]
    weight: NDArray[np.float64]
    last: NDArray[np.int64]
    more: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
    gateways: tuple[str, ...] = ()
    forks: tuple[ForkAt, ...] = ()


def enabled_by(case: NDArray[np.int64], code: NDArray[np.int64], n: int, parts: tuple[Part, ...]) -> NDArray[np.int64]:
    """Return the row whose end let each event begin, -1 for the first of a case; rows in order of case and end."""
    return _passages(case, code, n, parts).ready


def enabled_traces(log: Log, traces: Traces, functions: Functions, parts: tuple[Part, ...]) -> Traces:
    """Return the traces with the enabling event in the place of the previous one, and the gap counted from its end."""
    if not parts:
        return traces
    ready = enabled_by(log.case.astype(np.int64), functions.of_event, len(functions.names), parts)
    gap_h = np.where(ready >= 0, np.maximum(log.end_h - log.end_h[ready], 0.0), 0.0)
    return replace(traces, previous=ready, gap_h=gap_h)


def threads_of(log: Log, traces: Traces, functions: Functions, parts: tuple[Part, ...]) -> Threads:
    """Return the threads of all cases, given the parallel parts."""
    n = len(functions.names)
    case, code = log.case.astype(np.int64), functions.of_event
    build = _Build(case, code, n, traces)
    if parts:
        ways = _passages(case, code, n, parts)
        build.previous = ways.ready.copy()
        for number, part in enumerate(parts):
            _thread(build, functions.names, ways, number, part)
    return build.done()


def _passages(case: NDArray[np.int64], code: NDArray[np.int64], n: int, parts: tuple[Part, ...]) -> Passages:
    """Passages as the model takes them: those that another function leads into stay one after another."""
    ways = passages_of(case, code, n, tuple(part.branches for part in parts))
    before = np.where(np.r_[False, np.diff(case) == 0], np.arange(case.size) - 1, -1)
    entry = before[ways.begin]
    wanted = np.array([part.before for part in parts], dtype=np.int64)[ways.part[ways.begin]]
    came = np.where(entry >= 0, code[entry], -1)
    other = (wanted >= 0) & (came != wanted)
    if other.any():
        rows = (ways.run >= 0) & other[ways.run]
        ways.ready[rows] = before[rows]
        ways.run[rows] = -1
        ways.closes[rows] = False
    return ways


class _Build:
    """Rows of threads in the making."""

    def __init__(self, case: NDArray[np.int64], code: NDArray[np.int64], n: int, traces: Traces) -> None:
        self.n, self.traces = n, traces
        self.n_events = case.size
        self.code, self.case, self.previous = code.copy(), case.copy(), traces.previous.copy()
        self.weight = np.ones(case.size)
        # Where what comes before an event is noted: at the event, or at the gateway that leads to it.
        self.entrance = np.arange(case.size)
        self.last = traces.last.copy()
        self.more: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []
        self.gateways: list[str] = []
        self.forks: list[ForkAt] = []

    def gateway(self, name: str) -> int:
        """Code of a new gateway."""
        self.gateways.append(name)
        return self.n + len(self.gateways) - 1

    def rows(
        self, code: int, case: NDArray[np.int64], previous: NDArray[np.int64], weight: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """Add rows; return their numbers."""
        first = self.code.size
        self.code = np.concatenate([self.code, np.full(case.size, code, dtype=np.int64)])
        self.case = np.concatenate([self.case, case])
        self.previous = np.concatenate([self.previous, previous])
        self.weight = np.concatenate([self.weight, weight])
        return np.arange(first, first + case.size)

    def step(self, row: NDArray[np.int64], code: int, weight: NDArray[np.float64]) -> None:
        """Add steps from rows to a code."""
        self.more.append((row, np.full(row.size, code, dtype=np.int64), weight))

    def done(self) -> Threads:
        """The threads."""
        row = np.concatenate([np.zeros(0, dtype=np.int64), *(part[0] for part in self.more)])
        code = np.concatenate([np.zeros(0, dtype=np.int64), *(part[1] for part in self.more)])
        weight = np.concatenate([np.zeros(0), *(part[2] for part in self.more)])
        return Threads(
            self.code,
            self.previous,
            self.case,
            self.weight,
            self.last,
            (row, code, weight),
            tuple(self.gateways),
            tuple(self.forks),
        )


def _thread(build: _Build, names: tuple[str, ...], ways: Passages, number: int, part: Part) -> None:
    """Put one parallel part into the threads."""
    traces = build.traces
    runs = np.flatnonzero((ways.part[ways.begin] == number) & (ways.run[ways.begin] >= 0))
    begin, stop = ways.begin[runs], ways.stop[runs]
    case = build.case[begin]
    entry, leave = build.traces.previous[begin], traces.next[stop]
    gone = np.where(leave >= 0, 1.0, traces.ended[case])
    title = f"Parallel part {number + 1}"
    own = np.flatnonzero((ways.part == number) & (ways.run >= 0))
    place_of = np.full(ways.begin.size, -1, dtype=np.int64)
    place_of[runs] = np.arange(runs.size)
    head, head_row = part.before, entry
    if head < 0:
        head = build.gateway(f"{title} begins")
        head_row = build.rows(head, case, build.previous[begin], np.ones(runs.size))
        build.entrance[begin] = head_row
    order = own[np.lexsort((own, ways.branch[own], ways.run[own]))]
    opens = order[np.r_[True, (np.diff(ways.run[order]) != 0) | (np.diff(ways.branch[order]) != 0)]]
    build.previous[opens] = head_row[place_of[ways.run[opens]]]
    optional = [_optional(build, names, part, branch, title) for branch in range(len(part.branches))]
    join = part.after if part.after >= 0 else build.gateway(f"{title} ends")
    for branch, gate in enumerate(optional):
        mine = opens[ways.branch[opens] == branch]
        at = place_of[ways.run[mine]]
        if gate < 0:
            build.weight[mine] = 0.0
            continue
        there = np.zeros(runs.size, dtype=np.bool_)
        there[at] = True
        # What an item that is still here has not begun, it may begin yet.
        rows = build.rows(gate, case, head_row, np.zeros(runs.size))
        build.previous[mine] = rows[at]
        build.step(rows[~there], join, gone[~there])
    ends = own[ways.closes[own]]
    apart = ends[ends != ways.stop[ways.run[ends]]]
    build.step(apart, join, gone[place_of[ways.run[apart]]])
    follows = leave >= 0
    if part.after < 0:
        out = build.rows(join, case, stop, gone)
        build.previous[build.entrance[leave[follows]]] = out[follows]
        build.last[case[~follows]] = out[~follows]
    else:
        strange = follows & (build.code[np.maximum(leave, 0)] != join)
        build.weight[leave[strange]] = 0.0
    # A step over the part, so that what comes before it leads on; the fork takes its place in the model.
    build.step(head_row, join, np.ones(runs.size))
    build.forks.append(
        ForkAt(
            head,
            tuple(gate if gate >= 0 else part.first[branch] for branch, gate in enumerate(optional)),
            join,
            number,
        )
    )


def _optional(build: _Build, names: tuple[str, ...], part: Part, branch: int, title: str) -> int:
    """Code of the gateway of a branch that begins in several ways or is left out at times; -1 where it needs none."""
    if part.first[branch] >= 0:
        return -1
    return build.gateway(f"{title}: {names[part.branches[branch][0]]}")
