"""Functions and components of a model as one graph: what passes a disturbance on, and what rests on what."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from longwall.assessment.flow import Flow
from longwall.simulation.outages import targets_of
from longwall.worksystem import Function, WorkSystem

__all__ = ["MACHINE_ACTS", "Structure", "machine_needed", "repeats"]

MACHINE_ACTS = 5
"""Level of automation from which on the machine acts."""

_AT_ONCE = 7


class Structure:
    """Functions and components as one graph: routes between functions, components below what rests on them.

    Parameters
    ----------
    system : WorkSystem
    flow : Flow
        Of the system.
    """

    def __init__(self, system: WorkSystem, flow: Flow) -> None:
        self.system, self.flow = system, flow
        self.n = len(flow.functions) + len(system.components)
        place = {name: k for k, name in enumerate((*flow.functions, *system.components))}
        edges: list[tuple[int, int, bool]] = []
        for a, b in zip(*np.nonzero(flow.moves), strict=True):
            target = system.functions[flow.functions[b]]
            # An item waits for a person; a machine takes it at once.
            edges.append((int(a), int(b), target.allocation.level >= _AT_ONCE and target.delay_h is None))
        for component in system.technical.components:
            for below in component.depends_on:
                if below in place:
                    edges.append((place[below], place[component.id], component.buffer_h is None))
        for function in system.work.functions:
            if function.allocation.component in place:
                # Up to the level at which a person acts, the work goes on by hand when the machine is out.
                must = function.allocation.level >= MACHINE_ACTS
                edges.append((place[function.allocation.component], place[function.id], must))
            # Without what it uses, nobody can begin it.
            edges += [(place[used], place[function.id], True) for used in function.uses if used in place]
        self.edges: Sequence[tuple[int, int, bool]] = edges

    @cached_property
    def felt(self) -> NDArray[np.bool_]:
        """Whether the column feels the row at once, over any number of links without buffer; shape (n, n)."""
        links = [(a, b) for a, b, at_once in self.edges if at_once]
        rows, columns = [a for a, _ in links], [b for _, b in links]
        step = csr_array((np.ones(len(links)), (rows, columns)), shape=(self.n, self.n))
        seen = np.eye(self.n, dtype=bool)
        while True:
            grown = seen | ((seen.astype(np.float64) @ step) > 0)
            if (grown == seen).all():
                break
            seen = grown
        np.fill_diagonal(seen, False)
        return seen

    @cached_property
    def rests(self) -> NDArray[np.bool_]:
        """Whether the function of the column rests on the component of the row; shape (n_components, n_functions)."""
        found = np.zeros((len(self.system.components), len(self.flow.functions)), dtype=bool)
        targets = targets_of(self.system)
        for row, component in enumerate(self.system.components):
            on_it = targets["component", component]
            found[row] = [name in on_it for name in self.flow.functions]
        return found

    @cached_property
    def apart(self) -> NDArray[np.bool_]:
        """Whether two functions do not follow one another directly, in either order; upper triangle only."""
        linked = (self.flow.moves > 0) | (self.flow.moves > 0).T
        return np.asarray(np.triu(~linked, k=1))


def machine_needed(system: WorkSystem, function: Function) -> bool:
    """Whether a function stands still, or a person must take over, when a machine is out."""
    known = set(system.components)
    needs = [name for name in function.uses if name in known]
    return bool(needs) or function.in_outage == "wait" or (
        function.allocation.level >= MACHINE_ACTS and function.allocation.component in known
    )  # fmt: skip


def repeats(system: WorkSystem, flow: Flow) -> float | None:
    """Return the share of all executions that repeat what was done to the same item before; None without any.

    Notes
    -----
    A function that an item passes with probability h is executed h / (1 - r) times, r being the probability of coming
    back; r is taken from the flow of all classes together.
    """
    moves = np.minimum(flow.moves, 1.0)
    n = len(flow.functions)
    total = sum(flow.executions.values())
    if not n or total <= 0:
        return None
    again = np.diag(np.linalg.solve(np.eye(n) - moves * (1 - 1e-9), np.eye(n)))
    done = np.array([flow.executions[name] for name in flow.functions])
    return float(1 - (done / np.maximum(again, 1.0)).sum() / total)
