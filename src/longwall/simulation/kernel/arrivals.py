"""When items come: by the rate of their class, from a replayed log, or together because of one event."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from longwall.simulation.kernel.draws import P_ARRIVAL, P_BURST, P_GAP, chance
from longwall.simulation.kernel.heap import push, tie_of
from longwall.simulation.kernel.jit import hot, part
from longwall.simulation.kernel.layout import EV_SPAWN, NONE
from longwall.streams import mix, uniform

__all__ = [
    "begin_burst",
    "begin_repeats",
    "burst_over",
    "drop_burst",
    "first_arrival",
    "next_arrival",
    "next_spawn",
    "redraw",
]


@part
def _rate(m: Any, s: Any, c: Any, hour: Any) -> Any:
    """Return arrivals per hour of a class in an hour: its profile, trend, holidays, and machines that are out."""
    cls = m.cls[c]
    weeks = (hour - s.clk[0].w0) / 168.0
    rate = m.rate[c, hour % 168] * s.arrival[c].factor * math.exp(cls.growth * weeks)
    day = hour // 24
    if day < len(s.holiday) and s.holiday[day] == 1:
        rate *= cls.holiday
    return rate


@part
def _replayed(m: Any, s: Any, c: Any) -> None:
    """Take the next arrival of a class from the list that is replayed."""
    arrival = s.arrival[c]
    span = s.replay_of[c]
    k = arrival.hour
    arrival.next_h = s.replay[span.lo + k] if k < span.n else math.inf
    arrival.hour = k + 1
    arrival.left = 1


@hot
def next_arrival(m: Any, s: Any, c: Any) -> None:
    """Draw when the next arrival of a class comes: the cumulative rate by hour of week, inverted."""
    clk = s.clk[0]
    arrival = s.arrival[c]
    if s.replay_of[c].n >= 0:
        _replayed(m, s, c)
        return
    key = mix(mix(mix(clk.root, P_ARRIVAL), m.cls[c].key), np.uint64(arrival.ordinal))
    if arrival.redraws > 0:
        key = mix(key, np.uint64(arrival.redraws))
    needed = -math.log(uniform(key))
    t = arrival.next_h
    hour = arrival.hour
    plain = m.cls[c].plain
    while True:
        rate = m.rate[c, hour % 168] if plain == 1 else _rate(m, s, c, hour)
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


@part
def redraw(m: Any, s: Any, c: Any, anyway: Any) -> None:
    """Let the rate of a class follow which components are out, and draw its next arrival anew.

    Arrivals have no memory between events, so a fresh draw from now has the right law.
    """
    clk = s.clk[0]
    arrival = s.arrival[c]
    cls = m.cls[c]
    factor = 1.0
    for k in range(cls.down_lo, cls.down_lo + cls.down_n):
        if s.mach[m.cls_down[k].row].down > 0:
            factor *= m.cls_down[k].p
    if factor == arrival.factor and anyway == 0:
        return
    arrival.factor = factor
    if s.replay_of[c].n >= 0 or clk.now >= clk.horizon_h:
        return
    arrival.redraws += 1
    if factor == 0.0:
        arrival.next_h = math.inf
        first_arrival(m, s)
        return
    arrival.next_h = clk.now
    arrival.hour = int(clk.now)
    next_arrival(m, s, c)
    first_arrival(m, s)


@part
def begin_burst(m: Any, s: Any, surge: Any, key: Any, item: Any, component: Any) -> None:
    """Let an event bring a geometric number of items; `item` or `component` is what the event is."""
    row = m.surge[surge]
    key = mix(mix(key, P_BURST), row.key)
    n = 1
    if row.items > 1.0:
        n += int(math.log(uniform(key)) / math.log(1.0 - 1.0 / row.items))
    _open_burst(m, s, surge, key, n, item, component)


@part
def begin_repeats(m: Any, s: Any, alert: Any, i: Any) -> None:
    """Let an alert repeat itself a geometric number of times, from none."""
    item = s.item[i]
    row = m.alert[alert]
    key = mix(item.key, P_BURST)
    n = int(math.log(uniform(key)) / math.log(row.repeats / (1.0 + row.repeats)))
    if n == 0:
        return
    b = _open_burst(m, s, row.surge, key, n, NONE, NONE)
    if b >= 0:
        s.burst[b].kind = item.kind
        s.burst[b].refs = 1
        item.burst = b


@part
def _open_burst(m: Any, s: Any, surge: Any, key: Any, n: Any, item: Any, component: Any) -> Any:
    """Take a free row of the bursts, and plan its first item."""
    clk = s.clk[0]
    b = clk.burst_free
    if b < 0:
        clk.lost += 1
        return NONE
    burst = s.burst[b]
    clk.burst_free = burst.next
    clk.bursts += 1
    burst.key = key
    burst.surge = surge
    burst.left = n
    burst.ordinal = 0
    burst.refs = 0
    burst.kind = 0
    burst.caught = 0
    burst.source = item
    burst.source_ver = s.item[item].ver if item >= 0 else 0
    burst.component = component
    next_spawn(m, s, b)
    return b


@part
def next_spawn(m: Any, s: Any, b: Any) -> None:
    """Plan the next item of a burst."""
    clk = s.clk[0]
    burst = s.burst[b]
    gap_h = m.surge[burst.surge].gap_h
    gap_h *= -math.log(chance(mix(burst.key, np.uint64(burst.ordinal)), P_GAP))
    push(clk, s.heap_t, s.heap_tie, s.heap_ref, clk.now + gap_h, tie_of(EV_SPAWN, burst.key), b)


@part
def burst_over(m: Any, s: Any, b: Any) -> Any:
    """Return whether the event behind a burst is over: the component works again, or its item has left."""
    burst = s.burst[b]
    if burst.component >= 0:
        return s.mach[burst.component].own_down == 0
    if burst.source >= 0:
        return s.item[burst.source].ver != burst.source_ver
    return False


@part
def drop_burst(s: Any, b: Any) -> None:
    """Give the row of a burst back where nothing is to come of it and nothing of it is here."""
    clk = s.clk[0]
    burst = s.burst[b]
    if burst.left == 0 and burst.refs == 0:
        burst.next = clk.burst_free
        clk.burst_free = b
        clk.bursts -= 1
