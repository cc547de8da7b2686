"""Compare: hold every forecast that has come due against a new log, which leaves no trace but the scores."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from longwall import discovery, evidence, learning
from longwall.errors import Fault, LearningError, StudyError
from longwall.provenance import Stamp, hash_of_file
from longwall.study.folder import Study
from longwall.study.results import load, save
from longwall.study.retaining import needs_log
from longwall.study.step import Progress, silent

__all__ = ["LOG_FORECASTS", "Compared", "compare_log", "forecasts_made", "outcomes_of"]

LOG_FORECASTS = "log-forecasts"
"""Folder of the forecasts of logs, in ``results``."""


@dataclass(frozen=True)
class Compared:
    """What a comparison found.

    Parameters
    ----------
    outcomes : tuple of Outcome
        Of the forecasts that had come due.
    waiting : tuple of (str, str)
        Id of each forecast that has not, and the day from which it is due.
    passed_over : tuple of str
        Forecasts that had come due but of which the log shows nothing, in words.
    """

    outcomes: tuple[learning.Outcome, ...]
    waiting: tuple[tuple[str, str], ...]
    passed_over: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "outcomes": [outcome.model_dump(mode="json") for outcome in self.outcomes],
            "waiting": [{"forecast": name, "due": day} for name, day in self.waiting],
            "passed_over": list(self.passed_over),
        }


def forecasts_made(study: Study) -> tuple[tuple[learning.LogRecord, ...], tuple[learning.Record, ...]]:
    """Return the forecasts of logs and of indicators that were kept, without the promises of plans."""
    kept = learning.records(study.path / "results" / "forecasts")
    return learning.log_records(study.path / "results" / LOG_FORECASTS), tuple(
        one for one in kept if one.kind == "forecast" and one.begins
    )


def outcomes_of(study: Study) -> tuple[learning.Outcome, ...]:
    """Return what became of forecasts so far, in the order of their end."""
    names = sorted(path.stem for path in (study.path / "results" / "outcomes").glob("*.json"))
    found = [learning.Outcome.model_validate(load(study, f"outcomes/{name}")) for name in names]
    return tuple(sorted(found, key=lambda one: (one.until, one.id)))


def compare_log(study: Study, file: Path, *, max_rejects: float = 0.01, progress: Progress = silent) -> Compared:
    """Hold every forecast that has come due against a new log and keep the scores.

    Parameters
    ----------
    file : Path
        Read with the mapping of the study's log; people become pseudonyms, and it does not enter the evidence.
    max_rejects : float
        Largest share of rows that may be bad, in [0, 1].

    Raises
    ------
    LearningError
        LW-LE-010 nothing has come due; LW-LE-011 no forecast was made; LW-LE-012 a log of other activities.
    EvidenceError
        If the file cannot be read with the mapping of the study.
    """
    logs, indicators = forecasts_made(study)
    if not logs and not indicators:
        raise LearningError(
            Fault("LW-LE-011", str(study.path), "a forecast to hold against the log", "none was made",
                  "run `longwall simulate STUDY`, or `longwall simulate STUDY --log-out DIR ...`")
        )  # fmt: skip
    reason = needs_log(study) if study.logs else f"run `longwall ingest {study.path} FILE`"
    if reason is not None:
        raise StudyError(Fault("LW-ST-004", str(study.path), "the evidence that forecasts rest on", "none", reason))
    with study.alone():
        progress(0.0, "reading the new log")
        new = _read(study, file, max_rejects)
        past = evidence.read_log(study.store)
        if not set(new.activities) & set(past.activities):
            raise LearningError(
                Fault("LW-LE-012", str(file), "activities of the study's log", ", ".join(new.activities[:3]),
                      "bring a log of the same work, with the same columns")
            )  # fmt: skip
        progress(0.5, "scoring forecasts")
        compared = _score(study, logs, indicators, past, new)
        for outcome in compared.outcomes:
            stamp = Stamp("compare", {"log": hash_of_file(file), "forecast": outcome.id}, study.file.seed)
            save(study, f"outcomes/{outcome.id}", stamp, outcome.model_dump(mode="json"))
    progress(1.0, "done")
    return compared


def _read(study: Study, file: Path, max_rejects: float) -> evidence.Log:
    """The new log as arrays; its store is gone afterwards."""
    mapping = evidence.Mapping.model_validate(study.logs[0].mapping)
    with tempfile.TemporaryDirectory(prefix=".comparing-", dir=study.path) as folder:
        store = Path(folder) / "new.duckdb"
        evidence.ingest(file, store, mapping=mapping, max_rejects=max_rejects)
        return evidence.read_log(store)


def _score(
    study: Study,
    logs: tuple[learning.LogRecord, ...],
    indicators: tuple[learning.Record, ...],
    past: evidence.Log,
    new: evidence.Log,
) -> Compared:
    """Score what is due; say what is not."""
    edge = learning.extracted_h(new)
    outcomes: list[learning.Outcome] = []
    waiting: list[tuple[str, str]] = []
    nothing: list[str] = []
    for one in logs:
        if edge < _hour(new, one.until):
            waiting.append((one.id, one.until))
            continue
        begins, arrivals, until = (_hour(past, text) for text in (one.begins, one.arrivals_until, one.until))
        situation = discovery.Situation(begins, until, arrivals, one.cases, one.keep == "finished")
        # Past, simulated and new log are held against each other on one clock: that of the past.
        origin_us = round(past.origin.timestamp() * 1e6)
        runs, control = learning.logs_of(one, study.path / "results" / LOG_FORECASTS, origin_us)
        outcome = learning.hold_log(one, runs, control, past, new, situation)
        if outcome is None:
            nothing.append(f"{one.id}: no item of the log began between {one.begins} and {one.arrivals_until}")
        else:
            outcomes.append(outcome)
    for record in indicators:
        until_text = max((promise.due for promise in record.promises), default="")
        if not until_text:
            continue
        begins, until = _hour(new, record.begins), _hour(new, until_text)
        if edge < until:
            waiting.append((record.id, until_text))
            continue
        outcome = (
            None
            if float(new.arrival_h.min()) >= until
            else learning.hold_record(record, new, begins, until, until_text)
        )
        if outcome is None:
            nothing.append(
                f"{record.id}: the log shows none of its indicators between {record.begins} and {until_text}"
            )
        else:
            outcomes.append(outcome)
    if not outcomes:
        raise _nothing_due(new, waiting, nothing)
    return Compared(tuple(outcomes), tuple(waiting), tuple(nothing))


def _nothing_due(new: evidence.Log, waiting: list[tuple[str, str]], nothing: list[str]) -> LearningError:
    """Say why no forecast could be scored."""
    last = new.moment(float(new.end_h.max())).date().isoformat()
    if nothing:
        return LearningError(
            *(Fault("LW-LE-010", "longwall compare", "a log of the period that was forecast", words,
                    "bring the log of that period") for words in nothing)
        )  # fmt: skip
    name, day = min(waiting, key=lambda pair: pair[1])
    return LearningError(
        Fault("LW-LE-010", "longwall compare", "a log that reaches the end of a forecast",
              f"one that ends on {last}: nothing has come due; the first comes due on {day[:10]} ({name})",
              "come back with a log that reaches that day")
    )  # fmt: skip


def _hour(log: evidence.Log, text: str) -> float:
    """An ISO time as hours since the origin of a log; a date is its midnight in UTC."""
    at = datetime.fromisoformat(text)
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return float((at - log.origin) / timedelta(hours=1))
