"""The work layer of the model: demand classes, functions, routes, and the indicators that are watched by default."""

from __future__ import annotations

import math

import numpy as np

from longwall.discovery.agreed import agreed_h
from longwall.discovery.arrival_level import Level
from longwall.discovery.demand import Classes
from longwall.discovery.durations import quantile_interval
from longwall.discovery.flow import Step, wilson
from longwall.discovery.labels import ids_of
from longwall.discovery.parts import Parts
from longwall.worksystem import (
    Allocation,
    DemandClass,
    Distribution,
    Fork,
    Function,
    Indicator,
    Parameter,
    Role,
    Route,
)

__all__ = ["class_ids", "default_indicators", "demand_of", "forks_of", "functions_layer", "gateways_layer", "routes_of"]

_LEAST_ITEMS = 20
_FEW = 30


def class_ids(classes: Classes) -> tuple[str, ...]:
    """Ids of the demand classes, by code."""
    return ids_of(classes.names if len(classes.names) > 1 else ("items",))


def demand_of(parts: Parts, lines: dict[str, str], cautions: list[str]) -> tuple[DemandClass, ...]:
    """Demand classes with rates, profiles and the time after which an item is late."""
    arrivals, classes, traces = parts.arrivals, parts.classes, parts.traces
    ids = class_ids(classes)
    lead = traces.close_h - traces.arrival_h
    agreed = agreed_h(parts.log, traces)
    level, closed = arrivals.level, arrivals.closed
    stale = f"half-life {level.half_life_weeks:.0f} weeks" if math.isfinite(level.half_life_weeks) else "none forgotten"
    how = f"{'log-linear trend' if level.trend else 'mean'} ({stale})"
    growth = Parameter(
        value=level.growth_per_year,
        low=level.growth_low,
        high=level.growth_high,
        unit="per year",
        footing="fitted",
        source=f"weekly counts; {_chosen(level)}",
    )
    kept = {}
    if closed.country:
        holiday = Parameter(
            value=closed.factor, low=closed.low, high=closed.high, footing="counted" if closed.seen else "assumed",
            source=closed.sentence,
        )  # fmt: skip
        kept = {"on_holidays": holiday}
    out: list[DemandClass] = []
    for number, name in enumerate(classes.names):
        rate = float(arrivals.per_week[number])
        if rate <= 0:
            continue
        due = None
        known = agreed[(classes.of_case == number) & np.isfinite(agreed)]
        if known.size >= _LEAST_ITEMS:
            middle = float(np.median(known))
            span = quantile_interval(known, 0.5)
            due = Parameter(
                value=middle,
                low=min(span[0], middle),
                high=max(span[1], middle),
                unit="h",
                footing="counted",
                source=f"median of {known.size} agreed times",
            )
        elif traces.finished.sum() >= _LEAST_ITEMS:
            limit = float(np.quantile(lead[traces.finished], 0.9))
            span = quantile_interval(lead[traces.finished], 0.9)
            due = Parameter(
                value=limit,
                low=min(span[0], limit),
                high=max(span[1], limit),
                unit="h",
                footing="fitted",
                source=f"no agreed time: what 90% of the items keep; in the log 90% of the finished took {limit:.1f} h",
            )
        source = f"{how} of {arrivals.weeks} whole weeks, carried to the end of the log"
        out.append(
            DemandClass(
                id=ids[number],
                name=name if len(classes.names) > 1 else "",
                per_week=Parameter(
                    value=rate,
                    low=float(arrivals.low[number]),
                    high=float(arrivals.high[number]),
                    unit="items per week",
                    footing="counted",
                    source=source,
                ),
                profile=tuple(round(float(weight), 6) for weight in arrivals.profile[number]),
                priority=classes.priority[number],
                due_h=due,
                growth_per_year=growth,
                **kept,
            )
        )
        lines[f"work.demand.{ids[number]}.per_week"] = (
            f"{rate:.1f} a week ({arrivals.low[number]:.1f} to {arrivals.high[number]:.1f}), {source}; counted"
        )
        lines[f"work.demand.{ids[number]}.growth_per_year"] = (
            f"{100 * growth.value:+.0f}% a year ({100 * level.growth_low:+.0f}% to {100 * level.growth_high:+.0f}%): "
            f"{growth.source}; fitted"
        )
        for key, value in kept.items():
            lines[f"work.demand.{ids[number]}.{key}"] = f"{closed.sentence}; {value.footing}"
        lines[f"work.demand.{ids[number]}.priority"] = f"{classes.sentence}; fitted"
        lines[f"work.demand.{ids[number]}.profile"] = "arrivals by hour of week, newer ones count more; counted"
        if due is not None:
            lines[f"work.demand.{ids[number]}.due_h"] = f"{due.source}; {due.footing}"
    if level.trend:
        cautions.append(
            f"Arrivals change by {100 * level.growth_per_year:+.0f}% a year ({100 * level.growth_low:+.0f}% to "
            f"{100 * level.growth_high:+.0f}%), and the model carries that on, at most twofold a year."
        )
    return tuple(out)


