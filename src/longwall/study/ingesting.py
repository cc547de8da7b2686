"""Ingest: read the files of the log into the store, each once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from longwall import evidence
from longwall.provenance import Stamp, hash_of_file, hash_of_value
from longwall.study.folder import Source, Study
from longwall.study.results import load, optional_hash, save
from longwall.study.retaining import deleted_of, unexpired
from longwall.study.step import Progress, Step
from longwall.units import HOURS_PER_WEEK

__all__ = ["arrivals_by_hour", "ingest_step", "mapped", "recorded"]


def mapped(study: Study) -> Study:
    """Guess the mapping of a source that has none, and write it into ``study.yaml`` for people to see and change."""
    if not study.logs:
        return study
    source = study.logs[0]
    if source.mapping.get("case") or not study.source_path(source).is_file():
        return study
    guess = evidence.guess_mapping(study.source_path(source), told=source.mapping)
    plain = guess.mapping.model_dump(mode="json", exclude_defaults=True)
    written = source.model_copy(update={"kind": "log", "mapping": plain or {"shape": guess.mapping.shape}})
    evidence_now = tuple(written if one is source else one for one in study.file.evidence)
    return study.with_file(study.file.model_copy(update={"evidence": evidence_now}))


def arrivals_by_hour(log: evidence.Log) -> list[float]:
    """Return the mean number of arrivals in each hour of the week, Monday 00:00 on local clocks first; 168 numbers."""
    weeks = max(1.0, float(np.ptp(log.arrival_h)) / HOURS_PER_WEEK)
    counts = np.bincount(log.local_week_hour(log.arrival_h).astype(np.int64), minlength=HOURS_PER_WEEK)
    return [round(float(count) / weeks, 6) for count in counts]


def ingest_step(max_rejects: float = 0.01, *, again: bool = False) -> Step:
    """Return the step that reads the study's log, one file or several.

    Parameters
    ----------
    max_rejects : float
        Largest share of rows of a file that may be bad, in [0, 1].
    again : bool
        Read all files anew, not only those that the store does not hold.
    """

    def work(study: Study, progress: Progress) -> Mapping[str, Any]:
        logs = unexpired(study, study.logs)
        files = [(study.source_path(log), evidence.Mapping.model_validate(log.mapping)) for log in logs]
        observed = evidence.gather(files, study.store, max_rejects=max_rejects, progress=progress, again=again)
        return _result(study, observed)

    return Step("ingest", "reading the log", _inputs, work, _ready)


def recorded(study: Study) -> None:
    """Write the result of `ingest` anew from the store as it is, after something was deleted from it."""
    if study.logs and evidence.has_log(study.store):
        stamp = Stamp("ingest", _inputs(study), study.file.seed)
        save(study, "ingest", stamp, _result(study, evidence.observed(study.store)))


def _result(study: Study, observed: evidence.Observed) -> dict[str, Any]:
    """What the store holds, as plain data."""
    return {
        **observed.as_dict(),
        "simulated": any(log.simulated for log in study.logs),
        "arrivals": arrivals_by_hour(evidence.read_log(study.store)),
    }


def _inputs(study: Study) -> Mapping[str, str]:
    """Hash the files and how they are read."""
    if not study.logs:
        return {"file": "none"}
    found = {}
    for number, log in enumerate(study.logs):
        place = f" {number + 1}" if number else ""
        found[f"file{place}"] = _hash(study, log)
        found[f"mapping{place}"] = hash_of_value({"mapping": log.mapping, "simulated": log.simulated})
    forgotten = study.store.with_name(evidence.LIST_NAME)
    if forgotten.is_file():
        found["forgotten"] = hash_of_file(forgotten)
    if deleted := [one.hash for one in deleted_of(study)]:
        found["deleted"] = hash_of_value(deleted)
    return found


def _hash(study: Study, log: Source) -> str:
    """Hash a file; one that was read and is gone keeps the hash it had."""
    path = study.source_path(log)
    if not path.is_file():
        files = (load(study, "ingest") or {}).get("files", ())
        return next((str(file["hash"]) for file in files if file["name"] == path.name), "none")
    return optional_hash(path)


def _ready(study: Study) -> str | None:
    """Say why there is nothing to ingest."""
    if not study.logs:
        return "study.yaml names no log; add a log with `longwall ingest STUDY FILE`"
    gone = deleted_of(study)
    if (
        gone
        and not evidence.has_log(study.store)
        and {one.hash for one in gone} >= {_hash(study, log) for log in study.logs}
    ):
        return (
            f"the raw events were deleted on {gone[-1].deleted} (retention_months in study.yaml); "
            "results and the model are kept"
        )
    return None
