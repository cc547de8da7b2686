"""Replications that are kept on disk, so that a search that was stopped goes on and loses nothing.

A search is a function of its seed and of what the simulator answers. So keeping the answers is enough: a search that is
begun again asks the same questions, is answered from disk as far as it had come, and goes on with the same bits.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.chances import Per, Periodic
from longwall.alignment.trials import Approximating, Approximation, Key, Sample, Simulator
from longwall.provenance import hash_of_value
from longwall.simulation.fingerprint import fingerprint
from longwall.worksystem import Forecast, WorkSystem

__all__ = ["Kept", "TrialStore", "kept"]


class TrialStore:
    """A folder in which the replications of one search are kept.

    Parameters
    ----------
    folder : Path
        Made when the first answer is kept. One file, named after what the answers depend on; those of other systems,
        seeds, horizons or versions are removed, as nothing can ask for them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, key: Mapping[str, Any]) -> Path:
        """Return the file for answers that depend on this, and remove the others."""
        wanted = self.folder / f"{hash_of_value(dict(key))[:16]}.jsonl"
        for old in self.folder.glob("*.jsonl"):
            if old != wanted:
                old.unlink()
        return wanted


class Kept:
    """A simulator that counts its events and, where there is a file, answers from it what it was asked before.

    Parameters
    ----------
    simulator : Simulator
    file : Path, optional
        Lines of JSON, one an answer, each written whole before the search goes on; what a killed process left half
        written at the end is cut off. None: answers are counted only.

    Attributes
    ----------
    events : float
        Simulated events of all answers, those from the file included.
    """

    def __init__(self, simulator: Simulator, file: Path | None = None) -> None:
        self._simulator, self._file = simulator, file
        self._known: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        self.events = 0.0
        self.answered = 0
        if file is not None and file.is_file():
            self._read(file)

    def _read(self, file: Path) -> None:
        """Read whole lines; cut off what is not one."""
        good = 0
        with file.open("rb") as lines:
            for line in lines:
                try:
                    entry = json.loads(line)
                    if not line.endswith(b"\n"):
                        break
                    self._known[entry["asked"]] = entry
                except (ValueError, KeyError, TypeError):
                    break
                good += len(line)
        if good < file.stat().st_size:
            with file.open("r+b") as whole:
                whole.truncate(good)

    def _answer(self, asked: Mapping[str, Any], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return an answer from the file, or make and keep it."""
        if self._file is None:
            found = make()
        else:
            name = hash_of_value(dict(asked))
            known = self._known.get(name)
            found = known if known is not None else make()
            if known is None:
                self._keep(self._file, name, found)
            else:
                self.answered += 1
        with self._lock:
            self.events += found.get("events", 0.0)
        return found

    def _keep(self, file: Path, name: str, found: dict[str, Any]) -> None:
        line = json.dumps({"asked": name, **{key: _plain(value) for key, value in found.items()}}) + "\n"
        with self._lock:
            self._known[name] = found
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a", encoding="utf-8") as lines:
                lines.write(line)

    def sample(self, system: WorkSystem, *, seed: int, replications: int) -> Sample:
        """Return replications, from the file where they were made before."""
        asked = {"what": "sample", "system": system.hash, "seed": seed, "replications": replications}
        return _sample(
            self._answer(asked, lambda: _entry(self._simulator.sample(system, seed=seed, replications=replications)))
        )

    def confirm(self, system: WorkSystem, *, design: str, seed: int, replications: int) -> tuple[Sample, Forecast]:
        """Return replications and their forecast, from the file where they were made before."""

        def make() -> dict[str, Any]:
            sample, forecast = self._simulator.confirm(system, design=design, seed=seed, replications=replications)
            return {**_entry(sample), "forecast": forecast.model_dump(mode="json")}

        asked = {
            "what": "confirm", "system": system.hash, "design": design, "seed": seed, "replications": replications,
        }  # fmt: skip
        found = self._answer(asked, make)
        return _sample(found), Forecast.model_validate(found["forecast"])

    def approximation(self, today: WorkSystem, parts: Mapping[str, WorkSystem]) -> Approximation | None:
        """Return the simulator's cheap model, where it has one."""
        simulator = self._simulator
        return simulator.approximation(today, parts) if isinstance(simulator, Approximating) else None


class _KeptWithPeriods(Kept):
    """A kept simulator that also answers by day, week or run."""

    def __init__(self, simulator: Simulator, periodic: Periodic, file: Path | None) -> None:
        super().__init__(simulator, file)
        self._periodic = periodic

    def periods(
        self, system: WorkSystem, *, indicator: str, scope: str, per: Per, seed: int, replications: int
    ) -> NDArray[np.float64]:
        """Return an indicator by period, from the file where it was made before."""
        asked = {
            "what": "periods", "system": system.hash, "indicator": indicator, "scope": scope, "per": per, "seed": seed,
            "replications": replications,
        }  # fmt: skip

        def make() -> dict[str, Any]:
            values = self._periodic.periods(
                system, indicator=indicator, scope=scope, per=per, seed=seed, replications=replications
            )
            return {"values": values}

        return np.asarray(self._answer(asked, make)["values"], dtype=np.float64)


def kept(simulator: Simulator, store: TrialStore | None, *, system: WorkSystem, seed: int, weeks: int) -> Kept:
    """Return a simulator that counts its events, and keeps its answers where there is a store.

    Parameters
    ----------
    system : WorkSystem
        Today's.
    seed, weeks : int
        Of the search. What is kept under another system, seed, horizon or version of Longwall is not used.
    """
    file = None
    if store is not None:
        made_by = asdict(fingerprint())
        file = store.file({"system": system.hash, "seed": seed, "weeks": weeks, "made_by": made_by})
    if isinstance(simulator, Periodic):
        return _KeptWithPeriods(simulator, simulator, file)
    return Kept(simulator, file)


def _entry(sample: Sample) -> dict[str, Any]:
    return {"keys": [asdict(key) for key in sample.keys], "values": sample.values, "events": sample.events}


def _sample(entry: Mapping[str, Any]) -> Sample:
    keys: Sequence[Mapping[str, Any]] = entry["keys"]
    return Sample(tuple(Key(**key) for key in keys), np.array(entry["values"], dtype=np.float64), entry["events"])


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value
