"""Forces: market, technology and social trends as scenarios; what today's system does under each of them.

A force is something to test a system against, not a forecast. Most have no evidence, and say so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.resources import files

import numpy as np
from ruamel.yaml import YAML

from longwall.assessment.trade_offs.scaled import scaled_demand, scaled_presence, scaled_work
from longwall.simulation import IndicatorDifference, Runs, Scenario, difference, run
from longwall.worksystem import Column, Estimate, Footing, Force, Id, Parameter, Piece, WorkSystem

__all__ = ["ForceEffect", "ForceOutcome", "Forces", "forces_of", "known_forces", "under", "under_forces"]

_LEAST_SHARE = 0.01


class ForceOutcome(Piece):
    """One indicator of the organisation under a force.

    Parameters
    ----------
    today, then : Estimate
        Levels with their intervals.
    change : Estimate
        Then less today, paired under common luck; runs over the range of the force.
    better : bool, optional
        Beyond noise and by a hundredth of today's level or more: better (True), worse (False), or neither (None).
    """

    indicator: Id
    name: str
    column: Column
    today: Estimate
    then: Estimate
    change: Estimate
    better: bool | None


class ForceEffect(Piece):
    """Today's system under one force.

    Parameters
    ----------
    does : str
        What the force does to the system, in words.
    cautions : tuple of str
        Of the simulation, such as work that exceeds what people can do.
    """

    force: Force
    does: str
    outcomes: tuple[ForceOutcome, ...]
    cautions: tuple[str, ...] = ()


class Forces(Piece):
    """Today's system under every force, those of the model first."""

    system_hash: str
    seed: int
    weeks: int
    replications: int
    effects: tuple[ForceEffect, ...]
    cautions: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def known_forces() -> tuple[Force, ...]:
    """Return the forces that ship with Longwall."""
    text = files(__package__).joinpath("forces.yaml").read_text(encoding="utf-8")
    return tuple(Force.model_validate(entry) for entry in YAML(typ="safe").load(text)["forces"])


def forces_of(system: WorkSystem) -> tuple[Force, ...]:
    """Return the forces of a work system, and after them the shipped ones whose ids it does not use."""
    own = {force.id for force in system.environment.forces}
    return (*system.environment.forces, *(force for force in known_forces() if force.id not in own))


def under(system: WorkSystem, force: Force, *, demand: float, people: float, work: float) -> WorkSystem:
    """Return the system under a force, at given factors.

    Parameters
    ----------
    demand, people, work : float
        Factors, > 0, on what the force reaches.
    """
    if demand != 1.0:
        system = scaled_demand(system, demand, force.demand)
    if people != 1.0:
        system = scaled_presence(system, people, force.roles)
    return scaled_work(system, work, force.functions) if work != 1.0 else system


