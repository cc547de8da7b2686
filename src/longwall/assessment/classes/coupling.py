"""How tightly coupled? The parts of the index, from the model, from the log, and from striking the simulation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from longwall.assessment.classes.perturbation import Perturbation
from longwall.assessment.classes.scales import log_part, share_part
from longwall.assessment.classes.structure import Structure, machine_needed
from longwall.assessment.flow import Flow
from longwall.assessment.results import IndexPart
from longwall.simulation import items_per_week
from longwall.worksystem import WorkSystem

__all__ = ["coupling_parts"]

_ONE_WAY = 0.95


def coupling_parts(
    system: WorkSystem,
    flow: Flow,
    structure: Structure,
    perturbation: Perturbation | None,
    cuts: Mapping[str, float],
) -> list[IndexPart]:
    """Return the parts of the coupling index as model and simulation give them.

    Perrow's traits of tight coupling: what happens cannot wait, goes in one order and one way, with little slack, and
    with no substitute but those designed in.
    """
    edges = structure.edges
    pairs = structure.n * (structure.n - 1)
    done = np.array([flow.executions[name] for name in flow.functions])
    needs = np.array([machine_needed(system, system.functions[name]) for name in flow.functions], dtype=bool)
    ways_on = [k for k in range(done.size) if done[k] > 0 and flow.moves[k].any()]
    one_way = [k for k in ways_on if flow.moves[k].max() >= _ONE_WAY * flow.moves[k].sum()]
    urgency, slack = _time(system, flow)
    return [
        share_part(
            "synchronous links",
            sum(at_once for *_, at_once in edges) / len(edges) if edges else None,
            "share of links that pass a disturbance on at once: no queue, no buffer, no way by hand",
        ),
        log_part(
            "propagation cost",
            float(structure.felt.sum()) / pairs if pairs else None,
            "pairs",
            cuts,
            "share of pairs of functions and components in which one feels the other at once",
        ),
        log_part("urgency", urgency, "time", cuts, "hours until an item is due, geometric mean over items", unit="h"),
        log_part(
            "lack of slack", slack, "slack", cuts, "hours until due over hours of work, geometric mean over items"
        ),
        share_part(
            "no substitute",
            float(done[needs].sum() / done.sum()) if done.sum() > 0 else None,
            "share of executions that nobody can do as usual while a machine or tool is out",
        ),
        share_part(
            "fixed sequence",
            len(one_way) / len(ways_on) if ways_on else None,
            "share of functions with one usual next step",
        ),
        *_spread(perturbation, cuts),
    ]


def _time(system: WorkSystem, flow: Flow) -> tuple[float | None, float | None]:
    """Geometric means over items of the hours until due, and of these over the hours of work."""
    work = np.array([system.functions[name].work_h.mean_h for name in flow.functions])
    items = items_per_week(system)
    due, slack = [], []
    for demand in system.work.demand:
        if demand.due_h is None or demand.due_h.value <= 0 or items[demand.id] <= 0:
            continue
        content_h = float(flow.visits[demand.id] @ work)
        due.append((items[demand.id], np.log(demand.due_h.value)))
        if content_h > 0:
            slack.append((items[demand.id], np.log(max(demand.due_h.value / content_h, 1.0))))
    return _geometric(due), _geometric(slack)


def _geometric(weighted: list[tuple[float, float]]) -> float | None:
    """Exponential of the weighted mean of logarithms; None without any."""
    total = sum(weight for weight, _ in weighted)
    return float(np.exp(sum(weight * value for weight, value in weighted) / total)) if total > 0 else None


def _spread(perturbation: Perturbation | None, cuts: Mapping[str, float]) -> list[IndexPart]:
    """How far and how fast small outages spread, over everything that could be out."""
    far = "items that feel an outage of one hour over those that were there, mean over components and teams"
    fast = "how soon half of the effect is there, on a log scale from an hour to a week; what is not felt counts 0"
    if perturbation is None:
        return [
            log_part("reach of outages", None, "reach", cuts, far, "simulation"),
            share_part("speed of outages", None, fast, "simulation"),
        ]
    reach = sum(min(effect.reach.value, 1.0) for effect in perturbation.effects if effect.felt) / perturbation.targets
    speeds = [
        log_part("", max(effect.half_h, perturbation.outage_h), "time", cuts, "").value or 0.0
        for effect in perturbation.effects
        if effect.half_h is not None
    ]
    return [
        log_part("reach of outages", reach, "reach", cuts, far, "simulation", unit="items per item there"),
        share_part("speed of outages", sum(speeds) / perturbation.targets, fast, "simulation"),
    ]
