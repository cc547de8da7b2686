"""Plan: the recommended design as an order of change, with its drills, under the terms that people wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from longwall import alignment, implementation, learning, simulation
from longwall.alignment.simulated import Simulated
from longwall.errors import Fault, PlanError, StudyError
from longwall.provenance import write_bytes
from longwall.study.folder import Study
from longwall.study.results import load, optional_hash, stamp_of
from longwall.study.simulating import first_monday, needs_system, system_of
from longwall.study.step import Progress, Step, is_current
from longwall.worksystem import Intervention
from longwall.worksystem.yamlfile import read_interventions, read_system, write_piece

__all__ = ["ALONG", "PLAN", "along_of", "drills_in", "plan_terms", "terms_in", "write_terms"]

_TODAY = "today"


def _work(study: Study, progress: Progress) -> Mapping[str, Any]:
    aligned = alignment.Alignment.model_validate(load(study, "align"))
    progress(0.2, "ordering the change")
    terms = plan_terms(study)
    plan = implementation.plan_by(
        aligned, terms, budget=study.file.budget, programme=_programme(study, aligned, terms), seed=study.file.seed
    )
    begins = terms.begins or first_monday(study)
    folder = study.path / "plans"
    write_piece(folder / "plan.yaml", plan)
    write_bytes(folder / "plan.csv", implementation.plan_csv(plan).encode())
    write_bytes(folder / "board.csv", implementation.board_csv(plan).encode())
    if begins:
        write_bytes(folder / "plan.ics", implementation.plan_ics(plan, begins, name=study.file.id).encode())
    else:
        # A calendar of an older plan would show weeks that nobody can date any more.
        (folder / "plan.ics").unlink(missing_ok=True)
    learning.record(plan, study.path / "results" / "forecasts", begins=begins)
    return plan.model_dump(mode="json")


def _inputs(study: Study) -> Mapping[str, str]:
    found = {
        "designs": stamp_of(study, "align") or "none",
        "budget": str(study.file.budget),
        "begins": first_monday(study),
    }
    found |= {"terms": optional_hash(study.terms)} if study.terms.is_file() else {}
    if study.drills.is_file():
        found |= {"drills": optional_hash(study.drills), "system": optional_hash(study.system)}
    return found


def _programme(
    study: Study, aligned: alignment.Alignment, terms: implementation.PlanTerms
) -> implementation.Programme:  # fmt: skip
    """The drills of ``plans/drills.yaml`` beside the design that is planned; none where there is no such file."""
    drills, design = drills_in(study.drills), terms.design or aligned.recommended
    if not drills or (design != _TODAY and aligned.design(design) is None):
        return implementation.Programme()
    source = study.drills.relative_to(study.path).as_posix()
    found = implementation.programme_of(drills, aligned.chosen(design), system_of(study), source=source)
    made = load(study, "reskill")
    if made is None or made["design"] == design:
        return found
    caution = (
        f"{source} was made for {made['design']}, and the plan carries out {design}: "
        f"`longwall reskill {study.path} --design {design}` makes it anew"
    )
    return replace(found, cautions=(*found.cautions, caution))


def drills_in(path: Path) -> tuple[Intervention, ...]:
    """Return the drills of ``plans/drills.yaml``, or none at all where there is no such file.

    Raises
    ------
    WorkSystemError
        Every fault of the file, by line.
    """
    return read_interventions(path) if path.is_file() else ()


def _ready(study: Study) -> str | None:
    if stamp_of(study, "align") is None:
        return "no designs yet; run `longwall align STUDY` first"
    return None


PLAN = Step("plan", "ordering the change", _inputs, _work, _ready)
"""The step that turns the recommended design into an order of change."""


def _along_work(study: Study, progress: Progress) -> Mapping[str, Any]:
    aligned = alignment.Alignment.model_validate(load(study, "align"))
    plan = implementation.Plan.model_validate(load(study, "plan"))
    system = system_of(study)
    planned = {one.id for one in plan.increments}
    changes = (*aligned.chosen(plan.design), *_programme(study, aligned, plan_terms(study)).drills)
    simulator = Simulated(study.file.weeks, simulation.warm_up_weeks(system), like=system)
    found = implementation.along_order(
        plan, system, [change for change in changes if change.id in planned], simulator, seed=study.file.seed,
        weeks=study.file.weeks, replications=study.file.replications, threads=simulation.default_threads(),
        progress=progress,
    )  # fmt: skip
    begins = plan_terms(study).begins or first_monday(study)
    learning.record(found, study.path / "results" / "forecasts", begins=begins)
    return found.model_dump(mode="json")


def _along_inputs(study: Study) -> Mapping[str, str]:
    return {"plan": stamp_of(study, "plan") or "none", "system": optional_hash(study.system),
            "weeks": str(study.file.weeks), "replications": str(study.file.replications)}  # fmt: skip


def _along_ready(study: Study) -> str | None:
    if stamp_of(study, "plan") is None:
        return "no plan yet; run `longwall plan STUDY` first"
    return needs_system(study)


ALONG = Step("along", "forecasting along the order", _along_inputs, _along_work, _along_ready)
"""The step that forecasts each look with what was done before it; made on demand, no other step waits for it."""


def along_of(study: Study) -> implementation.Along | None:
    """Return the forecasts along the order, or None where there are none of the plan as it is now."""
    result = load(study, "along") if is_current(study, ALONG) else None
    return None if result is None else implementation.Along.model_validate(result)


def plan_terms(study: Study) -> implementation.PlanTerms:
    """Return the terms of ``plans/terms.yaml``, or none at all where there is no such file.

    Raises
    ------
    WorkSystemError, PlanError
        Every fault of the file, by line.
    """
    return terms_in(study.path, study.terms) if study.terms.is_file() else implementation.PlanTerms()


def terms_in(folder: Path, path: Path) -> implementation.PlanTerms:
    """Return the terms of a file, checked against the model and the designs of a study as far as there are such."""
    study = Study.open(folder)
    result = load(study, "align")
    aligned = None if result is None else alignment.Alignment.model_validate(result)
    system = read_system(study.system) if study.system.is_file() else None
    return implementation.read_terms(path, system, aligned, drills=drills_in(study.drills))


def write_terms(study: Study) -> str:
    """Write a commented draft of ``plans/terms.yaml`` and return its path; as it stands it changes nothing.

    Raises
    ------
    PlanError
        LW-PL-015 if there is one already: what people wrote is never written over.
    StudyError
        LW-ST-004 where there are no designs yet.
    """
    if study.terms.exists():
        raise PlanError(
            Fault("LW-PL-015", str(study.terms), "no such file yet", "one with terms, perhaps",
                  "edit it; `longwall plan STUDY` uses it")
        )  # fmt: skip
    result, why = load(study, "align"), _ready(study)
    if result is None:
        raise StudyError(Fault("LW-ST-004", str(study.path), "designs to draft terms for", "none", str(why)))
    text = implementation.draft_terms(
        alignment.Alignment.model_validate(result), system_of(study), budget=study.file.budget,
        begins=first_monday(study),
    )  # fmt: skip
    write_bytes(study.terms, text.encode())
    return str(study.terms)
