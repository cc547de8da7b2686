"""Days instead of weeks: how many items were done each day, and how many of them late.

The counters of a run are kept by week; here a run is stopped at each midnight and read, which changes nothing else.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from longwall.errors import Fault, SimulationError
from longwall.simulation.beginning import DAYS_PER_WEEK
from longwall.simulation.compile import Compiled
from longwall.simulation.experiment import default_threads, play, prepare
from longwall.simulation.kernel import State
from longwall.simulation.scenario import Scenario

__all__ = ["late_by_day"]


_ORGANISATION = "organisation"


def late_by_day(scenario: Scenario, *, scope: str = _ORGANISATION, threads: int | None = None) -> NDArray[np.float64]:
    """Return the share of late items among those with a due time that were completed each day.

    Parameters
    ----------
    scope : str
        ``organisation``, or ``demand:`` and the id of a class.
    threads : int, optional
        Default: `default_threads`; changes no bit.

    Returns
    -------
    ndarray, shape (replications, 7 * weeks)
        Monday of the first week that counts first; nan on days without any such item. The luck is that of `run`.

    Raises
    ------
    SimulationError
        LW-SI-016: if there is no such scope; and if the system cannot be simulated.
    """
    compiled = prepare(scenario)
    known = {f"demand:{demand.id}": row for row, demand in enumerate(compiled.demand)}
    if scope != _ORGANISATION and scope not in known:
        raise SimulationError(
            Fault("LW-SI-016", "scope", f"{_ORGANISATION} or one of {', '.join(known)}", repr(scope), "correct the id")
        )
    rows = np.arange(len(compiled.demand)) if scope == _ORGANISATION else np.array([known[scope]])
    n = scenario.replications
    with ThreadPoolExecutor(max(1, min(threads or default_threads(), n))) as pool:
        return np.array(list(pool.map(partial(_late, compiled, scenario, rows), range(n))))


def _late(compiled: Compiled, scenario: Scenario, rows: NDArray[np.intp], replication: int) -> NDArray[np.float64]:
    """Return the share of one replication, shape (7 * weeks,)."""
    counts: list[tuple[int, int]] = []

    def midnight(state: State, day: int) -> None:
        """Read what the running week has counted so far; at its end it has been put away."""
        held = state.acc_cls if (day + 1) % DAYS_PER_WEEK else state.out_cls[day // DAYS_PER_WEEK]
        counts.append((int(held.late[rows].sum()), int(held.dated[rows].sum())))

    play(compiled, scenario, replication, midnight=midnight)
    weekly = np.array(counts[DAYS_PER_WEEK * scenario.warm_up_weeks :], dtype=np.float64).reshape(
        scenario.weeks, DAYS_PER_WEEK, 2
    )
    daily = np.diff(weekly, axis=1, prepend=0.0).reshape(-1, 2)
    share = np.full(len(daily), np.nan)
    np.divide(daily[:, 0], daily[:, 1], out=share, where=daily[:, 1] > 0)
    return share
