"""Which designs can be told apart? All pairs on both sides at once, as letters: who shares one cannot be told apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from longwall.alignment.judging.confirm import Confirmed
from longwall.alignment.results import Letters
from longwall.stats import holm

__all__ = ["letters_of", "told_apart"]

_LEVEL = 0.05


def told_apart(confirmed: Confirmed, names: Sequence[str], negligible: float) -> tuple[Letters, ...]:
    """Return the letters of each design, from paired fresh replications.

    Parameters
    ----------
    negligible : float
        Differences up to this size tell nothing apart, however sure they are.

    Notes
    -----
    Two-sided paired t tests of all pairs on both sides, adjusted together (Holm 1979), at 5%: the chance that any pair
    is told apart which is not apart is 5% at most.
    """
    count = len(confirmed.designs)
    if count < 2:
        return tuple(Letters(design=name, technical="a", social="a") for name in names)
    rows, others = np.triu_indices(count, 1)
    gaps = confirmed.losses[rows] - confirmed.losses[others]
    means = gaps.mean(axis=1)
    p = holm(_p_values(gaps).T.ravel()).reshape(2, -1)
    sides = []
    for side in (0, 1):
        differ = np.zeros((count, count), dtype=np.bool_)
        found = (p[side] <= _LEVEL) & (np.abs(means[:, side]) > negligible)
        differ[rows[found], others[found]] = differ[others[found], rows[found]] = True
        sides.append(letters_of(differ, confirmed.means[:, side]))
    return tuple(Letters(design=name, technical=one, social=two) for name, one, two in zip(names, *sides, strict=True))


def _p_values(gaps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return two-sided p-values of paired differences, shape (pairs, 2); differences without spread are exact."""
    n = gaps.shape[1]
    mean, spread = gaps.mean(axis=1), gaps.std(axis=1, ddof=1) / np.sqrt(n)
    t = np.full(mean.shape, np.inf)
    np.divide(np.abs(mean), spread, out=t, where=spread > 0)
    t[(spread == 0) & (mean == 0)] = 0.0
    p: NDArray[np.float64] = 2.0 * stdtr(n - 1, -t)
    return p


def letters_of(differ: NDArray[np.bool_], values: NDArray[np.float64]) -> list[str]:
    """Return letters such that two designs share one if and only if they do not differ.

    Parameters
    ----------
    differ : ndarray of bool, shape (n, n)
        Symmetric, false on the diagonal.
    values : ndarray, shape (n,)
        Smaller is better; the best has ``a``.

    References
    ----------
    Piepho 2004, "An algorithm for a letter-based representation of all-pairwise comparisons", Journal of Computational
    and Graphical Statistics 13 (insert and absorb).
    """
    groups: list[frozenset[int]] = [frozenset(range(len(values)))]
    for one, other in zip(*np.nonzero(np.triu(differ, 1)), strict=True):
        split: list[frozenset[int]] = []
        for group in groups:
            split += [group - {int(one)}, group - {int(other)}] if one in group and other in group else [group]
        distinct = list(dict.fromkeys(split))
        groups = [group for group in distinct if not any(group < wider for wider in distinct)]
    order = sorted(groups, key=lambda group: (min(values[row] for row in group), sum(values[row] for row in group)))
    names = [_name(place) for place in range(len(order))]
    return [
        "".join(name for name, group in zip(names, order, strict=True) if row in group) for row in range(len(values))
    ]


def _name(place: int) -> str:
    """A to z, then A to Z, and so on with a prime."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return letters[place % len(letters)] + "′" * (place // len(letters))
