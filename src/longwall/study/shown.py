"""What `show` prints: a table of plain cells, and the result of a step that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from longwall.errors import Fault, StudyError
from longwall.study.folder import Study
from longwall.study.results import load

__all__ = ["Shown", "needed"]


@dataclass(frozen=True)
class Shown:
    """A table: title, columns, rows of plain cells, notes below it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    notes: Sequence[str] = ()


def needed(study: Study, step: str) -> dict[str, Any]:
    """Return a result that must be there."""
    result = load(study, step)
    if result is None:
        raise StudyError(
            Fault(
                "LW-ST-004", str(study.path), f"a result of `{step}`", "none yet", f"run `longwall {step} {study.path}`"
            )
        )
    return result
