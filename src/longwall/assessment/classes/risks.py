"""Which variance carries most of the harm, and which socio-technical risk does most of it run through?

A risk is a condition of the work system that can be read off the model for each variance: who checks a machine, who
still practises, who may decide, who is told. Its weight is the loss of the variances for which the condition holds,
times how far it holds. The columns of harm are not added up: the technical one ranks, the others stand beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from longwall.assessment.classes.interaction import false_alert_share
from longwall.assessment.classes.profile import Dominant, Profile, Risk, RiskKind
from longwall.assessment.classes.structure import MACHINE_ACTS
from longwall.assessment.flow import Flow
from longwall.assessment.results import VarianceMatrix
from longwall.worksystem import Control, Id, Variance, WorkSystem

__all__ = ["profile_of"]

_SUGGESTED = 4
_HALF = 0.5
_SEVERAL = 2
_MOST_SHARE = 1 - 1e-9
_HARM = ("technical", "social", "regulatory")


def profile_of(system: WorkSystem, flow: Flow, matrix: VarianceMatrix | None) -> Profile | None:
    """Return what dominates a work system; None where its model carries no loss, or an endless one.

    Parameters
    ----------
    matrix : VarianceMatrix, optional
        Solved from the variances of the model.

    Notes
    -----
    A variance that does half of its harm and more through one other is counted with it, so that a chain of cascading
    faults is one. Events missed among alerts, which the matrix does not know, are those that no alert is raised for,
    and those whose alert nobody believes: people engage about as often as alerts have been worth it (probability
    matching; Bliss, Gilson and Deaton 1995).
    """
    if matrix is None or matrix.runaway or not system.variances:
        return None
    losses = {row.id: _harm(row.own_loss) for row in matrix.variances}
    missed = _missed(system)
    total = sum(losses.values(), np.zeros(3)) + sum(missed.values(), np.zeros(3))
    if total[0] <= 0:
        return None
    chains = [(variances, sum((losses[v] for v in variances), np.zeros(3)), False) for variances in _chains(matrix)]
    chains += [((variance,), loss, True) for variance, loss in missed.items()]
    chains.sort(key=lambda chain: (-chain[1][0], chain[0]))
    first, loss, alerts = chains[0]
    names = {variance.id: variance.name or variance.id for variance in system.variances}
    others = {
        column: float(loss[k] / total[k]) for k, column in enumerate(_HARM) if k > 0 and total[k] > 0
    }  # fmt: skip
    return Profile(
        dominant=Dominant(
            variances=first, name=names[first[0]], alerts=alerts, share=float(loss[0] / total[0]), others=others
        ),
        next_share=float(chains[1][1][0] / total[0]) if len(chains) > 1 else 0.0,
        risks=_risks(system, flow, _onward(matrix), losses, missed, float(total[0])),
    )


def _harm(loss: object) -> NDArray[np.float64]:
    """The three columns of a loss."""
    return np.array([float(getattr(loss, column) or 0.0) for column in _HARM])


def _onward(matrix: VarianceMatrix) -> dict[Id, tuple[Id, float]]:
    """The one variance through which another does half of its harm and more, and how much of it."""
    rows = {row.id: row for row in matrix.variances}
    onto: dict[Id, tuple[Id, float]] = {}
    for edge in matrix.edges:
        if edge.source in rows and edge.target in rows and (rows[edge.source].one.technical or 0) > 0:
            target = rows[edge.target]
            passed = edge.probability.value * target.uncontrolled * (target.one.technical or 0.0)
            share = passed / (rows[edge.source].one.technical or 1.0)
            if share >= _HALF * _MOST_SHARE and share > onto.get(edge.source, ("", 0.0))[1]:
                onto[edge.source] = (edge.target, share)
    return onto


def _chain_of(name: Id, onto: Mapping[Id, tuple[Id, float]]) -> list[Id]:
    """The variance and those through which it does its harm, one after the other."""
    way = [name]
    while way[-1] in onto and onto[way[-1]][0] not in way:
        way.append(onto[way[-1]][0])
    return way


def _chains(matrix: VarianceMatrix) -> list[tuple[Id, ...]]:
    """Variances grouped by the last of their chains, in the order of events."""
    onto = _onward(matrix)
    groups: dict[Id, list[tuple[int, Id]]] = {}
    for row in matrix.variances:
        way = _chain_of(row.id, onto)
        groups.setdefault(way[-1], []).append((-len(way), row.id))
    return [tuple(name for _, name in sorted(members)) for members in groups.values()]


def _missed(system: WorkSystem) -> dict[Id, NDArray[np.float64]]:
    """Loss per week of events that detectors are to find and that escape, by variance."""
    severity = {v.id: _harm(v.severity) for v in system.variances}
    found: dict[Id, NDArray[np.float64]] = {}
    for demand in system.work.demand:
        alerts = demand.alerts
        if alerts is None or alerts.variance not in severity:
            continue
        raised = float(ndtr(alerts.d_prime.value - alerts.threshold.value))
        believed = 1 - false_alert_share(alerts)
        escaped = alerts.events_per_week.value * (1 - raised * believed)
        found[alerts.variance] = found.get(alerts.variance, np.zeros(3)) + escaped * severity[alerts.variance]
    return found


def _risks(
    system: WorkSystem,
    flow: Flow,
    onto: Mapping[Id, tuple[Id, float]],
    losses: Mapping[Id, NDArray[np.float64]],
    missed: Mapping[Id, NDArray[np.float64]],
    total: float,
) -> tuple[Risk, ...]:
    """Share of the technical loss that runs through each risk."""
    conditions: dict[RiskKind, Callable[[Variance], float]] = {
        "automation complacency": lambda v: _complacency(system, flow, v),
        "override atrophy": lambda v: _atrophy(system, flow, v),
        "governance misalignment": lambda v: _others_may(system, v),
        "legacy social structure": lambda v: _nobody(system, v),
        "role ambiguity": lambda v: _ambiguous(system, v),
        "procedural rigidity": lambda v: _waits_for_approval(system, v),
    }
    found: list[tuple[RiskKind, dict[Id, float]]] = []
    for kind, condition in conditions.items():
        holds = _through({v.id: condition(v) for v in system.variances}, onto)
        weights = {v.id: holds[v.id] * float(losses[v.id][0]) / total for v in system.variances}
        found.append((kind, weights))
    noise = [false_alert_share(d.alerts) for d in system.work.demand if d.alerts is not None]
    found.append(("alert fatigue", {v: float(loss[0]) * max(noise) / total for v, loss in missed.items()}))
    risks = []
    for kind, weights in found:
        through = sorted((-weight, variance) for variance, weight in weights.items() if weight > 0)
        if through:
            share = min(1.0, -sum(weight for weight, _ in through))
            risks.append(Risk(kind=kind, share=share, variances=tuple(variance for _, variance in through)))
    return tuple(sorted(risks, key=lambda risk: (-risk.share, risk.kind)))


def _through(holds: Mapping[Id, float], onto: Mapping[Id, tuple[Id, float]]) -> dict[Id, float]:
    """How far a condition holds for each variance: its own, or that of the next in its chain for what it does by it."""
    found = {}
    for name in holds:
        passed, most = 1.0, 0.0
        for step in _chain_of(name, onto):
            most = max(most, passed * holds[step])
            passed *= onto[step][1] if step in onto else 0.0
        found[name] = most
    return found


def _complacency(system: WorkSystem, flow: Flow, variance: Variance) -> float:
    """A machine's error that people are to notice: the more reliable the machine, and the abler they, the more."""
    function = system.functions.get(variance.origin)
    if not variance.by_machine or function is None or function.allocation.level < _SUGGESTED:
        return 0.0
    component = system.components.get(function.allocation.component or "")
    reliability = component.reliability.value if component is not None else 0.0
    return reliability * (1 - _atrophy(system, flow, variance))


