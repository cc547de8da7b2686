"""Indicators measured elsewhere, as series over time: from a long table, or from a metrics server."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.errors import EvidenceError, Fault
from longwall.evidence.forgotten import forgotten_of
from longwall.evidence.json_text import documents
from longwall.evidence.log import HOUR_US
from longwall.evidence.people_names import known_people, names_person, without_known
from longwall.evidence.privacy import load_key, pseudonym
from longwall.evidence.probe import Limits, probe
from longwall.evidence.prometheus import Patience, RangeQuery, Sample, query_range, samples_of
from longwall.evidence.signal_frame import framed
from longwall.evidence.signal_layout import IndicatorLayout
from longwall.evidence.signal_reading import EPOCH, Reading, read_document, read_table
from longwall.evidence.signal_store import SignalRecord, write_signal
from longwall.evidence.signal_table import Table
from longwall.evidence.store import Store
from longwall.evidence.tables import plain_name, role_names
from longwall.provenance import hash_of_value

__all__ = ["IndicatorSeries", "Indicators", "ingest_indicators", "ingest_query", "log_span", "read_indicators"]

Row = tuple[Any, ...]


@dataclass(frozen=True)
class IndicatorSeries:
    """What a series is: the indicator, the group it is about (empty: all), its unit (empty: not said)."""

    indicator: str
    group: str
    unit: str


@dataclass(frozen=True)
class Indicators:
    """Measured series, sorted by series and time, one value per series and time.

    Parameters
    ----------
    series : tuple of IndicatorSeries
        Sorted by indicator, group and unit.
    of : ndarray of int32, shape (n,)
        Index into `series`.
    time_h : ndarray of float64, shape (n,)
        Hours since `origin`.
    value : ndarray of float64, shape (n,)
        Finite.
    origin : datetime.datetime
        The log's origin where there is a log, else Monday 00:00 before the first value; aware.
    timezone : str
        IANA name.
    """

    series: tuple[IndicatorSeries, ...]
    of: NDArray[np.int32]
    time_h: NDArray[np.float64]
    value: NDArray[np.float64]
    origin: datetime
    timezone: str

    def values(self, number: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return times [h since origin] and values of one series, in order of time."""
        own = self.of == number
        return self.time_h[own], self.value[own]


def ingest_indicators(
    path: Path,
    store_path: Path,
    *,
    mapping: AnyMapping[str, Any] | None = None,
    key: bytes | None = None,
    max_rejects: float = 0.01,
    limits: Limits | None = None,
) -> SignalRecord:
    """Read indicators into an evidence store.

    Parameters
    ----------
    path : pathlib.Path
        A CSV or Parquet with a row per time, indicator and group; or the saved answer of a range query, as JSON.
    store_path : pathlib.Path
        Made where it is not there; left as it was where anything goes wrong.
    mapping : mapping or None
        Fields of `IndicatorLayout` for a table; what is not set is guessed.
    key : bytes or None
        For labels that name people; None takes the user's (`load_key`).
    max_rejects : float
        Share of bad rows from which the file is refused, in [0, 1].

    Returns
    -------
    SignalRecord

    Notes
    -----
    Values of single persons are left out with a caution, and never stored.

    Raises
    ------
    EvidenceError
        LW-EV-001 to LW-EV-023 as for logs; LW-EV-130 to LW-EV-133, LW-EV-147, LW-EV-149.
    StorageError
        The disk refuses.
    """
    path, store_path = Path(path), Path(store_path)
    key = key if key is not None else load_key()
    found = probe(path, limits)
    if found.kind.endswith("json"):
        samples = [one for document in documents(found) for one in samples_of(document, str(path))]
        rows = [(s.time_us, _name(s, ""), _group(s, key), "", s.value) for s in samples]
        read = read_document(found, IndicatorLayout, mapping, rows, len(rows))
    else:
        read = read_table(found, store_path, IndicatorLayout, mapping, max_rejects, _from_table)
    return _written(store_path, read, path.name, found.hash, key)


def ingest_query(
    query: RangeQuery,
    store_path: Path,
    *,
    indicator: str = "",
    unit: str = "",
    key: bytes | None = None,
    patience: Patience | None = None,
) -> SignalRecord:
    """Ask a metrics server for a range and write the answer into an evidence store, in place of its last one.

    Parameters
    ----------
    query : RangeQuery
    store_path : pathlib.Path
        Made where it is not there; left as it was where anything goes wrong.
    indicator, unit : str
        What the answer is called; empty: the metric's name, else the text of the query.
    key : bytes or None
        For labels that name people; None takes the user's (`load_key`).
    patience : Patience or None
        How long and how often to try.

    Returns
    -------
    SignalRecord

    Raises
    ------
    EvidenceError
        LW-EV-140 to LW-EV-149: the server cannot be reached, refuses, or answers with something else.
    StorageError
        The disk refuses.
    """
    key = key if key is not None else load_key()
    samples = query_range(query, patience)
    rows = [(s.time_us, indicator or _name(s, query.query), _group(s, key), unit, s.value) for s in samples]
    asked = query.as_dict()
    read = Reading(rows, len(rows), {**asked, "indicator": indicator, "unit": unit})
    answer = hash_of_value([list(row) for row in rows])
    return _written(Path(store_path), read, query.shown_address(), hash_of_value(asked), key, content=answer)


