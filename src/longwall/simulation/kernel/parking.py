"""Work that is put aside: for something urgent, until the next shift, or for somebody else to go on with."""

from __future__ import annotations

from typing import Any

import numpy as np

from longwall.simulation.kernel.draws import P_HANDED, P_RESUME, chance, duration_h
from longwall.simulation.kernel.heap import push, tie_of
from longwall.simulation.kernel.jit import hot, part
from longwall.simulation.kernel.layout import EV_DONE, NONE, PARKED, READ, REVIEW, RUNNING
from longwall.simulation.kernel.people import account, fatigue_at
from longwall.simulation.kernel.queues import drop_idle, enqueue_first, line_of
from longwall.streams import mix

__all__ = ["called", "go_back", "go_on_h", "hand_over", "interrupt", "park", "resume", "take_up"]


@part
def _back_h(m: Any, s: Any, t: Any) -> Any:
    """Return the hours of getting back into a task that was put aside."""
    task = s.task[t]
    fn = m.fn[task.fn]
    if fn.resume < 0:
        return m.par[0].resume_h
    return duration_h(m, fn.resume, chance(mix(task.key, np.uint64(task.handed)), P_RESUME))


@part
def go_on_h(m: Any, s: Any, t: Any, whole_h: Any, own: Any) -> Any:
    """Return the hours of a task that was begun and handed over: what was left, and what was lost is done again.

    Who began it and takes it again, nobody else having done so, loses nothing but the time of getting back into it.
    """
    task = s.task[t]
    par = m.par[0]
    hours = task.left_h
    if own:
        return hours + _back_h(m, s, t)
    s.acc_fn[task.fn].handed += 1
    if task.blocking == 1:
        s.item[task.of].handovers += 1
    if chance(mix(task.key, np.uint64(task.handed)), P_HANDED) < par.handover_loss:
        hours += par.handover_again * whole_h
    return hours


@part
def interrupt(m: Any, s: Any, p: Any) -> Any:
    """Let a person put the task at hand aside; return it."""
    now = s.clk[0].now
    worker = s.worker[p]
    t = worker.task
    task = s.task[t]
    account(m, s, p, now)
    s.acc_fn[task.fn].work += now - task.t_start
    task.left_h = worker.t_end - now
    # What ends at this very instant is not over yet, and keeps a trace of time, so that it counts as begun.
    if task.left_h < 1e-9:
        task.left_h = 1e-9
    task.state = PARKED
    task.takeover = 0
    task.handed += 1
    worker.ver += 1
    worker.busy = 0
    return t


@part
def park(s: Any, p: Any, t: Any) -> None:
    """Lay a task on the pile of a person, who goes on with it later."""
    worker = s.worker[p]
    s.task[t].qn = worker.parked - 1
    worker.parked = t + 1
    s.acc_fn[s.task[t].fn].parked += 1


@part
def hand_over(m: Any, s: Any, t: Any) -> None:
    """Let somebody else go on with a task that was put aside: it waits at the head of its line."""
    pool = s.item[s.task[t].of].pool if s.task[t].blocking == 1 else NONE
    q = m.step[s.task[t].step].pool if pool < 0 else pool
    enqueue_first(s, line_of(m, s, q, t), t)


@hot
def take_up(m: Any, s: Any, p: Any, t: Any) -> None:
    """Let a person be at work on a task from now on."""
    now = s.clk[0].now
    task = s.task[t]
    worker = s.worker[p]
    task.state = RUNNING
    task.t_start = now
    worker.busy = 1
    worker.task = t
    worker.t_mark = now
    worker.t_out = now
    if m.par[0].state == 1:
        worker.fatigue = fatigue_at(m, s, p, now)
        worker.fatigue_t = now
    worker.skill = m.fn[task.fn].skill + 1
    kind = m.step[task.step].kind
    worker.checking = 1 if kind == REVIEW or kind == READ else 0


@part
def resume(m: Any, s: Any, p: Any) -> None:
    """Let a person go on with the task that was put aside last, after getting back into it."""
    clk = s.clk[0]
    now = clk.now
    worker = s.worker[p]
    t = worker.parked - 1
    task = s.task[t]
    worker.parked = task.qn + 1
    take_up(m, s, p, t)
    worker.t_end = now + task.left_h + _back_h(m, s, t)
    task.left_h = 0.0
    push(clk, s.heap_t, s.heap_tie, s.heap_ref, worker.t_end, tie_of(EV_DONE, task.key), (worker.ver << 32) | p)


@part
def called(m: Any, s: Any, p: Any) -> bool:
    """Return whether something waits for this person that would interrupt what was put aside last."""
    if s.clk[0].interrupting == 0:
        return False
    role = m.role[m.person[p].role]
    parked = s.task[s.worker[p].parked - 1].level
    for k in range(role.lo, role.lo + role.n):
        q = m.role_pool[k]
        for level in range(parked):
            t = s.q_head[q, level]
            if t >= 0:
                if m.cls[s.task[t].cls].interrupts == 1:
                    return True
                break
    return False


@part
def go_back(m: Any, s: Any) -> None:
    """Let those who are free, and have tasks that were put aside, go on with them."""
    clk = s.clk[0]
    for k in range(clk.back_n):
        p = s.back[k]
        if s.worker[p].idle == 1 and s.worker[p].parked > 0:
            drop_idle(m, s, p)
            resume(m, s, p)
    clk.back_n = 0
