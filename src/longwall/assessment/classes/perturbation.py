"""How far and how fast a small outage spreads: the simulation is struck once for each component and team."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.flow import Flow
from longwall.errors import SimulationError
from longwall.simulation.outages import Branch, Steps, branches, targets_of
from longwall.worksystem import Estimate, Id, Piece, WorkSystem

__all__ = ["MOST_STEPS", "OutageEffect", "Perturbation", "perturb"]

MOST_STEPS = 600_000
"""Simulated steps up to which an assessment strikes a system without being asked: about two seconds."""

_OUTAGE_H = 1.0
_FOLLOW_H = 72.0
_ARRIVE_H = 24.0
_WARM_UP_WEEKS = 2
_REPLICATIONS = 4
_FELT_H = 0.1 * _OUTAGE_H
_SIGNIFICANT = 2.0
_LEAST_LATE = 5
_WEEK_H = 168.0


class OutageEffect(Piece):
    """What one hour without a component, or without the people of one team, does to everything else.

    Parameters
    ----------
    kind : str
        ``component`` or ``team``.
    exposed : float
        Items that were there when it began or came while it lasted, mean over the strikes.
    reach : Estimate
        Items that end later by a tenth of the outage or more, less those that end as much sooner, over `exposed`; 1
        means that as many feel it as were there. The interval is that of the counts.
    felt : bool
        Whether more end later than sooner beyond chance.
    half_h : float, optional
        Hours from its begin until half of the items that it delays would have been done; none where it is not felt.
    functions_share, aside_share : float
        Share of all functions at which it is felt, and of those among them that do not rest on what was out.
    """

    kind: str
    target: Id
    exposed: float
    reach: Estimate
    felt: bool
    half_h: float | None
    functions_share: float
    aside_share: float


class Perturbation(Piece):
    """What small outages do.

    Parameters
    ----------
    outage_h, follow_h : float
        Length of the outage, and for how long its effects were followed [h].
    strikes : int
        Outages of each target, each at another moment and under other luck.
    untouched : tuple of Id
        Components and teams on which no work rests.
    """

    outage_h: float
    follow_h: float
    strikes: int
    effects: tuple[OutageEffect, ...]
    untouched: tuple[Id, ...] = ()

    @property
    def targets(self) -> int:
        """Things that could be out, those on which no work rests included."""
        return len(self.effects) + len(self.untouched)


def perturb(
    system: WorkSystem, flow: Flow, seed: int = 0, *, most_steps: float = MOST_STEPS
) -> tuple[Perturbation | None, str]:
    """Strike every component and team of a system with an outage of one hour, and compare with the calm branch.

    Both branches see the same arrivals, work contents and decisions (common random numbers), so that what differs comes
    from the outage; small shifts that only reorder queues make as many items earlier as later, and cancel.

    Parameters
    ----------
    flow : Flow
        Of the system; tells what the simulation will cost.
    seed : int
        The same seed gives the same effects, bit for bit.
    most_steps : float
        Simulated steps that this may cost; infinite: as many as it takes.

    Returns
    -------
    Perturbation or None
    str
        Why there is none; empty where there is one.
    """
    targets = targets_of(system)
    struck = sum(bool(functions) for functions in targets.values())
    steps = sum(flow.executions.values()) * (_WARM_UP_WEEKS + 1 + (struck + 1) * _FOLLOW_H / _WEEK_H)
    if not struck or steps <= 0:
        return None, "no work rests on a component or a team of the model"
    if steps > most_steps:
        return None, f"striking it takes about {steps:,.0f} simulated steps: ask with `longwall show STUDY outages`"
    strikes = int(min(_REPLICATIONS, max(1, most_steps // steps)))
    try:
        found = _effects(
            system,
            branches(
                system,
                outage_h=_OUTAGE_H,
                follow_h=_FOLLOW_H,
                warm_up_weeks=_WARM_UP_WEEKS,
                replications=strikes,
                seed=seed,
            ),
        )
    except SimulationError as error:
        return None, f"the model cannot be simulated: {error.faults[0].where}: expected {error.faults[0].expected}"
    untouched = tuple(target for (_, target), functions in targets.items() if not functions)
    return Perturbation(
        outage_h=_OUTAGE_H, follow_h=_FOLLOW_H, strikes=strikes, effects=found, untouched=untouched
    ), ""  # fmt: skip


class _Sum:
    """Counts over the strikes of one target."""

    def __init__(self, functions: int) -> None:
        self.exposed = self.late = self.early = self.strikes = 0
        self.since_h: list[NDArray[np.float64]] = []
        self.late_at, self.early_at = np.zeros(functions), np.zeros(functions)

    def add(self, branch: Branch) -> None:
        """Compare the two branches of a strike, items and functions."""
        calm, struck = _Items(branch.calm), _Items(branch.struck)
        _, a, b = np.intersect1d(calm.items, struck.items, return_indices=True)
        there = calm.first_h[a] < branch.at_h + _ARRIVE_H
        # Compared at the last step that ended in the calm branch; a branch that never came to it is later.
        later_h = struck.nth_end_h(b, calm.steps[a]) - calm.last_h[a]
        late, early = there & (later_h > _FELT_H), there & (later_h < -_FELT_H)
        self.strikes += 1
        self.exposed += int((there & (calm.first_h[a] <= branch.at_h + _OUTAGE_H)).sum())
        self.late += int(late.sum())
        self.early += int(early.sum())
        self.since_h.append(calm.last_h[a][late] - branch.at_h)
        self._functions(branch)

    def _functions(self, branch: Branch) -> None:
        """Count the steps that end later and sooner, by function."""
        known = np.union1d(branch.calm.item, branch.struck.item)
        calm, struck = _numbered(branch.calm, known), _numbered(branch.struck, known)
        _, a, b = np.intersect1d(calm[1], struck[1], return_indices=True)
        a, b = calm[0][a], struck[0][b]
        row, end_h = branch.calm.function[a], branch.calm.end_h[a]
        soon = (end_h > branch.at_h) & (branch.calm.begin_h[a] < branch.at_h + _ARRIVE_H)
        later_h = branch.struck.end_h[b] - end_h
        self.late_at += np.bincount(row[soon & (later_h > _FELT_H)], minlength=self.late_at.size)
        self.early_at += np.bincount(row[soon & (later_h < -_FELT_H)], minlength=self.early_at.size)


def _effects(system: WorkSystem, made: Iterable[Branch]) -> tuple[OutageEffect, ...]:
    """One effect per target, over its strikes."""
    names = list(system.functions)
    sums: dict[tuple[str, str], _Sum] = {}
    rests: dict[tuple[str, str], frozenset[str]] = {}
    for branch in made:
        key = (branch.kind, branch.target)
        rests[key] = branch.functions
        sums.setdefault(key, _Sum(len(names))).add(branch)
    found = []
    for (kind, target), counts in sums.items():
        net, spread = counts.late - counts.early, float(np.sqrt(counts.late + counts.early))
        felt = counts.late >= _LEAST_LATE and net > _SIGNIFICANT * spread
        base = max(counts.exposed, 1)
        value = max(net, 0) / base
        at = (counts.late_at >= _LEAST_LATE) & (
            counts.late_at - counts.early_at > _SIGNIFICANT * np.sqrt(counts.late_at + counts.early_at)
        )
        own = np.array([name in rests[kind, target] for name in names], dtype=bool)
        found.append(
            OutageEffect(
                kind=kind,
                target=target,
                exposed=counts.exposed / counts.strikes,
                reach=Estimate(
                    value=value,
                    low=max(0.0, (net - 1.96 * spread) / base),
                    high=max(value, (net + 1.96 * spread) / base),
                    unit="items felt per item there",
                    footing="assumed",
                ),
                felt=felt,
                half_h=max(0.0, float(np.median(np.concatenate(counts.since_h)))) if felt else None,
                functions_share=float(at.mean()),
                aside_share=float(at[~own].mean()) if (~own).any() else 0.0,
            )
        )
    return tuple(found)


class _Items:
    """Steps by item, in the order in which they ended."""

    def __init__(self, steps: Steps) -> None:
        order = np.lexsort((steps.end_h, steps.item))
        self._end_h = steps.end_h[order]
        self.items, self._from, self.steps = np.unique(steps.item[order], return_index=True, return_counts=True)
        self.first_h = steps.first_h[order][self._from]
        self.last_h = self._end_h[self._from + self.steps - 1]

    def nth_end_h(self, rows: NDArray[np.int64], nth: NDArray[np.int64]) -> NDArray[np.float64]:
        """When the items ended their nth step (counted from 1); infinite where they never did."""
        reached = self.steps[rows] >= nth
        at = self._from[rows] + np.minimum(nth, self.steps[rows]) - 1
        return np.asarray(np.where(reached, self._end_h[at], np.inf), dtype=np.float64)


def _numbered(steps: Steps, known: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows, and for each a number that names item, function and which time it is: the same in both branches."""
    order = np.lexsort((steps.end_h, steps.function, steps.item))
    item, function = np.searchsorted(known, steps.item[order]), steps.function[order]
    new = np.r_[True, (np.diff(item) != 0) | (np.diff(function) != 0)] if order.size else np.zeros(0, dtype=bool)
    place = np.arange(order.size)
    nth = place - np.maximum.accumulate(np.where(new, place, 0))
    return order, ((item << 16) + function << 12) + np.minimum(nth, 4095)
