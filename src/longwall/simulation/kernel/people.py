"""The state of simulated members of roles, in closed form: read at any time, written at their own start, stop or drill.

Nothing here describes a real person. Equations and sources: `longwall.simulation.priors` and the mechanisms page.
"""

from __future__ import annotations

import math
from typing import Any

from longwall.simulation.kernel.jit import hot, part
from longwall.simulation.kernel.layout import (
    ADDITIVE,
    GEOMETRIC,
    LEARN_FORGET,
    LEAST_LOADED,
    LONGEST_IDLE,
    SAME_PERSON,
    SATURATING,
)

ROUNDING = 1.0 + 1e-12
"""Keeps a bound a bound whatever was rounded on the way."""

__all__ = [
    "account",
    "choose",
    "complacent",
    "flush_window",
    "gain_at",
    "practices_at",
    "practise",
    "speed_at",
    "trusting",
    "watching",
]


@hot
def gain_at(m: Any, s: Any, p: Any, k: Any, now: Any) -> Any:
    """Return the share of the acquired gain that is retained: exponential decay since it was last practised."""
    if m.par[0].state == 0:
        return 1.0
    me = m.person[p].self
    if m.par[0].learning == LEARN_FORGET:
        return _remembered(m, s.gain[me, k], now - s.gain_t[me, k])
    return s.gain[me, k] * math.exp(-m.par[0].decay_per_h * (now - s.gain_t[me, k]))


@part
def _remembered(m: Any, gain: Any, away_h: Any) -> Any:
    """Return the gain after a break by the learn-forget curve (Jaber and Bonney 1996): none lost at once, all in time.

    With m units done, the time they took is t = y m^(1-b)/(1-b); after a break d the exponent of forgetting is
    f = b(1-b) ln m / ln(1 + D/t), and (1 + f/b) ln m - (f/b) ln s units are remembered, s being the units that could
    have been made in t + d.
    """
    par = m.par[0]
    b = par.exponent
    log_m = gain * par.log_reference
    if away_h <= 0.0 or log_m <= 0.0 or b <= 0.0:
        return gain
    if away_h >= par.break_h:
        return 0.0
    t = math.exp(math.log(par.first_h) + (1.0 - b) * log_m) / (1.0 - b)
    ratio = (1.0 - b) * log_m / math.log(1.0 + par.break_h / t)
    log_s = math.log((1.0 - b) / par.first_h * (t + away_h)) / (1.0 - b)
    left = ((1.0 + ratio) * log_m - ratio * log_s) / par.log_reference
    return left if left > 0.0 else 0.0


@hot
def fatigue_at(m: Any, s: Any, p: Any, now: Any) -> Any:
    """Return the fatigue of somebody who has not worked since it was written: it recovers exponentially."""
    w = s.worker[p]
    if w.fatigue_t == now:
        return w.fatigue
    return w.fatigue * math.exp(-(now - w.fatigue_t) / m.par[0].recovery_h)


@hot
def speed_at(m: Any, s: Any, p: Any, k: Any, now: Any) -> Any:
    """Return working speed with a skill, 1 being the standard; nobody falls below the floor."""
    par = m.par[0]
    r = m.person[p].role
    speed = m.role_speed[r, k] * s.roles[r].pace
    if par.state == 0:
        return speed
    gain = gain_at(m, s, p, k, now)
    if par.learning == SATURATING:
        speed *= par.gain_floor + (par.gain_ceiling - par.gain_floor) * gain
    else:
        speed *= math.exp(par.log_floor * (1.0 - gain))
    speed *= 1.0 - par.slowdown * fatigue_at(m, s, p, now)
    speed *= 1.0 - par.strain_pace * s.worker[p].strain
    return speed if speed > par.speed_floor else par.speed_floor


@hot
def speed_bound(m: Any, s: Any, p: Any, k: Any, now: Any) -> Any:
    """Return a speed that somebody does not exceed now, without any exponential.

    Nothing is taken as forgotten, and fatigue as recovered along the tangent of its exponential, which lies below it.
    """
    par = m.par[0]
    r = m.person[p].role
    speed = m.role_speed[r, k] * s.roles[r].pace
    if par.state == 1:
        if par.learning == SATURATING:
            speed *= par.gain_floor + (par.gain_ceiling - par.gain_floor) * s.gain[m.person[p].self, k]
        w = s.worker[p]
        left = 1.0 - (now - w.fatigue_t) / par.recovery_h
        if left > 0.0:
            speed *= 1.0 - par.slowdown * w.fatigue * left
        speed *= (1.0 - par.strain_pace * w.strain) * ROUNDING
        if speed < par.speed_floor:
            speed = par.speed_floor
    return speed


