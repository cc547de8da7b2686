"""The fewest drills a year with which a takeover stays above a floor: a monotone search, confirmed by fresh runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from longwall.alignment import CostTable, load_costs
from longwall.errors import Fault, PlanError
from longwall.implementation.roles.programme import drill_interventions
from longwall.implementation.roles.results import Drill, DrillPlan
from longwall.implementation.roles.tasks import estimated
from longwall.simulation import Runs, Scenario, run, warm_up_weeks
from longwall.simulation.load import items_per_week
from longwall.simulation.priors import effective
from longwall.streams import mix
from longwall.units import HOURS_PER_WEEK, HOURS_PER_YEAR
from longwall.worksystem import Estimate, Function, Parameter, WorkSystem

__all__ = ["MOST_PER_YEAR", "Progress", "drill_plan", "practised_together", "with_drills"]

Progress = Callable[[float, str], None]
"""Told the share that is done, 0 to 1, and what is being done."""

MOST_PER_YEAR = 52
"""Drills a year beyond which no plan is tried: one every week."""
_FRESH = 0x5EED
_ROUNDS = 12


def drill_plan(
    system: WorkSystem, *, floor: float, seed: int = 0, years: int = 2, replications: int = 6,
    most_per_year: int = MOST_PER_YEAR, costs: CostTable | None = None, threads: int | None = None,
    progress: Progress | None = None,
) -> DrillPlan:  # fmt: skip
    """Return the fewest drills a year, function by function, that keep the expected success of a takeover at a floor.

    Every function that a machine does wholly or in part, and that people may do, is drilled for itself; functions that
    draw on the same skill of the same people are drilled together. The state of persons is simulated, whether or not
    the system asks for it. What counts is the worst week of all simulated weeks, whose mean over replications must have
    the lower end of its 95% interval at the floor or above.

    Parameters
    ----------
    system : WorkSystem
        The design; constraints on drills are kept.
    floor : float
        In [0, 1].
    years : int
        That are simulated, warm-up included, >= 1; skill begins as the system says (``gain_initial``) and fades.
    replications : int
        Of each plan tried, >= 2; twice as many fresh ones behind the figures.
    most_per_year : int
        >= 1.

    Returns
    -------
    DrillPlan
        Where even `most_per_year` drills do not reach the floor, the drill says so (`Drill.reached`) with the best that
        was reached.

    Raises
    ------
    PlanError
        LW-PL-016: a floor outside 0 to 1.

    Notes
    -----
    Drills stand at equal distances, and at the end of a whole year the next one is due whatever their number. There
    the runs end: more drills then leave more skill in the worst week, which is not so at any other end. A drill of one
    skill does not touch another. So the count of each function is bracketed and halved, all of them in the same runs
    under the same luck; the answer is that of trying every count. A simple recursion of practice and forgetting says
    where to begin. The plan is then confirmed with fresh replications and raised by one where it fell short.
    """
    if not 0.0 <= floor <= 1.0:
        raise PlanError(
            Fault("LW-PL-016", "--floor", "a probability from 0 to 1", f"{floor:g}",
                  "say which share of takeovers must succeed, such as 0.8")
        )  # fmt: skip
    table = costs or load_costs()
    living = system.model_copy(update={"person_state": True})
    together = practised_together(living)
    bench = _Bench(living, seed, years, replications, threads)
    searches = [_Search(f, _least(living, f), most_per_year, _guess(living, f, floor, years)) for f in together]
    while open_ := [one for one in searches if not one.closed]:
        if progress is not None:
            progress(bench.tried / (bench.tried + 4.0), "trying drills")
        reserve = bench.reserve({one.function: one.probe for one in searches})
        for one in open_:
            one.told(reserve[one.function].low >= floor)
    counts, runs, tried = _confirmed(bench, searches, floor, most_per_year)
    without = bench.fresh(dict.fromkeys(together, 0), 0)
    if progress is not None:
        progress(0.95, "confirming drills")
    drills = tuple(
        _drill(living, system.functions[name], tuple(together[name]), counts[name], floor, (runs, without), table)
        for name in together
    )
    hours = [one.hours_per_year for one in drills]
    return DrillPlan(
        floor=floor,
        weeks=bench.weeks,
        replications=2 * replications,
        most_per_year=most_per_year,
        tried=bench.tried + tried,
        drills=drills,
        hours_per_year=_sum(hours),
        interventions=drill_interventions(system, drills, table),
        cautions=_cautions(system, drills, bench.weeks, most_per_year),
    )


def practised_together(system: WorkSystem) -> dict[str, list[str]]:
    """Return the functions that are drilled, each with those of the same skill and people that it serves as well.

    Of those the one with most executions stands for all; it comes first in the order of the functions.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[Function]] = {}
    for function in system.work.functions:
        if (
            function.allocation.level > 1
            and function.allocation.component
            and function.roles
            and function.work_h.mean_h
        ):
            groups.setdefault((function.skill or function.id, tuple(sorted(function.roles))), []).append(function)
    return {group[0].id: [other.id for other in group[1:]] for group in groups.values()}


