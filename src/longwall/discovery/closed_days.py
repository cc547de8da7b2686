"""Public holidays: a country that is told, or that the silent days of the log point to; else none."""

from __future__ import annotations

import datetime
import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.errors import DiscoveryError, Fault, suggestion

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["ClosedDays", "closed_days"]

_LEAST_DAYS = 4
_LEAST_PER_DAY = 3.0
_LEAST_USUAL = 60
_SURE = 12.0
_QUIET = 0.5
_CLOSED = 0.2
_AHEAD_YEARS = 2
_AROUND = 10
_TIE = 2.0


@dataclass(frozen=True)
class ClosedDays:
    """Holidays that the log keeps.

    Parameters
    ----------
    country : str
        ISO 3166 code; empty where none is claimed.
    told : bool
        Whether the country was told rather than found.
    dates : tuple of str
        ISO dates, over the log and the two years after it.
    seen : int
        Holidays inside the log on days of the week on which work is usual.
    factor, low, high : float
        Arrivals on such a holiday relative to the same weekday around it, with a 95% interval.
    sentence : str
        What was found, for readers.
    """

    country: str = ""
    told: bool = False
    dates: tuple[str, ...] = ()
    seen: int = 0
    factor: float = 1.0
    low: float = 1.0
    high: float = 1.0
    sentence: str = "no country's holidays explain the quiet days of the log; none are claimed"


def closed_days(log: Log, arrival_h: NDArray[np.float64], *, country: str = "") -> ClosedDays:
    """Return the holidays that a log keeps.

    Parameters
    ----------
    arrival_h : ndarray, shape (n_cases,)
        Hours since the origin of the log.
    country : str
        ISO 3166 code of the country whose holidays are kept; empty: every country's are tried.

    Raises
    ------
    DiscoveryError
        LW-DI-021: no such country.

    Notes
    -----
    Events (or arrivals, where machines work on) on a holiday are compared with the median of the same weekday in the
    five weeks before and after. A country is claimed when its holidays have at most a fifth of the usual, on four days
    or more, by a Poisson likelihood ratio, divided by three for days that vary more than chance, that beats no holidays
    by 12 nats, which allows for trying some 200 countries. Where others explain as much to 2 nats, the days common to
    all of them are taken.
    """
    import holidays as public

    codes = public.list_supported_countries(include_aliases=False)
    if country and country.upper() not in codes:
        near = suggestion(country.upper(), sorted(codes))
        raise DiscoveryError(
            Fault("LW-DI-021", "country", "the ISO 3166 code of a country, such as NL", repr(country),
                  f"use {near!r}" if near else "correct it, or leave it out")
        )  # fmt: skip
    first = log.origin.date()
    days = int(float(log.end_h.max(initial=0.0)) // 24) + 1
    dates_of = functools.partial(
        _dates_of, first=first.year, last=(first + datetime.timedelta(days=days)).year + _AHEAD_YEARS
    )
    if country:
        dates = dates_of(country.upper())
        rows = _rows(dates, first, _usual(_per_day(arrival_h, days)))
        return _found(country.upper(), True, dates, rows, arrival_h, days, "told")
    best = ClosedDays()
    most = _SURE
    for seen in (_per_day(log.end_h, days), _per_day(arrival_h, days)):
        usual = _usual(seen)
        if (usual >= _LEAST_PER_DAY).sum() < _LEAST_USUAL or _quiet(seen, usual) < _LEAST_DAYS:
            continue
        gains = {}
        for code in sorted(codes):
            rows = _rows(dates_of(code), first, usual)
            if rows.size >= _LEAST_DAYS and seen[rows].sum() <= _CLOSED * usual[rows].sum():
                gains[code] = _ratio(seen[rows], usual[rows])
        top = max(gains, key=lambda code: (gains[code], code), default="")
        if not top or gains[top] < most:
            continue
        most = gains[top]
        alike = [code for code in gains if gains[code] >= most - _TIE]
        dates = frozenset.intersection(*(dates_of(code) for code in alike))
        how = f"by a likelihood ratio of {most:.0f} nats"
        if alike[1:]:
            how += f"; {len(alike) - 1} other(s) explain as much, and what is common to all is taken"
        best = _found(top, False, dates, _rows(dates, first, usual), arrival_h, days, how)
    return best


@functools.lru_cache(maxsize=2048)
def _dates_of(code: str, first: int, last: int) -> frozenset[datetime.date]:
    """Holidays of a country in some years, kept: those of all countries take a third of a second for any log."""
    import holidays as public

    return frozenset(public.country_holidays(code, years=range(first, last + 1)).keys())


def _per_day(times_h: NDArray[np.float64], days: int) -> NDArray[np.float64]:
    """Count per day since the origin."""
    return np.bincount((times_h // 24).astype(np.int64), minlength=days)[:days].astype(np.float64)


def _rows(dates: frozenset[datetime.date], first: datetime.date, usual: NDArray[np.float64]) -> NDArray[np.int64]:
    """Days since the origin that are such dates, and on which something usually happens."""
    rows = np.array(sorted((date - first).days for date in dates), dtype=np.int64)
    rows = rows[(rows >= 0) & (rows < usual.size)]
    return np.asarray(rows[usual[rows] >= _LEAST_PER_DAY])


def _found(
    code: str,
    told: bool,
    dates: frozenset[datetime.date],
    rows: NDArray[np.int64],
    arrival_h: NDArray[np.float64],
    days: int,
    how: str,
) -> ClosedDays:
    """Holidays of a country, with the factor on the arrivals."""
    came = _per_day(arrival_h, days)
    expected = _usual(came)[rows].sum()
    seen = float(came[rows].sum())
    factor, low, high = 1.0, 0.0, 1.0
    if expected > 0:
        factor = seen / expected
        half = 1.96 * math.sqrt(max(seen, 1.0)) / expected
        low, high = max(factor - half, 0.0), factor + half
    sentence = f"holidays of {code}, {how}: {rows.size} on usual working days of the log"
    return ClosedDays(
        code, told, tuple(sorted(date.isoformat() for date in dates)), int(rows.size), factor, low, high, sentence
    )


def _usual(work: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median of the same weekday in the five weeks before and after each day."""
    steps = [7 * week for week in range(-_AROUND // 2, _AROUND // 2 + 1) if week]
    at = np.arange(work.size)[:, None] + np.array(steps)[None, :]
    inside = (at >= 0) & (at < work.size)
    table = np.where(inside, work[np.clip(at, 0, max(work.size - 1, 0))], np.nan)
    table[~inside.any(axis=1)] = 0.0
    return np.asarray(np.nanmedian(table, axis=1))


def _quiet(work: NDArray[np.float64], usual: NDArray[np.float64]) -> int:
    """Number of days with less than half of the usual work."""
    return int(((usual >= _LEAST_PER_DAY) & (work < _QUIET * usual)).sum())


def _ratio(seen: NDArray[np.float64], usual: NDArray[np.float64]) -> float:
    """Log likelihood of one factor on all holidays over that of none [nats], allowing for days that vary."""
    total, expected = float(seen.sum()), float(usual.sum())
    factor = max(total / expected, 1e-9)
    if factor >= 1.0:
        return 0.0
    # Days vary by more than chance: three times a Poisson variance.
    return (total * math.log(factor) - expected * (factor - 1.0)) / 3.0
