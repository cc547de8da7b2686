"""The answers to the twelve questions: plain values with ranges, kept as ``inquiry/answers.yaml``."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from longwall.worksystem import Piece
from longwall.worksystem.week import week_spans_h

__all__ = [
    "Answers",
    "Coming",
    "Complaint",
    "Fixed",
    "Kind",
    "Machine",
    "Measured",
    "People",
    "Repair",
    "Step",
    "Takeover",
    "Tired",
    "Trouble",
    "Volume",
    "plain_hours",
]

Kind = Literal["shop", "desk", "other"]
"""What the work is like; it chooses the template that lends what nobody answered."""


def _trimmed(value: Any) -> Any:
    """A text without blanks around it and runs of them in it."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _some(value: Any) -> Any:
    """A text that says something."""
    trimmed = _trimmed(value)
    if trimmed == "":
        raise ValueError("expected a few words, found nothing")
    return trimmed


Words = Annotated[str, BeforeValidator(_some), Field(max_length=120)]
Named = Annotated[str, BeforeValidator(_trimmed), Field(max_length=120)]
Of100 = Annotated[float, Field(gt=0, le=100)]

_TIME = re.compile(r"\b(\d{1,2})(?::(\d{2}))?\s*(?:-|to|till|until)\s*(\d{1,2})(?::(\d{2}))?\b", re.IGNORECASE)
_A_WEEK = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(?:h|hours?)(?:\s*(?:a|per)\s*week|/week)?\s*$", re.IGNORECASE)
_DAYS_A_WEEK = 5
_BEGIN_H = 9