def _chosen(level: Level) -> str:
    """How a level was chosen."""
    if not math.isfinite(level.loss):
        return "too few weeks to learn a trend, none is carried on"
    kept = "a trend is carried on" if level.trend else "no trend foretold later weeks better, none is carried on"
    return f"{kept} (mean absolute log ratio on later weeks {level.loss:.2f}, usual choice {level.loss_before:.2f})"


def functions_layer(
    parts: Parts, ids: tuple[str, ...], roles: tuple[Role, ...], work: list[Distribution], lines: dict[str, str]
) -> tuple[Function, ...]:
    """Functions with work, waits, roles and allocation."""
    out: list[Function] = []
    for number, (name, function) in enumerate(zip(parts.functions.names, ids, strict=True)):
        waits = parts.durations.delay_h[number]
        delay = None
        if np.isfinite(waits).all() and waits[-1] > 0:
            mean = float((waits[1:-1].sum() + (waits[0] + waits[-1]) / 2) / (waits.size - 1))
            half = 1.96 * float(parts.durations.delay_error[number])
            delay = Distribution(
                shape="empirical",
                mean_h=mean,
                low_h=mean * max(1.0 - half, 0.0),
                high_h=mean * (1.0 + half),
                quantiles_h=tuple(float(w) for w in waits),
                footing="fitted",
                source="hours between events less the work",
            )
        allocation = parts.machines.allocation.get(number, Allocation())
        who = tuple(roles[role].id for role in parts.performers.roles(number))
        out.append(
            Function(
                id=function,
                name=name,
                work_h=work[number],
                delay_h=delay,
                roles=who,
                rule="same_person" if parts.staying.stays[number] else "longest_idle",
                allocation=allocation,
            )
        )
        said = parts.staying.sentence(number)
        lines[f"work.functions.{function}.rule"] = (
            f"{said}; counted" if said else "too few people or steps to tell who takes what; assumed"
        )
        low, high = work[number].low_h, work[number].high_h
        span = f" ({low:.3g} to {high:.3g})" if low is not None and high is not None else ""
        lines[f"work.functions.{function}.work_h"] = (
            f"{work[number].mean_h:.3g} h{span}: {work[number].source}; {work[number].footing}"
        )
        if number in parts.durations.spread:
            lines[f"work.functions.{function}.work_h.members"] = (
                f"{parts.durations.spread[number].sentence()}; the model takes them as alike; fitted"
            )
        if number in parts.machines.allocation:
            lines[f"work.functions.{function}.allocation"] = (
                f"{100 * parts.machines.share[number]:.0f}% of executions by a machine-like performer; level 7 to 10"
            )
        if number in parts.performers.guessed:
            lines[f"work.functions.{function}.roles"] = (
                "no person was seen doing it; the role of the steps around it; assumed"
            )
        else:
            lines[f"work.functions.{function}.roles"] = "roles whose members did at least 5% of it; counted"
    return tuple(out)


