"""What the social system puts to the machines, and to the people who are left: absence, surge, ambiguity."""

from __future__ import annotations

import numpy as np

from longwall.assessment.classes.structure import MACHINE_ACTS
from longwall.assessment.control.gaps_candidate import candidate_of, unknown
from longwall.assessment.control.gaps_result import Aspect, Controller, Level, VarianceGaps
from longwall.assessment.flow import Flow
from longwall.assessment.load import offered_load
from longwall.worksystem import Component, WorkSystem

__all__ = ["social_gaps"]

_FEW = 2


def social_gaps(system: WorkSystem, flow: Flow, least_people: float = 0.0) -> tuple[VarianceGaps, ...]:
    """Return what could absorb the absence of a role, a surge of a class, and what a machine cannot tell.

    Only what the model shows is looked at: roles with a stated absence or of two people and fewer, classes with surges,
    alerts or more arrivals while a component is out, automations that do not cover, or do not get right, all they meet.
    A machine absorbs what it covers where it acts by itself, and never what it was not made for; other roles absorb
    what they also do, as far as their hours allow.

    Parameters
    ----------
    least_people : float
        Of roles with fewer people no load is told; above zero where the model was made from a log of real people.
    """
    if not system.work.functions:
        return ()
    work = _Work(system, flow, least_people)
    return (*_absences(work), *_surges(work), *_ambiguities(work))


class _Work:
    """Executions, and what machines and roles can take of them."""

    def __init__(self, system: WorkSystem, flow: Flow, least_people: float) -> None:
        self.system, self.flow, self.least_people = system, flow, least_people
        self.load = offered_load(system, flow)
        self.hours = {
            f.id: flow.executions[f.id] * max(f.work_h.mean_h, 1e-9) for f in system.work.functions if f.roles
        }

    def machine_share(self, component: Component, names: list[str]) -> float:
        """Share of the work of some functions that the machine does by itself, and right."""
        total = sum(self.hours.get(name, 0.0) for name in names)
        right = component.coverage.value * component.reliability.value
        mine = [
            name
            for name in names
            if self.system.functions[name].allocation.component == component.id
            and self.system.functions[name].allocation.level >= MACHINE_ACTS
        ]
        return right * sum(self.hours.get(name, 0.0) for name in mine) / total if total > 0 else 0.0

    def role_share(self, role: str, names: list[str]) -> float:
        """Share of the work of some functions that a role may also do."""
        total = sum(self.hours.get(name, 0.0) for name in names)
        shared = sum(self.hours.get(name, 0.0) for name in names if role in self.system.functions[name].roles)
        return shared / total if total > 0 else 0.0

    def spare(self, role: str) -> Level:
        """Share of a role's rostered hours that its own work leaves."""
        if self.system.roles[role].head_count < self.least_people:
            return unknown("withheld: too few people")
        row = self.load.roles.index(role)
        people = float(self.load.people[row].sum())
        left = 1 - float(self.load.offered_h[row].sum()) / people if people > 0 else 0.0
        return _level(left, "hours that its own work leaves")

    def peak_share(self, role: str) -> Level:
        """Hours rostered over hours of work in the fullest hour of the week, at most 1."""
        if self.system.roles[role].head_count < self.least_people:
            return unknown("withheld: too few people")
        row = self.load.roles.index(role)
        people, offered = self.load.people[row], self.load.offered_h[row]
        there = offered > 0
        share = float(np.min(np.minimum(1.0, people[there] / offered[there]))) if there.any() else 1.0
        return _level(share, "people there over work that comes, in the fullest hour")


def _level(value: float, said: str) -> Level:
    """A number from the model."""
    kept = min(max(value, 0.0), 1.0)
    return Level(low=kept, high=kept, source="model", said=said)


def _made(name: str, kind: str, have: dict[Aspect, Level], *, today: bool, targets: tuple[str, ...]) -> Controller:
    """A candidate that needs all of what is listed."""
    need = _level(1.0, "the work goes on")
    return candidate_of(name, kind, {a: (need, level) for a, level in have.items()}, today=today, targets=targets)


