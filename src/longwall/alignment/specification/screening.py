"""Before anything is tested: what each decision does, how noisy that is, and a design to stand on."""

from __future__ import annotations

import math

import numpy as np

from longwall.alignment.specification.covering import best_of_levels, central
from longwall.alignment.specification.inquiry import SEEN, Inquiry
from longwall.alignment.specification.problem import Genes, completions, spread

__all__ = ["complete", "nearest", "place_on_front", "screen"]

_DRAWN = 4
"""Random designs among which each one of the screening is chosen."""


def screen(work: Inquiry, given: Genes | None) -> None:
    """Measure designs all over the space until an epsilon would show, then the covering front; fix the ranges.

    The first batch has two replications of each design at least: it tells the noise, and that how many are needed.
    """
    effort, looked, batch = work.effort, 0, work.effort.batch
    near, width = given is not None, int((work.problem.sizes - 1).sum())
    while work.spent < effort.screening * work.most:
        drawn = spread(work.problem, work.chosen, _DRAWN * batch, work.rng("screen", work.batches, looked), near=near)
        genes = work.known.telling(drawn, batch)
        got = work.measure(genes, effort.replications if work.batches else max(2, effort.replications))
        looked += 1
        if not got and looked > 4 * work.most // batch:
            break
        if looked % effort.look == 0 and work.known.freedom > width:
            work.learn()
            work.units = work.measured()
            _size(work, width)
            if work.shown(range(len(work.problem.sizes))):
                break
    work.learn()
    work.units = work.measured()
    _size(work, width)
    cover = best_of_levels(work.problem, work.effects, work.front, work.units, work.chosen, work.rng("cover"))
    work.measure(cover, max(effort.replications, round(effort.covering * work.spent / len(cover))))
    work.learn()
    work.units = work.measured()


def _size(work: Inquiry, width: int) -> None:
    """Say how many replications an epsilon needs to show by the noise of the first batch, and bound what is spent.

    A contrast of two of `L` levels that each stand in one of `L` designs has variance 2 L noise^2 / n.
    """
    if not hasattr(work, "noise"):
        work.noise = np.zeros(3)
    levels = int(work.problem.sizes.max())
    share = float((work.noise / work.units).max()) * SEEN / work.epsilon
    work.needed = math.ceil(2.0 * levels * share**2) + 2 * width
    work.most = min(work.effort.most, max(work.spent, math.ceil(work.effort.margin * work.needed)))


def place_on_front(work: Inquiry, given: Genes | None) -> None:
    """Stand on the front: at the design given, or, where that is not within epsilon, at the nearest that is."""
    if given is None:
        work.chosen = central(work.effects, work.front, work.units)
    elif work.own(given) > work.epsilon:
        work.chosen = nearest(work, given)


def nearest(work: Inquiry, design: Genes) -> Genes:
    """Return the design of the front that differs from a design in the fewest decisions, then the least."""
    idle = [place for place in range(len(design)) if place not in work.effects.active]
    near = work.front.copy()
    near[:, idle] = design[idle]
    near = near[work.problem.consistent(near)]
    near = near[work.problem.admits(near)] if len(near) else near
    near = near if len(near) else work.front
    gaps = np.abs(work.effects.points(near) - work.effects.points(design[None, :])) / work.units
    found: Genes = near[int(np.lexsort((gaps.max(axis=1), (near != design).sum(axis=1)))[0])]
    return found


def complete(work: Inquiry) -> None:
    """Measure completions of what the surrogate would free, until an epsilon would show on each of it."""
    effort, looked = work.effort, 0
    places = [place for place, size in enumerate(work.problem.sizes) if size > 1]
    free: list[int] = []
    while work.spent < effort.completing * work.most:
        if looked % max(1, effort.look // 2) == 0:
            work.learn()
            free = sorted(work.freeable((), places, work.rng("freeable", looked)))
            if work.shown(free):
                break
        genes = completions(work.problem, work.chosen, free, effort.batch, work.rng("complete", looked))
        looked += 1
        if not work.measure(genes, effort.replications) and looked > 100:
            break
