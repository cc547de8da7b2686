"""Variances as tables: where they arise, what they induce, who may see and control them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from longwall.simulation.allocation import Steps
from longwall.simulation.human_error import error_probability
from longwall.simulation.kernel import layout
from longwall.streams import key_of
from longwall.worksystem import Control, Variance, WorkSystem

__all__ = ["Deviations", "controllable", "deviations_of", "upstream"]

HOW = {"rework": layout.REWORK, "repair": layout.SPOT, "escalate": layout.ESCALATE}


@dataclass(frozen=True)
class Deviations:
    """Tables of variances; columns as in `kernel.layout`."""

    var: Any
    fn_var: Any
    detect: Any
    induce: Any
    comp_own: Any
    fn_ranges: list[tuple[int, int, int, int]]
    comp_ranges: list[tuple[int, int]]


def _controllers(system: WorkSystem, control: Control) -> tuple[str, ...]:
    """Return the roles that control: the one named, or all that may do the function of control."""
    return (control.role,) if control.role is not None else system.functions[control.function].roles


def controllable(system: WorkSystem, variance: Variance) -> bool:
    """Return whether those who control a variance have the authority and the information that it needs."""
    control = variance.control
    if control is None:
        return False
    roles = [system.roles[r] for r in _controllers(system, control)]
    if control.needs_authority and not any(variance.id in role.authority for role in roles):
        return False
    return not control.needs_information or any(variance.id in role.informed_of for role in roles)


def upstream(system: WorkSystem, component: str) -> set[str]:
    """Return a component and everything it depends on."""
    found: set[str] = set()
    todo = [component]
    while todo:
        c = todo.pop()
        if c not in found:
            found.add(c)
            todo.extend(system.components[c].depends_on)
    return found


def _able(system: WorkSystem, variance: Variance, control: Control) -> tuple[str, ...]:
    """Return the roles that have the authority and the information."""
    roles = [r for r in _controllers(system, control) if system.roles[r].head_count > 0]
    if control.needs_authority:
        roles = [r for r in roles if variance.id in system.roles[r].authority]
    if control.needs_information:
        roles = [r for r in roles if variance.id in system.roles[r].informed_of]
    return tuple(sorted(roles))


def deviations_of(
    system: WorkSystem,
    fns: dict[str, int],
    comps: dict[str, int],
    steps: Steps,
    pool_row: dict[tuple[str, ...], int],
    add_distribution: Any,
) -> Deviations:
    """Return the variances of a system without faults as tables, and write the steps of local repair."""
    variances = sorted(system.variances, key=lambda v: v.id)
    rows = {v.id: k for k, v in enumerate(variances)}
    machines = {fn.allocation.component for fn in system.work.functions if fn.allocation.level > 1}
    touched = {c: upstream(system, c) for c in comps if c in machines}
    var = np.zeros(len(variances), layout.VARIANCE).view(np.recarray)
    induce: list[tuple[int, float]] = []
    for k, v in enumerate(variances):
        row = var[k]
        row.key, row.probability, row.by_machine = key_of("variance", v.id), v.probability.value, int(v.by_machine)
        if v.error is not None:
            row.error, row.probability = 1, error_probability(v.error)
        row.safety, row.within_h = int(v.safety), math.inf
        if v.control is not None and v.control.within_h is not None:
            row.within_h = v.control.within_h.value
        row.origin = comps.get(v.origin, -1)
        row.carried = int(any(v.origin in parts for parts in touched.values()))
        row.harm_technical, row.harm_social = v.severity.technical, v.severity.social
        row.harm_regulatory = v.severity.regulatory
        row.ind_lo, row.ind_n = len(induce), len(v.induces)
        induce.extend((rows[other], p.value) for other, p in sorted(v.induces.items()))
        row.pool = row.step = row.work = row.control = -1
        control = v.control
        row.controllable = int(controllable(system, v))
        if control is None or not row.controllable:
            continue
        row.how, row.control_p, row.control = HOW[control.how], control.probability.value, fns[control.function]
        able = _able(system, v, control)
        named = able != tuple(sorted(system.functions[control.function].roles))
        if not able:
            row.controllable = int(control.how != "repair" and control.role is None)
        elif named or control.how == "repair":
            row.pool = pool_row.setdefault(able, len(pool_row))
        if control.how == "repair" and able:
            work = control.work_h or system.functions[control.function].work_h
            row.work = add_distribution(work)
            row.step = steps.add(layout.REPAIR, function=-1, pool=row.pool)
    fn_var: list[int] = []
    detect: list[tuple[int, float]] = []
    fn_ranges = []
    for f in fns:
        own = [k for k, v in enumerate(variances) if v.origin == f]
        seen = [
            (k, d.probability.value)
            for k, v in enumerate(variances)
            for d in sorted(v.detections, key=lambda d: (d.function, d.probability.value))
            if d.function == f
        ]
        fn_ranges.append((len(fn_var), len(own), len(detect), len(seen)))
        fn_var.extend(own)
        detect.extend(seen)
    comp_own: list[int] = []
    comp_ranges = []
    for c in comps:
        met = [k for k, v in enumerate(variances) if v.origin in touched.get(c, set())]
        comp_ranges.append((len(comp_own), len(met)))
        comp_own.extend(met)
    return Deviations(
        var=var,
        fn_var=np.array(fn_var, np.int64),
        detect=np.array(detect, layout.CHANCE).view(np.recarray),
        induce=np.array(induce, layout.CHANCE).view(np.recarray),
        comp_own=np.array(comp_own, np.int64),
        fn_ranges=fn_ranges,
        comp_ranges=comp_ranges,
    )
