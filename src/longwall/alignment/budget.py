"""How much a search may spend, counted in replications derived from the size of the system, never in seconds."""

from __future__ import annotations

from longwall.alignment.flow import events_per_replication
from longwall.worksystem import Piece, WorkSystem

__all__ = ["Budget", "budget_for"]

_DEFAULT_EVENTS = 100e6
"""Simulated events that a whole search may take: about half a minute on two cores for a small desk."""
_PER_REPLICATION = 30_000.0
"""What a replication costs beside its events (patching, compiling the model), in events."""

_LEAST = 320
"""Fewest replications of the exploration: single changes, a few mixtures, and as much again for what they suggest."""


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
    events_per_replication : float
        Size of today's system, for saying what was spent; 0: not measured.
    """

    search: int
    frozen: int = 14
    fresh: int = 120
    effect: int = 60
    draws: int = 30
    draw_replications: int = 6
    events_per_replication: float = 0.0


def budget_for(system: WorkSystem, weeks: int, *, events: float = _DEFAULT_EVENTS) -> Budget:
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
    size = events_per_replication(system, weeks)
    replications = events / (size + _PER_REPLICATION)
    frozen = round(min(14, max(6, replications / 60)))
    fresh = round(min(200, max(20, 0.28 * replications / (frozen + 2))))
    draws = 30 if replications > 1000 else 20
    return Budget(
        search=round(min(8000, max(_LEAST, 0.5 * replications))),
        frozen=frozen,
        fresh=fresh,
        effect=max(10, fresh // 2),
        draws=draws,
        draw_replications=round(min(8, max(2, 0.12 * replications / (2 * draws)))),
        events_per_replication=size,
    )
