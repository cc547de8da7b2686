"""What differs between two work systems, place by place, as patches and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from longwall.worksystem.designs import Patch
from longwall.worksystem.emit import plain
from longwall.worksystem.places import Step, names_of, path_text
from longwall.worksystem.system import WorkSystem
from longwall.worksystem.values import Distribution, Estimate, Parameter, Piece

__all__ = ["Difference", "differences", "patches_of"]

_WHOLE = (Parameter, Distribution, Estimate)
"""Values that are replaced as a whole: a new number with the old source would be a lie."""


class Difference(Piece):
    """One place at which two work systems differ.

    Parameters
    ----------
    steps : tuple of str or int
        Keys, names and positions from the root.
    kind : str
        ``set``: another value. ``add`` and ``remove``: an entry of a list or of a free-keyed mapping, which `steps`
        names. ``order``: a list with the same entries in another order.
    before, after : any
        Plain data as in YAML; None where there is nothing.
    in_list : bool
        True for an entry of a list, which is added at its end.
    """

    steps: tuple[Step, ...]
    kind: Literal["set", "add", "remove", "order"]
    before: Any = None
    after: Any = None
    in_list: bool = False

    @property
    def path(self) -> str:
        """The place as people write it."""
        return path_text(self.steps)


def differences(before: WorkSystem, after: WorkSystem) -> tuple[Difference, ...]:
    """Return where two work systems differ, in the order of the model; none means that they are equal."""
    return tuple(_compare((), before, after))


def patches_of(found: Iterable[Difference]) -> tuple[Patch, ...]:
    """Return the patches that make the second work system of the first."""
    return tuple(_patch(difference) for difference in found)


def _patch(difference: Difference) -> Patch:
    """Turn one difference into a patch."""
    if difference.kind == "remove":
        return Patch(op="remove", path=difference.path)
    if difference.kind == "add":
        path = path_text(difference.steps[:-1]) if difference.in_list else difference.path
        return Patch(op="add", path=path, value=difference.after)
    return Patch(op="set", path=difference.path, value=difference.after)


def _compare(steps: tuple[Step, ...], before: Any, after: Any) -> Iterator[Difference]:
    """Yield what differs at a place and below it."""
    if before == after:
        return
    if isinstance(before, Piece) and type(before) is type(after) and not isinstance(before, _WHOLE):
        for key in type(before).model_fields:
            yield from _compare((*steps, key), getattr(before, key), getattr(after, key))
    elif isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _entry((*steps, key), before.get(key), after.get(key), in_list=False)
    elif isinstance(before, tuple) and isinstance(after, tuple) and _comparable(before, after):
        yield from _lists(steps, before, after)
    else:
        yield Difference(steps=steps, kind="set", before=plain(before), after=plain(after))


def _comparable(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    """Tell whether two lists hold pieces whose names tell them apart."""
    entries = [*before, *after]
    named = names_of(before) is not None and names_of(after) is not None
    return named and all(isinstance(entry, Piece) for entry in entries)


def _lists(steps: tuple[Step, ...], before: tuple[Any, ...], after: tuple[Any, ...]) -> Iterator[Difference]:
    """Compare two lists entry by entry; a change of order comes last and carries the whole list."""
    old = dict(zip(names_of(before) or (), before, strict=True))
    new = dict(zip(names_of(after) or (), after, strict=True))
    for name in [*old, *(name for name in new if name not in old)]:
        yield from _entry((*steps, name), old.get(name), new.get(name), in_list=True)
    patched = [name for name in old if name in new] + [name for name in new if name not in old]
    if patched != list(new):
        yield Difference(steps=steps, kind="order", before=plain(before), after=plain(after))


def _entry(steps: tuple[Step, ...], before: Any, after: Any, *, in_list: bool) -> Iterator[Difference]:
    """Compare one entry of a list or mapping, which may be on one side only."""
    if before is None:
        yield Difference(steps=steps, kind="add", after=plain(after), in_list=in_list)
    elif after is None:
        yield Difference(steps=steps, kind="remove", before=plain(before), in_list=in_list)
    else:
        yield from _compare(steps, before, after)
