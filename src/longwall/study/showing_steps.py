"""The eight steps as tables: all of them on one, and each with its artefact."""

from __future__ import annotations

from typing import Any

from longwall.assessment import StepState

__all__ = ["STEPS_COLUMNS", "step_notes", "steps_rows"]

STEPS_COLUMNS = ("step", "name", "what stands there", "still missing", "costs", "state")


def steps_rows(states: tuple[StepState, ...]) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Return one row per step, and what to do next."""
    rows = [
        (one.number, one.step, one.artefact.value if one.artefact else "", "; ".join(one.missing), "; ".join(one.costs),
         _state(one))
        for one in states
    ]  # fmt: skip
    settled = sum(one.settled for one in states)
    notes = [f"{settled} of {len(states)} steps signed off as they are now"]
    first = next((one for one in states if not one.settled), None)
    if first is not None:
        notes.append(f"next: `longwall assess STUDY --step {first.step}`, then --sign-off ROLE")
    return rows, notes


def step_notes(state: StepState) -> list[str]:
    """Return everything of a step but its table: what it needs, found, lacks, costs, and who signed it off."""
    notes = [f"{state.asks} {state.artefact.value}." if state.artefact else state.asks]
    notes += [f"needs {need.what}: {'there' if need.there else 'not there, ' + need.how}" for need in state.needs]
    for said, texts in (
        ("in evidence", state.found),
        ("by judgement", state.judged),
        ("judgement and evidence disagree", state.disagree),
        ("missing", state.missing),
        ("costs", state.costs),
        ("note", state.notes),
    ):
        notes += [f"{said}: {text}" for text in texts]
    notes += [
        f"compliant, and not sound: every constraint on {one.function} holds ({', '.join(one.constraints)}), and yet "
        f"stands {', '.join(one.findings)}"
        for one in state.unsound
    ]
    return [*notes, f"state: {_state(state)}"]


def _state(state: StepState) -> str:
    """Where a step stands, and who signed it off when."""
    if state.signed is None:
        return state.state
    note = f", {state.signed.note}" if state.signed.note else ""
    return f"{state.state}: {state.signed.by}, {state.signed.on}{note}"
