"""The joint search from candidates to designs that people may see: explore, freeze, confirm afresh, choose, doubt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.budget import Budget, budget_for
from longwall.alignment.chances import Held
from longwall.alignment.constraints import check_constraints, conflict_of
from longwall.alignment.decisions.reach import states
from longwall.alignment.decisions.stated import StatedDecision
from longwall.alignment.exploring.explore import Archive, explore
from longwall.alignment.judging.aiming import aimed
from longwall.alignment.judging.apart import told_apart
from longwall.alignment.judging.choose import Roles, merge, price, roles
from longwall.alignment.judging.confirm import Confirmed, changes, confirm, frozen, unmoved
from longwall.alignment.judging.holding import held_by, holds, nearest, short_of
from longwall.alignment.judging.weightings import WEIGHTINGS, weighed
from longwall.alignment.kept import Kept, TrialStore, kept
from longwall.alignment.levers.interventions import check_siblings
from longwall.alignment.objectives import Ledger, Objectives, Scales, load_objectives
from longwall.alignment.results import Alignment, Effect, Merged, Optima, Spent, Verdict, Weighed
from longwall.alignment.simulated import Simulated
from longwall.alignment.space import Space
from longwall.alignment.trials import Chosen, Simulator, Trials
from longwall.alignment.uncertainty.robustness import Subject, verdicts, watched
from longwall.simulation import warm_up_weeks
from longwall.worksystem import Column, Design, Finding, Footing, Forecast, Intervention, WorkSystem, apply

__all__ = ["search"]

Progress = Callable[[float, str], None]
Also = Callable[[Archive, Confirmed, tuple[str, ...]], Mapping[str, Any]]
"""Asks more of the archive, the confirmed designs and their ids (today first); returns fields of `Alignment`."""

_TODAY = "today"
_FIRST_BLOCKS = 3
"""Blocks of today from which the scales of the objectives come."""


@dataclass(frozen=True)
class _Case:
    """What all steps of one search share."""

    counted: Kept
    system: WorkSystem
    interventions: tuple[Intervention, ...]
    objectives: Objectives
    budget: Budget
    seed: int
    weeks: int
    threads: int
    progress: Progress | None

    def tell(self, share: float, what: str) -> None:
        if self.progress is not None:
            self.progress(share, what)


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
    case = _Case(
        counted, system, tuple(interventions), objectives or load_objectives(), budget or budget_for(system, weeks),
        seed, weeks, threads, progress,
    )  # fmt: skip
    trials = Trials(system, interventions, counted, apply, seed=seed, threads=threads)
    trials.try_all([((), _FIRST_BLOCKS)])
    scales = Scales(case.objectives, trials.sample(()))
    ledger = Ledger(interventions, case.objectives.horizon_weeks.value)
    able = [change for change in interventions if _alone(trials, change, interventions)]
    if not able:
        return _only_today(case, trials, scales, ledger)
    archive = Archive(trials, scales, ledger, _space(_with_required(able), decisions))
    explore(
        archive, budget=case.budget.search, seed=seed,
        progress=lambda share, what: case.tell(0.6 * share, what),
    )  # fmt: skip
    found = _finish(case, archive, findings, also)
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


def _finish(case: _Case, archive: Archive, findings: Sequence[Finding], also: Also | None) -> Alignment:
    """Freeze, confirm, merge, choose, doubt, and gather."""
    trials, budget = archive.trials, case.budget
    case.tell(0.6, "confirming with fresh luck")
    wanted = frozen(archive, budget.frozen, also=aimed(archive, case.objectives.chances, seed=case.seed))
    first = confirm(
        archive, wanted, seed=case.seed, replications=budget.fresh, threads=case.threads,
        progress=lambda share: case.tell(0.6 + 0.15 * share, "confirming with fresh luck"),
    )  # fmt: skip
    siblings = {archive.space.strengthened(design) for design in first.designs}
    removes = np.array([_removes(archive, design) for design in first.designs])
    stay = frozenset(row for row, design in enumerate(first.designs) if design in siblings)
    holding = held_by(trials, first, case.objectives.chances, seed=case.seed)
    shown = np.array([holds(row) for row in holding], dtype=np.bool_)
    kept, into = merge(first, stay, removes, case.objectives, holds=shown)
    confirmed = first.take(kept)
    held_rows = tuple(holding[row] for row in kept)
    barred = removes[kept] | ~shown[kept]
    near = nearest(held_rows, confirmed.costs[:, 0].tolist())
    chosen = roles(confirmed, barred, case.objectives)
    names = _names(confirmed, chosen)
    place = {row: names[position] for position, row in enumerate(kept)}
    differences = _differences(confirmed, names)
    effects, alone = _effects(case, archive, confirmed, chosen)
    sure, drawn = _verdicts(case, archive, confirmed, chosen, names, differences, (effects, alone))
    front = tuple(point.design for point in confirmed.points(names) if point.on_front)
    periods = sum(len(row) for row in holding)
    spent = Spent(
        designs=len(trials.tried),
        search_replications=trials.spent,
        fresh_replications=budget.fresh * (len(first.designs) + periods) + budget.effect * len(alone.designs),
        robustness_replications=drawn,
        simulated_events=case.counted.events,
    )
    still = unmoved(archive.scales, confirmed, differences)
    case.tell(1.0, "designs found")
    found = Alignment(
        base=case.system.id, base_hash=case.system.hash, seed=case.seed, weeks=case.weeks,
        recommended=names[chosen[0]],
        optima=_optima(chosen, names),
        designs=_designs(case, archive, confirmed, chosen, names, findings),
        interventions=case.interventions,
        forecasts=tuple(
            forecast.model_copy(update={"id": f"forecast-{name}", "design": name})
            for name, forecast in zip(names, confirmed.forecasts, strict=True)
        ),
        differences=differences, effects=effects, points=confirmed.points(names), front=front,
        price=price(confirmed, chosen[0], case.objectives, seed=case.seed),
        verdicts=sure,
        merged=tuple(Merged(interventions=first.designs[row], into=place[other]) for row, other in into.items()),
        rejected=tuple(trials.rejected),
        scales=archive.scales.by_indicator,
        spent=spent,
        cautions=_cautions(case, archive, chosen, still, held_rows, None if near is None else (names[near], near)),
        weighed=_weighed(case, archive, confirmed, barred, names),
        letters=told_apart(confirmed, names, case.objectives.negligible.value),
        held=tuple(
            one.model_copy(update={"design": name}) for name, row in zip(names, held_rows, strict=True) for one in row
        ),
        nearest=names[near] if near is not None else None,
        unmoved=still,
        siblings={
            name: names[confirmed.designs.index(sibling)]
            for name, design in zip(names, confirmed.designs, strict=True)
            if (sibling := archive.space.strengthened(design)) is not None
        },
    )  # fmt: skip
    return found.model_copy(update=dict(also(archive, confirmed, tuple(names)))) if also is not None else found


def _optima(chosen: Roles, names: Sequence[str]) -> Optima:
    return Optima(joint=names[chosen[0]], technical_only=names[chosen[1]], social_only=names[chosen[2]])


def _weighed(
    case: _Case, archive: Archive, confirmed: Confirmed, barred: NDArray[np.bool_], names: Sequence[str]
) -> tuple[Weighed, ...]:
    """Return the optima and their price under each weighting, among the same confirmed designs."""
    found = []
    for weighting in WEIGHTINGS:
        under = weighed(confirmed, archive.scales, weighting)
        chosen = roles(under, barred, case.objectives)
        marked = dict.fromkeys((0, *chosen))
        found.append(
            Weighed(
                weighting=weighting, optima=_optima(chosen, names),
                price=price(under, chosen[0], case.objectives, seed=case.seed),
                technical={names[row]: under.loss(row, 0) for row in marked},
                social={names[row]: under.loss(row, 1) for row in marked},
            )
        )  # fmt: skip
    return tuple(found)


def _only_today(case: _Case, trials: Trials, scales: Scales, ledger: Ledger) -> Alignment:
    """Return today as the result: there is no candidate, or the environment allows none."""
    sample, forecast = trials.simulator.confirm(
        case.system, design=_TODAY, seed=case.seed, replications=case.budget.fresh
    )
    losses = np.zeros((1, case.budget.fresh, 2))
    confirmed = Confirmed(((),), (sample,), (forecast,), losses, np.zeros((1, 3)))
    conflict = conflict_of(case.system, trials.rejected)
    said = "no candidate is allowed by the environment" if trials.rejected else "no candidate was proposed"
    if conflict:
        said += f" (the smallest set of constraints that refuses them all: {', '.join(conflict)})"
    return Alignment(
        base=case.system.id, base_hash=case.system.hash, seed=case.seed, weeks=case.weeks, recommended=_TODAY,
        optima=Optima(joint=_TODAY, technical_only=_TODAY, social_only=_TODAY), designs=(),
        interventions=case.interventions,
        forecasts=(forecast.model_copy(update={"id": "forecast-today", "design": _TODAY}),),
        differences=(), effects=(), points=confirmed.points([_TODAY]), front=(_TODAY,),
        price=price(confirmed, 0, case.objectives, seed=case.seed), verdicts=(), merged=(),
        rejected=tuple(trials.rejected), conflict=conflict, scales=scales.by_indicator,
        spent=Spent(designs=1, search_replications=trials.spent, fresh_replications=case.budget.fresh,
                    robustness_replications=0, simulated_events=case.counted.events),
        cautions=(f"{said}: today is the result", *ledger.cautions),
    )  # fmt: skip


def _removes(archive: Archive, design: Chosen) -> bool:
    return any(archive.space.interventions[name].people_removed > 0 for name in design)


def _names(confirmed: Confirmed, chosen: Roles) -> list[str]:
    """Return ids: today, the three optima by what they stand for, the others by number in order of cost."""
    names = [_TODAY, *(f"design-{row}" for row in range(1, len(confirmed.designs)))]
    for row, name in reversed(list(zip(chosen, ("joint", "technical-only", "social-only"), strict=True))):
        if row:
            names[row] = name
    return names


def _differences(confirmed: Confirmed, names: Sequence[str]) -> tuple[Effect, ...]:
    """Return the changes of each design against today."""
    footing = _footing_of(confirmed.forecasts[0])
    return tuple(
        changes(name, sample, confirmed.samples[0], footing)
        for name, sample in zip(names[1:], confirmed.samples[1:], strict=True)
    )


def _footing_of(today: Forecast) -> Callable[[str], Footing]:
    """Return the footing of a change by indicator: never better than that of today's forecast."""
    known: dict[str, Footing] = {found.id: found.estimate.footing for found in today.indicators}
    return lambda indicator: "assumed" if known.get(indicator, "assumed") == "assumed" else "fitted"


