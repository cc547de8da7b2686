"""What a plan is: increments with their weeks, costs, forecasts and conditions, and why they stand in this order."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from longwall.worksystem import Column, Estimate, Id, Piece

__all__ = ["Expectation", "Freeze", "Increment", "Phase", "Plan", "Precedence", "Release"]


class Release(Piece):
    """Money that becomes available at the start of a week, in the currency of the study."""

    week: int = Field(ge=0)
    amount: float = Field(ge=0)


class Freeze(Piece):
    """Weeks, the last one included, in which nothing is piloted, introduced or expanded; observing goes on."""

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
    cost : float, optional
        Once, in the currency of the study; none: not known.
    effort_weeks : float
        Person-weeks of those concerned.
    look_week : int
        Week at whose start the figures are held against what was expected.
    drop_if : str
        In words.
    after : tuple of Id
        Increments that come before.
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
    expected: tuple[Expectation, ...]
    look_week: int
    drop_if: str
    after: tuple[Id, ...]
    why: str


class Precedence(Piece):
    """One increment that comes before another.

    Parameters
    ----------
    rule : str
        ``requires``: stated by the intervention. ``given``: by a person. ``technical first``: the default rule.
    overridden : bool
        A person overrode it; `reason` says why.
    """

    before: Id
    after: Id
    rule: Literal["requires", "given", "technical first"]
    reason: str
    overridden: bool = False


class Plan(Piece):
    """A design as an order of change.

    Parameters
    ----------
    finish_week : int
        Week at whose start the last phase is over; 0 for a design that changes nothing.
    gap : float
        How far the order may be from the best one in the solver's objective, as a share; 0 is proved best.
    """

    design: Id
    base_hash: str
    seed: int
    increments: tuple[Increment, ...]
    precedences: tuple[Precedence, ...]
    budget: tuple[Release, ...] = ()
    total_cost: float
    finish_week: int
    gap: float
    cautions: tuple[str, ...] = ()
