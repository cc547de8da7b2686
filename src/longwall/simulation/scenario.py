"""A scenario: what is simulated, for how long, how often, under which luck, and what happens on the way."""

from __future__ import annotations

from pydantic import Field

from longwall.simulation.beginning import OpenItem
from longwall.simulation.striking import Outage
from longwall.worksystem import Id, Patch, Piece, WorkSystem

__all__ = ["Course", "Scenario", "ScheduledChange"]


class ScheduledChange(Piece):
    """A change of the system at the begin of a week.

    Parameters
    ----------
    week : int
        Counted from the first week that counts, which is week 0.
    patches : tuple of Patch
        What is other from then on; earlier changes stay.
    """

    week: int = Field(ge=0)
    patches: tuple[Patch, ...]


class Course(Piece):
    """How a system is simulated: for how long, how often, under which luck.

    Parameters
    ----------
    design : str
        ``today`` or the id of a design.
    weeks : int
        Weeks that count, after the warm-up.
    warm_up_weeks : int
        Weeks that are simulated first and dropped; the system starts empty.
    replications : int
        At least two, or there is no interval.
    begins : str
        ISO date of the Monday on which the weeks that count begin; needed for an event log and for holidays.
    changes : tuple of ScheduledChange
        What is changed at the begin of which week: a pilot, a new roster, a practice.
    open_items : tuple of OpenItem
        Items that are open at the very beginning (a warm start, usually without a warm-up).
    replay_h : mapping of Id to tuple of float
        Hours of arrivals, by demand class, that take the place of the class's own; counted from the begin of the weeks
        that count.
    outages : tuple of Outage
        What is out when and for how long, beside what fails by chance.
    """

    design: str = "today"
    weeks: int = Field(default=13, ge=1, le=5200)
    warm_up_weeks: int = Field(default=4, ge=0, le=5200)
    replications: int = Field(default=30, ge=2, le=1_000_000)
    seed: int = Field(default=0, ge=0, lt=2**63)
    begins: str = ""
    changes: tuple[ScheduledChange, ...] = ()
    open_items: tuple[OpenItem, ...] = ()
    replay_h: dict[Id, tuple[float, ...]] = {}
    outages: tuple[Outage, ...] = ()


class Scenario(Course):
    """What is to be simulated, and how; the same value in Python, in a scenario file and on the command line.

    Parameters
    ----------
    system : WorkSystem
        What is simulated; a scenario file names it by its path or as a template.
    """

    system: WorkSystem
