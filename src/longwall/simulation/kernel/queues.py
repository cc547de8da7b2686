"""Waiting lines and idle lists: doubly linked, so that whoever leaves from the middle costs as little as the first."""

from __future__ import annotations

from typing import Any

from longwall.simulation.kernel.jit import hot, part
from longwall.simulation.kernel.layout import NONE, RUNNING, WAITING

__all__ = [
    "add_idle",
    "add_work",
    "dequeue",
    "drop_idle",
    "enqueue",
    "enqueue_first",
    "hold",
    "line_of",
    "mark",
    "mark_role",
    "release",
    "relevel",
]


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
def _insert(s: Any, q: Any, t: Any, before: Any, after: Any) -> None:
    """Put a task into a line (queue and level) between two of its tasks, or at an end."""
    task = s.task[t]
    level = task.level
    task.queue = q
    task.qp = before
    task.qn = after
    if before < 0:
        s.q_head[q, level] = t
    else:
        s.task[before].qn = t
    if after < 0:
        s.q_tail[q, level] = t
    else:
        s.task[after].qp = t
    s.q_len[q] += 1
    mark(s, q)


@hot
def _link(s: Any, q: Any, t: Any) -> None:
    """Put a task at the end of a line."""
    _insert(s, q, t, s.q_tail[q, s.task[t].level], NONE)


@hot
def _unlink(s: Any, t: Any) -> None:
    """Take a task out of its line."""
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


@hot
def enqueue(s: Any, q: Any, t: Any) -> None:
    """Let a task wait, at the end of its line."""
    clk = s.clk[0]
    task = s.task[t]
    task.state = WAITING
    task.t_queued = clk.now
    task.seq = clk.seq
    clk.seq += 1
    _link(s, q, t)


@part
def enqueue_first(s: Any, q: Any, t: Any) -> None:
    """Let a task that was begun wait at the head of its line."""
    clk = s.clk[0]
    task = s.task[t]
    level = task.level
    head = s.q_head[q, level]
    task.state = WAITING
    task.t_queued = clk.now
    task.seq = s.task[head].seq - 1 if head >= 0 else clk.seq
    clk.seq += 1
    _insert(s, q, t, NONE, head)


@hot
def dequeue(s: Any, t: Any) -> None:
    """Take a task out of its line to be done or dropped; its time limit no longer counts."""
    _unlink(s, t)
    task = s.task[t]
    task.ver += 1
    task.state = RUNNING


@part
def _link_by_age(s: Any, q: Any, t: Any, last: Any) -> None:
    """Put a task into a line before all that came to wait after it; `last` is an older one, perhaps of this line."""
    task = s.task[t]
    level = task.level
    if last >= 0 and s.task[last].queue == q and s.task[last].level == level:
        before = last
        after = s.task[last].qn
        while after >= 0 and s.task[after].seq < task.seq:
            before = after
            after = s.task[after].qn
    else:
        before = s.q_tail[q, level]
        after = NONE
        while before >= 0 and s.task[before].seq > task.seq:
            after = before
            before = s.task[before].qp
    _insert(s, q, t, before, after)


@part
def relevel(s: Any, t: Any, level: Any) -> None:
    """Move a waiting task to the end of the line of another priority; its time limit goes on."""
    _unlink(s, t)
    s.task[t].level = level
    _link(s, s.task[t].queue, t)


@part
def _missing(m: Any, s: Any, f: Any) -> Any:
    """Return a component that people need for a function and that is out, or none."""
    fn = m.fn[f]
    for k in range(fn.uses_lo, fn.uses_lo + fn.uses_n):
        if s.mach[m.fn_uses[k]].down > 0:
            return m.fn_uses[k]
    return NONE


@hot
def line_of(m: Any, s: Any, q: Any, t: Any) -> Any:
    """Return where a task waits: in the queue of its pool, or where nobody looks while a component it needs is out."""
    task = s.task[t]
    if m.fn[task.fn].uses_n == 0:
        return q
    task.home = q
    c = _missing(m, s, task.fn)
    return q if c < 0 else len(m.pool) + len(m.comp) + c


@part
def hold(m: Any, s: Any, c: Any) -> None:
    """Set aside the waiting tasks that cannot be begun without a component that has gone out."""
    for q in range(len(m.pool)):
        for level in range(s.q_head.shape[1]):
            t = s.q_head[q, level]
            while t >= 0:
                task = s.task[t]
                following = task.qn
                fn = m.fn[task.fn]
                for k in range(fn.uses_lo, fn.uses_lo + fn.uses_n):
                    if m.fn_uses[k] == c:
                        _unlink(s, t)
                        task.home = q
                        _link(s, len(m.pool) + len(m.comp) + c, t)
                        break
                t = following


@part
def release(m: Any, s: Any, c: Any) -> None:
    """Let the tasks that waited for a component go back to their old places, unless they lack another."""
    held = len(m.pool) + len(m.comp) + c
    last = NONE
    for level in range(s.q_head.shape[1]):
        t = s.q_head[held, level]
        while t >= 0:
            task = s.task[t]
            following = task.qn
            other = _missing(m, s, task.fn)
            _unlink(s, t)
            if other < 0:
                _link_by_age(s, task.home, t, last)
                last = t
            else:
                _link(s, len(m.pool) + len(m.comp) + other, t)
            t = following


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
