"""A work system becomes flat tables: everything sorted by id, every fault found in one pass, levels made into steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.errors import Fault, SimulationError
from longwall.simulation.allocation import Steps, add_function, loop_factor
from longwall.simulation.calendars import Crew, Group, Post, crew_of, groups_of, posts_of
from longwall.simulation.checks import faults_of
from longwall.simulation.demand import arrives, demand_of, judged
from longwall.simulation.deviations import Deviations, deviations_of
from longwall.simulation.flow import Flow, flow_of
from longwall.simulation.kernel import Model, layout, opened
from longwall.simulation.priors import effective
from longwall.streams import key_of
from longwall.units import HOURS_PER_MONTH, HOURS_PER_WEEK, HOURS_PER_YEAR
from longwall.worksystem import Component, DemandClass, Distribution, Function, Parameter, Role, WorkSystem

__all__ = ["Compiled", "compile_phases", "compile_system"]

RULES = {
    "longest_idle": layout.LONGEST_IDLE,
    "most_skilled": layout.MOST_SKILLED,
    "least_loaded": layout.LEAST_LOADED,
    "same_person": layout.SAME_PERSON,
}
WAITS_FOR = {"": 0, "customer": 1, "supplier": 2}
SHIFT_END = {"finish": layout.FINISH, "park": layout.PARK, "hand_over": layout.HAND_OVER}


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
    posts : tuple of Post
        The rows of the table of roles: one for each role, then one for each way of being on call.
    later : tuple of (int, Model)
        Models that take over at the begin of a week that counts, in order; rows mean the same in all of them.
    """

    system: WorkSystem
    model: Model
    demand: tuple[DemandClass, ...]
    functions: tuple[Function, ...]
    roles: tuple[Role, ...]
    teams: tuple[str, ...]
    components: tuple[Component, ...]
    pools: tuple[tuple[str, ...], ...]
    posts: tuple[Post, ...]
    crew: Crew
    flow: Flow
    priors: dict[str, Parameter]
    later: tuple[tuple[int, Model], ...] = ()

    @cached_property
    def opened(self) -> tuple[Any, ...]:
        """The models as the loop takes them, in order; good as long as this lives, and in this process only."""
        return tuple(opened(model) for model in (self.model, *(model for _, model in self.later)))

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what holds addresses of this process."""
        return {name: value for name, value in vars(self).items() if name != "opened"}

    @property
    def machine_of(self) -> NDArray[np.int64]:
        """Row of the machine of each function in any phase; -1 where it has none."""
        columns = [self.model.fn.component, *(model.fn.component for _, model in self.later)]
        return np.asarray(np.max(columns, axis=0), dtype=np.int64)


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
    row.exponent, row.first_h, row.break_h = exponent, value["first_task_h"], value["forgetting_break_h"]
    row.trust_form, row.amo_form = int(value["trust_form"]), int(value["amo_form"])
    row.lm_keep, row.lm_up, row.lm_up_before = value["trust_keep"], value["trust_right"], value["trust_right_before"]
    row.lm_down, row.lm_down_before = value["trust_fault"], value["trust_fault_before"]
    row.lm_fault = value["trust_fault_size"]
    lasting = 1.0 - value["trust_keep"]
    row.lm_scale = max(value["trust_right"] * (1.0 - value["trust_right_before"]) / max(lasting, 1e-9), 1e-9)
    row.complacency, row.load_h = value["complacency"], value["complacency_load_h"]
    row.block, row.block_weight = int(value["complacency_block"]), value["complacency_weight"]
    row.block_excess = value["complacency_excess"]
    row.error_fatigue, row.error_novice = value["error_fatigue"], value["error_novice"]
    row.control_novice = value["control_novice"]
    row.handover_loss, row.handover_again = value["handover_loss"], value["handover_again"]
    row.resume_h = value["resume_h"]
    row.alert_extra, row.alert_repeat = value["alert_extra"], value["alert_repeat"]
    row.alert_salience, row.alert_memory = value["alert_salience"], value["alert_memory"]
    row.triage_hit, row.triage_false = value["triage_hit"], value["triage_false"]
    row.strain_rise, row.strain_rest, row.strain_pace = (
        value["strain_rise"], value["strain_rest"], value["strain_pace"],
    )  # fmt: skip
    row.sustainable, row.sustainable_resources = value["sustainable_load"], value["sustainable_resources"]
    row.strain_leaving, row.strain_usual = value["strain_leaving"], value["strain_usual"]
    row.effect_resources, row.amo_cv = value["resources_effect"], value["performance_spread"]
    row.newcomer_gain = value["newcomer_gain"]
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
) -> tuple[Any, Any]:
    """Return the table of functions and the components they use, and write their steps and distributions."""
    rows_of = {c.id: k for k, c in enumerate(components)}
    uses: list[int] = []
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
        row.customer, row.triage = WAITS_FOR[fn.waits_for], int(fn.triage)
        row.setup = -1 if fn.setup_h is None else distributions.add(fn.setup_h)
        row.resume = -1 if fn.resume_h is None else distributions.add(fn.resume_h)
        row.uses_lo, row.uses_n = len(uses), len(fn.uses)
        uses.extend(sorted(rows_of[c] for c in fn.uses))
        row.parks, row.shift_end = int(fn.when_interrupted == "park"), SHIFT_END[fn.at_shift_end]
        row.out_waits = int(fn.in_outage == "wait")
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
    return table, np.array(uses, np.int64)


def _components(
    components: tuple[Component, ...],
    deviations: Deviations,
    distributions: _Distributions,
    used: set[int],
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
        row.used = int(k in used)
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


@dataclass
class _Frame:
    """What all phases of a scenario have in common: the rows, and the tables that only grow.

    Parameters
    ----------
    began : dict of str to int
        Week in which each practice came in; those of the first phase are left to themselves.
    """

    demand: tuple[str, ...]
    levels: list[int]
    posts: list[Post]
    most: dict[Group, int]
    crewed: set[str]
    pool_row: dict[tuple[str, ...], int]
    began: dict[str, int]
    steps: Steps = field(default_factory=Steps)
    distributions: _Distributions = field(default_factory=_Distributions)


def _frame_of(phases: Sequence[tuple[int, WorkSystem]]) -> _Frame:
    """Return the common frame of systems that differ in numbers, people, routes and levels only."""
    systems = [system for _, system in phases]
    demand = sorted({d.id for system in systems for d in system.work.demand if arrives(d)})
    of = [d for system in systems for d in system.work.demand if d.id in demand]
    risen = {d.escalates_to for d in of if d.escalates_after_h is not None}
    roles = [sorted(system.social.roles, key=lambda r: r.id) for system in systems]
    posts = posts_of(roles)
    most: dict[Group, int] = {}
    crewed: set[str] = set()
    for each in roles:
        for group, people in groups_of(each, posts).items():
            most[group] = max(people, most.get(group, 0))
            crewed.add(each[posts[group[0]].role].id)
    began: dict[str, int] = {}
    for week, system in phases:
        for practice in system.social.practices:
            began.setdefault(practice.id, week)
    levels = sorted({d.priority for d in of} | risen)
    return _Frame(tuple(demand), levels, posts, most, crewed, {}, began)


def _roles(
    system: WorkSystem, roles: tuple[Role, ...], pools: tuple[tuple[str, ...], ...], frame: _Frame,
    priors: dict[str, Parameter],
) -> tuple[Any, Any, Any]:  # fmt: skip
    """Return the table of roles, the pools each is in, and the practices that reach it."""
    teams = sorted({role.team for role in roles})
    add = frame.distributions.add
    vacancy = Distribution(shape="exponential", mean_h=priors["vacancy_h"].value)
    of_post = [[q for q, members in enumerate(pools) if roles[post.role].id in members] for post in frame.posts]
    table, role_pool = _offsets(of_post, layout.ROLE)
    practices: list[tuple[float, ...]] = []
    for row, post in zip(table, frame.posts, strict=True):
        role = roles[post.role]
        row.team, row.shown, row.call = teams.index(role.team), post.role, int(post.call)
        row.calls_up_to = sum(level <= post.calls_up_to for level in frame.levels) - 1 if post.call else 0
        row.response = -1 if post.response_h is None else add(post.response_h)
        row.absence, row.resources = role.absence.value, role.resources.value
        per_year = 0.0 if role.leaving_per_year is None else role.leaving_per_year.value
        row.leaving = per_year * HOURS_PER_WEEK / HOURS_PER_YEAR
        row.replacement = add(role.replacement_h or vacancy)
        reaching = [p for p in system.social.practices if not p.roles or role.id in p.roles]
        row.practice_lo, row.practice_n = len(practices), len(reaching)
        for practice in reaching:
            begins = max(practice.begins_week, frame.began[practice.id])
            begins_h = -math.inf if begins <= 0 else begins * float(HOURS_PER_WEEK)
            ramp_h = max(practice.weeks_to_effect.value * HOURS_PER_WEEK, 1e-9)
            effects = (practice.ability.value, practice.motivation.value, practice.opportunity.value)
            practices.append((*effects, begins_h, ramp_h))
    return table, role_pool, np.array(practices, layout.PRACTICE).view(np.recarray)


def _flat(clustered: list[list[int]], table: Any, lo: str, n: str) -> Any:
    """Write offset and count of lists into two columns of a table, and return the flat list."""
    flat: list[int] = []
    for row, members in zip(table, clustered, strict=True):
        row[lo], row[n] = len(flat), len(members)
        flat.extend(members)
    return np.array(flat, np.int64)


def compile_system(system: WorkSystem) -> Compiled:
    """Return the tables that the kernel simulates.

    Raises
    ------
    SimulationError
        With every reason why the system cannot be simulated (LW-SI-001 to 017).
    """
    return _compiled(system, _frame_of([(0, system)]))


def compile_phases(phases: Sequence[tuple[int, WorkSystem]]) -> Compiled:
    """Return the tables of a system that changes at the begin of some weeks.

    Parameters
    ----------
    phases : sequence of (int, WorkSystem)
        Week (the first at 0) and the system from then on; ids are the same in all.

    Raises
    ------
    SimulationError
        LW-SI-018 if pieces come or go, or what depends on what changes; and every fault of each phase.
    """
    faults = [fault for week, system in phases[1:] for fault in _other_pieces(phases[0][1], system, week)]
    if faults:
        raise SimulationError(*faults)
    frame = _frame_of(phases)
    for _, system in phases:
        _compiled(system, frame)
    # Once more, now that every pool is known: a queue has the same number in every phase.
    frame.steps, frame.distributions = Steps(), _Distributions()
    each = [_compiled(system, frame) for _, system in phases]
    later = []
    before = each[0].model
    for (week, _), compiled in zip(phases[1:], each[1:], strict=True):
        _note_changes(before, compiled.model)
        later.append((week, compiled.model))
        before = compiled.model
    # Steps and durations of an earlier phase stand at the same place in the tables of the last.
    last = each[-1].model
    grown = {"step": last.step, "dist": last.dist, "quantile": last.quantile}
    models = [model._replace(**grown) for model in (each[0].model, *(m for _, m in later))]
    weeks = [week for week, _ in later]
    return replace(each[0], model=models[0], later=tuple(zip(weeks, models[1:], strict=True)))


def _other_pieces(first: WorkSystem, other: WorkSystem, week: int) -> list[Fault]:
    """Return a fault for each kind of piece that a later phase adds or takes away."""

    def dependencies(system: WorkSystem) -> set[str]:
        return {f"{c.id} on {o}" for c in system.technical.components for o in c.depends_on}

    def surges(system: WorkSystem) -> set[str]:
        return {f"{d.id} by {s.source}" for d in system.work.demand for s in d.surges}

    kinds: list[tuple[str, set[str], set[str]]] = [
        ("work.demand", set(first.demand), set(other.demand)),
        ("work.functions", set(first.functions), set(other.functions)),
        ("social.roles", set(first.roles), set(other.roles)),
        ("technical.components", set(first.components), set(other.components)),
        ("variances", {v.id for v in first.variances}, {v.id for v in other.variances}),
        ("technical.components.depends_on", dependencies(first), dependencies(other)),
        ("work.demand.surges", surges(first), surges(other)),
    ]
    return [
        Fault("LW-SI-018", f"scenario.changes of week {week}: {name}", "the same as before the change",
              ", ".join(sorted(before ^ after)), "change numbers, people, routes or levels; set a rate to 0 instead")
        for name, before, after in kinds
        if before != after
    ]  # fmt: skip


def _note_changes(before: Model, after: Model) -> None:
    """Note in the later model which classes come at another rate than before."""
    same = (before.rate == after.rate).all(axis=1)
    for name in ("growth", "holiday", "down_n", "alert", "batch"):
        same &= before.cls[name] == after.cls[name]
    after.cls.changed = ~same


def _compiled(system: WorkSystem, frame: _Frame) -> Compiled:
    """Return the tables of one phase within a common frame."""
    faults: list[Fault] = faults_of(system)
    priors = effective(system)
    functions = tuple(sorted(system.work.functions, key=lambda f: f.id))
    demand = tuple(sorted((d for d in system.work.demand if d.id in frame.demand), key=lambda d: d.id))
    fns = {fn.id: k for k, fn in enumerate(functions)}
    shares = {d.id: judged(d, priors) for d in demand}
    flow = flow_of(system, fns, [d.id for d in demand], faults, shares)
    if faults:
        raise SimulationError(*faults)
    steps, distributions, pool_row = frame.steps, frame.distributions, frame.pool_row
    roles = tuple(sorted(system.social.roles, key=lambda r: r.id))
    teams = tuple(sorted({role.team for role in roles}))
    components = tuple(sorted(system.technical.components, key=lambda c: c.id))
    comps = {c.id: k for k, c in enumerate(components)}
    variances = {v.id: k for k, v in enumerate(sorted(system.variances, key=lambda v: v.id))}
    crew = crew_of(
        roles, frame.posts, {team: k for k, team in enumerate(teams)}, frame.most, bool(system.social.holidays)
    )
    skills = {name: k for k, name in enumerate(sorted({fn.skill or fn.id for fn in functions}))}
    coming = demand_of(system, demand, frame.levels, fns, variances, comps, priors, distributions.add)
    fn, fn_uses = _functions(functions, components, pool_row, frame.crewed, skills, steps, distributions, priors)
    fn.forks = (flow.fork_of >= 0).any(axis=1) if len(demand) else 0
    deviations = deviations_of(system, fns, comps, steps, pool_row, distributions.add)
    for row, (var_lo, var_n, det_lo, det_n) in zip(fn, deviations.fn_ranges, strict=True):
        row.var_lo, row.var_n, row.det_lo, row.det_n = var_lo, var_n, det_lo, det_n
    comp, edge = _components(components, deviations, distributions, set(fn_uses.tolist()))
    comp_cls = _flat(coming.comp_classes, comp, "cls_lo", "cls_n")
    comp_surge = _flat(coming.comp_surges, comp, "surge_lo", "surge_n")
    pools = tuple(pool_row)
    rows_of_role = {r.id: [k for k, post in enumerate(frame.posts) if roles[post.role] is r] for r in roles}
    pool, pool_role = _offsets([[k for r in members for k in rows_of_role[r]] for members in pools], layout.POOL)
    role_table, role_pool, practice = _roles(system, roles, pools, frame, priors)
    speed = _role_speed(roles, functions, skills)
    model = Model(
        par=_parameters(system, priors), cls=coming.cls, rate=coming.rate, clock=coming.clock, alert=coming.alert,
        surge=coming.surge, cls_surge=coming.cls_surge, fn=fn, fn_uses=fn_uses, fork_of=flow.fork_of, fork=flow.fork,
        fork_to=flow.fork_to, step=_table(steps.rows, layout.STEP),
        dist=np.array(distributions.rows, layout.DIST).view(np.recarray), quantile=np.array(distributions.points),
        row_of=flow.row_of, mem_of=flow.mem_of, memory=flow.memory, route=flow.route, route_p=flow.route_p,
        route_to=flow.route_to, pool=pool, pool_role=pool_role, role=role_table, role_pool=role_pool,
        role_speed=speed[[post.role for post in frame.posts]] if frame.posts else speed, practice=practice,
        person=crew.person, change=crew.change, group=crew.group, roster=crew.roster, comp=comp, edge=edge,
        comp_own=deviations.comp_own, comp_cls=comp_cls, cls_down=coming.cls_down, comp_surge=comp_surge,
        var=deviations.var, fn_var=deviations.fn_var, detect=deviations.detect, induce=deviations.induce,
    )  # fmt: skip
    return Compiled(
        system, model, demand, functions, roles, teams, components, pools, tuple(frame.posts), crew, flow, priors
    )


def _offsets(lists: list[list[int]], dtype: Any) -> tuple[Any, Any]:
    """Return a table of offset and count, its other columns zero, and the flat list they point into."""
    table = np.zeros(len(lists), dtype).view(np.recarray)
    return table, _flat(lists, table, "lo", "n")
