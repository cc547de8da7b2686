"""Who is there when: people by role and shift, the weekly changes of shifts, rostered hours per half-hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.simulation.kernel import layout
from longwall.streams import key_of
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Distribution, Role, Shift, week_spans_h

__all__ = ["Crew", "Group", "Post", "crew_of", "groups_of", "posts_of"]

HALF_HOURS = 2 * HOURS_PER_WEEK
HOURS_PER_DAY = 24


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
    """A row of the table of roles: the members of a role on shift, or those of its members who are on call.

    Parameters
    ----------
    role : int
        Position of the role.
    call : bool
        Whether these members are on call; then the two others say for what, and how long they take to begin.
    """

    role: int
    call: bool = False
    calls_up_to: int = 0
    response_h: Distribution | None = None

    def shifts(self, role: Role) -> tuple[Shift, ...]:
        """Return the shifts of a role that belong to this row."""
        return tuple(s for s in role.shifts if _post(self.role, s) == self)


Group = tuple[int, tuple[tuple[float, float], ...], bool]
"""Who keeps the same hours: row of the post, spans of the week [h], and whether they work on holidays."""


def _post(role: int, shift: Shift) -> Post:
    """Return the row to which a shift belongs."""
    return Post(role, True, shift.calls_up_to, shift.response_h) if shift.on_call else Post(role)


def posts_of(phases: Sequence[Sequence[Role]]) -> list[Post]:
    """Return the rows of the table of roles: first one for each role, then one for each way of being on call.

    Parameters
    ----------
    phases : sequence of sequences of Role
        The roles, in the same order, in each phase of a scenario.
    """
    calls = {_post(r, s) for roles in phases for r, role in enumerate(roles) for s in role.shifts if s.on_call}
    return [Post(r) for r in range(len(phases[0]))] + sorted(calls, key=lambda p: (p.role, p.calls_up_to, repr(p)))


def groups_of(roles: Sequence[Role], posts: Sequence[Post]) -> dict[Group, int]:
    """Return how many people keep which hours."""
    people: dict[Group, int] = {}
    for r, post in enumerate(posts):
        for shift in post.shifts(roles[post.role]):
            group = r, week_spans_h(shift.hours), shift.on_holidays
            people[group] = people.get(group, 0) + shift.people
    return people


def _changes(spans: tuple[tuple[float, float], ...], by_day: bool) -> list[tuple[float, int]]:
    """Return when people come (1), go (0) and, where a shift is longer than a day, may stay away from midnight on (2).

    Parameters
    ----------
    by_day : bool
        Whether they stay away at times: then a shift of several days counts as one for each day.
    """
    week = float(HOURS_PER_WEEK)
    always = spans == ((0.0, week),)
    wraps = spans[0][0] == 0.0 and spans[-1][1] == week
    over = spans[0][1] + week - spans[-1][0] if wraps and not always else 0.0
    found: list[tuple[float, int]] = []
    for begin, end in spans:
        if not (wraps and begin == 0.0):
            found.append((begin, 1))
        if not (wraps and end == week):
            found.append((end % week, 0))
        long = max(end - begin, over if begin == 0.0 or end == week else 0.0) > HOURS_PER_DAY
        if by_day and long:
            first = begin if wraps and begin == 0.0 else begin + 1e-9
            found += [(float(t), 2) for t in range(0, HOURS_PER_WEEK, HOURS_PER_DAY) if first <= t < end]
    return found


def _self(persons: list[tuple[int, int, int, int, int]], posts: Sequence[Post], r: int) -> int:
    """Return the row whose skill and trust somebody has who comes next: on call that of a member who works by day."""
    if posts[r].call:
        members = [k for k, person in enumerate(persons) if person[1] == posts[r].role]
        called = sum(person[1] == r for person in persons)
        if members:
            return members[called % len(members)]
    return len(persons)


def crew_of(
    roles: Sequence[Role],
    posts: Sequence[Post],
    team_row: dict[str, int],
    most: dict[Group, int],
    holidays: bool = False,
) -> Crew:
    """Return the people of posts (in the order given) as tables.

    Parameters
    ----------
    most : dict
        The most people that keep the same hours in any phase; each has a row, and those beyond this phase never come.
    holidays : bool
        Whether there are any.
    """
    persons: list[tuple[int, int, int, int, int]] = []
    groups: list[tuple[int, int, int, int]] = []
    changes: list[tuple[float, int, int, int]] = []
    roster: list[NDArray[np.float64]] = []
    rostered = np.zeros(len(roles))
    now = groups_of(roles, posts)
    seen: dict[int, int] = {}
    for g, group in enumerate(sorted(most)):
        r, spans, on_holidays = group
        role, post, people = roles[posts[r].role], posts[r], now.get(group, 0)
        wraps = spans[0][0] == 0.0 and spans[-1][1] == HOURS_PER_WEEK
        groups.append((len(persons), people, int(wraps), int(on_holidays)))
        for _ in range(most[group]):
            key = key_of("person", f"{role.id} {'on call ' if post.call else ''}{seen.get(r, 0)}")
            seen[r] = seen.get(r, 0) + 1
            persons.append((key, r, g, team_row[role.team], _self(persons, posts, r)))
        hours = _half_hours(spans)
        roster.append(np.zeros(HALF_HOURS) if post.call else hours)
        rostered[post.role] += 0.0 if post.call else people * float(hours.sum())
        changes += [
            (t, r, on, g) for t, on in _changes(spans, role.absence.value > 0.0 or (holidays and not on_holidays))
        ]
    changes.sort()
    change = np.zeros(len(changes), layout.CHANGE).view(np.recarray)
    for row, (t, r, on, g) in enumerate(changes):
        change[row] = (t, g, on, r)
    person = np.array(persons, layout.PERSON).view(np.recarray)
    table = np.array(roster) if roster else np.zeros((0, HALF_HOURS))
    heads = np.array([role.head_count for role in roles], dtype=np.int64)
    return Crew(person, np.array(groups, layout.GROUP).view(np.recarray), change, table, rostered, heads)
