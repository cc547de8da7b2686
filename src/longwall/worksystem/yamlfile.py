"""YAML files of people: the work system, interventions, designs; faults with lines, and writes that keep comments.

Reading composes the text with ruamel.yaml and validates it in one pass. Writing edits the text of the file that is
there: what did not change keeps every character, comments, order of keys and blank lines included.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from longwall.errors import Fault, WorkSystemError
from longwall.provenance import write_bytes
from longwall.worksystem.checks import check_references, check_system
from longwall.worksystem.designs import Design, Intervention
from longwall.worksystem.emit import block_lines, plain, same
from longwall.worksystem.partial import without_faults
from longwall.worksystem.places import Step
from longwall.worksystem.references import duplicates
from longwall.worksystem.system import WorkSystem
from longwall.worksystem.values import Piece
from longwall.worksystem.wording import faults_of, found_text
from longwall.worksystem.yamledit import edited
from longwall.worksystem.yamltext import Document, parse_text

__all__ = [
    "Interventions",
    "dump_piece",
    "parse_piece",
    "parse_system",
    "read_design",
    "read_interventions",
    "read_piece",
    "read_system",
    "write_design",
    "write_interventions",
    "write_piece",
    "write_system",
]

_PASSES = 4
"""Edits first, then the order of lists, from the inner to the outer."""

AnyPiece = TypeVar("AnyPiece", bound=Piece)


class Interventions(Piece):
    """What a file of interventions holds."""

    interventions: tuple[Intervention, ...] = ()


def read_system(path: Path) -> WorkSystem:
    """Return the work system of a YAML file, checked.

    Raises
    ------
    WorkSystemError
        With every fault of the file, by line.
    """
    return parse_system(_text_of(path), str(path))


@lru_cache(maxsize=16)
def _system_in(text: str) -> WorkSystem | None:
    """The work system of a text, None where it has faults; a command reads the same text for several of its parts."""
    try:
        return parse_piece(text, WorkSystem, "")
    except WorkSystemError:
        return None


def parse_system(text: str, name: str = "worksystem.yaml") -> WorkSystem:
    """Return the work system of a YAML text, checked; `name` stands in faults.

    Raises
    ------
    WorkSystemError
        With every fault of the text, by line.
    """
    return _system_in(text) or parse_piece(text, WorkSystem, name)


def write_system(path: Path, system: WorkSystem) -> None:
    """Write a work system; in a file that is there, only what changed, so that comments stay.

    Raises
    ------
    StorageError
        If the disk refuses; the file is left as it was.
    """
    write_piece(path, system)


def read_interventions(path: Path) -> tuple[Intervention, ...]:
    """Return the interventions of a YAML file; errors as `read_piece`."""
    return read_piece(path, Interventions).interventions


def write_interventions(path: Path, interventions: Iterable[Intervention]) -> None:
    """Write interventions to a YAML file; errors as `write_piece`."""
    write_piece(path, Interventions(interventions=tuple(interventions)))


def read_design(path: Path) -> Design:
    """Return the design of a YAML file; errors as `read_piece`."""
    return read_piece(path, Design)


def write_design(path: Path, design: Design) -> None:
    """Write a design to a YAML file; errors as `write_piece`."""
    write_piece(path, design)


def read_piece(path: Path, of: type[AnyPiece]) -> AnyPiece:
    """Return any value of the model from its YAML file.

    Parameters
    ----------
    of : type of Piece
        What the file holds; a work system is checked as a whole, too.

    Raises
    ------
    WorkSystemError
        If the file cannot be read (LW-WS-001), or with every fault of it, by line.
    """
    return parse_piece(_text_of(path), of, str(path))


def parse_piece(text: str, of: type[AnyPiece], name: str) -> AnyPiece:
    """Return any value of the model from YAML text; `name` stands in faults.

    Raises
    ------
    WorkSystemError
        With every fault, by line.
    """
    return _checked(parse_text(text, name), of)


def write_piece(path: Path, piece: Piece) -> None:
    """Write any value of the model; in a file that is there, only what changed, so that comments stay.

    Notes
    -----
    A file that is there but does not hold such a value is replaced.

    Raises
    ------
    StorageError
        If the disk refuses; the file is left as it was.
    """
    text = dump_piece(piece)
    if path.is_file():
        old = _kept(path, piece)
        if old is not None:
            text = old
    write_bytes(path, text.encode())


def dump_piece(piece: Piece) -> str:
    """Return a value of the model as YAML text of its own; equal values give equal text."""
    return "\n".join(block_lines(plain(piece), 0)) + "\n"


def _kept(path: Path, piece: Piece) -> str | None:
    """The text of a file with only the changes made, or None where that cannot be done without loss."""
    of, wanted = type(piece), plain(piece)
    try:
        document = parse_text(_text_of(path), str(path))
        before = plain(_valid(document, of))
    except WorkSystemError:
        return None
    for _ in range(_PASSES):
        text = edited(document, before, wanted)
        document = parse_text(text, str(path))
        before = plain(_valid(document, of))
        if same(before, wanted):
            return text
    return None


def _valid(document: Document, of: type[AnyPiece]) -> AnyPiece:
    """Validate without the checks of the whole: what is written need not be sound."""
    try:
        return of.model_validate(document.data)
    except ValidationError as error:
        raise WorkSystemError(*(fault for _, fault in faults_of(error, of, document.where))) from error


def _checked(document: Document, of: type[AnyPiece]) -> AnyPiece:
    """Validate and check, all faults in one pass, by line."""
    faults: list[tuple[int, Fault]] = list(document.faults)
    if not isinstance(document.data, dict):
        found = "an empty file" if document.data is None else found_text(document.data)
        raise WorkSystemError(*(fault for _, fault in faults), _not_a_mapping(document, of, found))
    piece: AnyPiece | None = None
    wrong: list[tuple[Step, ...]] = []
    try:
        piece = of.model_validate(document.data)
    except ValidationError as error:
        for place, fault in faults_of(error, of, document.where):
            wrong.append(place)
            if not any(place[: len(refused)] == refused for refused in document.refused):
                faults.append((document.line_of(place), fault))
    if issubclass(of, WorkSystem):
        system: Any = piece if piece is not None else without_faults(document.data, of, wrong)
        clean = piece is not None and not document.faults
        written = None if clean else document.data
        problems = () if system is None else check_system(system) if clean else check_references(system, written)
    else:
        problems = tuple(duplicates(document.data))
    faults += [(document.line_of(problem.path), problem.fault(document.where)) for problem in problems]
    if faults or piece is None:
        ordered = sorted(set(faults), key=lambda entry: (entry[0], entry[1].where, entry[1].code))
        raise WorkSystemError(*(fault for _, fault in ordered))
    return piece


def _not_a_mapping(document: Document, of: type[Piece], found: str) -> Fault:
    """The fault of a file that holds something else altogether."""
    needed = [key for key, info in of.model_fields.items() if info.is_required()] or list(of.model_fields)
    return Fault("LW-WS-007", f"{document.name}:1", f"keys such as {', '.join(f'{key}:' for key in needed[:4])}", found,
                 "write one `key: value` a line; `longwall schema` lists the keys")  # fmt: skip


def _text_of(path: Path) -> str:
    """Read a file of text.

    Raises
    ------
    WorkSystemError
        If it cannot be read, or is not UTF-8 (LW-WS-001).
    """
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        found, do = (error.strerror or str(error)).lower(), "look at the path and its permissions"
    except UnicodeDecodeError as error:
        found, do = f"other bytes from byte {error.start} on", "save the file as UTF-8"
    raise WorkSystemError(Fault("LW-WS-001", str(path), "a file of text in UTF-8", found, do))