@part
def practise(m: Any, s: Any, p: Any, k: Any, begun: Any, now: Any, tasks: Any) -> None:
    """Add tasks done by hand to somebody's experience; nothing is forgotten while they are done."""
    par = m.par[0]
    gain = gain_at(m, s, p, k, begun)
    if par.learning != SATURATING:
        # Above this a further task adds less than the rounding of the logarithm is worth.
        if gain < 1.0:
            gain = math.log(math.exp(gain * par.log_reference) + tasks) / par.log_reference
            gain = 1.0 if gain > 1.0 else gain
    else:
        step = par.practice * tasks
        gain += (1.0 - gain) * (1.0 if step > 1.0 else step)
    me = m.person[p].self
    s.gain[me, k] = gain
    s.gain_t[me, k] = now


@part
def trusting(m: Any, s: Any, p: Any, c: Any, k: Any, now: Any) -> Any:
    """Return the chance of accepting unchecked: trust in the machine against confidence in one's own skill."""
    par = m.par[0]
    return 1.0 / (1.0 + math.exp(-par.accept_slope * (s.bond[m.person[p].self, c].trust - gain_at(m, s, p, k, now))))


@part
def complacent(m: Any, s: Any, p: Any, c: Any, now: Any) -> Any:
    """Return the factor on detection by complacency: exp(-k * load * (1 - v)).

    Load is the share of the last while spent on other work than checking; v says how far the machine's failures, as
    seen, vary more than chance (a machine that fails evenly is watched least).
    """
    par = m.par[0]
    if par.complacency <= 0.0:
        return 1.0
    w = s.worker[p]
    load = w.elsewhere * math.exp(-(now - w.elsewhere_t) / par.load_h)
    return math.exp(-par.complacency * load * (1.0 - s.bond[m.person[p].self, c].v))


@part
def watching(m: Any, s: Any, p: Any, now: Any) -> Any:
    """Return the factor on detection: vigilance falls with time on watch, and fatigue dulls it."""
    par = m.par[0]
    w = s.worker[p]
    if now - w.idle_since > par.watch_break_h and w.watch_t < w.idle_since:
        w.watch_t = now
    vigilance = par.watch_floor + (1.0 - par.watch_floor) * math.exp(-(now - w.watch_t) / par.watch_h)
    return vigilance * (1.0 - par.fatigue_blind * w.fatigue)


@part
def flush_window(m: Any, s: Any, p: Any) -> None:
    """Count a half-hour as one of high load where the person was busy enough of what was rostered of it."""
    w = s.worker[p]
    person = m.person[p]
    rostered = m.roster[person.group, w.window % 336]
    if rostered > 0.0 and w.window_h >= m.par[0].high_load * rostered - 1e-12:
        s.acc_role[person.role].high += rostered


@part
def account(m: Any, s: Any, p: Any, now: Any) -> None:
    """Book the busy time since the last booking: hours, windows of load, overtime, fatigue."""
    w = s.worker[p]
    acc = s.acc_role[m.person[p].role]
    begun = w.t_mark
    begin = begun
    spent = now - begin
    acc.busy += spent
    w.load += spent
    w.t_mark = now
    if w.out == 1:
        acc.out += now - w.t_out
        w.t_out = now
    window = int(begin * 2.0)
    if w.window != window:
        if w.window_h > 0.0:
            flush_window(m, s, p)
        w.window = window
        w.window_h = 0.0
    end = (window + 1) * 0.5
    while now > end:
        w.window_h += end - begin
        flush_window(m, s, p)
        w.window += 1
        w.window_h = 0.0
        begin = end
        end += 0.5
    w.window_h += now - begin
    par = m.par[0]
    if par.state == 1:
        before = w.fatigue
        after = 1.0 - (1.0 - before) * math.exp(-spent / par.rise_h)
        acc.fatigue += spent - par.rise_h * (after - before)
        w.fatigue = after
        w.fatigue_t = now
        if par.complacency > 0.0:
            other = w.elsewhere * math.exp(-(begun - w.elsewhere_t) / par.load_h)
            kept = math.exp(-spent / par.load_h)
            w.elsewhere = other * kept if w.checking == 1 else 1.0 - (1.0 - other) * kept
            w.elsewhere_t = now


