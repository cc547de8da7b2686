"""Outages at a stated hour: a component is out for a stated time, whatever else fails meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import Field

from longwall.errors import Fault, SimulationError, suggestion
from longwall.simulation.compile import Compiled
from longwall.simulation.kernel import State, layout
from longwall.worksystem import Component, Distribution, Id, Piece, WorkSystem

__all__ = ["Outage", "plan_failure", "plan_outages", "with_outages"]

_CAUSE = "outage.."


class Outage(Piece):
    """One outage that is planned, beside those that come by chance.

    Parameters
    ----------
    component : Id
        What is out; what depends on it feels it as it feels any other failure of it.
    at_h : float
        Hours from the begin of the weeks that count, >= 0.
    hours : float
        How long it lasts [h], > 0.
    """

    component: Id
    at_h: float = Field(ge=0)
    hours: float = Field(gt=0)


def with_outages(system: WorkSystem, outages: Sequence[Outage]) -> WorkSystem:
    """Return the system in which each outage has a cause of its own, which never fails by itself.

    Raises
    ------
    SimulationError
        LW-SI-016: if an outage names a component that the system does not have.
    """
    if not outages:
        return system
    faults = []
    for place, outage in enumerate(outages):
        if outage.component not in system.components:
            near = suggestion(outage.component, list(system.components))
            faults.append(
                Fault("LW-SI-016", f"scenario.outages.{place}.component", "the id of a component of this system",
                      repr(outage.component), f"use {near!r}" if near else "correct the id")
            )  # fmt: skip
    if faults:
        raise SimulationError(*faults)
    causes, components = [], dict(system.components)
    for place, outage in enumerate(outages):
        struck = components[outage.component]
        # What is out has no slack against its own outage: the cause lasts as much longer as its buffer holds.
        slack_h = 0.0 if struck.buffer_h is None else struck.buffer_h.value
        repair = Distribution(shape="fixed", mean_h=outage.hours + slack_h)
        causes.append(Component(id=f"{_CAUSE}{place}", kind="infrastructure", repair_h=repair))
        components[struck.id] = struck.model_copy(
            update={"depends_on": (*struck.depends_on, f"{_CAUSE}{place}")}
        )  # fmt: skip
    technical = system.technical.model_copy(update={"components": (*components.values(), *causes)})
    return system.model_copy(update={"technical": technical})


def plan_outages(state: State, compiled: Compiled, outages: Sequence[Outage], first_h: float) -> None:
    """Plan the outages in a state that has begun; `first_h` is when the weeks that count begin [h]."""
    rows = {component.id: row for row, component in enumerate(compiled.components)}
    for place, outage in enumerate(outages):
        plan_failure(state, compiled, rows[f"{_CAUSE}{place}"], first_h + outage.at_h)


def plan_failure(state: State, compiled: Compiled, row: int, at_h: float) -> None:
    """Plan that a component fails at an hour; a sorted list is a heap, so the plan is sorted anew."""
    clk = state.clk
    n, first = int(clk.heap_n[0]), int(clk.hole[0])
    tie = (np.uint64(layout.EV_FAIL) << np.uint64(60)) | (compiled.model.comp.key[row] >> np.uint64(4))
    at = np.append(state.heap_t[first:n], at_h)
    ties = np.append(state.heap_tie[first:n], tie)
    refs = np.append(state.heap_ref[first:n], row)
    order = np.lexsort((ties, at))
    for column, values in ((state.heap_t, at), (state.heap_tie, ties), (state.heap_ref, refs)):
        column[: at.size] = values[order]
    clk.heap_n[0], clk.hole[0] = at.size, 0
