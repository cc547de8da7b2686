"""Draws over everything that a log leaves open: another work system that would have produced it as well.

Values that were counted or fitted are drawn from their 95% intervals (normal), assumed ones evenly from the range that
they state. Work whose range comes from a log without starts is one set for all functions: it is put at a stated place
between its bounds, the same for all, and never drawn, since nothing says what is likely inside. Beside the numbers, the
model itself is uncertain: the hours of the people and the outside waits of each function are varied by stated factors.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from longwall.alignment.draws import DECIDED, SHARES, balance
from longwall.alignment.flow import flow_of
from longwall.streams import generator
from longwall.worksystem import Distribution, Parameter, Piece, WorkSystem

__all__ = ["CAPACITY", "SHARES_OF_SET", "WAITS", "at_share", "redrawn", "unidentified"]

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
    for path, place, field, piece in _uncertain(system, ""):
        luck = generator(seed, "what-if", draw, path)
        holder = data
        for step in place[:-1]:
            holder = holder[step]
        holder[place[-1]] = _moved(piece, luck, field).model_dump()
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


def _uncertain(piece: Any, path: str, field: str = "") -> Iterator[tuple[str, tuple[Any, ...], str, Piece]]:
    """Yield path by ids, place by positions, field and value of everything with a stated interval."""
    if isinstance(piece, Parameter):
        if piece.low is not None and piece.high is not None:
            yield path, (), field, piece
    elif isinstance(piece, Distribution):
        if piece.low_h is not None and piece.high_h is not None and piece.mean_h > 0 and not _bounded(piece):
            yield path, (), field, piece
    elif isinstance(piece, Piece):
        for name in type(piece).model_fields:
            if name not in DECIDED:
                yield from _under(getattr(piece, name), path, name, name, name)
    elif isinstance(piece, dict):
        for key, value in piece.items():
            yield from _under(value, path, str(key), key, field)
    elif isinstance(piece, tuple):
        for place, value in enumerate(piece):
            yield from _under(value, path, str(getattr(value, "id", place)), place, field)


def _under(
    value: Any, path: str, name: str, step: str | int, field: str
) -> Iterator[tuple[str, tuple[Any, ...], str, Piece]]:
    """Yield what lies below one key."""
    for found, place, inner, piece in _uncertain(value, f"{path}.{name}" if path else name, field):
        yield found, (step, *place), inner, piece


def _moved(piece: Piece, luck: Any, field: str) -> Piece:
    """Return a value drawn from its interval or range."""
    if isinstance(piece, Distribution):
        assert piece.low_h is not None
        assert piece.high_h is not None
        mean = _drawn(piece.mean_h, piece.low_h, piece.high_h, piece.footing == "assumed", luck)
        return piece.times(max(mean, 0.05 * piece.mean_h) / piece.mean_h).model_copy(
            update={"low_h": None, "high_h": None}
        )
    assert isinstance(piece, Parameter)
    assert piece.low is not None
    assert piece.high is not None
    value = _drawn(piece.value, piece.low, piece.high, piece.footing == "assumed", luck)
    if piece.value >= 0:
        value = max(value, 0.05 * piece.value)
    if field in SHARES and 0.0 <= piece.value <= 1.0:
        value = min(value, 1.0)
    return piece.model_copy(update={"value": value, "low": None, "high": None})


def _drawn(value: float, low: float, high: float, assumed: bool, luck: Any) -> float:
    """Draw evenly from a range, or from a normal with different spreads on either side of the value."""
    if assumed:
        return float(low + luck.random() * (high - low))
    z = float(luck.normal())
    return value + z * ((high - value) if z > 0 else (value - low)) / _Z95
