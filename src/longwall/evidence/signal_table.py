"""A table of alerts, people or indicators in a staging store: columns mapped, times judged, bad rows rejected."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from longwall.errors import EvidenceError, Fault, suggestion
from longwall.evidence.dates import LATEST_YEAR, OLDEST_YEAR, DateOrder, judge_order, time_us
from longwall.evidence.probe import Probe, probe
from longwall.evidence.readers import load
from longwall.evidence.recognise import is_catalog
from longwall.evidence.shapes import row_number
from longwall.evidence.signal_layout import (
    AlertLayout,
    IndicatorLayout,
    Layout,
    StaffLayout,
    SurveyLayout,
    signal_columns,
)
from longwall.evidence.source import Column, Source, filled
from longwall.evidence.store import Store, literal, staging_folder
from longwall.evidence.tables import plain_name

__all__ = ["Table", "guess_layout", "opened"]

AnyLayout = TypeVar("AnyLayout", bound=Layout)


class Table:
    """A delimited or Parquet file in a staging store, its columns mapped, its times judged.

    Attributes
    ----------
    store : Store
    source : Source
    layout : Layout
        Complete.
    cautions : tuple of str
    """

    def __init__(self, source: Source, layout: Layout, order: DateOrder) -> None:
        self.store, self.source, self.layout, self.order = source.store, source, layout, order
        self.cautions = (*source.cautions, *order.cautions)

    def text(self, role: str) -> str:
        """Return SQL of a role's text, NULL where it is missing or not mapped."""
        name = getattr(self.layout, role)
        return f"({filled(self.source.column(name), self.layout.missing)})" if name else "NULL::VARCHAR"

    def texts(self, role: str) -> list[str]:
        """Return SQL of the texts of a role that several columns may play."""
        return [f"({filled(self.source.column(name), self.layout.missing)})" for name in getattr(self.layout, role)]

    def number(self, role: str) -> str:
        """Return SQL of a role's number, NULL where it is none; infinities are none."""
        text = self.text(role)
        if self.layout.decimal == ",":
            text = f"replace(replace({text}, '.', ''), ',', '.')"
        value = f"try_cast({text} AS DOUBLE)"
        return f"CASE WHEN isfinite({value}) THEN {value} END"

    def time(self, role: str) -> str:
        """Return SQL of a role's time [microseconds since 1970 UTC], NULL where it is none."""
        name = getattr(self.layout, role)
        return f"({time_us(self.source.column(name), self.order)})" if name else "NULL::BIGINT"

    def stage(self, cells: AnyMapping[str, str]) -> None:
        """Make table ``base``: the number of the row in the file, and the given cells."""
        listed = ", ".join(f"{sql} AS {name}" for name, sql in cells.items())
        self.store.run(f"SET TimeZone = {literal(self.layout.timezone or 'UTC')}")
        self.store.run(f"CREATE OR REPLACE TABLE base AS SELECT {row_number(self.source)} AS row, {listed} FROM raw")
        self.store.run("SET TimeZone = 'UTC'")

    def bad_times(self, role: str) -> list[tuple[str, str, str]]:
        """Return what is wrong with a time in ``base``: SQL, role, reason; the cells are ``ROLE_us``, ``ROLE_text``."""
        early, late = (f"epoch_us(TIMESTAMPTZ '{year}-01-01 00:00:00+00')" for year in (OLDEST_YEAR, LATEST_YEAR))
        return [
            (f"{role}_text IS NOT NULL AND {role}_us IS NULL", role, "a time that cannot be read"),
            (f"{role}_us NOT BETWEEN {early} AND {late}", role, f"a year outside {OLDEST_YEAR} to {LATEST_YEAR}"),
        ]

    def reject(self, checks: list[tuple[str, str, str]], max_rejects: float) -> None:
        """Move the rows that cannot be used into ``reject``; the others stay in ``good``.

        Raises
        ------
        EvidenceError
            LW-EV-022: too many bad rows; LW-EV-023: none is left.
        """
        names = {role: str(getattr(self.layout, role) or role) for _, role, _ in checks}
        column = " ".join(f"WHEN {test} THEN {literal(names[role])}" for test, role, _ in checks)
        reason = " ".join(f"WHEN {test} THEN {literal(why)}" for test, _, why in checks)
        self.store.run(
            f"INSERT INTO reject SELECT row, column_name, reason FROM (SELECT row, CASE {column} END AS column_name, "
            f"CASE {reason} END AS reason FROM base) WHERE reason IS NOT NULL ORDER BY row"
        )
        self.store.run("CREATE OR REPLACE TABLE good AS SELECT * FROM base ANTI JOIN reject ON base.row = "
                       "reject.row_number ORDER BY row")  # fmt: skip
        bad, rows, left = len(self.rejects()), self.source.rows + self.source.rejected, self.store.row(
            "SELECT count(*) FROM good")[0]  # fmt: skip
        reasons = self.store.rows("SELECT reason, column_name, count(*) FROM reject GROUP BY ALL ORDER BY 3 DESC, 1, 2")
        listed = "; ".join(f"{n:,} × {why}" + (f" in '{name}'" if name else "") for why, name, n in reasons) or "none"
        if bad > max_rejects * rows:
            raise EvidenceError(
                Fault("LW-EV-022", str(self.source.path), f"at most {max_rejects:.1%} bad rows",
                      f"{bad:,} of {rows:,} ({listed})",
                      "correct the mapping in study.yaml or the export, or allow more with --max-rejects")
            )  # fmt: skip
        if not left:
            raise EvidenceError(
                Fault("LW-EV-023", str(self.source.path), "rows that can be used", f"none (rejected rows: {listed})",
                      "look at the mapping in study.yaml")
            )  # fmt: skip

    def rejects(self) -> list[tuple[int, str, str]]:
        """Return row, column and reason of each rejected row."""
        return [(int(row), str(name or ""), str(why)) for row, name, why in
                self.store.rows("SELECT * FROM reject ORDER BY row_number, column_name")]  # fmt: skip


