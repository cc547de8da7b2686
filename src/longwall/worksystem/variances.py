"""Variances: what goes otherwise than wanted, where it arises, is seen, and is controlled."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from longwall.worksystem.values import Distribution, Id, Parameter, Piece

__all__ = ["Control", "Detection", "HumanError", "Severity", "Variance"]


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
    skill : str
        Skill that control draws on; empty: that of `function`.
    tools : tuple of Id
        Components that control needs, beside those of `function`.
    within_h : Parameter, optional
        Hours after it arose within which control must be done to be of use.
    """

    function: Id
    role: Id | None = None
    how: Literal["rework", "repair", "escalate"] = "rework"
    probability: Parameter = Parameter(value=1.0)
    work_h: Distribution | None = None
    needs_authority: bool = False
    needs_information: bool = False
    within_h: Parameter | None = None
    skill: str = ""
    tools: tuple[Id, ...] = ()


class HumanError(Piece):
    """How the probability of a variance follows from the conditions of work.

    Parameters
    ----------
    method : str
        ``spar_h`` (Gertman et al. 2005, NUREG/CR-6883) or ``heart`` (Williams 1986).
    kind : str
        SPAR-H: diagnosis or action.
    factors : mapping of str to str
        SPAR-H: level of each performance shaping factor that is not nominal, such as ``{complexity: high}``.
    task : str
        HEART: letter of the generic task.
    conditions : mapping of str to float
        HEART: assessed proportion, 0 to 1, of each error-producing condition, such as ``{time_shortage: 0.4}``.
    """

    method: Literal["spar_h", "heart"] = "spar_h"
    kind: Literal["diagnosis", "action"] = "action"
    factors: dict[str, str] = {}
    task: str = ""
    conditions: dict[str, float] = {}
    source: str = ""


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
    error : HumanError, optional
        Gives the probability instead, by the conditions of work; with the state of persons, fatigue and lost skill
        raise it.
    safety : bool
        True: what escapes counts as a safety event.
    kind : str
        Name of the detector that finds it in traces, such as ``bounce`` or ``rework``; empty: found by people.
    """

    id: Id
    name: str = ""
    kind: str = ""
    origin: Id
    probability: Parameter = Parameter(value=0.0)
    by_machine: bool = False
    error: HumanError | None = None
    safety: bool = False
    severity: Severity = Severity(technical=1.0)
    induces: dict[Id, Parameter] = {}
    detections: tuple[Detection, ...] = ()
    control: Control | None = None
    note: str = ""
