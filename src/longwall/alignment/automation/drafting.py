"""Opportunities for automation as choices of the design space: what `automate` found, drafted for people to decide.

A level that nothing beats, and the one at which a machine helps and a person decides beside it, becomes a choice of
who does a function. A level at which a machine would act alone without its safeguards is listed for people instead,
with what must be there first.
"""

from __future__ import annotations

from collections.abc import Sequence

from longwall.alignment.automation.machines import NEW
from longwall.alignment.automation.results import Opportunities, Opportunity
from longwall.alignment.costs import CostTable
from longwall.alignment.decision_states import Judgement
from longwall.alignment.flow import flow_of
from longwall.alignment.levers.bench import Bench
from longwall.alignment.levers.machines import SAYS
from longwall.worksystem import Estimate, Intervention, Parameter, Patch, WorkSystem

__all__ = ["LEVER", "automation_drafts", "not_yet"]

LEVER = "change_level"


def automation_drafts(system: WorkSystem, found: Opportunities, costs: CostTable) -> tuple[Intervention, ...]:
    """Return the opportunities that may be offered as interventions, each with where it comes from.

    Parameters
    ----------
    system : WorkSystem
        Today's, of which `found` was made.
    found : Opportunities
        Of `longwall.alignment.automation.opportunities`.
    costs : CostTable
        The cost of a machine that is not there yet is in no table: it is left open, and the result says so.
    """
    bench = Bench(system, flow_of(system), costs)
    offered = {"augments", "unless stopped", "acts alone"}
    return tuple(_draft(bench, found, one) for one in _worth(found) if one.offered in offered)


def not_yet(system: WorkSystem, found: Opportunities) -> tuple[Judgement, ...]:
    """Return the levels that nothing beats and at which a machine would act alone without its safeguards."""
    bench = Bench(system, flow_of(system), CostTable(cost_per_h=Parameter(value=0.0), levers={}))
    said = []
    for one in _worth(found):
        if one.offered != "not yet" or one.gate is None:
            continue
        parts = [
            f"{word}: {', '.join(name.replace('_', ' ') for name in names)}"
            for word, names in (("missing", one.gate.missing), ("nobody has said", one.gate.unknown))
            if names
        ]
        said.append(
            Judgement(
                id=f"judge.automate.{one.id}", kind="automate", targets=(one.function,),
                asks=f"{bench.name(one.function)}: {SAYS[one.level]}; {_said(one)}",
                why_not=f"from level 7 on seven safeguards must be there first ({'; '.join(parts)}); state them in "
                        f"`safeguards` of {_machine(bench, one)}, then run `longwall automate` again",
            )
        )  # fmt: skip
    return tuple(said)


def _worth(found: Opportunities) -> Sequence[Opportunity]:
    """Return the levels that nothing beats and that help a side beyond noise, and the alternatives beside them."""
    best = [one for one in found.opportunities if one.pareto and (one.technical.high < 0.0 or one.social.high < 0.0)]
    beside = {one.beside for one in best}
    return [one for one in found.opportunities if one in best or one.id in beside]


def _draft(bench: Bench, found: Opportunities, one: Opportunity) -> Intervention:
    """Draft one level as an intervention with the people kept."""
    roles = [bench.system.roles[name] for name in bench.system.functions[one.function].roles]
    heads, new = sum(role.head_count for role in roles), one.machine.startswith(NEW)
    log = "the log and the model" if found.from_log else "the model"
    machine = "; the machine is not there yet, and what it can do is assumed" if new else ""
    return Intervention(
        id=f"automate.{one.id}",
        title=f"{bench.name(one.function)}: {SAYS[one.level]}" + (" (a new machine)" if new else ""),
        kind="work",
        lever=LEVER,
        patches=_function_first(one.patches),
        why=f"found by `longwall automate` from {log}: {_said(one)}{machine}",
        cost=None if new else bench.costs.once(LEVER, heads=heads, role=roles[0]),
        running_cost_per_week=None if new else Parameter(value=0.0, unit="per week", source="the same people"),
        lead_time_weeks=bench.costs.rule(LEVER).lead_time_weeks.value,
        effort_weeks=bench.costs.effort_weeks(LEVER, heads, bench.week_h(roles[0])),
        concerns=tuple(role.id for role in roles),
        owner=bench.owner([role.id for role in roles]),
    )


def _said(one: Opportunity) -> str:
    """What a level does to both sides, and what is left for people."""
    return f"technical {_change(one.technical)}, social {_change(one.social)}; left for people: {one.remains}"


def _change(estimate: Estimate) -> str:
    return f"{estimate.value:+.1%} ({estimate.low:+.1%} to {estimate.high:+.1%})"


def _function_first(patches: Sequence[Patch]) -> tuple[Patch, ...]:
    """Patches with the function's own first, by which a decision is named."""
    return tuple(sorted(patches, key=lambda patch: not patch.path.startswith("work.functions.")))


def _machine(bench: Bench, one: Opportunity) -> str:
    """The machine as a reader knows it."""
    return "the machine, once it is there" if one.machine.startswith(NEW) else bench.name(one.machine)
