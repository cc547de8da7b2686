"""Who is there when: people by role and shift, the weekly changes of shifts, rostered hours per half-hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.simulation.kernel import layout
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Role, week_spans_h

__all__ = ["Crew", "crew_of"]

HALF_HOURS = 2 * HOURS_PER_WEEK


@dataclass(frozen=True)
class Crew:
    """The people of a work system as tables.

    Parameters
    ----------
    person, group, change : record arrays
        Columns as in `kernel.layout`.
    roster : ndarray, shape (groups, 336)
        Rostered hours of one member in each half-hour of the week [h].
    rostered_h : ndarray, shape (roles,)
        Rostered hours of all members in a week [h].
    heads : ndarray of int, shape (roles,)
    """

    person: Any
    group: Any
    change: Any
    roster: NDArray[np.float64]
    rostered_h: NDArray[np.float64]
    heads: NDArray[np.int64]


def _half_hours(spans: tuple[tuple[float, float], ...]) -> NDArray[np.float64]:
    """Return the rostered hours in each half-hour of the week, shape (336,)."""
    begins = np.arange(HALF_HOURS) / 2
    hours = np.zeros(HALF_HOURS)
    for begin, end in spans:
        hours += np.clip(np.minimum(begins + 0.5, end) - np.maximum(begins, begin), 0.0, None)
    return hours


def crew_of(roles: list[Role], team_row: dict[str, int]) -> Crew:
    """Return the people of roles (in the order given) as tables."""
    persons: list[tuple[int, int, int]] = []
    groups: list[tuple[int, int, int]] = []
    changes: list[tuple[float, int, int, int]] = []
    roster: list[NDArray[np.float64]] = []
    rostered = np.zeros(len(roles))
    for r, role in enumerate(roles):
        people_of: dict[tuple[tuple[float, float], ...], int] = {}
        for shift in role.shifts:
            spans = week_spans_h(shift.hours)
            people_of[spans] = people_of.get(spans, 0) + shift.people
        for spans, people in sorted(people_of.items()):
            g = len(groups)
            always = spans == ((0.0, float(HOURS_PER_WEEK)),)
            wraps = spans[0][0] == 0.0 and spans[-1][1] == HOURS_PER_WEEK
            groups.append((len(persons), people, int(wraps)))
            persons.extend((r, g, team_row[role.team]) for _ in range(people))
            hours = _half_hours(spans)
            roster.append(hours)
            rostered[r] += people * float(hours.sum())
            for begin, end in () if always else spans:
                if not (wraps and begin == 0.0):
                    changes.append((begin, r, 1, g))
                if not (wraps and end == HOURS_PER_WEEK):
                    changes.append((end % HOURS_PER_WEEK, r, 0, g))
    changes.sort()
    change = np.zeros(len(changes), layout.CHANGE).view(np.recarray)
    for row, (t, r, on, g) in enumerate(changes):
        change[row] = (t, g, on, r)
    person = np.array(persons, layout.PERSON).view(np.recarray)
    group = np.array(groups, layout.GROUP).view(np.recarray)
    heads = np.array([role.head_count for role in roles], dtype=np.int64)
    table = np.array(roster) if roster else np.zeros((0, HALF_HOURS))
    return Crew(person, group, change, table, rostered, heads)
