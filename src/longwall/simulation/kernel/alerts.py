"""Alerts: looked at and judged, and what becomes of the event behind them: caught where somebody acted, else missed."""

from __future__ import annotations

import math
from typing import Any

from longwall.simulation.kernel.draws import P_ENGAGE, P_JUDGE, chance
from longwall.simulation.kernel.jit import part
from longwall.simulation.kernel.layout import CONFIRMED, DISMISSED, FALSE, LEAST_WORTH, MOST_WORTH, REAL
from longwall.simulation.kernel.people import watching
from longwall.simulation.kernel.variances import book_escape

__all__ = ["alerted", "conclude", "missed", "triage_h"]

REPEATS_UNIT = 0.05
"""Share of repeats to which `alert_repeat` refers: five points of a hundred (Ancker et al. 2017)."""


@part
def alerted(m: Any, s: Any, i: Any, kind: Any, repeat: Any) -> None:
    """Note what an item is an alert of, and how many of the last alerts were repeats."""
    item = s.item[i]
    item.kind = kind
    acc = s.acc_cls[item.cls]
    acc.alerts += 1
    acc.false_alerts += 1 if kind == FALSE else 0
    arrival = s.arrival[item.cls]
    arrival.repeats += m.par[0].alert_memory * (repeat - arrival.repeats)


@part
def missed(m: Any, s: Any, c: Any) -> None:
    """Count an event that nobody acts on: it has escaped."""
    book_escape(m, s, c, m.alert[m.cls[c].alert].variance)


@part
def conclude(m: Any, s: Any, i: Any, completed: Any) -> None:
    """Count the event behind an alert as caught where somebody acted on it, else as missed when all alerts are done."""
    item = s.item[i]
    good = completed == 1 and item.judged != DISMISSED
    if item.burst < 0:
        if good:
            s.acc_cls[item.cls].caught += 1
        else:
            missed(m, s, item.cls)
        return
    burst = s.burst[item.burst]
    if good and burst.caught == 0:
        burst.caught = 1
        s.acc_cls[item.cls].caught += 1
    if burst.caught == 0 and burst.refs == 1 and burst.left == 0:
        missed(m, s, item.cls)


@part
def _alerts_waiting(m: Any, s: Any, q: Any) -> Any:
    """Return how many alerts wait in a queue to be judged."""
    n = 0
    for level in range(s.q_head.shape[1]):
        t = s.q_head[q, level]
        while t >= 0:
            task = s.task[t]
            if m.fn[task.fn].triage == 1 and task.blocking == 1 and s.item[task.of].kind > 0:
                n += 1
            t = task.qn
    return n


@part
def triage_h(m: Any, s: Any, p: Any, t: Any, whole_h: Any) -> Any:
    """Return the hours of looking at an alert, and judge it: engaged with, or dismissed at a glance.

    The log-odds of engaging are those of what alerts have been worth to this person (their share that was real), less
    for each further alert that waits per person on shift, less for the share of repeats (Ancker et al. 2017).
    """
    task = s.task[t]
    item = s.item[task.of]
    par = m.par[0]
    acc = s.acc_cls[task.cls]
    w = s.worker[p]
    worth = w.ppv if par.state == 1 else m.alert[m.cls[task.cls].alert].ppv
    pool = m.pool[m.step[task.step].pool]
    on = 0
    for k in range(pool.lo, pool.lo + pool.n):
        on += s.roles[m.pool_role[k]].on
    waiting = _alerts_waiting(m, s, m.step[task.step].pool) / (on if on > 0 else 1)
    odds = math.log(worth / (1.0 - worth)) + par.alert_extra * waiting + par.alert_salience
    odds += par.alert_repeat * s.arrival[task.cls].repeats / REPEATS_UNIT
    s.acc_role[m.person[p].role].alerts += 1
    acc.judged += 1
    real = item.kind == REAL
    if chance(task.key, P_ENGAGE) >= 1.0 / (1.0 + math.exp(-odds)):
        item.outcome = DISMISSED
        item.judged = DISMISSED
        return whole_h * par.glance
    acc.engaged += 1
    share = par.triage_false
    if real:
        share = par.triage_hit
        if par.state == 1:
            share *= watching(m, s, p, s.clk[0].now)
    item.outcome = CONFIRMED if chance(task.key, P_JUDGE) < share else DISMISSED
    item.judged = item.outcome
    seen = 1.0 if item.outcome == CONFIRMED else 0.0
    w.ppv += par.alert_memory * (seen - w.ppv)
    w.ppv = LEAST_WORTH if w.ppv < LEAST_WORTH else MOST_WORTH if w.ppv > MOST_WORTH else w.ppv
    return whole_h
