"""Cases laid out step by step: what occurred at each step, and what had occurred in the few steps before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

__all__ = ["LAGS", "WINDOW", "Occurrences", "Panel", "followed", "panel_of", "weights", "windows"]

Floats = NDArray[np.float64]

LAGS = ((1, 2), (3, 6))
"""Steps after an occurrence in which it is looked for what follows: first and last of each piece."""

WINDOW = LAGS[-1][1]
"""Steps after an occurrence that are looked at."""

_LEAST_CELL = 200


@dataclass(frozen=True)
class Occurrences:
    """Variances seen in cases, on the clock of steps.

    Parameters
    ----------
    case, step, kind : ndarray of int, shape (n,)
        Which case, at which of its steps (from 0), which kind.
    case_steps : ndarray of int, shape (n_cases,)
        Number of steps of each case, >= 1.
    stratum : ndarray of int, shape (n_cases,)
        Class of each case (class, priority and the like crossed), >= 0.
    n_kinds : int
    """

    case: NDArray[np.int64]
    step: NDArray[np.int64]
    kind: NDArray[np.int64]
    case_steps: NDArray[np.int64]
    stratum: NDArray[np.int64]
    n_kinds: int


@dataclass(frozen=True)
class Panel:
    """One row per case and step.

    Parameters
    ----------
    offset : ndarray of int, shape (n_cases + 1,)
        Rows of case c are ``offset[c]:offset[c + 1]``.
    case, cell : ndarray of int, shape (n_rows,)
        Case, and class by step, of each row.
    y : ndarray, shape (n_rows, n_kinds)
        1 where the kind occurred.
    x : sparse array, shape (n_rows, n_kinds * n_pieces)
        Occurrences of each kind in each piece of the steps before.
    after : ndarray of int
        Rows on which anything earlier has an effect.
    """

    offset: NDArray[np.int64]
    case: NDArray[np.int64]
    cell: NDArray[np.int64]
    n_cells: int
    y: Floats
    x: csr_array
    after: NDArray[np.intp]


def panel_of(data: Occurrences) -> Panel:
    """Lay out cases step by step, with what occurred and what had occurred before."""
    offset = np.r_[0, np.cumsum(data.case_steps)]
    case = np.repeat(np.arange(data.case_steps.size), data.case_steps)
    step = np.arange(offset[-1]) - offset[case]
    y = np.zeros((offset[-1], data.n_kinds))
    np.add.at(y, (offset[data.case] + data.step, data.kind), 1.0)
    cell = _cells(data.stratum[case], step)
    x = windows(data, offset, case.size, LAGS)
    return Panel(offset, case, cell, int(cell.max()) + 1, np.minimum(y, 1.0), x, np.flatnonzero(np.diff(x.indptr)))


def _cells(stratum: NDArray[np.int64], step: NDArray[np.int64]) -> NDArray[np.int64]:
    """Class by step; late steps are joined, within their class, until each cell holds enough rows."""
    last = int(step.max()) + 1
    counts = np.bincount(stratum * last + step, minlength=(int(stratum.max()) + 1) * last).reshape(-1, last)
    label = np.zeros_like(counts)
    number = 0
    for row in range(len(counts)):
        held = 0
        for k in range(last):
            label[row, k] = number
            held += counts[row, k]
            rest = counts[row, k + 1 :].sum()
            if held >= _LEAST_CELL and rest >= _LEAST_CELL:
                number, held = number + 1, 0
        number += 1
    return np.asarray(np.unique(label[stratum, step], return_inverse=True)[1], dtype=np.int64)


def windows(
    data: Occurrences, offset: NDArray[np.int64], rows: int, lags: tuple[tuple[int, int], ...], sign: int = 1
) -> csr_array:
    """How many occurrences of each kind lie in each window of steps before (or, with sign -1, after) each row."""
    at, column = [], []
    for piece, (first, last) in enumerate(lags):
        for lag in range(first, last + 1):
            there = data.step + sign * lag
            inside = (there >= 0) & (there < data.case_steps[data.case])
            at.append((offset[data.case] + there)[inside])
            column.append(data.kind[inside] * len(lags) + piece)
    indices = (np.concatenate(at), np.concatenate(column))
    x = csr_array((np.ones(indices[0].size), indices), shape=(rows, data.n_kinds * len(lags)))
    x.sum_duplicates()
    return x


def weights(n: int) -> Floats:
    """Turn coefficients per step of each window into occurrences per source, shape (n, 2 n)."""
    widths = np.array([last - first + 1 for first, last in LAGS], dtype=np.float64)
    return np.asarray(np.kron(np.eye(n), widths[None, :]), dtype=np.float64)


def followed(panel: Panel, support: NDArray[np.int64]) -> Floats:
    """Share of the steps of each window that cases had left after each kind, shape (2 n,): cases end."""
    steps = np.asarray(panel.x.sum(axis=0)).ravel()
    widths = np.tile([last - first + 1 for first, last in LAGS], support.size)
    return np.asarray(steps / np.maximum(np.repeat(support, len(LAGS)) * widths, 1), dtype=np.float64)
