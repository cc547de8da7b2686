"""What a person does with a task: how long it takes, what comes out, what it leaves behind."""

from __future__ import annotations

from typing import Any

from longwall.simulation.kernel.draws import (
    P_ACCEPT,
    P_DETECT,
    P_REJECT,
    P_REPAIR,
    P_REVIEW,
    P_TAKEN,
    P_TAKEOVER,
    chance,
    duration_h,
)
from longwall.simulation.kernel.heap import push, tie_of
from longwall.simulation.kernel.jit import hot, part
from longwall.simulation.kernel.layout import (
    BEGIN,
    EV_DONE,
    HAND,
    LEAVE,
    READ,
    REPAIR,
    RETURN,
    REVIEW,
    RUNNING,
    WAITING,
)
from longwall.simulation.kernel.people import account, fatigue_at, gain_at, practise, speed_at, trusting, watching
from longwall.simulation.kernel.queues import add_idle, add_work, dequeue

__all__ = ["free_task", "log_row", "start_task", "stop_task"]

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
        detect *= watching(m, s, p, now)
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
        detect *= watching(m, s, p, now)
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
    if item.team >= 0 and item.team != team:
        item.handovers += 1
    item.team = team


@hot
def start_task(m: Any, s: Any, p: Any, t: Any) -> None:
    """Let a person begin a task, from the queue or straight on from the step before."""
    clk = s.clk[0]
    now = clk.now
    task = s.task[t]
    worker = s.worker[p]
    step = m.step[task.step]
    fn = m.fn[task.fn]
    acc_role = s.acc_role[m.person[p].role]
    if task.state == WAITING:
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
    else:
        acc_role.interrupts += 1
        if kind == REPAIR:
            var = m.var[s.occ[s.item[task.of].control].kind]
            hours = duration_h(m, var.work, chance(task.key, P_REPAIR)) / speed_at(m, s, p, fn.skill, now)
        else:
            hours = _review_h(m, s, p, t)
    if s.seen[p, task.fn] != clk.week + 1:
        s.seen[p, task.fn] = clk.week + 1
        acc_role.kinds += 1
    acc_role.tasks += 1
    push(clk, s.heap_t, s.heap_tie, s.heap_ref, now + hours, tie_of(EV_DONE, task.key), p)


@hot
def _trust(m: Any, s: Any, p: Any, c: Any, outcome: Any) -> None:
    """Let trust in a machine follow what was seen of it: up a little when right, down more when wrong."""
    if outcome == CHECKED:
        s.trust[p, c] += m.par[0].trust_up * (1.0 - s.trust[p, c])
    elif outcome == REFUSED:
        s.trust[p, c] -= m.par[0].trust_down * s.trust[p, c]


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


@hot
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
            practise(m, s, p, m.fn[task.fn].skill, now, step.practice)
        if step.component >= 0:
            _trust(m, s, p, step.component, task.outcome)
    if clk.logging == 1:
        log_row(s, t, p, -1)
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
        add_idle(m, s, p)


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
