"""What a plan is: increments with their weeks, costs, forecasts and conditions, and why they stand in this order."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from longwall.worksystem import Column, Estimate, Id, Piece

__all__ = ["Bottleneck", "Expectation", "Freeze", "Increment", "Phase", "Plan", "Precedence", "Release"]


def _unsaid(value: object) -> bool:
    """What a plan without drills does not hold."""
    return not value


class Release(Piece):
    """Money that becomes available at the start of a week, in the currency of the study."""

    week: int = Field(ge=0)
    amount: float = Field(ge=0)


class Freeze(Piece):
    """Weeks, the last one included, in which nothing is piloted, introduced or expanded; observing goes on.

    Parameters
    ----------
    why : str
        The reason, such as the end of the year.
    """

    first_week: int = Field(ge=0)
    last_week: int = Field(ge=0)
    why: str = ""


class Phase(Piece):
    """One phase of an increment.

    Parameters
    ----------
    name : str
        ``introduce`` (technical), or ``pilot``, ``expand``: people work on the change. ``observe``: they work with it.
    start_week, weeks : int
        Weeks from the start of the plan.
    """

    name: Literal["introduce", "pilot", "observe", "expand"]
    start_week: int
    weeks: int


class Expectation(Piece):
    """What an increment is expected to change on its own, so that learning can hold it to account.

    Parameters
    ----------
    today : float
        The indicator today.
    change : Estimate
        With its 95% interval.
    drop_at : float
        The value on the wrong side of which the increment is dropped or questioned when it is looked at: the weak end
        of what was expected.
    """

    indicator: Id
    name: str = ""
    scope: str = "organisation"
    column: Column
    today: float
    change: Estimate
    drop_at: float


class Increment(Piece):
    """One step of change: piloted, observed and expanded where it changes how people work.

    Parameters
    ----------
    owner : str
        Id of the role that answers for it; empty: to be named.
    condition : str
        What comes before its first week whatever the order, such as talking to those affected; empty: nothing.
    loses : tuple of Id
        Roles that give up posts; empty unless people are given up.
    instead : Id
        The sibling that strengthens those people; always named where people are given up.
    waits_for : str
        What would be broken if it alone began a week earlier, in words; empty: it begins at once.
    cost : float, optional
        Once, in the currency of the study; none: not known.
    effort_weeks : float
        Person-weeks of those concerned.
    look_week : int
        Week at whose start the figures are held against what was expected.
    drop_if : str
        In words.
    after : tuple of Id
        Increments that come before; a drill need only have begun.
    source : str
        The file it was taken from; empty: the design.
    practice : Estimate, optional
        Hours a week that all concerned practise by hand from then on; none for what is no drill.
    """

    id: Id
    title: str
    kind: Literal["technical", "social", "work", "environment"]
    owner: str
    concerns: tuple[Id, ...]
    start_week: int
    end_week: int
    phases: tuple[Phase, ...]
    cost: float | None
    cost_low: float | None = None
    cost_high: float | None = None
    running_cost_per_week: float | None = None
    effort_weeks: float
    reversible: bool
    people_removed: int = 0
    condition: str = ""
    loses: tuple[Id, ...] = ()
    instead: str = ""
    waits_for: str = ""
    expected: tuple[Expectation, ...]
    look_week: int
    drop_if: str
    after: tuple[Id, ...]
    why: str
    source: str = Field(default="", exclude_if=_unsaid)
    practice: Estimate | None = Field(default=None, exclude_if=_unsaid)


class Precedence(Piece):
    """One increment that comes before another.

    Parameters
    ----------
    rule : str
        ``requires``: stated by the intervention. ``given``: by a person. ``technical first``: the default rule.
        ``drill first``: a drill begins before the automation that makes its skill idle, or with it.
    overridden : bool
        A person overrode it; `reason` says why.
    """

    before: Id
    after: Id
    rule: Literal["requires", "given", "technical first", "drill first"]
    reason: str
    overridden: bool = False


class Bottleneck(Piece):
    """What holds the plan up most: the limit without which benefits would come earliest.

    Parameters
    ----------
    what : str
        In words, such as "the time of desk-agent".
    finish_earlier_weeks : int
        How much earlier all would be done without it; below zero where benefits come earlier and the end later.
    benefit_earlier : float
        Mean weeks by which benefits would come earlier, weighted as the order weighs them, > 0.
    """

    what: str
    finish_earlier_weeks: int
    benefit_earlier: float


class Plan(Piece):
    """A design as an order of change.

    Parameters
    ----------
    finish_week : int
        Week at whose start the last phase is over; 0 for a design that changes nothing.
    gap : float
        How much of the weighted weeks until done a better order could at most save, as a share; 0 is proved best.
    people_load : mapping of role to float
        Most person-weeks a week for change.
    changes_at_once : int
        Most increments that one role works on at the same time; 0: no limit.
    bottleneck : Bottleneck, optional
        None where no limit of money, people or weeks holds anything up.
    """

    design: Id
    base_hash: str
    seed: int
    increments: tuple[Increment, ...]
    precedences: tuple[Precedence, ...]
    budget: tuple[Release, ...] = ()
    people_load: dict[Id, float] = {}
    changes_at_once: int = 0
    freezes: tuple[Freeze, ...] = ()
    bottleneck: Bottleneck | None = None
    total_cost: float
    finish_week: int
    gap: float
    cautions: tuple[str, ...] = ()
