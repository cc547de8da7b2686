"""What people told, joined to what was assessed: answers as they stand, and the findings that only people can give."""

from __future__ import annotations

from longwall import inquiry
from longwall.assessment.statement import in_order
from longwall.study.folder import Study
from longwall.worksystem import Finding, WorkSystem

__all__ = ["answers_of", "with_told"]


def answers_of(study: Study) -> inquiry.Answers | None:
    """Return the answers of a study, checked against each other; None where nobody was asked.

    Raises
    ------
    WorkSystemError, InquiryError
        With every fault of the file, by line.
    """
    return inquiry.read_answers(study.answers) if study.answers.is_file() else None


def with_told(study: Study, system: WorkSystem, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return findings with those that only people can give, in the order in which they are read."""
    answers = answers_of(study)
    return findings if answers is None else in_order([*findings, *inquiry.told_findings(answers, system)])
