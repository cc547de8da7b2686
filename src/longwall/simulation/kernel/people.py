"""The state of simulated members of roles, in closed form: read at any time, written at their own start, stop or drill.

Nothing here describes a real person. Equations and sources: `longwall.simulation.priors` and the mechanisms page.
"""

from __future__ import annotations

import math
from typing import Any

from longwall.simulation.kernel.jit import hot, part
from longwall.simulation.kernel.layout import LEAST_LOADED, LONGEST_IDLE, WRIGHT

ROUNDING = 1.0 + 1e-12
"""Keeps a bound a bound whatever was rounded on the way."""

__all__ = ["account", "choose", "flush_window", "gain_at", "practise", "speed_at", "trusting", "watching"]


@hot
def gain_at(m: Any, s: Any, p: Any, k: Any, now: Any) -> Any:
    """Return the share of the acquired gain that is retained: exponential decay since it was last practised."""
    if m.par[0].state == 0:
        return 1.0
    return s.gain[p, k] * math.exp(-m.par[0].decay_per_h * (now - s.gain_t[p, k]))


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
    speed = m.role_speed[m.person[p].role, k]
    if par.state == 0:
        return speed
    gain = gain_at(m, s, p, k, now)
    if par.learning == WRIGHT:
        speed *= math.exp(par.log_floor * (1.0 - gain))
    else:
        speed *= par.gain_floor + (par.gain_ceiling - par.gain_floor) * gain
    speed *= 1.0 - par.slowdown * fatigue_at(m, s, p, now)
    return speed if speed > par.speed_floor else par.speed_floor


@hot
def speed_bound(m: Any, s: Any, p: Any, k: Any, now: Any) -> Any:
    """Return a speed that somebody does not exceed now, without any exponential.

    Nothing is taken as forgotten, and fatigue as recovered along the tangent of its exponential, which lies below it.
    """
    par = m.par[0]
    speed = m.role_speed[m.person[p].role, k]
    if par.state == 1:
        if par.learning != WRIGHT:
            speed *= par.gain_floor + (par.gain_ceiling - par.gain_floor) * s.gain[p, k]
        w = s.worker[p]
        left = 1.0 - (now - w.fatigue_t) / par.recovery_h
        if left > 0.0:
            speed *= 1.0 - par.slowdown * w.fatigue * left
        speed *= ROUNDING
        if speed < par.speed_floor:
            speed = par.speed_floor
    return speed


@hot
def practise(m: Any, s: Any, p: Any, k: Any, now: Any, tasks: Any) -> None:
    """Add tasks done by hand to somebody's experience."""
    par = m.par[0]
    gain = gain_at(m, s, p, k, now)
    if par.learning == WRIGHT:
        # Above this a further task adds less than the rounding of the logarithm is worth.
        if gain < 1.0:
            gain = math.log(math.exp(gain * par.log_reference) + tasks) / par.log_reference
            gain = 1.0 if gain > 1.0 else gain
    else:
        step = par.practice * tasks
        gain += (1.0 - gain) * (1.0 if step > 1.0 else step)
    s.gain[p, k] = gain
    s.gain_t[p, k] = now


@part
def trusting(m: Any, s: Any, p: Any, c: Any, k: Any, now: Any) -> Any:
    """Return the chance of accepting unchecked: trust in the machine against confidence in one's own skill."""
    par = m.par[0]
    return 1.0 / (1.0 + math.exp(-par.accept_slope * (s.trust[p, c] - gain_at(m, s, p, k, now))))


@part
def watching(m: Any, s: Any, p: Any, now: Any) -> Any:
    """Return the factor on detection: vigilance falls with time on watch, and fatigue dulls it."""
    par = m.par[0]
    w = s.worker[p]
    if now - w.idle_since > par.watch_break_h and w.watch_t < w.idle_since:
        w.watch_t = now
    vigilance = par.watch_floor + (1.0 - par.watch_floor) * math.exp(-(now - w.watch_t) / par.watch_h)
    return vigilance * (1.0 - par.fatigue_blind * w.fatigue)


@hot
def flush_window(m: Any, s: Any, p: Any) -> None:
    """Count a half-hour as one of high load where the person was busy enough of what was rostered of it."""
    w = s.worker[p]
    person = m.person[p]
    rostered = m.roster[person.group, w.window % 336]
    if rostered > 0.0 and w.window_h >= m.par[0].high_load * rostered - 1e-12:
        s.acc_role[person.role].high += rostered


@hot
def account(m: Any, s: Any, p: Any, now: Any) -> None:
    """Book the busy time since the last booking: hours, windows of load, overtime, fatigue."""
    w = s.worker[p]
    acc = s.acc_role[m.person[p].role]
    begin = w.t_mark
    spent = now - begin
    acc.busy += spent
    w.load += spent
    w.t_mark = now
    if w.on == 0:
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


@hot
def choose(m: Any, s: Any, q: Any, f: Any) -> Any:
    """Return who of the idle and eligible takes a task of a function, by the rule of that function."""
    fn = m.fn[f]
    pool = m.pool[q]
    best = -1
    score = 0.0
    for k in range(pool.lo, pool.lo + pool.n):
        r = m.pool_role[k]
        p = s.roles[r].head
        if p < 0:
            continue
        if fn.rule == LONGEST_IDLE:
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
    return best
