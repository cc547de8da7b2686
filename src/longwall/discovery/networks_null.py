"""The null of the networks: who did an event is dealt out again within function, team and hour of the week.

Only people change places, and only among events of the same function, the same team, the same hour of the week and
about the same weeks. What passes between teams, who does how much of which function, and when, stays exactly as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from numpy.typing import NDArray

from longwall.streams import generator, key_of, word
from longwall.units import HOURS_PER_WEEK

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = [
    "BLOCK",
    "FULL",
    "MOST_ROWS",
    "PER_PAIR",
    "Between",
    "Events",
    "Null",
    "between_teams",
    "events_of",
    "fits",
    "null_of",
]

MOST_ROWS = 300_000
"""Events that take part in the permutations; of a larger log, whole cases are drawn."""

BLOCK = 12
"""At most so many events of one function, team and hour of the week, next to each other in time, change places."""

FULL = 4
"""A block that holds so many events ends with its week: whoever is away that week is away from all of it."""

PER_PAIR = 6
"""Tests per pair of teams: carriers on either side, fixed pairs, returns to either side, needed pairs who met."""

_COLUMNS = 8
"""Statistics per pair of teams: the tests, and what is told of pairs of people with the other side dealt out."""
_SIDES = ((2, 6), (5, 7))

_DETAIL = 99
_MOST_CELLS = 1 << 24


@dataclass(frozen=True)
class Events:
    """What people of known teams did, as the permutations need it. Person-level: never to be shown.

    Parameters
    ----------
    case, function, member : ndarray of int64, shape (n,)
        In the order of the log; `member` is who did it, numbered so that members of one team are next to each other.
    begins : ndarray of int64, shape (n_teams + 1,)
        Members of team ``t`` are ``begins[t]:begins[t + 1]``.
    order, bounds : ndarray of int64
        Rows by cell, and where each cell begins; within a cell people may change places.
    sampled : bool
        Whether the cases are a sample of those of the log.
    """

    case: NDArray[np.int64]
    function: NDArray[np.int64]
    member: NDArray[np.int64]
    begins: NDArray[np.int64]
    order: NDArray[np.int64]
    bounds: NDArray[np.int64]
    sampled: bool

    @property
    def people(self) -> NDArray[np.int64]:
        """People seen in each team, shape (n_teams,)."""
        return np.diff(self.begins)

    @property
    def team(self) -> NDArray[np.int64]:
        """Team of each event's member, shape (n,)."""
        return np.searchsorted(self.begins, self.member, side="right") - 1


@dataclass(frozen=True)
class Between:
    """What passes between pairs of teams, laid out for the permutations.

    Parameters
    ----------
    one, other : ndarray of int64, shape (n_pairs,)
        The two teams of each pair, ``one < other``.
    cross_one, cross_other, cross_pair : ndarray of int64, shape (n_crossings,)
        The first handover of each case between the two teams, either way: the row of the event of team `one`, that of
        team `other`, the pair. One for each case, so that an item that goes back and forth counts once.
    back_first, back_last, back_test : ndarray of int64, shape (n_returns,)
        The first return of each case: rows before the work left a team and when it came back; twice the pair, plus one
        where the team is `other`.
    needed : ndarray of bool, shape (n_cells,)
        Whether the work makes two people depend on each other; pairs of people of one pair of teams after another.
    starts : ndarray of int64, shape (n_pairs + 1,)
        Where the cells of each pair begin.
    """

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    cross_one: NDArray[np.int64]
    cross_other: NDArray[np.int64]
    cross_pair: NDArray[np.int64]
    back_first: NDArray[np.int64]
    back_last: NDArray[np.int64]
    back_test: NDArray[np.int64]
    needed: NDArray[np.bool_]
    starts: NDArray[np.int64]


@dataclass(frozen=True)
class Null:
    """Each test's statistic as observed and under the null, and the count that is shown for it.

    Parameters
    ----------
    p : ndarray, shape (n_pairs, 6)
        One-sided p-values, never below 1 / (permutations + 1); NaN where nothing could vary. Of pairs of people, the
        larger of two: the people of one team are dealt out while those of the other stay, and the other way round.
    observed, expected : ndarray, shape (n_pairs, 6)
        People who carry half of the crossings (first team, second team), pairs of people who carry half, returns to the
        same person (first, second team), needed pairs of people who handed over; `expected` is the mean under the null.
    permutations : int
    """

    p: NDArray[np.float64]
    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    permutations: int


