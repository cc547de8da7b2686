"""Stakeholders, assumptions and expectations of a study, beside what was assessed and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from longwall import evidence, inquiry
from longwall.errors import Fault, StudyError
from longwall.study.assessing import findings_of
from longwall.study.folder import Study
from longwall.study.results import load, optional_hash
from longwall.study.simulating import levels_today
from longwall.study.telling import answers_of
from longwall.worksystem import WorkSystem
from longwall.worksystem.yamlfile import read_system

__all__ = ["VOICES", "counted_levels", "read_voice", "voice_rows", "voices_hash", "voices_of"]

VOICES: Mapping[str, Any] = {
    "stakeholders": inquiry.Stakeholders,
    "assumptions": inquiry.Assumptions,
    "expected": inquiry.Expected,
}
"""Name of a file of the folder ``inquiry`` to what it holds."""

_COUNTABLE = ("lead_time_h", "backlog", "items_per_week")


def read_voice(path: Path) -> Any:
    """Return one of the three files, checked against the study's work system where there is one.

    Raises
    ------
    WorkSystemError, InquiryError
        With every fault, by line.
    """
    system = path.parent.parent / "worksystem.yaml"
    known = read_system(system) if system.is_file() else None
    return _read(path, known)


def _read(path: Path, system: WorkSystem | None) -> Any:
    counted = (*_COUNTABLE, *evidence.social_indicators())
    kind: Any = VOICES[path.stem]
    return inquiry.read_voices(path, kind, system, counted)


def counted_levels(study: Study) -> Mapping[str, tuple[float, float, float]]:
    """Return what was counted, with its interval: of the log lead time, backlog and items a week; of a survey its
    indicators. What the log counts has no interval: it is the mean of all of it.
    """
    levels = {name: (level, level, level) for name, level in levels_today(study).items()}
    arrivals = (load(study, "ingest") or {}).get("arrivals")
    if arrivals:
        levels["items_per_week"] = (float(sum(arrivals)),) * 3
    if evidence.has_survey(study.store):
        levels |= {
            one.indicator: (one.value, one.low, one.high)
            for one in evidence.social_levels(evidence.read_survey(study.store))
        }
    return levels


def voices_of(study: Study) -> inquiry.Voices | None:
    """Return what people wrote beside the questions; None where there is nothing to say.

    Raises
    ------
    WorkSystemError, InquiryError
        With every fault of the first file that has some, by line.
    """
    there = {name: path for name in VOICES if (path := study.inquiry / f"{name}.yaml").is_file()}
    volume = _volume(study)
    if not there and volume is None:
        return None
    system = read_system(study.system) if study.system.is_file() else None
    read = {name: _read(path, system) for name, path in there.items()}
    stakeholders = read.get("stakeholders", inquiry.Stakeholders())
    expected = read.get("expected", inquiry.Expected())
    findings = findings_of(study)
    assumptions = read.get("assumptions", inquiry.Assumptions())
    levels = counted_levels(study) if assumptions.assumptions else {}
    return inquiry.Voices(
        stakeholders=stakeholders.stakeholders,
        assumptions=inquiry.tested(assumptions, levels),
        expected=inquiry.compared(expected, findings),
        unexpected=tuple(one.id for one in inquiry.unexpected(expected, findings)),
        volume=volume,
    )


def _volume(study: Study) -> tuple[float, float] | None:
    """Pieces a week, as answered and as counted; None where one of them is missing."""
    arrivals = (load(study, "ingest") or {}).get("arrivals")
    answers = answers_of(study) if arrivals else None
    return (answers.volume.usual, float(sum(arrivals))) if answers is not None and answers.volume and arrivals else None


def voices_hash(study: Study) -> dict[str, str]:
    """Return the input that these files are to the report."""
    paths = [study.inquiry / f"{name}.yaml" for name in VOICES]
    return {f"inquiry {path.stem}": optional_hash(path) for path in paths if path.is_file()}


def voice_rows(study: Study, what: str) -> tuple[Sequence[Sequence[Any]], Sequence[str]]:
    """Return rows and notes of one of the three files as a table.

    Raises
    ------
    StudyError
        LW-ST-053: there is no such file.
    """
    path = study.inquiry / f"{what}.yaml"
    if not path.is_file():
        raise StudyError(
            Fault(
                "LW-ST-053",
                str(path),
                f"a file of {what}",
                "none",
                f"write inquiry/{what}.yaml; docs/how-to/hear-people.md",
            )
        )
    voices = voices_of(study) or inquiry.Voices()
    if what == "stakeholders":
        holders = sorted(voices.stakeholders, key=lambda one: bool(one.heard))
        return [(one.id, one.name, one.interest, one.worldview, one.power or "not known", one.heard or "NOT YET HEARD")
                for one in holders], ()  # fmt: skip
    if what == "assumptions":
        return [
            (one.assumption.id, one.assumption.statement, one.assumption.why, one.assumption.breaks,
             ", ".join(one.assumption.touches), one.state + ("" if one.counted is None else f" ({one.counted:.4g})"))
            for one in voices.assumptions
        ], ()  # fmt: skip
    rows = [
        (one.expectation.id, one.expectation.what, one.expectation.who, ", ".join(one.findings) or "not found")
        for one in voices.expected
    ]
    return rows, [f"nobody expected: {name}" for name in voices.unexpected]
