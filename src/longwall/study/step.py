"""A step of the loop: what it reads, what it makes, and whether that is up to date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from longwall.provenance import Stamp
from longwall.study.folder import Study
from longwall.study.results import save, stamp_of

__all__ = ["Outcome", "Progress", "Step", "is_current", "run_step", "silent"]

Progress = Callable[[float, str], None]
"""Called with the share that is done (0 to 1) and what is being done."""


@dataclass(frozen=True)
class Step:
    """One step of the loop.

    Parameters
    ----------
    name : str
        Of the command and of the result it writes.
    title : str
        What the progress bar says.
    inputs : callable
        Study in, name and hash of every input out; a missing input is the text ``none``.
    work : callable
        Does the step and returns its result as plain data; other files it writes, it writes before.
    ready : callable
        Study in; None where the step can run, else the reason why not, in words.
    """

    name: str
    title: str
    inputs: Callable[[Study], Mapping[str, str]]
    work: Callable[[Study, Progress], Mapping[str, Any]]
    ready: Callable[[Study], str | None]


@dataclass(frozen=True)
class Outcome:
    """What became of a step: ``made``, ``up to date``, or ``not possible`` with the reason."""

    step: str
    state: Literal["made", "up to date", "not possible"]
    why: str = ""


def silent(share: float, text: str) -> None:
    """Show no progress."""


def is_current(study: Study, step: Step) -> bool:
    """Tell whether the step's result was computed from the inputs as they are now."""
    known = stamp_of(study, step.name)
    return known is not None and known == Stamp(step.name, step.inputs(study), study.file.seed).key


def run_step(study: Study, step: Step, progress: Progress = silent, *, again: bool = False) -> Outcome:
    """Run one step unless its result is up to date; the result is written last, so a killed step leaves the old one.

    Parameters
    ----------
    again : bool
        Run even if nothing has changed.
    """
    reason = step.ready(study)
    if reason is not None:
        return Outcome(step.name, "not possible", reason)
    if not again and is_current(study, step):
        progress(1.0, "up to date")
        return Outcome(step.name, "up to date")
    progress(0.0, step.title)
    result = step.work(study, progress)
    save(study, step.name, Stamp(step.name, step.inputs(study), study.file.seed), result)
    progress(1.0, "done")
    return Outcome(step.name, "made")
