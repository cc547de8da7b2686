"""The work system: four layers joined, with variances, indicators and assumptions."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field

from longwall.provenance import hash_of_value
from longwall.worksystem.demand import DemandClass
from longwall.worksystem.environment import Environment
from longwall.worksystem.social import Role, Social, Team
from longwall.worksystem.technical import Component, Technical
from longwall.worksystem.values import Id, Parameter, Piece
from longwall.worksystem.variances import Variance
from longwall.worksystem.workdesign import Function, WorkDesign

__all__ = ["Assumption", "Column", "Indicator", "WorkSystem"]

Column = Literal["technical", "social"]
"""The two columns of outcomes; nothing ever collapses them into one."""


class Indicator(Piece):
    """What is watched, in one of the two columns, with the target people set for it."""

    id: Id
    name: str = ""
    column: Column
    unit: str = ""
    better: Literal["lower", "higher"] = "lower"
    target: Parameter | None = None


class Assumption(Piece):
    """Something believed, which later evidence can confirm or break."""

    id: Id
    statement: str
    rests_on: tuple[str, ...] = ()
    status: Literal["open", "confirmed", "broken"] = "open"
    source: str = ""


class WorkSystem(Piece):
    """The joint model of one work system.

    Parameters
    ----------
    purpose : str
        What the system is for.
    boundary : str
        What is inside and what crosses it.
    """

    id: Id
    name: str = ""
    purpose: str = ""
    boundary: str = ""
    currency: str = "EUR"
    technical: Technical = Technical()
    social: Social = Social()
    work: WorkDesign = WorkDesign()
    environment: Environment = Environment()
    variances: tuple[Variance, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    person_state: bool = Field(default=False, description="simulate skill, fatigue and trust of role members")
    state_parameters: dict[str, Parameter] = Field(
        default={}, description="overrides of human-performance priors, by name"
    )

    @cached_property
    def hash(self) -> str:
        """Hash of the whole model, names and notes included."""
        return hash_of_value(self.model_dump(mode="json"))

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Functions by id, in order of the file."""
        return {function.id: function for function in self.work.functions}

    @cached_property
    def roles(self) -> dict[str, Role]:
        """Roles by id."""
        return {role.id: role for role in self.social.roles}

    @cached_property
    def teams(self) -> dict[str, Team]:
        """Teams by id."""
        return {team.id: team for team in self.social.teams}

    @cached_property
    def components(self) -> dict[str, Component]:
        """Components by id."""
        return {component.id: component for component in self.technical.components}

    @cached_property
    def demand(self) -> dict[str, DemandClass]:
        """Demand classes by id."""
        return {demand.id: demand for demand in self.work.demand}

    @cached_property
    def people(self) -> int:
        """Head-count over all roles."""
        return sum(role.head_count for role in self.social.roles)
