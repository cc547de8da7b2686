"""What only the rows of a file show, counted while it is staged: written offsets, spellings of names, planned times."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping

from longwall.evidence.encode import Counted
from longwall.evidence.finding import EXAMPLES
from longwall.evidence.mapping import Mapping
from longwall.evidence.shapes import Tally, time_columns
from longwall.evidence.source import Source

__all__ = ["tallies_of"]

_DAY_US = 86_400_000_000
_CLOCK = r"\d:\d{2}(:\d{2}([.,]\d+)?)?"
_OFFSET = _CLOCK + r"\s*(Z|z|UTC|GMT|[+-]\d{2}:?(\d{2})?)$"


def tallies_of(source: Source, mapping: Mapping, tally: Tally) -> dict[str, Counted]:
    """Return the properties of a file that its store no longer shows.

    Parameters
    ----------
    source : Source
        Staged, with table ``ev`` made.
    mapping : Mapping
    tally : Tally
        What happened to its rows.
    """
    found = {name: Counted(getattr(tally, name)) for name in ("unfinished", "unpaired", "left_out", "suspended")}
    found["future"] = _future(source)
    found["name_spellings"] = _name_spellings(source)
    found["offset_changes"] = _offset_changes(source, mapping)
    return found


def _future(source: Source) -> Counted:
    """Events more than a day after the file was last written: no clock of ours is asked, so a copy tells the same."""
    written_us = int(source.path.stat().st_mtime * 1e6)
    return _rows(source, f"FROM ev WHERE end_us > {written_us + _DAY_US}", "row")


def _name_spellings(source: Source) -> Counted:
    """Events of people whose name is also written otherwise, but for case, blanks and marks."""
    plain = "regexp_replace(lower(resource), '[^[:alnum:]]', '', 'g')"
    source.store.run(
        f"CREATE OR REPLACE TEMP TABLE spelled AS SELECT resource FROM (SELECT resource, {plain} AS plain, count(*) "
        "AS n FROM ev WHERE resource IS NOT NULL GROUP BY 1, 2) WHERE plain <> '' "
        "QUALIFY row_number() OVER (PARTITION BY plain ORDER BY n DESC, resource) > 1"
    )
    counted = _rows(source, "FROM ev SEMI JOIN spelled USING (resource)", "row")
    source.store.run("DROP TABLE spelled")
    return counted


def _offset_changes(source: Source, mapping: Mapping) -> Counted:
    """Rows whose times are written with an offset other than the usual one; two that differ by an hour are a summer."""
    total = Counted(0)
    for column in time_columns(source, mapping):
        if column.kind != "text":
            continue
        offset = f"regexp_extract(trim({column.sql}), '{_OFFSET}', 3)"
        timed = f"FROM raw WHERE regexp_matches({column.sql}, '{_CLOCK}')"
        counts = {
            str(text): int(n) for text, n in source.store.rows(f"SELECT {offset} AS o, count(*) {timed} GROUP BY o")
        }
        odd = _odd(counts)
        if odd:
            listed = ", ".join("'" + text + "'" for text in odd)
            seen = _rows(source, f"{timed} AND {offset} IN ({listed})", "rowid + 1")
            total = Counted(total.count + seen.count, total.rows or seen.rows)
    return total


def _odd(counts: AnyMapping[str, int]) -> list[str]:
    """The offsets that are not the usual one, nor that of its summer or winter."""
    minutes = {text: _minutes(text) for text in counts}
    usual = max(counts, key=lambda text: (counts[text], text), default="")
    main = minutes.get(usual)
    same = {text for text in counts if minutes[text] == main}
    if main is not None:
        near = {minutes[text] for text in counts if (at := minutes[text]) is not None and abs(at - main) == 60}
        season = max(near, key=lambda at: sum(counts[text] for text in counts if minutes[text] == at), default=None)
        same |= {text for text in counts if season is not None and minutes[text] == season}
    return sorted(set(counts) - same)


def _minutes(text: str) -> int | None:
    """An offset in minutes, None where none is written."""
    if not text:
        return None
    if text[0] not in "+-":
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    return (1 if text[0] == "+" else -1) * (int(digits[:2]) * 60 + int(digits[2:]))


def _rows(source: Source, what: str, row: str) -> Counted:
    """Count the rows of a question and name the first of them."""
    (count,) = source.store.row(f"SELECT count(*) {what}")
    rows = source.store.rows(f"SELECT DISTINCT {row} AS r {what} ORDER BY r LIMIT {EXAMPLES}") if count else []
    return Counted(int(count), tuple(int(number) for (number,) in rows))
