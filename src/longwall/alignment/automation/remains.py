"""The leftover principle: what is left for people at a level, and whether it is only what no machine could take."""

from __future__ import annotations

from dataclasses import dataclass

from longwall.simulation.load import parts_of_work
from longwall.simulation.priors import effective
from longwall.worksystem import Component, Estimate, Function, Parameter, WorkSystem

__all__ = ["Left", "left_for_people"]

_DECIDES = 5
"""Highest level at which a person decides every case."""


@dataclass(frozen=True)
class Left:
    """What is left for people.

    Parameters
    ----------
    frees : Estimate
        Hours of people a week less than today; over the range of what the machine covers.
    words : str
    only_leftover : bool
        Whether people no longer decide a case unless the machine cannot take it.
    """

    frees: Estimate
    words: str
    only_leftover: bool


def left_for_people(system: WorkSystem, function: Function, machine: Component, level: int, hours: Estimate) -> Left:
    """Return what is left for people of a function at a level, from the division of work alone; outages apart.

    Parameters
    ----------
    hours : Estimate
        Of people on the function today, a week.
    """
    priors = {name: parameter.value for name, parameter in effective(system).items()}
    today = parts_of_work(function, system.components.get(function.allocation.component or ""), priors)
    then = function.model_copy(update={"allocation": function.allocation.model_copy(update={"level": level})})
    by_hand_h = hours.value / float(today.total)
    parts = parts_of_work(then, machine, priors)
    ends = [
        hours.value - by_hand_h * float(parts_of_work(then, machine, priors, 1.0 - share).total)
        for share in _coverages(machine.coverage)
    ]
    value = hours.value - by_hand_h * float(parts.total)
    frees = Estimate(value=value, low=min(*ends, value), high=max(*ends, value), unit="h per week", footing="assumed")
    said = [
        f"{text} ({by_hand_h * float(amount):.3g} h a week)"
        for text, amount in (
            ("does it with options listed" if level <= 3 else "", parts.aided),
            ("reviews every case" if level <= _DECIDES else "may object" if level == _DECIDES + 1 else _reads(then),
             parts.looking),
            ("acts on what is suggested", parts.acting),
            (f"does by hand what the machine cannot take, {float(parts.by_hand):.0%} of cases", parts.by_hand),
            ("gets into those cases first", parts.takeover),
        )
        if text and float(amount) > 0.0
    ]  # fmt: skip
    only = level > _DECIDES
    whole = "; ".join(said) if said else "nothing in routine"
    leftover = "only what could not be given to the machine, and watching it" if only else "a person decides each case"
    return Left(frees, f"{whole}: {leftover}", only)


def _reads(function: Function) -> str:
    """What people read of what a machine did."""
    level = function.allocation.level
    if level == 8:
        return f"reads {function.allocation.audit_rate.value:.0%} of what it did"
    return "reads what it did" if level == 7 else "reads what it doubts"


def _coverages(coverage: Parameter) -> tuple[float, float]:
    """The range of what a machine covers; the value itself where there is none."""
    low, high = coverage.low, coverage.high
    return (coverage.value if low is None else low, coverage.value if high is None else high)
