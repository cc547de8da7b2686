"""The numbers of a work system: every parameter and distribution, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from longwall.worksystem.values import Distribution, Parameter, Piece

__all__ = ["Number", "numbers_in", "put_number"]


class Number(NamedTuple):
    """One parameter or distribution inside a piece.

    Parameters
    ----------
    path : str
        Keys and ids joined by dots; an entry of a list without an id goes by its position.
    place : tuple of str and int
        The same by keys and positions, as the dumped data has them.
    field : str
        Key of the piece under which it stands; entries of a mapping or list have that of the whole.
    value : Parameter or Distribution
    """

    path: str
    place: tuple[str | int, ...]
    field: str
    value: Parameter | Distribution


def numbers_in(piece: Piece, *, set_only: bool = False, without: frozenset[str] = frozenset()) -> Iterator[Number]:
    """Yield every number inside a piece, in the order of the model.

    Parameters
    ----------
    piece : Piece
        A work system, or a part of one.
    set_only : bool
        Leave out what was left at its default.
    without : frozenset of str
        Fields that are left out with everything below them.
    """
    return _below(piece, (), (), "", set_only, without)


def put_number(data: Any, place: tuple[str | int, ...], value: Parameter | Distribution) -> None:
    """Put another number at a place of a work system that was dumped to plain data."""
    for step in place[:-1]:
        data = data[step]
    data[place[-1]] = value.model_dump()


def _below(
    value: Any, names: tuple[str, ...], place: tuple[str | int, ...], field: str, set_only: bool,
    without: frozenset[str],
) -> Iterator[Number]:  # fmt: skip
    """Yield the numbers at a place and below."""
    if isinstance(value, Parameter | Distribution):
        yield Number(".".join(names), place, field, value)
    elif isinstance(value, Piece):
        for name in type(value).model_fields:
            if name not in without and (not set_only or name in value.model_fields_set):
                yield from _below(getattr(value, name), (*names, name), (*place, name), name, set_only, without)
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _below(entry, (*names, str(key)), (*place, key), field, set_only, without)
    elif isinstance(value, tuple):
        for position, entry in enumerate(value):
            name = str(getattr(entry, "id", position))
            yield from _below(entry, (*names, name), (*place, position), field, set_only, without)
