"""Specify: what of the recommended design must be fixed and what is the team's own, made on demand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall import alignment, simulation
from longwall.alignment import specification
from longwall.study.assessing import findings_of
from longwall.study.deciding import space_of
from longwall.study.folder import Study
from longwall.study.practising import practices_hash
from longwall.study.results import load, optional_hash, stamp_of
from longwall.study.simulating import needs_system, system_of
from longwall.study.step import Progress, Step
from longwall.units import share_text

__all__ = ["SPECIFICATION_COLUMNS", "SPECIFY", "specification_rows"]

SPECIFICATION_COLUMNS = ("decision", "what", "the design has", "left free", "technical", "social", "cost")
_KINDS = {"fix": "fix", "yours": "yours", "slides": "yours, but it chooses where you land",
          "follows": "no choice left"}  # fmt: skip


def specification_rows(result: Mapping[str, Any]) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Return the decisions, those to fix first, each with its ways; and as notes the whole and each in words."""
    found = specification.Specification.model_validate(result)
    rows: list[tuple[Any, ...]] = []
    words = [f"{held.id}: {held.statement}" for held in found.settled]
    for held in found.settled:
        rows.append((held.id, "settled by you", held.level or "as it is", "", "", "", ""))
    for one in found.decisions:
        titles = {choice.intervention: choice.title for choice in one.choices}
        far = f"{share_text(one.far.value)} behind" + ("" if one.sure else " (not shown)")
        kind = _KINDS[one.kind] if one.sure else "keep for now"
        rows.append((one.id, kind, titles[one.level], far, "", "", ""))
        words.append(f"{one.id}: {f'{one.question} {one.statement}'.strip()}")
        for choice in one.choices if one.kind == "slides" else ():
            if choice.intervention != one.level:
                rows.append(
                    (one.id, "", "", f"or: {choice.title}", _span(choice.technical), _span(choice.social),
                     f"{choice.cost:+,.0f}")
                )  # fmt: skip
    notes = [
        found.statement,
        *found.tree,
        f"{found.replications:,} replications of {found.weeks} weeks; {found.sized}",
        *(f"no completion has “{title}”: as things stand it cannot be had" for title in found.refused),
        *found.cautions,
        *words,
    ]
    return rows, notes


def _span(side: Any) -> str:
    return f"{side.value:+.3f} ({side.low:+.3f} to {side.high:+.3f})"


def _work(study: Study, progress: Progress) -> Mapping[str, Any]:
    aligned = alignment.Alignment.model_validate(load(study, "align"))
    system, findings = system_of(study), findings_of(study)
    space = space_of(study, system, findings)
    found = specification.specify(
        system,
        space.candidates([finding.id for finding in findings]),
        [step.id for step in aligned.chosen(aligned.recommended)],
        design=aligned.recommended,
        front=[point for point in aligned.points if point.on_front or point.design == aligned.recommended],
        scales=aligned.scales,
        decisions=space.decisions,
        objectives=alignment.read_objectives(study.objectives) if study.objectives.is_file() else None,
        seed=study.file.seed,
        weeks=aligned.weeks,
        threads=simulation.default_threads(),
        progress=progress,
        keep=alignment.TrialStore(study.path / "results" / "specify-trials"),
    )
    return found.model_dump(mode="json")


def _inputs(study: Study) -> Mapping[str, str]:
    return {
        "system": optional_hash(study.system),
        "designs": stamp_of(study, "align") or "none",
        "findings": stamp_of(study, "assess") or "none",
        **({"objectives": optional_hash(study.objectives)} if study.objectives.is_file() else {}),
        **practices_hash(study),
        **({"decisions": optional_hash(study.decisions)} if study.decisions.is_file() else {}),
    }


def _ready(study: Study) -> str | None:
    if stamp_of(study, "align") is None:
        return needs_system(study) or "LW-AL-060: no designs yet; run `longwall align STUDY` first"
    return needs_system(study)


SPECIFY = Step("specify", "completing the design at random", _inputs, _work, _ready)
"""The step that says what must be fixed; made on demand, no other step waits for it."""