def _absences(work: _Work) -> list[VarianceGaps]:
    """Who, or what, goes on when people of a role are missing."""
    found = []
    for role in work.system.social.roles:
        names = [f.id for f in work.system.work.functions if role.id in f.roles]
        if not names or (role.absence.value <= 0 and role.head_count > _FEW):
            continue
        candidates = _machines(work, names, (role.id,))
        for other in work.system.social.roles:
            share = work.role_share(other.id, names)
            if other.id != role.id and share > 0:
                have: dict[Aspect, Level] = {
                    "skill": _level(share, "share of the work that it also does"),
                    "time": work.spare(other.id),
                }
                candidates.append(_made(other.id, "role", have, today=True, targets=(role.id, other.id)))
        found.append(_gaps(f"absence:{role.id}", f"Absence of {role.name or role.id}", candidates))
    return found


def _surges(work: _Work) -> list[VarianceGaps]:
    """Who, or what, takes many items at once."""
    found = []
    for demand in work.system.work.demand:
        if not (demand.surges or demand.alerts or demand.while_down):
            continue
        visits = dict(zip(work.flow.functions, work.flow.visits[demand.id], strict=True))
        names = [name for name in work.hours if visits[name] > 0]
        if not names:
            continue
        candidates = _machines(work, names, (demand.id,))
        for role in work.system.social.roles:
            share = work.role_share(role.id, names)
            if share > 0:
                have: dict[Aspect, Level] = {
                    "skill": _level(share, "share of the work that it does"),
                    "time": work.peak_share(role.id),
                }
                candidates.append(_made(role.id, "role", have, today=True, targets=(role.id,)))
        found.append(_gaps(f"surge:{demand.id}", f"Surge of {demand.name or demand.id}", candidates))
    return found


def _ambiguities(work: _Work) -> list[VarianceGaps]:
    """Who takes what a machine does not cover, or gets wrong without knowing."""
    found = []
    for component in work.system.technical.components:
        names = [f.id for f in work.system.work.functions
                 if f.allocation.component == component.id and f.allocation.level > 1]  # fmt: skip
        right = component.coverage.value * component.reliability.value
        if component.kind != "automation" or not names or right >= 1:
            continue
        have: dict[Aspect, Level] = {
            "information": _level(component.transparency.value, "transparency"),
            "skill": _level(right, "coverage times reliability"),
            "feedback": unknown("does anything correct it when it was wrong?"),
        }
        candidates = [_made(component.id, "machine", have, today=True, targets=(component.id,))]
        for role in work.system.social.roles:
            share = work.role_share(role.id, names)
            if share > 0:
                people: dict[Aspect, Level] = {
                    "information": _level(component.transparency.value, "what the machine shows of why"),
                    "skill": _level(share, "share of the work that it may do by hand"),
                    "time": work.spare(role.id),
                }
                candidates.append(_made(role.id, "role", people, today=True, targets=(role.id, component.id)))
        found.append(
            _gaps(f"ambiguity:{component.id}", f"What {component.name or component.id} cannot tell", candidates)
        )
    return found


def _machines(work: _Work, names: list[str], targets: tuple[str, ...]) -> list[Controller]:
    """The automations at some functions, with the share of the work that they would carry on alone."""
    found = []
    for component in work.system.technical.components:
        if component.kind != "automation":
            continue
        at = [name for name in names if work.system.functions[name].allocation.component == component.id]
        if not at:
            continue
        share = work.machine_share(component, names)
        plenty = (
            _level(1.0, "as many at once as come") if component.capacity == 0 else unknown("how many it takes at once")
        )
        have: dict[Aspect, Level] = {"skill": _level(share, "share of the work that it does alone, and right"),
                                     "time": plenty}  # fmt: skip
        found.append(_made(component.id, "machine", have, today=share > 0, targets=(component.id, *targets)))
    return found


def _gaps(variance: str, name: str, candidates: list[Controller]) -> VarianceGaps:
    """Candidates in the order of their capacity."""
    ordered = sorted(candidates, key=lambda c: (not c.today, -c.capacity_high, -c.capacity_low, c.id))
    return VarianceGaps(variance=variance, name=name, direction="social", controllers=tuple(ordered))
