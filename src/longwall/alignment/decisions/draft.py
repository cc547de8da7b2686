"""The design space drafted from the findings: candidates sorted into decisions, each a question in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from longwall.alignment.automation.drafting import automation_drafts, not_yet
from longwall.alignment.automation.gate import safeguards_first
from longwall.alignment.automation.results import Opportunities
from longwall.alignment.costs import load_costs
from longwall.alignment.decisions.judgement import by_judgement, not_followed
from longwall.alignment.decisions.stated import (
    FAMILIES,
    DesignSpace,
    NotOffered,
    StatedChoice,
    StatedDecision,
    footing_of,
)
from longwall.alignment.decisions.words import Asked, asked_by
from longwall.alignment.flow import flow_of
from longwall.alignment.levers.bench import Bench
from longwall.alignment.levers.interventions import LEVERS, drafted
from longwall.alignment.levers.mending import mended
from longwall.worksystem import Finding, Footing, Intervention, WorkSystem, value_at

__all__ = ["draft_decisions"]


def draft_decisions(
    system: WorkSystem,
    findings: Sequence[Finding],
    *,
    costs: Path | None = None,
    practices: Sequence[Intervention] = (),
    automation: Opportunities | None = None,
    drafted_from: str = "",
) -> DesignSpace:
    """Return the design space that the findings, and the system itself, ask for.

    A change that a constraint refuses is taken together with the second change that keeps the constraint, where one is
    known, and is not offered else. Suggestions that no lever carries, and changes of what this model does not follow,
    are listed for people to decide.

    Parameters
    ----------
    system : WorkSystem
        Today's.
    findings : sequence of Finding
        By severity, the most severe first.
    costs : Path, optional
        A cost table of the user's own instead of the one shipped.
    practices : sequence of Intervention
        Drafts of practices, with lever ``practice``.
    automation : Opportunities, optional
        What could be given to machines, found for this system; a level that another lever drafts is not drafted twice.
    drafted_from : str
        Hash of what the draft rests on.

    Raises
    ------
    AlignmentError
        LW-AL-001, LW-AL-002 where the cost table is wrong.
    """
    bench = Bench(system, flow_of(system), load_costs(costs))
    drafts = drafted(bench, findings, practices)
    footings: dict[str, Footing] = {finding.id: finding.footing for finding in findings}
    asked: dict[str, Asked] = {}
    choices: dict[str, list[StatedChoice]] = {}
    refused: list[NotOffered] = []
    for change in (*drafts.interventions, *_machines(bench, automation, drafts.interventions)):
        able, why, kept = mended(bench, change)
        if able is None:
            fields = {name: getattr(change, name) for name in type(change).model_fields}
            rule, said = (why[0].constraint, why[0].why) if why else ("model", "it does not fit the model")
            refused.append(NotOffered(**fields, constraint=rule, refused=said))
            continue
        about = asked_by(bench, change)
        asked.setdefault(about.id, about)
        fields = {name: getattr(able, name) for name in type(able).model_fields}
        footing = footing_of(able.answers, footings)
        choices.setdefault(about.id, []).append(
            StatedChoice(**fields, footing=footing, mends=kept, first=safeguards_first(system, able.patches))
        )
    decisions, judged = not_followed((_decision(bench, asked[name], found) for name, found in choices.items()), system)
    order = list(FAMILIES)
    cautions: tuple[str, ...] = ()
    if drafts.left_out:
        cautions = (f"{len(drafts.left_out)} changes for the least severe findings are left out: "
                    f"{'; '.join(drafts.left_out)}",)  # fmt: skip
    return DesignSpace(
        drafted_from=drafted_from,
        decisions=tuple(sorted(_without_widows(decisions), key=lambda one: order.index(one.family))),
        not_offered=tuple(refused),
        by_judgement=(
            *judged,
            *by_judgement(drafts.unmet, LEVERS),
            *(() if automation is None else not_yet(system, automation)),
        ),
        cautions=cautions,
    )


def _machines(
    bench: Bench, automation: Opportunities | None, known: Sequence[Intervention]
) -> tuple[Intervention, ...]:  # fmt: skip
    """Return the opportunities that may be offered and that no other lever has drafted."""
    if automation is None:
        return ()
    drafted_already = {
        (patch.path, patch.value) for change in known for patch in change.patches if patch.path.endswith(".level")
    }
    return tuple(
        change
        for change in automation_drafts(bench.system, automation, bench.costs)
        if (change.patches[0].path, change.patches[0].value) not in drafted_already
    )


def _decision(bench: Bench, about: Asked, choices: Sequence[StatedChoice]) -> StatedDecision:
    """Return one decision; its choices along one scale stand in the order of that scale."""
    scale = None if about.stepwise else _scale(bench, choices)
    if scale is not None:
        choices = [choice for _, choice in sorted(zip(scale, choices, strict=True), key=lambda pair: pair[0])]
    return StatedDecision.model_validate(
        {"id": about.id, "question": about.question, "family": about.family, "today": about.today,
         "ordered": scale is not None or (about.stepwise and len(choices) > 1), "choices": tuple(choices)}
    )  # fmt: skip


def _scale(bench: Bench, choices: Sequence[StatedChoice]) -> list[float] | None:
    """Return how far each choice goes from today, where all set one same number and all the same way; else None."""
    if len(choices) < 2 or any(len(choice.patches) != 1 for choice in choices):
        return None
    paths = {choice.patches[0].path for choice in choices}
    values = [choice.patches[0].value for choice in choices]
    today = value_at(bench.system, next(iter(paths)))
    today = today["value"] if isinstance(today, dict) else 0.0 if today is None and _from_nothing(choices) else today
    numbers = [*values, today]
    if len(paths) > 1 or any(isinstance(one, bool) or not isinstance(one, int | float) for one in numbers):
        return None
    steps = [float(value) - float(today) for value in values]
    if len(set(steps)) < len(steps) or not (all(step > 0 for step in steps) or all(step < 0 for step in steps)):
        return None
    return [abs(step) for step in steps]


def _from_nothing(choices: Sequence[StatedChoice]) -> bool:
    """Whether today's value that is not written is none at all."""
    return choices[0].lever in ("buffer", "drill")


def _without_widows(decisions: Sequence[StatedDecision]) -> list[StatedDecision]:
    """Leave out changes that give people up where the sibling that strengthens them cannot be had."""
    known = {choice.id for decision in decisions for choice in decision.choices}
    found = []
    for decision in decisions:
        kept = tuple(
            choice for choice in decision.choices if choice.people_removed == 0 or choice.strengthening in known
        )
        if kept:
            found.append(decision.model_copy(update={"choices": kept}))
    return found
