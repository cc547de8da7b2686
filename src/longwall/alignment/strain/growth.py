"""If it grows: the chosen designs at twice, five and ten times the volume, with today's people and with as many more.

Where a group of people or a machine is asked for more hours than there are, its queue grows without end: the design
breaks there, and what a simulation would show depends on how long one looks. So those places are said, not simulated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from longwall.alignment.flow import events_per_replication
from longwall.alignment.trials import block_seed
from longwall.assessment.trade_offs.scaled import scaled_demand
from longwall.errors import AlignmentError, Fault, LongwallError
from longwall.simulation import Scenario, expected_loads, run, warm_up_weeks
from longwall.worksystem import Estimate, Id, Piece, WorkSystem

__all__ = ["FACTORS", "Growth", "GrowthCase", "breaks_at", "grown", "growth"]

FACTORS = (1.0, 2.0, 5.0, 10.0)
"""Volumes, in multiples of today's."""
WEEKS = 4
REPLICATIONS = 6
MOST_EVENTS = 40e6
"""Simulated events of the whole: what is dearer is simulated with fewer replications, down to two."""
_MOST_FACTOR = 1000.0
_SHOWN = ("late_share", "lead_time_h", "high_load_share")


class GrowthCase(Piece):
    """One design at one volume.

    Parameters
    ----------
    factor : float
        Volume in multiples of today's.
    people : str
        ``as today``, or ``in proportion``: each shift has as many times the people.
    load : float
        Highest expected load of any group of people or machine; at 1 and above its queue grows without end.
    at : tuple of Id
        The roles that share that work, or the machine.
    late, lead_time_h, high_load : Estimate, optional
        Simulated; none where it breaks.
    """

    design: Id
    factor: float
    people: str
    load: float
    at: tuple[Id, ...]
    breaks: bool
    late: Estimate | None = None
    lead_time_h: Estimate | None = None
    high_load: Estimate | None = None
    why_not: str = ""


class Limit(Piece):
    """At how many times today's volume a design breaks, and where.

    Parameters
    ----------
    factor : float, optional
        None: not up to a thousand times.
    """

    design: Id
    people: str
    factor: float | None
    at: tuple[Id, ...]


class Growth(Piece):
    """The chosen designs at several times the volume.

    Parameters
    ----------
    designs : tuple of Id
        Today first.
    """

    base_hash: str
    seed: int
    weeks: int
    designs: tuple[Id, ...]
    limits: tuple[Limit, ...]
    cases: tuple[GrowthCase, ...]
    cautions: tuple[str, ...] = ()


