"""A design as an order of change: increments, their weeks, what each is expected to do and when to look."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from longwall.alignment import Alignment, Change, Effect
from longwall.errors import Fault, PlanError
from longwall.implementation.plans import Expectation, Freeze, Increment, Phase, Plan, Precedence, Release
from longwall.implementation.precedence import precedences
from longwall.implementation.schedule import Scheduled, Task, Terms, solve
from longwall.worksystem import Intervention

__all__ = ["sequence"]

_OBSERVE_WEEKS = 4
"""A pilot is watched for a month: one round of rosters, and enough items to see a change."""
_TODAY = "today"
_CHEAP, _REVERSIBLE = 20, 10
"""Points for being cheap and for being reversible, beside up to 100 for the benefit."""
_MOST_EXPECTED = 4
"""Indicators by which an increment is held to account, the surest first."""


def sequence(
    alignment: Alignment,
    design_id: str | None = None,
    *,
    budget: float | Sequence[Release] | None = None,
    people_load: Mapping[str, float] | None = None,
    changes_at_once: int = 2,
    freezes: Sequence[Freeze] = (),
    finish_by: int | None = None,
    given: Sequence[tuple[str, str]] = (),
    overrides: Mapping[tuple[str, str], str] | None = None,
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
    given : sequence of (before, after)
        Precedences that people decided.
    overrides : mapping of (before, after) to reason
        Precedences of the default rule that people set aside.

    Raises
    ------
    PlanError
        LW-PL-001 where the money does not reach, LW-PL-002 for a circle, LW-PL-003 where the terms leave no order (it
        names the smallest set of terms that clash), LW-PL-004 for unknown ids, LW-PL-005 for an unknown design.
    """
    wanted = alignment.recommended if design_id is None else design_id
    if wanted != _TODAY and alignment.design(wanted) is None:
        raise PlanError(
            Fault("LW-PL-005", "design", f"one of {', '.join([_TODAY, *(d.id for d in alignment.designs)])}", wanted,
                  "choose one of them")
        )  # fmt: skip
    chosen = alignment.chosen(wanted)
    releases = _releases(budget)
    _affordable(chosen, releases)
    order = precedences(chosen, given=given, overrides=overrides)
    effects = {effect.id: effect for effect in alignment.effects}
    phases = {change.id: _phases(change, people_load or {}) for change in chosen}
    weights = _weights(chosen, effects, alignment.scales)
    tasks = [_task(change, phases[change.id], weights[change.id]) for change in chosen]
    terms = Terms(
        pairs=tuple((one.before, one.after) for one in order if not one.overridden),
        releases=releases, people_load=people_load or {}, changes_at_once=changes_at_once, freezes=tuple(freezes),
        finish_by=finish_by,
    )  # fmt: skip
    found = solve(tasks, terms, seed=seed)
    if found is None:
        raise _clash(tasks, terms, seed)
    return _plan(alignment, wanted, chosen, found, phases, order, effects, releases, seed)


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


def _phases(change: Intervention, people_load: Mapping[str, float]) -> tuple[tuple[str, int], ...]:
    """Return the phases of an increment as (name, weeks); work is stretched to what the people concerned can take."""
    work = max(1, math.ceil(change.lead_time_weeks))
    limits = [people_load[role] for role in change.concerns if role in people_load]
    if limits:
        if min(limits) <= 0:
            raise PlanError(
                Fault("LW-PL-003", f"people_load of {', '.join(change.concerns)}", "more than nothing",
                      f"{min(limits):g}, while {change.id} needs {change.effort_weeks:g} person-weeks",
                      "allow some time for change, or choose a design that does not concern them")
            )  # fmt: skip
        work = max(work, math.ceil(change.effort_weeks / len(change.concerns) / min(limits)))
    if change.kind == "technical":
        return (("introduce", work), ("observe", _OBSERVE_WEEKS))
    pilot = max(1, math.ceil(work / 2))
    return (("pilot", pilot), ("observe", _OBSERVE_WEEKS), ("expand", max(1, work - pilot)))


