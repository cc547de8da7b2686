"""The loop: at each instant events by kind, then arrivals, then one dispatch; and the close of each week.

The order at one instant: completions by people, completions by machines, failures, repairs, shifts, successors, timers
(delays, limits of waiting, escalations, slack, drills, variances of components, surges), arrivals; items then move on,
and last the marked queues are served in the order of priority and time of queueing. Within a kind the key of the entity
decides.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from longwall.simulation.kernel.arrivals import first_arrival, next_arrival, redraw
from longwall.simulation.kernel.crew import (
    belongs,
    change_shift,
    close_crew,
    come_in,
    give_up_pile,
    go_home,
    hire,
    next_shift,
)
from longwall.simulation.kernel.dispatch import dispatch, limit_reached, set_limits
from longwall.simulation.kernel.escalation import escalate
from longwall.simulation.kernel.heap import U0, U60, first_time, push, settle, tie_of
from longwall.simulation.kernel.items import arrive, open_items, spawn
from longwall.simulation.kernel.jit import entry, hot, part
from longwall.simulation.kernel.layout import (
    DONE,
    EV_BUFFER,
    EV_DELAY,
    EV_DONE,
    EV_DRILL,
    EV_ESCALATE,
    EV_FAIL,
    EV_HIRE,
    EV_LIMIT,
    EV_MACHINE_DONE,
    EV_REPAIRED,
    EV_SHIFT,
    EV_SPAWN,
    GROW,
    TICK,
    WAITING,
)
from longwall.simulation.kernel.machines import fail, repaired, schedule_failure, schedule_variance, slack_over
from longwall.simulation.kernel.parking import go_back
from longwall.simulation.kernel.people import gain_at, practices_at, practise
from longwall.simulation.kernel.queues import mark
from longwall.simulation.kernel.tables import compiled, model_at, state_at
from longwall.simulation.kernel.ways import delay_over, machine_done, progress
from longwall.simulation.kernel.work import stop_task

__all__ = ["advance", "is_compiled"]

INDEX = 0xFFFFFFFF


@part
def _drill(m: Any, s: Any, f: Any) -> None:
    """Let everybody who may do a function practise it, and plan the next drill."""
    clk = s.clk[0]
    fn = m.fn[f]
    if m.par[0].state == 1 and fn.pool >= 0:
        pool = m.pool[fn.pool]
        for p in range(len(s.worker)):
            for k in range(pool.lo, pool.lo + pool.n):
                if m.pool_role[k] == m.person[p].role and belongs(m, s, p):
                    practise(m, s, p, fn.skill, clk.now, clk.now, m.par[0].drill_tasks)
    at = clk.now + fn.drill_h
    push(clk, s.heap_t, s.heap_tie, s.heap_ref, at, tie_of(EV_DRILL, fn.key), (clk.change_ver << 32) | f)


@part
def _variance_of_component(m: Any, s: Any, v: Any) -> None:
    """Let a variance arise at a component in service; it rides on the next item the component touches, or escapes."""
    var = m.var[v]
    c = var.origin
    if s.mach[c].down == 0:
        if var.carried == 1:
            s.latent[v] += 1
        else:
            s.acc_comp[c].escaped += 1
    schedule_variance(m, s, v)


@part
def _plan(m: Any, s: Any) -> None:
    """Plan the first failures and variances of components that have none planned, and all drills from now on."""
    clk = s.clk[0]
    for c in range(len(m.comp)):
        if s.mach[c].failures == 0:
            schedule_failure(m, s, c)
    for f in range(len(m.fn)):
        if m.fn[f].drill_h < math.inf:
            at = clk.now + m.fn[f].drill_h
            push(clk, s.heap_t, s.heap_tie, s.heap_ref, at, tie_of(EV_DRILL, m.fn[f].key), (clk.change_ver << 32) | f)
    for v in range(len(m.var)):
        if m.var[v].origin >= 0 and m.var[v].probability > 0.0 and s.latent_n[v] == 0:
            schedule_variance(m, s, v)


@part
def _begin(m: Any, s: Any) -> None:
    """Set the first arrivals, shifts, failures, drills and variances of components."""
    for c in range(len(m.cls)):
        next_arrival(m, s, c)
    first_arrival(m, s)
    practices_at(m, s, 0.0)
    for g in range(len(m.group)):
        if m.group[g].on_at_start == 1:
            for p in range(m.group[g].lo, m.group[g].lo + m.group[g].n):
                come_in(m, s, p)
    if len(m.change) > 0:
        next_shift(m, s)
    open_items(m, s)
    _plan(m, s)


@part
def _adopt(m: Any, s: Any) -> None:
    """Go on with another model, in which rows mean the same: hours, rates, failures follow it; drills count anew."""
    clk = s.clk[0]
    clk.change_ver += 1
    clk.change_i = 0
    clk.change_h = clk.now
    practices_at(m, s, clk.now)
    for g in range(len(m.group)):
        group = m.group[g]
        most = m.group[g + 1].lo if g + 1 < len(m.group) else len(s.worker)
        for p in range(group.lo, most):
            if group.on_at_start == 1 and p < group.lo + group.n:
                if s.worker[p].vacant == 0:
                    come_in(m, s, p)
            else:
                go_home(m, s, p)
                if p >= group.lo + group.n:
                    give_up_pile(m, s, p)
    if len(m.change) > 0:
        next_shift(m, s)
    _plan(m, s)
    for c in range(len(m.cls)):
        if m.cls[c].changed == 1:
            redraw(m, s, c, 1)
    for q in range(len(s.q_len)):
        if s.q_len[q] > 0:
            mark(s, q)


@part
def _close_week(m: Any, s: Any) -> None:
    """Book everything up to the end of the week, copy the counters out, and zero them (from the last row of each)."""
    clk = s.clk[0]
    w = clk.week
    now = clk.week_end_h
    clk.now = now
    for c in range(len(m.cls)):
        arrival = s.arrival[c]
        s.acc_cls[c].area += arrival.present * (now - arrival.t_area)
        arrival.t_area = now
        s.out_cls[w, c] = s.acc_cls[c]
        s.acc_cls[c] = s.acc_cls[len(m.cls)]
    close_crew(m, s)
    for f in range(len(m.fn)):
        fn = m.fn[f]
        if m.par[0].state == 1 and fn.component >= 0 and fn.pool >= 0:
            pool = m.pool[fn.pool]
            total = 0.0
            heads = 0
            for p in range(len(s.worker)):
                if not belongs(m, s, p):
                    continue
                for k in range(pool.lo, pool.lo + pool.n):
                    if m.pool_role[k] == m.person[p].role:
                        total += gain_at(m, s, p, fn.skill, now)
                        heads += 1
            par = m.par[0]
            share = par.takeover_skilled - par.takeover_novice
            s.acc_fn[f].reserve = par.takeover_novice + (share * total / heads if heads > 0 else 0.0)
        s.out_fn[w, f] = s.acc_fn[f]
        s.acc_fn[f] = s.acc_fn[len(m.fn)]
    for r in range(len(m.role)):
        s.out_role[w, r] = s.acc_role[r]
        s.acc_role[r] = s.acc_role[len(m.role)]
    for c in range(len(m.comp)):
        mach = s.mach[c]
        if mach.down > 0:
            s.acc_comp[c].down += now - mach.since
            mach.since = now
        s.out_comp[w, c] = s.acc_comp[c]
        s.acc_comp[c] = s.acc_comp[len(m.comp)]
    clk.week += 1
    clk.week_end_h = now + 168.0
    practices_at(m, s, now)


@hot
def _handle(m: Any, s: Any, kind: Any, ref: Any) -> None:
    """Handle one event of the heap; timers that were cancelled carry an old version and do nothing."""
    if kind == EV_DONE:
        p = ref & INDEX
        if s.worker[p].ver == ref >> 32:
            s.clk[0].n_completion += 1
            stop_task(m, s, p)
    elif kind == EV_LIMIT:
        t = ref & INDEX
        if s.task[t].ver == ref >> 32 and s.task[t].state == WAITING:
            limit_reached(m, s, t)
    elif kind == EV_DELAY:
        delay_over(m, s, ref)
    elif kind == EV_MACHINE_DONE:
        t = ref & INDEX
        if s.task[t].ver == ref >> 32:
            machine_done(m, s, t)
    elif kind == EV_SHIFT:
        if ref == s.clk[0].change_ver:
            change_shift(m, s)
    elif kind == EV_FAIL:
        fail(m, s, ref)
    elif kind == EV_REPAIRED:
        repaired(m, s, ref)
    elif kind == EV_BUFFER:
        e = ref & INDEX
        if s.edge[e].ver == ref >> 32:
            slack_over(m, s, e)
    elif kind == EV_DRILL:
        f = ref & INDEX
        if ref >> 32 == s.clk[0].change_ver:
            _drill(m, s, f)
    elif kind == EV_ESCALATE:
        i = ref & INDEX
        if s.item[i].escalate_ver == ref >> 32:
            escalate(m, s, i)
    elif kind == EV_SPAWN:
        spawn(m, s, ref)
    elif kind == EV_HIRE:
        hire(m, s, ref)
    else:
        _variance_of_component(m, s, ref)


@hot
def _room(m: Any, s: Any) -> Any:
    """Return whether every pool has room for what an event and one item that moves on can ask of it."""
    clk = s.clk[0]
    if len(s.item) - clk.items < 2 + clk.widest or len(s.task) - clk.tasks < 16 + clk.widest:
        return False
    if len(s.heap_t) - np.int64(clk.heap_n) < clk.tasks + 64 + len(m.edge) + len(s.worker):
        return False
    if len(s.burst) - clk.bursts <= len(m.surge):
        return False
    return len(s.occ) - clk.occs >= 4 * len(m.var)


@entry
def _advance(model: Any, state: Any, until_h: Any) -> Any:
    """Run the loop; see `advance`."""
    m = model_at(model)
    s = state_at(state)
    clk = s.clk[0]
    if clk.begun == 0:
        clk.begun = 1
        _begin(m, s)
    elif clk.begun == 2:
        clk.begun = 1
        _adopt(m, s)
    # Room is looked for before each event, for it and the first item that moves on because of it, and for each further.
    looked = False
    while True:
        if clk.work_n > 0:
            if not looked:
                if not _room(m, s):
                    return GROW
                if clk.logging == 1 and len(s.log) - clk.log_n < 16:
                    return TICK
            looked = False
            clk.work_n -= 1
            progress(m, s, s.work[clk.work_n])
            continue
        t = first_time(clk, s.heap_t)
        by_heap = t <= clk.next_arrival
        if not by_heap:
            t = clk.next_arrival
        if clk.stay >= 0 or (t > clk.now and (clk.marks_n > 0 or clk.new_n > 0 or clk.back_n > 0)):
            dispatch(m, s, t > clk.now)
            if t > clk.now:
                if clk.back_n > 0:
                    go_back(m, s)
                set_limits(m, s)
            continue
        if t >= clk.week_end_h and clk.week_end_h <= until_h:
            _close_week(m, s)
            continue
        if t >= until_h:
            clk.now = until_h
            return DONE
        if not _room(m, s):
            return GROW
        if clk.logging == 1 and len(s.log) - clk.log_n < 16:
            return TICK
        looked = True
        clk.now = t
        if by_heap:
            settle(clk, s.heap_t, s.heap_tie, s.heap_ref)
            kind = np.int64(s.heap_tie[U0] >> U60)
            ref = s.heap_ref[U0]
            clk.hole = 1
            _handle(m, s, kind, ref)
        else:
            arrive(m, s)


def advance(model: Any, state: Any, until_h: float) -> int:
    """Simulate up to a time; stop early where a pool must grow or the ring of log rows must be drained.

    Parameters
    ----------
    model, state
        A `Model` and a `State` as `opened`; the state is changed in place, and a stopped simulation goes
        on where it was when called again.
    until_h : float
        Hours since the first Monday 00:00; a multiple of 168.

    Returns
    -------
    int
        DONE, GROW or TICK.
    """
    if compiled:
        return int(_advance(model, state, until_h))
    with np.errstate(over="ignore"):
        return int(_advance(model, state, until_h))


def is_compiled() -> Any:
    """Return whether the loop is compiled in this process or stands compiled on disk for these sources."""
    if not compiled or _advance.signatures:
        return True
    files = getattr(getattr(_advance, "_cache", None), "_cache_file", None)
    return files is not None and bool(files._load_index())