def grown(system: WorkSystem, factor: float, *, people: bool) -> WorkSystem:
    """Return a system with so many times the items, and with `people` so many times the people of each shift.

    Machines stay as they are. People are whole: what a shift would have beyond whole people is rounded up.
    """
    more = scaled_demand(system, factor)
    if not people or factor == 1.0:
        return more
    roles = tuple(
        role.model_copy(
            update={
                "shifts": tuple(
                    shift.model_copy(update={"people": max(1, -int(-(shift.people * factor) // 1))})
                    for shift in role.shifts
                )
            }
        )
        for role in more.social.roles
    )
    return more.model_copy(update={"social": more.social.model_copy(update={"roles": roles})})


def breaks_at(system: WorkSystem, *, people: bool) -> tuple[float | None, tuple[str, ...]]:
    """Return the multiple of the volume at which the first load reaches one, and where; None: not up to a thousand.

    Notes
    -----
    By bisection to a thousandth: the loads rise with the volume where people stay, and hardly where they grow.

    Raises
    ------
    SimulationError
        If the system cannot be simulated.
    """

    def worst(factor: float) -> tuple[float, tuple[str, ...]]:
        loads = expected_loads(grown(system, factor, people=people))
        at = max(loads, key=lambda names: (loads[names], names), default=())
        return loads.get(at, 0.0), at

    if worst(1.0)[0] >= 1.0:
        low, high = 0.0, 1.0
    else:
        low, high = 1.0, 2.0
        while worst(high)[0] < 1.0:
            low, high = high, 2.0 * high
            if low >= _MOST_FACTOR:
                return None, ()
    while high - low > 1e-3 * high:
        middle = (low + high) / 2.0
        low, high = (low, middle) if worst(middle)[0] >= 1.0 else (middle, high)
    return high, worst(high)[1]


def growth(
    systems: Mapping[str, WorkSystem], *, seed: int, factors: Sequence[float] = FACTORS, threads: int = 2,
    events: float = MOST_EVENTS, progress: Callable[[float, str], None] | None = None,
) -> Growth:  # fmt: skip
    """Return where each design breaks as volume grows, and lateness and load as long as it does not.

    Parameters
    ----------
    systems : mapping of str to WorkSystem
        ``today`` first, then designs by id.
    factors : sequence of float
        Multiples of today's volume, > 0.
    events : float
        Simulated events that all of it may take, > 0.

    Raises
    ------
    AlignmentError
        LW-AL-058: if a factor is not above zero.
    SimulationError
        If a system cannot be simulated as it is.
    """
    if wrong := [factor for factor in factors if not 0 < factor <= _MOST_FACTOR]:
        raise AlignmentError(
            Fault("LW-AL-058", "growth", f"multiples of today's volume above 0 and up to {_MOST_FACTOR:g}",
                  ", ".join(f"{factor:g}" for factor in wrong), "say such as 2 or 10")
        )  # fmt: skip
    today = next(iter(systems.values()))
    first = warm_up_weeks(today)
    size = events_per_replication(today, WEEKS) * sum(factors) * 2 * len(systems)
    replications = int(min(REPLICATIONS, max(2, events // max(size, 1.0))))
    kinds = (("as today", False), ("in proportion", True))
    tasks = [(name, factor, kind) for name in systems for kind in kinds for factor in factors
             if not (factor == 1.0 and kind[1])]  # fmt: skip

    def case(task: tuple[str, float, tuple[str, bool]]) -> GrowthCase:
        name, factor, (word, people) = task
        return _case(name, systems[name], factor, word, people, (block_seed(seed, "growth", 0), replications, first))

    cases = []
    with ThreadPoolExecutor(threads) as pool:
        for done, found in enumerate(pool.map(case, tasks), start=1):
            cases.append(found)
            if progress is not None:
                progress(done / len(tasks), f"{found.design} at {found.factor:g} times the volume")
    limits = []
    for name, system in systems.items():
        for word, people in kinds:
            factor, at = breaks_at(system, people=people)
            limits.append(Limit(design=name, people=word, factor=factor, at=at))
    return Growth(
        base_hash=today.hash, seed=seed, weeks=WEEKS, designs=tuple(systems), limits=tuple(limits), cases=tuple(cases),
        cautions=(f"{replications} replications of {WEEKS} weeks each, machines and rules as they are",
                  "loads are expected hours over hours of presence; outages and fatigue come on top"),
    )  # fmt: skip


def _case(
    name: str, system: WorkSystem, factor: float, word: str, people: bool, course: tuple[int, int, int]
) -> GrowthCase:
    """Simulate one design at one volume, unless it breaks there."""
    seed, replications, first = course
    try:
        larger = grown(system, factor, people=people)
        loads = expected_loads(larger)
        at = max(loads, key=lambda names: (loads[names], names), default=())
        load = loads.get(at, 0.0)
        base = GrowthCase(design=name, factor=factor, people=word, load=load, at=at, breaks=load >= 1.0)
        if base.breaks:
            return base
        scenario = Scenario(
            system=larger, design=name, weeks=WEEKS, warm_up_weeks=first, replications=replications, seed=seed
        )
        found = run(scenario, threads=1).forecast()
    except LongwallError as error:
        if factor == 1.0:
            raise
        why = f"expected {error.faults[0].expected}, found {error.faults[0].found}"
        return GrowthCase(design=name, factor=factor, people=word, load=0.0, at=(), breaks=False, why_not=why)
    late, lead, high = (
        next((one.estimate for one in found.indicators if (one.id, one.scope) == (wanted, "organisation")), None)
        for wanted in _SHOWN
    )
    return base.model_copy(update={"late": late, "lead_time_h": lead, "high_load": high})
