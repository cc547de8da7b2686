"""A scenario in, a forecast out: replications in threads, reduced in their order, an interval on every number."""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from longwall.errors import Fault, SimulationError
from longwall.provenance import hash_of_value
from longwall.simulation.assumptions import assumed_paths, rests_on
from longwall.simulation.beginning import DAYS_PER_WEEK, begin_of
from longwall.simulation.compile import Compiled, compile_phases, compile_system
from longwall.simulation.indicators import Counters, Indicated, indicated, measure
from longwall.simulation.kernel import (
    DONE,
    GROW,
    Model,
    State,
    advance,
    change_model,
    grow,
    layout,
    new_state,
    opened,
)
from longwall.simulation.load import cautions_of
from longwall.simulation.loading import load_directly
from longwall.simulation.scenario import Scenario
from longwall.simulation.striking import plan_outages, with_outages
from longwall.simulation.student import t_factor
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import (
    Column,
    Estimate,
    Footing,
    Forecast,
    IndicatorForecast,
    Piece,
    patched,
)

__all__ = [
    "IndicatorDifference",
    "Progress",
    "Replicated",
    "Runs",
    "default_threads",
    "difference",
    "run",
    "simulate",
]

Progress = Callable[[float, str], None]
"""Told the share that is done, 0 to 1, and what is being done."""

MEASURED_AT_ONCE = 64
"""Replications that are measured in one pass; it changes time and memory only."""

Replicated = tuple[NDArray[np.float64], NDArray[np.float64], int, NDArray[np.float64]]
"""Values, series, events and identities of one replication, as `Runs` holds them for all."""


@dataclass(frozen=True)
class Runs:
    """The indicators of every replication.

    Parameters
    ----------
    indicators : tuple of Indicated, length n
        What each number means.
    values : ndarray, shape (replications, n)
        NaN where a replication had nothing to measure.
    series : ndarray, shape (replications, n, weeks)
    events : ndarray of int, shape (replications,)
        Arrivals, completions, abandonments and changes of shift that were simulated, warm-up included.
    balance : ndarray, shape (replications, 2)
        What must be zero: items that came less those that left or stayed; hours of presence by two ways of counting.
    """

    scenario: Scenario
    indicators: tuple[Indicated, ...]
    values: NDArray[np.float64]
    series: NDArray[np.float64]
    events: NDArray[np.int64]
    balance: NDArray[np.float64]
    cautions: tuple[str, ...] = ()

    def column(self, indicator: str, scope: str = "organisation") -> NDArray[np.float64]:
        """Return one indicator, shape (replications,).

        Raises
        ------
        KeyError
            If it was not simulated in this scope.
        """
        for k, what in enumerate(self.indicators):
            if what.id == indicator and what.scope == scope:
                return self.values[:, k]
        raise KeyError(f"{indicator} of {scope} was not simulated")

    def forecast(self) -> Forecast:
        """Return the means with 95% t intervals over replications, and what they rest on."""
        system = self.scenario.system
        paths = assumed_paths(system)
        shared: tuple[str, ...] | None = None
        entries = []
        bands = _bands(self.series)
        for k, what in enumerate(self.indicators):
            value, low, high = interval(self.values[:, k])
            if not math.isfinite(value):
                continue
            shared = rests_on(what.id, what.scope, paths)
            footing: Footing = "assumed" if shared or system.person_state else "fitted"
            mean, under, over = bands[k]
            entries.append(
                IndicatorForecast(
                    id=what.id, name=what.name, column=what.column, scope=what.scope, better=what.better,
                    estimate=Estimate(value=value, low=low, high=high, unit=what.unit, footing=footing),
                    series=mean, series_low=under, series_high=over, rests_on=shared,
                )
            )  # fmt: skip
        s = self.scenario
        parts = [system.hash, s.design, s.weeks, s.warm_up_weeks, s.replications, s.seed, s.begins]
        start = s.model_dump(
            mode="json", include={"changes", "open_items", "replay_h", "outages"}, exclude_defaults=True
        )
        name = hash_of_value([*parts, start] if start else parts)
        return Forecast(
            id=f"forecast-{s.design}-{name[:10]}", design=s.design, system_hash=system.hash, begins=s.begins,
            weeks=s.weeks, warm_up_weeks=s.warm_up_weeks, replications=s.replications, seed=s.seed,
            indicators=tuple(entries), assumptions=paths, cautions=self.cautions,
        )  # fmt: skip


