"""Three ways to weigh the indicators of one column, so that a reader sees what hangs on the weights.

*stated*: the weights of the objectives; *equal*: every indicator counts the same; *worst-first*: the indicator that
fares worst counts most, whichever it is. A side that looks good under the first two and bad under the third pays for
its gains in one place.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.objectives import Scales
from longwall.alignment.trials import Sample
from longwall.worksystem import Column

if TYPE_CHECKING:
    from longwall.alignment.judging.confirm import Confirmed

__all__ = ["WEIGHTINGS", "Weighting", "losses_under", "weighed", "weights_of"]

Weighting = Literal["stated", "equal", "worst-first"]
WEIGHTINGS: tuple[Weighting, ...] = get_args(Weighting)
"""As they are shown; the search itself goes by the first."""

_COLUMNS: tuple[Column, Column] = ("technical", "social")


def weights_of(weighting: Weighting, stated: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights that a weighting gives the indicators of a column; they sum to one.

    Parameters
    ----------
    stated : ndarray, shape (n,)
        Weights of the objectives.
    mean : ndarray, shape (n,)
        Mean relative change of each indicator, positive is worse.

    Notes
    -----
    Worst-first is an ordered weighted average with weights n, n - 1, ..., 1 over n (n + 1) / 2 from the worst change to
    the best. The plain maximum was not taken: an indicator that nothing moves would then decide for all.

    References
    ----------
    Yager 1988, "On ordered weighted averaging aggregation operators in multicriteria decisionmaking", IEEE
    Transactions on Systems, Man, and Cybernetics 18.
    """
    n = len(stated)
    if weighting == "stated":
        return stated
    if weighting == "equal":
        return np.full(n, 1.0 / n)
    weights = np.empty(n)
    weights[np.argsort(-mean, kind="stable")] = np.arange(n, 0, -1) / (n * (n + 1) / 2.0)
    return weights


def losses_under(weighting: Weighting, scales: Scales, design: Sample, today: Sample) -> NDArray[np.float64]:
    """Return technical and social loss of each replication under a weighting, shape (replications, 2)."""
    found = []
    for column in _COLUMNS:
        changes = scales.relative(design, today, column)
        found.append(changes @ weights_of(weighting, scales.weights(column), changes.mean(axis=0)))
    return np.stack(found, axis=1)


def weighed(confirmed: Confirmed, scales: Scales, weighting: Weighting) -> Confirmed:
    """Return confirmed designs with their losses under a weighting; worst-first goes by the order of the means."""
    if weighting == "stated":
        return confirmed
    losses = [losses_under(weighting, scales, sample, confirmed.samples[0]) for sample in confirmed.samples]
    return dataclasses.replace(confirmed, losses=np.stack(losses))
