"""Known fronts to measure a search: stations of two sizes, a mistaken model of them, the exact front of sums."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.exploring.fronts import first_rank
from longwall.alignment.known.stations import Stations
from longwall.alignment.trials import Chosen
from longwall.streams import generator
from longwall.worksystem import WorkSystem

__all__ = ["MistakenStations", "front_of_sums", "six_stations", "three_stations"]


class MistakenStations(Stations):
    """Stations together with an analytic model of them that is wrong, as such models are.

    Parameters
    ----------
    stations : Stations
        The truth.
    seed : int
        Of what the model mistakes: rates by up to 15% either way, patience by a factor of up to 1.5 either way.
    """

    def __init__(self, stations: Stations, seed: int) -> None:
        super().__init__(
            stations.crews, stations.arrivals_per_week, stations.work_h, stations.most_more, stations.noise,
            stations.patience_h, stations.drills,
        )  # fmt: skip
        luck = generator(seed, "stations", "mistaken").uniform(-1.0, 1.0, size=(2, len(stations.crews)))
        self.believed = Stations(
            stations.crews, stations.arrivals_per_week,
            tuple(float(h * (1.0 + 0.15 * x)) for h, x in zip(stations.work_h, luck[0], strict=True)),
            stations.most_more, 0.0,
            tuple(float(h * 1.5**x) for h, x in zip(stations.patience_h, luck[1], strict=False)),
            stations.drills,
        )  # fmt: skip

    def approximation(self, today: WorkSystem, parts: Mapping[str, WorkSystem]) -> _Believed:
        """Return the mistaken model."""
        return _Believed(self.believed)


class _Believed:
    """Means of designs as a mistaken model has them."""

    def __init__(self, believed: Stations) -> None:
        self._believed = believed
        self.keys = believed.keys

    def means(self, designs: Sequence[Chosen]) -> NDArray[np.float64]:
        """Return indicators of designs, shape (n, keys)."""
        return self._believed.means_of(designs)


def three_stations(noise: float = 1.0) -> Stations:
    """Return three stations, one with impatient customers: 21,952 designs."""
    return Stations((4, 6, 3), 500.0, (1.0, 1.7, 0.8), 6, noise, (math.inf, 6.0, math.inf), drills=True)


def six_stations(noise: float = 1.0) -> Stations:
    """Return six stations, three with impatient customers: 4.8e8 designs."""
    return Stations(
        (4, 6, 3, 8, 5, 2), 500.0, (1.0, 1.9, 0.8, 2.4, 1.4, 0.5), 6, noise,
        (math.inf, 6.0, math.inf, 4.0, 8.0, math.inf), drills=True,
    )  # fmt: skip


def front_of_sums(tables: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the front of all sums of one row from each table, without forming all sums.

    Parameters
    ----------
    tables : sequence of ndarray, shape (choices, m)
        What each choice adds to each objective; small is better.

    Returns
    -------
    ndarray, shape (n, m)
        Distinct points, sorted.

    Notes
    -----
    A sum with a dominated part is dominated by the sum with the better part, so only fronts are carried from table to
    table (dynamic programming; the Minkowski sum of fronts). Sums are rounded to 12 digits, so that equal ones meet.
    """
    front = np.zeros((1, tables[0].shape[1]))
    for table in tables:
        best = table[first_rank(table)]
        sums = np.unique(np.round((front[:, None, :] + best[None, :, :]).reshape(-1, front.shape[1]), 12), axis=0)
        front = sums[first_rank(sums)]
    return front
