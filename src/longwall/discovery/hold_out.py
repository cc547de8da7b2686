"""The last weeks of a log, forecast from what came before them, beside the last period again.

The forecast knows when the log was extracted, when its last case arrived and how many came: those are the demand and
the rules of extraction. It sees no event after the cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall import streams
from longwall.discovery.demand import Classes, arrivals_of
from longwall.discovery.distances import DISTANCES, Trace, distances
from longwall.discovery.donors import Situation
from longwall.discovery.extraction import keeps_finished_only
from longwall.discovery.forecast import Forecaster, choose, last_period_again, trace_of
from longwall.discovery.traces import Traces, before, cases_of, traces_of
from longwall.errors import DiscoveryError, Fault
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Piece

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Held", "HeldDistance", "HoldOut", "hold_out", "indicators_of", "split_by_end", "split_by_start"]

_SHARE = 0.8
_DRAWS = 10
_LEAST_CASES = 50


class HeldDistance(Piece):
    """One distance of forecast and control to what happened; lower is better.

    Parameters
    ----------
    ours, control : float
        Mean over draws.
    ours_sd, control_sd : float
        Standard deviation over draws.
    """

    id: str
    ours: float
    ours_sd: float
    control: float
    control_sd: float


class Held(Piece):
    """One plain indicator: what was forecast, what happened, what repeating the past would have said.

    Parameters
    ----------
    expected, low, high : float
        Mean and 95% interval over draws.
    observed : float
        What happened.
    control : float
        The same indicator of the last period again, mean over draws.
    hit : bool
        Whether the interval holds what happened.
    miss, control_miss : float
        Distance of `expected` and `control` to `observed`.
    """

    id: str
    name: str
    unit: str
    expected: float
    low: float
    high: float
    observed: float
    control: float
    hit: bool
    miss: float
    control_miss: float


class HoldOut(Piece):
    """How well weeks that were not seen were forecast.

    Parameters
    ----------
    weeks : float
        Length of the held-out period.
    cases : int
        Cases in it.
    setting : str
        What was chosen on earlier cuts, in words.
    withheld : str
        Why there is no hold-out; empty where there is one.
    """

    weeks: float
    cases: int
    known_cases: int
    draws: int
    setting: str
    distances: tuple[HeldDistance, ...]
    indicators: tuple[Held, ...]
    better: int
    worse: int
    withheld: str = ""


def split_by_start(log: Log, share: float = _SHARE) -> tuple[Log, Trace, Situation]:
    """Return what was known at the cut, what came after, and what a forecaster may know besides.

    Parameters
    ----------
    share : float
        Share of cases, in order of their first event, before the cut.

    Notes
    -----
    The cut is the first event of the case at `share`. Known: events that ended before it, of cases that had begun.
    """
    arrival = np.minimum.reduceat(log.start_h, log.offsets[:-1].astype(np.int64))
    order = np.argsort(arrival, kind="stable")
    cut = float(arrival[order[round(arrival.size * share)]])
    new = arrival >= cut
    situation = Situation(cut, float(log.end_h.max()), float(arrival.max()), int(new.sum()))
    return before(log, cut), trace_of(log, new[log.case]), situation


def split_by_end(log: Log, share: float = _SHARE) -> tuple[Log, Trace, Situation]:
    """Return the same by the protocol of published comparisons: events in order of their end, whole cases only.

    Parameters
    ----------
    share : float
        Share of events before the cut.

    Notes
    -----
    Cases that cross the cut are dropped from both sides, which favours short ones; for comparison only. The situation
    begins with the first event after the cut of the cases that are left.
    """
    order = np.lexsort((log.start_h, log.end_h))
    after = np.ones(log.case.size, dtype=np.bool_)
    after[order[: round(log.case.size * share)]] = False
    later = np.bincount(log.case, weights=after, minlength=log.n_cases)
    length = log.offsets[1:] - log.offsets[:-1]
    new = later == length
    arrival = np.minimum.reduceat(log.start_h, log.offsets[:-1].astype(np.int64))
    situation = Situation(
        float(arrival[new].min()), float(log.end_h.max()), float(arrival[new].max()), int(new.sum()), whole_only=True
    )
    return cases_of(log, later == 0), trace_of(log, new[log.case]), situation


def hold_out(log: Log, *, seed: int, progress: Callable[[float, str], None] | None = None) -> HoldOut:
    """Forecast the last fifth of the cases from what came before.

    Parameters
    ----------
    seed : int
        The same seed gives the same bits.

    Returns
    -------
    HoldOut

    Raises
    ------
    DiscoveryError
        LW-DI-001: fewer than two cases.
    """
    say = progress or (lambda share, text: None)
    if log.offsets.size - 1 < 2:
        raise DiscoveryError(
            Fault("LW-DI-001", "the log", "at least 2 items", str(log.offsets.size - 1), "bring a longer period")
        )
    known, truth, situation = split_by_start(log)
    situation = replace(situation, finished_only=keeps_finished_only(log))
    cases = known.offsets.size - 1
    weeks = (situation.until_h - situation.cut_h) / HOURS_PER_WEEK
    if cases < _LEAST_CASES or situation.cases < 10:
        return HoldOut(
            weeks=weeks,
            cases=situation.cases,
            known_cases=cases,
            draws=0,
            setting="",
            distances=(),
            indicators=(),
            better=0,
            worse=0,
            withheld=f"{cases} items before the cut and {situation.cases} after it are too few",
        )
    say(0.05, "choosing how to forecast on earlier weeks")
    choice, _ = choose(known, situation, seed=seed)
    say(0.7, "forecasting the held-out weeks")
    forecaster = Forecaster(known, situation)
    ours = [forecaster.draw(choice, streams.generator(seed, "hold-out", number)) for number in range(_DRAWS)]
    again = [
        last_period_again(known, situation, streams.generator(seed, "control", number)) for number in range(_DRAWS)
    ]
    far = np.stack([distances(truth, trace) for trace in ours])
    control = np.stack([distances(truth, trace) for trace in again])
    say(1.0, "done")
    mean, base = far.mean(axis=0), control.mean(axis=0)
    return HoldOut(
        weeks=weeks,
        cases=situation.cases,
        known_cases=cases,
        draws=_DRAWS,
        setting=choice.words(),
        distances=tuple(
            HeldDistance(
                id=name,
                ours=float(mean[k]),
                ours_sd=float(far[:, k].std(ddof=1)),
                control=float(base[k]),
                control_sd=float(control[:, k].std(ddof=1)),
            )
            for k, name in enumerate(DISTANCES)
        ),
        indicators=indicators_of(known, truth, ours, again, situation),
        better=int((mean < base).sum()),
        worse=int((mean > 1.1 * base).sum()),
    )


_NAMES = (
    ("cases_per_week", "Items begun per week", "1/week"),
    ("lead_time_h", "Mean lead time of closed items", "h"),
    ("lead_time_p90_h", "90% quantile of the lead time of closed items", "h"),
    ("late_share", "Share of closed items past 90% of the earlier ones", ""),
    ("open_cases", "Items open at the end, of those begun", ""),
)


def indicators_of(
    known: Log, truth: Trace, ours: Sequence[Trace], again: Sequence[Trace], situation: Situation
) -> tuple[Held, ...]:
    """Return plain indicators of a forecast beside what happened and the control.

    Parameters
    ----------
    known : Log
        What was known at the cut.
    truth : Trace
        What came after it, by the codes of the known log; codes beyond them are new activities.
    ours, again : sequence of Trace
        Draws of the forecast and of the control; intervals need two or more.
    """
    traces = traces_of(known, edge_h=situation.cut_h)
    lead = (traces.close_h - traces.arrival_h)[traces.finished]
    limit = float(np.quantile(lead, 0.9)) if lead.size else np.inf
    # An activity that was not known before ends no case that we know of.
    new = max(0, int(max(trace.activity.max(initial=0) for trace in (truth, *ours, *again))) + 1 - traces.terminal.size)
    terminal = np.r_[traces.terminal, np.zeros(new, dtype=np.bool_)]
    # How long a case may be quiet before it counts as closed is learned before the cut, for all alike.
    quiet = _quiet_h(known, traces.gap_h, traces.previous)
    quiet = np.r_[quiet, np.full(new, quiet.max(initial=0.0))]
    observed = _measures(truth, situation, limit, terminal, quiet)
    expected = np.stack([_measures(trace, situation, limit, terminal, quiet) for trace in ours])
    control = np.stack([_measures(trace, situation, limit, terminal, quiet) for trace in again]).mean(axis=0)
    out: list[Held] = [_begun(known, traces, observed[0], situation)]
    for k, (name, title, unit) in enumerate(_NAMES):
        values = expected[:, k]
        if k == 0:
            continue
        if not (np.isfinite(values).all() and np.isfinite(observed[k]) and np.isfinite(control[k])):
            continue
        centre = float(values.mean())
        half = 2.262 * float(values.std(ddof=1)) * np.sqrt(1 + 1 / values.size)
        low, high = centre - half, centre + half
        out.append(
            Held(
                id=name,
                name=title,
                unit=unit,
                expected=centre,
                low=max(low, 0.0),
                high=high,
                observed=float(observed[k]),
                control=float(control[k]),
                hit=bool(low <= observed[k] <= high),
                miss=abs(centre - float(observed[k])),
                control_miss=abs(float(control[k]) - float(observed[k])),
            )
        )
    return tuple(out)


def _begun(known: Log, traces: Traces, observed: float, situation: Situation) -> Held:
    """Items begun per week, from the rate before the cut alone: the draws are told how many come."""
    one = Classes(("all",), np.zeros(traces.n_cases, dtype=np.int64), (0,), "", 0.0)
    rate = arrivals_of(known, traces, one)
    weeks = max((situation.arrivals_until_h - situation.cut_h) / HOURS_PER_WEEK, 1e-9)
    mean = float(rate.per_week[0])
    week = (traces.arrival_h // HOURS_PER_WEEK).astype(np.int64)
    counts = np.bincount(week - week.min())[1:-1].astype(np.float64)
    spread = max(float(counts.var()) / max(float(counts.mean()), 1e-9), 1.0) if counts.size > 1 else 1.0
    half = float(np.hypot(rate.high[0] - mean, 1.96 * np.sqrt(spread * mean / weeks)))
    again = float((traces.arrival_h >= situation.cut_h - weeks * HOURS_PER_WEEK).sum() / weeks)
    name, title, unit = _NAMES[0]
    return Held(
        id=name,
        name=title,
        unit=unit,
        expected=mean,
        low=max(mean - half, 0.0),
        high=mean + half,
        observed=float(observed),
        control=again,
        hit=bool(mean - half <= observed <= mean + half),
        miss=abs(mean - float(observed)),
        control_miss=abs(again - float(observed)),
    )


def _quiet_h(known: Log, gap_h: NDArray[np.float64], previous: NDArray[np.int64]) -> NDArray[np.float64]:
    """Hours of silence after each activity that only one gap in twenty outlasts."""
    n = len(known.activities)
    rows = np.flatnonzero(previous >= 0)
    source, gaps = known.activity[previous[rows]], gap_h[rows]
    pooled = float(np.quantile(gaps, 0.95)) if gaps.size else 0.0
    return np.array(
        [
            float(np.quantile(gaps[source == code], 0.95)) if (source == code).sum() >= 20 else pooled
            for code in range(n)
        ]
    )


def _measures(
    trace: Trace, situation: Situation, limit_h: float, terminal: NDArray[np.bool_], quiet_h: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Indicators of one log, in the order of `_NAMES`."""
    order = np.lexsort((trace.start_h, trace.end_h, trace.case))
    case, end = trace.case[order], trace.end_h[order]
    first = np.flatnonzero(np.r_[True, np.diff(case) != 0])
    last = np.r_[first[1:], case.size] - 1
    arrival = np.minimum.reduceat(trace.start_h[order], first)
    final = trace.activity[order][last]
    closed = terminal[final] | (situation.until_h - end[last] > quiet_h[final])
    lead = (end[last] - arrival)[closed]
    weeks = max((situation.arrivals_until_h - situation.cut_h) / HOURS_PER_WEEK, 1e-9)
    if not lead.size:
        return np.array([first.size / weeks, np.nan, np.nan, np.nan, float(first.size)])
    return np.array(
        [
            first.size / weeks,
            lead.mean(),
            np.quantile(lead, 0.9),
            (lead > limit_h).mean(),
            float(first.size - closed.sum()),
        ]
    )
