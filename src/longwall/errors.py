"""One tree of errors, each with a code and four parts: where, expected, found, do.

    LongwallError
    ├── WorkSystemError (ValueError)      LW-WS   the model or its YAML
    ├── EvidenceError (ValueError)        LW-EV   a file, a mapping, a row
    ├── SimulationError (ValueError)      LW-SI   a model that cannot be simulated
    ├── DiscoveryError (ValueError)       LW-DI   evidence too thin for a model
    ├── AssessmentError (ValueError)      LW-AS   a detector, a matrix
    ├── AlignmentError (ValueError)       LW-AL   a design space
    ├── PlanError (ValueError)            LW-PL   an order of change that cannot be had
    ├── LearningError (ValueError)        LW-LE   a kept forecast that cannot be read
    ├── InquiryError (ValueError)         LW-IN   an answer that does not fit the others
    ├── ReportError (ValueError)          LW-RE   a page that cannot be made
    ├── StudyError (ValueError)           LW-ST   the folder of a study
    ├── StorageError (OSError)            LW-IO   no permission, no space left
    └── MissingPart (ImportError)         LW-XX   an optional part that is not installed

A command exits with 2 for the user's mistake and with 1 for ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

__all__ = [
    "AlignmentError",
    "AssessmentError",
    "DiscoveryError",
    "EvidenceError",
    "Fault",
    "InquiryError",
    "LearningError",
    "LongwallError",
    "MissingPart",
    "PlanError",
    "ReportError",
    "SimulationError",
    "StorageError",
    "StudyError",
    "WorkSystemError",
    "suggestion",
]


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong, said in four parts.

    Parameters
    ----------
    code : str
        Such as ``"LW-WS-014"``; has a heading in ``docs/reference/errors.md``.
    where : str
        File and line, row number, or path of keys.
    expected, found, do : str
        What would be right, what is there, and what the reader can do about it.
    """

    code: str
    where: str
    expected: str
    found: str
    do: str

    def __str__(self) -> str:
        return f"{self.code}  {self.where}\nexpected {self.expected}, found {self.found}\ndo: {self.do}"


class LongwallError(Exception):
    """Any error of Longwall; carries every fault found in one pass."""

    def __init__(self, *faults: Fault) -> None:
        if not faults:
            raise TypeError("an error needs at least one fault")
        self.faults: tuple[Fault, ...] = faults
        super().__init__("\n\n".join(str(fault) for fault in faults))

    def __reduce__(self) -> tuple[type, tuple[Fault, ...]]:
        return type(self), self.faults


class WorkSystemError(LongwallError, ValueError):
    """The model of the work system, or its YAML, is wrong."""


class EvidenceError(LongwallError, ValueError):
    """A log cannot be read, mapped or believed."""


class SimulationError(LongwallError, ValueError):
    """A work system cannot be simulated."""


class DiscoveryError(LongwallError, ValueError):
    """The evidence is too thin for a model."""


class AssessmentError(LongwallError, ValueError):
    """A detector or a variance matrix is wrong."""


class AlignmentError(LongwallError, ValueError):
    """A design space is empty or contradicts itself."""


class PlanError(LongwallError, ValueError):
    """No order of change meets what was asked."""


class LearningError(LongwallError, ValueError):
    """A kept forecast cannot be held against what happened."""


class InquiryError(LongwallError, ValueError):
    """An answer of people, or a file of them, does not fit."""


class ReportError(LongwallError, ValueError):
    """A page or figure cannot be made."""


class StudyError(LongwallError, ValueError):
    """The folder of a study is not what it should be."""


class StorageError(LongwallError, OSError):
    """The disk refuses: no permission, no space left, not a file."""


class MissingPart(LongwallError, ImportError):
    """An optional part is not installed; names the command that installs it."""


def suggestion(wrong: str, known: Iterable[str]) -> str | None:
    """Return the known word closest to a wrong one, or None where nothing is close."""
    close = get_close_matches(wrong, list(known), n=1, cutoff=0.6)
    return close[0] if close else None
