"""Report: whatever results there are, as pages that say what is still missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from longwall import evidence
from longwall.alignment import Alignment, Growth, Shocks
from longwall.alignment.automation import Opportunities
from longwall.alignment.practices import Advice
from longwall.alignment.specification import Specification
from longwall.assessment import Assessment, Forces, StepState, Tensions
from longwall.discovery import HoldOut, Networks
from longwall.implementation import Plan
from longwall.implementation.roles import Reskilling
from longwall.provenance import hash_of_value
from longwall.study.aligning import ALIGN
from longwall.study.answering import responses_of
from longwall.study.assessing import ASSESS
from longwall.study.automating import AUTOMATE
from longwall.study.cells import shortened_value
from longwall.study.comparing import outcomes_of
from longwall.study.discovering import DISCOVER
from longwall.study.fitting import fit_now, fit_since, keep_fit
from longwall.study.folder import PURPOSE, Study
from longwall.study.forcing import FORCES
from longwall.study.ingesting import ingest_step
from longwall.study.inquiring import summary_of
from longwall.study.merging import conflicts_of
from longwall.study.networking import NETWORKS
from longwall.study.planning import ALONG, PLAN, along_of
from longwall.study.practising import advice_of, practices_hash
from longwall.study.reskilling import RESKILL
from longwall.study.results import load, optional_hash, stamp_of
from longwall.study.retaining import notices
from longwall.study.simulating import SIMULATE, system_of
from longwall.study.specifying import SPECIFY
from longwall.study.step import Progress, Step
from longwall.study.stepping import steps_of_study
from longwall.study.straining import GROWTH, SHOCKS
from longwall.study.tensioning import TENSIONS
from longwall.study.voicing import voices_hash, voices_of
from longwall.worksystem import Forecast

if TYPE_CHECKING:
    from longwall import report

__all__ = ["REPORT", "material_of"]

_ON_DEMAND = (TENSIONS, FORCES, SPECIFY, AUTOMATE, RESKILL, ALONG, SHOCKS, GROWTH)
_STEPS = (ingest_step(), DISCOVER, NETWORKS, SIMULATE, ASSESS, ALIGN, PLAN)


def material_of(study: Study) -> report.Material:
    """Gather everything a report may show from the results as they are now."""
    from longwall import report  # only who reports waits for the figures to load

    profile = fit_now(study)
    before, changes = fit_since(study, profile)
    found = load(study, "discover") or {}
    observed = load(study, "ingest")
    consultation = study.file.consultation
    told = summary_of(study)
    item, items = ("ticket", "tickets") if study.logs else (told.item, told.items) if told else ("item", "items")
    return report.Material(
        name=study.file.name or study.file.id,
        folder=study.path.name,
        question=study.file.question,
        purpose=_purpose(study),
        consultation=" ".join(part for part in (consultation.informed, consultation.on) if part),
        note=" ".join(part for part in (study.file.note, *notices(study)) if part),
        item=item,
        items=items,
        seed=study.file.seed,
        stamps=_stamps(study),
        observed=observed,
        arrivals=tuple((observed or {}).get("arrivals", ())),
        system=system_of(study) if study.system.is_file() else None,
        labels=found.get("labels", {}),
        provenance=found.get("provenance", {}),
        cautions=(*_undecided(study), *found.get("cautions", ())),
        networks=_typed(study, "networks", Networks),
        today=_typed(study, "simulate", Forecast),
        assessment=_typed(study, "assess", Assessment),
        forces=_typed(study, "forces", Forces),
        specification=_typed(study, "specify", Specification),
        tensions=_typed(study, "tensions", Tensions),
        alignment=_typed(study, "align", Alignment),
        shocks=_typed(study, "shocks", Shocks),
        growth=_typed(study, "growth", Growth),
        advice=_advice(study),
        fit=profile,
        fit_before=before,
        fit_changes=changes,
        plan=_typed(study, "plan", Plan),
        automation=_typed(study, "automate", Opportunities),
        reskilling=_typed(study, "reskill", Reskilling),
        along=along_of(study),
        hold_out=HoldOut.model_validate(found["hold_out"]) if "hold_out" in found else None,
        steps=_steps(study),
        responses=responses_of(study),
        outcomes=outcomes_of(study),
        missing=_missing(study),
        told=told,
        voices=voices_of(study),
        survey=evidence.read_survey(study.store) if evidence.has_survey(study.store) else None,
    )


def _undecided(study: Study) -> tuple[str, ...]:
    """Say what a person and discovery changed differently, until it is decided."""
    return tuple(
        f"{one.path}: yours ({shortened_value(one.yours)}) stays, discovery finds {shortened_value(one.found)}"
        + (f" ({one.why})" if one.why else "")
        for one in conflicts_of(study)
    )


def _advice(study: Study) -> Advice | None:
    """Return the practices that findings call for; None before there are findings."""
    if load(study, "assess") is None or not study.system.is_file():
        return None
    return advice_of(study, system_of(study))


def _steps(study: Study) -> tuple[StepState, ...]:
    """Return the eight steps; none before there is an assessment, or words of people."""
    if load(study, "assess") is None and not study.assessment.is_file():
        return ()
    return steps_of_study(study)


def _purpose(study: Study) -> str:
    """What results may be used for: the purpose that is fixed, and what this study adds to it."""
    own = study.file.purpose.strip()
    return PURPOSE if not own or own == PURPOSE else f"{PURPOSE} (this study: {own})"


def _typed(study: Study, name: str, kind: Any) -> Any:
    """Return a result as its type, or None where there is none."""
    result = load(study, name)
    return None if result is None else kind.model_validate(result)


def _stamps(study: Study) -> Mapping[str, Mapping[str, str]]:
    """Return the input hashes of every result."""
    stamps = {}
    for step in (*_STEPS, *_ON_DEMAND):
        path = study.result(step.name)
        if path.is_file():
            stamps[step.name] = json.loads(path.read_text(encoding="utf-8"))["stamp"]["inputs"]
    return stamps


def _missing(study: Study) -> tuple[report.Missing, ...]:
    """Name the steps without a result, the next one first."""
    from longwall import report

    folder = study.path.name
    return tuple(
        report.Missing(step.name, f"longwall {step.name} {folder}", step.ready(study) or "")
        for step in _STEPS
        if load(study, step.name) is None and not (step.name in ("ingest", "discover", "networks") and not study.logs)
    )


def _work(study: Study, progress: Progress) -> Mapping[str, Any]:
    from longwall import report

    progress(0.1, "writing the report")
    material = material_of(study)
    page: Path = report.render(material, study.report)
    keep_fit(study, material.fit)
    return {"page": page.relative_to(study.path).as_posix()}


def _inputs(study: Study) -> Mapping[str, str]:
    results = {step.name: optional_hash(study.result(step.name)) for step in (*_STEPS, *_ON_DEMAND)}
    return {
        **results,
        "system": optional_hash(study.system),
        "conflicts": optional_hash(study.conflicts),
        "responses": optional_hash(study.responses),
        **({"signals": str(stamp)} if (stamp := stamp_of(study, "signals")) is not None else {}),
        **voices_hash(study),
        **practices_hash(study),
        **({"answers": optional_hash(study.answers)} if study.answers.is_file() else {}),
        "steps": optional_hash(study.assessment),
        "outcomes": hash_of_value([one.model_dump(mode="json") for one in outcomes_of(study)]),
        "notices": hash_of_value(notices(study)),
        "study": hash_of_value(study.file.model_dump(mode="json", exclude={"evidence"})),
        "page": "there" if (study.report / "index.html").is_file() else "none",
    }


def _ready(study: Study) -> str | None:
    return None


REPORT = Step("report", "writing the report", _inputs, _work, _ready)
"""The step that writes the report."""
