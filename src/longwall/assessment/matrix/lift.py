"""Two plainer measures of what follows what, beside the model: naive lift, and Mantel-Haenszel over strata.

Neither claims anything. The naive lift is the number that is being corrected; it takes cases that are difficult all
along, and steps at which everything is frequent, for effects. Mantel-Haenszel removes class and step and keeps the
difficulty of cases: a claim that it contradicts is to be read with care.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from longwall.assessment.matrix.panel import LAGS, Occurrences, Panel, followed

__all__ = ["Lift", "lift_of"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lift:
    """Occurrences of the column that follow one of the row; arrays of shape (n_kinds, n_kinds), in the unit of p.

    Parameters
    ----------
    naive : ndarray
        More occurrences in the steps after the row than in as many steps at large.
    stratified, low, high : ndarray
        The same within class and step (Mantel-Haenszel risk difference), with its 95% interval; NaN where no stratum
        holds steps of both sorts.
    """

    naive: Floats
    stratified: Floats
    low: Floats
    high: Floats


def lift_of(panel: Panel, data: Occurrences) -> Lift:
    """Return both measures for every pair of kinds.

    References
    ----------
    Mantel and Haenszel 1959, JNCI 22; Greenland and Robins 1985, "Estimation of a common effect parameter from sparse
    follow-up data", Biometrics 41 (risk difference and its variance).
    """
    n, pieces = data.n_kinds, len(LAGS)
    support = np.bincount(data.kind, minlength=n)
    widths = np.tile([last - first + 1 for first, last in LAGS], n)
    steps = (followed(panel, support) * widths).reshape(n, pieces).sum(axis=1)
    rows = panel.cell.size
    to_cell = csr_array((np.ones(rows), (panel.cell, np.arange(rows))), shape=(panel.n_cells, rows))
    size = np.asarray(to_cell.sum(axis=1), dtype=np.float64).reshape(-1, 1)
    all_events = to_cell @ panel.y
    share = panel.y.mean(axis=0)
    table = [np.full((n, n), np.nan) for _ in range(4)]
    follows = csr_array(panel.x)
    for i in range(n):
        exposed = np.asarray(follows[:, [i * pieces + piece for piece in range(pieces)]].sum(axis=1)).ravel() > 0
        if not exposed.any():
            continue
        n1 = np.bincount(panel.cell[exposed], minlength=panel.n_cells).astype(np.float64)[:, None]
        a = np.stack([np.bincount(panel.cell[exposed], panel.y[exposed, j], panel.n_cells) for j in range(n)], axis=1)
        n0, b = size - n1, all_events - a
        table[0][i] = (a.sum(axis=0) / n1.sum() - share) * steps[i]
        both = ((n1 > 0) & (n0 > 0)).ravel()
        if not both.any():
            continue
        n1, n0, a, b, whole = n1[both], n0[both], a[both], b[both], size[both]
        weight = (n1 * n0 / whole).sum()
        difference = ((a * n0 - b * n1) / whole).sum(axis=0) / weight
        variance = ((a * (n1 - a) * n0**3 + b * (n0 - b) * n1**3) / (n1 * n0 * whole**2)).sum(axis=0) / weight**2
        half = 1.96 * np.sqrt(np.maximum(variance, 0.0))
        for column, values in zip(table[1:], (difference, difference - half, difference + half), strict=True):
            column[i] = values * steps[i]
    for values in table:
        np.fill_diagonal(values, np.nan)
    return Lift(*table)
