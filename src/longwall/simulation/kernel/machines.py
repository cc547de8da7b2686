"""Machines: how many tasks they hold, when they are out, and what an outage takes along."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from longwall.simulation.kernel.arrivals import begin_burst, redraw
from longwall.simulation.kernel.draws import P_DEVIATE, P_FAIL, P_RESTORE, duration_h
from longwall.simulation.kernel.heap import push, tie_of
from longwall.simulation.kernel.jit import part
from longwall.simulation.kernel.layout import (
    BEGIN,
    EV_BUFFER,
    EV_FAIL,
    EV_MACHINE_DONE,
    EV_REPAIRED,
    EV_VARIANCE,
    NONE,
    RUNNING,
)
from longwall.simulation.kernel.queues import add_work, dequeue, enqueue_first, hold, mark, release
from longwall.simulation.kernel.work import log_row
from longwall.streams import mix, uniform

__all__ = ["fail", "machine_left", "repaired", "schedule_failure", "schedule_variance", "slack_over", "start_machine"]


@part
def start_machine(m: Any, s: Any, c: Any, t: Any) -> None:
    """Let a machine begin a task."""
    clk = s.clk[0]
    mach = s.mach[c]
    task = s.task[t]
    item = s.item[task.of]
    step = m.step[task.step]
    waited = clk.now - task.t_queued
    item.wait += waited
    s.acc_fn[task.fn].wait += waited
    s.acc_fn[task.fn].waits += 1
    if item.started == 0:
        item.started = 1
        acc = s.acc_cls[item.cls]
        acc.first += clk.now - item.t_in
        acc.first_n += 1
    task.state = RUNNING
    task.t_start = clk.now
    task.queue = len(m.pool) + c
    mach.busy += 1
    task.qp = mach.tail
    task.qn = NONE
    if mach.tail < 0:
        mach.head = t
    else:
        s.task[mach.tail].qn = t
    mach.tail = t
    hours = task.work * step.factor / m.comp[c].speed
    tie = tie_of(EV_MACHINE_DONE, task.key)
    push(clk, s.heap_t, s.heap_tie, s.heap_ref, clk.now + hours, tie, (task.ver << 32) | t)


@part
def _unlink(s: Any, c: Any, t: Any) -> None:
    """Take a task off the list of what a machine is doing."""
    mach = s.mach[c]
    task = s.task[t]
    if task.qp < 0:
        mach.head = task.qn
    else:
        s.task[task.qp].qn = task.qn
    if task.qn < 0:
        mach.tail = task.qp
    else:
        s.task[task.qn].qp = task.qp
    mach.busy -= 1
    task.ver += 1
    task.state = 0


@part
def machine_left(m: Any, s: Any, t: Any) -> None:
    """Free the place of a finished task in its machine."""
    clk = s.clk[0]
    c = m.step[s.task[t].step].component
    clk.n_machine += 1
    if clk.logging == 1:
        log_row(s, t, NONE, c)
    _unlink(s, c, t)
    if s.q_len[len(m.pool) + c] > 0:
        mark(s, len(m.pool) + c)


@part
def _divert(m: Any, s: Any, t: Any) -> None:
    """Send a task that a machine has lost to a person."""
    i = s.task[t].of
    item = s.item[i]
    item.step = m.step[s.task[t].step].out
    item.over = 1
    item.hand = 1
    item.wrong = 0
    item.phase = BEGIN
    add_work(s, i)


@part
def _goes_by_hand(m: Any, s: Any, t: Any) -> bool:
    """Return whether a person takes over what a machine cannot finish."""
    return bool(m.step[s.task[t].step].out >= 0 and m.fn[s.task[t].fn].out_waits == 0)


@part
def _go_down(m: Any, s: Any, c: Any) -> None:
    """Let a machine go out of service: what it holds goes by hand, or waits where nobody can."""
    clk = s.clk[0]
    mach = s.mach[c]
    mach.since = clk.now
    # Backwards, because the list of items that go on is taken from its end.
    q = len(m.pool) + c
    for level in range(s.q_head.shape[1] - 1, -1, -1):
        t = s.q_tail[q, level]
        while t >= 0:
            ahead = s.task[t].qp
            if _goes_by_hand(m, s, t):
                dequeue(s, t)
                s.task[t].state = 0
                s.item[s.task[t].of].wait += clk.now - s.task[t].t_queued
                _divert(m, s, t)
            t = ahead
    while mach.tail >= 0:
        t = mach.tail
        _unlink(s, c, t)
        if _goes_by_hand(m, s, t):
            _divert(m, s, t)
        else:
            enqueue_first(s, q, t)
    comp = m.comp[c]
    if comp.used == 1:
        hold(m, s, c)
    for k in range(comp.cls_lo, comp.cls_lo + comp.cls_n):
        redraw(m, s, m.comp_cls[k], 0)


@part
def _lose(m: Any, s: Any, first: Any) -> None:
    """Let a component lose one of the things it needs, and those that depend on it after their slack."""
    clk = s.clk[0]
    mach = s.mach[first]
    mach.down += 1
    if mach.down > 1:
        return
    _go_down(m, s, first)
    comp = m.comp[first]
    for e in range(comp.edge_lo, comp.edge_lo + comp.edge_n):
        s.edge[e].ver += 1
        tie = tie_of(EV_BUFFER, m.comp[m.edge[e].dependent].key)
        at = clk.now + m.edge[e].buffer_h
        push(clk, s.heap_t, s.heap_tie, s.heap_ref, at, tie, (s.edge[e].ver << 32) | e)


@part
def slack_over(m: Any, s: Any, e: Any) -> None:
    """Let an outage be felt by a dependent component, its slack being used up."""
    s.edge[e].felt = 1
    _lose(m, s, m.edge[e].dependent)


@part
def _regain(m: Any, s: Any, first: Any) -> None:
    """Let a component have back one of the things it needs, and all that depends on it at once."""
    clk = s.clk[0]
    stack = s.work
    # The free end of the work list serves as a stack; it has room for every component.
    top = len(stack) - 1
    stack[top] = first
    while top < len(stack):
        c = stack[top]
        top += 1
        mach = s.mach[c]
        mach.down -= 1
        if mach.down > 0:
            continue
        s.acc_comp[c].down += clk.now - mach.since
        mark(s, len(m.pool) + c)
        comp = m.comp[c]
        if comp.used == 1:
            release(m, s, c)
        for k in range(comp.cls_lo, comp.cls_lo + comp.cls_n):
            redraw(m, s, m.comp_cls[k], 0)
        for e in range(comp.edge_lo, comp.edge_lo + comp.edge_n):
            s.edge[e].ver += 1
            if s.edge[e].felt == 1:
                s.edge[e].felt = 0
                top -= 1
                stack[top] = m.edge[e].dependent


@part
def schedule_failure(m: Any, s: Any, c: Any) -> None:
    """Draw when a component fails next."""
    clk = s.clk[0]
    comp = m.comp[c]
    if comp.mtbf_h == math.inf:
        return
    mach = s.mach[c]
    mach.failures += 1
    u = uniform(mix(mix(mix(clk.root, P_FAIL), comp.key), np.uint64(mach.failures)))
    at = clk.now - comp.mtbf_h * math.log(u)
    push(clk, s.heap_t, s.heap_tie, s.heap_ref, at, tie_of(EV_FAIL, comp.key), c)


@part
def fail(m: Any, s: Any, c: Any) -> None:
    """Let a component fail, and draw its repair."""
    clk = s.clk[0]
    comp = m.comp[c]
    u = uniform(mix(mix(mix(clk.root, P_RESTORE), comp.key), np.uint64(s.mach[c].failures)))
    at = clk.now + duration_h(m, comp.repair, u)
    push(clk, s.heap_t, s.heap_tie, s.heap_ref, at, tie_of(EV_REPAIRED, comp.key), c)
    s.mach[c].own_down = 1
    for k in range(comp.surge_lo, comp.surge_lo + comp.surge_n):
        key = mix(mix(mix(clk.root, P_FAIL), comp.key), np.uint64(s.mach[c].failures))
        begin_burst(m, s, m.comp_surge[k], key, NONE, c)
    _lose(m, s, c)


@part
def repaired(m: Any, s: Any, c: Any) -> None:
    """Let a component work again, and draw its next failure."""
    s.mach[c].own_down = 0
    _regain(m, s, c)
    schedule_failure(m, s, c)


@part
def schedule_variance(m: Any, s: Any, v: Any) -> None:
    """Draw when a variance of a component arises next."""
    clk = s.clk[0]
    var = m.var[v]
    s.latent_n[v] += 1
    u = uniform(mix(mix(mix(clk.root, P_DEVIATE), var.key), np.uint64(s.latent_n[v])))
    at = clk.now - math.log(u) / var.probability
    push(clk, s.heap_t, s.heap_tie, s.heap_ref, at, tie_of(EV_VARIANCE, var.key), v)
