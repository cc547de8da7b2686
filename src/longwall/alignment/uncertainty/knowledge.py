"""Draws over everything that a log leaves open: another work system that would have produced it as well.

Values that were counted or fitted are drawn from their 95% intervals (normal), assumed ones evenly from the range that
they state. Work whose range comes from a log without starts is one set for all functions: it is put at a stated place
between its bounds, the same for all, and never drawn, since nothing says what is likely inside. Beside the numbers, the
model itself is uncertain: the hours of the people and the outside waits of each function are varied by stated factors.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from longwall.alignment.flow import flow_of
from longwall.alignment.uncertainty.draws import DECIDED, SHARES, balance
from longwall.streams import generator
from longwall.worksystem import Distribution, Number, Parameter, WorkSystem, numbers_in, put_number

__all__ = ["CAPACITY", "SHARES_OF_SET", "WAITS", "at_share", "carried", "redrawn", "unidentified"]

CAPACITY = 0.08
"""Standard deviation of the log of the work that the people of a role can do in an hour; modelling choice: presence is
seen from activity only, which simulated organisations show to be off by about this much."""
WAITS = 0.15
"""The same of the outside wait before a function; modelling choice."""
SHARES_OF_SET = (0.0, 0.5, 1.0)
"""Places between the bounds at which an answer is looked at: both ends and the middle."""
_MOST_LOAD = 0.9
_Z95 = 1.959963984540054


def unidentified(system: WorkSystem) -> tuple[str, ...]:
    """Return the ids of functions whose work is assumed between stated bounds."""
    return tuple(function.id for function in system.work.functions if _bounded(function.work_h))


def at_share(system: WorkSystem, share: float) -> WorkSystem:
    """Return the system with all work that is only bounded at the same share of its range.

    Parameters
    ----------
    share : float
        0: the lower bounds; 1: the upper ones, or as far as the people suffice: they did the work, so the load of no
        role goes beyond nine tenths.
    """
    moved = _placed(system, share)
    for _ in range(12):
        flow = flow_of(moved)
        over = {role for role in flow.rostered_h if flow.pressure(role) > _MOST_LOAD}
        if not over:
            break
        factor = {role: _MOST_LOAD / flow.pressure(role) for role in over}
        functions = []
        for function in moved.work.functions:
            busy = [factor[role] for role in function.roles if role in over]
            if busy and _bounded(function.work_h):
                function = function.model_copy(update={"work_h": _least(function.work_h, min(busy))})
            functions.append(function)
        again = moved.model_copy(update={"work": moved.work.model_copy(update={"functions": tuple(functions)})})
        if again == moved:
            break
        moved = again
    return moved


def carried(design: WorkSystem, today: WorkSystem, placed: WorkSystem) -> WorkSystem:
    """Return a design whose work that is only bounded is as far from its own as `placed` is from today.

    How much of the time was work is a question on what happened, so today's people answer it, not those of the design.

    Parameters
    ----------
    placed : WorkSystem
        Today with its work at some place between the bounds.
    """
    factor = {
        name: placed.functions[name].work_h.mean_h / today.functions[name].work_h.mean_h for name in unidentified(today)
    }
    functions = tuple(
        function.model_copy(update={"work_h": function.work_h.times(factor[function.id])})
        if function.id in factor
        else function
        for function in design.work.functions
    )
    return design.model_copy(update={"work": design.work.model_copy(update={"functions": functions})})


def redrawn(system: WorkSystem, *, seed: int, draw: int) -> WorkSystem:
    """Return the work system of one draw over everything that the log leaves open but bounded work.

    Parameters
    ----------
    draw : int
        Which draw, >= 0; 0 is the system itself.
    """
    if draw == 0:
        return system
    data = system.model_dump()
    for number in numbers_in(system, without=DECIDED):
        span = _interval(number.value)
        if span is not None:
            luck = generator(seed, "what-if", draw, number.path)
            put_number(data, number.place, _moved(number, span, luck))
    for function in data["work"]["functions"]:
        role = function["roles"][0] if function["roles"] else ""
        _stretch(function, "work_h", math.exp(CAPACITY * generator(seed, "what-if", draw, "capacity", role).normal()))
        if function["delay_h"] is not None:
            luck = generator(seed, "what-if", draw, "wait", function["id"])
            _stretch(function, "delay_h", math.exp(WAITS * luck.normal()))
    balance(data)
    return WorkSystem.model_validate(data)


def _bounded(work: Distribution) -> bool:
    return work.footing == "assumed" and work.mean_h > 0 and work.low_h is not None and work.high_h is not None


def _placed(system: WorkSystem, share: float) -> WorkSystem:
    functions = []
    for function in system.work.functions:
        work = function.work_h
        if _bounded(work):
            assert work.low_h is not None
            assert work.high_h is not None
            mean = max(work.low_h + share * (work.high_h - work.low_h), 1e-4)
            work = work.times(mean / work.mean_h).model_copy(update={"low_h": work.low_h, "high_h": work.high_h})
        functions.append(function.model_copy(update={"work_h": work}))
    return system.model_copy(update={"work": system.work.model_copy(update={"functions": tuple(functions)})})


def _least(work: Distribution, factor: float) -> Distribution:
    """Work times a factor below one, not below its lower bound."""
    assert work.low_h is not None
    to = max(work.mean_h * factor, work.low_h, 1e-4)
    return work.times(to / work.mean_h).model_copy(update={"low_h": work.low_h, "high_h": work.high_h})


def _stretch(function: dict[str, Any], key: str, factor: float) -> None:
    """Multiply a distribution that is laid out as plain data."""
    moved = Distribution.model_validate(function[key]).times(factor)
    function[key] = moved.model_dump()


def _interval(number: Parameter | Distribution) -> tuple[float, float] | None:
    """The interval or range that a number states; none for what is only bounded, which is never drawn."""
    if isinstance(number, Parameter):
        low, high = number.low, number.high
    elif number.mean_h > 0 and not _bounded(number):
        low, high = number.low_h, number.high_h
    else:
        return None
    return None if low is None or high is None else (low, high)


def _moved(number: Number, span: tuple[float, float], luck: np.random.Generator) -> Parameter | Distribution:
    """Return a value drawn from its interval or range."""
    piece = number.value
    known = piece.value if isinstance(piece, Parameter) else piece.mean_h
    value = _drawn(known, *span, piece.footing == "assumed", luck)
    if known >= 0:
        value = max(value, 0.05 * known)
    if isinstance(piece, Distribution):
        return piece.times(value / known).model_copy(update={"low_h": None, "high_h": None})
    if number.field in SHARES and 0.0 <= known <= 1.0:
        value = min(value, 1.0)
    return piece.model_copy(update={"value": value, "low": None, "high": None})


def _drawn(value: float, low: float, high: float, assumed: bool, luck: np.random.Generator) -> float:
    """Draw evenly from a range, or from a normal with different spreads on either side of the value."""
    if assumed:
        return float(low + luck.random() * (high - low))
    z = float(luck.normal())
    return value + z * ((high - value) if z > 0 else (value - low)) / _Z95
