"""Who has a stake and was heard, what is believed, what people expected: read from files, held beside the evidence.

`inquiry/stakeholders.yaml`, `inquiry/assumptions.yaml` and `inquiry/expected.yaml` are written by people. What they
name in the model is checked; whether an assumption holds is said only where something was counted that can tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import Field, model_validator

from longwall.errors import suggestion
from longwall.inquiry.reading import read_checked
from longwall.worksystem import Finding, Id, Piece, Problem, WorkSystem

__all__ = [
    "Assumptions",
    "Believed",
    "Check",
    "Compared",
    "Expectation",
    "Expected",
    "Stakeholder",
    "Stakeholders",
    "Tested",
    "Voices",
    "compared",
    "read_voices",
    "tested",
    "unexpected",
]

_MOST = 500


class Stakeholder(Piece):
    """Somebody with a stake in the work: a role, a group, a customer, a regulator; never a person by name.

    Parameters
    ----------
    interest : str
        What they want of it.
    worldview : str
        How they see it, in their words: what it is for and what matters.
    power : str
        ``decides``, ``influences`` or ``affected``; empty: not known.
    heard : str
        When and how they were heard; empty: not yet.
    roles : tuple of str
        Roles and teams of the model that they are.
    """

    id: Id
    name: str = ""
    interest: str = ""
    worldview: str = ""
    power: Literal["", "decides", "influences", "affected"] = ""
    heard: str = ""
    roles: tuple[str, ...] = ()


class Stakeholders(Piece):
    """What ``inquiry/stakeholders.yaml`` holds."""

    stakeholders: tuple[Stakeholder, ...] = Field(default=(), max_length=_MOST)


class Check(Piece):
    """What would tell: an indicator that the log counts, and the limit inside which the assumption holds."""

    indicator: str
    at_most: float | None = None
    at_least: float | None = None

    @model_validator(mode="after")
    def _limited(self) -> Self:
        if self.at_most is None and self.at_least is None:
            raise ValueError("expected at_most, at_least or both, found neither")
        return self


class Believed(Piece):
    """Something believed, which evidence may confirm or break.

    Parameters
    ----------
    why : str
        Why it is believed.
    breaks : str
        What would break it.
    touches : tuple of str
        What rests on it: ids of the model, or paths that begin with one.
    check : Check, optional
        Without it, only people can tell.
    """

    id: Id
    statement: str = Field(min_length=1)
    why: str = ""
    breaks: str = ""
    touches: tuple[str, ...] = ()
    check: Check | None = None


class Assumptions(Piece):
    """What ``inquiry/assumptions.yaml`` holds."""

    assumptions: tuple[Believed, ...] = Field(default=(), max_length=_MOST)


class Expectation(Piece):
    """What people expect an assessment to find, said before it.

    Parameters
    ----------
    about : tuple of str
        Ids of the model that it speaks of.
    kind : str
        Kind of finding, such as ``bounce`` or ``overload``; empty: any.
    who : str
        Role or group; never needed.
    """

    id: Id
    what: str = Field(min_length=1)
    about: tuple[str, ...] = Field(min_length=1)
    kind: str = ""
    who: str = ""


class Expected(Piece):
    """What ``inquiry/expected.yaml`` holds."""

    expected: tuple[Expectation, ...] = Field(default=(), max_length=_MOST)


class Tested(Piece):
    """An assumption beside what was counted.

    Parameters
    ----------
    state : str
        ``not yet tested``, ``evidence for``, ``evidence against``, or ``not decided``: the interval of what was counted
        lies on both sides of a limit.
    counted : float, optional
        The indicator as the log counts it.
    """

    assumption: Believed
    state: Literal["not yet tested", "evidence for", "evidence against", "not decided"] = "not yet tested"
    counted: float | None = None


class Compared(Piece):
    """An expectation beside what was found; no finding: judgement and evidence do not agree."""

    expectation: Expectation
    findings: tuple[Id, ...] = ()


AnyVoice = TypeVar("AnyVoice", Stakeholders, Assumptions, Expected)


def read_voices(path: Path, of: type[AnyVoice], system: WorkSystem | None, counted: Sequence[str] = ()) -> AnyVoice:
    """Return one of the three files, what it names checked against the model.

    Parameters
    ----------
    of : type
        `Stakeholders`, `Assumptions` or `Expected`.
    system : WorkSystem, optional
        None: names are not checked.
    counted : sequence of str
        Indicators that a log can count.

    Raises
    ------
    WorkSystemError
        LW-WS-001 to LW-WS-011, by line.
    InquiryError
        LW-IN-012, LW-IN-013, by line: something that is not in the model, an indicator that nothing counts.
    """
    return read_checked(path, of, lambda piece: tuple(_unknown(piece, system, counted)))


def tested(assumptions: Assumptions, levels: Mapping[str, tuple[float, float, float]]) -> tuple[Tested, ...]:
    """Return each assumption beside what the log counts; what nothing counts is not yet tested.

    Parameters
    ----------
    levels : mapping of str to tuple of float
        Indicator to its level as counted, and the ends of its interval; both the level where it has none.
    """
    found = []
    for one in assumptions.assumptions:
        level = None if one.check is None else levels.get(one.check.indicator)
        if one.check is None or level is None:
            found.append(Tested(assumption=one))
            continue
        low = -float("inf") if one.check.at_least is None else one.check.at_least
        high = float("inf") if one.check.at_most is None else one.check.at_most
        value, least, most = level
        state: Literal["evidence for", "evidence against", "not decided"] = "not decided"
        if low <= least and most <= high:
            state = "evidence for"
        elif most < low or least > high:
            state = "evidence against"
        found.append(Tested(assumption=one, state=state, counted=value))
    return tuple(found)


def compared(expected: Expected, findings: Sequence[Finding]) -> tuple[Compared, ...]:
    """Return each expectation with the findings that speak of the same."""
    return tuple(
        Compared(expectation=one, findings=tuple(f.id for f in findings if _same(one, f))) for one in expected.expected
    )


def unexpected(expected: Expected, findings: Sequence[Finding], most: int = 5) -> tuple[Finding, ...]:
    """Return the leading findings that nobody expected; nothing where nobody was asked."""
    if not expected.expected:
        return ()
    said = [finding for finding in findings if finding.kind != "not_observed"]
    return tuple(f for f in said if not any(_same(one, f) for one in expected.expected))[:most]


def _same(one: Expectation, finding: Finding) -> bool:
    return bool(set(one.about) & set(finding.where)) and one.kind in ("", finding.kind)


def _unknown(
    piece: Stakeholders | Assumptions | Expected, system: WorkSystem | None, counted: Sequence[str]
) -> Iterator[Problem]:
    """Names that the model does not have."""
    known = _ids(system) if system is not None else None
    places: list[tuple[tuple[str | int, ...], str]] = []
    if isinstance(piece, Stakeholders):
        for row, holder in enumerate(piece.stakeholders):
            places += [(("stakeholders", row, "roles", n), name) for n, name in enumerate(holder.roles)]
    elif isinstance(piece, Expected):
        for row, expectation in enumerate(piece.expected):
            places += [(("expected", row, "about", n), name) for n, name in enumerate(expectation.about)]
    else:
        for row, believed in enumerate(piece.assumptions):
            places += [(("assumptions", row, "touches", n), name) for n, name in enumerate(believed.touches)]
            if believed.check is not None and counted and believed.check.indicator not in counted:
                at = ("assumptions", row, "check", "indicator")
                yield _problem(at, "LW-IN-013", believed.check.indicator, counted, "an indicator that is counted")
    for path, name in places:
        if known is not None and not set(name.split(".")) & known:
            yield _problem(path, "LW-IN-012", name, sorted(known), "the id of something in worksystem.yaml")


def _problem(path: tuple[str | int, ...], code: str, wrong: str, known: Sequence[str], what: str) -> Problem:
    near = suggestion(wrong, known)
    return Problem(path, code, what, repr(wrong), f"use {near!r}" if near else f"one of: {', '.join(known[:12])}")


def _ids(system: WorkSystem) -> set[str]:
    """Everything in the model that has an id."""
    groups = (
        system.functions, system.roles, system.teams, system.components, system.demand,
        {one.id for one in system.variances}, {one.id for one in system.indicators},
        {one.id for one in system.environment.constraints}, {one.id for one in system.environment.forces},
        {one.id for one in system.assumptions},
    )  # fmt: skip
    return {str(name) for group in groups for name in group}


class Voices(Piece):
    """Everything people wrote beside the twelve questions, held against what was found.

    Parameters
    ----------
    stakeholders : tuple of Stakeholder
    assumptions : tuple of Tested
    expected : tuple of Compared
    unexpected : tuple of Id
        Leading findings that nobody expected.
    volume : tuple of float, optional
        Pieces a week as answered, and as the log counts them.
    """

    stakeholders: tuple[Stakeholder, ...] = ()
    assumptions: tuple[Tested, ...] = ()
    expected: tuple[Compared, ...] = ()
    unexpected: tuple[Id, ...] = ()
    volume: tuple[float, float] | None = None

    @property
    def unheard(self) -> tuple[Stakeholder, ...]:
        """Those who have not been heard yet."""
        return tuple(one for one in self.stakeholders if not one.heard)

    def touching(self, ids: Sequence[str]) -> tuple[Tested, ...]:
        """Return the assumptions on which any of some parts of the model rests."""
        wanted = set(ids)
        return tuple(t for t in self.assumptions if any(wanted & set(one.split(".")) for one in t.assumption.touches))
