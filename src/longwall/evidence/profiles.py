"""What the columns of a source hold: how many values, how many different ones, how many look like times.

Small sources are looked at in one question for all their columns; of large ones each column has its own, so that no
more than one stands in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from longwall.evidence.dates import looks_like_time
from longwall.evidence.source import Column, Source, filled

__all__ = ["Profile", "different", "profiles", "stacked"]

_SAMPLE_ROWS = 20_000
_TOGETHER = 400_000
_ONE = Column("", "x", "text")
_LETTERS = "avg(regexp_matches(v, '[[:alpha:]]')::DOUBLE), avg(length(v))"
_SEEN = "lower(trim(x)) NOT IN ('', '?', 'null', 'none', 'nan', 'nat', '-', 'n/a')"


@dataclass(frozen=True)
class Profile:
    """What a column holds.

    Parameters
    ----------
    filled : int
        Rows with a value.
    distinct : int
        Different values; above 50,000 an estimate.
    times : float
        Share of values that look like times, in [0, 1], over an even sample of rows.
    letters : float
        Share of values with a letter, in [0, 1], over the sample.
    length : float
        Mean length, over the sample.
    """

    filled: int
    distinct: int
    times: float
    letters: float
    length: float


def profiles(source: Source) -> dict[str, Profile]:
    """Profile every column: different values over all rows, looks over an even sample.

    Parameters
    ----------
    source : Source
    """
    texts = [column for column in source.columns if column.kind == "text"]
    small = source.rows <= _SAMPLE_ROWS and source.rows * len(texts) <= _TOGETHER
    found = _together(source, texts) if small and texts else {}
    for column in source.columns:
        if column.name not in found:
            found[column.name] = _alone(source, column)
    return found


def stacked(columns: Sequence[Column]) -> str:
    """Return SQL for the values ``x`` of text columns below each other, each with its place ``k`` in the sequence."""
    return " UNION ALL ".join(f"SELECT {k} AS k, {column.sql} AS x FROM raw" for k, column in enumerate(columns))


def different(source: Source, columns: Sequence[Column]) -> list[list[str]]:
    """Return the different values of text columns of which each has few."""
    found: list[list[str]] = [[] for _ in columns]
    if columns:
        text = filled(_ONE)
        for k, value in source.store.rows(
            f"SELECT DISTINCT k, v FROM (SELECT k, {text} AS v FROM ({stacked(columns)})) WHERE v IS NOT NULL"
        ):
            found[k].append(str(value))
    return found


def _together(source: Source, columns: Sequence[Column]) -> dict[str, Profile]:
    """Profile text columns in one question."""
    found = source.store.rows(
        f"SELECT k, count(v), count(DISTINCT v), {_LETTERS}, count(x) FILTER (WHERE seen), "
        f"count(*) FILTER (WHERE seen AND looks) FROM (SELECT k, x, {filled(_ONE)} AS v, {_SEEN} AS seen, "
        f"{looks_like_time('trim(x)')} AS looks FROM ({stacked(columns)})) GROUP BY k"
    )
    return {
        columns[k].name: Profile(n, distinct, times / seen if seen else 0.0, float(letters or 0), float(length or 0))
        for k, n, distinct, letters, length, seen, times in found
    }


def _alone(source: Source, column: Column) -> Profile:
    """Profile one column of any kind."""
    text, step = filled(column), max(1, source.rows // _SAMPLE_ROWS)
    n, distinct = source.store.row(f"SELECT count(v), approx_count_distinct(v) FROM (SELECT {text} AS v FROM raw)")
    if distinct < 50_000:
        (distinct,) = source.store.row(f"SELECT count(DISTINCT v) FROM (SELECT {text} AS v FROM raw)")
    letters, length = source.store.row(
        f"SELECT {_LETTERS} FROM (SELECT {text} AS v FROM raw WHERE rowid % {step} = 0) WHERE v IS NOT NULL"
    )
    times = _share_of_times(source, column, step) if n else 0.0
    return Profile(int(n), int(distinct), times, float(letters or 0), float(length or 0))


def _share_of_times(source: Source, column: Column, step: int) -> float:
    """Share of a column's values that look like times, over an even sample of rows."""
    if column.kind in ("time", "zoned"):
        return 1.0
    if column.kind != "text":
        return 0.0
    seen, times = source.store.row(
        f"SELECT count(x), count(*) FILTER (WHERE {looks_like_time('trim(x)')}) "
        f"FROM (SELECT {column.sql} AS x FROM raw WHERE rowid % {step} = 0) WHERE {_SEEN}"
    )
    return float(times) / seen if seen else 0.0
