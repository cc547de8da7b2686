"""An aggregated survey: group, item, number of answers, mean and spread; kept for groups of five or more only."""

from __future__ import annotations

import math
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scipy.special import stdtrit

from longwall.errors import EvidenceError, Fault
from longwall.evidence.forgotten import forgotten_of
from longwall.evidence.people_names import known_people, names_person, without_known
from longwall.evidence.privacy import MIN_GROUP, load_key
from longwall.evidence.probe import Limits, probe
from longwall.evidence.signal_layout import SurveyLayout, ends_of_scale
from longwall.evidence.signal_reading import Reading, read_table
from longwall.evidence.signal_store import SignalRecord, reading, write_signal
from longwall.evidence.signal_table import Table
from longwall.evidence.store import tables_in
from longwall.evidence.survey_disclosure import grid_step, on_grid, parents_of, withheld_groups
from longwall.evidence.survey_items import measured_by

__all__ = ["Survey", "SurveyRow", "has_survey", "ingest_survey", "read_survey"]

_SCALES = ((1.0, 5.0), (1.0, 7.0), (0.0, 10.0), (0.0, 100.0))
_SLACK = 0.02

Row = tuple[Any, ...]


@dataclass(frozen=True)
class SurveyRow:
    """What a group answered to one item in one wave.

    Parameters
    ----------
    wave, group, parent, item : str
    indicator : str
        Id of the social indicator; empty: none that is known.
    turned : bool
        A high answer is bad for the indicator.
    n : int
        Answers, >= 5.
    mean, spread : float
        On the scale; the mean on a grid that hides single answers. Without a spread, the widest that the scale allows.
    low, high : float
        95% interval of the mean, inside the scale.
    scale_low, scale_high : float
    """

    wave: str
    group: str
    parent: str
    item: str
    indicator: str
    turned: bool
    n: int
    mean: float
    spread: float
    low: float
    high: float
    scale_low: float
    scale_high: float


@dataclass(frozen=True)
class Survey:
    """All that may be shown of surveys, sorted by wave, item and group.

    Parameters
    ----------
    rows : tuple of SurveyRow
    withheld : int
        Group and item pairs that are in the store and not shown, because two sources together would tell too much.
    """

    rows: tuple[SurveyRow, ...]
    withheld: int = 0


def ingest_survey(
    path: Path,
    store_path: Path,
    *,
    mapping: AnyMapping[str, Any] | None = None,
    key: bytes | None = None,
    max_rejects: float = 0.01,
    limits: Limits | None = None,
) -> SignalRecord:
    """Read an aggregated survey into an evidence store.

    Parameters
    ----------
    path : pathlib.Path
        A CSV or Parquet with a row per group, item and wave.
    store_path : pathlib.Path
        Made where it is not there; left as it was where anything goes wrong.
    mapping : mapping or None
        Fields of `SurveyLayout`; what is not set is guessed.
    max_rejects : float
        Share of bad rows from which the file is refused, in [0, 1].

    Returns
    -------
    SignalRecord

    Notes
    -----
    Groups of fewer than five answers, and those by which such a group could be worked out, are never stored; nor are
    exact means (`longwall.evidence.survey_disclosure`).

    Raises
    ------
    EvidenceError
        LW-EV-001 to LW-EV-023 as for logs; LW-EV-130 to LW-EV-132; LW-EV-191, LW-EV-192.
    StorageError
        The disk refuses.
    """
    path, store_path = Path(path), Path(store_path)
    key = key if key is not None else load_key()
    layout = SurveyLayout.told(mapping or {})
    found = probe(path, limits)
    read: Reading[list[Row]] = read_table(found, store_path, SurveyLayout, mapping, max_rejects, _from_table)
    labels = sorted({str(label) for row in read.rows for label in row[:4]})
    clean = without_known(labels, known_people(store_path), key, forgotten_of(store_path, key))
    named = [(*(clean[label] for label in row[:4]), *row[4:]) for row in read.rows]
    public = [row for row in named if not any(names_person(label) for label in row[1:4])]
    kept, cautions = _publishable(public)
    if len(public) < len(named):
        cautions.append(f"{len(named) - len(public):,} rows name a person and were left out.")
    if not kept:
        raise EvidenceError(
            Fault("LW-EV-192", str(path), f"groups of {MIN_GROUP} answers or more", "none that may be kept",
                  "put groups together in the survey tool, until each has five answers")
        )  # fmt: skip
    measured = measured_by(sorted({row[3] for row in kept}), layout.items, layout.turned, str(path))
    cautions += _doubts(
        layout.scale or read.layout.get("low"), kept, {item for item, one in measured.items() if not one.indicator}
    )
    rows = [
        (
            wave,
            group,
            parent,
            item,
            measured[item].indicator,
            measured[item].turned,
            n,
            *_coarse(n, mean, spread, low, high),
        )
        for wave, group, parent, item, n, mean, spread, low, high in kept
    ]
    record = read.record("survey", path.name, found.hash, len(rows), cautions=cautions)
    return write_signal(store_path, record, {"survey": rows}, read.rejects)