class IndicatorDifference(Piece):
    """How much one indicator differs between two scenarios under the same luck.

    Parameters
    ----------
    estimate : Estimate
        Other less base, with the 95% t interval of the paired differences.
    base, other : float
        Means of the two.
    """

    id: str
    name: str
    column: Column
    scope: str
    better: Literal["lower", "higher"]
    base: float
    other: float
    estimate: Estimate


def interval(sample: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return mean and 95% t interval of a sample; values that are NaN are left out, without two there is none."""
    sample = sample[np.isfinite(sample)]
    n = len(sample)
    if n < 2:
        return math.nan, math.nan, math.nan
    mean = math.fsum(sample) / n
    spread = math.sqrt(math.fsum((x - mean) ** 2 for x in sample) / (n - 1) / n)
    half = t_factor(n - 1) * spread
    return mean, mean - half, mean + half


def _bands(series: NDArray[np.float64]) -> list[tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]]:
    """Return mean, 2.5% and 97.5% quantiles over replications by week, for each indicator.

    `series` has shape (replications, indicators, weeks); nothing is returned where a week has no value at all.
    """
    ordered = np.sort(series, axis=0)
    n = np.isfinite(series).sum(axis=0)
    enough = np.maximum(n, 1)

    def quantile(q: float) -> NDArray[np.float64]:
        at = q * (enough - 1)
        below = np.floor(at).astype(np.int64)
        above = np.minimum(below + 1, enough - 1)
        low, high = (np.take_along_axis(ordered, k[None], axis=0)[0] for k in (below, above))
        return np.asarray(low + (high - low) * (at - below))

    mean = np.where(np.isfinite(series), series, 0.0).sum(axis=0) / enough
    bands = (mean, quantile(0.025), quantile(0.975))
    whole = (n > 0).all(axis=1)
    rows = [[tuple(band[k].tolist()) if whole[k] else () for band in bands] for k in range(series.shape[1])]
    return [(a, b, c) for a, b, c in rows]


def default_threads() -> int:
    """Return how many threads simulate: the environment variable ``LONGWALL_THREADS``, else one per processor."""
    asked = os.environ.get("LONGWALL_THREADS", "")
    return int(asked) if asked.isdigit() and int(asked) > 0 else os.cpu_count() or 1


def check(scenario: Scenario) -> None:
    """Refuse a scenario whose begin is not a Monday.

    Raises
    ------
    SimulationError
        LW-SI-009.
    """
    if scenario.begins:
        try:
            monday = datetime.date.fromisoformat(scenario.begins).weekday() == 0
        except ValueError:
            monday = False
        if not monday:
            raise SimulationError(
                Fault("LW-SI-009", "scenario.begins", "the ISO date of a Monday", scenario.begins,
                      "give a date such as 2024-01-01")
            )  # fmt: skip


def _advanced(model: Model, rows: Any, state: State, until_h: float, drain: Callable[[State], None] | None) -> State:
    """Return the state at a later hour [h]; its pools grow as needed, and rows of the log are drained."""
    tables = opened(state)
    while True:
        outcome = advance(rows, tables, until_h)
        if drain is not None:
            drain(state)
        if outcome == DONE:
            return state
        if outcome == GROW:
            state = grow(model, state)
            tables = opened(state)


def play(
    compiled: Compiled,
    scenario: Scenario,
    replication: int,
    log_rows: int = 0,
    drain: Callable[[State], None] | None = None,
    midnight: Callable[[State, int], None] | None = None,
) -> State:
    """Simulate one replication to its end and return its last state.

    Parameters
    ----------
    midnight : callable, optional
        Called at the end of each day with the state and the number of the day, the warm-up's first being 0.

    Raises
    ------
    RuntimeError
        If a pool of the kernel overflowed: a defect, never the user's mistake.
    """
    weeks = scenario.warm_up_weeks + scenario.weeks
    begin = begin_of(
        compiled, scenario.open_items, scenario.replay_h, scenario.begins, scenario.weeks, scenario.warm_up_weeks
    )
    state = new_state(compiled.model, scenario.seed, replication, weeks, scenario.warm_up_weeks, log_rows, begin)
    ends = [*(scenario.warm_up_weeks + week for week, _ in compiled.later), weeks]
    if scenario.outages:
        state = _advanced(compiled.model, compiled.opened[0], state, 0.0, drain)
        plan_outages(state, compiled, scenario.outages, float(HOURS_PER_WEEK * scenario.warm_up_weeks))
    day = 0
    for k, model in enumerate((compiled.model, *(model for _, model in compiled.later))):
        if k > 0:
            change_model(state)
        while midnight is not None and day < DAYS_PER_WEEK * ends[k]:
            state = _advanced(model, compiled.opened[k], state, 24.0 * (day + 1), drain)
            midnight(state, day)
            day += 1
        state = _advanced(model, compiled.opened[k], state, float(HOURS_PER_WEEK * ends[k]), drain)
    if int(state.clk.lost[0]):
        raise RuntimeError("the kernel lost occurrences of variances or surges; please report this system")
    return state


def balance_of(state: State, weeks: int, warm_up_weeks: int) -> NDArray[np.float64]:
    """Return the two identities of a finished run, each as a difference that must be zero, shape (2,)."""
    clk = state.clk
    came = clk.initial[0] + clk.arrived[0] + clk.reopened[0]
    items = came - clk.completed[0] - clk.abandoned[0] - clk.merged[0] - clk.present[0]
    end, start = float(HOURS_PER_WEEK * weeks), float(HOURS_PER_WEEK * warm_up_weeks)
    counted = (state.item.phase != layout.FREE) & (state.item.phase != layout.DORMANT) & (state.item.parent < 0)
    here = state.item.t_in[counted]
    overlap = float(clk.overlap[0]) + math.fsum(end - np.maximum(here, start))
    area = math.fsum(state.out_cls[warm_up_weeks:].area.ravel())
    return np.array([float(items), (area - overlap) / max(area, 1.0)])


def prepare(scenario: Scenario) -> Compiled:
    """Return the tables that a scenario is played on; of its fields, `seed` and `replications` do not matter to them.

    Raises
    ------
    SimulationError
        If the scenario cannot be simulated; every reason at once.
    """
    check(scenario)
    load_directly()
    system = with_outages(scenario.system, scenario.outages)
    if not scenario.changes:
        return compile_system(system)
    phases = [(0, system)]
    for change in sorted(scenario.changes, key=lambda c: c.week):
        if change.week < scenario.weeks:
            phases.append((change.week, patched(phases[-1][1], change.patches)))
    return compile_phases(phases)


Played = tuple[Counters, int, NDArray[np.float64]]
"""Counters, events and identities of one replication, before it is measured."""


def played(compiled: Compiled, scenario: Scenario, replication: int) -> Played:
    """Return what one replication has counted."""
    state = play(compiled, scenario, replication)
    clk = state.clk
    events = int(clk.n_arrival[0] + clk.n_completion[0] + clk.n_abandon[0] + clk.n_shift[0] + clk.n_machine[0])
    weeks = scenario.warm_up_weeks + scenario.weeks
    return Counters.of(state), events, balance_of(state, weeks, scenario.warm_up_weeks)


def measured(compiled: Compiled, scenario: Scenario, plays: Sequence[Played]) -> list[Replicated]:
    """Return values, series, events and identities of replications."""
    if not plays:
        return []
    values, series = measure(compiled, [counters for counters, _, _ in plays], scenario.warm_up_weeks)
    return [(v, s, events, balance) for v, s, (_, events, balance) in zip(values, series, plays, strict=True)]


def run(scenario: Scenario, *, threads: int | None = None, progress: Progress | None = None) -> Runs:
    """Return the indicators of every replication of a scenario.

    The result is the same bits for any number of threads: each replication has its own keyed draws, and results are
    put together in the order of replications.

    Parameters
    ----------
    threads : int, optional
        Default: `default_threads`.

    Raises
    ------
    SimulationError
        If the system cannot be simulated; every reason at once.
    """
    compiled = prepare(scenario)
    one = partial(played, compiled, scenario)
    n = scenario.replications
    results: list[Replicated] = []
    waiting: list[Played] = []
    with ThreadPoolExecutor(max(1, min(threads or default_threads(), n))) as pool:
        for done, result in enumerate(pool.map(one, range(n)), start=1):
            waiting.append(result)
            if len(waiting) == MEASURED_AT_ONCE or done == n:
                results += measured(compiled, scenario, waiting)
                waiting.clear()
            if progress is not None:
                progress(done / n, f"simulating {scenario.design}, replication {done} of {n}")
    return assembled(compiled, scenario, results)


def assembled(compiled: Compiled, scenario: Scenario, results: Sequence[Replicated]) -> Runs:
    """Return the runs of a scenario from its replications, which come in their order."""
    return Runs(
        scenario=scenario,
        indicators=indicated(compiled),
        values=np.array([r[0] for r in results]),
        series=np.array([r[1] for r in results]),
        events=np.array([r[2] for r in results], dtype=np.int64),
        balance=np.array([r[3] for r in results]),
        cautions=(*cautions_of(compiled), *_undated(scenario)),
    )


def _undated(scenario: Scenario) -> tuple[str, ...]:
    """Return a caution where a system has holidays and a scenario no date."""
    if scenario.system.social.holidays and not scenario.begins:
        return ("social.holidays: the scenario says on no date when it begins, so there are none",)
    return ()


def simulate(scenario: Scenario, *, threads: int | None = None, progress: Progress | None = None) -> Forecast:
    """Return the forecast of a scenario: every indicator with a 95% interval, series by week, and what it rests on.

    Parameters
    ----------
    threads : int, optional
        Default: one per processor; it changes no bit of the result.

    Raises
    ------
    SimulationError
        If the system cannot be simulated; every reason at once.
    """
    return run(scenario, threads=threads, progress=progress).forecast()


def difference(base: Runs, other: Runs) -> tuple[IndicatorDifference, ...]:
    """Return how much each indicator that both have differs, paired by replication under the same luck.

    Raises
    ------
    SimulationError
        LW-SI-014: if seed, length or number of replications differ, so that there are no pairs.
    """
    keys = ("seed", "weeks", "warm_up_weeks", "replications")
    apart = [key for key in keys if getattr(base.scenario, key) != getattr(other.scenario, key)]
    if apart:
        raise SimulationError(
            Fault("LW-SI-014", "scenario", "two runs with the same seed, length and replications",
                  f"different {', '.join(apart)}", "run both with the same settings")
        )  # fmt: skip
    position = {(what.id, what.scope): k for k, what in enumerate(other.indicators)}
    found = []
    footing: Footing = (
        "assumed" if base.scenario.system.person_state or other.scenario.system.person_state else "fitted"
    )
    paths = assumed_paths(other.scenario.system)
    for k, what in enumerate(base.indicators):
        j = position.get((what.id, what.scope))
        if j is None:
            continue
        pairs = other.values[:, j] - base.values[:, k]
        value, low, high = interval(pairs)
        if not math.isfinite(value):
            continue
        there = np.isfinite(pairs)
        rests = footing == "assumed" or bool(rests_on(what.id, what.scope, paths))
        found.append(
            IndicatorDifference(
                id=what.id, name=what.name, column=what.column, scope=what.scope, better=what.better,
                base=float(base.values[there, k].mean()), other=float(other.values[there, j].mean()),
                estimate=Estimate(
                    value=value, low=low, high=high, unit=what.unit, footing="assumed" if rests else "fitted"
                ),
            )
        )  # fmt: skip
    return tuple(found)
