"""Who is there when: people by role and shift, the weekly changes of shifts, rostered hours per half-hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.simulation.kernel import layout
from longwall.streams import key_of
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Role, Shift, week_spans_h

__all__ = ["Crew", "Post", "crew_of", "posts_of"]

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


@dataclass(frozen=True)
class Post:
    """A row of the table of roles: the shifts of a role, or those of its members who are on call.

    Parameters
    ----------
    role : int
        Position of the role.
    call : bool
        Whether these members are on call.
    """

    role: int
    call: bool
    shifts: tuple[Shift, ...]


def posts_of(roles: list[Role]) -> list[Post]:
    """Return the rows of the table of roles: first one for each role, then one for each way of being on call."""
    posts = [Post(r, False, tuple(s for s in role.shifts if not s.on_call)) for r, role in enumerate(roles)]
    for r, role in enumerate(roles):
        ways: dict[tuple[int, str], list[Shift]] = {}
        for shift in role.shifts:
            if shift.on_call:
                response = "" if shift.response_h is None else shift.response_h.model_dump_json()
                ways.setdefault((shift.calls_up_to, response), []).append(shift)
        posts += [Post(r, True, tuple(shifts)) for _, shifts in sorted(ways.items())]
    return posts


def crew_of(roles: list[Role], posts: list[Post], team_row: dict[str, int]) -> Crew:
    """Return the people of posts (in the order given) as tables."""
    persons: list[tuple[int, int, int, int]] = []
    groups: list[tuple[int, int, int, int]] = []
    changes: list[tuple[float, int, int, int]] = []
    roster: list[NDArray[np.float64]] = []
    rostered = np.zeros(len(roles))
    for r, post in enumerate(posts):
        role = roles[post.role]
        people_of: dict[tuple[tuple[tuple[float, float], ...], bool], int] = {}
        for shift in post.shifts:
            spans = week_spans_h(shift.hours)
            people_of[spans, shift.on_holidays] = people_of.get((spans, shift.on_holidays), 0) + shift.people
        first = len(persons)
        for (spans, on_holidays), people in sorted(people_of.items()):
            g = len(groups)
            always = spans == ((0.0, float(HOURS_PER_WEEK)),)
            wraps = spans[0][0] == 0.0 and spans[-1][1] == HOURS_PER_WEEK
            groups.append((len(persons), people, int(wraps), int(on_holidays)))
            for _ in range(people):
                key = key_of("person", f"{role.id} {'on call ' if post.call else ''}{len(persons) - first}")
                persons.append((key, r, g, team_row[role.team]))
            hours = _half_hours(spans)
            roster.append(hours)
            rostered[post.role] += 0.0 if post.call else people * float(hours.sum())
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
