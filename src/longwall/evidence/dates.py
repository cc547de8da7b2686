"""How times are written in a source, judged over every row; and the SQL that reads them as UTC microseconds.

Written year first there is one reading. Written ``3/4/2024`` there are two: the order is decided by rows in which only
one of them is a date. Where every row allows both and they differ, nobody but the user can know, and we say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from longwall.errors import EvidenceError, Fault
from longwall.evidence.source import Column, Source
from longwall.evidence.store import literal
from longwall.evidence.tables import month_numbers

__all__ = ["LATEST_YEAR", "OLDEST_YEAR", "DateOrder", "judge_order", "looks_like_time", "time_us"]

OLDEST_YEAR, LATEST_YEAR = 1980, 2100

_ISO = r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
_PARTS = r"^\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})(\D|$)"
# Letters without an upper number: a bounded class of all letters takes the engine five times as long.
_WEEKDAY = r"^(?:\p{L}+\.?,? +)?"
_DAY_NAME = _WEEKDAY + r"(\d{1,2})[-/. ]+(\p{L}+)\.?[-/. ,]+(\d{4}|\d{2})(?:[ ,T]+(.*))?$"
_NAME_DAY = _WEEKDAY + r"(\p{L}+)\.? +(\d{1,2}),? +(\d{4})(?:[ ,T]+(.*))?$"
_NAMED = r"^(\p{L}+\.?,? +)?(\d{1,2}[-/. ]+\p{L}+\.?[-/. ,]+\d{2,4}|\p{L}+\.? +\d{1,2},? +\d{4})"
_DAY_FIRST = r"^(\p{L}+\.?,? +)?\d{1,2}[-/. ]+\p{L}"
_COMPACT = r"^(19|20)\d{6}([T ]?\d{4}(\d{2})?Z?)?$"
_EPOCH_S = r"^1\d{9}(\.\d+)?$"
_EPOCH_MS = r"^1\d{12}(\.\d+)?$"
_HALF_DAY = r"[AaPp]\.?[Mm]\.?\s*$"


@dataclass(frozen=True)
class DateOrder:
    """The order of day and month in a source.

    Parameters
    ----------
    day_first : bool or None
        None where no time is written with the year last.
    reason : str
        What decided it.
    cautions : tuple of str
    named, iso, parts, digits : bool
        Whether some times are written with the month's name, year first, with the year last, as digits alone; what
        does not occur is not looked for.
    """

    day_first: bool | None
    reason: str
    cautions: tuple[str, ...] = ()
    named: bool = True
    iso: bool = True
    parts: bool = True
    digits: bool = True


def judge_order(source: Source, columns: Sequence[Column], told: bool | None, max_rejects: float) -> DateOrder:
    """Decide over every row of all time columns whether the day or the month stands first.

    Parameters
    ----------
    source : Source
    columns : sequence of Column
        The mapped time columns; one export writes them all alike.
    told : bool or None
        What the user set.
    max_rejects : float
        Share of rows that may contradict the majority, in [0, 1].

    Raises
    ------
    EvidenceError
        LW-EV-020 both orders fit and differ; LW-EV-021 some rows fit one order only and some the other.
    """
    texts = [column for column in columns if column.kind == "text"]
    if not texts:
        return DateOrder(told, "times are stored as times")
    counts = source.store.row(_order_counts(texts))
    day, month, open_, parts, other, spelled, iso, digits = (int(count or 0) for count in counts)
    found = _order(source, texts, (day, month, open_, parts, other), told, max_rejects)
    return replace(found, named=spelled > 0, iso=iso > 0, parts=parts > 0, digits=digits > 0)


def _order(
    source: Source,
    texts: Sequence[Column],
    counts: tuple[int, int, int, int, int],
    told: bool | None,
    max_rejects: float,
) -> DateOrder:
    """Decide by the counts over all columns."""
    day, month, open_, parts, other = counts
    cautions = ("Times are written in more than one way; each was read by its own form.",) if parts and other else ()
    if parts == 0:
        return DateOrder(told, "dates are written year first or with the month's name", cautions)
    if told is not None:
        return DateOrder(told, "set in study.yaml", cautions)
    if day == 0 and month == 0:
        if open_ == 0:
            return DateOrder(True, "day and month are equal in every row", cautions)
        raise _both_fit(source, texts)
    if min(day, month) > max_rejects * max(1, parts):
        raise _mixed(source, day, month)
    first = day > month
    return DateOrder(
        first, f"{max(day, month):,} values can only be read with the {'day' if first else 'month'} first", cautions
    )


def time_us(column: Column, order: DateOrder) -> str:
    """Return SQL that reads a column as microseconds since 1970 UTC, NULL where it is no time.

    Naive times are taken in the session's time zone, which the caller sets.
    """
    if column.kind == "zoned":
        return f"epoch_us({column.sql})"
    if column.kind == "time":
        return f"epoch_us({column.sql}::TIMESTAMP::TIMESTAMPTZ)"
    if column.kind == "number":
        value = f"{column.sql}::DOUBLE"
        return (f"CASE WHEN {value} BETWEEN 3e8 AND 4.2e9 THEN ({value} * 1e6)::BIGINT "
                f"WHEN {value} BETWEEN 3e11 AND 4.2e12 THEN ({value} * 1e3)::BIGINT END")  # fmt: skip
    text = f"trim({column.sql})"
    ways = []
    if order.iso:
        ways.append(f"WHEN regexp_matches({text}, '{_ISO}') THEN coalesce(epoch_us(try_cast({text} AS TIMESTAMPTZ)), "
                    f"epoch_us(try_cast({_tidied(text)} AS TIMESTAMPTZ)))")  # fmt: skip
    if order.parts:
        rebuilt = _rebuilt(text, order.day_first is not False)
        ways.append(f"WHEN regexp_matches({text}, '{_PARTS}') THEN {_with_half_days(text, rebuilt)}")
    if order.digits:
        ways += [
            f"WHEN regexp_matches({text}, '{_EPOCH_S}') THEN (try_cast({text} AS DOUBLE) * 1e6)::BIGINT",
            f"WHEN regexp_matches({text}, '{_EPOCH_MS}') THEN (try_cast({text} AS DOUBLE) * 1e3)::BIGINT",
            f"WHEN regexp_matches({text}, '{_COMPACT}') THEN epoch_us(try_strptime(regexp_replace({text}, '[TZ ]', "
            "'', 'g'), ['%Y%m%d%H%M%S', '%Y%m%d%H%M', '%Y%m%d'])::TIMESTAMPTZ)",
        ]
    if order.named:
        ways.append(f"WHEN regexp_matches({text}, '{_NAMED}') THEN {_bound(text, _spelled_out(text))}")
    return f"CASE {' '.join(ways)} END" if ways else "NULL::BIGINT"


def looks_like_time(text: str) -> str:
    """Return SQL that tells whether a trimmed text is written as a time is."""
    return "(" + " OR ".join(f"regexp_matches({text}, '{form}')" for form in (_ISO, _PARTS, _NAMED, _COMPACT)) + ")"


def _order_counts(columns: Sequence[Column]) -> str:
    """SQL: values only day-first, only month-first, both and different, written in parts, written otherwise;
    with the month's name, year first, as digits alone.
    """
    texts = " UNION ALL ".join(f"SELECT trim({column.sql}) AS x FROM raw" for column in columns)
    head = r"^(\d{1,2})[-/.](\d{1,2})[-/.]"
    digits = " OR ".join(f"regexp_matches(x, '{form}')" for form in (_EPOCH_S, _EPOCH_MS, _COMPACT))
    return (
        "SELECT count(*) FILTER (WHERE a > 12 AND b BETWEEN 1 AND 12), count(*) FILTER (WHERE b > 12 AND a "
        "BETWEEN 1 AND 12), "
        "count(*) FILTER (WHERE a <= 12 AND b <= 12 AND a <> b), count(a), count(*) FILTER (WHERE a IS NULL AND "
        "iso), count(*) FILTER (WHERE word AND NOT iso), count(*) FILTER (WHERE iso), count(*) FILTER (WHERE digits) "
        f"FROM (SELECT CASE WHEN p THEN try_cast(regexp_extract(x, '{head}', 1) AS INTEGER) END AS a, "
        f"CASE WHEN p THEN try_cast(regexp_extract(x, '{head}', 2) AS INTEGER) END AS b, iso, word, digits FROM ("
        f"SELECT x, regexp_matches(x, '{_PARTS}') AS p, regexp_matches(x, '{_ISO}') AS iso, "
        f"regexp_matches(x, '{_NAMED}') AS word, {digits} AS digits FROM ({texts})))"
    )


def _tidied(text: str) -> str:
    """SQL: an ISO text with dots or slashes, a blank before the offset, a comma before the fraction, made regular."""
    dashes = f"regexp_replace({text}, '^(\\d{{4}})[-/.](\\d{{1,2}})[-/.](\\d{{1,2}})[T ,]*', '\\1-\\2-\\3 ')"
    offset = f"regexp_replace({dashes}, '\\s*(UTC|GMT)?\\s*([+-]\\d{{2}}):?(\\d{{2}})?$', '\\2:\\3')"
    fraction = f"regexp_replace({offset}, '(:\\d{{2}}),(\\d+)', '\\1.\\2')"
    hour_only = f"regexp_replace({fraction}, '^(\\S+ \\d{{1,2}})$', '\\1:00')"
    return f"trim(regexp_replace({hour_only}, '([+-]\\d{{2}}):$', '\\1:00'))"


def _rebuilt(text: str, day_first: bool) -> str:
    """SQL: a text with the year last, written year first."""
    day, month = ("1", "2") if day_first else ("2", "1")
    pattern = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})[T ,]*"
    long = f"regexp_replace({text}, '{pattern}', '\\3-\\{month}-\\{day} ')"
    return f"regexp_replace({long}, '^(\\d{{2}})-', '20\\1-')"


def _spelled_out(text: str) -> str:
    """SQL: a text with the month's name, in any of the languages known, written year first; NULL for another word.

    The parts are bound by a lambda: written out, they would be taken from the text again for every month.
    """
    names = month_numbers()
    months = f"MAP([{', '.join(literal(name) for name in names)}], [{', '.join(map(str, names.values()))}])"

    def built(pattern: str, parts: str) -> str:
        word = "lower(p.m)"
        return (
            f"list_transform([regexp_extract({text}, '{pattern}', {parts})], lambda p: "
            "CASE WHEN length(p.y) = 2 THEN '20' ELSE '' END || p.y || '-' || "
            f"coalesce({months}[left({word}, 4)], {months}[left({word}, 3)]) || '-' || p.d || ' ' || "
            "regexp_replace(p.r, '\\s*(UTC|GMT)$', '+00:00'))[1]"
        )

    day_name, name_day = built(_DAY_NAME, "['d', 'm', 'y', 'r']"), built(_NAME_DAY, "['m', 'd', 'y', 'r']")
    return f"CASE WHEN regexp_matches({text}, '{_DAY_FIRST}') THEN {day_name} ELSE {name_day} END"


def _bound(text: str, rebuilt: str) -> str:
    """SQL: `_with_half_days` of a text that is rebuilt once."""
    return f"list_transform([{rebuilt}], lambda q: {_with_half_days(text, 'q')})[1]"


def _with_half_days(text: str, rebuilt: str) -> str:
    """SQL: read a rebuilt text, with or without AM and PM."""
    plain = f"regexp_replace(upper(replace({rebuilt}, '.M.', 'M')), '\\s*([AP])\\.?M\\.?$', ' \\1M')"
    return (
        f"CASE WHEN regexp_matches({text}, '{_HALF_DAY}') THEN epoch_us(try_strptime({plain}, "
        "['%Y-%m-%d %I:%M:%S %p', '%Y-%m-%d %I:%M %p'])::TIMESTAMPTZ) "
        f"ELSE coalesce(epoch_us(try_cast(trim({rebuilt}) AS TIMESTAMPTZ)), "
        f"epoch_us(try_cast({_tidied(rebuilt)} AS TIMESTAMPTZ))) END"
    )


def _both_fit(source: Source, columns: Sequence[Column]) -> EvidenceError:
    """Show both readings of one row and the line that settles it."""
    for column in columns:
        text = f"trim({column.sql})"
        found = source.store.rows(
            f"SELECT rowid + 1, regexp_extract_all({text}, '\\d+')[1:3] FROM raw WHERE regexp_matches({text}, "
            f"'{_PARTS}') "
            f"AND regexp_extract({text}, '^(\\d+)', 1)::INTEGER <> regexp_extract({text}, '^\\d+\\D(\\d+)', "
            "1)::INTEGER "
            "ORDER BY rowid LIMIT 1"
        )
        if found:
            row, (first, second, year) = found[0]
            number = int(year) + (2000 if len(year) == 2 else 0)
            day_first, month_first = (_spelled(number, int(m), int(d)) for d, m in ((first, second), (second, first)))
            return EvidenceError(
                Fault(
                    "LW-EV-020",
                    f"{source.path}, row {row}, column '{column.name}'",
                    "dates that can be read in one way",
                    f"{first}/{second}/{year}: {day_first} or {month_first}; every row allows both",
                    f"write into study.yaml under mapping: `day_first: true` for {day_first}, "
                    f"`day_first: false` for {month_first}",
                )
            )
    raise AssertionError("called without a row that has two readings")


def _spelled(year: int, month: int, day: int) -> str:
    """Write a date so that nobody can misread it."""
    try:
        moment = date(year, month, day)
    except ValueError:
        return "no date"
    return f"{moment.day} {moment:%B} {moment.year}"


def _mixed(source: Source, day: int, month: int) -> EvidenceError:
    return EvidenceError(
        Fault(
            "LW-EV-021",
            str(source.path),
            "dates in one order of day and month",
            f"{day:,} values that only fit day first and {month:,} that only fit month first",
            "export again with one date format; ISO dates (2024-03-31) are safest",
        )
    )
