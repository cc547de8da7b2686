"""Show: how tightly coupled and how complex the work system is, what outages do, and what people said of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from longwall import assessment
from longwall.errors import AssessmentError, Fault
from longwall.provenance import write_bytes
from longwall.study.folder import Study
from longwall.study.results import load
from longwall.study.simulating import system_of

__all__ = ["checklist_answers", "checklist_rows", "classification_rows", "outage_rows", "write_checklist"]

Rows = Sequence[Sequence[Any]]


def checklist_answers(study: Study) -> tuple[assessment.Answers, ...]:
    """Return what people answered to the checklist; empty where there is no ``checklist.yaml``.

    Raises
    ------
    AssessmentError
        If the file is wrong (LW-AS-050 to 052); every fault at once.
    """
    return assessment.read_checklist(study.checklist) if study.checklist.is_file() else ()


def write_checklist(study: Study) -> str:
    """Write an empty ``checklist.yaml`` into a study and return its path.

    Raises
    ------
    AssessmentError
        LW-AS-053 if there is one already: people's answers are never written over.
    """
    if study.checklist.exists():
        raise AssessmentError(
            Fault("LW-AS-053", str(study.checklist), "no such file yet", "one with answers, perhaps",
                  "edit it; `longwall show STUDY checklist` shows what it says")
        )  # fmt: skip
    write_bytes(study.checklist, assessment.blank_checklist().encode())
    return str(study.checklist)


def classification_rows(found: Mapping[str, Any]) -> tuple[Rows, Sequence[str]]:
    """Return the parts of both indices, and the labels with their margins, from a result of `assess`."""
    rows: list[Sequence[Any]] = []
    notes: list[str] = []
    for axis in ("coupling", "interaction"):
        index = found[axis]
        rows += [
            (axis, part["name"], "not known" if part["value"] is None else f"{part['value']:.2f}", part["raw"],
             part["source"], "" if part["stated"] is None else f"{part['stated']:.2f}", part["means"])
            for part in index["parts"]
        ]  # fmt: skip
        notes.append(
            f"{axis}: {index['label']}, {index['value']:.2f} ({index['low']:.2f} to {index['high']:.2f}), "
            f"{index['margin']:.2f} from the next label"
        )
    profile = found["profile"]
    if profile is not None:
        first = profile["dominant"]
        notes.append(
            f"dominant variance: {first['name']} ({first['share']:.0%} of the technical loss; "
            f"next {profile['next_share']:.0%})"
        )
        notes += [
            f"risk: {risk['kind']}, {risk['share']:.0%} of the technical loss runs through it: "
            f"{assessment.RISKS[risk['kind']]}"
            for risk in profile["risks"][:3]
        ]
    return rows, [*notes, *found["cautions"]]


def checklist_rows(study: Study) -> tuple[Rows, Sequence[str]]:
    """Return the questions with the mean of people's answers, and their ratings beside the indices."""
    answers = checklist_answers(study)
    rows = []
    for axis, asked in assessment.questions().items():
        for name, question in asked.items():
            given = [one.of(axis)[name] for one in answers if name in one.of(axis)]
            mean = f"{sum(given) / len(given):.2f}" if given else "not answered"
            rows.append((axis, name, question, mean, f"{len(given)} of {len(answers)}"))
    notes = []
    result = load(study, "assess")
    for rating in result["classification"]["checklist"] if result is not None else ():
        said = "not answered" if rating["value"] is None else f"{rating['value']:.2f}, {rating['label']}"
        beside = f"computed {rating['computed']:.2f}, {rating['computed_label']}"
        notes.append(f"{rating['axis']}: people {said}; {beside}{'; they disagree' if rating['disagrees'] else ''}")
    if not answers:
        notes.append("`longwall checklist STUDY` writes an empty form into the study")
    return rows, notes


def outage_rows(study: Study) -> tuple[Rows, Sequence[str]]:
    """Return what one hour without each component or team does; computed now where `assess` left it out as too dear."""
    result = load(study, "assess")
    kept = result["classification"]["perturbation"] if result is not None else None
    if kept is not None:
        found = assessment.Perturbation.model_validate(kept)
    else:
        system = system_of(study)
        made, why = assessment.perturb(system, assessment.flow_of(system), study.file.seed, most_steps=math.inf)
        if made is None:
            return (), (why,)
        found = made
    rows = [
        (effect.target, effect.kind, f"{effect.exposed:.0f}",
         f"{effect.reach.value:.2f} ({effect.reach.low:.2f} to {effect.reach.high:.2f})",
         "yes" if effect.felt else "not beyond chance", "" if effect.half_h is None else f"{effect.half_h:.1f} h",
         f"{effect.functions_share:.0%}", f"{effect.aside_share:.0%}")
        for effect in sorted(found.effects, key=lambda effect: (-effect.reach.value, effect.target))
    ]  # fmt: skip
    notes = [
        f"each was out for {found.outage_h:g} h, {found.strikes} times, and followed for {found.follow_h:g} h",
        "reach: items that end later, less those that end sooner, per item that was there",
    ]
    if found.untouched:
        notes.append(f"no work rests on: {', '.join(found.untouched)}")
    return rows, notes
