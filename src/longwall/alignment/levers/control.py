"""Levers on variances: see and control them where they arise; triage together what is handed to and fro."""

from __future__ import annotations

from longwall.alignment.levers.bench import Bench, Order, append, plain, put
from longwall.alignment.levers.routes import back_and_forth
from longwall.worksystem import Control, Detection, Function, Intervention, Parameter, Patch, Role, Variance

__all__ = ["control_at_source", "grant", "see_earlier", "shared_triage"]

_OF_TEAMS = ("bounce", "misroute")
"""Kinds of variances that arise between teams; a finding about teams asks for these."""


def control_at_source(bench: Bench, order: Order) -> list[Intervention]:
    """Let those who do the work where a variance arises see it, know of it and put it right."""
    return [
        _at_source(bench, order, variance, function)
        for variance in _variances(bench, order)
        for function in _origins(bench, variance)
    ]


def shared_triage(bench: Bench, order: Order) -> list[Intervention]:
    """Let the roles between which items go to and fro do the triage together: fewer wrong hand-overs, more time each.

    Needs two roles: those named, else those of the functions named. Where a variance stands for the going to and fro,
    its probability falls; where it shows in the routes only, the routes back.
    """
    roles = [role.id for role in bench.roles(order)]
    if len(roles) < 2:
        return []
    drafts: list[Intervention] = back_and_forth(bench, order, roles)
    left = bench.costs.effect("shared_triage", "share_of_cause_left")
    extra = bench.costs.effect("shared_triage", "extra_work_share")
    for variance in _variances(bench, order):
        for function in _origins(bench, variance):
            if not function.roles or variance.probability.value == 0:
                continue
            joining = [role for role in roles if role not in function.roles]
            heads = sum(bench.system.roles[role].head_count for role in dict.fromkeys((*function.roles, *roles)))
            role = bench.system.roles[function.roles[0]]
            drafts.append(
                bench.draft(
                    order,
                    lever="shared_triage",
                    id=f"triage.{variance.id}.{function.id}",
                    title=f"Share triage between {bench.names(roles)} at {bench.name(function.id)}",
                    kind="work",
                    patches=(
                        put(f"variances.{variance.id}.probability", _times(variance.probability, left)),
                        *_more_work(function, extra),
                        *(append(f"work.functions.{function.id}.roles", role_id) for role_id in joining),
                    ),
                    cost=bench.costs.once("shared_triage", heads=heads, role=role),
                    running_cost_per_week=Parameter(value=0.0, unit="per week", source="the same people"),
                    effort_weeks=bench.costs.effort_weeks("shared_triage", heads, bench.week_h(role)),
                    concerns=tuple(dict.fromkeys((*function.roles, *roles))),
                )
            )
    return drafts


def grant(bench: Bench, order: Order) -> list[Intervention]:
    """Give those who should control a variance the authority and the information that control needs."""
    drafts: list[Intervention] = []
    for variance in _variances(bench, order):
        control = variance.control
        if control is None:
            continue
        holders = [control.role] if control.role else list(bench.system.functions[control.function].roles)
        named = [role.id for role in bench.roles(order)]
        roles = [bench.system.roles[name] for name in dict.fromkeys((*holders, *named)) if name in bench.system.roles]
        patches = _granted(variance.id, roles)
        if not patches:
            continue
        heads = sum(role.head_count for role in roles)
        drafts.append(
            bench.draft(
                order,
                lever="grant",
                id=f"grant.{variance.id}",
                title=f"Let {bench.names([role.id for role in roles])} know of {bench.name(variance.id)} and act on it",
                kind="social",
                patches=tuple(patches),
                cost=bench.costs.once("grant", heads=heads, role=roles[0]),
                running_cost_per_week=Parameter(value=0.0, unit="per week", source="the same people"),
                effort_weeks=bench.costs.effort_weeks("grant", heads, bench.week_h(roles[0])),
                concerns=tuple(role.id for role in roles),
            )
        )
    return drafts


def see_earlier(bench: Bench, order: Order) -> list[Intervention]:
    """Halve what slips through where a variance can be seen already, at the cost of more checks."""
    drafts: list[Intervention] = []
    extra = bench.costs.effect("alert_threshold", "extra_work_share")
    for variance in _variances(bench, order):
        if not variance.detections:
            continue
        places = [bench.system.functions[detection.function] for detection in variance.detections]
        seen = [
            Detection(
                function=detection.function,
                probability=Parameter(
                    value=(1.0 + detection.probability.value) / 2.0,
                    low=detection.probability.value,
                    high=1.0,
                    source=f"half of what slips through today, {1 - detection.probability.value:.2g}, is caught",
                ),
            )
            for detection in variance.detections
        ]
        roles = [bench.system.roles[name] for name in dict.fromkeys(name for place in places for name in place.roles)]
        heads = sum(role.head_count for role in roles)
        lead = roles[0] if roles else None
        drafts.append(
            bench.draft(
                order,
                lever="alert_threshold",
                id=f"threshold.{variance.id}.earlier",
                title=f"Look more closely for '{bench.name(variance.id)}' at {bench.names([p.id for p in places])}",
                kind="technical",
                patches=(
                    put(f"variances.{variance.id}.detections", seen),
                    *(
                        patch
                        for place in {place.id: place for place in places}.values()
                        for patch in _more_work(place, extra)
                    ),
                ),
                cost=bench.costs.once("alert_threshold", heads=heads, role=lead),
                running_cost_per_week=Parameter(value=0.0, unit="per week", source="the same people"),
                effort_weeks=bench.costs.effort_weeks("alert_threshold", heads, bench.week_h(lead) if lead else 40.0),
                concerns=tuple(role.id for role in roles),
            )
        )
    return drafts


