"""How items come and go: arrivals, observations of detectors, surges, leaving, closing and opening again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from longwall.simulation.kernel.alerts import alerted, conclude, missed
from longwall.simulation.kernel.arrivals import (
    begin_burst,
    begin_repeats,
    drop_burst,
    first_arrival,
    next_arrival,
    next_spawn,
)
from longwall.simulation.kernel.clocks import on_clock
from longwall.simulation.kernel.draws import (
    P_CLOSED,
    P_HIT,
    P_ITEM,
    P_KIND,
    P_OPEN,
    P_REOPEN,
    P_START,
    chance,
    duration_h,
)
from longwall.simulation.kernel.escalation import start_clock
from longwall.simulation.kernel.heap import push, tie_of
from longwall.simulation.kernel.jit import hot, part
from longwall.simulation.kernel.layout import (
    BENIGN,
    DORMANT,
    ENTER,
    EV_DELAY,
    FALSE,
    FREE,
    HIST_BINS,
    HIST_PER_E,
    NONE,
    REAL,
)
from longwall.simulation.kernel.queues import add_work
from longwall.simulation.kernel.routes import follow
from longwall.simulation.kernel.variances import clear
from longwall.simulation.kernel.work import free_task
from longwall.streams import mix

__all__ = ["arrive", "free_item", "leave", "new_item", "open_items", "reopen", "spawn", "take_task"]


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
    """Return a free row of the tasks, nothing of which was begun."""
    clk = s.clk[0]
    t = clk.task_free
    clk.task_free = s.task[t].next
    clk.tasks += 1
    s.task[t].left_h = 0.0
    s.task[t].handed = 0
    return t


@hot
def new_item(m: Any, s: Any, c: Any, key: Any, ordinal: Any) -> Any:
    """Return a new item of a class with its task, nothing done yet."""
    clk = s.clk[0]
    i = clk.item_free
    item = s.item[i]
    clk.item_free = item.next
    clk.items += 1
    t = take_task(s)
    item.key = key
    item.t_in = clk.now
    item.wait = 0.0
    item.ordinal = ordinal
    item.cls = c
    item.last = NONE
    item.before = NONE
    item.task = t
    item.team = NONE
    item.occ = NONE
    item.control = NONE
    item.pool = NONE
    item.person = NONE
    item.by = 0
    item.parent = NONE
    item.branches = NONE
    item.sibling = NONE
    item.burst = NONE
    item.started = 0
    item.serial = 0
    item.handovers = 0
    item.pending = 0
    item.paused = 0.0
    item.kind = 0
    item.outcome = 0
    item.judged = 0
    item.reopenings = 0
    item.efforts = 0
    for k in range(s.visits.shape[1]):
        s.visits[i, k] = 0
    task = s.task[t]
    task.of = i
    task.of_ver = item.ver
    task.cls = c
    task.level = m.cls[c].prio
    task.ordinal = ordinal
    task.blocking = 1
    task.state = 0
    item.phase = ENTER
    return i


@hot
def _admit(m: Any, s: Any, i: Any) -> None:
    """Let an item count as come and present, start its clock, and send it on."""
    clk = s.clk[0]
    item = s.item[i]
    c = item.cls
    cls = m.cls[c]
    _present(s, c, 1)
    s.acc_cls[c].arrived += 1
    clk.arrived += 1
    clk.present += 1
    clk.n_arrival += 1
    if cls.escalate_h < math.inf:
        start_clock(m, s, i)
    for k in range(cls.surge_lo, cls.surge_lo + cls.surge_n):
        begin_burst(m, s, m.cls_surge[k], item.key, i, NONE)
    add_work(s, i)


@hot
def arrive(m: Any, s: Any) -> None:
    """Let one item of the next class come in."""
    clk = s.clk[0]
    c = clk.next_class
    cls = m.cls[c]
    arrival = s.arrival[c]
    key = mix(mix(mix(clk.root, P_ITEM), cls.key), np.uint64(arrival.ordinal))
    if cls.alert < 0:
        i = new_item(m, s, c, key, arrival.ordinal)
        item = s.item[i]
        item.fn = follow(m, item, 0, chance(key, P_START))
        _admit(m, s, i)
    else:
        _observe(m, s, c, key, arrival.ordinal)
    arrival.ordinal += 1
    arrival.left -= 1
    if arrival.left == 0:
        next_arrival(m, s, c)
        first_arrival(m, s)


@part
def _observe(m: Any, s: Any, c: Any, key: Any, ordinal: Any) -> None:
    """Let a detector see something: an event it may miss, or what looks like one."""
    alert = m.alert[m.cls[c].alert]
    u = chance(key, P_KIND)
    kind = FALSE
    if u < alert.genuine:
        kind = REAL
        s.acc_cls[c].events += 1
        if chance(key, P_HIT) >= alert.hit:
            missed(m, s, c)
            return
    elif u < alert.genuine + alert.benign:
        kind = BENIGN
    elif u >= alert.genuine + alert.benign + alert.false:
        kind = 0
    i = new_item(m, s, c, key, ordinal)
    item = s.item[i]
    item.fn = follow(m, item, 0, chance(key, P_START))
    if kind > 0:
        alerted(m, s, i, kind, 0)
    if kind > 0 and alert.repeats > 0.0:
        begin_repeats(m, s, m.cls[c].alert, i)
    _admit(m, s, i)


@part
def spawn(m: Any, s: Any, b: Any) -> None:
    """Let the next item of a burst come in."""
    burst = s.burst[b]
    row = m.surge[burst.surge]
    c = row.cls
    arrival = s.arrival[c]
    burst.left -= 1
    burst.ordinal += 1
    arrival.extra += 1
    key = mix(mix(burst.key, P_ITEM), np.uint64(burst.ordinal))
    i = new_item(m, s, c, key, (1 << 39) + arrival.extra)
    item = s.item[i]
    item.fn = follow(m, item, 0, chance(key, P_START))
    item.burst = b
    burst.refs += 1
    if burst.kind > 0:
        alerted(m, s, i, burst.kind, 1)
    if burst.left > 0:
        next_spawn(m, s, b)
    _admit(m, s, i)


@part
def open_items(m: Any, s: Any) -> None:
    """Put the items that are open at the beginning where they are."""
    clk = s.clk[0]
    for k in range(len(s.open)):
        row = s.open[k]
        key = mix(mix(mix(clk.root, P_OPEN), m.cls[row.cls].key), np.uint64(k))
        i = new_item(m, s, row.cls, key, (1 << 38) + k)
        item = s.item[i]
        item.t_in = -row.age_h
        item.fn = row.fn
        item.last = row.last
        item.started = 1 if row.last >= 0 else 0  # what has passed a function was answered before the beginning
        _present(s, row.cls, 1)
        clk.initial += 1
        clk.present += 1
        if m.cls[row.cls].escalate_h < math.inf:
            start_clock(m, s, i)
        add_work(s, i)


@part
def leave(m: Any, s: Any, i: Any, completed: Any) -> None:
    """Let an item go, and book its time here; a completed one may be only closed, and come back."""
    clk = s.clk[0]
    now = clk.now
    item = s.item[i]
    c = item.cls
    acc = s.acc_cls[c]
    cls = m.cls[c]
    stay = now - item.t_in
    _present(s, c, -1)
    clk.present -= 1
    clk.overlap += now - (item.t_in if item.t_in > clk.w0 else clk.w0) if now > clk.w0 else 0.0
    acc.wait += item.wait
    acc.left += 1
    acc.handovers += item.handovers
    acc.efforts += item.efforts
    if completed == 1:
        clk.completed += 1
        acc.completed += 1
        acc.lead += stay
        due = cls.due_h
        if due < math.inf:
            acc.dated += 1
            shown = stay
            if cls.clock > 0 or item.paused > 0.0:
                shown = on_clock(m, cls.clock, now) - on_clock(m, cls.clock, item.t_in) - item.paused
            if shown > due:
                acc.late += 1
        if now > clk.w0:
            place = int(math.log(stay * 3600.0 + 1.0) * HIST_PER_E)
            s.hist[c, place if place < HIST_BINS else HIST_BINS - 1] += 1
    elif completed == 0:
        clk.abandoned += 1
        acc.abandoned += 1
    else:
        clk.merged += 1
        acc.merged += 1
    if item.occ >= 0:
        clear(m, s, i, completed)
    if item.kind == REAL:
        conclude(m, s, i, completed)
    if item.burst >= 0:
        s.burst[item.burst].refs -= 1
        drop_burst(s, item.burst)
        item.burst = NONE
    item.escalate_ver += 1
    item.ver += 1
    if completed == 1 and cls.reopen > 0.0 and _closes(m, s, i):
        return
    free_item(s, i)


@hot
def free_item(s: Any, i: Any) -> None:
    """Give the rows of an item and of its task back."""
    clk = s.clk[0]
    item = s.item[i]
    free_task(s, item.task)
    item.phase = FREE
    item.next = clk.item_free
    clk.item_free = i
    clk.items -= 1


@part
def _closes(m: Any, s: Any, i: Any) -> bool:
    """Draw whether an item that was completed will be opened again, and when."""
    clk = s.clk[0]
    item = s.item[i]
    cls = m.cls[item.cls]
    key = mix(item.key, np.uint64(item.reopenings))
    if chance(key, P_REOPEN) >= cls.reopen:
        return False
    item.phase = DORMANT
    hours = duration_h(m, cls.reopen_delay, chance(key, P_CLOSED))
    push(clk, s.heap_t, s.heap_tie, s.heap_ref, clk.now + hours, tie_of(EV_DELAY, item.key), i)
    return True


@part
def reopen(m: Any, s: Any, i: Any) -> None:
    """Open a closed item again, under the same identity; its time here and its clock begin anew."""
    clk = s.clk[0]
    item = s.item[i]
    item.reopenings += 1
    item.t_in = clk.now
    item.wait = 0.0
    item.paused = 0.0
    item.handovers = 0
    item.efforts = 1
    item.outcome = 0
    # The event behind an alert was concluded when it was closed.
    item.kind = 0
    item.judged = 0
    item.fn = m.cls[item.cls].reopen_fn
    item.phase = ENTER
    s.task[item.task].of_ver = item.ver
    s.task[item.task].level = m.cls[item.cls].prio
    _present(s, item.cls, 1)
    clk.present += 1
    clk.reopened += 1
    s.acc_cls[item.cls].reopened += 1
    if m.cls[item.cls].escalate_h < math.inf:
        start_clock(m, s, i)
    add_work(s, i)
