"""The best of several, sequentially, under common luck: the procedure KN of Kim and Nelson."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Kept", "Observe", "kim_nelson"]

Observe = Callable[[Sequence[int], int, int], NDArray[np.float64]]
"""Told systems, and the first observation and the one after the last; returns shape (systems, observations)."""


@dataclass(frozen=True)
class Kept:
    """What the procedure came to.

    Parameters
    ----------
    best : int
        The system that was selected, or, undecided, the one with the greatest mean so far.
    survivors : tuple of int
        Systems that were not screened out, `best` among them; one alone, unless undecided.
    used : ndarray of int, shape (systems,)
        Observations of each on which the decision rests.
    decided : bool
        False: `most` observations came first.
    """

    best: int
    survivors: tuple[int, ...]
    used: NDArray[np.int64]
    decided: bool


def kim_nelson(
    observe: Observe,
    systems: int,
    *,
    indifference: float,
    probability: float = 0.95,
    first: int = 20,
    most: int = 10_000,
    block: int = 1,
) -> Kept:
    """Return the system with the greatest mean.

    Parameters
    ----------
    observe : callable
        Observation r of all systems meets the same luck, or is independent; observations of one system are independent
        and close to normal.
    systems : int
        At least 2.
    indifference : float
        The smallest difference that matters, in the unit of the observations, > 0.
    probability : float
        With which the best is selected, where it is better by `indifference` or more, in (1 / systems, 1).
    first : int
        Observations of each before the first screening, >= 2.
    most : int
        Observations of one system at which to stop undecided, >= `first`.
    block : int
        Observations asked for at a time, >= 1; decisions are the same for every block.

    Notes
    -----
    With c = 1: eta = ((2 alpha / (k - 1))^(-2 / (n0 - 1)) - 1) / 2 and h^2 = 2 eta (n0 - 1). System i stays at stage r
    as long as its mean is at least that of every other l in the game less
    W_il(r) = max(0, delta / (2 r) (h^2 S_il^2 / delta^2 - r)), with S_il^2 the variance of the n0 first differences. It
    ends with one left, or after max_il floor(h^2 S_il^2 / delta^2) + 1 observations with the greatest mean.

    References
    ----------
    Kim and Nelson 2001, "A fully sequential procedure for indifference-zone selection in simulation", ACM TOMACS 11,
    section 3 (the bound alpha / (k - 1) is the one that holds with common random numbers).
    """
    everyone = tuple(range(systems))
    seen = np.asarray(observe(everyone, 0, first), dtype=np.float64)
    used = np.full(systems, first, dtype=np.int64)
    share = 2.0 * (1.0 - probability) / (systems - 1)
    h2 = 2.0 * (0.5 * (share ** (-2.0 / (first - 1)) - 1.0)) * (first - 1)
    apart = seen[:, None, :] - seen[None, :, :]
    reach = h2 * apart.var(axis=2, ddof=1) / indifference**2
    total = seen.sum(axis=1)
    game = np.arange(systems)
    r = first
    ahead: NDArray[np.float64] = np.empty((systems, 0))
    while True:
        if r > np.floor(reach[np.ix_(game, game)]).max():
            best = int(game[np.argmax(total[game])])
            return Kept(best, (best,), used, True)
        means = total[game] / r
        width = np.maximum(0.0, indifference / (2.0 * r) * (reach[np.ix_(game, game)] - r))
        stays = (means[:, None] >= means[None, :] - width).all(axis=1)
        ahead, game = ahead[stays], game[stays]
        if len(game) == 1:
            return Kept(int(game[0]), (int(game[0]),), used, True)
        if r == most:
            return Kept(int(game[np.argmax(total[game])]), tuple(int(i) for i in game), used, False)
        if ahead.shape[1] == 0:
            ahead = np.asarray(observe(tuple(int(i) for i in game), r, min(r + block, most)), dtype=np.float64)
        total[game] += ahead[:, 0]
        ahead = ahead[:, 1:]
        r += 1
        used[game] = r
