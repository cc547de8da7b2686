"""A design as an order of change: increments, their weeks, what each is expected to do and when to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from longwall.alignment import Alignment
from longwall.errors import Fault, PlanError
from longwall.implementation.drilled import NONE, Programme
from longwall.implementation.increments import check_siblings, increment_of, phases_of, task_of, weights_of
from longwall.implementation.plans import Freeze, Plan, Precedence, Release
from longwall.implementation.precedence import precedences
from longwall.implementation.schedule import Scheduled, solve
from longwall.implementation.tasks import Task, Terms
from longwall.implementation.terms import PlanTerms
from longwall.implementation.waiting import bottleneck_of, clash_of, waits_of
from longwall.worksystem import Intervention

__all__ = ["plan_by", "sequence"]

_TODAY = "today"
_ALONE = (
    "each increment's forecast is what it does on its own (with what it requires) against today; together they may do "
    "more or less: the forecast along the order tells"
)


def sequence(
    alignment: Alignment,
    design_id: str | None = None,
    *,
    budget: float | Sequence[Release] | None = None,
    people_load: Mapping[str, float] | None = None,
    changes_at_once: int = 2,
    freezes: Sequence[Freeze] = (),
    finish_by: int | None = None,
    given: Sequence[tuple[str, str]] | Mapping[tuple[str, str], str] = (),
    overrides: Mapping[tuple[str, str], str] | None = None,
    owners: Mapping[str, str] | None = None,
    programme: Programme = NONE,
    seed: int = 0,
) -> Plan:
    """Return a design as increments with start weeks: benefits early, cheap and reversible first.

    A change of how people work is piloted, observed and expanded; a technical one is introduced and observed.

    Parameters
    ----------
    design_id : str, optional
        Default: the recommended design. ``today`` gives an empty plan.
    budget : float or sequence of Release, optional
        Money for what is paid once, at once or as it becomes available; none: no limit.
    people_load : mapping of role to float, optional
        Most person-weeks a week that a role spends on change, > 0; work is stretched to keep to it.
    changes_at_once : int
        Most increments that one role works on at the same time; 0: no limit.
    freezes : sequence of Freeze
    finish_by : int, optional
        Week by which all must be done.
    given : sequence of (before, after), or mapping of them to reason
        Precedences that people decided.
    overrides : mapping of (before, after) to reason
        Precedences of the default rule that people set aside.
    owners : mapping of increment to role, optional
        Who answers for it; else its intervention says, or it is to be named.
    programme : Programme
        Drills beside the design; each begins before the automation that makes its skill idle, or with it.

    Raises
    ------
    PlanError
        LW-PL-001 where the money does not reach, LW-PL-002 for a circle, LW-PL-003 where the terms leave no order (it
        names the smallest set of terms that clash), LW-PL-004 for unknown ids, LW-PL-005 for an unknown design,
        LW-PL-007 for an override without a reason, LW-PL-009 where the money pays for no increment, LW-PL-010 where
        people have no time, LW-PL-013 where freezes leave room for nothing, LW-PL-014 where people are given up
        without a sibling.
    """
    wanted = alignment.recommended if design_id is None else design_id
    if wanted != _TODAY and alignment.design(wanted) is None:
        raise PlanError(
            Fault("LW-PL-005", "design", f"one of {', '.join([_TODAY, *(d.id for d in alignment.designs)])}", wanted,
                  "choose one of them")
        )  # fmt: skip
    designed = tuple(change for change in alignment.chosen(wanted) if change.id not in programme.instead)
    chosen = (*designed, *programme.drills)
    check_siblings(chosen, {change.id: change for change in alignment.interventions})
    releases = _releases(budget)
    _affordable(chosen, releases)
    order = precedences(
        chosen, given=given, overrides=overrides, drills=programme.first,
        beside=[drill.id for drill in programme.drills],
    )  # fmt: skip
    effects = {effect.id: effect for effect in alignment.effects}
    # Drills weigh what they would weigh in the design, and change no weight of it.
    weights = weights_of(chosen, effects, alignment.scales) | weights_of(designed, effects, alignment.scales)

    def tasks_of(terms: Terms) -> list[Task]:
        return [task_of(change, phases_of(change, terms.people_load), weights[change.id]) for change in chosen]

    valid = [one for one in order if not one.overridden]
    terms = Terms(
        pairs=tuple(dict.fromkeys((one.before, one.after) for one in valid if one.rule != "drill first")),
        begun=tuple(dict.fromkeys((one.before, one.after) for one in valid if one.rule == "drill first")),
        releases=releases, people_load=people_load or {}, changes_at_once=changes_at_once, freezes=tuple(freezes),
        finish_by=finish_by,
    )  # fmt: skip
    tasks = tasks_of(terms)
    found = solve(tasks, terms, seed=seed)
    if found is None:
        raise clash_of(tasks_of, terms, seed=seed)
    plan = _plan(alignment, wanted, chosen, tasks, terms, order, found, owners or {}, programme, seed)
    return plan.model_copy(update={"bottleneck": bottleneck_of(tasks_of, terms, found.start, seed=seed)})


def plan_by(
    alignment: Alignment, terms: PlanTerms, *, budget: float | None = None, programme: Programme = NONE, seed: int = 0
) -> Plan:
    """Return the plan under the terms of a file; what they say of increments that the design does not hold is left out.

    Parameters
    ----------
    budget : float, optional
        Where the terms name none.
    programme : Programme
        Drills beside the design.

    Raises
    ------
    PlanError
        As `sequence`.
    """
    wanted = terms.design or alignment.recommended
    held = {change.id for change in (*alignment.chosen(wanted), *programme.drills)} - set(programme.instead)
    named = [name for one in (*terms.before, *terms.overrides) for name in (one.first, one.then)] + list(terms.owners)
    _overridable(terms, programme)
    plan = sequence(
        alignment, wanted, budget=terms.budget or budget, people_load=terms.people_load,
        changes_at_once=terms.changes_at_once, freezes=terms.freezes, finish_by=terms.finish_by,
        given={(one.first, one.then): one.why for one in terms.before if {one.first, one.then} <= held},
        overrides={(one.first, one.then): one.why for one in terms.overrides if {one.first, one.then} <= held},
        owners=terms.owners, programme=programme, seed=seed,
    )  # fmt: skip
    absent = [name for name in dict.fromkeys(named) if name not in held]
    if not absent:
        return plan
    caution = f"the terms speak of {', '.join(absent)}, which this design does not hold"
    return plan.model_copy(update={"cautions": (*plan.cautions, caution)})


def _overridable(terms: PlanTerms, programme: Programme) -> None:
    """Refuse to set aside what no rule asks of a drill beside the design."""
    beside = {drill.id for drill in programme.drills}
    faults = [
        Fault("LW-PL-008", f"overrides.{row}", "a precedence of the default rule",
              f"{one.first} before {one.then}, which the rule does not ask for",
              f"leave it out; {one.first} has to come before {_listed(programme, one.first)}")
        for row, one in enumerate(terms.overrides)
        if one.first in beside and (one.first, one.then) not in programme.first
    ]  # fmt: skip
    if faults:
        raise PlanError(*faults)


def _listed(programme: Programme, drill: str) -> str:
    return ", ".join(then for first, then in programme.first if first == drill) or "nothing"


def _releases(budget: float | Sequence[Release] | None) -> tuple[Release, ...]:
    if budget is None:
        return ()
    return (Release(week=0, amount=budget),) if isinstance(budget, int | float) else tuple(budget)


def _affordable(chosen: Sequence[Intervention], releases: tuple[Release, ...]) -> None:
    """Refuse a budget that cannot pay for the design, and say what would have to go."""
    costs = {change.id: change.cost.value for change in chosen if change.cost is not None}
    total, money = sum(costs.values()), sum(release.amount for release in releases)
    if not releases or total <= money:
        return
    cheapest = min(costs, key=lambda name: (costs[name], name))
    if costs[cheapest] > money and len(costs) == len(chosen):
        raise PlanError(
            Fault("LW-PL-009", "budget", f"at least {costs[cheapest]:,.0f} for the cheapest increment, {cheapest}",
                  f"{money:,.0f}, {costs[cheapest] - money:,.0f} short",
                  "raise the budget, or choose another design; `longwall show STUDY designs` lists their costs")
        )  # fmt: skip
    dropped: list[str] = []
    for name in sorted(costs, key=lambda name: (-costs[name], name)):
        if total - sum(costs[gone] for gone in dropped) <= money:
            break
        dropped.append(name)
    short = f"{money:,.0f}, {total - money:,.0f} short"
    raise PlanError(
        Fault("LW-PL-001", "budget", f"at least {total:,.0f} for this design", short,
              f"raise the budget, or choose a design without {' and '.join(dropped)}")
    )  # fmt: skip


def _plan(
    alignment: Alignment, design: str, chosen: Sequence[Intervention], tasks: Sequence[Task], terms: Terms,
    order: tuple[Precedence, ...], found: Scheduled, owners: Mapping[str, str], programme: Programme, seed: int,
) -> Plan:  # fmt: skip
    """Gather the plan, increments in order of their start."""
    effects = {effect.id: effect for effect in alignment.effects}
    waits = waits_of(tasks, terms, found.start)
    increments = [
        increment_of(
            change, found.start[change.id], phases_of(change, terms.people_load), order, effects.get(change.id),
            owner=owners.get(change.id) or change.owner, waits_for=waits[change.id], programme=programme,
        )
        for change in chosen
    ]  # fmt: skip
    return Plan(
        design=design, base_hash=alignment.base_hash, seed=seed,
        increments=tuple(sorted(increments, key=lambda one: (one.start_week, not one.source, one.id))),
        precedences=order,
        budget=terms.releases, people_load=dict(terms.people_load), changes_at_once=terms.changes_at_once,
        freezes=terms.freezes,
        total_cost=sum(change.cost.value for change in chosen if change.cost is not None),
        finish_week=max((one.end_week for one in increments), default=0), gap=found.gap,
        cautions=(*_cautions(chosen, terms), *programme.cautions),
    )  # fmt: skip


def _cautions(chosen: Sequence[Intervention], terms: Terms) -> tuple[str, ...]:
    """What a reader of the plan must keep in mind."""
    if not chosen:
        return ("the design changes nothing: there is nothing to plan",)
    found = [_ALONE]
    unknown = [change.id for change in chosen if change.cost is None]
    if unknown:
        found.append(f"no cost is stated for {', '.join(unknown)}; the budget counts it as nothing")
    if terms.changes_at_once and not any(change.concerns for change in chosen):
        found.append("no increment says whom it concerns, so nobody's load of change is limited")
    return tuple(found)
