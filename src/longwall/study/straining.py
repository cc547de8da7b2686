"""Shocks and growth: today and the three optima when something happens, and when there is more; made on demand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall import alignment, simulation
from longwall.study.folder import Study
from longwall.study.results import load, optional_hash, stamp_of
from longwall.study.simulating import needs_system, system_of
from longwall.study.step import Progress, Step
from longwall.worksystem import Estimate, WorkSystem, apply

__all__ = ["GROWTH", "GROWTH_COLUMNS", "SHOCKS", "SHOCK_COLUMNS", "growth_rows", "shock_rows"]

SHOCK_COLUMNS = ("shock", "does", "design", "technical", "social", "technical, against today", "social, against today",
                 "levels")  # fmt: skip
GROWTH_COLUMNS = ("design", "volume", "people", "highest load", "of", "late", "lead time [h]", "at high load")


def optima_of(study: Study) -> dict[str, WorkSystem]:
    """Return today and the three optima of the search by id, each once; one that gives people up with its sibling."""
    found = alignment.Alignment.model_validate(load(study, "align"))
    system = system_of(study)
    optima = found.optima
    each = (optima.joint, optima.technical_only, optima.social_only)
    beside = ((name, found.siblings.get(name, name)) for name in each)
    names = dict.fromkeys(("today", *(name for pair in beside for name in pair)))
    return {name: apply(system, found.chosen(name)) for name in names}


def shock_rows(result: Mapping[str, Any]) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Return every design under every shock."""
    found = alignment.Shocks.model_validate(result)
    rows: list[tuple[Any, ...]] = []
    for shock in found.shocks:
        for cell in shock.cells:
            levels = "; ".join(f"{one.name} {one.level.value:.3g}" for one in cell.levels)
            figures = (cell.technical, cell.social, cell.technical_gain, cell.social_gain)
            rows.append((shock.name, shock.does, cell.design, *map(_percent, figures), levels or cell.why_not))
    notes = [
        f"{found.weeks} weeks from the shock on, {found.replications} replications, the same luck for all",
        "technical and social: relative change against today in calm weeks; against today: under the same shock; "
        "negative is better",
        *found.cautions,
    ]
    return rows, notes


def growth_rows(result: Mapping[str, Any]) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Return every design at every volume; where each breaks stands in the notes."""
    found = alignment.Growth.model_validate(result)
    rows: list[tuple[Any, ...]] = []
    for case in found.cases:
        late = "breaks: the queue grows without end" if case.breaks else case.why_not or _percent(case.late)
        lead = "" if case.lead_time_h is None else f"{case.lead_time_h.value:.3g}"
        rows.append(
            (case.design, f"× {case.factor:g}", case.people, f"{case.load:.0%}", " and ".join(case.at), late, lead,
             _percent(case.high_load))
        )  # fmt: skip
    notes = [
        f"{one.design}, people {one.people}: "
        + ("no limit found up to a thousand times" if one.factor is None
           else f"breaks at {one.factor:.2f} times today's volume, in {' and '.join(one.at)}")
        for one in found.limits
    ]  # fmt: skip
    return rows, [*notes, *found.cautions]


def _percent(estimate: Estimate | None) -> str:
    """An estimate that is a share, with its interval."""
    if estimate is None:
        return ""
    return f"{estimate.value:.1%} ({estimate.low:.1%} to {estimate.high:.1%})"


def _shocks(study: Study, progress: Progress) -> Mapping[str, Any]:
    found = alignment.under_shocks(
        optima_of(study), seed=study.file.seed, objectives=objectives_of(study), threads=simulation.default_threads(),
        progress=progress,
    )  # fmt: skip
    return found.model_dump(mode="json")


def objectives_of(study: Study) -> alignment.Objectives | None:
    """Return the study's own objectives, where it has some."""
    return alignment.read_objectives(study.objectives) if study.objectives.is_file() else None


def _growth(study: Study, progress: Progress) -> Mapping[str, Any]:
    found = alignment.growth(
        optima_of(study), seed=study.file.seed, threads=simulation.default_threads(), progress=progress
    )
    return found.model_dump(mode="json")


def _inputs(study: Study) -> Mapping[str, str]:
    return {"system": optional_hash(study.system), "designs": stamp_of(study, "align") or "none"}


def _ready(study: Study) -> str | None:
    if stamp_of(study, "align") is None:
        return needs_system(study) or "no designs yet; run `longwall align STUDY` first"
    return needs_system(study)


SHOCKS = Step("shocks", "striking the designs", _inputs, _shocks, _ready)
"""The step that strikes today and the three optima; made on demand, no other step waits for it."""

GROWTH = Step("growth", "growing the designs", _inputs, _growth, _ready)
"""The step that lets the volume grow; made on demand, no other step waits for it."""