def _granted(variance: str, roles: list[Role]) -> list[Patch]:
    """Return the patches that give roles authority over a variance and information of it, where they lack them."""
    return [
        *(append(f"social.roles.{role.id}.authority", variance) for role in roles if variance not in role.authority),
        *(
            append(f"social.roles.{role.id}.informed_of", variance)
            for role in roles
            if variance not in role.informed_of
        ),
    ]


def _at_source(bench: Bench, order: Order, variance: Variance, function: Function) -> Intervention:
    """Draft detection, authority and information at one origin."""
    seen = bench.costs.effect("control_at_source", "detection_at_origin")
    others = [detection for detection in variance.detections if detection.function != function.id]
    today = next((d.probability for d in variance.detections if d.function == function.id), None)
    best = today if today is not None and today.value >= seen.value else seen
    detections = [Detection(function=function.id, probability=best), *others]
    patches: list[Patch] = [
        put(f"variances.{variance.id}.detections", detections),
        put(f"variances.{variance.id}.control", _control(variance, function)),
        *_more_work(function, bench.costs.effect("control_at_source", "extra_work_share")),
    ]
    roles = [bench.system.roles[name] for name in function.roles]
    patches += _granted(variance.id, roles)
    heads = sum(role.head_count for role in roles)
    lead = bench.system.roles[function.roles[0]] if function.roles else None
    before = variance.control.role if variance.control else None
    concerned = (*function.roles, *((before,) if before else ()))
    return bench.draft(
        order,
        lever="control_at_source",
        id=f"source.{variance.id}.{function.id}",
        title=_source_title(variance, bench.name(variance.id), bench.name(function.id)),
        kind="work",
        patches=tuple(patches),
        cost=bench.costs.once("control_at_source", heads=heads, role=lead),
        running_cost_per_week=Parameter(value=0.0, unit="per week", source="the same people"),
        effort_weeks=bench.costs.effort_weeks("control_at_source", heads, bench.week_h(lead) if lead else 40.0),
        concerns=tuple(dict.fromkeys(concerned)),
    )


_AT_SOURCE = {
    "rework": "Check '{function}' before it moves on, so that it is not done again",
    "reopen": "Check '{function}' before it is closed, so that it is not reopened",
    "bounce": "Settle at '{function}' which team solves it, so that less goes back and forth",
    "misroute": "Settle at '{function}' which team solves it, so that less goes to the wrong one",
    "late": "Watch the due time at '{function}', so that less ends late",
    "stall": "Watch what lies still at '{function}' and move it on",
    "skip": "Ask at '{function}' for the step that is left out",
    "escalation": "Settle at '{function}' what is escalated later",
}
"""What control at the source means, by kind of variance."""


def _source_title(variance: Variance, name: str, function: str) -> str:
    """Say in plain words what is to be done where a variance arises."""
    said = _AT_SOURCE.get(variance.kind, "See and correct '{name}' where it arises, at '{function}'")
    return said.format(name=name, function=function)


def _control(variance: Variance, function: Function) -> Control:
    """Return control by whoever performs the origin, as probable as today's."""
    today = variance.control
    return Control(
        function=function.id,
        role=None,
        how="repair" if today is not None and today.how == "repair" else "rework",
        probability=today.probability if today is not None else Parameter(value=1.0),
        work_h=today.work_h if today is not None else None,
        needs_authority=True,
        needs_information=True,
    )


def _variances(bench: Bench, order: Order) -> list[Variance]:
    """Return the variances among the targets; else those that arise at the functions or components named."""
    system = bench.system
    named = [variance for variance in system.variances if variance.id in order.targets]
    if named:
        return named
    at = [variance for variance in system.variances if variance.origin in order.targets]
    if at:
        return at
    teams = {role.id for role in system.social.roles if role.team in order.targets or role.id in order.targets}
    theirs = {function.id for function in system.work.functions if teams & set(function.roles)}
    return [variance for variance in system.variances if variance.origin in theirs and variance.kind in _OF_TEAMS]


def _origins(bench: Bench, variance: Variance) -> list[Function]:
    """Return the function at which a variance arises; for a component, the functions that use it."""
    functions = bench.system.work.functions
    at = [function for function in functions if function.id == variance.origin]
    return at or [function for function in functions if function.allocation.component == variance.origin]


def _times(probability: Parameter, factor: Parameter) -> Parameter:
    """Return what is left of a probability; its range is that of the factor."""
    value = probability.value
    low, high = factor.low or factor.value, factor.high or factor.value
    return Parameter(
        value=value * factor.value, low=value * low, high=value * high, unit=probability.unit,
        source=f"{value:.4g} today x {factor.value:g} left: {factor.source}",
    )  # fmt: skip


def _more_work(function: Function, extra: Parameter) -> list[Patch]:
    """Return the patch that lengthens the work at a function, or none where it has no work."""
    if function.work_h.mean_h == 0:
        return []
    longer = function.work_h.times(1.0 + extra.value).model_copy(
        update={
            "low_h": function.work_h.mean_h * (1.0 + (extra.low or 0.0)),
            "high_h": function.work_h.mean_h * (1.0 + (extra.high or extra.value)),
            "footing": "assumed",
            "tag": "M",
            "source": f"today's work x {1.0 + extra.value:g}: {extra.source}",
        }
    )
    return [Patch(op="set", path=f"work.functions.{function.id}.work_h", value=plain(longer))]
