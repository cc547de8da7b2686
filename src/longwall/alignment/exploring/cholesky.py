"""Symmetric systems of equations, solved in an order of its own: the same bits for any number of threads.

Written out, since the threads of a linear algebra library would decide the last bits.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["dot", "factor", "solved", "spreads"]


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def dot(one: NDArray[np.float64], other: NDArray[np.float64], n: int) -> float:
    """Return the inner product of the first n numbers, in four sums side by side: the same bits on every machine."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    even = n - n % 4
    for k in range(0, even, 4):
        a += one[k] * other[k]
        b += one[k + 1] * other[k + 1]
        c += one[k + 2] * other[k + 2]
        d += one[k + 3] * other[k + 3]
    for k in range(even, n):
        a += one[k] * other[k]
    return (a + b) + (c + d)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def factor(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Cholesky factor of a positive definite matrix.

    Written out, since the threads of a linear algebra library would decide the last bits.
    """
    n = len(matrix)
    lower = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            rest = matrix[i, j] - dot(lower[i], lower[j], j)
            if i == j:
                lower[i, i] = math.sqrt(max(rest, 1e-300))
            else:
                lower[i, j] = rest / lower[j, j]
    return lower


@numba.njit(cache=True, nogil=True, error_model="numpy")
def solved(lower: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the solution of a system from its Cholesky factor."""
    n = len(right)
    found = right.copy()
    for i in range(n):
        found[i] = (found[i] - dot(lower[i], found, i)) / lower[i, i]
    for i in range(n - 1, -1, -1):
        for k in range(i + 1, n):
            found[i] -= lower[k, i] * found[k]
        found[i] /= lower[i, i]
    return found


@numba.njit(cache=True, nogil=True, error_model="numpy")
def spreads(lower: NDArray[np.float64], alike: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    """Return standard deviations of what is expected from covariances with the tried designs, shape (rows,)."""
    n = lower.shape[0]
    found = np.empty(len(alike))
    half = np.empty(n)
    for row in range(len(alike)):
        left = scale
        for i in range(n):
            half[i] = (alike[row, i] - dot(lower[i], half, i)) / lower[i, i]
            left -= half[i] * half[i]
        found[row] = math.sqrt(max(left, 0.0))
    return found
