"""Candidate interventions from findings: each suggestion is drafted by its lever, with cost, time and what it answers.

The people side first: where a draft gives posts up, the sibling that strengthens the people is drafted at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from longwall.alignment.costs import load_costs
from longwall.alignment.flow import flow_of
from longwall.alignment.levers.bench import Bench, Order
from longwall.alignment.levers.boundaries import clear_owner, drop_step, join_teams, keep_person, shift_handover
from longwall.alignment.levers.control import control_at_source, grant, see_earlier, shared_triage
from longwall.alignment.levers.machines import alert_threshold, change_level, drill, hand_back
from longwall.alignment.levers.people import cross_training, priority_rule, shift_hours, staff
from longwall.alignment.levers.seen import seen
from longwall.alignment.levers.service import buffer, detector_threshold, escalation, fallback, interruptions
from longwall.errors import AlignmentError, Fault
from longwall.worksystem import Finding, Intervention, Suggestion, WorkSystem

__all__ = ["LEVERS", "Drafts", "check_siblings", "drafted", "propose", "unanswered"]

Lever = Callable[[Bench, Order], list[Intervention]]

LEVERS: dict[str, Lever] = {
    "alert_threshold": lambda bench, order: [
        *alert_threshold(bench, order), *see_earlier(bench, order), *detector_threshold(bench, order)
    ],
    "buffer": buffer,
    "change_level": change_level,
    "change_rule": drop_step,
    "clear_owner": clear_owner,
    "control_at_source": control_at_source,
    "cross_train": cross_training,
    "drill": drill,
    "escalate": escalation,
    "fallback": fallback,
    "give_authority": grant,
    "hand_back": hand_back,
    "inform": grant,
    "interrupt": interruptions,
    "keep_person": keep_person,
    "priority_rule": lambda bench, order: [*priority_rule(bench, order), *escalation(bench, order)],
    "shift_handover": shift_handover,
    "shift_hours": shift_hours,
    "shared_triage": lambda bench, order: [*shared_triage(bench, order), *join_teams(bench, order)],
    "staff": staff,
}  # fmt: skip
"""Kinds of suggestion (`Suggestion.kind`) and who drafts them; practices come drafted, from their own catalogue."""

_PRESSED = 0.85
"""Load over rostered hours above which a role is offered people even where no finding asks for it."""
_MOST = 60
"""Most candidates; findings come by severity, so the last are the least pressing."""


@dataclass(frozen=True)
class Drafts:
    """What findings came to.

    Parameters
    ----------
    interventions : tuple of Intervention
        Candidates, ids unique.
    unmet : tuple of (Finding, Suggestion)
        Suggestions from which nothing was drafted.
    left_out : tuple of str
        Titles of candidates beyond the largest number, the least pressing.
    """

    interventions: tuple[Intervention, ...]
    unmet: tuple[tuple[Finding, Suggestion], ...]
    left_out: tuple[str, ...]


def propose(
    system: WorkSystem,
    findings: Sequence[Finding],
    *,
    costs: Path | None = None,
    practices: Sequence[Intervention] = (),
) -> tuple[Intervention, ...]:
    """Return candidate interventions for the findings, and for what the system itself shows.

    Each suggestion of a finding is drafted by the lever of its kind. Beside them, what the system itself asks for; see
    `longwall.alignment.levers.seen`. Candidates only: what they are worth is for `search` to measure.

    Parameters
    ----------
    system : WorkSystem
        Today's.
    findings : sequence of Finding
        By severity, the most severe first.
    costs : Path, optional
        A cost table of the user's own instead of the one shipped.
    practices : sequence of Intervention
        Drafts of practices, with lever ``practice``, the best founded first.

    Returns
    -------
    tuple of Intervention
        At most 60, ids unique; the same draft for several findings answers them all.

    Raises
    ------
    AlignmentError
        LW-AL-001, LW-AL-002 where the cost table is wrong.
    """
    return drafted(Bench(system, flow_of(system), load_costs(costs)), findings, practices).interventions


def drafted(bench: Bench, findings: Sequence[Finding], practices: Sequence[Intervention] = ()) -> Drafts:
    """Return the candidates together with what could not be drafted, and what was left out."""
    drafts: dict[str, Intervention] = {}
    unmet: list[tuple[Finding, Suggestion]] = []
    for finding in findings:
        for suggestion in finding.suggests:
            order = Order(suggestion.targets or finding.where, (finding.id,), suggestion.why or finding.statement)
            if not _taken(drafts, bench, order, suggestion.kind):
                unmet.append((finding, suggestion))
    for order, kind in seen(bench):
        _taken(drafts, bench, order, kind)
    every = tuple(drafts.values())
    chosen = _with_siblings((*every[: _MOST - len(practices)], *practices), drafts)
    kept = {intervention.id for intervention in chosen}
    return Drafts(chosen, tuple(unmet), tuple(one.title for one in every if one.id not in kept))


def _taken(drafts: dict[str, Intervention], bench: Bench, order: Order, kind: str) -> bool:
    """Add what the lever of a kind drafts; False where there is no lever, or nothing for it to change."""
    lever = LEVERS.get(kind)
    made = lever(bench, order) if lever is not None else []
    for draft in made:
        known = drafts.get(draft.id)
        answers = draft.answers if known is None else (*known.answers, *draft.answers)
        kept = draft if known is None else known
        drafts[draft.id] = kept.model_copy(update={"answers": tuple(dict.fromkeys(answers))})
    return bool(made)


def unanswered(findings: Sequence[Finding], interventions: Sequence[Intervention]) -> tuple[str, ...]:
    """Return the ids of findings that no candidate answers."""
    answered = {finding for intervention in interventions for finding in intervention.answers}
    return tuple(finding.id for finding in findings if finding.id not in answered)


def check_siblings(interventions: Sequence[Intervention]) -> None:
    """Refuse candidates that give people up without the sibling that strengthens them.

    Raises
    ------
    AlignmentError
        LW-AL-003, every one of them in one pass.
    """
    known = {intervention.id for intervention in interventions}
    faults = [
        Fault("LW-AL-003", f"interventions.{intervention.id}.strengthening",
              "a sibling that keeps and strengthens the people, among the candidates",
              intervention.strengthening or "none",
              "add the sibling and name it; people are never given up without the alternative beside it")
        for intervention in interventions
        if intervention.people_removed > 0 and intervention.strengthening not in known
    ]  # fmt: skip
    if faults:
        raise AlignmentError(*faults)


def _with_siblings(chosen: tuple[Intervention, ...], drafts: dict[str, Intervention]) -> tuple[Intervention, ...]:
    """Add siblings that the cut left out."""
    known = {intervention.id for intervention in chosen}
    missing = [
        drafts[intervention.strengthening]
        for intervention in chosen
        if intervention.strengthening is not None and intervention.strengthening not in known
    ]
    return (*chosen, *missing)
