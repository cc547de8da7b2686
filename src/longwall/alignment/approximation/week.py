"""A mean week of a work system as flows: who has time, what lies overnight, what is waited for beside it.

Work arrives, passes on and waits as a fluid, hour by hour, urgent classes first; people are there as their shifts say.
Beside what the fluid leaves lying, an item waits by chance, by the closed form of a station with as many people.

References
----------
Newell 1982, "Applications of queueing theory", chapter 2 (fluid approximation of rush hours). Green and Kolesar 1991,
"The pointwise stationary approximation for queues with nonstationary arrivals", Management Science 37. Cobham 1954,
"Priority assignment in waiting line problems", Operations Research 2.
"""

from __future__ import annotations

import math
from typing import Any

from longwall.alignment.approximation.jit import hot, part
from longwall.alignment.approximation.places import ALWAYS, HOURS, Places

__all__ = ["flow_through_week"]

_TURNS = 3
"""Times that what is too much for one post is moved to others."""
_SWEEPS = 2
"""Times that work is shared out where there is not time for all."""
_NOTHING = 1e-6
"""Fewer items than this in a cell are none."""
_FULL = 0.9
"""Load above which the closed form of waiting is not asked: what is beyond lies in the fluid."""
_LONGEST_H = 2.0
"""Longest wait by chance that is believed [h]; a shift is over before a station has settled at a longer one."""
_SHORT_H = 0.25
"""What passes in less than this is passed within the hour [h]."""
_KEPT = math.exp(-1.0 / 24.0)
"""Share of what is to be read that is still worth it an hour later."""


@part
def _load(x: Any, m: Any, o: Places, demand: int) -> bool:
    """Write the hours asked of each post by the present split; return whether that is too much for any."""
    for p in range(o.n_post):
        x[o.load + p] = 0.0
    for f in range(o.n_function):
        if x[o.served + f] > 0.0:
            for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
                if x[o.split + k] > 0.0:
                    x[o.load + m[o.pair_post + k]] += x[demand + f] * x[o.split + k] / x[o.able + k]
    over = False
    for p in range(o.n_post):
        over = over or x[o.load + p] > x[o.left + p]
    return over


@part
def _share_out(x: Any, m: Any, o: Places, demand: int) -> None:
    """Write how the work of each function is split among posts, and the share of it that is served.

    In proportion to the time that posts have left, as the longest idle takes what comes; what is too much for one goes
    to others who can.
    """
    for f in range(o.n_function):
        x[o.served + f] = 0.0
        total = 0.0
        if x[demand + f] > 0.0:
            for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
                x[o.split + k] = x[o.weight + m[o.pair_post + k]] if x[o.able + k] > 0.0 else 0.0
                total += x[o.split + k]
        if total > 1e-9:
            x[o.served + f] = 1.0
            for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
                x[o.split + k] /= total
    for turn in range(_TURNS + 1):
        if not _load(x, m, o, demand):
            return
        for f in range(o.n_function):
            if x[o.served + f] <= 0.0:
                continue
            share = 0.0
            for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
                p = m[o.pair_post + k]
                if x[o.load + p] > x[o.left + p]:
                    x[o.split + k] *= x[o.left + p] / x[o.load + p]
                share += x[o.split + k]
            x[o.served + f] = share if turn == _TURNS else 1.0
            for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
                x[o.split + k] /= max(share, 1e-12)


@part
def _ask(x: Any, m: Any, o: Places, c: int) -> None:
    """Add to the demand of each function what a class asks of it in this hour, by the shares believed to be served."""
    first, end = m[o.cell_at + c], m[o.cell_at + c + 1]
    for cell in range(first, end):
        x[o.virtual + cell] = x[o.coming + cell]
    for cell in range(first, end):
        fresh, waiting, passing = x[o.virtual + cell], x[o.waiting + cell], x[o.passing + cell]
        if fresh + waiting + passing <= _NOTHING:
            continue
        f = m[o.cell_of + cell]
        needs = x[o.function + 10 * f]
        people = waiting + fresh * needs
        x[o.demand + f] += people * x[o.function + 10 * f + 1]
        out = (people * x[o.believed + f] + fresh * (1.0 - needs) + passing) * x[o.release + f]
        for k in range(m[o.next_at + cell], m[o.next_at + cell + 1]):
            to = m[o.next_to + k]
            if to > cell:
                x[o.virtual + to] += out * x[o.next_p + k]


@hot
def _spend(x: Any, m: Any, o: Places, f: int, hours: float, counts: float) -> None:
    """Book hours of work at a function to those who do it; a day may count for several."""
    for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
        if x[o.split + k] > 0.0:
            spent = hours * x[o.split + k] / x[o.able + k]
            x[o.work + k] += spent * counts
            x[o.left + m[o.pair_post + k]] -= spent


