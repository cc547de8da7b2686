"""How the kernel is compiled: hot parts inlined into one loop, and one cached entry that knows all its sources.

Numba's cache looks at the file of the compiled function only. The entry calls functions of other files, so its stamp
is replaced by a digest over all of them; otherwise an edited part would be served stale.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from longwall import streams

__all__ = ["entry", "hot", "part", "stamped"]

_njit: Any = numba.njit
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""The kernel allocates nothing, so it needs no counting of references (which cost more than the events)."""

_Function = TypeVar("_Function", bound=Callable[..., Any])


def hot(function: _Function) -> _Function:
    """Compile a function on the path of most events: always inlined."""
    return cast(_Function, _njit(forceinline=True, **_OPTIONS)(function))


def part(function: _Function) -> _Function:
    """Compile a function off the path of most events."""
    return cast(_Function, _njit(**_OPTIONS)(function))


def stamped(compiled: Any, sources: Iterable[Path]) -> Any:
    """Return a compiled entry that is kept on disk until any of its sources changes, not its own file alone."""
    digest = hashlib.blake2b(digest_size=12)
    for path in sources:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    number = int.from_bytes(digest.digest(), "little")
    files = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if files is not None and hasattr(files, "_source_stamp"):
        files._source_stamp = float(number >> 48), number & 0xFFFFFFFFFFFF  # Numba's own: time and size
    return compiled


def entry(function: Callable[..., Any]) -> Any:
    """Compile an entry of the kernel, kept on disk until any source of the kernel changes."""
    sources = [*sorted(Path(__file__).parent.glob("*.py")), Path(streams.__file__)]
    return stamped(_njit(cache=True, **_OPTIONS)(function), sources)
