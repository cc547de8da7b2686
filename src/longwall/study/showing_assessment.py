"""Show: the tables of the assessment and its eight steps."""

from __future__ import annotations

from collections.abc import Callable

from longwall.assessment import STEPS, Assessment, StepName
from longwall.study.folder import Study
from longwall.study.showing_boundaries import (
    CROSSING_COLUMNS,
    EXPORTED_COLUMNS,
    SPANNING_COLUMNS,
    SUPPORT_COLUMNS,
    crossing_rows,
    exported_rows,
    spanning_rows,
    support_rows,
)
from longwall.study.showing_classes import checklist_rows, classification_rows
from longwall.study.showing_gaps import GAP_COLUMNS, gap_rows
from longwall.study.showing_matrix import (
    CELL_COLUMNS,
    CONTROL_COLUMNS,
    KEY_COLUMNS,
    MEANS_COLUMNS,
    cell_rows,
    control_rows,
    key_rows,
    means_rows,
)
from longwall.study.showing_steps import STEPS_COLUMNS, step_notes, steps_rows
from longwall.study.shown import Shown, needed
from longwall.study.stepping import steps_of_study

__all__ = ["ASSESSED"]


def _variances(study: Study) -> Shown:
    return Shown("Control of variances", CONTROL_COLUMNS, *control_rows(needed(study, "assess")))


def _means(study: Study) -> Shown:
    return Shown("What variances are controlled with", MEANS_COLUMNS, *means_rows(needed(study, "assess")))


def _matrix(study: Study) -> Shown:
    return Shown("Which variance leads to which", CELL_COLUMNS, *cell_rows(needed(study, "assess")))


def _keyset(study: Study) -> Shown:
    return Shown("Variances, their loss and the key set", KEY_COLUMNS, *key_rows(needed(study, "assess")))


def _assessed(study: Study) -> Assessment:
    """Return the assessment, which must be there."""
    return Assessment.model_validate(needed(study, "assess"))


def _boundaries(study: Study) -> Shown:
    return Shown("Crossings per item", CROSSING_COLUMNS, *crossing_rows(_assessed(study).boundaries))


def _spanning(study: Study) -> Shown:
    notes = ["a crossing has two ends: the shares of all roles add up to two"]
    return Shown(
        "Who spans the boundaries of teams", SPANNING_COLUMNS, spanning_rows(_assessed(study).boundaries), notes
    )


def _exported(study: Study) -> Shown:
    rows = exported_rows(_assessed(study).boundaries)
    return Shown("Variances at the boundary of their team", EXPORTED_COLUMNS, rows)


def _support(study: Study) -> Shown:
    notes = ["what nobody has stated is a question, not a gap"]
    return Shown("What supports what", SUPPORT_COLUMNS, support_rows(_assessed(study)), notes)


def _steps(study: Study) -> Shown:
    return Shown("The eight steps of the assessment", STEPS_COLUMNS, *steps_rows(steps_of_study(study)))


def _one_step(step: StepName) -> Callable[[Study], Shown]:
    """Return what shows one step."""

    def shown(study: Study) -> Shown:
        state = steps_of_study(study)[STEPS.index(step)]
        columns, rows = (state.artefact.columns, state.artefact.rows) if state.artefact else (("nothing yet",), ())
        return Shown(f"Step {state.number}: {state.title}", columns, rows, step_notes(state))

    return shown


def _classification(study: Study) -> Shown:
    columns = ("axis", "part", "value", "measure", "from", "stated", "what it measures")
    return Shown(
        "Coupling and interaction", columns, *classification_rows(needed(study, "assess")["classification"])
    )  # fmt: skip


def _gaps(study: Study) -> Shown:
    return Shown("Who lacks what", GAP_COLUMNS, *gap_rows(needed(study, "assess")))


def _checklist(study: Study) -> Shown:
    columns = ("axis", "question", "in words", "mean answer", "answered by")
    return Shown("What people say of coupling and interaction", columns, *checklist_rows(study))


ASSESSED: dict[str, Callable[[Study], Shown]] = {
    "boundaries": _boundaries,
    "checklist": _checklist,
    "classification": _classification,
    "controls": _means,
    "exported": _exported,
    "gaps": _gaps,
    "key-set": _keyset,
    "matrix": _matrix,
    "spanning": _spanning,
    "steps": _steps,
    "support": _support,
    "variances": _variances,
    **{f"step-{step}": _one_step(step) for step in STEPS},
}
"""Tables by what `show` calls them."""
