"""Waiting lines and idle lists: doubly linked, so that whoever leaves from the middle costs as little as the first."""

from __future__ import annotations

from typing import Any

from longwall.simulation.kernel.jit import hot
from longwall.simulation.kernel.layout import NONE, RUNNING, WAITING

__all__ = ["add_idle", "add_work", "dequeue", "drop_idle", "enqueue", "mark", "mark_role"]


@hot
def mark(s: Any, q: Any) -> None:
    """Note that a queue may be served at the end of this instant."""
    if s.marked[q] == 0:
        s.marked[q] = 1
        clk = s.clk[0]
        s.marks[clk.marks_n] = q
        clk.marks_n += 1


@hot
def mark_role(m: Any, s: Any, r: Any) -> None:
    """Mark every queue in which somebody of this role is waited for."""
    role = m.role[r]
    for k in range(role.lo, role.lo + role.n):
        q = m.role_pool[k]
        if s.q_len[q] > 0:
            mark(s, q)


@hot
def enqueue(s: Any, q: Any, t: Any) -> None:
    """Put a task at the end of its line (queue and level)."""
    clk = s.clk[0]
    task = s.task[t]
    level = task.level
    task.queue = q
    task.state = WAITING
    task.t_queued = clk.now
    task.seq = clk.seq
    clk.seq += 1
    tail = s.q_tail[q, level]
    task.qp = tail
    task.qn = NONE
    if tail < 0:
        s.q_head[q, level] = t
    else:
        s.task[tail].qn = t
    s.q_tail[q, level] = t
    s.q_len[q] += 1
    mark(s, q)


@hot
def dequeue(s: Any, t: Any) -> None:
    """Take a task out of its line; its time limit no longer counts."""
    task = s.task[t]
    q = task.queue
    level = task.level
    before = task.qp
    after = task.qn
    if before < 0:
        s.q_head[q, level] = after
    else:
        s.task[before].qn = after
    if after < 0:
        s.q_tail[q, level] = before
    else:
        s.task[after].qp = before
    s.q_len[q] -= 1
    task.ver += 1
    task.state = RUNNING


@hot
def add_idle(m: Any, s: Any, p: Any) -> None:
    """Let somebody on shift wait for work."""
    r = m.person[p].role
    w = s.worker[p]
    line = s.roles[r]
    w.idle = 1
    w.idle_since = s.clk[0].now
    w.qp = line.tail
    w.qn = NONE
    if line.tail < 0:
        line.head = p
    else:
        s.worker[line.tail].qn = p
    line.tail = p
    line.idle += 1
    mark_role(m, s, r)


@hot
def drop_idle(m: Any, s: Any, p: Any) -> None:
    """Take somebody off the idle list, to work or to go home."""
    w = s.worker[p]
    line = s.roles[m.person[p].role]
    w.idle = 0
    if w.qp < 0:
        line.head = w.qn
    else:
        s.worker[w.qp].qn = w.qn
    if w.qn < 0:
        line.tail = w.qp
    else:
        s.worker[w.qn].qp = w.qp
    line.idle -= 1


@hot
def add_work(s: Any, i: Any) -> None:
    """Let an item go on at this instant."""
    clk = s.clk[0]
    s.work[clk.work_n] = i
    clk.work_n += 1
