"""Fresh figures: the returned set is frozen, simulated again under luck that the search never saw, and compared.

A search that picks the best of many noisy figures believes too much of them. So nothing that was used for picking
leaves; what leaves are paired differences against today from fresh replications.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.exploring.explore import Archive
from longwall.alignment.exploring.fronts import covering, first_rank
from longwall.alignment.judging.weightings import WEIGHTINGS, losses_under
from longwall.alignment.objectives import Scales
from longwall.alignment.results import Change, Effect, Point
from longwall.alignment.trials import Chosen, Sample, block_seed
from longwall.stats import mean_interval
from longwall.worksystem import Column, Estimate, Footing, Forecast

__all__ = ["Confirmed", "changes", "confirm", "fresh_seed", "frozen", "gains", "paired", "unmoved", "weakest"]

_WEAKEST: tuple[Footing, ...] = ("counted", "fitted", "assumed")


@dataclass(frozen=True)
class Confirmed:
    """Fresh figures of today and of the frozen designs, today first.

    Parameters
    ----------
    designs : tuple of Chosen
    samples : tuple of Sample
        Fresh replications, the same luck for all.
    forecasts : tuple of Forecast
    losses : ndarray, shape (designs, replications, 2)
        Technical and social loss against today, per replication.
    costs : ndarray, shape (designs, 3)
        Cost with its assumed range.
    """

    designs: tuple[Chosen, ...]
    samples: tuple[Sample, ...]
    forecasts: tuple[Forecast, ...]
    losses: NDArray[np.float64]
    costs: NDArray[np.float64]

    def take(self, rows: Sequence[int]) -> Confirmed:
        """Return some of the designs, in the order of `rows`."""
        return Confirmed(
            tuple(self.designs[row] for row in rows),
            tuple(self.samples[row] for row in rows),
            tuple(self.forecasts[row] for row in rows),
            self.losses[list(rows)],
            self.costs[list(rows)],
        )

    @property
    def means(self) -> NDArray[np.float64]:
        """Technical loss, social loss and cost of each design, shape (designs, 3)."""
        return np.column_stack([self.losses.mean(axis=1), self.costs[:, 0]])

    def loss(self, row: int, side: int, level: float = 0.95) -> Estimate:
        """Return a design's loss against today on one side (0 technical, 1 social) with its interval."""
        return paired(self.losses[row, :, side], level=level)

    def apart(self, row: int, other: int, negligible: float) -> bool:
        """Whether two designs can be told apart on either side: beyond noise, and by more than what is negligible."""
        gap = self.losses[row] - self.losses[other]
        sides = (paired(gap[:, 0]), paired(gap[:, 1]))
        return any(not found.low <= 0.0 <= found.high and abs(found.value) > negligible for found in sides)

    def points(self, names: Sequence[str]) -> tuple[Point, ...]:
        """Return where the designs lie, under the names given."""
        front = first_rank(self.means)
        return tuple(
            Point(
                design=name,
                technical=self.loss(row, 0),
                social=self.loss(row, 1),
                cost=float(self.costs[row, 0]),
                cost_low=float(self.costs[row, 1]),
                cost_high=float(self.costs[row, 2]),
                on_front=bool(front[row]),
            )
            for row, name in enumerate(names)
        )


def paired(gaps: NDArray[np.float64], *, level: float = 0.95, footing: Footing = "assumed", unit: str = "") -> Estimate:
    """Return the mean of paired differences with Student's interval; differences without spread are exact.

    Parameters
    ----------
    gaps : ndarray, shape (replications,)
        Differences under common luck; nan where a replication shows nothing.

    Raises
    ------
    ValueError
        If fewer than two replications show it.
    """
    shown = gaps[~np.isnan(gaps)]
    if len(shown) < 2:
        raise ValueError("a paired difference needs two replications that show it")
    mean, low, high = mean_interval(shown, level)
    return Estimate(value=mean, low=low, high=high, unit=unit, footing=footing)


def frozen(archive: Archive, most: int, *, also: Sequence[Chosen] = ()) -> list[Chosen]:
    """Return designs of the archive's front that are worth fresh replications, each with its strengthening sibling.

    The best on each side, those that are good on both, those that are best or good on both under the other weightings,
    and a cover of the rest; today is left out. A design that gives people up and whose sibling cannot be had is left
    out as well: it may not be shown alone.

    Parameters
    ----------
    most : int
        Most designs of the front, siblings not counted, > 0.
    also : sequence of Chosen
        Designs beside the front, such as those aimed at what must hold.
    """
    front = [design for design in archive.front() if design and _may_be_shown(archive, design)]
    beside = [design for design in also if design and _may_be_shown(archive, design)]
    if not front and not beside:
        return []
    chosen = list(dict.fromkeys([*_of_front(archive, front, most), *beside]))
    siblings = [archive.space.strengthened(design) for design in chosen]
    known = dict.fromkeys(chosen)
    known.update({sibling: None for sibling in siblings if sibling})
    return list(known)


