"""Fit of a study: the profile as it is now, and those that were kept, one for each model and state of the evidence."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from longwall import evidence
from longwall.alignment.fit import FitChange, FitProfile, changes_between, fit_of
from longwall.provenance import hash_of_value, write_bytes
from longwall.study.comparing import outcomes_of
from longwall.study.folder import Study
from longwall.study.results import load
from longwall.study.simulating import levels_today, system_of
from longwall.study.stepping import assessment_of
from longwall.study.telling import answers_of
from longwall.study.voicing import voices_of
from longwall.worksystem import Forecast

__all__ = ["fit_now", "fit_since", "keep_fit", "kept_fits"]


def fit_now(study: Study) -> FitProfile | None:
    """Return the profile of a study from its results as they are; None before there is an assessment."""
    if load(study, "assess") is None or not study.system.is_file():
        return None
    system, simulated = system_of(study), load(study, "simulate")
    survey = evidence.read_survey(study.store) if evidence.has_survey(study.store) else None
    levels = () if survey is None else evidence.social_levels(survey)
    voices, answers, outcomes = voices_of(study), answers_of(study), outcomes_of(study)
    holders = () if voices is None else voices.stakeholders
    observed = load(study, "ingest") or {}
    parts = [f"{str(observed['first'])[:10]} to {str(observed['last'])[:10]}"] if "first" in observed else []
    parts += [f"survey {wave}".strip() for wave in sorted({level.wave for level in levels})]
    return fit_of(
        system,
        forecast=None if simulated is None else Forecast.model_validate(simulated),
        assessment=assessment_of(study, system.hash),
        levels=levels,
        counted=levels_today(study),
        heard=(sum(bool(one.heard) for one in holders), len(holders)) if holders else None,
        compared=len(outcomes) if outcomes else None,
        told=answers is not None and answers.measured is not None,
        window=", ".join(parts),
    )


def keep_fit(study: Study, profile: FitProfile | None) -> Path | None:
    """Keep a profile, unless it is the one that was kept last; None where nothing was written."""
    kept = kept_fits(study)
    if profile is None or (kept and kept[-1] == profile):
        return None
    data = profile.model_dump(mode="json")
    path = _folder(study) / f"{len(kept) + 1:04d}-{hash_of_value(data)[:12]}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, profile.model_dump_json(indent=1).encode())
    return path


def kept_fits(study: Study) -> tuple[FitProfile, ...]:
    """Return the profiles that were kept, in that order; what this version cannot read is left out."""
    found = []
    for path in sorted(_folder(study).glob("*.json")):
        try:
            found.append(FitProfile.model_validate_json(path.read_bytes()))
        except ValidationError:
            continue
    return tuple(found)


def fit_since(study: Study, now: FitProfile | None) -> tuple[FitProfile | None, tuple[FitChange, ...]]:
    """Return the last kept profile that differs from the one of now, and what changed since."""
    before = next((one for one in reversed(kept_fits(study)) if one != now), None)
    return before, () if before is None or now is None else changes_between(before, now)


def _folder(study: Study) -> Path:
    return study.path / "results" / "fit"
