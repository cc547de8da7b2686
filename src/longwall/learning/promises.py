"""Promises: a forecast in the form in which later evidence can be held against it."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from longwall.errors import Fault, LearningError, LongwallError
from longwall.implementation import Along, Expectation, Plan
from longwall.provenance import hash_of_value, write_json
from longwall.worksystem import Column, Estimate, Forecast, Id, IndicatorForecast, Piece

__all__ = ["Promise", "Record", "due", "record", "recorded", "records"]


class Promise(Piece):
    """One indicator of a forecast, and when it can be held against what happened.

    Parameters
    ----------
    expected : Estimate
        The interval that *one* realised period should fall into with 95%: wider than that of the mean.
    due : str
        ISO date from which the evidence is complete; empty: the forecast names no calendar.
    increment : str
        Of a plan; empty for a forecast of a whole design.
    rests_on : tuple of str
        Paths of assumed parameters.
    """

    indicator: Id
    name: str = ""
    scope: str = "organisation"
    column: Column
    expected: Estimate
    due: str = ""
    increment: str = ""
    rests_on: tuple[str, ...] = ()


class Record(Piece):
    """A forecast as promised, unchangeable from then on.

    Parameters
    ----------
    source : str
        Id of the forecast, or of the design that the plan carries out.
    system_hash : str
        Of the work system that was simulated.
    """

    id: Id
    kind: str
    source: str
    design: str
    system_hash: str
    begins: str
    promises: tuple[Promise, ...]
    assumptions: tuple[str, ...] = ()


def record(source: Forecast | Plan | Along, folder: Path, *, begins: str = "") -> Path:
    """Write a forecast, a plan or its forecasts along the order as promises; the same promise gives the same file.

    Parameters
    ----------
    begins : str
        ISO date on which a plan starts; a forecast has its own.

    Raises
    ------
    LearningError
        If the disk refuses.
    """
    kept = recorded(source, begins=begins)
    path = folder / f"{kept.id}.json"
    write_json(path, kept.model_dump(mode="json"))
    return path


def recorded(source: Forecast | Plan | Along, *, begins: str = "") -> Record:
    """Return a forecast, a plan or its forecasts along the order as promises.

    Notes
    -----
    A forecast's interval is Student's for the mean of n replications, m ± t s / sqrt(n). One period that is yet to come
    falls into m ± t s sqrt(1 + 1/n) with the same probability, so the half-width is multiplied by sqrt(n + 1) (Student;
    replications normal). What is wrong in the model itself is not in it: that is what the comparison finds out.
    """
    if isinstance(source, Plan):
        promises = tuple(
            _of_increment(increment.id, increment.look_week, expectation, begins)
            for increment in source.increments
            for expectation in increment.expected
        )
        kept = Record(
            id="pending", kind="plan", source=source.design, design=source.design, system_hash=source.base_hash,
            begins=begins, promises=promises,
        )  # fmt: skip
    elif isinstance(source, Along):
        promises = tuple(
            _of_increment(look.increment, look.week, expectation, begins, look.together)
            for look in source.looks
            for expectation in look.expected
        )
        kept = Record(
            id="pending", kind="along", source=source.design, design=source.design, system_hash=source.base_hash,
            begins=begins, promises=promises, assumptions=source.cautions,
        )  # fmt: skip
    else:
        end = _date(source.begins, 7 * source.weeks)
        promises = tuple(_of_forecast(source, one, end) for one in source.indicators)
        kept = Record(
            id="pending", kind="forecast", source=source.id, design=source.design, system_hash=source.system_hash,
            begins=source.begins, promises=promises, assumptions=source.assumptions,
        )  # fmt: skip
    name = f"{kept.kind}-{kept.design}-{hash_of_value(kept.model_dump(mode='json'))[:12]}"
    return kept.model_copy(update={"id": name})


def records(folder: Path) -> tuple[Record, ...]:
    """Return all records of a folder, by id.

    Raises
    ------
    LearningError
        LW-LE-001 where a file is not a record; every one of them in one pass.
    """
    found: list[Record] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(Record.model_validate_json(path.read_text(encoding="utf-8")))
        except (ValidationError, UnicodeDecodeError, LongwallError) as error:
            first = str(error).splitlines()[0]
            faults.append(
                Fault(
                    "LW-LE-001", str(path), "a record as Longwall wrote it", first, "restore it, or move it elsewhere"
                )
            )
    if faults:
        raise LearningError(*faults)
    return tuple(found)


def due(kept: Iterable[Record], on: str) -> tuple[tuple[Record, Promise], ...]:
    """Return the promises whose evidence is complete on an ISO date, with their records, the oldest first."""
    day = datetime.date.fromisoformat(on)
    found = [
        (one, promise)
        for one in kept
        for promise in one.promises
        if promise.due and datetime.date.fromisoformat(promise.due) <= day
    ]
    return tuple(sorted(found, key=lambda pair: (pair[1].due, pair[0].id, pair[1].indicator, pair[1].scope)))


def _of_forecast(forecast: Forecast, one: IndicatorForecast, end: str) -> Promise:
    """Return the promise of one indicator: the interval of the mean, widened to that of one period."""
    n, known = forecast.replications, one.estimate
    wider = math.sqrt(n + 1.0)
    expected = known.model_copy(
        update={
            "low": known.value - wider * (known.value - known.low),
            "high": known.value + wider * (known.high - known.value),
        }
    )
    return Promise(
        indicator=one.id, name=one.name, scope=one.scope, column=one.column, expected=expected, due=end,
        rests_on=one.rests_on,
    )  # fmt: skip


def _of_increment(name: str, look_week: int, one: Expectation, begins: str, together: tuple[str, ...] = ()) -> Promise:
    """Return the promise of one increment, or of several that are in place when it is looked at."""
    expected = one.change.model_copy(
        update={
            "value": one.today + one.change.value,
            "low": one.today + one.change.low,
            "high": one.today + one.change.high,
        }
    )
    return Promise(
        indicator=one.indicator, name=one.name, scope=one.scope, column=one.column, expected=expected,
        due=_date(begins, 7 * look_week), increment=name,
        rests_on=tuple(f"interventions.{other}" for other in together or (name,)),
    )  # fmt: skip


def _date(begins: str, days: int) -> str:
    """Return the ISO date so many days after another one; empty where that is empty."""
    if not begins:
        return ""
    return (datetime.date.fromisoformat(begins) + datetime.timedelta(days=days)).isoformat()
