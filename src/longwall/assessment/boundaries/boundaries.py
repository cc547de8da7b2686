"""Boundaries and congruence: what crosses them, who spans them, what leaves them, and what supports what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.assessment.boundaries.exported import exported_in_log, exported_in_model, spanning
from longwall.assessment.boundaries.in_log import crossing_waits, crossings_in_log
from longwall.assessment.boundaries.in_model import crossings_in_model, passages_in_model
from longwall.assessment.boundaries.result import Boundaries, Passage
from longwall.assessment.boundaries.support import support_of
from longwall.assessment.flow import Flow
from longwall.assessment.results import ControlRow
from longwall.assessment.statement import estimate, finding, number_text, times_text
from longwall.assessment.thresholds import Thresholds
from longwall.assessment.view import View
from longwall.worksystem import Finding, Suggestion, WorkSystem

if TYPE_CHECKING:
    from longwall.discovery.variance_events import VarianceEvents

__all__ = ["boundaries_of", "boundary_findings"]


def boundaries_of(
    system: WorkSystem,
    flow: Flow,
    view: View | None,
    events: VarianceEvents | None,
    controls: tuple[ControlRow, ...],
    cuts: Thresholds,
) -> Boundaries:
    """Return boundaries and congruence of a work system, by the model, and by the log where there is one.

    Parameters
    ----------
    controls : tuple of ControlRow
        The control table; its rows of the model are used.
    """
    factor = cuts["stated_range_factor"]
    crossings = crossings_in_model(system, flow, factor)
    exported = exported_in_model(system, flow, controls, factor) if system.variances else ()
    if view is not None:
        crossings += crossings_in_log(view)
        exported += exported_in_log(view, events) if events is not None else ()
    return Boundaries(
        crossings=crossings,
        passages=passages_in_model(system, flow),
        spanning=spanning(system, flow),
        exported=exported,
        support=support_of(system),
        cautions=_cautions(system, view, crossings != ()),
    )


def boundary_findings(system: WorkSystem, boundaries: Boundaries, view: View | None, cuts: Thresholds) -> list[Finding]:
    """Find boundaries at which crossings cost time in the log, and passages that nothing on paper carries."""
    found = crossing_waits(view) if view is not None else []
    return [*found, *_unlinked(system, boundaries, cuts)]


def _unlinked(system: WorkSystem, boundaries: Boundaries, cuts: Thresholds) -> list[Finding]:
    """One finding for each pair of teams between which items pass, either way, and nothing stands on paper."""
    pairs: dict[frozenset[str], list[Passage]] = {}
    for passage in boundaries.congruence_gaps:
        pairs.setdefault(frozenset((passage.source, passage.target)), []).append(passage)
    found = []
    for passages in pairs.values():
        first = passages[0]
        value, low, high = (sum(getattr(p.per_week, end) for p in passages) for end in ("value", "low", "high"))
        if value < cuts["unlinked_per_week"]:
            continue
        where = (first.source, first.target)
        one, other = (system.teams[key].name or key for key in where)
        found.append(
            finding(
                "unlinked",
                where,
                f"About {number_text(value)} items a week pass between {one} and {other}, most of them from {one}, and "
                "no formal link between them stands in the model.",
                estimate(value, low, high, "per week", first.per_week.footing),
                "items per week that pass without a link on paper",
                principle="boundaries between teams follow the work",
                layer="social",
                suggests=(
                    Suggestion(
                        kind="shared_triage",
                        targets=where,
                        why="those who hand over and those who take over decide together what goes where",
                    ),
                ),
                cautions=("a link may exist that nobody wrote down: ask, before building one",),
            )
        )
    return found


def _cautions(system: WorkSystem, view: View | None, crossed: bool) -> tuple[str, ...]:
    """Say what could not be counted, and why."""
    said = []
    organisations = {team.organisation for team in system.social.teams}
    if len(organisations) < 2:
        said.append("the model names one organisation: crossings between organisations cannot be told")
    if not any(link.formal for link in system.social.links):
        said.append(
            "the model names no formal link between roles or teams: what stands on paper cannot be held against them"
        )
    if view is not None and "resources" not in view.log.capabilities:
        said.append("the log does not show who or what does a step: crossings between machines and people are the "
                    "model's alone")  # fmt: skip
    if view is not None and not (view.log.team >= 0).any():
        said.append("the log names no teams: they are those of the model, by function")
    if not crossed:
        said.append("nothing crosses: "
                    f"{times_text(len(system.social.teams), 'team', 'teams')}, no machine that acts")  # fmt: skip
    return tuple(said)
