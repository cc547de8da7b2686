"""A lever moved through its settings under common luck: outcomes in two columns, and what gets better or worse."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.trade_offs.bends import bend_of
from longwall.assessment.trade_offs.results import Bend, Outcome, OutcomeAt, Setting
from longwall.simulation import Runs, Scenario, run
from longwall.stats import mean_interval
from longwall.streams import generator
from longwall.worksystem import Column, Estimate, Footing, WorkSystem

__all__ = ["Build", "Lever", "Traded", "trade"]

Floats = NDArray[np.float64]
Build = Callable[[WorkSystem, float], WorkSystem]

_PAID = "paid_h_per_item"
_NEGLIGIBLE = 0.01
"""Changes smaller than this share of today's level are no clear change, however surely they are there."""
_LEAST, _MOST = 4, 20
"""Replications of each setting."""
_NOTHING = frozenset({"reopened_share"})
"""Outcomes that are nothing where a system does not show them."""
_TAIL = 4
"""Where a state builds up over the weeks, the last quarter of them is looked at."""


@dataclass(frozen=True)
class Lever:
    """One lever.

    Parameters
    ----------
    id : str
        Of the tension.
    settings : tuple of float
        In the order in which there is more of it.
    today : int
        Place of today among them.
    build : callable
        A system and a setting in, the system at that setting out.
    x : str
        Indicator that the axis shows (``1 - NAME`` for its complement); empty: the setting itself.
    outcomes : tuple of str
        Indicators looked at; those that the system does not have are left out.
    bends : tuple of str
        Those that are looked at for a knee or a turn.
    strains : tuple
        Words and what makes a system so, beside the weeks as they are.
    weeks, warm_up_weeks : int
    late : bool
        True: the last quarter of the weeks is looked at.
    """

    id: str
    settings: tuple[float, ...]
    today: int
    build: Build
    x: str
    outcomes: tuple[str, ...]
    bends: tuple[str, ...]
    strains: tuple[tuple[str, Callable[[WorkSystem], WorkSystem]], ...] = ()
    weeks: int = 8
    warm_up_weeks: int = 4
    late: bool = False


@dataclass(frozen=True)
class Traded:
    """What came of moving a lever.

    Parameters
    ----------
    disagreeing : tuple of str
        Outcomes whose direction depends on the place in the set of systems that the log allows.
    """

    settings: tuple[Setting, ...]
    outcomes: tuple[Outcome, ...]
    bends: tuple[Bend, ...]
    replications: int
    events: float
    disagreeing: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Meaning:
    name: str
    unit: str
    column: Column
    better: Literal["lower", "higher"]
    footing: Footing


def trade(
    lever: Lever, places: Sequence[WorkSystem], *, seed: int, events: float,
    builds: Sequence[Build] = (), progress: Callable[[float], None] | None = None, threads: int | None = None,
) -> Traded:  # fmt: skip
    """Return outcomes at every setting of a lever.

    Parameters
    ----------
    places : sequence of WorkSystem
        The system; or several between which the evidence cannot tell: every interval then runs over all of them.
    events : float
        Simulated events that it may take, all places together; at least four replications of each setting are made
        all the same.
    builds : sequence of callable
        One for each place, instead of the lever's own: what is assumed of the lever differs between them.
    """
    builds = builds or [lever.build] * len(places)
    pilot = run(_scenario(lever, places[0], seed, 2), threads=threads)
    strains = (("", _same), *lever.strains)
    size = float(pilot.events.mean()) * len(lever.settings) * len(strains) * len(places)
    replications = int(min(max(events / size, _LEAST), _MOST))
    values: dict[tuple[str, str], Floats] = {}
    axis = np.zeros((len(places), len(lever.settings)))
    notes: list[set[str]] = [set() for _ in lever.settings]
    meaning = _meanings((pilot, run(_scenario(lever, builds[0](places[0], lever.settings[-1]), seed, 2))), lever)
    spent, done, total = float(pilot.events.sum()), 0, len(places) * len(strains) * len(lever.settings)
    for p, place in enumerate(places):
        for words, strained in strains:
            for k, setting in enumerate(lever.settings):
                system = builds[p](strained(place), setting)
                runs = run(_scenario(lever, system, seed, replications), threads=threads)
                spent += float(runs.events.sum())
                for name in meaning:
                    track = values.setdefault(
                        (name, words), np.full((len(places), len(lever.settings), replications), np.nan)
                    )
                    track[p, k] = _read(runs, name, late=lever.late)
                if not words:
                    axis[p, k] = _axis(runs, lever, setting)
                    notes[k] |= {text for text in runs.cautions if "grows without end" in text}
                done += 1
                if progress is not None:
                    progress(done / total)
    x = axis.mean(axis=0)
    settings = tuple(
        Setting(setting=value, x=float(x[k]), today=k == lever.today, cautions=tuple(sorted(notes[k])))
        for k, value in enumerate(lever.settings)
    )
    outcomes = tuple(
        _outcome(name, words, meaning[name], track, lever.today, len(meaning))
        for (name, words), track in values.items()
        if np.isfinite(track).any()
    )
    apart = tuple(dict.fromkeys(name for (name, words), track in values.items() if not words and _disagree(track)))
    bends = tuple(
        _bend(name, x, values[name, ""], meaning[name].better, lever, seed) for name in lever.bends if name in meaning
    )
    return Traded(settings, outcomes, bends, replications, spent, apart)


def _same(system: WorkSystem) -> WorkSystem:
    return system


def _scenario(lever: Lever, system: WorkSystem, seed: int, replications: int) -> Scenario:
    return Scenario(
        system=system, weeks=lever.weeks, warm_up_weeks=lever.warm_up_weeks, replications=replications, seed=seed
    )


