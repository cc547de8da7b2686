"""Four tensions as trade-offs with numbers, by simulation: what gets better, at which price, and where today stands.

Redundancy against lead time, standard routes against novel cases, detail against response, automation against takeover.
That a system does not show one of them is a result. Two columns of outcomes, never one score.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from longwall.assessment.trade_offs.levers import BACK, LEVERS, Horizon, back_builds
from longwall.assessment.trade_offs.results import Outcome, RestsOn, Tension, Tensions
from longwall.assessment.trade_offs.sweep import Lever, Traded, trade
from longwall.assessment.trade_offs.words import bend_text, moves_text
from longwall.simulation import PRIORS, Scenario, run, warm_up_weeks
from longwall.worksystem import Parameter, WorkSystem, numbers_in

__all__ = ["tensions"]

_EVENTS = 7e6
"""Simulated events of one tension: a few seconds on one core."""
_SHORT_EVENTS, _LONG_EVENTS = 70_000.0, 350_000.0
"""Simulated events of one replication, from which its weeks follow."""


@dataclass(frozen=True)
class _Words:
    name: str
    lever: str
    axis: str
    priors: tuple[str, ...]
    cannot: tuple[str, ...]


_WORDS = {
    "redundancy": _Words(
        "Redundancy against lead time", "people, in the proportions of today", "people",
        ("resume_h", "handover_loss", "fatigue_slowdown", "sustainable_load"),
        ("what people do with slack beside this work: help, learn, improve",),
    ),
    "standard": _Words(
        "Standard routes against novel cases",
        "share of special items that are sent the usual way; that some come back is assumed",
        "share of special items sent the usual way", (),
        ("what an item needs: a special item is one that takes a rare route today, and that it comes back when it does "
         "not get it is assumed", "what would be gained by more special ways than there are"),
    ),
    "detail": _Words(
        "Detail against response", "what people are told", "alerts a week",
        ("alert_extra", "alert_repeat", "alert_salience", "alert_memory", "triage_hit", "triage_false",
         "accept_unchecked", "prevalence_intercept", "prevalence_slope", "vigilance_floor", "vigilance_h",
         "complacency", "read_shelf_life_h", "review_share", "glance_share"),
        ("detail on a screen itself: the alerts that are raised, or the share of a machine's doings that people read, "
         "stand for it", "how well people understand the situation: no study read gives a figure that could be used"),
    ),
    "automation": _Words(
        "Automation against takeover", "share of the work that machines take", "share of the work that machines do",
        ("skill_half_life_months", "learning_rate", "reference_tasks", "gain_initial", "drill_tasks", "takeover_share",
         "takeover_cv", "takeover_per_stage", "takeover_novice", "takeover_skilled", "accept_unchecked", "trust_up",
         "trust_down"),
        ("the state after years: skill is followed over the simulated weeks only",
         "what machines would be trusted with that they cannot do yet"),
    ),
}  # fmt: skip


def tensions(
    places: Sequence[WorkSystem], *, seed: int = 0, events: float = _EVENTS, threads: int | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Tensions:  # fmt: skip
    """Return the four tensions of a work system.

    Parameters
    ----------
    places : sequence of WorkSystem
        The system; or, where a log leaves open how much of the time is work, systems over the whole set of what it
        allows, the middle one in the middle: every interval then runs over all of them.
    seed : int
        >= 0; the same seed gives the same bits, for any number of threads.
    events : float
        Simulated events of each tension, > 0.

    Raises
    ------
    SimulationError
        If the system cannot be simulated.
    """
    system = places[len(places) // 2]
    horizon, spent = _horizon(system, seed, threads)
    found = []
    for number, make in enumerate(LEVERS):
        lever = make(system, horizon)
        name = tuple(_WORDS)[number]
        say = _part(progress, number / len(LEVERS), _WORDS[name].name.lower())
        say(0.0)
        if isinstance(lever, str):
            found.append(_absent(name, lever))
            continue
        traded = _traded(lever, system, places, seed=seed, events=events, threads=threads, progress=say)
        spent += traded.events
        found.append(_told(lever, traded, system, len(places)))
    if progress is not None:
        progress(1.0, "tensions found")
    return Tensions(
        system_hash=system.hash, seed=seed, tensions=tuple(found), places=len(places), simulated_events=spent,
        cautions=_cautions(system, len(places)),
    )  # fmt: skip


def _traded(
    lever: Lever, system: WorkSystem, places: Sequence[WorkSystem], *, seed: int, events: float, threads: int | None,
    progress: Callable[[float], None],
) -> Traded:  # fmt: skip
    """Move the lever; where something is assumed of it, over the range of that."""
    if lever.id != "standard":
        return trade(lever, places, seed=seed, events=events, threads=threads, progress=progress)
    builds = back_builds(system)
    wanted = [place for place in places for _ in builds] if len(places) == 1 else list(places)
    each = builds if len(places) == 1 else [builds[min(k, 2)] for k in range(len(places))]
    return trade(lever, wanted, seed=seed, events=events, builds=each, threads=threads, progress=progress)


def _horizon(system: WorkSystem, seed: int, threads: int | None) -> tuple[Horizon, float]:
    """Return how many weeks are simulated, from the events of one; and the events that finding out took."""
    pilot = run(Scenario(system=system, weeks=1, warm_up_weeks=1, replications=2, seed=seed), threads=threads)
    weekly = max(float(pilot.events.mean()) / 2.0, 1.0)
    short, long_ = (
        int(np.clip(round(size / weekly), least, most))
        for size, least, most in ((_SHORT_EVENTS, 3, 26), (_LONG_EVENTS, 13, 52))
    )
    return Horizon(short, long_, warm_up_weeks(system)), float(pilot.events.sum())


def _part(
    progress: Callable[[float, str], None] | None, start: float, name: str
) -> Callable[[float], None]:  # fmt: skip
    """Tell the progress of one tension as part of the whole."""

    def say(share: float) -> None:
        if progress is not None:
            progress(start + share / len(LEVERS), name)

    return say


def _absent(name: str, why: str) -> Tension:
    words = _WORDS[name]
    return Tension(
        id=name, name=words.name, lever=words.lever, axis=words.axis, shown=False,
        statement=f"This system does not show this tension: {why}.", cannot=words.cannot,
    )  # fmt: skip


def _told(lever: Lever, traded: Traded, system: WorkSystem, places: int) -> Tension:
    """Put what came out into words."""
    words = _WORDS[lever.id]
    plain = [outcome for outcome in traded.outcomes if not outcome.strain]
    sure = [outcome for outcome in plain if outcome.indicator not in traded.disagreeing]
    better = [outcome for outcome in sure if outcome.moves == "better"]
    worse = [outcome for outcome in sure if outcome.moves == "worse"]
    turns = [bend for bend in traded.bends if bend.kind == "turn"]
    shown = bool(better and worse) or bool(turns)
    axis = _axis_of(lever, words)
    full = [f"{setting.x:.4g}" for setting in traded.settings if setting.cautions]
    cautions = (
        [
            f"at {', '.join(full)} {axis} there is more work than hours to do it in: lines grow, and figures there "
            "depend on the weeks simulated"
        ]
        if full
        else []
    )
    if traded.disagreeing:
        names = [outcome.name for outcome in plain if outcome.indicator in traded.disagreeing]
        cautions.append(
            f"not identified, the sign depends on how much of the time is work: {', '.join(names)}"
            if places > 1
            else f"not identified, the sign depends on what is assumed to come back: {', '.join(names)}"
        )
    if lever.late:
        cautions.append(f"the last quarter of {lever.weeks} weeks; skill goes on changing after them")
    return Tension(
        id=lever.id, name=words.name, lever=words.lever, axis=axis, shown=shown,
        statement=_statement(traded, axis, better, worse, shown), settings=traded.settings, outcomes=traded.outcomes,
        bends=traded.bends, rests_on=_rests_on(lever, system, words.priors), cannot=words.cannot,
        cautions=tuple(cautions), weeks=lever.weeks, replications=traded.replications,
    )  # fmt: skip


def _axis_of(lever: Lever, words: _Words) -> str:
    """What the axis shows; of detail there are two kinds."""
    if lever.id == "detail" and not lever.x:
        return "times as much of a machine's doings read as today"
    return words.axis


def _statement(
    traded: Traded, axis: str, better: Sequence[Outcome], worse: Sequence[Outcome], shown: bool
) -> str:  # fmt: skip
    """The tension in a sentence or two."""
    first, last = traded.settings[0].x, traded.settings[-1].x
    span = f"From {first:.4g} to {last:.4g} {axis}"
    names = {outcome.indicator: outcome for outcome in traded.outcomes if not outcome.strain}
    today = next(setting.x for setting in traded.settings if setting.today)
    told = [bend for bend in traded.bends if bend.kind != "none"] or list(traded.bends)
    bends = " ".join(bend_text(bend, names[bend.indicator].name, today) for bend in told[:1])
    if shown:
        parts = [moves_text(outcome) for outcome in _few(better)]
        price = [moves_text(outcome) for outcome in _few(worse)]
        gain = ", ".join(parts) or "nothing gets better over the whole range"
        return f"{span}: {gain}; the price: {', '.join(price) or 'nothing over the whole range'}. {bends}".strip()
    if better:
        gain = ", ".join(moves_text(outcome) for outcome in _few(better))
        why = f"{gain}, and nothing looked at gets worse beyond noise"
    elif worse:
        why = f"nothing gets better beyond noise; {', '.join(moves_text(outcome) for outcome in _few(worse))}"
    else:
        why = "nothing looked at changes beyond noise"
    return f"This system does not show this tension. {span}: {why}."


def _few(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The first two of each column: the table and the curves have the others."""
    kept: list[Outcome] = []
    for column in ("technical", "social"):
        kept += [outcome for outcome in outcomes if outcome.column == column][:2]
    return kept


