"""A design in, what becomes of each role out: simulated beside today under common luck."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from longwall.alignment import CostTable
from longwall.implementation.roles.drills import Progress, drill_plan
from longwall.implementation.roles.results import Burden, Reskilling, RoleChange
from longwall.implementation.roles.skills import growing_skills, idle_skills
from longwall.implementation.roles.tasks import Work, estimated, task_changes, work_of
from longwall.simulation import Scenario, run, warm_up_weeks
from longwall.worksystem import Footing, WorkSystem

__all__ = ["reskilling"]

_DONE = ("by_hand", "aided", "takeover", "acting")
_UNIT = "h per week"


def reskilling(
    today: WorkSystem, design: WorkSystem, *, name: str, floor: float, seed: int = 0, weeks: int = 26,
    replications: int = 8, years: int = 2, costs: CostTable | None = None, threads: int | None = None,
    progress: Progress | None = None,
) -> Reskilling:  # fmt: skip
    """Return what becomes of each role in a design, and the drills that keep a takeover above a floor.

    Parameters
    ----------
    today, design : WorkSystem
        The same for "today": then only the drills say something new.
    name : str
        Id of the design.
    floor : float
        Expected success of a takeover in the worst week, in [0, 1].
    weeks, replications : int
        Of the comparison of tasks, after a warm-up, under common luck.
    years : int
        Over which the drills must hold.

    Raises
    ------
    PlanError
        LW-PL-016: a floor outside 0 to 1.
    SimulationError
        If one of the systems cannot be simulated.
    """
    warm_up = max(warm_up_weeks(today), warm_up_weeks(design))

    def work(system: WorkSystem) -> Work:
        living = system.model_copy(update={"person_state": True})
        scenario = Scenario(
            system=living, weeks=weeks, warm_up_weeks=warm_up, replications=replications, seed=seed
        )  # fmt: skip
        return work_of(living, run(scenario, threads=threads))

    def told(share: float, text: str) -> None:
        if progress is not None:
            progress(0.3 + 0.7 * share, text)

    plan = drill_plan(
        design, floor=floor, seed=seed, years=years, replications=max(2, replications // 2 + 2), costs=costs,
        threads=threads, progress=told,
    )  # fmt: skip
    if progress is not None:
        progress(0.05, "dividing the work among roles")
    before = work(today)
    after = before if design is today else work(design)
    burdens = _burdens(today, design, before, after)
    return Reskilling(
        design=name,
        base_hash=today.hash,
        seed=seed,
        weeks=weeks,
        replications=replications,
        roles=tuple(_role(role, today, design, before, after, replications) for role in _names(today, design)),
        burdens=burdens,
        plan=plan,
        cautions=_cautions(today, burdens),
    )


def _names(today: WorkSystem, design: WorkSystem) -> list[str]:
    """Return the roles of both, today's first."""
    return list(dict.fromkeys([*today.roles, *design.roles]))


def _role(
    name: str, today: WorkSystem, design: WorkSystem, before: Work, after: Work, replications: int
) -> RoleChange:  # fmt: skip
    """Put one role together."""
    old, new = today.roles.get(name), design.roles.get(name)
    tasks = task_changes(name, before, after)
    footing: Footing = "assumed" if any(task.today.footing == "assumed" for task in tasks) else "fitted"
    some = new or old
    return RoleChange(
        role=name,
        name=some.name if some is not None else "",
        people_today=old.head_count if old is not None else 0,
        people_then=new.head_count if new is not None else 0,
        hours_today=estimated(_whole(before, name, replications), _UNIT, footing),
        hours_then=estimated(_whole(after, name, replications), _UNIT, footing),
        tasks=tasks,
        idle=idle_skills(old, design, before, after) if old is not None else (),
        grow=growing_skills(design, new, tasks, after) if new is not None else (),
    )


def _whole(work: Work, role: str, replications: int) -> NDArray[np.float64]:
    """Return the hours of a role, zeros where it has no task."""
    return np.asarray(np.broadcast_to(work.of_role(role), (replications,)), dtype=np.float64)


def _burdens(today: WorkSystem, design: WorkSystem, before: Work, after: Work) -> tuple[Burden, ...]:
    """Return the work that people called a burden: what the design takes off them first, hazardous before degrading."""
    found = []
    for function in today.work.functions:
        if not function.burden:
            continue
        was, will = _done(before, function.id), _done(after, function.id)
        change = estimated(will - was, _UNIT, "assumed")
        footing = before.footing[function.id]
        then = design.functions.get(function.id)
        found.append(
            Burden(
                function=function.id,
                name=function.name,
                burden=function.burden,
                level_today=function.allocation.level,
                level_then=then.allocation.level if then is not None else function.allocation.level,
                today=estimated(was, _UNIT, footing),
                then=estimated(will, _UNIT, footing),
                mechanised=change.high < 0.0,
            )
        )
    return tuple(sorted(found, key=lambda one: (not one.mechanised, one.burden != "hazardous", -one.today.value)))


def _done(work: Work, function: str) -> NDArray[np.float64]:
    """Return the hours a week in which people do a function themselves, looking at a machine left out."""
    replications = len(next(iter(work.hours.values()), np.zeros(1)))
    hours = [values for (_, name, part), values in work.hours.items() if name == function and part in _DONE]
    return np.asarray(sum(hours, np.zeros(replications)), dtype=np.float64)


def _cautions(today: WorkSystem, burdens: tuple[Burden, ...]) -> tuple[str, ...]:
    """Say what the hours hold, and what was not asked."""
    said = [
        "hours are executions as simulated times the work of one standard person; they hold nobody's speed, and work "
        "that several roles may do is spread over them by their rostered hours",
    ]
    if not burdens:
        said.append(
            "nobody has said which work is hazardous or degrading; ask those who do it, and write `burden:` at the "
            "function: such work is looked at first"
        )
    left = [one.name or one.function for one in burdens if not one.mechanised]
    if left:
        said.append(f"called a burden, and no lighter in this design: {', '.join(left)}")
    return tuple(said)
