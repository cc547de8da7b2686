"""How long work takes and how long items wait, per function.

Where starts are logged, work content is the working time from start to end. Where only ends are logged, work and
waiting cannot be told apart; what can be had are bounds: a person who does one thing at a time cannot have worked
longer on it than since their previous event, since the item became ready, and since the day began. The point value is
an assumption inside those bounds, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.bounds import Bounds, WorkBounds, bounds_of
from longwall.discovery.calendars import Presence, WorkClock
from longwall.discovery.flow import Functions
from longwall.discovery.members import MemberSpread, member_spread
from longwall.discovery.resources import ResourceKinds
from longwall.discovery.teams import Groups, pooled_groups
from longwall.discovery.traces import Traces
from longwall.discovery.waiting import Waiting
from longwall.evidence.disclosure import coarse, coarse_count, coarse_curve, half_step, outward
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Distribution

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Durations", "durations_of", "quantile_interval", "quantile_points", "survival_quantiles"]

_POINTS = 41
_RECORD_H = 5 / 3600
_OPENING_H = 1.0
_CAP_H = 4.0
_ASSUMED_H = 0.25
_LEAST_FLOOR = 0.1
_BOOTSTRAP_Z = 1.96


@dataclass(frozen=True)
class Durations:
    """Work content and waiting of each function.

    Parameters
    ----------
    work : tuple of Distribution
        Hours of one standard person; fixed at zero where the event only records something.
    pooled : tuple of bool
        True where fewer than five people do the function and the number is that of a pool of functions.
    gap_h : ndarray, shape (n_functions, 41)
        Quantiles of the hours between the end of the previous event and the end of this one, equally spaced from 0 to
        1; NaN for functions that never follow another.
    delay_h : ndarray, shape (n_functions, 41)
        The same of the wait before the work that calendars do not make: where work began within an hour of the doors
        opening, only the time until they had closed counts.
    delay_error : ndarray, shape (n_functions,)
        Standard error of the mean delay relative to it; weeks vary as a whole.
    machine_h : ndarray, shape (n_functions,)
        Mean hours when a machine does it; NaN where none does, or starts are not logged.
    overlap : float
        Share of executions that began before the previous event of the case had ended.
    multitasking : float
        The highest multitasking that the log allows; 1 where starts are logged.
    bounds : Bounds, optional
        What a log of ends only allows; None where starts are logged.
    spread : mapping of int to MemberSpread
        How much members of a role differ, for functions that five or more do often; empty where starts are not logged.
    """

    work: tuple[Distribution, ...]
    pooled: tuple[bool, ...]
    gap_h: NDArray[np.float64]
    delay_h: NDArray[np.float64]
    delay_error: NDArray[np.float64]
    machine_h: NDArray[np.float64]
    overlap: float
    multitasking: float
    bounds: Bounds | None = None
    spread: dict[int, MemberSpread] = field(default_factory=dict)


def durations_of(
    log: Log,
    traces: Traces,
    functions: Functions,
    kinds: ResourceKinds,
    groups: Groups,
    presence: Presence,
    waiting: Waiting | None = None,
    attention: NDArray[np.float64] | None = None,
) -> Durations:
    """Return work content and gaps of all functions.

    Parameters
    ----------
    waiting : Waiting, optional
        Parts of waiting; where they are known, only what is left of a wait before queueing becomes a delay.
    attention : ndarray, shape (n_events,), optional
        Share of each event's time that was its own (`attention_share`): where a person had several things under way,
        the rest of the time passes as a delay and is nobody's work.

    Notes
    -----
    The last event of a case that was still open is followed by a gap at least as long as the case has been quiet; those
    enter as censored (Kaplan and Meier), shared among the functions that usually follow.
    """
    n = len(functions.names)
    by_person = kinds.by_person(log)
    spans, bounded = _work_spans(log, traces, groups, presence, by_person)
    elsewhere = np.zeros(log.case.size)
    if attention is not None and log.starts_logged:
        elsewhere = np.nan_to_num(spans * (1.0 - attention))
        spans = spans * attention
    bounds = None if log.starts_logged else bounds_of(log, traces, functions, groups, presence)
    # Without starts, the first event of a case says nothing of its work: nobody knows since when it could be done.
    tells = by_person & ((traces.previous >= 0) | log.starts_logged)
    rows_of = [np.flatnonzero((functions.of_event == code) & tells) for code in range(n)]
    typical_h = float(np.median(spans[tells])) if tells.any() else _ASSUMED_H
    people = [frozenset(np.unique(log.resource[rows]).tolist()) for rows in rows_of]
    some = [code for code in range(n) if people[code]]
    near = [float(np.log(np.mean(spans[rows_of[code]]) + _RECORD_H)) for code in some]
    pool = dict(zip(some, pooled_groups([people[code] for code in some], near=near), strict=True))
    work: list[Distribution] = []
    pooled: list[bool] = []
    for code in range(n):
        number = pool.get(code, -2)
        shared = [other for other in some if pool[other] == number] if number >= 0 else [code]
        rows = np.concatenate([rows_of[other] for other in shared]) if number >= 0 else np.zeros(0, dtype=np.int64)
        own = np.flatnonzero(functions.of_event == code)
        work.append(
            _work(
                log,
                rows,
                own,
                spans,
                bounded,
                None if bounds is None else bounds.of(functions.names[code]),
                number,
                len(shared),
                typical_h,
            )
        )
        pooled.append(len(shared) > 1 or number == -1)
    delays = _delays(log, traces, functions, groups, presence, work, waiting) + elsewhere
    started = traces.previous >= 0
    overlap = (
        float((log.start_h[started] < log.end_h[traces.previous[started]] - 1e-9).mean()) if started.any() else 0.0
    )
    return Durations(
        tuple(work),
        tuple(pooled),
        gap_quantiles(traces, functions.of_event, n, traces.gap_h),
        gap_quantiles(traces, functions.of_event, n, delays),
        _relative_error(log, functions.of_event, n, delays, started),
        _machine_hours(log, functions, kinds, n),
        overlap,
        float(bounds.tasks) if bounds is not None else 1.0,
        bounds,
        member_spread(log, functions.of_event, n, groups, spans) if log.starts_logged else {},
    )


def gap_quantiles(
    traces: Traces, of_event: NDArray[np.int64], n: int, wait_h: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Quantiles of a wait before each function, open cases counted as censored; shape (n, 41)."""
    found = np.full((n, _POINTS), np.nan)
    follows = np.flatnonzero(traces.previous >= 0)
    target = of_event[follows]
    source = of_event[traces.previous[follows]]
    share = np.zeros((n, n))
    np.add.at(share, (source, target), 1.0)
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1.0)
    goes_on = np.flatnonzero(traces.ended < 1.0 - 1e-6)
    silence = traces.edge_h - traces.close_h[goes_on]
    weight = (1.0 - traces.ended[goes_on])[:, None] * share[of_event[traces.last[goes_on]]]
    order = np.argsort(target, kind="stable")
    bounds = np.searchsorted(target[order], np.arange(n + 1))
    for code in range(n):
        gaps = wait_h[follows[order[bounds[code] : bounds[code + 1]]]]
        if gaps.size:
            found[code] = survival_quantiles(gaps, silence, weight[:, code])
    return found


