"""Input hashes and versions: a computed file names what it was computed from, and a stale one says so.

Results are written to a temporary name and moved into place, so a reader never meets half a file and an interrupted run
loses nothing that was finished.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from longwall import __version__
from longwall.errors import Fault, StorageError

__all__ = ["Stamp", "canonical_json", "hash_of_file", "hash_of_value", "replacing", "write_bytes", "write_json"]


def canonical_json(value: Any) -> str:
    """Return JSON with sorted keys and shortest round-trip floats: equal values give equal text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def hash_of_value(value: Any) -> str:
    """Return the BLAKE2b hash (32 hex digits) of anything JSON can hold."""
    return hashlib.blake2b(canonical_json(value).encode(), digest_size=16).hexdigest()


def hash_of_file(path: Path) -> str:
    """Return the BLAKE2b hash (32 hex digits) of a file's bytes, read in blocks."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


@dataclass(frozen=True)
class Stamp:
    """What a result was computed from.

    Parameters
    ----------
    step : str
        The step that made it, such as ``"discover"``.
    inputs : mapping of str to str
        Name of each input and the hash of its content.
    seed : int
        Random seed of the run.
    version : str
        Version of Longwall.
    """

    step: str
    inputs: Mapping[str, str]
    seed: int
    version: str = __version__

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {"step": self.step, "inputs": dict(self.inputs), "seed": self.seed, "version": self.version}

    @property
    def key(self) -> str:
        """Hash of everything that decides the result; equal keys mean the result need not be made again."""
        return hash_of_value(self.as_dict())


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it takes the place of `path`, on failure nothing changes.

    Raises
    ------
    StorageError
        If the disk refuses: no permission, no space left, a folder in the way.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise _storage_error(path, error) from error
    part = Path(name)
    try:
        yield part
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.chmod(0o644)
        part.replace(path)
    except OSError as error:
        if isinstance(error, StorageError):
            raise
        raise _storage_error(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with replacing(path) as part:
        part.write_bytes(content)


def write_json(path: Path, value: Any) -> None:
    """Write readable, canonical JSON (sorted keys, two spaces) whole or not at all."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, indent=2, allow_nan=False)
    write_bytes(path, (text + "\n").encode())


def _storage_error(path: Path, error: OSError) -> StorageError:
    """Say in four parts why the disk refused."""
    if error.errno == errno.ENOSPC:
        return StorageError(
            Fault("LW-IO-001", str(path), "space on the disk", "no space left",
                  "free some space and run the same command again; what was finished is kept")
        )  # fmt: skip
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StorageError(
            Fault("LW-IO-002", str(path), "permission to write here", error.strerror or "a refusal",
                  "choose another folder with --out, or change its permissions")
        )  # fmt: skip
    return StorageError(
        Fault("LW-IO-003", str(path), "a file that can be written", error.strerror or str(error),
              "look at the path; something else stands in its place")
    )  # fmt: skip
