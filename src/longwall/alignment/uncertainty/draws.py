"""Draws over everything assumed: another work system that the same knowledge allows.

Parameters and distributions whose footing is *assumed*, and the priors of human performance, are drawn evenly from
their range; where none is stated, from 30% below to 30% above. A base and a design that share a path share its draw.
What people decide (drills, audit rates, due times, targets) is not uncertain and stays.
"""

from __future__ import annotations

from typing import Any

from longwall.simulation.priors import PRIORS, effective
from longwall.streams import generator
from longwall.worksystem import Distribution, Number, Parameter, WorkSystem, numbers_in, put_number

__all__ = ["DECIDED", "SHARES", "UNSTATED", "assumed_paths", "balance", "drawn"]

UNSTATED = 0.3
"""Half-width of the range of an assumed parameter that states none, as a share of its value."""

DECIDED = frozenset(
    {"drills_per_year", "audit_rate", "review_deadline_h", "due_h", "target", "cost_per_h", "state_parameters"}
    | {"demand_factor", "people_factor", "work_factor"}
)
"""Fields that state a decision, a promise, a price or a scenario."""
SHARES = frozenset({"probability", "reliability", "coverage", "transparency", "search_share", "induces"})
"""Fields between 0 and 1."""
_DEFINITIONS = frozenset({"learning_form", "high_load", "control_attempts", "review_deadline_h"})
"""Priors that choose a form or define a term."""


def assumed_paths(system: WorkSystem) -> tuple[str, ...]:
    """Return the paths of everything that `drawn` draws."""
    own = [number.path for number in _assumed(system)]
    priors = [f"state_parameters.{name}" for name in _priors(system)]
    return tuple(sorted({*own, *priors}))


def drawn(system: WorkSystem, *, seed: int, draw: int) -> WorkSystem:
    """Return the work system of one draw over everything assumed.

    Parameters
    ----------
    draw : int
        Which draw, >= 0; the same for a base and its design, so that what they share is drawn alike.

    Notes
    -----
    Routes out of one place are scaled to sum to one again.
    """
    data = system.model_dump()
    for number in _assumed(system):
        share = float(generator(seed, "alignment", "draw", draw, number.path).random())
        put_number(data, number.place, _moved(number, share))
    data["state_parameters"] = dict(data["state_parameters"])
    for name in _priors(system):
        share = float(generator(seed, "alignment", "draw", draw, f"state_parameters.{name}").random())
        prior = PRIORS[name]
        value = _value(effective(system)[name], share)
        kept = Parameter(value=min(max(value, prior.least), prior.most), unit=prior.unit, source="draw")
        data["state_parameters"][name] = kept.model_dump()
    balance(data)
    return WorkSystem.model_validate(data)


def _priors(system: WorkSystem) -> list[str]:
    """Names of the priors that this system uses."""
    return [
        name for name, prior in PRIORS.items() if name not in _DEFINITIONS and (system.person_state or not prior.state)
    ]


def _assumed(system: WorkSystem) -> list[Number]:
    """Every assumed parameter and distribution."""
    return [number for number in numbers_in(system, without=DECIDED) if number.value.footing == "assumed"]


def _moved(number: Number, share: float) -> Parameter | Distribution:
    """Return a parameter or distribution at a share of its range."""
    piece = number.value
    if isinstance(piece, Distribution):
        if piece.mean_h == 0:
            return piece
        low = piece.mean_h * (1 - UNSTATED) if piece.low_h is None else piece.low_h
        high = piece.mean_h * (1 + UNSTATED) if piece.high_h is None else piece.high_h
        moved = piece.times((low + share * (high - low)) / piece.mean_h)
        return moved.model_copy(update={"low_h": None, "high_h": None})
    value = _value(piece, share)
    kept = min(max(value, 0.0), 1.0) if number.field in SHARES and 0.0 <= piece.value <= 1.0 else value
    return piece.model_copy(update={"value": kept, "low": None, "high": None})


def _value(parameter: Parameter, share: float) -> float:
    """Return the value at a share of the range."""
    spread = UNSTATED * abs(parameter.value)
    low = parameter.value - spread if parameter.low is None else parameter.low
    high = parameter.value + spread if parameter.high is None else parameter.high
    return low + share * (high - low)


def balance(data: dict[str, Any]) -> None:
    """Scale the routes out of one place, for one demand class and memory, to sum to one."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for route in data["work"]["routes"]:
        groups.setdefault((route["source"], route["demand"], tuple(route["after"])), []).append(route)
    for routes in groups.values():
        total = sum(route["probability"]["value"] for route in routes)
        for route in routes:
            if total > 0 and abs(total - 1.0) > 1e-9:
                value = route["probability"]["value"] / total
                route["probability"] = {**route["probability"], "value": value, "low": None, "high": None}
