"""Which ready work systems are there, to start from without a log, or to learn on?

Each template is a commented YAML file of this folder. Its numbers are assumptions unless they name a source; none of
them describes a real organisation. What it does not answer: how your work system is; edit a copy, or discover yours.
"""

from __future__ import annotations

from pathlib import Path

from longwall.errors import Fault, WorkSystemError, suggestion
from longwall.worksystem.system import WorkSystem
from longwall.worksystem.yamlfile import read_system

__all__ = ["names", "path", "read", "summary"]

_FOLDER = Path(__file__).parent
_CHANGES = _FOLDER / "changes"
"""Interventions on templates, such as the faults planted in the example; not work systems themselves."""


def names() -> tuple[str, ...]:
    """Return the names of the templates, sorted."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.yaml")))


def summary(name: str) -> str:
    """Return the template's name for people and what it is for, in one line.

    Raises
    ------
    WorkSystemError
        If there is no such template.
    """
    system = read(name)
    return f"{system.name}: {' '.join(system.purpose.split())}"


def read(name: str) -> WorkSystem:
    """Return the work system of a template, checked.

    Raises
    ------
    WorkSystemError
        If there is no such template.
    """
    return read_system(path(name))


def path(name: str) -> Path:
    """Return the file of a template, or of the changes to one (``planted-faults``).

    Raises
    ------
    WorkSystemError
        If there is no such file (LW-WS-027); suggests one.
    """
    for folder in (_FOLDER, _CHANGES):
        file = folder / f"{name}.yaml"
        if file.is_file() and file.stem == name:
            return file
    known = names()
    near = suggestion(name, known)
    raise WorkSystemError(
        Fault("LW-WS-027", "templates", f"one of {', '.join(known)}", repr(name),
              f"use {near!r}" if near else "`longwall templates` lists them")
    )  # fmt: skip