def plain_hours(text: str) -> str:
    """Return hours of a week as the model writes them, from what people write.

    Parameters
    ----------
    text : str
        ``"mon-fri 9-17"``, ``"Mon-Fri 9:00 to 17:30, Sat 10-14"``, ``"always"``; or hours a week such as
        ``"32 hours"``, which are laid from nine o'clock on Monday to Friday, since nothing was said of when.

    Raises
    ------
    ValueError
        If the text names no hours.
    """
    if match := _A_WEEK.match(text):
        hours = float(match[1])
        if not 0 < hours <= _DAYS_A_WEEK * (24 - _BEGIN_H):
            raise ValueError(f"expected hours a week of one person, above 0 and at most 75, found {text!r}")
        minutes = round(60 * hours / _DAYS_A_WEEK)
        text = f"mon-fri 09:00-{_BEGIN_H + minutes // 60:02d}:{minutes % 60:02d}"
    written = _TIME.sub(
        lambda m: f"{int(m[1]):02d}:{m[2] or '00'}-{int(m[3]):02d}:{m[4] or '00'}", text.strip().lower()
    )
    written = re.sub(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*", r"\1", written)
    written = re.sub(r"\b([a-z]{3})\s*(?:-|to)\s*([a-z]{3})\b", r"\1-\2", written)
    written = ", ".join(" ".join(part.split()) for part in re.split(r"[,;]| and ", written))
    week_spans_h(written)
    return written


class Step(Piece):
    """One step that a piece of work passes.

    Parameters
    ----------
    who : str
        Roles or machines that do it, separated by commas.
    minutes : float, optional
        Work of one person for one piece, by hand.
    of_100 : float
        Of 100 pieces, how many need this step.
    """

    step: Words
    who: Named = ""
    minutes: float | None = Field(default=None, gt=0, le=100_000)
    of_100: Of100 = 100.0


class People(Piece):
    """How many people do a kind of work, and their hours; never names."""

    role: Words
    people: int = Field(ge=1, le=100_000)
    hours: str = "mon-fri 09:00-17:00"

    @field_validator("hours")
    @classmethod
    def _readable(cls, text: str) -> str:
        return plain_hours(text)


class Volume(Piece):
    """How many pieces come in an ordinary week, and in a busy one."""

    usual: float = Field(gt=0, le=10_000_000)
    busy: float | None = Field(default=None, gt=0, le=10_000_000)


class Trouble(Piece):
    """What goes wrong, at which step, in how many of 100 pieces, and where it is noticed.

    Parameters
    ----------
    noticed : str
        A step, ``customer`` (after it left), or ``nobody``.
    """

    what: Words
    step: Words
    of_100: Of100
    noticed: Words = "customer"


class Repair(Piece):
    """Who can put a trouble right, whether they hear of it, and whether they may decide alone."""

    trouble: Words
    who: Words
    told: bool = True
    may_decide: bool = True


class Machine(Piece):
    """What a machine or a program does by itself, who looks at it, and what happens when it is out.

    Parameters
    ----------
    watched : str
        ``suggests``: a person acts. ``approved``: a person says yes to each. ``read``: a person reads each afterwards.
        ``sampled``: some are read. ``nobody``: none is.
    """

    machine: Words
    step: Words
    watched: Literal["suggests", "approved", "read", "sampled", "nobody"] = "sampled"
    when_out: Literal["by_hand", "wait"] = "by_hand"
    outages_a_year: float | None = Field(default=None, ge=0, le=10_000)
    hours_out: float | None = Field(default=None, gt=0, le=8766)


class Takeover(Piece):
    """How many people here can do a step, and how often it is done by hand where a machine does it."""

    step: Words
    can: int = Field(ge=0, le=100_000)
    by_hand_a_year: float | None = Field(default=None, ge=0, le=1_000_000)


class Tired(Piece):
    """What those who do the work are tired of; `about` is a step or a trouble."""

    what: Words
    about: Named = ""


class Complaint(Piece):
    """What customers complain of; `about` is a trouble or a step."""

    what: Words
    about: Named = ""


class Measured(Piece):
    """What is counted, praised or paid for; `against` is the trouble or step that it makes worse, if any."""

    what: Words
    against: Named = ""


class Fixed(Piece):
    """What must not change, and why; `step` is what it speaks of, empty: the whole."""

    what: Words
    why: Literal["law", "contract", "house"] = "house"
    step: Named = ""


class Coming(Piece):
    """What is coming in the next year.

    Parameters
    ----------
    size : float, optional
        Percent of the work, or people.
    """

    what: Words
    kind: Literal["more_work", "less_work", "people_leave", "people_join", "other"] = "other"
    size: float | None = Field(default=None, gt=0, le=100_000)


class Answers(Piece):
    """What ``inquiry/answers.yaml`` holds: the answers so far; None: not answered, an empty list: there is none.

    Parameters
    ----------
    kind : str
        ``shop``, ``desk`` or ``other``.
    name : str
        Of the place.
    item : str
        What one piece of work is called, such as order or ticket; empty: as the template says.
    steps, people, volume, troubles, repairs, machines, takeover, tired, complaints, measured, fixed, coming
        The twelve, in the order in which they are asked.
    """

    kind: Kind = "other"
    name: Named = ""
    item: Named = ""
    steps: tuple[Step, ...] | None = Field(default=None, max_length=40)
    people: tuple[People, ...] | None = Field(default=None, max_length=60)
    volume: Volume | None = None
    troubles: tuple[Trouble, ...] | None = Field(default=None, max_length=40)
    repairs: tuple[Repair, ...] | None = Field(default=None, max_length=40)
    machines: tuple[Machine, ...] | None = Field(default=None, max_length=40)
    takeover: tuple[Takeover, ...] | None = Field(default=None, max_length=40)
    tired: tuple[Tired, ...] | None = Field(default=None, max_length=40)
    complaints: tuple[Complaint, ...] | None = Field(default=None, max_length=40)
    measured: tuple[Measured, ...] | None = Field(default=None, max_length=40)
    fixed: tuple[Fixed, ...] | None = Field(default=None, max_length=40)
    coming: tuple[Coming, ...] | None = Field(default=None, max_length=40)

    def value(self, question: str) -> Any:
        """Return the answer to one question, None where there is none."""
        return getattr(self, question)
