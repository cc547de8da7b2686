"""The twelve questions as data: what is asked, why, and what each line of an answer holds."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Literal

from ruamel.yaml import YAML

from longwall.worksystem import Piece

__all__ = ["KINDS", "QUESTIONS", "Column", "Question", "number_of", "questions", "raw_questions"]

QUESTIONS = (
    "steps", "people", "volume", "troubles", "repairs", "machines", "takeover", "tired", "complaints", "measured",
    "fixed", "coming",
)  # fmt: skip
"""Ids of the twelve questions in the order in which they are asked; also keys of ``inquiry/answers.yaml``."""

KINDS = {
    "shop": ("small-shop", "a shop: orders come in, goods go out"),
    "desk": ("small-desk", "a desk: people ask for help, and get it"),
    "other": ("small-team", "another kind of work, done by a small team"),
}
"""Kind of work: the template that lends what nobody answered, and what it is."""


class Column(Piece):
    """What one cell of an answer holds."""

    key: str
    label: str
    kind: Literal[
        "words", "number", "hours", "yes", "choice", "step", "step_or_none", "role", "trouble", "noticed", "about"
    ]
    needed: bool = False
    default: str = ""
    example: str = ""
    choices: dict[str, str] = {}


class Question(Piece):
    """One question, and the columns of its answer.

    Parameters
    ----------
    why : str
        What it is asked for; said beside it.
    single : bool
        The answer is one line, not a list of them.
    """

    id: str
    ask: str
    why: str
    help: str
    single: bool = False
    columns: tuple[Column, ...]

    @property
    def example(self) -> str:
        """One line as people would write it, cells separated by semicolons."""
        return "; ".join(column.example for column in self.columns)


def number_of(question: str) -> int:
    """Return the number of a question, from 1."""
    return QUESTIONS.index(question) + 1


def questions(item: str = "piece of work") -> tuple[Question, ...]:
    """Return the twelve questions, with the word for one piece of work put in."""
    many = item if item.endswith("s") else f"{item}s" if item != "piece of work" else "pieces of work"
    return tuple(
        Question.model_validate(
            {**plain, **{key: _filled(plain[key], item, many) for key in ("ask", "why", "help")},
             "columns": [{**column, "label": _filled(column["label"], item, many)} for column in plain["columns"]]}
        )
        for plain in _plain()
    )  # fmt: skip


def raw_questions() -> tuple[dict[str, Any], ...]:
    """Return the questions as they stand in the file, with ``{item}`` and ``{items}`` in them."""
    return _plain()


def _filled(text: str, item: str, items: str) -> str:
    return text.replace("{items}", items).replace("{item}", item)


@cache
def _plain() -> tuple[dict[str, Any], ...]:
    """Read the file of the package once."""
    text = files("longwall.inquiry").joinpath("data", "questions.yaml").read_text(encoding="utf-8")
    return tuple(YAML(typ="safe").load(text))
