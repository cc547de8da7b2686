"""The terms of a plan in a file that people write: money, people's time, freezes, what comes first, who answers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import Field

from longwall.alignment import Alignment
from longwall.errors import PlanError, suggestion
from longwall.implementation.plans import Freeze, Release
from longwall.implementation.precedence import by_rule
from longwall.worksystem import Id, Intervention, Piece, WorkSystem
from longwall.worksystem.problems import Problem
from longwall.worksystem.yamlfile import read_piece
from longwall.worksystem.yamltext import parse_text

__all__ = ["Before", "PlanTerms", "read_terms"]


class Before(Piece):
    """One increment before another, or the default rule that says so set aside.

    Parameters
    ----------
    first, then : Id
        Increments.
    why : str
        The reason in words; setting the rule aside needs one.
    """

    first: Id
    then: Id
    why: str = ""


class PlanTerms(Piece):
    """What a plan must respect, as people say it in ``plans/terms.yaml``.

    Parameters
    ----------
    design : str
        Which design is carried out; empty: the recommended one.
    begins : str
        ISO date of the Monday on which week 0 begins; empty: the first Monday after the evidence.
    budget : tuple of Release
        Money for what is paid once, as it is released; empty: that of ``study.yaml``, or no limit.
    people_load : mapping of role to float
        Most person-weeks a week that a role spends on change, > 0.
    changes_at_once : int
        Most increments that one role works on at the same time; 0: no limit.
    before : tuple of Before
        Precedences that people decided.
    overrides : tuple of Before
        Precedences of the default rule, technical first, that people set aside with a reason.
    finish_by : int, optional
        Week by which all must be done.
    owners : mapping of increment to role
        Who answers for it.
    """

    design: str = ""
    begins: str = ""
    budget: tuple[Release, ...] = ()
    people_load: dict[Id, float] = {}
    changes_at_once: int = Field(default=2, ge=0)
    freezes: tuple[Freeze, ...] = ()
    before: tuple[Before, ...] = ()
    overrides: tuple[Before, ...] = ()
    finish_by: int | None = Field(default=None, ge=1)
    owners: dict[Id, Id] = {}


def read_terms(
    path: Path, system: WorkSystem | None = None, alignment: Alignment | None = None, *,
    drills: Sequence[Intervention] = (),
) -> PlanTerms:  # fmt: skip
    """Return the terms of a file, what it names checked against the model and the designs.

    Parameters
    ----------
    system : WorkSystem, optional
        None: roles are not checked.
    alignment : Alignment, optional
        None: designs and increments are not checked.
    drills : sequence of Intervention
        Beside the design; terms may speak of them as well.

    Raises
    ------
    WorkSystemError
        Where the file does not fit its form (LW-WS-001 to LW-WS-011), every fault by line.
    PlanError
        LW-PL-004 to LW-PL-008 and LW-PL-010 to LW-PL-012, every fault by line.
    """
    terms = read_piece(path, PlanTerms)
    problems = [*_alone(terms), *_roles(terms, system), *_increments(terms, alignment, drills)]
    if problems:
        document = parse_text(path.read_text(encoding="utf-8"), str(path))
        found = sorted((document.line_of(one.path), one.fault(document.where)) for one in problems)
        raise PlanError(*(fault for _, fault in found))
    return terms


def _alone(terms: PlanTerms) -> Iterator[Problem]:
    """What is wrong whatever the model and the designs are."""
    for row, freeze in enumerate(terms.freezes):
        if freeze.last_week < freeze.first_week:
            yield Problem(
                ("freezes", row, "last_week"), "LW-PL-011", f"week {freeze.first_week} or later",
                f"{freeze.last_week}, before it begins", "swap the two; the last week is frozen, too",
            )  # fmt: skip
    for row, one in enumerate(terms.overrides):
        if not one.why.strip():
            yield Problem(
                ("overrides", row), "LW-PL-007", "a reason under `why`", "none",
                "say why the rule, technical first, is set aside here",
            )  # fmt: skip
    for role, most in terms.people_load.items():
        if most <= 0:
            yield Problem(
                ("people_load", role), "LW-PL-010", "more than 0 person-weeks a week", f"{most:g}",
                "allow some time for change, or choose a design that does not concern them",
            )  # fmt: skip
    if terms.begins and not _monday(terms.begins):
        yield Problem(("begins",), "LW-PL-012", "the date of a Monday, such as 2026-03-02", repr(terms.begins),
                      "write the Monday on which week 0 begins, or leave it empty")  # fmt: skip


def _monday(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).weekday() == 0
    except ValueError:
        return False


def _roles(terms: PlanTerms, system: WorkSystem | None) -> Iterator[Problem]:
    """Roles that the model does not have."""
    if system is None:
        return
    roles = [role.id for role in system.social.roles]
    named: list[tuple[tuple[str, str], str]] = [(("people_load", role), role) for role in terms.people_load]
    named += [(("owners", increment), role) for increment, role in terms.owners.items()]
    for place, role in named:
        if role not in roles:
            yield _unknown(place, "LW-PL-006", "the id of a role in social.roles", role, roles)


def _increments(
    terms: PlanTerms, alignment: Alignment | None, drills: Sequence[Intervention]
) -> Iterator[Problem]:  # fmt: skip
    """Designs and increments that the search did not return."""
    if alignment is None:
        return
    designs = ["today", *(design.id for design in alignment.designs)]
    if terms.design and terms.design not in designs:
        yield _unknown(("design",), "LW-PL-005", "the id of a design", terms.design, designs)
    beside = {drill.id for drill in drills}
    known = [*(change.id for change in alignment.interventions), *sorted(beside)]
    named: list[tuple[tuple[str | int, ...], str]] = [(("owners", name), name) for name in terms.owners]
    for key, entries in (("before", terms.before), ("overrides", terms.overrides)):
        for row, one in enumerate(entries):
            named += [((key, row, "first"), one.first), ((key, row, "then"), one.then)]
    for place, name in named:
        if name not in known:
            yield _unknown(place, "LW-PL-004", "the id of an intervention", name, known)
    ruled = by_rule(alignment.interventions)
    for row, one in enumerate(terms.overrides):
        # What a drill has to come before is known when the plan is made.
        if {one.first, one.then} <= set(known) and (one.first, one.then) not in ruled and one.first not in beside:
            yield Problem(
                ("overrides", row), "LW-PL-008", "a precedence of the default rule",
                f"{one.first} before {one.then}, which the rule does not ask for",
                "leave it out; what an intervention requires, and what stands under `before`, is changed there",
            )  # fmt: skip


def _unknown(place: tuple[str | int, ...], code: str, what: str, wrong: str, known: Iterable[str]) -> Problem:
    names = sorted(known)
    near = suggestion(wrong, names)
    return Problem(place, code, what, repr(wrong), f"use {near!r}" if near else f"use one of {', '.join(names)}")
