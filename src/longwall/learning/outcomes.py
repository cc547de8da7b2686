"""A forecast that has come due, held against the log that came: distances beside the control, indicators, hits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery import DISTANCES, Held, HeldDistance, Situation, Trace, distances, indicators_of
from longwall.discovery.traces import before, traces_of
from longwall.learning.lessons import Observation, compare
from longwall.learning.log_records import LogRecord
from longwall.learning.promises import Record
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Estimate, Id, Lesson, Piece

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Outcome", "extracted_h", "hold_log", "hold_record"]

_LATE = 0.8


class Outcome(Piece):
    """What became of a forecast.

    Parameters
    ----------
    id : str
        Of the forecast.
    kind : str
        ``log`` for simulated logs, ``indicators`` for a forecast of indicators.
    begins, until : str
        ISO times of the period.
    promised_cases, cases : int
        Cases that were to come, and that came; 0 and 0 for indicators.
    runs : int
        Draws behind it.
    distances : tuple of HeldDistance
        Ours and the control's.
    indicators : tuple of Held
        Of a forecast of logs.
    lessons : tuple of Lesson
        Of a forecast of indicators.
    hits, judged : int
        Intervals that hold what happened, of so many.
    cautions : tuple of str
    """

    id: Id
    kind: str
    begins: str
    until: str
    promised_cases: int = 0
    cases: int = 0
    runs: int = 0
    distances: tuple[HeldDistance, ...] = ()
    indicators: tuple[Held, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    hits: int = 0
    judged: int = 0
    cautions: tuple[str, ...] = ()


def extracted_h(log: Log) -> float:
    """Return when a log may have been extracted at the latest, hours since its origin.

    Notes
    -----
    Its last event, and then a silence no longer than the longest in the last fifth of its events.
    """
    times = np.sort(log.end_h)
    late = times[int(_LATE * (times.size - 1)) :]
    return float(times[-1] + (np.diff(late).max() if late.size > 1 else 0.0))


def hold_log(
    promised: LogRecord,
    runs: tuple[Trace, ...],
    control: tuple[Trace, ...],
    past: Log,
    new: Log,
    situation: Situation,
) -> Outcome | None:
    """Return what became of a forecast of logs; None where no case began in its period.

    Parameters
    ----------
    runs, control : tuple of Trace
        Hours since the origin of `past`; codes as `promised.activities`.
    past : Log
        The evidence of the forecast; only what ended before the forecast is looked at.
    new : Log
    situation : Situation
        The period on the clock of `past`.
    """
    new = _on_clock(new, past.origin)
    codes = {name: code for code, name in enumerate(promised.activities)}
    seen = np.array([codes.setdefault(name, len(codes)) for name in new.activities], dtype=np.int64)
    own = np.array([codes.setdefault(name, len(codes)) for name in past.activities], dtype=np.int32)
    known = before(replace(past, activity=own[past.activity], activities=tuple(codes)), situation.cut_h)
    rows = _happened(new, situation, known, seen)
    if not rows.size:
        return None
    _, case = np.unique(new.case[rows], return_inverse=True)
    truth = Trace(case.astype(np.int64), seen[new.activity[rows]], new.start_h[rows], new.end_h[rows])
    ours, base = (np.stack([distances(truth, trace) for trace in traces]) for traces in (runs, control))
    spread = 1 if len(runs) > 1 else 0
    held = indicators_of(known, truth, runs, control, situation) if len(runs) > 1 and known.n_cases > 1 else ()
    return Outcome(
        id=promised.id, kind="log", begins=promised.begins, until=promised.until, promised_cases=promised.cases,
        cases=int(case.max()) + 1, runs=len(runs),
        distances=tuple(
            HeldDistance(
                id=name, ours=float(ours[:, k].mean()), ours_sd=float(ours[:, k].std(ddof=spread)),
                control=float(base[:, k].mean()), control_sd=float(base[:, k].std(ddof=spread)),
            )
            for k, name in enumerate(DISTANCES)
        ),
        indicators=held, hits=sum(one.hit for one in held), judged=len(held), cautions=_late_begin(new, situation),
    )  # fmt: skip


def hold_record(kept: Record, new: Log, begin_h: float, end_h: float, until: str) -> Outcome | None:
    """Return what became of a forecast of indicators, as far as a log shows it; None where it shows none of them.

    Parameters
    ----------
    begin_h, end_h : float
        The period, hours since the origin of `new`.
    """
    lessons = compare(kept, _observed(new, begin_h, end_h))
    if not lessons:
        return None
    cautions = _late_begin(new, Situation(begin_h, end_h, end_h, 1))
    return Outcome(
        id=kept.id, kind="indicators", begins=kept.begins, until=until, lessons=lessons,
        hits=sum(lesson.loop == "none" for lesson in lessons), judged=len(lessons), cautions=cautions,
    )  # fmt: skip


def _on_clock(log: Log, origin: datetime) -> Log:
    """The same log with hours since another Monday."""
    moved = (log.origin - origin).total_seconds() / 3600.0
    return replace(log, start_h=log.start_h + moved, end_h=log.end_h + moved, origin=origin)


def _happened(new: Log, situation: Situation, known: Log, seen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of the cases that began in the period, recorded until its end, by the rule of which cases are kept."""
    inside = (new.arrival_h >= situation.cut_h) & (new.arrival_h <= situation.arrivals_until_h)
    recorded = new.end_h <= situation.until_h
    if situation.finished_only:
        closing = traces_of(known).terminal if known.n_cases else np.zeros(0, dtype=np.bool_)
        last = seen[new.activity[new.offsets[1:] - 1]]
        if closing.any():
            inside &= closing[np.minimum(last, closing.size - 1)] & (last < closing.size)
        inside &= new.departure_h <= situation.until_h
    return np.flatnonzero(inside[new.case] & recorded)


def _late_begin(new: Log, situation: Situation) -> tuple[str, ...]:
    """Say where the new log misses the beginning of the period."""
    late = float(new.arrival_h.min()) - situation.cut_h
    if late < min(HOURS_PER_WEEK, 0.2 * (situation.until_h - situation.cut_h)):
        return ()
    return (f"the log begins {late / 24.0:.0f} days after the forecast does",)


def _observed(new: Log, begin_h: float, end_h: float) -> tuple[Observation, ...]:
    """Indicators of the work system that a log shows for a period."""
    traces = traces_of(before(new, end_h, cases_before=False), edge_h=end_h)
    closed = traces.finished & (traces.close_h >= begin_h)
    weeks = (end_h - begin_h) / HOURS_PER_WEEK
    values = {"throughput_per_week": (closed.sum() / weeks, "1/week")}
    lead = (traces.close_h - traces.arrival_h)[closed]
    if lead.size:
        values["lead_time_h"] = (lead.mean(), "h")
        for share in (50, 90, 99):
            values[f"lead_time_p{share}_h"] = (np.quantile(lead, share / 100.0), "h")
    leaves = np.where(traces.finished, traces.close_h, end_h)
    open_h = np.clip(leaves, begin_h, end_h) - np.clip(traces.arrival_h, begin_h, end_h)
    values["backlog"] = (open_h.sum() / (end_h - begin_h), "")
    return tuple(
        Observation(indicator=name, estimate=Estimate.counted(float(value), unit))
        for name, (value, unit) in values.items()
    )
