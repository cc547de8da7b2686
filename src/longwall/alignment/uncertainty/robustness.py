"""Does a recommendation keep its sign? Designs, steps and today, side by side, over draws of everything assumed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.objectives import Scales
from longwall.alignment.results import Effect, Range, Verdict
from longwall.alignment.trials import Sample, Simulator, block_seed
from longwall.alignment.uncertainty.draws import assumed_paths, drawn
from longwall.alignment.uncertainty.knowledge import SHARES_OF_SET, at_share, carried, unidentified
from longwall.errors import LongwallError
from longwall.worksystem import Column, WorkSystem

__all__ = ["ENOUGH", "Subject", "Watched", "verdicts", "watched"]

ENOUGH = 0.9
"""Share of draws in which the signs must stay (people.md)."""

_AT_ONCE = 5
"""Draws after which doubtful subjects are looked for; it changes what is spent, and no draw."""

_WHY = "the sign depends on how much of the time was work, which a log without starts does not show"

Watched = tuple[int, float]
"""Position of an indicator and the sign of its improvement."""


def watched(scales: Scales, design: Sample, today: Sample, effect: Effect, column: Column) -> Watched | None:
    """Return the indicator that carries most of a column's improvement beyond noise, or None.

    Parameters
    ----------
    effect : Effect
        Fresh changes of the design.
    """
    beyond = {change.indicator for change in effect.differences if change.better and change.scope == "organisation"}
    rows = scales.indicators(column)
    parts = scales.contributions(design, today, column)
    able = [(part, row) for part, row in zip(parts, rows, strict=True) if design.keys[row].id in beyond and part < 0]
    if not able:
        return None
    row = min(able)[1]
    return row, -1.0 if design.keys[row].better == "lower" else 1.0


@dataclass(frozen=True)
class Subject:
    """What a verdict is asked of: a design, or one step on its own.

    Parameters
    ----------
    sides : pair
        The technical and the social indicator watched.
    whole : bool
        Whether all draws are made, however doubtful it is; the ranges of its indicators come from them.
    """

    name: str
    of: Literal["design", "step"]
    system: WorkSystem
    sides: tuple[Watched | None, Watched | None]
    whole: bool = False


def verdicts(
    subjects: Sequence[Subject], today: WorkSystem, *, simulator: Simulator, seed: int, draws: int, replications: int,
    threads: int, progress: Callable[[float], None] | None = None,
) -> tuple[tuple[Verdict, ...], int]:  # fmt: skip
    """Return whether the main improvements keep their signs over draws of everything assumed; and replications spent.

    All subjects and today meet the same draws under the same luck.

    Parameters
    ----------
    draws, replications : int
        Draws of the assumptions; replications of each, under luck common to today and design.

    Notes
    -----
    A draw in which either system cannot be simulated counts as one in which the sign does not stay. A subject that can
    no longer reach nine in ten is left off. Where work is only bounded, the signs are looked at with all of it at its
    lower bounds, in the middle and at its upper bounds as well; a sign that is not the same there is not identified,
    and the subject is no more than worth a pilot.
    """
    ledger = [_Kept(subject) for subject in subjects]
    spent = 0
    with ThreadPoolExecutor(threads) as pool:
        for first in range(0, draws, _AT_ONCE):
            batch = range(first, min(first + _AT_ONCE, draws))
            asked = [kept for kept in ledger if kept.open(draws)]
            if not asked:
                break
            systems = [today, *(kept.subject.system for kept in asked)]

            def sampled(task: tuple[int, WorkSystem]) -> Sample | None:
                draw, system = task
                luck = block_seed(seed, "robustness", draw)
                try:
                    moved = drawn(system, seed=seed, draw=draw)
                    return simulator.sample(moved, seed=luck, replications=replications)
                except LongwallError:
                    return None

            found = list(pool.map(sampled, [(draw, system) for draw in batch for system in systems]))
            spent += replications * sum(sample is not None for sample in found)
            for place in range(len(batch)):
                now, *then = found[place * len(systems) : (place + 1) * len(systems)]
                for kept, sample in zip(asked, then, strict=True):
                    kept.note(now, sample)
            if progress is not None:
                progress(batch.stop / draws)
    open_signs, bounds = _not_identified(today, subjects, simulator=simulator, seed=seed, replications=replications)
    return tuple(kept.verdict(signs) for kept, signs in zip(ledger, open_signs, strict=True)), spent + bounds


class _Kept:
    """What the draws so far have said of one subject."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.draws = self.kept = 0
        self._names = ["", ""]
        self._changes: list[tuple[Sample, NDArray[np.float64]]] = []

    def open(self, draws: int) -> bool:
        """Whether a further draw can still change something."""
        if not any(self.subject.sides):
            return False
        return self.subject.whole or self.draws - self.kept <= (1.0 - ENOUGH) * draws + 1e-9

    def note(self, now: Sample | None, then: Sample | None) -> None:
        """Count one draw."""
        self.draws += 1
        if now is None or then is None:
            return
        gaps = np.nan_to_num(then.values - now.values).mean(axis=0)
        self._changes.append((then, gaps))
        for side, found in enumerate(self.subject.sides):
            if found is not None:
                self._names[side] = then.keys[found[0]].id
        self.kept += all(gaps[side[0]] * side[1] > 0.0 for side in self.subject.sides if side is not None)

    def verdict(self, open_signs: tuple[str, ...]) -> Verdict:
        """Return what the draws came to."""
        share = self.kept / self.draws if self.draws else 0.0
        sure = share >= ENOUGH and not open_signs
        said = " and ".join(filter(None, self._names))
        words = (
            f"In {self.kept} of {self.draws} draws over everything assumed the improvement keeps its sign ({said}); "
            if said
            else "It improves nothing beyond noise by itself; "
        )
        return Verdict(
            design=self.subject.name,
            of=self.subject.of,
            verdict="recommended" if sure else "worth a pilot",
            share=share,
            draws=self.draws,
            technical=self._names[0],
            social=self._names[1],
            rests_on=assumed_paths(self.subject.system) if self.subject.whole else (),
            statement=words
            + ("recommended." if sure else "worth a pilot.")
            + (f" Not identified: {' and '.join(open_signs)}; {_WHY}." if open_signs else ""),
            not_identified=open_signs,
            ranges=_ranges(self._changes) if self.subject.whole else (),
        )


