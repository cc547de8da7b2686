"""Levers on people: how many, when, in which role, eligible for what."""

from __future__ import annotations

from longwall.alignment.levers.bench import Bench, Order, append, put
from longwall.worksystem import Function, Intervention, Parameter, Patch, Role

__all__ = [
    "add_people",
    "cross_train",
    "cross_training",
    "move_between_roles",
    "move_between_shifts",
    "priority_rule",
    "shift_hours",
    "staff",
]

_LARGER_STEP = 0.15
"""The larger of two staffing steps, as a share of the head-count."""
_UNEVEN = 1.25
"""Pressures must differ by this factor before people are moved."""


def staff(bench: Bench, order: Order) -> list[Intervention]:
    """Add one person, or about 15% of the head-count, to the most pressed shift of each role; move people as well."""
    drafts: list[Intervention] = []
    for role in bench.roles(order) or _most_pressed(bench):
        if not role.shifts:
            continue
        drafts += [
            add_people(bench, order, role, extra)
            for extra in sorted({1, max(2, round(_LARGER_STEP * role.head_count))})
        ]
        drafts += move_between_shifts(bench, order, role)
        drafts += move_between_roles(bench, order, role)
    return drafts


def add_people(bench: Bench, order: Order, role: Role, extra: int) -> Intervention:
    """Draft so many people more in the most pressed shift of a role."""
    place = bench.most_pressed_shift(role)
    shift = role.shifts[place]
    people = "1 person" if extra == 1 else f"{extra} people"
    return bench.draft(
        order,
        lever="staff",
        id=f"staff.{role.id}.{extra}",
        title=f"Add {people} to {bench.name(role.id)}, {shift.hours}",
        kind="social",
        patches=(put(f"social.roles.{role.id}.shifts.{place}.people", shift.people + extra),),
        cost=bench.costs.once("staff", heads=extra, added=extra, role=role),
        running_cost_per_week=bench.costs.running(
            "staff", extra * shift.hours_per_week, role=role, what=f"{extra} x {shift.hours_per_week:g} h"
        ),
        effort_weeks=bench.costs.effort_weeks("staff", extra, bench.week_h(role)),
        concerns=(role.id,),
    )


def shift_hours(bench: Bench, order: Order) -> list[Intervention]:
    """Move people to the hours in which work arrives, for each role named."""
    return [draft for role in bench.roles(order) if role.shifts for draft in move_between_shifts(bench, order, role)]


def priority_rule(bench: Bench, order: Order) -> list[Intervention]:
    """Serve first what is due first: priorities of the demand classes in the order of their due times."""
    promised = [demand for demand in bench.system.work.demand if demand.due_h is not None]
    order_of_due = sorted(promised, key=lambda demand: (demand.due_h.value if demand.due_h else 0.0, demand.priority))
    before = sorted(demand.priority for demand in promised)
    patches = tuple(
        put(f"work.demand.{demand.id}.priority", priority)
        for demand, priority in zip(order_of_due, before, strict=True)
        if priority != demand.priority
    )
    if not patches:
        return []
    heads = bench.system.people
    return [
        bench.draft(
            order,
            lever="priority_rule",
            id="priority.due-first",
            title="Serve first what is due first",
            kind="work",
            patches=patches,
            cost=bench.costs.once("priority_rule", heads=heads),
            running_cost_per_week=Parameter(value=0.0, unit="per week", source="the same people"),
            effort_weeks=bench.costs.effort_weeks("priority_rule", heads, 40.0),
            concerns=tuple(bench.system.roles),
        )
    ]


def _most_pressed(bench: Bench) -> list[Role]:
    """Return the two roles whose work fills most of their rostered hours."""
    roles = bench.system.social.roles
    return sorted(roles, key=lambda role: (-bench.flow.pressure(role.id), role.id))[:2]


