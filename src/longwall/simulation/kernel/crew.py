"""Who is there: shifts, absence, holidays, leaving, successors; what becomes of work at hand; strain by the week."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from longwall.simulation.kernel.draws import P_ABSENT, P_LEAVES, P_REPLACED, chance, duration_h
from longwall.simulation.kernel.heap import U0, push, tie_of
from longwall.simulation.kernel.jit import part
from longwall.simulation.kernel.layout import EV_HIRE, EV_SHIFT, FINISH, HAND_OVER, PARK
from longwall.simulation.kernel.parking import hand_over, interrupt, park, resume
from longwall.simulation.kernel.people import account, flush_window
from longwall.simulation.kernel.queues import add_idle, drop_idle
from longwall.streams import mix

__all__ = [
    "belongs",
    "change_shift",
    "close_crew",
    "come_in",
    "give_up_pile",
    "go_home",
    "hire",
    "next_shift",
]


@part
def belongs(m: Any, s: Any, p: Any) -> bool:
    """Return whether somebody holds a post of the present roster: not of another phase, not vacant, not on call."""
    person = m.person[p]
    group = m.group[person.group]
    return bool(p < group.lo + group.n and s.worker[p].vacant == 0 and m.role[person.role].call == 0)


@part
def come_in(m: Any, s: Any, p: Any) -> None:
    """Let somebody come on shift, and go on with what was put aside."""
    clk = s.clk[0]
    w = s.worker[p]
    role = m.role[m.person[p].role]
    if w.on == 1:
        return
    if w.busy == 1:
        account(m, s, p, clk.now)
    w.on = 1
    w.out = role.call
    w.t_on = clk.now
    s.roles[m.person[p].role].on += 1
    if w.busy == 0 and w.idle == 0:
        if w.parked > 0:
            resume(m, s, p)
        else:
            add_idle(m, s, p)


@part
def _book_presence(m: Any, s: Any, p: Any) -> None:
    """Book the rostered hours since somebody came, or since the last booking; being on call is none."""
    now = s.clk[0].now
    w = s.worker[p]
    r = m.person[p].role
    if m.role[r].call == 0:
        s.acc_role[r].rostered += now - w.t_on
        w.there += now - w.t_on
    w.t_on = now


@part
def go_home(m: Any, s: Any, p: Any) -> None:
    """Let somebody go off shift: the task at hand is finished, put aside until the next shift, or handed over."""
    clk = s.clk[0]
    w = s.worker[p]
    if w.on == 0:
        return
    _book_presence(m, s, p)
    if w.idle == 1:
        drop_idle(m, s, p)
    elif w.busy == 1:
        rule = m.fn[s.task[w.task].fn].shift_end
        if rule != FINISH:
            t = interrupt(m, s, p)
            if rule == PARK:
                park(s, p, t)
            else:
                hand_over(m, s, t)
    w.on = 0
    w.out = 1
    w.t_out = clk.now
    s.roles[m.person[p].role].on -= 1
    _hand_over_pile(m, s, p, 0)


@part
def _hand_over_pile(m: Any, s: Any, p: Any, everything: Any) -> None:
    """Hand over what somebody has put aside: all of it, or what is not kept over the end of a shift."""
    w = s.worker[p]
    t = w.parked - 1
    w.parked = 0
    while t >= 0:
        below = s.task[t].qn
        if everything == 1 or m.fn[s.task[t].fn].shift_end == HAND_OVER:
            hand_over(m, s, t)
        else:
            # The pile is turned over, which is as good an order to go on in as any.
            s.task[t].qn = w.parked - 1
            w.parked = t + 1
        t = below


@part
def give_up_pile(m: Any, s: Any, p: Any) -> None:
    """Hand over all that somebody has put aside."""
    _hand_over_pile(m, s, p, 1)


@part
def _comes(m: Any, s: Any, p: Any, group: Any) -> bool:
    """Return whether somebody who is rostered comes: not on a holiday, not in absence, not to a vacant post."""
    clk = s.clk[0]
    w = s.worker[p]
    if w.vacant == 1:
        return False
    day = int(clk.now / 24.0)
    if group.holidays == 0 and day < len(s.holiday) and s.holiday[day] == 1:
        return False
    absence = m.role[m.person[p].role].absence
    if absence > 0.0:
        w.days += 1
        key = mix(mix(clk.root, m.person[p].key), np.uint64(w.days))
        if chance(key, P_ABSENT) < absence:
            give_up_pile(m, s, p)
            return False
    return True


@part
def change_shift(m: Any, s: Any) -> None:
    """Let people come on and go off shift."""
    clk = s.clk[0]
    at = m.change[clk.change_i].t
    last_role = -1
    while True:
        change = m.change[clk.change_i]
        if change.role != last_role:
            clk.n_shift += 1
            last_role = change.role
        group = m.group[change.group]
        for p in range(group.lo, group.lo + group.n):
            if change.on == 0:
                go_home(m, s, p)
            elif _comes(m, s, p, group):
                come_in(m, s, p)
            elif change.on == 2:
                go_home(m, s, p)
                give_up_pile(m, s, p)
        clk.change_i += 1
        if clk.change_i == len(m.change):
            clk.change_i = 0
            clk.change_h += 168.0
            break
        if m.change[clk.change_i].t != at:
            break
    next_shift(m, s)


@part
def next_shift(m: Any, s: Any) -> None:
    """Put the next change of shifts into the heap."""
    clk = s.clk[0]
    at = clk.change_h + m.change[clk.change_i].t
    push(clk, s.heap_t, s.heap_tie, s.heap_ref, at, tie_of(EV_SHIFT, U0), clk.change_ver)


@part
def _begin_anew(m: Any, s: Any, p: Any) -> None:
    """Let a simulated member of a role begin as a novice."""
    now = s.clk[0].now
    par = m.par[0]
    w = s.worker[p]
    for k in range(s.gain.shape[1]):
        s.gain[p, k] = par.newcomer_gain
        s.gain_t[p, k] = now
    for c in range(s.bond.shape[1]):
        bond = s.bond[p, c]
        bond.trust = par.trust_initial
        bond.v = 0.0
        bond.n = 0
        bond.fails = 0
        bond.rate = -1.0
        bond.spread = 0.0
    w.fatigue = 0.0
    w.strain = 0.0
    if len(m.alert) > 0:
        worth = 0.0
        for k in range(len(m.alert)):
            worth += m.alert[k].ppv
        w.ppv = worth / len(m.alert)


@part
def hire(m: Any, s: Any, p: Any) -> None:
    """Fill a vacant post with a novice, who comes in at once where the shift has begun and the post is still there."""
    clk = s.clk[0]
    w = s.worker[p]
    w.vacant = 0
    _begin_anew(m, s, p)
    if belongs(m, s, p) and m.roster[m.person[p].group, int(clk.now * 2.0) % 336] > 0.0:
        come_in(m, s, p)


@part
def _strain(m: Any, s: Any, p: Any) -> None:
    """Let strain follow a week: up with load beyond what is sustainable given the resources, down with rest."""
    par = m.par[0]
    w = s.worker[p]
    r = m.person[p].role
    demand = w.load / w.there if w.there > 0.0 else 0.0
    limit = par.sustainable + par.sustainable_resources * (s.roles[r].resources - 0.5)
    over = demand - limit
    if over > 0.0:
        w.strain += (1.0 - w.strain) * (1.0 - math.exp(-par.strain_rise * over))
    w.strain *= math.exp(-par.strain_rest * (0.5 + s.roles[r].resources))
    s.acc_role[r].strain += w.strain
    s.acc_role[r].people += 1


@part
def _may_leave(m: Any, s: Any, p: Any) -> None:
    """Draw whether somebody leaves this week; the post is vacant until a successor comes."""
    clk = s.clk[0]
    par = m.par[0]
    w = s.worker[p]
    r = m.person[p].role
    role = m.role[r]
    if role.leaving <= 0.0:
        return
    hazard = role.leaving * math.exp(par.strain_leaving * (w.strain - par.strain_usual))
    key = mix(mix(clk.root, m.person[p].key), np.uint64(clk.week))
    if chance(key, P_LEAVES) >= 1.0 - math.exp(-hazard):
        return
    go_home(m, s, p)
    give_up_pile(m, s, p)
    w.vacant = 1
    s.acc_role[r].leavers += 1
    at = clk.now + duration_h(m, role.replacement, chance(key, P_REPLACED))
    push(clk, s.heap_t, s.heap_tie, s.heap_ref, at, tie_of(EV_HIRE, m.person[p].key), p)


@part
def close_crew(m: Any, s: Any) -> None:
    """Book everybody's week: time at work, windows of load, strain; and let some leave."""
    now = s.clk[0].now
    for p in range(len(s.worker)):
        w = s.worker[p]
        if w.busy == 1:
            account(m, s, p, now)
        if w.window_h > 0.0:
            flush_window(m, s, p)
            w.window_h = 0.0
        w.window = int(now * 2.0)
        if w.on == 1:
            _book_presence(m, s, p)
        if m.par[0].state == 1 and belongs(m, s, p):
            _strain(m, s, p)
            _may_leave(m, s, p)
        w.load = 0.0
        w.there = 0.0
