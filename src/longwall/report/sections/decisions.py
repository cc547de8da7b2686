"""What stood open and what was settled, family by family; and what people decide by judgement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.choice import Choice
from longwall.report.indicators import shown_name
from longwall.report.markup import Content, Markup, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.sections.section import bullets, more
from longwall.report.words import counted, listed, sentence

if TYPE_CHECKING:
    from longwall.alignment import DecisionState, Judgement

__all__ = ["decisions_part", "left_to_people"]

_MOST_MOVED = 4


def decisions_part(material: Material, choice: Choice) -> Content:
    """Return the table of decisions and the list of what is left to judgement; nothing where there is neither."""
    alignment = choice.alignment
    parts = []
    if alignment.decisions:
        parts.append(_table(material, choice, alignment.decisions))
    if alignment.by_judgement:
        parts.append(_judged(alignment.by_judgement))
    return [element("h3", "What there was to decide"), *parts] if parts else None


def left_to_people(choice: Choice | None, finding: str) -> str:
    """Say that the recommended design leaves a finding, and what people can decide about it; empty where it does not.

    Parameters
    ----------
    finding : str
        Its id.
    """
    if choice is None or choice.joint is None:
        return ""
    if any(finding in step.answers for step in choice.joint.interventions):
        return ""
    judged = [one for one in choice.alignment.by_judgement if finding in one.answers]
    if not judged:
        return "The recommended design leaves this."
    asked = listed(list(dict.fromkeys(one.asks or one.id for one in judged)), most=2)
    decided = [one.decided for one in judged if one.decided]
    if decided:
        return f"The recommended design leaves this; decided by judgement: {listed(decided, most=2)}."
    return (
        f"The recommended design leaves this. One answer that no simulation here carries is yours to decide: {asked}."
    )


def _table(material: Material, choice: Choice, decisions: tuple[DecisionState, ...]) -> Content:
    """Every decision with today's way, its choices and what it moved."""
    titles = {step.id: step.title for step in choice.alignment.interventions}
    taken = {step.id for step in choice.joint.interventions} if choice.joint is not None else set()
    settled = sum(decision.state != "open" for decision in decisions)
    rows: list[tuple[Content, ...]] = []
    for decision in decisions:
        names = [_choice(titles.get(name, name), name in taken) for name in decision.choices]
        rows.append(
            (
                sentence(decision.question),
                decision.today or "as it is",
                _stacked(names),
                _state(decision, titles),
                _moved(choice, decision),
            )
        )
    table = Table(
        "Decisions; bold is what the recommended design takes",
        ("Decision", "Today", "Choices beside today's way", "State", "Moves"),
        rows,
    )
    said = f"{counted(len(decisions), 'decision')}, {settled or 'none'} settled beforehand. "
    command = element("code", f"longwall decide {material.folder}")
    return [
        element("p", said, "Today’s way is always a choice. Change them: ", command, "."),
        more(f"All decisions ({len(decisions)})", table_of(table, class_="dense")),
    ]


def _choice(title: str, taken: bool) -> Markup | str:
    return element("b", title) if taken else title


def _stacked(names: list[Markup | str]) -> Content:
    """One choice a line."""
    return [element("div", name) for name in names] or "none"


def _state(decision: DecisionState, titles: dict[str, str]) -> str:
    """Whether it stood open, and why not."""
    said = decision.state if decision.state in ("open", "left as it is") else f"settled: {titles.get(decision.state)}"
    return said + (f", because {decision.because}" if decision.because else "")


def _moved(choice: Choice, decision: DecisionState) -> str:
    """Which indicators the decision alone moved."""
    if not decision.tried:
        return "not tried alone"
    entries = [choice.today.of(name) for name in decision.moves]
    names = [shown_name(entry) for entry in entries if entry is not None]
    return listed(names, most=_MOST_MOVED) if names else "nothing"


def _judged(entries: tuple[Judgement, ...]) -> Content:
    """Answers to findings that no simulation carries."""
    items = [
        join(
            sentence(entry.asks or f"{entry.kind}: {', '.join(entry.targets)}"),
            f" Not simulated: {sentence(entry.why_not)}",
            f" It would take: {sentence('; or '.join(entry.ways))}" if entry.ways else None,
            f" Decided: {sentence(entry.decided)}" if entry.decided else None,
            element("span", f" Answers {listed(list(entry.answers), most=3)}.", class_="muted")
            if entry.answers
            else None,
        )
        for entry in entries
    ]
    head = f"Decide by judgement: {counted(len(items), 'answer')} to findings that no simulation carries"
    return more(head, bullets(items))
