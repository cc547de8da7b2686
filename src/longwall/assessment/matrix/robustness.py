"""How firmly does a variance belong to the key set? Draws over all stated ranges, solved one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from longwall.assessment.matrix.algebra import Net, Range
from longwall.streams import key_of, mix, uniform

__all__ = ["Membership", "membership"]

Floats = NDArray[np.float64]

_SWEEPS = 2000
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Membership:
    """How often each variance was in the key set.

    Parameters
    ----------
    share : ndarray, shape (n, 3)
        Share of the draws without a runaway set in which it belongs to the key set of the column.
    low, high : ndarray, shape (n, 3)
        2.5% and 97.5% quantiles of the own loss over those draws; NaN where every draw ran away.
    draws : int
        Draws made.
    runaway : float
        Share of draws in which some variances feed each other without end.
    """

    share: Floats
    low: Floats
    high: Floats
    draws: int
    runaway: float

    def grade(self, column: int, core: float = 0.9, out: float = 0.1) -> list[str]:
        """Return ``core``, ``borderline`` or ``out`` per variance for one column."""
        return ["core" if m >= core else "out" if m < out else "borderline" for m in self.share[:, column]]


def membership(net: Net, *, draws: int = 500, seed: int = 0, key_share: float = 0.8) -> Membership:
    """Return how often each variance belongs to the key set when every number moves in its range.

    Parameters
    ----------
    net : Net
        Each number is drawn from a triangular distribution: its range is the base, its value the peak.
    draws : int
        >= 1; the same seed gives the same draws.
    key_share : float
        Cumulative share of the loss that defines the key set.

    Notes
    -----
    Each draw solves for the losses by sparse Gauss-Seidel in the order in which effects come before causes: one sweep
    where nothing feeds back.
    """
    n = net.size
    by_source = np.argsort(net.source, kind="stable")
    starts = np.searchsorted(net.source[by_source], np.arange(n + 1)).astype(np.int64)
    targets = net.target[by_source].astype(np.int64)
    p = _rows(net.p, by_source)
    order = _effects_first(starts, targets)
    columns = np.flatnonzero(net.severity.any(axis=0)).astype(np.int64)
    hits, losses, runaway = _draw(
        np.uint64(key_of("matrix", seed)),
        draws,
        starts,
        targets,
        order,
        p,
        _rows(net.own),
        _rows(net.detected),
        _rows(net.controlled),
        np.ascontiguousarray(net.severity, dtype=np.float64),
        net.harm_stays,
        columns,
        key_share,
    )
    sound = losses[: draws - runaway]
    low, high = np.quantile(sound, [0.025, 0.975], axis=0) if len(sound) else np.full((2, n, 3), np.nan)
    return Membership(share=hits / max(1, len(sound)), low=low, high=high, draws=draws, runaway=runaway / draws)


def _rows(values: Range, order: NDArray[np.intp] | None = None) -> Floats:
    """Low, peak and high side by side, shape (n, 3)."""
    rows = np.stack([values.low, values.value, values.high], axis=1).astype(np.float64)
    return np.ascontiguousarray(rows if order is None else rows[order])


def _effects_first(starts: NDArray[np.int64], targets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Variances in depth-first postorder: what follows comes before what leads to it, but for cycles."""
    n = len(starts) - 1
    seen, order = np.zeros(n, dtype=bool), []
    for root in range(n):
        if seen[root]:
            continue
        seen[root] = True
        stack = [(root, int(starts[root]))]
        while stack:
            node, edge = stack.pop()
            while edge < starts[node + 1] and seen[targets[edge]]:
                edge += 1
            if edge == starts[node + 1]:
                order.append(node)
                continue
            stack.append((node, edge + 1))
            follower = int(targets[edge])
            seen[follower] = True
            stack.append((follower, int(starts[follower])))
    return np.array(order, dtype=np.int64)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _triangular(row: Floats, u: float) -> float:
    """Inverse distribution function of a triangular distribution (low, peak, high)."""
    low, peak, high = row[0], row[1], row[2]
    if high <= low:
        return float(peak)
    cut = (peak - low) / (high - low)
    if u < cut:
        return float(low + np.sqrt(u * (high - low) * (peak - low)))
    return float(high - np.sqrt((1.0 - u) * (high - low) * (high - peak)))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _sweep(starts, targets, order, leak, direct, value):  # type: ignore[no-untyped-def]
    """Solve value = direct + leak value in place; False where it does not settle."""
    scale = 1e-300
    for i in range(direct.size):
        scale = max(scale, abs(direct[i]))
        value[i] = 0.0
    for _ in range(_SWEEPS):
        change, top = 0.0, 0.0
        for i in order:
            total = direct[i]
            for e in range(starts[i], starts[i + 1]):
                total += leak[e] * value[targets[e]]
            change = max(change, abs(total - value[i]))
            top = max(top, abs(total))
            value[i] = total
        if change <= _TOLERANCE * top:
            return True
        if top > 1e9 * scale:
            return False
    return False


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _draw(  # type: ignore[no-untyped-def]
    key, draws, starts, targets, order, p, own, detected, controlled, severity, harm_stays, columns, key_share
):
    """Count, over draws without a runaway set, how often each variance is in the key set of each column."""
    n, edges = severity.shape[0], targets.size
    hits = np.zeros((n, 3))
    leak, rate, u = np.empty(edges), np.empty(n), np.empty(n)
    direct, value, loss = np.empty(n), np.empty(n), np.empty(n)
    losses = np.zeros((draws, n, 3))
    runaway = 0
    for draw in range(draws):
        luck = mix(key, np.uint64(draw))
        word = np.uint64(0)
        for i in range(n):
            rate[i] = _triangular(own[i], uniform(mix(luck, word)))
            d = _triangular(detected[i], uniform(mix(luck, word + np.uint64(1))))
            c = _triangular(controlled[i], uniform(mix(luck, word + np.uint64(2))))
            u[i] = 1.0 - d * c
            word += np.uint64(3)
            for e in range(starts[i], starts[i + 1]):
                leak[e] = u[i] * _triangular(p[e], uniform(mix(luck, word)))
                word += np.uint64(1)
        settled = True
        chosen = np.zeros((n, 3))
        for column in columns:
            for i in range(n):
                direct[i] = severity[i, column] * (1.0 if harm_stays[i] else u[i])
            settled = _sweep(starts, targets, order, leak, direct, value)
            if not settled:
                break
            total = 0.0
            for i in range(n):
                loss[i] = max(0.0, rate[i] * value[i])
                total += loss[i]
                losses[draw - runaway, i, column] = rate[i] * value[i]
            if total <= 0.0:
                continue
            carried = 0.0
            for i in np.argsort(-loss, kind="mergesort"):
                chosen[i, column] = 1.0
                carried += loss[i]
                if carried >= key_share * total * (1.0 - 1e-12):
                    break
        if settled:
            hits += chosen
        else:
            runaway += 1
    return hits, losses, runaway
