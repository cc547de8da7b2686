"""What a system itself asks for, where no finding has said so yet: each order with its reason in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from longwall.alignment.levers.bench import Bench, Order
from longwall.worksystem import Function

__all__ = ["seen"]

_PRESSED = 0.85
"""Load over rostered hours above which a role is offered people even where no finding asks for it."""
_LONG_H = 0.5
"""Mean work [h] from which on a task is often not done when a shift ends."""
_MOST = 2
"""Places of one kind, those with most work first."""


def seen(bench: Bench) -> list[tuple[Order, str]]:
    """Return orders that the system itself asks for, each with the kind of its lever.

    People for roles whose work fills 85% of their rostered hours or more; review or practice where a machine acts
    before a person reads (levels 7 to 10); work by hand where it waits for a machine; detectors set otherwise; urgency
    for what is promised and waits behind other work; what interrupts; buffers for what rests on what fails; who keeps
    an item that comes back; what becomes of long work at the end of a shift.
    """
    return [*_people(bench), *_machines(bench), *_waiting(bench), *_going_on(bench)]


def _people(bench: Bench) -> Iterator[tuple[Order, str]]:
    """Roles under pressure."""
    for role in bench.system.social.roles:
        pressure = bench.flow.pressure(role.id)
        if pressure >= _PRESSED:
            yield Order((role.id,), (), f"work fills about {pressure:.0%} of the rostered hours"), "staff"


def _machines(bench: Bench) -> Iterator[tuple[Order, str]]:
    """Machines that act first, detectors, and what rests on what fails."""
    for function in bench.system.work.functions:
        if function.allocation.level >= 7:
            why = "a machine acts before a person reads: the work is no longer practised by hand"
            yield Order((function.id,), (), why), "drill"
            yield Order((function.id,), (), why), "hand_back"
    waiting = [one for one in bench.system.work.functions if one.in_outage == "wait" and one.allocation.level > 1]
    for function in _largest(bench, waiting):
        yield Order((function.id,), (), "the work waits while the machine is out"), "fallback"
    for demand in bench.system.work.demand:
        if demand.alerts is not None:
            why = "what a detector raises is work: surer means fewer false alerts, sooner means fewer misses"
            yield Order((demand.id,), (), why), "alert_threshold"
    leaning = [part for part in bench.system.technical.components if part.depends_on]
    for part in leaning[:_MOST]:
        yield Order((part.id,), (), "it is out whenever something that it rests on is out"), "buffer"


def _waiting(bench: Bench) -> Iterator[tuple[Order, str]]:
    """Classes of work that wait behind others, or that interrupt."""
    demand = bench.system.work.demand
    first = min((one.priority for one in demand), default=0)
    if any(one.due_h is not None and one.priority > first for one in demand):
        yield Order((), (), "it has a due time and waits behind what is more urgent"), "escalate"
    for one in demand:
        if one.interrupts:
            yield Order((one.id,), (), "it interrupts whatever somebody is at"), "interrupt"


def _going_on(bench: Bench) -> Iterator[tuple[Order, str]]:
    """Work that comes back, and work that a shift's end cuts."""
    returning = _coming_back(bench)
    back = [one for one in bench.system.work.functions if one.id in returning and _several(bench, one)]
    for function in _largest(bench, back):
        why = "items come back to it, and may each time go to another team"
        yield Order((function.id,), (), why), "keep_person"
    long_ = [
        one
        for one in bench.system.work.functions
        if one.work_h.mean_h >= _LONG_H
        and any(shift.hours.strip() != "always" for name in one.roles for shift in bench.system.roles[name].shifts)
    ]
    for function in _largest(bench, long_):
        why = f"a task takes {function.work_h.mean_h:.2g} h, so that shifts end in the middle of one"
        yield Order((function.id,), (), why), "shift_handover"


def _coming_back(bench: Bench) -> set[str]:
    """Return the functions from which a way leads back to themselves."""
    ways: dict[str, set[str]] = {}
    for route in bench.system.work.routes:
        if route.probability.value > 0:
            ways.setdefault(route.source, set()).add(route.target)
    found: set[str] = set()
    for begin in bench.system.functions:
        open_, reached = list(ways.get(begin, ())), set[str]()
        while open_:
            here = open_.pop()
            if here not in reached:
                reached.add(here)
                open_ += ways.get(here, ())
        if begin in reached:
            found.add(begin)
    return found


def _several(bench: Bench, function: Function) -> bool:
    """Whether people of more than one team may do a function."""
    return len({bench.system.roles[name].team for name in function.roles}) > 1


def _largest(bench: Bench, functions: Iterable[Function]) -> Sequence[Function]:
    """Return the functions with most work."""
    size = {one.id: bench.flow.visits.get(one.id, 0.0) * one.work_h.mean_h for one in functions}
    known = bench.system.functions
    return [known[name] for name in sorted(size, key=lambda name: (-size[name], name))[:_MOST]]
