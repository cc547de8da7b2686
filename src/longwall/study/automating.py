"""Automate: opportunities found in the log and the model, each level simulated beside today; made on demand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall import evidence, simulation
from longwall.alignment import automation
from longwall.study.folder import Study
from longwall.study.results import load, optional_hash, stamp_of
from longwall.study.simulating import needs_system, system_of
from longwall.study.step import Progress, Step

__all__ = ["AUTOMATE", "automate_step"]

_FUNCTIONS = 6


def automate_step(functions: int | None = None) -> Step:
    """Return the step for a number of candidates.

    Parameters
    ----------
    functions : int, optional
        Candidates that are simulated, >= 1; default 6.
    """
    most = _FUNCTIONS if functions is None else functions

    def work(study: Study, progress: Progress) -> Mapping[str, Any]:
        system = system_of(study)
        log = evidence.read_log(study.store) if evidence.has_log(study.store) else None
        named = (load(study, "discover") or {}).get("labels", {})
        labels = {label: name for name, label in named.items() if name in system.functions}
        found = automation.opportunities(
            system, log, labels, seed=study.file.seed, functions=most, threads=simulation.default_threads(),
            progress=progress,
        )  # fmt: skip
        return found.model_dump(mode="json")

    def inputs(study: Study) -> Mapping[str, str]:
        return {
            "system": optional_hash(study.system),
            "log": stamp_of(study, "ingest") or "none",
            "functions": str(most),
        }

    return Step("automate", "looking for what to automate", inputs, work, needs_system)


AUTOMATE = automate_step()
"""The step for six candidates; no other step waits for it."""
