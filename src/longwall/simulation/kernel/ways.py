"""The way of an item through the functions: step by step, in branches, to and from control, until it leaves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from longwall.simulation.kernel.arrivals import burst_over
from longwall.simulation.kernel.clocks import on_clock
from longwall.simulation.kernel.draws import (
    P_BRANCH,
    P_COVERED,
    P_DELAY,
    P_MERGE,
    P_READ,
    P_RIGHT,
    P_ROUTE,
    P_WORK,
    chance,
    duration_h,
)
from longwall.simulation.kernel.escalation import pause, start_clock
from longwall.simulation.kernel.heap import push, tie_of
from longwall.simulation.kernel.items import free_item, leave, new_item, reopen, take_task
from longwall.simulation.kernel.jit import hot, part
from longwall.simulation.kernel.layout import (
    BEGIN,
    BLOCKED,
    DORMANT,
    ENTER,
    ESCALATE,
    EV_DELAY,
    LEAVE,
    MACHINE,
    NONE,
    PASS,
    RETURN,
    SPOT,
)
from longwall.simulation.kernel.machines import machine_left, start_machine
from longwall.simulation.kernel.queues import add_work, enqueue, line_of
from longwall.simulation.kernel.routes import follow
from longwall.simulation.kernel.variances import (
    add_occurrence,
    arise,
    hand_over_occurrences,
    induce,
    next_to_control,
    resolve,
    see,
)
from longwall.simulation.kernel.work import log_row
from longwall.streams import mix

__all__ = ["delay_over", "machine_done", "progress"]


@part
def delay_over(m: Any, s: Any, i: Any) -> None:
    """Let an item go on after a delay; where its customer or a supplier was waited for, its clock runs again."""
    item = s.item[i]
    if item.phase == DORMANT:
        reopen(m, s, i)
        return
    item.phase = BEGIN
    if m.fn[item.fn].customer > 0:
        cls = m.cls[item.cls]
        item.paused += on_clock(m, cls.clock, s.clk[0].now) - item.pause_from
        if cls.escalate_h < math.inf and item.parent < 0:
            start_clock(m, s, i)
    add_work(s, i)


@hot
def _enter(m: Any, s: Any, i: Any) -> None:
    """Begin a visit to a function: its key, its work, its delay."""
    clk = s.clk[0]
    item = s.item[i]
    f = item.fn
    fn = m.fn[f]
    visit = s.visits[i, f]
    if visit < 65535:
        s.visits[i, f] = visit + 1
    if visit > 0:
        s.acc_fn[f].repeats += 1
        s.acc_cls[item.cls].repeats += 1
    vkey = mix(mix(item.key, fn.key), np.uint64(visit))
    item.vkey = vkey
    item.outcome = 0
    item.by = 0
    item.hand = 0
    item.wrong = 0
    item.over = 0
    item.step = fn.first
    item.work = duration_h(m, fn.work, chance(vkey, P_WORK))
    item.phase = BEGIN
    if fn.delay >= 0:
        hours = duration_h(m, fn.delay, chance(vkey, P_DELAY))
        if hours > 0.0:
            item.phase = BLOCKED
            if fn.customer > 0:
                pause(m, s, i)
            push(clk, s.heap_t, s.heap_tie, s.heap_ref, clk.now + hours, tie_of(EV_DELAY, vkey), i)


@part
def _fork(m: Any, s: Any, i: Any, row: Any) -> None:
    """Let an item go on in every branch at once."""
    item = s.item[i]
    fork = m.fork[row]
    item.pending = fork.n
    item.back = fork.join
    item.phase = BLOCKED
    for k in range(fork.n):
        key = mix(mix(item.vkey, P_BRANCH), np.uint64(k))
        j = new_item(m, s, item.cls, key, item.ordinal)
        branch = s.item[j]
        branch.parent = i
        branch.sibling = item.branches
        item.branches = j
        branch.last = item.fn
        branch.before = item.last
        branch.team = item.team
        branch.person = item.person
        branch.started = item.started
        branch.kind = item.kind
        branch.judged = item.judged
        branch.fn = m.fork_to[fork.lo + k]
        s.task[branch.task].level = s.task[item.task].level
        add_work(s, j)


@part
def _cut(s: Any, i: Any, j: Any) -> None:
    """Take a branch off the list of those of its item."""
    item = s.item[i]
    if item.branches == j:
        item.branches = s.item[j].sibling
        return
    k = item.branches
    while s.item[k].sibling != j:
        k = s.item[k].sibling
    s.item[k].sibling = s.item[j].sibling


@part
def _join(m: Any, s: Any, j: Any) -> None:
    """Let a branch end; with the last one its item goes on, or ends itself where it is a branch to the same join."""
    while True:
        branch = s.item[j]
        i = branch.parent
        item = s.item[i]
        item.wait += branch.wait
        item.handovers += branch.handovers
        item.efforts += branch.efforts
        item.team = branch.team
        item.person = branch.person
        if branch.started == 1:
            item.started = 1
        if branch.judged > 0:
            item.judged = branch.judged
        hand_over_occurrences(s, j, i)
        branch.ver += 1
        branch.escalate_ver += 1
        item.pending -= 1
        _cut(s, i, j)
        last = branch.fn
        before = branch.last
        free_item(s, j)
        if item.pending > 0:
            return
        if item.parent < 0 or s.item[item.parent].back != item.back:
            break
        item.last = before
        item.fn = last
        j = i
    item.before = before
    item.last = last
    item.fn = item.back
    item.phase = ENTER
    add_work(s, i)


@part
def _merges(m: Any, s: Any, i: Any) -> bool:
    """Return whether an item of a burst is recognised as one of many while the event lasts; then it leaves."""
    item = s.item[i]
    row = m.surge[s.burst[item.burst].surge]
    if row.merges <= 0.0 or item.last >= 0 or burst_over(m, s, item.burst):
        return False
    return bool(chance(item.key, P_MERGE) < row.merges)


@part
def _read(m: Any, s: Any, i: Any, step: Any) -> None:
    """Create a read task beside the item, where its rate or the machine's own detector asks for one."""
    item = s.item[i]
    share = step.read_wrong if item.wrong == 1 else step.read_right
    if chance(item.vkey, P_READ) >= share:
        return
    t = take_task(s)
    task = s.task[t]
    task.of = i
    task.of_ver = item.ver
    task.cls = item.cls
    task.ordinal = item.ordinal
    task.level = s.q_head.shape[1] - 1
    task.blocking = 0
    task.takeover = 0
    _set_step(m, s, t, i, step.read)
    enqueue(s, line_of(m, s, m.step[step.read].pool, t), t)
    clk = s.clk[0]
    s.new[clk.new_n] = t
    clk.new_n += 1


