"""After the questions: a work system drafted, assessed and reported; what follows is a map, risks and first steps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from longwall import inquiry
from longwall.errors import Fault, StudyError
from longwall.study.folder import Study
from longwall.study.inquiring import Drafted, keep_answers, opened_or_made, redraft, summary_of
from longwall.study.loop import Bar, no_bars, run_one
from longwall.study.telling import answers_of

__all__ = ["Concluded", "answer_file", "conclude"]


@dataclass(frozen=True)
class Concluded:
    """What came of the questions.

    Parameters
    ----------
    study : Study
    drafted : Drafted
    summary : Summary
    """

    study: Study
    drafted: Drafted
    summary: inquiry.Summary


def answer_file(folder: Path, file: Path, *, seed: int | None = None, bar: Bar = no_bars) -> Concluded:
    """Take a file of answers into a study, which is made where it is not there; conclude from them.

    Parameters
    ----------
    file : Path
        YAML, or the JSON that the form saves; what it leaves open stays as it was answered before.

    Raises
    ------
    WorkSystemError, InquiryError
        With every fault of the file, by line; the study is as it was then.
    """
    known = (folder / "study.yaml").is_file()
    before = answers_of(Study.open(folder)) if known else None
    answers = inquiry.read_answers(file, before or inquiry.Answers())
    if all(answers.value(key) is None for key in inquiry.QUESTIONS):
        raise StudyError(
            Fault("LW-ST-052", str(file), "an answer to one of the twelve questions", "none",
                  f"answer one or more of: {', '.join(inquiry.QUESTIONS)}")
        )  # fmt: skip
    study = opened_or_made(folder, seed=seed, name=answers.name)
    keep_answers(study, answers)
    return conclude(study, bar=bar)


def conclude(study: Study, *, bar: Bar = no_bars) -> Concluded:
    """Draft the work system from the answers, assess it, renew the report, and return what follows.

    Raises
    ------
    StudyError
        LW-ST-051: nobody answered anything.
    WorkSystemError, InquiryError
        With every fault of the answers or of ``worksystem.yaml``.
    """
    drafted = redraft(study)
    if drafted.state != "waits":
        run_one(study, "assess", bar=bar)
    else:
        run_one(study, "report", bar=bar)
    summary = summary_of(study)
    assert summary is not None
    return Concluded(study, drafted, summary)
