"""Candidate reallocations by control capacity: who or what could control what arises at a function, and what limits it.

Capacity is the least of what control needs, over the variances of the function: sight, and the six aspects of the gaps.
It is no measure of cost or speed, and of no person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from longwall.assessment.boundaries.in_model import MACHINE_ACTS
from longwall.assessment.control.gaps_result import Gap, VarianceGaps
from longwall.assessment.environment.constraints import breaches
from longwall.assessment.matrix.judged import origin_functions
from longwall.assessment.results import ControlRow
from longwall.worksystem import Allocation, Component, Finding, Function, Id, Piece, Role, Variance, WorkSystem

__all__ = ["Candidate", "candidates_of"]

_LEVELS = (1, 4, 5, 7, 8)
"""By hand; the machine suggests; a person approves; the machine acts and tells; people audit."""
_READS, _AUDITS = 7, 8
"""Up to 7 people read every report; at 8 a share; from 9 on nobody reads what the machine does not point at."""
_ANSWERS = {
    "level": frozenset({"change_level"}),
    "grant": frozenset({"give_authority", "inform", "control_at_source", "train"}),
    "role": frozenset({"cross_train", "shared_triage", "staff", "control_at_source"}),
}


class Candidate(Piece):
    """One way to divide the work of a function, with its capacity to control what arises there.

    Parameters
    ----------
    kind : str
        ``today``; ``grant``: those who do it get authority or information; ``role``: another role may do it, too;
        ``level``: another level of automation.
    capacity : float
        In [0, 1]: that of the variance that is controlled least.
    limited_by : str
        What limits it, and for which variance; empty at 1.
    unknown : tuple of str
        What nobody has stated; the capacity holds if nothing of it falls short.
    needs : tuple of str
        What must be given for it.
    answers : tuple of Id
        Findings that suggest a change of this kind here.
    refused_by : tuple of Id
        Constraints that it would break and today does not.
    mind : str
        What it would do to people who do the work today.
    """

    function: Id
    kind: str
    change: str
    capacity: float
    limited_by: str = ""
    unknown: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    answers: tuple[Id, ...] = ()
    refused_by: tuple[Id, ...] = ()
    mind: str = ""


@dataclass(frozen=True)
class _Terms:
    """What the control table and the gaps say of variances and those who could control them."""

    rows: Mapping[str, ControlRow]
    gaps: Mapping[tuple[str, str], tuple[Gap, ...]]


def candidates_of(
    system: WorkSystem,
    controls: tuple[ControlRow, ...],
    findings: tuple[Finding, ...],
    gaps: tuple[VarianceGaps, ...] = (),
) -> tuple[Candidate, ...]:
    """Return candidate reallocations of each function at which a variance arises or is controlled.

    Ordered by function, what happens today first, then by capacity. What a constraint refuses is kept and says so.

    Parameters
    ----------
    controls : tuple of ControlRow
        Rows of the model give the time that control has and needs, where the gaps do not.
    gaps : tuple of VarianceGaps
        Give time, tools and feedback of roles; a change of authority, information, role or level leaves them.
    """
    terms = _Terms(
        rows={row.variance: row for row in controls if row.source == "judgement"},
        gaps={(one.variance, by.id): by.gaps for one in gaps for by in one.controllers if by.kind == "role"},
    )
    before = {(one.constraint, one.what): one.size for one in breaches(system)}
    found: list[Candidate] = []
    for function in system.work.functions:
        variances = _of(system, function)
        if not variances:
            continue
        about = [f for f in findings if {function.id, *(v.id for v in variances)} & set(f.where)]
        today = _candidate(system, function, variances, terms, "today", "as today")
        others = [*_grants(system, function, variances, terms), *_roles(system, function, variances, terms),
                  *_levels(system, function, variances, terms)]  # fmt: skip
        finished = [
            one.model_copy(update={"answers": _answers(one, about), "refused_by": _refused(changed, before)})
            for one, changed in others
        ]
        found += [today, *sorted(finished, key=lambda one: (bool(one.refused_by), -one.capacity, one.kind, one.change))]
    return tuple(found)


def _of(system: WorkSystem, function: Function) -> list[Variance]:
    """Variances that arise at a function, or at what performs it."""
    return [v for v in system.variances if function.id in origin_functions(system, v.origin)]


def _candidate(
    system: WorkSystem,
    function: Function,
    variances: list[Variance],
    terms: _Terms,
    kind: str,
    change: str,
    **more: object,
) -> Candidate:
    """Work out the capacity of one division of work: that of the variance that is controlled least."""
    worst, limit, unknown = 1.0, "", []
    for variance in variances:
        capacity, why, untold = _best(system, function, variance, terms)
        unknown += [f"{what} for {variance.id}" for what in untold]
        if capacity < worst:
            worst, limit = capacity, f"{why} for {variance.id}"
    return Candidate.model_validate(
        {"function": function.id, "kind": kind, "change": change, "capacity": worst, "limited_by": limit,
         "unknown": tuple(dict.fromkeys(unknown)), **more}
    )  # fmt: skip


def _best(system: WorkSystem, function: Function, variance: Variance, terms: _Terms) -> tuple[float, str, list[str]]:
    """Capacity of the best role that does a function to control a variance there, and what limits it."""
    best: tuple[float, str, list[str]] = (0.0, "nobody", [])
    for name in function.roles:
        if name not in system.roles:
            continue
        conditions, unknown = _conditions(function, system.roles[name], variance, terms)
        seen = _sight(system, function, system.roles[name], variance)
        if seen is None:
            unknown.append("who can see it")
        else:
            conditions.append((seen, "sight of it"))
        value, why = min(conditions, key=lambda pair: pair[0])
        if value > best[0] or best[1] == "nobody":
            best = (value, why, unknown)
    return best


def _conditions(
    function: Function, role: Role, variance: Variance, terms: _Terms
) -> tuple[list[tuple[float, str]], list[str]]:
    """What a role has of what control needs, in [0, 1]; what nobody states is named apart."""
    control = variance.control
    unknown: list[str] = []
    found: list[tuple[float, str]] = [(1.0, "")]
    if control is None or control.needs_authority:
        found.append((float(variance.id in role.authority), "authority"))
    if control is None or control.needs_information:
        found.append((float(variance.id in role.informed_of), "information"))
    skill = role.skills.get(function.skill or function.id)
    if skill is None:
        unknown.append(f"skill of {role.id}")
    else:
        found.append((min(1.0, skill.value), "skill"))
    told = {gap.aspect: gap.gap for gap in terms.gaps.get((variance.id, role.id), ())}
    for aspect in ("time", "tools", "feedback"):
        if aspect in told and told[aspect].known:
            found.append((1 - told[aspect].low, aspect))
        elif aspect in told:
            unknown.append(aspect)
    row = terms.rows.get(variance.id)
    if "time" not in told:
        if row is None or row.available_h is None or row.needed_h is None:
            unknown.append("time")
        elif row.needed_h.value > 0:
            found.append((min(1.0, row.available_h.value / row.needed_h.value), "time"))
    return found, unknown


def _sight(system: WorkSystem, function: Function, role: Role, variance: Variance) -> float | None:
    """Probability that a role sees a variance: in what it does further on, in what nobody does, or in review.

    None where the model says of no place that the variance can be seen there.
    """
    missed = 1.0
    for detection in variance.detections:
        place = system.functions.get(detection.function)
        if place is not None and (not place.roles or role.id in place.roles):
            missed *= 1 - detection.probability.value
    component = system.components.get(function.allocation.component or "")
    if component is not None and variance.by_machine:
        level = function.allocation.level
        read = 1.0 if level <= _READS else function.allocation.audit_rate.value if level == _AUDITS else 0.0
        return 1 - missed * (1 - read * component.transparency.value)
    return 1 - missed if variance.detections else None


Made = Iterable[tuple[Candidate, WorkSystem]]


def _grants(system: WorkSystem, function: Function, variances: list[Variance], terms: _Terms) -> Made:
    """Those who do it get the authority and information that they lack."""
    for name in function.roles:
        role = system.roles.get(name)
        if role is None:
            continue
        given, needs = _given(role, variances)
        if not needs:
            continue
        changed = _with_role(system, given)
        yield _candidate(changed, function, variances, terms, "grant", f"{name} controls it where it arises",
                         needs=needs), changed  # fmt: skip


def _roles(system: WorkSystem, function: Function, variances: list[Variance], terms: _Terms) -> Made:
    """Another role that sees, decides or is told of what arises here may do it, too, with what it then needs."""
    kinds = {v.id for v in variances}
    seen_at = {d.function for v in variances for d in v.detections}
    for role in system.social.roles:
        sees = any(role.id in f.roles for f in system.work.functions if f.id in seen_at)
        if role.id in function.roles or not (sees or kinds & {*role.authority, *role.informed_of}):
            continue
        given, needs = _given(role, variances)
        if (function.skill or function.id) not in role.skills:
            needs = (f"{role.id} learns {function.id}", *needs)
        shared = function.model_copy(update={"roles": (*function.roles, role.id)})
        changed = _with_function(_with_role(system, given), shared)
        yield _candidate(changed, shared, variances, terms, "role", f"{role.id} may do it, too", needs=needs), changed


def _given(role: Role, variances: list[Variance]) -> tuple[Role, tuple[str, ...]]:
    """A role with the authority and information that control asks for, and what of it was not there."""
    authority = [v.id for v in variances if v.control is None or v.control.needs_authority]
    informed = [v.id for v in variances if v.control is None or v.control.needs_information]
    authority = [name for name in authority if name not in role.authority]
    informed = [name for name in informed if name not in role.informed_of]
    given = role.model_copy(
        update={"authority": (*role.authority, *authority), "informed_of": (*role.informed_of, *informed)}
    )
    needs = [f"authority over {name}" for name in authority] + [f"information about {name}" for name in informed]
    return given, tuple(needs)


def _levels(system: WorkSystem, function: Function, variances: list[Variance], terms: _Terms) -> Made:
    """Other levels of automation with the machine that is there."""
    allocation = function.allocation
    component = system.components.get(allocation.component or "")
    if component is None or not function.roles:
        return
    for level in _LEVELS:
        if level == allocation.level:
            continue
        other = function.model_copy(update={"allocation": _at(allocation, level)})
        changed = _with_function(system, other)
        kept = [v for v in variances if level > 1 or not v.by_machine]
        made = _candidate(
            changed, other, kept, terms, "level", f"level {level} in place of {allocation.level}",
            mind=_mind(allocation.level, level, component),
        )  # fmt: skip
        yield made, changed


def _at(allocation: Allocation, level: int) -> Allocation:
    """An allocation at another level; by hand there is no machine."""
    return allocation.model_copy(update={"level": level, **({"component": None} if level == 1 else {})})


def _mind(now: int, then: int, component: Component) -> str:
    """What another level does to those who do the work."""
    if then >= MACHINE_ACTS > now:
        return "people do it by hand only where the machine does not: without practice the skill fades"
    if then < MACHINE_ACTS <= now:
        return f"what {component.id} does comes back to people: they need the hours for it"
    return ""


def _with_role(system: WorkSystem, role: Role) -> WorkSystem:
    """The system with one role replaced."""
    roles = tuple(role if one.id == role.id else one for one in system.social.roles)
    return system.model_copy(update={"social": system.social.model_copy(update={"roles": roles})})


def _with_function(system: WorkSystem, function: Function) -> WorkSystem:
    """The system with one function replaced."""
    functions = tuple(function if one.id == function.id else one for one in system.work.functions)
    return system.model_copy(update={"work": system.work.model_copy(update={"functions": functions})})


def _answers(candidate: Candidate, findings: list[Finding]) -> tuple[str, ...]:
    """Findings that suggest a change of this kind."""
    kinds = _ANSWERS[candidate.kind]
    return tuple(f.id for f in findings if any(s.kind in kinds for s in f.suggests))


def _refused(changed: WorkSystem, before: dict[tuple[str, str], float]) -> tuple[str, ...]:
    """Constraints that a change breaks, or breaks further than today."""
    return tuple(
        dict.fromkeys(
            one.constraint for one in breaches(changed) if one.size > before.get((one.constraint, one.what), 0.0)
        )
    )
