"""The bench on which interventions are drafted: the system, its flow of work, the cost table, names and patches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.costs import CostTable
from longwall.alignment.flow import Flow
from longwall.simulation import items_per_week
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import (
    Function,
    Intervention,
    Parameter,
    Patch,
    Piece,
    Role,
    Shift,
    WorkSystem,
    people_by_hour,
    week_spans_h,
)

__all__ = ["Bench", "Order", "append", "owner_of", "plain", "put"]


_MOST_FUNCTIONS = 3


@dataclass(frozen=True)
class Order:
    """What is asked for: the targets of a suggestion, and the findings that the answer is for.

    Parameters
    ----------
    targets : tuple of Id
        Functions, roles, variances, components; a lever takes those of its own kind.
    answers : tuple of Id
        Findings.
    why : str
        The reason in words.
    """

    targets: tuple[str, ...]
    answers: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Bench:
    """Everything a lever needs to draft interventions."""

    system: WorkSystem
    flow: Flow
    costs: CostTable

    def name(self, target: str) -> str:
        """Return the name a reader knows an entry by, or its id."""
        system = self.system
        for kind in (system.functions, system.roles, system.teams, system.components):
            entry = kind.get(target)
            if entry is not None:
                return entry.name or target
        for variance in system.variances:
            if variance.id == target:
                return variance.name or target
        return target

    def names(self, targets: Sequence[str]) -> str:
        """Return several names as a reader would list them."""
        words = [self.name(target) for target in targets]
        return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

    def roles(self, order: Order) -> list[Role]:
        """Return the roles among the targets and of the teams named; else those of the functions named."""
        named = self._people(order)
        if named:
            return [self.system.roles[role] for role in named]
        wanted = {role for function in self.functions(order) for role in function.roles}
        return [role for role in self.system.social.roles if role.id in wanted]

    def functions(self, order: Order) -> list[Function]:
        """Return the functions among the targets; else those of the variances or components named; else of the people.

        Of teams and roles the three functions with most work are taken.
        """
        named = [self.system.functions[target] for target in order.targets if target in self.system.functions]
        if named:
            return named
        origins = {variance.origin for variance in self.system.variances if variance.id in order.targets}
        wanted = origins | set(order.targets)
        found = [
            function
            for function in self.system.work.functions
            if function.id in wanted or function.allocation.component in wanted
        ]
        return found or self._work_of(set(self._people(order)))

    def _people(self, order: Order) -> list[str]:
        """Return the roles named, and those of the teams named."""
        return [role.id for role in self.system.social.roles if role.id in order.targets or role.team in order.targets]

    def _work_of(self, roles: set[str]) -> list[Function]:
        """Return the three functions with most work among those that some roles do."""
        theirs = [function for function in self.system.work.functions if roles & set(function.roles)]
        size = {function.id: self.flow.visits.get(function.id, 0.0) * function.work_h.mean_h for function in theirs}
        return sorted(theirs, key=lambda function: (-size[function.id], function.id))[:_MOST_FUNCTIONS]

    def week_h(self, role: Role) -> float:
        """Rostered hours per week of a mean member of a role."""
        return self.flow.rostered_h.get(role.id, 0.0) / role.head_count if role.head_count else 40.0

    def arrivals_by_hour(self) -> NDArray[np.float64]:
        """Return items per week by hour of the week, shape (168,)."""
        total = np.zeros(HOURS_PER_WEEK)
        items = items_per_week(self.system)
        for demand in self.system.work.demand:
            profile = np.array(demand.profile) if demand.profile else np.ones(HOURS_PER_WEEK)
            total += items[demand.id] * profile / profile.sum()
        return total

    def shift_pressures(self, role: Role) -> list[float]:
        """Return for each shift the items that arrive per person present, mean over the hours of the shift."""
        arrivals, present = self.arrivals_by_hour(), people_by_hour(role.shifts)
        ratio = np.divide(arrivals, present, out=np.zeros(HOURS_PER_WEEK), where=present > 0)
        return [float(ratio[_hours_of(shift)].mean()) for shift in role.shifts]

    def most_pressed_shift(self, role: Role) -> int:
        """Return the position of the shift with the most items per person present."""
        pressures = self.shift_pressures(role)
        return int(np.argmax(pressures))

    def draft(self, order: Order, *, lever: str, **fields: Any) -> Intervention:
        """Return an intervention that carries the reason, the findings, the owner and the lead time of its lever."""
        return Intervention(
            lever=lever,
            owner=self.owner(fields.get("concerns", ())),
            why=order.why,
            answers=order.answers,
            lead_time_weeks=self.costs.rule(lever).lead_time_weeks.value,
            **fields,
        )

    def change(
        self, order: Order, *, lever: str, patches: tuple[Patch, ...], concerned: Sequence[str], **fields: Any
    ) -> Intervention:  # fmt: skip
        """Return an intervention that the same people carry: its cost follows from their number and its lever."""
        roles = [self.system.roles[name] for name in concerned]
        heads, lead = sum(role.head_count for role in roles), roles[0] if roles else None
        return self.draft(
            order,
            lever=lever,
            patches=patches,
            cost=self.costs.once(lever, heads=heads, role=lead),
            running_cost_per_week=Parameter(value=0.0, unit="per week", source="the same people"),
            effort_weeks=self.costs.effort_weeks(lever, heads, self.week_h(lead) if lead else 40.0),
            concerns=tuple(concerned),
            **fields,
        )

    def owner(self, concerned: Sequence[str]) -> str:
        """Return the role that answers for a change, see `owner_of`."""
        return owner_of(self.system, concerned)

    def with_system(self, system: WorkSystem) -> Bench:
        """Return the same bench for another system."""
        return replace(self, system=system)


def owner_of(system: WorkSystem, concerned: Sequence[str]) -> str:
    """Return the role that answers for a change: the one to which a role concerned, or its team, reports.

    Where no such link stands in the model, the first role concerned; empty where there is none.
    """
    roles = [system.roles[name] for name in concerned if name in system.roles]
    leads = {link.source: link.target for link in system.social.links if link.kind == "reports_to"}
    for role in roles:
        lead = leads.get(role.id, leads.get(role.team, ""))
        if lead in system.roles:
            return lead
    return roles[0].id if roles else ""


def put(path: str, value: Any) -> Patch:
    """Return a patch that sets a value; models become plain data."""
    return Patch(op="set", path=path, value=plain(value))


def append(path: str, value: Any) -> Patch:
    """Return a patch that adds an entry to a list."""
    return Patch(op="add", path=path, value=plain(value))


def plain(value: Any) -> Any:
    """Return plain data as in YAML of a value of the model or a list of them; defaults are left out."""
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, Piece):
        return value.model_dump(mode="json", exclude_defaults=True)
    return value


def _hours_of(shift: Shift) -> list[int]:
    """Return the hours of the week that a shift touches."""
    return [hour for begin, stop in week_spans_h(shift.hours) for hour in range(int(begin), int(np.ceil(stop)))]
