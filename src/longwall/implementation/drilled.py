"""Drills beside a design: which changes make their skill idle, and how many hours of practice they ask for good."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from longwall.alignment import CostTable, load_costs
from longwall.alignment.costs import sum_of
from longwall.errors import Fault, PlanError, suggestion
from longwall.worksystem import Estimate, Function, Intervention, WorkSystem, apply

__all__ = ["NONE", "Programme", "practised", "programme_of"]

_PATH = re.compile(r"work\.functions\.([^.]+)\.drills_per_year")
_WEEKS_PER_YEAR = 52.0
_AGREES = 3
"""Up to this level people do all executions by hand; above it, those that the machine does not cover."""

Pair = tuple[str, str]


@dataclass(frozen=True)
class Programme:
    """Drills that a plan takes up beside its design.

    Parameters
    ----------
    drills : tuple of Intervention
    first : mapping of (drill, change) to reason
        The drill begins no later than the change.
    instead : mapping of change to drill
        Drills of the design whose place is taken: the same functions, practised more often.
    practice : mapping of drill to Estimate
        Hours a week of all who practise, beyond those of the design without what it takes the place of.
    functions : mapping of drill to str
        What is practised, by its name.
    source : str
        Where they were taken from.
    cautions : tuple of str
    """

    drills: tuple[Intervention, ...] = ()
    first: Mapping[Pair, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    practice: Mapping[str, Estimate] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    cautions: tuple[str, ...] = ()


NONE = Programme()
"""No drill beside the design."""


def programme_of(
    drills: Sequence[Intervention], chosen: Sequence[Intervention], today: WorkSystem, *, source: str,
    costs: CostTable | None = None,
) -> Programme:  # fmt: skip
    """Return the drills that the design does not hold already, and what each has to begin before or with.

    A drill takes the place of one of the design that practises the same functions less often and that nothing else
    requires; what that one costs from week to week is added. A change makes a skill idle where it leaves a smaller
    share of a function to people's hands, by a higher level or more coverage. A drill of that function, or of one that
    draws on the same skill of the same people, has to begin no later.

    Parameters
    ----------
    chosen : sequence of Intervention
        Of the design, in the order in which their patches are applied.
    today : WorkSystem
    source : str
        Of the drills, such as ``plans/drills.yaml``; named in faults.

    Raises
    ------
    PlanError
        LW-PL-019, every intervention that drills no function of the design.
    """
    design = apply(today, chosen)
    practised(drills, design, source)
    table = costs or load_costs()
    hands = {change.id: _hands(change, chosen, today) for change in chosen}
    found = Programme(source=source)
    needed = {name for change in chosen for name in change.requires}
    for drill in drills:
        wanted = _wanted(drill)
        if drill.id in hands or all(n <= design.functions[name].drills_per_year.value for name, n in wanted.items()):
            said = f"{drill.id} of {source} is left out: the design practises as often already"
            found = replace(found, cautions=(*found.cautions, said))
            continue
        less = [one for one in chosen if one.id not in needed and 0 < len(_wanted(one)) == len(one.patches)
                and set(_wanted(one)) <= set(wanted)]  # fmt: skip
        found = _taken(found, drill, less, [one for one in chosen if one not in less], today, table)
        same = [other for name in wanted for other in _same_skill(design.functions[name], design)]
        idle = {change.id: " and ".join(name for name in same if name in hands[change.id]) for change in chosen}
        pairs = {
            (drill.id, name): f"{name} leaves less of {what} to people, and {drill.id} keeps the skill"
            for name, what in idle.items()
            if what
        }
        found = replace(found, first={**found.first, **pairs})
    return found


def _taken(
    found: Programme, drill: Intervention, less: Sequence[Intervention], rest: Sequence[Intervention],
    today: WorkSystem, costs: CostTable,
) -> Programme:  # fmt: skip
    """Take up one drill in place of those of the design that practise less."""
    design, wanted = apply(today, rest), _wanted(drill)
    more = max(count - design.functions[name].drills_per_year.value for name, count in wanted.items())
    running = [one.running_cost_per_week for one in (drill, *less)]
    total = sum_of(running)
    if total is not None:
        total = total.model_copy(update={"value": round(total.value, 2)})
    update: dict[str, object] = {"running_cost_per_week": total} if less else {}
    if not drill.owner and less:
        update["owner"] = less[0].owner
    said = [f"{drill.id} of {found.source} takes the place of {one.id} of the design, which is rarer" for one in less]
    return replace(
        found, drills=(*found.drills, drill.model_copy(update=update)), cautions=(*found.cautions, *said),
        instead={**found.instead, **{one.id: drill.id for one in less}},
        practice={**found.practice, drill.id: _practice(drill, more, design, costs)},
        functions={**found.functions, drill.id: " and ".join(design.functions[name].name or name for name in wanted)},
    )  # fmt: skip


def practised(drills: Sequence[Intervention], design: WorkSystem, source: str) -> None:
    """Refuse interventions that set the drills of no function of a system.

    Raises
    ------
    PlanError
        LW-PL-019, every one of them in one pass.
    """
    faults = []
    for row, drill in enumerate(drills):
        where = f"{source}:interventions.{row}.patches"
        names = list(_wanted(drill))
        if not names or len(names) < len(drill.patches):
            faults.append(
                Fault("LW-PL-019", where, "only a number for work.functions.<id>.drills_per_year",
                      ", ".join(f"{patch.op} {patch.path}" for patch in drill.patches) or "nothing",
                      "leave other changes to the design; `longwall reskill STUDY` writes the file again")
            )  # fmt: skip
        for name in names:
            if name not in design.functions:
                near = suggestion(name, design.functions)
                faults.append(
                    Fault("LW-PL-019", where, "the id of a function of the design", repr(name),
                          f"use {near!r}" if near else "`longwall reskill STUDY` writes the file again")
                )  # fmt: skip
    if faults:
        raise PlanError(*faults)


def _wanted(drill: Intervention) -> dict[str, float]:
    """Drills a year by function, as the patches set them."""
    found = {}
    for patch in drill.patches:
        path = _PATH.fullmatch(patch.path)
        if path and patch.op == "set" and isinstance(patch.value, int | float) and not isinstance(patch.value, bool):
            found[path[1]] = float(patch.value)
    return found


def _hands(change: Intervention, chosen: Sequence[Intervention], today: WorkSystem) -> set[str]:
    """Functions of which a change, with what it requires, leaves less to people's hands."""
    needed = _required(change, {other.id: other for other in chosen})
    before = apply(today, [other for other in chosen if other.id in needed - {change.id}])
    after = apply(today, [other for other in chosen if other.id in needed])
    return {
        name
        for name, function in after.functions.items()
        if name in before.functions and _by_hand(function, after) < _by_hand(before.functions[name], before)
    }


