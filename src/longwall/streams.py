"""Keyed random streams: a draw depends on what it is for, never on when it is made.

A draw is ``mix(seed, replication, purpose, entity, ordinal)``: one uniform per variate, turned into any distribution by
inversion. Two designs that ask for the same key meet the same luck (common random numbers), in any order, on any number
of threads.

Where draws are made in a fixed order anyway, `word` gives the next one of a splitmix64 stream.

The mixing function is the finaliser of splitmix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
generators", OOPSLA), applied once per word of the key.
"""

from __future__ import annotations

import gc
import hashlib
import math

import numpy as np
from numpy.typing import NDArray

# Numba makes so many objects while it is imported that collecting garbage among them takes a tenth of a second.
_collects = gc.isenabled()
gc.disable()
import numba  # noqa: E402

if _collects:
    gc.enable()

__all__ = ["generator", "key_of", "mix", "normal_quantile", "uniform", "word"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30 = np.uint64(30)
_S27 = np.uint64(27)
_S31 = np.uint64(31)
_S12 = np.uint64(12)


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def mix(a: np.uint64, b: np.uint64) -> np.uint64:
    """Mix a word into a key; both and the result are 64-bit unsigned."""
    z = (a ^ b) * _GOLDEN + _GOLDEN
    z = (z ^ (z >> _S30)) * _M1
    z = (z ^ (z >> _S27)) * _M2
    return z ^ (z >> _S31)


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def word(state: NDArray[np.uint64]) -> np.uint64:
    """Next word of a splitmix64 stream, for draws in a fixed order; `state`, one 64-bit word, moves on."""
    state[0] += _GOLDEN
    z = np.uint64(state[0])
    z = (z ^ (z >> _S30)) * _M1
    z = (z ^ (z >> _S27)) * _M2
    return z ^ (z >> _S31)


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def uniform(key: np.uint64) -> float:
    """Uniform in the open interval (0, 1) from a key: the midpoints of 2 to the 52 equal cells."""
    return (float(key >> _S12) + 0.5) * 2.220446049250313e-16


@numba.njit(cache=True, nogil=True, error_model="numpy")
def normal_quantile(p: float) -> float:
    """Standard normal quantile, relative error about 1e-16.

    Parameters
    ----------
    p : float
        Probability in (0, 1).

    References
    ----------
    Wichura 1988, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37, routine
    PPND16.
    """
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        num = (
            (
                (
                    (
                        ((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
                        + 45921.953931549871457
                    )
                    * r
                    + 13731.693765509461125
                )
                * r
                + 1971.5909503065514427
            )
            * r
            + 133.14166789178437745
        ) * r + 3.387132872796366608
        den = (
            (
                (
                    (
                        ((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
                        + 21213.794301586595867
                    )
                    * r
                    + 5394.1960214247511077
                )
                * r
                + 687.1870074920579083
            )
            * r
            + 42.313330701600911252
        ) * r + 1.0
        return q * num / den
    r = p if q < 0.0 else 1.0 - p
    r = math.sqrt(-math.log(r))
    if r <= 5.0:
        r -= 1.6
        num = (
            (
                (
                    (
                        ((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                        + 1.27045825245236838258
                    )
                    * r
                    + 3.64784832476320460504
                )
                * r
                + 5.7694972214606914055
            )
            * r
            + 4.6303378461565452959
        ) * r + 1.42343711074968357734
        den = (
            (
                (
                    (
                        ((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                        + 0.14810397642748007459
                    )
                    * r
                    + 0.68976733498510000455
                )
                * r
                + 1.6763848301838038494
            )
            * r
            + 2.05319162663775882187
        ) * r + 1.0
    else:
        r -= 5.0
        num = (
            (
                (
                    (
                        ((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
                        + 0.026532189526576123093
                    )
                    * r
                    + 0.29656057182850489123
                )
                * r
                + 1.7848265399172913358
            )
            * r
            + 5.4637849111641143699
        ) * r + 6.6579046435011037772
        den = (
            (
                (
                    (
                        ((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                        + 7.868691311456132591e-4
                    )
                    * r
                    + 0.0148753612908506148525
                )
                * r
                + 0.13692988092273580531
            )
            * r
            + 0.59983220655588793769
        ) * r + 1.0
    value = num / den
    return -value if q < 0.0 else value


def key_of(*names: str | int) -> int:
    """Return a stable 64-bit key of ids and numbers; the same on every machine and in every process."""
    text = "\x1f".join(f"{type(name).__name__}:{name}" for name in names)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """Return a NumPy generator of its own for one purpose; seed 0 is a seed.

    Parameters
    ----------
    seed : int
        Of the study, >= 0.
    *names : str or int
        What the stream is for, such as ``"bootstrap", finding_id``.
    """
    return np.random.Generator(np.random.Philox(key=[seed, key_of(*names)]))
