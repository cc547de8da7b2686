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

__all__ = ["SIMULATE", "needs_system", "scenario", "system_of"]


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


def monday_after(moment: str) -> str:
    """Return the first Monday on or after a moment, as an ISO date; both in UTC."""
    day = datetime.fromisoformat(moment.replace("Z", "+00:00")).date()
    return (day + timedelta(days=-day.weekday() % 7)).isoformat()


def scenario(study: Study, system: WorkSystem) -> simulation.Scenario:
    """Return today's system over the weeks of ``study.yaml``, from the first Monday after the evidence."""
    observed = load(study, "ingest")
    return simulation.Scenario(
        system=system,
        weeks=study.file.weeks,
        replications=study.file.replications,
        seed=study.file.seed,
        begins="" if observed is None else monday_after(str(observed["last"])),
    )


def _work(study: Study, progress: Progress) -> Mapping[str, Any]:
    forecast: Forecast = simulation.simulate(scenario(study, system_of(study)), progress=progress)
    learning.record(forecast, study.path / "results" / "forecasts")
    return forecast.model_dump(mode="json")


def _inputs(study: Study) -> Mapping[str, str]:
    observed = load(study, "ingest") or {}
    return {
        "system": optional_hash(study.system),
        "weeks": str(study.file.weeks),
        "replications": str(study.file.replications),
        "last": str(observed.get("last", "none")),
    }


SIMULATE = Step("simulate", "simulating today", _inputs, _work, needs_system)
"""The step that forecasts today's work system."""
