"""What is to be expected at each look with everything in place that comes before it, by simulation on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from longwall.alignment import Sample, Simulator
from longwall.alignment.judging.confirm import changes
from longwall.implementation.increments import expected_of
from longwall.implementation.plans import Expectation, Plan
from longwall.streams import key_of
from longwall.worksystem import Footing, Forecast, Id, Intervention, Piece, WorkSystem, apply

__all__ = ["Along", "Look", "along_order"]


class Look(Piece):
    """What an increment is expected to have changed when it is looked at, with what was done before it.

    Parameters
    ----------
    together : tuple of Id
        Increments that are done by then, and this one.
    expected : tuple of Expectation
        Changes against today of all of them together.
    adds : tuple of Expectation
        Changes that this increment adds to those before it; `today` is the level without it.
    """

    increment: Id
    week: int
    together: tuple[Id, ...]
    expected: tuple[Expectation, ...]
    adds: tuple[Expectation, ...]


class Along(Piece):
    """The forecasts of a plan along its order, in order of the looks.

    Parameters
    ----------
    weeks, replications : int
        Simulated weeks of each replication, with whatever is in place in force all the time.
    """

    design: Id
    base_hash: str
    seed: int
    weeks: int
    replications: int
    looks: tuple[Look, ...]
    cautions: tuple[str, ...] = ()


def along_order(
    plan: Plan, system: WorkSystem, interventions: Sequence[Intervention], simulator: Simulator, *,
    seed: int = 0, weeks: int = 13, replications: int = 30, threads: int = 1,
    progress: Callable[[float, str], None] | None = None,
) -> Along:  # fmt: skip
    """Return what each look should find with everything in place that is done by then, under common luck.

    A forecast of an increment on its own says what it does to today's system. When its week to look has come, others
    are in place as well; this is what the whole should look like then, and what the increment adds to those before it.

    Parameters
    ----------
    system : WorkSystem
        Today's.
    interventions : sequence of Intervention
        Of the plan's design, in the order in which their patches are applied.
    simulator : Simulator
        For `weeks` weeks.
    replications : int
        Of each set of increments, >= 2; there are at most two sets for each increment, and today.
    threads : int
        Sets that are simulated at once; changes no bit.
    """
    names = [change.id for change in interventions]
    ordered = sorted(plan.increments, key=lambda one: (one.look_week, one.end_week, one.id))
    sets: list[tuple[str, frozenset[str], frozenset[str]]] = []
    for one in ordered:
        before = frozenset(other.id for other in plan.increments if other.end_week <= one.look_week) - {one.id}
        sets.append((one.id, before, before | {one.id}))
    wanted = list(dict.fromkeys([frozenset[str](), *(part for _, before, both in sets for part in (before, both))]))
    fresh = int(key_of(seed, "along the order") % 2**31)

    def simulated(chosen: frozenset[str]) -> tuple[Sample, Forecast]:
        changed = apply(system, [change for change in interventions if change.id in chosen]) if chosen else system
        return simulator.confirm(changed, design="along" if chosen else "today", seed=fresh, replications=replications)

    found: list[tuple[Sample, Forecast]] = []
    with ThreadPoolExecutor(threads) as pool:
        for done in pool.map(simulated, wanted):
            found.append(done)
            if progress is not None:
                progress(len(found) / len(wanted), f"simulated {len(found)} of {len(wanted)} sets of increments")
    samples = {chosen: sample for chosen, (sample, _) in zip(wanted, found, strict=True)}
    known = {one.id: one.estimate.footing for one in found[0][1].indicators}

    def footing(indicator: str) -> Footing:
        """Never better than that of today's forecast."""
        return "assumed" if known.get(indicator, "assumed") == "assumed" else "fitted"

    looks = []
    for one, (name, before, both) in zip(ordered, sets, strict=True):
        total = changes(name, samples[both], samples[frozenset()], footing)
        added = changes(name, samples[both], samples[before], footing)
        looks.append(
            Look(
                increment=name, week=one.look_week, together=tuple(other for other in names if other in both),
                expected=expected_of(total), adds=expected_of(added),
            )
        )  # fmt: skip
    cautions = (
        "what is in place is simulated as if it had been so all the time; what people still learn comes later",
        *(
            ["one increment is piloted only when it is looked at, and simulated as if it were everywhere"]
            if looks
            else []
        ),
    )
    return Along(
        design=plan.design, base_hash=plan.base_hash, seed=seed, weeks=weeks, replications=replications,
        looks=tuple(looks), cautions=cautions,
    )  # fmt: skip
