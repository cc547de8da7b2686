"""An id that a person changed, followed wherever the model names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall.worksystem.places import entry_name
from longwall.worksystem.references import dangling, ids_of
from longwall.worksystem.system import WorkSystem

__all__ = ["followed", "renamed_ids"]

_PLACES = (
    ("technical", "components"),
    ("social", "teams"),
    ("social", "roles"),
    ("work", "demand"),
    ("work", "functions"),
    ("variances",),
)


def renamed_ids(base: WorkSystem, yours: WorkSystem) -> Mapping[tuple[str, ...], Mapping[str, str]]:
    """Return the ids that a person gave another name to, by place: old to new.

    An entry that is gone and one that is new are the same if they bear the same name, or, without names, differ in at
    most one thing but the id; only where that is clear both ways.
    """
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for place in _PLACES:
        old, new = ({entry.id: entry for entry in _entries(system, place)} for system in (base, yours))
        gone, come = [old[name] for name in old if name not in new], [new[name] for name in new if name not in old]
        pairs = [(one.id, two.id) for one in gone for two in come if _same_thing(one, two)]
        clear = {
            one: two
            for one, two in pairs
            if [pair[0] for pair in pairs].count(one) == 1 and [pair[1] for pair in pairs].count(two) == 1
        }
        if clear:
            found[place] = clear
    return found


def followed(system: WorkSystem, *, base: WorkSystem, yours: WorkSystem) -> WorkSystem:
    """Return a system with the ids that a person changed between `base` and `yours` changed likewise.

    An id that the system does not have, or whose new name it has already, stays.
    """
    for place, names in renamed_ids(base, yours).items():
        for old, new in names.items():
            known = {entry.id for entry in _entries(system, place)}
            if old in known and new not in known:
                system = _renamed(system, place, old, new)
    return system


def _renamed(system: WorkSystem, place: tuple[str, ...], old: str, new: str) -> WorkSystem:
    """Change one id, and every mention that would name nothing without it."""
    data = system.model_dump(mode="json")
    entry = next(entry for entry in _at(data, place) if entry["id"] == old)
    entry["id"] = new
    changed = WorkSystem.model_validate(data)
    for problem in dangling(changed, ids_of(changed)):
        _put(data, problem.path, old, new)
    start = ".".join((*place, old)) + "."
    for assumption in data["assumptions"]:
        assumption["rests_on"] = [
            ".".join((*place, new)) + "." + text[len(start) :] if text.startswith(start) else text
            for text in assumption["rests_on"]
        ]
    return WorkSystem.model_validate(data)


def _put(data: Any, path: tuple[Any, ...], old: str, new: str) -> None:
    """Put the new id where the old one stands: as a value, or as the key of a mapping."""
    for step in path[:-1]:
        data = _step(data, step)
        if data is None:
            return
    last = path[-1]
    if isinstance(data, dict) and data.get(last) == old:
        data[last] = new
    elif isinstance(data, dict) and last == old and last in data:
        data[new] = data.pop(old)
    elif isinstance(data, list) and isinstance(last, int) and data[last] == old:
        data[last] = new


def _step(data: Any, step: Any) -> Any:
    """Go one step into plain data; an entry of a list goes by its name, also after its id was changed in it."""
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(step, int):
        return data[step]
    return next((entry for entry in data if entry_name(entry) == step), None)


def _same_thing(one: Any, two: Any) -> bool:
    """Tell whether two entries are one thing: the same name, or all but one field the same, and not for want of any."""
    if one.name or two.name:
        return bool(one.name == two.name)
    fields = type(one).model_fields.items()
    other = [key for key, _ in fields if key != "id" and getattr(one, key) != getattr(two, key)]
    said = [
        key
        for key, info in fields
        if key not in ("id", *other) and getattr(one, key) != info.get_default(call_default_factory=True)
    ]
    return len(other) <= 1 and bool(said)


def _entries(system: WorkSystem, place: tuple[str, ...]) -> tuple[Any, ...]:
    value: Any = system
    for key in place:
        value = getattr(value, key)
    return tuple(value)


def _at(data: Any, place: tuple[str, ...]) -> Any:
    for key in place:
        data = data[key]
    return data
