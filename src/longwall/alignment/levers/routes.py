"""Items that go back and forth, where it shows in the routes only: fewer routes back when triage is shared."""

from __future__ import annotations

from collections.abc import Sequence

from longwall.alignment.levers.bench import Bench, Order, put
from longwall.worksystem import Function, Intervention, Parameter, Patch, Route

__all__ = ["back_and_forth", "fewer_back"]

_LEAST = 0.02
"""Share of the items leaving a function that must go back before triage is worth the talk."""


def back_and_forth(bench: Bench, order: Order, roles: Sequence[str]) -> list[Intervention]:
    """Draft shared triage between roles whose functions send items to each other and back.

    The routes back lose a share (assumed) to the other routes out of the same place; each pair of functions is one
    draft per place from which items go back.
    """
    mine = {function.id for function in bench.system.work.functions if set(roles) & set(function.roles)}
    goes = {(route.source, route.target) for route in bench.system.work.routes if route.probability.value > 0}
    drafts: list[Intervention] = []
    for function in bench.system.work.functions:
        others = [
            other
            for other in bench.system.work.functions
            if other.id != function.id
            and {function.id, other.id} <= mine
            and not set(function.roles) & set(other.roles)
            and (function.id, other.id) in goes
            and (other.id, function.id) in goes
        ]
        if others:
            left = bench.costs.effect("shared_triage", "share_of_cause_left")
            patches = fewer_back(bench, function, {other.id for other in others}, left)
            if patches:
                drafts.append(_triage(bench, order, function, others, patches))
    return drafts


def _triage(
    bench: Bench, order: Order, function: Function, others: Sequence[Function], patches: Sequence[Patch]
) -> Intervention:
    """Draft shared triage before one function."""
    concerned = tuple(dict.fromkeys((*function.roles, *(role for other in others for role in other.roles))))
    heads = sum(bench.system.roles[role].head_count for role in concerned)
    lead = bench.system.roles[function.roles[0]]
    return bench.draft(
        order,
        lever="shared_triage",
        id=f"triage.{function.id}",
        title=f"Share triage between {bench.names(concerned)} so that less comes back from {bench.name(function.id)}",
        kind="work",
        patches=tuple(patches),
        cost=bench.costs.once("shared_triage", heads=heads, role=lead),
        running_cost_per_week=Parameter(value=0.0, unit="per week", source="the same people"),
        effort_weeks=bench.costs.effort_weeks("shared_triage", heads, bench.week_h(lead)),
        concerns=concerned,
    )


def fewer_back(bench: Bench, function: Function, back: set[str], left: Parameter) -> list[Patch]:
    """Return the patches of the routes out of a function: those back keep a share, the others gain in proportion."""
    groups: dict[tuple[str | None, tuple[str, ...]], list[tuple[int, Route]]] = {}
    for place, route in enumerate(bench.system.work.routes):
        if route.source == function.id:
            groups.setdefault((route.demand, route.after), []).append((place, route))
    patches: list[Patch] = []
    for routes in groups.values():
        returning = sum(route.probability.value for _, route in routes if route.target in back)
        rest = sum(route.probability.value for _, route in routes if route.target not in back)
        if returning < _LEAST or rest <= 0.0:
            continue
        gain = (rest + returning * (1.0 - left.value)) / rest
        for place, route in routes:
            value = route.probability.value * (left.value if route.target in back else gain)
            source = f"{route.probability.value:.4g} today; {left.value:g} of what comes back is left: {left.source}"
            moved = Parameter(value=min(1.0, value), source=source)
            patches.append(put(f"work.routes.{place}.probability", moved))
    return patches
