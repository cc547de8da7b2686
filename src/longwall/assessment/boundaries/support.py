"""Support congruence: what the technical system demands of people against what it gets, and the other way round.

A profile for each function and role with its bottleneck; it is never added up to one number.
"""

from __future__ import annotations

from longwall.assessment.boundaries.in_model import MACHINE_ACTS
from longwall.assessment.boundaries.result import Demand, Support
from longwall.worksystem import Component, Footing, Function, Parameter, Role, Variance, WorkSystem

__all__ = ["support_of"]

_WATCHED = 4
"""From this level on a person reviews, reads, audits or takes over what a machine proposes or does."""
_DRILLS_PER_YEAR = 4.0
"""By hand once a quarter, a choice of ours: between two times at least seven tenths of what practice gained is kept,
also of tasks of accuracy (`longwall.assessment.drivers.skill`)."""


def support_of(system: WorkSystem) -> tuple[Support, ...]:
    """Return, for each function and each role that may do it, what is demanded and given; then the same for machines.

    Social side: *skill* (of the function, where the model states it), *practice* (by hand, where a machine acts),
    *authority* and *information* (for the variances that the role is to control there), *incentive* (a practice that
    acts through motivation reaches the role, where work asks for watching or control). Technical side: *transparency*
    (people must see why a machine does what it does, where they review or take over) and *fallback* (hours to take
    over are stated).

    Returns
    -------
    tuple of Support
        In the order of the functions. What nobody has stated is named as unknown; it is no gap.

    References
    ----------
    Cherns 1976, "The principles of sociotechnical design", Human Relations 29: support congruence.
    """
    found = []
    for function in system.work.functions:
        mine = _controlled_at(system, function)
        for name in function.roles:
            if name in system.roles:
                found.append(_profile(function, "social", name, _social(system, function, system.roles[name], mine)))
        component = system.components.get(function.allocation.component or "")
        if component is not None and function.allocation.level >= _WATCHED and function.roles:
            found.append(_profile(function, "technical", component.id, _technical(function, component)))
    return tuple(one for one in found if one.demands)


def _profile(function: Function, direction: str, by: str, demands: list[Demand]) -> Support:
    """Name the bottleneck: the largest known gap, the first of equal ones."""
    gaps = [(demand.gap, demand.what) for demand in demands if demand.gap is not None and demand.gap > 0]
    worst = max(gaps, key=lambda pair: pair[0], default=(0.0, ""))
    return Support.model_validate(
        {
            "function": function.id, "direction": direction, "by": by, "demands": tuple(demands),
            "bottleneck": worst[1],
            "unknown": tuple(demand.what for demand in demands if demand.have is None),
        }
    )  # fmt: skip


def _controlled_at(system: WorkSystem, function: Function) -> list[Variance]:
    """Variances that are to be controlled at a function."""
    return [v for v in system.variances if v.control is not None and v.control.function == function.id]


def _social(system: WorkSystem, function: Function, role: Role, variances: list[Variance]) -> list[Demand]:
    """What a function demands of a role, and what the role is given."""
    level = function.allocation.level
    demands = []
    if function.work_h.mean_h > 0:
        stated = role.skills.get(function.skill or function.id)
        demands.append(_stated("skill", stated, "speed against the standard of 1"))
    if level >= MACHINE_ACTS:
        drills = function.drills_per_year
        have = None if _untold(drills) else min(1.0, drills.value / _DRILLS_PER_YEAR)
        why = f"by hand {drills.value:g} times a year, against {_DRILLS_PER_YEAR:g}"
        demands.append(Demand(what="practice", need=1.0, have=have, footing=drills.footing, why=why))
    mine = [v for v in variances if v.control is not None and v.control.role in (None, role.id)]
    decided = [d.id for d in system.work.decisions if function.id in d.functions and role.id in d.roles]
    asked = [v.id for v in mine if v.control is not None and v.control.needs_authority] + decided
    demands += _granted("authority", asked, role.authority)
    told = [v.id for v in mine if v.control is not None and v.control.needs_information]
    demands += _granted("information", told, role.informed_of)
    if mine or level >= _WATCHED:
        demands.append(_incentive(system, role))
    return demands


def _technical(function: Function, component: Component) -> list[Demand]:
    """What people who review or take over demand of a machine, and what it gives."""
    see = component.transparency
    demands = [
        Demand(what="transparency", need=1.0, have=None if _untold(see, 0.5) else see.value, footing=see.footing,
               why="how well a person can see why it does what it does")
    ]  # fmt: skip
    takeover = function.allocation.takeover_h
    if function.allocation.level >= MACHINE_ACTS:
        footing: Footing = takeover.footing if takeover is not None else "assumed"
        why = "time to take over is planned for" if takeover is not None else "no time to take over is stated"
        demands.append(
            Demand(what="fallback", need=1.0, have=None if takeover is None else 1.0, footing=footing, why=why)
        )
    return demands


def _stated(what: str, parameter: Parameter | None, why: str) -> Demand:
    """A demand of one against a parameter of the model."""
    if parameter is None:
        return Demand(what=what, need=1.0, why="not stated")
    return Demand(what=what, need=1.0, have=min(1.0, parameter.value), footing=parameter.footing, why=why)


def _granted(what: str, asked: list[str], held: tuple[str, ...]) -> list[Demand]:
    """The share of what is asked for that a role holds; nothing where nothing is asked for."""
    asked = list(dict.fromkeys(asked))
    if not asked:
        return []
    missing = [name for name in asked if name not in held]
    why = f"lacking for {', '.join(missing)}" if missing else f"held for {', '.join(asked)}"
    return [Demand(what=what, need=1.0, have=1 - len(missing) / len(asked), why=why)]


def _incentive(system: WorkSystem, role: Role) -> Demand:
    """Whether anything rewards watching and control; a model without practices does not say."""
    if not system.social.practices:
        return Demand(what="incentive", need=1.0, why="the model names no practice")
    reached = [p for p in system.social.practices if not p.roles or role.id in p.roles]
    moving = [p.id for p in reached if p.motivation.value > 0]
    why = f"motivation through {', '.join(moving)}" if moving else "no practice that reaches the role moves motivation"
    return Demand(what="incentive", need=1.0, have=1.0 if moving else 0.0, why=why)


def _untold(parameter: Parameter, default: float = 0.0) -> bool:
    """Whether a parameter stands at the value it has where nobody states it."""
    return parameter.footing == "assumed" and not parameter.source and parameter.value == default
