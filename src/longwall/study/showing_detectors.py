"""Show the detectors of variance events with how common each kind is in the study's log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from longwall import assessment, evidence
from longwall.errors import Fault, StudyError
from longwall.study.detecting import events_of
from longwall.study.folder import Study
from longwall.study.signalling import log_of
from longwall.units import duration_text, share_text
from longwall.worksystem import Estimate

__all__ = ["DETECTOR_COLUMNS", "detector_table"]

DETECTOR_COLUMNS = ("detector", "means", "occurrences", "items", "share of items", "time it cost", "controlled",
                    "escaped", "not followed", "says nothing because")  # fmt: skip


def detector_table(study: Study) -> tuple[Sequence[Sequence[Any]], Sequence[str]]:
    """Return rows and notes of the table of detectors, measured on the log as the detectors are now.

    Raises
    ------
    StudyError
        LW-ST-023: the study has no log.
    """
    if not evidence.has_log(study.store):
        raise StudyError(
            Fault("LW-ST-023", str(study.path), "a log in the study", "none",
                  f"add one: `longwall ingest {study.path} FILE`")
        )  # fmt: skip
    log = log_of(study)
    events = events_of(study, log)
    rows = [
        (
            f"{one.kind}: {one.name}",
            one.means,
            one.occurrences,
            one.cases,
            _with_interval(one.share),
            duration_text(one.harm_h) if one.harm_h else "",
            "" if one.fate is None else _with_interval(one.fate.controlled),
            "" if one.fate is None else _with_interval(one.fate.escaped),
            "" if one.fate is None else one.fate.censored,
            one.withheld,
        )
        for one in assessment.detector_rows(log, events)
    ]
    where = study.detectors.name if study.detectors.is_file() else "those that come with Longwall"
    notes = [
        f"detectors: {where}; to change them put your own `detectors.yaml` into the study",
        "in brackets the 95% interval; controlled and escaped: of the occurrences, as far as they were followed "
        "(Aalen and Johansen); what nobody reveals leaves no trace",
    ]
    return rows, notes


def _with_interval(share: Estimate) -> str:
    """A share with its interval."""
    return f"{share_text(share.value)} ({share_text(share.low)} to {share_text(share.high)})"