def events_of(log: Log, home: NDArray[np.int64], n_teams: int, *, seed: int, most: int = MOST_ROWS) -> Events:
    """Lay out the events that people of known teams did, with the cells of the null.

    Parameters
    ----------
    log : Log
    home : ndarray of int64, shape (n_resources,)
        The team of each person; -1 for machines, shared accounts and people without a team, who take no part.
    n_teams : int
    seed : int
        Draws the cases of a log with more than `most` events.
    most : int
    """
    rows = np.flatnonzero(log.resource >= 0)
    rows = rows[home[log.resource[rows]] >= 0] if log.n_resources else rows
    sampled = rows.size > most
    if sampled:
        drawn = generator(seed, "networks", "cases").permutation(log.n_cases)
        sizes = np.bincount(log.case[rows], minlength=log.n_cases)[drawn]
        kept = np.zeros(log.n_cases, dtype=np.bool_)
        kept[drawn[np.cumsum(sizes) <= most]] = True
        rows = rows[kept[log.case[rows]]]
    people, who = np.unique(log.resource[rows].astype(np.int64), return_inverse=True)
    rank = np.empty(people.size, dtype=np.int64)
    rank[np.lexsort((people, home[people]))] = np.arange(people.size)
    begins = np.searchsorted(np.sort(home[people]), np.arange(n_teams + 1)).astype(np.int64)
    function, teams = log.activity[rows].astype(np.int64), home[people][who]
    hour = log.local_week_hour(log.end_h[rows]).astype(np.int64)
    cell = (function * n_teams + teams) * HOURS_PER_WEEK + hour
    order = np.lexsort((log.end_h[rows], cell))
    week = np.floor(log.end_h[rows] / HOURS_PER_WEEK).astype(np.int64)
    bounds = _blocks(cell[order], week[order])
    return Events(log.case[rows].astype(np.int64), function, rank[who], begins, order, bounds, sampled)


def between_teams(
    events: Events, one: NDArray[np.int64], other: NDArray[np.int64], depends: NDArray[np.bool_]
) -> Between:
    """Lay out what passes between the given pairs of teams.

    Parameters
    ----------
    one, other : ndarray of int64, shape (n_pairs,)
        ``one < other``.
    depends : ndarray of bool, shape (n_functions, n_functions)
        Whether two functions depend on each other, symmetric.
    """
    n_teams = events.begins.size - 1
    team = events.team
    table = np.full((n_teams, n_teams), -1, dtype=np.int64)
    table[one, other] = table[other, one] = np.arange(one.size)
    pair = np.where(events.case[1:] == events.case[:-1], table[team[:-1], team[1:]], -1)
    at = np.flatnonzero(pair >= 0)
    at = at[_first_of(events.case[at] * max(one.size, 1) + pair[at])]
    forth = team[at] == one[pair[at]]
    first, last, test = _returns(events, team, table, one)
    did = np.zeros((int(events.begins[-1]), depends.shape[0]), dtype=np.float32)
    did[events.member, events.function] = 1.0
    reach = did @ depends.astype(np.float32)
    parts = [
        reach[events.begins[x] : events.begins[x + 1]] @ did[events.begins[y] : events.begins[y + 1]].T > 0
        for x, y in zip(one, other, strict=True)
    ]
    needed = np.concatenate([part.ravel() for part in parts]) if parts else np.zeros(0, dtype=np.bool_)
    starts = np.r_[0, np.cumsum(events.people[one] * events.people[other])].astype(np.int64)
    return Between(
        one,
        other,
        np.where(forth, at, at + 1),
        np.where(forth, at + 1, at),
        pair[at],
        first,
        last,
        test,
        needed,
        starts,
    )


def fits(events: Events, one: int, other: int) -> bool:
    """Whether the pairs of people of two teams are few enough to be counted one by one."""
    return int(events.people[one]) * int(events.people[other]) <= _MOST_CELLS // 8


