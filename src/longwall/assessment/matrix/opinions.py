"""What experts say of which variance leads to which: one YAML file for each group that was asked.

Experts are roles or groups. A file holds the strengths of the classical matrix (none, .1, .3, .6, .9), each with how
sure the group is. A cell that is not written was not spoken of, which is another thing than ``none``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from longwall.errors import AssessmentError, Fault, LongwallError, suggestion
from longwall.worksystem import Id, Piece
from longwall.worksystem.yamltext import Document, parse_text

__all__ = ["GRADES", "Expert", "Opinion", "read_experts"]

GRADES = (0.0, 0.1, 0.3, 0.6, 0.9)
"""Strengths of the matrix: how probably an uncontrolled occurrence leads to the other."""

_FILE_KEYS = ("expert", "confidence", "leads_to", "note")
_CELL_KEYS = ("strength", "confidence", "why")
_Place = tuple[str | int, ...]


class Opinion(Piece):
    """What one group says of one cell.

    Parameters
    ----------
    strength : float
        One of `GRADES`.
    confidence : float
        How sure the group is, in (0, 1].
    """

    cause: Id
    effect: Id
    strength: float
    confidence: float = Field(gt=0, le=1)
    why: str = ""


class Expert(Piece):
    """One group and what it says.

    Parameters
    ----------
    name : str
        A role or a group, never a person.
    file : str
        Name of its file.
    """

    name: str
    file: str
    opinions: tuple[Opinion, ...]


def read_experts(paths: Sequence[Path], variances: Collection[str], kinds: Collection[str]) -> tuple[Expert, ...]:
    """Return what the experts say, in the order of the paths.

    Parameters
    ----------
    paths : sequence of Path
        One file for each group.
    variances, kinds : collection of str
        Ids that a cell may name: variances of the model, and kinds of detectors. Both ends of a cell are of one sort.

    Raises
    ------
    AssessmentError
        LW-AS-030 to LW-AS-038: every fault of every file, by line.
    """
    faults: list[Fault] = []
    experts: list[Expert] = []
    for path in paths:
        expert = _expert(path, variances, kinds, faults)
        if expert is None:
            continue
        twin = next((other for other in experts if other.name.casefold() == expert.name.casefold()), None)
        if twin is not None:
            faults.append(
                Fault("LW-AS-037", f"{path}  expert", "one file for each group", f"{expert.name!r}, as in {twin.file}",
                      "join the two files, or name the groups apart")
            )  # fmt: skip
        experts.append(expert)
    if faults:
        raise AssessmentError(*faults)
    return tuple(experts)


def _expert(path: Path, variances: Collection[str], kinds: Collection[str], faults: list[Fault]) -> Expert | None:
    """Read one file; add what is wrong to `faults`."""
    before = len(faults)
    document = _document(path, faults)
    if document is None:
        return None
    data = document.data
    for key in data:
        if key not in _FILE_KEYS:
            faults.append(_unknown("LW-AS-031", document.where((key,)), "a key", str(key), _FILE_KEYS))
    name = data.get("expert")
    if not isinstance(name, str) or not name.strip():
        faults.append(
            Fault("LW-AS-032", document.where(("expert",)), "who speaks: a role or a group", repr(name),
                  "write `expert: first line`, never the name of a person")
        )  # fmt: skip
    sure = _confidence(document, ("confidence",), data.get("confidence", 1.0), faults)
    cells = data.get("leads_to")
    if not isinstance(cells, dict) or not cells:
        faults.append(
            Fault("LW-AS-033", document.where(("leads_to",)), "causes, each with its effects", repr(cells)[:60],
                  "write `leads_to:` and below it `cause: {effect: .6}`")
        )  # fmt: skip
        cells = {}
    opinions = []
    for cause, effects in cells.items():
        if not isinstance(effects, dict):
            faults.append(
                Fault("LW-AS-033", document.where(("leads_to", cause)), "effects with their strengths",
                      repr(effects)[:60], "write `effect: .6` below the cause")
            )  # fmt: skip
            continue
        for effect, cell in effects.items():
            opinion = _opinion(document, str(cause), str(effect), cell, sure, (variances, kinds), faults)
            opinions += [opinion] if opinion is not None else []
    if len(faults) > before:
        return None
    return Expert(name=str(name).strip(), file=path.name, opinions=tuple(opinions))


def _document(path: Path, faults: list[Fault]) -> Document | None:
    """The plain data of a file; None where it is none."""
    try:
        document = parse_text(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        faults.append(
            Fault(
                "LW-AS-030",
                str(path),
                "a readable YAML file",
                type(error).__name__,
                "look at the file and its permissions",
            )
        )
        return None
    except LongwallError as error:
        faults.extend(error.faults)
        return None
    faults.extend(fault for _, fault in document.faults)
    if not isinstance(document.data, dict):
        faults.append(
            Fault("LW-AS-030", str(path), "keys such as `expert` and `leads_to`", type(document.data).__name__,
                  "see the how-to on judging the matrix")
        )  # fmt: skip
        return None
    return None if document.faults else document


def _opinion(
    document: Document,
    cause: str,
    effect: str,
    cell: Any,
    sure: float,
    known: tuple[Collection[str], Collection[str]],
    faults: list[Fault],
) -> Opinion | None:
    """Read one cell."""
    before, place = len(faults), ("leads_to", cause, effect)
    variances, kinds = known
    for name, at in ((cause, place[:2]), (effect, place)):
        if name not in variances and name not in kinds:
            names = (*sorted(variances), *sorted(kinds))
            faults.append(_unknown("LW-AS-034", document.where(at), "a variance of the model or a kind", name, names))
    if len(faults) == before and not any(cause in ids and effect in ids for ids in known):
        faults.append(
            Fault("LW-AS-038", document.where(place), "two variances of the model, or two kinds of detectors",
                  f"one of each: {cause} and {effect}", "name both ends in the same way")
        )  # fmt: skip
    given = cell if isinstance(cell, dict) else {"strength": cell}
    for key in given:
        if key not in _CELL_KEYS:
            faults.append(_unknown("LW-AS-031", document.where((*place, key)), "a key", str(key), _CELL_KEYS))
    strength = given.get("strength")
    strength = 0.0 if strength in ("none", "None") else strength
    if isinstance(strength, bool) or not isinstance(strength, int | float) or strength not in GRADES:
        faults.append(
            Fault("LW-AS-035", document.where(place), "none, .1, .3, .6 or .9", repr(strength),
                  "take the grade that comes nearest; leave the cell out where you cannot say")
        )  # fmt: skip
    sure = _confidence(document, (*place, "confidence"), given.get("confidence", sure), faults)
    if len(faults) > before:
        return None
    return Opinion(
        cause=cause, effect=effect, strength=float(strength or 0.0), confidence=sure, why=str(given.get("why", ""))
    )


def _confidence(document: Document, place: _Place, value: Any, faults: list[Fault]) -> float:
    """Check how sure a group is."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        faults.append(
            Fault("LW-AS-036", document.where(place), "how sure, above 0 and at most 1", repr(value),
                  "write 1 for sure and 0.5 for half sure")
        )  # fmt: skip
        return 1.0
    return float(value)


def _unknown(code: str, where: str, what: str, wrong: str, known: Sequence[str]) -> Fault:
    """Fault for a word that is not among those known."""
    near = suggestion(wrong, known)
    listed = ", ".join(known[:12]) + (" ..." if len(known) > 12 else "")
    return Fault(
        code, where, f"{what}: one of {listed or 'none'}", repr(wrong), f"use {near!r}" if near else "remove it"
    )
