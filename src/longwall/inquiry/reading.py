"""Answers as a file: YAML as people write it or JSON as the form saves it; faults with their lines, all in one pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from longwall.errors import Fault, InquiryError, WorkSystemError
from longwall.inquiry.answers import Answers
from longwall.inquiry.checking import faults_in
from longwall.inquiry.questions import QUESTIONS
from longwall.inquiry.suggesting import suggested
from longwall.worksystem import Piece, Problem
from longwall.worksystem.yamlfile import parse_piece
from longwall.worksystem.yamltext import parse_text

__all__ = ["checked", "joined", "read_answers", "read_checked"]

_MOST_BYTES = 2_000_000

AnyPiece = TypeVar("AnyPiece", bound=Piece)


def read_answers(path: Path) -> Answers:
    """Return the answers of a file, checked against each other.

    Raises
    ------
    WorkSystemError
        LW-WS-001 to LW-WS-009, by line, where the file is none of answers.
    InquiryError
        LW-IN-001 to LW-IN-010, by line, where answers contradict each other or the file is too large.
    """
    return read_checked(path, Answers, lambda one: faults_in(one, suggested(one.kind)))


def read_checked(path: Path, of: type[AnyPiece], faults: Callable[[AnyPiece], tuple[Problem, ...]]) -> AnyPiece:
    """Return a file of the inquiry, every fault of it by line.

    Parameters
    ----------
    faults : callable
        What is wrong between its values, once each is right by itself.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InquiryError(
                Fault("LW-IN-010", str(path), "a file of at most 2 MB", f"{path.stat().st_size:,} bytes",
                      "name the file of answers itself")
            )  # fmt: skip
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise WorkSystemError(
            Fault("LW-WS-001", str(path), "a file of text in UTF-8", (error.strerror or str(error)).lower(),
                  "look at the path and its permissions")
        ) from error  # fmt: skip
    except UnicodeDecodeError as error:
        raise WorkSystemError(
            Fault("LW-WS-001", str(path), "a file of text in UTF-8", f"other bytes from byte {error.start} on",
                  "save the file as UTF-8")
        ) from error  # fmt: skip
    piece = parse_piece(text, of, str(path))
    problems = faults(piece)
    if problems:
        document = parse_text(text, str(path))
        found = sorted((document.line_of(p.path), p.fault(document.where)) for p in problems)
        raise InquiryError(*(fault for _, fault in found))
    return piece


def checked(answers: Answers, name: str) -> Answers:
    """Return answers that fit each other.

    Parameters
    ----------
    name : str
        Of the place they come from, said in faults.

    Raises
    ------
    InquiryError
        With every fault.
    """
    problems = faults_in(answers, suggested(answers.kind))
    if problems:
        faults = [problem.fault() for problem in problems]
        raise InquiryError(*(Fault(f.code, f"{name}  {f.where}", f.expected, f.found, f.do) for f in faults))
    return answers


def joined(before: Answers, after: Answers) -> Answers:
    """Return answers with those of another set in their place; what the other leaves open stays."""
    update: dict[str, Any] = {key: value for key in QUESTIONS if (value := after.value(key)) is not None}
    update |= {key: value for key in ("name", "item") if (value := getattr(after, key))}
    if "kind" in after.model_fields_set:
        update["kind"] = after.kind
    return before.model_copy(update=update)
