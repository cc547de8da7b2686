"""Findings: one misalignment each, with its footing and the evidence rows behind it; and what people answer to them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import computed_field, model_validator

from longwall.worksystem.values import Estimate, Footing, Id, Layer, Piece

__all__ = ["MARGINAL", "TRAINING", "Evidence", "EvidenceRows", "Finding", "Response", "Suggestion"]

MARGINAL = "Marginal: the only answer known is training, which is temporary."
"""Said with a finding whose only answer is training, wherever it is shown."""

TRAINING = frozenset({"train"})
"""Kinds of change that leave the work as it is and teach people to live with it: marginal and temporary alone."""


class Evidence(Piece):
    """One source that was observed; its rows live in the store.

    Parameters
    ----------
    hash : str
        Of the file that was read.
    rows, events, cases : int
        As counted after rejects.
    begins, ends : str
        First and last event, ISO 8601 in UTC.
    """

    id: Id
    kind: Literal["event log", "indicators", "survey", "alerts", "simulated log"] = "event log"
    source: str
    hash: str
    rows: int
    events: int
    cases: int
    begins: str
    ends: str


class EvidenceRows(Piece):
    """How to find the rows behind a finding again: the query by name, its arguments, and what it counted."""

    query: str
    arguments: dict[str, str] = {}
    cases: int = 0
    events: int = 0


class Suggestion(Piece):
    """A kind of change that would answer a finding, with the ids it would touch.

    Parameters
    ----------
    kind : str
        Such as ``cross_train``, ``staff``, ``control_at_source``, ``change_level``, ``alert_threshold``, ``drill``.
    targets : tuple of Id
        What it touches: functions, roles, variances, components.
    """

    kind: str
    targets: tuple[Id, ...] = ()
    why: str = ""


class Finding(Piece):
    """One misalignment.

    Parameters
    ----------
    kind : str
        Such as ``key_variance``, ``uncontrolled``, ``atrophy``, ``overload``, ``automation_mismatch``.
    statement : str
        One plain sentence with its numbers, about the work, never about a person.
    where : tuple of Id
        Functions, roles, teams, components, variances concerned.
    principle : str
        The design principle that is broken, such as ``variance control at source``.
    severity : Estimate
        How much it matters, in the unit stated (for example hours of waiting per week).
    severity_means : str
        What the severity counts, in words.
    footing : Footing
        Of the statement as a whole: the weakest of the numbers in it.
    marginal : bool
        True where the only answer known is training: it follows from `suggests` and cannot be set. The division of work
        between people and machines is the first lever; training alone is marginal and temporary.
    """

    id: Id
    kind: str
    statement: str
    where: tuple[Id, ...] = ()
    layer: Layer = "work"
    principle: str = ""
    severity: Estimate
    severity_means: str = ""
    footing: Footing
    evidence: tuple[EvidenceRows, ...] = ()
    suggests: tuple[Suggestion, ...] = ()
    cautions: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _computed(cls, data: Any) -> Any:
        """Leave aside what a result says of `marginal`: it is computed."""
        if isinstance(data, dict) and "marginal" in data:
            return {key: value for key, value in data.items() if key != "marginal"}
        return data

    @computed_field  # type: ignore[prop-decorator]
    @property
    def marginal(self) -> bool:
        """Whether the only answer known is training."""
        return bool(self.suggests) and all(suggestion.kind in TRAINING for suggestion in self.suggests)


class Response(Piece):
    """What somebody concerned answers to a finding; it stands beside it wherever it is shown.

    Parameters
    ----------
    statement : str
        What the finding said when it was answered; empty where that is not known.
    """

    finding: Id
    answer: Literal["agree", "dispute", "known"]
    why: str = ""
    who: str = ""
    statement: str = ""
