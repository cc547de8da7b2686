"""The seven things that must be there before a machine acts alone: stated by people, asked for, never assumed."""

from __future__ import annotations

from collections.abc import Sequence

from longwall.alignment.automation.results import Gate
from longwall.worksystem import Component, Patch, Safeguards, WorkSystem

__all__ = ["ACTS_ALONE", "SAFEGUARDS", "gate_of", "safeguards_first"]

ACTS_ALONE = 7
"""Level from which a machine acts before a person looks."""

SAFEGUARDS: dict[str, str] = {
    "reversible": "what it does can be undone, and somebody knows how",
    "confidence_gate": "it acts only where it is sure enough, and hands over the rest",
    "dry_run": "what it would do can be seen without it being done",
    "rate_limit": "it can do only so much in a given time",
    "stop_switch": "somebody on shift can stop it at once",
    "audit": "what it did, and why, is kept and can be read",
    "scope": "where it may act is limited, and it cannot act elsewhere",
}
"""Fields of `Safeguards`, in words."""


def gate_of(component: Component | None) -> Gate:
    """Return which of the seven are met, missing, or unknown because nobody has said.

    Parameters
    ----------
    component : Component, optional
        The automation; of one that is not there yet, nothing is known.
    """
    stated = Safeguards() if component is None else component.safeguards
    said = {name: getattr(stated, name) for name in SAFEGUARDS}
    return Gate(
        met=tuple(name for name, value in said.items() if value is True),
        missing=tuple(name for name, value in said.items() if value is False),
        unknown=tuple(name for name, value in said.items() if value is None),
    )


def safeguards_first(system: WorkSystem, patches: Sequence[Patch]) -> tuple[str, ...]:
    """Return what must be there before a change may be made: the seven, in words, where it lets a machine act first.

    Nothing where the function is at that level today or above: what gives people more say asks for nothing.

    Parameters
    ----------
    system : WorkSystem
        Today's.
    """
    found = {patch.path: patch.value for patch in patches if patch.path.endswith(".allocation.level")}
    acts = any(
        isinstance(level := found.get(f"work.functions.{function.id}.allocation.level"), int)
        and level >= ACTS_ALONE
        and level > function.allocation.level
        for function in system.work.functions
    )
    return tuple(f"{name.replace('_', ' ')}: {words}" for name, words in SAFEGUARDS.items()) if acts else ()
