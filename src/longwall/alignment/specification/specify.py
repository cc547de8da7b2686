"""The specification of a work system's design: which of its decisions must be fixed, and which are the team's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.budget import budget_for
from longwall.alignment.decisions.stated import TODAY, StatedDecision
from longwall.alignment.kept import TrialStore, kept
from longwall.alignment.objectives import Ledger, Objectives, Scales, load_objectives
from longwall.alignment.simulated import Simulated
from longwall.alignment.space import Space
from longwall.alignment.specification.designs import Designs, admitted
from longwall.alignment.specification.eliminate import settle
from longwall.alignment.specification.explain import Branch, grow
from longwall.alignment.specification.nearby import settle_near
from longwall.alignment.specification.problem import Effort, Genes, Purse, completions
from longwall.alignment.specification.reference import Confirmed, reference_of
from longwall.alignment.specification.results import Choice, SettledByPeople, Specification, Specified
from longwall.alignment.specification.settled import Settled
from longwall.alignment.specification.wording import said_of, said_of_all, said_of_noise, said_of_settled, said_of_tree
from longwall.alignment.trials import Simulator, block_seed
from longwall.errors import AlignmentError, Fault
from longwall.simulation import warm_up_weeks
from longwall.streams import generator
from longwall.worksystem import Estimate, Intervention, WorkSystem

__all__ = ["effort_for", "specify"]

Progress = Callable[[float, str], None]

_TODAY = 32
"""Replications of today from which the scales of the objectives come."""
_LEAST_KNOWN = 350
"""The least where the front is known."""
_KNOWN = 2
"""The same where the scales are known: only for what an indicator is where a replication does not show it."""
_LEAST, _MOST = 600, 12_000
"""Replications that a specification may take in a large system at least, and in a small one at most; how many it does
take follows from the noise of its first batch."""
_EXPLAINED = 600
"""Designs that the tree is grown on."""


def effort_for(system: WorkSystem, weeks: int, *, known: bool = False) -> Effort:
    """Return what a specification of a system may spend at most: twice what a search explores with, within bounds.

    Where the front is known the bounds are lower.

    What it does spend follows from the noise of a replication against epsilon, as the first batch shows it: under
    common luck that is a fraction of this.

    Parameters
    ----------
    weeks : int
        Simulated weeks of a replication, > 0.
    known : bool
        Whether a search has confirmed the front.
    """
    search = budget_for(system, weeks).search
    most = min(_MOST, max(_LEAST_KNOWN if known else _LEAST, 2 * search))
    return Effort(most=most, replications=2, batch=16, look=2)


def specify(
    system: WorkSystem, interventions: Sequence[Intervention], chosen: Sequence[str], *, design: str = "joint",
    decisions: Sequence[StatedDecision] = (), seed: int = 0, weeks: int = 13, epsilon: float | None = None,
    objectives: Objectives | None = None, front: Sequence[Confirmed] = (), scales: Mapping[str, float] | None = None,
    effort: Effort | None = None, simulator: Simulator | None = None, threads: int = 2,
    progress: Progress | None = None, keep: TrialStore | None = None,
) -> Specification:  # fmt: skip
    """Return the least that must be fixed so that whatever is chosen for the rest stays near the front.

    Parameters
    ----------
    interventions : sequence of Intervention
        Candidates of the search.
    chosen : sequence of Id
        Interventions of the design whose choices the fixed decisions take; empty is today. What people have settled
        goes before.
    design : str
        Its id, for the result.
    decisions : sequence of StatedDecision
        How the candidates are sorted into decisions, and which of them people have settled; default: by what excludes
        each other, all open.
    seed : int
        The same seed gives the same bits, for any number of threads.
    epsilon : float, optional
        In (0, 1); default: that of the objectives.
    front : sequence of Confirmed
        Designs of the front as a search confirmed them, `design` among them, such as points of an `Alignment`. Where
        none are given, or `design` is not among them, a front is found first, which takes many times as much.
    scales : mapping of str to float, optional
        Those of the search that confirmed them.
    effort : Effort, optional
        Default: `effort_for` the system.
    keep : TrialStore, optional
        Where replications are kept, so that one that was stopped goes on with the same bits.

    Raises
    ------
    AlignmentError
        LW-AL-060 where no candidate can be had, LW-AL-061 where there is one decision only, LW-AL-062 for an epsilon
        outside (0, 1).

    Notes
    -----
    A side's range counts as at least what is negligible divided by epsilon, so that a change of today's level that is
    negligible is near; the range of cost as at least the dearest candidate.
    """
    goals = objectives or load_objectives()
    near = goals.epsilon.value if epsilon is None else epsilon
    if not 0.0 < near < 1.0:
        raise AlignmentError(
            Fault("LW-AL-062", "objectives.epsilon", "a share above 0 and below 1", f"{near:g}",
                  "say how far from the front is still good enough; 0.05 is a twentieth of its range")
        )  # fmt: skip
    space, refused = _space(system, interventions, decisions)
    run = kept(simulator or Simulated(weeks, warm_up_weeks(system), like=system), keep, system=system, seed=seed,
               weeks=weeks)  # fmt: skip
    today = run.sample(system, seed=block_seed(seed, "specification", 0), replications=_KNOWN if scales else _TODAY)
    sides = Scales(goals, today, known=scales or {})
    ledger = Ledger(list(space.interventions.values()), goals.horizon_weeks.value)
    problem = Designs(system, space, run, sides, ledger, threads=threads)
    dearest = max(abs(ledger.of([name])[0]) for name in space.interventions)
    least = np.array([goals.negligible.value / near, goals.negligible.value / near, dearest or 1.0])
    start = space.genes(space.settle([name for name in chosen if name in space.interventions]))
    known = any(point.design == design for point in front)
    work = effort or effort_for(system, weeks, known=known)
    if known:
        reference = reference_of(front, design, least, near)
        purse = Purse(_extras(space, ledger, start), near * float(reference.units[2]))
        found = settle_near(
            problem,
            start,
            reference,
            epsilon=near,
            seed=seed,
            effort=work,
            purse=purse,
            taken=[int(place) for place in np.flatnonzero(start)],
            progress=progress,
        )
    else:
        found = settle(problem, epsilon=near, least=least, seed=seed, chosen=start, effort=work, progress=progress)
    asked = {one.id: one.question for one in decisions}
    specified = tuple(_specified(space, found, ledger, asked))
    settled = tuple(_settled(decisions, space))
    sentences = said_of_tree(_tree(problem, found, seed), space, near)
    moved = tuple(space.decisions[place].id for place in found.moved)
    return Specification(
        base=system.id, base_hash=system.hash, design=design, seed=seed, weeks=weeks, epsilon=near,
        ranges=(float(found.units[0]), float(found.units[1]), float(found.units[2])),
        decisions=tuple(sorted(specified, key=lambda one: ("fix", "slides", "yours", "follows").index(one.kind))),
        inside=Estimate(value=found.inside, low=min(found.inside, found.inside_low), high=1.0, unit="share",
                        footing="assumed"),
        tree=sentences, moved=moved, settled=settled, refused=refused, purse=found.purse,
        replications=found.spent + len(today.values),
        needed=found.needed, noise=(float(found.noise[0]), float(found.noise[1]), float(found.noise[2])),
        sized=said_of_noise(found), statement=said_of_all(specified, found, len(settled), known=known),
        cautions=_cautions(sides, ledger, found, specified),
    )  # fmt: skip


def _extras(space: Space, ledger: Ledger, start: Genes) -> tuple[NDArray[np.float64], ...]:
    """Return what each level of each decision costs beyond that of the design."""
    costs = [np.array([0.0, *(ledger.of([name])[0] for name in one.choices)]) for one in space.decisions]
    return tuple(each - each[int(level)] for each, level in zip(costs, start, strict=True))


def _space(
    system: WorkSystem, interventions: Sequence[Intervention], decisions: Sequence[StatedDecision]
) -> tuple[Space, tuple[str, ...]]:
    """Return the space of the candidates that can be had at all beside what is settled, and titles of the others."""
    able = list(interventions)
    while able:
        whole = _sorted(able, decisions)
        names, known = {one.id for one in able}, whole.interventions
        left = [
            one
            for one in able
            if names.issuperset(one.requires)
            and (one.people_removed == 0 or one.strengthening in names)
            and (one.id in whole.fixed or all(whole.together(one.id, held) for held in whole.fixed))
            and admitted(system, [known[name] for name in whole.settle([one.id])])
        ]
        if len(left) == len(able):
            break
        able = left
    if not able:
        raise AlignmentError(
            Fault("LW-AL-060", "designs", "at least two decisions to take", "no candidate that can be had",
                  "run `longwall align STUDY` first, or write interventions of your own; `longwall show STUDY refused` "
                  "says what constraints refuse")
        )  # fmt: skip
    space = _sorted(able, decisions)
    if len(space.decisions) < 2:
        raise AlignmentError(
            Fault("LW-AL-061", "designs", "at least two decisions", f"one: {space.decisions[0].id}"
                  if space.decisions else "none that is open",
                  "with a single decision there is nothing to leave open beside it; add candidates")
        )  # fmt: skip
    can = {one.id for one in able}
    return space, tuple(one.title for one in interventions if one.id not in can)


def _sorted(able: Sequence[Intervention], decisions: Sequence[StatedDecision]) -> Space:
    """Return the space, sorted into decisions and settled as people stated it."""
    names = {one.id for one in able}
    held = [one.id for decision in decisions if decision.fixed for one in decision.offered if one.id in names]
    return Space(able, decisions=[decision.short for decision in decisions if decision.offered], fixed=held)


def _settled(decisions: Sequence[StatedDecision], space: Space) -> list[SettledByPeople]:
    """Return the decisions that people have settled, with what they settled."""
    found = []
    for one in decisions:
        if one.fixed is None:
            continue
        title = next((choice.title for choice in one.choices if choice.id == one.fixed), None)
        held = one.fixed == TODAY or one.fixed in space.fixed
        found.append(
            SettledByPeople(
                id=one.id, question=one.question, level=None if one.fixed == TODAY else one.fixed, because=one.because,
                statement=said_of_settled(one.question or one.id, title, one.today, one.because, held=held),
            )
        )  # fmt: skip
    return found


def _specified(space: Space, found: Settled, ledger: Ledger, asked: Mapping[str, str]) -> list[Specified]:
    """Return the decisions in the order of the space."""
    steps = {step.decision: (number, step) for number, step in enumerate(found.steps, start=1)}
    specified = []
    for place, decision in enumerate(space.decisions):
        number, step = steps[place]
        names: list[str | None] = [None, *decision.choices]
        level = int(found.levels[place])
        base = names[level]
        choices = tuple(
            Choice(
                intervention=name, title=space.interventions[name].title if name else "leave it as it is",
                technical=_estimate(found, place, at, 0), social=_estimate(found, place, at, 1),
                cost=(ledger.of([name])[0] if name else 0.0) - (ledger.of([base])[0] if base else 0.0),
            )
            for at, name in enumerate(names) if found.met[place][at]
        )  # fmt: skip
        excluded = [space.interventions[name].title if name else "leave it as it is"
                    for at, name in enumerate(names) if not found.met[place][at]]  # fmt: skip
        far = Estimate(value=step.far, low=min(step.low, step.far), high=max(step.far, min(step.high, 9.0)),
                       unit="share", footing="assumed")  # fmt: skip
        specified.append(
            Specified(
                id=decision.id, question=asked.get(decision.id, ""), kind=found.kinds[place], level=base,
                choices=choices, far=far,
                excluded=tuple(excluded), sure=step.sure, order=number, together=step.together,
                statement=said_of(found.kinds[place], choices, base, step, found.epsilon),
            )
        )  # fmt: skip
    return specified


def _estimate(found: Settled, place: int, level: int, side: int) -> Estimate:
    """Return the mean change by one level of a decision with its 95% interval."""
    value, half = float(found.shifts[place][level, side]), 1.96 * float(found.errors[place][level, side])
    return Estimate(value=value, low=value - half, high=value + half, unit="share", footing="assumed")


def _tree(problem: Designs, found: Settled, seed: int) -> Branch:
    """Return a tree over designs of which each fixed decision stands at its level in about half."""
    rng = generator(seed, "specification", "tree")
    genes = completions(problem, found.levels, range(len(found.levels)), _EXPLAINED, rng)
    back = rng.random(genes.shape) < 0.5
    back[:, list(found.free)] = False
    genes = np.where(back, found.levels, genes).astype(np.int64)
    genes = genes[problem.consistent(genes)]
    return grow(genes, found.distances(genes) <= found.epsilon)


def _cautions(scales: Scales, ledger: Ledger, found: Settled, specified: Sequence[Specified]) -> tuple[str, ...]:
    """Say what a reader must know beside it."""
    said = [*ledger.cautions]
    if scales.missing:
        said.append(f"not simulated here, so not weighed: {', '.join(scales.missing)}")
    unsure = [one for one in specified if not one.sure]
    if unsure:
        said.append(
            f"{len(unsure)} of {len(specified)} decisions stay fixed because {found.spent:,} replications do not show "
            "that they can be free; more may"
        )
    if found.inside_low < 0.95:
        said.append("fewer than 95% of the completions may be near the front: see the interval")
    said.append(
        "effects of changes and costs are assumed; what is near is found on the model of today, with decisions acting "
        "alone and in pairs; of more than two together only the fresh completions tell"
    )
    return tuple(said)
