"""The social layer: teams, roles with head-counts, hours and skills, links between them, authority."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from longwall.units import HOURS_PER_WEEK
from longwall.worksystem.values import Id, Parameter, Piece
from longwall.worksystem.week import days_of

__all__ = ["Link", "Role", "Shift", "Social", "Team", "people_by_hour", "week_spans_h"]

_SPAN = re.compile(r"^([a-z]{3}(?:-[a-z]{3})?)\s+(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$")


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
    """

    people: int = Field(gt=0)
    hours: str = "mon-fri 08:00-17:00"

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
    """

    id: Id
    name: str = ""
    team: Id
    shifts: tuple[Shift, ...] = ()
    skills: dict[str, Parameter] = {}
    authority: tuple[Id, ...] = ()
    informed_of: tuple[Id, ...] = ()
    cost_per_h: Parameter | None = None
    note: str = ""

    @property
    def head_count(self) -> int:
        """Members of the role."""
        return sum(shift.people for shift in self.shifts)


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


def week_spans_h(text: str) -> tuple[tuple[float, float], ...]:
    """Return the spans of a weekly calendar in hours since Monday 00:00, in order, merged, within [0, 168].

    Parameters
    ----------
    text : str
        ``"always"`` or spans such as ``"mon-fri 08:00-17:00, sat 22:00-06:00"`` (past midnight).

    Raises
    ------
    ValueError
        If a span cannot be read, or no hours are left.
    """
    if text.strip().lower() == "always":
        return ((0.0, float(HOURS_PER_WEEK)),)
    raw: list[tuple[float, float]] = []
    for part in text.lower().split(","):
        match = _SPAN.match(part.strip())
        if not match:
            raise ValueError(f"expected hours such as 'mon-fri 08:00-17:00', found {part.strip()!r}")
        start, end = int(match[2]) + int(match[3]) / 60, int(match[4]) + int(match[5]) / 60
        if start > 24 or end > 24 or start == end or int(match[3]) > 59 or int(match[5]) > 59:
            raise ValueError(f"expected two different times of day, found {part.strip()!r}")
        for day in days_of(match[1]):
            begin = 24 * day + start
            stop = 24 * day + (end if end > start else end + 24)
            raw.append((begin, min(stop, HOURS_PER_WEEK)))
            if stop > HOURS_PER_WEEK:
                raw.append((0.0, stop - HOURS_PER_WEEK))
    merged: list[tuple[float, float]] = []
    for begin, stop in sorted(raw):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((begin, stop))
    return tuple(merged)


def people_by_hour(shifts: tuple[Shift, ...]) -> NDArray[np.float64]:
    """Return the mean number of people rostered in each hour of the week, shape (168,)."""
    present = np.zeros(HOURS_PER_WEEK)
    for shift in shifts:
        for begin, stop in week_spans_h(shift.hours):
            for hour in range(int(begin), int(np.ceil(stop))):
                present[hour] += shift.people * (min(stop, hour + 1) - max(begin, hour))
    return present