def _effects(
    case: _Case, archive: Archive, confirmed: Confirmed, chosen: Roles
) -> tuple[tuple[Effect, ...], Confirmed]:
    """Return what each intervention of the three optima changes on its own, with what it requires; and the runs."""
    known = archive.space.interventions
    chain = ((name, known[name].strengthening) for row in chosen for name in confirmed.designs[row])
    names = [name for name in dict.fromkeys(name for pair in chain for name in pair) if name in known]
    names = names[: case.budget.frozen]
    alone = [archive.space.settle([name]) for name in names]
    if not names:
        return (), confirmed.take([])
    found = confirm(
        archive, alone, seed=case.seed, replications=case.budget.effect, threads=case.threads,
        progress=lambda share: case.tell(0.75 + 0.05 * share, "what each change does on its own"),
    )  # fmt: skip
    footing = _footing_of(found.forecasts[0])
    effects = tuple(
        changes(name, sample, found.samples[0], footing) for name, sample in zip(names, found.samples[1:], strict=True)
    )
    return effects, found


def _verdicts(
    case: _Case, archive: Archive, confirmed: Confirmed, chosen: Roles, names: Sequence[str],
    differences: tuple[Effect, ...], alone: tuple[tuple[Effect, ...], Confirmed],
) -> tuple[tuple[Verdict, ...], int]:  # fmt: skip
    """Return how sure the three optima are, and each step of the joint design on its own; none for today."""
    columns: tuple[Column, Column] = ("technical", "social")

    def sides(found: Confirmed, row: int, effect: Effect) -> Any:
        return tuple(watched(archive.scales, found.samples[row], found.samples[0], effect, side) for side in columns)

    system_of = archive.trials.system_of
    subjects = [
        Subject(names[row], "design", system_of(confirmed.designs[row]), sides(confirmed, row, differences[row - 1]),
                whole=row == chosen[0])
        for row in dict.fromkeys(chosen)
        if row
    ]  # fmt: skip
    steps = confirmed.designs[chosen[0]]
    subjects += [
        Subject(effect.id, "step", system_of(alone[1].designs[place]), sides(alone[1], place, effect))
        for place, effect in enumerate(alone[0], start=1)
        if effect.id in steps and len(steps) > 1
    ]
    return verdicts(
        subjects, case.system, simulator=archive.trials.simulator, seed=case.seed, draws=case.budget.draws,
        replications=case.budget.draw_replications, threads=case.threads,
        progress=lambda share: case.tell(0.8 + 0.2 * share, "how sure it is"),
    )  # fmt: skip


