"""How often the log shows what stands in the model: functions done, items that pass, and which team did what."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.view import View
from longwall.evidence import MIN_GROUP
from longwall.worksystem import Id, Piece

__all__ = ["Counts", "Move", "counts_of"]


class Move(Piece):
    """Items that go from one place to another, as counted; for `Counts.does` from a team to a function."""

    source: Id
    target: Id
    count: int


class Counts(Piece):
    """What the log shows, by ids of the model.

    Parameters
    ----------
    functions : mapping of Id to int
        Executions; a measure of items.
    teams : tuple of Id
        Teams under whose name something happened.
    moves : tuple of Move
        Items that go from function to function directly.
    handovers : tuple of Move
        Items that go from team to team; what nobody of a team did is passed over.
    does : tuple of Move
        Executions of a function by a team. Left out for every team of a function that people of a team did of whom
        there are one to four: their part would follow by subtraction.
    """

    functions: dict[Id, int] = {}
    teams: tuple[Id, ...] = ()
    moves: tuple[Move, ...] = ()
    handovers: tuple[Move, ...] = ()
    does: tuple[Move, ...] = ()


def counts_of(view: View) -> Counts:
    """Return what a log shows of functions, teams and what passes between them."""
    log = view.log
    functions, teams = view.functions, view.team_ids
    inside = log.case[1:] == log.case[:-1]
    moves = _pairs(log.activity[:-1][inside], log.activity[1:][inside], len(functions), len(functions))
    stays = view.stays
    next_one = stays.case[1:] == stays.case[:-1]
    passed = _pairs(stays.team[:-1][next_one], stays.team[1:][next_one], len(teams), len(teams))
    counts = np.bincount(log.activity, minlength=len(functions))
    return Counts(
        functions={name: int(n) for name, n in zip(functions, counts, strict=True) if n},
        teams=tuple(teams[code] for code in np.unique(view.team[view.team >= 0]).tolist()),
        moves=_moves(moves, functions, functions),
        handovers=_moves(passed, teams, teams),
        does=_moves(_done(view), teams, functions),
    )


def _pairs(one: NDArray[np.integer], other: NDArray[np.integer], rows: int, columns: int) -> NDArray[np.int64]:
    """Count pairs."""
    key = one.astype(np.int64) * max(columns, 1) + other
    return np.bincount(key, minlength=rows * columns).reshape(rows, columns)


def _moves(counts: NDArray[np.int64], sources: tuple[str, ...], targets: tuple[str, ...]) -> tuple[Move, ...]:
    """The pairs that occur, most first."""
    rows, columns = np.nonzero(counts)
    order = sorted(zip(rows.tolist(), columns.tolist(), strict=True), key=lambda p: (-counts[p], p))
    return tuple(Move(source=sources[a], target=targets[b], count=int(counts[a, b])) for a, b in order)


def _done(view: View) -> NDArray[np.int64]:
    """Executions by team and function; zero for functions at which one to four people of some team were seen."""
    log, n = view.log, len(view.functions)
    known = view.team >= 0
    done = _pairs(view.team[known], log.activity[known], len(view.team_ids), n)
    people = known & (log.resource >= 0) & ~view.performers.machine
    if people.any():
        cell = view.team[people] * n + log.activity[people]
        pairs = np.unique(np.stack([cell, log.resource[people].astype(np.int64)]), axis=1)
        heads = np.bincount(pairs[0], minlength=done.size).reshape(done.shape)
        done[:, ((heads > 0) & (heads < MIN_GROUP)).any(axis=0)] = 0
    return done
