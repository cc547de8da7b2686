"""What decides the bits of a result besides its inputs: versions, C library, processor features, sources."""

from __future__ import annotations

import functools
import hashlib
import platform
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

import longwall

__all__ = ["Fingerprint", "fingerprint"]

_SOURCES = ("simulation", "worksystem", "streams.py", "units.py")
"""What turns a scenario into numbers."""


@dataclass(frozen=True)
class Fingerprint:
    """What two processes must share to compute the same bits.

    Parameters
    ----------
    c_library : str
        Name and version; its mathematical functions differ in the last bit between versions.
    processor : str
        Name and hash of the features that code is compiled for.
    sources : str
        Hash of the sources that turn a scenario into numbers.
    """

    longwall: str
    python: str
    numpy: str
    numba: str
    llvmlite: str
    c_library: str
    processor: str
    sources: str

    def apart(self, other: Fingerprint) -> str:
        """Say in words what is otherwise in another process; empty where nothing is."""
        theirs = asdict(other)
        return ", ".join(
            f"{name.replace('_', ' ')} {theirs[name]} instead of {mine}"
            for name, mine in asdict(self).items()
            if theirs[name] != mine
        )


@functools.cache
def fingerprint() -> Fingerprint:
    """Return the fingerprint of this process."""
    from llvmlite import binding  # type: ignore[import-untyped, unused-ignore]

    features = binding.get_host_cpu_features().flatten()
    return Fingerprint(
        longwall=longwall.__version__,
        python=platform.python_version(),
        numpy=metadata.version("numpy"),
        numba=metadata.version("numba"),
        llvmlite=metadata.version("llvmlite"),
        c_library="-".join(platform.libc_ver()),
        processor=f"{binding.get_host_cpu_name()}-{_digest(features.encode())}",
        sources=_digest(*_sources()),
    )


def _sources() -> list[bytes]:
    """Return name and content of each source, sorted by name."""
    root = Path(longwall.__file__).parent
    files = [file for name in _SOURCES for file in (root / name).rglob("*.py")]
    files += [root / name for name in _SOURCES if name.endswith(".py")]
    parts = sorted((file.relative_to(root).as_posix().encode(), file) for file in files)
    return [piece for name, file in parts for piece in (name, file.read_bytes().replace(b"\r\n", b"\n"))]


def _digest(*parts: bytes) -> str:
    """Return a short hash of parts in their order."""
    digest = hashlib.blake2b(digest_size=6)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()
