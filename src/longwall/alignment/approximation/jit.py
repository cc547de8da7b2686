"""How the cheap model is compiled: one cached entry that knows all its sources, parts that allocate nothing.

Numba's cache looks at the file of the compiled function only; the entry calls functions of other files, so its stamp is
replaced by a digest over all of them, as in `longwall.simulation.kernel.jit`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from longwall.simulation.kernel.jit import hot, part

__all__ = ["entry", "hot", "part", "whole"]

_njit: Any = numba.njit


def whole(function: Callable[..., Any]) -> Any:
    """Compile a function that may allocate."""
    return _njit(nogil=True, error_model="numpy")(function)


def entry(function: Callable[..., Any]) -> Any:
    """Compile an entry that may allocate, kept on disk until any source of the cheap model changes."""
    compiled = _njit(cache=True, nogil=True, error_model="numpy")(function)
    files = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if files is not None and hasattr(files, "_source_stamp"):
        digest = hashlib.blake2b(digest_size=12)
        for path in sorted(Path(__file__).parent.glob("*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        number = int.from_bytes(digest.digest(), "little")
        files._source_stamp = (float(number >> 48), number & 0xFFFFFFFFFFFF)
    return compiled
