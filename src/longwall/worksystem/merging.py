"""Two people, or a person and a program, changed the same work system: three values in, one out, nothing lost.

What only one of them changed is taken from that one. What both changed to the same is no matter. What both changed
differently is a conflict: the person's value stays, and the other one is kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError

from longwall.errors import WorkSystemError
from longwall.worksystem.checks import check_system, sound
from longwall.worksystem.differences import differences
from longwall.worksystem.emit import plain, same
from longwall.worksystem.places import Step, entry_name, names_of, path_steps, path_text
from longwall.worksystem.renaming import followed
from longwall.worksystem.system import WorkSystem
from longwall.worksystem.values import Distribution, Estimate, Parameter, Piece
from longwall.worksystem.workdesign import Route

__all__ = ["Conflict", "Merged", "merge", "still_open", "value_at", "with_value"]

_WHOLE = (Parameter, Distribution, Estimate)
_ABSENT: Final = object()
_PARTS = ("variances", "social", "technical", "work", "assumptions", "indicators", "environment")
"""Parts of a system, those first whose changes are the first to be held back where not all fit together."""


class Conflict(Piece):
    """One place that a person and discovery changed differently.

    Parameters
    ----------
    path : str
        Keys and ids joined by dots; routes out of one place are one value, ``work.routes.triage->*``.
    base, yours, found : any
        What discovery had written, what the person made of it, and what discovery finds now, as plain data; None where
        there is nothing.
    why : str
        Said where it is not that both changed the same value.
    """

    path: str
    base: Any = None
    yours: Any = None
    found: Any = None
    why: str = ""


class Merged(Piece):
    """What came of a merge.

    Parameters
    ----------
    system : WorkSystem
        Sound, if the person's is.
    conflicts : tuple of Conflict
    moved : tuple of str
        Paths at which discovery's new value was taken.
    """

    system: WorkSystem
    conflicts: tuple[Conflict, ...] = ()
    moved: tuple[str, ...] = ()


def merge(base: WorkSystem, yours: WorkSystem, found: WorkSystem) -> Merged:
    """Merge what a person and discovery made of the same work system.

    Parameters
    ----------
    base : WorkSystem
        What discovery wrote last.
    yours : WorkSystem
        What the person made of it.
    found : WorkSystem
        What discovery finds now.

    Returns
    -------
    Merged

    Notes
    -----
    Values of one number (parameters, distributions), lists without names and the routes out of one place are merged as
    a whole. An id that the person changed is followed. Where the merged system is not sound (a function that is gone is
    still named), discovery's changes of one or more parts are held back, and become conflicts.
    """
    if yours in (base, found):
        return Merged(system=found, moved=tuple(found.path for found in differences(yours, found)))
    base, found = (followed(system, base=base, yours=yours) for system in (base, found))
    for held in _held_back():
        offered = found.model_copy(update={part: getattr(base, part) for part in held})
        conflicts: list[Conflict] = []
        system = _valid(_merged((), base, yours, offered, conflicts))
        if system is not None and (held == _PARTS or not check_system(system)):
            for part in held:
                conflicts += _unfit(base, system, found, part, {conflict.path for conflict in conflicts})
            moved = tuple(change.path for change in differences(yours, system))
            return Merged(system=system, conflicts=tuple(conflicts), moved=moved)
    return Merged(system=yours)


def value_at(system: WorkSystem, path: str) -> Any:
    """Return the plain value at a path of a conflict; None where there is nothing."""
    value: Any = system
    for step, _ in path_steps(path):
        value = _child(value, step)
        if value is _ABSENT:
            return None
    return plain(value)


def with_value(system: WorkSystem, path: str, value: Any) -> WorkSystem:
    """Return the system with another value at a path of a conflict.

    Parameters
    ----------
    value : any
        Plain; None takes away what is there.

    Raises
    ------
    WorkSystemError
        If the result is not sound; every problem is named.
    """
    steps = [step for step, _ in path_steps(path)]
    data = system.model_dump(mode="json")
    holder: Any = data
    for step in steps[:-1]:
        holder = holder[step] if isinstance(holder, dict) else next(e for e in holder if entry_name(e) == step)
    last = steps[-1]
    if isinstance(holder, dict):
        if value is None and steps[-2:-1] and not _is_field(system, steps):
            holder.pop(last, None)
        else:
            holder[last] = value
    elif _is_group(steps):
        place = next((n for n, entry in enumerate(holder) if _group(entry) == last), len(holder))
        kept = [entry for entry in holder if _group(entry) != last]
        place = min(place, len(kept))
        holder[:] = [*kept[:place], *(value or []), *kept[place:]]
    else:
        place = next((n for n, entry in enumerate(holder) if entry_name(entry) == last), len(holder))
        holder[place : place + 1] = [] if value is None else [value]
    try:
        return sound(WorkSystem.model_validate(data))
    except ValidationError as error:
        from longwall.worksystem.wording import faults_of

        raise WorkSystemError(*(fault for _, fault in faults_of(error, WorkSystem, path_text))) from error


def _held_back() -> Iterator[tuple[str, ...]]:
    """Yield which parts of discovery's changes are held back: none, each one, then more and more, at last all."""
    yield ()
    for part in _PARTS:
        yield (part,)
    for count in range(2, len(_PARTS) + 1):
        yield _PARTS[:count]


