"""What a catalogue of practices holds: what each answers, through what it acts, what it costs, how to tell if it works.

A practice acts through ability, motivation and opportunity only. Where nobody has read a coefficient of its own, the
field stays empty and the practice has a part of what coherent bundles are found to do.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from longwall.worksystem import Id, Parameter, Piece, Tag

__all__ = [
    "DIMENSIONS",
    "INTENSITIES",
    "UNFIT",
    "Catalogue",
    "Clash",
    "Costs",
    "Dimension",
    "Intensity",
    "Look",
    "Match",
    "Paper",
    "PracticeEntry",
    "Prior",
    "Trap",
    "Unfit",
    "UserPractices",
]

Dimension = Literal["ability", "motivation", "opportunity"]
DIMENSIONS: tuple[Dimension, ...] = ("ability", "motivation", "opportunity")
"""What practices act through."""

Intensity = Literal["low", "normal", "high"]
INTENSITIES: dict[Intensity, float] = {"low": 0.5, "normal": 1.0, "high": 1.5}
"""Dose against the one of the catalogue; effect and running cost go with it in proportion (tag M: no dose-response was
read)."""

Condition = Literal["few-people", "one-team", "one-person", "few-in-role", "no-machine"]
UNFIT: dict[Condition, str] = {
    "few-people": "fewer than ten people work there",
    "one-team": "there is one team only",
    "one-person": "it would reach one person only",
    "few-in-role": "each role concerned has fewer than three people",
    "no-machine": "no machine acts in the steps concerned",
}
"""What can be looked up in a work system before a practice is recommended."""


class Match(Piece):
    """A sign of the diagnosis that a practice answers.

    Parameters
    ----------
    sign : str
        Kind of a finding, ``gap:`` with what those who are to control a variance lack, or ``support:`` with what one
        side does not give the other; one of `KINDS`.
    when : tuple of str
        All of these traits must be there; see `TRAITS`.
    unless : tuple of str
        None of these.
    first : bool
        True: an answer of its own. False: it helps beside another answer; alone it recommends nothing.
    because : str
        How it answers, as the end of a sentence.
    """

    sign: str
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    first: bool = True
    because: str


class Costs(Piece):
    """What drives the cost.

    Parameters
    ----------
    hours_once, hours_per_head, money_per_head : Parameter, optional
        Once: hours of preparation, hours and money for each person whom it reaches.
    hours_per_head_week : Parameter, optional
        Hours of each person and week, as long as it lasts.
    """

    hours_once: Parameter | None = None
    hours_per_head: Parameter | None = None
    money_per_head: Parameter | None = None
    hours_per_head_week: Parameter | None = None


class Clash(Piece):
    """A practice that it does not go with, and why."""

    practice: Id
    why: str


class Paper(Piece):
    """Something that is known of it, with evidence tag and source."""

    says: str
    tag: Tag
    source: str


class Look(Piece):
    """How to tell whether it works.

    Parameters
    ----------
    says : str
        In words.
    indicator : str
        Of the log or of the simulation; empty: none of ours moves.
    question : str
        Id of one of our survey items; empty: none.
    after_weeks : float
        When to look, counted from its begin.
    """

    says: str
    indicator: str = ""
    question: str = ""
    after_weeks: float = Field(gt=0)


class Unfit(Piece):
    """Where it is not suited; one of `UNFIT`."""

    when: Condition
    why: str


class PracticeEntry(Piece):
    """One practice of the catalogue.

    Parameters
    ----------
    bundle : str
        What it is mainly for: ability, motivation or opportunity.
    does : str
        What people do, in one sentence.
    through : mapping of Dimension to float
        Shares of the effect by what it acts through, each above 0, 1 together.
    effect : Parameter, optional
        A standardised effect of its own, where one was read or computed (tag R or C, with source); empty: its part of
        the effect of a coherent bundle.
    weeks_to_effect, lead_time_weeks : Parameter
        Weeks until 63% of the effect is there; weeks from the decision to the begin.
    complements : tuple of Id
        Practices that it goes with; said on either side, it holds for both.
    training : bool
        It teaches people and leaves the work as it is: alone, marginal and temporary.
    takes_part : str
        Who designs and carries it.
    alike : tuple of Id
        Other ids under which a work system may name it already.
    replaces : bool
        True: takes the place of an entry with the same id that came before.
    """

    id: Id
    name: str
    bundle: Dimension
    does: str
    answers: Annotated[tuple[Match, ...], Field(min_length=1)]
    through: dict[Dimension, float]
    effect: Parameter | None = None
    weeks_to_effect: Parameter
    lead_time_weeks: Parameter
    costs: Costs
    complements: tuple[Id, ...] = ()
    conflicts: tuple[Clash, ...] = ()
    evidence: Annotated[tuple[Paper, ...], Field(min_length=1)]
    look: Look
    unfit: tuple[Unfit, ...] = ()
    takes_part: str
    training: bool = False
    alike: tuple[Id, ...] = ()
    replaces: bool = False


class Trap(Piece):
    """Something that is often reached for and that a diagnosis speaks against.

    Parameters
    ----------
    signs : tuple of str
        Any of these speaks against it.
    """

    id: Id
    name: str
    signs: Annotated[tuple[str, ...], Field(min_length=1)]
    why: str


class Prior(Piece):
    """What is known of bundles of practices, and how it is shared out.

    Parameters
    ----------
    bundle : Parameter
        Standardised effect of a coherent bundle: practices for ability, motivation and opportunity that reach the same
        people.
    contexts : mapping of str to Parameter
        The same by kind of organisation, where it was read.
    parts : int
        Practices of a whole bundle; each has an equal part.
    alone : Parameter
        Effect of a single practice as a share of that of a bundle.
    """

    bundle: Parameter
    contexts: dict[str, Parameter] = {}
    parts: int = Field(gt=0)
    alone: Parameter


class Catalogue(Piece):
    """Practices that may be recommended, and what to avoid."""

    prior: Prior
    practices: tuple[PracticeEntry, ...] = ()
    traps: tuple[Trap, ...] = ()

    def of(self, practice: str) -> PracticeEntry | None:
        """Return a practice by its id, or by an id under which work systems name it; None where there is none."""
        found = (entry for entry in self.practices if practice == entry.id or practice in entry.alike)
        return next(found, None)

    def complements(self, practice: str) -> tuple[str, ...]:
        """Return the practices that one goes with, whichever of the two says so."""
        own = {name for entry in self.practices if entry.id == practice for name in entry.complements}
        told = {entry.id for entry in self.practices if practice in entry.complements}
        return tuple(entry.id for entry in self.practices if entry.id in own | told)

    def clash(self, one: str, other: str) -> str | None:
        """Return why two practices do not go together, whichever says so; None where they do."""
        for entry in self.practices:
            for conflict in entry.conflicts:
                if {entry.id, conflict.practice} == {one, other}:
                    return conflict.why
        return None


class UserPractices(Piece):
    """What ``practices.yaml`` of a study, or a plug-in, holds.

    Parameters
    ----------
    context : str
        Kind of organisation, one of those that the catalogue has a prior for, such as ``services``; empty: the overall
        one.
    """

    context: str = ""
    practices: tuple[PracticeEntry, ...] = ()
    traps: tuple[Trap, ...] = ()
