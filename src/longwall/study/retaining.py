"""Retain: delete raw events when their time is over, and say so wherever results are shown that rest on them."""

from __future__ import annotations

import calendar
import json
from dataclasses import dataclass, replace
from datetime import date

from longwall import evidence
from longwall.errors import Fault, StudyError
from longwall.provenance import hash_of_file, write_json
from longwall.study.folder import Source, Study
from longwall.study.results import load

__all__ = ["LEDGER", "Retained", "delete_due", "deleted_of", "expires", "note_read", "notices", "unexpired"]

LEDGER = "retention.json"


@dataclass(frozen=True)
class Retained:
    """One file of a log: when it was first read, and when its events were deleted.

    Parameters
    ----------
    name, hash : str
        As the store lists them.
    read : str
        ISO date of the first reading.
    deleted : str
        ISO date; empty while the events are there.
    events : int
        How many events went.
    """

    name: str
    hash: str
    read: str
    deleted: str = ""
    events: int = 0


def expires(read: str, months: int) -> date:
    """Return the day on which events that were read on a day are deleted: the same day, some months on.

    Parameters
    ----------
    read : str
        ISO date.
    months : int
        >= 1; a day that the later month lacks becomes its last.
    """
    day = date.fromisoformat(read)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def ledger_of(study: Study) -> tuple[Retained, ...]:
    """Return when each file was read; empty before the first ingest.

    Raises
    ------
    StudyError
        LW-ST-032: the file is damaged.
    """
    path = study.path / LEDGER
    if not path.is_file():
        return ()
    try:
        found = tuple(Retained(**one) for one in json.loads(path.read_text(encoding="utf-8"))["files"])
        for one in found:
            date.fromisoformat(one.read)
    except (ValueError, TypeError, KeyError):
        raise StudyError(
            Fault("LW-ST-032", str(path), "a list of files with the day on which each was read", "something else",
                  "restore the file; or delete it, and the time starts anew today")
        ) from None  # fmt: skip
    return found


def note_read(study: Study, today: date | None = None) -> None:
    """Write down which files were read today; a file that was read before keeps its day."""
    known = ledger_of(study)
    hashes = {one.hash for one in known}
    files = (load(study, "ingest") or {}).get("files", ())
    day = (today or date.today()).isoformat()
    new = [Retained(str(file["name"]), str(file["hash"]), day) for file in files if file["hash"] not in hashes]
    if new:
        _write(study, (*known, *new))


def delete_due(study: Study, today: date | None = None) -> tuple[Retained, ...]:
    """Delete the raw events of every file whose months are over; results and the model stay.

    Parameters
    ----------
    today : date, optional
        Default: by the clock of this machine.

    Returns
    -------
    tuple of Retained
        What was deleted now.
    """
    day = today or date.today()
    known = ledger_of(study)
    due = [one for one in known if not one.deleted and expires(one.read, study.file.retention_months) <= day]
    if not due:
        return ()
    gone = []
    for one in due:
        events = evidence.drop_files(study.store, {one.hash}) if evidence.has_log(study.store) else 0
        gone.append(replace(one, deleted=day.isoformat(), events=events))
    after = {one.hash: one for one in gone}
    _write(study, tuple(after.get(one.hash, one) for one in known))
    return tuple(gone)


def deleted_of(study: Study) -> tuple[Retained, ...]:
    """Return the files whose events were deleted."""
    return tuple(one for one in ledger_of(study) if one.deleted)


def unexpired(study: Study, logs: tuple[Source, ...], today: date | None = None) -> tuple[Source, ...]:
    """Return the logs that may be read: not those whose months were over once, or are by now.

    Raises
    ------
    StudyError
        LW-ST-031: the time of all of them is over.
    """
    day = today or date.today()
    over = {
        one.hash: one for one in ledger_of(study) if expires(one.read, study.file.retention_months) <= day
    }  # fmt: skip
    kept = []
    for log in logs:
        path = study.source_path(log)
        if not over or not path.is_file() or hash_of_file(path) not in over:
            kept.append(log)
    if logs and not kept:
        one = next(iter(over.values()))
        raise StudyError(
            Fault("LW-ST-031", str(study.path), f"a log first read within {study.file.retention_months} months",
                  f"{one.name}, first read on {one.read}",
                  "bring a newer export; or raise `retention_months` in study.yaml, with those concerned")
        )  # fmt: skip
    return tuple(kept)


def notices(study: Study) -> tuple[str, ...]:
    """Return what every face says about evidence that is no longer there, in sentences."""
    found = []
    for one in deleted_of(study):
        found.append(
            f"The {one.events:,} raw events of {one.name} were deleted on {one.deleted}, {study.file.retention_months} "
            "months after they were read. "
            + (
                "What is shown rests on the events that are left."
                if evidence.has_log(study.store)
                else "Results and the model are those that were computed from them before; what is computed anew rests "
                "on the model alone."
            )
        )
    path = study.path / evidence.LIST_NAME
    if path.is_file():
        people = sum(not line.startswith("#") for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
        who = "One person was" if people == 1 else f"{people} people were"
        found.append(f"{who} removed from the evidence; figures may differ from earlier reports.")
    return tuple(found)


def _write(study: Study, files: tuple[Retained, ...]) -> None:
    write_json(study.path / LEDGER, {"files": [vars(one) for one in files]})
