"""The environment layer: constraints that restrict a redesign, forces a design is tested against."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from longwall.worksystem.values import Id, Parameter, Piece

__all__ = ["Constraint", "Environment", "Force"]


class Constraint(Piece):
    """Something that forbids or requires, with its source and the reason.

    Parameters
    ----------
    control : str
        The control of a catalogue that it comes from, such as ``ac-5``; empty: none.
    functions : tuple of Id
        The functions it speaks of; empty: all.
    highest_level, lowest_level : int, optional
        Levels of automation between which the allocation must lie.
    requires_role : Id, optional
        A role that must be eligible for the functions.
    forbids_roles : tuple of Id
        Roles that must not be eligible for the functions.
    least_people : int, optional
        Head-count below which `requires_role` must not fall.
    separates : tuple of Id
        Functions that the same role must not do both of (separation of duties).
    passes : tuple of Id
        Functions that every item must have passed before it comes to one of `functions` (to the end, where `functions`
        is empty), such as an approval before a change.
    least_drills_per_year : float, optional
        How often the functions must be practised by hand; with no functions, every one in which a machine acts.
    fixed : tuple of str
        Paths of the model that a design must not change.
    """

    id: Id
    source: str
    why: str
    kind: Literal["regulatory", "contractual", "organisational"] = "organisational"
    control: str = ""
    functions: tuple[Id, ...] = ()
    highest_level: int | None = Field(default=None, ge=1, le=10)
    lowest_level: int | None = Field(default=None, ge=1, le=10)
    requires_role: Id | None = None
    forbids_roles: tuple[Id, ...] = ()
    least_people: int | None = Field(default=None, ge=0)
    separates: tuple[Id, ...] = ()
    passes: tuple[Id, ...] = ()
    least_drills_per_year: float | None = Field(default=None, gt=0)
    fixed: tuple[str, ...] = ()


class Force(Piece):
    """A market, technology or social trend, as a scenario.

    Parameters
    ----------
    demand_factor, people_factor, work_factor : Parameter
        Factors on the items that come, on the people who are there and on the work content; `low` and `high` are its
        range.
    demand, roles, functions : tuple of Id
        What each factor reaches; empty: all.
    source : str
        Where the figures come from; empty: nowhere, and the force is a scenario to think with.
    tag : str
        Evidence tag of the figures as in `Parameter`; empty where there is no evidence.
    """

    id: Id
    name: str
    kind: Literal["market", "technology", "social"] = "market"
    demand_factor: Parameter = Parameter(value=1.0)
    people_factor: Parameter = Parameter(value=1.0)
    work_factor: Parameter = Parameter(value=1.0)
    demand: tuple[Id, ...] = ()
    roles: tuple[Id, ...] = ()
    functions: tuple[Id, ...] = ()
    source: str = ""
    tag: Literal["", "R", "K", "K?", "C", "M"] = ""


class Environment(Piece):
    """What the system must live with."""

    constraints: tuple[Constraint, ...] = ()
    forces: tuple[Force, ...] = ()
