"""The joint search from candidates to designs that people may see: what can be had, exploring, concluding."""

from __future__ import annotations

from collections.abc import Sequence

from longwall.alignment.budget import Budget, budget_for
from longwall.alignment.case import Case, Progress
from longwall.alignment.conclude import Also, conclude, only_today
from longwall.alignment.constraints import check_constraints
from longwall.alignment.decisions.reach import states
from longwall.alignment.decisions.stated import StatedDecision
from longwall.alignment.exploring.explore import Archive, explore
from longwall.alignment.kept import TrialStore, kept
from longwall.alignment.levers.interventions import check_siblings
from longwall.alignment.objectives import Ledger, Objectives, Scales, load_objectives
from longwall.alignment.results import Alignment
from longwall.alignment.simulated import Simulated
from longwall.alignment.space import Space
from longwall.alignment.trials import Simulator, Trials
from longwall.simulation import warm_up_weeks
from longwall.worksystem import Finding, Intervention, WorkSystem, apply

__all__ = ["search"]

_FIRST_BLOCKS = 3
"""Blocks of today from which the scales of the objectives come."""


def search(
    system: WorkSystem,
    interventions: Sequence[Intervention],
    *,
    findings: Sequence[Finding] = (),
    seed: int = 0,
    weeks: int = 13,
    budget: Budget | None = None,
    objectives: Objectives | None = None,
    decisions: Sequence[StatedDecision] = (),
    simulator: Simulator | None = None,
    threads: int = 2,
    progress: Progress | None = None,
    keep: TrialStore | None = None,
    also: Also | None = None,
) -> Alignment:
    """Return better designs for both sides together, with figures from fresh replications only.

    Technical loss, social loss and cost are lowered together; nothing adds a technical number to a social one. What the
    environment forbids is refused before simulation. The set that is returned is frozen, simulated again under luck the
    search never saw, and designs that cannot be told apart are merged. Where nothing beats today beyond noise, today is
    recommended, and that is a result.

    Parameters
    ----------
    interventions : sequence of Intervention
        Candidates, as from `propose` or a person; one that gives people up needs its sibling among them.
    findings : sequence of Finding
        For the words of the designs.
    seed : int
        The same seed gives the same bits, for any number of threads and on any clock: the budget counts replications.
    weeks : int
        Simulated weeks of each replication, > 0.
    budget : Budget, optional
        Default: `budget_for` the size of the system.
    decisions : sequence of StatedDecision
        How the candidates are sorted into decisions, and which are settled; default: by what excludes each other.
    simulator : Simulator, optional
        Default: Longwall's own.
    keep : TrialStore, optional
        Where replications are kept, so that a search that was stopped goes on with the same bits.
    also : callable, optional
        Called once, with the archive after the search, the confirmed designs and their ids; what it returns fills
        fields of the result.

    Raises
    ------
    AlignmentError
        LW-AL-003 for people given up without a sibling, LW-AL-004 for a column without indicators, LW-AL-006 and
        LW-AL-007 for a design space that contradicts itself, LW-AL-040 for constraints that contradict each other,
        LW-AL-057 for a chance constraint that cannot be looked at here.
    """
    check_siblings(interventions)
    check_constraints(system)
    simulator = simulator or Simulated(weeks, warm_up_weeks(system), like=system)
    counted = kept(simulator, keep, system=system, seed=seed, weeks=weeks)
    case = Case(
        counted, system, tuple(interventions), objectives or load_objectives(), budget or budget_for(system, weeks),
        seed, weeks, threads, progress,
    )  # fmt: skip
    trials = Trials(system, interventions, counted, apply, seed=seed, threads=threads)
    trials.try_all([((), _FIRST_BLOCKS)])
    scales = Scales(case.objectives, trials.sample(()))
    ledger = Ledger(interventions, case.objectives.horizon_weeks.value)
    able = [change for change in interventions if _alone(trials, change, interventions)]
    if not able:
        return only_today(case, trials, scales, ledger)
    archive = Archive(trials, scales, ledger, _space(_with_required(able), decisions))
    explore(
        archive, budget=case.budget.search, seed=seed,
        progress=lambda share, what: case.tell(0.6 * share, what),
    )  # fmt: skip
    found = conclude(case, archive, findings, also)
    weighed = tuple(scales.by_indicator)
    told = states(decisions, archive.space.decisions, trials, weighed, archive.space.fixed)
    return found.model_copy(update={"decisions": told})


def _space(able: Sequence[Intervention], decisions: Sequence[StatedDecision]) -> Space:
    """Return the space of what can be had, sorted and settled as stated."""
    names = {change.id for change in able}
    settled = [one.id for decision in decisions if decision.fixed for one in decision.offered if one.id in names]
    return Space(able, decisions=[decision.short for decision in decisions if decision.offered], fixed=settled)


def _alone(trials: Trials, change: Intervention, interventions: Sequence[Intervention]) -> bool:
    """Whether an intervention, with what it requires, can be had at all."""
    known = {other.id: other for other in interventions}
    wanted = {change.id}
    open_ = list(change.requires)
    while open_:
        name = open_.pop()
        if name not in wanted and name in known:
            wanted.add(name)
            open_ += known[name].requires
    return trials.admits(tuple(name for name in known if name in wanted))


def _with_required(able: list[Intervention]) -> list[Intervention]:
    """Leave out what requires an intervention that cannot be had, and removals whose sibling cannot be had."""
    while True:
        known = {change.id for change in able}
        kept = [
            change
            for change in able
            if all(name in known for name in change.requires)
            and (change.people_removed == 0 or change.strengthening in known)
        ]
        if len(kept) == len(able):
            return kept
        able = kept
