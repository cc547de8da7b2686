"""What a file beside the log says, on its way into the store: rows, what was rejected, and how it was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

from longwall.evidence.probe import Probe
from longwall.evidence.signal_layout import Layout
from longwall.evidence.signal_store import SignalRecord, version_of
from longwall.evidence.signal_table import Table, opened

__all__ = ["EPOCH", "Reading", "read_document", "read_table"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Rows = TypeVar("Rows")


@dataclass(frozen=True)
class Reading(Generic[Rows]):
    """A source as it was read, before names of people are taken out.

    Parameters
    ----------
    rows : Rows
        As the reader of its kind makes them.
    total : int
        Rows, alerts, entities or samples in the source, bad ones too.
    layout : mapping
        Role to column, complete.
    rejects : sequence of (row, column, reason)
    cautions : tuple of str
    """

    rows: Rows
    total: int
    layout: AnyMapping[str, Any]
    rejects: Sequence[tuple[int, str, str]] = ()
    cautions: tuple[str, ...] = ()

    def record(
        self, kind: str, name: str, source_id: str, kept: int, *, content: str | None = None,
        times: Sequence[int] = (), cautions: Sequence[str] = (),
    ) -> SignalRecord:  # fmt: skip
        """Return the record of the source.

        Parameters
        ----------
        kind : {"alerts", "organisation", "indicators", "survey"}
        name, source_id : str
            As in `SignalRecord`; the name holds no name of a person.
        kept : int
        content : str or None
            Hash of what the source answered; None where its identity is that of its bytes.
        times : sequence of int
            Microseconds since 1970 UTC of what is kept.
        cautions : sequence of str
            Found after the reading.
        """
        reasons = Counter(f"{why} in '{column}'" if column else why for _, column, why in self.rejects)
        first, last = (_iso(min(times)), _iso(max(times))) if times else ("", "")
        return SignalRecord(
            kind=kind, source=name, source_id=source_id, version=version_of(content or source_id, self.layout),
            rows=self.total, kept=kept, rejects=dict(reasons), first=first, last=last, mapping=dict(self.layout),
            cautions=(*self.cautions, *cautions),
        )  # fmt: skip


def read_table(
    found: Probe, beside: Path, of: type[Layout], told: AnyMapping[str, Any] | None, max_rejects: float,
    rows_of: Callable[[Table, float], Rows],
) -> Reading[Rows]:  # fmt: skip
    """Return what a probed table says.

    Parameters
    ----------
    found : Probe
    beside : pathlib.Path
        The store beside which it is staged.
    of : type of Layout
    told : mapping or None
        Fields of the layout that are set.
    max_rejects : float
        Share of bad rows from which the file is refused, in [0, 1].
    rows_of : callable
        Rejects bad rows of the table and returns the others.

    Raises
    ------
    EvidenceError
        As `longwall.evidence.signal_table.opened`, and what `rows_of` refuses.
    """
    with opened(found, beside, of, told or {}, max_rejects) as table:
        rows = rows_of(table, max_rejects)
        total = table.source.rows + table.source.rejected
        return Reading(rows, total, table.layout.as_dict(), table.rejects(), table.cautions)


def read_document(
    found: Probe, of: type[Layout], told: AnyMapping[str, Any] | None, rows: Rows, total: int,
    rejects: Sequence[tuple[int, str, str]] = (),
) -> Reading[Rows]:  # fmt: skip
    """Return what a probed document of JSON says; that it is no object-centric log is no doubt here."""
    cautions = tuple(text for text in found.cautions if "ocel" not in text)
    return Reading(rows, total, of.told(told or {}).as_dict(), rejects, cautions)


def _iso(us: int) -> str:
    """Microseconds since 1970 as ISO time in UTC."""
    return (EPOCH + timedelta(microseconds=us)).isoformat(timespec="seconds")
