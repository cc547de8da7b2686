"""Candidate interventions from findings: each suggestion is drafted by its lever, with cost, time and what it answers.

The people side first: where a draft gives posts up, the sibling that strengthens the people is drafted at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from longwall.alignment.bench import Bench, Order
from longwall.alignment.control_levers import control_at_source, grant, see_earlier, shared_triage
from longwall.alignment.costs import load_costs
from longwall.alignment.flow import flow_of
from longwall.alignment.machine_levers import alert_threshold, change_level, drill
from longwall.alignment.people_levers import cross_training, priority_rule, shift_hours, staff
from longwall.errors import AlignmentError, Fault
from longwall.worksystem import Finding, Intervention, WorkSystem

__all__ = ["LEVERS", "check_siblings", "propose", "unanswered"]

Lever = Callable[[Bench, Order], list[Intervention]]

LEVERS: dict[str, Lever] = {
    "alert_threshold": lambda bench, order: [*alert_threshold(bench, order), *see_earlier(bench, order)],
    "change_level": change_level,
    "control_at_source": control_at_source,
    "cross_train": cross_training,
    "drill": drill,
    "give_authority": grant,
    "inform": grant,
    "priority_rule": priority_rule,
    "shift_hours": shift_hours,
    "shared_triage": shared_triage,
    "staff": staff,
}
"""Kinds of suggestion (`Suggestion.kind`) and who drafts them."""

_PRESSED = 0.85
"""Load over rostered hours above which a role is offered people even where no finding asks for it."""
_MOST = 60
"""Most candidates; findings come by severity, so the last are the least pressing."""


def propose(
    system: WorkSystem,
    findings: Sequence[Finding],
    *,
    costs: Path | None = None,
    practices: Sequence[Intervention] = (),
) -> tuple[Intervention, ...]:
    """Return candidate interventions for the findings, and for what the system itself shows.

    Each suggestion of a finding is drafted by the lever of its kind. Beside them: people for roles whose work fills 85%
    of their rostered hours or more, and review or practice where a machine acts before a person reads (levels 7 to 10).
    Candidates only: what they are worth is for `search` to measure.

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
    bench = Bench(system, flow_of(system), load_costs(costs))
    drafts: dict[str, Intervention] = {}
    for order, kind in (*_asked(findings), *_seen(bench)):
        lever = LEVERS.get(kind)
        for draft in lever(bench, order) if lever is not None else ():
            known = drafts.get(draft.id)
            answers = draft.answers if known is None else (*known.answers, *draft.answers)
            kept = draft if known is None else known
            drafts[draft.id] = kept.model_copy(update={"answers": tuple(dict.fromkeys(answers))})
    own = tuple(drafts.values())[: _MOST - len(practices)]
    return _with_siblings((*own, *practices), drafts)


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


def _asked(findings: Sequence[Finding]) -> list[tuple[Order, str]]:
    """Return the suggestions of the findings as orders."""
    return [
        (
            Order(suggestion.targets or finding.where, (finding.id,), suggestion.why or finding.statement),
            suggestion.kind,
        )
        for finding in findings
        for suggestion in finding.suggests
    ]


def _seen(bench: Bench) -> list[tuple[Order, str]]:
    """Return orders that the system itself asks for."""
    orders: list[tuple[Order, str]] = []
    for role in bench.system.social.roles:
        pressure = bench.flow.pressure(role.id)
        if pressure >= _PRESSED:
            orders.append((Order((role.id,), (), f"work fills about {pressure:.0%} of the rostered hours"), "staff"))
    for function in bench.system.work.functions:
        if function.allocation.level >= 7:
            why = "a machine acts before a person reads: the work is no longer practised by hand"
            orders += [(Order((function.id,), (), why), "drill"), (Order((function.id,), (), why), "change_level")]
    return orders


def _with_siblings(chosen: tuple[Intervention, ...], drafts: dict[str, Intervention]) -> tuple[Intervention, ...]:
    """Add siblings that the cut left out."""
    known = {intervention.id for intervention in chosen}
    missing = [
        drafts[intervention.strengthening]
        for intervention in chosen
        if intervention.strengthening is not None and intervention.strengthening not in known
    ]
    return (*chosen, *missing)
