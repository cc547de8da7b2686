"""Levers on what waits and what goes first: urgency, interruptions, outages that are not felt, detectors.

Only what the simulator carries. A due time is a promise to somebody else: a longer one would make the figures better
and nothing else, so none is drafted; who renegotiates one writes it as a choice of their own.
"""

from __future__ import annotations

from longwall.alignment.levers.bench import Bench, Order, put
from longwall.worksystem import Component, DemandClass, Intervention

__all__ = ["buffer", "detector_threshold", "escalation", "fallback", "interruptions"]

_OF_DUE = (0.75, 0.5)
"""Shares of the due time after which an open item becomes urgent: less and more of today's way changed."""
_BUFFERS_H = (1.0, 4.0)
"""Hours for which an outage is not felt: one coffee, half a shift."""
_MOST = 2
"""Classes of items that are offered urgency, those with most items first."""
_STEPS = (("surer", 0.5), ("sooner", -0.5))
"""Steps of a detector's threshold, in standard deviations of the noise."""


def escalation(bench: Bench, order: Order) -> list[Intervention]:
    """Let items near their due time go first, where they wait behind more urgent ones; two classes at most."""
    first = min((demand.priority for demand in bench.system.work.demand), default=0)
    behind = [
        demand
        for demand in _classes(bench, order)
        if demand.due_h is not None and demand.escalates_after_h is None and demand.priority > first
    ]
    drafts: list[Intervention] = []
    for demand in sorted(behind, key=lambda demand: (-demand.per_week.value, demand.id))[:_MOST]:
        assert demand.due_h is not None
        for share in _OF_DUE:
            after_h = round(share * demand.due_h.value, 2)
            base, open_ = f"work.demand.{demand.id}", f"{after_h:.3g} of {demand.due_h.value:.3g} h"
            drafts.append(
                bench.change(
                    order,
                    lever="escalation",
                    id=f"escalate.{demand.id}.{round(100 * share)}",
                    title=f"Let '{_name(demand)}' go first when it has been open for {open_}",
                    kind="work",
                    patches=(put(f"{base}.escalates_after_h", after_h), put(f"{base}.escalates_to", first)),
                    concerned=_everybody(bench),
                )
            )
    return drafts


def interruptions(bench: Bench, order: Order) -> list[Intervention]:
    """Let what interrupts today wait until somebody is free; where there is work that it can interrupt."""
    if not any(function.when_interrupted == "park" for function in bench.system.work.functions):
        return []
    return [
        bench.change(
            order,
            lever="interruptions",
            id=f"calm.{demand.id}",
            title=f"Let '{_name(demand)}' wait until somebody is free instead of interrupting other work",
            kind="work",
            patches=(put(f"work.demand.{demand.id}.interrupts", False),),
            concerned=_everybody(bench),
        )
        for demand in _classes(bench, order)
        if demand.interrupts
    ]


def buffer(bench: Bench, order: Order) -> list[Intervention]:
    """Let an outage of what a component rests on not be felt for a while: spare capacity, a local copy, a battery."""
    drafts: list[Intervention] = []
    for component in bench.system.technical.components:
        if component.id not in order.targets or not _rests_on_failing(bench, component):
            continue
        today = component.buffer_h.value if component.buffer_h is not None else 0.0
        drafts += [
            bench.change(
                order,
                lever="buffer",
                id=f"buffer.{component.id}.{hours:g}",
                title=f"Let {bench.name(component.id)} run on for {hours:g} h when what it rests on fails",
                kind="technical",
                patches=(put(f"technical.components.{component.id}.buffer_h", hours),),
                concerned=_users(bench, component.id),
            )
            for hours in _BUFFERS_H
            if hours > today
        ]
    return drafts


def fallback(bench: Bench, order: Order) -> list[Intervention]:
    """Let people go on by hand while the machine is out, where the work waits for it today."""
    return [
        bench.change(
            order,
            lever="fallback",
            id=f"fallback.{function.id}",
            title=f"Go on by hand at {bench.name(function.id)} while the machine is out",
            kind="work",
            patches=(put(f"work.functions.{function.id}.in_outage", "by_hand"),),
            concerned=function.roles,
        )
        for function in bench.functions(order)
        if function.in_outage == "wait" and function.roles and function.work_h.mean_h > 0
    ]


def detector_threshold(bench: Bench, order: Order) -> list[Intervention]:
    """Set a detector surer or sooner: fewer false alerts or fewer misses, as signal detection weighs them.

    Of the classes named; of those whose variance is named; without any target, of all that are alerts.
    """
    drafts: list[Intervention] = []
    for demand in bench.system.work.demand:
        if demand.alerts is None or (order.targets and not {demand.id, demand.alerts.variance} & set(order.targets)):
            continue
        today = demand.alerts.threshold.value
        for name, step in _STEPS:
            what = "fewer false ones come and more is missed" if step > 0 else "less is missed and more false ones come"
            drafts.append(
                bench.change(
                    order,
                    lever="alert_threshold",
                    id=f"threshold.{demand.id}.{name}",
                    title=f"Raise '{_name(demand)}' at {today + step:g} instead of {today:g}: {what}",
                    kind="technical",
                    patches=(put(f"work.demand.{demand.id}.alerts.threshold", today + step),),
                    concerned=_triage(bench),
                )
            )
    return drafts


def _classes(bench: Bench, order: Order) -> list[DemandClass]:
    """Return the demand classes named, or all where none is."""
    named = [demand for demand in bench.system.work.demand if demand.id in order.targets]
    return named or list(bench.system.work.demand)


def _name(demand: DemandClass) -> str:
    """Return what a reader calls a class; the bare label of a log, such as 2, would not say what it is."""
    name = demand.name or demand.id
    return f"class {name}" if name.isdigit() else name


def _everybody(bench: Bench) -> tuple[str, ...]:
    """Return the roles that do any work."""
    doing = {role for function in bench.system.work.functions for role in function.roles}
    return tuple(role.id for role in bench.system.social.roles if role.id in doing)


def _triage(bench: Bench) -> tuple[str, ...]:
    """Return the roles that look at alerts, or everybody where no function is said to be triage."""
    functions = bench.system.work.functions
    found = tuple(dict.fromkeys(role for function in functions if function.triage for role in function.roles))
    return found or _everybody(bench)


def _users(bench: Bench, component: str) -> tuple[str, ...]:
    """Return the roles whose functions use a component, or one that rests on it."""
    resting = {component}
    while True:
        more = {part.id for part in bench.system.technical.components if resting & set(part.depends_on)} - resting
        if not more:
            break
        resting |= more
    return tuple(
        dict.fromkeys(
            role
            for function in bench.system.work.functions
            if resting & {*function.uses, function.allocation.component or ""}
            for role in function.roles
        )
    )


def _rests_on_failing(bench: Bench, component: Component) -> bool:
    """Whether something that a component rests on fails at times."""
    open_, seen = list(component.depends_on), set[str]()
    while open_:
        name = open_.pop()
        part = bench.system.components.get(name)
        if part is None or name in seen:
            continue
        if part.time_between_failures_h is not None:
            return True
        seen.add(name)
        open_ += part.depends_on
    return False
