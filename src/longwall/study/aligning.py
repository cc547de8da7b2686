"""Align: interventions that answer the findings, and the designs that are better for both sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall import alignment, simulation
from longwall.study.assessing import findings_of
from longwall.study.deciding import space_of, stale
from longwall.study.folder import Study
from longwall.study.practising import practices_hash
from longwall.study.results import optional_hash, stamp_of
from longwall.study.simulating import needs_system, system_of
from longwall.study.step import Progress, Step
from longwall.worksystem.yamlfile import write_piece

__all__ = ["ALIGN"]


def _work(study: Study, progress: Progress) -> Mapping[str, Any]:
    system, findings = system_of(study), findings_of(study)
    space = space_of(study, system, findings)
    own, stands = study.objectives.is_file(), study.decisions.is_file()
    objectives = alignment.read_objectives(study.objectives) if own else alignment.load_objectives()
    cautions: tuple[str, ...] = ()
    if stands:
        cautions = alignment.check_reach(
            space, objectives, str(study.decisions), person_state=system.person_state
        )  # fmt: skip
    found = alignment.search(
        system,
        space.candidates([finding.id for finding in findings]),
        decisions=space.decisions,
        objectives=objectives,
        findings=findings,
        seed=study.file.seed,
        weeks=study.file.weeks,
        threads=simulation.default_threads(),
        progress=progress,
        keep=alignment.TrialStore(study.path / "results" / "align-trials"),
    )
    if stands:
        alignment.check_moved(found.decisions, objectives, str(study.decisions))
    said = (*space.cautions, *cautions, *stale(study, space))
    judged = (*space.judged, *alignment.moved_nothing(space, found.decisions, system.currency))
    found = found.model_copy(update={"by_judgement": judged, "cautions": (*found.cautions, *said)})
    folder = study.path / "designs"
    kept = {f"{design.id}.yaml" for design in found.designs}
    for design in found.designs:
        write_piece(folder / f"{design.id}.yaml", design)
    for old in folder.glob("*.yaml"):
        if old.name not in kept:
            old.unlink()
    return found.model_dump(mode="json")


def _inputs(study: Study) -> Mapping[str, str]:
    return {
        "system": optional_hash(study.system),
        "findings": stamp_of(study, "assess") or "none",
        "weeks": str(study.file.weeks),
        **({"objectives": optional_hash(study.objectives)} if study.objectives.is_file() else {}),
        **practices_hash(study),
        **({"decisions": optional_hash(study.decisions)} if study.decisions.is_file() else {}),
    }


def _ready(study: Study) -> str | None:
    if stamp_of(study, "assess") is None:
        return needs_system(study) or "no findings yet; run `longwall assess STUDY` first"
    return needs_system(study)


ALIGN = Step("align", "searching for better designs", _inputs, _work, _ready)
"""The step that searches for designs that are better for both sides."""
