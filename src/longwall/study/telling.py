"""What people told, joined to what was assessed: answers as they stand, and the findings that only people can give."""

from __future__ import annotations

from longwall import evidence, inquiry
from longwall.assessment import Assessment
from longwall.assessment.statement import in_order
from longwall.study.folder import Study
from longwall.worksystem import WorkSystem

__all__ = ["answers_of", "with_told"]

_NOT_OBSERVED = "the social side was not observed"


def answers_of(study: Study) -> inquiry.Answers | None:
    """Return the answers of a study, checked against each other; None where nobody was asked.

    Raises
    ------
    WorkSystemError, InquiryError
        With every fault of the file, by line.
    """
    return inquiry.read_answers(study.answers) if study.answers.is_file() else None


def with_told(study: Study, system: WorkSystem, assessed: Assessment) -> Assessment:
    """Return an assessment with what only people can give: findings from answers, a social side that was observed."""
    answers = answers_of(study)
    cautions = assessed.cautions
    if evidence.has_survey(study.store):
        cautions = tuple(one for one in cautions if not one.startswith(_NOT_OBSERVED))
    if answers is None:
        return assessed.model_copy(update={"cautions": cautions})
    findings = in_order([*assessed.findings, *inquiry.told_findings(answers, system)])
    return assessed.model_copy(update={"findings": findings, "cautions": cautions})
