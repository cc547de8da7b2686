"""The twelve questions in a terminal: what is said, what a line means, what is kept; no line ends it badly."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from longwall.errors import Fault, InquiryError, suggestion
from longwall.inquiry.answers import Answers
from longwall.inquiry.cells import line_of, plain_of
from longwall.inquiry.checking import faults_in
from longwall.inquiry.questions import KINDS, QUESTIONS, Question, number_of, questions
from longwall.inquiry.suggesting import suggested
from longwall.worksystem.wording import faults_of

__all__ = ["Conversation", "question_named"]

_SAME = ("yes", "ok", "same", "y")
_NONE = ("none", "nothing", "-")
_EDIT = re.compile(r"^\s*(\d{1,2})\s*:\s*(.*)$")
_DROP = re.compile(r"^\s*-\s*(\d{1,2})\s*$")

HELP = (
    "an empty line leaves it as it is and goes on; `yes`: what is shown is right; `none`: there is none; `2: ...` "
    "writes line 2 anew, `- 2` takes it out, `+ ...` adds one; `back`: the question before; `stop`: keep what there "
    "is and leave"
)


def question_named(text: str) -> str:
    """Return the id of a question from its number or id.

    Raises
    ------
    InquiryError
        LW-IN-011: there is no such question.
    """
    if text.strip().isdigit() and 1 <= int(text) <= len(QUESTIONS):
        return QUESTIONS[int(text) - 1]
    if text.strip() in QUESTIONS:
        return text.strip()
    near = suggestion(text, QUESTIONS)
    raise InquiryError(
        Fault("LW-IN-011", "--question", f"a number from 1 to 12, or one of {', '.join(QUESTIONS)}", repr(text),
              f"use {near!r}" if near else "name one of these")
    )  # fmt: skip


@dataclass
class Conversation:
    """Where a person stands in the twelve questions.

    Attributes
    ----------
    answers : Answers
        What has been answered so far; changes only as a whole answer fits.
    place : str
        ``kind``, ``item``, the id of a question, or ``done``.
    only : bool
        One question only.
    """

    answers: Answers
    place: str = ""
    only: bool = False
    lines: list[dict[str, Any]] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if not self.place:
            started = any(self.answers.value(key) is not None for key in QUESTIONS)
            self.place = self._next_open() if started or "kind" in self.answers.model_fields_set else "kind"

    @property
    def over(self) -> bool:
        """Whether there is nothing left to ask."""
        return self.place == "done"

    @property
    def item(self) -> str:
        """What one piece of work is called."""
        return self.answers.item or suggested(self.answers.kind).item

    @property
    def question(self) -> Question:
        """The question at hand."""
        return next(one for one in questions(self.item) if one.id == self.place)

    def prompt(self) -> str:
        """Return what is asked now, with what there is already."""
        if self.place == "kind":
            listed = "\n".join(f"  {key}: {words}" for key, (_, words) in KINDS.items())
            return f"Which comes closest to your work? It lends what you do not know.\n{listed}"
        if self.place == "item":
            return f"What do you call one piece of work here? (an empty line: {self.item})"
        asked = self.question
        parts = "; ".join(column.label + ("" if column.needed else " (may be left out)") for column in asked.columns)
        text = [f"{number_of(asked.id)} of 12  {asked.ask}", f"  Why: {asked.why}", f"  {asked.help}"]
        text += [f"  Write: {parts}", f"  Such as: {asked.example}"]
        for column in asked.columns:
            if column.choices:
                text.append(
                    f"  {column.label}: " + "; ".join(f"{key} ({words})" for key, words in column.choices.items())
                )
        text.append(self._shown(asked))
        return "\n".join(text)

    def hear(self, line: str) -> str:
        """Take one line; return what is said to it, empty where nothing is."""
        words = line.strip()
        if words == "?":
            return HELP
        if words == "stop":
            self.place = "done"
            return ""
        if words == "back":
            self._back()
            return ""
        if self.place == "kind":
            return self._kind(words)
        if self.place == "item":
            if words:
                self.answers = self.answers.model_copy(update={"item": " ".join(words.split())[:60]})
            self.place = self._next_open()
            return ""
        return self._answer(words)

    def leave(self) -> str:
        """End where a person stands; lines of an answer that was not finished are kept as far as they fit."""
        said = self._keep() if self.lines is not None and self.place in QUESTIONS else ""
        self.place = "done"
        return said

    def _kind(self, words: str) -> str:
        """Choose the kind of work."""
        if words not in KINDS:
            near = suggestion(words, KINDS)
            return f"expected one of {', '.join(KINDS)}, found {words!r}" + (
                f"; did you mean {near!r}?" if near else ""
            )
        self.answers = Answers.model_validate({**self.answers.model_dump(exclude_unset=True), "kind": words})
        self.place = "item"
        return ""

    def _answer(self, words: str) -> str:
        """A line at a question."""
        if not words:
            return self._keep() if self.lines is not None else self._go_on()
        if self.lines is None and words.casefold() in _SAME:
            self.lines = self._now()
            return self._keep()
        if self.lines is None and words.casefold() in _NONE and not self.question.single:
            self.lines = []
            return self._keep()
        try:
            self._line(words)
        except ValueError as error:
            return f"{error}\n(an empty line goes on, `?` explains)"
        return self._keep() if self.question.single else ""

    def _line(self, words: str) -> None:
        """Add, write anew or take out one line of the answer at hand."""
        asked = self.question
        if match := _DROP.match(words):
            lines = self._now() if self.lines is None else list(self.lines)
            self.lines = [one for place, one in enumerate(lines, 1) if place != _line_number(match[1], lines)]
            return
        match = _EDIT.match(words)
        added = words.startswith("+")
        plain = plain_of(match[2] if match else words.removeprefix("+"), asked)
        self._sound(plain)
        if match or added:
            lines = self._now() if self.lines is None else list(self.lines)
            place = len(lines) + 1 if added or not match else _line_number(match[1], lines)
            self.lines = [*lines[: place - 1], plain, *lines[place:]]
        else:
            self.lines = [*(self.lines or ()), plain]

    def _sound(self, plain: dict[str, Any]) -> None:
        """Refuse one line that is wrong by itself."""
        value = plain if self.question.single else [plain]
        try:
            Answers.model_validate({self.place: value})
        except ValidationError as error:
            _, fault = faults_of(error, Answers, lambda steps: ".".join(str(step) for step in steps))[0]
            label = next((c.label for c in self.question.columns if c.key in fault.where), self.place)
            raise ValueError(f"expected {fault.expected} at {label!r}, found {fault.found}") from None

    def _keep(self) -> str:
        """Take the lines as the answer, if they fit the others; else keep them at hand and say what does not."""
        assert self.lines is not None
        value: Any = (self.lines[0] if self.lines else None) if self.question.single else self.lines
        plain = {**self.answers.model_dump(mode="json", exclude_none=True), self.place: value}
        wanted = Answers.model_validate(plain)
        wrong = [one for one in faults_in(wanted, suggested(wanted.kind)) if one.path[0] == self.place]
        if wrong:
            first = wrong[0]
            place = f"line {int(first.path[1]) + 1}: " if len(first.path) > 1 and isinstance(first.path[1], int) else ""
            return (
                f"{place}expected {first.expected}, found {first.found}; do: {first.do}\n(`2: ...` writes line 2 anew)"
            )
        self.answers = wanted
        return self._go_on()

    def _go_on(self) -> str:
        """To the next question, or to the next that has no answer or one that does not fit."""
        self.lines = None
        if self.only:
            self.place = "done"
        else:
            place = QUESTIONS.index(self.place) + 1
            self.place = QUESTIONS[place] if place < len(QUESTIONS) else "done"
        return ""

    def _back(self) -> None:
        """To the question before."""
        self.lines = None
        if self.place in QUESTIONS:
            place = QUESTIONS.index(self.place)
            self.place = QUESTIONS[place - 1] if place else "item"
        elif self.place == "item":
            self.place = "kind"

    def _next_open(self) -> str:
        """The first question without an answer, or with one that does not fit the others."""
        wrong = {str(one.path[0]) for one in faults_in(self.answers, suggested(self.answers.kind))}
        for key in QUESTIONS:
            if self.answers.value(key) is None or key in wrong:
                return key
        return "done"

    def _now(self) -> list[dict[str, Any]]:
        """The lines that stand there: the answer so far, else what the template says."""
        value = self.answers.value(self.place)
        if value is None:
            value = suggested(self.answers.kind).value(self.place)
        if value is None:
            return []
        pieces = [value] if self.question.single else value
        return [piece.model_dump(mode="json", exclude_none=True) for piece in pieces]

    def _shown(self, asked: Question) -> str:
        """What stands there already, and whose it is."""
        value = self.answers.value(asked.id)
        lines = self._now()
        if value is None and not lines:
            return "  Not answered yet."
        if not lines:
            return "  Answered: none."
        whose = "Answered" if value is not None else "The template says (assumed; `yes` makes it yours)"
        listed = [f"    {place}: {line_of(line, asked)}" for place, line in enumerate(lines, 1)]
        return "\n".join([f"  {whose}:", *listed])


def _line_number(text: str, lines: list[dict[str, Any]]) -> int:
    """The number of a line that is there."""
    place = int(text)
    if not 1 <= place <= len(lines):
        raise ValueError(f"expected the number of a line, 1 to {len(lines)}, found {place}")
    return place
