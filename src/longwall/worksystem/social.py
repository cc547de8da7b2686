"""The social layer: teams, roles with head-counts, hours and skills, links between them, authority."""

from __future__ import annotations

import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from longwall.units import HOURS_PER_WEEK
from longwall.worksystem.values import Distribution, Id, Parameter, Piece
from longwall.worksystem.week import week_spans_h

__all__ = ["Link", "Practice", "Role", "Shift", "Social", "Team", "people_by_hour"]


class Team(Piece):
    """People who answer together for some of the work."""

    id: Id
    name: str = ""
    organisation: str = "own"
    note: str = ""


class Shift(Piece):
    """Some members of a role and the hours they are rostered.

    Parameters
    ----------
    people : int
        How many members keep these hours, > 0.
    hours : str
        Weekly hours such as ``"mon-fri 08:00-17:00, sat 09:00-12:00"`` or ``"always"``; a span may cross midnight.
    on_call : bool
        True: these members are called only where nobody on shift is free, and what they do is work out of hours. They
        may be the same people as in another shift; they count in no head-count and no rostered hour.
    calls_up_to : int
        On call: the highest priority number for which they are called.
    response_h : Distribution, optional
        On call: hours from the call to the begin.
    on_holidays : bool
        Whether the shift is worked on holidays.
    """

    people: int = Field(gt=0)
    hours: str = "mon-fri 08:00-17:00"
    on_call: bool = False
    calls_up_to: int = Field(default=0, ge=0, le=31)
    response_h: Distribution | None = None
    on_holidays: bool = False

    @field_validator("hours")
    @classmethod
    def _readable(cls, text: str) -> str:
        week_spans_h(text)
        return text

    @property
    def hours_per_week(self) -> float:
        """Rostered hours of one person in a week [h]."""
        return float(sum(end - start for start, end in week_spans_h(self.hours)))


class Role(Piece):
    """What a number of exchangeable people may, can and know.

    Skills, fatigue and trust are states of *simulated members of roles*; they never describe a real person.

    Parameters
    ----------
    shifts : tuple of Shift
        Who is there when; the head-count is their sum.
    skills : mapping of str to Parameter
        Skill per function or skill id, 1.0 is the standard speed; what is not listed is 1.0.
    authority : tuple of Id
        Variances it may control and decisions it may take.
    informed_of : tuple of Id
        Variances about which it has the information that control needs.
    tools : tuple of Id
        Components that it may use for control, beside those of its functions.
    hears_of : tuple of Id
        Variances of whose outcome it is told.
    absence : Parameter
        Share of their shifts that members miss: leave, illness, training.
    leaving_per_year : Parameter, optional
        Rate at which members leave at average engagement; none: nobody leaves. Acts with the state of persons.
    replacement_h : Distribution, optional
        Hours until a successor is there, who begins as a novice; default 60 days.
    resources : Parameter
        Job resources, 0 to 1, against which engagement weighs demands: support, feedback, say in one's work.
    """

    id: Id
    name: str = ""
    team: Id
    shifts: tuple[Shift, ...] = ()
    skills: dict[str, Parameter] = {}
    authority: tuple[Id, ...] = ()
    informed_of: tuple[Id, ...] = ()
    tools: tuple[Id, ...] = ()
    hears_of: tuple[Id, ...] = ()
    cost_per_h: Parameter | None = None
    absence: Parameter = Parameter(value=0.0)
    leaving_per_year: Parameter | None = None
    replacement_h: Distribution | None = None
    resources: Parameter = Parameter(value=0.5)
    note: str = ""

    @property
    def head_count(self) -> int:
        """Members of the role; who is on call is a member of some shift already."""
        return sum(shift.people for shift in self.shifts if not shift.on_call)


class Practice(Piece):
    """A practice of high-performance work: it acts through ability, motivation and opportunity only.

    Parameters
    ----------
    roles : tuple of Id
        Whom it reaches; empty: everybody.
    ability, motivation, opportunity : Parameter
        Standardised effects (in standard deviations of performance).
    begins_week : int
        Week, counted from the first that counts, in which it begins; 0 or less: it has begun long ago.
    weeks_to_effect : Parameter
        Weeks until 63% of the effect is there.
    """

    id: Id
    name: str = ""
    roles: tuple[Id, ...] = ()
    ability: Parameter = Parameter(value=0.0)
    motivation: Parameter = Parameter(value=0.0)
    opportunity: Parameter = Parameter(value=0.0)
    begins_week: int = 0
    weeks_to_effect: Parameter = Parameter(value=8.0)
    cost_per_week: Parameter | None = None
    note: str = ""


class Link(Piece):
    """A path of communication, reporting or handover between two roles or teams."""

    source: Id
    target: Id
    kind: Literal["communicates", "reports_to", "hands_over", "informs"] = "communicates"
    channel: str = ""
    formal: bool = True


class Social(Piece):
    """Who does the work, when, and who talks to whom."""

    teams: tuple[Team, ...] = ()
    roles: tuple[Role, ...] = ()
    links: tuple[Link, ...] = ()
    practices: tuple[Practice, ...] = ()
    holidays: tuple[str, ...] = Field(default=(), description="ISO dates on which only holiday shifts are worked")

    @field_validator("holidays")
    @classmethod
    def _dates(cls, dates: tuple[str, ...]) -> tuple[str, ...]:
        for text in dates:
            try:
                datetime.date.fromisoformat(text)
            except ValueError:
                raise ValueError(f"expected ISO dates such as 2026-12-25, found {text!r}") from None
        return dates


def people_by_hour(shifts: tuple[Shift, ...]) -> NDArray[np.float64]:
    """Return the mean number of people rostered in each hour of the week, shape (168,); on call is not rostered."""
    present = np.zeros(HOURS_PER_WEEK)
    for shift in shifts:
        if shift.on_call:
            continue
        for begin, stop in week_spans_h(shift.hours):
            for hour in range(int(begin), int(np.ceil(stop))):
                present[hour] += shift.people * (min(stop, hour + 1) - max(begin, hour))
    return present
