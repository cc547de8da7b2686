"""The variance matrix of a model: people's judgement as a net, with the ranges they stated."""

from __future__ import annotations

import numpy as np

from longwall.assessment.flow import Flow
from longwall.assessment.matrix.algebra import Net, Range
from longwall.simulation import error_probability
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Parameter, Variance, WorkSystem

__all__ = ["able_share", "judged_net", "origin_functions"]

_HELPED = 2


def judged_net(system: WorkSystem, flow: Flow, range_factor: float) -> Net:
    """Return the variances of a model as a net, in their order.

    Parameters
    ----------
    range_factor : float
        Assumed numbers without a range get one from value / factor to value * factor; probabilities on the odds.
    """
    variances = system.variances
    place = {variance.id: k for k, variance in enumerate(variances)}
    source, target, p = [], [], []
    for k, variance in enumerate(variances):
        for other, probability in variance.induces.items():
            if other in place:
                source.append(k)
                target.append(place[other])
                p.append(_bounds(probability, range_factor, True))
    own = [_own(system, flow, variance, range_factor) for variance in variances]
    detected = [_detected(system, flow, variance, range_factor) for variance in variances]
    controlled = [_controlled(system, variance, range_factor) for variance in variances]
    harm = [[v.severity.technical, v.severity.social, v.severity.regulatory] for v in variances]
    return Net(
        source=np.array(source, dtype=np.intp),
        target=np.array(target, dtype=np.intp),
        p=_range(p),
        own=_range(own),
        detected=_range(detected),
        controlled=_range(controlled),
        severity=np.array(harm, dtype=np.float64).reshape(len(variances), 3),
        harm_stays=np.zeros(len(variances), dtype=bool),
    )


def origin_functions(system: WorkSystem, origin: str) -> tuple[str, ...]:
    """Return the function at which a variance arises, or the functions that its component performs or carries."""
    if origin in system.functions:
        return (origin,)
    carried = {origin}
    grown = True
    while grown:
        more = {c.id for c in system.technical.components if carried & set(c.depends_on)} - carried
        grown = bool(more)
        carried |= more
    return tuple(f.id for f in system.work.functions if f.allocation.component in carried)


def able_share(system: WorkSystem, variance: Variance) -> float:
    """Return the share of those who would control a variance that have the authority and the information it needs."""
    control = variance.control
    if control is None:
        return 0.0
    function = system.functions.get(control.function)
    names = (control.role,) if control.role else function.roles if function else ()
    roles = [system.roles[name] for name in names if name in system.roles]
    if not roles:
        machine = function is not None and function.allocation.component is not None
        return 0.0 if control.needs_authority or control.needs_information or not machine else 1.0
    able = [
        (not control.needs_authority or variance.id in role.authority)
        and (not control.needs_information or variance.id in role.informed_of)
        for role in roles
    ]
    heads = [max(role.head_count, 0) for role in roles]
    if not sum(heads):
        return 0.0
    return sum(head for head, can in zip(heads, able, strict=True) if can) / sum(heads)


def _own(system: WorkSystem, flow: Flow, variance: Variance, factor: float) -> tuple[float, float, float]:
    """Own occurrences per week."""
    stated = variance.probability if variance.error is None else Parameter(value=error_probability(variance.error))
    low, value, high = _bounds(stated, factor, variance.origin in system.functions)
    if variance.origin in system.functions:
        function = system.functions[variance.origin]
        times = flow.executions.get(variance.origin, 0.0)
        component = function.allocation.component
        if variance.by_machine:
            machine = system.components.get(component or "") if function.allocation.level >= _HELPED else None
            # Only what the machine did or proposed wrongly.
            times *= machine.coverage.value * (1 - machine.reliability.value) if machine else 0.0
    else:
        times = float(HOURS_PER_WEEK)
    return low * times, value * times, high * times


def _detected(system: WorkSystem, flow: Flow, variance: Variance, factor: float) -> tuple[float, float, float]:
    """Probability that one of the detections on the way sees it."""
    missed = np.ones(3)
    starts = [flow.functions.index(name) for name in origin_functions(system, variance.origin)]
    for detection in variance.detections:
        if detection.function not in system.functions:
            continue
        there = flow.functions.index(detection.function)
        passed = max((float(flow.reach[start, there]) for start in starts), default=1.0)
        missed *= 1 - passed * np.array(_bounds(detection.probability, factor, True))
    low, value, high = (float(x) for x in 1 - missed)
    return low, value, high


def _controlled(system: WorkSystem, variance: Variance, factor: float) -> tuple[float, float, float]:
    """Probability that control works once it is seen."""
    if variance.control is None:
        return 0.0, 0.0, 0.0
    able = able_share(system, variance)
    low, value, high = _bounds(variance.control.probability, factor, True)
    return low * able, value * able, high * able


def _bounds(parameter: Parameter, factor: float, is_probability: bool) -> tuple[float, float, float]:
    """Low, value and high; a range of its own for an assumed number without one."""
    value = parameter.value
    low, high = parameter.low, parameter.high
    if low is None and high is None and parameter.footing == "assumed" and value > 0:
        if not is_probability:
            return value / factor, value, value * factor
        if value < 1:
            odds = value / (1 - value)
            return odds / factor / (1 + odds / factor), value, odds * factor / (1 + odds * factor)
    return value if low is None else low, value, value if high is None else high


def _range(rows: list[tuple[float, float, float]]) -> Range:
    """Stack triples."""
    x = np.array(rows, dtype=np.float64).reshape(len(rows), 3)
    return Range(value=x[:, 1], low=x[:, 0], high=x[:, 2])