def null_of(events: Events, between: Between, *, permutations: int, seed: int) -> Null:
    """Return p-values by dealing people out again.

    Parameters
    ----------
    permutations : int
        At least 19.
    seed : int
        The same seed gives the same bits.

    References
    ----------
    Phipson and Smyth 2010, "Permutation p-values should never be zero", Statistical Applications in Genetics and
    Molecular Biology 9.
    """
    if not between.one.size:
        empty = np.zeros((0, PER_PAIR))
        return Null(empty, empty, empty, permutations)
    tests = between.one.size * _COLUMNS
    statistic = np.zeros((permutations + 1, tests))
    shown = np.zeros((min(permutations, _DETAIL) + 1, tests))
    order, begin, size, wanted = _only_wanted(events, between)
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    _deal(
        np.uint64(key_of(seed, "networks", "null")), events.member[order], begin, size, wanted, events.begins,
        between.one, between.other, place[between.cross_one], place[between.cross_other], between.cross_pair,
        place[between.back_first], place[between.back_last], between.back_test, between.needed, between.starts,
        statistic, shown,
    )  # fmt: skip
    drawn = statistic[1:]
    margin = 1e-9 * np.maximum(np.abs(statistic[0]), 1e-12)
    p = (1.0 + (drawn >= statistic[0] - margin).sum(axis=0)) / (permutations + 1.0)
    p[np.ptp(statistic, axis=0) <= margin] = np.nan
    shape = (between.one.size, _COLUMNS)
    p, observed, expected = p.reshape(shape), shown[0].reshape(shape), shown[1:].mean(axis=0).reshape(shape)
    for first, second in _SIDES:
        # Whichever side is dealt out, it must hold: the larger p-value, the smaller difference.
        p[:, first] = np.maximum(p[:, first], p[:, second])
        expected[:, first] = np.minimum(expected[:, first], expected[:, second])
    return Null(p[:, :PER_PAIR], observed[:, :PER_PAIR], expected[:, :PER_PAIR], permutations)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _blocks(cell: Any, week: Any) -> Any:
    """Where each block begins, and the end; events by cell and time, at most `BLOCK`, `FULL` before a new week."""
    bounds = np.empty(cell.size + 1, dtype=np.int64)
    n = 0
    for k in range(cell.size):
        held = k - bounds[n - 1] if n else 0
        if not n or cell[k] != cell[k - 1] or held == BLOCK or (held >= FULL and week[k] != week[k - 1]):
            bounds[n] = k
            n += 1
    bounds[n] = cell.size
    return bounds[: n + 1].copy()


def _only_wanted(events: Events, between: Between) -> tuple[NDArray[np.int64], ...]:
    """Rows by block with those that a test looks at first; of blocks that hold some: begin, size, how many of them.

    Who does the other events of a block matters only for who is left, so that they need not be dealt out.
    """
    looked_at = np.zeros(events.order.size, dtype=np.bool_)
    for rows in (between.cross_one, between.cross_other, between.back_first, between.back_last):
        looked_at[rows] = True
    size = np.diff(events.bounds)
    block = np.repeat(np.arange(size.size), size)
    first = looked_at[events.order]
    order = events.order[np.lexsort((~first, block))]
    wanted = np.bincount(block[first], minlength=size.size)
    some = wanted > 0
    return order, events.bounds[:-1][some], size[some], wanted[some]


