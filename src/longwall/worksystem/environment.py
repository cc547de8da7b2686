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
    functions : tuple of Id
        The functions it speaks of; empty: all.
    highest_level, lowest_level : int, optional
        Levels of automation between which the allocation must lie.
    requires_role : Id, optional
        A role that must be eligible for the functions.
    least_people : int, optional
        Head-count below which `requires_role` must not fall.
    separates : tuple of Id
        Functions that the same role must not do both of (separation of duties).
    fixed : tuple of str
        Paths of the model that a design must not change.
    """

    id: Id
    source: str
    why: str
    kind: Literal["regulatory", "contractual", "organisational"] = "organisational"
    functions: tuple[Id, ...] = ()
    highest_level: int | None = Field(default=None, ge=1, le=10)
    lowest_level: int | None = Field(default=None, ge=1, le=10)
    requires_role: Id | None = None
    least_people: int | None = Field(default=None, ge=0)
    separates: tuple[Id, ...] = ()
    fixed: tuple[str, ...] = ()


class Force(Piece):
    """A market, technology or social trend, as a scenario."""

    id: Id
    name: str
    kind: Literal["market", "technology", "social"] = "market"
    demand_factor: Parameter = Parameter(value=1.0)
    people_factor: Parameter = Parameter(value=1.0)
    work_factor: Parameter = Parameter(value=1.0)


class Environment(Piece):
    """What the system must live with."""

    constraints: tuple[Constraint, ...] = ()
    forces: tuple[Force, ...] = ()
