"""Discover: from the store to ``worksystem.yaml``, and the forecast of weeks that were held out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall import discovery, evidence
from longwall.provenance import hash_of_file
from longwall.study.folder import Study
from longwall.study.merging import edited_by_people, merged_into, theirs
from longwall.study.results import optional_hash, stamp_of
from longwall.study.retaining import needs_log
from longwall.study.signalling import agreements_hash, log_of
from longwall.study.step import Progress, Step

__all__ = ["DISCOVER"]


def _work(study: Study, progress: Progress) -> Mapping[str, Any]:
    theirs(study)  # a file with faults is said before the work begins
    log = log_of(study)
    found = discovery.discover(
        log,
        name=study.file.name or study.file.id,
        seed=study.file.seed,
        detectors=discovery.load_detectors(study.detectors if study.detectors.is_file() else None),
        country=study.file.country,
        organisation=_organisation(study, log.n_resources),
        progress=lambda s, t: progress(0.6 * s, t),
    )
    held_out = discovery.hold_out(log, seed=study.file.seed, progress=lambda s, t: progress(0.6 + 0.4 * s, t))
    cautions = list(found.cautions)
    cautions += merged_into(study, found.system)
    return {
        "written": "" if edited_by_people(study) else hash_of_file(study.system),
        "labels": dict(found.labels),
        "provenance": dict(found.provenance),
        "machine_like": [str(name) for name in found.machine_like],
        "bounds": None if found.bounds is None else found.bounds.model_dump(mode="json"),
        "keeps": found.keeps,
        "dispersion": None if found.dispersion is None else found.dispersion.model_dump(mode="json"),
        "open_items": [item.model_dump(mode="json") for item in found.open_items],
        "hold_out": held_out.model_dump(mode="json"),
        "cautions": cautions,
    }


def _organisation(study: Study, n_resources: int) -> discovery.GivenTeams | None:
    """Teams and roles as the organisation gives them; None where nobody brought it."""
    given = evidence.read_organisation(study.store)
    if given is None or not given.teams:
        return None
    return discovery.GivenTeams(
        given.teams, given.resource_team(n_resources), given.roles, given.resource_role(n_resources)
    )


def _inputs(study: Study) -> Mapping[str, str]:
    brought = stamp_of(study, "signals")
    return {
        "evidence": stamp_of(study, "ingest") or "none",
        "detectors": optional_hash(study.detectors),
        **agreements_hash(study),
        **({"country": study.file.country} if study.file.country else {}),
        **({} if brought is None else {"organisation": brought}),
    }


DISCOVER = Step("discover", "finding the work system", _inputs, _work, needs_log)
"""The step that finds the work system behind the log."""