@part
def _serve(x: Any, m: Any, o: Places, c: int, counts: float) -> None:
    """Let a class pass on as far as there is time."""
    for cell in range(m[o.cell_at + c], m[o.cell_at + c + 1]):
        fresh, waiting, passing = x[o.coming + cell], x[o.waiting + cell], x[o.passing + cell]
        if fresh + waiting + passing <= _NOTHING:
            continue
        x[o.coming + cell] = 0.0
        f = m[o.cell_of + cell]
        needs = x[o.function + 10 * f]
        people = fresh * needs
        done = (waiting + people) * x[o.served + f]
        x[o.asked_now + cell] = people
        x[o.waiting + cell] = waiting + people - done
        x[o.through + cell] += fresh * counts
        x[o.reads + f] += fresh * x[o.function + 10 * f + 2]
        if done > 0.0:
            _spend(x, m, o, f, done * x[o.function + 10 * f + 1], counts)
        out = passing + done + fresh * (1.0 - needs)
        x[o.passing + cell] = out * (1.0 - x[o.release + f])
        out *= x[o.release + f]
        if out > 0.0:
            for k in range(m[o.next_at + cell], m[o.next_at + cell + 1]):
                x[o.coming + m[o.next_to + k]] += out * x[o.next_p + k]


@part
def _read(x: Any, m: Any, o: Places, counts: float) -> None:
    """Let people read what machines did, when nothing else waits; some of the rest is no longer worth it."""
    for p in range(o.n_post):
        x[o.weight + p] = max(x[o.left + p], 0.0) if x[o.post + 2 * p + 1] > ALWAYS else 0.0
    _share_out(x, m, o, o.reads)
    for f in range(o.n_function):
        done = x[o.reads + f] * x[o.served + f]
        if done > 0.0:
            _spend(x, m, o, f, done, counts)
        x[o.reads + f] = (x[o.reads + f] - done) * _KEPT


@part
def _wait_by_chance(x: Any, m: Any, o: Places, h: int, levels: int, counts: float) -> None:
    """Add the hours that items of this hour wait because work comes and takes as it does: urgent ones less."""
    free, people = o.demand, o.served
    for f in range(o.n_function):
        x[free + f], x[people + f], last = 0.0, 0.0, 0.0
        for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
            p = m[o.pair_post + k]
            there = x[o.staff + HOURS * p + h] if x[o.able + k] > 0.0 else 0.0
            x[people + f] += there
            x[free + f] += there * x[o.rest + p]
            last += x[o.used + levels * o.n_post + p] if there > 0.0 else 0.0
        if x[free + f] > 0.0:
            crew = x[people + f]
            x[free + f] *= min(last / crew, _FULL) ** (math.sqrt(2.0 * (crew + 1.0)) - 1.0) / (crew * crew)
    for c in range(o.n_class):
        level = m[o.level_of + c]
        for cell in range(m[o.cell_at + c], m[o.cell_at + c + 1]):
            f = m[o.cell_of + cell]
            if x[o.asked_now + cell] <= 0.0 or x[free + f] <= 0.0:
                continue
            before, mine = 0.0, 0.0
            for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
                p = m[o.pair_post + k]
                if x[o.able + k] > 0.0:
                    before += x[o.used + (level - 1) * o.n_post + p]
                    mine += x[o.used + level * o.n_post + p]
            room = (1.0 - min(before / x[people + f], _FULL)) * (1.0 - min(mine / x[people + f], _FULL))
            x[o.chance + cell] += counts * x[o.asked_now + cell] * min(x[free + f] / room, _LONGEST_H)


@part
def _levels(x: Any, m: Any, o: Places) -> int:
    """Write classes by urgency and the level of each, from 1; return the number of levels."""
    for c in range(o.n_class):
        at = c
        while at > 0 and x[o.cls + 4 * m[o.by_urgency + at - 1]] > x[o.cls + 4 * c]:
            m[o.by_urgency + at] = m[o.by_urgency + at - 1]
            at -= 1
        m[o.by_urgency + at] = c
    levels, last = 0, -math.inf
    for at in range(o.n_class):
        c = m[o.by_urgency + at]
        if x[o.cls + 4 * c] > last:
            levels, last = levels + 1, x[o.cls + 4 * c]
        m[o.level_of + c] = levels
    return levels


@part
def _ask_all(x: Any, m: Any, o: Places, begin: int, end: int, sweeps: int) -> bool:
    """Ask people for the work of classes by urgency, from one to another; return whether all can be served.

    At first as if everything were served at once; what is held up does not reach those who come after.
    """
    urgency = x[o.cls + 4 * m[o.by_urgency + begin]]
    for p in range(o.n_post):
        call, left = x[o.post + 2 * p + 1], max(x[o.left + p], 0.0)
        x[o.left + p] = left
        x[o.weight + p] = 0.0 if call < urgency else left if call > ALWAYS else 1e-3 * left
    for f in range(o.n_function):
        x[o.believed + f] = 1.0
    for _ in range(sweeps):
        for f in range(o.n_function):
            x[o.demand + f] = 0.0
        for at in range(begin, end):
            _ask(x, m, o, m[o.by_urgency + at])
        _share_out(x, m, o, o.demand)
        enough = True
        for f in range(o.n_function):
            x[o.believed + f] = x[o.served + f] if x[o.demand + f] > _NOTHING else 1.0
            enough = enough and x[o.believed + f] > 1.0 - 1e-9
        if enough:
            return True
    return False