def _task(change: Intervention, phases: Sequence[tuple[str, int]], weight: int) -> Task:
    """Return an increment as the solver sees it."""
    offset, work = 0, []
    for name, weeks in phases:
        if name != "observe":
            work.append((offset, weeks))
        offset += weeks
    per_role = change.effort_weeks / max(1, len(change.concerns)) / sum(weeks for _, weeks in work)
    return Task(
        id=change.id, weeks=offset, work=tuple(work), cost=math.ceil(change.cost.value) if change.cost else 0,
        weight=weight, roles=change.concerns, load=dict.fromkeys(change.concerns, per_role),
    )  # fmt: skip


def _weights(
    chosen: Sequence[Intervention], effects: Mapping[str, Effect], scales: Mapping[str, float]
) -> dict[str, int]:
    """Return the benefit of being done earlier: the larger of the shares of the best technical and social gain.

    Points for being cheap and reversible come beside it. No technical gain is ever added to a social one.
    """
    gain = {change.id: _gains(effects.get(change.id), scales) for change in chosen}
    best = [max((gain[name][side] for name in gain), default=0.0) for side in (0, 1)]
    most = max((change.cost.value for change in chosen if change.cost is not None), default=0.0)
    found: dict[str, int] = {}
    for change in chosen:
        shares = [max(0.0, gain[change.id][side]) / best[side] for side in (0, 1) if best[side] > 0]
        cheap = 1.0 - change.cost.value / most if change.cost is not None and most > 0 else 0.0
        points = 100 * max(shares, default=0.0) + _CHEAP * max(0.0, cheap) + (_REVERSIBLE if change.reversible else 0)
        found[change.id] = max(1, round(points))
    return found


def _gains(effect: Effect | None, scales: Mapping[str, float]) -> tuple[float, float]:
    """Return the mean relative improvement of the weighed indicators of each column."""
    found: dict[str, list[float]] = {"technical": [], "social": []}
    for change in effect.differences if effect is not None else ():
        if change.indicator in scales and change.better is not None:
            size = abs(change.change.value) / scales[change.indicator]
            found[change.column].append(size if change.better else -size)
    technical, social = (sum(values) for values in (found["technical"], found["social"]))
    return technical, social


def _clash(tasks: Sequence[Task], terms: Terms, seed: int) -> PlanError:
    """Return the error that names the smallest set of terms that leave no order, found by leaving out one at a time."""
    without: dict[str, Terms] = {}
    options: list[tuple[str, bool, dict[str, object]]] = [
        ("the precedences", bool(terms.pairs), {"pairs": ()}),
        ("the releases of the budget", bool(terms.releases), {"releases": ()}),
        ("the load of people", bool(terms.people_load), {"people_load": {}}),
        ("the number of changes at once", terms.changes_at_once > 0, {"changes_at_once": 0}),
        ("the freezes", bool(terms.freezes), {"freezes": ()}),
        (f"the end by week {terms.finish_by}", terms.finish_by is not None, {"finish_by": None}),
    ]
    current = terms
    for name, present, off in options:
        if not present:
            continue
        trial = replace(current, **off)  # type: ignore[arg-type]
        if solve(tasks, trial, seed=seed) is None:
            current = trial
        else:
            without[name] = trial
    longest = max(tasks, key=lambda task: (task.weeks, task.id))
    return PlanError(
        Fault("LW-PL-003", "plan", "terms that leave an order", f"a clash of {' with '.join(without) or 'all terms'}",
              f"loosen one of them; the longest increment, {longest.id}, takes {longest.weeks} weeks")
    )  # fmt: skip


