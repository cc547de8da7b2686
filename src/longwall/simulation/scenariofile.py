"""Scenarios in YAML: a work system named by its file or as a template, changes to it, and how it is simulated.

The same value stands in Python, in the file and behind the command: what is read is an ordinary `Scenario`, and what is
written reads back as an equal one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from longwall import templates
from longwall.errors import Fault, LongwallError, SimulationError, WorkSystemError
from longwall.simulation.experiment import check
from longwall.simulation.scenario import Course, Scenario
from longwall.worksystem import (
    Patch,
    WorkSystem,
    apply,
    differences,
    patched,
    patches_of,
    read_interventions,
    read_piece,
    read_system,
    write_piece,
    write_system,
)
from longwall.worksystem.places import Step
from longwall.worksystem.yamltext import Document, parse_text

__all__ = ["ScenarioFile", "is_scenario", "read_scenario", "read_scenarios", "write_scenario"]

_PATCH = re.compile(r"^patches\.(\d+)(?=  )")
_PARTS_OF_A_SYSTEM = frozenset(("technical", "social", "work", "environment"))


class ScenarioFile(Course):
    """What a scenario file holds: the work system by name, what is changed in it, and how it is simulated.

    Parameters
    ----------
    system : str
        Path of the work system, absolute or relative to the scenario file.
    template : str
        Name of a ready work system instead; one of the two stands in each file.
    interventions : str
        Path of a file of interventions, which are applied in its order; empty: none.
    patches : tuple of Patch
        Applied after the interventions.
    """

    system: str = ""
    template: str = ""
    interventions: str = ""
    patches: tuple[Patch, ...] = ()


def read_scenario(path: Path) -> Scenario:
    """Return the scenario of a YAML file; errors as `read_scenarios`."""
    return read_scenarios((path,))[0]


def read_scenarios(paths: Iterable[Path]) -> tuple[Scenario, ...]:
    """Return the scenarios of YAML files, in their order; a work system that several name is read once.

    Raises
    ------
    SimulationError
        With every fault of all files, by line, if any of them is a scenario's own: both or neither of `system` and
        `template` (LW-SI-030), a file that is not there (LW-SI-031), a begin that is no Monday (LW-SI-009).
    WorkSystemError
        With every fault of all files, by line, if they are of YAML, of work systems and of patches only.
    """
    reader = _Reader()
    scenarios, faults, own = [], [], False
    for path in paths:
        try:
            scenarios.append(reader.scenario(path))
        except LongwallError as error:
            faults += [fault for fault in error.faults if fault not in faults]
            own = own or isinstance(error, SimulationError)
    if faults:
        raise (SimulationError if own else WorkSystemError)(*faults)
    return tuple(scenarios)


def write_scenario(
    path: Path, scenario: Scenario, *, template: str | None = None, system: Path | None = None
) -> ScenarioFile:
    """Write a scenario to a YAML file, in a file that is there only what changed; what differs stands as patches.

    Parameters
    ----------
    template : str, optional
        Name of the ready work system that the file names.
    system : Path, optional
        File of the work system that the file names instead; written if it is not there. Default: a file beside the
        scenario, ``NAME.worksystem.yaml``.

    Returns
    -------
    ScenarioFile
        What the file holds.

    Raises
    ------
    WorkSystemError
        If the template or the file that is there cannot be read.
    StorageError
        If the disk refuses.
    """
    named = ""
    if template is not None:
        base = templates.read(template)
    else:
        file = system or path.with_name(f"{path.stem}.worksystem.yaml")
        if not file.exists():
            write_system(file, scenario.system)
        base = read_system(file)
        named = Path(os.path.relpath(file.resolve(), path.parent.resolve())).as_posix()
    course: dict[str, Any] = {name: getattr(scenario, name) for name in Course.model_fields}
    patches = patches_of(differences(base, scenario.system))
    held = ScenarioFile(system=named, template=template or "", patches=patches, **course)
    write_piece(path, held)
    return held


def is_scenario(path: Path) -> bool:
    """Tell whether a YAML file means to be a scenario: it names a work system, or is misspelt but no work system."""
    try:
        data = parse_text(path.read_text(encoding="utf-8"), str(path)).data
    except (LongwallError, OSError, UnicodeDecodeError):
        return False
    return isinstance(data, dict) and ("template" in data or isinstance(data.get("system"), str))


@dataclass
class _Reader:
    """Reads scenario files, each work system once.

    Parameters
    ----------
    systems : dict
        What was read, or the faults of what could not be, by file.
    """

    systems: dict[Path, WorkSystem | WorkSystemError] = field(default_factory=dict)

    def scenario(self, path: Path) -> Scenario:
        """Return the scenario of a file."""
        document = _document(path)
        file = read_piece(path, ScenarioFile)
        system = self._changed(file, document, path.parent)
        course: dict[str, Any] = {name: getattr(file, name) for name in Course.model_fields}
        scenario = Scenario(system=system, **course)
        try:
            check(scenario)
        except SimulationError as error:
            raise SimulationError(
                *(replace(f, where=document.where((f.where.removeprefix("scenario."),))) for f in error.faults)
            ) from error
        return scenario

    def _changed(self, file: ScenarioFile, document: Document, folder: Path) -> WorkSystem:
        """Return the work system that a file names, after its interventions and patches; try its scheduled changes."""
        system = self._named(file, document, folder)
        if file.interventions:
            listed = _existing(folder / Path(file.interventions).expanduser(), document, "interventions")
            system = _changed_by(listed, system)
        if file.patches:
            system = _patched(system, file.patches, document, ())
        later = system
        for place, change in sorted(enumerate(file.changes), key=lambda entry: entry[1].week):
            later = _patched(later, change.patches, document, ("changes", place))
        return system

    def _named(self, file: ScenarioFile, document: Document, folder: Path) -> WorkSystem:
        """Return the work system that a file names."""
        if bool(file.system) == bool(file.template):
            raise _one_of_two(document, "both" if file.system else "neither")
        if file.template:
            try:
                path = templates.path(file.template)
            except WorkSystemError as error:
                where = document.where(("template",))
                raise WorkSystemError(*(replace(fault, where=where) for fault in error.faults)) from error
        else:
            path = _existing(folder / Path(file.system).expanduser(), document, "system")
        if path not in self.systems:
            try:
                self.systems[path] = read_system(path)
            except WorkSystemError as error:
                self.systems[path] = error
        found = self.systems[path]
        if isinstance(found, WorkSystemError):
            raise found
        return found


def _document(path: Path) -> Document:
    """Return the text of a file with its lines; refuse a work system that stands where a scenario should."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        read_piece(path, ScenarioFile)  # says what is wrong with the file
        raise
    document = parse_text(text, str(path))
    data = document.data
    if isinstance(data, dict) and _PARTS_OF_A_SYSTEM & data.keys() and not {"system", "template"} & data.keys():
        raise _one_of_two(document, "a work system itself")
    return document


