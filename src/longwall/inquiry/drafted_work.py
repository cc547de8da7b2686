"""The work that answers draft: steps one after the other, each for a share of the pieces, by people or by a machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from longwall.inquiry.known import Known, Passed
from longwall.inquiry.naming import answered_by, names_in
from longwall.worksystem import Allocation, DemandClass, Distribution, Function, Parameter, Route, WorkDesign

__all__ = ["MINUTES", "work_of"]

MINUTES = 10.0
"""Minutes of a step of which neither an answer nor a template says how long it takes; a modelling choice (M)."""

_LEVELS = {"suggests": 4, "approved": 5, "read": 7, "sampled": 8, "nobody": 10}
_ROUGH = 1.15
"""How far an ordinary week may lie from what people say it is; a modelling choice (M)."""


def work_of(known: Known) -> WorkDesign:
    """Return demand, functions in the order of the steps, and the routes between them."""
    return WorkDesign(
        demand=(_demand(known),),
        functions=tuple(_function(known, passed) for passed in known.steps),
        routes=tuple(_routes(known)),
    )


def _demand(known: Known) -> DemandClass:
    """The one class of work."""
    base = known.template.work.demand[0]
    if known.answers.volume is None:
        return base if not known.answers.item else base.model_copy(update={"name": known.answers.item})
    volume = known.answers.volume
    busy = "" if volume.busy is None else f"; {volume.busy:g} in a busy week"
    words = answered_by("volume", f"an ordinary week{busy}; the range is assumed")
    low, high = volume.usual / _ROUGH, volume.usual * _ROUGH
    number = Parameter(value=volume.usual, low=low, high=high, source=words)
    return base.model_copy(update={"per_week": number, "name": known.answers.item or base.name})


def _function(known: Known, passed: Passed) -> Function:
    """One step."""
    step, base = passed.step, passed.base
    key = step.step.casefold()
    start = base or Function(
        id=passed.id, name=step.step, work_h=Distribution(shape="lognormal", mean_h=MINUTES / 60, cv=1.0)
    )
    update: dict[str, Any] = {"uses": (), "skill": ""}
    if known.said("steps") and step.minutes is not None:
        words = answered_by("steps", f"{step.minutes:g} minutes each")
        update["work_h"] = start.work_h.model_copy(
            update={"shape": "lognormal" if start.work_h.shape == "empirical" else start.work_h.shape,
                    "mean_h": step.minutes / 60, "low_h": None, "high_h": None, "quantiles_h": (), "source": words}
        )  # fmt: skip
    machine = known.machines.get(key)
    roles = _roles_of(known, passed)
    can = next((one for one in (known.answers.takeover or ()) if one.step.casefold() == key), None)
    if machine is None:
        update["allocation"] = Allocation()
    else:
        level = _LEVELS[machine.watched]
        own = start.allocation if start.allocation.component else Allocation()
        update["allocation"] = own.model_copy(
            update={"level": level, "component": known.machine_ids[machine.machine.casefold()]}
        )
        update["in_outage"] = machine.when_out
        if can is not None and can.by_hand_a_year is not None:
            update["drills_per_year"] = Parameter(
                value=can.by_hand_a_year, source=answered_by("takeover", f"{can.by_hand_a_year:g} times a year")
            )
    update["roles"] = roles
    return start.model_copy(update=update)


def _roles_of(known: Known, passed: Passed) -> tuple[str, ...]:
    """Who may do a step: those named, else those of the template, else those of the step before, else all."""
    named = tuple(
        known.role_ids[name.casefold()] for name in names_in(passed.step.who) if name.casefold() in known.role_ids
    )
    if named:
        return named
    lent = tuple(r for r in (passed.base.roles if passed.base else ()) if r in known.role_ids.values())
    if lent:
        return lent
    place = known.steps.index(passed)
    if place and (before := _roles_of(known, known.steps[place - 1])):
        return before
    return tuple(dict.fromkeys(known.role_ids.values()))[:1]


def _routes(known: Known) -> Iterable[Route]:
    """From each step to each later one, as far as the shares let pieces pass by."""
    share = [min(1.0, passed.step.of_100 / 100) for passed in known.steps]
    if known.steps:
        share[0] = 1.0
    ids = [passed.id for passed in known.steps]
    source = answered_by("steps", "of 100") if known.said("steps") else ""
    yield Route(source="start", target=ids[0])
    for place, here in enumerate(ids):
        left = 1.0
        for later in range(place + 1, len(ids)):
            taken = left * share[later]
            if taken > 0:
                yield _route(here, ids[later], taken, source)
            left -= taken
            if left <= 1e-9:
                break
        if left > 1e-9:
            yield _route(here, "end", left, source)


def _route(source: str, target: str, probability: float, words: str) -> Route:
    """One route; a certain one has no number of its own."""
    if probability >= 1 - 1e-9:
        return Route(source=source, target=target)
    return Route(source=source, target=target, probability=Parameter(value=round(probability, 9), source=words))
