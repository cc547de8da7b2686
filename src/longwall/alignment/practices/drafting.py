"""Recommended practices as candidates of the search: one intervention for each intensity."""

from __future__ import annotations

from collections.abc import Iterable

from longwall.alignment.costs import CostTable
from longwall.alignment.levers.bench import append, owner_of
from longwall.alignment.practices.advice import Advice, Recommended
from longwall.alignment.practices.effects import cost_of, model_of
from longwall.alignment.practices.entries import INTENSITIES, Catalogue, Intensity, PracticeEntry
from longwall.alignment.practices.reading import shipped
from longwall.alignment.practices.recommend import recommend
from longwall.assessment import support_of
from longwall.worksystem import Finding, Intervention, Practice, WorkSystem

__all__ = ["LEVER", "drafts"]

LEVER = "practice"
"""Kind of change of the drafts."""
_WORDS: dict[Intensity, str] = {"low": ", half the hours", "normal": "", "high": ", half as many hours again"}


def drafts(
    system: WorkSystem,
    findings: Iterable[Finding],
    costs: CostTable,
    *,
    advice: Advice | None = None,
    catalogue: Catalogue | None = None,
    context: str = "",
) -> list[Intervention]:
    """Return candidates for the recommended practices, each at three intensities that exclude each other.

    Parameters
    ----------
    findings : iterable of Finding
        Most harmful first.
    advice : Advice, optional
        What is recommended; default: from the findings and the support of the work system itself.
    catalogue : Catalogue, optional
        From which the advice comes; default: the one shipped.
    context : str
        Kind of organisation, where the catalogue has a prior for it.

    Returns
    -------
    list of Intervention
        Each adds one practice that acts through ability, motivation and opportunity only; what it does is assumed.
    """
    known = catalogue if catalogue is not None else shipped()
    if advice is None:
        advice = recommend(system, findings, known, support=support_of(system), context=context, costs=costs)
    taken = {practice.id for practice in system.social.practices}
    return [
        _draft(system, one, entry, known, level, costs, context)
        for one in advice.recommended
        if one.practice not in taken and (entry := known.of(one.practice)) is not None
        for level in INTENSITIES
    ]


def _draft(
    system: WorkSystem,
    one: Recommended,
    entry: PracticeEntry,
    catalogue: Catalogue,
    level: Intensity,
    costs: CostTable,
    context: str,
) -> Intervention:
    dose = INTENSITIES[level]
    once, weekly = cost_of(system, entry, one.roles, costs, dose=dose)
    practice = Practice(
        id=entry.id, name=entry.name, roles=one.roles, weeks_to_effect=entry.weeks_to_effect, cost_per_week=weekly,
        note=f"intensity {level}", **model_of(entry, catalogue, dose=dose, context=context),
    )  # fmt: skip
    reached = sum(system.roles[role].head_count for role in one.roles)
    hours = (entry.costs.hours_once.value if entry.costs.hours_once else 0.0) + reached * (
        entry.costs.hours_per_head.value if entry.costs.hours_per_head else 0.0
    )
    return Intervention(
        id=f"practice.{entry.id}.{level}",
        title=f"{entry.name}{_WORDS[level]}",
        kind="social",
        lever=LEVER,
        patches=(append("social.practices", practice),),
        why=one.sentence,
        cost=once,
        running_cost_per_week=weekly,
        lead_time_weeks=entry.lead_time_weeks.value,
        effort_weeks=round(hours / 40.0, 3),
        answers=tuple(dict.fromkeys(reason.finding for reason in one.reasons if reason.finding and reason.first)),
        concerns=one.roles,
        owner=owner_of(system, one.roles),
    )
