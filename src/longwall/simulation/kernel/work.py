"""What a person does with a task: how long it takes, what comes out, what it leaves behind."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from longwall.simulation.kernel.draws import (
    P_ACCEPT,
    P_DETECT,
    P_ENGAGE,
    P_HANDED,
    P_JUDGE,
    P_REJECT,
    P_REPAIR,
    P_RESPONSE,
    P_RESUME,
    P_REVIEW,
    P_SETUP,
    P_TAKEN,
    P_TAKEOVER,
    chance,
    duration_h,
)
from longwall.simulation.kernel.heap import push, tie_of
from longwall.simulation.kernel.jit import hot, part
from longwall.simulation.kernel.layout import (
    BEGIN,
    CONFIRMED,
    DISMISSED,
    EV_DONE,
    HAND,
    LEAVE,
    LEE_MORAY,
    NONE,
    PARKED,
    READ,
    REAL,
    REPAIR,
    RETURN,
    REVIEW,
    RUNNING,
    WAITING,
)
from longwall.simulation.kernel.people import (
    account,
    complacent,
    fatigue_at,
    gain_at,
    practise,
    speed_at,
    trusting,
    watching,
)
from longwall.simulation.kernel.queues import add_idle, add_work, dequeue, drop_idle, enqueue_first, line_of

__all__ = [
    "free_task",
    "go_back",
    "hand_over",
    "interrupt",
    "log_row",
    "park",
    "resume",
    "start_task",
    "stop_task",
]

from longwall.streams import mix

UNCHECKED, CHECKED, REFUSED = 0, 1, 2


@part
def _misses(m: Any, s: Any, p: Any, t: Any) -> Any:
    """Return whether somebody lets pass what the machine did wrongly: accepted unchecked, or not seen."""
    task = s.task[t]
    step = m.step[task.step]
    now = s.clk[0].now
    accept = step.accept
    detect = step.detect
    if m.par[0].state == 1:
        accept = trusting(m, s, p, step.component, m.fn[task.fn].skill, now)
        detect *= watching(m, s, p, now) * complacent(m, s, p, step.component, now)
    return chance(task.key, P_ACCEPT) < accept or chance(task.key, P_DETECT) >= detect


@part
def _review_h(m: Any, s: Any, p: Any, t: Any) -> Any:
    """Return the hours of a review or a read task, and set its outcome."""
    task = s.task[t]
    step = m.step[task.step]
    now = s.clk[0].now
    hours = duration_h(m, step.review, chance(task.key, P_REVIEW))
    accept = step.accept
    detect = step.detect
    if m.par[0].state == 1:
        accept = trusting(m, s, p, step.component, m.fn[task.fn].skill, now)
        detect *= watching(m, s, p, now) * complacent(m, s, p, step.component, now)
    if chance(task.key, P_ACCEPT) < accept:
        task.outcome = UNCHECKED
        return hours * m.par[0].glance
    refused = chance(task.key, P_DETECT) < detect if task.wrong == 1 else chance(task.key, P_REJECT) < step.reject
    task.outcome = REFUSED if refused else CHECKED
    return hours


@part
def _takeover_h(m: Any, s: Any, p: Any, t: Any, by_hand_h: Any) -> Any:
    """Return the extra hours of taking over from a machine: longer with lost skill, and a failed try costs twice."""
    task = s.task[t]
    par = m.par[0]
    fn = m.fn[task.fn]
    gain = gain_at(m, s, p, fn.skill, s.clk[0].now)
    least = par.takeover_least_gain
    hours = duration_h(m, fn.takeover, chance(task.key, P_TAKEOVER)) * fn.loop / (gain if gain > least else least)
    if chance(task.key, P_TAKEN) >= par.takeover_novice + (par.takeover_skilled - par.takeover_novice) * gain:
        hours += hours + by_hand_h
    acc = s.acc_fn[task.fn]
    acc.takeover += hours
    acc.takeovers += 1
    return hours


@part
def _met(m: Any, s: Any, p: Any, t: Any) -> None:
    """Book that an item met a person: first response, and a handover where the team changed."""
    now = s.clk[0].now
    item = s.item[s.task[t].of]
    team = m.role[m.person[p].role].team
    if item.started == 0:
        item.started = 1
        acc = s.acc_cls[item.cls]
        acc.first += now - item.t_in
        acc.first_n += 1
    if item.team >= 0 and item.team != team and s.task[t].left_h <= 0.0:
        item.handovers += 1
    item.team = team


@part
def start_task(m: Any, s: Any, p: Any, t: Any) -> None:
    """Let a person begin a task, from the queue or straight on from the step before."""
    clk = s.clk[0]
    now = clk.now
    task = s.task[t]
    worker = s.worker[p]
    step = m.step[task.step]
    fn = m.fn[task.fn]
    acc_role = s.acc_role[m.person[p].role]
    fresh = task.state == WAITING
    own = task.person == p
    if fresh:
        dequeue(s, t)
        waited = now - task.t_queued
        acc = s.acc_fn[task.fn]
        acc.wait += waited
        acc.waits += 1
        if step.kind != READ:
            item = s.item[task.of]
            item.wait += waited
            team = m.role[m.person[p].role].team
            if item.team != team or item.started == 0:
                _met(m, s, p, t)
    task.state = RUNNING
    task.person = p
    task.t_start = now
    task.outcome = UNCHECKED
    worker.busy = 1
    worker.task = t
    worker.t_mark = now
    worker.t_out = now
    if m.par[0].state == 1:
        worker.fatigue = fatigue_at(m, s, p, now)
        worker.fatigue_t = now
    kind = step.kind
    if kind == HAND:
        speed = speed_at(m, s, p, fn.skill, now)
        factor = step.factor
        if step.aided == 1:
            task.outcome = CHECKED
            if task.wrong == 1:
                task.outcome = REFUSED
                factor = step.factor_wrong
                if fn.var_n > 0 and not _misses(m, s, p, t):
                    task.wrong = 0
                    s.item[task.of].wrong = 0
        hours = task.work * factor / speed
        if task.takeover == 1:
            hours += _takeover_h(m, s, p, t, hours)
            acc_role.interrupts += 1
        if task.left_h > 0.0:
            hours = _go_on_h(m, s, t, hours, own)
        elif fn.triage == 1 and s.item[task.of].kind > 0:
            hours = _triage_h(m, s, p, t, hours)
    else:
        acc_role.interrupts += 1
        if kind == REPAIR:
            var = m.var[s.occ[s.item[task.of].control].kind]
            hours = duration_h(m, var.work, chance(task.key, P_REPAIR)) / speed_at(m, s, p, fn.skill, now)
        else:
            hours = _review_h(m, s, p, t)
        if task.left_h > 0.0:
            hours = _go_on_h(m, s, t, hours, own)
    if fn.setup >= 0 and worker.skill != fn.skill + 1:
        hours += duration_h(m, fn.setup, chance(task.key, P_SETUP))
    worker.skill = fn.skill + 1
    worker.checking = 1 if kind == REVIEW or kind == READ else 0
    role = m.role[m.person[p].role]
    if role.call == 1 and fresh:
        acc_role.calls += 1
        if role.response >= 0:
            hours += duration_h(m, role.response, chance(task.key, P_RESPONSE))
    task.left_h = 0.0
    if s.seen[p, task.fn] != clk.week + 1:
        s.seen[p, task.fn] = clk.week + 1
        acc_role.kinds += 1
    acc_role.tasks += 1
    worker.t_end = now + hours
    push(clk, s.heap_t, s.heap_tie, s.heap_ref, now + hours, tie_of(EV_DONE, task.key), (worker.ver << 32) | p)


@part
def _back_h(m: Any, s: Any, t: Any) -> Any:
    """Return the hours of getting back into a task that was put aside."""
    task = s.task[t]
    fn = m.fn[task.fn]
    if fn.resume < 0:
        return m.par[0].resume_h
    return duration_h(m, fn.resume, chance(mix(task.key, np.uint64(task.handed)), P_RESUME))


@part
def _go_on_h(m: Any, s: Any, t: Any, whole_h: Any, own: Any) -> Any:
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
def _triage_h(m: Any, s: Any, p: Any, t: Any, whole_h: Any) -> Any:
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
    odds += par.alert_repeat * s.arrival[task.cls].repeats / 0.05
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
    w.ppv = 0.01 if w.ppv < 0.01 else 0.99 if w.ppv > 0.99 else w.ppv
    return whole_h


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


@part
def resume(m: Any, s: Any, p: Any) -> None:
    """Let a person go on with the task that was put aside last, after getting back into it."""
    clk = s.clk[0]
    now = clk.now
    worker = s.worker[p]
    t = worker.parked - 1
    task = s.task[t]
    worker.parked = task.qn + 1
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
    worker.t_end = now + task.left_h + _back_h(m, s, t)
    task.left_h = 0.0
    push(clk, s.heap_t, s.heap_tie, s.heap_ref, worker.t_end, tie_of(EV_DONE, task.key), (worker.ver << 32) | p)


@hot
def _trust(m: Any, s: Any, p: Any, c: Any, outcome: Any) -> None:
    """Let trust in a machine follow what was seen of it, and note how its failures vary."""
    if outcome == UNCHECKED:
        return
    par = m.par[0]
    bond = s.bond[p, c]
    if par.trust_form == LEE_MORAY:
        _lee_moray(m, s, p, c, outcome)
    elif outcome == CHECKED:
        bond.trust += par.trust_up * (1.0 - bond.trust)
    else:
        bond.trust -= par.trust_down * bond.trust
    if par.complacency > 0.0:
        bond.n += 1
        bond.fails += 1 if outcome == REFUSED else 0
        if bond.n >= par.block:
            _vary(m, s, p, c)


@part
def _lee_moray(m: Any, s: Any, p: Any, c: Any, outcome: Any) -> None:
    """Let trust follow the time series of Lee and Moray (1992), scaled so that faultless work leads to a trust of 1."""
    par = m.par[0]
    bond = s.bond[p, c]
    right = 1.0 if outcome == CHECKED else 0.0
    fault = 0.0 if outcome == CHECKED else par.lm_fault
    trust = par.lm_keep * bond.trust * par.lm_scale
    trust += par.lm_up * (right - par.lm_up_before * bond.right_before)
    trust -= par.lm_down * (fault - par.lm_down_before * bond.fault_before)
    trust /= par.lm_scale
    bond.trust = 0.0 if trust < 0.0 else 1.0 if trust > 1.0 else trust
    bond.right_before = right
    bond.fault_before = fault


@part
def _vary(m: Any, s: Any, p: Any, c: Any) -> None:
    """Close a block of outcomes: compare how failure rates of blocks have varied with what chance alone would give."""
    par = m.par[0]
    bond = s.bond[p, c]
    rate = bond.fails / bond.n
    if bond.rate < 0.0:
        bond.rate = rate
    else:
        gap = rate - bond.rate
        bond.rate += par.block_weight * gap
        bond.spread += par.block_weight * (gap * gap - bond.spread)
    expected = bond.rate * (1.0 - bond.rate) / bond.n
    excess = bond.spread / expected - 1.0 if expected > 0.0 else 0.0
    bond.v = 1.0 - math.exp(-par.block_excess * excess) if excess > 0.0 else 0.0
    bond.n = 0
    bond.fails = 0


@part
def log_row(s: Any, t: Any, person: Any, component: Any) -> None:
    """Write one step, with its start and end, to the ring of log rows."""
    clk = s.clk[0]
    task = s.task[t]
    row = s.log[clk.log_n]
    row.cls = task.cls
    row.ordinal = task.ordinal
    row.fn = task.fn
    row.person = person
    row.comp = component
    row.t_start = task.t_start
    row.t_end = clk.now
    clk.log_n += 1


@part
def _correct(s: Any, t: Any) -> None:
    """Undo what the machine did wrongly on an item that is still in the system, after a read task caught it."""
    task = s.task[t]
    item = s.item[task.of]
    if item.ver != task.of_ver:
        return
    o = item.occ
    while o >= 0:
        if s.occ[o].machine_visit == task.key:
            s.occ[o].void = 1
        o = s.occ[o].next
    if item.vkey == task.key:
        item.wrong = 0


@part
def stop_task(m: Any, s: Any, p: Any) -> None:
    """Let a person finish a task: book it, learn from it, hand the item on or go straight on with the next step."""
    clk = s.clk[0]
    now = clk.now
    worker = s.worker[p]
    t = worker.task
    task = s.task[t]
    step = m.step[task.step]
    account(m, s, p, now)
    s.acc_fn[task.fn].work += now - task.t_start
    if m.par[0].state == 1:
        if step.practice > 0.0:
            practise(m, s, p, m.fn[task.fn].skill, task.t_start, now, step.practice)
        if step.component >= 0:
            _trust(m, s, p, step.component, task.outcome)
    if clk.logging == 1:
        log_row(s, t, p, -1)
    if task.blocking == 1:
        item = s.item[task.of]
        item.person = p
        if step.kind != REVIEW:
            item.by = 1
    following = step.ok
    if step.kind == REVIEW or step.kind == READ:
        if task.outcome == REFUSED:
            following = step.no
            if step.kind == REVIEW:
                s.item[task.of].wrong = 0
                s.item[task.of].hand = 1
            elif task.wrong == 1:
                _correct(s, t)
        task.wrong = 0 if task.outcome == REFUSED else task.wrong
    if following >= 0 and m.step[following].stay == 1:
        task.step = following
        task.takeover = 0
        clk.stay = p
        return
    if task.blocking == 1:
        item = s.item[task.of]
        item.step = following
        item.phase = RETURN if step.kind == REPAIR else (BEGIN if following >= 0 else LEAVE)
        task.state = 0
        add_work(s, task.of)
    else:
        free_task(s, t)
    worker.busy = 0
    if worker.on == 1:
        if worker.parked > 0 and not _called(m, s, p):
            resume(m, s, p)
            return
        add_idle(m, s, p)
        if worker.parked > 0:
            s.back[clk.back_n] = p
            clk.back_n += 1


@part
def _called(m: Any, s: Any, p: Any) -> bool:
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


@hot
def free_task(s: Any, t: Any) -> None:
    """Give a row of the tasks back; what still points at it is out of date."""
    clk = s.clk[0]
    task = s.task[t]
    task.ver += 1
    task.state = 0
    task.next = clk.task_free
    clk.task_free = t
    clk.tasks -= 1
