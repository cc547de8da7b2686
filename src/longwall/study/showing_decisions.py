"""Show: decisions with their choices, what is taken and what each moves; what people decide by judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from longwall.alignment import FAMILIES, DesignSpace
from longwall.study.assessing import findings_of
from longwall.study.deciding import space_of, stale
from longwall.study.folder import Study
from longwall.study.results import load
from longwall.study.simulating import system_of

__all__ = ["decision_table"]

_COLUMNS = ("decision", "question", "today", "choices beside today", "state", "recommended", "moves", "owner")
_MOST = 5


def decision_table(study: Study) -> tuple[Sequence[str], Sequence[Sequence[Any]], Sequence[str]]:
    """Return columns, rows and notes: the decisions of the file, or as they would be drafted now.

    Raises
    ------
    WorkSystemError, AlignmentError
        With every fault of ``decisions.yaml``, by line.
    """
    system, findings = system_of(study), findings_of(study)
    space = space_of(study, system, findings)
    aligned = load(study, "align") or {}
    moved = {one["id"]: one for one in aligned.get("decisions", ())}
    taken = _taken(aligned)
    rows = []
    for decision in space.decisions:
        chosen = [choice.title for choice in decision.choices if choice.id in taken]
        state = decision.state + (f": {decision.because}" if decision.because else "")
        owners = dict.fromkeys(choice.owner for choice in decision.choices if choice.owner)
        names = [system.roles[name].name or name for name in owners if name in system.roles]
        rows.append(
            (decision.id, decision.question, decision.today, "; ".join(choice.title for choice in decision.choices),
             state, "; ".join(chosen) or ("as today" if aligned else ""), _moves(moved.get(decision.id)),
             ", ".join(names))
        )  # fmt: skip
    return _COLUMNS, rows, _notes(study, space)


def _for(answers: Sequence[str]) -> str:
    """The findings that an entry answers, in brackets; nothing where it answers none."""
    return f" ({', '.join(answers)})" if answers else ""


def _taken(aligned: Mapping[str, Any]) -> set[str]:
    """Return what the recommended design takes."""
    designs = {one["id"]: one["interventions"] for one in aligned.get("designs", ())}
    return set(designs.get(aligned.get("recommended"), ()))


def _moves(told: Mapping[str, Any] | None) -> str:
    """Return in words which indicators of the objectives a decision moved."""
    if told is None or not told["tried"]:
        return ""
    names = told["moves"]
    if not names:
        return "nothing"
    rest = len(names) - _MOST
    return ", ".join(names[:_MOST]) + (f" and {rest} more" if rest > 0 else "")


def _notes(study: Study, space: DesignSpace) -> list[str]:
    """Return what stands beside the table."""
    file = "decisions.yaml" if study.decisions.is_file() else "drafted now; `longwall decide STUDY` writes them for you"
    counts: dict[str, int] = {}
    for decision in space.decisions:
        counts[decision.family] = counts.get(decision.family, 0) + 1
    listed = ", ".join(f"{counts[name]} {name}" for name in FAMILIES if name in counts)
    said = [f"from: {file}", f"families: {listed}" if listed else "nothing to decide: no finding asks for a change"]
    said.append("moves: indicators that differ from today's when this decision alone is taken otherwise")
    said += [f"refused by {one.constraint}: {one.title} ({one.refused})" for one in space.not_offered]
    said += [
        f"by judgement, {one.kind}{_for(one.answers)}: {one.asks or ', '.join(one.targets)}; not simulated: "
        f"{one.why_not}"
        + (f". It would take: {'; or '.join(one.ways)}" if one.ways else "")
        + (f". Decided: {one.decided}" if one.decided else "")
        for one in space.judged
    ]
    return [*said, *space.cautions, *stale(study, space)]
