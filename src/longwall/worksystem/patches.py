"""Interventions applied: patches make another model of a model, which itself never changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from longwall.errors import Fault, WorkSystemError, suggestion
from longwall.worksystem.checks import sound
from longwall.worksystem.designs import Design, Intervention, Patch
from longwall.worksystem.emit import plain
from longwall.worksystem.lookup import Place, place_of
from longwall.worksystem.places import entry_name, named_place, path_text
from longwall.worksystem.problems import Problem
from longwall.worksystem.shapes import Shape
from longwall.worksystem.system import WorkSystem
from longwall.worksystem.wording import faults_of, found_text

__all__ = ["apply", "design_of", "patched", "realised"]


def apply(system: WorkSystem, interventions: Iterable[Intervention]) -> WorkSystem:
    """Return the work system after interventions, their patches applied in order.

    Raises
    ------
    WorkSystemError
        If a path is not there (LW-WS-023), a patch cannot be applied (LW-WS-024), or the result is not sound; every
        fault of the patches is named.
    """
    labelled = [
        (f"{intervention.id}.patches.{position}", patch)
        for intervention in interventions
        for position, patch in enumerate(intervention.patches)
    ]
    return _patched(system, labelled)


def patched(system: WorkSystem, patches: Iterable[Patch]) -> WorkSystem:
    """Return the work system after patches, applied in order.

    Raises
    ------
    WorkSystemError
        As `apply`.
    """
    return _patched(system, [(f"patches.{position}", patch) for position, patch in enumerate(patches)])


def design_of(
    base: WorkSystem, interventions: Sequence[Intervention], *, id: str, name: str, role: str = "", why: str = ""
) -> Design:
    """Return the design that these interventions make of a base, in this order.

    Raises
    ------
    WorkSystemError
        If one is missing that another requires first (LW-WS-025), or as `apply`.
    """
    done: set[str] = set()
    faults = []
    for intervention in interventions:
        for needed in intervention.requires:
            if needed not in done:
                faults.append(
                    Fault("LW-WS-025", f"{intervention.id}.requires", f"{needed!r} before {intervention.id!r}",
                          "none" if needed not in {each.id for each in interventions} else "it later",
                          "add it, or put it first")
                )  # fmt: skip
        done.add(intervention.id)
    if faults:
        raise WorkSystemError(*faults)
    apply(base, interventions)
    chosen = tuple(intervention.id for intervention in interventions)
    return Design(id=id, name=name, base=base.id, base_hash=base.hash, interventions=chosen, role=role, why=why)


def realised(design: Design, base: WorkSystem, interventions: Iterable[Intervention]) -> WorkSystem:
    """Return the work system that a design describes.

    Parameters
    ----------
    interventions : iterable of Intervention
        All that are known; the design names those it takes.

    Raises
    ------
    WorkSystemError
        If the base is another one than the design was made for (LW-WS-026), or an intervention is not known
        (LW-WS-014), or as `apply`.
    """
    if design.base_hash != base.hash:
        raise WorkSystemError(
            Fault("LW-WS-026", f"{design.id}.base_hash", f"the work system {base.hash}", design.base_hash,
                  "the base has changed since; search for designs again")
        )  # fmt: skip
    known: Mapping[str, Intervention] = {intervention.id: intervention for intervention in interventions}
    faults = [
        Fault("LW-WS-014", f"{design.id}.interventions.{position}", "the id of an intervention", repr(wanted),
              f"use {near!r}" if (near := suggestion(wanted, known)) else "add the intervention")
        for position, wanted in enumerate(design.interventions)
        if wanted not in known
    ]  # fmt: skip
    if faults:
        raise WorkSystemError(*faults)
    return apply(base, [known[wanted] for wanted in design.interventions])


def _patched(system: WorkSystem, labelled: Iterable[tuple[str, Patch]]) -> WorkSystem:
    """Apply labelled patches to a copy of the plain data, validate and check."""
    data = system.model_dump(mode="json")
    faults: list[Fault] = []
    for label, patch in labelled:
        problem = _apply_one(data, patch)
        if problem is not None:
            faults.append(Fault(problem.code, f"{label}  {patch.path}", problem.expected, problem.found, problem.do))
    if faults:
        raise WorkSystemError(*faults)
    try:
        result = WorkSystem.model_validate(data)
    except ValidationError as error:
        faults = [fault for _, fault in faults_of(error, WorkSystem, lambda steps: path_text(named_place(data, steps)))]
        raise WorkSystemError(*faults) from error
    return sound(result)


def _apply_one(data: dict[str, Any], patch: Patch) -> Problem | None:
    """Change the plain data by one patch, or say why that is not possible."""
    place = place_of(WorkSystem, data, patch.path, new_key=patch.op == "add")
    if isinstance(place, Problem):
        return place
    *above, last = place.steps
    holder: Any = data
    for step in above:
        holder = holder[step]
    if patch.op == "add":
        shape = place.shape.child(0) if place.shape.kind == "list" and not place.new else place.shape
        return _add(holder, place, _filled(shape, plain(patch.value)))
    if patch.op == "set":
        holder[last] = _filled(place.shape, plain(patch.value))
    elif place.within.kind in ("list", "map"):
        del holder[last]
    elif place.shape.optional:
        holder[last] = None
    else:
        return Problem((), "LW-WS-024", "an entry, or a value that may be left out, to remove", f"the key {last!r}",
                       "set another value instead")  # fmt: skip
    return None


def _filled(shape: Shape | None, value: Any) -> Any:
    """Write out the defaults of a value, so that later patches find its keys; a wrong value stays as it is."""
    if shape is None or value is None:
        return value
    if shape.kind == "list" and isinstance(value, list):
        return [_filled(shape.child(0), entry) for entry in value]
    if shape.kind == "map" and isinstance(value, dict):
        return {key: _filled(shape.child(key), entry) for key, entry in value.items()}
    if shape.kind != "piece":
        return value
    try:
        return shape.of.model_validate(value).model_dump(mode="json")
    except ValidationError:
        return value


def _add(holder: Any, place: Place, value: Any) -> Problem | None:
    """Add an entry to the list at a place, or a new key to the mapping above it."""
    last = place.steps[-1]
    if place.new:
        holder[last] = value
        return None
    if place.shape.kind == "list":
        name = entry_name(value)
        if isinstance(value, Mapping | str) and name is not None and name in map(entry_name, holder[last]):
            return Problem((), "LW-WS-024", "an entry whose name is new in the list", repr(name),
                           "set the entry that is there, or take another id")  # fmt: skip
        holder[last].append(value)
        return None
    found = f"{found_text(holder[last])} that is there already" if place.within.kind == "map" else "a single value"
    return Problem((), "LW-WS-024", "a list to add to, or a new key of a mapping with free keys", found,
                   "use `op: set`")  # fmt: skip
