"""Levers on the division of work between people and machine: level, what is read, how often it is practised by hand."""

from __future__ import annotations

from longwall.alignment.costs import sum_of
from longwall.alignment.flow import work_h_per_week
from longwall.alignment.levers.bench import Bench, Order, put
from longwall.alignment.levers.people import cross_train
from longwall.worksystem import Function, Intervention, Parameter, Patch, Role, apply

__all__ = ["ACTS_FIRST", "SAYS", "alert_threshold", "change_level", "drill", "drill_function", "hand_back"]

ACTS_FIRST = 7
"""Level from which a machine acts before a person looks; seven safeguards must be stated first."""

_DRILLS = (4, 12)
"""Drills per year: every quarter, every month."""
_DOWN = {10: (8, 5), 9: (8, 5), 8: (5, 4), 7: (5, 4), 6: (5, 4), 5: (4,), 4: (3,), 3: (), 2: ()}
"""Levels that give a person more say, nearest first."""
_UP = {1: (4, 5), 2: (4, 5), 3: (4, 5), 4: (5, 7), 5: (7,), 6: (7,), 7: (8,), 8: (10,)}
"""Levels that leave more to the machine."""
SAYS = {
    1: "a person does all",
    2: "the machine lists the options",
    3: "the machine narrows the options",
    4: "the machine suggests, a person acts",
    5: "a person agrees before the machine acts",
    6: "the machine acts unless somebody objects in time",
    7: "the machine acts and a person reads of it",
    8: "the machine acts and a person reads a sample",
    9: "the machine acts and shows what it doubts",
    10: "the machine acts alone",
}
"""The levels in words."""


def change_level(bench: Bench, order: Order) -> list[Intervention]:
    """Shift the division of work: first towards the person, then towards the machine; always one with the people kept.

    Where the machine would free a person's week or more, a version that gives the posts up is drafted as well, and at
    once with it the version that keeps the people and uses the time for practice and wider skill. From level 7 on a
    machine acts before a person looks: such a level is drafted only where all seven safeguards are stated.
    """
    drafts: list[Intervention] = []
    for function, component in _shared(bench, order):
        drafts += _given_back(bench, order, function, component)
        safe = not bench.system.components[component].safeguards.lacking
        for up in _UP.get(function.allocation.level, ()):
            if up >= ACTS_FIRST and not safe:
                continue
            kept = _level(bench, order, function, component, up)
            drafts.append(kept)
            drafts += _release(bench, order, function, kept)
    return drafts


def hand_back(bench: Bench, order: Order) -> list[Intervention]:
    """Shift the division of work towards the person, and nowhere else."""
    return [
        draft
        for function, component in _shared(bench, order)
        for draft in _given_back(bench, order, function, component)
    ]


def _shared(bench: Bench, order: Order) -> list[tuple[Function, str]]:
    """Return functions with work that people and a machine can share, each with its machine."""
    found = []
    for function in bench.functions(order):
        component = function.allocation.component or _automation(bench, order)
        if component is not None and function.work_h.mean_h > 0 and function.roles:
            found.append((function, component))
    return found


def _given_back(bench: Bench, order: Order, function: Function, component: str) -> list[Intervention]:
    """Return the levels that give a person more say, nearest first."""
    return [_level(bench, order, function, component, down) for down in _DOWN.get(function.allocation.level, ())]


def alert_threshold(bench: Bench, order: Order) -> list[Intervention]:
    """Read more, or less, of what a machine did: the audit rate at level 8, the time to object at level 6."""
    drafts: list[Intervention] = []
    for function in bench.functions(order):
        allocation, base = function.allocation, f"work.functions.{function.id}.allocation"
        if allocation.level == 8:
            rate = allocation.audit_rate.value
            for name, value in (("more", min(1.0, 2 * rate)), ("less", rate / 2)):
                title = f"Read {value:.0%} instead of {rate:.0%} of what the machine does at {bench.name(function.id)}"
                drafts.append(_threshold(bench, order, function, name, title, put(f"{base}.audit_rate", value)))
        if allocation.level == 6 and allocation.review_deadline_h is not None:
            hours = allocation.review_deadline_h.value
            title = f"Allow {2 * hours:g} h instead of {hours:g} h to object at {bench.name(function.id)}"
            patch = put(f"{base}.review_deadline_h", 2 * hours)
            drafts.append(_threshold(bench, order, function, "longer", title, patch))
    return drafts


def drill(bench: Bench, order: Order) -> list[Intervention]:
    """Practise by hand what a machine does: every quarter, every month."""
    return [
        drill_function(bench, order, function, count)
        for function in bench.functions(order)
        if function.roles and function.allocation.level > 1
        for count in _DRILLS
        if count > function.drills_per_year.value
    ]


