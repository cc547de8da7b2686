"""Waits taken apart: what the model's own queues and calendars make is taken off what the log shows, the rest is delay.

The model is simulated with its delays, the hours between events are compared with the log function by function, and
the delays are stretched or shrunk quantile by quantile. Where the log shows no wait, none is made up.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.dispersion import Dispersion, dispersion_of
from longwall.discovery.durations import quantile_points, survival_quantiles
from longwall.discovery.parallel import Part
from longwall.discovery.threads import enabled_by
from longwall.discovery.traces import Traces
from longwall.simulation import Scenario, run, simulate_log
from longwall.streams import key_of
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Distribution, Function, Parameter, Piece, WorkSystem

__all__ = ["Calibration", "calibrate"]

_BEGINS = "2024-01-01"
_CASES = 1500
_LEAST_WEEKS = 8
_MOST_WEEKS = 120
_CLOSE = 0.1
_LEAST_SEEN = 20
_LEAD_POINTS = 201
_SOFT_H = 0.05
_MOST_CHANGE = 2.0
_HOUR_US = 3_600_000_000.0


class Calibration(Piece):
    """Hours from the end of the previous event to the end of a function: the log beside the model.

    Parameters
    ----------
    executions : int
        Waits counted in the log.
    """

    function: str
    executions: int
    median_h: float
    p90_h: float
    simulated_median_h: float
    simulated_p90_h: float


@dataclass(frozen=True)
class _Simulated:
    """Gaps of a simulated log: function and hours, and the lead times of finished items."""

    function: NDArray[np.int64]
    gap_h: NDArray[np.float64]
    lead_h: NDArray[np.float64]
    open_share: float
    arrival_h: NDArray[np.float64]


def calibrate(
    system: WorkSystem,
    gap_h: NDArray[np.float64],
    traces: Traces,
    of_event: NDArray[np.int64],
    parts: tuple[Part, ...] = (),
    *,
    seed: int,
    rounds: int,
    progress: Callable[[float], None],
) -> tuple[WorkSystem, tuple[Calibration, ...], Dispersion | None, list[str]]:
    """Return the system with delays such that simulated gaps match counted ones, comparisons, and cautions.

    Parameters
    ----------
    gap_h : ndarray, shape (n_functions, n_points)
        Counted quantiles of the gap before each function, from the end of what let it begin; NaN where it never follows
        another.
    parts : tuple of Part
        Parallel parts of the model.
    rounds : int
        At most; it stops early when medians and 90% quantiles agree to 10% (or 15 minutes) where it counts.
    """
    counts = np.bincount(of_event[traces.previous >= 0], minlength=len(system.work.functions))
    gap_h = np.concatenate([gap_h, np.full((len(system.work.functions) - gap_h.shape[0], gap_h.shape[1]), np.nan)])
    lead = (traces.close_h - traces.arrival_h)[traces.finished]
    whole = _whole_leads(traces)
    weeks, warm_up = _horizon(system, whole)
    simulated = None
    for number in range(rounds):
        simulated = _simulated(system, seed, number, weeks, warm_up, parts)
        progress((number + 0.8) / (rounds + 1))
        curves = _curves(simulated, gap_h.shape)
        if _agrees(gap_h, curves, counts):
            break
        system = _moved(system, gap_h, curves)
    if rounds:
        simulated = _simulated(system, seed, rounds, weeks, warm_up, parts)
    if simulated is None:
        return (
            system,
            (),
            None,
            ["Waits were not calibrated with the simulator: the queues of the model come on top of them."],
        )
    curves = _curves(simulated, gap_h.shape)
    rows = _rows(system, gap_h, curves, counts)
    spread = dispersion_of(traces.arrival_h, lead, simulated.arrival_h, simulated.lead_h)
    cautions = _cautions(rows, whole, simulated) + ([] if spread is None else [spread.sentence()])
    return _with_due(system, seed, weeks, warm_up), rows, spread, cautions


def _with_due(system: WorkSystem, seed: int, weeks: int, warm_up: int) -> WorkSystem:
    """Where no time was agreed, call late what the calibrated model finishes later than 90% of its items."""
    if all(demand.due_h is None or demand.due_h.footing == "counted" for demand in system.work.demand):
        return system
    scenario = Scenario(system=_steady(system), weeks=weeks, warm_up_weeks=warm_up, replications=2, seed=seed)
    tail = float(np.mean(run(scenario).column("lead_time_p90_h")))
    if not np.isfinite(tail):
        return system
    demand = tuple(
        held
        if held.due_h is None or held.due_h.footing == "counted"
        else held.model_copy(update={"due_h": _scaled(held.due_h, tail)})
        for held in system.work.demand
    )
    return system.model_copy(update={"work": system.work.model_copy(update={"demand": demand})})


def _scaled(due: Parameter, value: float) -> Parameter:
    """A fitted parameter at another value, its interval in proportion."""
    scale = value / due.value if due.value > 0 else 1.0
    low, high = (value if end is None else end * scale for end in (due.low, due.high))
    return due.model_copy(update={"value": value, "low": low, "high": high, "footing": "fitted"})


def _whole_leads(traces: Traces) -> NDArray[np.float64]:
    """Quantiles of the lead time of all items, those that were open at the edge of the log counted as censored.

    The finished ones alone are the quick ones where many are open. Empty where none had finished.
    """
    lead = traces.close_h - traces.arrival_h
    if not traces.finished.any():
        return np.zeros(0)
    left = np.flatnonzero(~traces.finished)
    return survival_quantiles(
        lead[traces.finished], traces.edge_h - traces.arrival_h[left], 1.0 - traces.ended[left], _LEAD_POINTS
    )


def _horizon(system: WorkSystem, lead_h: NDArray[np.float64]) -> tuple[int, int]:
    """Weeks to simulate and to warm up: long enough for the slow items, short enough to stay quick."""
    per_week = max(sum(demand.per_week.value for demand in system.work.demand), 1e-6)
    slow = float(np.quantile(lead_h, 0.95)) / HOURS_PER_WEEK if lead_h.size else 1.0
    warm_up = int(min(max(math.ceil(slow), 2), _MOST_WEEKS))
    weeks = int(min(max(math.ceil(_CASES / per_week), _LEAST_WEEKS), _MOST_WEEKS)) + warm_up
    return weeks, warm_up


def _simulated(
    system: WorkSystem, seed: int, number: int, weeks: int, warm_up: int, parts: tuple[Part, ...]
) -> _Simulated:
    """Simulate once and take gaps and lead times of the items that arrived early enough to be seen to their end."""
    scenario = Scenario(
        system=_steady(system),
        weeks=weeks,
        warm_up_weeks=warm_up,
        replications=2,
        seed=(seed + key_of("calibration", number)) % (1 << 31),
        begins=_BEGINS,
    )
    frame = simulate_log(scenario).sort(["case", "end", "start"])
    place = {function.id: number for number, function in enumerate(system.work.functions)}
    names = frame["activity"].unique().to_list()
    code = frame["activity"].replace_strict(names, [place.get(name, -1) for name in names]).to_numpy().astype(np.int64)
    case = frame["case"].rank("dense").to_numpy().astype(np.int64) - 1
    end = frame["end"].dt.epoch("us").to_numpy() / _HOUR_US
    start = frame["start"].dt.epoch("us").to_numpy() / _HOUR_US
    first = np.flatnonzero(np.r_[True, np.diff(case) != 0])
    arrival = np.minimum.reduceat(start, first)
    early = arrival <= arrival.min() + (arrival.max() - arrival.min()) * (1.0 - warm_up / max(weeks, 1))
    ready = enabled_by(case, code, len(place), parts)
    gap = np.where(ready >= 0, end - end[ready], np.nan)
    kept = early[case] & np.isfinite(gap) & (code >= 0)
    last = np.r_[first[1:], end.size] - 1
    return _Simulated(
        code[kept],
        np.maximum(gap[kept], 0.0),
        (end[last] - arrival)[early],
        float(1.0 - early.mean()),
        np.sort(arrival - arrival.min()),
    )


def _steady(system: WorkSystem) -> WorkSystem:
    """The system without growth and holidays: waits are compared at the level of the end of the log."""
    nothing = Parameter(value=0.0)
    demand = tuple(held.model_copy(update={"growth_per_year": nothing}) for held in system.work.demand)
    return system.model_copy(
        update={
            "work": system.work.model_copy(update={"demand": demand}),
            "social": system.social.model_copy(update={"holidays": ()}),
        }
    )


def _curves(simulated: _Simulated, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Quantiles of the simulated gaps, NaN where a function was too rare."""
    found = np.full(shape, np.nan)
    order = np.lexsort((simulated.gap_h, simulated.function))
    bounds = np.searchsorted(simulated.function[order], np.arange(shape[0] + 1))
    for code in range(shape[0]):
        own = simulated.gap_h[order[bounds[code] : bounds[code + 1]]]
        if own.size >= _LEAST_SEEN:
            found[code] = quantile_points(own, np.ones(own.size), shape[1])
    return found