def log_span(store_path: Path) -> tuple[datetime, datetime] | None:
    """Return the first start and the last end of the log of a store, UTC; None where there is no log."""
    if not Path(store_path).is_file():
        return None
    with Store(Path(store_path), read_only=True) as store:
        if "events" not in store.tables():
            return None
        first, last = store.row("SELECT min(start_us), max(end_us) FROM events")
    return EPOCH + timedelta(microseconds=int(first)), EPOCH + timedelta(microseconds=int(last))


def read_indicators(store_path: Path) -> Indicators:
    """Return the indicators of an evidence store as arrays; of two values for one time the later source counts.

    Raises
    ------
    EvidenceError
        LW-EV-137: the store holds no indicators.
    StorageError
        If the store is not there or cannot be read.
    """
    with framed(store_path, "indicators") as frame:
        found = frame.store.rows(
            "SELECT indicator, grp, unit, time_us, arg_max(value, (source, rowid)) FROM indicators "
            "GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
        )
    series: dict[IndicatorSeries, int] = {}
    of = [series.setdefault(IndicatorSeries(*row[:3]), len(series)) for row in found]
    return Indicators(
        tuple(series),
        np.array(of, dtype=np.int32),
        np.array([(row[3] - frame.origin_us) / HOUR_US for row in found]),
        np.array([row[4] for row in found], dtype=np.float64),
        frame.origin,
        frame.timezone,
    )


def _from_table(table: Table, max_rejects: float) -> list[Row]:
    """Rows of a long table; those without a readable time or value are rejected."""
    cells = {role: table.text(role) for role in ("indicator", "group", "unit")}
    cells["grp"] = cells.pop("group")
    table.stage(cells | {"time_us": table.time("time"), "time_text": table.text("time"),
                         "value": table.number("value"), "value_text": table.text("value")})  # fmt: skip
    checks = [("time_text IS NULL", "time", "no time"), *table.bad_times("time"),
              ("indicator IS NULL", "indicator", "no value"), ("value_text IS NULL", "value", "no value"),
              ("value IS NULL", "value", "a number that cannot be read")]  # fmt: skip
    table.reject(checks, max_rejects)
    return table.store.rows(
        "SELECT time_us, indicator, coalesce(grp, ''), coalesce(unit, ''), value FROM good ORDER BY row"
    )


def _written(
    store_path: Path, read: Reading[list[Row]], name: str, source_id: str, key: bytes, *, content: str | None = None
) -> SignalRecord:
    """Write the rows with their record, names of people out of the labels."""
    if not read.rows:
        raise EvidenceError(
            Fault("LW-EV-147", name, "samples", "none", "look at the query and at the times it was asked for")
        )
    labels = sorted({str(label) for row in read.rows for label in row[1:4]})
    clean = without_known(labels, known_people(store_path), key, forgotten_of(store_path, key))
    rows = [(row[0], clean[row[1]], clean[row[2]], clean[row[3]], row[4]) for row in read.rows]
    rows = [row for row in rows if not names_person(row[1]) and not names_person(row[2])]
    if not rows:
        raise EvidenceError(
            Fault("LW-EV-149", name, "indicators of groups or of the whole", "values of single persons only",
                  "put people together in the source, such as `sum by (team) (...)`")
        )  # fmt: skip
    left = len(read.rows) - len(rows)
    more = [f"{left:,} values of single persons were left out."] if left else []
    times = [int(row[0]) for row in rows]
    record = read.record("indicators", name, source_id, len(rows), content=content, times=times, cautions=more)
    return write_signal(store_path, record, {"indicators": rows}, read.rejects)


def _name(sample: Sample, fallback: str) -> str:
    """The metric's name, else what the user or the query says."""
    return sample.labels.get("__name__") or fallback or "value"


def _group(sample: Sample, key: bytes) -> str:
    """The labels of a series in words; a label that names a person becomes the pseudonym."""
    personal = role_names()["person"].keys() | role_names()["resource"].keys()
    return ", ".join(
        f"{name}={pseudonym(key, value) if plain_name(name) in personal else value}"
        for name, value in sorted(sample.labels.items())
        if name != "__name__"
    )
