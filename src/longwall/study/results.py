"""Computed files of a study: each names the hash of every input, and a stale one says so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from longwall.errors import Fault, StudyError
from longwall.provenance import Stamp, hash_of_file, write_json
from longwall.study.folder import Study

__all__ = ["load", "optional_hash", "save", "stamp_of"]


def save(study: Study, name: str, stamp: Stamp, value: Mapping[str, Any]) -> Path:
    """Write one result with its stamp, whole or not at all."""
    path = study.result(name)
    write_json(path, {"stamp": {**stamp.as_dict(), "key": stamp.key}, "result": dict(value)})
    return path


def load(study: Study, name: str) -> dict[str, Any] | None:
    """Return one result, or None where it was not computed yet.

    Raises
    ------
    StudyError
        If the file is damaged.
    """
    document = _document(study, name)
    return None if document is None else dict(document["result"])


def stamp_of(study: Study, name: str) -> str | None:
    """Return the key of what a result was computed from, or None where there is none."""
    document = _document(study, name)
    return None if document is None else str(document["stamp"]["key"])


def optional_hash(path: Path) -> str:
    """Return the hash of a file that need not exist."""
    return hash_of_file(path) if path.is_file() else "none"


def _document(study: Study, name: str) -> dict[str, Any] | None:
    """Read the JSON of a result."""
    path = study.result(name)
    if not path.is_file():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(document, dict) or {"stamp", "result"} - document.keys():
            raise ValueError("no stamp or no result")
    except ValueError as error:
        raise StudyError(
            Fault("LW-ST-003", str(path), "a result with its stamp", f"something else ({error})",
                  "delete this file and run the same command again; results can always be computed again")
        ) from error  # fmt: skip
    return document
