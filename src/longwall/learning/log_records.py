"""Forecasts of logs as promised: the situation, the simulated logs and the control, kept until they come due."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from pydantic import ValidationError

from longwall.discovery import Trace
from longwall.errors import Fault, LearningError
from longwall.provenance import hash_of_value, replacing, write_json
from longwall.worksystem import Id, Piece

__all__ = ["LogRecord", "log_records", "logs_of", "record_logs"]

_MOST_EVENTS = 2_000_000
_US_PER_H = 3.6e9


class LogRecord(Piece):
    """A forecast of a log as it was promised; times are ISO in UTC.

    Parameters
    ----------
    begins, arrivals_until, until : str
        First and last possible arrival, and when the future log is extracted: from then on the forecast is due.
    cases, runs, seed : int
    keep : str
        ``all`` or ``finished``.
    setting : str
        How it was made, in words.
    evidence : str
        Stamp of the evidence that it rests on.
    kept_runs : int
        Simulated logs that were kept; fewer than `runs` where they would fill the disk.
    activities : tuple of str
        Names of the codes in the kept logs.
    """

    id: Id
    begins: str
    arrivals_until: str
    until: str
    cases: int
    keep: str
    runs: int
    seed: int
    setting: str
    evidence: str
    kept_runs: int
    activities: tuple[str, ...]


def record_logs(
    promised: LogRecord, runs: Sequence[Trace], control: Sequence[Trace], origin_us: int, folder: Path
) -> LogRecord:
    """Keep a forecast and return it with its id; the same forecast gives the same files.

    Parameters
    ----------
    promised : LogRecord
        Its `id` and `kept_runs` are set here.
    runs, control : sequence of Trace
        As many of the one as of the other; hours since `origin_us`.
    origin_us : int
        Microseconds since 1970.
    folder : Path

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    size = max(1, max(trace.case.size for trace in (*runs, *control)))
    kept = max(1, min(len(runs), _MOST_EVENTS // (2 * size)))
    plain = promised.model_dump(mode="json") | {"id": "", "kept_runs": kept}
    promised = promised.model_copy(update={"id": f"log-{hash_of_value(plain)[:12]}", "kept_runs": kept})
    frames = [
        pl.DataFrame(
            {
                "control": np.full(trace.case.size, of_control),
                "run": np.full(trace.case.size, number, dtype=np.int32),
                "case": trace.case.astype(np.int32),
                "activity": trace.activity.astype(np.int32),
                "start": np.rint(trace.start_h * _US_PER_H).astype(np.int64) + origin_us,
                "end": np.rint(trace.end_h * _US_PER_H).astype(np.int64) + origin_us,
            }
        )
        for of_control, traces in ((False, runs[:kept]), (True, control[:kept]))
        for number, trace in enumerate(traces)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / f"{promised.id}.parquet") as part:
        pl.concat(frames).write_parquet(part)
    write_json(folder / f"{promised.id}.json", promised.model_dump(mode="json"))
    return promised


def log_records(folder: Path) -> tuple[LogRecord, ...]:
    """Return all forecasts of logs of a folder, the first due first.

    Raises
    ------
    LearningError
        LW-LE-001 where a file is not a record, or its logs are not there; every one of them in one pass.
    """
    found: list[LogRecord] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(LogRecord.model_validate_json(path.read_text(encoding="utf-8")))
            if not path.with_suffix(".parquet").is_file():
                raise ValueError("no simulated logs beside it")
        except (ValidationError, ValueError) as error:
            words = str(error).splitlines()[0]
            faults.append(
                Fault("LW-LE-001", str(path), "a record as Longwall wrote it", words, "restore it, or remove it")
            )
    if faults:
        raise LearningError(*faults)
    return tuple(sorted(found, key=lambda one: (one.until, one.id)))


def logs_of(promised: LogRecord, folder: Path, origin_us: int) -> tuple[tuple[Trace, ...], tuple[Trace, ...]]:
    """Return the kept logs of a forecast and of its control, in hours since `origin_us`.

    Raises
    ------
    LearningError
        LW-LE-001 where the file of the logs is damaged.
    """
    path = folder / f"{promised.id}.parquet"
    try:
        frame = pl.read_parquet(path)
        parts = [
            tuple(_trace(frame.filter((pl.col("control") == of_control) & (pl.col("run") == number)), origin_us)
                  for number in range(promised.kept_runs))
            for of_control in (False, True)
        ]  # fmt: skip
    except (pl.exceptions.PolarsError, OSError) as error:
        words = str(error).splitlines()[0]
        raise LearningError(
            Fault("LW-LE-001", str(path), "simulated logs as Longwall wrote them", words, "restore it, or remove it")
        ) from error
    return parts[0], parts[1]


def _trace(frame: pl.DataFrame, origin_us: int) -> Trace:
    """One log out of the file."""
    start_h, end_h = ((frame[name].to_numpy() - origin_us) / _US_PER_H for name in ("start", "end"))
    return Trace(
        frame["case"].to_numpy().astype(np.int64), frame["activity"].to_numpy().astype(np.int64), start_h, end_h
    )
