"""Designs aimed at what must hold on most days: what helped is stacked and tried, and the likeliest are picked.

A front of aggregate losses need not hold a design that keeps a target on most days: that is one indicator of several,
and its bad days, not its mean. So before designs are frozen, the changes that moved the indicator are put together, by
what each helps and by what it helps for its cost, and some designs that fare best there are frozen beside the front.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.chances import Chance, share_of_periods
from longwall.alignment.exploring.explore import Archive
from longwall.alignment.exploring.fronts import first_rank
from longwall.alignment.judging.holding import by_period
from longwall.alignment.trials import BLOCK, Chosen, block_seed

__all__ = ["aimed", "helped"]

_NEW = 12
"""Most new designs that are tried for each constraint."""
_LOOKED_AT = 12
"""Most designs whose periods are looked at for each constraint, before any is frozen."""
_PICKED = 3
"""Designs that are frozen for each constraint."""
_RIDGE = 0.5
"""Designs without an effect that each estimate of a change's effect is drawn towards (ridge regression)."""


def aimed(archive: Archive, chances: Sequence[Chance], *, seed: int) -> list[Chosen]:
    """Return designs of the archive that are likeliest to hold each constraint, the cheapest that seem to hold first.

    Uses the luck of the search only; what the designs really keep is judged afresh.

    Parameters
    ----------
    archive : Archive
        After the search; stacked designs are tried in it.
    seed : int
        Of the study.
    """
    found: dict[Chosen, None] = {}
    for chance in chances:
        row = _row(archive, chance)
        if row is None:
            continue
        archive.trials.try_all([(design, 1) for design in _stacked(archive, helped(archive, row, chance))])
        found.update(dict.fromkeys(_likely(archive, chance, row, seed)))
    return list(found)


def helped(archive: Archive, row: int, chance: Chance) -> dict[str, float]:
    """Return how far each change lowers what a constraint bounds, in the indicator's unit; below zero: it helps.

    Parameters
    ----------
    row : int
        Position of the indicator in the samples.

    Notes
    -----
    Ridge regression of each tried design's paired difference from today on the changes that it holds.
    """
    names = list(archive.space.interventions)
    designs = [design for design in archive.trials.tried if design]
    if not designs:
        return {}
    gaps = np.array([_gap(archive, design, row, chance) for design in designs])
    holds = np.array([[float(name in design) for name in names] for design in designs])
    shown = ~np.isnan(gaps)
    inner = holds[shown].T @ holds[shown] + _RIDGE * np.eye(len(names))
    effects = np.linalg.solve(inner, holds[shown].T @ gaps[shown])
    return dict(zip(names, effects.tolist(), strict=True))


def _row(archive: Archive, chance: Chance) -> int | None:
    """Return where the samples show the indicator: of its scope, else of the organisation; None where they do not."""
    keys = archive.trials.sample(()).keys
    for scope in (chance.scope, "organisation"):
        for row, key in enumerate(keys):
            if (key.id, key.scope) == (chance.indicator, scope):
                return row
    return None


def _gap(archive: Archive, design: Chosen, row: int, chance: Chance) -> float:
    """Return the mean difference of a design from today under the same luck; positive is further from the limit."""
    then = archive.trials.sample(design).values[:, row]
    gaps = then - archive.trials.sample(()).values[: len(then), row]
    if np.isnan(gaps).all():
        return float("nan")
    return float(np.nanmean(gaps)) * (1.0 if chance.at_most is not None else -1.0)


def _stacked(archive: Archive, effects: dict[str, float]) -> list[Chosen]:
    """Return untried designs that stack what helps: by what each change helps, and by what it helps for its cost."""
    helping = [name for name, effect in effects.items() if effect < 0.0]
    dear = {name: max(archive.ledger.of(archive.space.settle([name]))[0], 1.0) for name in helping}
    orders = (
        sorted(helping, key=lambda name: effects[name]),
        sorted(helping, key=lambda name: effects[name] / dear[name]),
    )
    found: dict[Chosen, None] = {}
    for order in orders:
        stacks = list(dict.fromkeys(archive.space.settle(order[:count]) for count in range(1, len(order) + 1)))
        places = np.unique(np.linspace(0, max(len(stacks) - 1, 0), _NEW // 2).round().astype(int))
        found.update(dict.fromkeys(stacks[place] for place in places if stacks))
    return [design for design in found if not archive.trials.blocks(design) and _may_be_tried(archive, design)]


def _may_be_tried(archive: Archive, design: Chosen) -> bool:
    """Whether the environment allows a design, and its strengthening sibling where it gives people up."""
    sibling = archive.space.strengthened(design)
    return archive.trials.admits(design) and (sibling is None or archive.trials.admits(sibling))


def _likely(archive: Archive, chance: Chance, row: int, seed: int) -> list[Chosen]:
    """Return the tried designs that seem to hold for least money; where none seems to, those that come nearest."""
    designs = [design for design in archive.trials.tried if design and _may_be_tried(archive, design)]
    gaps = np.array([_gap(archive, design, row, chance) for design in designs])
    costs = np.array([archive.ledger.of(design)[0] for design in designs])
    designs = [designs[place] for place in _trading(gaps, costs)]
    shares = {design: _share(archive, design, chance, seed) for design in designs}
    cheap = sorted(
        (design for design in designs if shares[design] >= chance.probability),
        key=lambda design: archive.ledger.of(design)[0],
    )
    best = sorted(designs, key=lambda design: (-shares[design], archive.ledger.of(design)[0]))
    return list(dict.fromkeys([*cheap[: _PICKED - 1], *best]))[:_PICKED]


def _trading(gaps: NDArray[np.float64], costs: NDArray[np.float64]) -> Iterable[int]:
    """Return rows that no other beats on both nearness and cost, spread over the front; those that help only."""
    rows = np.flatnonzero(np.nan_to_num(gaps, nan=0.0) < 0.0)
    if not rows.size:
        return ()
    front = rows[first_rank(np.column_stack([gaps[rows], costs[rows]]))]
    front = front[np.argsort(gaps[front], kind="stable")]
    return (int(front[place]) for place in np.unique(np.linspace(0, len(front) - 1, _LOOKED_AT).round().astype(int)))


def _share(archive: Archive, design: Chosen, chance: Chance, seed: int) -> float:
    """Return the share of periods in which a design keeps to the limit, under the luck of the search."""
    trials, luck = archive.trials, block_seed(seed, "aim", 0)
    values = by_period(trials, design, trials.sample(design), chance, seed=luck, replications=2 * BLOCK)
    if values is None:
        return 0.0
    kept = chance.kept(values)
    return 0.0 if np.isnan(kept).all() else share_of_periods(kept)[0]
