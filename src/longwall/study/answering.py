"""Answers to findings: kept in ``responses.yaml``, shown beside the finding wherever it is shown."""

from __future__ import annotations

from typing import Literal, cast

from longwall import evidence
from longwall.errors import Fault, StudyError, suggestion
from longwall.study.assessing import findings_of
from longwall.study.folder import Study
from longwall.worksystem import Piece, Response
from longwall.worksystem.yamlfile import read_piece, write_piece

__all__ = ["Responses", "respond", "responses_of"]

Answer = Literal["agree", "dispute", "known"]


class Responses(Piece):
    """What ``responses.yaml`` holds: one answer per finding, the newest counts."""

    responses: tuple[Response, ...] = ()


def responses_of(study: Study) -> tuple[Response, ...]:
    """Return the answers given so far."""
    return read_piece(study.responses, Responses).responses if study.responses.is_file() else ()


def respond(study: Study, finding: str, answer: str, *, why: str = "", who: str = "") -> None:
    """Answer a finding; an earlier answer to it is replaced.

    Parameters
    ----------
    answer : str
        ``agree``, ``dispute`` or ``known``.
    who : str
        A role or group; never needed.

    Raises
    ------
    StudyError
        LW-ST-009: there is no such finding. LW-ST-034: the answer names a person of the log.
    """
    known = [entry.id for entry in findings_of(study)]
    if finding not in known:
        near = suggestion(finding, known)
        raise StudyError(
            Fault("LW-ST-009", str(study.path), "the id of a finding", repr(finding),
                  f"use {near!r}" if near else "`longwall show STUDY findings` lists them")
        )  # fmt: skip
    if evidence.has_log(study.store) and evidence.names_person(study.store, f"{who} . {why}", evidence.load_key()):
        raise StudyError(
            Fault("LW-ST-034", str(study.path), "an answer that names a role or a group", "the name of a person",
                  "write it without the name; answers are kept and shown to all")
        )  # fmt: skip
    said = Response(finding=finding, answer=cast("Answer", answer), why=why, who=who)
    others = tuple(entry for entry in responses_of(study) if entry.finding != finding)
    write_piece(study.responses, Responses(responses=(*others, said)))