def _delays(
    log: Log,
    traces: Traces,
    functions: Functions,
    groups: Groups,
    presence: Presence,
    work: list[Distribution],
    waiting: Waiting | None,
) -> NDArray[np.float64]:
    """Hours before each event that neither work nor closed doors explain."""
    mean_h = np.array([held.mean_h for held in work])[functions.of_event]
    begin = log.start_h if log.starts_logged else log.end_h - np.minimum(mean_h, traces.gap_h)
    ready = np.where(traces.previous >= 0, log.end_h[traces.previous], begin)
    wait = np.maximum(begin - ready, 0.0)
    local = log.local_week_hour(begin)
    for role in range(groups.n_roles):
        rows = np.flatnonzero((groups.role_of_event == role) & (wait > 0))
        if not rows.size or not presence.by_hour[role].any():
            continue
        since, shut = WorkClock(presence.by_hour[role] > 0).opening(local[rows])
        doors = (since >= 0) & (since <= _OPENING_H) & (since < wait[rows])
        wait[rows] = np.where(doors, np.maximum(wait[rows] - since - shut, 0.0), wait[rows])
    if waiting is not None:
        # People who were all busy explain more than doors.
        wait = np.where(np.isfinite(waiting.delay_h), np.minimum(wait, waiting.delay_h), wait)
    return wait