def _designs(
    case: _Case, archive: Archive, confirmed: Confirmed, chosen: Roles, names: Sequence[str],
    findings: Sequence[Finding],
) -> tuple[Design, ...]:  # fmt: skip
    """Return the designs with what they stand for and why."""
    stands = ("joint", "technical only", "social only")
    known = {finding.id: finding for finding in findings}
    found = []
    for row in range(1, len(confirmed.designs)):
        parts = [archive.space.interventions[name] for name in confirmed.designs[row]]
        answers = list(dict.fromkeys(answer for part in parts for answer in part.answers if answer in known))
        kept = [part for part in parts if part.people_removed > 0]
        said = f"answers {len(answers)} of {len(known)} findings" if known else ""
        if kept:
            sibling = archive.space.strengthened(confirmed.designs[row])
            name = names[confirmed.designs.index(sibling)] if sibling in confirmed.designs else "its sibling"
            said = "; ".join(filter(None, [said, f"gives people up: see {name} beside it, which keeps them"]))
        found.append(
            Design(
                id=names[row], name="; ".join(part.title for part in parts), base=case.system.id,
                base_hash=case.system.hash, interventions=confirmed.designs[row],
                role=", ".join(word for at, word in zip(chosen, stands, strict=True) if at == row), why=said,
            )
        )  # fmt: skip
    return tuple(found)


