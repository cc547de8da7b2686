"""Where what stands in the flat numbers of a design.

All numbers of a design are one vector, its tables of rows another: compiled code then passes two addresses, where a
hundred arrays would cost more time than the sums themselves.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ALWAYS", "HOURS", "Places"]

HOURS = 168
ALWAYS = 1e5
"""Urgency, due and patience above which there is no limit."""


class Places(NamedTuple):
    """Offsets; a cell is a class at a function, a pair a function and a post that may do it.

    Cells of a class stand together, in the order of their functions along the way; pairs of a function as well.

    Parameters
    ----------
    n_class, n_function, n_post, n_cell, n_team, n_member, n_escape : int
        How many there are.
    arrivals, cls, enter_p, next_p, function, able, staff, ends, back, post, member, escape : int
        Numbers of the design, as in `picture_of`; 168 to a class or post, 4 to a class, 10 to a function, 2 to a post,
        1 otherwise. ``enter_p`` and ``next_p`` are the numbers that go on, from the start and from cells.
    waiting, passing, coming, virtual, asked_now : int
        By cell: items that wait, that pass without anybody, that come, that would come, that came to need a person.
    release, reads, demand, served, believed : int
        By function: share of what passes that is through in an hour, hours to read, hours asked, share served, and
        share believed to be served while work is shared out.
    left, weight, load, rest : int
        By post: hours left, weight in sharing, hours asked, mean rest of a task [h].
    split, used, on_call : int
        By pair: share of the work of a function; by level and post: hours used up to this level; posts on call.
    sums, sums_end : int
        Begin and end of what is summed over a week.
    through, asked, lying, chance : int
        By cell: executions, those that need a person, hours that items lay as nobody had time, hours waited by chance.
    lost, work, busy : int
        By class: items that gave up; by pair: hours of work; by post and hour: share of time used.
    size : int
        Of the vector.
    cell_at, cell_of, enter_at, enter_to, next_at, next_to, pair_at, pair_post, member_post, member_team : int
        Among the rows: where the cells of a class begin and their functions; where its first cells begin, and which;
        what follows a cell; the posts of a function; whose and which membership of a team.
    level_of, by_urgency : int
        Among the rows: level of each class, classes by urgency.
    """

    n_class: int
    n_function: int
    n_post: int
    n_cell: int
    n_team: int
    n_member: int
    n_escape: int
    arrivals: int
    cls: int
    enter_p: int
    next_p: int
    function: int
    able: int
    staff: int
    ends: int
    back: int
    post: int
    member: int
    escape: int
    waiting: int
    passing: int
    coming: int
    virtual: int
    asked_now: int
    release: int
    reads: int
    demand: int
    served: int
    believed: int
    left: int
    weight: int
    load: int
    rest: int
    split: int
    used: int
    on_call: int
    sums: int
    through: int
    asked: int
    lying: int
    chance: int
    lost: int
    work: int
    busy: int
    sums_end: int
    size: int
    cell_at: int
    cell_of: int
    enter_at: int
    enter_to: int
    next_at: int
    next_to: int
    pair_at: int
    pair_post: int
    member_post: int
    member_team: int
    level_of: int
    by_urgency: int