def _ends(curves: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median and 90% quantile of curves."""
    last = curves.shape[1] - 1
    return curves[:, last // 2], curves[:, round(0.9 * last)]


def _agrees(counted: NDArray[np.float64], simulated: NDArray[np.float64], counts: NDArray[np.int64]) -> bool:
    """Whether medians and 90% quantiles of the functions that matter are close."""
    matters = (counts >= 0.02 * counts.sum()) & np.isfinite(simulated[:, 0]) & np.isfinite(counted[:, 0])
    for one, two in zip(_ends(counted), _ends(simulated), strict=True):
        if (np.abs(one - two)[matters] > np.maximum(_CLOSE * one[matters], 0.25)).any():
            return False
    return True


def _moved(system: WorkSystem, counted: NDArray[np.float64], simulated: NDArray[np.float64]) -> WorkSystem:
    """Stretch or shrink the quantiles of each delay by how far the simulated gap is off; none is made up."""
    functions: list[Function] = []
    for number, function in enumerate(system.work.functions):
        if not np.isfinite(simulated[number]).all() or not np.isfinite(counted[number]).all():
            functions.append(function)
            continue
        points = counted.shape[1]
        old = function.delay_h
        now = np.array(old.quantiles_h) if old is not None and old.quantiles_h else np.zeros(points)
        ratio = (counted[number] + _SOFT_H) / (simulated[number] + _SOFT_H)
        # A delay is part of the gap, so never longer: items still waiting when the simulation ends must not stretch it.
        new = np.minimum(np.sort(now * np.clip(ratio, 1.0 / _MOST_CHANGE, _MOST_CHANGE)), counted[number])
        delay = None
        if new[-1] > 0:
            mean = float((new[1:-1].sum() + (new[0] + new[-1]) / 2) / (points - 1))
            scale = mean / old.mean_h if old is not None and old.mean_h > 0 else 1.0
            low, high = (None, None) if old is None else (old.low_h, old.high_h)
            delay = Distribution(
                shape="empirical",
                quantiles_h=tuple(float(q) for q in new),
                mean_h=mean,
                low_h=0.0 if low is None else low * scale,
                high_h=float(new[-1]) if high is None else high * scale,
                footing="fitted",
                source="what the model's queues and calendars do not explain of the hours between events",
            )
        functions.append(function.model_copy(update={"delay_h": delay}))
    return system.model_copy(update={"work": system.work.model_copy(update={"functions": tuple(functions)})})


def _rows(
    system: WorkSystem, counted: NDArray[np.float64], simulated: NDArray[np.float64], counts: NDArray[np.int64]
) -> tuple[Calibration, ...]:
    """The comparison of functions that were simulated often enough."""
    median, tail = _ends(counted)
    simulated_median, simulated_tail = _ends(simulated)
    return tuple(
        Calibration(
            function=function.id,
            executions=int(counts[number]),
            median_h=float(median[number]),
            p90_h=float(tail[number]),
            simulated_median_h=float(simulated_median[number]),
            simulated_p90_h=float(simulated_tail[number]),
        )
        for number, function in enumerate(system.work.functions)
        if np.isfinite(median[number]) and np.isfinite(simulated_median[number])
    )


def _cautions(rows: tuple[Calibration, ...], lead_h: NDArray[np.float64], simulated: _Simulated) -> list[str]:
    """Say where the model still waits longer than the log, and how whole lead times compare."""
    out: list[str] = []
    slow = [row.function for row in rows if row.simulated_p90_h > 1.25 * row.p90_h + 1.0 and row.executions >= 50]
    if slow:
        out.append(
            f"The model waits longer than the log before: {', '.join(slow[:5])}; queues or calendars are too tight."
        )
    if lead_h.size >= _LEAST_SEEN and simulated.lead_h.size >= _LEAST_SEEN:
        one, two = np.quantile(lead_h, (0.5, 0.9)), np.quantile(simulated.lead_h, (0.5, 0.9))
        out.append(
            f"Lead time of items, median and 90%: {one[0]:.1f} and {one[1]:.1f} h in the log, {two[0]:.1f} "
            f"and {two[1]:.1f} h simulated."
        )
    return out
