"""What arrives, as tables: classes with their clocks, surges that one event brings, detectors and what they raise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.simulation.kernel import layout
from longwall.streams import key_of
from longwall.units import HOURS_PER_WEEK, HOURS_PER_YEAR
from longwall.worksystem import Alerts, DemandClass, Parameter, WorkSystem, week_spans_h

__all__ = ["Demand", "arrivals_per_week", "arrives", "demand_of", "judged"]

HALF_HOURS = 2 * HOURS_PER_WEEK


@dataclass(frozen=True)
class Demand:
    """Tables of what arrives; columns as in `kernel.layout`.

    Parameters
    ----------
    rate : ndarray, shape (classes, 168)
        Arrivals per hour by hour of the week [1/h].
    clock : ndarray, shape (clocks, 337)
        Hours that a clock has run since Monday 00:00, at each half-hour [h]; row 0 always runs.
    comp_surges, comp_classes : list of lists of int
        Surges that the failure of a component brings, and classes whose arrivals follow its state.
    """

    cls: Any
    rate: NDArray[np.float64]
    clock: NDArray[np.float64]
    alert: Any
    surge: Any
    cls_surge: NDArray[np.int64]
    cls_down: Any
    comp_surges: list[list[int]]
    comp_classes: list[list[int]]


def arrives(demand: DemandClass) -> bool:
    """Return whether anything of a class ever comes."""
    return demand.per_week.value > 0 or demand.alerts is not None or bool(demand.surges)


def _above(x: float) -> float:
    """Return the chance that a standard normal variate lies above x."""
    return 0.5 * math.erfc(x / math.sqrt(2.0))


def _observed(alerts: Alerts) -> tuple[float, float, float, float]:
    """Return events, benign and false alerts per week, and the chance that an event raises an alert.

    Events are all that happen, seen or not. Green and Swets 1966: what is observed raises an alert above a threshold.
    """
    hit = _above(alerts.threshold.value - alerts.d_prime.value)
    false = _above(alerts.threshold.value)
    return (
        alerts.events_per_week.value,
        alerts.benign_per_week.value * hit,
        alerts.noise_per_week.value * false,
        hit,
    )


def arrivals_per_week(system: WorkSystem, demand: tuple[DemandClass, ...]) -> NDArray[np.float64]:
    """Return the expected arrivals of each class in a week, shape (classes,); surges and repeated alerts included."""
    of: dict[str, float] = {}

    def expected(d: DemandClass) -> float:
        if d.id in of:
            return of[d.id]
        of[d.id] = d.per_week.value
        if d.alerts is not None:
            events, benign, false, hit = _observed(d.alerts)
            of[d.id] += (events * hit + benign + false) * (1.0 + d.alerts.repeats.value)
        for surge in d.surges:
            if surge.source in system.components:
                component = system.components[surge.source]
                mtbf = component.time_between_failures_h
                repair = component.repair_h.mean_h if component.repair_h is not None else 1.0
                marks = 0.0 if mtbf is None else HOURS_PER_WEEK / (mtbf.value + repair)
            else:
                marks = expected(system.demand[surge.source])
            of[d.id] += marks * surge.items.value
        return of[d.id]

    return np.array([expected(d) for d in demand])


def judged(d: DemandClass, priors: dict[str, Parameter]) -> tuple[float, float, float]:
    """Return how often a triage of a class ends unjudged, confirmed or dismissed, roughly; for expected visits only."""
    if d.alerts is None:
        return 1.0, 0.0, 0.0
    events, benign, false, hit = _observed(d.alerts)
    raised = events * hit + benign + false
    others = d.per_week.value
    total = max(raised + others, 1e-9)
    confirmed = events * hit * priors["triage_hit"].value / total
    return others / total, confirmed, 1.0 - others / total - confirmed


def _clocks(demand: tuple[DemandClass, ...]) -> tuple[dict[str, int], NDArray[np.float64]]:
    """Return the row of each clock by its hours, and the hours it has run at each half-hour of the week."""
    always = "always"
    texts = [always, *sorted({d.clock for d in demand if week_spans_h(d.clock) != week_spans_h(always)})]
    ends = np.arange(HALF_HOURS + 1) / 2
    rows = []
    for text in texts:
        run = np.zeros(HALF_HOURS + 1)
        for begin, end in week_spans_h(text):
            run += np.clip(ends, begin, end) - begin
        rows.append(run)
    return {text: k for k, text in enumerate(texts)}, np.array(rows)


def demand_of(
    system: WorkSystem,
    demand: tuple[DemandClass, ...],
    levels: list[int],
    fns: dict[str, int],
    variances: dict[str, int],
    comps: dict[str, int],
    priors: dict[str, Parameter],
    add_distribution: Any,
) -> Demand:
    """Return what arrives as tables.

    Parameters
    ----------
    levels : list of int
        Every priority that occurs, the most urgent first.
    fns, variances, comps : dict of str to int
        Rows by id.
    """
    rows = {d.id: k for k, d in enumerate(demand)}
    clocks, clock = _clocks(demand)
    cls = np.zeros(len(demand), layout.CLASS).view(np.recarray)
    rate = np.zeros((len(demand), HOURS_PER_WEEK))
    alerts: list[tuple[Any, ...]] = []
    surges: list[tuple[Any, ...]] = []
    of_class: list[list[int]] = [[] for _ in demand]
    comp_surges: list[list[int]] = [[] for _ in comps]
    comp_classes: list[list[int]] = [[] for _ in comps]
    down: list[tuple[int, float]] = []
    for k, d in enumerate(demand):
        row = cls[k]
        row.key, row.batch, row.prio = key_of("demand", d.id), d.batch, levels.index(d.priority)
        row.due_h = math.inf if d.due_h is None else d.due_h.value
        row.patience = -1 if d.patience_h is None else add_distribution(d.patience_h)
        row.growth = math.log1p(d.growth_per_year.value) * HOURS_PER_WEEK / HOURS_PER_YEAR
        row.holiday = d.on_holidays.value
        row.plain = int(row.growth == 0.0 and row.holiday == 1.0 and not d.while_down)
        row.clock = clocks.get(d.clock, 0)
        row.escalate_h = math.inf if d.escalates_after_h is None else d.escalates_after_h.value
        row.escalate_prio = levels.index(d.escalates_to) if d.escalates_after_h is not None else 0
        row.interrupts, row.alert = int(d.interrupts), -1
        row.reopen_delay = row.reopen_fn = -1
        if d.reopens is not None:
            row.reopen, row.reopen_fn = d.reopens.probability.value, fns[d.reopens.target]
            row.reopen_delay = add_distribution(d.reopens.delay_h)
        row.down_lo, row.down_n = len(down), len(d.while_down)
        for component, factor in sorted(d.while_down.items()):
            down.append((comps[component], factor.value))
            comp_classes[comps[component]].append(k)
        per_week = d.per_week.value / d.batch
        if d.alerts is not None:
            row.alert = len(alerts)
            events, benign, false, hit = _observed(d.alerts)
            total = events + benign + false + d.per_week.value
            raised = events * hit + benign + false
            repeats = d.alerts.repeats.value
            surge = -1
            if repeats > 0.0:
                surge = len(surges)
                surges.append((key_of("repeats", d.id), k, repeats, priors["repeat_gap_h"].value, 0.0))
            alerts.append(
                (variances[d.alerts.variance], events / total, benign / total, false / total, hit,
                 min(max(events * hit / raised if raised > 0 else 0.5, layout.LEAST_WORTH), layout.MOST_WORTH),
                 repeats, surge)
            )  # fmt: skip
            per_week = total / d.batch
        for each in d.surges:
            if each.source not in comps and each.source not in rows:
                continue
            of_source = comp_surges[comps[each.source]] if each.source in comps else of_class[rows[each.source]]
            of_source.append(len(surges))
            gap_h = each.within_h.value / each.items.value
            key = key_of("surge", f"{d.id} {each.source}")
            surges.append((key, k, each.items.value, gap_h, each.merges.value))
        profile = np.array(d.profile) if d.profile else np.ones(HOURS_PER_WEEK)
        rate[k] = profile / profile.sum() * per_week
    flat: list[int] = []
    for row, mine in zip(cls, of_class, strict=True):
        row.surge_lo, row.surge_n = len(flat), len(mine)
        flat.extend(mine)
    return Demand(
        cls=cls, rate=rate, clock=clock, alert=np.array(alerts, layout.ALERT).view(np.recarray),
        surge=np.array(surges, layout.SURGE).view(np.recarray), cls_surge=np.array(flat, np.int64),
        cls_down=np.array(down, layout.CHANCE).view(np.recarray), comp_surges=comp_surges, comp_classes=comp_classes,
    )  # fmt: skip
