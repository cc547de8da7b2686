"""Exploring the design space: a warm start, then rounds of proposals and racing, until the front stands still.

As prescribed by trial runs on problems with known fronts: few replications for everybody, more only for those who stand
on the front, the number growing while the search goes on; every design that was ever tried stays in the archive. A
round depends on what was tried before and never on the budget, so that a search with more to spend begins as the
shorter one did.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from longwall.alignment.exploring.archive import Archive
from longwall.alignment.exploring.proposals import proposals
from longwall.alignment.exploring.racing import race
from longwall.alignment.exploring.stopping import Standstill
from longwall.alignment.space import Space
from longwall.alignment.trials import BLOCK, Chosen
from longwall.streams import generator

__all__ = ["Archive", "explore"]

_SINGLES = 24
"""Most single changes of the warm start; the others come as neighbours of today."""
_MIXED = 8
"""Mixed designs of the warm start, where there is no cheap model: enough for a first guess at what adds up."""
_MIXED_MOST = 0.5
"""Largest share of decisions that a mixed design takes; the smallest takes almost none."""
_CHEAP_FIRST = 24
"""Most designs of the warm start that the cheap model puts on the front."""
_BATCH = 16
"""Fewest designs that are tried between two fits of the surrogate."""
_GROWTH = 1 / 16
"""As a share of those tried before, when there are many."""
_DRAWN = (False, True)
"""Whether proposals follow a draw of what designs may be worth, or what is expected, round by round."""
_KNOWN = 3.0
"""Designs tried for each choice from which on proposals go far and follow draws; before, they stay near the tried."""
_NEAR, _FAR = 4, 12
"""Most steps of a walk from what was tried, before and after; and with the cheap model."""
_WHOLE = 32
"""Spaces of so many designs are tried whole."""
_RACING = 1.0
"""Replications for racing for each one for new designs."""

Progress = Callable[[float, str], None]


class _Evaluations:
    """Spends the budget: tries designs until it is used up."""

    def __init__(self, archive: Archive, budget: int, progress: Progress | None) -> None:
        self.archive, self.trials = archive, archive.trials
        self.budget = budget
        self._progress = progress

    @property
    def left(self) -> int:
        """Replications that may still be spent."""
        return max(0, self.budget - self.trials.spent)

    def first(self, designs: Sequence[Chosen]) -> int:
        """Give new designs that the environment admits their first block, as far as the budget goes; say how many."""
        new: list[tuple[Chosen, int]] = []
        for design in dict.fromkeys(designs):
            if self.trials.blocks(design) == 0 and len(new) < self.left // BLOCK and self.trials.admits(design):
                new.append((design, 1))
        self.trials.try_all(new)
        self.report("trying designs")
        return len(new)

    def report(self, what: str) -> None:
        """Tell how far it is."""
        if self._progress is not None:
            self._progress(min(1.0, self.trials.spent / self.budget), what)


def explore(archive: Archive, *, budget: int, seed: int, progress: Progress | None = None) -> Archive:
    """Return the archive after spending up to `budget` replications on its space.

    Parameters
    ----------
    archive : Archive
        With today tried; anything else in it is used.
    budget : int
        Replications in all, counting what the archive has spent already: an upper limit, as the search ends where the
        front stands still (`Standstill`).
    seed : int
        Of the proposals; the simulated luck has the trials' own.

    Notes
    -----
    Warm start: single changes in the order of the findings they answer, then the front of the cheap model, or without
    one random mixtures of few and of many changes. Rounds: designs that widen the expected front most get one block
    each (`proposals`), then members of the front and their rivals get more (`race`). Until a few designs were tried for
    each choice, proposals stay near what was tried.
    """
    spend = _Evaluations(archive, budget, progress)
    if _whole(archive.space, spend):
        return archive
    _warm(archive, spend, seed)
    still = Standstill(archive)
    rounds = 0
    while spend.left >= BLOCK and not still.reached():
        draw = generator(seed, "alignment", "proposals", rounds)
        batch = max(_BATCH, int(_GROWTH * len(archive.trials.tried)))
        known = len(archive.trials.tried) >= _KNOWN * sum(archive.space.sizes - 1)
        drawn = known and _DRAWN[rounds % len(_DRAWN)]
        tried = spend.first(proposals(archive, batch, draw, steps=_FAR if known else _NEAR, drawn=drawn))
        most = int(_RACING * BLOCK * (tried or batch))
        raced = race(archive, most=min(most, spend.left))
        spend.report("comparing the best")
        rounds += 1
        if not tried and not raced:
            break
    return archive


def _whole(space: Space, spend: _Evaluations) -> bool:
    """Try a small space whole; then race until the budget is spent."""
    if space.size > _WHOLE or space.size * BLOCK > spend.left:
        return False
    spend.first([space.design(genes) for genes in product(*(range(int(size)) for size in space.sizes))])
    still = Standstill(spend.archive)
    while spend.left >= BLOCK and not still.reached() and race(spend.archive, most=min(BLOCK * _BATCH, spend.left)):
        spend.report("comparing the best")
    return True


def _warm(archive: Archive, spend: _Evaluations, seed: int) -> None:
    """Try single changes, then what the cheap model puts on the front, or mixtures of few and of many changes."""
    space = archive.space
    singles = list(dict.fromkeys(space.settle([name]) for name in space.interventions))
    spend.first(singles[:_SINGLES])
    if archive.has_cheap_model:
        spend.first(proposals(archive, _CHEAP_FIRST, generator(seed, "alignment", "warm"), steps=_FAR))
        return
    draw = generator(seed, "alignment", "mixed")
    shares = np.linspace(0.0, _MIXED_MOST, _MIXED + 1)[1:, None]
    taken = draw.random((_MIXED, len(space.sizes))) < shares
    genes = np.where(taken, draw.integers(0, space.sizes, size=taken.shape), 0)
    spend.first([archive.designed(each) for each in genes])
