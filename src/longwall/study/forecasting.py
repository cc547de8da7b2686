"""Forecasts of logs: a study and a situation in, simulated logs as files out, kept for the day they come due."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from longwall import discovery, evidence, learning
from longwall.errors import Fault, StudyError
from longwall.provenance import Stamp, hash_of_value
from longwall.study.comparing import LOG_FORECASTS
from longwall.study.folder import Study
from longwall.study.results import load, save, stamp_of
from longwall.study.retaining import needs_log
from longwall.study.step import Progress, silent

__all__ = ["LogsWritten", "Period", "forecast_logs"]

_COLUMNS = ("case", "activity", "resource", "start", "end")
_SETTINGS = "forecast-settings"
_US_PER_H = 3.6e9


@dataclass(frozen=True)
class Period:
    """The future that is to be forecast, as a user says it.

    Parameters
    ----------
    begins, arrivals_until, until : str
        ISO times; without an offset they are read in the study's time zone. First and last arrival, and when the future
        log is extracted.
    cases : int
        Cases to write, >= 1, counted after the rule.
    keep : str
        ``all``, or ``finished`` where the future log holds finished cases only.
    """

    begins: str
    arrivals_until: str
    until: str
    cases: int
    keep: str = "all"


@dataclass(frozen=True)
class LogsWritten:
    """What was written.

    Parameters
    ----------
    files : tuple of Path
    setting : str
        How the forecast was made, in words.
    cautions : tuple of str
    """

    files: tuple[Path, ...]
    setting: str
    cautions: tuple[str, ...]


def forecast_logs(
    study: Study, out: Path, period: Period, *, runs: int, again: bool = False, progress: Progress = silent
) -> LogsWritten:
    """Write simulated logs of a future period to ``run-0.csv``, ``run-1.csv``, ...

    Parameters
    ----------
    out : Path
        Folder; made where it is not there.
    runs : int
        Logs to write, >= 1.
    again : bool
        Choose the settings anew even if nothing has changed.

    Raises
    ------
    StudyError
        LW-ST-004 no evidence yet; LW-ST-045 a time that cannot be read, or times in the wrong order; LW-ST-046 the
        folder holds logs of a longer forecast.
    DiscoveryError
        LW-DI-060 nothing known before the forecast begins.
    """
    reason = needs_log(study)
    if reason is not None:
        raise StudyError(Fault("LW-ST-004", str(study.path), "evidence to forecast from", "none", reason))
    _check_folder(out, runs)
    log = evidence.read_log(study.store)
    situation = _situation(period, log)
    with study.alone():
        stamp = Stamp(_SETTINGS, {"evidence": stamp_of(study, "ingest") or "none",
                                  "situation": hash_of_value(asdict(period))}, study.file.seed)  # fmt: skip
        known = None if again or stamp_of(study, _SETTINGS) != stamp.key else load(study, _SETTINGS)
        found = discovery.forecast_log(
            log, situation, runs=runs, seed=study.file.seed, progress=progress,
            choice=None if known is None else discovery.Choice(**known["choice"]),
        )  # fmt: skip
        if known is None:
            save(study, _SETTINGS, stamp, _settings(found))
        _keep(study, log, period, found)
    files = tuple(out / f"run-{number}.csv" for number in range(runs))
    for number, path in enumerate(files):
        progress(0.9 + 0.1 * number / runs, "writing the logs")
        evidence.write_log(_frame(log, found, found.runs[number]), path, columns=_COLUMNS)
    progress(1.0, "done")
    return LogsWritten(files, found.choice.words(), _cautions(log, situation, found))


def _keep(study: Study, log: evidence.Log, period: Period, found: discovery.LogForecast) -> None:
    """Keep the forecast for the day it comes due."""
    at = found.situation
    begins, arrivals, until = (log.moment(hour).isoformat() for hour in (at.cut_h, at.arrivals_until_h, at.until_h))
    promised = learning.LogRecord(
        id="pending", begins=begins, arrivals_until=arrivals, until=until, cases=period.cases, keep=period.keep,
        runs=len(found.runs), seed=study.file.seed, setting=found.choice.words(),
        evidence=stamp_of(study, "ingest") or "none", kept_runs=1, activities=found.activities,
    )  # fmt: skip
    folder = study.path / "results" / LOG_FORECASTS
    learning.record_logs(promised, found.runs, found.control, round(log.origin.timestamp() * 1e6), folder)


def _settings(found: discovery.LogForecast) -> Mapping[str, Any]:
    """Plain data of what was chosen, and of everything that was tried."""
    return {
        "choice": asdict(found.choice),
        "setting": found.choice.words(),
        "whole_cases_only": found.situation.whole_only,
        "tried": [{"choice": asdict(trial.choice), "loss": list(trial.loss)} for trial in found.tried],
    }


def _check_folder(out: Path, runs: int) -> None:
    """Refuse a folder whose logs would be mixed up with those of another forecast."""
    if out.exists() and not out.is_dir():
        raise StudyError(Fault("LW-ST-046", str(out), "a folder", "a file", "name another folder with --log-out"))
    numbers = [int(path.stem[4:]) for path in out.glob("run-*.csv") if re.fullmatch(r"run-\d+", path.stem)]
    if any(number >= runs for number in numbers):
        raise StudyError(
            Fault("LW-ST-046", str(out), f"a folder without logs of a forecast of more than {runs} runs",
                  f"run-{max(numbers)}.csv", "name another folder with --log-out, or remove the old logs")
        )  # fmt: skip


def _situation(period: Period, log: evidence.Log) -> discovery.Situation:
    """Return the period on the clock of the log."""
    said = {"--from": period.begins, "--arrivals-until": period.arrivals_until, "--until": period.until}
    faults: list[Fault] = []
    hours: list[float] = []
    for option, text in said.items():
        try:
            at = datetime.fromisoformat(text.strip())
        except ValueError:
            faults.append(
                Fault("LW-ST-045", option, "an ISO time such as 2025-03-31T08:00:00Z", repr(text),
                      "write year first; without an offset the time zone of the study counts")
            )  # fmt: skip
            continue
        at = at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo(log.timezone))
        hours.append(round((at.astimezone(UTC) - log.origin.astimezone(UTC)).total_seconds() * 1e6) / _US_PER_H)
    if not faults and not hours[0] <= hours[1] <= hours[2]:
        faults.append(
            Fault("LW-ST-045", "--from, --arrivals-until, --until", "three times in this order",
                  ", ".join(said.values()), "let the last arrival lie between the first one and the extraction")
        )  # fmt: skip
    if faults:
        raise StudyError(*faults)
    return discovery.Situation(
        cut_h=hours[0], arrivals_until_h=hours[1], until_h=hours[2], cases=period.cases,
        finished_only=period.keep == "finished",
    )  # fmt: skip


def _frame(log: evidence.Log, found: discovery.LogForecast, drawn: discovery.Drawn) -> pl.DataFrame:
    """One simulated log as a table: events in order of time, roles instead of people."""
    end = np.rint(drawn.end_h * _US_PER_H).astype(np.int64)
    start = np.rint(drawn.start_h * _US_PER_H).astype(np.int64) if log.starts_logged else end
    order = np.lexsort((drawn.case, start, end))
    origin = round(log.origin.timestamp() * 1e6)

    def labelled(names: tuple[str, ...], codes: NDArray[np.int64]) -> pl.Series:
        return pl.Series([*names, None], dtype=pl.String)[np.where(codes < 0, len(names), codes)]

    return pl.DataFrame(
        {
            "case": pl.Series(drawn.case[order] + 1).cast(pl.String),
            "activity": labelled(found.activities, drawn.activity[order]),
            "resource": labelled(found.role_names, found.role_of_row[drawn.row[order]]),
            "start": pl.Series(start[order] + origin).cast(pl.Datetime("us", "UTC")),
            "end": pl.Series(end[order] + origin).cast(pl.Datetime("us", "UTC")),
        }
    )


def _cautions(log: evidence.Log, situation: discovery.Situation, found: discovery.LogForecast) -> tuple[str, ...]:
    """What a reader of the logs should know."""
    said = []
    if found.situation.whole_only:
        said.append("the log holds only cases that were over when it was cut; long ones are missing near its end")
    if not found.tried and found.choice == discovery.Choice():
        said.append("the log is too short to try settings on earlier weeks; whole cases of the past are drawn again")
    if float(log.end_h.max()) >= situation.cut_h:
        said.append("the log holds events after --from; they were not looked at")
    written = min(int(np.unique(drawn.case).size) for drawn in found.runs)
    if written < situation.cases:
        said.append(f"only {written} of {situation.cases} cases fit the period and the rule --keep finished")
    return tuple(said)
