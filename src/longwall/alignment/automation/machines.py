"""A function at another level: with the machine it has, or with one that is not there yet and is assumed."""

from __future__ import annotations

from longwall.alignment.automation.results import Likeness
from longwall.worksystem import Component, Distribution, Function, Parameter, Patch, WorkSystem

__all__ = ["LEVELS", "NEW", "machine_for", "patches_to", "watched"]

LEVELS = tuple(range(2, 11))
NEW = "new-machine"
"""Begins the id of a machine that is not there yet."""
_WATCH = "nothing-yet"
_DEADLINE_H = 4.0
_COVERAGE = Parameter(
    value=0.8, low=0.5, high=0.95, source="a machine that is not there yet takes four cases in five", tag="M"
)  # fmt: skip
_RIGHT = Parameter(value=0.9, low=0.7, high=0.98, source="of a machine that is not there yet", tag="M")
_SPEED = Parameter(value=10.0, low=2.0, high=100.0, source="of a machine that is not there yet", tag="M")


def machine_for(system: WorkSystem, function: Function, likeness: Likeness | None) -> Component:
    """Return the machine of a function, or an assumed one.

    What an assumed machine does is right as often as the rule was on cases held out; without a log nine times in ten.
    """
    if function.allocation.component is not None:
        return system.components[function.allocation.component]
    right = _RIGHT
    if likeness is not None and likeness.rows:
        found = likeness.right
        right = Parameter(
            value=found.value, low=found.low, high=found.high, footing="fitted", tag="C",
            source=f"a rule of {likeness.leaves} cases, on {likeness.rows} executions held out",
        )  # fmt: skip
    return Component(
        id=f"{NEW}.{function.id}", name=f"A machine for {function.name or function.id}", kind="automation",
        coverage=_COVERAGE, reliability=right, speed=_SPEED,
    )  # fmt: skip


def patches_to(system: WorkSystem, function: Function, machine: Component, level: int) -> tuple[Patch, ...]:
    """Return the patches that put a function at a level with a machine."""
    base = f"work.functions.{function.id}.allocation"
    patches = []
    if machine.id not in system.components:
        value = machine.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
        patches.append(Patch(op="add", path="technical.components", value=value))
    patches.append(Patch(op="set", path=f"{base}.level", value=level))
    if function.allocation.component is None:
        patches.append(Patch(op="set", path=f"{base}.component", value=machine.id))
    if level == 6 and function.allocation.review_deadline_h is None:
        value = {"value": _DEADLINE_H, "source": "silence means go after half a shift", "tag": "M"}
        patches.append(Patch(op="set", path=f"{base}.review_deadline_h", value=value))
    return tuple(patches)


def watched(system: WorkSystem, function: Function) -> WorkSystem:
    """Return today's system in which the skill of a function without a machine is followed as that of one with it.

    The function gets a machine that takes nothing (level 2, no coverage): people do all of it by hand as before, and
    its skill reserve is counted, so that today can be held beside a design in which a machine does it. Only the
    reserve may be read from it.
    """
    if function.allocation.level > 1:
        return system
    idle = Component(id=f"{_WATCH}.{function.id}", kind="automation", coverage=Parameter(value=0.0))
    nothing = Distribution(shape="fixed", mean_h=0.0)
    allocation = function.allocation.model_copy(update={"level": 2, "component": idle.id, "takeover_h": nothing})
    functions = tuple(
        f.model_copy(update={"allocation": allocation}) if f.id == function.id else f for f in system.work.functions
    )
    return system.model_copy(
        update={
            "technical": system.technical.model_copy(
                update={"components": (*system.technical.components, idle)}
            ),
            "work": system.work.model_copy(update={"functions": functions}),
        }
    )  # fmt: skip
