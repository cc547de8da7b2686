"""Who takes what at the end of an instant, and what becomes of a task that nobody takes in time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from longwall.simulation.kernel.draws import P_PATIENCE, chance, duration_h
from longwall.simulation.kernel.heap import push, tie_of
from longwall.simulation.kernel.items import leave
from longwall.simulation.kernel.jit import hot, part
from longwall.simulation.kernel.layout import ABANDON, BEGIN, DROP, EV_LIMIT, LEAVE, PROCEED, WAITING
from longwall.simulation.kernel.machines import start_machine
from longwall.simulation.kernel.parking import interrupt, park
from longwall.simulation.kernel.people import choose
from longwall.simulation.kernel.queues import add_work, dequeue, drop_idle
from longwall.simulation.kernel.work import free_task, start_task
from longwall.streams import mix

__all__ = ["dispatch", "limit_reached", "set_limits"]


@hot
def _first(s: Any, q: Any) -> Any:
    """Return the task of a queue that is to be served first, or none."""
    for level in range(s.q_head.shape[1]):
        head = s.q_head[q, level]
        if head >= 0:
            return head
    return -1


@hot
def _served(m: Any, s: Any, q: Any, t: Any) -> Any:
    """Return whether somebody or some machine could take the first task of a queue now."""
    pools = len(m.pool)
    if q < pools:
        pool = m.pool[q]
        for k in range(pool.lo, pool.lo + pool.n):
            r = m.pool_role[k]
            if s.roles[r].idle > 0 and (m.role[r].call == 0 or s.task[t].level <= m.role[r].calls_up_to):
                return True
        return False
    c = q - pools
    if c >= len(m.comp):
        return False
    mach = s.mach[c]
    return mach.down == 0 and (m.comp[c].capacity == 0 or mach.busy < m.comp[c].capacity)


@part
def _break_off(m: Any, s: Any, q: Any, t: Any) -> Any:
    """Let somebody put less urgent work aside for a task that interrupts; return who, or none.

    It is the least urgent work that is put aside, among equals what was begun last.
    """
    if m.cls[s.task[t].cls].interrupts == 0 or q >= len(m.pool):
        return -1
    pool = m.pool[q]
    best = -1
    for p in range(len(s.worker)):
        w = s.worker[p]
        if w.busy == 0 or w.on == 0:
            continue
        at_hand = s.task[w.task]
        if m.fn[at_hand.fn].parks == 0 or at_hand.level <= s.task[t].level:
            continue
        able = 0
        for k in range(pool.lo, pool.lo + pool.n):
            r = m.pool_role[k]
            if r == m.person[p].role and m.role[r].call == 0:
                able = 1
        if able == 0:
            continue
        if best >= 0:
            other = s.task[s.worker[best].task]
            if at_hand.level < other.level or (at_hand.level == other.level and at_hand.t_start <= other.t_start):
                continue
        best = p
    if best >= 0:
        s.acc_role[m.person[best].role].interrupts += 1
        park(s, best, interrupt(m, s, best))
    return best


@hot
def dispatch(m: Any, s: Any, instant_over: Any) -> None:
    """Serve marked queues, the most urgent and longest waiting task first, while somebody is free for one.

    Who goes straight on with the next step of a task does so before anything else happens.
    """
    clk = s.clk[0]
    while True:
        t = -1
        p = clk.stay
        if p >= 0:
            clk.stay = -1
            t = s.worker[p].task
        elif not instant_over:
            return
        else:
            k = 0
            while k < clk.marks_n:
                q = s.marks[k]
                head = -1
                if s.q_len[q] > 0:
                    head = _first(s, q)
                    if not _served(m, s, q, head):
                        if clk.interrupting == 1:
                            p = _break_off(m, s, q, head)
                            if p >= 0:
                                t = head
                                break
                        head = -1
                if head < 0:
                    clk.marks_n -= 1
                    s.marks[k] = s.marks[clk.marks_n]
                    s.marked[q] = 0
                    continue
                if t < 0 or s.task[head].level < s.task[t].level:
                    t = head
                elif s.task[head].level == s.task[t].level and s.task[head].seq < s.task[t].seq:
                    t = head
                k += 1
            if t < 0:
                return
            if p < 0:
                q = s.task[t].queue
                if q >= len(m.pool):
                    dequeue(s, t)
                    start_machine(m, s, q - len(m.pool), t)
                    continue
                p = choose(m, s, q, t)
                drop_idle(m, s, p)
        start_task(m, s, p, t)


@hot
def set_limits(m: Any, s: Any) -> None:
    """Set the time limit of each task that came to wait at this instant and was not taken."""
    clk = s.clk[0]
    for k in range(clk.new_n):
        t = s.new[k]
        task = s.task[t]
        if task.state != WAITING:
            continue
        step = m.step[task.step]
        limit = step.limit_h
        kind = step.limit_kind
        patience = m.cls[task.cls].patience
        if patience >= 0 and task.blocking == 1 and s.item[task.of].parent < 0:
            key = mix(task.key, np.uint64(step.kind + 1))
            hours = duration_h(m, patience, chance(key, P_PATIENCE))
            if hours < limit:
                limit = hours
                kind = ABANDON
        if limit < math.inf:
            task.limit_kind = kind
            tie = tie_of(EV_LIMIT, task.key)
            push(clk, s.heap_t, s.heap_tie, s.heap_ref, task.t_queued + limit, tie, (task.ver << 32) | t)
    clk.new_n = 0


@hot
def limit_reached(m: Any, s: Any, t: Any) -> None:
    """Let a task stop waiting: its item gives up, silence means go, or what nobody read is dropped."""
    clk = s.clk[0]
    task = s.task[t]
    dequeue(s, t)
    task.state = 0
    waited = clk.now - task.t_queued
    kind = task.limit_kind
    if kind == DROP:
        free_task(s, t)
        return
    acc = s.acc_fn[task.fn]
    acc.wait += waited
    acc.waits += 1
    item = s.item[task.of]
    item.wait += waited
    if kind == ABANDON:
        clk.n_abandon += 1
        acc.lost += 1
        acc.lost_wait += waited
        leave(m, s, task.of, 0)
    elif kind == PROCEED:
        step = m.step[task.step]
        item.step = step.ok
        item.phase = BEGIN if step.ok >= 0 else LEAVE
        add_work(s, task.of)