def drill_function(bench: Bench, order: Order, function: Function, per_year: int) -> Intervention:
    """Draft a drill programme for one function."""
    roles = [bench.system.roles[role] for role in function.roles]
    heads = sum(role.head_count for role in roles)
    more = per_year - function.drills_per_year.value
    hours = bench.costs.rule("drill").hours_per_drill.value * heads * more / 52
    often = {4: "every quarter", 12: "every month"}.get(per_year, f"{per_year} times a year")
    return bench.draft(
        order,
        lever="drill",
        id=f"drill.{function.id}.{per_year}",
        title=f"Practise {bench.name(function.id)} by hand {often}",
        kind="social",
        patches=(put(f"work.functions.{function.id}.drills_per_year", per_year),),
        cost=bench.costs.once("drill", heads=heads, role=roles[0]),
        running_cost_per_week=bench.costs.running(
            "drill", hours, role=roles[0], what=f"{heads} people x {more:g} drills a year"
        ),
        effort_weeks=bench.costs.effort_weeks("drill", heads, bench.week_h(roles[0])),
        concerns=function.roles,
    )


def _level(bench: Bench, order: Order, function: Function, component: str, level: int) -> Intervention:
    """Draft one change of level with the people kept."""
    base = f"work.functions.{function.id}.allocation"
    patches = [put(f"{base}.level", level)]
    if function.allocation.component is None:
        patches.append(put(f"{base}.component", component))
    roles = [bench.system.roles[role] for role in function.roles]
    heads = sum(role.head_count for role in roles)
    return bench.draft(
        order,
        lever="change_level",
        id=f"level.{function.id}.{level}",
        title=f"{bench.name(function.id)}: {SAYS[level]}",
        kind="work",
        patches=tuple(patches),
        cost=bench.costs.once("change_level", heads=heads, role=roles[0]),
        running_cost_per_week=Parameter(value=0.0, unit="per week", source="the same people"),
        effort_weeks=bench.costs.effort_weeks("change_level", heads, bench.week_h(roles[0])),
        concerns=function.roles,
    )


def _release(bench: Bench, order: Order, function: Function, kept: Intervention) -> list[Intervention]:
    """Return the version that gives posts up, beside its strengthening sibling; nothing where no post comes free."""
    freed_h = work_h_per_week(bench.system) - work_h_per_week(apply(bench.system, [kept]))
    role = max((bench.system.roles[name] for name in function.roles), key=lambda role: (role.head_count, role.id))
    place = max(range(len(role.shifts)), key=lambda i: (role.shifts[i].people, -i), default=None)
    if place is None:
        return []
    shift = role.shifts[place]
    posts = min(int(freed_h // shift.hours_per_week), shift.people - 1)
    if posts < 1:
        return []
    sibling = _strengthen(bench, order, function, kept, role)
    people = "1 post" if posts == 1 else f"{posts} posts"
    removal = kept.model_copy(
        update={
            "id": f"{kept.id}.release",
            "title": f"{kept.title}; give up {people} in {bench.name(role.id)}",
            "patches": (*kept.patches, put(f"social.roles.{role.id}.shifts.{place}.people", shift.people - posts)),
            "running_cost_per_week": bench.costs.running(
                "change_level", -posts * shift.hours_per_week, role=role, what=f"{people} given up"
            ),
            "reversible": False,
            "people_removed": posts,
            "strengthening": sibling.id,
        }
    )
    return [sibling, removal]


def _strengthen(bench: Bench, order: Order, function: Function, kept: Intervention, role: Role) -> Intervention:
    """Keep the people: practise by hand every quarter, and learn the function under most pressure in the freed time."""
    extra = [drill_function(bench, order, function, _DRILLS[0])]
    others = [
        other
        for other in bench.system.work.functions
        if role.id not in other.roles and other.roles and other.work_h.mean_h > 0 and other.allocation.level < 10
    ]
    if others:
        pressed = max(others, key=lambda other: (max(bench.flow.pressure(name) for name in other.roles), other.id))
        extra.append(cross_train(bench, order, pressed, role))
    parts = (kept, *extra)
    return kept.model_copy(
        update={
            "id": f"{kept.id}.strengthen",
            "title": f"{kept.title}; keep the people: " + ", ".join(part.title.lower() for part in extra),
            "patches": tuple(patch for part in parts for patch in part.patches),
            "cost": sum_of([part.cost for part in parts]),
            "running_cost_per_week": sum_of([part.running_cost_per_week for part in parts]),
            "effort_weeks": sum(part.effort_weeks for part in parts),
            "lead_time_weeks": max(part.lead_time_weeks for part in parts),
            "concerns": tuple(dict.fromkeys(role for part in parts for role in part.concerns)),
        }
    )


def _threshold(bench: Bench, order: Order, function: Function, name: str, title: str, patch: Patch) -> Intervention:
    """Draft one change of a threshold."""
    roles = [bench.system.roles[role] for role in function.roles]
    heads = sum(role.head_count for role in roles)
    lead = roles[0] if roles else None
    return bench.draft(
        order,
        lever="alert_threshold",
        id=f"threshold.{function.id}.{name}",
        title=title,
        kind="technical",
        patches=(patch,),
        cost=bench.costs.once("alert_threshold", heads=heads, role=lead),
        running_cost_per_week=Parameter(value=0.0, unit="per week", source="the same people"),
        effort_weeks=bench.costs.effort_weeks("alert_threshold", heads, bench.week_h(lead) if lead else 40.0),
        concerns=function.roles,
    )


def _automation(bench: Bench, order: Order) -> str | None:
    """Return the automation named, or the only one there is."""
    machines = [component.id for component in bench.system.technical.components if component.kind == "automation"]
    named = [machine for machine in machines if machine in order.targets]
    return named[0] if named else machines[0] if len(machines) == 1 else None
