"""How a simulation begins: open items, arrivals that are replayed, and on which days it is a holiday."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from longwall.errors import Fault, SimulationError
from longwall.simulation.compile import Compiled
from longwall.simulation.kernel import Begin, layout
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Id, Piece

__all__ = ["OpenItem", "begin_of"]

DAYS_PER_WEEK = 7


class OpenItem(Piece):
    """An item that is open when the simulation begins (a warm start).

    Parameters
    ----------
    function : Id
        The function that it is about to begin, or is in; work that was done on it there is done again.
    after : Id, optional
        The function before, for routes with memory; an item with one had its first response before the beginning.
    age_h : float
        Hours since it came.
    """

    demand: Id
    function: Id
    after: Id | None = None
    age_h: float = Field(default=0.0, ge=0)


def _holidays(compiled: Compiled, begins: str, weeks: int, warm_up_weeks: int) -> NDArray[np.uint8]:
    """Return 1 for each day from the begin of the warm-up on that is a holiday."""
    days = np.zeros(DAYS_PER_WEEK * (weeks + warm_up_weeks) + 1, np.uint8)
    if begins:
        first = datetime.date.fromisoformat(begins) - datetime.timedelta(weeks=warm_up_weeks)
        for text in compiled.system.social.holidays:
            day = (datetime.date.fromisoformat(text) - first).days
            if 0 <= day < len(days):
                days[day] = 1
    return days


def begin_of(
    compiled: Compiled,
    items: Sequence[OpenItem],
    replay_h: Mapping[str, Sequence[float]],
    begins: str,
    weeks: int,
    warm_up_weeks: int,
) -> Begin:
    """Return what is there at the beginning, as the kernel takes it.

    Parameters
    ----------
    replay_h : mapping of str to sequence of float
        Hours of arrivals by demand class, counted from the begin of the weeks that count; they take the place of the
        class's own arrivals.
    begins : str
        ISO date of the Monday on which the weeks that count begin, or empty: there are no holidays.

    Raises
    ------
    SimulationError
        LW-SI-016: if an open item or a replayed class names what is not there, or times are not in order.
    """
    classes = {d.id: k for k, d in enumerate(compiled.demand)}
    fns = {fn.id: k for k, fn in enumerate(compiled.functions)}
    faults = []

    def row_of(rows: dict[str, int], where: str, kind: str, name: str) -> int:
        if name not in rows:
            faults.append(Fault("LW-SI-016", where, f"the id of a {kind} of this system", repr(name), "correct the id"))
        return rows.get(name, 0)

    table = np.zeros(len(items), layout.OPEN).view(np.recarray)
    for k, item in enumerate(items):
        where = f"scenario.open_items.{k}"
        last = -1 if item.after is None else row_of(fns, where, "function", item.after)
        table[k] = (row_of(classes, where, "demand class", item.demand), row_of(fns, where, "function", item.function),
                    last, item.age_h)  # fmt: skip
    times: list[float] = []
    spans: dict[int, tuple[int, int]] = {}
    for name in sorted(replay_h):
        mine = [float(t) + HOURS_PER_WEEK * warm_up_weeks for t in replay_h[name]]
        if any(later < earlier for earlier, later in itertools.pairwise(mine)) or (mine and mine[0] < 0.0):
            faults.append(
                Fault("LW-SI-016", f"scenario.replay_h.{name}", "hours from 0 on, in order", "others", "sort them")
            )
        spans[row_of(classes, f"scenario.replay_h.{name}", "demand class", name)] = (len(times), len(mine))
        times.extend(mine)
    if faults:
        raise SimulationError(*faults)
    return Begin(
        items=table,
        holiday=_holidays(compiled, begins, weeks, warm_up_weeks),
        replay_h=np.array(times),
        replay_of=spans,
    )