def _atrophy(system: WorkSystem, flow: Flow, variance: Variance) -> float:
    """Share of the executions that draw on the skill of control and are not done by hand."""
    if variance.control is None or variance.control.function not in system.functions:
        return 0.0
    control = system.functions[variance.control.function]
    skill = control.skill or control.id
    by_hand = done = 0.0
    for function in system.work.functions:
        if (function.skill or function.id) != skill:
            continue
        component = system.components.get(function.allocation.component or "")
        machine = function.allocation.level >= MACHINE_ACTS and component is not None
        executions = flow.executions[function.id]
        done += executions
        by_hand += executions * (1 - component.coverage.value if machine and component is not None else 1.0)
    return 1 - by_hand / done if done > 0 else 0.0


def _controllers(system: WorkSystem, control: Control) -> tuple[str, ...]:
    """Roles that are to control."""
    if control.role:
        return (control.role,)
    return system.functions[control.function].roles if control.function in system.functions else ()


def _others_may(system: WorkSystem, variance: Variance) -> float:
    """Those who are to control it lack the authority, and somebody else has it."""
    control = variance.control
    if control is None or not control.needs_authority:
        return 0.0
    holders = {role.id for role in system.social.roles if variance.id in role.authority}
    return float(bool(holders) and holders.isdisjoint(_controllers(system, control)))


def _nobody(system: WorkSystem, variance: Variance) -> float:
    """Nobody in the social structure holds the authority, or the information, that control needs."""
    control = variance.control
    if control is None:
        return 0.0
    authority = any(variance.id in role.authority for role in system.social.roles)
    informed = any(variance.id in role.informed_of for role in system.social.roles)
    return float((control.needs_authority and not authority) or (control.needs_information and not informed))


def _ambiguous(system: WorkSystem, variance: Variance) -> float:
    """It is seen in two other teams and more, and no decision names who says whose it is."""
    if variance.origin not in system.functions:
        return 0.0
    if any(variance.origin in decision.functions for decision in system.work.decisions):
        return 0.0
    seen = [_teams(system, d.function) for d in variance.detections if d.function in system.functions]
    return float(len(set().union(*seen) - _teams(system, variance.origin)) >= _SEVERAL)


def _teams(system: WorkSystem, function: str) -> set[str]:
    """Teams whose people do a function."""
    return {system.roles[role].team for role in system.functions[function].roles if role in system.roles}


def _waits_for_approval(system: WorkSystem, variance: Variance) -> float:
    """Control is a decision of others than those who see it: share of their hours in which nobody there can take it."""
    control = variance.control
    if control is None or control.function not in system.functions:
        return 0.0
    deciding = _controllers(system, control)
    seeing = {
        r for d in variance.detections if d.function in system.functions for r in system.functions[d.function].roles
    }
    if system.functions[control.function].stage != "decide" or not seeing or not seeing.isdisjoint(deciding):
        return 0.0
    hours = {role: _hours(system, role) for role in (*deciding, *seeing)}
    most = max(hours[role] for role in seeing)
    return max(0.0, 1 - max((hours[role] for role in deciding), default=0.0) / most) if most > 0 else 0.0


def _hours(system: WorkSystem, role: str) -> float:
    """Hours of the week in which somebody of a role is rostered."""
    if role not in system.roles:
        return 0.0
    return max((shift.hours_per_week for shift in system.roles[role].shifts if not shift.on_call), default=0.0)