def _rests_on(lever: Lever, system: WorkSystem, names: Sequence[str]) -> tuple[RestsOn, ...]:
    """Assumed numbers that the tension rests on, with tag and source."""
    found = []
    if lever.id == "standard":
        found.append(
            RestsOn(name=f"special items that come back, {BACK[1]:.0%} to {BACK[2]:.0%}", value=BACK[0], unit="share",
                    source="assumption, no source; intervals run over its range")
        )  # fmt: skip
        found.append(RestsOn(name="hours until they come back, where none are known", value=24.0, unit="h",
                             source="assumption, no source"))  # fmt: skip
    state = system.person_state or lever.id == "automation"
    for name in names:
        prior = PRIORS[name]
        if prior.state and not state:
            continue
        own: Parameter | None = system.state_parameters.get(name)
        if own is not None:
            found.append(RestsOn(name=name, value=own.value, unit=prior.unit, footing=own.footing, tag=own.tag,
                                 source=own.source))  # fmt: skip
        else:
            found.append(RestsOn(name=name, value=prior.value, unit=prior.unit, tag=prior.tag, source=prior.source))
    return tuple(found)


def _cautions(system: WorkSystem, places: int) -> tuple[str, ...]:
    """What all four rest on."""
    numbers = [number.value.footing for number in numbers_in(system, set_only=True)]
    said = [f"{numbers.count('assumed')} of the {len(numbers)} numbers of the model are assumed"]
    if places > 1:
        said.append(
            "the log has no starts, so work and waiting cannot be told apart: intervals run over what it allows"
        )
    return tuple(said)
