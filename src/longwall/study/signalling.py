"""Signals: alerts, the organisation, indicators and surveys into the study's store; agreed times onto the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from longwall import evidence
from longwall.errors import Fault, StudyError
from longwall.provenance import hash_of_value
from longwall.study.folder import Source, Study
from longwall.study.results import load, optional_hash, stamp_of
from longwall.study.retaining import is_over, note_read
from longwall.study.step import Progress, Step
from longwall.units import duration_h

__all__ = [
    "agreements_hash",
    "has_signals",
    "kind_in",
    "kinds_named",
    "log_of",
    "refuse_other_than_log",
    "signals_step",
    "with_signal",
]

_READERS: Mapping[str, Callable[..., evidence.SignalRecord]] = {
    "organisation": evidence.ingest_organisation,  # first: it knows the people whose names the others may hold
    "alerts": evidence.ingest_alerts,
    "indicators": evidence.ingest_indicators,
    "survey": evidence.ingest_survey,
}


def kinds_named(study: Study) -> Study:
    """Recognise the sources that do not say what they are, and write that and the columns into ``study.yaml``."""
    named = tuple(_named(study, source) for source in study.file.evidence)
    if named == study.file.evidence:
        return study
    return study.with_file(study.file.model_copy(update={"evidence": named}))


def kind_in(study: Study, file: Path) -> str:
    """Return what a file holds: as ``study.yaml`` says, else as recognised."""
    for source in study.file.evidence:
        if source.file and source.kind and study.source_path(source).resolve() == file.resolve():
            return source.kind
    return evidence.recognise(file)


def with_signal(study: Study, file: Path) -> Study:
    """Add a file that is no log to ``study.yaml``; one that stands there already is read again."""
    kind = evidence.recognise(file)
    known = {study.source_path(source).resolve() for source in study.file.evidence if source.file}
    if file.resolve() in known:
        return study
    source = Source(file=str(file.resolve()), kind=kind)
    return study.with_file(study.file.model_copy(update={"evidence": (*study.file.evidence, source)}))


def refuse_other_than_log(file: Path) -> None:
    """Refuse to make a study of a file that is no log.

    Raises
    ------
    StudyError
        LW-ST-020: it holds alerts, the organisation, indicators or a survey.
    """
    kind = evidence.recognise(file)
    if kind != "log":
        raise StudyError(
            Fault("LW-ST-020", str(file), "a log, of which a study can be made", f"a file of {kind}",
                  "make the study of a log first, then add this file: `longwall ingest STUDY FILE`")
        )  # fmt: skip


def has_signals(study: Study) -> bool:
    """Tell whether there is, or was, anything besides logs."""
    return bool(study.signals) or load(study, "signals") is not None


def log_of(study: Study) -> evidence.Log:
    """Return the log of a study, with the agreed times of ``study.yaml``."""
    return replace(
        evidence.read_log(study.store), agreements=study.file.agreements, calendars=study.file.calendars
    )  # fmt: skip


def agreements_hash(study: Study) -> dict[str, str]:
    """Return the input that agreed times are to a step; nothing where there are none."""
    if not study.file.agreements:
        return {}
    pieces = (*study.file.agreements, *study.file.calendars)
    return {"agreements": hash_of_value([piece.model_dump(mode="json") for piece in pieces])}


def signals_step(max_rejects: float = 0.01) -> Step:
    """Return the step that reads everything but logs.

    Parameters
    ----------
    max_rejects : float
        Largest share of rows of a file that may be bad, in [0, 1].
    """

    def work(study: Study, progress: Progress) -> Mapping[str, Any]:
        records = []
        for number, source in enumerate(_ordered(study)):
            if source.kind == "alerts" and is_over(study, source):
                continue
            progress(number / len(study.signals), f"reading {source.file or source.url.rpartition('@')[2]}")
            records.append(_read(study, source, max_rejects))
        evidence.drop_signals(study.store, [record.source_id for record in records])
        note_read(study)
        return {"sources": [record.as_dict() for record in records]}

    return Step("signals", "reading alerts, organisation, indicators and surveys", _inputs, work, lambda study: None)


def _ordered(study: Study) -> list[Source]:
    """The sources in the order of reading."""
    return sorted(study.signals, key=lambda source: list(_READERS).index(source.kind or "indicators"))


def _read(study: Study, source: Source, max_rejects: float) -> evidence.SignalRecord:
    """Read one source."""
    if not source.url:
        return _READERS[source.kind](
            study.source_path(source), study.store, mapping=source.mapping, max_rejects=max_rejects
        )
    since, until = _span(study, source)
    step_s = max(1, round(duration_h(source.step) * 3600))
    query = evidence.RangeQuery(source.url, source.query, since, until, step_s)
    return evidence.ingest_query(query, study.store, indicator=source.indicator, unit=source.unit)


def _span(study: Study, source: Source) -> tuple[datetime, datetime]:
    """From when to when a server is asked: as said, else over the log."""
    since, until = (_moment(text, name) for name, text in (("since", source.since), ("until", source.until)))
    log = None if since and until else evidence.log_span(study.store)
    if log is not None:
        since, until = since or log[0], until or log[1]
    if since is None or until is None:
        raise StudyError(
            Fault("LW-ST-021", f"study.yaml: evidence, url {source.url.rpartition('@')[2]}",
                  "`since` and `until`, or a log whose time is asked for", "neither",
                  "add `since: 2026-01-01` and `until: 2026-03-31`, or ingest a log first")
        )  # fmt: skip
    return since, until


def _moment(text: str, name: str) -> datetime | None:
    """An ISO time; without an offset in UTC."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise StudyError(
            Fault("LW-ST-022", f"study.yaml: evidence, {name}", "an ISO time such as 2026-03-31 or 2026-03-31T08:00Z",
                  repr(text[:60]), "correct it")
        ) from None  # fmt: skip
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _named(study: Study, source: Source) -> Source:
    """A source with its kind, and with its columns where it is a table and they were not said."""
    path = study.source_path(source) if source.file else None
    if path is None or not path.is_file():
        return source if path is not None or source.kind else source.model_copy(update={"kind": "indicators"})
    if not source.kind:
        source = source.model_copy(update={"kind": evidence.recognise(path)})
    if source.kind == "log" or source.mapping:
        return source
    return source.model_copy(update={"mapping": evidence.guess_layout(path, source.kind)})


def _inputs(study: Study) -> Mapping[str, str]:
    """Hash each file and how it is read; of a server, what it is asked."""
    found: dict[str, str] = {}
    for number, source in enumerate(study.signals):
        plain = source.model_dump(mode="json", exclude={"simulated"})
        found[f"source {number}"] = hash_of_value(plain)
        if source.file:
            found[f"file {number}"] = optional_hash(study.source_path(source))
        elif not (source.since and source.until):
            found["evidence"] = stamp_of(study, "ingest") or "none"
    return found
