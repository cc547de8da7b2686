"""A level of a function simulated beside today under common luck: in routine, then with its machine out for a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.automation.results import Indication
from longwall.alignment.objectives import Objectives, Scales
from longwall.alignment.trials import Key, Sample
from longwall.simulation import Outage, Runs, Scenario, run, warm_up_weeks
from longwall.stats import mean_interval
from longwall.worksystem import Estimate, WorkSystem

__all__ = ["SHOWN", "Effects", "Lab"]

SHOWN = (
    "lead_time_h", "late_share", "escaped_per_100", "takeover_h", "high_load_share", "skill_reserve", "variety",
    "handovers_per_item", "interruptions_per_h", "customer_effort",
)  # fmt: skip
"""Indicators that are shown one by one, technical and social."""
When = Literal["routine", "machine out"]
_WHEN: tuple[When, When] = ("routine", "machine out")
_OUT_WEEKS = 2
_OUT_AT_H = 34.0
_OUT_H = 24.0
_ORGANISATION = "organisation"
_RESERVE = "skill_reserve"


@dataclass(frozen=True)
class Effects:
    """What one level does.

    Parameters
    ----------
    technical, social : Estimate
        The worse of routine and machine out; relative change within the column, negative is better.
    worse_when_out : tuple of str
    """

    technical: Estimate
    social: Estimate
    worse_when_out: tuple[str, ...]
    indications: tuple[Indication, ...]


class Lab:
    """Runs systems for the same weeks under the same luck: weeks of routine, then two with a day's outage in them.

    The outage begins on the second day of those two weeks at ten and lasts a day, whatever else fails; skill has faded
    for all the weeks before.

    Parameters
    ----------
    today : WorkSystem
        With the state of persons.
    weeks : int
        Of routine.
    """

    def __init__(
        self,
        today: WorkSystem,
        objectives: Objectives,
        *,
        seed: int,
        weeks: int,
        replications: int,
        threads: int | None,
    ) -> None:
        self.today, self.objectives, self.weeks = today, objectives, weeks
        self.seed, self.replications, self.threads = seed, replications, threads
        self.warm_up = warm_up_weeks(today)
        self._known: dict[str, tuple[Sample, Sample]] = {}

    def base(self, watched: WorkSystem, component: str) -> tuple[Sample, Sample]:
        """Return today's indicators, with the skill reserve of today's system in which one more skill is followed.

        Parameters
        ----------
        watched : WorkSystem
            As `machines.watched` makes it; today's itself where nothing more has to be followed.
        """
        struck = component if component in self.today.components else ""
        if struck not in self._known:
            self._known[struck] = self.run(self.today, struck)
        today = self._known[struck]
        if watched is self.today:
            return today
        more = self.run(watched, struck)
        return _with_reserve(today[0], more[0]), _with_reserve(today[1], more[1])

    def run(self, system: WorkSystem, component: str) -> tuple[Sample, Sample]:
        """Return the organisation's indicators in routine, and while the component is out (where the system has it)."""
        outages: tuple[Outage, ...] = ()
        if component in system.components:
            outages = (Outage(component=component, at_h=self.weeks * 168.0 + _OUT_AT_H, hours=_OUT_H),)
        scenario = Scenario(
            system=system, weeks=self.weeks + _OUT_WEEKS, warm_up_weeks=self.warm_up, replications=self.replications,
            seed=self.seed, outages=outages,
        )  # fmt: skip
        runs = run(scenario, threads=self.threads)
        return _sample(runs, slice(0, self.weeks)), _sample(runs, slice(self.weeks, None))

    def effects(self, base: tuple[Sample, Sample], then: tuple[Sample, Sample]) -> Effects:
        """Return what a system changes against its base, within each column."""
        losses = []
        indications: list[Indication] = []
        for number, when in enumerate(_WHEN):
            scales = Scales(self.objectives, base[number])
            design = _aligned(then[number], base[number].keys)
            losses.append(scales.losses(design, base[number]))
            indications += _indications(base[number], then[number], when)
        sides, worse = [], []
        for column, name in enumerate(("technical", "social")):
            routine, out = (_estimate(loss[:, column]) for loss in losses)
            if out.value > routine.value:
                worse.append(name)
            sides.append(max(routine, out, key=lambda one: one.value))
        return Effects(sides[0], sides[1], tuple(worse), tuple(indications))


def _sample(runs: Runs, weeks: slice) -> Sample:
    """Return means over some weeks of the weekly indicators of the organisation; what has no series is left out."""
    rows = [row for row, what in enumerate(runs.indicators) if what.scope == _ORGANISATION]
    series = runs.series[:, rows, weeks]
    there = np.isfinite(series)
    count = there.sum(axis=2)
    mean = np.divide(np.where(there, series, 0.0).sum(axis=2), count, out=np.full(count.shape, np.nan), where=count > 0)
    kept = [place for place in range(len(rows)) if np.isfinite(mean[:, place]).any()]
    keys = tuple(
        Key(what.id, what.scope, what.column, what.better, what.unit, what.name)
        for what in (runs.indicators[rows[place]] for place in kept)
    )
    return Sample(keys, mean[:, kept])


def _with_reserve(sample: Sample, other: Sample) -> Sample:
    """Return a sample with the skill reserve of another one of the same luck."""
    kept = [row for row, key in enumerate(sample.keys) if key.id != _RESERVE]
    taken = [row for row, key in enumerate(other.keys) if key.id == _RESERVE]
    keys = (*(sample.keys[row] for row in kept), *(other.keys[row] for row in taken))
    return Sample(keys, np.column_stack([sample.values[:, kept], other.values[:, taken]]))


def _aligned(sample: Sample, keys: Sequence[Key]) -> Sample:
    """Return a sample in the order of other keys; what it lacks is nan."""
    place = {key.id: row for row, key in enumerate(sample.keys)}
    values = np.column_stack([sample.values, np.full(len(sample.values), np.nan)])
    return Sample(tuple(keys), np.asarray(values[:, [place.get(key.id, -1) for key in keys]]))


def _indications(base: Sample, then: Sample, when: When) -> list[Indication]:
    """Return the indicators that are shown, against today where today has them."""
    found = []
    before = {key.id: base.values[:, row] for row, key in enumerate(base.keys)}
    for row, key in enumerate(then.keys):
        if key.id not in SHOWN:
            continue
        after = then.values[:, row]
        was = before.get(key.id)
        both = np.isfinite(after) & np.isfinite(was) if was is not None else np.zeros(after.size, dtype=bool)
        change = _estimate(after[both] - was[both], key.unit) if was is not None and both.sum() >= 2 else None
        sure = change is not None and (change.low > 0.0 or change.high < 0.0)
        found.append(
            Indication(
                indicator=key.id,
                name=key.name,
                column=key.column,
                when=when,
                unit=key.unit,
                today=float(was[both].mean()) if was is not None and both.any() else None,
                then=float(after[np.isfinite(after)].mean()),
                change=change,
                better=(change.value < 0.0) == (key.better == "lower") if sure and change is not None else None,
            )
        )
    return found


def _estimate(values: NDArray[np.float64], unit: str = "") -> Estimate:
    """Return a paired mean with its 95% interval; it rests on a model of people, so it is assumed."""
    mean, low, high = mean_interval(values)
    return Estimate(value=mean, low=min(low, mean), high=max(high, mean), unit=unit, footing="assumed")
