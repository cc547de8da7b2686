"""Every number that discovery sets, where it stands, and what it rests on: value, interval, footing and a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from longwall.worksystem import Distribution, Parameter, WorkSystem

__all__ = ["lines_of", "numbers_of"]


def numbers_of(system: WorkSystem) -> Iterator[tuple[str, Parameter | Distribution]]:
    """Yield the path and value of every parameter and distribution that was set, defaults left out.

    Entries of lists are named by their id, else by their position; routes by source, target, class and memory.
    """
    yield from _inside("", system)


def lines_of(system: WorkSystem, lines: Mapping[str, str]) -> dict[str, str]:
    """Return the lines, and one for every number that has none: value, interval, source and footing.

    Parameters
    ----------
    lines : mapping of str to str
        Path to what is said of it already.
    """
    out = dict(lines)
    for path, number in numbers_of(system):
        if path not in out:
            out[path] = _line(number)
    return dict(sorted(out.items()))


def _line(number: Parameter | Distribution) -> str:
    """Say what a number rests on."""
    if isinstance(number, Parameter):
        value, low, high, unit = number.value, number.low, number.high, number.unit
    else:
        value, low, high, unit = number.mean_h, number.low_h, number.high_h, "h"
    span = f" ({low:.3g} to {high:.3g})" if low is not None and high is not None else ""
    return f"{value:.3g}{' ' + unit if unit else ''}{span}: {number.source or 'as set'}; {number.footing}"


def _inside(path: str, held: BaseModel) -> Iterator[tuple[str, Parameter | Distribution]]:
    """Numbers of a piece and of what it holds."""
    for name in type(held).model_fields:
        if name in held.model_fields_set:
            yield from _of(f"{path}.{name}" if path else name, getattr(held, name))


def _of(path: str, value: object) -> Iterator[tuple[str, Parameter | Distribution]]:
    """Numbers at a path."""
    if isinstance(value, Parameter | Distribution):
        yield path, value
    elif isinstance(value, BaseModel):
        yield from _inside(path, value)
    elif isinstance(value, tuple):
        for place, entry in enumerate(value):
            if isinstance(entry, BaseModel):
                yield from _of(f"{path}.{_name(entry, place)}", entry)
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _of(f"{path}.{key}", entry)


def _name(entry: BaseModel, place: int) -> str:
    """How an entry of a list is named in a path."""
    known = getattr(entry, "id", None)
    if isinstance(known, str):
        return known
    source, target = getattr(entry, "source", None), getattr(entry, "target", None)
    if isinstance(source, str) and isinstance(target, str) and hasattr(entry, "after"):
        before = "".join(f"{function}," for function in entry.after)
        demand = f"[{entry.demand}]" if hasattr(entry, "demand") and entry.demand else ""
        return f"{before}{source}->{target}{demand}"
    return str(getattr(entry, "function", place))
