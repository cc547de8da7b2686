"""From an archive to what people may see: freeze, confirm afresh, merge, choose, doubt, and gather."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.case import Case
from longwall.alignment.constraints import conflict_of
from longwall.alignment.exploring.archive import Archive
from longwall.alignment.judging.aiming import aimed
from longwall.alignment.judging.apart import told_apart
from longwall.alignment.judging.choose import Roles, merge, price, roles
from longwall.alignment.judging.confirm import Confirmed, changes, confirm, frozen, unmoved
from longwall.alignment.judging.holding import held_by, holds, nearest
from longwall.alignment.judging.weightings import WEIGHTINGS, weighed
from longwall.alignment.objectives import Ledger, Scales
from longwall.alignment.results import Alignment, Effect, Merged, Optima, Spent, Verdict, Weighed
from longwall.alignment.trials import Chosen, Trials
from longwall.alignment.uncertainty.robustness import Subject, verdicts, watched
from longwall.alignment.words import cautions, described
from longwall.worksystem import Column, Finding, Footing, Forecast

__all__ = ["Also", "conclude", "only_today"]

Also = Callable[[Archive, Confirmed, tuple[str, ...]], Mapping[str, Any]]
"""Asks more of the archive, the confirmed designs and their ids (today first); returns fields of `Alignment`."""

_TODAY = "today"


def conclude(case: Case, archive: Archive, findings: Sequence[Finding], also: Also | None) -> Alignment:
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
    differences = _differences(confirmed, names, archive.scales)
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
        designs=described(case, archive, confirmed, chosen, names, findings),
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
        cautions=cautions(case, archive, chosen, still, held_rows, None if near is None else (names[near], near)),
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


def only_today(case: Case, trials: Trials, scales: Scales, ledger: Ledger) -> Alignment:
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


def _optima(chosen: Roles, names: Sequence[str]) -> Optima:
    return Optima(joint=names[chosen[0]], technical_only=names[chosen[1]], social_only=names[chosen[2]])


def _weighed(
    case: Case, archive: Archive, confirmed: Confirmed, barred: NDArray[np.bool_], names: Sequence[str]
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


def _removes(archive: Archive, design: Chosen) -> bool:
    return any(archive.space.interventions[name].people_removed > 0 for name in design)


def _names(confirmed: Confirmed, chosen: Roles) -> list[str]:
    """Return ids: today, the three optima by what they stand for, the others by number in order of cost."""
    names = [_TODAY, *(f"design-{row}" for row in range(1, len(confirmed.designs)))]
    for row, name in reversed(list(zip(chosen, ("joint", "technical-only", "social-only"), strict=True))):
        if row:
            names[row] = name
    return names


def _differences(confirmed: Confirmed, names: Sequence[str], scales: Scales) -> tuple[Effect, ...]:
    """Return the changes of each design against today."""
    footing = _footing_of(confirmed.forecasts[0])
    return tuple(
        changes(name, sample, confirmed.samples[0], footing, slight=scales.slight)
        for name, sample in zip(names[1:], confirmed.samples[1:], strict=True)
    )


def _footing_of(today: Forecast) -> Callable[[str], Footing]:
    """Return the footing of a change by indicator: never better than that of today's forecast."""
    known: dict[str, Footing] = {found.id: found.estimate.footing for found in today.indicators}
    return lambda indicator: "assumed" if known.get(indicator, "assumed") == "assumed" else "fitted"


def _effects(case: Case, archive: Archive, confirmed: Confirmed, chosen: Roles) -> tuple[tuple[Effect, ...], Confirmed]:
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
        changes(name, sample, found.samples[0], footing, slight=archive.scales.slight)
        for name, sample in zip(names, found.samples[1:], strict=True)
    )
    return effects, found


def _verdicts(
    case: Case, archive: Archive, confirmed: Confirmed, chosen: Roles, names: Sequence[str],
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
