"""What the environment forbids, held against a work system: which constraint is broken, where, how far, in words.

Structure only: who may do what, at which level, after what. Whether the log keeps to it stands in `constraints_log`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from longwall.assessment.environment.ways import avoiding
from longwall.assessment.statement import finding
from longwall.worksystem import Constraint, Estimate, Finding, Function, Id, Piece, Suggestion, WorkSystem

__all__ = ["Breach", "ConstraintState", "breaches", "broken_today", "states_of", "what_it_says"]

_MACHINE_ACTS = 5
"""Level of automation from which on the machine acts."""


@dataclass(frozen=True)
class Breach:
    """One place where a work system breaks a constraint.

    Parameters
    ----------
    constraint : str
        Id of the constraint.
    what : str
        The place: a function, a role, or a pair of them.
    size : float
        How far, > 0, in steps of its kind: levels, people, functions, ways around, drills a year.
    words : str
        The breach in words, without source and reason.
    where : tuple of Id
        Functions and roles concerned.
    """

    constraint: str
    what: str
    size: float
    words: str
    where: tuple[str, ...]


class ConstraintState(Piece):
    """One constraint and whether today keeps to it.

    Parameters
    ----------
    says : str
        What it forbids or requires, in words.
    broken : tuple of str
        What breaks it in the model, in words; empty: the model keeps to it.
    in_log : Estimate, optional
        Share of the items at issue that broke it; None where the log cannot show it.
    items, of_items : int
        Items that broke it, of the items at issue.
    log_says : str
        What the log shows, or why it does not.
    """

    id: Id
    control: str = ""
    kind: str
    source: str
    why: str
    says: str
    broken: tuple[str, ...] = ()
    in_log: Estimate | None = None
    items: int = 0
    of_items: int = 0
    log_says: str = ""


def breaches(system: WorkSystem, constraints: Iterable[Constraint] | None = None) -> tuple[Breach, ...]:
    """Return every place where a work system breaks its constraints, or those given.

    Paths that must not change (`fixed`) speak of a redesign, not of a system, and break nothing here.

    Parameters
    ----------
    constraints : iterable of Constraint, optional
        Default: those of the system's environment; ids that the system does not have are passed over.
    """
    chosen = system.environment.constraints if constraints is None else constraints
    return tuple(breach for constraint in chosen for breach in _broken(system, constraint))


def _broken(system: WorkSystem, constraint: Constraint) -> Iterator[Breach]:
    """Yield what breaks one constraint."""
    for function in system.work.functions:
        if not constraint.functions or function.id in constraint.functions:
            yield from _levels(constraint, function)
            yield from _eligible(constraint, function)
            yield from _drills(constraint, function)
    yield from _heads(system, constraint)
    yield from _apart(system, constraint)
    for passed in constraint.passes:
        for target in constraint.functions or ("end",):
            around = avoiding(system, passed, target) if passed in system.functions else ()
            if around:
                said = f"items of {', '.join(around)} can come to {target} without {passed}"
                where = (passed,) if target == "end" else (passed, target)
                yield Breach(constraint.id, f"{passed}>{target}", float(len(around)), said, where)


def _levels(constraint: Constraint, function: Function) -> Iterator[Breach]:
    """A level of automation above or below what is allowed."""
    level, high, low = function.allocation.level, constraint.highest_level, constraint.lowest_level
    if high is not None and level > high:
        said = f"{function.id} at level {level}, at most {high} allowed"
        yield Breach(constraint.id, function.id, float(level - high), said, (function.id,))
    if low is not None and level < low:
        said = f"{function.id} at level {level}, at least {low} demanded"
        yield Breach(constraint.id, function.id, float(low - level), said, (function.id,))


def _eligible(constraint: Constraint, function: Function) -> Iterator[Breach]:
    """A role that must, or must not, be eligible."""
    role = constraint.requires_role
    if role is not None and constraint.functions and role not in function.roles:
        said = f"{role} must be eligible for {function.id}"
        yield Breach(constraint.id, f"{function.id}.{role}", 1.0, said, (function.id, role))
    for name in constraint.forbids_roles:
        if name in function.roles:
            said = f"{name} must not be eligible for {function.id}"
            yield Breach(constraint.id, f"{function.id}.{name}", 1.0, said, (function.id, name))


def _drills(constraint: Constraint, function: Function) -> Iterator[Breach]:
    """Practice by hand that is demanded."""
    least, now = constraint.least_drills_per_year, function.drills_per_year.value
    if least is None or now >= least or not (constraint.functions or function.allocation.level >= _MACHINE_ACTS):
        return
    said = f"{function.id} is practised {now:g} times a year, at least {least:g} demanded"
    yield Breach(constraint.id, f"{function.id}.drills", least - now, said, (function.id,))


def _heads(system: WorkSystem, constraint: Constraint) -> Iterator[Breach]:
    """Fewer people than demanded."""
    role, least = constraint.requires_role, constraint.least_people
    if role is None or least is None:
        return
    heads = system.roles[role].head_count if role in system.roles else 0
    if heads < least:
        yield Breach(
            constraint.id, role, float(least - heads), f"{heads} in {role}, at least {least} demanded", (role,)
        )


def _apart(system: WorkSystem, constraint: Constraint) -> Iterator[Breach]:
    """Duties of one role that must be apart."""
    duties = [system.functions[name] for name in constraint.separates if name in system.functions]
    for role in system.social.roles:
        both = [function.id for function in duties if role.id in function.roles]
        if len(both) > 1:
            said = f"{role.id} must not do both {' and '.join(both)}"
            yield Breach(constraint.id, role.id, len(both) - 1.0, said, (*both, role.id))


def what_it_says(constraint: Constraint) -> str:
    """Return what a constraint forbids or requires, in words; a rule without a test says that it only informs."""
    where = ", ".join(constraint.functions) or "every function"
    said = []
    low, high = constraint.lowest_level, constraint.highest_level
    if high is not None:
        said.append(f"{where} at level {high} at most")
    if low is not None and low > 1:
        said.append(f"{where} at level {low} at least")
    role = constraint.requires_role
    if role is not None and constraint.functions:
        said.append(f"{role} among those who do {where}")
    if role is not None and constraint.least_people is not None:
        said.append(f"{constraint.least_people} people or more in {role}")
    if constraint.forbids_roles:
        said.append(f"no {' and no '.join(constraint.forbids_roles)} among those who do {where}")
    if constraint.separates:
        said.append(f"no role does two of {', '.join(constraint.separates)}")
    if constraint.passes:
        before = ", ".join(constraint.functions) or "the end"
        said.append(f"nothing comes to {before} without {' and '.join(constraint.passes)}")
    if constraint.least_drills_per_year is not None:
        who = ", ".join(constraint.functions) or "what a machine does"
        said.append(f"{who} practised by hand {constraint.least_drills_per_year:g} times a year or more")
    if constraint.fixed:
        said.append(f"{', '.join(constraint.fixed)} stays as it is")
    return "; ".join(said) or "informs only: it names no level, role, separation, order or path"


def states_of(system: WorkSystem) -> tuple[ConstraintState, ...]:
    """Return every constraint of a work system with what breaks it in the model."""
    found = breaches(system)
    return tuple(
        ConstraintState(
            id=one.id, control=one.control, kind=one.kind, source=one.source, why=one.why, says=what_it_says(one),
            broken=tuple(breach.words for breach in found if breach.constraint == one.id),
        )
        for one in system.environment.constraints
    )  # fmt: skip


def broken_today(system: WorkSystem) -> list[Finding]:
    """Find constraints that the system as written breaks today, one finding each; it rests on what people wrote."""
    known = {constraint.id: constraint for constraint in system.environment.constraints}
    broken: dict[str, list[Breach]] = {}
    for breach in breaches(system):
        broken.setdefault(breach.constraint, []).append(breach)
    found = []
    for name, places in broken.items():
        constraint, number = known[name], len(places)
        where = tuple(dict.fromkeys(part for place in places for part in place.where))
        found.append(
            finding(
                "constraint",
                where,
                f"The model breaks '{name}' today: {'; '.join(place.words for place in places)} "
                f"({constraint.why}; {constraint.source}).",
                Estimate(value=number, low=number, high=number, unit="places", footing="assumed"),
                "places of the model that break it",
                principle="what is demanded and how the work is laid out agree",
                layer="environment",
                suggests=_suggests(constraint, places),
                cautions=("a rule that the model breaks is wrong, or the model is, or the rule is not kept: ask",),
                name=name,
            )
        )
    return found


def _suggests(constraint: Constraint, places: list[Breach]) -> tuple[Suggestion, ...]:
    """What would mend it, where a lever is known."""
    functions = tuple(dict.fromkeys(place.where[0] for place in places if place.where))
    found = []
    if constraint.highest_level is not None or constraint.lowest_level is not None:
        found.append(Suggestion(kind="change_level", targets=functions, why="bring the level into the allowed range"))
    if constraint.least_drills_per_year is not None:
        found.append(Suggestion(kind="drill", targets=functions, why="practise it by hand"))
    if constraint.least_people is not None and constraint.requires_role is not None:
        found.append(Suggestion(kind="staff", targets=(constraint.requires_role,), why="the head-count demanded"))
    return tuple(found)