def move_between_shifts(bench: Bench, order: Order, role: Role) -> list[Intervention]:
    """Move one person from the least to the most pressed shift of a role, where they differ clearly."""
    pressures = bench.shift_pressures(role)
    donors = [index for index, shift in enumerate(role.shifts) if shift.people > 1]
    if len(role.shifts) < 2 or not donors:
        return []
    to = bench.most_pressed_shift(role)
    source = min(donors, key=lambda index: (pressures[index], index))
    if source == to or pressures[to] < _UNEVEN * pressures[source]:
        return []
    path = f"social.roles.{role.id}.shifts"
    before, after = role.shifts[source], role.shifts[to]
    return [
        bench.draft(
            order,
            lever="move_shift",
            id=f"move.{role.id}.{source}.{to}",
            title=f"Move 1 person of {bench.name(role.id)} from {before.hours} to {after.hours}",
            kind="social",
            patches=(put(f"{path}.{source}.people", before.people - 1), put(f"{path}.{to}.people", after.people + 1)),
            cost=bench.costs.once("move_shift", heads=1, added=1, role=role),
            running_cost_per_week=bench.costs.running(
                "move_shift", after.hours_per_week - before.hours_per_week, role=role, what="other hours"
            ),
            effort_weeks=bench.costs.effort_weeks("move_shift", 1, bench.week_h(role)),
            concerns=(role.id,),
        )
    ]


def move_between_roles(bench: Bench, order: Order, role: Role) -> list[Intervention]:
    """Move one person from the least pressed role to this one, where the roles differ clearly."""
    donors = [
        other
        for other in bench.system.social.roles
        if other.id != role.id
        and bench.flow.pressure(role.id) > _UNEVEN * bench.flow.pressure(other.id)
        and any(shift.people > 1 for shift in other.shifts)
    ]
    if not donors:
        return []
    donor = min(donors, key=lambda other: (bench.flow.pressure(other.id), other.id))
    pressures = bench.shift_pressures(donor)
    source = min(
        (index for index, shift in enumerate(donor.shifts) if shift.people > 1),
        key=lambda index: (pressures[index], index),
    )
    to = bench.most_pressed_shift(role)
    before, after = donor.shifts[source], role.shifts[to]
    return [
        bench.draft(
            order,
            lever="move_role",
            id=f"move.{donor.id}.to.{role.id}",
            title=f"Move 1 person from {bench.name(donor.id)} to {bench.name(role.id)}",
            kind="social",
            patches=(
                put(f"social.roles.{donor.id}.shifts.{source}.people", before.people - 1),
                put(f"social.roles.{role.id}.shifts.{to}.people", after.people + 1),
            ),
            cost=bench.costs.once("move_role", heads=1, added=1, role=role),
            running_cost_per_week=bench.costs.running(
                "move_role", after.hours_per_week - before.hours_per_week, role=role, what="other hours"
            ),
            effort_weeks=bench.costs.effort_weeks("move_role", 1, bench.week_h(role)),
            concerns=(donor.id, role.id),
        )
    ]


def cross_training(bench: Bench, order: Order) -> list[Intervention]:
    """Make roles eligible for the functions named, or for the work of the teams named.

    The roles are those named with the functions, or of two teams each other's; else the two with most hours to spare.
    """
    people = [target for target in order.targets if target in bench.system.roles or target in bench.system.teams]
    functions = [target for target in order.targets if target in bench.system.functions]
    named = bench.roles(order) if len(people) > 1 or (people and functions) else []
    drafts: list[Intervention] = []
    for function in bench.functions(order):
        if not function.roles or function.allocation.level == 10:
            continue
        others = [role for role in named or bench.system.social.roles if role.id not in function.roles and role.shifts]
        if not named:
            others = sorted(others, key=lambda role: (bench.flow.pressure(role.id), role.id))[:2]
        drafts += [cross_train(bench, order, function, role) for role in others]
    return drafts


def cross_train(bench: Bench, order: Order, function: Function, role: Role) -> Intervention:
    """Make one role eligible for one function, at a lower skill at first."""
    skill = function.skill or function.id
    patches = [append(f"work.functions.{function.id}.roles", role.id)]
    if skill not in role.skills:
        patches.append(_new_skill(bench, role, skill))
    return bench.draft(
        order,
        lever="cross_train",
        id=f"cross.{function.id}.{role.id}",
        title=f"Train {bench.name(role.id)} for {bench.name(function.id)}",
        kind="social",
        patches=tuple(patches),
        cost=bench.costs.once("cross_train", heads=role.head_count, role=role),
        running_cost_per_week=Parameter(value=0.0, unit="per week", source="the same people"),
        effort_weeks=bench.costs.effort_weeks("cross_train", role.head_count, bench.week_h(role)),
        concerns=tuple(dict.fromkeys((role.id, *function.roles))),
    )


def _new_skill(bench: Bench, role: Role, skill: str) -> Patch:
    """Return the patch that gives the members of a role a first skill."""
    return append(f"social.roles.{role.id}.skills.{skill}", bench.costs.effect("cross_train", "skill_at_first"))