@hot
def _set_step(m: Any, s: Any, t: Any, i: Any, row: Any) -> None:
    """Fill a task with one step of an item's visit."""
    task = s.task[t]
    item = s.item[i]
    task.key = item.vkey
    task.step = row
    task.fn = m.step[row].function if m.step[row].function >= 0 else item.fn
    task.work = item.work
    task.wrong = item.wrong


@part
def _machine_step(m: Any, s: Any, i: Any) -> bool:
    """Begin a machine's step; return whether the item goes on at once."""
    clk = s.clk[0]
    item = s.item[i]
    row = item.step
    step = m.step[row]
    c = step.component
    comp = m.comp[c]
    mach = s.mach[c]
    covered = True
    if step.entry == 1:
        covered = chance(item.vkey, P_COVERED) < comp.coverage
    if step.out >= 0 and (not covered or (mach.down > 0 and m.fn[item.fn].out_waits == 0)):
        item.step = step.out
        item.over = 1
        item.hand = 1
        return True
    if step.entry == 1:
        item.wrong = 0 if chance(item.vkey, P_RIGHT) < comp.reliability else 1
        for k in range(comp.own_lo, comp.own_lo + comp.own_n):
            v = m.comp_own[k]
            if s.latent[v] > 0:
                s.latent[v] -= 1
                add_occurrence(m, s, i, v, item.fn, 0)
    hours = item.work * step.factor / comp.speed
    if hours <= 0.0:
        if step.read >= 0:
            _read(m, s, i, step)
        if step.ok < 0:
            s.acc_fn[item.fn].machined += 1
        item.step = step.ok
        item.phase = BEGIN if step.ok >= 0 else LEAVE
        return True
    t = item.task
    _set_step(m, s, t, i, row)
    s.task[t].t_queued = clk.now
    if comp.capacity == 0 and mach.down == 0:
        start_machine(m, s, c, t)
    else:
        enqueue(s, len(m.pool) + c, t)
        s.new[clk.new_n] = t
        clk.new_n += 1
    item.phase = BLOCKED
    return False