def under_forces(
    places: Sequence[WorkSystem], forces: Sequence[Force] = (), *, seed: int = 0, weeks: int = 8,
    warm_up_weeks: int = 4, replications: int = 8, threads: int | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Forces:  # fmt: skip
    """Return what today's system does under each force, with the same luck as today.

    Parameters
    ----------
    places : sequence of WorkSystem
        The system, or systems between which the evidence cannot tell; intervals then run over all of them.
    forces : sequence of Force
        Default: those of the system and those that ship.
    replications : int
        >= 2; few are enough, as every force meets the luck of today.
    """
    system = places[len(places) // 2]
    chosen = forces or forces_of(system)

    def runs(at: WorkSystem) -> Runs:
        scenario = Scenario(system=at, weeks=weeks, warm_up_weeks=warm_up_weeks, replications=replications, seed=seed)
        return run(scenario, threads=threads)

    today = [runs(place) for place in places]
    effects = []
    for number, force in enumerate(chosen):
        if progress is not None:
            progress(number / len(chosen), force.name)
        then = [
            [runs(under(place, force, demand=d, people=p, work=w)) for d, p, w in _corners(force)] for place in places
        ]
        effects.append(_effect(force, today, then))
    said = () if len(places) == 1 else ("intervals run over the whole set of what the log allows",)
    return Forces(
        system_hash=system.hash, seed=seed, weeks=weeks, replications=replications, effects=tuple(effects),
        cautions=said,
    )  # fmt: skip


def _corners(force: Force) -> list[tuple[float, float, float]]:
    """The middle of a force, and after it every corner of its ranges."""
    demand, people, work = force.demand_factor, force.people_factor, force.work_factor
    found = [(demand.value, people.value, work.value)]
    found += [(d, p, w) for d in _ends(demand) for p in _ends(people) for w in _ends(work)]
    return list(dict.fromkeys(found))


def _ends(factor: Parameter) -> tuple[float, ...]:
    """The ends of a range; the value itself where there is none."""
    ends = (factor.low, factor.high)
    return tuple(dict.fromkeys(factor.value if end is None else end for end in ends))


def _effect(force: Force, today: Sequence[Runs], then: Sequence[Sequence[Runs]]) -> ForceEffect:
    """Put one force together: the middle of its range, with an interval over everything."""
    gaps: dict[str, list[IndicatorDifference]] = {}
    for base, others in zip(today, then, strict=True):
        for other in others:
            for gap in difference(base, other):
                if gap.scope == "organisation":
                    gaps.setdefault(gap.id, []).append(gap)
    now, at = (_levels([runs[0] for runs in group]) for group in ([[one] for one in today], then))
    middle = len(today) // 2 * len(then[0])
    outcomes = []
    for name, found in gaps.items():
        if name not in now or name not in at or len(found) <= middle:
            continue
        one = found[middle]
        change = one.estimate.model_copy(
            update={"low": min(gap.estimate.low for gap in found), "high": max(gap.estimate.high for gap in found),
                    "footing": "assumed"}
        )  # fmt: skip
        sure = (change.low > 0.0 or change.high < 0.0) and abs(change.value) >= _LEAST_SHARE * abs(one.base)
        outcomes.append(
            ForceOutcome(
                indicator=name, name=one.name, column=one.column, today=now[name], then=at[name], change=change,
                better=((change.value < 0.0) == (one.better == "lower")) if sure else None,
            )
        )  # fmt: skip
    fresh = {text for others in then for text in others[0].cautions} - {t for base in today for t in base.cautions}
    full = sorted({text.partition(":")[0] for text in fresh if "grows without end" in text})
    cautions = sorted(text for text in fresh if "grows without end" not in text)
    if full:
        cautions.append(f"more work than hours to do it in for {'; '.join(full)}: lines grow week by week")
    return ForceEffect(force=force, does=_does(force), outcomes=tuple(outcomes), cautions=tuple(cautions))


def _levels(group: Sequence[Runs]) -> dict[str, Estimate]:
    """Levels of the organisation over every place."""
    found: dict[str, list[Estimate]] = {}
    for runs in group:
        for entry in runs.forecast().indicators:
            if entry.scope == "organisation":
                found.setdefault(entry.id, []).append(entry.estimate)
    weakest: Footing = "assumed"
    return {
        name: levels[len(levels) // 2].model_copy(
            update={"low": float(np.min([one.low for one in levels])), "high": float(np.max([o.high for o in levels]))}
            | ({"footing": weakest} if len(levels) > 1 else {})
        )
        for name, levels in found.items()
    }


def _does(force: Force) -> str:
    """What a force does, in words."""
    parts = []
    for word, factor, reach in (
        ("items", force.demand_factor, force.demand),
        ("people", force.people_factor, force.roles),
        ("work per task", force.work_factor, force.functions),
    ):
        if factor.value == 1.0 and factor.low is None and factor.high is None:
            continue
        ends = sorted({end for end in (factor.low, factor.high, factor.value) if end is not None})
        span = f" ({ends[0]:g} to {ends[-1]:g})" if len(ends) > 1 else ""
        parts.append(f"{word} × {factor.value:g}{span}" + (f" in {', '.join(reach)}" if reach else ""))
    return "; ".join(parts) or "changes nothing"
