"""Which functions of an item run side by side: parallel parts, found by overlap or by the order of what follows.

Where starts are logged, two functions are parallel when they overlap in time, in either order. Where only ends are
logged, they are when their order varies more than disorder explains. A parallel part is taken into the model only where
nearly every passage through it does every branch: what is chosen or repeated is left to the routes.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from scipy.special import bdtrc

from longwall import streams
from longwall.discovery.traces import Traces

if TYPE_CHECKING:
    from longwall.discovery.flow import Functions
    from longwall.evidence import Log

__all__ = ["Part", "Passages", "parallel_parts", "passages_of"]

_MOST_CASES = 20_000
_LEAST_CASES = 30
_LEAST_MINORITY = 0.05
_LEAST_OVERLAP = 0.1
_SURE = 0.01
_TIE_H = 1.0 / 3600.0
_COMPLETE = 0.8
_PURE = 0.98
_MOST_CLIQUES = 200


@dataclass(frozen=True)
class Part:
    """A parallel part: branches that an item goes through side by side.

    Parameters
    ----------
    branches : tuple of tuple of int
        Functions of each branch; a function belongs to one branch of one part.
    first : tuple of int
        Function that each branch begins with; -1 where that varies, or the branch is left out at times.
    before, after : int
        The function that always leads into the part, and the one it always leads to; -1 where that varies.
    passages : int
        Passages through the part in the log.
    share : float
        Share of them that went through every branch once.
    evidence : str
        What was counted, in words.
    """

    branches: tuple[tuple[int, ...], ...]
    first: tuple[int, ...]
    before: int
    after: int
    passages: int
    share: float
    evidence: str


@dataclass(frozen=True)
class Passages:
    """Runs of events of one case within one part; rows in order of case and end.

    Parameters
    ----------
    part, branch : ndarray of int64, shape (n_events,)
        Of each event; -1 outside.
    run : ndarray of int64, shape (n_events,)
        Number of the run of each event; -1 outside.
    begin, stop : ndarray of int64, shape (n_runs,)
        First and last row of each run.
    ready : ndarray of int64, shape (n_events,)
        Row whose end lets the event begin: the one before in its branch, or the last before the part; -1 for none.
    closes : ndarray of bool, shape (n_events,)
        True at the last event of each branch in each run.
    """

    part: NDArray[np.int64]
    branch: NDArray[np.int64]
    run: NDArray[np.int64]
    begin: NDArray[np.int64]
    stop: NDArray[np.int64]
    ready: NDArray[np.int64]
    closes: NDArray[np.bool_]


def parallel_parts(log: Log, traces: Traces, functions: Functions, *, seed: int) -> tuple[Part, ...]:
    """Return the parallel parts of a log.

    Parameters
    ----------
    seed : int
        Draws the cases that pairs are counted in where there are more than 20,000.

    Notes
    -----
    Pairs are counted in cases that hold each of the two once. Both orders (of ends; of starts or ends, where starts
    are logged) must make up more than 5% at the 1% level (binomial test); of logged spans, more than 10% must overlap.
    Times within one second tell no order. Branches are the components of what is *not* parallel within a
    component of what is; a component that does not pass is replaced by its largest group of mutually parallel functions
    that does. At least 30 passages, and 80% of them through every branch without repetition.
    """
    n = len(functions.names)
    beside = _pairs(log, traces, functions.of_event, n, seed)
    if not beside.any():
        return ()
    _, label = connected_components(beside.astype(np.int8), directed=False)
    found: list[Part] = []
    for number in np.unique(label):
        members = np.flatnonzero(label == number)
        if members.size < 2:
            continue
        for branches in _candidates(beside, members):
            part = _part(log, traces, functions.of_event, n, branches)
            if part is not None:
                found.append(part)
                break
    inner = {function for part in found for branch in part.branches for function in branch}
    return tuple(
        replace(
            part,
            before=-1 if part.before in inner else part.before,
            after=-1 if part.after in inner else part.after,
        )
        for part in found
    )


def passages_of(
    case: NDArray[np.int64], code: NDArray[np.int64], n: int, branches: tuple[tuple[tuple[int, ...], ...], ...]
) -> Passages:
    """Return how cases pass through parallel parts.

    Parameters
    ----------
    case, code : ndarray of int64, shape (n_events,)
        In order of case and end.
    n : int
        Number of functions; other codes lie outside.
    branches : tuple
        Branches of each part.
    """
    part_of, branch_of = np.full(n + 1, -1, dtype=np.int64), np.full(n + 1, -1, dtype=np.int64)
    for number, ways in enumerate(branches):
        for place, members in enumerate(ways):
            part_of[list(members)] = number
            branch_of[list(members)] = place
    inside = np.where((code >= 0) & (code < n), code, n)
    part, branch = part_of[inside], branch_of[inside]
    rows = np.arange(case.size)
    fresh = np.r_[True, (np.diff(case) != 0) | (np.diff(part) != 0)][: case.size]
    begin = np.flatnonzero(fresh & (part >= 0))
    run = np.where(part >= 0, np.cumsum(fresh & (part >= 0)) - 1, -1)
    stop = np.r_[np.flatnonzero(fresh), case.size][np.cumsum(fresh)[begin]] - 1
    same_case = np.r_[False, np.diff(case) == 0][: case.size]
    ready = np.where(same_case, rows - 1, -1)
    closes = np.zeros(case.size, dtype=np.bool_)
    own = np.flatnonzero(part >= 0)
    if own.size:
        order = own[np.lexsort((own, branch[own], run[own]))]
        again = np.r_[False, (np.diff(run[order]) == 0) & (np.diff(branch[order]) == 0)]
        entry = ready[begin][run[order]]
        ready[order] = np.where(again, np.r_[-1, order[:-1]], entry)
        closes[order] = np.r_[~again[1:], True]
    return Passages(part, branch, run, begin, stop, ready, closes)


def _pairs(log: Log, traces: Traces, code: NDArray[np.int64], n: int, seed: int) -> NDArray[np.bool_]:
    """Which functions are parallel to which, shape (n, n)."""
    beside = np.zeros((n, n), dtype=np.bool_)
    rows = np.flatnonzero(traces.previous >= 0)
    near = np.bincount(code[traces.previous[rows]] * n + code[rows], minlength=n * n).reshape(n, n)
    swaps = [(a, b) for a, b in zip(*np.nonzero(np.triu((near > 0) & (near.T > 0), 1)), strict=True)]
    if not swaps:
        return beside
    cases = np.arange(traces.n_cases)
    if cases.size > _MOST_CASES:
        cases = np.sort(streams.generator(seed, "parallel").choice(cases, _MOST_CASES, replace=False))
    place = np.full(traces.n_cases, -1, dtype=np.int64)
    place[cases] = np.arange(cases.size)
    at = np.flatnonzero(place[log.case] >= 0)
    times = np.zeros((n, cases.size), dtype=np.int32)
    np.add.at(times, (code[at], place[log.case[at]]), 1)
    row = np.zeros((n, cases.size), dtype=np.int64)
    row[code[at], place[log.case[at]]] = at
    for a, b in swaps:
        once = (times[a] == 1) & (times[b] == 1)
        both = int(((times[a] > 0) & (times[b] > 0)).sum())
        if once.sum() < max(_LEAST_CASES, 0.5 * both):
            continue
        beside[a, b] = beside[b, a] = _parallel(log, row[a][once], row[b][once])
    return beside


def _parallel(log: Log, one: NDArray[np.int64], two: NDArray[np.int64]) -> bool:
    """Whether two functions run side by side, from one event of each in each case."""
    lasts = log.starts_logged and bool(
        ((log.end_h[one] - log.start_h[one]) > _TIE_H).mean() > 0.5
        and ((log.end_h[two] - log.start_h[two]) > _TIE_H).mean() > 0.5
    )
    if lasts:
        overlap = (log.start_h[one] < log.end_h[two] - _TIE_H) & (log.start_h[two] < log.end_h[one] - _TIE_H)
        if not _more(int(overlap.sum()), one.size, _LEAST_OVERLAP):
            return False
        # One that always begins first and ends last holds the other; one that always does both first hands over early.
        return _varies(log.start_h[two] - log.start_h[one]) or _varies(log.end_h[two] - log.end_h[one])
    return _varies(log.end_h[two] - log.end_h[one])


def _varies(ahead_h: NDArray[np.float64]) -> bool:
    """Whether either of two may come first."""
    told = ahead_h[np.abs(ahead_h) > _TIE_H]
    return bool(told.size >= _LEAST_CASES) and all(
        _more(int((sign * told > 0).sum()), told.size, _LEAST_MINORITY) for sign in (1.0, -1.0)
    )


def _more(count: int, total: int, share: float) -> bool:
    """Whether a share is larger than `share` at the 1% level."""
    return bool(total > 0 and bdtrc(count - 1, total, share) < _SURE)


def _candidates(beside: NDArray[np.bool_], members: NDArray[np.int64]) -> list[tuple[tuple[int, ...], ...]]:
    """Ways to divide a component into branches: as it is, then its groups of mutually parallel functions."""
    apart = ~beside[np.ix_(members, members)]
    np.fill_diagonal(apart, False)
    count, label = connected_components(apart.astype(np.int8), directed=False)
    found: list[tuple[tuple[int, ...], ...]] = []
    if count >= 2:
        found.append(tuple(tuple(int(f) for f in members[label == number]) for number in range(count)))
    cliques: list[tuple[int, ...]] = []
    size = min(members.size, 5)
    while size >= 2 and len(cliques) < _MOST_CLIQUES:
        for chosen in itertools.islice(itertools.combinations(members.tolist(), size), _MOST_CLIQUES):
            if all(beside[a, b] for a, b in itertools.combinations(chosen, 2)):
                cliques.append(chosen)
        size -= 1
    found += [tuple((function,) for function in clique) for clique in cliques]
    return list(dict.fromkeys(found))


def _part(
    log: Log, traces: Traces, code: NDArray[np.int64], n: int, branches: tuple[tuple[int, ...], ...]
) -> Part | None:
    """The part with these branches, or None where passages do not keep to them."""
    ways = passages_of(log.case.astype(np.int64), code, n, (branches,))
    runs = ways.begin.size
    if runs < _LEAST_CASES:
        return None
    last = traces.last[log.case[ways.stop]] == ways.stop
    whole = ~last | (traces.ended[log.case[ways.stop]] > 0.5)
    own = np.flatnonzero(ways.run >= 0)
    hit = np.zeros((runs, len(branches)), dtype=np.int64)
    np.add.at(hit, (ways.run[own], ways.branch[own]), 1)
    per_function = np.unique(ways.run[own] * n + code[own], return_counts=True)
    again = np.zeros(runs, dtype=np.bool_)
    again[per_function[0][per_function[1] > 1] // n] = True
    complete = (hit > 0).all(axis=1) & ~again
    share = float(complete[whole].mean()) if whole.any() else 0.0
    if whole.sum() < _LEAST_CASES or share < _COMPLETE:
        return None
    first: list[int] = []
    order = own[np.lexsort((own, ways.branch[own], ways.run[own]))]
    head = np.r_[True, (np.diff(ways.run[order]) != 0) | (np.diff(ways.branch[order]) != 0)]
    for place in range(len(branches)):
        begins = code[order[head & (ways.branch[order] == place)]]
        counts = np.bincount(begins, minlength=n)
        always = (hit[whole, place] > 0).mean() >= _PURE and counts.max() >= _PURE * counts.sum()
        first.append(int(counts.argmax()) if always else -1)
    before, after = _around(traces, code, n, ways, whole)
    names = "overlap in time" if log.starts_logged else "come in either order"
    return Part(branches, tuple(first), before, after, runs, share, names)


def _around(
    traces: Traces, code: NDArray[np.int64], n: int, ways: Passages, whole: NDArray[np.bool_]
) -> tuple[int, int]:
    """The function that always leads in and the one it always leads to; -1 where that varies."""
    entry, leave = traces.previous[ways.begin], traces.next[ways.stop]
    into = np.bincount(code[entry[entry >= 0]], minlength=n)
    out = np.bincount(code[leave[leave >= 0]], minlength=n)
    before, after = int(into.argmax()), int(out.argmax())
    going = (code == before) & (traces.next >= 0)
    leads = into[before] >= _PURE * ways.begin.size and into[before] >= _PURE * max(int(going.sum()), 1)
    comes = out[after] >= _PURE * max(int(whole.sum()), 1)
    return (before if leads else -1), (after if comes and after != before else -1)