@part
def machine_done(m: Any, s: Any, t: Any) -> None:
    """Let a machine finish a task, and the item go on."""
    i = s.task[t].of
    item = s.item[i]
    step = m.step[s.task[t].step]
    machine_left(m, s, t)
    if step.read >= 0:
        _read(m, s, i, step)
    if step.ok < 0:
        s.acc_fn[item.fn].machined += 1
    item.step = step.ok
    item.phase = BEGIN if step.ok >= 0 else LEAVE
    add_work(s, i)


@part
def _deviate(m: Any, s: Any, i: Any) -> None:
    """Handle the variances of an item that has done a function: finish a control, let them arise and be seen."""
    item = s.item[i]
    f = item.fn
    if item.occ >= 0:
        induce(m, s, i)
    controlling = item.control >= 0
    if m.fn[f].var_n > 0:
        arise(m, s, i, f)
    if item.occ >= 0 and m.fn[f].det_n > 0:
        see(m, s, i, f)
    if controlling:
        escalated = m.var[s.occ[item.control].kind].how == ESCALATE
        resolve(m, s, i)
        item.pool = NONE
        if escalated:
            item.fn = item.back


@part
def _control(m: Any, s: Any, i: Any) -> bool:
    """Send an item to the control of a variance that was seen; return whether there is one."""
    item = s.item[i]
    o = next_to_control(m, s, i)
    if o < 0:
        return False
    item.control = o
    var = m.var[s.occ[o].kind]
    item.pool = var.pool
    if var.how == SPOT:
        item.step = var.step
        item.phase = BEGIN
        return True
    item.back = item.fn
    if var.how != ESCALATE:
        item.before = item.last
        item.last = item.fn
    item.fn = var.control
    item.phase = ENTER
    return True


@hot
def progress(m: Any, s: Any, i: Any) -> None:
    """Move an item on until it waits for something, has chosen its next function, or has left."""
    clk = s.clk[0]
    item = s.item[i]
    if item.phase == ENTER:
        _enter(m, s, i)
    while True:
        phase = item.phase
        if phase == BEGIN:
            step = m.step[item.step]
            if step.kind == PASS:
                item.phase = LEAVE
                if clk.logging == 1:
                    _set_step(m, s, item.task, i, item.step)
                    s.task[item.task].t_start = clk.now
                    log_row(s, item.task, NONE, NONE)
            elif step.kind == MACHINE:
                if not _machine_step(m, s, i):
                    return
            else:
                t = item.task
                _set_step(m, s, t, i, item.step)
                s.task[t].takeover = item.over if step.byhand == 1 else 0
                enqueue(s, line_of(m, s, step.pool if item.pool < 0 else item.pool, t), t)
                s.new[clk.new_n] = t
                clk.new_n += 1
                item.phase = BLOCKED
                return
        elif phase == LEAVE or phase == RETURN:
            f = item.fn
            if phase == LEAVE:
                s.acc_fn[f].executions += 1
                s.acc_fn[f].hand += item.hand
                s.acc_cls[item.cls].executions += 1
                if m.fn[f].var_n + m.fn[f].det_n > 0 or item.occ >= 0:
                    _deviate(m, s, i)
                    f = item.fn
            elif item.control >= 0:
                resolve(m, s, i)
                item.pool = NONE
            if item.occ >= 0 and _control(m, s, i):
                if item.phase == ENTER:
                    add_work(s, i)
                    return
                continue
            if item.burst >= 0 and _merges(m, s, i):
                leave(m, s, i, 2)
                return
            if m.fn[f].forks == 1 and m.fork_of[f, item.cls] >= 0:
                _fork(m, s, i, m.fork_of[f, item.cls])
                return
            target = follow(m, item, f + 1, chance(item.vkey, P_ROUTE))
            if item.parent >= 0 and (target < 0 or target == s.item[item.parent].back):
                if item.occ >= 0:
                    induce(m, s, i)
                _join(m, s, i)
                return
            if target < 0:
                if item.occ >= 0:
                    induce(m, s, i)
                leave(m, s, i, 1)
                return
            item.before = item.last
            item.last = f
            item.fn = target
            item.phase = ENTER
            add_work(s, i)
            return
        else:
            return
