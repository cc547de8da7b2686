"""Taking the compiled kernel from disk without loading what only compiling needs.

Before Numba looks into its cache it loads the implementation of everything that it could compile, linear algebra with
SciPy included; that takes most of the time to the first result of a fresh process. The kernel needs none of it: it
allocates nothing, raises nothing and calls nothing but mathematics. So its machine code is looked for first, and only
where it is not there, or Numba is not as expected, does Numba go its usual way.
"""

from __future__ import annotations

import functools
from typing import Any

from longwall import streams
from longwall.simulation.kernel import loop

__all__ = ["load_directly"]


@functools.cache
def load_directly() -> None:
    """Let the kernel be found in Numba's cache before anything else is loaded; the same machine code, sooner.

    Call it before the kernel runs for the first time. It does nothing where the compiler is off.
    """
    for function in (loop._advance, streams.mix):
        cache = getattr(function, "_cache", None)
        usual, direct = getattr(cache, "load_overload", None), getattr(cache, "_load_overload", None)
        if usual is not None and direct is not None:
            _look_first(cache, usual, direct)


def _look_first(cache: Any, usual: Any, direct: Any) -> None:
    """Let a cache of Numba be read without its preparations, and as usual where that fails."""

    def load_overload(signature: Any, context: Any) -> Any:
        try:
            return direct(signature, context)
        except Exception:
            return usual(signature, context)

    cache.load_overload = load_overload
