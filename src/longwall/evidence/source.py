"""A source in the staging store: its rows as they are, under neutral column names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from longwall.evidence.probe import Probe
from longwall.evidence.store import Store

__all__ = ["Column", "Kind", "Source", "filled"]

Kind = Literal["text", "time", "zoned", "number", "flag"]

_MISSING = ("", "?", "-", "null", "none", "nan", "nat", "n/a", "<null>", "(null)", "<na>", "\\n", "(empty)", "(blank)")


@dataclass(frozen=True)
class Column:
    """One column of a source.

    Parameters
    ----------
    name : str
        As in the header.
    sql : str
        Its neutral name in the staging table, so that a header can never become part of a statement.
    kind : {"text", "time", "zoned", "number", "flag"}
        How the source stores it: text, a time without or with an offset, a number, true or false.
    """

    name: str
    sql: str
    kind: Kind


@dataclass(frozen=True)
class Source:
    """The rows of a source, loaded into table ``raw`` of a staging store.

    Parameters
    ----------
    probe : Probe
    store : Store
        The staging store.
    columns : tuple of Column
    rows : int
        Rows in ``raw``.
    delimiter, encoding, decimal : str or None
        As judged, for delimited text.
    cautions : tuple of str
    object_types : tuple of str
        For OCEL: the types of object; empty otherwise.
    """

    probe: Probe
    store: Store
    columns: tuple[Column, ...]
    rows: int
    delimiter: str | None = None
    encoding: str | None = None
    cautions: tuple[str, ...] = ()
    object_types: tuple[str, ...] = ()
    object_type: str | None = None
    rejected: int = 0
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_name.update({column.name: column for column in self.columns})

    @property
    def path(self) -> Path:
        """The file."""
        return self.probe.path

    def column(self, name: str) -> Column:
        """Return a column by the name in the header."""
        return self._by_name[name]

    def has(self, name: str) -> bool:
        """Whether the header has a column of this name."""
        return name in self._by_name


def filled(column: Column, extra_missing: tuple[str, ...] = ()) -> str:
    """Return SQL for a column's trimmed text with runs of blanks made one, NULL where it stands for a missing value."""
    tokens = ", ".join("'" + token.replace("'", "''") + "'" for token in (*_MISSING, *map(str.casefold, extra_missing)))
    if column.kind == "number":
        whole = f"regexp_replace({column.sql}::VARCHAR, '\\.0$', '')"
        return f"CASE WHEN isnan({column.sql}::DOUBLE) THEN NULL ELSE {whole} END"
    if column.kind != "text":
        return f"{column.sql}::VARCHAR"
    odd = " OR ".join(
        f"contains({column.sql}, {blank})" for blank in ("'  '", "chr(9)", "chr(10)", "chr(13)", "chr(160)")
    )
    squeezed = f"trim(regexp_replace({column.sql}, '[\\s\\x{{A0}}]+', ' ', 'g'))"
    text = f"CASE WHEN {odd} THEN {squeezed} ELSE trim({column.sql}) END"
    return f"CASE WHEN lower(trim({column.sql})) IN ({tokens}) THEN NULL ELSE {text} END"
