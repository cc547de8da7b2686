"""Answers as a file: YAML as people write it or JSON as the form saves it; faults with their lines, all in one pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from longwall.errors import Fault, InquiryError, WorkSystemError
from longwall.inquiry.answers import Answers
from longwall.inquiry.checking import faults_in
from longwall.inquiry.questions import QUESTIONS
from longwall.inquiry.suggesting import suggested
from longwall.worksystem import Piece, Problem
from longwall.worksystem.places import Step, path_text
from longwall.worksystem.yamlfile import parse_piece
from longwall.worksystem.yamltext import Document, parse_text

__all__ = ["joined", "read_answers", "read_checked"]

_MOST_BYTES = 2_000_000

AnyPiece = TypeVar("AnyPiece", bound=Piece)


def read_answers(path: Path, before: Answers | None = None) -> Answers:
    """Return the answers of a file, checked against each other.

    Parameters
    ----------
    before : Answers, optional
        What was answered before and stays where the file says nothing; it is checked together with that, and returned
        with it.

    Raises
    ------
    WorkSystemError
        LW-WS-001 to LW-WS-009, by line, where the file is none of answers.
    InquiryError
        LW-IN-001 to LW-IN-010, by line, where answers contradict each other or the file is too large.
    """
    known = before or Answers()
    given = read_checked(path, Answers, lambda one: _faults(joined(known, one)))
    return given if before is None else joined(known, given)


def _faults(answers: Answers) -> tuple[Problem, ...]:
    return faults_in(answers, suggested(answers.kind))


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
        found = sorted((document.line_of(p.path), p.fault(partial(_place, document))) for p in problems)
        raise InquiryError(*(fault for _, fault in found))
    return piece


def _place(document: Document, steps: Sequence[Step]) -> str:
    """The line of a place; what the file does not say was said before."""
    return document.where(steps) if steps and steps[0] in document.data else f"answered before: {path_text(steps)}"


def joined(before: Answers, after: Answers) -> Answers:
    """Return answers with those of another set in their place; what the other leaves open stays."""
    update: dict[str, Any] = {key: value for key in QUESTIONS if (value := after.value(key)) is not None}
    update |= {key: value for key in ("name", "item") if (value := getattr(after, key))}
    if "kind" in after.model_fields_set:
        update["kind"] = after.kind
    return before.model_copy(update=update)
