"""Differences between two work systems in sentences that a member of the team would understand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from longwall.units import duration_text
from longwall.worksystem.differences import Difference, differences
from longwall.worksystem.places import Step, path_text
from longwall.worksystem.social import Role
from longwall.worksystem.system import WorkSystem
from longwall.worksystem.values import Distribution, Parameter
from longwall.worksystem.variances import Variance
from longwall.worksystem.workdesign import Allocation

__all__ = ["in_words"]

_NOUNS = {
    ("technical", "components"): "component",
    ("social", "teams"): "team",
    ("social", "roles"): "role",
    ("social", "links"): "link",
    ("work", "demand"): "demand class",
    ("work", "functions"): "function",
    ("work", "routes"): "route",
    ("work", "decisions"): "decision",
    ("environment", "constraints"): "constraint",
    ("environment", "forces"): "force",
    ("variances",): "variance",
    ("indicators",): "indicator",
    ("assumptions",): "assumption",
}


def in_words(before: WorkSystem, after: WorkSystem) -> tuple[str, ...]:
    """Return what changes from one work system to another, one sentence each, in the order of the model."""
    sentences: dict[str, None] = {}
    for difference in differences(before, after):
        for sentence in _sentences(difference, before, after):
            sentences.setdefault(sentence)
    return tuple(sentences)


def _sentences(difference: Difference, before: WorkSystem, after: WorkSystem) -> Iterator[str]:
    """Say one difference; several of one allocation, roster or control give the same sentence."""
    noun, subject, rest = _subject(difference.steps)
    if difference.kind == "order":
        yield f"the order of {path_text(difference.steps)} changes"
    elif difference.kind in ("add", "remove") and noun and not rest:
        yield f"{'new' if difference.kind == 'add' else 'without'} {noun} {subject}{_about(difference)}"
    elif noun and subject in (special := _SPECIAL.get((noun, str(rest[0]) if rest else ""), _nothing))(before, after):
        yield special(before, after)[subject]
    else:
        yield _plainly(difference, noun, subject, rest)


def _nothing(before: WorkSystem, after: WorkSystem) -> dict[str, str]:
    """No sentence of its own."""
    return {}


def _subject(steps: tuple[Step, ...]) -> tuple[str, str, tuple[Step, ...]]:
    """Split a place into the kind of thing, its name, and what follows."""
    for length in (2, 1):
        noun = _NOUNS.get(tuple(str(step) for step in steps[:length]), "")
        if noun and len(steps) > length:
            return noun, str(steps[length]), steps[length + 1 :]
    return "", "", steps


def _about(difference: Difference) -> str:
    """What else matters of something new or gone: how many people, how probable a route, how much demand."""
    data = difference.after if difference.kind == "add" else difference.before
    noun, _, _ = _subject(difference.steps)
    if noun == "role":
        return f" ({_people_text(Role.model_validate(data).head_count)})"
    if noun == "route":
        return f" ({_value_text(data.get('probability', 1), 'probability')})"
    return f" ({_value_text(data.get('per_week', 0), 'per_week')} a week)" if noun == "demand class" else ""


def _levels(before: WorkSystem, after: WorkSystem) -> dict[str, str]:
    """Functions whose level or component changes."""
    return {
        function.id: _level_sentence(function.id, old.allocation, function.allocation)
        for old, function in _pairs(before.functions, after.functions)
        if (old.allocation.level, old.allocation.component)
        != (function.allocation.level, function.allocation.component)
    }


def _level_sentence(name: str, old: Allocation, new: Allocation) -> str:
    """Say the change of an allocation."""
    component = f" (component {new.component})" if new.component and new.component != old.component else ""
    if old.level == new.level:
        return f"{name} stays at level {new.level}{component or f' (without component {old.component})'}"
    return f"{name} moves from level {old.level} to level {new.level}{component}"


def _people(before: WorkSystem, after: WorkSystem) -> dict[str, str]:
    """Roles whose shifts change."""
    found: dict[str, str] = {}
    for old, role in _pairs(before.roles, after.roles):
        if old.shifts == role.shifts:
            continue
        hours = [sum(shift.people * shift.hours_per_week for shift in each.shifts) for each in (old, role)]
        if old.head_count != role.head_count:
            found[role.id] = f"role {role.id}: {old.head_count} -> {_people_text(role.head_count)}"
        elif abs(hours[0] - hours[1]) > 1e-9:
            found[role.id] = f"role {role.id}: {hours[0]:.4g} -> {hours[1]:.4g} rostered hours a week"
        else:
            found[role.id] = f"role {role.id}: the same people and hours, on other shifts"
    return found


def _controls(before: WorkSystem, after: WorkSystem) -> dict[str, str]:
    """Variances whose control changes."""
    found: dict[str, str] = {}
    olds = {variance.id: variance for variance in before.variances}
    for variance in after.variances:
        old = olds.get(variance.id)
        if old is not None and old.control != variance.control:
            found[variance.id] = _control_sentence(old, variance)
    return found


def _control_sentence(old: Variance, new: Variance) -> str:
    """Say the change of a control."""
    if new.control is None:
        return f"variance {new.id} is no longer controlled"
    by = f" by {new.control.role}" if new.control.role else ""
    if old.control is None or (old.control.function, old.control.role) != (new.control.function, new.control.role):
        return f"variance {new.id} is now controlled at {new.control.function}{by}"
    return f"variance {new.id} is controlled otherwise at {new.control.function}{by}"


_SPECIAL: dict[tuple[str, str], Callable[[WorkSystem, WorkSystem], dict[str, str]]] = {
    ("function", "allocation"): _levels,
    ("role", "shifts"): _people,
    ("variance", "control"): _controls,
}


def _pairs(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Things that are on both sides."""
    for name, new in after.items():
        if name in before:
            yield before[name], new


def _plainly(difference: Difference, noun: str, subject: str, rest: tuple[Step, ...]) -> str:
    """Say a difference without a sentence of its own: what, from which value to which."""
    key = next((str(step) for step in reversed(difference.steps) if isinstance(step, str)), "")
    name = " ".join(str(step).replace("_", " ").removesuffix(" h") for step in rest) if noun else difference.path
    what = f"{noun} {subject}, {name}" if noun else name
    if difference.kind == "add":
        return f"{what}: new, {_value_text(difference.after, key)}"
    if difference.kind == "remove":
        return f"{what}: taken away, was {_value_text(difference.before, key)}"
    return f"{what}: {_value_text(difference.before, key)} -> {_value_text(difference.after, key)}"


def _value_text(value: Any, key: str) -> str:
    """A value as a reader would write it; durations with their unit."""
    if isinstance(value, dict) and ("value" in value or "mean_h" in value):
        number = (
            Parameter.model_validate(value).value if "value" in value else Distribution.model_validate(value).mean_h
        )
        spread = f" ({value['shape']})" if "shape" in value else ""
        return _value_text(number, "_h" if "mean_h" in value else key) + spread
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        is_duration = key.endswith("_h") and not key.endswith("_per_h")
        return duration_text(value) if is_duration else f"{value:.4g}"
    if isinstance(value, list):
        return (
            ", ".join(str(entry) for entry in value)
            if all(isinstance(e, str) for e in value) and value
            else _size(value)
        )
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value_text(entry, str(name))}" for name, entry in value.items())
    return "none" if value in (None, "") else str(value)


def _size(values: list[Any]) -> str:
    """A list that is too long to be said."""
    return f"{len(values)} values" if values else "none"


def _people_text(count: int) -> str:
    """A head-count."""
    return "1 person" if count == 1 else f"{count} people"
