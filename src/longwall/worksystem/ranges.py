"""Numbers in their ranges: no negative durations, no probabilities outside [0, 1]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from longwall.worksystem.places import Step, entry_name
from longwall.worksystem.problems import Problem
from longwall.worksystem.values import Parameter, Piece

__all__ = ["out_of_range"]

_SHARES = frozenset(
    [
        "probability",
        "reliability",
        "coverage",
        "transparency",
        "audit_rate",
        "search_share",
        "induces",
        "merges",
        "absence",
        "resources",
    ]
)
_ABOVE_ZERO = frozenset(("speed", "time_between_failures_h", "skills"))
_FREE = frozenset(
    [
        "state_parameters",
        "target",
        "cost",
        "running_cost_per_week",
        "cost_per_week",
        "value",
        "threshold",
        "growth_per_year",
        "ability",
        "motivation",
        "opportunity",
    ]
)
"""Keys whose numbers may have any sign: priors by name, targets, effects, and money, which can be saved."""


def out_of_range(value: Any, path: tuple[Step, ...] = (), key: str = "") -> Iterator[Problem]:
    """Yield a problem for each parameter outside the range that its key states.

    Parameters
    ----------
    value : Piece
        Or anything in it.
    key : str
        The key under which the value stands; entries of a mapping are judged by the key of the mapping.
    """
    if isinstance(value, Parameter):
        yield from _parameter(value, path, key)
    elif isinstance(value, Piece):
        for name, entry in vars(value).items():
            if name not in _FREE and _holds_numbers(entry):
                yield from out_of_range(entry, (*path, name), name)
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            yield from out_of_range(entry, (*path, name), key)
    elif isinstance(value, tuple) and value and isinstance(value[0], Piece):
        for position, entry in enumerate(value):
            if isinstance(entry, Piece):
                named = entry_name(entry)
                yield from out_of_range(entry, (*path, position if named is None else named), key)
    elif isinstance(value, float | int) and key.endswith(("_h", "_weeks")) and value < 0:
        yield Problem(path, "LW-WS-013", "a duration of 0 or more", f"{value:g}", "correct the sign")


def _holds_numbers(entry: Any) -> bool:
    """Whether a value need be looked into: most of a model are texts, empty lists, and plain numbers of 0 or more."""
    if isinstance(entry, tuple):
        return bool(entry) and isinstance(entry[0], Piece)
    if isinstance(entry, float | int):
        return entry < 0
    return entry is not None and not isinstance(entry, str)


def _parameter(parameter: Parameter, path: tuple[Step, ...], key: str) -> Iterator[Problem]:
    """Judge one parameter and its interval by the key under which it stands."""
    numbers = [number for number in (parameter.value, parameter.low, parameter.high) if number is not None]
    found = f"{next((n for n in numbers if n < 0 or n > 1), parameter.value):g}"
    if key in _SHARES and not all(0 <= number <= 1 for number in numbers):
        yield Problem(path, "LW-WS-015", "a probability or share from 0 to 1", found,
                      "write a share of one: 0.12 for 12%")  # fmt: skip
    elif key in _ABOVE_ZERO and parameter.value <= 0:
        yield Problem(path, "LW-WS-013", "a number above 0", f"{parameter.value:g}", "correct it")
    elif min(numbers) < 0:
        what = "a duration of 0 h or more" if key.endswith("_h") and not key.endswith("_per_h") else "0 or more"
        yield Problem(path, "LW-WS-013", what, f"{min(numbers):g}", "correct the sign")