def _relative_error(
    log: Log, of_event: NDArray[np.int64], n: int, delays: NDArray[np.float64], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Standard error of the mean delay of each function relative to it, by linearisation of a ratio over weeks."""
    week = (log.end_h[known] // HOURS_PER_WEEK).astype(np.int64)
    weeks = int(week.max(initial=0)) + 1
    key = week * n + of_event[known]
    hours = np.bincount(key, weights=delays[known], minlength=weeks * n).reshape(weeks, n)
    count = np.bincount(key, minlength=weeks * n).reshape(weeks, n)
    total, sums = np.maximum(count.sum(axis=0), 1), hours.sum(axis=0)
    rest = hours - count * (sums / total)
    spread = np.sqrt((rest**2).sum(axis=0) * weeks / max(weeks - 1, 1))
    return np.where(sums > 0, spread / np.maximum(sums, 1e-12), 1.0)


def quantile_interval(values: NDArray[np.float64], share: float) -> tuple[float, float]:
    """Return the 95% interval of a quantile by order statistics, which needs no shape.

    Parameters
    ----------
    values : ndarray
        Not empty, in any order.
    share : float
        In (0, 1).
    """
    ordered = np.sort(values)
    half = 1.96 * np.sqrt(ordered.size * share * (1.0 - share))
    low, high = (np.clip(round(ordered.size * share + sign * half), 0, ordered.size - 1) for sign in (-1, 1))
    return float(ordered[int(low)]), float(ordered[int(high)])


def survival_quantiles(
    seen_h: NDArray[np.float64], censored_h: NDArray[np.float64], weight: NDArray[np.float64], points: int = _POINTS
) -> NDArray[np.float64]:
    """Quantiles of a duration from complete and right-censored observations.

    Parameters
    ----------
    seen_h : ndarray
        Complete durations, at least one.
    censored_h, weight : ndarray
        Lower bounds of durations and how much of an observation each is, in [0, 1].

    Returns
    -------
    ndarray, shape (points,)
        At equally spaced probabilities from 0 to 1, not falling; what is never reached is the longest complete one. The
        mean of the piecewise linear curve equals the restricted mean up to that point.

    References
    ----------
    Kaplan and Meier 1958, "Nonparametric estimation from incomplete observations", JASA 53.
    """
    times, counts = np.unique(seen_h, return_counts=True)
    order = np.argsort(censored_h, kind="stable")
    lost = np.concatenate([[0.0], np.cumsum(weight[order])])
    before = lost[np.searchsorted(censored_h[order], times, side="left")]
    ended_before = np.concatenate([[0], np.cumsum(counts)[:-1]])
    at_risk = np.maximum(seen_h.size - ended_before + lost[-1] - before, 1e-12)
    survival = np.cumprod(1.0 - np.minimum(counts / at_risk, 1.0))
    steps = -np.diff(np.concatenate([[1.0], survival]))
    steps[-1] += survival[-1]
    return quantile_points(times, steps, points)


def quantile_points(
    values: NDArray[np.float64], weights: NDArray[np.float64], points: int = _POINTS
) -> NDArray[np.float64]:
    """Quantiles at equally spaced probabilities, with the tail set so that the mean is kept.

    Parameters
    ----------
    values : ndarray
        In rising order.
    weights : ndarray
        Positive in sum.

    Returns
    -------
    ndarray, shape (points,)
        Not falling; linear in between, its mean is the weighted mean (where the tail allows it).
    """
    share = np.cumsum(weights) / weights.sum()
    at = np.linspace(0.0, 1.0, points)
    found = values[np.minimum(np.searchsorted(share, at - 1e-12), values.size - 1)].astype(np.float64)
    found[0] = values[np.searchsorted(share, 1e-12)]
    mean = float((values * weights).sum() / weights.sum())
    inner = found[1:-1].sum() + found[0] / 2
    last = 2.0 * (mean * (points - 1) - inner)
    found[-1] = max(found[-2], min(last, float(values[-1])))
    curve = (inner + found[-1] / 2) / (points - 1)
    return found * (mean / curve) if curve > 0 else found


def _work_spans(
    log: Log, traces: Traces, groups: Groups, presence: Presence, by_person: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Working hours of each event by a person, and whether they are only an upper bound (no start was logged)."""
    spans = np.full(log.case.size, np.nan)
    raw = log.end_h - log.start_h
    bounded = np.zeros(log.case.size, dtype=np.bool_)
    since = log.start_h
    if not log.starts_logged:
        since, bounded = _since(log, traces), np.ones(log.case.size, dtype=np.bool_)
    local = log.local_week_hour(log.end_h)
    midnight = log.end_h - np.mod(local, 24.0)
    for role in range(groups.n_roles):
        rows = np.flatnonzero(by_person & (groups.role_of_event == role))
        if not rows.size:
            continue
        clock = presence.clock(role)
        # The clock runs in local hours of the week: shift each span so that its end has the local hour.
        shift = np.mod(local[rows] - log.end_h[rows], 168.0)
        begin, end = since[rows] + shift, log.end_h[rows] + shift
        if not log.starts_logged:
            begin = np.maximum(begin, midnight[rows] + shift)
        worked = clock.between(begin, end)
        same_day = since[rows] >= midnight[rows]
        spans[rows] = np.where(same_day & bool(log.starts_logged), raw[rows], worked)
        # Work that someone did wholly outside the usual hours was work all the same.
        outside = (worked <= 0) & (end > begin)
        spans[rows] = np.where(outside, np.minimum(end - begin, _CAP_H), spans[rows])
    return spans, bounded


def _since(log: Log, traces: Traces) -> NDArray[np.float64]:
    """Latest moment before which the work on an event cannot have begun, one thing at a time."""
    before = np.where(traces.previous >= 0, log.end_h[traces.previous], -np.inf)
    order = np.lexsort((np.arange(log.case.size), log.end_h, log.resource))
    same = np.r_[False, log.resource[order][1:] == log.resource[order][:-1]]
    own = np.full(log.case.size, -np.inf)
    own[order] = np.where(same, np.r_[-np.inf, log.end_h[order][:-1]], -np.inf)
    since = np.maximum(before, own)
    return np.where(np.isfinite(since), since, log.end_h)


def _work(
    log: Log,
    rows: NDArray[np.int64],
    own: NDArray[np.int64],
    spans: NDArray[np.float64],
    bounded: NDArray[np.bool_],
    allowed: WorkBounds | None,
    pool: int,
    joined: int,
    typical_h: float,
) -> Distribution:
    """Work content of a function from the spans of its pool."""
    records = log.starts_logged and float(np.quantile(log.end_h[own] - log.start_h[own], 0.9)) <= _RECORD_H
    if records:
        return Distribution(
            shape="fixed",
            mean_h=0.0,
            low_h=0.0,
            high_h=_RECORD_H,
            footing="counted",
            source="at least 90% of its events take no time: it records something",
        )
    if pool < 0 or not rows.size:
        why = "fewer than five people in all: nobody's speed is shown" if pool == -1 else "no person was seen doing it"
        return Distribution(
            shape="lognormal", mean_h=_ASSUMED_H, cv=1.0, low_h=0.0, high_h=_CAP_H, source=f"{why}; assumed"
        )
    spent = np.sort(spans[rows])
    step = half_step(np.bincount(log.resource[rows], weights=spans[rows]))
    where = f" of a pool of {joined} functions (fewer than five people do this one)" if joined > 1 else ""
    if not bounded[rows[0]]:
        mean = coarse(float(spent.mean()), step)
        half = _BOOTSTRAP_Z * float(spent.std()) / np.sqrt(spent.size)
        low_h, high_h = outward(max(float(spent.mean()) - half, 0.0), float(spent.mean()) + half, step)
        return Distribution(
            shape="empirical",
            mean_h=mean,
            quantiles_h=coarse_curve(quantile_points(spent, np.ones(spent.size)), mean),
            low_h=min(low_h, mean),
            high_h=max(high_h, mean),
            footing="counted",
            source=f"working time from start to end{where}, about {coarse_count(spent.size):,} executions by people; "
            "rounded",
        )
    high = coarse(float(spent.mean()), step)
    point = float(np.clip(np.median(spent), _LEAST_FLOOR * high, min(_CAP_H, high)))
    point = coarse(point, step)
    return Distribution(
        shape="lognormal",
        mean_h=point,
        cv=1.0,
        low_h=min(allowed.low_h, point) if allowed is not None else 0.0,
        high_h=max(allowed.high_h if allowed is not None else high, point),
        footing="assumed",
        source=f"no starts in the log: median of the single-tasking windows{where}, about "
        f"{coarse_count(spent.size):,} executions; rounded; anything between the bounds is possible",
    )


def _machine_hours(log: Log, functions: Functions, kinds: ResourceKinds, n: int) -> NDArray[np.float64]:
    """Mean hours per function when not a person does it."""
    found = np.full(n, np.nan)
    if not log.n_resources or not log.starts_logged:
        return found
    rows = np.flatnonzero((log.resource >= 0) & ~kinds.by_person(log))
    code = functions.of_event[rows]
    total = np.bincount(code, minlength=n)
    hours = np.bincount(code, weights=log.end_h[rows] - log.start_h[rows], minlength=n)
    found[total > 0] = hours[total > 0] / total[total > 0]
    return found
