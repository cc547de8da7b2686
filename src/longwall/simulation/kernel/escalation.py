"""The timer of escalation: set and stopped with the clock of its item; when it fires, the item becomes more urgent."""

from __future__ import annotations

from typing import Any

from longwall.simulation.kernel.clocks import on_clock, when_clock
from longwall.simulation.kernel.heap import push, tie_of
from longwall.simulation.kernel.jit import part
from longwall.simulation.kernel.layout import EV_ESCALATE, WAITING
from longwall.simulation.kernel.queues import relevel

__all__ = ["escalate", "pause", "start_clock"]


@part
def start_clock(m: Any, s: Any, i: Any) -> None:
    """Set the timer of escalation to when the clock of the item will show its time; an older timer is void."""
    clk = s.clk[0]
    item = s.item[i]
    cls = m.cls[item.cls]
    item.escalate_ver += 1
    due = on_clock(m, cls.clock, item.t_in) + item.paused + cls.escalate_h
    at = when_clock(m, cls.clock, due)
    if at < clk.now:
        at = clk.now
    push(clk, s.heap_t, s.heap_tie, s.heap_ref, at, tie_of(EV_ESCALATE, item.key), (item.escalate_ver << 32) | i)


@part
def pause(m: Any, s: Any, i: Any) -> None:
    """Stop the clock of an item that waits for its customer or a supplier."""
    item = s.item[i]
    item.pause_from = on_clock(m, m.cls[item.cls].clock, s.clk[0].now)
    item.escalate_ver += 1
    if m.fn[item.fn].customer == 1:
        item.efforts += 1


@part
def _rise(s: Any, i: Any, level: Any) -> None:
    """Give one item or branch a higher priority; where its task waits, it moves to the line of that priority."""
    t = s.item[i].task
    if s.task[t].level <= level:
        return
    if s.task[t].state == WAITING:
        relevel(s, t, level)
    else:
        s.task[t].level = level


@part
def escalate(m: Any, s: Any, i: Any) -> None:
    """Give an open item, and every branch it has forked into, its higher priority."""
    level = m.cls[s.item[i].cls].escalate_prio
    j = i
    while True:
        _rise(s, j, level)
        if s.item[j].branches >= 0:
            j = s.item[j].branches
            continue
        while j != i and s.item[j].sibling < 0:
            j = s.item[j].parent
        if j == i:
            return
        j = s.item[j].sibling
