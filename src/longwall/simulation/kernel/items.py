"""The way of an item: arrival, function by function, step by step, until it leaves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from longwall.simulation.kernel.draws import (
    P_ARRIVAL,
    P_COVERED,
    P_DELAY,
    P_ITEM,
    P_READ,
    P_RIGHT,
    P_ROUTE,
    P_START,
    P_WORK,
    chance,
    duration_h,
)
from longwall.simulation.kernel.heap import push, tie_of
from longwall.simulation.kernel.jit import hot, part
from longwall.simulation.kernel.layout import (
    BEGIN,
    BLOCKED,
    ENTER,
    ESCALATE,
    EV_DELAY,
    FREE,
    HIST_BINS,
    HIST_PER_E,
    LEAVE,
    MACHINE,
    NONE,
    PASS,
    RETURN,
    SPOT,
)
from longwall.simulation.kernel.machines import machine_left, start_machine
from longwall.simulation.kernel.queues import add_work, enqueue
from longwall.simulation.kernel.variances import add_occurrence, arise, clear, induce, next_to_control, resolve, see
from longwall.simulation.kernel.work import free_task, log_row
from longwall.streams import mix, uniform

__all__ = ["arrive", "leave", "next_arrival", "progress", "take_task"]

U1 = np.uint64(1)


@hot
def _present(s: Any, c: Any, change: Any) -> None:
    """Book the integral of the number present of a class up to now, then change the number."""
    now = s.clk[0].now
    arrival = s.arrival[c]
    s.acc_cls[c].area += arrival.present * (now - arrival.t_area)
    arrival.t_area = now
    arrival.present += change


@hot
def take_task(s: Any) -> Any:
    """Return a free row of the tasks."""
    clk = s.clk[0]
    t = clk.task_free
    clk.task_free = s.task[t].next
    clk.tasks += 1
    return t


@hot
def next_arrival(m: Any, s: Any, c: Any) -> None:
    """Draw when the next arrival of a class comes: the cumulative rate by hour of week, inverted."""
    clk = s.clk[0]
    arrival = s.arrival[c]
    key = mix(mix(mix(clk.root, P_ARRIVAL), m.cls[c].key), np.uint64(arrival.ordinal))
    needed = -math.log(uniform(key))
    t = arrival.next_h
    hour = arrival.hour
    while True:
        rate = m.rate[c, hour % 168]
        until = hour + 1.0
        there = (until - t) * rate
        if needed < there:
            t += needed / rate
            break
        needed -= there
        hour += 1
        t = until
        if until > clk.horizon_h:
            t = math.inf
            break
    arrival.next_h = t
    arrival.hour = hour
    arrival.left = m.cls[c].batch


@hot
def first_arrival(m: Any, s: Any) -> None:
    """Find which class comes next; at one instant the one whose id comes first."""
    clk = s.clk[0]
    best = math.inf
    which = -1
    for c in range(len(s.arrival)):
        t = s.arrival[c].next_h
        if t < best:
            best = t
            which = c
    clk.next_arrival = best
    clk.next_class = which


@hot
def arrive(m: Any, s: Any) -> None:
    """Let one item of the next class come in."""
    clk = s.clk[0]
    c = clk.next_class
    cls = m.cls[c]
    arrival = s.arrival[c]
    i = clk.item_free
    item = s.item[i]
    clk.item_free = item.next
    clk.items += 1
    t = take_task(s)
    item.key = mix(mix(mix(clk.root, P_ITEM), cls.key), np.uint64(arrival.ordinal))
    item.t_in = clk.now
    item.wait = 0.0
    item.ordinal = arrival.ordinal
    item.cls = c
    item.last = NONE
    item.before = NONE
    item.task = t
    item.team = NONE
    item.occ = NONE
    item.control = NONE
    item.pool = NONE
    item.started = 0
    item.serial = 0
    item.handovers = 0
    for k in range(s.visits.shape[1]):
        s.visits[i, k] = 0
    task = s.task[t]
    task.of = i
    task.of_ver = item.ver
    task.cls = c
    task.level = cls.prio
    task.ordinal = arrival.ordinal
    task.blocking = 1
    task.state = 0
    _present(s, c, 1)
    s.acc_cls[c].arrived += 1
    clk.arrived += 1
    clk.present += 1
    clk.n_arrival += 1
    item.fn = _follow(m, item, 0, chance(item.key, P_START))
    item.phase = ENTER
    add_work(s, i)
    arrival.ordinal += 1
    arrival.left -= 1
    if arrival.left == 0:
        next_arrival(m, s, c)
        first_arrival(m, s)


@hot
def _follow(m: Any, item: Any, source: Any, u: Any) -> Any:
    """Return where an item goes next: the routes with the longest memory that matches; none is the end."""
    c = item.cls
    row = m.row_of[source, c]
    mem = m.mem_of[source, c]
    for k in range(mem.lo, mem.lo + mem.n):
        memory = m.memory[k]
        if memory.last == item.last and (memory.before == -2 or memory.before == item.before):
            row = memory.row
            break
    route = m.route[row]
    last = route.lo + route.n - 1
    k = route.lo
    while k < last and u >= m.route_p[k]:
        k += 1
    return m.route_to[k]


@hot
def leave(m: Any, s: Any, i: Any, completed: Any) -> None:
    """Let an item go, and book its time here."""
    clk = s.clk[0]
    now = clk.now
    item = s.item[i]
    c = item.cls
    acc = s.acc_cls[c]
    stay = now - item.t_in
    _present(s, c, -1)
    clk.present -= 1
    clk.overlap += now - (item.t_in if item.t_in > clk.w0 else clk.w0) if now > clk.w0 else 0.0
    acc.wait += item.wait
    acc.left += 1
    acc.handovers += item.handovers
    if completed == 1:
        clk.completed += 1
        acc.completed += 1
        acc.lead += stay
        due = m.cls[c].due_h
        if due < math.inf:
            acc.dated += 1
            if stay > due:
                acc.late += 1
        if now > clk.w0:
            place = int(math.log(stay * 3600.0 + 1.0) * HIST_PER_E)
            s.hist[c, place if place < HIST_BINS else HIST_BINS - 1] += 1
    else:
        clk.abandoned += 1
        acc.abandoned += 1
    if item.occ >= 0:
        clear(m, s, i, completed)
    free_task(s, item.task)
    item.phase = FREE
    item.ver += 1
    item.next = clk.item_free
    clk.item_free = i
    clk.items -= 1


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
            push(clk, s.heap_t, s.heap_tie, s.heap_ref, clk.now + hours, tie_of(EV_DELAY, vkey), i)


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
    _set(m, s, t, i, step.read)
    enqueue(s, m.step[step.read].pool, t)
    clk = s.clk[0]
    s.new[clk.new_n] = t
    clk.new_n += 1


@hot
def _set(m: Any, s: Any, t: Any, i: Any, row: Any) -> None:
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
    if step.out >= 0 and (not covered or mach.down > 0):
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
    _set(m, s, t, i, row)
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
                    _set(m, s, item.task, i, item.step)
                    s.task[item.task].t_start = clk.now
                    log_row(s, item.task, NONE, NONE)
            elif step.kind == MACHINE:
                if not _machine_step(m, s, i):
                    return
            else:
                t = item.task
                _set(m, s, t, i, item.step)
                s.task[t].takeover = item.over if step.byhand == 1 else 0
                enqueue(s, step.pool if item.pool < 0 else item.pool, t)
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
            target = _follow(m, item, f + 1, chance(item.vkey, P_ROUTE))
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
