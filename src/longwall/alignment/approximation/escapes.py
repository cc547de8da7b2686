"""How many variances does nobody control? An account by first chances, without queues or state."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from longwall.simulation.allocation import miss_probability
from longwall.simulation.compile import Compiled
from longwall.simulation.demand import arrivals_per_week
from longwall.simulation.deviations import controllable
from longwall.worksystem import Component, Variance

__all__ = ["escapes_per_week"]


def escapes_per_week(compiled: Compiled) -> dict[str, float]:
    """Return the occurrences of each variance in a week that nobody controls, by id.

    Notes
    -----
    A variance arises with each execution of its origin (of the machine, where it is the machine's), is seen at a later
    function with that function's chance wherever an item of its class passes there, and is controlled within the
    allowed attempts where somebody may. What it induces arises as often as it does. Fatigue, skill and time limits are
    left aside.
    """
    system, priors = compiled.system, {name: parameter.value for name, parameter in compiled.priors.items()}
    rows = {function.id: k for k, function in enumerate(compiled.functions)}
    items = arrivals_per_week(system, compiled.demand)
    executions = items[:, None] * compiled.flow.visits
    arisen: dict[str, NDArray[np.float64]] = {}
    for variance in compiled.system.variances:
        arisen[variance.id] = _arising(compiled, variance, executions, rows)
    for variance in compiled.system.variances:
        for other, share in sorted(variance.induces.items()):
            if other in arisen:
                arisen[other] = arisen[other] + share.value * arisen[variance.id]
    tries = max(int(priors["control_attempts"]), 1)
    found = {}
    for variance in compiled.system.variances:
        unseen = np.ones(len(items))
        for detection in variance.detections:
            if detection.function in rows:
                passes = np.minimum(compiled.flow.visits[:, rows[detection.function]], 1.0)
                unseen = unseen * (1.0 - passes * detection.probability.value)
        held = 0.0
        if variance.control is not None and controllable(system, variance):
            held = 1.0 - (1.0 - variance.control.probability.value) ** tries
        found[variance.id] = float((arisen[variance.id] * (1.0 - (1.0 - unseen) * held)).sum())
    return found


def _arising(
    compiled: Compiled, variance: Variance, executions: NDArray[np.float64], rows: dict[str, int]
) -> NDArray[np.float64]:  # fmt: skip
    """Return how often a variance arises in a week by itself, by class, shape (classes,)."""
    k = rows.get(variance.origin)
    if k is None:
        return np.zeros(len(executions))
    share = variance.probability.value
    if variance.by_machine:
        row = int(compiled.model.fn.component[k])
        if row < 0:
            return np.zeros(len(executions))
        machine = compiled.components[row]
        share *= machine.coverage.value * (1.0 - machine.reliability.value)
        share *= _missed(compiled, k, machine)
    found: NDArray[np.float64] = executions[:, k] * share
    return found


def _missed(compiled: Compiled, k: int, machine: Component) -> float:
    """Return the chance that nobody sees what a machine did wrongly, by how its level has people look at it."""
    function, priors = compiled.functions[k], compiled.priors
    level = function.allocation.level
    opaque = priors["transparency_weight"].value * (1.0 - machine.transparency.value)
    seen = (1.0 - miss_probability(machine.reliability.value, priors)) * (1.0 - opaque)
    seen *= 1.0 - priors["accept_unchecked"].value
    looked_at = 1.0
    if level == 8:
        looked_at = function.allocation.audit_rate.value
    elif level == 9:
        looked_at = priors["detector_hit"].value
    elif level == 10 or compiled.model.fn.pool[k] < 0:
        looked_at = 0.0
    return 1.0 - looked_at * seen
