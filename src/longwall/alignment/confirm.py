"""Fresh figures: the returned set is frozen, simulated again under luck that the search never saw, and compared.

A search that picks the best of many noisy figures believes too much of them. So nothing that was used for picking
leaves; what leaves are paired differences against today from fresh replications.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.explore import Archive
from longwall.alignment.fronts import covering, first_rank
from longwall.alignment.results import Change, Effect, Point
from longwall.alignment.trials import Chosen, Sample, block_seed
from longwall.stats import mean_interval
from longwall.worksystem import Column, Estimate, Footing, Forecast

__all__ = ["Confirmed", "changes", "confirm", "frozen", "gains", "paired", "weakest"]

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


def frozen(archive: Archive, most: int) -> list[Chosen]:
    """Return designs of the archive's front that are worth fresh replications, each with its strengthening sibling.

    The best on each side, those that are good on both, and a cover of the rest; today is left out.

    Parameters
    ----------
    most : int
        Most designs, siblings not counted, > 0.
    """
    front = [design for design in archive.front() if design]
    if not front:
        return []
    points = archive.expected(front)
    gains = np.maximum(-points[:, :2], 0.0) / np.maximum(-points[:, :2].min(axis=0), 1e-12)
    both = np.argsort(-gains.min(axis=1), kind="stable")[: max(2, most // 3)]
    rows = [int(np.argmin(points[:, 0])), int(np.argmin(points[:, 1])), *(int(row) for row in both)]
    rows += covering(points, len(points))
    chosen = [front[row] for row in dict.fromkeys(rows)][:most]
    siblings = [archive.space.strengthened(design) for design in chosen]
    known = dict.fromkeys(chosen)
    known.update({sibling: None for sibling in siblings if sibling and archive.trials.admits(sibling)})
    return list(known)


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
    fresh = block_seed(seed, "fresh", 0)
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


def changes(name: str, design: Sample, today: Sample, footing: Callable[[str], Footing]) -> Effect:
    """Return each indicator of a design against today's: paired, with intervals.

    Parameters
    ----------
    footing : callable
        Footing of an indicator by id.
    """
    found: list[Change] = []
    for row, key in enumerate(design.keys):
        now, then = today.values[: len(design.values), row], design.values[:, row]
        if (~np.isnan(then - now)).sum() < 2:
            continue
        change = paired(then - now, footing=footing(key.id), unit=key.unit)
        column: Column = key.column
        found.append(
            Change(
                indicator=key.id, name=key.name, scope=key.scope, column=column, today=float(np.nanmean(now)),
                then=float(np.nanmean(then)), change=change, better=_better(change, key.better == "lower"),
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
