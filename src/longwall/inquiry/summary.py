"""What a person sees after the twelve questions: the map, the risks in plain words, three first steps."""

from __future__ import annotations

from collections.abc import Sequence

from longwall.inquiry.answers import Answers
from longwall.inquiry.cells import line_of
from longwall.inquiry.checking import doubts_in
from longwall.inquiry.first_steps import FirstStep, first_steps
from longwall.inquiry.naming import is_answered
from longwall.inquiry.questions import QUESTIONS, number_of, questions
from longwall.inquiry.risks import Risk, risks_of
from longwall.inquiry.suggesting import suggested, visits
from longwall.units import duration_text
from longwall.worksystem import Finding, Piece, Response, WorkSystem

__all__ = ["Answered", "MapRow", "Summary", "summary_of"]


class Answered(Piece):
    """One question with its answer in lines; none: not answered."""

    number: int
    ask: str
    lines: tuple[str, ...] | None = None


class MapRow(Piece):
    """One step of the map.

    Parameters
    ----------
    who : tuple of str
        Machine first, then roles with their people.
    work : str
        Of one person for one piece, in words.
    per_week : float
        Pieces that pass.
    answered : bool
        Whether a person said how long it takes; else a template or a log did.
    troubles : tuple of str
    """

    step: str
    who: tuple[str, ...]
    work: str
    per_week: float
    answered: bool
    troubles: tuple[str, ...] = ()


class Summary(Piece):
    """What people said, and what follows from it.

    Parameters
    ----------
    item, items : str
        What passes, singular and plural.
    fixed : tuple of str
        What must not change, whatever is done.
    doubts : tuple of str
        What had to be assumed because two answers leave it open.
    """

    kind: str
    item: str
    items: str
    answered: tuple[Answered, ...]
    map: tuple[MapRow, ...]
    risks: tuple[Risk, ...]
    steps: tuple[FirstStep, ...]
    fixed: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def open(self) -> tuple[int, ...]:
        """Numbers of the questions without an answer."""
        return tuple(one.number for one in self.answered if one.lines is None)


def summary_of(
    answers: Answers, system: WorkSystem | None, findings: Sequence[Finding], responses: Sequence[Response] = ()
) -> Summary:
    """Return map, risks and three first steps.

    Parameters
    ----------
    system : WorkSystem, optional
        The one in force; none: nothing but the answers.
    findings : sequence of Finding
        Of the assessment of that system.
    responses : sequence of Response
        What people answer to findings; a first step that rests on disputed ones only comes last.
    """
    item = answers.item or suggested(answers.kind).item
    asked = questions(item)
    items = "pieces of work" if item == "piece of work" else item if item.endswith("s") else f"{item}s"
    risks = risks_of(findings, system, items=items) if system is not None else ()
    disputed = frozenset(one.finding for one in responses if one.answer == "dispute")
    steps = first_steps(risks, findings, system, answers, item=item, disputed=disputed) if system is not None else ()
    risks = tuple(risk.model_copy(update={"answers": _said(risk.findings, responses)}) for risk in risks)
    against = [one for one in responses if one.answer == "dispute"]
    steps = tuple(step.model_copy(update={"disputes": _said(step.findings, against)}) for step in steps)
    lines: list[Answered] = []
    for key, question in zip(QUESTIONS, asked, strict=True):
        value = answers.value(key)
        pieces = None if value is None else [value] if question.single else value
        said = None if pieces is None else tuple(line_of(piece, question) for piece in pieces)
        lines.append(Answered(number=number_of(key), ask=question.ask, lines=said))
    return Summary(
        kind=answers.kind,
        item=item,
        items=items,
        answered=tuple(lines),
        map=() if system is None else _map(system),
        risks=risks,
        steps=steps,
        fixed=tuple(one.what for one in answers.fixed or ()),
        doubts=doubts_in(answers),
    )


def _said(findings: Sequence[str], responses: Sequence[Response]) -> tuple[str, ...]:
    """What people answer to some findings, a line each."""
    own = [one for one in responses if one.finding in findings]
    return tuple(f"{one.answer}: {one.why}" + (f" ({one.who})" if one.who else "") for one in own)


def _map(system: WorkSystem) -> tuple[MapRow, ...]:
    """The steps in their order, with who does them and what goes wrong there."""
    passes = visits(system)
    per_week = sum(demand.per_week.value for demand in system.work.demand)
    rows = []
    for function in system.work.functions:
        who = []
        part = system.components.get(function.allocation.component or "")
        if part is not None and function.allocation.level >= 2:
            who.append(part.name or part.id)
        for name in function.roles:
            role = system.roles[name]
            who.append(f"{role.name or role.id} ({role.head_count})")
        rows.append(
            MapRow(
                step=function.name or function.id,
                who=tuple(who),
                work=duration_text(function.work_h.mean_h) if function.work_h.mean_h > 0 else "no work",
                per_week=per_week * passes.get(function.id, 0.0),
                answered=is_answered(function.work_h.source),
                troubles=tuple(v.name or v.id for v in system.variances if v.origin == function.id),
            )
        )
    return tuple(rows)
