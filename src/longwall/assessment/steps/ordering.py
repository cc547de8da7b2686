"""Findings' suggestions in the order in which they rest on each other.

What alters which variances arise or are seen comes before what people are then adjusted to. It is a default rule:
people may set an order of their own, and minimal critical specification leaves the rest open.
"""

from __future__ import annotations

from collections.abc import Sequence

from longwall.assessment.matrix.judged import origin_functions
from longwall.assessment.steps.result import Order
from longwall.worksystem import TRAINING, Finding, Id, Layer, Piece, Suggestion, WorkSystem

__all__ = ["ALTERS", "Change", "changes_of"]

ALTERS = frozenset({"alert_threshold", "change_level", "control_at_source"})
"""Kinds of change that alter which variances arise, or where they are seen."""

_TECHNICAL = frozenset({"alert_threshold", "change_level", "record"})
_SOCIAL = frozenset(
    {"clear_owner", "coach", "cross_train", "drill", "give_authority", "inform", "shift_hours", "staff", "train"}
)


class Change(Piece):
    """One suggested change in its place.

    Parameters
    ----------
    stage : int
        From 1; changes of one stage do not rest on each other.
    answers : tuple of Id
        Findings that suggest it.
    after, because : tuple of str
        Changes that come before it, and why each does.
    marginal : bool
        Whether it is training: marginal and temporary by itself.
    """

    id: Id
    kind: str
    layer: Layer
    targets: tuple[Id, ...]
    stage: int
    answers: tuple[Id, ...]
    after: tuple[Id, ...] = ()
    because: tuple[str, ...] = ()
    marginal: bool = False


def changes_of(
    system: WorkSystem, findings: Sequence[Finding], order: Sequence[Order] = ()
) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """Return the changes that findings suggest, first stage first, and what of people's order could not be kept.

    Parameters
    ----------
    findings : sequence of Finding
        As they are read, the most harmful first: within a stage their order stays.
    order : sequence of Order
        What people decided; it wins over the default rule. A word that would close a circle with earlier words, or
        that names no change, is named and passed over.
    """
    drafts = _drafts(findings)
    before: dict[str, dict[str, str]] = {key: {} for key in drafts}
    unfit = []
    for word in order:
        lost = [name for name in (word.first, word.then) if name not in drafts]
        if lost:
            unfit.append(f"an order names {', '.join(lost)}, which no finding suggests any more")
        elif _reaches(before, word.first, word.then):
            unfit.append(f"{word.first} before {word.then} runs in a circle with what was decided before it")
        else:
            before[word.then][word.first] = f"people decided{': ' + word.why if word.why else ''}"
    touched = {key: _touches(system, one[0].targets) for key, one in drafts.items()}
    for first, (suggestion, _) in drafts.items():
        for then, (other, _) in drafts.items():
            shared = touched[first] & touched[then]
            if suggestion.kind not in ALTERS or _layer(other) != "social" or not shared:
                continue
            if not _reaches(before, first, then):
                before[then].setdefault(first, f"it alters what goes wrong at {', '.join(sorted(shared)[:3])}")
    stages = _stages(before)
    changes = [
        Change(
            id=key, kind=suggestion.kind, layer=_layer(suggestion), targets=suggestion.targets, stage=stages[key],
            answers=tuple(dict.fromkeys(answers)), after=tuple(before[key]), because=tuple(before[key].values()),
            marginal=suggestion.kind in TRAINING,
        )
        for key, (suggestion, answers) in drafts.items()
    ]  # fmt: skip
    return tuple(sorted(changes, key=lambda one: one.stage)), tuple(unfit)


def _drafts(findings: Sequence[Finding]) -> dict[str, tuple[Suggestion, list[str]]]:
    """Suggestions by id, each with the findings that make it."""
    drafts: dict[str, tuple[Suggestion, list[str]]] = {}
    for finding in findings:
        for suggestion in finding.suggests:
            key = ".".join((suggestion.kind, *sorted(suggestion.targets)))[:120].rstrip(".-_")
            drafts.setdefault(key, (suggestion, []))[1].append(finding.id)
    return drafts


def _layer(suggestion: Suggestion) -> Layer:
    """The layer that a change belongs to."""
    if suggestion.kind in _TECHNICAL:
        return "technical"
    return "social" if suggestion.kind in _SOCIAL else "work"


def _touches(system: WorkSystem, targets: Sequence[str]) -> frozenset[str]:
    """Functions that a change touches: its own, those of its roles, teams, components, and of its variances."""
    found: set[str] = set()
    for name in targets:
        if name in system.functions:
            found.add(name)
        roles = {r.id for r in system.social.roles if name in (r.id, r.team)}
        found |= {f.id for f in system.work.functions if roles & set(f.roles)}
        if name in system.components:
            found |= set(origin_functions(system, name))
        for variance in system.variances:
            if name == variance.id:
                found |= {*origin_functions(system, variance.origin), *(d.function for d in variance.detections)}
                found |= {variance.control.function} if variance.control is not None else set()
    return frozenset(found)


def _reaches(before: dict[str, dict[str, str]], goal: str, start: str) -> bool:
    """Whether `start` comes before `goal` already, directly or not, so that the reverse would close a circle."""
    queue, seen = [goal], set()
    while queue:
        here = queue.pop()
        if here == start:
            return True
        if here not in seen:
            seen.add(here)
            queue += before[here]
    return False


def _stages(before: dict[str, dict[str, str]]) -> dict[str, int]:
    """The stage of each change: one after the last of those that come before it."""
    stages: dict[str, int] = {}

    def stage(key: str) -> int:
        if key not in stages:
            stages[key] = 1 + max((stage(first) for first in before[key]), default=0)
        return stages[key]

    for key in before:
        stage(key)
    return stages
