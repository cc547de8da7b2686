"""The work-design layer: what arrives, which functions it passes, who or what does them, who decides."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from longwall.units import HOURS_PER_WEEK
from longwall.worksystem.values import Distribution, Id, Parameter, Piece
from longwall.worksystem.week import profile_of_rows

__all__ = ["Allocation", "Decision", "DemandClass", "Function", "Route", "WorkDesign"]


class DemandClass(Piece):
    """Work items of one kind: how many come when, how urgent they are, how long they wait.

    Parameters
    ----------
    per_week : Parameter
        Arrivals per week, >= 0.
    profile : tuple of 168 floats, or empty
        Weights of the hours of the week, Monday 00:00 first; empty means evenly. May be written as rows of 24, one
        for each span of days: ``{mon-fri: [0, ...], sat: [0, ...]}``.
    priority : int
        0 is served first.
    due_h : Parameter, optional
        Hours after arrival at which the item is late.
    patience_h : Distribution, optional
        Hours an item waits in one queue before it is abandoned; none: it never is.
    batch : int
        Items per arrival, >= 1.
    """

    id: Id
    name: str = ""
    per_week: Parameter
    profile: tuple[float, ...] = ()
    priority: int = Field(default=0, ge=0, le=31)
    due_h: Parameter | None = None
    patience_h: Distribution | None = None
    batch: int = Field(default=1, ge=1, le=10_000)
    note: str = ""

    @field_validator("profile", mode="before")
    @classmethod
    def _rows(cls, data: Any) -> Any:
        """Take rows of 24 weights, one for each span of days."""
        return profile_of_rows(data) if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _week(self) -> DemandClass:
        if self.profile and len(self.profile) != HOURS_PER_WEEK:
            raise ValueError(f"expected a profile of 168 weights, one per hour of the week, found {len(self.profile)}")
        if any(weight < 0 for weight in self.profile) or (self.profile and sum(self.profile) <= 0):
            raise ValueError("expected profile weights of 0 or more that are not all 0, found others")
        return self


class Allocation(Piece):
    """Who does what in one function: one of the ten levels of automation, and what it needs.

    The levels are a vocabulary, never a score to maximise. 1: a person does all. 2, 3: the machine lists or narrows
    the options. 4: it suggests, a person reviews and acts. 5: the same, the machine acts. 6: silence until a deadline
    means go. 7: the machine acts and a person reads of it. 8: reads at an audit rate. 9: reads what the machine's own
    detector picks. 10: no human step.

    Parameters
    ----------
    level : int
        1 to 10; from 2 on a component is needed.
    component : Id, optional
        The automation.
    review_h : Distribution, optional
        Hours that a review or a read task takes a person; default a fifth of the work by hand.
    review_deadline_h : Parameter, optional
        Level 6: hours after which silence means go.
    audit_rate : Parameter
        Level 8: share of the machine's actions that a person reads.
    search_share : Parameter
        Share of the work by hand that is search, which levels 2 and 3 shorten.
    takeover_h : Distribution, optional
        Hours a person needs to take over what the machine cannot do, at standard skill.
    """

    level: int = Field(default=1, ge=1, le=10)
    component: Id | None = None
    review_h: Distribution | None = None
    review_deadline_h: Parameter | None = None
    audit_rate: Parameter = Parameter(value=0.1)
    search_share: Parameter = Parameter(value=0.3)
    takeover_h: Distribution | None = None


class Function(Piece):
    """One kind of task: its work content, who may do it, how it is divided between people and machine.

    Parameters
    ----------
    stage : str
        acquire, analyse, decide or act (Parasuraman, Sheridan and Wickens 2000).
    work_h : Distribution
        Working hours of one standard person by hand; zero for a function without work.
    delay_h : Distribution, optional
        Hours that pass before the task looks for a performer: a customer's answer, a supplier, a calendar elsewhere.
    roles : tuple of Id
        Roles whose members may do it; empty only where the function has no work or needs no person.
    rule : str
        How a performer is chosen among the idle.
    skill : str
        Skill it draws on; empty: its own id.
    """

    id: Id
    name: str = ""
    stage: Literal["acquire", "analyse", "decide", "act"] = "act"
    work_h: Distribution = Distribution(shape="fixed", mean_h=0.0)
    delay_h: Distribution | None = None
    roles: tuple[Id, ...] = ()
    rule: Literal["longest_idle", "most_skilled", "least_loaded"] = "longest_idle"
    skill: str = ""
    allocation: Allocation = Allocation()
    drills_per_year: Parameter = Parameter(value=0.0)
    note: str = ""


class Route(Piece):
    """Where an item goes next.

    Parameters
    ----------
    source : Id
        A function, or ``start``.
    target : Id
        A function, or ``end``.
    probability : Parameter
        In [0, 1]; the routes of one (source, demand class, after) sum to one.
    demand : Id, optional
        Only for this demand class; none: for every class that has no route of its own there.
    after : tuple of Id
        Only when these functions came right before the source, oldest first, up to two (memory of three with the
        source); the longest match wins.
    """

    source: Id
    target: Id
    probability: Parameter = Parameter(value=1.0)
    demand: Id | None = None
    after: tuple[Id, ...] = Field(default=(), max_length=2)


class Decision(Piece):
    """A decision about the work, and who takes it."""

    id: Id
    statement: str
    roles: tuple[Id, ...] = ()
    functions: tuple[Id, ...] = ()


class WorkDesign(Piece):
    """How the work is divided and flows."""

    demand: tuple[DemandClass, ...] = ()
    functions: tuple[Function, ...] = ()
    routes: tuple[Route, ...] = ()
    decisions: tuple[Decision, ...] = ()
