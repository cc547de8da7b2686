"""A study's own objectives: part of the file that ships, overridden; every fault by line."""

from __future__ import annotations

from pathlib import Path

from longwall.alignment.chances import Chance
from longwall.alignment.objectives import Objectives, Term, load_objectives
from longwall.errors import AlignmentError, Fault, suggestion
from longwall.simulation import known_indicators
from longwall.worksystem import Column, Parameter, Piece
from longwall.worksystem.yamlfile import read_piece
from longwall.worksystem.yamltext import Document, parse_text

__all__ = ["ObjectivesFile", "read_objectives"]


class ObjectivesFile(Piece):
    """What ``objectives.yaml`` of a study may state; what it leaves out is as shipped.

    Parameters
    ----------
    technical, social : tuple of Term, optional
        A column that is stated replaces the shipped one whole.
    chances : tuple of Chance
        None ship.
    """

    technical: tuple[Term, ...] | None = None
    social: tuple[Term, ...] | None = None
    chances: tuple[Chance, ...] = ()
    horizon_weeks: Parameter | None = None
    epsilon: Parameter | None = None
    near_joint: Parameter | None = None
    comparable_cost: Parameter | None = None
    negligible: Parameter | None = None


def read_objectives(path: Path) -> Objectives:
    """Return the objectives of a file, what it leaves out as shipped.

    Raises
    ------
    WorkSystemError
        If it cannot be read, or an entry is not what the schema allows; every fault by line.
    AlignmentError
        LW-AL-055: an indicator that does not exist, or stands twice; LW-AL-056: one of the other column. By line.
    """
    file = read_piece(path, ObjectivesFile)
    document = parse_text(path.read_text(encoding="utf-8"), str(path))
    faults = _faults(file, document)
    if faults:
        raise AlignmentError(*faults)
    shipped = load_objectives()
    stated = {name: value for name, value in file if value is not None}
    return shipped.model_copy(update=stated)


def _faults(file: ObjectivesFile, document: Document) -> list[Fault]:
    """Return what is wrong with the indicators that are named, by line."""
    known = {one.id: one for one in known_indicators()}
    found: list[Fault] = []

    def look(name: str, place: tuple[str | int, ...], column: Column | None) -> None:
        if name not in known:
            near = suggestion(name, list(known))
            found.append(
                Fault("LW-AL-055", document.where(place), "the id of an indicator", repr(name),
                      f"use {near!r}" if near else "docs/reference/indicators.md lists them")
            )  # fmt: skip
        elif column is not None and known[name].column != column:
            found.append(
                Fault("LW-AL-056", document.where(place), f"an indicator of the {column} column",
                      f"{name!r}, which is {known[name].column}", f"move it under `{known[name].column}:`")
            )  # fmt: skip

    columns: tuple[Column, Column] = ("technical", "social")
    for column in columns:
        terms: tuple[Term, ...] = getattr(file, column) or ()
        seen: set[str] = set()
        for place, term in enumerate(terms):
            look(term.indicator, (column, place, "indicator"), column)
            if term.indicator in seen:
                found.append(
                    Fault("LW-AL-055", document.where((column, place, "indicator")), "each indicator once",
                          f"{term.indicator!r} again", "leave one of them out")
                )  # fmt: skip
            seen.add(term.indicator)
    for place, chance in enumerate(file.chances):
        look(chance.indicator, ("chances", place, "indicator"), None)
    return found
