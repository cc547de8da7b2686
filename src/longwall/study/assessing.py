"""Assess: variance events, matrix, control table and findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall import assessment, evidence
from longwall.errors import EvidenceError
from longwall.study.detecting import events_of
from longwall.study.eliciting import experts_of, opinions_hash
from longwall.study.folder import Study
from longwall.study.results import load, optional_hash, stamp_of
from longwall.study.showing_classes import checklist_answers
from longwall.study.signalling import agreements_hash, has_signals, log_of
from longwall.study.simulating import needs_system, system_of
from longwall.study.step import Progress, Step
from longwall.study.telling import with_told
from longwall.worksystem import Finding, Forecast

__all__ = ["ASSESS", "findings_of"]


def findings_of(study: Study) -> tuple[Finding, ...]:
    """Return the findings, most harmful first; empty before `assess`."""
    result = load(study, "assess") or {"findings": []}
    return tuple(Finding.model_validate(finding) for finding in result["findings"])


def _work(study: Study, progress: Progress) -> Mapping[str, Any]:
    system, answers = system_of(study), checklist_answers(study)
    log = log_of(study) if evidence.has_log(study.store) else None
    events = None
    if log is not None:
        progress(0.1, "finding variances in the traces")
        events = events_of(study, log)
    simulated = load(study, "simulate")
    forecast = None if simulated is None else Forecast.model_validate(simulated)
    progress(0.4, "assessing the work system")
    labels = (load(study, "discover") or {}).get("labels", {})
    alerts = _alerts(study)
    procedure = assessment.load_procedure(study.procedure) if study.procedure.is_file() else ()
    assessed = assessment.assess(
        system, log=log, events=events, forecast=forecast, alerts=alerts, procedure=procedure, labels=labels,
        answers=answers, experts=experts_of(study, system), seed=study.file.seed,
    )  # fmt: skip
    return with_told(study, system, assessed).model_dump(mode="json")


def _alerts(study: Study) -> evidence.Alerts | None:
    """Return the alerts of a study, None where there are none, or none any more."""
    if not has_signals(study):
        return None
    try:
        return evidence.read_alerts(study.store)
    except EvidenceError as error:
        if error.faults[0].code != "LW-EV-135":
            raise
        return None


def _inputs(study: Study) -> Mapping[str, str]:
    return {
        "system": optional_hash(study.system),
        "evidence": stamp_of(study, "ingest") or "none",
        "detectors": optional_hash(study.detectors),
        "checklist": optional_hash(study.checklist),
        "forecast": stamp_of(study, "simulate") or "none",
        **({"procedure": optional_hash(study.procedure)} if study.procedure.is_file() else {}),
        **agreements_hash(study),
        **opinions_hash(study),
        **({} if stamp_of(study, "signals") is None else {"alerts": str(stamp_of(study, "signals"))}),
        **({"answers": optional_hash(study.answers)} if study.answers.is_file() else {}),
    }


ASSESS = Step("assess", "looking for what is misaligned", _inputs, _work, needs_system)
"""The step that finds what is misaligned."""
