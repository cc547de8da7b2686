"""A forecaster for judging: the donor model, its settings chosen on rolling origins inside the log it was given.

Nothing after the cut is looked at. Settings are tried on earlier cuts that recreate the whole situation: the log masked
at the inner cut, the future recorded up to the inner extraction, the same rule for which cases are kept. The incumbent
(whole cases, no forgetting) gives way only to a clear and steady gain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall import streams
from longwall.discovery.distances import Trace, distances
from longwall.discovery.donors import Donors, Drawn, Situation, donors_of, simulate_cases
from longwall.discovery.traces import before, traces_of
from longwall.units import HOURS_PER_WEEK

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Choice", "Forecaster", "Trial", "choose", "last_period_again", "trace_of"]

_WEIGHTS = np.array([1.0, 0.5, 0.5, 1.0, 1.0])
_LEAST_GAIN = 0.04
_LEAST_GAIN_ONE_FOLD = 0.10
_FOLDS = 5
_SEEDS = (3, 12)
_EVENTS_PER_CHOICE = 60_000
_LEAST_CASES = 20
_FOLLOWS = (0.9, 0.5, 0.0)
_FLOOR = 1e-3


@dataclass(frozen=True)
class Choice:
    """Settings of the forecaster.

    Parameters
    ----------
    forgetting : str
        ``none``, ``hyperbolic``, ``half-life 1/4`` (of the span; 1/8, 1/16), ``last period`` (only cases of the last
        weeks, as many as are forecast, begin new ones).
    follow : float
        Probability of continuing the case being followed.
    again : bool
        The last period as it is, moved forward: the control itself.
    """

    forgetting: str = "none"
    follow: float = 1.0
    again: bool = False

    def words(self) -> str:
        """Return the settings as a sentence part."""
        if self.again:
            return "the last period again"
        follow = "whole cases" if self.follow == 1.0 else f"cases followed with probability {self.follow:g}"
        return f"{follow}, {'all of the past alike' if self.forgetting == 'none' else 'forgetting: ' + self.forgetting}"


@dataclass(frozen=True)
class Trial:
    """One setting that was tried: mean weighted log distance per fold, lower is better."""

    choice: Choice
    loss: tuple[float, ...]


class Forecaster:
    """The donor model on a log before a cut.

    Parameters
    ----------
    log : Log
        Only what was known at the cut; see `longwall.discovery.traces.before`.
    situation : Situation
    """

    def __init__(self, log: Log, situation: Situation) -> None:
        self.log = log
        self.situation = situation
        self.donors: Donors = donors_of(log, situation.cut_h)

    def draw(self, choice: Choice, rng: np.random.Generator) -> Drawn:
        """Return one future log under a setting."""
        if choice.again:
            return last_period_again(self.log, self.situation, rng)
        traces = self.donors.traces
        case_weight = self._weight(traces.arrival_h, choice.forgetting)
        event_weight = self._weight(self.donors.end_h, choice.forgetting)
        return simulate_cases(
            self.donors,
            self.situation,
            follow=choice.follow,
            case_weight=case_weight,
            event_weight=event_weight,
            rng=rng,
        )

    def _weight(self, time_h: NDArray[np.float64], forgetting: str) -> NDArray[np.float64]:
        """How much a moment counts by its age."""
        span = max(self.situation.cut_h - float(self.donors.traces.arrival_h.min()), 1.0)
        age = np.maximum(self.situation.cut_h - time_h, 0.0)
        if forgetting == "hyperbolic":
            return 1.0 / (age + HOURS_PER_WEEK)
        if forgetting.startswith("half-life"):
            return np.asarray(0.5 ** (age / (span / float(forgetting.rsplit("/", 1)[1]))), dtype=np.float64)
        if forgetting == "last period":
            horizon = math.ceil((self.situation.until_h - self.situation.cut_h) / HOURS_PER_WEEK) * HOURS_PER_WEEK
            recent = age <= horizon
            return np.where(recent, 1.0, 0.0) if recent.sum() >= _LEAST_CASES else np.ones_like(age)
        return np.ones_like(age)


def trace_of(log: Log, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Trace:
    """Return some events of a log for comparison."""
    return Trace(
        log.case[rows].astype(np.int64), log.activity[rows].astype(np.int64), log.start_h[rows], log.end_h[rows]
    )


def last_period_again(log: Log, situation: Situation, rng: np.random.Generator) -> Drawn:
    """Return the control: cases of the last weeks, as many as are forecast, drawn again and moved forward.

    Parameters
    ----------
    log : Log
        What was known at the cut.
    """
    weeks = math.ceil((situation.until_h - situation.cut_h) / HOURS_PER_WEEK)
    first = log.offsets[:-1].astype(np.int64)
    arrival = np.minimum.reduceat(log.start_h, first)
    source = np.flatnonzero(arrival >= situation.cut_h - weeks * HOURS_PER_WEEK)
    if not source.size:
        source = np.arange(first.size)
    picked = source[rng.integers(source.size, size=situation.cases)]
    length = (log.offsets[1:] - log.offsets[:-1])[picked]
    step = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    rows = np.repeat(first[picked], length) + step
    moved = weeks * HOURS_PER_WEEK
    end_h = log.end_h[rows] + moved
    keep = end_h <= situation.until_h
    rows = rows[keep]
    case = np.repeat(np.arange(picked.size), length)[keep]
    return Drawn(case, log.activity[rows].astype(np.int64), log.start_h[rows] + moved, end_h[keep], rows)


def choose(log: Log, situation: Situation, *, seed: int) -> tuple[Choice, tuple[Trial, ...]]:
    """Return the settings for a forecast, and everything that was tried.

    Parameters
    ----------
    log : Log
        Only what was known at the cut.
    situation : Situation

    Notes
    -----
    Loss: mean over distances, with weights 1, .5, .5, 1, 1, of the log of the distance, mean over seeds (12 on small
    logs, 3 on large ones). A change must
    gain more than 4% and more than one standard error over the folds; with a single fold more than 10%.
    """
    folds = _folds(log, situation)
    if not folds:
        return Choice(), ()
    trials: list[Trial] = []

    def tried(choice: Choice) -> Trial:
        for trial in trials:
            if trial.choice == choice:
                return trial
        trials.append(Trial(choice, tuple(_loss(forecaster, truth, choice, seed) for forecaster, truth in folds)))
        return trials[-1]

    best = tried(Choice())
    forgetting = ("hyperbolic", "half-life 1/4", "half-life 1/8", "half-life 1/16", "last period")
    best = _winner(best, [tried(replace(best.choice, forgetting=name)) for name in forgetting])
    best = _winner(best, [tried(replace(best.choice, follow=follow)) for follow in _FOLLOWS])
    best = _winner(best, [tried(Choice(again=True))])
    return best.choice, tuple(trials)


def _winner(incumbent: Trial, others: list[Trial]) -> Trial:
    """The best challenger where its gain is clear, else the incumbent."""
    challenger = min(others, key=lambda trial: float(np.mean(trial.loss)))
    gains = np.array(incumbent.loss) - np.array(challenger.loss)
    if gains.size == 1:
        return challenger if gains[0] > _LEAST_GAIN_ONE_FOLD else incumbent
    error = float(gains.std(ddof=1)) / math.sqrt(gains.size)
    return challenger if gains.mean() > max(_LEAST_GAIN, error) else incumbent


def _folds(log: Log, situation: Situation) -> list[tuple[Forecaster, Trace]]:
    """Earlier cuts, each with the log as it was known then and what came after it."""
    arrival = np.minimum.reduceat(log.start_h, log.offsets[:-1].astype(np.int64))
    span = situation.cut_h - float(arrival.min())
    full = situation.until_h - situation.cut_h
    horizon = min(full, 0.3 * span)
    window = (situation.arrivals_until_h - situation.cut_h) * horizon / max(full, 1e-9)
    found: list[tuple[Forecaster, Trace]] = []
    for number in range(_FOLDS):
        cut = situation.cut_h - horizon * (1.0 + 0.5 * number)
        until = cut + horizon
        known = before(log, cut)
        new = np.flatnonzero((arrival >= cut) & (arrival <= cut + window))
        if known.offsets.size - 1 < 2 * _LEAST_CASES or new.size < _LEAST_CASES:
            continue
        if situation.finished_only:
            then = traces_of(before(log, until), edge_h=until)
            new = new[then.finished[_renumbered(log, until)[new]]]
            if new.size < _LEAST_CASES:
                continue
        chosen = np.isin(log.case, new) & (log.end_h <= until)
        inner = Situation(cut, until, float(arrival[new].max()), int(new.size), situation.finished_only)
        found.append((Forecaster(known, inner), trace_of(log, chosen)))
    return found


def _renumbered(log: Log, cut_h: float) -> NDArray[np.int64]:
    """Number of each case in the log known at a moment; meaningless for cases without an event by then."""
    known = np.zeros(log.offsets.size - 1, dtype=np.bool_)
    known[log.case[log.end_h < cut_h]] = True
    return np.asarray(np.maximum(np.cumsum(known) - 1, 0), dtype=np.int64)


def _loss(forecaster: Forecaster, truth: Trace, choice: Choice, seed: int) -> float:
    """Mean over seeds of the weighted mean log distance."""
    total = 0.0
    seeds = int(np.clip(_EVENTS_PER_CHOICE // max(forecaster.log.case.size, 1), *_SEEDS))
    for number in range(seeds):
        rng = streams.generator(seed, "rolling origin", number)
        found = distances(truth, forecaster.draw(choice, rng))
        total += float((_WEIGHTS * np.log(np.maximum(found, _FLOOR))).sum() / _WEIGHTS.sum())
    return total / seeds
