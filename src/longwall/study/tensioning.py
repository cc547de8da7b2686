"""Tensions: four trade-offs of today's system by simulation, made on demand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall import alignment, assessment, simulation
from longwall.alignment.simulated import Simulated
from longwall.study.folder import Study
from longwall.study.results import optional_hash
from longwall.study.simulating import levels_today, needs_system, system_of
from longwall.study.step import Progress, Step
from longwall.worksystem import WorkSystem

__all__ = ["TENSIONS", "places_of", "tension_rows"]


def places_of(study: Study, system: WorkSystem) -> tuple[WorkSystem, ...]:
    """Return the system; or, where work is only bounded, systems over the whole set of what the log allows."""
    if not alignment.unidentified(system):
        return (system,)
    simulator = Simulated(study.file.weeks, simulation.warm_up_weeks(system))
    return tuple(
        alignment.possible_systems(
            system, simulator=simulator, seed=study.file.seed, observed=levels_today(study)
        )
    )  # fmt: skip


def tension_rows(result: Mapping[str, Any]) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Return every outcome at every setting of the four tensions, and the sentences as notes."""
    found = assessment.Tensions.model_validate(result)
    rows: list[tuple[Any, ...]] = []
    notes = []
    for one in found.tensions:
        notes.append(f"{one.name}: {one.statement}")
        notes += [f"  cannot be shown: {text}" for text in one.cannot]
        notes += [f"  {text}" for text in one.cautions]
        for outcome in one.outcomes:
            for setting, at in zip(one.settings, outcome.at, strict=True):
                if at is not None:
                    rows.append(
                        (one.id, f"{setting.x:.4g}{' (today)' if setting.today else ''}", outcome.column,
                         outcome.name + (f", {outcome.strain}" if outcome.strain else ""),
                         assessment.level_text(at.level), at.level.footing)
                    )  # fmt: skip
    return rows, [*notes, *found.cautions]


def _work(study: Study, progress: Progress) -> Mapping[str, Any]:
    system = system_of(study)
    progress(0.0, "reading the system")
    found = assessment.tensions(places_of(study, system), seed=study.file.seed, progress=progress)
    return found.model_copy(update={"system_hash": system.hash}).model_dump(mode="json")


def _inputs(study: Study) -> Mapping[str, str]:
    return {"system": optional_hash(study.system)}


TENSIONS = Step("tensions", "looking for trade-offs", _inputs, _work, needs_system)
"""The step that moves four levers of today's system; made on demand, no other step waits for it."""
