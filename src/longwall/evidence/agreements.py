"""Agreed times (service levels) and their clocks: which items they hold for, when they run, pause and stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator

from longwall.evidence.business import HOUR_US, OpenTime, open_time
from longwall.evidence.durations import hold_states
from longwall.units import duration_h
from longwall.worksystem import Id, Piece

if TYPE_CHECKING:
    from longwall.evidence.log import Log

__all__ = ["Agreement", "AgreementClock", "agreement_clock", "agreement_clocks"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ROLES = ("priority", "category")
_LONGEST = 10
"""A calendar is looked at so many times the agreed hours ahead: open for 17 hours of the week or more."""


class Agreement(Piece):
    """A time within which items are to be answered or resolved.

    Parameters
    ----------
    id : str
    measures : {"resolution", "response"}
        To the end of the item, or to the first event after its begin.
    within_h : float
        Hours of the calendar, > 0; or text such as ``"2 d"`` (of 24 hours of the calendar).
    priority, category : tuple of str
        Values of the item's priority and category (its class) for which it holds; empty: for all.
    calendar : str
        Id of a calendar; empty: the clock never stops at night.
    pauses_in : tuple of str
        States in which the clock stands still; none given and `pauses` true: those that say so by their name.
    pauses : bool
        False: the clock stands still in no state.
    ends_with : tuple of str
        Activities whose first event stops the clock; empty: the end of the item, or the first event after its begin.
    """

    id: Id
    measures: Literal["resolution", "response"] = "resolution"
    within_h: float
    priority: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    calendar: str = ""
    pauses_in: tuple[str, ...] = ()
    pauses: bool = True
    ends_with: tuple[str, ...] = ()

    @field_validator("within_h", mode="before")
    @classmethod
    def _hours(cls, value: Any) -> Any:
        return duration_h(value) if isinstance(value, str) else value

    @field_validator("within_h")
    @classmethod
    def _positive(cls, value: float) -> float:
        if value <= 0:
            raise ValueError(f"expected more than 0 hours, found {value:g}")
        return value

    @field_validator("priority", "category", "pauses_in", "ends_with", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    def holds_for(self, log: Log) -> NDArray[np.bool_]:
        """Return the items of a log for which it holds, shape (n_cases,).

        Notes
        -----
        Values are compared in any case of letters; an item without the attribute is not one it holds for.
        """
        held = np.ones(log.n_cases, dtype=np.bool_)
        for role in ROLES:
            wanted = {str(value).strip().casefold() for value in getattr(self, role)}
            if not wanted:
                continue
            attribute = log.attribute(role)
            if attribute is None:
                return np.zeros(log.n_cases, dtype=np.bool_)
            if attribute.kind == "label":
                fits = np.array([label.strip().casefold() in wanted for label in attribute.labels] + [False])
                held &= fits[attribute.codes]
            else:
                held &= np.array([f"{value:g}" in wanted for value in attribute.values])
        return held


@dataclass(frozen=True)
class AgreementClock:
    """What the clock of an agreement shows, one entry per item of the log.

    Parameters
    ----------
    which : ndarray of int64, shape (n_cases,)
        Index of the agreement that holds for the item; -1 where none does.
    agreed_h : ndarray of float64, shape (n_cases,)
        Agreed hours; NaN where none.
    elapsed_h : ndarray of float64, shape (n_cases,)
        Hours on the clock when it stopped, or at the edge of the log: open time of the calendar without pauses.
    paused_h : ndarray of float64, shape (n_cases,)
        Open time in which the clock stood still.
    stopped : ndarray of bool, shape (n_cases,)
        Whether the item had been answered or resolved.
    due_h : ndarray of float64, shape (n_cases,)
        When the agreed hours were used up, hours since the log's origin; NaN where they were not.
    deadline_h : ndarray of float64, shape (n_cases,)
        When they would be used up if nothing paused the clock, hours since the log's origin; NaN without an agreement.
    """

    which: NDArray[np.int64]
    agreed_h: NDArray[np.float64]
    elapsed_h: NDArray[np.float64]
    paused_h: NDArray[np.float64]
    stopped: NDArray[np.bool_]
    due_h: NDArray[np.float64]
    deadline_h: NDArray[np.float64]

    @property
    def late(self) -> NDArray[np.bool_]:
        """Items over the agreed time, shape (n_cases,); those without an agreement are not late."""
        return np.asarray(self.elapsed_h > self.agreed_h)


def agreement_clock(
    log: Log,
    *,
    measures: Literal["resolution", "response"] = "resolution",
    edge_h: float | None = None,
    finished: NDArray[np.bool_] | None = None,
) -> AgreementClock | None:
    """Return what the clocks of a log's agreements show, or None where it has none of this kind.

    Parameters
    ----------
    log : Log
        With `agreements` and `calendars`.
    measures : {"resolution", "response"}
        Of several that hold for an item the first counts.
    edge_h : float, optional
        When the log was extracted, hours since its origin; none: its last event.
    finished : ndarray of bool, shape (n_cases,), optional
        Items that had ended; the clock of the others runs to the edge. None: all had.

    Notes
    -----
    The clock starts with the item's first event. A state pauses it from its event to the next event of the item.
    Times are whole microseconds, so sums are exact: open time of the calendar between start and stop, less the open
    time of the union of the pauses.
    """
    wanted = [number for number, one in enumerate(log.agreements) if one.measures == measures]
    if not wanted:
        return None
    edge = float(log.end_h.max(initial=0.0)) if edge_h is None else edge_h
    ended = np.ones(log.n_cases, dtype=np.bool_) if finished is None else finished
    n = log.n_cases
    nothing = np.full(n, np.nan)
    clock = AgreementClock(
        np.full(n, -1, dtype=np.int64), nothing, np.zeros(n), np.zeros(n), np.zeros(n, dtype=np.bool_), nothing.copy(),
        nothing.copy(),
    )  # fmt: skip
    for number in wanted:
        agreement = log.agreements[number]
        own = np.flatnonzero((clock.which < 0) & agreement.holds_for(log))
        if own.size:
            clock.which[own] = number
            clock.agreed_h[own] = agreement.within_h
            for name, values in _run(log, agreement, own, edge, ended).items():
                getattr(clock, name)[own] = values
    return clock


def agreement_clocks(log: Log, edge_h: float | None = None) -> dict[str, AgreementClock]:
    """Return the clocks of each kind of agreement that the log has: ``resolution``, ``response``."""
    kinds: tuple[Literal["resolution", "response"], ...] = ("resolution", "response")
    found = {kind: agreement_clock(log, measures=kind, edge_h=edge_h) for kind in kinds}
    return {kind: clock for kind, clock in found.items() if clock is not None}


def _run(
    log: Log, agreement: Agreement, cases: NDArray[np.int64], edge_h: float, ended: NDArray[np.bool_]
) -> dict[str, NDArray[Any]]:
    """Run the clock of one agreement for some cases."""
    origin_us = (log.origin.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)

    def us(hours: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.rint(hours * HOUR_US).astype(np.int64) + origin_us

    start, (stop, stopped) = us(log.arrival_h[cases]), _stops(log, agreement, cases, ended)
    stop_us = np.maximum(start, us(np.where(stopped, stop, edge_h)))
    calendar = next((one for one in log.calendars if one.id == agreement.calendar), None)
    agreed = round(agreement.within_h * HOUR_US)
    last = int(max(stop_us.max(), us(log.end_h).max())) + _LONGEST * agreed
    span = open_time(calendar, log.timezone, int(start.min()), last)
    row_case, begin, end = _pauses(log, agreement, cases, us, edge_h, ended)
    paused = _paused_us(span, row_case, begin, end, stop_us)
    elapsed = span.between_us(start, stop_us) - paused
    due = _due_us(span, start, stop_us, elapsed, agreed, (row_case, begin, end))
    deadline = span.reached_us(span.counted_us(start) + agreed)
    return {
        "elapsed_h": elapsed / HOUR_US,
        "paused_h": paused / HOUR_US,
        "stopped": stopped,
        "due_h": np.where(due >= 0, (due - origin_us) / HOUR_US, np.nan),
        "deadline_h": np.where(deadline >= 0, (deadline - origin_us) / HOUR_US, np.nan),
    }


def _stops(
    log: Log, agreement: Agreement, cases: NDArray[np.int64], ended: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """When the clock of each case stops [h since origin], and whether it did."""
    first, last = log.offsets[:-1][cases], log.offsets[1:][cases] - 1
    if agreement.ends_with:
        codes = [code for code, name in enumerate(log.activities) if name in agreement.ends_with]
        rows = np.flatnonzero(np.isin(log.activity, codes))
        place = np.searchsorted(rows, first)
        at = rows[np.minimum(place, max(0, rows.size - 1))] if rows.size else np.full(cases.size, -1)
        found = (place < rows.size) & (at <= last)
        return log.end_h[np.where(found, at, first)], found
    if agreement.measures == "response":
        second = np.minimum(first + 1, last)
        return log.start_h[second], first < last
    return log.end_h[last], ended[cases]


def _pauses(
    log: Log, agreement: Agreement, cases: NDArray[np.int64], us: Any, edge_h: float, ended: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Place among `cases`, begin and end [us] of each stretch in a state that pauses; apart within a case, in order."""
    if not agreement.pauses:
        codes = []
    elif agreement.pauses_in:
        codes = [code for code, name in enumerate(log.activities) if name in agreement.pauses_in]
    else:
        codes = sorted(hold_states(log.activities))
    place = np.full(log.n_cases, -1, dtype=np.int64)
    place[cases] = np.arange(cases.size)
    until_h = np.append(log.start_h[1:], 0.0)
    final = log.offsets[1:] - 1
    until_h[final] = np.where(ended, log.end_h[final], np.maximum(edge_h, log.end_h[final]))
    until_h = np.maximum(until_h, log.end_h)
    rows = np.flatnonzero(np.isin(log.activity, codes) & (place[log.case] >= 0))
    rows = rows[np.lexsort((log.start_h[rows], log.case[rows]))]
    case, begin, end = place[log.case[rows]], us(log.start_h[rows]), us(until_h[rows])
    if rows.size:  # the union: a stretch begins where the ones before it in the case have ended
        far = np.int64(end.max() - begin.min() + 1)
        seen = np.maximum.accumulate(end + case * far) - case * far
        same = np.r_[False, case[1:] == case[:-1]]
        begin = np.where(same, np.maximum(begin, np.r_[begin[:1], seen[:-1]]), begin)
        end = np.maximum(begin, end)
    return case, begin, end


def _paused_us(
    span: OpenTime, case: NDArray[np.int64], begin: NDArray[np.int64], end: NDArray[np.int64], until: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Open time of the pauses of each case before a moment each."""
    stop = until[case]
    low, high = np.minimum(begin, stop), np.minimum(end, stop)
    found = np.zeros(until.size, dtype=np.int64)
    np.add.at(found, case, span.between_us(low, high))
    return found


def _due_us(
    span: OpenTime,
    start: NDArray[np.int64],
    stop: NDArray[np.int64],
    elapsed: NDArray[np.int64],
    agreed: int,
    pauses: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.int64]:
    """When the agreed time was used up; -1 where it was not: each pause before that moment puts it off."""
    over = elapsed >= agreed
    target = span.counted_us(start) + agreed
    moment = np.where(over, span.reached_us(target), start)
    while True:
        later = np.where(over, span.reached_us(target + _paused_us(span, *pauses, np.minimum(moment, stop))), start)
        if np.array_equal(later, moment):
            return np.where(over, moment, -1)
        moment = later
