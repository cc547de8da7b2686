"""Ask: twelve questions to people; their answers draft a work system, and stand beside what the evidence says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from longwall import evidence, inquiry
from longwall.errors import Fault, StudyError
from longwall.provenance import write_bytes
from longwall.study.answering import responses_of
from longwall.study.folder import Study, StudyFile
from longwall.study.merging import drafted_by_answers
from longwall.study.results import load
from longwall.study.telling import answers_of
from longwall.worksystem import Finding, WorkSystem, dump_piece, merge
from longwall.worksystem.yamlfile import read_piece, read_system, write_piece, write_system

__all__ = ["Drafted", "keep_answers", "opened_or_made", "redraft", "summary_of", "write_form"]


@dataclass(frozen=True)
class Drafted:
    """What became of ``worksystem.yaml``.

    Parameters
    ----------
    state : str
        ``written``, ``renewed``, ``joined`` (people edited it: their values stay), ``left`` (it does not come from
        answers), or ``waits`` (a log is there and will make it).
    cautions : tuple of str
    """

    state: Literal["written", "renewed", "joined", "left", "waits"]
    cautions: tuple[str, ...] = ()


def opened_or_made(folder: Path, *, seed: int | None = None, name: str = "") -> Study:
    """Open a study, or make one where there is none yet.

    Parameters
    ----------
    name : str
        Of a new study; empty: that of the folder.

    Raises
    ------
    StudyError
        LW-ST-050: the folder holds something else.
    """
    if (folder / "study.yaml").is_file():
        return Study.open(folder, seed=seed)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StudyError(
            Fault("LW-ST-050", str(folder), "a study, or a new or empty folder for one",
                  "a file" if folder.is_file() else "a folder with something else in it",
                  "name a folder that is not there yet: `longwall ask my-shop`")
        )  # fmt: skip
    from longwall.study.loop import study_id

    return Study.create(folder, StudyFile(id=study_id(folder.name), name=name or folder.name, seed=seed or 0))


def keep_answers(study: Study, answers: inquiry.Answers) -> None:
    """Write the answers; comments that people put into the file stay.

    Raises
    ------
    StudyError
        LW-ST-034: an answer names a person of the log; nothing is written.
    """
    said = re.sub(r'["{}\[\],:]+', " . ", answers.model_dump_json(exclude_none=True))
    if evidence.has_log(study.store) and evidence.names_person(study.store, said, evidence.load_key()):
        raise StudyError(
            Fault("LW-ST-034", str(study.path), "answers that name roles and groups", "the name of a person",
                  "write them without the name; answers are kept and shown to all")
        )  # fmt: skip
    write_piece(study.answers, answers)


def redraft(study: Study) -> Drafted:
    """Make ``worksystem.yaml`` of the answers, if there is none or answers made it; what people edited stays.

    Raises
    ------
    WorkSystemError, InquiryError
        If answers or the file have faults; nothing is written then.
    """
    answers = answers_of(study)
    if answers is None:
        raise StudyError(
            Fault("LW-ST-051", str(study.path), "answers to draft a work system from", "none yet",
                  f"run `longwall ask {study.path}`")
        )  # fmt: skip
    drafted = inquiry.draft_of(answers)
    doubts = inquiry.doubts_in(answers)
    if not study.system.is_file():
        if study.logs or load(study, "ingest") is not None:
            return Drafted("waits", (*doubts, "a log is there: `longwall run` makes the work system from it"))
        _write(study, drafted)
        return Drafted("written", doubts)
    if drafted_by_answers(study):
        _write(study, drafted)
        return Drafted("renewed", doubts)
    if study.discovered.is_file() or not study.drafted.is_file():
        return Drafted("left", (*doubts, "worksystem.yaml does not come from answers and is left as it is"))
    merged = merge(read_piece(study.drafted, WorkSystem), read_system(study.system), drafted)
    write_system(study.system, merged.system)
    write_piece(study.drafted, drafted)
    open_ = [conflict.path for conflict in merged.conflicts]
    said = [f"you edited {path}: your value stays, the answer says otherwise" for path in open_]
    return Drafted("joined", (*doubts, "worksystem.yaml was edited; what people wrote stays", *said))


def _write(study: Study, drafted: WorkSystem) -> None:
    """Write the draft, and a copy by which it is known again."""
    text = dump_piece(drafted).encode()
    write_bytes(study.system, text)
    write_bytes(study.drafted, text)


def write_form(study: Study, file: Path | None = None) -> Path:
    """Write the offline form, filled with the answers so far, and return where it is."""
    path = study.inquiry / "form.html" if file is None else file
    path.parent.mkdir(parents=True, exist_ok=True)
    answers = answers_of(study)
    command = f"longwall ask {study.path.name} --answers answers.json"
    write_bytes(path, inquiry.form_html(study.file.name or study.file.id, answers, command=command).encode())
    return path


def summary_of(study: Study) -> inquiry.Summary | None:
    """Return map, risks and first steps as things stand; None where nobody was asked."""
    answers = answers_of(study)
    if answers is None:
        return None
    system = read_system(study.system) if study.system.is_file() else None
    result = load(study, "assess") or {"findings": []}
    findings = [Finding.model_validate(finding) for finding in result["findings"]]
    return inquiry.summary_of(answers, system, findings, responses_of(study))