def with_drills(system: WorkSystem, per_year: Mapping[str, float]) -> WorkSystem:
    """Return the system with so many drills a year of some functions."""
    functions = tuple(
        f.model_copy(update={"drills_per_year": Parameter(value=per_year[f.id])}) if f.id in per_year else f
        for f in system.work.functions
    )
    return system.model_copy(update={"work": system.work.model_copy(update={"functions": functions})})


class _Bench:
    """Simulates plans: all under the same luck while searching, under fresh luck to confirm."""

    def __init__(self, system: WorkSystem, seed: int, years: int, replications: int, threads: int | None) -> None:
        self.system, self.seed, self.replications, self.threads = system, seed, replications, threads
        whole = int(years * HOURS_PER_YEAR / HOURS_PER_WEEK)
        self.warm_up = min(warm_up_weeks(system), whole - 1)
        self.weeks = whole - self.warm_up
        self.tried = 0

    def reserve(self, per_year: Mapping[str, int]) -> dict[str, Estimate]:
        """Return the reserve of each function in the worst week, under the luck of the search."""
        self.tried += 1
        return reserve_of(self._run(per_year, self.seed, self.replications), per_year)

    def fresh(self, per_year: Mapping[str, int], number: int) -> Runs:
        """Return fresh runs, twice as many."""
        luck = mix(np.uint64(self.seed), np.uint64(_FRESH + number))
        return self._run(per_year, int(luck) >> 1, 2 * self.replications)

    def _run(self, per_year: Mapping[str, int], seed: int, replications: int) -> Runs:
        return run(
            Scenario(
                system=with_drills(self.system, per_year), weeks=self.weeks, warm_up_weeks=self.warm_up,
                replications=replications, seed=seed,
            ),
            threads=self.threads,
        )  # fmt: skip


@dataclass
class _Search:
    """The count of one function: fails below `low` and at it, holds at `high`; nothing is known where it is None."""

    function: str
    least: int
    most: int
    guess: int
    low: int = field(init=False)
    high: int | None = None
    probe: int = field(init=False)
    step: int = 1

    def __post_init__(self) -> None:
        self.low = self.least - 1
        self.probe = min(max(self.guess, self.least), self.most)

    @property
    def closed(self) -> bool:
        """Whether the fewest are known, or that the most do not do."""
        return self.low >= self.most or (self.high is not None and self.high - self.low == 1)

    def told(self, holds: bool) -> None:
        """Take the answer for the probe, and choose the next one: near it first, then ever further, then halving."""
        if holds:
            self.high = self.probe
        else:
            self.low = self.probe
        if self.closed:
            self.probe = self.most if self.high is None else self.high
        elif self.high is None:
            self.probe, self.step = min(self.most, self.low + self.step), 2 * self.step
        elif self.low < self.least:
            self.probe, self.step = max(self.least, self.high - self.step), 2 * self.step
        else:
            self.probe = (self.low + self.high) // 2


def reserve_of(runs: Runs, functions: Mapping[str, int]) -> dict[str, Estimate]:
    """Return the expected success of a takeover of each function in its worst week."""
    rows = {what.scope: row for row, what in enumerate(runs.indicators) if what.id == "skill_reserve"}
    return {
        name: estimated(runs.series[:, rows[f"function:{name}"]].min(axis=1), "probability", "assumed")
        for name in functions
    }


def _confirmed(
    bench: _Bench, searches: list[_Search], floor: float, most: int
) -> tuple[dict[str, int], Runs, int]:  # fmt: skip
    """Confirm a plan with fresh replications, and raise by one what falls short, until it holds or cannot."""
    counts = {one.function: one.probe for one in searches}
    for number in range(1, _ROUNDS + 1):
        runs = bench.fresh(counts, number)
        reserve = reserve_of(runs, counts)
        short = [name for name, count in counts.items() if reserve[name].low < floor and count < most]
        if not short:
            break
        counts |= {name: counts[name] + 1 for name in short}
    return counts, runs, number


