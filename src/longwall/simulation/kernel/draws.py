"""Keyed draws: which uniform belongs to what, and the durations made of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from longwall.simulation.kernel.jit import hot, part
from longwall.simulation.kernel.layout import EXPONENTIAL, FIXED, LOGNORMAL
from longwall.streams import key_of, mix, normal_quantile, uniform

__all__ = ["chance", "duration_h"]


def _purpose(name: str) -> np.uint64:
    """Return the key of a purpose."""
    return np.uint64(key_of("purpose", name))


P_ITEM = _purpose("item")
P_ARRIVAL = _purpose("arrival")
P_START = _purpose("start")
P_ROUTE = _purpose("route")
P_WORK = _purpose("work")
P_DELAY = _purpose("delay")
P_PATIENCE = _purpose("patience")
P_COVERED = _purpose("covered")
P_RIGHT = _purpose("right")
P_ACCEPT = _purpose("accept")
P_DETECT = _purpose("detect")
P_REJECT = _purpose("reject")
P_REVIEW = _purpose("review")
P_READ = _purpose("read")
P_TAKEOVER = _purpose("takeover")
P_TAKEN = _purpose("taken over")
P_ARISE = _purpose("arise")
P_INDUCE = _purpose("induce")
P_SEE = _purpose("see")
P_CONTROL = _purpose("control")
P_REPAIR = _purpose("repair")
P_FAIL = _purpose("fail")
P_RESTORE = _purpose("restore")
P_DEVIATE = _purpose("deviate")
P_ABSENT = _purpose("absent")
P_SETUP = _purpose("set-up")
P_RESUME = _purpose("resume")
P_RESPONSE = _purpose("response")
P_BURST = _purpose("burst")
P_GAP = _purpose("gap")
P_MERGE = _purpose("merge")
P_REOPEN = _purpose("reopen")
P_CLOSED = _purpose("closed")
P_KIND = _purpose("kind")
P_HIT = _purpose("hit")
P_ENGAGE = _purpose("engage")
P_JUDGE = _purpose("judge")
P_HANDED = _purpose("handed over")
P_LEAVES = _purpose("leaves")
P_REPLACED = _purpose("replaced")
P_BRANCH = _purpose("branch")
P_OPEN = _purpose("open")


@hot
def chance(key: Any, purpose: Any) -> Any:
    """Return the uniform in (0, 1) that belongs to a key and a purpose."""
    return uniform(mix(key, purpose))


@part
def _lognormal_h(log_median: Any, spread: Any, u: Any) -> Any:
    """Return hours from a lognormal distribution."""
    return math.exp(log_median + spread * normal_quantile(u))


@hot
def duration_h(m: Any, row: Any, u: Any) -> Any:
    """Return hours from a distribution by inversion of one uniform."""
    d = m.dist[row]
    if d.form == FIXED:
        return d.a
    if d.form == EXPONENTIAL:
        return -d.a * math.log(u)
    if d.form == LOGNORMAL:
        return _lognormal_h(d.a, d.b, u)
    at = u * (d.n - 1)
    k = int(at)
    low = m.quantile[d.lo + k]
    return low + (m.quantile[d.lo + k + 1] - low) * (at - k)
