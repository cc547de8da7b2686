"""Business calendars: weekly hours on local clocks, without holidays; open time between two moments, exact.

A moment is open where the clock on the wall shows a time inside the weekly hours on a day that is no holiday. On the
day the clocks go forward an hour of the night is missing, on the day they go back one comes twice; both are counted as
the clock shows them, to the microsecond.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from longwall.errors import suggestion
from longwall.worksystem import Id, Piece, week_spans_h

__all__ = ["Calendar", "OpenTime", "open_time"]

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MARGIN_DAYS = 40


class Calendar(Piece):
    """Business hours: when the clock of an agreement runs.

    Parameters
    ----------
    id : str
        What agreements call it.
    hours : str
        Weekly hours such as ``"mon-fri 08:00-18:00"`` or ``"always"``; a span may cross midnight.
    holidays : str
        Country, or country and subdivision (``DE``, ``DE-BY``, ``US-CA``), whose public holidays are closed; empty:
        none.
    closed : tuple of str
        Further closed days, ISO dates.
    opened : tuple of str
        Days that are open although they are holidays, ISO dates.
    timezone : str
        IANA zone of the clocks; empty: that of the log.
    """

    id: Id
    hours: str = "mon-fri 09:00-17:00"
    holidays: str = ""
    closed: tuple[str, ...] = Field(default=())
    opened: tuple[str, ...] = Field(default=())
    timezone: str = ""

    @field_validator("hours")
    @classmethod
    def _readable(cls, text: str) -> str:
        week_spans_h(text)
        return text

    @field_validator("holidays")
    @classmethod
    def _known_country(cls, text: str) -> str:
        if text:
            import holidays as known_holidays  # takes a third of a second; few calls need it

            country, _, part = text.partition("-")
            countries = known_holidays.list_supported_countries()
            if country not in countries:
                near = suggestion(country.upper(), countries)
                raise ValueError(f"expected a country such as 'DE' or 'US-CA', found {text!r}"
                                 + (f"; {near!r} is close" if near else ""))  # fmt: skip
            if part and part not in countries[country]:
                known = ", ".join(countries[country][:20]) or "none"
                raise ValueError(f"expected a subdivision of {country}: {known}, found {part!r}")
        return text

    @field_validator("closed", "opened", mode="before")
    @classmethod
    def _dates(cls, days: Any) -> Any:
        if not isinstance(days, list | tuple):
            return days
        for day in days:
            try:
                date.fromisoformat(str(day))
            except ValueError:
                raise ValueError(f"expected dates such as 2026-12-24, found {str(day)!r}") from None
        return tuple(str(day) for day in days)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, text: str) -> str:
        if text:
            try:
                ZoneInfo(text)
            except (KeyError, ValueError, OSError):
                raise ValueError(f"expected an IANA time zone such as 'Europe/Berlin', found {text!r}") from None
        return text

    def closed_days(self, first: int, last: int) -> frozenset[int]:
        """Return the closed days from the first to the last year, as proleptic ordinals."""
        days = {date.fromisoformat(day).toordinal() for day in self.closed}
        if self.holidays:
            import holidays as known_holidays

            country, _, part = self.holidays.partition("-")
            listed = known_holidays.country_holidays(country, subdiv=part or None, years=range(first, last + 1))
            days |= {day.toordinal() for day in listed}
        return frozenset(days - {date.fromisoformat(day).toordinal() for day in self.opened})


@dataclass(frozen=True)
class OpenTime:
    """The open spans of a calendar over a range, and what is counted on them.

    Parameters
    ----------
    begin_us, end_us : ndarray of int64, shape (n_spans,)
        Microseconds since 1970 UTC, in order, apart from each other.
    first_us, last_us : int
        The range within which the spans are known.
    """

    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    first_us: int
    last_us: int

    @functools.cached_property
    def _before(self) -> NDArray[np.int64]:
        """Open time before each span, and in all."""
        return np.concatenate([[0], np.cumsum(self.end_us - self.begin_us)]).astype(np.int64)

    def counted_us(self, moment_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the open time before each moment [microseconds since the begin of the range], any shape.

        Raises
        ------
        ValueError
            If a moment lies outside the range.
        """
        moment_us = np.asarray(moment_us, dtype=np.int64)
        if moment_us.size and (moment_us.min() < self.first_us or moment_us.max() > self.last_us):
            raise ValueError("a moment outside the range of the calendar")
        if not self.begin_us.size:
            return np.zeros_like(moment_us)
        place = np.searchsorted(self.begin_us, moment_us, side="right") - 1
        at = np.maximum(place, 0)
        inside = np.minimum(moment_us, self.end_us[at]) - self.begin_us[at]
        return np.where(place >= 0, self._before[at] + inside, 0)

    def between_us(self, begin_us: NDArray[np.int64], end_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the open time between two moments each [microseconds], end >= begin."""
        return self.counted_us(end_us) - self.counted_us(begin_us)

    def reached_us(self, counted_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the first moment at which so much open time has passed; -1 where the range ends before."""
        counted_us = np.asarray(counted_us, dtype=np.int64)
        place = np.searchsorted(self._before[1:], counted_us, side="left")
        at = np.minimum(place, max(0, self.begin_us.size - 1))
        if not self.begin_us.size:
            return np.full_like(counted_us, -1)
        return np.where(place < self.begin_us.size, self.begin_us[at] + counted_us - self._before[at], -1)


def open_time(calendar: Calendar | None, zone: str, first_us: int, last_us: int) -> OpenTime:
    """Return the open spans of a calendar that cover a range.

    Parameters
    ----------
    calendar : Calendar or None
        None is always open.
    zone : str
        IANA name; where the calendar names none.
    first_us, last_us : int
        Microseconds since 1970 UTC, last >= first; the spans reach 40 days further on both sides.
    """
    first, last = first_us - _MARGIN_DAYS * DAY_US, last_us + _MARGIN_DAYS * DAY_US
    if calendar is None:
        return OpenTime(np.array([first], dtype=np.int64), np.array([last], dtype=np.int64), first, last)
    local = ZoneInfo(calendar.timezone or zone)
    years = [(_EPOCH + timedelta(microseconds=at)).year for at in (first - DAY_US, last + DAY_US)]
    closed = calendar.closed_days(years[0], years[1])
    begin, end = [], []
    for since, until, shift in _shifts(local, first, last):
        one, other = _local_spans(calendar.hours, closed, since + shift, until + shift)
        begin.append(np.maximum(one - shift, since))
        end.append(np.minimum(other - shift, until))
    return OpenTime(*_joined(np.concatenate(begin), np.concatenate(end)), first, last)


def _shifts(zone: ZoneInfo, first: int, last: int) -> list[tuple[int, int, int]]:
    """Stretches of time with one shift of the clocks against UTC: begin, end, shift, all in microseconds."""

    def shift(at: int) -> int:
        offset = (_EPOCH + timedelta(microseconds=at)).astimezone(zone).utcoffset() or timedelta()
        return round(offset / timedelta(microseconds=1))

    edges = [first]
    for day in range(first, last, DAY_US):
        low, high = day, min(day + DAY_US, last)
        if shift(low) == shift(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if shift(middle) == shift(low) else (low, middle)
        edges.append(high)
    edges.append(last)
    return [(begin, end, shift(begin)) for begin, end in itertools.pairwise(edges) if end > begin]


def _local_spans(
    hours: str, closed: frozenset[int], begin: int, end: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Open spans of a stretch on its own clock; what crosses midnight belongs to each day for its own part."""
    first, last = begin // DAY_US, end // DAY_US
    spans = _day_spans(hours)
    one: list[int] = []
    other: list[int] = []
    for day in range(first, last + 1):
        if day + _EPOCH_DAY in closed:
            continue
        for start, stop in spans[(day + 3) % 7]:  # 1 January 1970 was a Thursday
            low, high = max(begin, day * DAY_US + start), min(end, day * DAY_US + stop)
            if low < high:
                one.append(low)
                other.append(high)
    return np.array(one, dtype=np.int64), np.array(other, dtype=np.int64)


@functools.cache
def _day_spans(hours: str) -> Mapping[int, tuple[tuple[int, int], ...]]:
    """Open spans of each day of the week [microseconds since its midnight]; Monday is 0."""
    found: dict[int, list[tuple[int, int]]] = {day: [] for day in range(7)}
    for begin, end in week_spans_h(hours):
        for day in range(7):
            low, high = max(begin, 24.0 * day), min(end, 24.0 * (day + 1))
            if low < high:
                minutes = [round((edge - 24 * day) * 60) for edge in (low, high)]
                found[day].append((minutes[0] * 60_000_000, minutes[1] * 60_000_000))
    return {day: tuple(spans) for day, spans in found.items()}


def _joined(begin: NDArray[np.int64], end: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Spans in order, those that touch made one."""
    if not begin.size:
        return begin, end
    order = np.argsort(begin, kind="stable")
    begin, end = begin[order], end[order]
    apart = np.r_[True, begin[1:] > end[:-1]]
    stop = np.r_[np.flatnonzero(apart)[1:] - 1, begin.size - 1]
    return begin[apart], end[stop]