def _drill(
    system: WorkSystem, function: Function, also: tuple[str, ...], count: int, floor: float, runs: tuple[Runs, Runs],
    costs: CostTable,
) -> Drill:  # fmt: skip
    """Put one drill together from the runs with and without drills."""
    name = {function.id: count}
    reserve, without = (reserve_of(one, name)[function.id] for one in runs)
    takeover, takeover_without = (_takeover(one, function.id) for one in runs)
    heads = sum(system.roles[role].head_count for role in function.roles)
    hours = costs.rule("drill").hours_per_drill
    low, high = (hours.value if end is None else end for end in (hours.low, hours.high))
    times = float(count * heads)
    return Drill(
        function=function.id, name=function.name, skill=function.skill or function.id, roles=function.roles,
        people=heads, also_serves=also, per_year_today=function.drills_per_year.value, per_year=count,
        reached=reserve.low >= floor, reserve=reserve, reserve_without=without, takeover_h=takeover,
        takeover_without_h=takeover_without,
        hours_per_year=Estimate(
            value=times * hours.value, low=times * low, high=times * high, unit="h per year", footing="assumed"
        ),
    )  # fmt: skip


def _takeover(runs: Runs, function: str) -> Estimate | None:
    """Return the extra hours of a takeover, where anybody had to take over."""
    values = runs.column("takeover_h", f"function:{function}")
    values = values[np.isfinite(values)]
    return estimated(values, "h", "assumed") if values.size >= 2 else None


def _least(system: WorkSystem, function: str) -> int:
    """Return the fewest drills a year that constraints allow."""
    asked = [c.least_drills_per_year or 0.0 for c in system.environment.constraints if function in c.functions]
    return math.ceil(max(asked, default=0.0))


def _guess(system: WorkSystem, name: str, floor: float, years: int) -> int:
    """Return about how many drills a year do, from practice and forgetting alone; it only says where to begin."""
    value = {key: parameter.value for key, parameter in effective(system).items()}
    span = value["takeover_skilled"] - value["takeover_novice"]
    wanted = (floor - value["takeover_novice"]) / span if span > 0.0 else 0.0
    if wanted <= 0.0:
        return 0
    function = system.functions[name]
    component = system.components[function.allocation.component or ""]
    heads = sum(system.roles[role].head_count for role in function.roles)
    by_hand = 1.0 - component.coverage.value if function.allocation.level > 3 else 1.0
    practice = by_hand * sum(items_per_week(system).values()) / max(heads, 1)
    kept = 0.5 ** (12.0 / 52.0 / value["skill_half_life_months"])
    log_reference = math.log(value["reference_tasks"])
    for count in range(MOST_PER_YEAR + 1):
        gain = value["gain_initial"]
        for _ in range(52 * years):
            tasks = practice + value["drill_tasks"] * count / 52.0
            gain = min(1.0, math.log(math.exp(kept * gain * log_reference) + tasks) / log_reference)
            if gain < wanted:
                break
        else:
            return count
    return MOST_PER_YEAR


def _sum(parts: list[Estimate]) -> Estimate:
    """Add hours up, with their ranges; they share what is assumed, so the ends add up."""
    return Estimate(
        value=sum(one.value for one in parts), low=sum(one.low for one in parts), high=sum(one.high for one in parts),
        unit="h per year", footing="assumed",
    )  # fmt: skip


def _cautions(system: WorkSystem, drills: tuple[Drill, ...], weeks: int, most: int) -> tuple[str, ...]:
    """Say what the plan rests on, and where it falls short."""
    value = effective(system)
    said = [
        f"{one.name or one.function}: not even {most} drills a year reach the floor; the best reached is "
        f"{one.reserve.value:.3f} ({one.reserve.low:.3f} to {one.reserve.high:.3f}). Leave a share of the cases to "
        "people, or ask for less"
        for one in drills
        if not one.reached
    ]
    if not drills:
        said.append("no function is done by a machine that people could take over; there is nothing to drill")
        return tuple(said)
    if not system.person_state:
        said.append("the system does not ask for the state of persons; here it is simulated all the same")
    names = ("skill_half_life_months", "drill_tasks", "gain_initial", "takeover_novice", "takeover_skilled")
    said.append(
        f"over {weeks} weeks, in the worst of them; rests on "
        + ", ".join(f"{name} {value[name].value:g} ({value[name].tag})" for name in names)
    )
    return tuple(said)
