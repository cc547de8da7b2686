"""Discover: from the store to ``worksystem.yaml``, and the forecast of weeks that were held out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall import discovery, evidence
from longwall.provenance import hash_of_file
from longwall.study.folder import Study
from longwall.study.results import load, optional_hash, stamp_of
from longwall.study.step import Progress, Step
from longwall.worksystem.yamlfile import write_system

__all__ = ["DISCOVER", "edited_by_people"]

PROPOSAL = "worksystem.discovered.yaml"


def edited_by_people(study: Study) -> bool:
    """Tell whether ``worksystem.yaml`` differs from what discovery last wrote, or was there before it."""
    if not study.system.is_file():
        return False
    known = load(study, "discover")
    return known is None or known["written"] != hash_of_file(study.system)


def _work(study: Study, progress: Progress) -> Mapping[str, Any]:
    log = evidence.read_log(study.store)
    found = discovery.discover(
        log,
        name=study.file.name or study.file.id,
        seed=study.file.seed,
        detectors=discovery.load_detectors(study.detectors if study.detectors.is_file() else None),
        progress=lambda s, t: progress(0.6 * s, t),
    )
    held_out = discovery.hold_out(log, seed=study.file.seed, progress=lambda s, t: progress(0.6 + 0.4 * s, t))
    cautions = list(found.cautions)
    if edited_by_people(study):
        write_system(study.path / PROPOSAL, found.system)
        cautions.append(f"worksystem.yaml was edited by people and is left as it is; compare it with {PROPOSAL}")
        written = (load(study, "discover") or {}).get("written", "")
    else:
        write_system(study.system, found.system)
        written = hash_of_file(study.system)
    return {
        "written": written,
        "labels": dict(found.labels),
        "provenance": dict(found.provenance),
        "machine_like": [str(name) for name in found.machine_like],
        "bounds": None if found.bounds is None else found.bounds.model_dump(mode="json"),
        "hold_out": held_out.model_dump(mode="json"),
        "cautions": cautions,
    }


def _inputs(study: Study) -> Mapping[str, str]:
    return {"evidence": stamp_of(study, "ingest") or "none", "detectors": optional_hash(study.detectors)}


def _ready(study: Study) -> str | None:
    if not study.store.is_file():
        return "no evidence yet; run `longwall ingest STUDY FILE` first"
    return None


DISCOVER = Step("discover", "finding the work system", _inputs, _work, _ready)
"""The step that finds the work system behind the log."""
