"""What the confirmed designs stand for: the joint optimum, the two one-sided ones, and the price of one-sidedness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.judging.confirm import Confirmed, gains
from longwall.alignment.objectives import Objectives
from longwall.alignment.results import Price
from longwall.streams import generator
from longwall.worksystem import Estimate

__all__ = ["Roles", "comparable", "given_up", "merge", "price", "roles"]

_DRAWS = 400
"""Resamples behind the interval of a price."""

Roles = tuple[int, int, int]
"""Rows of the joint, the technical-only and the social-only design; 0 is today."""


def merge(
    confirmed: Confirmed, kept_anyway: frozenset[int], removes: NDArray[np.bool_], objectives: Objectives,
    *, holds: NDArray[np.bool_] | None = None,
) -> tuple[list[int], dict[int, int]]:  # fmt: skip
    """Return rows that can be told apart, today first and then by cost, and into which one each other row is merged.

    A design that differs from a cheaper one (or from today, where it costs more than nothing) on neither side beyond
    noise is no other design for whoever decides. One that keeps people never disappears into one that gives them up,
    and one that holds what must hold never into one that does not.

    Parameters
    ----------
    kept_anyway : frozenset of int
        Rows that stay (strengthening siblings).
    removes : ndarray of bool, shape (designs,)
        Designs that give people up.
    holds : ndarray of bool, shape (designs,), optional
        Designs that are shown to hold every chance constraint; default: nothing must hold.
    """
    shown = np.ones(len(confirmed.designs), dtype=np.bool_) if holds is None else holds
    order = sorted(range(1, len(confirmed.designs)), key=lambda row: (confirmed.costs[row, 0], row))
    kept, into, slight = [0], {}, objectives.negligible.value
    for row in order:
        cheaper = [
            other
            for other in kept
            if confirmed.costs[other, 0] <= confirmed.costs[row, 0]
            and (removes[row] or not removes[other])
            and (shown[other] or not shown[row])
        ]
        same = next((other for other in cheaper if not confirmed.apart(row, other, slight)), None)
        if same is None or row in kept_anyway:
            kept.append(row)
        else:
            into[row] = same
    return kept, into


def roles(confirmed: Confirmed, barred: NDArray[np.bool_], objectives: Objectives) -> Roles:
    """Return the joint, the technical-only and the social-only design.

    The joint design beats today on at least one side, beyond noise and by more than what is negligible, and is not so
    much worse on the other; among those the smaller of its two gains, each as a share of the best gain there is on its
    side, is largest (Kalai and Smorodinsky 1975: no weight between the columns is needed). Of designs within
    `near_joint` of it the cheapest is taken. Intervals are widened for the number of designs compared (Bonferroni).

    Parameters
    ----------
    barred : ndarray of bool, shape (designs,)
        Designs that are never the joint one: those that give people up, which is for people to decide, and those that
        do not hold a chance constraint.
    """
    count, slight = len(confirmed.designs), objectives.negligible.value
    level = 1.0 - 0.05 / max(1, 2 * (count - 1))
    losses = [(confirmed.loss(row, 0, level), confirmed.loss(row, 1, level)) for row in range(count)]
    eligible = [
        row
        for row in range(1, count)
        if not barred[row]
        and all(loss.low <= slight for loss in losses[row])
        and any(_better(loss, slight) for loss in losses[row])
    ]
    share = gains(confirmed)
    sides = [side for side in (0, 1) if any(_better(losses[row][side], slight) for row in eligible)]
    joint = 0
    if eligible:
        score = {row: float(share[row, sides].min()) for row in eligible}
        best = max(score.values())
        near = [row for row in eligible if score[row] >= best - objectives.near_joint.value]
        joint = min(near, key=lambda row: (confirmed.costs[row, 0], -score[row], row))
    return joint, *_one_sided(confirmed, losses, joint, objectives)


def _better(loss: Estimate, negligible: float) -> bool:
    """Whether a side is better than today beyond noise, and by more than what is negligible."""
    return loss.high < 0.0 and loss.value < -negligible


def _one_sided(
    confirmed: Confirmed, losses: list[tuple[Estimate, Estimate]], joint: int, objectives: Objectives
) -> tuple[int, int]:
    """Return the best row of each side at comparable cost, today where nothing beats it beyond noise."""
    rows = comparable(confirmed, joint, objectives)
    found = []
    for side in (0, 1):
        better = [row for row in rows if _better(losses[row][side], objectives.negligible.value)]
        found.append(min(better, key=lambda row: (losses[row][side].value, confirmed.costs[row, 0], row), default=0))
    return found[0], found[1]


def comparable(confirmed: Confirmed, joint: int, objectives: Objectives) -> list[int]:
    """Return rows that cost at most a stated factor of the joint design; all where there is none."""
    if joint == 0:
        return list(range(len(confirmed.designs)))
    limit = max(0.0, float(confirmed.costs[joint, 0])) * objectives.comparable_cost.value
    return [row for row in range(len(confirmed.designs)) if confirmed.costs[row, 0] <= limit or row == joint]


def price(confirmed: Confirmed, joint: int, objectives: Objectives, *, seed: int) -> Price:
    """Return what each one-sided optimum gives up on the other side, at comparable cost.

    Best value of the other side near the optimum of one side, minus its best value anywhere.

    Notes
    -----
    The interval is the percentile bootstrap over fresh replications in which everything is picked again in each
    resample, optimum, nearness and best, so that it holds the luck of picking. On stations whose true price is known it
    covers a little less than it says, 93% (`benchmarks/price.py --coverage`).
    """
    rows = comparable(confirmed, joint, objectives)
    losses = confirmed.losses[rows]
    count = losses.shape[1]
    epsilon, slight = objectives.epsilon.value, objectives.negligible.value
    luck = generator(seed, "alignment", "price").multinomial(count, np.full(count, 1.0 / count), size=_DRAWS)
    means = np.einsum("dr,kro->dko", luck / count, losses)
    found = []
    for side in (0, 1):
        value = float(given_up(losses.mean(axis=1), side, epsilon))
        low, high = np.quantile(given_up(means, side, epsilon), [0.025, 0.975])
        found.append(
            Estimate(value=value, low=min(value, float(low)), high=max(value, float(high)), footing="assumed")
        )  # fmt: skip
    words = [_words(found[0], "technical", "social", slight), _words(found[1], "social", "technical", slight)]
    dearer = len(confirmed.designs) - len(rows)
    if dearer:
        words.append(
            f"Compared are designs that cost at most {objectives.comparable_cost.value - 1.0:.0%} more than the joint "
            f"one; {dearer} dearer {'one is' if dearer == 1 else 'ones are'} left aside."
        )
    return Price(technical_only=found[0], social_only=found[1], epsilon=epsilon, statement=" ".join(words))


def given_up(means: NDArray[np.float64], side: int, epsilon: float) -> NDArray[np.float64]:
    """Return what is given up on the other side by looking at one side alone, shape (...,).

    Parameters
    ----------
    means : ndarray, shape (..., designs, 2)
        Technical and social loss; smaller is better.
    side : int
        The side that is looked at: 0 technical, 1 social.
    epsilon : float
        Nearness to its optimum, as a share of its range, >= 0.
    """
    mine, other = means[..., side], means[..., 1 - side]
    low, high = mine.min(axis=-1, keepdims=True), mine.max(axis=-1, keepdims=True)
    near = mine - low <= epsilon * (high - low)
    lost: NDArray[np.float64] = np.where(near, other, np.inf).min(axis=-1) - other.min(axis=-1)
    return lost


def _words(lost: Estimate, one: str, other: str, negligible: float) -> str:
    """Say in a sentence what one-sidedness costs; zero is a result."""
    if lost.low <= 0.0:
        beyond = "at all" if lost.high <= 0.0 else "beyond noise"
        return f"Looking at the {one} side alone gives up nothing on the {other} side {beyond}."
    if lost.value <= negligible:
        return f"Looking at the {one} side alone gives up hardly anything on the {other} side ({lost.value:.1%})."
    return (
        f"Looking at the {one} side alone gives up {lost.value:.1%} ({lost.low:.1%} to {lost.high:.1%}) of today's "
        f"level on the {other} side."
    )
