"""Variances: they arise, may lead to others, are seen further on, and are controlled or escape."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from longwall.simulation.kernel.draws import P_ARISE, P_CONTROL, P_INDUCE, P_SEE, chance
from longwall.simulation.kernel.jit import part
from longwall.simulation.kernel.layout import NONE
from longwall.simulation.kernel.people import gain_at
from longwall.streams import mix

__all__ = [
    "add_occurrence",
    "arise",
    "book_escape",
    "clear",
    "hand_over_occurrences",
    "induce",
    "next_to_control",
    "resolve",
    "see",
]


@part
def add_occurrence(m: Any, s: Any, i: Any, v: Any, f: Any, machine: Any) -> None:
    """Put a variance on an item."""
    clk = s.clk[0]
    o = clk.occ_free
    if o < 0:
        clk.lost += 1
        return
    item = s.item[i]
    occ = s.occ[o]
    clk.occ_free = occ.next
    clk.occs += 1
    occ.kind = v
    occ.t_arose = clk.now
    occ.team = NONE
    occ.function = f
    occ.seen = 0
    occ.tried = 0
    occ.induced = 0
    occ.void = 0
    occ.machine_visit = item.vkey if machine == 1 else np.uint64(0)
    occ.serial = item.serial
    item.serial += 1
    occ.next = item.occ
    item.occ = o
    s.acc_fn[f].arisen += 1


@part
def arise(m: Any, s: Any, i: Any, f: Any) -> None:
    """Draw, for each variance whose origin is the function just done, whether it arises.

    What people do wrong is likelier with fatigue and lost skill, as the shaping factors of SPAR-H for fitness and
    experience, between nominal and their worst usable level.
    """
    fn = m.fn[f]
    item = s.item[i]
    par = m.par[0]
    for k in range(fn.var_lo, fn.var_lo + fn.var_n):
        v = m.fn_var[k]
        var = m.var[v]
        if var.by_machine == 1 and item.wrong == 0:
            continue
        p = var.probability
        if var.error == 1:
            if item.by == 0:
                continue
            if par.state == 1:
                w = item.person
                worse = math.exp(
                    math.log(par.error_fatigue) * s.worker[w].fatigue
                    + math.log(par.error_novice) * (1.0 - gain_at(m, s, w, fn.skill, s.clk[0].now))
                )
                p = p * worse / (p * (worse - 1.0) + 1.0)
        if chance(mix(item.vkey, var.key), P_ARISE) < p:
            add_occurrence(m, s, i, v, f, var.by_machine)


@part
def induce(m: Any, s: Any, i: Any) -> None:
    """Draw once, for each open variance, whether it leads to others; only what was there before this function."""
    item = s.item[i]
    o = item.occ
    while o >= 0:
        occ = s.occ[o]
        if occ.induced == 0 and occ.void == 0:
            occ.induced = 1
            var = m.var[occ.kind]
            key = mix(mix(item.key, var.key), np.uint64(occ.serial))
            for k in range(var.ind_lo, var.ind_lo + var.ind_n):
                row = m.induce[k].row
                if chance(mix(key, m.var[row].key), P_INDUCE) < m.induce[k].p:
                    add_occurrence(m, s, i, row, occ.function, 0)
        o = occ.next


@part
def see(m: Any, s: Any, i: Any, f: Any) -> None:
    """Draw, for each open variance, whether it is seen at the function just done."""
    fn = m.fn[f]
    item = s.item[i]
    o = item.occ
    while o >= 0:
        occ = s.occ[o]
        if occ.seen == 0:
            for k in range(fn.det_lo, fn.det_lo + fn.det_n):
                if m.detect[k].row == occ.kind:
                    key = mix(mix(item.vkey, m.var[occ.kind].key), np.uint64(occ.serial))
                    if chance(key, P_SEE) < m.detect[k].p:
                        occ.seen = 1
                        occ.team = item.team
                        s.acc_fn[occ.function].seen += 1
        o = occ.next


@part
def next_to_control(m: Any, s: Any, i: Any) -> Any:
    """Return an open variance that was seen, may be controlled and has tries left, or none."""
    o = s.item[i].occ
    while o >= 0:
        occ = s.occ[o]
        if occ.seen == 1 and occ.void == 0 and occ.tried < m.par[0].attempts and m.var[occ.kind].controllable == 1:
            return o
        o = occ.next
    return NONE


@part
def resolve(m: Any, s: Any, i: Any) -> None:
    """Draw whether the control just done worked; if so the variance is gone.

    It needs time (what comes too late is of no use) and skill: the chance falls with the skill lost by who did it.
    """
    item = s.item[i]
    o = item.control
    item.control = NONE
    occ = s.occ[o]
    var = m.var[occ.kind]
    occ.tried += 1
    now = s.clk[0].now
    p = var.control_p
    if now - occ.t_arose > var.within_h:
        p = 0.0
    if m.par[0].state == 1 and item.by == 1 and var.control >= 0:
        novice = m.par[0].control_novice
        p *= novice + (1.0 - novice) * gain_at(m, s, item.person, m.fn[var.control].skill, now)
    acc = s.acc_fn[occ.function]
    acc.controls += 1
    if item.team == occ.team:
        acc.own_controls += 1
    key = mix(mix(mix(item.key, var.key), np.uint64(occ.serial)), np.uint64(occ.tried))
    if chance(key, P_CONTROL) < p:
        s.acc_fn[occ.function].controlled += 1
        occ.void = 1


@part
def hand_over_occurrences(s: Any, j: Any, i: Any) -> None:
    """Put the variances of a branch on the item that goes on."""
    item = s.item[i]
    o = s.item[j].occ
    while o >= 0:
        occ = s.occ[o]
        following = occ.next
        occ.serial = item.serial
        item.serial += 1
        occ.next = item.occ
        item.occ = o
        o = following
    s.item[j].occ = NONE


@part
def book_escape(m: Any, s: Any, c: Any, v: Any) -> None:
    """Count a variance that nobody controlled, and the harm it does."""
    acc = s.acc_cls[c]
    var = m.var[v]
    acc.escaped += 1
    acc.harm_technical += var.harm_technical
    acc.harm_social += var.harm_social
    acc.harm_regulatory += var.harm_regulatory
    acc.safety += var.safety


@part
def clear(m: Any, s: Any, i: Any, ends: Any) -> None:
    """Take all variances off an item; what is still open at the end has escaped."""
    clk = s.clk[0]
    item = s.item[i]
    o = item.occ
    while o >= 0:
        occ = s.occ[o]
        if ends == 1 and occ.void == 0:
            book_escape(m, s, item.cls, occ.kind)
            s.acc_fn[occ.function].escaped += 1
        following = occ.next
        occ.next = clk.occ_free
        clk.occ_free = o
        clk.occs -= 1
        o = following
    item.occ = NONE
