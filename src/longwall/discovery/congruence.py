"""Socio-technical congruence: how much of the coordination that the work needs takes place.

Arrays in, arrays out; performer-level matrices stay inside `discovery`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["congruence", "depending_functions", "needed_coordination", "together"]

_LEAST_SHARE = 0.05
_LEAST_COUNT = 5
_MOST_IN_A_CASE = 32


def needed_coordination(assigned: NDArray[np.bool_], depends: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return who must coordinate with whom: TA x TD x TA transposed, made symmetric, the diagonal left out.

    Parameters
    ----------
    assigned : ndarray of bool, shape (n_performers, n_tasks)
        TA: who does which task.
    depends : ndarray of bool, shape (n_tasks, n_tasks)
        TD: which task depends on which.

    Returns
    -------
    ndarray of bool, shape (n_performers, n_performers)

    References
    ----------
    Cataldo, Wagstrom, Herbsleb and Carley 2006, "Identification of coordination requirements: implications for the
    design of collaboration and awareness tools", CSCW. Cataldo, Herbsleb and Carley 2008, "Socio-technical congruence:
    a framework for assessing the impact of technical and work dependencies on software development productivity", ESEM.
    """
    task = assigned.astype(np.float32)
    needed = np.asarray(task @ (depends | depends.T).astype(np.float32) @ task.T > 0, dtype=np.bool_)
    np.fill_diagonal(needed, False)
    return needed


def congruence(needed: NDArray[np.bool_], actual: NDArray[np.bool_]) -> float:
    """Return the share of needed coordination that takes place, in [0, 1]; 1 where none is needed.

    Parameters
    ----------
    needed, actual : ndarray of bool, shape (n, n)
        As from `needed_coordination`; CA, who coordinates with whom.
    """
    count = int(needed.sum())
    return float((needed & actual).sum()) / count if count else 1.0


def depending_functions(log: Log) -> NDArray[np.bool_]:
    """Return TD: functions of which one follows the other directly, often enough to matter, either way round.

    Often enough: five times, and 5% of what follows the one or of what comes before the other.

    Returns
    -------
    ndarray of bool, shape (n_functions, n_functions)
        Symmetric.
    """
    size = len(log.activities)
    inside = log.case[1:] == log.case[:-1]
    key = log.activity[:-1][inside].astype(np.int64) * size + log.activity[1:][inside]
    counts = np.bincount(key, minlength=size * size).reshape(size, size)
    leaves, comes = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    often = (counts >= _LEAST_COUNT) & ((counts >= _LEAST_SHARE * leaves) | (counts >= _LEAST_SHARE * comes))
    return np.asarray(often | often.T, dtype=np.bool_)


def together(case: NDArray[np.int64], member: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Count the cases that two performers, or two teams, both worked on.

    Parameters
    ----------
    case, member : ndarray of int64, shape (n,)
        Of each event, in the order of the log.
    size : int
        Number of members.

    Returns
    -------
    ndarray of int64, shape (size, size)
        Symmetric; the diagonal counts the cases of each.

    Notes
    -----
    Of a case with more than 32 members the 32 that came first count.
    """
    if not case.size:
        return np.zeros((size, size), dtype=np.int64)
    _, first = np.unique(case * size + member, return_index=True)
    first = np.sort(first)
    begin = np.flatnonzero(np.r_[True, np.diff(case[first]) != 0])
    rank = np.arange(first.size) - np.repeat(begin, np.diff(np.r_[begin, first.size]))
    first = first[rank < _MOST_IN_A_CASE]
    numbers, place = np.unique(case[first], return_inverse=True)
    took_part = coo_array((np.ones(first.size), (place, member[first])), shape=(numbers.size, size)).tocsr()
    return np.asarray((took_part.T @ took_part).todense()).astype(np.int64)
