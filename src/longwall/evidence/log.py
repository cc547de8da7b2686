"""The log as arrays: what discovery, assessment and the queries work on."""

from __future__ import annotations

import functools
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from longwall.evidence.clock import local_week_hour, monday_before
from longwall.evidence.mapping import Mapping
from longwall.evidence.observed import Observed, observed_from
from longwall.evidence.schema import open_store
from longwall.evidence.store import Store
from longwall.evidence.value_history import Changes, changes_in

if TYPE_CHECKING:
    from longwall.evidence.agreements import Agreement
    from longwall.evidence.business import Calendar

__all__ = ["CaseAttribute", "Log", "ValueHistory", "read_log"]

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
class ValueHistory:
    """The values that an attribute of the items took one after the other: the first, and each that differs.

    Parameters
    ----------
    name : str
        As in the source.
    role : str
        The field of the mapping it stems from, such as ``"priority"``.
    case : ndarray of int64, shape (n,)
        Sorted.
    at_h : ndarray of float64, shape (n,)
        Hours since the log's origin at which the value was first seen; sorted within each case.
    codes : ndarray of int32, shape (n,)
        Index into `labels`.
    labels : tuple of str
    """

    name: str
    role: str
    case: NDArray[np.int64]
    at_h: NDArray[np.float64]
    codes: NDArray[np.int32]
    labels: tuple[str, ...]


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
    agreements : tuple of Agreement
        Agreed times, as the study names them; see `longwall.evidence.agreement_clock`.
    calendars : tuple of Calendar
        Those that agreements refer to.
    histories : tuple of ValueHistory
        Of attributes whose changes are followed; empty where the source repeats no value.
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
    agreements: tuple[Agreement, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    histories: tuple[ValueHistory, ...] = ()

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
    with open_store(Path(store_path)) as store:
        return _from_store(store, observed_from(store))


def _from_store(store: Store, facts: Observed) -> Log:
    """Fetch the tables and lay them out; codes become positions in order of first appearance."""
    mapping = Mapping.from_dict(facts.mapping)
    zone = mapping.timezone or "UTC"
    events = store.fetch("events", "case_code", "start_us", "end_us", "row")
    origin = monday_before(int(events["start_us"].min()), zone)
    origin_us = round((origin - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
    offsets = _runs(events.pop("case_code"))
    cases = store.fetch("cases", "case_code", "label")
    coded = {column: _coded(store, column, table) for column, table in _DICTIONARIES.items()}
    labels = {table: store.fetch(table, "label")["label"].tolist() for table in ("activities", "teams")}
    teams_of = store.fetch("resources", "team")["team"].astype(np.int32, copy=False)
    return Log(
        case=np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets)),
        activity=coded["activity"],
        resource=coded["resource"],
        team=coded["team"],
        start_h=(events.pop("start_us") - origin_us) / HOUR_US,
        end_h=(events.pop("end_us") - origin_us) / HOUR_US,
        row=events.pop("row").astype(np.int64, copy=False),
        offsets=offsets,
        case_labels=tuple(cases["label"].tolist()),
        activities=tuple(labels["activities"]),
        teams=tuple(labels["teams"]),
        n_resources=len(teams_of),
        resource_team=_positions(teams_of, store.fetch("teams", "code")["code"]),
        case_attributes=_attributes(store, cases["case_code"], origin_us),
        origin=origin,
        timezone=zone,
        starts_logged=facts.starts_logged,
        capabilities=frozenset(facts.capabilities),
        terminal=mapping.terminal,
        histories=tuple(_history(one, origin_us) for one in changes_in(store)),
    )


def _history(found: Changes, origin_us: int) -> ValueHistory:
    """Lay out one history; labels in order of first appearance."""
    role, name, case, at_us, values = found
    labels = tuple(dict.fromkeys(values))
    number = {label: code for code, label in enumerate(labels)}
    codes = np.array([number[value] for value in values], dtype=np.int32)
    return ValueHistory(name, role, case, (at_us - origin_us) / HOUR_US, codes, labels)


_DICTIONARIES = {"activity": "activities", "resource": "resources", "team": "teams"}


def _runs(codes: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return where each run of equal codes begins, and the end."""
    return np.concatenate([[0], np.flatnonzero(codes[1:] != codes[:-1]) + 1, [len(codes)]]).astype(np.int64)


def _coded(store: Store, column: str, table: str) -> NDArray[np.int32]:
    """Fetch a column of codes as positions in its dictionary."""
    return _positions(store.fetch("events", column)[column], store.fetch(table, "code")["code"])


def _positions(codes: NDArray[np.int32], listed: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the position of each code in a list of codes, -1 for -1."""
    if np.array_equal(listed, np.arange(len(listed))):
        return codes.astype(np.int32, copy=False)
    position = np.full(int(listed.max()) + 2, -1, dtype=np.int32)
    position[listed] = np.arange(len(listed), dtype=np.int32)
    return position[codes]


def _attributes(store: Store, cases: NDArray[np.int32], origin_us: int) -> dict[str, CaseAttribute]:
    """Fetch the attributes of the cases; labels in order of first appearance."""
    found: dict[str, CaseAttribute] = {}
    at = np.empty(int(cases.max()) + 1, dtype=np.int64)
    at[cases] = np.arange(len(cases))
    for number, name, role, kind in store.rows("SELECT number, name, role, kind FROM attributes ORDER BY number"):
        seen = store.arrays(
            "SELECT case_code, code, coalesce(value, 'nan'::DOUBLE) AS value FROM case_values WHERE number = ?",
            [number],
        )
        codes, values = np.empty(0, dtype=np.int32), np.empty(0)
        labels: tuple[str, ...] = ()
        if kind == "label":
            codes = np.full(len(cases), -1, dtype=np.int32)
            codes[at[seen["case_code"]]] = seen["code"]
            codes, labels = _by_appearance(store, number, codes)
        else:
            values = np.full(len(cases), np.nan)
            values[at[seen["case_code"]]] = seen["value"]
            values = (values - origin_us) / HOUR_US if kind == "time" else values
        found[name] = CaseAttribute(name, role, kind, codes, labels, values)
    return found


def _by_appearance(store: Store, number: int, codes: NDArray[np.int32]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Number the labels of an attribute in the order in which the cases show them."""
    label_of = dict(store.rows("SELECT code, label FROM attribute_labels WHERE number = ?", [number]))
    used, first = np.unique(codes[codes >= 0], return_index=True)
    listed = used[np.argsort(first)]
    return _positions(codes, listed) if listed.size else codes, tuple(label_of[int(code)] for code in listed)
