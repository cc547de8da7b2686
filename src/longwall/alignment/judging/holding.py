"""What must hold on most days: judged for each confirmed design, and which comes nearest where none holds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.chances import Chance, Held, Periodic, held
from longwall.alignment.judging.confirm import Confirmed, fresh_seed
from longwall.alignment.trials import Chosen, Sample, Trials
from longwall.errors import AlignmentError, Fault

__all__ = ["by_period", "held_by", "holds", "nearest", "short_of"]

_TODAY = "today"


def by_period(
    trials: Trials, design: Chosen, sample: Sample, chance: Chance, *, seed: int, replications: int
) -> NDArray[np.float64] | None:
    """Return the indicator that a constraint bounds, by its periods, shape (replications, periods).

    Parameters
    ----------
    sample : Sample
        Of the design; where the periods are whole runs, it tells them.
    seed, replications : int
        Of the runs that show days or weeks.

    Returns
    -------
    ndarray or None
        None where the simulator shows no such indicator or no such periods.
    """
    at = [at for at, key in enumerate(sample.keys) if (key.id, key.scope) == (chance.indicator, chance.scope)]
    if chance.per == "run" and at:
        return sample.values[:, at]
    if not isinstance(trials.simulator, Periodic):
        return None
    return trials.simulator.periods(
        trials.system_of(design), indicator=chance.indicator, scope=chance.scope, per=chance.per, seed=seed,
        replications=replications,
    )  # fmt: skip


def held_by(
    trials: Trials, confirmed: Confirmed, chances: Sequence[Chance], *, seed: int
) -> tuple[tuple[Held, ...], ...]:
    """Return whether today and each design hold the chance constraints, design by design, from fresh replications.

    Parameters
    ----------
    seed : int
        Of the study; the luck is that of the fresh figures.

    Raises
    ------
    AlignmentError
        LW-AL-057 for an indicator or a period that the simulator does not show.
    """
    found: list[tuple[Held, ...]] = []
    for design, sample in zip(confirmed.designs, confirmed.samples, strict=True):
        row = []
        for chance in chances:
            runs = len(sample.values)
            values = by_period(trials, design, sample, chance, seed=fresh_seed(seed), replications=runs)
            if values is None:
                raise AlignmentError(
                    Fault("LW-AL-057", f"objectives.chances.{chance.id}", "an indicator that the simulator shows",
                          f"{chance.indicator} of {chance.scope} by {chance.per}", "ask for what is simulated")
                )  # fmt: skip
            row.append(held(chance, _TODAY, values, compared=max(1, len(confirmed.designs) - 1)))
        found.append(tuple(row))
    return tuple(found)


def holds(row: Sequence[Held]) -> bool:
    """Whether a design is shown to hold every constraint."""
    return all(one.verdict == "holds" for one in row)


def nearest(rows: Sequence[Sequence[Held]], costs: Sequence[float]) -> int | None:
    """Return the row of the design that comes nearest to holding everything; None where one holds, or none is asked.

    Its worst shortfall, as a share of periods, is smallest; of equals the cheapest is taken. Today is row 0, no design.
    """
    designs = range(1, len(rows))
    if not len(designs) or not rows[0] or any(holds(rows[row]) for row in designs):
        return None
    worst = {row: max(one.asked - one.share.value for one in rows[row]) for row in designs}
    return min(designs, key=lambda row: (worst[row], costs[row], row))


def short_of(name: str, row: Sequence[Held], today: Sequence[Held]) -> str:
    """Say how near a design comes, what today does, and what could be asked for so that it would hold.

    Parameters
    ----------
    name : str
        Of the design.
    """
    parts = [
        f"{one.chance} in {one.share.value:.1%} ({one.share.low:.1%} to {one.share.high:.1%}) where {one.asked:.0%} is "
        f"asked, today in {now.share.value:.1%}"
        for one, now in zip(row, today, strict=True)
        if one.verdict != "holds"
    ]
    bounds = [f"{math.floor(100 * one.share.low)}% for {one.chance}" for one in row if one.verdict != "holds"]
    return (
        f"no design that was found holds what must hold, so none is recommended; nearest comes {name}: it keeps "
        f"{'; and '.join(parts)}. It would hold what asks for {' and '.join(bounds)}: ask for less, or open "
        "more decisions"
    )
