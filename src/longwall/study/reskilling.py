"""Reskill: what becomes of each role in a design, and the drills that keep people able to take over; made on demand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall import alignment, simulation
from longwall.errors import Fault, PlanError, StudyError, suggestion
from longwall.implementation import roles
from longwall.study.folder import Study
from longwall.study.results import load, optional_hash, stamp_of
from longwall.study.simulating import needs_system, system_of
from longwall.study.step import Progress, Step
from longwall.worksystem import WorkSystem, realised, write_interventions

__all__ = ["FLOOR", "RESKILL", "reskill_step"]

FLOOR = 0.8
"""Share of takeovers that must succeed, where nobody says another: a modelling choice."""
_TODAY = "today"
_NAME = "reskill"


def reskill_step(design: str | None = None, floor: float | None = None) -> Step:
    """Return the step for one design and one floor.

    Parameters
    ----------
    design : str, optional
        Id of a design, or ``today``; default: the recommended one.
    floor : float, optional
        Expected success of a takeover, in [0, 1]; default: `FLOOR`.
    """
    least = FLOOR if floor is None else floor

    def work(study: Study, progress: Progress) -> Mapping[str, Any]:
        return _work(study, design, least, progress)

    def inputs(study: Study) -> Mapping[str, str]:
        return {
            "system": optional_hash(study.system),
            "designs": stamp_of(study, "align") or "none",
            "design": design or "recommended",
            "floor": f"{least:g}",
        }

    return Step(_NAME, "looking at each role", inputs, work, needs_system)


RESKILL = reskill_step()
"""The step for the recommended design; no other step waits for it."""


def _work(study: Study, name: str | None, floor: float, progress: Progress) -> Mapping[str, Any]:
    if not 0.0 <= floor <= 1.0:
        raise PlanError(
            Fault("LW-PL-016", "--floor", "a probability from 0 to 1", f"{floor:g}",
                  "say which share of takeovers must succeed, such as 0.8")
        )  # fmt: skip
    today = system_of(study)
    name, design = _design(study, today, name)
    found = roles.reskilling(
        today, design, name=name, floor=floor, seed=study.file.seed, threads=simulation.default_threads(),
        progress=progress,
    )  # fmt: skip
    if found.plan.interventions:
        write_interventions(study.drills, found.plan.interventions)
    else:
        study.drills.unlink(missing_ok=True)
    return found.model_dump(mode="json")


def _design(study: Study, today: WorkSystem, name: str | None) -> tuple[str, WorkSystem]:
    """Return a design by its id, today's system by ``today``, the recommended one where none is named.

    Raises
    ------
    StudyError
        LW-PL-017: no designs yet.
    PlanError
        LW-PL-018: there is no such design.
    """
    if name == _TODAY:
        return name, today
    result = load(study, "align")
    if result is None:
        raise StudyError(
            Fault("LW-PL-017", str(study.path), "designs", "none yet",
                  f"run `longwall align {study.path}` first, or say --design today")
        )  # fmt: skip
    aligned = alignment.Alignment.model_validate(result)
    wanted = name or aligned.recommended
    if wanted == _TODAY:
        return wanted, today
    found = aligned.design(wanted)
    if found is None:
        known = [_TODAY, *(design.id for design in aligned.designs)]
        near = suggestion(wanted, known)
        raise PlanError(
            Fault("LW-PL-018", "--design", f"one of {', '.join(known)}", repr(wanted),
                  f"use {near!r}" if near else "`longwall show STUDY designs` lists them")
        )  # fmt: skip
    return wanted, realised(found, today, aligned.interventions)
