"""Where items go: routes as tables, the states an item can be in, expected visits, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.errors import Fault
from longwall.simulation.kernel import layout
from longwall.worksystem import WorkSystem

__all__ = ["Flow", "flow_of"]

TOLERANCE = 1e-6
_ANY = -2
_START = -1
_DENSE = 60
_OUTCOMES = ("", "confirmed", "dismissed")
_Targets = list[tuple[int, float]]
_Routes = dict[tuple[int, tuple[int, ...], int], _Targets]
"""Targets by source, memory and outcome."""


@dataclass(frozen=True)
class Flow:
    """Routes as tables, and how often an item of each class visits each function.

    Parameters
    ----------
    visits : ndarray, shape (classes, functions)
        Expected visits per item, abandonment and control of variances apart.
    """

    row_of: NDArray[np.int64]
    mem_of: Any
    memory: Any
    route: Any
    route_p: NDArray[np.float64]
    route_to: NDArray[np.int64]
    fork_of: NDArray[np.int64]
    fork: Any
    fork_to: NDArray[np.int64]
    visits: NDArray[np.float64]


def _collect(system: WorkSystem, fns: dict[str, int], classes: list[str], faults: list[Fault]) -> list[_Routes]:
    """Return, for each class, the targets by source and memory; a class's own routes come before the general ones."""
    general: _Routes = {}
    own: list[_Routes] = [{} for _ in classes]
    order = sorted(system.work.routes, key=lambda r: (r.source, r.demand or "", r.after, r.target))
    for route in order:
        where = f"work.routes.{route.source}->{route.target}"
        unknown = [i for i in (*route.after, route.target, route.source) if i not in fns and i not in ("start", "end")]
        if route.source == "end" or route.target == "start" or unknown:
            found = ", ".join(unknown) or f"{route.source} -> {route.target}"
            faults.append(Fault("LW-SI-006", where, "ids of functions, or start and end", found, "correct the route"))
            continue
        if route.demand is not None and route.demand not in classes:
            faults.append(Fault("LW-SI-006", where, "a demand class", route.demand, "correct the demand of the route"))
            continue
        p = route.probability.value
        if not 0.0 <= p <= 1.0 + TOLERANCE:
            faults.append(Fault("LW-SI-008", where, "a probability", f"{p:g}", "correct the probability"))
            continue
        source = _START if route.source == "start" else fns[route.source]
        target = -1 if route.target == "end" else fns[route.target]
        table = general if route.demand is None else own[classes.index(route.demand)]
        key = source, tuple(fns[i] for i in route.after), _OUTCOMES.index(route.outcome)
        table.setdefault(key, []).append((target, p))
    names = {row: name for name, row in fns.items()} | {_START: "start"}
    for demand, table in [("every class", general), *zip(classes, own, strict=True)]:
        for (source, after, outcome), targets in table.items():
            total = sum(p for _, p in targets)
            if abs(total - 1.0) > TOLERANCE:
                memory = "".join(f" after {names[i]}" for i in after)
                memory += f" where {_OUTCOMES[outcome]}" if outcome else ""
                faults.append(
                    Fault("LW-SI-001", f"work.routes from {names[source]}{memory} ({demand})",
                          "probabilities that sum to one", f"{total:.6g}", "correct them, or add the missing route")
                )  # fmt: skip
    merged = []
    for table in own:
        sources = {key[0] for key in table}
        merged.append({key: targets for key, targets in general.items() if key[0] not in sources} | table)
    return merged


@dataclass(frozen=True)
class _Class:
    """How items of one class go: routes, forks by function (branches and join), share of each outcome of a triage."""

    id: str
    routes: _Routes
    forks: dict[int, tuple[tuple[int, ...], int]]
    shares: tuple[float, float, float]


def _row(of: _Class, source: int, before: int, last: int) -> _Targets | None:
    """Return the targets that apply: two functions of memory, then one, then none; outcomes by their shares."""
    mixed: _Targets = []
    for outcome, share in enumerate(of.shares):
        found = None
        for wanted in (outcome, 0):
            for after in ((before, last), (last,), ()):
                found = found or of.routes.get((source, after, wanted))
        if share > 0.0 and found is None:
            return None
        mixed += [(target, share * p) for target, p in found or () if share > 0.0]
    return mixed


