"""The technical layer: components, what they depend on, how they fail and are repaired."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from longwall.worksystem.values import Distribution, Id, Parameter, Piece

__all__ = ["Component", "Safeguards", "Technical"]


class Safeguards(Piece):
    """What an automation has that lets it act before a person looks, as people state it; none: nobody has said.

    Each is true (it is there), false (it is not) or left out (a question to ask, never an assumption).

    Parameters
    ----------
    reversible : bool, optional
        What it does can be undone, and somebody knows how.
    confidence_gate : bool, optional
        It acts only where it is sure enough, and hands over the rest.
    dry_run : bool, optional
        What it would do can be seen without it being done.
    rate_limit : bool, optional
        It can do only so much in a given time.
    stop_switch : bool, optional
        Somebody on shift can stop it at once.
    audit : bool, optional
        What it did, and why, is kept and can be read.
    scope : bool, optional
        Where it may act is limited, and it cannot act elsewhere.

    References
    ----------
    Practitioners' ladders of automation ask for these seven before a machine acts alone; that all seven are needed from
    level 7 on is a modelling choice.
    """

    reversible: bool | None = None
    confidence_gate: bool | None = None
    dry_run: bool | None = None
    rate_limit: bool | None = None
    stop_switch: bool | None = None
    audit: bool | None = None
    scope: bool | None = None

    @property
    def lacking(self) -> tuple[str, ...]:
        """Names of those that are not there, or of which nobody has said."""
        return tuple(name for name in type(self).model_fields if getattr(self, name) is not True)


class Component(Piece):
    """A tool, a machine, a piece of infrastructure; an *automation* can perform functions.

    Parameters
    ----------
    depends_on : tuple of Id
        Components without which this one does not work; no cycles.
    buffer_h : Parameter, optional
        Hours for which an outage of what it depends on is not felt (slack).
    time_between_failures_h : Parameter, optional
        Mean hours in service between failures; none: it does not fail.
    repair_h : Distribution, optional
        Hours until it works again.
    capacity : int
        Tasks that an automation performs at once; 0 means as many as come.
    speed : Parameter
        Factor on the work content of a function that the machine performs, > 0; 10 is ten times as fast as by hand.
    reliability : Parameter
        Probability that what the machine does or proposes is right, in [0, 1].
    coverage : Parameter
        Share of the tasks that the machine can take at all, in [0, 1].
    transparency : Parameter
        How well a person can see why it does what it does, in [0, 1].
    safeguards : Safeguards
        What lets an automation act before a person looks, at level 7 and above.
    """

    id: Id
    name: str = ""
    kind: Literal["application", "automation", "infrastructure", "device", "data"] = "application"
    depends_on: tuple[Id, ...] = ()
    buffer_h: Parameter | None = None
    time_between_failures_h: Parameter | None = None
    repair_h: Distribution | None = None
    capacity: int = Field(default=0, ge=0)
    speed: Parameter = Parameter(value=1.0)
    reliability: Parameter = Parameter(value=1.0)
    coverage: Parameter = Parameter(value=1.0)
    transparency: Parameter = Parameter(value=0.5)
    safeguards: Safeguards = Safeguards()
    note: str = ""


class Technical(Piece):
    """What the work is done with."""

    components: tuple[Component, ...] = ()
