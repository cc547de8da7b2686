"""Where an item goes next."""

from __future__ import annotations

from typing import Any

from longwall.simulation.kernel.jit import hot
from longwall.simulation.kernel.layout import OUTCOMES

__all__ = ["follow"]


@hot
def follow(m: Any, item: Any, source: Any, u: Any) -> Any:
    """Return where an item goes next: the routes with the longest memory that matches; none is the end."""
    c = item.cls
    source = source * OUTCOMES + item.outcome
    row = m.row_of[source, c]
    mem = m.mem_of[source, c]
    for k in range(mem.lo, mem.lo + mem.n):
        memory = m.memory[k]
        if memory.last == item.last and (memory.before == -2 or memory.before == item.before):
            row = memory.row
            break
    route = m.route[row]
    last = route.lo + route.n - 1
    k = route.lo
    while k < last and u >= m.route_p[k]:
        k += 1
    return m.route_to[k]
