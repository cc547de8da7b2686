"""Findings that only people can give: what hangs on one person, wears out, is complained of, or is pushed by a measure.

They stand among the findings of the assessment, with ids of their own, and can be answered like those.
"""

from __future__ import annotations

from collections.abc import Iterator

from longwall.inquiry.answers import Answers
from longwall.inquiry.naming import id_of
from longwall.inquiry.suggesting import visits
from longwall.worksystem import Estimate, Finding, Layer, Suggestion, WorkSystem

__all__ = ["TOLD", "told_findings"]

TOLD = ("one_person", "measure_conflict", "tiring", "complaint")
"""Kinds of findings that come from answers."""

_ONE = 1


def told_findings(answers: Answers, system: WorkSystem) -> tuple[Finding, ...]:
    """Return what the answers show by themselves.

    Parameters
    ----------
    answers : Answers
    system : WorkSystem
        The one in force; what an answer names and the system does not know is said without its place.

    Returns
    -------
    tuple of Finding
        All *assumed*: people said so and nobody has counted it.
    """
    found: dict[str, Finding] = {}
    for make in (_one_person, _measures, _tiring, _complaints):
        for one in make(answers, system):
            found[id_of(one.id, found)] = one
    return tuple(one.model_copy(update={"id": name}) for name, one in found.items())


def _finding(
    kind: str,
    name: str,
    statement: str,
    where: tuple[str, ...],
    severity: float,
    means: str,
    principle: str,
    suggests: tuple[Suggestion, ...],
    layer: Layer = "social",
) -> Finding:
    """One finding; its id is made of what it is about, never of its numbers."""
    amount = Estimate(value=severity, low=severity, high=severity, unit=means.split(",")[0], footing="assumed")
    return Finding(
        id=id_of(f"{kind.replace('_', '-')} {name}"), kind=kind, statement=statement, where=where, layer=layer,
        principle=principle, severity=amount, severity_means=means, footing="assumed", suggests=suggests,
        cautions=("people said so; nobody has counted it",),
    )  # fmt: skip


def _places(text: str, system: WorkSystem) -> tuple[str, ...]:
    """Ids of the functions and variances that a name stands for."""
    key = text.casefold()
    pairs = [*((f.id, f.name) for f in system.work.functions), *((v.id, v.name) for v in system.variances)]
    return tuple(one for one, name in pairs if text and key in (one.casefold(), name.casefold()))


def _one_person(answers: Answers, system: WorkSystem) -> Iterator[Finding]:
    """Steps that one person here can do, or that one role with one person does."""
    passes = visits(system)
    per_week = sum(demand.per_week.value for demand in system.work.demand)
    can = {place: one.can for one in answers.takeover or () for place in _places(one.step, system)}
    for function in system.work.functions:
        if function.work_h.mean_h == 0 or function.allocation.level >= 5:
            continue
        heads = sum(system.roles[role].head_count for role in function.roles)
        if can.get(function.id, heads) != _ONE:
            continue
        name = function.name or function.id
        pieces = per_week * passes.get(function.id, 0.0)
        who = [system.roles[role].name or role for role in function.roles]
        only = f" ({who[0]})" if len(who) == 1 and heads == 1 else ""
        waiting = f"about {pieces:.2g} a week" if pieces < 10 else f"about {pieces:,.0f} a week"
        yield _finding(
            "one_person", function.id,
            f"'{name}' can be done by one person only{only}: {waiting} wait when that person is away.",
            (function.id, *function.roles), pieces, "pieces a week, that wait while one person is away",
            "redundancy of functions",
            (Suggestion(kind="cross_train", targets=(function.id,), why="a second person who can do it"),),
        )  # fmt: skip


def _measures(answers: Answers, system: WorkSystem) -> Iterator[Finding]:
    """Measures that push against doing it right, in the eyes of those who answered."""
    for one in answers.measured or ():
        if one.against:
            yield _finding(
                "measure_conflict", one.what,
                f"What is counted or rewarded ({one.what}) makes '{one.against}' worse.",
                _places(one.against, system), 1.0, "answer, that says so", "support congruence",
                (Suggestion(kind="change_measure", targets=_places(one.against, system),
                            why="count what should go right beside what should go fast"),),
            )  # fmt: skip


def _tiring(answers: Answers, system: WorkSystem) -> Iterator[Finding]:
    """What wears people out."""
    for one in answers.tired or ():
        at = f" (at '{one.about}')" if one.about else ""
        yield _finding(
            "tiring", one.what, f"Those who do the work are tired of this{at}: {one.what}.", _places(one.about, system),
            1.0, "answer, that says so", "work that people can want to do",
            (Suggestion(kind="ask_those", targets=_places(one.about, system),
                        why="those who do it say what they would change first"),),
        )  # fmt: skip


def _complaints(answers: Answers, system: WorkSystem) -> Iterator[Finding]:
    """Complaints; one that names no trouble has no known origin."""
    for one in answers.complaints or ():
        known = "" if one.about else " Where it arises, nobody has said."
        yield _finding(
            "complaint", one.what, f"Customers complain: {one.what}.{known}", _places(one.about, system), 1.0,
            "answer, that says so", "feedback from those who get the work",
            (Suggestion(kind="tally", targets=_places(one.about, system), why="count first where it arises"),),
            layer="work",
        )  # fmt: skip