def _meanings(pilots: Sequence[Runs], lever: Lever) -> dict[str, _Meaning]:
    """What each outcome means that today or the far end of the lever shows, in the order of the lever."""
    known = {what.id: what for runs in pilots for what in runs.indicators if what.scope == "organisation"}
    footings = {
        entry.id: entry.estimate.footing
        for runs in pilots
        for entry in runs.forecast().indicators
        if entry.scope == "organisation"
    }
    found: dict[str, _Meaning] = {}
    for name in lever.outcomes:
        if name == _PAID:
            found[name] = _Meaning("hours paid", "h per completed item", "technical", "lower", "fitted")
        elif name in known:
            what = known[name]
            found[name] = _Meaning(what.name, what.unit, what.column, what.better, footings.get(name, "assumed"))
    return found


def _read(runs: Runs, name: str, *, late: bool) -> Floats:
    """One outcome per replication; NaN where there was nothing to measure."""
    if name == _PAID:
        system = runs.scenario.system
        hours = sum(
            shift.people * shift.hours_per_week * (1.0 - role.absence.value)
            for role in system.social.roles
            for shift in role.shifts
            if not shift.on_call
        )
        throughput = runs.column("throughput_per_week")
        return np.where(throughput > 0, hours / np.maximum(throughput, 1e-300), np.nan)
    for k, what in enumerate(runs.indicators):
        if what.id == name and what.scope == "organisation":
            if not late:
                return runs.values[:, k]
            series = runs.series[:, k, -max(1, runs.series.shape[2] // _TAIL) :]
            told = np.isfinite(series)
            count = told.sum(axis=1)
            mean = np.where(told, series, 0.0).sum(axis=1) / np.maximum(count, 1)
            return np.where(count > 0, mean, np.nan)
    return np.full(runs.values.shape[0], 0.0 if name in _NOTHING else np.nan)


def _axis(runs: Runs, lever: Lever, setting: float) -> float:
    """Where a setting stands on the axis."""
    if not lever.x:
        return setting
    name = lever.x.removeprefix("1 - ")
    value = float(np.nanmean(_read(runs, name, late=lever.late)))
    return 1.0 - value if name != lever.x else value


def _outcome(name: str, strain: str, meaning: _Meaning, track: Floats, today: int, outcomes: int) -> Outcome:
    """One outcome with its levels, changes and direction; `track` has shape (places, settings, replications)."""
    at = tuple(
        None
        if _thin(track[:, k]) or _thin(track[:, today])
        else OutcomeAt(
            level=_over(track[:, k], meaning, 0.95), change=_over(track[:, k] - track[:, today], meaning, 0.95)
        )
        for k in range(track.shape[1])
    )
    span = None
    moves: Literal["better", "worse", "no clear change"] = "no clear change"
    gap = track[:, -1] - track[:, 0]
    if not _thin(gap):
        span = _over(gap, meaning, 1.0 - 0.05 / outcomes)
        scale = _NEGLIGIBLE * max(abs(float(np.nanmean(track[:, k]))) for k in (0, today, -1))
        if (span.low > 0.0 or span.high < 0.0) and abs(span.value) > scale:
            moves = "better" if (span.value < 0.0) == (meaning.better == "lower") else "worse"
    return Outcome(
        indicator=name, name=meaning.name, column=meaning.column, better=meaning.better, unit=meaning.unit, at=at,
        over_range=span, moves=moves, strain=strain,
    )  # fmt: skip


def _thin(values: Floats) -> bool:
    """Whether some place has fewer than two replications with a value."""
    return bool((np.isfinite(values).sum(axis=-1) < 2).any())


def _over(values: Floats, meaning: _Meaning, level: float) -> Estimate:
    """Mean with its interval over every place, shape (places, replications)."""
    parts = [mean_interval(row[np.isfinite(row)], level) for row in values]
    middle = parts[len(parts) // 2][0]
    footing: Footing = "assumed" if len(parts) > 1 else meaning.footing
    low, high = min(low for _, low, _ in parts), max(high for _, _, high in parts)
    return Estimate(value=middle, low=min(low, middle), high=max(high, middle), unit=meaning.unit, footing=footing)


def _disagree(track: Floats) -> bool:
    """Whether the direction over the range is up in one place and down in another, each beyond noise."""
    signs = set()
    for gap in track[:, -1] - track[:, 0]:
        if np.isfinite(gap).sum() > 1:
            _, low, high = mean_interval(gap[np.isfinite(gap)])
            signs.add(1 if low > 0 else -1 if high < 0 else 0)
    return {1, -1} <= signs


def _bend(
    name: str, x: Floats, track: Floats, better: Literal["lower", "higher"], lever: Lever, seed: int
) -> Bend:  # fmt: skip
    """The bend of one outcome over every place; none where the places do not agree on its kind."""
    order = np.argsort(x, kind="stable")
    today = int(np.flatnonzero(order == lever.today)[0])
    found = [
        bend_of(name, x[order], values[order], better=better, today=today,
                luck=generator(seed, "assessment", "tensions", lever.id, name, place))
        for place, values in enumerate(track)
    ]  # fmt: skip
    if len({bend.kind for bend in found}) > 1 or found[0].kind == "none":
        return Bend(indicator=name, kind="none")
    ends: Mapping[str, list[float]] = {
        key: [value for bend in found if (value := getattr(bend, key)) is not None] for key in ("low", "high")
    }
    low, high, here = min(ends["low"]), max(ends["high"]), float(x[lever.today])
    stands: Literal["before", "at", "beyond"] = "before" if here < low else "beyond" if here > high else "at"
    return Bend(
        indicator=name, kind=found[0].kind, at=found[len(found) // 2].at, low=low, high=high, today=stands
    )  # fmt: skip
