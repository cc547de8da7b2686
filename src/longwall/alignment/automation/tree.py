"""A small decision tree over coded features: a rule that fits on a page, no larger than the evidence pays for."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Leaf", "Tree", "grown"]

Ints = NDArray[np.int64]
_LEAST_LEAF = 20
_MOST_LEAVES = 16


@dataclass(frozen=True)
class Leaf:
    """A group of cases and what came next in it.

    Parameters
    ----------
    rows : ndarray of int64
        Of the training data.
    tests : tuple of (feature, code, ordered, holds)
        What leads to it: the code of the feature is `code` (at most, where the codes are ordered), or is not.
    """

    rows: Ints
    tests: tuple[tuple[int, int, bool, bool], ...]


@dataclass(frozen=True)
class Tree:
    """Leaves with their shares of each label, shape (n_leaves, n_labels)."""

    leaves: tuple[Leaf, ...]
    shares: NDArray[np.float64]

    def of(self, features: Ints) -> NDArray[np.float64]:
        """Return the probability of each label for each row, shape (n, n_labels)."""
        place = np.zeros(len(features), dtype=np.int64)
        for number, leaf in enumerate(self.leaves):
            inside = np.ones(len(features), dtype=bool)
            for feature, code, ordered, holds in leaf.tests:
                inside &= _holds(features[:, feature], code, ordered) == holds
            place[inside] = number
        return np.asarray(self.shares[place])


def grown(features: Ints, labels: Ints, n_labels: int, ordered: tuple[bool, ...]) -> Tree:
    """Return the tree that tells the labels apart, grown best leaf first.

    A leaf is split where that saves more bits of the labels than the split and the further shares cost to write down
    (the two-part code of minimum description length), so that chance alone splits nothing.

    Parameters
    ----------
    features : ndarray of int64, shape (n, n_features)
        Codes from 0.
    labels : ndarray of int64, shape (n,)
    ordered : tuple of bool, length n_features
        Whether the codes of a feature have an order, and are split at a limit.

    References
    ----------
    Quinlan and Rivest 1989, "Inferring decision trees using the minimum description length principle", Information and
    Computation 80; the cost of a share is half the logarithm of the rows (Rissanen 1978).
    """
    leaves = [Leaf(np.arange(len(labels), dtype=np.int64), ())]
    found = [_best(leaves[0], features, labels, n_labels, ordered)]
    while len(leaves) < _MOST_LEAVES:
        place = max(range(len(leaves)), key=lambda i: found[i][0])
        saved, feature, code = found[place]
        if saved <= 0.0:
            break
        leaf = leaves[place]
        inside = _holds(features[leaf.rows, feature], code, ordered[feature])
        halves = [
            Leaf(leaf.rows[inside == holds], (*leaf.tests, (feature, code, ordered[feature], holds)))
            for holds in (True, False)
        ]
        leaves[place : place + 1] = halves
        found[place : place + 1] = [_best(half, features, labels, n_labels, ordered) for half in halves]
    whole = np.bincount(labels, minlength=n_labels) + 0.5
    whole = whole / whole.sum()
    counts = np.array([np.bincount(labels[leaf.rows], minlength=n_labels) for leaf in leaves], dtype=np.float64)
    # Each leaf borrows one case of the whole, so that nothing that can happen is impossible.
    return Tree(tuple(leaves), (counts + whole) / (counts.sum(axis=1, keepdims=True) + 1.0))


def _holds(codes: Ints, code: int, ordered: bool) -> NDArray[np.bool_]:
    """Whether a test holds for each row."""
    return np.asarray(codes <= code if ordered else codes == code)


def _best(
    leaf: Leaf, features: Ints, labels: Ints, n_labels: int, ordered: tuple[bool, ...]
) -> tuple[float, int, int]:  # fmt: skip
    """Return the bits that the best split of a leaf saves beyond its cost, and which split it is."""
    rows, best = leaf.rows, (-math.inf, 0, 0)
    if rows.size < 2 * _LEAST_LEAF:
        return best
    here = np.bincount(labels[rows], minlength=n_labels)
    kinds = int((here > 0).sum())
    if kinds < 2:
        return best
    before = _bits(here[None])[0]
    cost = 0.5 * (kinds - 1) * math.log2(rows.size)
    for feature in range(features.shape[1]):
        codes = features[rows, feature]
        n_codes = int(codes.max()) + 1
        table = np.bincount(codes * n_labels + labels[rows], minlength=n_codes * n_labels).reshape(n_codes, n_labels)
        inside = np.cumsum(table, axis=0) if ordered[feature] else table
        outside = here - inside
        sizes = inside.sum(axis=1)
        able = (sizes >= _LEAST_LEAF) & (rows.size - sizes >= _LEAST_LEAF)
        if not able.any():
            continue
        saved = np.where(able, before - _bits(inside) - _bits(outside), -math.inf)
        saved = saved - cost - math.log2(max(features.shape[1] * int(able.sum()), 1))
        at = int(saved.argmax())
        if saved[at] > best[0]:
            best = float(saved[at]), feature, at
    return best


def _bits(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the bits that labels take with the shares of their row, shape (n_rows,)."""
    sizes = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, sizes, out=np.ones(counts.shape), where=counts > 0)
    return np.asarray(-(counts * np.log2(share)).sum(axis=1))
