"""Does the recommendation keep its sign? A design and today, side by side, over draws of everything assumed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.draws import assumed_paths, drawn
from longwall.alignment.knowledge import SHARES_OF_SET, at_share, carried, unidentified
from longwall.alignment.objectives import Scales
from longwall.alignment.results import Effect, Range, Verdict
from longwall.alignment.trials import Sample, Simulator, block_seed
from longwall.errors import LongwallError
from longwall.worksystem import Column, WorkSystem

__all__ = ["ENOUGH", "Watched", "verdict", "watched"]

ENOUGH = 0.9
"""Share of draws in which the signs must stay (people.md)."""

_WHY = "the sign depends on how much of the time was work, which a log without starts does not show"

Watched = tuple[int, float]
"""Position of an indicator and the sign of its improvement."""


def watched(scales: Scales, design: Sample, today: Sample, effect: Effect, column: Column) -> Watched | None:
    """Return the indicator that carries most of a column's improvement beyond noise, or None.

    Parameters
    ----------
    effect : Effect
        Fresh changes of the design.
    """
    beyond = {change.indicator for change in effect.differences if change.better and change.scope == "organisation"}
    rows = scales.indicators(column)
    parts = scales.contributions(design, today, column)
    able = [(part, row) for part, row in zip(parts, rows, strict=True) if design.keys[row].id in beyond and part < 0]
    if not able:
        return None
    row = min(able)[1]
    return row, -1.0 if design.keys[row].better == "lower" else 1.0


def verdict(
    name: str, today: WorkSystem, design: WorkSystem, sides: tuple[Watched | None, Watched | None], *,
    simulator: Simulator, seed: int, draws: int, replications: int, threads: int,
    progress: Callable[[float], None] | None = None,
) -> Verdict:  # fmt: skip
    """Return whether the main improvements of a design keep their signs over draws of everything assumed.

    Parameters
    ----------
    sides : pair
        The technical and the social indicator watched.
    draws, replications : int
        Draws of the assumptions; replications of each, under luck common to today and design.

    Notes
    -----
    A draw in which either system cannot be simulated counts as one in which the sign does not stay. Where work is
    only bounded, the signs are looked at with all of it at its lower bounds, in the middle and at its upper bounds as
    well; a sign that is not the same there is not identified, and the design is no more than worth a pilot.
    """
    rows = [side for side in sides if side is not None]
    names = ["", ""]
    changes: dict[int, tuple[Sample, NDArray[np.float64]]] = {}

    def stays(draw: int) -> bool:
        luck = block_seed(seed, "robustness", draw)
        try:
            then, now = (
                simulator.sample(drawn(system, seed=seed, draw=draw), seed=luck, replications=replications)
                for system in (design, today)
            )
        except LongwallError:
            return False
        gaps = then.values - now.values
        changes[draw] = then, np.nan_to_num(gaps).mean(axis=0)
        for side, found in enumerate(sides):
            if found is not None:
                names[side] = then.keys[found[0]].id
        return all(float(np.nan_to_num(gaps[:, row]).mean()) * sign > 0.0 for row, sign in rows)

    kept = 0
    if rows:
        with ThreadPoolExecutor(threads) as pool:
            for done, good in enumerate(pool.map(stays, range(draws)), start=1):
                kept += good
                if progress is not None:
                    progress(done / draws)
    share = kept / draws if rows else 0.0
    open_signs = _not_identified(today, design, sides, simulator=simulator, seed=seed, replications=replications)
    sure = share >= ENOUGH and not open_signs
    said = " and ".join(filter(None, names)) or "no improvement beyond noise"
    return Verdict(
        design=name,
        verdict="recommended" if sure else "worth a pilot",
        share=share,
        draws=draws,
        technical=names[0],
        social=names[1],
        rests_on=assumed_paths(design),
        statement=(
            f"In {kept} of {draws} draws over everything assumed the improvement keeps its sign ({said}); "
            + ("recommended." if sure else "worth a pilot.")
            + (f" Not identified: {' and '.join(open_signs)}; {_WHY}." if open_signs else "")
        ),
        not_identified=open_signs,
        ranges=_ranges(changes),
    )


def _not_identified(
    today: WorkSystem, design: WorkSystem, sides: tuple[Watched | None, Watched | None], *,
    simulator: Simulator, seed: int, replications: int,
) -> tuple[str, ...]:  # fmt: skip
    """Return the watched indicators that do not improve everywhere between the bounds of the work."""
    if not unidentified(today):
        return ()
    found: dict[str, None] = {}
    for share in SHARES_OF_SET:
        luck = block_seed(seed, "bounds", 0)
        placed = at_share(today, share)
        then, now = (
            simulator.sample(system, seed=luck, replications=replications)
            for system in (carried(design, today, placed), placed)
        )
        gaps = np.nan_to_num(then.values - now.values).mean(axis=0)
        found |= {then.keys[side[0]].id: None for side in sides if side is not None and gaps[side[0]] * side[1] <= 0}
    return tuple(found)


def _ranges(changes: dict[int, tuple[Sample, NDArray[np.float64]]]) -> tuple[Range, ...]:
    """Return how far each indicator of the organisation moves over the draws, in the order of the draws."""
    if not changes:
        return ()
    keys = changes[min(changes)][0].keys
    low, high = np.quantile([changes[draw][1] for draw in sorted(changes)], [0.025, 0.975], axis=0)
    return tuple(
        Range(indicator=key.id, low=float(low[row]), high=float(high[row]))
        for row, key in enumerate(keys)
        if key.scope == "organisation"
    )
