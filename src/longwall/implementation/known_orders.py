"""Orders of change whose best one is known exactly, to hold a solver to account.

Blocks of weeks are cut, like sheets without waste, into tasks that fill the time of every role completely; the worth of
a person-week falls from block to block. No order can then be better than the one that was cut, and finding it is a
packing puzzle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from longwall.implementation.tasks import Task, Terms, objective
from longwall.streams import generator

__all__ = ["Planted", "planted"]

_OBSERVE_WEEKS = 4
_CAPACITY = 100
"""Tenths of a person-week a week that each role has for change."""
_SHARED = 0.3
"""Share of each role's time that goes to tasks of two roles."""


@dataclass(frozen=True)
class Planted:
    """A problem, the best start weeks, and their objective.

    Parameters
    ----------
    best : int
        Sum of weight times end week of `start`, which no order beats.
    bound : float
        The lower bound that proves it, computed from the tasks alone.
    """

    tasks: tuple[Task, ...]
    terms: Terms
    start: dict[str, int]
    best: int
    bound: float


@dataclass(frozen=True)
class _Sheet:
    """Weeks from `at`, so many tenths of the time of each of some roles."""

    at: int
    weeks: int
    roles: tuple[int, ...]
    tenths: int

    @property
    def size(self) -> int:
        """Tenths of person-weeks in it."""
        return self.weeks * self.tenths * len(self.roles)


@dataclass(frozen=True)
class _Cut:
    """A task as it was cut: its spans from week 0, what it takes, and the weeks of observing at its end."""

    spans: tuple[tuple[int, int], ...]
    roles: tuple[int, ...]
    tenths: int
    tail: int

    @property
    def energy(self) -> int:
        """Tenths of person-weeks that it takes of each of its roles."""
        return self.tenths * sum(weeks for _, weeks in self.spans)


def planted(
    seed: int, *, increments: int = 200, pairs: int = 300, roles: int = 4, block_weeks: int = 12,
    per_block: int = 20, steep: float = 1.15,
) -> Planted:  # fmt: skip
    """Return a problem with a known best order.

    Most tasks concern one role, some two, as increments do; some are piloted and expanded around weeks of observing.

    Parameters
    ----------
    pairs : int
        Precedences, drawn from those that the best order keeps; fewer where there are not so many.
    block_weeks : int
        Weeks of a block, >= 2.
    per_block : int
        Tasks of a block, at least as many as `roles` and one more.
    steep : float
        Ratio of the worth of a person-week from one block to the next, > 1; the nearer to 1, the less it costs to mix
        the blocks.

    Notes
    -----
    Let task j take e_jr person-weeks of role r with capacity C_r, and M_j be the mean of the times at which they are
    spent. Whatever the order, the sum over r and j of rho_j e_jr M_j is at least its value when each role works without
    a pause through its tasks by falling rho (Smith 1956; Goemans 1997 for the mean busy time). With weights
    w_j = rho_j sum_r e_jr and M_j = start + a constant of the task, that bounds the weighted completion; the order that
    was cut attains it.
    """
    random = generator(seed, "planted order")
    blocks = max(1, round(increments / per_block))
    cuts: list[tuple[int, _Cut]] = []
    for block in range(blocks):
        many = increments // blocks + (block < increments % blocks)
        sheets = _sheets(random, block * block_weeks, block_weeks, roles)
        for sheet, share in zip(sheets, _shares(sheets, many), strict=True):
            cuts += [(block, piece) for piece in _cut(random, sheet, share)]
    worth = [round(20 * steep ** (blocks - 1 - block)) + blocks - block for block in range(blocks)]
    tasks, start = [], {}
    for place, (block, cut) in enumerate(cuts):
        name, begin = f"t{place:03d}", cut.spans[0][0]
        end = sum(cut.spans[-1])
        start[name] = begin
        tasks.append(
            Task(
                id=name, weeks=end - begin + cut.tail, cost=0, weight=worth[block] * cut.energy * len(cut.roles),
                work=tuple((at - begin, weeks) for at, weeks in cut.spans),
                roles=tuple(f"r{role}" for role in cut.roles),
                load={f"r{role}": cut.tenths / 10 for role in cut.roles},
            )
        )  # fmt: skip
    terms = Terms(
        pairs=_pairs(random, tasks, start, pairs), people_load={f"r{role}": _CAPACITY / 10 for role in range(roles)}
    )
    best, _ = objective(tasks, start)
    return Planted(tuple(tasks), terms, start, best, _bound(cuts, tasks, worth, roles))


