"""Write a log as CSV, Parquet, XES or OCEL 2.0, so that `ingest` reads back what was written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from longwall.errors import EvidenceError, Fault
from longwall.evidence.export_ocel import write_ocel
from longwall.evidence.export_xes import write_xes
from longwall.evidence.log import Log
from longwall.evidence.objects import Links
from longwall.evidence.shareable import shareable
from longwall.provenance import replacing

__all__ = ["COLUMNS", "as_frame", "write_log"]

COLUMNS = ("case", "activity", "resource", "team", "start", "end")
_FORMULA = r"^\s*[=+\-@\t\r]"
_ENDINGS = (".csv", ".csv.gz", ".parquet", ".xes", ".xes.gz", ".json", ".jsonocel", ".xml", ".xmlocel")


def as_frame(log: Log) -> pl.DataFrame:
    """Return a log as a frame: one row per event, times in UTC, no performer.

    Performers are left out on purpose (the column is empty): person-level data stays in the store. Teams and working
    times of fewer than five people are joined or left out, as `longwall.evidence.shareable` says.

    Parameters
    ----------
    log : Log

    Returns
    -------
    polars.DataFrame
        Columns `COLUMNS`, then the attributes of the item.
    """
    log = shareable(log)

    def labelled(codes: np.ndarray, labels: tuple[str, ...]) -> pl.Series:
        return pl.Series([None if code < 0 else labels[code] for code in codes.tolist()], dtype=pl.String)

    def times(hours: np.ndarray) -> pl.Series:
        origin_us = round(log.origin.timestamp() * 1e6)
        return pl.Series(np.rint(hours * 3.6e9).astype(np.int64) + origin_us).cast(pl.Datetime("us", "UTC"))

    table: dict[str, pl.Series] = {
        "case": labelled(log.case, log.case_labels),
        "activity": labelled(log.activity, log.activities),
        "resource": pl.Series([None] * log.n_events, dtype=pl.String),
        "team": labelled(log.team, log.teams),
        "start": times(log.start_h),
        "end": times(log.end_h),
    }
    for name, item in log.case_attributes.items():
        column = name if name not in table else f"{name} (attribute)"
        if item.kind == "label":
            table[column] = labelled(item.codes[log.case], item.labels)
        else:
            values = item.values[log.case]
            if item.kind == "time":
                known = ~np.isnan(values)
                table[column] = pl.select(
                    pl.when(pl.Series(known)).then(times(np.where(known, values, 0.0)))
                ).to_series()
            else:
                table[column] = pl.Series(values).fill_nan(None)
    return pl.DataFrame(table)


def write_log(
    log: Log | pl.DataFrame, path: Path, *, columns: Sequence[str] | None = None, links: Links | None = None
) -> None:
    """Write a log whole or not at all; the ending of the path chooses the format.

    Parameters
    ----------
    log : Log or polars.DataFrame
        A frame has the columns `COLUMNS` (resource and team may be missing) and may have attributes after them; naive
        times are UTC.
    path : pathlib.Path
        Ends in ``.csv``, ``.csv.gz``, ``.parquet``, ``.xes``, ``.xes.gz``; or, for OCEL 2.0, in ``.json``,
        ``.jsonocel``, ``.xml`` or ``.xmlocel``.
    columns : sequence of str, optional
        Write these columns only, in this order; for CSV and Parquet.
    links : Links, optional
        The objects beside the items, for OCEL.

    Raises
    ------
    EvidenceError
        LW-EV-033 another ending; LW-EV-034 a frame without the needed columns.
    StorageError
        The disk refuses.

    Notes
    -----
    In CSV a text or a name of a column that a spreadsheet would run as a formula gets an apostrophe in front;
    reading takes it away again.
    """
    path = Path(path)
    name = path.name.lower()
    if not name.endswith(_ENDINGS):
        raise EvidenceError(
            Fault("LW-EV-033", str(path), f"a path that ends in {', '.join(_ENDINGS[:-1])} or {_ENDINGS[-1]}",
                  path.suffix or "no ending", "give the path one of these endings")
        )  # fmt: skip
    frame = _checked(as_frame(log) if isinstance(log, Log) else log)
    if columns is not None and name.endswith((".csv", ".csv.gz", ".parquet")):
        frame = frame.select(list(columns))
    with replacing(path) as part:
        if name.endswith(".parquet"):
            frame.write_parquet(part)
            return
        if name.endswith((".xes", ".xes.gz")):
            write_xes(frame, part, compressed=name.endswith(".gz"))
            return
        if not name.endswith((".csv", ".csv.gz")):
            write_ocel(frame, part, links, xml=name.endswith((".xml", ".xmlocel")))
            return
        text = _for_csv(frame)
        if name.endswith(".gz"):
            import gzip

            with part.open("wb") as raw, gzip.GzipFile("", fileobj=raw, mode="wb", mtime=0) as out:
                out.write(text.write_csv().encode())
        else:
            text.write_csv(part)


def _checked(frame: pl.DataFrame) -> pl.DataFrame:
    """Put the columns in order; times with their zone."""
    lacking = [name for name in ("case", "activity", "start", "end") if name not in frame.columns]
    if lacking:
        raise EvidenceError(
            Fault("LW-EV-034", "the log to write", f"columns {', '.join(COLUMNS)}", f"no {', '.join(lacking)}",
                  "rename the columns of the frame")
        )  # fmt: skip
    for name in ("resource", "team"):
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(name))
    zoned = [
        pl.col(name).cast(pl.Datetime("us", "UTC")) if getattr(frame.schema[name], "time_zone", None)
        else pl.col(name).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
        for name in ("start", "end")
    ]  # fmt: skip
    rest = [name for name in frame.columns if name not in COLUMNS]
    return frame.with_columns(zoned).select([*COLUMNS, *rest])


def _for_csv(frame: pl.DataFrame) -> pl.DataFrame:
    """Times as ISO text, formulas made harmless."""
    columns: list[pl.Expr] = []
    for name, kind in frame.schema.items():
        if isinstance(kind, pl.Datetime):
            columns.append(pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"))
        elif kind == pl.String:
            harmless = pl.when(pl.col(name).str.contains(_FORMULA)).then(pl.concat_str(pl.lit("'"), pl.col(name)))
            columns.append(harmless.otherwise(pl.col(name)).alias(name))
        else:
            columns.append(pl.col(name))
    shown = frame.select(columns)
    return shown.rename({name: f"'{name}" for name in shown.columns if re.match(_FORMULA, name)})
