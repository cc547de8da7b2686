"""Simulate: forecast today's work system and keep the forecast, so that later evidence can be held against it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from longwall import learning, simulation
from longwall.study.folder import Study
from longwall.study.results import load, optional_hash
from longwall.study.step import Progress, Step
from longwall.worksystem import Forecast, WorkSystem
from longwall.worksystem.yamlfile import read_system

__all__ = ["SIMULATE", "first_monday", "needs_system", "scenario", "system_of"]


def system_of(study: Study) -> WorkSystem:
    """Read and check ``worksystem.yaml``.

    Raises
    ------
    WorkSystemError
        With every fault of the file.
    """
    return read_system(study.system)


def needs_system(study: Study) -> str | None:
    """Say why a step that needs a work system cannot run."""
    if not study.system.is_file():
        return "no worksystem.yaml yet; run `longwall discover STUDY`, or start from a template"
    return None


def first_monday(study: Study) -> str:
    """Return the first Monday after the evidence as an ISO date in UTC; empty where there is no evidence."""
    observed = load(study, "ingest")
    if observed is None:
        return ""
    day = datetime.fromisoformat(str(observed["last"]).replace("Z", "+00:00")).date()
    return (day + timedelta(days=7 - day.weekday())).isoformat()


def scenario(study: Study, system: WorkSystem) -> simulation.Scenario:
    """Return today's system over the weeks of ``study.yaml``, from the first Monday after the evidence."""
    return simulation.Scenario(
        system=system,
        weeks=study.file.weeks,
        warm_up_weeks=simulation.warm_up_weeks(system),
        replications=study.file.replications,
        seed=study.file.seed,
        begins=first_monday(study),
    )


def _work(study: Study, progress: Progress) -> Mapping[str, Any]:
    forecast: Forecast = simulation.simulate(scenario(study, system_of(study)), progress=progress)
    learning.record(forecast, study.path / "results" / "forecasts")
    return forecast.model_dump(mode="json")


def _inputs(study: Study) -> Mapping[str, str]:
    return {
        "system": optional_hash(study.system),
        "weeks": str(study.file.weeks),
        "replications": str(study.file.replications),
        "begins": first_monday(study),
    }


SIMULATE = Step("simulate", "simulating today", _inputs, _work, needs_system)
"""The step that forecasts today's work system."""
