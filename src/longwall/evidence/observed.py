"""What was observed, in plain data: the record that every face shows after an ingest."""

from __future__ import annotations

import json
from collections.abc import Mapping as AnyMapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from longwall.evidence.schema import open_store, version_of
from longwall.evidence.store import Store

__all__ = [
    "CAPABILITIES",
    "Fact",
    "FileSeen",
    "Gap",
    "Observed",
    "QualityFinding",
    "files_of",
    "observed",
    "observed_from",
    "store_observed",
]

CAPABILITIES: AnyMapping[str, str] = {
    "order": "the order of steps",
    "handover": "who or which team handed over to whom",
    "rework": "repeated steps",
    "start_times": "when work on a step began",
    "work_time": "time worked apart from time waited",
    "teams": "teams",
    "resources": "who did a step",
    "reopen": "reopened items",
    "priority": "priorities",
    "class": "classes of items",
    "agreement": "whether agreements were met",
    "hold": "time on hold",
}


@dataclass(frozen=True)
class QualityFinding:
    """One property of the data that a reader should know.

    Parameters
    ----------
    key : str
        Such as ``"duplicates"``.
    text : str
        A plain sentence.
    count : int
        How many rows, events or cases.
    share : float
        Of all of them, in [0, 1].
    serious : bool
        Whether results should be read with care because of it.
    harms : str
        What it harms.
    do : str
        What to do about it.
    rows : tuple of str
        Example rows, ``row`` or ``file:row``; never a value.
    """

    key: str
    text: str
    count: int
    share: float
    serious: bool = False
    harms: str = ""
    do: str = ""
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """One counted fact about items.

    Parameters
    ----------
    key : str
    text : str
        A plain sentence with its figures.
    value : float
        The figure the sentence turns on.
    footing : str
        ``counted``.
    """

    key: str
    text: str
    value: float
    footing: str = "counted"


@dataclass(frozen=True)
class Gap:
    """Something the source cannot show, and the export that would.

    Parameters
    ----------
    capability : str
        A key of `CAPABILITIES`.
    text : str
        What cannot be shown.
    ask_for : str
        The export or column to ask for.
    """

    capability: str
    text: str
    ask_for: str


@dataclass(frozen=True)
class FileSeen:
    """One file of a log.

    Parameters
    ----------
    name : str
        Without its folder, names of people replaced.
    hash : str
        BLAKE2b of its bytes, 32 hex digits.
    kind : str
        ``log``, or what else the file is evidence of.
    rows, rejected : int
    accepted : int
        Events that no earlier file held.
    mapping : str
        Hash of the mapping it was read with.
    """

    name: str
    hash: str
    kind: str
    rows: int
    accepted: int
    rejected: int
    mapping: str = ""


@dataclass(frozen=True)
class Observed:
    """The record of an ingest.

    Parameters
    ----------
    source : str
        Name of the file, without its folder; of the last one where there are several.
    source_hash : str
        BLAKE2b of its bytes; of all hashes where there are several files.
    mapping : mapping
        As plain data, for ``study.yaml``.
    reasons, alternatives : mapping
        Why each column was chosen, and what else would do.
    rows, events, cases, activities, teams, resources : int
    first, last : str
        ISO time in UTC of the first start and the last end.
    rejected_rows : int
    rejects : mapping of str to int
        Reason, with the column, to the number of rows.
    quality : tuple of QualityFinding
    starts_logged : bool
    capabilities : tuple of str
        Keys of `CAPABILITIES` that the log can show, sorted.
    cannot_show : tuple of Gap
    facts : tuple of Fact
        Three, counted.
    cautions : tuple of str
        Numeric and other doubts that every face shows.
    schema : int
        Version of the store.
    files : tuple of FileSeen
        All files of the log, in the order in which they were added.
    """

    source: str
    source_hash: str
    mapping: AnyMapping[str, Any]
    reasons: AnyMapping[str, str]
    alternatives: AnyMapping[str, tuple[str, ...]]
    rows: int
    events: int
    cases: int
    activities: int
    teams: int
    resources: int
    first: str
    last: str
    rejected_rows: int
    rejects: AnyMapping[str, int]
    quality: tuple[QualityFinding, ...]
    starts_logged: bool
    capabilities: tuple[str, ...]
    cannot_show: tuple[Gap, ...]
    facts: tuple[Fact, ...]
    cautions: tuple[str, ...] = field(default=())
    schema: int = 1
    files: tuple[FileSeen, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain

    @classmethod
    def from_dict(cls, plain: AnyMapping[str, Any]) -> Observed:
        """Return the record that `as_dict` wrote."""
        values = dict(plain)
        values["quality"] = tuple(
            QualityFinding(**{**item, "rows": tuple(item.get("rows", ()))}) for item in values["quality"]
        )
        values["facts"] = tuple(Fact(**item) for item in values["facts"])
        values["cannot_show"] = tuple(Gap(**item) for item in values["cannot_show"])
        values["files"] = tuple(FileSeen(**item) for item in values.get("files", ()))
        values["alternatives"] = {name: tuple(found) for name, found in values["alternatives"].items()}
        for name in ("capabilities", "cautions"):
            values[name] = tuple(values[name])
        return cls(**values)


def observed(store_path: Path) -> Observed:
    """Return the record of what a store holds.

    Raises
    ------
    StorageError, EvidenceError
        If the store is not there or cannot be read.
    """
    with open_store(Path(store_path)) as store:
        return observed_from(store)


def observed_from(store: Store) -> Observed:
    """Return the record from an open store."""
    version_of(store)
    (text,) = store.row("SELECT value FROM meta WHERE name = 'observed'")
    return Observed.from_dict(json.loads(text))


def files_of(store: Store) -> tuple[FileSeen, ...]:
    """Return the files that an open store holds, in the order in which they were added."""
    columns = ("name", "hash", "kind", "rows", "accepted", "rejected", "mapping")
    return tuple(FileSeen(*row) for row in store.rows(f"SELECT {', '.join(columns)} FROM sources ORDER BY number"))


def store_observed(store: Store, record: Observed) -> None:
    """Write the record into an open store."""
    store.run("DELETE FROM meta WHERE name = 'observed'")
    store.run(
        "INSERT INTO meta VALUES ('observed', ?)", [json.dumps(record.as_dict(), sort_keys=True, ensure_ascii=False)]
    )
