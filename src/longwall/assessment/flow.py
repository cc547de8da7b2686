"""How items flow through the functions of a model: how often each is done, what is reached, in how many steps."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array
from scipy.sparse.linalg import splu

from longwall.simulation import items_per_week, outcome_shares
from longwall.worksystem import Route, WorkSystem

__all__ = ["Flow", "flow_of"]

_State = tuple[str, ...]
_LEAKY = 1e-9


@dataclass(frozen=True)
class Flow:
    """Expected flow per week; a join is counted once, not for each branch that comes to it.

    Parameters
    ----------
    functions : tuple of Id
        Order of the rows.
    visits : mapping of Id to ndarray, shape (n_functions,)
        Expected executions of each function per item of each demand class.
    executions : mapping of Id to float
        Executions of each function per week.
    moves : ndarray, shape (n_functions, n_functions)
        Probability that an item at the row goes to the column next, averaged over classes and histories.
    entry : frozenset of Id
        Functions at which items arrive.
    class_moves : mapping of Id to ndarray, shape (n_functions, n_functions)
        Expected moves from the row to the column per item of each demand class.
    """

    functions: tuple[str, ...]
    visits: Mapping[str, NDArray[np.float64]]
    executions: Mapping[str, float]
    moves: NDArray[np.float64]
    entry: frozenset[str]
    class_moves: Mapping[str, NDArray[np.float64]]

    @cached_property
    def hops(self) -> NDArray[np.float64]:
        """Fewest steps from row to column over routes that are used; infinite where there is no way."""
        n = len(self.functions)
        after = [np.flatnonzero(row > 0) for row in self.moves]
        steps = np.full((n, n), np.inf)
        for start in range(n):
            steps[start, start] = 0
            queue = deque([start])
            while queue:
                here = queue.popleft()
                for there in after[here]:
                    if np.isinf(steps[start, there]):
                        steps[start, there] = steps[start, here] + 1
                        queue.append(int(there))
        return steps

    @cached_property
    def reach(self) -> NDArray[np.float64]:
        """Probability that an item at the row passes the column now or later, histories averaged out."""
        n = len(self.functions)
        if not n:
            return np.zeros((0, 0))
        shrunk = np.minimum(self.moves, 1.0)
        counts = np.linalg.solve(np.eye(n) - shrunk * (1 - _LEAKY), np.eye(n))
        passed = counts / np.maximum(np.diag(counts)[None, :], 1e-300)
        np.fill_diagonal(passed, 1.0)
        return np.asarray(np.clip(passed, 0.0, 1.0))

    def path(self, source: str, target: str) -> tuple[str, ...]:
        """Return the functions on a shortest way, ends included; empty where there is none."""
        steps = self.hops
        here, goal = self.functions.index(source), self.functions.index(target)
        if np.isinf(steps[here, goal]):
            return ()
        way = [here]
        while way[-1] != goal:
            near = np.flatnonzero((self.moves[way[-1]] > 0) & (steps[:, goal] == steps[way[-1], goal] - 1))
            way.append(int(near[np.argmax(self.moves[way[-1]][near])]))
        return tuple(self.functions[k] for k in way)


def flow_of(system: WorkSystem) -> Flow:
    """Return the expected flow of a model.

    Each demand class is a Markov chain over functions with as much memory as its routes ask for. What leads nowhere,
    ends.

    Parameters
    ----------
    system : WorkSystem
    """
    names = tuple(system.functions)
    place = {name: k for k, name in enumerate(names)}
    by_source: dict[str, list[Route]] = {}
    for route in system.work.routes:
        by_source.setdefault(route.source, []).append(route)
    memory = max((len(route.after) for route in system.work.routes), default=0)
    total = np.zeros(len(names))
    moved = np.zeros((len(names), len(names)))
    visits: dict[str, NDArray[np.float64]] = {}
    class_moves: dict[str, NDArray[np.float64]] = {}
    entry: set[str] = set()
    items, shares = items_per_week(system), outcome_shares(system)
    for demand in system.work.demand:
        states, step = _chain(_Ways(system, by_source, demand.id, shares[demand.id]), memory)
        counts = _counts(step)
        mine, went = np.zeros(len(names)), np.zeros_like(moved)
        weight = items[demand.id]
        for k, state in enumerate(states):
            if state[-1] in place:
                mine[place[state[-1]]] += counts[k]
        rows, columns = step.nonzero()
        for k, j, p in zip(rows.tolist(), columns.tolist(), step.data, strict=True):
            source, target = states[k][-1], states[j][-1]
            if source in place and target in place:
                went[place[source], place[target]] += counts[k] * p
            elif target in place and source == "start":
                entry.add(target)
        visits[demand.id], class_moves[demand.id] = mine, went
        moved += weight * went
        total += weight * mine
    return Flow(
        functions=names,
        visits=visits,
        executions={name: float(total[place[name]]) for name in names},
        moves=moved / np.maximum(total, 1e-300)[:, None],
        entry=frozenset(entry),
        class_moves=class_moves,
    )


def _chain(ways: _Ways, memory: int) -> tuple[list[_State], csr_array]:
    """States (the fork that an item is in, and the last functions, newest last) and the probabilities between them."""
    states: list[_State] = [("", "start")]
    place: dict[_State, int] = {states[0]: 0}
    rows: list[int] = []
    columns: list[int] = []
    data: list[float] = []
    k = 0
    while k < len(states):
        for within, target, p in ways.after(states[k]):
            if target == "end" or p <= 0:
                continue
            history = states[k][1:] if states[k][1:] != ("start",) else ()
            state = (within, *(*history, target)[-(memory + 1) :])
            if state not in place:
                place[state] = len(states)
                states.append(state)
            rows.append(k)
            columns.append(place[state])
            data.append(p)
        k += 1
    step = csr_array((data, (rows, columns)), shape=(len(states), len(states)))
    step.sum_duplicates()
    return states, step


class _Ways:
    """Where items of one demand class go next."""

    def __init__(
        self,
        system: WorkSystem,
        by_source: Mapping[str, list[Route]],
        demand: str,
        shares: tuple[float, float, float],
    ) -> None:
        self._by_source, self._demand = by_source, demand
        self._outcomes = dict(zip(("", "confirmed", "dismissed"), shares, strict=True))
        self._forks = {fork.after: fork for fork in system.work.forks if fork.demand in (None, demand)}

    def after(self, state: _State) -> list[tuple[str, str, float]]:
        """Forks and targets after a state, with probabilities: every branch of a fork, from there on to its join."""
        inside, here = state[0], state[-1]
        if here in self._forks and not inside:
            return [(here, branch, 1.0) for branch in self._forks[here].branches]
        found = self._routed(state[1:])
        if not inside:
            return [("", target, p) for target, p in found]
        fork = self._forks[inside]
        # What ends a branch comes to the join, which begins once for all branches.
        ends = (fork.join, "end")
        return [("", fork.join, p / len(fork.branches)) if to in ends else (inside, to, p) for to, p in found]

    def _routed(self, history: tuple[str, ...]) -> list[tuple[str, float]]:
        """Targets by routes: those of the class before those for all, the longest memory that fits, mixed outcomes."""
        here, before = history[-1], history[:-1]
        routes = self._by_source.get(here, [])
        own = [route for route in routes if route.demand == self._demand]
        candidates = own or [route for route in routes if route.demand is None]
        fitting = [r for r in candidates if not r.after or before[-len(r.after) :] == r.after]
        found: list[tuple[str, float]] = []
        judged = any(route.outcome for route in fitting)
        for outcome, share in self._outcomes.items() if judged else (("", 1.0),):
            mine = [route for route in fitting if route.outcome == outcome] or [r for r in fitting if not r.outcome]
            longest = max((len(route.after) for route in mine), default=0)
            found += [(r.target, share * r.probability.value) for r in mine if len(r.after) == longest and share > 0]
        return found


def _counts(step: csr_array) -> NDArray[np.float64]:
    """Expected visits of each state by an item that starts at the first."""
    begin = np.zeros(step.shape[0])
    begin[0] = 1.0
    # A loop that nothing leaves would be visited without end; a leak of one in a billion keeps the numbers finite.
    kept = (eye_array(step.shape[0]) - (1 - _LEAKY) * step.T).tocsc()
    return np.asarray(splu(kept).solve(begin), dtype=np.float64)