def _of_front(archive: Archive, front: Sequence[Chosen], most: int) -> list[Chosen]:
    """Return the designs of the front that are worth fresh replications."""
    if not front:
        return []
    points = archive.expected(front)
    rows = [*_leading(points[:, :2], max(2, most // 3)), *_under_other_weightings(archive, front)]
    rows += covering(points, len(points))
    return [front[row] for row in dict.fromkeys(rows)][:most]


def _may_be_shown(archive: Archive, design: Chosen) -> bool:
    """Whether a design gives nobody up, or its strengthening sibling can be had."""
    sibling = archive.space.strengthened(design)
    return not sibling or archive.trials.admits(sibling)


def _leading(losses: NDArray[np.float64], both: int) -> list[int]:
    """Return the rows that are best on each side, and so many that are good on both."""
    gains = np.maximum(-losses, 0.0) / np.maximum(-losses.min(axis=0), 1e-12)
    good = np.argsort(-gains.min(axis=1), kind="stable")[:both]
    return [int(np.argmin(losses[:, 0])), int(np.argmin(losses[:, 1])), *(int(row) for row in good)]


def _under_other_weightings(archive: Archive, front: Sequence[Chosen]) -> list[int]:
    """Return the rows of the front that lead under the weightings by which the search did not go."""
    today = archive.trials.sample(())
    found: list[int] = []
    for weighting in WEIGHTINGS[1:]:
        losses = [
            losses_under(weighting, archive.scales, archive.trials.sample(design), today).mean(axis=0)
            for design in front
        ]
        found += _leading(np.array(losses), 1)
    return found


def confirm(
    archive: Archive, designs: Sequence[Chosen], *, seed: int, replications: int, threads: int,
    progress: Callable[[float], None] | None = None,
) -> Confirmed:  # fmt: skip
    """Return fresh figures of today and the designs, under luck of its own that is common to all.

    Parameters
    ----------
    replications : int
        Of each design, >= 2.
    """
    trials = archive.trials
    wanted: list[Chosen] = [(), *designs]
    fresh = fresh_seed(seed)
    done = 0

    def one(chosen: Chosen) -> tuple[Sample, Forecast]:
        nonlocal done
        found = trials.simulator.confirm(
            trials.system_of(chosen), design="today" if not chosen else "design", seed=fresh, replications=replications
        )
        done += 1
        if progress is not None:
            progress(done / len(wanted))
        return found

    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(one, wanted))
    else:
        found = [one(chosen) for chosen in wanted]
    samples = tuple(sample for sample, _ in found)
    return Confirmed(
        tuple(wanted),
        samples,
        tuple(forecast for _, forecast in found),
        np.stack([archive.scales.losses(sample, samples[0]) for sample in samples]),
        np.array([archive.ledger.of(chosen) for chosen in wanted]),
    )


def fresh_seed(seed: int) -> int:
    """Return the seed of the luck that all shown figures share and no search sees."""
    return block_seed(seed, "fresh", 0)


def changes(
    name: str, design: Sample, today: Sample, footing: Callable[[str], Footing], *,
    slight: Mapping[str, float] = MappingProxyType({}),
) -> Effect:  # fmt: skip
    """Return each indicator of a design against today's: paired, with intervals.

    Parameters
    ----------
    footing : callable
        Footing of an indicator by id.
    slight : mapping of str to float
        Changes of the whole organisation's indicators that decide nothing, in their units (`Scales.slight`); default:
        each counts, however small.
    """
    found: list[Change] = []
    for row, key in enumerate(design.keys):
        now, then = today.values[: len(design.values), row], design.values[:, row]
        if (~np.isnan(then - now)).sum() < 2:
            continue
        change = paired(then - now, footing=footing(key.id), unit=key.unit)
        column: Column = key.column
        least = slight.get(key.id, 0.0) if key.scope == "organisation" else 0.0
        found.append(
            Change(
                indicator=key.id, name=key.name, scope=key.scope, column=column, today=float(np.nanmean(now)),
                then=float(np.nanmean(then)), change=change, better=_better(change, key.better == "lower"),
                slight=abs(change.value) < least,
            )
        )  # fmt: skip
    return Effect(id=name, differences=tuple(found))


def weakest(footings: Sequence[Footing]) -> Footing:
    """Return the weakest of several footings; assumed where there is none."""
    return max(footings, key=_WEAKEST.index, default="assumed")


def _better(change: Estimate, lower: bool) -> bool | None:
    """Whether a change is an improvement (True) or a loss (False) beyond noise; None: neither."""
    if change.low <= 0.0 <= change.high:
        return None
    return (change.value < 0.0) == lower


def gains(confirmed: Confirmed) -> NDArray[np.float64]:
    """Return the gain of each design on each side as a share of the best gain there, shape (designs, 2); >= 0."""
    means = confirmed.means[:, :2]
    best = np.maximum(-means.min(axis=0), 0.0)
    share: NDArray[np.float64] = np.maximum(-means, 0.0) / np.where(best > 0, best, 1.0)
    return share


def unmoved(scales: Scales, confirmed: Confirmed, effects: Sequence[Effect]) -> tuple[str, ...]:
    """Return the indicators of the objectives that no confirmed design moves beyond noise, in their order."""
    moved = {
        change.indicator
        for effect in effects
        for change in effect.differences
        if change.scope == "organisation" and change.better is not None
    }
    columns: tuple[Column, Column] = ("technical", "social")
    keys = confirmed.samples[0].keys
    return tuple(keys[row].id for column in columns for row in scales.indicators(column) if keys[row].id not in moved)
