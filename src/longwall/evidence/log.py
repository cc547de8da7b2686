"""The log as arrays: what discovery, assessment and the queries work on."""

from __future__ import annotations

import functools
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from longwall.evidence.clock import local_week_hour, monday_before
from longwall.evidence.mapping import Mapping
from longwall.evidence.observed import Observed, observed_from
from longwall.evidence.store import Store

__all__ = ["CaseAttribute", "Log", "read_log"]

HOUR_US = 3_600_000_000


@dataclass(frozen=True)
class CaseAttribute:
    """An attribute of the items.

    Parameters
    ----------
    name : str
        As in the source.
    role : {"priority", "category", "due", "agreement", "status", "keep"}
        The field of the mapping it stems from.
    kind : {"label", "number", "time"}
    codes : ndarray of int32, shape (n_cases,)
        Index into `labels`, -1 where missing; empty for numbers and times.
    labels : tuple of str
        In order of first appearance.
    values : ndarray of float64, shape (n_cases,)
        Numbers, or hours since the log's origin; NaN where missing; empty for labels.
    """

    name: str
    role: str
    kind: Literal["label", "number", "time"]
    codes: NDArray[np.int32]
    labels: tuple[str, ...]
    values: NDArray[np.float64]


@dataclass(frozen=True)
class Log:
    """An event log, sorted by case, end, start and original row; cases in order of their first event.

    No name of a person is in it: resources are numbers without meaning, and their pseudonyms stay in the store.

    Parameters
    ----------
    case : ndarray of int32, shape (n_events,)
        Case of each event, 0 .. n_cases - 1.
    activity : ndarray of int32, shape (n_events,)
        Index into `activities`.
    resource : ndarray of int32, shape (n_events,)
        Who, 0 .. n_resources - 1, or -1 where missing.
    team : ndarray of int32, shape (n_events,)
        Index into `teams`, or -1 where missing.
    start_h, end_h : ndarray of float64, shape (n_events,)
        Hours since `origin`; equal where only one time was logged.
    row : ndarray of int64, shape (n_events,)
        Row of the source, from 1.
    offsets : ndarray of int64, shape (n_cases + 1,)
        Events of case ``c`` are ``offsets[c]:offsets[c + 1]``.
    case_labels : tuple of str
        Ids of the items as in the source.
    activities, teams : tuple of str
        Labels in order of first appearance.
    n_resources : int
    resource_team : ndarray of int32, shape (n_resources,)
        The team each resource was seen in most often, or -1.
    case_attributes : mapping of str to CaseAttribute
    origin : datetime.datetime
        Monday 00:00 on or before the first event, in the study's time zone; aware.
    timezone : str
        IANA name of that zone: the mapping's, else ``UTC``.
    starts_logged : bool
        Whether starts tell something that ends do not.
    capabilities : frozenset of str
        What the log can show; see `longwall.evidence.CAPABILITIES`.
    terminal : tuple of str
        Activities after which an item is finished, where the mapping says so.
    """

    case: NDArray[np.int32]
    activity: NDArray[np.int32]
    resource: NDArray[np.int32]
    team: NDArray[np.int32]
    start_h: NDArray[np.float64]
    end_h: NDArray[np.float64]
    row: NDArray[np.int64]
    offsets: NDArray[np.int64]
    case_labels: tuple[str, ...]
    activities: tuple[str, ...]
    teams: tuple[str, ...]
    n_resources: int
    resource_team: NDArray[np.int32]
    case_attributes: AnyMapping[str, CaseAttribute]
    origin: datetime
    timezone: str
    starts_logged: bool
    capabilities: frozenset[str]
    terminal: tuple[str, ...] = ()

    @property
    def n_events(self) -> int:
        """Number of events."""
        return len(self.case)

    @property
    def n_cases(self) -> int:
        """Number of cases."""
        return len(self.offsets) - 1

    @functools.cached_property
    def arrival_h(self) -> NDArray[np.float64]:
        """Start of each case's first work [h since origin], shape (n_cases,)."""
        return np.minimum.reduceat(self.start_h, self.offsets[:-1])

    @functools.cached_property
    def departure_h(self) -> NDArray[np.float64]:
        """End of each case's last event [h since origin], shape (n_cases,)."""
        return self.end_h[self.offsets[1:] - 1]

    def attribute(self, role: str) -> CaseAttribute | None:
        """Return the first attribute of a role, such as ``"priority"``, or None."""
        return next((item for item in self.case_attributes.values() if item.role == role), None)

    def local_week_hour(self, hours: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the hour of the week on local clocks, Monday 00:00 is 0, in [0, 168).

        Parameters
        ----------
        hours : ndarray of float64, any shape
            Hours since `origin`.
        """
        return local_week_hour(hours, self.origin, self.timezone)

    def moment(self, hours: float) -> datetime:
        """Return the UTC time of an hour since `origin`."""
        return self.origin.astimezone(UTC) + timedelta(hours=float(hours))


def read_log(store_path: Path) -> Log:
    """Return the log of an evidence store as arrays.

    Parameters
    ----------
    store_path : pathlib.Path
        ``evidence.duckdb`` of a study.

    Returns
    -------
    Log

    Raises
    ------
    StorageError, EvidenceError
        If the store is not there or cannot be read.
    """
    with Store(Path(store_path), read_only=True) as store:
        facts = observed_from(store)
        return _from_store(store, facts)


def _from_store(store: Store, facts: Observed) -> Log:
    """Fetch the tables and lay them out."""
    events = store.arrays(
        "SELECT case_code, activity, resource, team, start_us, end_us, row FROM events ORDER BY rowid"
    )
    mapping = Mapping.from_dict(facts.mapping)
    zone = mapping.timezone or "UTC"
    first_us = int(events["start_us"].min())
    origin = monday_before(first_us, zone)
    origin_us = round((origin - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
    case = events["case_code"].astype(np.int32)
    n_cases = int(case[-1]) + 1
    resources = store.row("SELECT count(*) FROM resources")[0]
    return Log(
        case=case,
        activity=events["activity"].astype(np.int32),
        resource=events["resource"].astype(np.int32),
        team=events["team"].astype(np.int32),
        start_h=(events["start_us"] - origin_us) / HOUR_US,
        end_h=(events["end_us"] - origin_us) / HOUR_US,
        row=events["row"].astype(np.int64),
        offsets=np.searchsorted(case, np.arange(n_cases + 1)).astype(np.int64),
        case_labels=tuple(label for (label,) in store.rows("SELECT label FROM cases ORDER BY case_code")),
        activities=tuple(label for (label,) in store.rows("SELECT label FROM activities ORDER BY code")),
        teams=tuple(label for (label,) in store.rows("SELECT label FROM teams ORDER BY code")),
        n_resources=int(resources),
        resource_team=store.arrays("SELECT team FROM resources ORDER BY code")["team"].astype(np.int32),
        case_attributes=_attributes(store, origin_us),
        origin=origin,
        timezone=zone,
        starts_logged=facts.starts_logged,
        capabilities=frozenset(facts.capabilities),
        terminal=mapping.terminal,
    )


def _attributes(store: Store, origin_us: int) -> dict[str, CaseAttribute]:
    """Fetch the attributes of the cases."""
    found: dict[str, CaseAttribute] = {}
    for number, name, role, kind in store.rows("SELECT number, name, role, kind FROM attributes ORDER BY number"):
        empty = -1 if kind == "label" else "'nan'::DOUBLE"
        values = store.arrays(f"SELECT coalesce(a{number}, {empty}) AS v FROM cases ORDER BY case_code")["v"]
        labels = tuple(
            label
            for (label,) in store.rows("SELECT label FROM attribute_labels WHERE number = ? ORDER BY code", [number])
        )
        if kind == "time":
            values = (values - origin_us) / HOUR_US
        is_label = kind == "label"
        found[name] = CaseAttribute(
            name, role, kind,
            values.astype(np.int32) if is_label else np.empty(0, dtype=np.int32),
            labels,
            np.empty(0) if is_label else values.astype(np.float64),
        )  # fmt: skip
    return found