def _seen(step: Step) -> str:
    """What a route rests on, in words."""
    few = step.demand >= 0 and step.count < _FEW
    return f"{step.count:.0f} transitions" + (" of this class, and those of all classes" if few else "")


def routes_of(
    parts: Parts, ids: tuple[str, ...], demand: tuple[DemandClass, ...], lines: dict[str, str]
) -> tuple[Route, ...]:
    """Routes as the flow found them; functions that only variances lead to lead on to the end."""
    classes = class_ids(parts.classes)
    live = {d.id for d in demand}
    n = len(ids)
    routes: list[Route] = []
    for step in parts.flow.steps:
        if step.demand >= 0 and classes[step.demand] not in live:
            continue
        source = "start" if step.source < 0 else ids[step.source]
        shares = np.round(np.array(step.probability), 9)
        shares[int(np.argmax(shares))] += 1.0 - shares.sum()
        for target, share, low, high in zip(step.targets, shares, step.low, step.high, strict=True):
            value = float(min(max(share, 0.0), 1.0))
            routes.append(
                Route(
                    source=source,
                    target="end" if target == n else ids[target],
                    probability=Parameter(
                        value=value,
                        low=min(low, value),
                        high=max(high, value),
                        footing="counted",
                        source=_seen(step),
                    ),
                    demand=classes[step.demand] if step.demand >= 0 else None,
                    after=tuple(ids[f] for f in step.after),
                )
            )
    lines["work.routes"] = (
        f"transitions in cases, memory {parts.flow.memory} by log loss on cases held out; items end as often as cases "
        "had ended; loops that variances cause are left out; counted"
    )
    return tuple(routes)


def gateways_layer(parts: Parts, ids: tuple[str, ...]) -> tuple[Function, ...]:
    """Functions that only route: forks and joins that no function of the log stands for."""
    known = len(parts.functions.names)
    return tuple(
        Function(id=gate, name=name, note="only routes: nobody does anything here, and it leaves no event")
        for gate, name in zip(ids[known:], parts.flow.gateways, strict=True)
    )


def forks_of(parts: Parts, ids: tuple[str, ...], lines: dict[str, str]) -> tuple[Fork, ...]:
    """Forks, one for each parallel part, and a line on each."""
    out: list[Fork] = []
    for number, fork in enumerate(parts.flow.forks):
        part = parts.parallel[fork.part]
        name = f"parallel-{number + 1}"
        out.append(
            Fork(id=name, after=ids[fork.head], branches=tuple(ids[b] for b in fork.branches), join=ids[fork.join])
        )
        low, high = wilson(part.share * part.passages, part.passages)
        lines[f"work.forks.{name}"] = (
            f"branches that {part.evidence}; {100 * part.share:.0f}% ({100 * low:.0f} to {100 * high:.0f}) of "
            f"{part.passages} passages took every branch once; counted"
        )
    return tuple(out)


def default_indicators() -> tuple[Indicator, ...]:
    """What is watched by default, both columns."""
    technical = (
        ("lead_time_h", "Lead time", "h"),
        ("late_share", "Past the time", ""),
        ("escaped_per_100", "Escaped variances per 100", ""),
    )
    social = (
        ("high_load_share", "Hours above 85% load", ""),
        ("handovers_per_item", "Team changes per item", ""),
        ("skill_reserve", "Expected success of a takeover", ""),
    )
    return (
        *(Indicator(id=i, name=name, column="technical", unit=unit) for i, name, unit in technical),
        *(
            Indicator(id=i, name=name, column="social", unit=unit, better="higher" if i == "skill_reserve" else "lower")
            for i, name, unit in social
        ),
    )
