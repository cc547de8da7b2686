"""The rooms that commands call, loaded with the first question to them: `--help` and a slip of typing ask nothing.

Loading them takes seconds, as the compiler, the store and the solvers come with them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__all__ = ["inquiry", "study"]


class _Room:
    """Stands for a package until something of it is needed."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, wanted: str) -> Any:
        return getattr(importlib.import_module(self._name), wanted)


if TYPE_CHECKING:
    from longwall import inquiry, study
else:
    inquiry, study = _Room("longwall.inquiry"), _Room("longwall.study")
