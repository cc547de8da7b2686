"""The event heap: time, tie and reference in parallel arrays, with unsigned indices.

Taking the first event leaves a hole at the root; the next event pushed falls into it (replace-top), so that the usual
end-of-one-task, start-of-the-next costs one sift instead of two.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from longwall.simulation.kernel.jit import hot, part

__all__ = ["first_time", "push", "settle", "tie_of"]

U0 = np.uint64(0)
U1 = np.uint64(1)
U2 = np.uint64(2)
U4 = np.uint64(4)
U60 = np.uint64(60)


@hot
def tie_of(kind: Any, key: Any) -> Any:
    """Return the order among events of one instant: by kind, then by the key of the entity."""
    return (np.uint64(kind) << U60) | (key >> U4)


@hot
def _sift_down(ht: Any, hk: Any, hr: Any, n: Any, t: Any, tie: Any, ref: Any) -> None:
    """Let an event fall from the root into its place among n events (the root being free)."""
    i = U0
    child = U1
    while child < n:
        right = child + U1
        if right < n and (ht[right] < ht[child] or (ht[right] == ht[child] and hk[right] < hk[child])):
            child = right
        tc = ht[child]
        if t < tc or (t == tc and tie <= hk[child]):
            break
        ht[i] = tc
        hk[i] = hk[child]
        hr[i] = hr[child]
        i = child
        child = (i << U1) + U1
    ht[i] = t
    hk[i] = tie
    hr[i] = ref


@part
def push(clk: Any, ht: Any, hk: Any, hr: Any, t: Any, tie: Any, ref: Any) -> None:
    """Add an event."""
    if clk.hole == 1:
        clk.hole = 0
        _sift_down(ht, hk, hr, clk.heap_n, t, tie, ref)
        return
    i = clk.heap_n
    clk.heap_n = i + U1
    while i > U0:
        parent = (i - U1) >> U1
        tp = ht[parent]
        if tp < t or (tp == t and hk[parent] <= tie):
            break
        ht[i] = tp
        hk[i] = hk[parent]
        hr[i] = hr[parent]
        i = parent
    ht[i] = t
    hk[i] = tie
    hr[i] = ref


@hot
def settle(clk: Any, ht: Any, hk: Any, hr: Any) -> None:
    """Close the hole at the root with the last event."""
    if clk.hole == 1:
        clk.hole = 0
        n = clk.heap_n - U1
        clk.heap_n = n
        if n > U0:
            _sift_down(ht, hk, hr, n, ht[n], hk[n], hr[n])


@hot
def first_time(clk: Any, ht: Any) -> Any:
    """Return the time of the next event without closing the hole; infinity where there is none."""
    n = clk.heap_n
    if clk.hole == 0:
        return ht[U0] if n > U0 else math.inf
    first = math.inf
    if n > U1:
        first = ht[U1]
    if n > U2 and ht[U2] < first:
        first = ht[U2]
    return first
