"""A problem of a model: one thing that is wrong at one place, before anybody knows in which file it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from longwall.errors import Fault, suggestion
from longwall.worksystem.places import Step, path_text

__all__ = ["Problem", "unknown_id"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, with its place and the four parts of a fault.

    Parameters
    ----------
    path : tuple of str or int
        Keys, names and positions from the root of the model.
    code : str
        Such as ``LW-WS-014``.
    expected, found, do : str
        What would be right, what is there, what the reader can do about it.
    """

    path: tuple[Step, ...]
    code: str
    expected: str
    found: str
    do: str

    def fault(self, where: Callable[[Sequence[Step]], str] = path_text) -> Fault:
        """Return the fault, its place said by `where`."""
        return Fault(self.code, where(self.path), self.expected, self.found, self.do)


def unknown_id(path: tuple[Step, ...], wrong: str, known: Iterable[str], what: str) -> Problem:
    """Return the problem of an id that nothing has, with the closest one that something has.

    Parameters
    ----------
    what : str
        What the id should name and where such things stand, such as ``a role in social.roles``.
    """
    names = sorted(known)
    near = suggestion(wrong, names)
    noun = what.split(" in ")[0]
    do = (
        f"use {near!r}, or add {noun}"
        if near
        else f"add {noun} {wrong!r}, or use one of: {', '.join(names[:8]) or 'none yet'}"
    )
    return Problem(path, "LW-WS-014", f"the id of {what}", repr(wrong), do)
