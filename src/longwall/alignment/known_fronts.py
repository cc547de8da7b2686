"""Design problems whose front is known exactly, to hold a search to account: staffing and tools of M/M/c stations.

Each station has a crew and may get a fast tool. More people cost money and lower the wait and the load; the tool costs
once, lowers the wait and takes away practice. All means are closed forms, so the front is found by enumeration.
"""

from __future__ import annotations

import math
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

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
_NOISE = np.array([0.35, 0.12, 0.02])
"""Coefficient of variation of one replication, as simulated replications of a desk have it."""
_TOOL_SPEED = 1.4
_TOOL_SKILL = 0.5


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
    """

    def __init__(
        self,
        crews: tuple[int, ...] = (4, 6, 3),
        arrivals_per_week: float = 500.0,
        work_h: tuple[float, ...] = (1.0, 1.7, 0.8),
        most_more: int = 7,
        noise: float = 1.0,
    ) -> None:
        self.crews, self.arrivals_per_week, self.work_h = crews, arrivals_per_week, work_h
        self.most_more, self.noise = most_more, noise

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
        return tuple(found)

    def means(self, crews: NDArray[np.int64], tools: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return exact lead time [h], share of time under high load and skill reserve of designs.

        Parameters
        ----------
        crews : ndarray of int, shape (n, stations)
        tools : ndarray of bool, shape (n, stations)

        Returns
        -------
        ndarray, shape (n, 3)
        """
        per_h = self.arrivals_per_week / 168.0
        lead, load = np.zeros(len(crews)), np.zeros(len(crews))
        for place, hours in enumerate(self.work_h):
            for crew, tool in {(int(c), bool(t)) for c, t in zip(crews[:, place], tools[:, place], strict=True)}:
                rows = (crews[:, place] == crew) & (tools[:, place] == tool)
                service_h = hours / _TOOL_SPEED if tool else hours
                delayed = delayed_share(per_h * service_h, crew)
                lead[rows] += service_h + delayed * service_h / (crew - per_h * service_h)
                load[rows] += delayed / len(self.work_h)
        reserve = 1.0 - (1.0 - _TOOL_SKILL) * tools.mean(axis=1)
        return np.stack([lead, load, reserve], axis=1)

    def designs(self) -> tuple[list[Chosen], NDArray[np.float64]]:
        """Return every design with its exact indicators, today first."""
        choices = [
            [(f"staff.s{place}.{more}",) if more else () for more in range(self.most_more + 1)]
            for place in range(len(self.crews))
        ]
        tools = [[(), (f"tool.s{place}",)] for place in range(len(self.crews))]
        order = {change.id: place for place, change in enumerate(self.interventions)}
        sets: list[Chosen] = []
        rows: list[tuple[int, ...]] = []
        for combination in product(*choices, *tools):
            sets.append(tuple(sorted((name for part in combination for name in part), key=order.__getitem__)))
            stations = len(self.crews)
            more = [int(part[0].rsplit(".", 1)[1]) if part else 0 for part in combination[:stations]]
            rows.append(
                (*(c + m for c, m in zip(self.crews, more, strict=True)), *(len(p) for p in combination[stations:]))
            )
        table = np.array(rows)
        stations = len(self.crews)
        return sets, self.means(table[:, :stations], table[:, stations:].astype(np.bool_))

    def sample(self, system: WorkSystem, *, seed: int, replications: int) -> Sample:
        """Return noisy replications: half of the luck is common to all designs, half a design's own."""
        crews = np.array([[system.roles[f"crew-s{place}"].head_count for place in range(len(self.crews))]])
        tools = np.array([[system.functions[f"s{p}"].allocation.level > 1 for p in range(len(self.crews))]])
        mean = self.means(crews, tools)[0]
        shape = (replications, len(mean))
        common = generator(seed, "stations").normal(size=shape)
        own = generator(seed, "stations", str(crews), str(tools)).normal(size=shape)
        sigma = self.noise * _NOISE
        noise = np.exp(sigma * (common + own) / math.sqrt(2.0) - sigma**2 / 2.0)
        return Sample(_KEYS, mean * noise)

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


def delayed_share(offered: float, servers: int) -> float:
    """Return the probability that an arrival at an M/M/c station waits (Erlang C).

    Parameters
    ----------
    offered : float
        Arrival rate times mean service time [erlang], below `servers`.
    servers : int

    References
    ----------
    Erlang 1917; by the stable recursion of the Erlang B formula.
    """
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = offered * blocked / (server + offered * blocked)
    return blocked / (1.0 - (offered / servers) * (1.0 - blocked))
