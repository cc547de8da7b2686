"""Answers to findings that no lever carries: listed with the reason, so that none is silently dropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from longwall.alignment.costs import read_shipped
from longwall.alignment.decision_states import DecisionState, Judgement
from longwall.alignment.decisions.reach import reached
from longwall.alignment.decisions.stated import TODAY, DesignSpace, StatedChoice, StatedDecision
from longwall.worksystem import Finding, Piece, Suggestion, WorkSystem

__all__ = ["WhyNot", "by_judgement", "load_why_not", "moved_nothing", "not_followed"]

_MOST_IN_ID = 3
_ANYTHING = ("anything",)
"""Stands for all indicators where it is asked whether a change can move any."""


class WhyNot(Piece):
    """Why kinds of suggestion are not simulated; see ``judgement.yaml``."""

    why_not: dict[str, str]
    nothing_to_change: str
    unknown: str
    not_followed: str
    moved_nothing: str
    settle: str


def load_why_not() -> WhyNot:
    """Return the table shipped with Longwall.

    Raises
    ------
    AlignmentError
        LW-AL-001 where the file is damaged.
    """
    return read_shipped(Path(__file__).parent / "judgement.yaml", WhyNot)


def by_judgement(unmet: Iterable[tuple[Finding, Suggestion]], levers: Iterable[str]) -> tuple[Judgement, ...]:
    """Return one entry for each kind of suggestion and place, with every finding that it would answer.

    Parameters
    ----------
    unmet : iterable of (Finding, Suggestion)
        Suggestions from which no candidate was drafted.
    levers : iterable of str
        Kinds of suggestion that have a lever.
    """
    table, known = load_why_not(), set(levers)
    found: dict[str, Judgement] = {}
    for finding, suggestion in unmet:
        targets = suggestion.targets or finding.where
        name = ".".join([suggestion.kind, *targets[:_MOST_IN_ID]])[:200]
        before = found.get(name)
        if before is not None:
            answers = tuple(dict.fromkeys((*before.answers, finding.id)))
            found[name] = before.model_copy(update={"answers": answers})
            continue
        fallback = table.nothing_to_change if suggestion.kind in known else table.unknown
        found[name] = Judgement(
            id=name, kind=suggestion.kind, targets=targets, answers=(finding.id,), asks=suggestion.why,
            why_not=table.why_not.get(suggestion.kind, fallback),
        )  # fmt: skip
    return tuple(found.values())


def not_followed(
    decisions: Iterable[StatedDecision], system: WorkSystem
) -> tuple[tuple[StatedDecision, ...], tuple[Judgement, ...]]:
    """Return decisions, those whose choices move nothing that this model follows left as they are; and these, to judge.

    Where a model does not follow the state of people, a drill is cost alone to a search, which would never take it.
    That says nothing against drills, so the search is not asked; people can settle the decision in the file.
    """
    table = load_why_not()
    kept: list[StatedDecision] = []
    judged: list[Judgement] = []
    for decision in decisions:
        patches = [patch for choice in decision.choices for patch in choice.patches]
        if system.person_state or reached(patches, _ANYTHING, person_state=False) or not reached(patches, _ANYTHING):
            kept.append(decision)
            continue
        why = " ".join(table.not_followed.split())
        kept.append(decision.model_copy(update={"fixed": TODAY, "because": f"{why}; {' '.join(table.settle.split())}"}))
        judged.append(_of(decision, decision.choices, why, system.currency))
    return tuple(kept), tuple(judged)


def moved_nothing(space: DesignSpace, told: Iterable[DecisionState], currency: str) -> tuple[Judgement, ...]:
    """Return what was tried for a finding and moved no indicator of the objectives: to a search it is cost alone.

    Parameters
    ----------
    told : iterable of DecisionState
        After a search.
    """
    why = " ".join(load_why_not().moved_nothing.split())
    stated = {one.id: one for one in space.decisions}
    found = []
    for one in told:
        if one.tried and not one.moves and one.id in stated:
            answering = [choice for choice in stated[one.id].offered if choice.answers]
            if answering:
                found.append(_of(stated[one.id], answering, why, currency))
    return tuple(found)


def _of(decision: StatedDecision, choices: Sequence[StatedChoice], why_not: str, currency: str) -> Judgement:
    """Return the entry of one decision, with what each choice costs."""
    answers = tuple(dict.fromkeys(name for choice in choices for name in choice.answers))
    targets = tuple(dict.fromkeys(name for choice in choices for name in choice.concerns))
    asks = choices[0].why if answers else f"{decision.question} {choices[0].why}"
    return Judgement(
        id=f"judge.{decision.id}"[:200], kind=choices[0].lever, targets=targets, answers=answers, asks=asks,
        why_not=why_not, ways=tuple(_way(choice, currency) for choice in choices),
    )  # fmt: skip


def _way(choice: StatedChoice, currency: str) -> str:
    """A choice in words: its title, what it costs, the id by which it is settled."""
    weekly = choice.running_cost_per_week
    cost = "cost not known" if choice.cost is None else f"{currency} {choice.cost.value:,.0f} once"
    if weekly is not None and weekly.value:
        cost += f", {currency} {weekly.value:,.0f} a week"
    return f"{choice.title}: {cost} ({choice.id})"
