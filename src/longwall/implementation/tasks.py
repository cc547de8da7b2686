"""What a scheduler sees: increments as tasks with spans of work, the terms they must meet, and where they were put."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from longwall.implementation.plans import Freeze, Release

__all__ = ["CENT", "Scheduled", "Task", "Terms", "horizon_weeks", "hundredths", "objective"]

CENT = 100
"""People's weeks are counted in hundredths, because the solver knows whole numbers only."""


@dataclass(frozen=True)
class Task:
    """One increment as the solver sees it.

    Parameters
    ----------
    work : tuple of (offset, weeks)
        Spans, from its start, in which people work on it.
    weeks : int
        From its start to its end, >= 1.
    cost : int
        Whole units of money, due at the start.
    load : mapping of role to float
        Person-weeks a week while it is worked on.
    weight : int
        Benefit of being done a week earlier, >= 1.
    """

    id: str
    weeks: int
    work: tuple[tuple[int, int], ...]
    cost: int
    weight: int
    roles: tuple[str, ...] = ()
    load: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """What a plan must respect.

    Parameters
    ----------
    pairs : tuple of (before, after)
    begun : tuple of (first, then)
        The first begins no later than the other.
    releases : tuple of Release
        Empty: money is no limit.
    people_load : mapping of role to float
        Most person-weeks a week for change.
    changes_at_once : int
        Most increments that one role works on at the same time; 0: no limit.
    finish_by : int, optional
        Week by which all must be done.
    """

    pairs: tuple[tuple[str, str], ...] = ()
    begun: tuple[tuple[str, str], ...] = ()
    releases: tuple[Release, ...] = ()
    people_load: Mapping[str, float] = field(default_factory=dict)
    changes_at_once: int = 0
    freezes: tuple[Freeze, ...] = ()
    finish_by: int | None = None


@dataclass(frozen=True)
class Scheduled:
    """Start weeks by task, and how far the order may be from the best one.

    Parameters
    ----------
    gap : float
        Share of the weighted completion that a better order could at most save; 0 is proved best.
    """

    start: dict[str, int]
    gap: float


def objective(tasks: Sequence[Task], start: Mapping[str, int]) -> tuple[int, int]:
    """Return the sum of weight times end week, and the week at which all is done; less is better, the first decides."""
    ends = [(task.weight, start[task.id] + task.weeks) for task in tasks]
    return sum(weight * end for weight, end in ends), max((end for _, end in ends), default=0)


def hundredths(person_weeks: float) -> int:
    """Return person-weeks in the solver's whole numbers."""
    return round(CENT * person_weeks)


def horizon_weeks(tasks: Sequence[Task], terms: Terms) -> int:
    """Return weeks that are always enough, or the week by which all must be done."""
    if terms.finish_by is not None:
        return terms.finish_by
    waits = max((release.week for release in terms.releases), default=0)
    frozen = max((freeze.last_week + 1 for freeze in terms.freezes), default=0)
    return sum(task.weeks for task in tasks) + max(waits, frozen)