def _unfit(base: WorkSystem, system: WorkSystem, found: WorkSystem, part: str, known: set[str]) -> list[Conflict]:
    """Conflicts for what discovery changed in a part that was held back."""
    old, new = (found.model_copy(update={part: getattr(each, part)}) for each in (base, found))
    return [
        Conflict(path=path, base=change.before, yours=value_at(system, path), found=change.after,
                 why="does not fit together with what you changed")
        for change in differences(old, new)
        for path in (_whole_path(change.steps),)
        if path not in known
    ]  # fmt: skip


def _whole_path(steps: Sequence[Step]) -> str:
    """Path of a difference, positions and all."""
    return path_text(tuple(str(step) for step in steps))


def _valid(data: Any) -> WorkSystem | None:
    """Validate a merged system as a whole."""
    try:
        return WorkSystem.model_validate(data.model_dump())
    except ValidationError:
        return None


def _merged(steps: tuple[Step, ...], base: Any, yours: Any, found: Any, out: list[Conflict]) -> Any:
    """Merge at one place and below; anything may be absent."""
    if _equal(yours, found) or _equal(base, found):
        return yours
    if _equal(base, yours):
        return found
    values = (base, yours, found)
    if not any(value is _ABSENT for value in values) and not _is_group(steps):
        if isinstance(yours, Piece) and not isinstance(yours, _WHOLE) and all(type(v) is type(yours) for v in values):
            return yours.model_copy(update={
                key: _merged((*steps, key), getattr(base, key), getattr(yours, key), getattr(found, key), out)
                for key in type(yours).model_fields
            })  # fmt: skip
        if all(isinstance(value, dict) for value in values):
            return _joined(steps, base, yours, found, out)
        if all(isinstance(value, tuple) for value in values):
            old, own, new = _named(base), _named(yours), _named(found)
            if old is not None and own is not None and new is not None:
                return _flat(_joined(steps, old, own, new, out))
    out.append(Conflict(path=path_text(steps), base=_plain(base), yours=_plain(yours), found=_plain(found)))
    return yours


def _joined(
    steps: tuple[Step, ...], base: Mapping[str, Any], yours: Mapping[str, Any], found: Mapping[str, Any],
    out: list[Conflict],
) -> dict[str, Any]:  # fmt: skip
    """Merge mappings entry by entry; the order is discovery's where the person left it alone, else the person's."""
    first, second = (found, yours) if list(base) == list(yours) else (yours, found)
    merged = {}
    for name in [*first, *(name for name in second if name not in first)]:
        old, own, new = (each.get(name, _ABSENT) for each in (base, yours, found))
        value = _merged((*steps, name), old, own, new, out)
        if value is not _ABSENT:
            merged[name] = value
    return merged


def _named(entries: tuple[Any, ...]) -> dict[str, Any] | None:
    """Return entries of a list by name, routes by where they leave from; None where names do not tell them apart."""
    if entries and all(isinstance(entry, Route) for entry in entries):
        groups: dict[str, tuple[Any, ...]] = {}
        for entry in entries:
            groups[_group(entry)] = (*groups.get(_group(entry), ()), entry)
        return groups
    if not all(isinstance(entry, Piece) for entry in entries):
        return None
    names = names_of(entries)
    return None if names is None else dict(zip(names, entries, strict=True))


def _flat(entries: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the entries of a list again; groups of routes one after the other."""
    found: list[Any] = []
    for entry in entries.values():
        found += entry if isinstance(entry, tuple) else [entry]
    return tuple(found)


def _group(route: Any) -> str:
    """Name of all routes out of one place."""
    data = plain(route) if isinstance(route, Piece) else route
    after = "/".join([*data.get("after", ()), data["source"]])
    return f"{after}->*" + (f"@{data['demand']}" if data.get("demand") else "")


def _is_group(steps: Sequence[Step]) -> bool:
    """Tell whether a place is that of all routes out of one place."""
    last = str(steps[-1]) if steps else ""
    return last.endswith("->*") or "->*@" in last


def _child(value: Any, step: str) -> Any:
    """Return what stands one step further, or that nothing does."""
    if isinstance(value, Piece):
        return getattr(value, step) if step in type(value).model_fields else _ABSENT
    if isinstance(value, dict):
        return value.get(step, _ABSENT)
    if isinstance(value, tuple):
        if step.isdigit() and names_of(value) is None and not any(isinstance(entry, Route) for entry in value):
            return value[int(step)] if int(step) < len(value) else _ABSENT
        named = _named(value)
        if named is not None and step in named:
            return named[step]
        return next((entry for entry in value if entry_name(entry) == step), _ABSENT)
    return _ABSENT


def _is_field(system: WorkSystem, steps: Sequence[str]) -> bool:
    """Tell whether the last step is a field of a piece, not a free key."""
    value: Any = system
    for step in steps[:-1]:
        value = _child(value, step)
    return isinstance(value, Piece)


def _equal(one: Any, other: Any) -> bool:
    if one is _ABSENT or other is _ABSENT:
        return one is other
    return bool(one == other) and same(plain(one), plain(other))


def _plain(value: Any) -> Any:
    return None if value is _ABSENT else plain(value)


def still_open(conflicts: Iterable[Conflict], system: WorkSystem) -> tuple[Conflict, ...]:
    """Return the conflicts whose value a person has not changed since, nor made equal to what was found."""
    return tuple(
        conflict
        for conflict in conflicts
        for now in (value_at(system, conflict.path),)
        if same(now, conflict.yours) and not same(now, conflict.found)
    )
