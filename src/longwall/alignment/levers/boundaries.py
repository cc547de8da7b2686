"""Levers on boundaries: teams joined, who keeps an item, what becomes of it at the end of a shift, who owns a step.

And on rules: a step that decides nothing left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from longwall.alignment.levers.bench import Bench, Order, append, put
from longwall.alignment.levers.routes import fewer_back
from longwall.worksystem import Function, Intervention, Parameter, Patch, Route

__all__ = ["clear_owner", "drop_step", "join_teams", "keep_person", "shift_handover"]

_OF_TEAMS = ("bounce", "misroute")
_MOST_SHARED = 3
"""Functions with most work that each of two joined teams learns from the other."""
_LIKELY = 1e-9


def join_teams(bench: Bench, order: Order) -> list[Intervention]:
    """Make two teams one that does both kinds of work: the functions with most work on either side are shared."""
    teams = [team for team in order.targets if team in bench.system.teams]
    if len(teams) != 2:
        return []
    members = [[role for role in bench.system.social.roles if role.team == team and role.shifts] for team in teams]
    if not all(members):
        return []
    patches: list[Patch] = [put(f"social.roles.{role.id}.team", teams[0]) for role in members[1]]
    skills: dict[tuple[str, str], Patch] = {}
    skill_at_first = bench.costs.effect("cross_train", "skill_at_first")
    for mine, theirs in ((members[0], members[1]), (members[1], members[0])):
        names = {role.id for role in theirs}
        for function in _largest(bench, names):
            for role in mine:
                if role.id not in function.roles:
                    patches.append(append(f"work.functions.{function.id}.roles", role.id))
                    skill = function.skill or function.id
                    if skill not in role.skills:
                        path = f"social.roles.{role.id}.skills.{skill}"
                        skills[role.id, skill] = append(path, skill_at_first)
    concerned = tuple(role.id for side in members for role in side)
    one, other = (bench.name(team) for team in teams)
    return [
        bench.change(
            order,
            lever="join_teams",
            id=f"join.{teams[0]}.{teams[1]}",
            title=f"Make {one} and {other} one team that does both kinds of work",
            kind="social",
            patches=(*patches, *skills.values()),
            concerned=concerned,
        )
    ]


def keep_person(bench: Bench, order: Order) -> list[Intervention]:
    """Let whoever had an item go on with it when it comes back, so that it stays in one team.

    Only where people of several teams do the function: what one person gains by knowing an item is not simulated.
    """
    return [
        bench.change(
            order,
            lever="keep_person",
            id=f"keep.{function.id}",
            title=f"Let whoever had an item before take it again at {bench.name(function.id)}",
            kind="work",
            patches=(put(f"work.functions.{function.id}.rule", "same_person"),),
            concerned=function.roles,
        )
        for function in bench.functions(order)
        if function.rule != "same_person" and len({bench.system.roles[name].team for name in function.roles}) > 1
    ]


_AT_END = {
    "finish": "finish it, whatever the hour",
    "park": "put it aside and go on in the next shift",
    "hand_over": "hand it over to whoever is on shift",
}


def shift_handover(bench: Bench, order: Order) -> list[Intervention]:
    """Say what becomes of work that is not done when the shift ends: finished late, put aside, handed over."""
    drafts: list[Intervention] = []
    for function in bench.functions(order):
        if not function.roles or function.work_h.mean_h == 0:
            continue
        several = sum(not shift.on_call for name in function.roles for shift in bench.system.roles[name].shifts) > 1
        for way, said in _AT_END.items():
            if way == function.at_shift_end or (way == "hand_over" and not several):
                continue
            drafts.append(
                bench.change(
                    order,
                    lever="shift_handover",
                    id=f"handover.{function.id}.{way}",
                    title=f"At the end of a shift at {bench.name(function.id)}: {said}",
                    kind="work",
                    patches=(put(f"work.functions.{function.id}.at_shift_end", way),),
                    concerned=function.roles,
                )
            )
    return drafts


def clear_owner(bench: Bench, order: Order) -> list[Intervention]:
    """Name one owner of a step for each class of item, so that fewer items pass between those who all do it.

    Carried where the passing shows: in a variance of going to and fro that arises there, or in routes back.
    """
    left = bench.costs.effect("clear_owner", "share_of_cause_left")
    drafts: list[Intervention] = []
    for function in bench.functions(order):
        patches: list[Patch] = [
            put(f"variances.{variance.id}.probability", _left(variance.probability, left))
            for variance in bench.system.variances
            if variance.origin == function.id and variance.kind in _OF_TEAMS and variance.probability.value > 0
        ]
        back = {
            route.source
            for route in bench.system.work.routes
            if route.target == function.id and route.probability.value > _LIKELY
        } & {
            route.target
            for route in bench.system.work.routes
            if route.source == function.id and route.probability.value > _LIKELY
        }
        patches += fewer_back(bench, function, back - {function.id}, left)
        if patches and function.roles:
            drafts.append(
                bench.change(
                    order,
                    lever="clear_owner",
                    id=f"owner.{function.id}",
                    title=f"Name one team that owns {bench.name(function.id)}, for each class of item",
                    kind="work",
                    patches=tuple(patches),
                    concerned=function.roles,
                )
            )
    return drafts


def drop_step(bench: Bench, order: Order) -> list[Intervention]:
    """Leave out a step that decides nothing: what came to it goes on to where it led.

    Constraints that demand the step refuse this; what was seen at the step is seen there no longer.
    """
    named = [bench.system.functions[name] for name in order.targets if name in bench.system.functions]
    if len(named) != 1:
        return []
    function = named[0]
    patches = _around(bench, function)
    if not patches:
        return []
    return [
        bench.change(
            order,
            lever="drop_step",
            id=f"drop.{function.id}",
            title=f"Leave out {bench.name(function.id)}",
            kind="work",
            patches=tuple(patches),
            concerned=function.roles,
        )
    ]


def _largest(bench: Bench, roles: set[str]) -> Sequence[Function]:
    """Return the functions of some roles with most work."""
    theirs = [
        function
        for function in bench.system.work.functions
        if roles & set(function.roles) and function.work_h.mean_h > 0 and function.allocation.level < 10
    ]
    size = {function.id: bench.flow.visits.get(function.id, 0.0) * function.work_h.mean_h for function in theirs}
    return sorted(theirs, key=lambda function: (-size[function.id], function.id))[:_MOST_SHARED]


def _left(probability: Parameter, factor: Parameter) -> Parameter:
    """Return what is left of a probability; its range is that of the factor."""
    low, high = factor.low or factor.value, factor.high or factor.value
    value = probability.value
    return Parameter(
        value=value * factor.value, low=value * low, high=value * high,
        source=f"{value:.4g} today x {factor.value:g} left: {factor.source}",
    )  # fmt: skip


def _around(bench: Bench, function: Function) -> list[Patch]:
    """Return the patches of routes that lead around a function; none where its routes depend on more than the class.

    All routes of the model are set at once: where the function is left out, its own routes keep standing unused.
    """
    routes = bench.system.work.routes
    concerned = [route for route in routes if function.id in (route.source, route.target) or function.id in route.after]
    forks = any(function.id in (fork.after, fork.join, *fork.branches) for fork in bench.system.work.forks)
    onward = [route for route in routes if route.source == function.id]
    plain = all(not route.after and not route.outcome for route in concerned)
    mixed = any(one.demand for one in onward) and any(
        route.target == function.id and route.demand is None for route in concerned
    )
    if forks or not plain or mixed or not onward or any(route.target == function.id for route in onward):
        return []
    shares: dict[tuple[str, str, str | None], float] = {}
    for route in routes:
        if route.target != function.id:
            if not route.after and not route.outcome:
                key = (route.source, route.target, route.demand)
                shares[key] = shares.get(key, 0.0) + route.probability.value
            continue
        for after in _onward(onward, route.demand):
            key = (route.source, after.target, route.demand)
            shares[key] = shares.get(key, 0.0) + route.probability.value * after.probability.value
    kept = [route for route in routes if route.after or route.outcome]
    made = [
        Route(source=source, target=target, demand=demand, probability=Parameter(value=share, source="led around"))
        for (source, target, demand), share in shares.items()
        if share > 0
    ]
    return [put("work.routes", [*made, *kept])]


def _onward(onward: Sequence[Route], demand: str | None) -> list[Route]:
    """Return where items of a class go on: by their own routes, else by those of all."""
    own = [route for route in onward if route.demand == demand]
    return own or [route for route in onward if route.demand is None]
