"""What may stand where: the types of the model, walked by place."""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from longwall.worksystem.places import Step
from longwall.worksystem.values import Piece

__all__ = ["Shape", "shape_at", "shape_of"]


@dataclass(frozen=True)
class Shape:
    """What kind of value a place holds.

    Parameters
    ----------
    kind : str
        ``piece`` (a mapping with known keys), ``list``, ``map`` (a mapping with free keys) or ``leaf``.
    of : type or any
        The piece, the type of the entries, or the type of the leaf.
    optional : bool
        May be left empty.
    """

    kind: Literal["piece", "list", "map", "leaf"]
    of: Any
    optional: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys that a piece knows; empty for everything else."""
        return tuple(self.of.model_fields) if self.kind == "piece" else ()

    def child(self, step: Step) -> Shape | None:
        """Return the shape one step further, or None where nothing can stand."""
        if self.kind == "piece":
            field = self.of.model_fields.get(step)
            return None if field is None else shape_of(field.annotation)
        return None if self.kind == "leaf" else shape_of(self.of)


def shape_of(annotation: Any) -> Shape:
    """Return the shape that a type annotation describes."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return shape_of(arguments[0])
    if origin in (Union, types.UnionType):
        inner = [argument for argument in arguments if argument is not type(None)]
        shape = shape_of(inner[0]) if len(inner) == 1 else Shape("leaf", annotation)
        return Shape(shape.kind, shape.of, optional=len(inner) < len(arguments))
    if origin in (tuple, list):
        return Shape("list", arguments[0])
    if origin is dict:
        return Shape("map", arguments[1])
    if isinstance(annotation, type) and issubclass(annotation, Piece):
        return Shape("piece", annotation)
    return Shape("leaf", annotation)


def shape_at(root: type[Piece], steps: Sequence[Step]) -> Shape | None:
    """Return the shape at a place below a piece, or None where nothing can stand."""
    shape: Shape | None = shape_of(root)
    for step in steps:
        shape = None if shape is None else shape.child(step)
    return shape
