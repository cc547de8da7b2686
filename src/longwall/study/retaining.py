"""Retain: delete raw events when their time is over, and say so wherever results are shown that rest on them."""

from __future__ import annotations

import calendar
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from longwall import evidence
from longwall.errors import Fault, StudyError
from longwall.provenance import hash_of_file, write_json
from longwall.study.folder import Source, Study
from longwall.study.results import load

__all__ = [
    "LEDGER",
    "Retained",
    "delete_due",
    "deleted_of",
    "expires",
    "is_over",
    "needs_log",
    "note_read",
    "notices",
    "unexpired",
]

LEDGER = "retention.json"


@dataclass(frozen=True)
class Retained:
    """One file of a log or of alerts: when it was first read, and when its events were deleted.

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
    """Write down which files of logs and alerts were read today; one that was read before keeps its day."""
    known = ledger_of(study)
    hashes = {one.hash for one in known}
    files = [(str(file["name"]), str(file["hash"])) for file in (load(study, "ingest") or {}).get("files", ())]
    files += [(record.source, record.source_id) for record in _alerts(study)]
    day = (today or date.today()).isoformat()
    new = [Retained(name, own, day) for name, own in files if own not in hashes]
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
    alerts = {record.source_id: record.kept for record in _alerts(study)}
    for one in due:
        if one.hash in alerts:
            rest = [record.source_id for record in evidence.signal_records(study.store)]
            evidence.drop_signals(study.store, [source for source in rest if source != one.hash])
            events = alerts[one.hash]
        else:
            events = evidence.drop_files(study.store, {one.hash}) if evidence.has_log(study.store) else 0
        gone.append(replace(one, deleted=day.isoformat(), events=events))
    after = {one.hash: one for one in gone}
    _write(study, tuple(after.get(one.hash, one) for one in known))
    return tuple(gone)


def _alerts(study: Study) -> list[evidence.SignalRecord]:
    """What the store holds of alerts; the organisation and indicators tell of no moment at which somebody worked."""
    return [record for record in evidence.signal_records(study.store) if record.kind == "alerts"]


def deleted_of(study: Study) -> tuple[Retained, ...]:
    """Return the files whose events were deleted."""
    return tuple(one for one in ledger_of(study) if one.deleted)


def needs_log(study: Study) -> str | None:
    """Say what to do where there is no log; None where there is one. Signals alone are none."""
    if evidence.has_log(study.store):
        return None
    if deleted_of(study):
        return "the raw events were deleted when their time was over; what was found in them stays"
    return "no log yet; run `longwall ingest STUDY FILE` first"


def unexpired(study: Study, logs: tuple[Source, ...], today: date | None = None) -> tuple[Source, ...]:
    """Return the logs that may be read: not those whose months were over once, or are by now.

    Raises
    ------
    StudyError
        LW-ST-031: the time of all of them is over.
    """
    over = _over(study, today)
    kept = [log for log in logs if not _is_over(study, log, over)]
    if logs and not kept:
        one = next(iter(over.values()))
        raise StudyError(
            Fault("LW-ST-031", str(study.path), f"a log first read within {study.file.retention_months} months",
                  f"{one.name}, first read on {one.read}",
                  "bring a newer export; or raise `retention_months` in study.yaml, with those concerned")
        )  # fmt: skip
    return tuple(kept)


def is_over(study: Study, source: Source, today: date | None = None) -> bool:
    """Tell whether the months of a file are over, so that it may not be read again."""
    return _is_over(study, source, _over(study, today))


def _over(study: Study, today: date | None) -> dict[str, Retained]:
    """The files whose months are over, by hash."""
    day = today or date.today()
    return {one.hash: one for one in ledger_of(study) if expires(one.read, study.file.retention_months) <= day}


def _is_over(study: Study, source: Source, over: Mapping[str, Retained]) -> bool:
    """Whether a file is among them; its hash is only taken where there are any."""
    path = study.source_path(source)
    return bool(over) and path.is_file() and hash_of_file(path) in over


def notices(study: Study) -> tuple[str, ...]:
    """Return what every face says about evidence that is no longer there, in sentences."""
    found = []
    for one in deleted_of(study):
        found.append(
            f"The {one.events:,} raw events of {one.name} were deleted on {one.deleted}, {study.file.retention_months} "
            "months after they were read. "
            + (
                "What is shown rests on the evidence that is left."
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