def _walk(
    of: _Class, first: tuple[int, int, int], stop: int, names: dict[int, str], faults: list[Fault]
) -> dict[tuple[int, int, int], _Targets]:
    """Return every state (before, last, function) reached from a first one, with its targets; `stop` ends it."""
    keep = any(after for _, after, _ in of.routes), any(len(after) == 2 for _, after, _ in of.routes)
    states: dict[tuple[int, int, int], _Targets] = {}
    todo = [first]
    while todo:
        state = todo.pop()
        if state in states:
            continue
        before, last, source = state
        targets = [(of.forks[source][1], 1.0)] if source in of.forks else _row(of, source, before, last)
        if targets is None:
            states[state] = []
            fault = Fault("LW-SI-007", f"work.routes from {names[source]} ({of.id})", "a route onward",
                          "none, though items come here", "add a route, to another function or to end")  # fmt: skip
            if fault not in faults:
                faults.append(fault)
            continue
        targets = [(-1 if target == stop else target, p) for target, p in targets]
        states[state] = targets
        for target, p in targets:
            if p > 0.0 and target >= 0:
                follow = (last if keep[1] else -1, (source if source >= 0 else -1) if keep[0] else -1, target)
                todo.append(follow)
    return states


def _class_visits(
    of: _Class,
    first: int,
    stop: int,
    n_fn: int,
    names: dict[int, str],
    faults: list[Fault],
    within: tuple[int, ...] = (),
) -> NDArray[np.float64]:
    """Return expected visits by function of an item that begins at `first`, branches included."""
    states = _walk(of, (-1, -1, first), stop, names, faults)
    visits = np.zeros(n_fn)
    if any(not targets for targets in states.values()):
        return visits
    visits, stuck = _visits(states, n_fn, (-1, -1, first))
    for f in stuck:
        fault = Fault("LW-SI-003", f"work.functions.{names[f]} ({of.id})", "a way to the end",
                      "an item that can never leave", "add a route that leads to end")  # fmt: skip
        if fault not in faults:
            faults.append(fault)
    for f, (branches, join) in of.forks.items():
        if visits[f] <= 0.0:
            continue
        if f in within:
            faults.append(
                Fault("LW-SI-015", f"work.forks after {names[f]} ({of.id})", "branches that do not fork here again",
                      "a fork within itself", "let the branches come to the join first")
            )  # fmt: skip
            return visits
        times = visits[f]
        for branch in branches:
            visits = visits + times * _class_visits(of, branch, join, n_fn, names, faults, (*within, f))
    return visits


def _visits(
    states: dict[tuple[int, int, int], _Targets], n_fn: int, first: tuple[int, int, int]
) -> tuple[NDArray[np.float64], list[int]]:
    """Return expected visits by function (the row of a fundamental matrix), and the functions that lead nowhere."""
    index = {state: k for k, state in enumerate(states)}
    n = len(states)
    leaves = np.zeros(n, dtype=bool)
    edges: list[tuple[int, int, float]] = []
    for (before, last, source), targets in states.items():
        k = index[before, last, source]
        after = max(source, -1)
        for target, p in targets:
            if p <= 0.0:
                continue
            if target < 0:
                leaves[k] = True
                continue
            follow = next(s for s in ((last, after, target), (-1, after, target), (-1, -1, target)) if s in index)
            edges.append((k, index[follow], p))
    source_of = np.array([edge[0] for edge in edges], dtype=np.int64)
    target_of = np.array([edge[1] for edge in edges], dtype=np.int64)
    weight = np.array([edge[2] for edge in edges])
    reach = leaves.copy()
    while True:
        more = reach.copy()
        more[source_of[reach[target_of]]] = True
        if (more == reach).all():
            break
        reach = more
    stuck = sorted({state[2] for state, k in index.items() if not reach[k]})
    visits = np.zeros(n_fn)
    if not stuck:
        start = np.zeros(n)
        start[index[first]] = 1.0
        if n <= _DENSE:
            matrix = np.zeros((n, n))
            np.add.at(matrix, (target_of, source_of), weight)
            flow = np.linalg.solve(np.eye(n) - matrix, start)
        else:
            # Imported here: it takes as long as the first forecast of a small system.
            from scipy.sparse import csc_array, eye_array
            from scipy.sparse.linalg import splu

            chain = csc_array((weight, (target_of, source_of)), shape=(n, n))
            flow = splu(csc_array(eye_array(n)) - chain).solve(start)
        for state, k in index.items():
            if state[2] >= 0:
                visits[state[2]] += flow[k]
    return visits, stuck


