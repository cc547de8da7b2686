"""What an assessment says of fit: support, feedback, measures in conflict, what machines show."""

from __future__ import annotations

from collections.abc import Sequence

from longwall.alignment.fit.result import FitEntry
from longwall.assessment import Assessment, Support
from longwall.worksystem import Estimate, Footing, WorkSystem

__all__ = ["from_assessment", "support_entry"]

_ORDER: tuple[Footing, ...] = ("counted", "fitted", "assumed")
_CONFLICTS = ("conflicting_measures", "measure_conflict")
_WATCHED = 4
"""From this level on a person reviews, reads, audits or takes over what a machine proposes or does."""


def support_entry(what: str, name: str, support: Sequence[Support]) -> FitEntry:
    """Return how much of one thing that one side demands of the other is given, over all functions and roles.

    Notes
    -----
    Of n demands, m are stated and met, u nobody has stated: the share met is m / n at least, (m + u) / n at most; the
    value is the share of those that are stated. A demand that is met in part counts for that part.
    """
    demands = [demand for one in support for demand in one.demands if demand.what == what]
    stated = [demand for demand in demands if demand.have is not None]
    entry = FitEntry(id=what, name=name, group="support")
    if not stated:
        note = f"{len(demands)} demanded, none of them stated" if demands else "nothing demands it"
        return entry.model_copy(update={"note": note})
    met = sum(1.0 - (demand.gap or 0.0) for demand in stated)
    footing = max((demand.footing for demand in stated), key=_ORDER.index)
    unknown = len(demands) - len(stated)
    low, high = met / len(demands), (met + unknown) / len(demands)
    value = min(max(met / len(stated), low), high)
    estimate = Estimate(value=value, low=low, high=high, unit="share of what is demanded", footing=footing)
    note = f"{len(stated)} of {len(demands)} stated" if unknown else f"all {len(demands)} stated"
    return entry.model_copy(update={"estimate": estimate, "source": "assessment", "note": note})


def from_assessment(system: WorkSystem, assessment: Assessment | None, *, told: bool) -> dict[str, Estimate]:
    """Return entries that an assessment and the model give, by id.

    Parameters
    ----------
    told : bool
        Whether people said what is counted or rewarded; without that, and without a log, nothing was looked for.
    """
    found: dict[str, Estimate] = {}
    shown = [
        component.transparency
        for component in (system.components.get(f.allocation.component or "") for f in system.work.functions
                          if f.allocation.level >= _WATCHED and f.roles)
        if component is not None and (component.transparency.source or component.transparency.footing != "assumed")
    ]  # fmt: skip
    if shown:
        lowest = min(shown, key=lambda one: one.value)
        low, high = (lowest.value if end is None else end for end in (lowest.low, lowest.high))
        found["transparency"] = Estimate(
            value=lowest.value, low=low, high=high, unit="0 to 1", footing=lowest.footing
        )  # fmt: skip
    if assessment is None:
        return found
    rows = [row for row in assessment.controls if row.feedback != "unknown"]
    if rows:
        share = sum(row.feedback != "none" for row in rows) / len(rows)
        footing: Footing = "counted" if all(row.source == "log" for row in rows) else "assumed"
        found["feedback_share"] = Estimate(
            value=share, low=share, high=share, unit="share of variances", footing=footing
        )  # fmt: skip
    looked = told or any(row.driver == "conflicting_measures" and row.value is not None for row in assessment.drivers)
    if looked:
        conflicts = [one for one in assessment.findings if one.kind in _CONFLICTS]
        weakest = max((one.footing for one in conflicts), key=_ORDER.index, default="counted")
        number = float(len(conflicts))
        found["conflicting_measures"] = Estimate(
            value=number, low=number, high=number, unit="found", footing=weakest
        )  # fmt: skip
    return found
