"""How complex is the interaction? The parts of the index that structure and stated numbers give."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import ndtr

from longwall.assessment.classes.scales import log_part, share_part
from longwall.assessment.classes.structure import Structure, repeats
from longwall.assessment.flow import Flow
from longwall.assessment.results import IndexPart
from longwall.worksystem import Alerts, WorkSystem

__all__ = ["alerts_per_week", "false_alert_share", "interaction_parts"]


def interaction_parts(
    system: WorkSystem, flow: Flow, structure: Structure, cuts: Mapping[str, float]
) -> list[IndexPart]:
    """Return the parts of the interaction index as the model gives them.

    Perrow's traits of complex interaction: feedback, common mode, proximity of what should be apart, information that
    is indirect, sequences that nobody planned. A handover to another team that everybody expects is none of them.
    """
    automations = [c.transparency.value for c in system.technical.components if c.kind == "automation"]
    apart = structure.apart
    shared = (structure.rests.T.astype(int) @ structure.rests.astype(int)) > 0
    return [
        log_part("repeats", repeats(system, flow), "repeats", cuts, "share of executions that repeat an earlier one"),
        log_part(
            "common mode",
            float(shared[apart].mean()) if apart.any() and system.components else None,
            "pairs",
            cuts,
            "share of pairs of functions, not next to each other, that rest on the same component",
        ),
        share_part(
            "shared across teams", _across(system, structure), "share of components on which several teams rest"
        ),
        share_part(
            "opaque automation",
            1 - float(np.mean(automations)) if automations else None,
            "1 - transparency of the automations",
        ),
        share_part("unseen variances", _unseen(system), "share of occurrences that nobody sees, mean over variances"),
        *_false_alerts(system),
        log_part(
            "variances that lead to others",
            _leading(system),
            "pairs",
            cuts,
            "share of pairs of variances in which one leads to the other, directly or by way of more",
        ),
    ]


def _across(system: WorkSystem, structure: Structure) -> float | None:
    """Share of components with functions of two and more teams on them."""
    if not system.components:
        return None
    several = 0
    for row in structure.rests:
        names = [name for name, on_it in zip(structure.flow.functions, row, strict=True) if on_it]
        roles = {role for name in names for role in system.functions[name].roles if role in system.roles}
        several += len({system.roles[role].team for role in roles}) >= 2
    return several / len(system.components)


def _unseen(system: WorkSystem) -> float | None:
    """Mean over variances of the probability that no detection sees it."""
    if not system.variances:
        return None
    missed = [np.prod([1 - d.probability.value for d in variance.detections]) for variance in system.variances]
    return float(np.mean(missed))


def _leading(system: WorkSystem) -> float | None:
    """Share of ordered pairs of variances with a way from one to the other."""
    n = len(system.variances)
    if n < 2:
        return None
    place = {variance.id: k for k, variance in enumerate(system.variances)}
    leads = np.zeros((n, n), dtype=bool)
    for variance in system.variances:
        for other, probability in variance.induces.items():
            if other in place and probability.value > 0:
                leads[place[variance.id], place[other]] = True
    for _ in range(n):
        leads |= (leads.astype(int) @ leads.astype(int)) > 0
    np.fill_diagonal(leads, False)
    return float(leads.sum()) / (n * (n - 1))


def _false_alerts(system: WorkSystem) -> list[IndexPart]:
    """The share of false ones where a detector raises alerts; no part elsewhere."""
    alerts = [demand.alerts for demand in system.work.demand if demand.alerts is not None]
    if not alerts:
        return []
    raised = sum(alerts_per_week(one) for one in alerts)
    share = sum(alerts_per_week(one) * false_alert_share(one) for one in alerts) / raised if raised > 0 else None
    return [share_part("ambiguous signs", share, "share of alerts with nothing, or nothing harmful, behind them")]


def alerts_per_week(alerts: Alerts) -> float:
    """Return the alerts that a detector raises in a week, repeats left out."""
    hit, false = float(ndtr(alerts.d_prime.value - alerts.threshold.value)), float(ndtr(-alerts.threshold.value))
    return hit * (alerts.events_per_week.value + alerts.benign_per_week.value) + false * alerts.noise_per_week.value


def false_alert_share(alerts: Alerts) -> float:
    """Return the share of a detector's alerts that are no event: false, or true with a harmless cause."""
    raised = alerts_per_week(alerts)
    real = float(ndtr(alerts.d_prime.value - alerts.threshold.value)) * alerts.events_per_week.value
    return 1 - real / raised if raised > 0 else 0.0