@contextmanager
def opened(
    found: Probe, beside: Path, of: type[AnyLayout], told: AnyMapping[str, Any], max_rejects: float
) -> Iterator[Table]:
    """Load a probed table into a private staging store that is gone afterwards, and map its columns.

    Raises
    ------
    EvidenceError
        LW-EV-130 to LW-EV-132: the mapping does not fit; LW-EV-010 to LW-EV-021 as for logs.
    """
    wanted = of.told(told)
    with (
        staging_folder(beside) as folder,
        Store(folder / "staging.duckdb", spill=folder / "spill", about=found.path, in_memory=True) as staging,
    ):
        source = load(found, staging, delimiter=wanted.delimiter, encoding=wanted.encoding)
        layout = _complete(wanted, source)
        columns = [source.column(name) for role in of.times if (name := getattr(layout, role))]
        order = judge_order(source, columns, layout.day_first, max_rejects)
        layout = layout.model_copy(update={"day_first": order.day_first})
        yield Table(source, layout, order)


def guess_layout(path: Path, kind: str) -> dict[str, Any]:
    """Return which column of a table plays which role, as plain data; nothing for JSON and for a catalog.

    Parameters
    ----------
    path : pathlib.Path
    kind : {"alerts", "organisation", "indicators", "survey"}

    Raises
    ------
    EvidenceError
        If the file cannot be read, or lacks a needed column.
    """
    found = probe(Path(path))
    if found.kind not in ("delimited", "parquet") or is_catalog(path):
        return {}
    of = {layout.kind: layout for layout in (AlertLayout, StaffLayout, IndicatorLayout, SurveyLayout)}[kind]
    with tempfile.TemporaryDirectory() as folder, opened(found, Path(folder) / "guess", of, {}, 1.0) as table:
        return table.layout.as_dict()


def _complete(told: AnyLayout, source: Source) -> AnyLayout:
    """Fill the roles that nobody set, each by the surest name that is free."""
    free: dict[str, Column] = {}
    for column in source.columns:
        free.setdefault(plain_name(column.name), column)
    named = _named(told)
    wrong = [(role, name) for role, name in named if not source.has(name)]
    if wrong:
        header = ", ".join(column.name for column in source.columns)
        raise EvidenceError(
            *(Fault("LW-EV-132", f"study.yaml: mapping.{role}", f"a column of {source.path.name}: {header[:300]}",
                    f"'{name}'", f"use '{near}'" if (near := suggestion(name, [c.name for c in source.columns]))
                    else "name a column of the file") for role, name in wrong)
        )  # fmt: skip
    for _, name in named:
        free.pop(plain_name(name), None)
    update: dict[str, Any] = {}
    for role in told.roles():
        if role in told.model_fields_set:
            continue
        fits = [free[name].name for name in signal_columns()[told.kind].get(role, ()) if name in free]
        several = isinstance(getattr(told, role), tuple)
        if fits:
            taken = fits if several else fits[:1]
            update[role] = tuple(taken) if several else taken[0]
            for name in taken:
                free.pop(plain_name(name))
    layout = told.model_copy(update=update)
    lacking = [role for role in told.needed if not getattr(layout, role)]
    if lacking:
        header = ", ".join(column.name for column in source.columns)
        raise EvidenceError(
            *(Fault("LW-EV-131", f"{source.path}, read as {told.kind}", f"a column that is the {role}",
                    f"none among {header[:300]}",
                    f"add `{role}: NAME OF THE COLUMN` under mapping in study.yaml, or correct `kind`")
              for role in lacking)
        )  # fmt: skip
    return layout


def _named(layout: Layout) -> list[tuple[str, str]]:
    """Roles and the columns that they name."""
    named: list[tuple[str, str]] = []
    for role in layout.roles():
        value = getattr(layout, role)
        named += [(role, name) for name in (value if isinstance(value, tuple) else (value,)) if name]
    return named