@part
def _by_level(x: Any, m: Any, o: Places, h: int, anybody: bool, counts: float) -> None:
    """Let an hour pass for each class in the order of urgency; where there is time for all, they are asked once."""
    enough = not anybody or (x[o.on_call] <= 0.0 and _ask_all(x, m, o, 0, o.n_class, 1))
    begin = 0
    while begin < o.n_class:
        level, end = m[o.level_of + m[o.by_urgency + begin]], begin + 1
        while end < o.n_class and m[o.level_of + m[o.by_urgency + end]] == level:
            end += 1
        if not enough:
            _ask_all(x, m, o, begin, end, _SWEEPS)
        for at in range(begin, end):
            _serve(x, m, o, m[o.by_urgency + at], counts)
        for p in range(o.n_post):
            x[o.used + level * o.n_post + p] = x[o.staff + HOURS * p + h] - x[o.left + p]
        begin = end


@part
def _lie(x: Any, m: Any, o: Places, counts: float) -> None:
    """Let an hour pass for what waits: some give up."""
    for c in range(o.n_class):
        patience = x[o.cls + 4 * c + 2]
        going = 1.0 - math.exp(-1.0 / max(patience, 0.1)) if patience < ALWAYS else 0.0
        for cell in range(m[o.cell_at + c], m[o.cell_at + c + 1]):
            waiting = x[o.waiting + cell]
            if waiting > 0.0:
                x[o.lost + c] += waiting * going * counts
                x[o.waiting + cell] = waiting * (1.0 - going)
                x[o.lying + cell] += waiting * (1.0 - 0.5 * going) * counts


@part
def _begin_week(x: Any, m: Any, o: Places) -> None:
    """Note the mean rest of a task that each post is at [h], from the days before, and forget their sums."""
    for p in range(o.n_post):
        total, rest = 0.0, 0.0
        for f in range(o.n_function):
            for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
                if m[o.pair_post + k] == p:
                    total += x[o.work + k]
                    rest += x[o.work + k] * x[o.function + 10 * f + 1] * (1.0 + x[o.function + 10 * f + 4]) / 2.0
        x[o.rest + p] = rest / total if total > 0.0 else 0.0
    for k in range(o.sums, o.sums_end):
        x[k] = 0.0


@part
def _hour(x: Any, m: Any, o: Places, h: int, levels: int, counts: float) -> None:
    """Let an hour of the week pass."""
    anybody = False
    for p in range(o.n_post):
        x[o.left + p] = x[o.staff + HOURS * p + h]
        anybody = anybody or x[o.left + p] > 0.0
    for f in range(o.n_function):
        x[o.served + f] = 0.0
    for cell in range(o.n_cell):
        x[o.asked_now + cell] = 0.0
    for c in range(o.n_class):
        fresh = x[o.arrivals + HOURS * c + h]
        if fresh > 0.0:
            for k in range(m[o.enter_at + c], m[o.enter_at + c + 1]):
                x[o.coming + m[o.enter_to + k]] += fresh * x[o.enter_p + k]
    _by_level(x, m, o, h, anybody, counts)
    if anybody:
        _read(x, m, o, counts)
        for p in range(o.n_post):
            there = x[o.staff + HOURS * p + h]
            used = there - max(x[o.left + p], 0.0)
            x[o.used + levels * o.n_post + p] = used
            x[o.busy + HOURS * p + h] = used / there if there > 0.0 else 0.0
        if counts > 0.0:
            _wait_by_chance(x, m, o, h, levels, counts)
    for cell in range(o.n_cell):
        x[o.asked + cell] += x[o.asked_now + cell] * counts
    _lie(x, m, o, counts)


@part
def flow_through_week(x: Any, m: Any, o: Places, days: Any) -> None:
    """Write the sums of a week, after a day that begins empty.

    Parameters
    ----------
    x : ndarray
        Numbers of a design, and room for its sums, all zero.
    m : ndarray of int
    o : Places
        Where what stands in both.
    days : ndarray of int, shape (n, 2)
        Days of the week and the number of days that each counts for, the day that begins empty first.
    """
    levels = _levels(x, m, o)
    x[o.on_call] = 0.0
    for p in range(o.n_post):
        x[o.on_call] += 1.0 if x[o.post + 2 * p + 1] < ALWAYS else 0.0
    for f in range(o.n_function):
        passes_h = x[o.function + 10 * f + 3]
        x[o.release + f] = 1.0 - math.exp(-1.0 / passes_h) if passes_h > _SHORT_H else 1.0
    for row in range(len(days)):
        for h in range(24):
            _hour(x, m, o, 24 * days[row, 0] + h, levels, 1.0 if row == 0 else float(days[row, 1]))
        if row == 0:
            _begin_week(x, m, o)
        for day in range(days[row, 0] + 1, days[row, 0] + days[row, 1]):
            for p in range(o.n_post):
                for h in range(HOURS * p, HOURS * p + 24):
                    x[o.busy + 24 * day + h] = x[o.busy + 24 * days[row, 0] + h]
