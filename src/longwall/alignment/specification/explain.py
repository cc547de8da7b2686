"""A small tree that says in words where completions stay near the front; it explains, it decides nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.specification.problem import Genes

__all__ = ["Branch", "grow", "leaves", "used"]

_DEPTH = 3
_LEAST = 8
"""Designs that a leaf holds at least."""


@dataclass(frozen=True)
class Branch:
    """A node of the tree.

    Parameters
    ----------
    share : float
        Of its designs that are within epsilon.
    count : int
        Designs.
    decision, level : int
        What it asks: does the decision stand at this level? -1 for a leaf.
    yes, no : Branch, optional
        Its two sides; none for a leaf.
    """

    share: float
    count: int
    decision: int = -1
    level: int = -1
    yes: Branch | None = None
    no: Branch | None = None


Path = tuple[tuple[int, int, bool], ...]
"""Questions on the way to a leaf: decision, level, and whether it stands there."""


def grow(genes: Genes, inside: NDArray[np.bool_], *, depth: int = _DEPTH, gain: float = 0.005) -> Branch:
    """Return a tree that asks one level of one decision at each node.

    Parameters
    ----------
    genes : ndarray of int, shape (n, decisions)
    inside : ndarray of bool, shape (n,)
        Whether a design is within epsilon; by the surrogate, or as measured once (which finds little).
    depth : int
        Questions on the way to a leaf, at most.
    gain : float
        Least fall of Gini's impurity, weighted by the share of designs, for a question to be worth asking.

    References
    ----------
    Breiman, Friedman, Olshen and Stone 1984, "Classification and regression trees".
    """
    return _grown(genes, inside, depth, gain, len(genes))


def _grown(genes: Genes, inside: NDArray[np.bool_], depth: int, gain: float, whole: int) -> Branch:
    share, count = float(inside.mean()) if len(inside) else 0.0, len(inside)
    best, question = gain, (-1, -1)
    for decision in range(genes.shape[1]) if depth and 0.0 < share < 1.0 else ():
        for level in np.unique(genes[:, decision]):
            yes = genes[:, decision] == level
            many = int(yes.sum())
            if min(many, count - many) < _LEAST:
                continue
            on, off = float(inside[yes].mean()), float(inside[~yes].mean())
            left = (many * on * (1.0 - on) + (count - many) * off * (1.0 - off)) / count
            fall = 2.0 * (share * (1.0 - share) - left) * count / whole
            if fall > best + 1e-12:
                best, question = fall, (decision, int(level))
    if question[0] < 0:
        return Branch(share, count)
    yes = genes[:, question[0]] == question[1]
    sides = [_grown(genes[part], inside[part], depth - 1, gain, whole) for part in (yes, ~yes)]
    return Branch(share, count, *question, *sides)


def leaves(branch: Branch, path: Path = ()) -> list[tuple[Path, Branch]]:
    """Return the leaves with the questions that lead to them, those with the largest share first."""
    if branch.yes is None or branch.no is None:
        return [(path, branch)]
    found = leaves(branch.yes, (*path, (branch.decision, branch.level, True)))
    found += leaves(branch.no, (*path, (branch.decision, branch.level, False)))
    return sorted(found, key=lambda one: -one[1].share)


def used(branch: Branch) -> set[int]:
    """Return the decisions that the tree asks for."""
    if branch.yes is None or branch.no is None:
        return set()
    return {branch.decision} | used(branch.yes) | used(branch.no)
