"""Alerts and indicators on one clock with the log: hours since the log's origin, in the log's time zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from longwall.errors import EvidenceError, Fault
from longwall.evidence.clock import monday_before
from longwall.evidence.mapping import Mapping
from longwall.evidence.observed import observed_from
from longwall.evidence.signal_reading import EPOCH
from longwall.evidence.signal_store import reading
from longwall.evidence.store import Store

__all__ = ["Frame", "framed"]

_NEEDED = {
    "alerts": ("fired_us", "LW-EV-135", "alerts.json"),
    "indicators": ("time_us", "LW-EV-137", "indicators.csv"),
}
"""Table to its time, the error where it holds nothing, and a file that would fill it."""


@dataclass(frozen=True)
class Frame:
    """A store with signals, open, and where its hours begin.

    Parameters
    ----------
    store : Store
    origin : datetime.datetime
        The log's origin where there is a log, else Monday 00:00 before the first signal; aware.
    origin_us : int
        The same in microseconds since 1970 UTC.
    timezone : str
        IANA name.
    """

    store: Store
    origin: datetime
    origin_us: int
    timezone: str


@contextmanager
def framed(store_path: Path, table: str) -> Iterator[Frame]:
    """Yield the frame of a store for reading one kind of signal.

    Parameters
    ----------
    store_path : pathlib.Path
    table : {"alerts", "indicators"}

    Raises
    ------
    EvidenceError
        LW-EV-135, LW-EV-137: the store holds no alerts, or no indicators.
    StorageError
        If the store is not there or cannot be read.
    """
    time, code, file = _NEEDED[table]
    with reading(store_path) as store:
        (first_us,) = store.row(f"SELECT min({time}) FROM {table}") if table in store.tables() else (None,)
        if first_us is None:
            raise EvidenceError(
                Fault(code, str(store_path), f"{table} in the store", "none",
                      f"bring some: `longwall ingest STUDY {file}`")
            )  # fmt: skip
        zone = "UTC"
        if {"events", "meta"} <= set(store.tables()):
            zone = Mapping.from_dict(observed_from(store).mapping).timezone or "UTC"
            (first_us,) = store.row("SELECT min(start_us) FROM events")
        origin = monday_before(int(first_us), zone)
        yield Frame(store, origin, (origin - EPOCH) // timedelta(microseconds=1), zone)