def has_survey(store_path: Path) -> bool:
    """Return whether a store is there and holds a survey."""
    if not Path(store_path).is_file() or "survey" not in tables_in(Path(store_path)):
        return False
    with reading(Path(store_path)) as store:
        return bool(store.rows("SELECT 1 FROM survey LIMIT 1"))


def read_survey(store_path: Path) -> Survey:
    """Return the surveys of an evidence store; of two answers for one group, item and wave the later source counts.

    Raises
    ------
    EvidenceError
        LW-EV-190: the store holds no survey.
    StorageError
        If the store is not there or cannot be read.
    """
    with reading(store_path) as store:
        found = store.rows(
            "SELECT wave, grp, arg_max(parent, k), item, arg_max(indicator, k), arg_max(turned, k), arg_max(n, k), "
            "arg_max(mean, k), arg_max(spread, k), arg_max(low, k), arg_max(high, k) "
            "FROM (SELECT *, (source, rowid) AS k FROM survey) GROUP BY wave, grp, item ORDER BY wave, item, grp"
        ) if "survey" in store.tables() else []  # fmt: skip
    if not found:
        raise EvidenceError(
            Fault("LW-EV-190", str(store_path), "a survey in the store", "none",
                  "bring one: `longwall ingest STUDY survey.csv`")
        )  # fmt: skip
    kept, hidden = _shown([(row[0], row[1], row[2], row[3], row[6]) for row in found])
    rows = [_row(row) for row, show in zip(found, kept, strict=True) if show]
    return Survey(tuple(sorted(rows, key=lambda one: (_order(one.wave), one.item, one.group))), hidden)


def _from_table(table: Table, max_rejects: float) -> list[Row]:
    """Rows of a table; those without a readable number, or outside their scale, are rejected."""
    table.stage(
        {"wave": table.text("wave"), "grp": table.text("group"), "parent": table.text("parent"),
         "item": table.text("item")}
        | {name: _number(table, name) for name in ("n", "mean", "spread", "low", "high")}
        | {f"{name}_text": table.text(name) for name in ("n", "mean", "spread", "low", "high")}
    )  # fmt: skip
    told = getattr(table.layout, "scale", None)
    ends = ends_of_scale(told) if told else (None, None)
    low, high = (f"coalesce({name}, {end if end is not None else 'NULL'}::DOUBLE)"
                 for name, end in zip(("low", "high"), ends, strict=True))  # fmt: skip
    widest = f"sqrt((mean - {low}) * ({high} - mean) * n / (n - 1)) * 1.02 + {_SLACK} * ({high} - {low})"
    checks = [
        ("item IS NULL", "item", "no value"),
        ("n_text IS NULL", "n", "no value"),
        ("n IS NULL OR n < 1 OR n <> floor(n) OR n > 1e9", "n", "a number of answers that is no whole number"),
        ("mean_text IS NULL", "mean", "no value"),
        ("mean IS NULL", "mean", "a number that cannot be read"),
        ("spread_text IS NOT NULL AND (spread IS NULL OR spread < 0)", "spread", "a spread that cannot be"),
        ("(low_text IS NOT NULL AND low IS NULL) OR (high_text IS NOT NULL AND high IS NULL) OR low >= high", "low",
         "ends of a scale that cannot be"),
        (f"mean < {low} OR mean > {high}", "mean", "a mean outside the scale"),
        (f"n > 1 AND spread > {widest}", "spread", "a spread that the scale does not allow"),
        ("count(*) OVER (PARTITION BY coalesce(lower(trim(wave)), ''), coalesce(lower(trim(grp)), ''), "
         "lower(trim(item))) > 1", "item", "the same group, item and wave twice"),
    ]  # fmt: skip
    table.reject(checks, max_rejects)
    found = table.store.rows(
        "SELECT coalesce(trim(wave), ''), coalesce(trim(grp), ''), coalesce(trim(parent), ''), trim(item), n::BIGINT, "
        f"mean, spread, {low}, {high} FROM good ORDER BY row"
    )
    return _with_scale(found)


