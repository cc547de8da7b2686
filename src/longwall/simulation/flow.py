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
_Targets = list[tuple[int, float]]
_Routes = dict[tuple[int, tuple[int, ...]], _Targets]


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
        table.setdefault((source, tuple(fns[i] for i in route.after)), []).append((target, p))
    names = {row: name for name, row in fns.items()} | {_START: "start"}
    for demand, table in [("every class", general), *zip(classes, own, strict=True)]:
        for (source, after), targets in table.items():
            total = sum(p for _, p in targets)
            if abs(total - 1.0) > TOLERANCE:
                memory = "".join(f" after {names[i]}" for i in after)
                faults.append(
                    Fault("LW-SI-001", f"work.routes from {names[source]}{memory} ({demand})",
                          "probabilities that sum to one", f"{total:.6g}", "correct them, or add the missing route")
                )  # fmt: skip
    merged = []
    for table in own:
        sources = {source for source, _ in table}
        merged.append({key: targets for key, targets in general.items() if key[0] not in sources} | table)
    return merged


def _row(routes: _Routes, source: int, before: int, last: int) -> _Targets | None:
    """Return the targets that apply: two functions of memory, then one, then none."""
    for after in ((before, last), (last,), ()):
        found = routes.get((source, after))
        if found is not None:
            return found
    return None


def _walk(
    routes: _Routes, names: dict[int, str], demand: str, faults: list[Fault]
) -> dict[tuple[int, int, int], _Targets]:
    """Return every state (before, last, function) that items of a class reach, with its targets."""
    with_memory = {source for source, after in routes if after}
    long = {source for source, after in routes if len(after) == 2}
    keep = bool(with_memory), bool(long)
    states: dict[tuple[int, int, int], _Targets] = {}
    todo = [(-1, -1, _START)]
    while todo:
        state = todo.pop()
        if state in states:
            continue
        before, last, source = state
        targets = _row(routes, source, before, last)
        if targets is None:
            states[state] = []
            fault = Fault("LW-SI-007", f"work.routes from {names[source]} ({demand})", "a route onward",
                          "none, though items come here", "add a route, to another function or to end")  # fmt: skip
            if fault not in faults:
                faults.append(fault)
            continue
        states[state] = targets
        for target, p in targets:
            if p > 0.0 and target >= 0:
                follow = (last if keep[1] else -1, (source if source >= 0 else -1) if keep[0] else -1, target)
                todo.append(follow)
    return states


def _visits(states: dict[tuple[int, int, int], _Targets], n_fn: int) -> tuple[NDArray[np.float64], list[int]]:
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
        start[index[-1, -1, _START]] = 1.0
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


def flow_of(system: WorkSystem, fns: dict[str, int], classes: list[str], faults: list[Fault]) -> Flow:
    """Return the routes as tables; what is wrong is added to `faults`.

    Parameters
    ----------
    fns : dict of str to int
        Row of each function.
    classes : list of str
        Ids of the demand classes, in the order of their rows.
    """
    names = {row: name for name, row in fns.items()} | {_START: "start"}
    per_class = _collect(system, fns, classes, faults)
    visits = np.zeros((len(classes), len(fns)))
    row_of = np.full((len(fns) + 1, len(classes)), -1, np.int64)
    mem_of = np.zeros((len(fns) + 1, len(classes)), layout.ROUTE).view(np.recarray)
    memory: list[tuple[int, int, int]] = []
    route: list[tuple[int, int]] = []
    cumulative: list[float] = []
    to: list[int] = []
    for c, routes in enumerate(per_class):
        if not faults:
            states = _walk(routes, names, classes[c], faults)
            if not faults:
                visits[c], stuck = _visits(states, len(fns))
                for f in stuck:
                    faults.append(
                        Fault("LW-SI-003", f"work.functions.{names[f]} ({classes[c]})", "a way to the end",
                              "an item that can never leave", "add a route that leads to end")
                    )  # fmt: skip
        rows: dict[tuple[int, tuple[int, ...]], int] = {}
        for key, targets in sorted(routes.items(), key=lambda entry: (entry[0][0], -len(entry[0][1]), entry[0][1])):
            rows[key] = len(route)
            route.append((len(to), len(targets)))
            total = 0.0
            for target, p in targets:
                total += p
                cumulative.append(total)
                to.append(target)
        for source in range(-1, len(fns)):
            row_of[source + 1, c] = rows.get((source, ()), -1)
            own = [(after, row) for (src, after), row in rows.items() if src == source and after]
            mem_of[source + 1, c] = (len(memory), len(own))
            for after, row in own:
                memory.append((after[-1], after[0] if len(after) == 2 else _ANY, row))
    return Flow(
        row_of=row_of,
        mem_of=mem_of,
        memory=np.array(memory, layout.MEMORY).view(np.recarray),
        route=np.array(route, layout.ROUTE).view(np.recarray),
        route_p=np.array(cumulative),
        route_to=np.array(to, np.int64),
        visits=visits,
    )