def _first_of(key: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each key occurs first, in rising order."""
    return np.sort(np.unique(key, return_index=True)[1])


def _returns(
    events: Events, of_row: NDArray[np.int64], table: NDArray[np.int64], one: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Last row of a stay, first row of the next stay of the same team after one stay of another, and the test."""
    n = events.case.size
    begin = np.flatnonzero(np.r_[True, (np.diff(events.case) != 0) | (np.diff(of_row) != 0)])[:n]
    team, case = of_row[begin], events.case[begin]
    back = (case[2:] == case[:-2]) & (team[2:] == team[:-2])
    pair = np.where(back, table[team[:-2], team[1:-1]], -1)
    at = np.flatnonzero(pair >= 0)
    test = 2 * pair[at] + (team[at] != one[pair[at]])
    first = _first_of(case[at] * max(2 * one.size, 1) + test)
    at, test = at[first], test[first]
    return begin[at + 1] - 1, begin[at + 2], test


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _shuffle(values: Any, begin: Any, size: Any, wanted: Any, state: Any) -> None:
    """Deal the values of each block out to its first places (Fisher and Yates), in place."""
    for block in range(begin.size):
        low = begin[block]
        for k in range(min(wanted[block], size[block] - 1)):
            j = k + np.int64(((word(state) >> np.uint64(32)) * np.uint64(size[block] - k)) >> np.uint64(32))
            kept = values[low + k]
            values[low + k] = values[low + j]
            values[low + j] = kept


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _half(counts: Any) -> int:
    """How few of the counts make up half of their sum."""
    ranked = np.sort(counts)
    whole, so_far = counts.sum(), 0
    for k in range(ranked.size):
        so_far += ranked[ranked.size - 1 - k]
        if 2 * so_far >= whole:
            return k + 1
    return ranked.size


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _carried(who: Any, begins: Any, one: Any, other: Any, cross_one: Any, cross_other: Any, cross_pair: Any,
             sides: Any, counts: Any, statistic: Any, shown: Any, detail: bool) -> None:  # fmt: skip
    """Concentration of the crossings on either side of each pair of teams."""
    counts[:] = 0
    for k in range(cross_pair.size):
        pair = cross_pair[k]
        counts[sides[2 * pair] + who[cross_one[k]] - begins[one[pair]]] += 1
        counts[sides[2 * pair + 1] + who[cross_other[k]] - begins[other[pair]]] += 1
    for pair in range(one.size):
        for side in range(2):
            own = counts[sides[2 * pair + side] : sides[2 * pair + side + 1]]
            total = 0.0
            for k in range(own.size):
                total += float(own[k]) * float(own[k])
            statistic[_COLUMNS * pair + side] = total
            if detail:
                shown[_COLUMNS * pair + side] = _half(own)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _paired(who_one: Any, who_other: Any, begins: Any, one: Any, other: Any, cross_one: Any, cross_other: Any,
            cross_pair: Any, needed: Any, starts: Any, sides: Any, counts: Any, cells: Any, statistic: Any, shown: Any,
            detail: bool, fixed: int, unmet: int) -> None:  # fmt: skip
    """Pairs of people given what each carries, and needed pairs who handed over; leaves `cells` empty."""
    counts[:] = 0
    for k in range(cross_pair.size):
        pair = cross_pair[k]
        a, b = who_one[cross_one[k]] - begins[one[pair]], who_other[cross_other[k]] - begins[other[pair]]
        counts[sides[2 * pair] + a] += 1
        counts[sides[2 * pair + 1] + b] += 1
        cell = starts[pair] + a * (begins[other[pair] + 1] - begins[other[pair]]) + b
        if cells[cell] == 0 and needed[cell]:
            statistic[_COLUMNS * pair + unmet] -= 1.0
        cells[cell] += 1
    for k in range(cross_pair.size):
        pair = cross_pair[k]
        a, b = who_one[cross_one[k]] - begins[one[pair]], who_other[cross_other[k]] - begins[other[pair]]
        cell = starts[pair] + a * (begins[other[pair] + 1] - begins[other[pair]]) + b
        # The sum over crossings of n / (a b) is the sum over pairs of n squared / (a b): chi square / N plus 1.
        both = float(counts[sides[2 * pair] + a]) * float(counts[sides[2 * pair + 1] + b])
        statistic[_COLUMNS * pair + fixed] += float(cells[cell]) / both
    if detail:
        for pair in range(one.size):
            own = cells[starts[pair] : starts[pair + 1]]
            shown[_COLUMNS * pair + fixed] = _half(own[own > 0])
            shown[_COLUMNS * pair + unmet] = -statistic[_COLUMNS * pair + unmet]
    for k in range(cross_pair.size):
        pair = cross_pair[k]
        a, b = who_one[cross_one[k]] - begins[one[pair]], who_other[cross_other[k]] - begins[other[pair]]
        cells[starts[pair] + a * (begins[other[pair] + 1] - begins[other[pair]]) + b] = 0


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _deal(key: Any, who: Any, begin: Any, size: Any, wanted: Any, begins: Any, one: Any, other: Any, cross_one: Any,
          cross_other: Any, cross_pair: Any, back_first: Any, back_last: Any, back_test: Any, needed: Any, starts: Any,
          statistic: Any, shown: Any) -> None:  # fmt: skip
    """Fill the statistics: row 0 as observed, then one row per permutation; `who` is dealt out anew in place."""
    state = np.empty(1, dtype=np.uint64)
    state[0] = key
    seen = who.copy()
    sides = np.zeros(2 * one.size + 1, dtype=np.int64)
    for pair in range(one.size):
        sides[2 * pair + 1] = sides[2 * pair] + begins[one[pair] + 1] - begins[one[pair]]
        sides[2 * pair + 2] = sides[2 * pair + 1] + begins[other[pair] + 1] - begins[other[pair]]
    counts = np.zeros(sides[-1], dtype=np.int64)
    cells = np.zeros(needed.size, dtype=np.int64)
    for turn in range(statistic.shape[0]):
        if turn:
            _shuffle(who, begin, size, wanted, state)
        now, detail = statistic[turn], turn < shown.shape[0]
        told = shown[turn] if detail else shown[0]
        _carried(who, begins, one, other, cross_one, cross_other, cross_pair, sides, counts, now, told, detail)
        # Pairs: one side stays as it was, so that who carries much, and when, is no sign of pairing.
        _paired(seen, who, begins, one, other, cross_one, cross_other, cross_pair, needed, starts, sides, counts, cells,
                now, told, detail, 2, 5)  # fmt: skip
        _paired(who, seen, begins, one, other, cross_one, cross_other, cross_pair, needed, starts, sides, counts, cells,
                now, told, detail, 6, 7)  # fmt: skip
        for k in range(back_test.size):
            if who[back_first[k]] == who[back_last[k]]:
                now[_COLUMNS * (back_test[k] // 2) + 3 + back_test[k] % 2] += 1.0
        if detail:
            for pair in range(one.size):
                told[_COLUMNS * pair + 3 : _COLUMNS * pair + 5] = now[_COLUMNS * pair + 3 : _COLUMNS * pair + 5]
