"""How the cheap model is compiled: one cached entry that knows all its sources, parts that allocate nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from longwall.simulation.kernel.jit import hot, part, stamped

__all__ = ["entry", "hot", "part", "whole"]

_njit: Any = numba.njit


def whole(function: Callable[..., Any]) -> Any:
    """Compile a function that may allocate."""
    return _njit(nogil=True, error_model="numpy")(function)


def entry(function: Callable[..., Any]) -> Any:
    """Compile an entry that may allocate, kept on disk until any source of the cheap model changes."""
    compiled = _njit(cache=True, nogil=True, error_model="numpy")(function)
    return stamped(compiled, sorted(Path(__file__).parent.glob("*.py")))
