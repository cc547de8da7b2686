"""Ways to start without a log: a template, or the example with its planted faults."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from longwall import evidence, simulation
from longwall import templates as ready
from longwall.alignment import approximation
from longwall.study.folder import Source, Study, StudyFile
from longwall.study.loop import no_bars, run, study_id
from longwall.study.step import Outcome, Progress
from longwall.worksystem import WorkSystem
from longwall.worksystem.patches import apply
from longwall.worksystem.schema import json_schema
from longwall.worksystem.yamlfile import read_interventions, write_system

__all__ = ["example", "new_from_template", "schema", "templates", "warm"]

EXAMPLE_TEMPLATE = "service-desk"
EXAMPLE_WEEKS = 26
EXAMPLE_BEGINS = "2025-01-06"
EXAMPLE_NOTE = (
    "This log is simulated. Longwall's own simulator made it from the service-desk template, with two planted "
    "faults: a routing mismatch that makes tickets bounce between Network and Desktop, and an account recovery "
    "automated so far that nobody can take over."
)


def templates() -> list[tuple[str, str]]:
    """Return name and summary of each ready work system."""
    return [(name, ready.summary(name)) for name in ready.names()]


def new_from_template(folder: Path, template: str, *, seed: int = 0) -> Study:
    """Make a study from a ready work system, without a log.

    Raises
    ------
    StudyError
        If the folder is not empty.
    WorkSystemError
        If there is no such template; suggests one.
    """
    path = ready.path(template)
    study = Study.create(
        folder,
        StudyFile(id=study_id(folder.name), name=folder.name, seed=seed, note=f"Started from the template {template}."),
    )
    study.system.write_bytes(path.read_bytes())
    return study


def example(
    folder: Path, *, seed: int | None = None, bar: Callable[[str], Progress] = no_bars
) -> tuple[Study, tuple[Outcome, ...]]:
    """Simulate the example's log and take it through the whole loop; an existing example goes on where it stopped.

    Returns
    -------
    Study, tuple of Outcome
        The study and what became of each step.
    """
    if not (folder / "study.yaml").is_file():
        progress = bar("example")
        progress(0.0, "simulating the example's log")
        study = Study.create(
            folder,
            StudyFile(
                id="example",
                name="Example service desk",
                question="Why do tickets take so long, and what happens when a tool is down?",
                note=EXAMPLE_NOTE,
                seed=seed or 0,
                evidence=(Source(file="tickets.csv", simulated=True),),
            ),
        )
        faulty = apply(ready.read(EXAMPLE_TEMPLATE), read_interventions(ready.path("planted-faults")))
        write_system(study.path / "truth.yaml", faulty)
        log = simulation.simulate_log(
            simulation.Scenario(system=faulty, weeks=EXAMPLE_WEEKS, seed=study.file.seed, begins=EXAMPLE_BEGINS)
        )
        evidence.write_log(_in_words(log, faulty), study.path / "tickets.csv")
        progress(1.0, f"{log['case'].n_unique():,} simulated tickets")
    return run(folder, seed=seed, bar=bar)


def _in_words(log: pl.DataFrame, system: WorkSystem) -> pl.DataFrame:
    """Write functions, teams and demand classes of a simulated log by name, as a ticket tool would."""
    names = {
        "activity": {one.id: one.name or one.id for one in system.work.functions},
        "team": {one.id: one.name or one.id for one in system.social.teams},
        "demand": {one.id: one.name or one.id for one in system.work.demand},
    }
    return log.with_columns(pl.col(column).replace(known) for column, known in names.items())


def schema() -> dict[str, Any]:
    """Return the JSON Schema of ``worksystem.yaml``."""
    return json_schema()


def warm(*, bar: Callable[[str], Progress] = no_bars) -> float:
    """Compile the simulator and the cheap model of a search ahead, and return the seconds that it took."""
    begin = time.perf_counter()
    progress = bar("warm")
    progress(0.0, "compiling the simulator")
    simulation.warm()
    progress(0.8, "compiling the cheap model of a search")
    approximation.warm()
    progress(1.0, "ready")
    return time.perf_counter() - begin
