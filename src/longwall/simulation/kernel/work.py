"""What a person does with a task: how long it takes, what comes out, what it leaves behind."""

from __future__ import annotations

from typing import Any

from longwall.simulation.kernel.alerts import triage_h
from longwall.simulation.kernel.checking import misses, review_h, trust
from longwall.simulation.kernel.draws import P_REPAIR, P_RESPONSE, P_SETUP, P_TAKEN, P_TAKEOVER, chance, duration_h
from longwall.simulation.kernel.heap import push, tie_of
from longwall.simulation.kernel.jit import hot, part
from longwall.simulation.kernel.layout import (
    BEGIN,
    CHECKED,
    EV_DONE,
    HAND,
    LEAVE,
    READ,
    REFUSED,
    REPAIR,
    RETURN,
    REVIEW,
    UNCHECKED,
    WAITING,
)
from longwall.simulation.kernel.parking import called, go_on_h, resume, take_up
from longwall.simulation.kernel.people import account, gain_at, practise, speed_at
from longwall.simulation.kernel.queues import add_idle, add_work, dequeue

__all__ = ["free_task", "log_row", "start_task", "stop_task"]


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
    task.person = p
    task.outcome = UNCHECKED
    before = worker.skill
    take_up(m, s, p, t)
    kind = step.kind
    if kind == HAND:
        speed = speed_at(m, s, p, fn.skill, now)
        factor = step.factor
        if step.aided == 1:
            task.outcome = CHECKED
            if task.wrong == 1:
                task.outcome = REFUSED
                factor = step.factor_wrong
                if fn.var_n > 0 and not misses(m, s, p, t):
                    task.wrong = 0
                    s.item[task.of].wrong = 0
        hours = task.work * factor / speed
        if task.takeover == 1:
            hours += _takeover_h(m, s, p, t, hours)
            acc_role.interrupts += 1
        if task.left_h > 0.0:
            hours = go_on_h(m, s, t, hours, own)
        elif fn.triage == 1 and s.item[task.of].kind > 0:
            hours = triage_h(m, s, p, t, hours)
    else:
        acc_role.interrupts += 1
        if kind == REPAIR:
            var = m.var[s.occ[s.item[task.of].control].kind]
            hours = duration_h(m, var.work, chance(task.key, P_REPAIR)) / speed_at(m, s, p, fn.skill, now)
        else:
            hours = review_h(m, s, p, t)
        if task.left_h > 0.0:
            hours = go_on_h(m, s, t, hours, own)
    if fn.setup >= 0 and before != fn.skill + 1:
        hours += duration_h(m, fn.setup, chance(task.key, P_SETUP))
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
            trust(m, s, p, step.component, task.outcome)
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
        if worker.parked > 0 and not called(m, s, p):
            resume(m, s, p)
            return
        add_idle(m, s, p)
        if worker.parked > 0:
            s.back[clk.back_n] = p
            clk.back_n += 1


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
