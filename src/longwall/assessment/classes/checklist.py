"""What people say of coupling and interaction: short questions, and their answers beside the indices."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from longwall.errors import AssessmentError, Fault, suggestion
from longwall.worksystem import Piece

__all__ = ["Answers", "Axis", "AxisRating", "Rating", "blank_checklist", "questions", "rate", "read_checklist"]

Axis = Literal["coupling", "interaction"]

_AXES: tuple[Axis, ...] = ("coupling", "interaction")
_SCALE = "0 no, 0.25 rather not, 0.5 in part, 0.75 rather yes, 1 yes"


class Answers(Piece):
    """What one person, or a group together, answered.

    Parameters
    ----------
    who : str
        A role or a group, such as "night shift"; never shown beside single answers.
    coupling, interaction : dict of question to float
        In [0, 1]; a question that is missing was not answered.
    """

    who: str = ""
    coupling: dict[str, float] = {}
    interaction: dict[str, float] = {}

    def of(self, axis: Axis) -> dict[str, float]:
        """Return the answers of one axis."""
        return self.coupling if axis == "coupling" else self.interaction


class Rating(Piece):
    """The mean of one person's answers on one axis.

    Parameters
    ----------
    value : float, optional
        In [0, 1]; none without any answer.
    low, high : float
        If every question left open were answered with 0, and with 1.
    answered, asked : int
    """

    value: float | None
    low: float
    high: float
    answered: int
    asked: int


class AxisRating(Piece):
    """People's rating of one axis beside the computed index.

    Parameters
    ----------
    ratings : tuple of Rating
        One per person or group, in the order of the file.
    value : float, optional
        Mean of the ratings.
    computed : float
        The index.
    label, computed_label : str
        By the same cuts; ``not answered`` where nobody did.
    disagrees : bool
        The labels differ.
    """

    axis: Axis
    ratings: tuple[Rating, ...]
    value: float | None
    label: str
    computed: float
    computed_label: str
    disagrees: bool


@lru_cache(maxsize=1)
def questions() -> dict[Axis, dict[str, str]]:
    """Return the questions by axis and name; the answer "yes" means tight, or complex."""
    text = files(__package__).joinpath("checklist.yaml").read_text(encoding="utf-8")
    loaded = YAML(typ="safe").load(text)
    return {axis: {str(name): str(asked) for name, asked in loaded[axis].items()} for axis in _AXES}


def blank_checklist() -> str:
    """Return an empty form as YAML: one entry to copy for each person or group, each question above its line."""
    lines = [
        "# How tightly coupled is this work system, and how complex its interaction? Answer from 0 to 1:",
        f"# {_SCALE}. Leave a line out where you do not know.",
        "# Copy the entry for each person or group that answers.",
        "- who: ''",
    ]
    for axis in _AXES:
        lines.append(f"  {axis}:")
        for name, asked in questions()[axis].items():
            lines += [f"    # {asked}", f"    {name}:"]
    return "\n".join(lines) + "\n"


def rate(answers: Answers, axis: Axis) -> Rating:
    """Return the mean of one person's answers, and how far the open questions could move it.

    Examples
    --------
    >>> rate(Answers(coupling={"urgent": 1, "ordered": 0.5}), "coupling").value
    0.75
    """
    given = answers.of(axis)
    asked = len(questions()[axis])
    total = sum(given.values())
    return Rating(
        value=total / len(given) if given else None,
        low=total / asked,
        high=(total + asked - len(given)) / asked,
        answered=len(given),
        asked=asked,
    )


def read_checklist(path: Path) -> tuple[Answers, ...]:
    """Return the answers of a file, one entry per person or group.

    Raises
    ------
    AssessmentError
        LW-AS-050 if the file is no YAML list of answers, LW-AS-051 for a question that does not exist, LW-AS-052 for an
        answer that is no number from 0 to 1; all faults at once.
    """
    try:
        loaded = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise AssessmentError(
            Fault("LW-AS-050", str(path), "YAML", str(error).splitlines()[0], "repair the file or remove it")
        ) from error
    if loaded is None:
        return ()
    if not isinstance(loaded, list):
        raise AssessmentError(
            Fault("LW-AS-050", str(path), "a list of answers, each begun with '- who:'", type(loaded).__name__,
                  "begin each person's answers with '- who: ...'")
        )  # fmt: skip
    faults: list[Fault] = []
    found = [_answers(entry, f"{path} entry {k}", faults) for k, entry in enumerate(loaded, 1)]
    if faults:
        raise AssessmentError(*faults)
    return tuple(answers for answers in found if answers.coupling or answers.interaction)


def _answers(entry: Any, where: str, faults: list[Fault]) -> Answers:
    """Check one person's answers; what is wrong goes into the faults."""
    if not isinstance(entry, dict):
        faults.append(Fault("LW-AS-050", where, "who, coupling, interaction", repr(entry), "name them"))
        return Answers()
    kept: dict[Axis, dict[str, float]] = {axis: {} for axis in _AXES}
    for key, given in entry.items():
        if key == "who":
            continue
        if key not in _AXES:
            near = suggestion(str(key), [*_AXES, "who"])
            faults.append(Fault("LW-AS-051", where, "one of who, coupling, interaction", repr(key),
                                f"use {near!r}" if near else "remove it"))  # fmt: skip
        elif given is not None and not isinstance(given, dict):
            faults.append(
                Fault("LW-AS-050", f"{where} {key}", "answers by question", repr(given), "name the questions")
            )
        else:
            kept[key] = _numbers(key, given or {}, f"{where} {key}", faults)
    return Answers(who=str(entry.get("who") or ""), **kept)


def _numbers(axis: Axis, given: dict[Any, Any], where: str, faults: list[Fault]) -> dict[str, float]:
    """Check the answers of one axis; a question without an answer is left out."""
    kept = {}
    for name, answer in given.items():
        if name not in questions()[axis]:
            near = suggestion(str(name), questions()[axis])
            faults.append(Fault("LW-AS-051", where, f"one of {', '.join(questions()[axis])}", repr(name),
                                f"use {near!r}" if near else "remove it"))  # fmt: skip
        elif isinstance(answer, bool) or not (answer is None or isinstance(answer, int | float)):
            faults.append(Fault("LW-AS-052", f"{where}.{name}", "a number from 0 to 1", repr(answer), _SCALE))
        elif answer is not None and not 0 <= answer <= 1:
            faults.append(Fault("LW-AS-052", f"{where}.{name}", "a number from 0 to 1", f"{answer:g}", _SCALE))
        elif answer is not None:
            kept[str(name)] = float(answer)
    return kept
