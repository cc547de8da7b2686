"""More replications for designs that stand on the front, then for those that might, to a level that grows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from longwall.alignment.exploring.archive import Archive
from longwall.alignment.exploring.fronts import by_rank, covering, first_rank
from longwall.alignment.trials import Chosen, replications

__all__ = ["race"]

_SHARE = 0.5
"""Members of the front are confirmed to the level at which they take this share of all that was spent."""
_MOST_BLOCKS = 6
"""Racing stops at this many blocks (128 replications) for a design: fresh replications do the rest."""
_ABREAST = 60
"""Members of the front that are raced; of a larger front, those that cover it."""
_NEAREST = 120
"""Designs off the front that may be rivals: those of the next fronts."""


def race(archive: Archive, *, most: int) -> int:
    """Give designs on the front, then their rivals, one more block each; return the replications it took.

    Parameters
    ----------
    most : int
        Replications to spend, >= 0.

    Notes
    -----
    A level counts blocks, each as large as all before it. The level is the highest at which the front would have taken
    `_SHARE` of all replications spent so far; members below it come first, the lowest first, then rivals: designs that
    would be on the front were they one standard deviation better than expected. Confirming rivals before members was
    disastrous in trial runs.
    """
    trials = archive.trials
    members = _members(archive)
    level = 1
    while level < _MOST_BLOCKS and len(members) * replications(level + 1) <= _SHARE * trials.spent:
        level += 1
    wanted = _pick(archive, members, level, most)
    cost = sum(_next(archive, design) for design, _ in wanted)
    if cost < most:
        wanted += _pick(archive, _rivals(archive, members), level, most - cost)
    before = trials.spent
    trials.try_all(wanted)
    return trials.spent - before


def _members(archive: Archive) -> list[Chosen]:
    """Return those members of the front that cover it."""
    front = archive.front()
    if len(front) <= _ABREAST:
        return front
    return [front[place] for place in covering(archive.expected(front), _ABREAST)]


def _next(archive: Archive, design: Chosen) -> int:
    """Return the replications of a design's next block."""
    blocks = archive.trials.blocks(design)
    return replications(blocks + 1) - replications(blocks)


def _pick(archive: Archive, designs: Sequence[Chosen], level: int, most: int) -> list[tuple[Chosen, int]]:
    """Return the designs below a level, the lowest first, that can be paid for, each with its next block."""
    below = sorted(
        (design for design in designs if archive.trials.blocks(design) < level),
        key=lambda design: archive.trials.blocks(design),
    )
    found: list[tuple[Chosen, int]] = []
    for design in below:
        cost = _next(archive, design)
        if cost > most:
            break
        most -= cost
        found.append((design, archive.trials.blocks(design) + 1))
    return found


def _rivals(archive: Archive, members: Sequence[Chosen]) -> list[Chosen]:
    """Return tried designs off the front that would be on it were they one standard deviation better."""
    known = set(members)
    others = [design for design in archive.trials.tried if design not in known]
    if not others:
        return []
    points, front = archive.expected(others), archive.expected(members)
    nearest = by_rank(points, _NEAREST)
    others, points = [others[place] for place in nearest], points[nearest]
    near = points.copy()
    near[:, :2] -= archive.doubt(others)
    on = [bool(first_rank(np.vstack([front, point]))[-1]) for point in near]
    return [design for design, stands in zip(others, on, strict=True) if stands]
