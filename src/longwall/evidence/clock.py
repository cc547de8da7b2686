"""Local clocks: the hour of the week where the people work, through every change of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from longwall.units import HOURS_PER_WEEK

__all__ = ["local_week_hour", "monday_before"]


def monday_before(first_us: int, zone: str) -> datetime:
    """Return Monday 00:00, on the clocks of a zone, on or before a time [microseconds since 1970 UTC]."""
    local = datetime.fromtimestamp(first_us // 1_000_000, tz=ZoneInfo(zone))
    monday = (local - timedelta(days=local.weekday())).date()
    return datetime(monday.year, monday.month, monday.day, tzinfo=ZoneInfo(zone))


def local_week_hour(hours: NDArray[np.float64], origin: datetime, zone: str) -> NDArray[np.float64]:
    """Return the hour of the week on local clocks, in [0, 168); 0 is Monday 00:00.

    Parameters
    ----------
    hours : ndarray of float64, any shape
        Hours since the origin.
    origin : datetime.datetime
        Monday 00:00 in the zone; aware.
    zone : str
        IANA name.
    """
    if zone == "UTC" or hours.size == 0:
        return np.mod(hours, float(HOURS_PER_WEEK))
    at_h, shift_h = _changes(origin, ZoneInfo(zone), int(np.floor(hours.min())), int(np.ceil(hours.max())))
    return np.mod(hours + shift_h[np.searchsorted(at_h, hours, side="right") - 1], float(HOURS_PER_WEEK))


def _changes(
    origin: datetime, zone: ZoneInfo, first: int, last: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hours at which the clock's shift against the origin's changes, and the shift [h] from there on."""
    start = origin.astimezone(UTC)
    base = origin.utcoffset() or timedelta()

    def shift_h(hour: int) -> float:
        return ((start + timedelta(hours=hour)).astimezone(zone).utcoffset() or timedelta()) / timedelta(hours=1) - (
            base / timedelta(hours=1)
        )

    at, shifts = [float("-inf")], [shift_h(first - 24)]
    for day in range(first - 24, last + 24, 24):
        if shift_h(day + 24) == shifts[-1]:
            continue
        for hour in range(day + 1, day + 25):  # clocks change on the hour in every zone of the last decades
            if shift_h(hour) != shifts[-1]:
                at.append(float(hour))
                shifts.append(shift_h(hour))
    return np.array(at), np.array(shifts)
