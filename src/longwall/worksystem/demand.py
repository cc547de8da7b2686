"""What arrives: classes of work items, alone, together because of one event, or raised by a detector."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator, model_validator

from longwall.units import HOURS_PER_WEEK
from longwall.worksystem.values import Distribution, Id, Parameter, Piece
from longwall.worksystem.week import profile_of_rows, week_spans_h

__all__ = ["Alerts", "DemandClass", "Reopening", "Surge"]


class Alerts(Piece):
    """What a detector raises as work items: signal detection decides which observations become alerts.

    A share Φ(d' - threshold) of the events and Φ(-threshold) of the noise raise one; what is benign looks like an
    event. Fewer are missed by a lower threshold, and more false ones come.

    Parameters
    ----------
    variance : Id
        What the detector is to find; an event that nobody confirms has escaped as this variance.
    events_per_week, benign_per_week, noise_per_week : Parameter
        Observations that are an event, a true alarm with a harmless cause, or neither.
    d_prime : Parameter
        Distance of events from noise in standard deviations of the noise, >= 0.
    threshold : Parameter
        In standard deviations of the noise above its mean.
    repeats : Parameter
        Mean number of further alerts about the same thing, >= 0.
    """

    variance: Id
    events_per_week: Parameter
    benign_per_week: Parameter = Parameter(value=0.0)
    noise_per_week: Parameter
    d_prime: Parameter
    threshold: Parameter
    repeats: Parameter = Parameter(value=0.0)


class Surge(Piece):
    """Items that one event brings: a marked arrival.

    Parameters
    ----------
    source : Id
        The component whose failure, or the demand class whose arrival, is the event.
    items : Parameter
        Mean number of items per event (geometric), >= 1.
    within_h : Parameter
        Mean hours over which they come.
    merges : Parameter
        Probability that such an item is recognised, when its first function is done, as one of many, and merged; only
        while the event is not over.
    """

    source: Id
    items: Parameter
    within_h: Parameter = Parameter(value=1.0)
    merges: Parameter = Parameter(value=0.0)


class Reopening(Piece):
    """How completed items come back under the same identity.

    Parameters
    ----------
    probability : Parameter
        That a completed item is opened again.
    delay_h : Distribution
        Hours until then.
    target : Id
        The function at which it goes on.
    """

    probability: Parameter
    delay_h: Distribution
    target: Id


class DemandClass(Piece):
    """Work items of one kind: how many come when, how urgent they are, how long they wait.

    Parameters
    ----------
    per_week : Parameter
        Items per week, >= 0; with a batch, this many in all.
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
    growth_per_year : Parameter
        Trend of the arrivals, as a share per year; compounds week by week.
    on_holidays : Parameter
        Factor on the arrivals on the holidays of the social layer.
    while_down : mapping of Id to Parameter
        Factor on the arrivals while a component is out.
    surges : tuple of Surge
        Items that come together because of one event, beside `per_week`.
    alerts : Alerts, optional
        The items are alerts of a detector, beside `per_week`.
    clock : str
        Hours in which the due time and the escalation run, such as ``mon-fri 08:00-17:00``.
    escalates_after_h : Parameter, optional
        Hours on the clock after which an open item gets the priority `escalates_to`.
    interrupts : bool
        True: where nobody is free, an item interrupts less urgent work that may be parked.
    reopens : Reopening, optional
    """

    id: Id
    name: str = ""
    per_week: Parameter = Parameter(value=0.0)
    profile: tuple[float, ...] = ()
    priority: int = Field(default=0, ge=0, le=31)
    due_h: Parameter | None = None
    patience_h: Distribution | None = None
    batch: int = Field(default=1, ge=1, le=10_000)
    growth_per_year: Parameter = Parameter(value=0.0)
    on_holidays: Parameter = Parameter(value=1.0)
    while_down: dict[Id, Parameter] = {}
    surges: tuple[Surge, ...] = ()
    alerts: Alerts | None = None
    clock: str = "always"
    escalates_after_h: Parameter | None = None
    escalates_to: int = Field(default=0, ge=0, le=31)
    interrupts: bool = False
    reopens: Reopening | None = None
    note: str = ""

    @field_validator("clock")
    @classmethod
    def _readable(cls, text: str) -> str:
        week_spans_h(text)
        return text

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