def _cautions(
    case: _Case, archive: Archive, chosen: Roles, still: Sequence[str], held_rows: Sequence[Sequence[Held]],
    near: tuple[str, int] | None,
) -> tuple[str, ...]:  # fmt: skip
    """Say what a reader must know beside the figures."""
    said = list(archive.ledger.cautions)
    for column, terms in (("technical", case.objectives.technical), ("social", case.objectives.social)):
        here = [term.indicator for term in terms if term.indicator not in archive.scales.missing]
        if set(here) <= set(still):
            said.append(f"no design moves the {column} side beyond noise: nothing is optimised there")
        elif left := [name for name in here if name in still]:
            said.append(f"no design moves {', '.join(left)} beyond noise")
    failing = [one.chance for row in held_rows[1:] for one in row if one.verdict != "holds"]
    for chance in dict.fromkeys(failing):
        count = failing.count(chance)
        said.append(f"{count} of {len(held_rows) - 1} designs are not shown to hold {chance}, and are not recommended")
    if near is not None:
        said.append(short_of(near[0], held_rows[near[1]], held_rows[0]))
    if archive.scales.missing:
        said.append(f"not simulated here, so not weighed: {', '.join(archive.scales.missing)}")
    if chosen[0] == 0:
        said.append(
            "nothing that may be recommended beats today beyond noise on one side without losing on the other: "
            "today is the result"
        )
    said.append(
        f"costs, lead times and the effects of interventions are assumed; draws use their ranges, 30% either way where "
        f"none is stated; running costs count over {case.objectives.horizon_weeks.value:g} weeks"
    )
    return tuple(said)
