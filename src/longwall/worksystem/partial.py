"""What is left of a faulty file: enough of a model to check its ids in the same pass."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import ValidationError

from longwall.worksystem.places import Step, positions_of
from longwall.worksystem.shapes import shape_at
from longwall.worksystem.values import Piece

__all__ = ["without_faults"]

_ROUNDS = 4


def without_faults(data: Any, of: type[Piece], wrong: Iterable[Sequence[Step]]) -> Piece | None:
    """Return the value of what remains when faulty keys and entries are left out, or None where too little remains.

    Parameters
    ----------
    data : dict
        The plain data of the file; not changed.
    wrong : iterable of places
        Where the faults are, entries of lists by position.
    """
    data = copy.deepcopy(data)
    for _ in range(_ROUNDS):
        for place in sorted({_droppable(of, tuple(place)) for place in wrong}, key=_last_first):
            if not place:
                return None
            _drop(data, place)
        try:
            return of.model_validate(data)
        except ValidationError as error:
            wrong = [detail["loc"] for detail in error.errors(include_url=False)]
    return None


def _droppable(of: type[Piece], place: tuple[Step, ...]) -> tuple[Step, ...]:
    """The innermost key or entry at or above a place that can be left out."""
    while place:
        above = shape_at(of, place[:-1])
        if above is None or above.kind in ("list", "map"):
            return place
        if above.kind == "piece":
            field = above.of.model_fields.get(place[-1])
            if field is None or not field.is_required():
                return place
        place = place[:-1]
    return place


def _drop(data: Any, place: tuple[Step, ...]) -> None:
    """Leave one place out, where it is still there."""
    for step in place[:-1]:
        if not positions_of(data, (step,)):
            return
        data = data[step]
    if isinstance(data, dict):
        data.pop(place[-1], None)
    elif isinstance(data, list) and isinstance(place[-1], int) and place[-1] < len(data):
        del data[place[-1]]


def _last_first(place: tuple[Step, ...]) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts later entries, and deeper places, before earlier ones."""
    steps = tuple((0, -step, "") if isinstance(step, int) else (1, 0, step) for step in place)
    return (*steps, (2, 0, ""))
