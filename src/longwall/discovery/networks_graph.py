"""A network of groups: how much passes, who stands between others, which groups belong together, what comes back."""

from __future__ import annotations

import numpy as np
import rustworkx as rx
from numpy.typing import NDArray

__all__ = ["LINK_SHARE", "betweenness", "communities", "links", "modularity", "reciprocity"]

LINK_SHARE = 0.01
"""A link exists where it carries this share of all handovers between groups, and five at least."""

_LEAST = 5


def links(passed: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return between which groups a link exists, shape (n, n), directed, the diagonal left out.

    Parameters
    ----------
    passed : ndarray of int64, shape (n, n)
        Handovers; row: from, column: to.
    """
    off = passed.copy()
    np.fill_diagonal(off, 0)
    return np.asarray((off >= _LEAST) & (off >= LINK_SHARE * off.sum()), dtype=np.bool_)


def betweenness(linked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return for each group the share of shortest ways between two others that lead over it, in [0, 1].

    Parameters
    ----------
    linked : ndarray of bool, shape (n, n)
        Directed links.

    References
    ----------
    Freeman 1977, "A set of measures of centrality based on betweenness", Sociometry 40; by Brandes' algorithm.
    """
    graph = rx.PyDiGraph()
    graph.add_nodes_from(range(linked.shape[0]))
    graph.add_edges_from_no_data([(int(a), int(b)) for a, b in np.argwhere(linked)])
    found = rx.betweenness_centrality(graph, normalized=True)
    return np.array([found[node] for node in range(linked.shape[0])], dtype=np.float64)


def reciprocity(passed: NDArray[np.int64]) -> float:
    """Return the share of handovers between groups that is answered by one the other way, in [0, 1].

    Parameters
    ----------
    passed : ndarray of int64, shape (n, n)

    References
    ----------
    Squartini, Picciolo, Ruzzenenti and Garlaschelli 2013, "Reciprocity of weighted networks", Scientific Reports 3,
    equation 4.
    """
    off = passed.astype(np.float64)
    np.fill_diagonal(off, 0.0)
    return float(np.minimum(off, off.T).sum() / off.sum()) if off.sum() > 0 else 0.0


def modularity(weights: NDArray[np.float64], community: NDArray[np.int64]) -> float:
    """Return how much more weight lies inside communities than chance would put there, in [-0.5, 1].

    Parameters
    ----------
    weights : ndarray, shape (n, n)
        Symmetric, >= 0.
    community : ndarray of int64, shape (n,)

    References
    ----------
    Newman 2006, "Modularity and community structure in networks", PNAS 103.
    """
    whole = weights.sum()
    if whole <= 0:
        return 0.0
    strength = weights.sum(axis=1)
    same = community[:, None] == community[None]
    return float(((weights - np.outer(strength, strength) / whole) * same).sum() / whole)


def communities(passed: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which groups work as one: communities by joining the two that raise modularity most, until none does.

    Parameters
    ----------
    passed : ndarray of int64, shape (n, n)
        Handovers; direction and diagonal do not matter.

    Returns
    -------
    ndarray of int64, shape (n,)
        Community of each group, numbered by first appearance.

    References
    ----------
    Clauset, Newman and Moore 2004, "Finding community structure in very large networks", Physical Review E 70.
    """
    weights = (passed + passed.T).astype(np.float64)
    np.fill_diagonal(weights, 0.0)
    n, whole = weights.shape[0], weights.sum()
    label = np.arange(n)
    if whole <= 0:
        return label
    share, own = weights / whole, weights.sum(axis=1) / whole
    alive = np.ones(n, dtype=np.bool_)
    while alive.sum() > 1:
        gain = 2 * (share - np.outer(own, own))
        gain[~alive] = gain[:, ~alive] = -np.inf
        np.fill_diagonal(gain, -np.inf)
        a, b = divmod(int(np.argmax(gain)), n)
        if gain[a, b] <= 1e-12:
            break
        a, b = min(a, b), max(a, b)
        share[a] += share[b]
        share[:, a] += share[:, b]
        own[a] += own[b]
        alive[b] = False
        label[label == b] = a
    return np.unique(label, return_inverse=True)[1].astype(np.int64)
