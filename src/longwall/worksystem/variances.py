"""Variances: what goes otherwise than wanted, where it arises, is seen, and is controlled."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from longwall.worksystem.values import Distribution, Id, Parameter, Piece

__all__ = ["Control", "Detection", "Severity", "Variance"]


class Severity(Piece):
    """Direct harm of one uncontrolled occurrence; the parts are never added up."""

    technical: float = Field(default=0.0, ge=0)
    social: float = Field(default=0.0, ge=0)
    regulatory: float = Field(default=0.0, ge=0)


class Detection(Piece):
    """A function at which the variance can be seen, and how probably it is."""

    function: Id
    probability: Parameter


class Control(Piece):
    """How the variance is controlled once it is seen.

    Parameters
    ----------
    role : Id, optional
        Who controls it; none: whoever performs `function`.
    function : Id
        Where the item goes for control; with ``repair`` and ``escalate`` the item comes back afterwards.
    how : str
        ``rework``: the item goes back to `function` and flows on from there. ``repair``: `work_h` at the spot.
        ``escalate``: `function` is done, then the item goes on where it was.
    probability : Parameter
        That control works, given information, authority, skill and time.
    """

    function: Id
    role: Id | None = None
    how: Literal["rework", "repair", "escalate"] = "rework"
    probability: Parameter = Parameter(value=1.0)
    work_h: Distribution | None = None
    needs_authority: bool = False
    needs_information: bool = False


class Variance(Piece):
    """One kind of deviation.

    Parameters
    ----------
    origin : Id
        The function at which it arises (per task) or the component (per hour in service).
    probability : Parameter
        Per task at a function, in [0, 1]; at a component the rate per hour.
    by_machine : bool
        True: only what the machine did or proposed wrongly; the person may catch it in review.
    induces : mapping of Id to Parameter
        Probability that an uncontrolled occurrence leads to another variance, directly.
    kind : str
        Name of the detector that finds it in traces, such as ``bounce`` or ``rework``; empty: found by people.
    """

    id: Id
    name: str = ""
    kind: str = ""
    origin: Id
    probability: Parameter = Parameter(value=0.0)
    by_machine: bool = False
    severity: Severity = Severity(technical=1.0)
    induces: dict[Id, Parameter] = {}
    detections: tuple[Detection, ...] = ()
    control: Control | None = None
    note: str = ""
