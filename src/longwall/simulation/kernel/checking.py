"""What a person makes of a machine's work: checks, what slips through them, and the trust that follows."""

from __future__ import annotations

import math
from typing import Any

from longwall.simulation.kernel.draws import P_ACCEPT, P_DETECT, P_REJECT, P_REVIEW, chance, duration_h
from longwall.simulation.kernel.jit import hot, part
from longwall.simulation.kernel.layout import CHECKED, LEE_MORAY, REFUSED, UNCHECKED
from longwall.simulation.kernel.people import complacent, trusting, watching

__all__ = ["misses", "review_h", "trust"]


@part
def _chances(m: Any, s: Any, p: Any, t: Any) -> Any:
    """Return how probably somebody accepts unchecked, and sees in a check what is wrong."""
    task = s.task[t]
    step = m.step[task.step]
    if m.par[0].state == 0:
        return step.accept, step.detect
    now = s.clk[0].now
    accept = trusting(m, s, p, step.component, m.fn[task.fn].skill, now)
    return accept, step.detect * (watching(m, s, p, now) * complacent(m, s, p, step.component, now))


@part
def misses(m: Any, s: Any, p: Any, t: Any) -> Any:
    """Return whether somebody lets pass what the machine did wrongly: accepted unchecked, or not seen."""
    task = s.task[t]
    accept, detect = _chances(m, s, p, t)
    return chance(task.key, P_ACCEPT) < accept or chance(task.key, P_DETECT) >= detect


@part
def review_h(m: Any, s: Any, p: Any, t: Any) -> Any:
    """Return the hours of a review or a read task, and set its outcome."""
    task = s.task[t]
    step = m.step[task.step]
    hours = duration_h(m, step.review, chance(task.key, P_REVIEW))
    accept, detect = _chances(m, s, p, t)
    if chance(task.key, P_ACCEPT) < accept:
        task.outcome = UNCHECKED
        return hours * m.par[0].glance
    refused = chance(task.key, P_DETECT) < detect if task.wrong == 1 else chance(task.key, P_REJECT) < step.reject
    task.outcome = REFUSED if refused else CHECKED
    return hours


@hot
def trust(m: Any, s: Any, p: Any, c: Any, outcome: Any) -> None:
    """Let trust in a machine follow what was seen of it, and note how its failures vary."""
    if outcome == UNCHECKED:
        return
    par = m.par[0]
    bond = s.bond[m.person[p].self, c]
    if par.trust_form == LEE_MORAY:
        _lee_moray(m, s, p, c, outcome)
    elif outcome == CHECKED:
        bond.trust += par.trust_up * (1.0 - bond.trust)
    else:
        bond.trust -= par.trust_down * bond.trust
    if par.complacency > 0.0:
        bond.n += 1
        bond.fails += 1 if outcome == REFUSED else 0
        if bond.n >= par.block:
            _vary(m, s, p, c)


@part
def _lee_moray(m: Any, s: Any, p: Any, c: Any, outcome: Any) -> None:
    """Let trust follow the time series of Lee and Moray (1992), scaled so that faultless work leads to a trust of 1."""
    par = m.par[0]
    bond = s.bond[m.person[p].self, c]
    right = 1.0 if outcome == CHECKED else 0.0
    fault = 0.0 if outcome == CHECKED else par.lm_fault
    trust = par.lm_keep * bond.trust * par.lm_scale
    trust += par.lm_up * (right - par.lm_up_before * bond.right_before)
    trust -= par.lm_down * (fault - par.lm_down_before * bond.fault_before)
    trust /= par.lm_scale
    bond.trust = 0.0 if trust < 0.0 else 1.0 if trust > 1.0 else trust
    bond.right_before = right
    bond.fault_before = fault


@part
def _vary(m: Any, s: Any, p: Any, c: Any) -> None:
    """Close a block of outcomes: compare how failure rates of blocks have varied with what chance alone would give."""
    par = m.par[0]
    bond = s.bond[m.person[p].self, c]
    rate = bond.fails / bond.n
    if bond.rate < 0.0:
        bond.rate = rate
    else:
        gap = rate - bond.rate
        bond.rate += par.block_weight * gap
        bond.spread += par.block_weight * (gap * gap - bond.spread)
    expected = bond.rate * (1.0 - bond.rate) / bond.n
    excess = bond.spread / expected - 1.0 if expected > 0.0 else 0.0
    bond.v = 1.0 - math.exp(-par.block_excess * excess) if excess > 0.0 else 0.0
    bond.n = 0
    bond.fails = 0