def _sheets(random: np.random.Generator, at: int, weeks: int, roles: int) -> list[_Sheet]:
    """Part the time of all roles in one block: one sheet of each role, one of each of some pairs of roles."""
    left = [_CAPACITY] * roles
    found = []
    order = random.permutation(roles).tolist()
    for one, other in zip(order[::2], order[1::2], strict=False):
        tenths = int(_CAPACITY * _SHARED * random.uniform(0.5, 1.5))
        left[one] -= tenths
        left[other] -= tenths
        found.append(_Sheet(at, weeks, tuple(sorted((one, other))), tenths))
    return found + [_Sheet(at, weeks, (role,), tenths) for role, tenths in enumerate(left)]


def _shares(sheets: list[_Sheet], many: int) -> list[int]:
    """Give each sheet its part of so many tasks, by size, at least one."""
    found = [1] * len(sheets)
    for _ in range(many - len(sheets)):
        row = max(range(len(sheets)), key=lambda row: sheets[row].size / found[row])
        found[row] += 1
    return found


def _cut(random: np.random.Generator, sheet: _Sheet, many: int) -> list[_Cut]:
    """Cut a sheet into `many` tasks without waste; fewer where it is too small."""
    if many <= 1 or (sheet.weeks < 2 and sheet.tenths < 2):
        tail = int(random.choice((0, _OBSERVE_WEEKS)))
        return [_Cut(((sheet.at, sheet.weeks),), sheet.roles, sheet.tenths, tail)]
    if sheet.weeks > _OBSERVE_WEEKS + 1 and random.random() < 0.5:
        return _around(random, sheet, many)
    first = int(random.integers(1, many))
    share = float(np.clip(first / many + random.uniform(-0.15, 0.15), 0.05, 0.95))
    across = sheet.tenths >= 2 and (sheet.weeks < 3 or random.random() < 0.5)
    return _cut(random, _part(sheet, share, across, 0), first) + _cut(
        random, _part(sheet, share, across, 1), many - first
    )


def _part(sheet: _Sheet, share: float, across: bool, side: int) -> _Sheet:
    """One side of a sheet that is cut across its height (of the tenths) or along its weeks."""
    whole = sheet.tenths if across else sheet.weeks
    first = int(np.clip(round(whole * share), 1, whole - 1))
    size = whole - first if side else first
    if across:
        return _Sheet(sheet.at, sheet.weeks, sheet.roles, size)
    return _Sheet(sheet.at + (first if side else 0), size, sheet.roles, sheet.tenths)


def _around(random: np.random.Generator, sheet: _Sheet, many: int) -> list[_Cut]:
    """Cut a task that is piloted and expanded around weeks of observing, in which others take its place."""
    pilot = int(random.integers(1, sheet.weeks - _OBSERVE_WEEKS))
    expand_at = sheet.at + pilot + _OBSERVE_WEEKS
    tenths, inside = sheet.tenths, many - 1
    if many >= 3 and sheet.tenths >= 2:
        share = 2.0 / (many + 1)
        tenths = int(np.clip(round(sheet.tenths * random.uniform(0.5, 1.5) * share), 1, sheet.tenths - 1))
        inside = int(np.clip(round((many - 1) * share), 1, many - 2))
    end = sheet.at + sheet.weeks
    found = [_Cut(((sheet.at, pilot), (expand_at, end - expand_at)), sheet.roles, tenths, 0)]
    found += _cut(random, _Sheet(sheet.at + pilot, _OBSERVE_WEEKS, sheet.roles, tenths), inside)
    if sheet.tenths > tenths:
        rest = _Sheet(sheet.at, sheet.weeks, sheet.roles, sheet.tenths - tenths)
        found += _cut(random, rest, many - 1 - inside)
    return found


def _pairs(
    random: np.random.Generator, tasks: list[Task], start: dict[str, int], most: int
) -> tuple[tuple[str, str], ...]:
    """Draw precedences that the best order keeps, near ones more often than far ones."""
    found = [(one.id, other.id, start[other.id] - start[one.id] - one.weeks) for one in tasks for other in tasks]
    found = [pair for pair in found if pair[2] >= 0]
    if len(found) <= most:
        return tuple((before, after) for before, after, _ in found)
    chance = np.array([1.0 / (1.0 + pause) for _, _, pause in found])
    rows = random.choice(len(found), size=most, replace=False, p=chance / chance.sum())
    return tuple(found[row][:2] for row in sorted(rows.tolist()))


def _bound(cuts: list[tuple[int, _Cut]], tasks: list[Task], worth: list[int], roles: int) -> float:
    """Return the bound: each role without a pause through its work by falling worth, and what comes after."""
    found = 0.0
    for role in range(roles):
        done = 0.0
        for block, value in enumerate(worth):
            energy = sum(cut.energy for of, cut in cuts if of == block and role in cut.roles)
            found += value * energy * (done + energy / 2) / _CAPACITY
            done += energy
    for task in tasks:
        work = sum(weeks for _, weeks in task.work)
        middle = sum((offset + weeks / 2) * weeks for offset, weeks in task.work) / work
        found += task.weight * (task.weeks - middle)
    return found