def _required(change: Intervention, known: Mapping[str, Intervention]) -> set[str]:
    """A change and all that it requires, directly or not."""
    found, open_ = {change.id}, [change.id]
    while open_:
        more = [name for name in known[open_.pop()].requires if name in known and name not in found]
        found.update(more)
        open_ += more
    return found


def _by_hand(function: Function, system: WorkSystem) -> float:
    """Share of the executions that people do by hand."""
    component = system.components.get(function.allocation.component or "")
    if component is None or function.allocation.level <= _AGREES:
        return 1.0
    return 1.0 - component.coverage.value


def _same_skill(function: Function, system: WorkSystem) -> Iterable[str]:
    """Ids of the functions that draw on the same skill of the same people."""
    key = function.skill or function.id, sorted(function.roles)
    return [one.id for one in system.work.functions if (one.skill or one.id, sorted(one.roles)) == key]


def _practice(drill: Intervention, more: float, design: WorkSystem, costs: CostTable) -> Estimate:
    """Hours a week of all whom a drill concerns, for so many more drills a year."""
    hours = costs.rule("drill").hours_per_drill
    times = more * sum(design.roles[role].head_count for role in drill.concerns if role in design.roles)
    low, high = (hours.value if end is None else end for end in (hours.low, hours.high))
    value, least, most = (times * each / _WEEKS_PER_YEAR for each in (hours.value, low, high))
    return Estimate(value=value, low=least, high=most, unit="h per week", footing="assumed")