@hot
def choose(m: Any, s: Any, q: Any, t: Any) -> Any:
    """Return who of the idle and eligible takes a task, by the rule of its function; who is on call comes last."""
    pool = m.pool[q]
    called = 0
    best = -1
    score = 0.0
    task = s.task[t]
    fn = m.fn[task.fn]
    if fn.rule == SAME_PERSON:
        p = s.item[task.of].person
        if p >= 0 and s.worker[p].idle == 1 and m.role[m.person[p].role].call == 0:
            for k in range(pool.lo, pool.lo + pool.n):
                if m.pool_role[k] == m.person[p].role:
                    return p
    for k in range(pool.lo, pool.lo + pool.n):
        r = m.pool_role[k]
        p = s.roles[r].head
        if p < 0:
            continue
        if m.role[r].call == 1:
            called += 1
            continue
        if fn.rule == LONGEST_IDLE or fn.rule == SAME_PERSON:
            since = s.worker[p].idle_since
            if best < 0 or since < score:
                best = p
                score = since
            continue
        if pool.n == 1 and s.worker[p].qn < 0:
            return p
        now = s.clk[0].now
        if fn.rule == LEAST_LOADED:
            while p >= 0:
                if best < 0 or -s.worker[p].load > score:
                    best = p
                    score = -s.worker[p].load
                p = s.worker[p].qn
            continue
        while p >= 0:
            # Most of the idle are ruled out by the bound; it changes nothing in who is chosen.
            if best < 0 or speed_bound(m, s, p, fn.skill, now) > score:
                value = speed_at(m, s, p, fn.skill, now)
                if best < 0 or value > score:
                    best = p
                    score = value
            p = s.worker[p].qn
    if best < 0 and called > 0:
        return _on_call(m, s, q, task.level)
    return best


@part
def _on_call(m: Any, s: Any, q: Any, level: Any) -> Any:
    """Return who is called, the longest idle of those who are called for what is so urgent."""
    pool = m.pool[q]
    best = -1
    for k in range(pool.lo, pool.lo + pool.n):
        r = m.pool_role[k]
        p = s.roles[r].head
        if p < 0 or m.role[r].call == 0 or level > m.role[r].calls_up_to:
            continue
        if best < 0 or s.worker[p].idle_since < s.worker[best].idle_since:
            best = p
    return best


@part
def practices_at(m: Any, s: Any, now: Any) -> None:
    """Let practices act through ability, motivation, opportunity: on pace, and by the last two on resources."""
    par = m.par[0]
    for r in range(len(m.role)):
        role = m.role[r]
        ability = 0.0
        motivation = 0.0
        opportunity = 0.0
        for k in range(role.practice_lo, role.practice_lo + role.practice_n):
            row = m.practice[k]
            since_h = now - (row.begin_h + s.clk[0].w0)
            share = 1.0 - math.exp(-since_h / row.ramp_h) if since_h > 0.0 else 0.0
            ability += share * row.ability
            motivation += share * row.motivation
            opportunity += share * row.opportunity
        if par.amo_form == ADDITIVE:
            z = ability + motivation + opportunity
        elif par.amo_form == GEOMETRIC:
            product = (1.0 + ability) * (1.0 + motivation) * (1.0 + opportunity)
            z = 3.0 * (math.exp(math.log(product if product > 1e-9 else 1e-9) / 3.0) - 1.0)
        else:
            z = ability if ability < motivation else motivation
            z = 3.0 * (z if z < opportunity else opportunity)
        pace = 1.0 + par.amo_cv * z
        s.roles[r].pace = pace if pace > par.speed_floor else par.speed_floor
        resources = role.resources + par.effect_resources * (motivation + opportunity)
        s.roles[r].resources = 0.0 if resources < 0.0 else 1.0 if resources > 1.0 else resources
