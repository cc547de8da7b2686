"""Answers to findings: kept in ``responses.yaml``, shown beside the finding wherever it is shown.

Findings keep their ids when their numbers change, so an answer stays with its finding over assessments. A finding that
is not found any more leaves its answer: it is kept, and said.
"""

from __future__ import annotations

from typing import Literal, cast

from longwall import evidence
from longwall.errors import Fault, StudyError, suggestion
from longwall.study.assessing import findings_of
from longwall.study.folder import Study
from longwall.study.results import load
from longwall.worksystem import Piece, Response
from longwall.worksystem.yamlfile import read_piece, write_piece

__all__ = ["Responses", "answer_text", "respond", "responses_of", "unfound"]

Answer = Literal["agree", "dispute", "known"]


class Responses(Piece):
    """What ``responses.yaml`` holds: one answer per finding and per group that answers, the newest counts."""

    responses: tuple[Response, ...] = ()


def responses_of(study: Study) -> tuple[Response, ...]:
    """Return the answers given so far."""
    return read_piece(study.responses, Responses).responses if study.responses.is_file() else ()


def respond(study: Study, finding: str, answer: str, *, why: str = "", who: str = "") -> None:
    """Answer a finding; an earlier answer of the same group is replaced, those of others stand beside it.

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
    found = {entry.id: entry for entry in findings_of(study)}
    known = list(found)
    if finding not in found:
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
    why, who = " ".join(why.split()), " ".join(who.split())
    said = Response(
        finding=finding, answer=cast("Answer", answer), why=why, who=who, statement=found[finding].statement
    )
    others = tuple(entry for entry in responses_of(study) if (entry.finding, entry.who) != (finding, who))
    write_piece(study.responses, Responses(responses=(*others, said)))


def unfound(study: Study) -> tuple[Response, ...]:
    """Return the answers to findings that the last assessment did not find any more; empty before `assess`."""
    found = {entry.id for entry in findings_of(study)}
    assessed = load(study, "assess") is not None
    return tuple(entry for entry in responses_of(study) if assessed and entry.finding not in found)


def answer_text(response: Response) -> str:
    """Return an answer in one line, such as ``dispute: wrong category at intake (Network)``."""
    text = response.answer + (f": {response.why}" if response.why else "")
    return text + (f" ({response.who})" if response.who else "")
