"""Shocks: what a surge, two people leaving and a day without the main automation do to today and to the designs.

A design that is best in calm weeks may be the one that breaks first. Each shock strikes every design under the same
luck, so that designs compare; what it does is shown on both sides, and nowhere as one number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from longwall.alignment.flow import flow_of
from longwall.alignment.judging.confirm import paired
from longwall.alignment.objectives import Objectives, Scales, load_objectives
from longwall.alignment.simulated import sample_of
from longwall.alignment.trials import Sample, block_seed
from longwall.assessment.trade_offs.scaled import scaled_demand
from longwall.errors import LongwallError
from longwall.simulation import Outage, Runs, Scenario, ScheduledChange, run, warm_up_weeks
from longwall.worksystem import Column, Estimate, Id, Patch, Piece, WorkSystem
from longwall.worksystem.differences import differences, patches_of

__all__ = ["Shock", "ShockCell", "ShockLevel", "Shocks", "shocks_of", "under_shocks"]

WEEKS = 4
"""Weeks from the shock on that are looked at."""
SURGE, SURGE_WEEKS = 1.5, 2
"""Half as much again for two weeks: a modelling choice, to think with."""
LEAVERS = 2
OUT_H, OUT_AT_H = 24.0, 33.0
"""A day, from Tuesday 09:00 of the first week on."""
_SHOWN = ("late_share", "lead_time_h", "high_load_share", "out_of_hours_share")
_COLUMNS: tuple[Column, Column] = ("technical", "social")


class ShockLevel(Piece):
    """One indicator of the organisation under a shock."""

    indicator: Id
    name: str
    column: Column
    level: Estimate


class ShockCell(Piece):
    """One design under one shock.

    Parameters
    ----------
    technical, social : Estimate
        Loss against today in calm weeks: relative change of the indicators within the column; negative is better.
    technical_gain, social_gain : Estimate
        The same against today under the same shock: whether the design still helps.
    levels : tuple of ShockLevel
        Leading indicators in their own units.
    why_not : str
        Why it could not be simulated; there are no figures then.
    """

    design: Id
    technical: Estimate | None = None
    social: Estimate | None = None
    technical_gain: Estimate | None = None
    social_gain: Estimate | None = None
    levels: tuple[ShockLevel, ...] = ()
    why_not: str = ""


class Shock(Piece):
    """One shock, and every design under it, today first."""

    id: Id
    name: str
    does: str
    cells: tuple[ShockCell, ...]


class Shocks(Piece):
    """Today and the three optima under each shock; the first row is calm.

    Parameters
    ----------
    designs : tuple of Id
        Today first.
    """

    base_hash: str
    seed: int
    weeks: int
    replications: int
    designs: tuple[Id, ...]
    shocks: tuple[Shock, ...]
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """How a shock strikes a system: what is changed at which week, and what is out when.

    Parameters
    ----------
    changes : callable
        From a system to its scheduled changes.
    """

    id: str
    name: str
    does: str
    changes: Callable[[WorkSystem], tuple[ScheduledChange, ...]] = lambda system: ()
    outages: tuple[Outage, ...] = field(default=())


def shocks_of(system: WorkSystem) -> tuple[tuple[Plan, ...], tuple[str, ...]]:
    """Return the shocks that can strike a system, calm first, and what cannot be tested on it.

    The role in which leaving hurts most is the one whose expected load rises highest; the main automation is the
    component that takes most executions a week.

    Raises
    ------
    SimulationError
        If the system cannot be simulated.
    """
    plans = [
        Plan("calm", "Calm weeks", "nothing happens"),
        Plan("surge", "Surge", f"{SURGE:g} times the items for {SURGE_WEEKS} weeks", _surge),
    ]
    cannot = []
    flow = flow_of(system)
    heads = {role.id: role.head_count for role in system.social.roles if role.head_count > 1}
    if heads:
        largest = max(heads, key=lambda name: (heads[name], name))
        hurt = max(heads, key=lambda name: (flow.pressure(name) * heads[name] / _left(heads[name]), name))
        for name in dict.fromkeys((hurt, largest)):
            gone = heads[name] - _left(heads[name])
            why = [word for word, one in (("where it hurts most", hurt), ("the largest role", largest)) if one == name]
            label = system.roles[name].name or name
            plans.append(
                Plan(f"leave-{name}", f"{gone} leave {label}", f"{gone} of {heads[name]} in {label} leave at once "
                     f"({' and '.join(why)}), nobody follows", _leavers(name))
            )  # fmt: skip
    else:
        cannot.append("nobody can leave: no role has two people")
    taken = {
        name: sum(
            flow.visits.get(function.id, 0.0) * component.coverage.value
            for function in system.work.functions
            if function.allocation.component == name and function.allocation.level > 1
        )
        for name, component in system.components.items()
    }
    main = max(taken, key=lambda name: (taken[name], name), default="")
    if main and taken[main] > 0:
        label = system.components[main].name or main
        plans.append(
            Plan("outage", f"A day without {label}", f"{label} is out for {OUT_H:g} hours from Tuesday 09:00 on",
                 outages=(Outage(component=main, at_h=OUT_AT_H, hours=OUT_H),))
        )  # fmt: skip
    else:
        cannot.append("no automation can be out: no machine takes any work today")
    return tuple(plans), tuple(cannot)


def under_shocks(
    systems: Mapping[str, WorkSystem], *, seed: int, replications: int = 24, objectives: Objectives | None = None,
    threads: int = 2, progress: Callable[[float, str], None] | None = None,
) -> Shocks:  # fmt: skip
    """Return what each shock does to today and to each design, paired under common luck.

    Parameters
    ----------
    systems : mapping of str to WorkSystem
        ``today`` first, then designs by id.
    replications : int
        Of each pair, >= 2, under luck that no search saw.

    Raises
    ------
    SimulationError
        If today cannot be simulated.
    """
    names = list(systems)
    today = systems[names[0]]
    plans, cannot = shocks_of(today)
    first = warm_up_weeks(today)
    luck = block_seed(seed, "shocks", 0)
    tasks = [(plan, name) for plan in plans for name in names]

    def runs(task: tuple[Plan, str]) -> Runs | str:
        plan, name = task
        try:
            scenario = Scenario(
                system=systems[name], design=name, weeks=WEEKS, warm_up_weeks=first, replications=replications,
                seed=luck, changes=plan.changes(systems[name]), outages=plan.outages,
            )  # fmt: skip
            return run(scenario, threads=1)
        except LongwallError as error:
            if name == names[0] and plan.id == "calm":
                raise
            return f"expected {error.faults[0].expected}, found {error.faults[0].found}"

    found: dict[tuple[str, str], Runs | str] = {}
    with ThreadPoolExecutor(threads) as pool:
        for done, (task, one) in enumerate(zip(tasks, pool.map(runs, tasks), strict=True), start=1):
            found[task[0].id, task[1]] = one
            if progress is not None:
                progress(done / len(tasks), f"{task[0].name}: {task[1]}")
    calm = found[plans[0].id, names[0]]
    assert isinstance(calm, Runs)
    scales = Scales(objectives or load_objectives(), sample_of(calm))
    shocks = []
    for plan in plans:
        base = found[plan.id, names[0]]
        cells = [_cell(scales, name, found[plan.id, name], calm, base) for name in names]
        shocks.append(Shock(id=plan.id, name=plan.name, does=plan.does, cells=tuple(cells)))
    return Shocks(
        base_hash=today.hash, seed=seed, weeks=WEEKS, replications=replications, designs=tuple(names),
        shocks=tuple(shocks), cautions=cannot,
    )  # fmt: skip


def _cell(scales: Scales, name: str, found: Runs | str, calm: Runs, struck: Runs | str) -> ShockCell:
    """Put one design under one shock together."""
    if isinstance(found, str):
        return ShockCell(design=name, why_not=found)
    base = sample_of(calm)
    mine = sample_of(found, base.keys)
    against = [_sides(scales, mine, base)]
    if isinstance(struck, Runs):
        against.append(_sides(scales, mine, sample_of(struck, base.keys)))
    levels = [
        ShockLevel(indicator=one.id, name=one.name, column=one.column, level=one.estimate)
        for wanted in _SHOWN
        for one in found.forecast().indicators
        if one.id == wanted and one.scope == "organisation"
    ]
    gains = against[1] if len(against) > 1 else (None, None)
    return ShockCell(
        design=name, technical=against[0][0], social=against[0][1], technical_gain=gains[0], social_gain=gains[1],
        levels=tuple(levels),
    )  # fmt: skip


def _sides(scales: Scales, mine: Sample, other: Sample) -> tuple[Estimate, Estimate]:
    losses = scales.losses(mine, other)
    return paired(losses[:, 0]), paired(losses[:, 1])


def _left(heads: int) -> int:
    """How many stay of so many; one at least."""
    return max(1, heads - LEAVERS)


def _surge(system: WorkSystem) -> tuple[ScheduledChange, ...]:
    more = scaled_demand(system, SURGE)
    return (
        ScheduledChange(week=0, patches=patches_of(differences(system, more))),
        ScheduledChange(week=SURGE_WEEKS, patches=patches_of(differences(more, system))),
    )


def _leavers(role: str) -> Callable[[WorkSystem], tuple[ScheduledChange, ...]]:
    def changes(system: WorkSystem) -> tuple[ScheduledChange, ...]:
        return (ScheduledChange(week=0, patches=_fewer(system, role)),)

    return changes


def _fewer(system: WorkSystem, role: str) -> tuple[Patch, ...]:
    """Return the patches that take two people out of a role, each out of the shift that has most then."""
    shifts = system.roles[role].shifts
    people = [0 if shift.on_call else shift.people for shift in shifts]
    for _ in range(sum(people) - _left(sum(people))):
        people[max(range(len(people)), key=lambda place: people[place])] -= 1
    path = f"social.roles.{role}.shifts"
    changed: Sequence[Patch] = [
        Patch(path=f"{path}.{place}.people", value=left)
        for place, (left, shift) in enumerate(zip(people, shifts, strict=True))
        if not shift.on_call and 0 < left < shift.people
    ]
    empty = [
        Patch(op="remove", path=f"{path}.{place}")
        for place, (left, shift) in reversed(list(enumerate(zip(people, shifts, strict=True))))
        if not shift.on_call and left == 0
    ]
    return (*changed, *empty)
