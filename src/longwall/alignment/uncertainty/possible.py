"""Which systems between the bounds of the work would have produced the lead times of the log?

Work and waiting share one span of time: where there is more of the one, there is less of the other. At each place
between the bounds the outside waits are stretched or shrunk until the lead time is that of the log; where items would
take longer even without any outside wait, that much work is not possible.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from longwall.alignment.trials import Simulator, block_seed
from longwall.alignment.uncertainty.knowledge import SHARES_OF_SET, at_share, unidentified
from longwall.worksystem import WorkSystem

__all__ = ["possible_systems"]

_LEAD = "lead_time_h"
_TOLERANCE = 1.1
"""A lead time this much above the observed one is not told from it."""
_STEPS = 5
_MOST_STRETCH = 4.0
_REPLICATIONS = 4


def possible_systems(
    system: WorkSystem, *, simulator: Simulator, seed: int, observed: Mapping[str, float]
) -> tuple[WorkSystem, ...]:
    """Return systems at the lower end, in the middle and at the upper end of what the log allows; one if it is known.

    Parameters
    ----------
    observed : mapping of str to float
        Levels as `longwall.alignment.levels_of` counts them; without a lead time, the bounds are taken as they are.

    Notes
    -----
    Both searches are bisections: the lead time rises with the work and with the outside waits, up to the noise of four
    replications under common luck.
    """
    if not unidentified(system):
        return (system,)
    target = observed.get(_LEAD)
    if target is None or target <= 0:
        return tuple(at_share(system, share) for share in SHARES_OF_SET)

    def lead_h(tried: WorkSystem) -> float:
        sample = simulator.sample(tried, seed=block_seed(seed, "possible", 0), replications=_REPLICATIONS)
        place = next((n for n, key in enumerate(sample.keys) if key.id == _LEAD), None)
        return float("nan") if place is None else float(np.nanmean(sample.values[:, place]))

    def fits(share: float) -> bool:
        return not lead_h(_stretched(at_share(system, share), 0.0)) > _TOLERANCE * target

    top = 1.0
    if not fits(top):
        low, top = 0.0, 1.0
        for _ in range(_STEPS):
            middle = (low + top) / 2
            low, top = (middle, top) if fits(middle) else (low, middle)
        top = low
    found = []
    for share in SHARES_OF_SET:
        placed = at_share(system, share * top)
        low, high = 0.0, _MOST_STRETCH
        for _ in range(_STEPS + 1):
            middle = (low + high) / 2
            low, high = (low, middle) if lead_h(_stretched(placed, middle)) > target else (middle, high)
        found.append(_stretched(placed, (low + high) / 2))
    return tuple(found)


def _stretched(system: WorkSystem, factor: float) -> WorkSystem:
    """Return the system with all outside waits times a factor."""
    functions = tuple(
        function
        if function.delay_h is None
        else function.model_copy(update={"delay_h": function.delay_h.times(factor) if factor > 0 else None})
        for function in system.work.functions
    )
    return system.model_copy(update={"work": system.work.model_copy(update={"functions": functions})})
