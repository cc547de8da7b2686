"""The eight steps of the assessment, each with its artefact, needs, evidence, gaps, costs and sign-off.

Adapted from the Tavistock line of socio-technical analysis (Emery's nine-step model); the how-to "Assess step by step"
says what was changed.
"""

from __future__ import annotations

from collections.abc import Callable

from longwall.assessment.steps.change import environment_step, redesign_step, sequence_step
from longwall.assessment.steps.control import gaps_step, variances_step
from longwall.assessment.steps.costs import costs_of
from longwall.assessment.steps.known import Draft, Known
from longwall.assessment.steps.result import STEPS, Artefact, StepName, StepState
from longwall.assessment.steps.scan import boundary_step, social_step, technical_step

__all__ = ["steps_of"]

_MAKERS: dict[StepName, Callable[[Known], Draft]] = {
    "boundary": boundary_step,
    "technical": technical_step,
    "social": social_step,
    "variances": variances_step,
    "gaps": gaps_step,
    "redesign": redesign_step,
    "environment": environment_step,
    "sequence": sequence_step,
}


def steps_of(known: Known) -> tuple[StepState, ...]:
    """Return the eight steps in their order, made as far as what is known allows.

    Each artefact comes from the model, the assessment and what people wrote; a sign-off holds for the artefact of which
    it keeps the hash, and is marked where that has changed. A later step says what incomplete earlier ones cost it.

    Parameters
    ----------
    known : Known

    Returns
    -------
    tuple of StepState

    References
    ----------
    Emery and Trist's analytical model for socio-technical systems as Cummings and Srivastva 1977, "Management of Work",
    and Foster 1967 (Tavistock Institute) describe it: scan, unit operations, variances, control table, social analysis.
    """
    states: dict[StepName, StepState] = {}
    for step in STEPS:
        draft, words = _MAKERS[step](known), known.written.of(step)
        artefact = _with_additions(draft.artefact, words.additions)
        signed = words.sign_off
        older = signed is not None and (artefact is None or artefact.hash != signed.artefact)
        states[step] = StepState(
            step=step, artefact=artefact, needs=tuple(draft.needs), found=tuple(draft.found),
            judged=(*draft.judged, *(f"added by people: {text}" for text in words.additions)),
            disagree=tuple(draft.disagree), missing=tuple(draft.missing), costs=costs_of(step, known, states),
            notes=words.notes, signed=signed, older=older, unsound=tuple(draft.unsound),
        )  # fmt: skip
    return tuple(states.values())


def _with_additions(artefact: Artefact | None, additions: tuple[str, ...]) -> Artefact | None:
    """The artefact with what people added to it, which is part of what is signed off."""
    if not additions:
        return artefact
    if artefact is None:
        return Artefact(value=f"{len(additions)} added by people", columns=("added by people",),
                        rows=tuple((text,) for text in additions))  # fmt: skip
    blank = ("",) * (len(artefact.columns) - 2)
    rows = tuple((text, "added by people", *blank)[: len(artefact.columns)] for text in additions)
    return artefact.model_copy(update={"rows": (*artefact.rows, *rows)})
