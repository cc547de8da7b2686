"""Plan: the recommended design as an order of change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall import alignment, implementation, learning
from longwall.provenance import write_bytes
from longwall.study.folder import Study
from longwall.study.results import load, stamp_of
from longwall.study.simulating import first_monday
from longwall.study.step import Progress, Step
from longwall.worksystem.yamlfile import write_piece

__all__ = ["PLAN"]


def _work(study: Study, progress: Progress) -> Mapping[str, Any]:
    aligned = alignment.Alignment.model_validate(load(study, "align"))
    progress(0.2, "ordering the change")
    plan = implementation.sequence(aligned, budget=study.file.budget, seed=study.file.seed)
    write_piece(study.path / "plans" / "plan.yaml", plan)
    write_bytes(study.path / "plans" / "plan.csv", implementation.plan_csv(plan).encode())
    learning.record(plan, study.path / "results" / "forecasts", begins=first_monday(study))
    return plan.model_dump(mode="json")


def _inputs(study: Study) -> Mapping[str, str]:
    begins = first_monday(study)
    return {"designs": stamp_of(study, "align") or "none", "budget": str(study.file.budget), "begins": begins}


def _ready(study: Study) -> str | None:
    if stamp_of(study, "align") is None:
        return "no designs yet; run `longwall align STUDY` first"
    return None


PLAN = Step("plan", "ordering the change", _inputs, _work, _ready)
"""The step that turns the recommended design into an order of change."""
