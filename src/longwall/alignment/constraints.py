"""What the environment forbids: designs are checked before any simulation, and each refusal names its constraint."""

from __future__ import annotations

from collections.abc import Sequence

from longwall.alignment.results import Rejected
from longwall.assessment import breaches, contradiction, refusing_all
from longwall.errors import AlignmentError, Fault, LongwallError
from longwall.worksystem import Intervention, WorkSystem

__all__ = ["check_constraints", "conflict_of", "rejections", "unbuildable"]

MODEL = "model"
"""Stands in place of a constraint where the changes of a design do not fit together."""


def rejections(today: WorkSystem, system: WorkSystem, interventions: Sequence[Intervention]) -> tuple[Rejected, ...]:
    """Return the constraints that a design breaks and today does not, or breaks further than today.

    Parameters
    ----------
    today : WorkSystem
        The base; what it breaks already is for the assessment to find, not a reason to refuse every change. Its
        constraints hold for every design: a design cannot lift them.
    system : WorkSystem
        The design.
    interventions : sequence of Intervention
        That lead from one to the other.
    """
    constraints = today.environment.constraints
    known = {constraint.id: constraint for constraint in constraints}
    before = {(breach.constraint, breach.what): breach.size for breach in breaches(today, constraints)}
    chosen = tuple(intervention.id for intervention in interventions)
    found = []
    for breach in breaches(system, constraints):
        if breach.size > before.get((breach.constraint, breach.what), 0.0):
            rule = known[breach.constraint]
            why = f"{breach.words}: {rule.why} ({rule.source})"
            found.append(Rejected(interventions=chosen, constraint=rule.id, why=why))
    for constraint in constraints:
        for path in constraint.fixed:
            touched = [patch.path for change in interventions for patch in change.patches if _overlap(path, patch.path)]
            if touched:
                why = f"{touched[0]} must stay as it is: {constraint.why} ({constraint.source})"
                found.append(Rejected(interventions=chosen, constraint=constraint.id, why=why))
    return tuple(found)


def unbuildable(today: WorkSystem, chosen: Sequence[str], error: LongwallError) -> tuple[Rejected, ...]:
    """Return why changes that cannot be applied together are refused: by the constraints that miss what they take away,
    else by the model itself.
    """
    why = "; ".join(f"{fault.where}: expected {fault.expected}, found {fault.found}" for fault in error.faults)
    named = [
        constraint.id
        for constraint in today.environment.constraints
        if any(fault.where.startswith(f"environment.constraints.{constraint.id}.") for fault in error.faults)
    ]
    return tuple(Rejected(interventions=tuple(chosen), constraint=name, why=why) for name in named or [MODEL])


def conflict_of(today: WorkSystem, rejected: Sequence[Rejected]) -> tuple[str, ...]:
    """Return the smallest set of constraints that together refuse every design that was refused; empty where the model
    refused one.
    """
    designs: dict[tuple[str, ...], set[str]] = {}
    for one in rejected:
        designs.setdefault(one.interventions, set()).add(one.constraint)
    if any(names == {MODEL} for names in designs.values()):
        return ()
    return refusing_all(list(designs.values()), [constraint.id for constraint in today.environment.constraints])


def check_constraints(system: WorkSystem) -> None:
    """Refuse constraints that no design whatever could keep together.

    Raises
    ------
    AlignmentError
        LW-AL-040, with the smallest conflicting set.
    """
    clash = contradiction(system)
    if clash:
        known = {constraint.id: constraint for constraint in system.environment.constraints}
        sources = ", ".join(f"{name} ({known[name].source})" for name in clash)
        raise AlignmentError(
            Fault("LW-AL-040", "environment.constraints", "constraints that some design can keep together",
                  f"a contradiction, whose smallest set is {sources}",
                  "correct one of them, or ask whoever set them; without any one of them the others can be kept")
        )  # fmt: skip


def _overlap(one: str, other: str) -> bool:
    """Whether two paths name the same place, or one holds the other."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
