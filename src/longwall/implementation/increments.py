"""From interventions to increments: phases, benefit, load, the forecast that each is held to and its condition."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from longwall.alignment import Change, Effect
from longwall.errors import Fault, PlanError
from longwall.implementation.drilled import NONE, Programme
from longwall.implementation.plans import Expectation, Increment, Phase, Precedence
from longwall.implementation.tasks import Task
from longwall.worksystem import Intervention

__all__ = [
    "Phases",
    "check_siblings",
    "expectation_of",
    "expected_of",
    "increment_of",
    "phases_of",
    "task_of",
    "weights_of",
]

Phases = tuple[tuple[str, int], ...]
"""Name and weeks of each phase, in their order."""

_OBSERVE_WEEKS = 4
"""A pilot is watched for a month: one round of rosters, and enough items to see a change."""
_CHEAP, _REVERSIBLE = 20, 10
"""Points for being cheap and for being reversible, beside up to 100 for the benefit."""
_MOST_EXPECTED = 4
"""Indicators by which an increment is held to account, the surest first."""
_TALK = "after talking to those affected"


def check_siblings(chosen: Sequence[Intervention], known: Mapping[str, Intervention]) -> None:
    """Refuse increments that give people up without saying who loses, or without the sibling that strengthens them.

    Parameters
    ----------
    known : mapping of id to Intervention
        All candidates, among which the sibling must be.

    Raises
    ------
    PlanError
        LW-PL-014, every one of them in one pass.
    """
    faults = []
    for change in chosen:
        if change.people_removed <= 0:
            continue
        missing = [
            *(["the roles that lose posts under `concerns`"] if not change.concerns else []),
            *(["the sibling that strengthens them under `strengthening`"] if change.strengthening not in known else []),
        ]
        if missing:
            faults.append(
                Fault("LW-PL-014", f"interventions.{change.id}", " and ".join(missing),
                      f"{change.people_removed} people given up without",
                      "name them; people are never given up without the alternative beside it")
            )  # fmt: skip
    if faults:
        raise PlanError(*faults)


def phases_of(change: Intervention, people_load: Mapping[str, float]) -> Phases:
    """Return the phases of an increment; work is stretched to what the people concerned can take.

    Raises
    ------
    PlanError
        LW-PL-010 where they can take nothing.
    """
    work = max(1, math.ceil(change.lead_time_weeks))
    limits = [people_load[role] for role in change.concerns if role in people_load]
    if limits:
        if min(limits) <= 0:
            raise PlanError(
                Fault("LW-PL-010", f"people_load of {', '.join(change.concerns)}", "more than 0 person-weeks a week",
                      f"{min(limits):g}, while {change.id} needs {change.effort_weeks:g} person-weeks",
                      "allow some time for change, or choose a design that does not concern them")
            )  # fmt: skip
        work = max(work, math.ceil(change.effort_weeks / len(change.concerns) / min(limits)))
    if change.kind == "technical":
        return (("introduce", work), ("observe", _OBSERVE_WEEKS))
    pilot = max(1, math.ceil(work / 2))
    return (("pilot", pilot), ("observe", _OBSERVE_WEEKS), ("expand", max(1, work - pilot)))


def task_of(change: Intervention, phases: Phases, weight: int) -> Task:
    """Return an increment as the solver sees it; its effort is spread evenly over roles and weeks of work."""
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


def weights_of(
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
    """Return the sum of the relative improvements of the weighed indicators of each column."""
    found: dict[str, list[float]] = {"technical": [], "social": []}
    for change in effect.differences if effect is not None else ():
        if change.indicator in scales and change.better is not None:
            size = abs(change.change.value) / scales[change.indicator]
            found[change.column].append(size if change.better else -size)
    return sum(found["technical"]), sum(found["social"])


def increment_of(
    change: Intervention, start: int, phases: Phases, order: Sequence[Precedence], effect: Effect | None, *,
    owner: str = "", waits_for: str = "", programme: Programme = NONE,
) -> Increment:  # fmt: skip
    """Return one increment with its weeks, its forecast and its conditions.

    Parameters
    ----------
    effect : Effect, optional
        What it does on its own.
    programme : Programme
        Drills beside the design; this may be one of them.
    """
    at, parts = start, []
    for name, weeks in phases:
        parts.append(Phase.model_validate({"name": name, "start_week": at, "weeks": weeks}))
        at += weeks
    before = [one for one in order if one.after == change.id and not one.overridden]
    expected = expected_of(effect)
    observe = next(part for part in parts if part.name == "observe")
    cost, removes = change.cost, change.people_removed > 0
    drills = change.id in programme.practice
    return Increment(
        id=change.id, title=change.title, kind=change.kind, owner=owner,
        concerns=change.concerns, start_week=start, end_week=at, phases=tuple(parts),
        cost=cost.value if cost else None, cost_low=cost.low if cost else None, cost_high=cost.high if cost else None,
        running_cost_per_week=change.running_cost_per_week.value if change.running_cost_per_week else None,
        effort_weeks=change.effort_weeks, reversible=change.reversible, people_removed=change.people_removed,
        condition=_TALK if removes or change.kind != "technical" else "", loses=change.concerns if removes else (),
        instead=(change.strengthening or "") if removes else "", waits_for=waits_for,
        expected=expected, look_week=observe.start_week + observe.weeks,
        drop_if=_keep_while(change, programme) if drills else _drop_if(expected),
        after=tuple(dict.fromkeys(one.before for one in before)),
        why="; ".join(one.reason for one in before) or "nothing has to come before it",
        source=programme.source if drills else "", practice=programme.practice.get(change.id),
    )  # fmt: skip


def expected_of(effect: Effect | None) -> tuple[Expectation, ...]:
    """Return the improvements beyond noise, the surest first, from both columns in turn; at most four."""
    sure = [change for change in effect.differences if change.better] if effect is not None else []
    ranked = sorted(sure, key=_unsure)
    columns = [[change for change in ranked if change.column == column] for column in ("technical", "social")]
    mixed = [change for pair in zip(*columns, strict=False) for change in pair]
    mixed += [change for change in ranked if change not in mixed]
    return tuple(expectation_of(change) for change in mixed[:_MOST_EXPECTED])


def expectation_of(change: Change) -> Expectation:
    """Return a change as something to be held to; it is dropped at the weak end of its interval."""
    return Expectation(
        indicator=change.indicator, name=change.name, scope=change.scope, column=change.column, today=change.today,
        change=change.change, drop_at=change.today + _weak_end(change),
    )  # fmt: skip


def _unsure(change: Change) -> float:
    """Width of the interval against the size of the change."""
    return (change.change.high - change.change.low) / abs(change.change.value)


def _weak_end(change: Change) -> float:
    """The end of the interval that is nearest to no change."""
    return change.change.high if change.change.value < 0 else change.change.low


def _keep_while(change: Intervention, programme: Programme) -> str:
    """Say what a drill is for; nothing is expected of it as long as the machine works."""
    what = f"keep it as long as a machine does {programme.functions[change.id]}"
    return f"{what}: {change.why}" if change.why else what


def _drop_if(expected: Sequence[Expectation]) -> str:
    """Say when to drop an increment."""
    if not expected:
        return "nothing is expected of it alone beyond noise: drop it where those concerned see no use in it"
    first = expected[0]
    side = "above" if first.change.value < 0 else "below"
    return f"drop it if {first.name or first.indicator} stays {side} {first.drop_at:.3g}"
