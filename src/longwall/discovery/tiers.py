"""Support levels of teams: found from the direction in which items first go from team to team.

An item that nobody on one level can settle goes up; what comes back does not count. Levels are claimed only where the
direction is far beyond chance, teams of neighbouring levels do the same kind of work, and items are settled on every
level: where work merely passes from one department to the next, those are steps and no levels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall import streams
from longwall.discovery.flow import wilson
from longwall.discovery.teams import Groups

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Tiers", "named_levels", "tiers_of"]

_LEAST_MOVES = 20
_LEAST_CASES = 50
_DRAWS = 999
_SURE = 0.01
_UPWARD = 0.7
_ALIKE = 0.6
_SETTLED = 0.1
_NAMED_SHARE = 0.5
_NAME = re.compile(
    r"\b(?:support[ _-]?)?(?:level|tier|line|lvl)[ _-]?([1-4])(?![a-z0-9])|(?<![a-z0-9])[lt]([1-4])(?![a-z0-9])"
    r"|(?<![0-9])([1-4])(?:st|nd|rd|th)(?![a-z])|(?<![0-9])([1-4])[ _-](?:level|tier|line|lvl)(?![a-z0-9])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Tiers:
    """Support levels.

    Parameters
    ----------
    level : ndarray of int64, shape (n_teams,)
        From 1; 0 where a team has no level, and for all where no levels are claimed.
    named : bool
        Whether the names of the teams told the levels, and handovers agreed.
    upward, low, high : float
        Share of first handovers between levels that go up, with a 95% score interval; NaN where none were counted.
    moves : int
        First handovers between levels.
    chance : float
        p value of the direction; 1 where it was not tested.
    why_not : str
        Why no levels are claimed; empty where they are.
    """

    level: NDArray[np.int64]
    named: bool = False
    upward: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    moves: int = 0
    chance: float = 1.0
    why_not: str = ""

    @property
    def levels(self) -> int:
        """How many levels are claimed; 0 where none are."""
        return int(self.level.max(initial=0))

    def sentence(self) -> str:
        """Say what the levels rest on; empty where none are claimed."""
        if not self.levels:
            return ""
        how = "the names of the teams, which handovers bear out" if self.named else "the direction of handovers"
        return (
            f"{100 * self.upward:.0f}% ({100 * self.low:.0f} to {100 * self.high:.0f}) of {self.moves} first handovers "
            f"between levels go up, p {self.chance:.2g} by turning items round; levels from {how}"
        )

    def notes(self) -> dict[int, str]:
        """Position of each team that has a level, and what to note of it."""
        return {
            int(team): f"support level {self.level[team]} of {self.levels}" for team in np.flatnonzero(self.level > 0)
        }

    def lines(self, ids: tuple[str, ...]) -> dict[str, str]:
        """Return a provenance line for each team that has a level.

        Parameters
        ----------
        ids : tuple of str
            Of the teams, by position.
        """
        footing = "counted" if self.named else "fitted"
        return {
            f"social.teams.{ids[t]}.note": f"{note}: {self.sentence()}; {footing}" for t, note in self.notes().items()
        }


def named_levels(names: tuple[str, ...]) -> NDArray[np.int64]:
    """Return the support level that each name tells, such as 2 for "Network 2nd line" or "L2 desk"; 0 for none."""
    found = np.zeros(len(names), dtype=np.int64)
    for place, name in enumerate(names):
        told = {int(digit) for match in _NAME.findall(name.replace("_", " ")) for digit in match if digit}
        if len(told) == 1:
            found[place] = told.pop()
    return found


def tiers_of(log: Log, groups: Groups, *, seed: int) -> Tiers:
    """Return the support levels of the teams.

    Parameters
    ----------
    seed : int
        Draws the permutations.

    Notes
    -----
    Only the first time that an item comes to a team counts, as a move from the team that had it. Ranks are those of
    springs of length one between the teams, one for each move (De Bacco and others); rounded, they are levels. Under
    chance every item might have taken its way backwards: whole items are turned round 999 times, ranks found again each
    time, and the share of moves that go up compared. Claimed at 1%, where at least 70% (lower end of the interval) go
    up, activities of neighbouring levels overlap by .6 (Bhattacharyya), and 10% of the items that come to each level
    but the last go no further. Levels in names need the direction alone, in the order that they give.

    References
    ----------
    De Bacco, Larremore and Moore 2018, "A physical model for efficient ranking in networks", Science Advances 4.
    """
    n = len(groups.team_names)
    nothing = np.zeros(n, dtype=np.int64)
    case, one, two = _first_moves(log, groups.team_of_event)
    if n < 2 or np.unique(case).size < _LEAST_CASES:
        return Tiers(nothing, why_not="too few items go from team to team")
    rng = streams.generator(seed, "tiers")
    place = np.unique(case, return_inverse=True)[1]
    turned = rng.random((_DRAWS, int(place.max()) + 1)) < 0.5
    told = named_levels(groups.team_names)
    if np.unique(told[told > 0]).size > 1:
        between = (told[one] > 0) & (told[two] > 0)
        if between.mean() >= _NAMED_SHARE:
            found = _judged(told, case, one, two, _net(told, one, two, place, turned), named=True)
            return found if not found.why_not else Tiers(nothing, why_not="handovers do not go the way the names say")
    moved = np.bincount(np.concatenate([one, two]), minlength=n)
    kept = (moved[one] >= _LEAST_MOVES) & (moved[two] >= _LEAST_MOVES)
    if np.unique(case[kept]).size < _LEAST_CASES:
        return Tiers(nothing, why_not="too few items go from team to team")
    case, one, two, place = case[kept], one[kept], two[kept], place[kept]
    level = _levels(one, two, n)
    draws = np.empty(_DRAWS)
    for draw in range(_DRAWS):
        back = turned[draw, place]
        source, target = np.where(back, two, one), np.where(back, one, two)
        drawn = _levels(source, target, n)
        draws[draw] = np.sign(drawn[target] - drawn[source]).sum()
    found = _judged(level, case, one, two, draws, named=False)
    if not found.why_not:
        why = _steps_only(log, groups, level)
        found = Tiers(nothing, why_not=why) if why else found
    return found


def _first_moves(log: Log, team: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Case, team before and team of each first arrival of an item at a team other than its first."""
    rows = np.flatnonzero(team >= 0)
    case, own = log.case[rows].astype(np.int64), team[rows]
    n = int(own.max(initial=0)) + 1
    _, first = np.unique(case * n + own, return_index=True)
    first = np.sort(first)
    follows = first[(first > 0) & (case[first] == case[np.maximum(first - 1, 0)])]
    return case[follows], own[follows - 1], own[follows]


