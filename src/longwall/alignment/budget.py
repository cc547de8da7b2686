"""How much a search may spend, counted in replications derived from the size of the system, never in seconds."""

from __future__ import annotations

from longwall.alignment.flow import events_per_week
from longwall.worksystem import Piece, WorkSystem

__all__ = ["DEFAULT_EVENTS", "Budget", "budget_for"]

DEFAULT_EVENTS = 30e6
"""Simulated events that a whole search may take: about half a minute on two cores for a small desk."""
_PER_REPLICATION = 4000.0
"""What a replication costs beside its events (patching, compiling the model), in events."""
_WARM_UP_WEEKS = 4


class Budget(Piece):
    """Replications of each part of a search.

    Parameters
    ----------
    search : int
        All replications of the exploration.
    frozen : int
        Most designs that are confirmed, siblings not counted.
    fresh, effect : int
        Fresh replications of each confirmed design, and of each intervention on its own.
    draws, draw_replications : int
        Draws over everything assumed, and replications of each.
    """

    search: int
    frozen: int = 14
    fresh: int = 120
    effect: int = 60
    draws: int = 30
    draw_replications: int = 6


def budget_for(system: WorkSystem, weeks: int, *, events: float = DEFAULT_EVENTS) -> Budget:
    """Return the budget for a system: a fixed number of simulated events, shared out among the parts.

    The same system, weeks and events give the same budget on every machine, so that a search gives the same bits
    however fast the machine is.

    Parameters
    ----------
    weeks : int
        Simulated weeks of a replication, > 0.
    events : float
        Events that the search may take, > 0.
    """
    cost = events_per_week(system) * (weeks + _WARM_UP_WEEKS) + _PER_REPLICATION
    replications = events / cost
    fresh = int(min(200, max(40, replications / 50)))
    draw = int(min(8, max(4, replications / 600)))
    return Budget(
        search=int(min(6000, max(320, 0.5 * replications))), fresh=fresh, effect=fresh // 2, draw_replications=draw
    )