def _plan(
    alignment: Alignment, design: str, chosen: Sequence[Intervention], found: Scheduled,
    phases: Mapping[str, tuple[tuple[str, int], ...]], order: tuple[Precedence, ...], effects: Mapping[str, Effect],
    releases: tuple[Release, ...], seed: int,
) -> Plan:  # fmt: skip
    """Gather the plan, increments in order of their start."""
    increments = [
        _increment(change, found.start[change.id], phases[change.id], order, effects.get(change.id))
        for change in chosen
    ]
    cautions = ["each increment's forecast is what it does on its own; together they may do more or less"]
    unknown = [change.id for change in chosen if change.cost is None]
    if unknown:
        cautions.append(f"no cost is stated for {', '.join(unknown)}; the budget counts it as nothing")
    return Plan(
        design=design, base_hash=alignment.base_hash, seed=seed,
        increments=tuple(sorted(increments, key=lambda one: (one.start_week, one.id))), precedences=order,
        budget=releases, total_cost=sum(change.cost.value for change in chosen if change.cost is not None),
        finish_week=max((one.end_week for one in increments), default=0), gap=found.gap,
        cautions=tuple(cautions) if chosen else ("the design changes nothing: there is nothing to plan",),
    )  # fmt: skip


def _increment(
    change: Intervention, start: int, phases: Sequence[tuple[str, int]], order: Sequence[Precedence],
    effect: Effect | None,
) -> Increment:  # fmt: skip
    """Return one increment with its weeks, its forecast and its condition."""
    at, parts = start, []
    for name, weeks in phases:
        parts.append(Phase.model_validate({"name": name, "start_week": at, "weeks": weeks}))
        at += weeks
    before = [one for one in order if one.after == change.id and not one.overridden]
    expected = _expected(effect)
    observe = next(part for part in parts if part.name == "observe")
    cost = change.cost
    return Increment(
        id=change.id, title=change.title, kind=change.kind, owner=next(iter(change.concerns), ""),
        concerns=change.concerns, start_week=start, end_week=at, phases=tuple(parts),
        cost=cost.value if cost else None, cost_low=cost.low if cost else None, cost_high=cost.high if cost else None,
        running_cost_per_week=change.running_cost_per_week.value if change.running_cost_per_week else None,
        effort_weeks=change.effort_weeks, reversible=change.reversible, people_removed=change.people_removed,
        expected=expected, look_week=observe.start_week + observe.weeks, drop_if=_drop_if(expected),
        after=tuple(dict.fromkeys(one.before for one in before)),
        why="; ".join(one.reason for one in before) or "nothing has to come before it",
    )  # fmt: skip


def _expected(effect: Effect | None) -> tuple[Expectation, ...]:
    """Return the improvements beyond noise, the surest first, from both columns in turn."""
    sure = [change for change in effect.differences if change.better] if effect is not None else []
    ranked = sorted(sure, key=_unsure)
    columns = [[change for change in ranked if change.column == column] for column in ("technical", "social")]
    mixed = [change for pair in zip(*columns, strict=False) for change in pair]
    mixed += [change for change in ranked if change not in mixed]
    return tuple(
        Expectation(
            indicator=change.indicator, name=change.name, scope=change.scope, column=change.column, today=change.today,
            change=change.change, drop_at=change.today + _weak_end(change),
        )
        for change in mixed[:_MOST_EXPECTED]
    )  # fmt: skip


def _unsure(change: Change) -> float:
    """Width of the interval against the size of the change."""
    return (change.change.high - change.change.low) / abs(change.change.value)


def _weak_end(change: Change) -> float:
    """The end of the interval that is nearest to no change."""
    return change.change.high if change.change.value < 0 else change.change.low


def _drop_if(expected: Sequence[Expectation]) -> str:
    """Say when to drop an increment."""
    if not expected:
        return "nothing is expected of it alone beyond noise: drop it where those concerned see no use in it"
    first = expected[0]
    side = "above" if first.change.value < 0 else "below"
    return f"drop it if {first.name or first.indicator} stays {side} {first.drop_at:.3g}"
