"""Design problems whose front is known exactly, to hold a search to account: staffing and tools of stations.

Each station has a crew and may get a fast tool, and drills that keep practice beside it. More people cost money and
lower the wait and the load; the tool costs once, lowers the wait and takes away practice. Where customers have patience
(M/M/c+M), those who give up at a station go on to the next. All means are closed forms and sums over stations, so the
front is found by enumeration, or station by station where designs are too many to enumerate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.approximation.queues import delayed_share, erlang_a
from longwall.alignment.trials import Chosen, Key, Sample
from longwall.streams import generator
from longwall.worksystem import (
    Allocation,
    Component,
    DemandClass,
    Distribution,
    Estimate,
    Forecast,
    Function,
    IndicatorForecast,
    Intervention,
    Parameter,
    Patch,
    Role,
    Route,
    Shift,
    Social,
    Team,
    Technical,
    WorkDesign,
    WorkSystem,
)

__all__ = ["Stations", "delayed_share"]

_KEYS = (
    Key("lead_time_h", unit="h"),
    Key("high_load_share", column="social"),
    Key("skill_reserve", column="social", better="higher"),
)
_IMPATIENT = Key("abandoned_share")
_NOISE = np.array([0.35, 0.12, 0.02])
"""Coefficient of variation of one replication, as simulated replications of a desk have it."""
_TOOL_SPEED = 1.4
_TOOL_SKILL = 0.5
_DRILL_SKILL = 0.9
"""Skill beside a tool, with drills."""
_DRILL_WORK = 1.05
"""What drills add to the work of a station, as a factor."""
_EVENTS = 1000.0
"""Events that a replication counts for."""


class Stations:
    """Stations in a row, each with a crew of its own; a simulator (`trials.Simulator`) with exact means.

    Parameters
    ----------
    crews : tuple of int
        Today's people at each station.
    arrivals_per_week : float
    work_h : tuple of float
        Mean work at each station [h].
    most_more : int
        Largest number of people that can be added at each station.
    noise : float
        Factor on the noise of a replication; 0 gives exact values.
    patience_h : tuple of float
        Mean patience at each station [h], exponential; empty or infinite: nobody gives up.
    drills : bool
        Whether each station may have drills.

    Notes
    -----
    What leaves an M/M/c+M station, served or not, is a Poisson stream again (the queue is a reversible birth-death
    process; Kelly 1979, "Reversibility and stochastic networks", theorem 1.5), so stations in a row are independent.
    """

    def __init__(
        self,
        crews: tuple[int, ...] = (4, 6, 3),
        arrivals_per_week: float = 500.0,
        work_h: tuple[float, ...] = (1.0, 1.7, 0.8),
        most_more: int = 7,
        noise: float = 1.0,
        patience_h: tuple[float, ...] = (),
        drills: bool = False,
    ) -> None:
        self.crews, self.arrivals_per_week, self.work_h = crews, arrivals_per_week, work_h
        self.most_more, self.noise = most_more, noise
        self.patience_h, self.drills = patience_h, drills
        self.keys = (*_KEYS, _IMPATIENT) if patience_h else _KEYS
        self._noise = np.array([*_NOISE, _NOISE[0]])[: len(self.keys)] * noise
        self._parts: NDArray[np.float64] | None = None

    @property
    def system(self) -> WorkSystem:
        """Today's work system."""
        names = [f"s{place}" for place in range(len(self.crews))]
        machines = tuple(
            Component(id=f"tool-{name}", kind="automation", speed=Parameter(value=_TOOL_SPEED)) for name in names
        )
        roles = tuple(
            Role(id=f"crew-{name}", team="crew", shifts=(Shift(people=crew, hours="always"),))
            for name, crew in zip(names, self.crews, strict=True)
        )
        functions = tuple(
            Function(
                id=name,
                roles=(f"crew-{name}",),
                work_h=Distribution(mean_h=hours),
                allocation=Allocation(level=1, component=f"tool-{name}"),
            )
            for name, hours in zip(names, self.work_h, strict=True)
        )
        ends = ("start", *names, "end")
        return WorkSystem(
            id="stations",
            technical=Technical(components=machines),
            social=Social(teams=(Team(id="crew"),), roles=roles),
            work=WorkDesign(
                demand=(DemandClass(id="item", per_week=Parameter(value=self.arrivals_per_week)),),
                functions=functions,
                routes=tuple(Route(source=a, target=b) for a, b in pairwise(ends)),
            ),
        )

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        """Return the choices: 1 to `most_more` people more at each station, and a tool at each."""
        found: list[Intervention] = []
        for place, crew in enumerate(self.crews):
            for more in range(1, self.most_more + 1):
                found.append(
                    Intervention(
                        id=f"staff.s{place}.{more}", title=f"{more} more at {place}", kind="social", lever="staff",
                        patches=(Patch(path=f"social.roles.crew-s{place}.shifts.0.people", value=crew + more),),
                        cost=Parameter(value=0.0), running_cost_per_week=Parameter(value=float(more)),
                    )
                )  # fmt: skip
            found.append(
                Intervention(
                    id=f"tool.s{place}", title=f"A tool at station {place}", kind="technical", lever="change_level",
                    patches=(Patch(path=f"work.functions.s{place}.allocation.level", value=5),),
                    cost=Parameter(value=40.0 * (1 + place)),
                )
            )  # fmt: skip
            if self.drills:
                found.append(
                    Intervention(
                        id=f"drill.s{place}", title=f"Drills at station {place}", kind="social", lever="drill",
                        patches=(Patch(path=f"work.functions.s{place}.drills_per_year", value=12),),
                        cost=Parameter(value=12.0), running_cost_per_week=Parameter(value=0.1),
                    )
                )  # fmt: skip
        return tuple(found)

    @property
    def parts(self) -> NDArray[np.float64]:
        """What each choice at each station adds to the indicators of the whole.

        Returns
        -------
        ndarray, shape (stations, most_more + 1, 2, 2, keys)
            By station, people more, tool, and drills (none where the problem has none: the same as without).
        """
        if self._parts is None:
            shape = (len(self.crews), self.most_more + 1, 2, 2, len(self.keys))
            self._parts = np.zeros(shape)
            for place, more, tool, drill in product(*(range(size) for size in shape[:-1])):
                self._parts[place, more, tool, drill] = self._part(place, more, bool(tool), bool(drill and self.drills))
        return self._parts

    def _part(self, place: int, more: int, tool: bool, drill: bool) -> list[float]:
        """Return lead time [h], and the station's share of high load, skill reserve and of those who give up."""
        stations, crew = len(self.crews), self.crews[place] + more
        service_h = self.work_h[place] * (_DRILL_WORK if drill else 1.0) / (_TOOL_SPEED if tool else 1.0)
        offered = self.arrivals_per_week / 168.0 * service_h
        skill = (_DRILL_SKILL if drill else _TOOL_SKILL) if tool else 1.0
        patience_h = self.patience_h[place] if self.patience_h else math.inf
        if math.isfinite(patience_h):
            full, wait, gone = erlang_a(offered, crew, patience_h / service_h)
            lead_h = wait * service_h + (1.0 - gone) * service_h
        else:
            full, gone = delayed_share(offered, crew), 0.0
            lead_h = service_h + full * service_h / max(crew - offered, 0.02)
        return [lead_h, full / stations, skill / stations, gone / stations][: len(self.keys)]

    def choices(self) -> list[list[tuple[Chosen, tuple[int, int, int]]]]:
        """Return, for each station, every choice as interventions and as place in `parts`."""
        return [
            [
                (
                    tuple(
                        name
                        for name, taken in (
                            (f"staff.s{place}.{more}", more), (f"tool.s{place}", tool), (f"drill.s{place}", drill),
                        )
                        if taken
                    ),
                    (more, tool, drill),
                )
                for more in range(self.most_more + 1)
                for tool in (0, 1)
                for drill in ((0, 1) if self.drills else (0,))
            ]
            for place in range(len(self.crews))
        ]  # fmt: skip

    def means_of(self, designs: Sequence[Chosen]) -> NDArray[np.float64]:
        """Return exact indicators of designs given by their interventions, shape (n, keys)."""
        at = np.zeros((len(designs), len(self.crews), 3), dtype=np.int64)
        for row, design in enumerate(designs):
            for name in design:
                lever, station, *more = name.split(".")
                column = ("staff", "tool", "drill").index(lever)
                at[row, int(station[1:]), column] = int(more[0]) if more else 1
        return self._means(at)

    def _means(self, at: NDArray[np.int64]) -> NDArray[np.float64]:
        places = np.arange(len(self.crews))
        found: NDArray[np.float64] = self.parts[places, at[..., 0], at[..., 1], at[..., 2]].sum(axis=1)
        return found

    def designs(self) -> tuple[list[Chosen], NDArray[np.float64]]:
        """Return every design with its exact indicators, today first."""
        order = {change.id: place for place, change in enumerate(self.interventions)}
        sets: list[Chosen] = []
        at: list[list[tuple[int, int, int]]] = []
        for combination in product(*self.choices()):
            sets.append(tuple(sorted((name for names, _ in combination for name in names), key=order.__getitem__)))
            at.append([place for _, place in combination])
        return sets, self._means(np.array(at))

    def sample(self, system: WorkSystem, *, seed: int, replications: int) -> Sample:
        """Return noisy replications: half of the luck is common to all designs, half a design's own."""
        at = [
            (
                system.roles[f"crew-s{place}"].head_count - crew,
                int(system.functions[f"s{place}"].allocation.level > 1),
                int(system.functions[f"s{place}"].drills_per_year.value > 0),
            )
            for place, crew in enumerate(self.crews)
        ]
        parts = [self._part(place, more, bool(tool), bool(drill)) for place, (more, tool, drill) in enumerate(at)]
        mean = np.sum(parts, axis=0)
        shape = (replications, len(mean))
        common = generator(seed, "stations").normal(size=shape)
        own = generator(seed, "stations", str(at)).normal(size=shape)
        noise = np.exp(self._noise * (common + own) / math.sqrt(2.0) - self._noise**2 / 2.0)
        return Sample(self.keys, mean * noise, events=_EVENTS * replications)

    def confirm(self, system: WorkSystem, *, design: str, seed: int, replications: int) -> tuple[Sample, Forecast]:
        """Return a sample and its forecast."""
        sample = self.sample(system, seed=seed, replications=replications)
        half = 1.96 * sample.values.std(axis=0, ddof=1) / math.sqrt(replications)
        mean = sample.values.mean(axis=0)
        return sample, Forecast(
            id=f"forecast-{design}", design=design, system_hash=system.hash, weeks=1, replications=replications,
            seed=seed,
            indicators=tuple(
                IndicatorForecast(
                    id=key.id, name=key.id, column=key.column, better=key.better,
                    estimate=Estimate(value=mean[i], low=mean[i] - half[i], high=mean[i] + half[i], unit=key.unit,
                                      footing="assumed"),
                )
                for i, key in enumerate(sample.keys)
            ),
        )  # fmt: skip