def _forks(
    system: WorkSystem, fns: dict[str, int], classes: list[str]
) -> tuple[NDArray[np.int64], Any, NDArray[np.int64]]:
    """Return the row of the fork after each function by class (-1: none), the forks, and where branches begin."""
    fork_of = np.full((len(fns), len(classes)), -1, np.int64)
    rows: list[tuple[int, int, int]] = []
    to: list[int] = []
    for fork in sorted(system.work.forks, key=lambda f: (f.demand is not None, f.id)):
        named = [fork.after, *fork.branches, fork.join]
        if any(name not in fns for name in named) or (fork.demand is not None and fork.demand not in classes):
            continue
        chosen = slice(None) if fork.demand is None else classes.index(fork.demand)
        fork_of[fns[fork.after], chosen] = len(rows)
        rows.append((len(to), len(fork.branches), fns[fork.join]))
        to.extend(fns[branch] for branch in fork.branches)
    return fork_of, np.array(rows, layout.FORK).view(np.recarray), np.array(to, np.int64)


def _applying(
    rows: dict[tuple[int, tuple[int, ...], int], int], source: int, outcome: int
) -> tuple[int, list[tuple[tuple[int, ...], int]]]:
    """Return the row of routes without memory that applies to an outcome (-1: none), and those with memory before it.

    Where an outcome has no routes, those for any outcome apply; where there are none either, those of the others do.
    """
    own: list[tuple[tuple[int, ...], int]] = []
    for wanted in dict.fromkeys((outcome, *range(layout.OUTCOMES))):
        own += [(after, row) for (src, after, o), row in rows.items() if src == source and after and o == wanted]
        if (source, (), wanted) in rows:
            return rows[source, (), wanted], own
    return -1, own


def flow_of(
    system: WorkSystem,
    fns: dict[str, int],
    classes: list[str],
    faults: list[Fault],
    shares: dict[str, tuple[float, float, float]] | None = None,
) -> Flow:
    """Return the routes as tables; what is wrong is added to `faults`.

    Parameters
    ----------
    fns : dict of str to int
        Row of each function.
    classes : list of str
        Ids of the demand classes, in the order of their rows.
    shares : dict, optional
        By class, how often a triage ends unjudged, confirmed and dismissed, for the expected visits.
    """
    names = {row: name for name, row in fns.items()} | {_START: "start"}
    per_class = _collect(system, fns, classes, faults)
    fork_of, fork, fork_to = _forks(system, fns, classes)
    visits = np.zeros((len(classes), len(fns)))
    row_of = np.full(((len(fns) + 1) * layout.OUTCOMES, len(classes)), -1, np.int64)
    mem_of = np.zeros(row_of.shape, layout.ROUTE).view(np.recarray)
    memory: list[tuple[int, int, int]] = []
    route: list[tuple[int, int]] = []
    cumulative: list[float] = []
    to: list[int] = []
    for c, routes in enumerate(per_class):
        if not faults:
            forks = {
                f: (tuple(int(x) for x in fork_to[row.lo : row.lo + row.n]), int(row.join))
                for f in range(len(fns))
                if fork_of[f, c] >= 0
                for row in [fork[int(fork_of[f, c])]]
            }
            of = _Class(classes[c], routes, forks, (shares or {}).get(classes[c], (1.0, 0.0, 0.0)))
            visits[c] = _class_visits(of, _START, -2, len(fns), names, faults)
        rows: dict[tuple[int, tuple[int, ...], int], int] = {}
        order = sorted(routes.items(), key=lambda entry: (entry[0][0], entry[0][2], -len(entry[0][1]), entry[0][1]))
        for key, targets in order:
            rows[key] = len(route)
            route.append((len(to), len(targets)))
            total = 0.0
            for target, p in targets:
                total += p
                cumulative.append(total)
                to.append(target)
        for source in range(-1, len(fns)):
            for outcome in range(layout.OUTCOMES):
                at = (source + 1) * layout.OUTCOMES + outcome
                row_of[at, c], own = _applying(rows, source, outcome)
                mem_of[at, c] = (len(memory), len(own))
                for after, row in own:
                    memory.append((after[-1], after[0] if len(after) == 2 else _ANY, row))
    return Flow(
        row_of=row_of,
        mem_of=mem_of,
        memory=np.array(memory, layout.MEMORY).view(np.recarray),
        route=np.array(route, layout.ROUTE).view(np.recarray),
        route_p=np.array(cumulative),
        route_to=np.array(to, np.int64),
        fork_of=fork_of,
        fork=fork,
        fork_to=fork_to,
        visits=visits,
    )
