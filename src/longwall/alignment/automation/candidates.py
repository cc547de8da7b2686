"""Which functions people do that could be given to machines: how many, how rule-like, how steady, how long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from longwall.alignment.automation.likeness import likeness_in_log, likeness_in_routes
from longwall.alignment.automation.results import Candidate, Likeness
from longwall.alignment.flow import flow_of
from longwall.discovery.traces import traces_of
from longwall.errors import AlignmentError, Fault
from longwall.simulation.load import parts_of_work
from longwall.simulation.priors import effective
from longwall.stats import bootstrap_interval
from longwall.streams import generator
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Distribution, Estimate, Footing, Function, WorkSystem

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["candidates"]

_UNKNOWN = Estimate(value=0.5, low=0.0, high=1.0, footing="assumed")
"""Likeness of a step of which nothing is known: anything."""
_LEAST = 20
_DRAWS = 200


def candidates(
    system: WorkSystem, log: Log | None = None, labels: Mapping[str, str] | None = None, *, seed: int = 0
) -> tuple[Candidate, ...]:
    """Return the functions that people do, what is a burden first, then by hours that look like routine.

    Parameters
    ----------
    log : Log, optional
        None: what the model says, assumed.
    labels : mapping of str to Id, optional
        Label of an activity in the log to the function of the model.

    Raises
    ------
    AlignmentError
        LW-AL-070: people do nothing in this model.
    """
    known = likeness_in_log(log, labels or {}, seed=seed) if log is not None else likeness_in_routes(system)
    counts = _counted(log, labels or {}, seed) if log is not None else {}
    visits = flow_of(system).visits
    priors = {name: parameter.value for name, parameter in effective(system).items()}
    found = []
    for function in system.work.functions:
        component = system.components.get(function.allocation.component or "")
        share = float(parts_of_work(function, component, priors).total)
        if not function.roles or function.work_h.mean_h * share * visits.get(function.id, 0.0) <= 0.0:
            continue
        per_week, elapsed = counts.get(function.id, (_assumed(visits[function.id], "per week"), None))
        found.append(_candidate(function, per_week, share, elapsed, known.get(function.id)))
    if not found:
        raise AlignmentError(
            Fault("LW-AL-070", "work.functions", "a function with work that people do", "none",
                  "add `work_h` and `roles` to the functions, or discover them from a log")
        )  # fmt: skip
    found.sort(key=lambda one: (-one.routine_h.value, one.function))
    ranked = [one.model_copy(update={"rank": place}) for place, one in enumerate(found, 1)]
    order = {"hazardous": 0, "degrading": 1, "": 2}
    return tuple(sorted(ranked, key=lambda one: (order[one.burden], one.rank)))


def _candidate(
    function: Function, per_week: Estimate, share: float, elapsed: Estimate | None, likeness: Likeness | None
) -> Candidate:  # fmt: skip
    """Put one candidate together; its rank comes later."""
    work = function.work_h
    low, high = (work.mean_h if end is None else end for end in (work.low_h, work.high_h))
    footing: Footing = "assumed" if "assumed" in (work.footing, per_week.footing) or share != 1.0 else "fitted"
    hours = Estimate(
        value=per_week.value * share * work.mean_h, low=per_week.low * share * min(low, work.mean_h),
        high=per_week.high * share * max(high, work.mean_h), unit="h per week", footing=footing,
    )  # fmt: skip
    cv = _cv(work)
    steady = 1.0 / (1.0 + cv * cv)
    rule = _UNKNOWN if likeness is None else likeness.value
    return Candidate(
        function=function.id, name=function.name, burden=function.burden, level=function.allocation.level,
        per_week=per_week, hours=hours, work_cv=cv, elapsed_h=elapsed, likeness=likeness,
        routine_h=Estimate(
            value=hours.value * rule.value * steady, low=hours.low * rule.low * steady,
            high=hours.high * rule.high * steady, unit="h per week",
            footing="assumed" if "assumed" in (rule.footing, hours.footing) else "fitted",
        ),
        rank=1,
    )  # fmt: skip


def _cv(work: Distribution) -> float:
    """Return the coefficient of variation of a distribution of hours."""
    if work.shape == "fixed":
        return 0.0
    if work.shape == "exponential":
        return 1.0
    if work.shape == "lognormal":
        return work.cv
    points = np.array(work.quantiles_h)
    below, above = points[:-1], points[1:]
    mean = float((below + above).mean() / 2.0)
    square = float((below**2 + below * above + above**2).mean() / 3.0)
    return float(np.sqrt(max(square - mean**2, 0.0)) / mean) if mean > 0.0 else 0.0


def _counted(log: Log, labels: Mapping[str, str], seed: int) -> dict[str, tuple[Estimate, Estimate | None]]:
    """Return executions a week, and the middle elapsed hours of the step, as the log counts them."""
    traces = traces_of(log)
    weeks = max(traces.edge_h - float(traces.arrival_h.min(initial=traces.edge_h)), 24.0) / HOURS_PER_WEEK
    found: dict[str, tuple[Estimate, Estimate | None]] = {}
    for code, label in enumerate(log.activities):
        rows = np.flatnonzero(log.activity == code)
        if label not in labels or not rows.size:
            continue
        gaps = traces.gap_h[rows[traces.previous[rows] >= 0]]
        elapsed = None
        if gaps.size >= _LEAST:
            value, low, high = bootstrap_interval(
                gaps, lambda x: float(np.median(x)), generator(seed, "elapsed", label), draws=_DRAWS
            )
            elapsed = Estimate(value=value, low=min(low, value), high=max(high, value), unit="h", footing="counted")
        found[labels[label]] = Estimate.counted(rows.size / weeks, "per week"), elapsed
    return found


def _assumed(value: float, unit: str) -> Estimate:
    return Estimate(value=value, low=value, high=value, unit=unit, footing="assumed")