def _number(table: Table, role: str) -> str:
    """SQL of a number; where nobody says how they are written, a lone comma is a decimal one."""
    plain = table.number(role)
    if table.layout.decimal is not None:
        return plain
    text = table.text(role)
    comma = f"CASE WHEN regexp_full_match({text}, '-?\\d+,\\d+') THEN try_cast(replace({text}, ',', '.') AS DOUBLE) END"
    return f"coalesce({plain}, {comma})"


def _with_scale(rows: list[Row]) -> list[Row]:
    """Fill the ends of the scale where neither table nor mapping says them: the narrowest usual one that all fit."""
    open_ = [row for row in rows if None in row[7:9]]
    if not open_:
        return rows
    least, most = min(row[5] for row in open_), max(row[5] for row in open_)
    wide = (math.floor(least), math.ceil(most) + 1.0)
    low, high = next((ends for ends in _SCALES if all(_fits(row, *ends) for row in open_)), wide)
    return [row if None not in row[7:9] else (*row[:7], low, high) for row in rows]


def _fits(row: Row, low: float, high: float) -> bool:
    """Whether a mean and its spread can be on a scale (Bhatia and Davis 2000: the spread is widest at the ends)."""
    n, mean, spread = row[4:7]
    if not low <= mean <= high:
        return False
    widest = math.sqrt((mean - low) * (high - mean) * n / max(n - 1, 1))
    return spread is None or spread <= 1.02 * widest + _SLACK * (high - low)


def _publishable(rows: list[Row]) -> tuple[list[Row], list[str]]:
    """Rows that may be kept, and what is said of the others."""
    kept, _ = _shown([row[:5] for row in rows])
    small = sum(row[4] < MIN_GROUP for row in rows)
    more = len(rows) - sum(kept) - small
    said = []
    if small:
        said.append(f"{small:,} rows of groups with fewer than {MIN_GROUP} answers were not stored.")
    if more:
        said.append(f"{more:,} rows were not stored: with them a group of fewer than {MIN_GROUP} could be worked out.")
    return [row for row, keep in zip(rows, kept, strict=True) if keep], said


def _shown(rows: list[Row]) -> tuple[list[bool], int]:
    """Whether each row (wave, group, parent, item, n) may be shown, and how many may not."""
    cells: dict[tuple[str, str], dict[str, int]] = {}
    for wave, group, _, item, n in rows:
        cells.setdefault((wave, item), {})[group] = n
    parents = parents_of(list(dict.fromkeys(row[1] for row in rows)), {row[1]: row[2] for row in rows if row[2]})
    hidden = {key: withheld_groups(answers, parents) for key, answers in cells.items()}
    kept = [group not in hidden[wave, item] for wave, group, _, item, _ in rows]
    return kept, len(rows) - sum(kept)


def _coarse(n: int, mean: float, spread: float | None, low: float, high: float) -> tuple[Any, ...]:
    """Mean and spread as they are stored."""
    step = grid_step(n, high - low)
    rough = None if spread is None else math.ceil(round(spread / step, 9)) * step
    return min(max(on_grid(mean, low, step), low), high), rough, low, high


def _row(row: Row) -> SurveyRow:
    """One row with its interval: Student's t, wider by the rounding, inside the scale."""
    wave, group, parent, item, indicator, turned, n, mean, spread, low, high = row
    if spread is None:
        spread = math.sqrt(max(0.0, (mean - low) * (high - mean)) * n / (n - 1))
    half = float(stdtrit(n - 1, 0.975)) * spread / math.sqrt(n) + grid_step(n, high - low) / 2
    return SurveyRow(wave, group, parent, item, indicator, bool(turned), int(n), mean, spread, max(low, mean - half),
                     min(high, mean + half), low, high)  # fmt: skip


def _doubts(scale: str | None, kept: list[Row], unknown: set[str]) -> list[str]:
    """What a reader of the survey should know."""
    said = []
    if not scale:
        low, high = kept[0][7:9]
        said.append(
            f"The scale is not given; {low:g} to {high:g} was inferred from means and spreads. Say "
            f"`scale: {low:g}-{high:g}` under mapping in study.yaml, or what it is."
        )
    if any(row[6] is None for row in kept):
        said.append("Without a spread, an interval holds whatever the scale allows.")
    if unknown:
        listed = ", ".join(repr(item[:60]) for item in sorted(unknown)[:5])
        said.append(f"What {listed} {'measures' if len(unknown) == 1 else 'measure'} is not known; say it with `items` "
                    "under mapping in study.yaml.")  # fmt: skip
    return said


def _order(wave: str) -> tuple[int, float, str]:
    """Waves in their order: numbers by size, then texts, among them ISO dates."""
    try:
        return (0, float(wave), "")
    except ValueError:
        return (1, 0.0, wave)