def _levels(one: NDArray[np.int64], two: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Levels from 1 by rounding ranks of springs; 0 for teams that nothing goes to or from."""
    counts = np.bincount(one * n + two, minlength=n * n).reshape(n, n).astype(np.float64)
    used = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1))
    counts = counts[np.ix_(used, used)]
    both = counts + counts.T
    weight = both.sum(axis=1)
    # A weak spring to the origin fixes what is not connected.
    rank = np.linalg.solve(np.diag(weight + 1e-6 * weight.max()) - both, counts.sum(axis=0) - counts.sum(axis=1))
    offsets = np.linspace(0.0, 1.0, 20, endpoint=False)
    off = ((rank[:, None] - offsets - np.rint(rank[:, None] - offsets)) ** 2 * weight[:, None]).sum(axis=0)
    whole = np.rint(rank - offsets[int(np.argmin(off))]).astype(np.int64)
    level = np.zeros(n, dtype=np.int64)
    level[used] = np.unique(whole, return_inverse=True)[1] + 1
    return level


def _net(
    level: NDArray[np.int64],
    one: NDArray[np.int64],
    two: NDArray[np.int64],
    place: NDArray[np.int64],
    turned: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Moves up less moves down of each draw, levels fixed."""
    known = (level[one] > 0) & (level[two] > 0)
    step = np.where(known, np.sign(level[two] - level[one]), 0).astype(np.float64)
    of_case = np.bincount(place, weights=step, minlength=turned.shape[1])
    return np.asarray(np.where(turned, -1.0, 1.0) @ of_case)


def _judged(
    level: NDArray[np.int64],
    case: NDArray[np.int64],
    one: NDArray[np.int64],
    two: NDArray[np.int64],
    draws: NDArray[np.float64],
    *,
    named: bool,
) -> Tiers:
    """Hold the direction of moves between levels against the draws."""
    between = (level[one] > 0) & (level[two] > 0) & (level[one] != level[two])
    up = int((level[two] > level[one])[between].sum())
    moves = int(between.sum())
    net = 2 * up - moves
    chance = float((1 + (draws >= net).sum()) / (1 + draws.size))
    none = np.zeros(level.size, dtype=np.int64)
    if np.unique(level[level > 0]).size < 2:
        return Tiers(none, why_not="handovers go both ways")
    if moves < _LEAST_MOVES or np.unique(case[between]).size < _LEAST_CASES:
        return Tiers(none, why_not="too few items go from team to team")
    low, high = wilson(float(up), float(moves))
    if chance > _SURE or low < _UPWARD:
        return Tiers(none, why_not="handovers go both ways")
    return Tiers(level, named, up / moves, low, high, moves, chance)


def _steps_only(log: Log, groups: Groups, level: NDArray[np.int64]) -> str:
    """Why levels are steps of a flow and no support levels; empty where they may be levels."""
    team = groups.team_of_event
    rows = np.flatnonzero(team >= 0)
    own = level[team[rows]]
    rows, own = rows[own > 0], own[own > 0]
    top = int(level.max())
    kinds = len(log.activities)
    done = np.bincount((own - 1) * kinds + log.activity[rows], minlength=top * kinds).reshape(top, kinds)
    share = done / np.maximum(done.sum(axis=1, keepdims=True), 1)
    if (np.sqrt(share[:-1] * share[1:]).sum(axis=1) < _ALIKE).any():
        return "teams do different things: handovers are steps of the flow"
    highest = np.zeros(log.n_cases, dtype=np.int64)
    np.maximum.at(highest, log.case[rows], own)
    reached = np.unique(log.case[rows].astype(np.int64) * (top + 1) + own)
    for step in range(1, top):
        came = reached[reached % (top + 1) == step] // (top + 1)
        if (highest[came] == step).mean() < _SETTLED:
            return "hardly anything is settled on a lower level: handovers are steps of the flow"
    return ""
