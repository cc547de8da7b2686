"""The eight steps of a study: shown, written into, signed off; what people decide stands in ``assessment.yaml``."""

from __future__ import annotations

import datetime
from typing import Any

from pydantic import ValidationError

from longwall import assessment, evidence
from longwall.assessment import STEPS, Known, SignOff, StepName, StepState, StepsWritten
from longwall.discovery import Networks
from longwall.errors import Fault, StudyError, suggestion
from longwall.provenance import write_bytes
from longwall.study.folder import Study
from longwall.study.results import load
from longwall.study.simulating import system_of
from longwall.worksystem.yamlfile import dump_piece, read_piece, write_piece

__all__ = ["assessment_of", "sign_off", "step_named", "steps_of_study", "steps_written", "withdraw", "write_into"]

_LISTS = ("notes", "additions", "in_scope", "out_of_scope")


def steps_written(study: Study) -> StepsWritten:
    """Return what people wrote into the steps so far; errors as `read_piece`."""
    return read_piece(study.assessment, StepsWritten) if study.assessment.is_file() else StepsWritten()


def steps_of_study(study: Study) -> tuple[StepState, ...]:
    """Return the eight steps of a study as they are now; an assessment of an older model is not used."""
    system, networks = system_of(study) if study.system.is_file() else None, load(study, "networks")
    known = Known(
        system=system,
        assessed=None if system is None else assessment_of(study, system.hash),
        written=steps_written(study),
        networks=None if networks is None else Networks.model_validate(networks),
    )
    return assessment.steps_of(known)


def assessment_of(study: Study, system_hash: str | None = None) -> assessment.Assessment | None:
    """Return the assessment of a study; None where there is none, or none that this version of Longwall reads.

    Parameters
    ----------
    system_hash : str, optional
        Of the model that it must be of; one of another model counts as none.
    """
    result = load(study, "assess")
    try:
        found = None if result is None else assessment.Assessment.model_validate(result)
    except ValidationError:
        return None
    return None if found is None or system_hash not in (None, found.system_hash) else found


def step_named(name: str) -> StepName:
    """Return a step by its name or its number.

    Raises
    ------
    StudyError
        LW-ST-060: there is no such step.
    """
    for number, step in enumerate(STEPS, 1):
        if name in (step, str(number)):
            return step
    near = suggestion(name, STEPS)
    raise StudyError(
        Fault("LW-ST-060", "--step", f"one of {', '.join(STEPS)}, or its number", repr(name),
              f"use {near!r}" if near else "`longwall show STUDY steps` lists them")
    )  # fmt: skip


def write_into(study: Study, step: StepName, **words: tuple[str, ...]) -> None:
    """Write words of people into a step; what stands there already stays and is not repeated.

    Parameters
    ----------
    words : tuple of str
        ``notes`` and ``additions`` of any step, ``in_scope`` and ``out_of_scope`` of the first. What is placed inside
        leaves the list of what is outside, and the reverse.

    Raises
    ------
    StudyError
        LW-ST-061: a text names a person of the log. LW-ST-062: the scope is that of another step.
    """
    said = {name: texts for name, texts in words.items() if texts}
    _check(study, " . ".join(text for texts in said.values() for text in texts))
    if step != "boundary" and set(said) & {"in_scope", "out_of_scope"}:
        raise StudyError(
            Fault("LW-ST-062", f"--step {step}", "the step `boundary` for what is inside and outside", repr(step),
                  "use --step boundary; --note and --add belong to any step")
        )  # fmt: skip
    written = steps_written(study)
    mine = written.of(step)
    update: dict[str, Any] = {}
    for name in _LISTS:
        if name in said:
            update[name] = tuple(dict.fromkeys((*getattr(mine, name), *said[name])))
    for name, other in (("in_scope", "out_of_scope"), ("out_of_scope", "in_scope")):
        if name in said:
            kept = update.get(other, getattr(mine, other))
            update[other] = tuple(text for text in kept if text not in said[name])
    _save(study, written, step, update)


def sign_off(study: Study, step: StepName, by: str, *, note: str = "", on: str | None = None) -> StepState:
    """Sign a step off as it is now; an earlier sign-off is replaced.

    Parameters
    ----------
    by : str
        A role or a group.
    on : str, optional
        ISO date; default: today by the clock of this machine.

    Raises
    ------
    StudyError
        LW-ST-061: the words name a person of the log. LW-ST-063: nothing stands there to sign off. LW-ST-064: no role.
    """
    if not by.strip():
        raise StudyError(
            Fault("LW-ST-064", f"--step {step}", "the role or group that signs off", "nothing",
                  "name it: --sign-off 'desk lead'")
        )  # fmt: skip
    _check(study, f"{by} . {note}")
    state = _state(study, step)
    if state.artefact is None:
        raise StudyError(
            Fault("LW-ST-063", f"--step {step}", "an artefact to sign off", "none yet: " + "; ".join(state.missing),
                  f"`longwall assess {study.path} --step {step}` says what it needs; --add writes into it")
        )  # fmt: skip
    when = on or datetime.date.today().isoformat()
    signed = SignOff(by=by.strip(), on=when, artefact=state.artefact.hash, note=note)
    _save(study, steps_written(study), step, {"sign_off": signed})
    return _state(study, step)


def withdraw(study: Study, step: StepName) -> StepState:
    """Take a sign-off back; the step stays as it is.

    Raises
    ------
    StudyError
        LW-ST-065: the step is not signed off.
    """
    written = steps_written(study)
    if written.of(step).sign_off is None:
        raise StudyError(
            Fault("LW-ST-065", f"--step {step}", "a step that is signed off", "one that is not",
                  "there is nothing to take back; `longwall show STUDY steps` shows who signed what")
        )  # fmt: skip
    _save(study, written, step, {"sign_off": None})
    return _state(study, step)


def _state(study: Study, step: StepName) -> StepState:
    """One step as it is now."""
    return steps_of_study(study)[STEPS.index(step)]


def _save(study: Study, written: StepsWritten, step: StepName, update: dict[str, Any]) -> None:
    """Write one step's words; a file with comments keeps them, another is laid out anew."""
    mine = written.of(step).model_copy(update=update)
    whole = written.model_copy(update={step: mine})
    if study.assessment.is_file() and "#" in study.assessment.read_text(encoding="utf-8"):
        write_piece(study.assessment, whole)
    else:
        write_bytes(study.assessment, dump_piece(whole).encode())


def _check(study: Study, text: str) -> None:
    """Refuse words that name a person of the log."""
    if text.strip() and evidence.has_log(study.store) and evidence.names_person(study.store, text, evidence.load_key()):
        raise StudyError(
            Fault("LW-ST-061", str(study.path), "words that name a role or a group", "the name of a person",
                  "write it without the name; what stands in assessment.yaml is kept and shown to all")
        )  # fmt: skip
