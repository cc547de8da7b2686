"""The algebra of the variance matrix: rates, losses, levers, key sets, runaway sets, all on arrays.

A variance occurs of its own at some rate; left uncontrolled it does direct harm and induces others. Occurrences are
counted (a branching process), not presence. The three kinds of harm (technical, social, regulatory) are columns that
are never added up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, eye_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

__all__ = ["COLUMNS", "Net", "Range", "Solution", "key_set", "runaway_sets", "solve"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

COLUMNS = ("technical", "social", "regulatory")
"""The three kinds of harm, in the order of the columns."""


@dataclass(frozen=True)
class Range:
    """Values with the interval in which people or data place each of them.

    Parameters
    ----------
    value, low, high : ndarray, shape (n,)
        low <= value <= high.
    """

    value: Floats
    low: Floats
    high: Floats

    @classmethod
    def exact(cls, values: ArrayLike) -> Range:
        """Return values that are known."""
        x = np.asarray(values, dtype=np.float64)
        return cls(x, x, x)


@dataclass(frozen=True)
class Net:
    """Variances and which induces which.

    Parameters
    ----------
    source, target : ndarray of int, shape (n_edges,)
        Variance `source` left uncontrolled may induce `target`; no pair twice.
    p : Range, shape (n_edges,)
        Probability (expected number) of direct induced occurrences per uncontrolled one, >= 0.
    own : Range, shape (n,)
        Rate of occurrences of its own [per period]; learned ones may be negative, which is reported and not clipped.
    detected, controlled : Range, shape (n,)
        P(detected in time) and P(controlled | detected), in [0, 1].
    severity : ndarray, shape (n, 3)
        Direct harm of one uncontrolled occurrence, per column of `COLUMNS`, >= 0.
    harm_stays : ndarray of bool, shape (n,)
        True: control spares only what follows and the direct harm is done at every occurrence.
    """

    source: NDArray[np.intp]
    target: NDArray[np.intp]
    p: Range
    own: Range
    detected: Range
    controlled: Range
    severity: Floats
    harm_stays: Bools

    @property
    def size(self) -> int:
        """Number of variances."""
        return len(self.severity)

    @property
    def uncontrolled(self) -> Floats:
        """Share of occurrences that nobody controls in time, shape (n,)."""
        return np.asarray(1.0 - self.detected.value * self.controlled.value, dtype=np.float64)


@dataclass(frozen=True)
class Solution:
    """What the algebra says of one net.

    Parameters
    ----------
    rate : ndarray, shape (n,)
        Occurrences per period, own and induced; infinite where a runaway set feeds it.
    one : ndarray, shape (n, 3)
        Loss from one uncontrolled occurrence, downstream included; infinite where it leads into a runaway set.
    own_loss : ndarray, shape (n, 3)
        Expected loss per period that starts with it; the columns sum to the total.
    detection_lever, control_lever : ndarray, shape (n, 3)
        Loss per period saved for each point (1.0) by which detection or control gets better, >= 0.
    runaway : tuple of tuple of int
        Sets of variances that feed each other without end.
    """

    rate: Floats
    one: Floats
    own_loss: Floats
    detection_lever: Floats
    control_lever: Floats
    runaway: tuple[tuple[int, ...], ...]


def solve(net: Net) -> Solution:
    """Return rates, losses and levers of a net.

    With ``P`` the matrix of `p`, ``u = 1 - d c`` and ``D = diag(u)``:
    rates ``r = (I - (D P)^T)^-1 q``; loss of one uncontrolled occurrence ``w = (I - P D)^-1 s``;
    own loss ``K = q u w``;
    levers ``-dTotal/dd = c r w`` and ``-dTotal/dc = d r w``. Where harm stays, the direct harm is not multiplied by u.

    Parameters
    ----------
    net : Net

    Returns
    -------
    Solution
        Where a runaway set exists, what it reaches has an infinite rate and what reaches it an infinite loss; the rest
        is solved without it.

    Notes
    -----
    Variances induce independently of each other and of what happened before; control of one occurrence says nothing
    of the next. The invariant ``sum K = sum r u s`` is a test.

    References
    ----------
    Harris 1963, "The theory of branching processes", chapter II (expected totals of multitype processes).
    """
    n, u = net.size, net.uncontrolled
    leak = csr_array((net.p.value * u[net.source], (net.source, net.target)), shape=(n, n))
    runaway = runaway_sets(leak)
    inside = np.zeros(n, dtype=bool)
    for members in runaway:
        inside[list(members)] = True
    fed, feeding = _reached(leak, inside), _reached(csr_array(leak.T), inside)

    rate = np.full(n, np.inf)
    rate[~fed] = _inverse_times(csr_array(leak[~fed][:, ~fed].T), net.own.value[~fed])
    direct = np.where(net.harm_stays, 1.0, u)[:, None] * net.severity
    value = np.full((n, 3), np.inf)
    value[~feeding] = _inverse_times(leak[~feeding][:, ~feeding], direct[~feeding])
    value[:, ~net.severity.any(axis=0)] = 0.0

    follows = csr_array((net.p.value, (net.source, net.target)), shape=(n, n))
    with np.errstate(invalid="ignore"):
        after = np.nan_to_num(follows @ value, nan=np.inf, posinf=np.inf)
        one = net.severity + after
        own_loss = _times(net.own.value, value)
        spared = _times(rate, np.where(net.harm_stays[:, None], after, one))
    return Solution(
        rate=rate,
        one=one,
        own_loss=own_loss,
        detection_lever=_times(net.controlled.value, spared),
        control_lever=_times(net.detected.value, spared),
        runaway=runaway,
    )


def runaway_sets(leak: csr_array) -> tuple[tuple[int, ...], ...]:
    """Return the strongly connected components in which one occurrence leads to one or more, without end.

    Parameters
    ----------
    leak : sparse array, shape (n, n)
        Expected direct offspring j of one occurrence of i, control included, >= 0.

    Returns
    -------
    tuple of tuple of int
        Components with spectral radius >= 1, members in order.
    """
    count, labels = connected_components(leak, directed=True, connection="strong")
    sizes = np.bincount(labels, minlength=count)
    looped = np.unique(labels[leak.diagonal() > 0])
    found = []
    for label in np.union1d(np.flatnonzero(sizes > 1), looped):
        members = np.flatnonzero(labels == label)
        if _radius_reaches_one(leak[members][:, members].toarray()):
            found.append(tuple(int(member) for member in members))
    return tuple(sorted(found))


def key_set(own_loss: Floats, share: float = 0.8) -> Bools:
    """Return the smallest set of variances that carries the share of the loss, as a mask of shape (n,).

    Parameters
    ----------
    own_loss : ndarray, shape (n,)
        One column; infinite losses are in the set and the finite ones out. Negative ones count as nothing.
    share : float
        Cumulative share, in (0, 1].
    """
    if np.isinf(own_loss).any():
        return np.isinf(own_loss)
    loss = np.maximum(own_loss, 0.0)
    order = np.argsort(-loss, kind="stable")
    total = loss.sum()
    chosen = np.zeros(loss.size, dtype=bool)
    if total > 0:
        carried = np.cumsum(loss[order])
        chosen[order[: int(np.searchsorted(carried, share * total * (1 - 1e-12))) + 1]] = True
    return chosen


def _radius_reaches_one(square: Floats) -> bool:
    """Decide by Collatz-Wielandt bounds on M + I, which is primitive where M is irreducible."""
    shifted = square + np.eye(len(square))
    x = np.ones(len(square))
    low, high = 0.0, np.inf
    for _ in range(20_000):
        y = shifted @ x
        low, high = float((y / x).min()), float((y / x).max())
        if low >= 2.0 - 1e-12:
            return True
        if high < 2.0 - 1e-12:
            return False
        x = y / y.max()
    return low + high >= 4.0


def _reached(leak: csr_array, start: Bools) -> Bools:
    """Mask of the variances that the start set leads to, itself included."""
    reached = start.copy()
    front = start
    while front.any():
        front = np.asarray((leak.T @ front.astype(np.float64)) > 0) & ~reached
        reached |= front
    return reached


def _inverse_times(leak: csr_array, right: Floats) -> Floats:
    """(I - leak)^-1 right, for a spectral radius below one."""
    if leak.shape[0] == 0:
        return right.copy()
    return np.asarray(splu((eye_array(leak.shape[0]) - leak).tocsc()).solve(right), dtype=np.float64)


def _times(factor: Floats, values: Floats) -> Floats:
    """Rows times factors, where zero times infinity is zero."""
    with np.errstate(invalid="ignore"):
        product = factor[:, None] * values
    return np.where((factor[:, None] == 0) | (values == 0), 0.0, product)
