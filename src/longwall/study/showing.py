"""Show: results of a study as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from longwall.errors import Fault, StudyError, suggestion
from longwall.study.answering import answer_text, responses_of, unfound
from longwall.study.cells import shortened_value, span
from longwall.study.comparing import forecasts_made, outcomes_of
from longwall.study.fitting import fit_now, fit_since
from longwall.study.folder import Study
from longwall.study.forcing import FORCE_COLUMNS, force_rows
from longwall.study.merging import conflicts_of
from longwall.study.networking import networks_rows
from longwall.study.practising import advice_of
from longwall.study.results import load
from longwall.study.retaining import notices
from longwall.study.showing_assessment import ASSESSED
from longwall.study.showing_automation import (
    CANDIDATE_COLUMNS,
    EFFECT_COLUMNS,
    GATE_COLUMNS,
    OPPORTUNITY_COLUMNS,
    candidate_rows,
    effect_rows,
    gate_rows,
    opportunity_rows,
)
from longwall.study.showing_bounds import COLUMNS, bounds_rows
from longwall.study.showing_classes import outage_rows
from longwall.study.showing_constraints import CONSTRAINT_COLUMNS, REFUSED_COLUMNS, constraint_rows, refused_rows
from longwall.study.showing_decisions import decision_table
from longwall.study.showing_designs import (
    CHANCE_COLUMNS,
    VERDICT_COLUMNS,
    WEIGHTING_COLUMNS,
    chance_rows,
    design_table,
    verdict_rows,
    weighting_rows,
)
from longwall.study.showing_detectors import DETECTOR_COLUMNS, detector_table
from longwall.study.showing_drivers import COLUMNS as DRIVER_COLUMNS
from longwall.study.showing_drivers import driver_rows
from longwall.study.showing_fit import FIT_COLUMNS, fit_rows
from longwall.study.showing_model import COLUMNS as MODEL_COLUMNS
from longwall.study.showing_model import model_rows
from longwall.study.showing_plan import (
    ALONG_COLUMNS,
    BOARD_COLUMNS,
    PLAN_COLUMNS,
    along_rows,
    board_rows,
    plan_rows,
)
from longwall.study.showing_practices import PRACTICE_COLUMNS, practice_rows
from longwall.study.showing_roles import (
    DRILL_COLUMNS,
    ROLE_COLUMNS,
    SKILL_COLUMNS,
    drill_rows,
    role_rows,
    skill_rows,
)
from longwall.study.showing_signals import (
    ALERT_COLUMNS,
    agreement_rows,
    alert_rows,
    component_rows,
    measurement_rows,
    organisation_rows,
    survey_rows,
)
from longwall.study.shown import Shown, needed
from longwall.study.simulating import system_of
from longwall.study.specifying import SPECIFICATION_COLUMNS, specification_rows
from longwall.study.straining import GROWTH_COLUMNS, SHOCK_COLUMNS, growth_rows, shock_rows
from longwall.study.tensioning import tension_rows
from longwall.study.voicing import voice_rows
from longwall.units import duration_text, share_text
from longwall.worksystem import MARGINAL

__all__ = ["SHOWN", "show"]


def show(study: Study, what: str) -> Shown:
    """Return one table of a study.

    Parameters
    ----------
    what : str
        One of `SHOWN`.

    Raises
    ------
    StudyError
        If there is no such table, or its step has no result yet.
    """
    if what not in _TABLES:
        near = suggestion(what, SHOWN)
        raise StudyError(
            Fault("LW-ST-010", "longwall show", f"one of {', '.join(SHOWN)}", repr(what),
                  f"use {near!r}" if near else "name one of these")
        )  # fmt: skip
    shown = _TABLES[what](study)
    return replace(shown, notes=(*shown.notes, *notices(study)))


def _findings(study: Study) -> Shown:
    answers: dict[str, list[str]] = {}
    for one in responses_of(study):
        answers.setdefault(one.finding, []).append(answer_text(one))
    rows = [
        (one["id"], one["statement"] + (f" {MARGINAL}" if one["marginal"] else ""), span(one["severity"]),
         one["footing"], "; ".join(answers.get(one["id"], ())))
        for one in needed(study, "assess")["findings"]
    ]  # fmt: skip
    notes = [f"not found any more: {one.finding}, answered with {answer_text(one)}" for one in unfound(study)]
    columns = ("id", "finding", "severity", "footing", "answer")
    return Shown("Findings, most harmful first", columns, rows, notes)


def _indicators(study: Study) -> Shown:
    forecast = needed(study, "simulate")
    rows = [
        (one["column"], one["name"] or one["id"], one["scope"], span(one["estimate"]), one["estimate"]["footing"])
        for one in forecast["indicators"]
        if one["scope"] == "organisation" or one["scope"].startswith("role:")
    ]
    notes = [f"{forecast['weeks']} weeks, {forecast['replications']} replications", *forecast["cautions"]]
    return Shown("Indicators today, as simulated", ("column", "indicator", "scope", "value", "footing"), rows, notes)


def _forecast(study: Study) -> Shown:
    held_out = needed(study, "discover")["hold_out"]
    rows = [
        (
            one["name"],
            f"{one['observed']:.4g} {one['unit']}",
            f"{one['expected']:.4g} ({one['low']:.4g} to {one['high']:.4g})",
            f"{one['control']:.4g}",
            "yes" if one["hit"] else "no",
        )
        for one in held_out["indicators"]
    ]
    return Shown("Weeks held out, forecast and what happened",
                 ("indicator", "happened", "forecast", "last period again", "inside the interval"), rows)  # fmt: skip


def _bounds(study: Study) -> Shown:
    rows, notes = bounds_rows(needed(study, "discover"))
    return Shown("What a log without starts allows", COLUMNS, rows, notes)


def _conflicts(study: Study) -> Shown:
    rows = [
        (*(shortened_value(part) for part in (one.path, one.base, one.yours, one.found)), one.why)
        for one in conflicts_of(study)
    ]
    notes = ["yours stay until you decide: `longwall resolve STUDY PATH --accept` or `--keep`, or edit the file"]
    columns = ("path", "discovery wrote", "yours", "discovery finds now", "why")
    return Shown("What you and discovery changed differently", columns, rows, notes if rows else ())


def _forecasts(study: Study) -> Shown:
    """Every forecast that was made, and what became of it."""
    logs, indicators = forecasts_made(study)
    outcomes = {one.id: one for one in outcomes_of(study)}
    rows = []
    made = [(one.id, "logs", one.begins, one.until) for one in logs]
    made += [(one.id, "indicators", one.begins, max(promise.due for promise in one.promises)) for one in indicators]
    for name, kind, begins, until in sorted(made, key=lambda one: (one[3], one[0])):
        known = outcomes.get(name)
        near = sum(one.ours < one.control for one in known.distances) if known else 0
        rows.append(
            (name, kind, begins[:10], until[:10], "held" if known else "not yet",
             "; ".join(f"{one.id} {one.ours:.3g} ({one.control:.3g})" for one in known.distances) if known else "",
             f"{near} of {len(known.distances)}" if known and known.distances else "",
             f"{known.hits} of {known.judged}" if known and known.judged else "")
        )  # fmt: skip
    columns = ("forecast", "of", "from", "due", "state", "distance, ours (control)", "closer", "inside the interval")
    notes = ["`longwall compare STUDY NEWLOG` holds what is due against a new log"] if rows else ["no forecast yet"]
    return Shown("Forecasts, and what became of them", columns, rows, notes)


def _detectors(study: Study) -> Shown:
    return Shown("Detectors of variances, as measured", DETECTOR_COLUMNS, *detector_table(study))


def _drivers(study: Study) -> Shown:
    return Shown("Drivers", DRIVER_COLUMNS, *driver_rows(needed(study, "assess"), span))


def _quality(study: Study) -> Shown:
    observed = needed(study, "ingest")
    rows = [
        (one["text"], f"{one['count']:,}", share_text(one["share"]), ", ".join(one.get("rows", ())),
         one.get("harms", ""), one.get("do", ""))
        for one in observed["quality"]
    ]  # fmt: skip
    rows += [(f"rejected: {reason}", f"{count:,}", share_text(count / max(1, observed["rows"])), "",
              "The row is not counted.", "Look at the row in the export; the reason names the column.")
             for reason, count in observed["rejects"].items()]  # fmt: skip
    rows += [(fact["text"], "", "counted", "", "", "") for fact in observed["facts"]]
    gaps = [f"{gap['text']} {gap['ask_for']}" for gap in observed["cannot_show"]]
    files = observed.get("files", ())
    if len(files) > 1:
        gaps = [f"file {number}: {file['name']}, {file['rows']:,} rows, {file['accepted']:,} new events, "
                f"{file['rejected']:,} rejected" for number, file in enumerate(files, 1)] + gaps  # fmt: skip
    return Shown(f"{observed['rows']:,} rows, {observed['events']:,} events, {observed['cases']:,} cases",
                 ("what", "count", "share", "for example rows", "what it harms", "what to do"), rows,
                 [*gaps, *observed["cautions"]])  # fmt: skip


def _functions(study: Study) -> Shown:
    rows = [
        (one.id, one.name, one.stage, one.allocation.level, one.allocation.component or "",
         duration_text(one.work_h.mean_h), one.work_h.footing, ", ".join(one.roles))
        for one in system_of(study).work.functions
    ]  # fmt: skip
    return Shown("Functions", ("id", "name", "stage", "level", "component", "work", "footing", "roles"), rows)


def _roles(study: Study) -> Shown:
    rows = [
        (
            one.id,
            one.name,
            one.team,
            one.head_count,
            "; ".join(f"{shift.people} x {shift.hours}" for shift in one.shifts),
        )
        for one in system_of(study).social.roles
    ]
    notes = [f"{team.id}: {team.note}" for team in system_of(study).social.teams if team.note]
    return Shown("Roles", ("id", "name", "team", "people", "hours"), rows, notes)


def _networks(study: Study) -> Shown:
    rows, notes = networks_rows(needed(study, "networks"))
    columns = ("team", "team", "forth", "back", "items of both", "formal beside actual", "depend", "pairs who met")
    return Shown("What passes between teams", columns, rows, notes)


def _agreements(study: Study) -> Shown:
    columns = ("agreement", "measures", "within", "calendar", "items", "late", "median", "90%", "paused, mean", "open")
    return Shown("Agreed times", columns, *agreement_rows(study))


def _alerts(study: Study) -> Shown:
    return Shown("Alerts", ALERT_COLUMNS, *alert_rows(study))


def _components(study: Study) -> Shown:
    return Shown("Components and their owners", ("component", "kind", "owner", "links"), *component_rows(study))


def _measurements(study: Study) -> Shown:
    columns = ("indicator", "group", "unit", "values", "from", "to", "10%", "median", "90%", "last")
    return Shown("Indicators as measured", columns, *measurement_rows(study))


def _organisation(study: Study) -> Shown:
    columns = ("team", "below", "people", "hours a week", "components", "in the log")
    return Shown("The organisation as given", columns, *organisation_rows(study))


def _outages(study: Study) -> Shown:
    columns = ("out", "kind", "items there", "reach", "felt", "half of it after", "of all functions", "of those aside")
    return Shown("What an hour without it does, as simulated", columns, *outage_rows(study))


def _survey(study: Study) -> Shown:
    columns = ("wave", "group", "what", "answers", "mean", "interval", "scale", "measures")
    return Shown("The survey", columns, *survey_rows(study))


def _voices(what: str, title: str, columns: Sequence[str]) -> Callable[[Study], Shown]:
    """The table of one file of what people wrote."""
    return lambda study: Shown(title, columns, *voice_rows(study, what))


def _model(study: Study) -> Shown:
    rows, notes = model_rows(system_of(study), load(study, "discover"))
    return Shown("Numbers of the model", MODEL_COLUMNS, rows, notes)


def _fit(study: Study) -> Shown:
    needed(study, "assess")
    profile = fit_now(study)
    assert profile is not None  # there is an assessment
    return Shown("Fit", FIT_COLUMNS, *fit_rows(profile, *fit_since(study, profile)))


def _practices(study: Study) -> Shown:
    needed(study, "assess")
    system = system_of(study)
    return Shown("Practices", PRACTICE_COLUMNS, *practice_rows(advice_of(study, system), system.currency))


def _constraints(study: Study) -> Shown:
    rows, notes = constraint_rows(system_of(study), load(study, "assess"), load(study, "align"))
    return Shown("Constraints, and whether today keeps to them", CONSTRAINT_COLUMNS, rows, notes)


def _refused(study: Study) -> Shown:
    return Shown("Designs that constraints refused", REFUSED_COLUMNS, *refused_rows(needed(study, "align")))


def _specification(study: Study) -> Shown:
    title = "What must be fixed, and what is the team's own"
    return Shown(title, SPECIFICATION_COLUMNS, *specification_rows(needed(study, "specify")))


def _forces(study: Study) -> Shown:
    return Shown("Today under each force", FORCE_COLUMNS, *force_rows(needed(study, "forces")))


_RowsOf = Callable[[dict[str, Any]], tuple[list[tuple[Any, ...]], list[str]]]


def _automated(title: str, columns: Sequence[str], rows_of: _RowsOf) -> Callable[[Study], Shown]:
    """One table of what could be given to machines."""
    return lambda study: Shown(title, columns, *rows_of(needed(study, "automate")))


def _role_changes(study: Study) -> Shown:
    return Shown("What becomes of each role", ROLE_COLUMNS, *role_rows(needed(study, "reskill")))


def _skills(study: Study) -> Shown:
    return Shown("Skills that fall idle or must grow", SKILL_COLUMNS, *skill_rows(needed(study, "reskill")))


def _drills(study: Study) -> Shown:
    return Shown("Drills", DRILL_COLUMNS, *drill_rows(needed(study, "reskill")))


def _tensions(study: Study) -> Shown:
    columns = ("tension", "at", "column", "outcome", "level", "footing")
    return Shown("Tensions", columns, *tension_rows(needed(study, "tensions")))


def _of_align(
    title: str, columns: Sequence[str], rows_of: Callable[[Any], tuple[Sequence[Sequence[Any]], Sequence[str]]]
) -> Callable[[Study], Shown]:
    """A table of the result of `align`."""
    return lambda study: Shown(title, columns, *rows_of(needed(study, "align")))


_TABLES: dict[str, Callable[[Study], Shown]] = {
    **ASSESSED,
    "agreements": _agreements,
    "assumptions": _voices(
        "assumptions", "What is believed", ("id", "statement", "why", "what would break it", "touches", "evidence")
    ),
    "expected": _voices("expected", "What people expected, and what was found", ("id", "expected", "by", "found")),
    "stakeholders": _voices(
        "stakeholders", "Who has a stake", ("id", "name", "interest", "worldview", "power", "heard")
    ),
    "alerts": _alerts,
    "along": lambda study: Shown("Plan along its order", ALONG_COLUMNS, *along_rows(study)),
    "board": lambda study: Shown("Board", BOARD_COLUMNS, *board_rows(needed(study, "plan"))),
    "automation": _automated("What could be given to machines", OPPORTUNITY_COLUMNS, opportunity_rows),
    "automation-effects": _automated("What each level changes beyond noise", EFFECT_COLUMNS, effect_rows),
    "bounds": _bounds,
    "chances": _of_align("What must hold on most days", CHANCE_COLUMNS, chance_rows),
    "candidates": _automated("What people do, and how much of it is routine", CANDIDATE_COLUMNS, candidate_rows),
    "components": _components,
    "conflicts": _conflicts,
    "constraints": _constraints,
    "decisions": lambda study: Shown("Decisions", *decision_table(study)),
    "designs": lambda study: Shown("Designs", *design_table(study, needed(study, "align"))),
    "detectors": _detectors,
    "drills": _drills,
    "drivers": _drivers,
    "findings": _findings,
    "fit": _fit,
    "forecast": _forecast,
    "forces": _forces,
    "specification": _specification,
    "forecasts": _forecasts,
    "functions": _functions,
    "growth": lambda study: Shown("If it grows", GROWTH_COLUMNS, *growth_rows(needed(study, "growth"))),
    "indicators": _indicators,
    "measurements": _measurements,
    "model": _model,
    "networks": _networks,
    "organisation": _organisation,
    "outages": _outages,
    "plan": lambda study: Shown("Plan", PLAN_COLUMNS, *plan_rows(study, needed(study, "plan"))),
    "practices": _practices,
    "quality": _quality,
    "refused": _refused,
    "role-changes": _role_changes,
    "roles": _roles,
    "safeguards": _automated("What must be there before a machine acts alone", GATE_COLUMNS, gate_rows),
    "shocks": lambda study: Shown("Designs under shocks", SHOCK_COLUMNS, *shock_rows(needed(study, "shocks"))),
    "skills": _skills,
    "survey": _survey,
    "tensions": _tensions,
    "verdicts": _of_align("How sure each recommendation is", VERDICT_COLUMNS, verdict_rows),
    "weightings": _of_align("The optima and their price under each weighting", WEIGHTING_COLUMNS, weighting_rows),
}

SHOWN = tuple(sorted(_TABLES))
"""What `show` can print."""
