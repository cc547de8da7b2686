"""A candidate for control: gaps, capacity, bottleneck, conditions and what would close the gaps."""

from __future__ import annotations

from collections.abc import Mapping

from longwall.assessment.control.gaps_result import Aspect, Condition, Controller, Gap, Level
from longwall.worksystem import Suggestion

__all__ = ["LEAST_GAP", "candidate_of", "unknown"]

LEAST_GAP = 0.1
"""A gap below one tenth is none (M): a tool that is out for an hour a week does not take anybody's means away."""

_ANSWERS: Mapping[Aspect, tuple[str, str]] = {
    "information": ("control_at_source", "bring what is known of it to those who can act"),
    "authority": ("control_at_source", "give those who see it the authority"),
    "skill": ("cross_train", "let more people practise it"),
    "time": ("staff", "have somebody there while it can still be controlled"),
    "tools": ("control_at_source", "give those who control it the tool, or a way without it"),
    "feedback": ("record", "let those where it arises hear what became of it"),
}
_MACHINE_ANSWER = ("change_level", "another division between machine and people")
_CONDITIONS: Mapping[Condition, tuple[Aspect, ...]] = {
    "means": ("tools", "time"),
    "variety": ("information", "skill"),
    "authority": ("authority",),
}


def unknown(said: str = "") -> Level:
    """Return the level of which nobody knows anything."""
    return Level(low=0.0, high=1.0, source="not known: ask", said=said)


def candidate_of(
    name: str,
    kind: str,
    levels: Mapping[Aspect, tuple[Level, Level]],
    *,
    today: bool,
    targets: tuple[str, ...],
    boundary: bool | None = None,
) -> Controller:
    """Return a candidate from what is needed and what it has, aspect by aspect.

    Parameters
    ----------
    levels : mapping of Aspect to (need, have)
    targets : tuple of Id
        What suggestions would touch.
    boundary : bool, optional
        Whether it arises or is seen inside the candidate's boundary.
    """
    gaps = tuple(
        Gap(aspect=aspect, need=need, have=have, gap=_gap(need, have)) for aspect, (need, have) in levels.items()
    )
    known = [gap for gap in gaps if gap.gap.known and gap.gap.low >= LEAST_GAP]
    worst = max(known, key=lambda gap: (gap.gap.low, gap.gap.middle), default=None)
    conditions: dict[Condition, bool | None] = {"boundary": boundary} if boundary is not None else {}
    by_aspect = {gap.aspect: gap.gap for gap in gaps}
    for condition, aspects in _CONDITIONS.items():
        asked = [by_aspect[aspect] for aspect in aspects if aspect in by_aspect]
        if asked:
            conditions[condition] = _met(asked)
    return Controller(
        id=name,
        kind="machine" if kind == "machine" else "role",
        today=today,
        gaps=gaps,
        capacity_low=min((1 - gap.gap.high for gap in gaps), default=0.0),
        capacity_high=min((1 - gap.gap.low for gap in gaps), default=0.0),
        bottleneck=worst.aspect if worst is not None else "",
        ask=tuple(gap.aspect for gap in gaps if not gap.gap.known),
        conditions=conditions,
        suggests=_answers(known, kind, targets),
    )


def _gap(need: Level, have: Level) -> Level:
    """What is missing, as far as it is known; what is not needed is missing to nobody."""
    if need.known and need.high <= 0:
        return Level(low=0.0, high=0.0, source=need.source, said="not needed")
    low, high = max(0.0, need.low - have.high), max(0.0, need.high - have.low)
    source = have.source if need.known else need.source
    return Level(low=low, high=high, source=source, said=have.said)


def _met(gaps: list[Level]) -> bool | None:
    """Whether a condition is met: no if any gap is sure to be there, yes if none can be."""
    if any(gap.low >= LEAST_GAP for gap in gaps):
        return False
    return True if all(gap.known and gap.high < LEAST_GAP for gap in gaps) else None


def _answers(known: list[Gap], kind: str, targets: tuple[str, ...]) -> tuple[Suggestion, ...]:
    """One suggestion for each kind of change that a known gap asks for, the largest gap first."""
    found: dict[str, Suggestion] = {}
    for gap in sorted(known, key=lambda gap: -gap.gap.low):
        change, why = _MACHINE_ANSWER if kind == "machine" else _ANSWERS[gap.aspect]
        found.setdefault(change, Suggestion(kind=change, targets=targets, why=why))
    return tuple(found.values())