def _one_of_two(document: Document, found: str) -> SimulationError:
    """Return the error of a file that does not name one work system."""
    return SimulationError(
        Fault("LW-SI-030", document.where(("template",) if found == "both" else ("system",)),
              "either `system:` with the path of a work system, or `template:` with the name of a ready one", found,
              "a scenario file names one, such as `system: worksystem.yaml`; `longwall templates` lists the ready ones")
    )  # fmt: skip


def _existing(path: Path, document: Document, key: str) -> Path:
    """Return a path that a file names, if something is there."""
    if not path.is_file():
        found = "a folder" if path.is_dir() else "nothing"
        raise SimulationError(
            Fault("LW-SI-031", document.where((key,)), f"a file at {path}", found,
                  "correct the path; it is relative to the scenario file")
        )  # fmt: skip
    return path.resolve()


def _changed_by(listed: Path, system: WorkSystem) -> WorkSystem:
    """Return a system after the interventions of a file."""
    interventions = read_interventions(listed)
    try:
        return apply(system, interventions)
    except WorkSystemError as error:
        faults = [replace(fault, where=f"{listed}  {fault.where}") for fault in error.faults]
        raise WorkSystemError(*faults) from error


def _patched(
    system: WorkSystem, patches: tuple[Patch, ...], document: Document, within: tuple[Step, ...]
) -> WorkSystem:
    """Return a system after patches that a file holds within a place; faults carry its lines."""
    try:
        return patched(system, patches)
    except WorkSystemError as error:
        faults = []
        for fault in error.faults:
            label = _PATCH.match(fault.where)
            line = document.line_of((*within, "patches", *((int(label[1]),) if label else ())))
            prefix = "".join(f"{step}." for step in within) if label else ""
            faults.append(replace(fault, where=f"{document.name}:{line}  {prefix}{fault.where}"))
        raise WorkSystemError(*faults) from error
