"""Forces: today's system under market, technology and social trends, made on demand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall import assessment, simulation
from longwall.study.folder import Study
from longwall.study.results import optional_hash
from longwall.study.simulating import needs_system, system_of
from longwall.study.step import Progress, Step
from longwall.study.tensioning import places_of

__all__ = ["FORCES", "FORCE_COLUMNS", "force_rows"]

FORCE_COLUMNS = ("force", "kind", "does", "column", "indicator", "today", "then", "change", "evidence")
_WEEKS = 8


def force_rows(result: Mapping[str, Any]) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Return every outcome of every force that changes beyond noise, technical before social."""
    found = assessment.Forces.model_validate(result)
    rows: list[tuple[Any, ...]] = []
    notes = [f"{found.weeks} weeks, {found.replications} replications under the luck of today", *found.cautions]
    for effect in found.effects:
        force = effect.force
        evidence = f"{force.tag}: {force.source}" if force.tag else force.source
        moved = [outcome for outcome in effect.outcomes if outcome.better is not None]
        for outcome in sorted(moved, key=lambda one: one.column != "technical"):
            rows.append(
                (force.name, force.kind, effect.does, outcome.column, outcome.name,
                 assessment.level_text(outcome.today), assessment.level_text(outcome.then),
                 assessment.level_text(outcome.change), evidence)
            )  # fmt: skip
        if not moved:
            notes.append(f"{force.name}: nothing changes beyond noise")
        notes += [f"{force.name}: {text}" for text in effect.cautions]
    return rows, notes


def _work(study: Study, progress: Progress) -> Mapping[str, Any]:
    system = system_of(study)
    found = assessment.under_forces(
        places_of(study, system), seed=study.file.seed, weeks=min(study.file.weeks, _WEEKS),
        warm_up_weeks=simulation.warm_up_weeks(system), progress=progress,
    )  # fmt: skip
    return found.model_copy(update={"system_hash": system.hash}).model_dump(mode="json")


def _inputs(study: Study) -> Mapping[str, str]:
    return {"system": optional_hash(study.system), "weeks": str(study.file.weeks)}


FORCES = Step("forces", "testing today against forces", _inputs, _work, needs_system)
"""The step that shows today's system under each force; made on demand, no other step waits for it."""