def _not_identified(
    today: WorkSystem, subjects: Sequence[Subject], *, simulator: Simulator, seed: int, replications: int
) -> tuple[list[tuple[str, ...]], int]:
    """Return the watched indicators that do not improve everywhere between the bounds of the work; and the price."""
    found: list[dict[str, None]] = [{} for _ in subjects]
    spent = 0
    if unidentified(today):
        luck = block_seed(seed, "bounds", 0)
        for share in SHARES_OF_SET:
            placed = at_share(today, share)
            now = simulator.sample(placed, seed=luck, replications=replications)
            spent += replications * (1 + len(subjects))
            for subject, signs in zip(subjects, found, strict=True):
                then = simulator.sample(carried(subject.system, today, placed), seed=luck, replications=replications)
                gaps = np.nan_to_num(then.values - now.values).mean(axis=0)
                sides = [side for side in subject.sides if side is not None]
                signs |= {then.keys[row].id: None for row, sign in sides if gaps[row] * sign <= 0}
    return [tuple(signs) for signs in found], spent


def _ranges(changes: Sequence[tuple[Sample, NDArray[np.float64]]]) -> tuple[Range, ...]:
    """Return how far each indicator of the organisation moves over the draws."""
    if not changes:
        return ()
    keys = changes[0][0].keys
    low, high = np.quantile([gaps for _, gaps in changes], [0.025, 0.975], axis=0)
    return tuple(
        Range(indicator=key.id, low=float(low[row]), high=float(high[row]))
        for row, key in enumerate(keys)
        if key.scope == "organisation"
    )
