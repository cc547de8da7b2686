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
from longwall.discovery.extraction import chance_of_being_kept
from longwall.discovery.traces import before, cases_of, traces_of
from longwall.units import HOURS_PER_WEEK

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Choice", "Forecaster", "Trial", "choose", "last_period_again", "trace_of"]

_WEIGHTS = np.array([1.0, 0.5, 0.5, 1.0, 1.0])
_LEAST_GAIN = 0.04
_LEAST_GAIN_ONE_FOLD = 0.10
_FOLDS = 5
_ENOUGH_FOLDS = 3
_LONGEST = 0.3
_SHORTER = (1.0, 0.7, 0.5)
_STRAYS = 0.02
_SEEDS = (3, 12)
_EVENTS_PER_CHOICE = 60_000
_MOST_EVENTS = 150_000
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
    make_up : bool
        Where the log holds whole cases only, long cases count for those like them that were left out.
    """

    forgetting: str = "none"
    follow: float = 1.0
    again: bool = False
    make_up: bool = False

    def words(self) -> str:
        """Return the settings as a sentence part."""
        if self.again:
            return "the last period again"
        follow = "whole cases" if self.follow == 1.0 else f"cases followed with probability {self.follow:g}"
        past = "all of the past alike" if self.forgetting == "none" else f"forgetting: {self.forgetting}"
        return ", ".join([follow, past, *(["made up for long cases left out"] if self.make_up else [])])


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
        self.donors: Donors = donors_of(log, situation.cut_h, whole_only=situation.whole_only)

    def draw(self, choice: Choice, rng: np.random.Generator) -> Drawn:
        """Return one future log under a setting."""
        if choice.again:
            return last_period_again(self.log, self.situation, rng)
        traces = self.donors.traces
        case_weight = self._weight(traces.arrival_h, choice.forgetting)
        event_weight = self._weight(self.donors.end_h, choice.forgetting)
        if choice.make_up:
            kept = chance_of_being_kept(traces.arrival_h, traces.close_h, case_weight, self.situation.cut_h)
            case_weight, event_weight = case_weight / kept, event_weight / kept[self.log.case]
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
        span = _span_h(self.donors.traces.arrival_h, self.situation.cut_h)
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
    logs, 3 on large ones). A change must gain more than 4% and more than one standard error over the folds; with a
    single fold more than 10%. Of a log with more than 150,000 events a sample of the cases is used, as large as that.
    """
    folds = _folds(*_thinned(log, situation, seed))
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
    forgetting = ("none", "hyperbolic", "half-life 1/4", "half-life 1/8", "half-life 1/16", "last period")
    made_up = (False, True) if situation.whole_only else (False,)
    best = _winner(best, [tried(Choice(name, make_up=make_up)) for name in forgetting for make_up in made_up])
    best = _winner(best, [tried(replace(best.choice, follow=follow)) for follow in _FOLLOWS])
    best = _winner(best, [tried(Choice(again=True))])
    return best.choice, tuple(trials)


def _thinned(log: Log, situation: Situation, seed: int) -> tuple[Log, Situation]:
    """A sample of the cases of a large log, and the same situation with as many fewer cases to come."""
    share = _MOST_EVENTS / max(log.case.size, 1)
    if share >= 1.0:
        return log, situation
    chosen = streams.generator(seed, "cases to choose by").random(log.n_cases) < share
    return cases_of(log, chosen), replace(situation, cases=max(1, round(share * situation.cases)))


def _winner(incumbent: Trial, others: list[Trial]) -> Trial:
    """The best of the challengers whose gain is clear, else the incumbent."""
    clear = [trial for trial in others if _clearly_better(trial, incumbent)]
    return min(clear, key=lambda trial: float(np.mean(trial.loss)), default=incumbent)


def _clearly_better(trial: Trial, incumbent: Trial) -> bool:
    """Whether a setting gains more than 4% and more than one standard error over the folds."""
    gains = np.array(incumbent.loss) - np.array(trial.loss)
    if gains.size == 1:
        return bool(gains[0] > _LEAST_GAIN_ONE_FOLD)
    error = float(gains.std(ddof=1)) / math.sqrt(gains.size)
    return bool(gains.mean() > max(_LEAST_GAIN, error))


def _span_h(arrival_h: NDArray[np.float64], cut_h: float) -> float:
    """Hours that the log covers before the cut; the first two cases in a hundred may be strays."""
    return max(cut_h - float(np.quantile(arrival_h, _STRAYS)), 1.0)


def _folds(log: Log, situation: Situation) -> list[tuple[Forecaster, Trace]]:
    """Earlier cuts, with what was known then and what came after; over shorter periods where few fit."""
    whole = min(situation.until_h - situation.cut_h, _LONGEST * _span_h(log.arrival_h, situation.cut_h))
    found: list[tuple[Forecaster, Trace]] = []
    for share in _SHORTER:
        tried = [_fold(log, situation, share * whole, number) for number in range(_FOLDS)]
        folds = [fold for fold in tried if fold is not None]
        found = folds if len(folds) > len(found) else found
        if len(found) >= _ENOUGH_FOLDS:
            break
    return found


def _fold(log: Log, situation: Situation, horizon_h: float, number: int) -> tuple[Forecaster, Trace] | None:
    """One earlier cut, or None where too few cases came before or after it."""
    share = (situation.arrivals_until_h - situation.cut_h) / max(situation.until_h - situation.cut_h, 1e-9)
    cut = situation.cut_h - horizon_h * (1.0 + 0.5 * number)
    until = cut + horizon_h
    known = before(log, cut)
    if situation.whole_only:
        known = cases_of(known, log.departure_h[_numbers(log, cut)] < cut)
    new = np.flatnonzero((log.arrival_h >= cut) & (log.arrival_h <= cut + share * horizon_h))
    if situation.finished_only and known.n_cases:
        then = traces_of(before(log, until), edge_h=until)
        new = np.intersect1d(new, _numbers(log, until)[then.finished], assume_unique=True)
    chosen = np.isin(log.case, new) & (log.end_h <= until)
    new = np.unique(log.case[chosen])
    if known.n_cases < 2 * _LEAST_CASES or new.size < _LEAST_CASES:
        return None
    inner = Situation(
        cut_h=cut, until_h=until, arrivals_until_h=float(log.arrival_h[new].max()), cases=int(new.size),
        finished_only=situation.finished_only, whole_only=situation.whole_only,
        over_by_h=situation.cut_h if situation.whole_only else math.inf,
    )  # fmt: skip
    return Forecaster(known, inner), trace_of(log, chosen)


def _numbers(log: Log, cut_h: float) -> NDArray[np.int64]:
    """Number in the log of each case that is known at a moment, in the order of the known log."""
    begun = log.arrival_h < cut_h
    return np.unique(log.case[(log.end_h < cut_h) & begun[log.case]])


def _loss(forecaster: Forecaster, truth: Trace, choice: Choice, seed: int) -> float:
    """Mean over seeds of the weighted mean log distance."""
    total = 0.0
    seeds = int(np.clip(_EVENTS_PER_CHOICE // max(forecaster.log.case.size, 1), *_SEEDS))
    for number in range(seeds):
        rng = streams.generator(seed, "rolling origin", number)
        found = distances(truth, forecaster.draw(choice, rng))
        total += float((_WEIGHTS * np.log(np.maximum(found, _FLOOR))).sum() / _WEIGHTS.sum())
    return total / seeds
