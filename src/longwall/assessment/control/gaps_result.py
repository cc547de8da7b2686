"""What control needs and what a candidate has: the values of the joint-optimisation gaps."""

from __future__ import annotations

from typing import Literal

from longwall.worksystem import Id, Piece, Suggestion

__all__ = ["ASPECTS", "CONDITIONS", "Aspect", "Condition", "Controller", "Gap", "Level", "VarianceGaps"]

Aspect = Literal["information", "authority", "skill", "time", "tools", "feedback"]
ASPECTS: tuple[Aspect, ...] = ("information", "authority", "skill", "time", "tools", "feedback")
"""What control of a variance needs."""

Condition = Literal["boundary", "means", "variety", "authority"]
CONDITIONS: dict[Condition, str] = {
    "boundary": "it arises, or is seen, inside the boundary of those who control it",
    "means": "they have the means to measure it and to act",
    "variety": "they have responses and information enough",
    "authority": "they have the authority and answer for it",
}
"""Conditions of control near the origin (Berniker 1992, principle of variance control at source)."""


class Level(Piece):
    """A number in [0, 1], or all of [0, 1] where nobody knows.

    Parameters
    ----------
    low, high : float
        Equal where the number is known exactly; 0 and 1 where it is not known.
    source : str
        ``model``, ``log``, or ``not known: ask``.
    said : str
        What it rests on, in words.
    """

    low: float
    high: float
    source: Literal["model", "log", "not known: ask"]
    said: str = ""

    @property
    def known(self) -> bool:
        """Whether model or log says anything."""
        return self.source != "not known: ask"

    @property
    def middle(self) -> float:
        """The middle of the interval; of no meaning where it is not known."""
        return (self.low + self.high) / 2


class Gap(Piece):
    """One aspect for one candidate: what is needed, what is there, and what is missing.

    Parameters
    ----------
    gap : Level
        max(0, need - have), as an interval.
    """

    aspect: Aspect
    need: Level
    have: Level
    gap: Level


class Controller(Piece):
    """One who could control a variance: a role, or a machine.

    Parameters
    ----------
    today : bool
        Is to control it today.
    capacity_low, capacity_high : float
        Control capacity: the least share of a need that is met, over all aspects; an interval where something is not
        known.
    bottleneck : str
        The aspect with the largest gap that is sure; empty where none of a tenth and more is.
    ask : tuple of Aspect
        What is not known.
    conditions : dict of Condition to bool or None
        Which conditions of control are met; None: not known.
    """

    id: Id
    kind: Literal["role", "machine"]
    today: bool
    gaps: tuple[Gap, ...]
    capacity_low: float
    capacity_high: float
    bottleneck: str
    ask: tuple[Aspect, ...]
    conditions: dict[Condition, bool | None] = {}
    suggests: tuple[Suggestion, ...] = ()


class VarianceGaps(Piece):
    """The candidates for one variance.

    Parameters
    ----------
    direction : str
        ``technical``: a variance of the work, to be controlled by people or machines. ``social``: something in the
        social system (absence, surge, ambiguity), to be absorbed.
    controllers : tuple of Controller
        Those of today first, then by capacity.
    """

    variance: str
    name: str
    direction: Literal["technical", "social"]
    controllers: tuple[Controller, ...]

    @property
    def today(self) -> tuple[Controller, ...]:
        """Those who are to control it today."""
        return tuple(candidate for candidate in self.controllers if candidate.today)

    @property
    def nobody(self) -> bool:
        """Whether no candidate can have more than nothing of all that is needed."""
        return all(candidate.capacity_high <= 0 for candidate in self.controllers)
