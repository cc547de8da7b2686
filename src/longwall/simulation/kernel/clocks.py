"""Clocks that run in certain hours of the week only: time on the clock, and when the clock will show a time."""

from __future__ import annotations

from typing import Any

from longwall.simulation.kernel.jit import part

__all__ = ["on_clock", "when_clock"]

WEEK_H = 168.0
HALF_HOURS = 336


@part
def on_clock(m: Any, clock: Any, t: Any) -> Any:
    """Return the hours that a clock has run since time 0 (which may be negative); row 0 always runs.

    A row of `clock` holds the hours run since Monday 00:00 at each half-hour, 337 of them.
    """
    if clock == 0:
        return t
    week = int(t / WEEK_H)
    if t < week * WEEK_H:
        week -= 1
    inside = (t - week * WEEK_H) * 2.0
    k = int(inside)
    if k >= HALF_HOURS:
        k = HALF_HOURS - 1
    low = m.clock[clock, k]
    return week * m.clock[clock, HALF_HOURS] + low + (m.clock[clock, k + 1] - low) * (inside - k)


@part
def when_clock(m: Any, clock: Any, shown: Any) -> Any:
    """Return the first time at which a clock shows so many hours."""
    if clock == 0:
        return shown
    total = m.clock[clock, HALF_HOURS]
    week = int(shown / total)
    if shown <= week * total:
        week -= 1
    rest = shown - week * total
    k = 0
    while k < HALF_HOURS - 1 and m.clock[clock, k + 1] < rest:
        k += 1
    low = m.clock[clock, k]
    there = m.clock[clock, k + 1] - low
    share = (rest - low) / there if there > 0.0 else 0.0
    return week * WEEK_H + 0.5 * (k + share)
