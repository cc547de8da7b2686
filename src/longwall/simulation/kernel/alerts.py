"""What becomes of the event behind an alert: caught where somebody acted on it, else missed."""

from __future__ import annotations

from typing import Any

from longwall.simulation.kernel.jit import part
from longwall.simulation.kernel.layout import DISMISSED, FALSE

__all__ = ["alerted", "conclude", "missed"]


@part
def alerted(s: Any, i: Any, kind: Any, repeat: Any) -> None:
    """Note what an item is an alert of, and how many of the last alerts were repeats."""
    item = s.item[i]
    item.kind = kind
    item.again = repeat
    acc = s.acc_cls[item.cls]
    acc.alerts += 1
    acc.false_alerts += 1 if kind == FALSE else 0
    arrival = s.arrival[item.cls]
    arrival.repeats += 0.02 * (repeat - arrival.repeats)


@part
def missed(m: Any, s: Any, c: Any) -> None:
    """Count an event that nobody acts on: it has escaped."""
    acc = s.acc_cls[c]
    var = m.var[m.alert[m.cls[c].alert].variance]
    acc.escaped += 1
    acc.harm_technical += var.harm_technical
    acc.harm_social += var.harm_social
    acc.harm_regulatory += var.harm_regulatory
    acc.safety += var.safety


@part
def conclude(m: Any, s: Any, i: Any, completed: Any) -> None:
    """Count the event behind an alert as caught where somebody acted on it, else as missed when all alerts are done."""
    item = s.item[i]
    good = completed == 1 and item.judged != DISMISSED
    if item.burst < 0:
        if good:
            s.acc_cls[item.cls].caught += 1
        else:
            missed(m, s, item.cls)
        return
    burst = s.burst[item.burst]
    if good and burst.caught == 0:
        burst.caught = 1
        s.acc_cls[item.cls].caught += 1
    if burst.caught == 0 and burst.refs == 1 and burst.left == 0:
        missed(m, s, item.cls)
