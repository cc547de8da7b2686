"""A work system becomes flat tables: everything sorted by id, every fault found in one pass, levels made into steps."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.errors import Fault, SimulationError
from longwall.simulation.allocation import Steps, add_function, loop_factor
from longwall.simulation.calendars import Crew, crew_of
from longwall.simulation.checks import faults_of
from longwall.simulation.deviations import Deviations, deviations_of
from longwall.simulation.flow import Flow, flow_of
from longwall.simulation.kernel import Model, layout
from longwall.simulation.priors import effective
from longwall.streams import key_of
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Component, DemandClass, Distribution, Function, Parameter, Role, WorkSystem

__all__ = ["Compiled", "compile_system"]

HOURS_PER_MONTH = 730.5
HOURS_PER_YEAR = 8766.0
RULES = {
    "longest_idle": layout.LONGEST_IDLE,
    "most_skilled": layout.MOST_SKILLED,
    "least_loaded": layout.LEAST_LOADED,
}


@dataclass(frozen=True)
class Compiled:
    """A model for the kernel, and what its rows are called.

    Parameters
    ----------
    demand, functions, roles, components : tuple
        The pieces in the order of their rows (sorted by id).
    teams : tuple of str
        Ids in the order of their rows.
    pools : tuple of tuples of str
        The roles of each pool.
    """

    system: WorkSystem
    model: Model
    demand: tuple[DemandClass, ...]
    functions: tuple[Function, ...]
    roles: tuple[Role, ...]
    teams: tuple[str, ...]
    components: tuple[Component, ...]
    pools: tuple[tuple[str, ...], ...]
    crew: Crew
    flow: Flow
    priors: dict[str, Parameter]


@dataclass
class _Distributions:
    """The table of distributions while it is being written."""

    rows: list[tuple[int, float, float, int, int]] = field(default_factory=list)
    points: list[float] = field(default_factory=list)

    def add(self, distribution: Distribution) -> int:
        """Add a distribution and return its row."""
        mean, cv = distribution.mean_h, distribution.cv
        row = (layout.FIXED, mean, 0.0, 0, 0)
        if distribution.shape == "empirical":
            points = distribution.quantiles_h
            row = (layout.EMPIRICAL, mean, 0.0, len(self.points), len(points))
            self.points.extend(points)
        elif mean > 0.0 and distribution.shape == "exponential":
            row = (layout.EXPONENTIAL, mean, 0.0, 0, 0)
        elif mean > 0.0 and distribution.shape == "lognormal" and cv > 0.0:
            variance = math.log1p(cv * cv)
            row = (layout.LOGNORMAL, math.log(mean) - variance / 2, math.sqrt(variance), 0, 0)
        self.rows.append(row)
        return len(self.rows) - 1


def _classes(demand: tuple[DemandClass, ...], distributions: _Distributions) -> tuple[Any, NDArray[np.float64]]:
    """Return the table of demand classes and arrivals per hour by hour of week, shape (classes, 168)."""
    table = np.zeros(len(demand), layout.CLASS).view(np.recarray)
    rate = np.zeros((len(demand), HOURS_PER_WEEK))
    urgency = sorted({d.priority for d in demand})
    for row, d, weights in zip(table, demand, rate, strict=True):
        row.key, row.batch, row.prio = key_of("demand", d.id), d.batch, urgency.index(d.priority)
        row.due_h = math.inf if d.due_h is None else d.due_h.value
        row.patience = -1 if d.patience_h is None else distributions.add(d.patience_h)
        profile = np.array(d.profile) if d.profile else np.ones(HOURS_PER_WEEK)
        weights[:] = profile / profile.sum() * d.per_week.value / d.batch
    return table, rate


def _parameters(system: WorkSystem, priors: dict[str, Parameter]) -> Any:
    """Return the parameters of the kernel, one row."""
    value = {name: parameter.value for name, parameter in priors.items()}
    exponent = -math.log2(value["learning_rate"])
    log_reference = math.log(value["reference_tasks"])
    par = np.zeros(1, layout.PARAMETERS).view(np.recarray)
    row = par[0]
    row.state, row.learning = int(system.person_state), int(value["learning_form"])
    row.rise_h, row.recovery_h = value["fatigue_rise_h"], value["fatigue_recovery_h"]
    row.slowdown, row.fatigue_blind = value["fatigue_slowdown"], value["fatigue_blindness"]
    row.speed_floor = value["speed_floor"]
    row.decay_per_h = math.log(2.0) / (value["skill_half_life_months"] * HOURS_PER_MONTH)
    row.log_reference, row.log_floor = log_reference, -exponent * log_reference
    row.practice, row.drill_tasks = value["practice_gain"], value["drill_tasks"]
    row.gain_floor, row.gain_ceiling = value["gain_floor"], value["gain_ceiling"]
    row.gain_initial = value["gain_initial"]
    row.accept_slope = value["accept_slope"]
    row.trust_initial, row.trust_up, row.trust_down = value["trust_initial"], value["trust_up"], value["trust_down"]
    row.watch_floor, row.watch_h = value["vigilance_floor"], value["vigilance_h"]
    row.watch_break_h = value["vigilance_break_h"]
    row.glance, row.attempts, row.high_load = value["glance_share"], int(value["control_attempts"]), value["high_load"]
    row.takeover_novice, row.takeover_skilled = value["takeover_novice"], value["takeover_skilled"]
    row.takeover_least_gain = value["takeover_least_gain"]
    return par


def _functions(
    functions: tuple[Function, ...],
    components: tuple[Component, ...],
    pool_row: dict[tuple[str, ...], int],
    crewed: set[str],
    skills: dict[str, int],
    steps: Steps,
    distributions: _Distributions,
    priors: dict[str, Parameter],
) -> Any:
    """Return the table of functions, and write their steps and distributions."""
    rows_of = {c.id: k for k, c in enumerate(components)}
    table = np.zeros(len(functions), layout.FUNCTION).view(np.recarray)
    for k, fn in enumerate(functions):
        row = table[k]
        level = fn.allocation.level
        able = tuple(sorted(r for r in fn.roles if r in crewed))
        row.pool = pool_row.setdefault(able, len(pool_row)) if able else -1
        row.component = rows_of[fn.allocation.component] if level > 1 and fn.allocation.component else -1
        component = components[row.component] if row.component >= 0 else None
        row.key, row.skill, row.rule = key_of("function", fn.id), skills[fn.skill or fn.id], RULES[fn.rule]
        row.delay = -1 if fn.delay_h is None else distributions.add(fn.delay_h)
        row.work = distributions.add(fn.work_h)
        drills = fn.drills_per_year.value
        row.drill_h = HOURS_PER_YEAR / drills if drills > 0 else math.inf
        row.takeover = row.review = -1
        if component is not None:
            mean = fn.work_h.mean_h
            takeover = Distribution(
                shape="lognormal", mean_h=mean * priors["takeover_share"].value, cv=priors["takeover_cv"].value
            )
            row.takeover = distributions.add(fn.allocation.takeover_h or takeover)
            row.loop = loop_factor(level, priors)
            by_default = Distribution(shape="exponential", mean_h=mean * priors["review_share"].value)
            row.review = distributions.add(fn.allocation.review_h or by_default)
        row.first = add_function(steps, fn, k, row.pool, component, row.component, row.review, priors)
    return table


def _components(
    components: tuple[Component, ...], deviations: Deviations, distributions: _Distributions
) -> tuple[Any, Any]:
    """Return the table of components, and of who depends on whom with what slack."""
    table = np.zeros(len(components), layout.COMPONENT).view(np.recarray)
    edges: list[tuple[int, float]] = []
    for k, c in enumerate(components):
        row = table[k]
        row.key, row.capacity, row.speed = key_of("component", c.id), c.capacity, c.speed.value
        row.reliability, row.coverage = c.reliability.value, c.coverage.value
        mtbf = c.time_between_failures_h
        row.mtbf_h = math.inf if mtbf is None else mtbf.value
        row.repair = distributions.add(c.repair_h or Distribution(shape="exponential", mean_h=1.0))
        dependents = [j for j, other in enumerate(components) if c.id in other.depends_on]
        row.edge_lo, row.edge_n = len(edges), len(dependents)
        for j in dependents:
            slack = components[j].buffer_h
            edges.append((j, 0.0 if slack is None else slack.value))
        row.own_lo, row.own_n = deviations.comp_ranges[k]
    return table, np.array(edges, layout.EDGE).view(np.recarray)


def _role_speed(
    roles: tuple[Role, ...], functions: tuple[Function, ...], skills: dict[str, int]
) -> NDArray[np.float64]:
    """Return speed by role and skill: of the skill by its own name, else of the first function that draws on it."""
    speed = np.ones((len(roles), max(len(skills), 1)))
    for r, role in enumerate(roles):
        for skill, k in skills.items():
            names = [skill, *(fn.id for fn in functions if (fn.skill or fn.id) == skill)]
            found = next((role.skills[name] for name in names if name in role.skills), None)
            if found is not None:
                speed[r, k] = found.value
    return speed


def _table(rows: list[dict[str, Any]], dtype: Any) -> Any:
    """Return a table from rows given as mappings."""
    return np.array([tuple(row[name] for name in dtype.names) for row in rows], dtype).view(np.recarray)


def compile_system(system: WorkSystem) -> Compiled:
    """Return the tables that the kernel simulates.

    Raises
    ------
    SimulationError
        With every reason why the system cannot be simulated (LW-SI-001 to 013).
    """
    faults: list[Fault] = faults_of(system)
    functions = tuple(sorted(system.work.functions, key=lambda f: f.id))
    demand = tuple(sorted((d for d in system.work.demand if d.per_week.value > 0), key=lambda d: d.id))
    fns = {fn.id: k for k, fn in enumerate(functions)}
    flow = flow_of(system, fns, [d.id for d in demand], faults)
    if faults:
        raise SimulationError(*faults)
    roles = tuple(sorted(system.social.roles, key=lambda r: r.id))
    teams = tuple(sorted({role.team for role in roles}))
    components = tuple(sorted(system.technical.components, key=lambda c: c.id))
    priors = effective(system)
    crew = crew_of(list(roles), {team: k for k, team in enumerate(teams)})
    skills = {name: k for k, name in enumerate(sorted({fn.skill or fn.id for fn in functions}))}
    crewed = {role.id for role in roles if role.head_count > 0}
    steps, distributions = Steps(), _Distributions()
    pool_row: dict[tuple[str, ...], int] = {}
    cls, rate = _classes(demand, distributions)
    fn = _functions(functions, components, pool_row, crewed, skills, steps, distributions, priors)
    comps = {c.id: k for k, c in enumerate(components)}
    deviations = deviations_of(system, fns, comps, steps, pool_row, distributions.add)
    for row, (var_lo, var_n, det_lo, det_n) in zip(fn, deviations.fn_ranges, strict=True):
        row.var_lo, row.var_n, row.det_lo, row.det_n = var_lo, var_n, det_lo, det_n
    comp, edge = _components(components, deviations, distributions)
    role_rows = {role.id: k for k, role in enumerate(roles)}
    pools = tuple(pool_row)
    pool, pool_role = _offsets([[role_rows[r] for r in pool] for pool in pools], layout.POOL)
    of_role = [[q for q, members in enumerate(pools) if role.id in members] for role in roles]
    role_table, role_pool = _offsets(of_role, layout.ROLE, [(teams.index(role.team),) for role in roles])
    model = Model(
        par=_parameters(system, priors), cls=cls, rate=rate, fn=fn, step=_table(steps.rows, layout.STEP),
        dist=np.array(distributions.rows, layout.DIST).view(np.recarray), quantile=np.array(distributions.points),
        row_of=flow.row_of, mem_of=flow.mem_of, memory=flow.memory, route=flow.route, route_p=flow.route_p,
        route_to=flow.route_to, pool=pool, pool_role=pool_role, role=role_table, role_pool=role_pool,
        role_speed=_role_speed(roles, functions, skills), person=crew.person, change=crew.change, group=crew.group,
        roster=crew.roster, comp=comp, edge=edge, comp_own=deviations.comp_own, var=deviations.var,
        fn_var=deviations.fn_var, detect=deviations.detect, induce=deviations.induce,
    )  # fmt: skip
    return Compiled(system, model, demand, functions, roles, teams, components, pools, crew, flow, priors)


def _offsets(lists: list[list[int]], dtype: Any, more: list[tuple[int, ...]] | None = None) -> tuple[Any, Any]:
    """Return a table of offset and count (and further columns), and the flat list they point into."""
    flat: list[int] = []
    rows = []
    for k, members in enumerate(lists):
        rows.append((len(flat), len(members), *(more[k] if more else ())))
        flat.extend(members)
    return np.array(rows, dtype).view(np.recarray), np.array(flat, np.int64)
