"""How near does the search come to fronts that are known exactly, and does it believe too much of what it found?

One JSON object a line for each figure on stdout, a table for people on stderr; exits 1 when a bar is missed.

    .venv/bin/python benchmarks/alignment.py [--seeds 10] [--budget 4000]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

import numpy as np
from pymoo.indicators.igd_plus import IGDPlus

from longwall.alignment import Budget, Sample, load_objectives, search
from longwall.alignment.explore import Archive, explore
from longwall.alignment.fronts import first_rank, hypervolume
from longwall.alignment.known_fronts import Stations
from longwall.alignment.objectives import Ledger, Scales
from longwall.alignment.space import Space
from longwall.alignment.trials import Trials
from longwall.worksystem import apply


def known_front(stations: Stations, seed: int, budget: int) -> tuple[float, float]:
    """Return the share of the true hypervolume that the front found dominates, and IGD+ in the unit cube."""
    trials = Trials(stations.system, stations.interventions, stations, apply, seed=seed, threads=1)
    trials.try_all([((), 3)])
    scales = Scales(load_objectives(), trials.sample(()))
    ledger = Ledger(stations.interventions, 52)
    archive = explore(Archive(trials, scales, ledger, Space(stations.interventions)), budget=budget, seed=seed)
    sets, means = stations.designs()
    keys = trials.sample(()).keys
    losses = scales.losses(Sample(keys, means), Sample(keys, np.repeat(means[:1], len(means), axis=0)))
    points = np.column_stack([losses, [ledger.of(one)[0] for one in sets]])
    place = {one: row for row, one in enumerate(sets)}
    front = points[first_rank(points)]
    low, span = front.min(axis=0), front.max(axis=0) - front.min(axis=0)
    found = points[[place[one] for one in archive.front()]]
    reference = low + 1.1 * span
    share = hypervolume(found, reference) / hypervolume(front, reference)
    return share, float(IGDPlus((front - low) / span)((found - low) / span))


def claimed_minus_true(seed: int, budget: int) -> float:
    """Return how much hypervolume the returned figures claim beyond the exact ones of the same designs, as a share."""
    stations = Stations()
    found = search(
        stations.system, stations.interventions, seed=seed, simulator=stations, threads=1,
        budget=Budget(search=budget, fresh=200, draws=2, draw_replications=2),
    )  # fmt: skip
    exact = Stations(noise=0.0)
    today = exact.sample(exact.system, seed=0, replications=2).values[0]
    claimed, true = [], []
    for design, point in zip(found.designs, found.points[1:], strict=True):
        system = apply(exact.system, found.chosen(design.id))
        gap = exact.sample(system, seed=0, replications=2).values[0] - today
        social = 2 * gap[1] / found.scales["high_load_share"] - 2 * gap[2] / found.scales["skill_reserve"]
        claimed.append([point.technical.value, point.social.value, point.cost])
        true.append([gap[0] / found.scales["lead_time_h"], social / 4, point.cost])
    both = np.array([claimed, true])
    low, high = both[1].min(axis=0), both[1].max(axis=0)
    reference = low + 1.1 * (high - low)
    return hypervolume(both[0], reference) / hypervolume(both[1], reference) - 1.0


def line(name: str, values: Sequence[float], bar: float, holds: bool) -> bool:
    """Print one figure: the median with the worst and the best seed."""
    figure = {
        "name": name, "value": round(float(np.median(values)), 4), "low": round(min(values), 4),
        "high": round(max(values), 4), "bar": bar, "holds": holds,
    }  # fmt: skip
    print(json.dumps(figure))
    print(f"{name:44} {figure['value']:>8} ({figure['low']} to {figure['high']})  bar {bar}", file=sys.stderr)
    return holds


def main() -> int:
    """Run all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--budget", type=int, default=4000)
    chosen = parser.parse_args()
    three = [known_front(Stations(), seed, chosen.budget) for seed in range(chosen.seeds)]
    shares, distances = [share for share, _ in three], [distance for _, distance in three]
    curse = [claimed_minus_true(seed, chosen.budget // 2) for seed in range(chosen.seeds)]
    good = [
        line("front_three_stations_hypervolume_share", shares, 0.95, float(np.median(shares)) >= 0.95),
        line("front_three_stations_igd_plus", distances, 0.05, float(np.median(distances)) <= 0.05),
        line("claimed_minus_true_hypervolume", curse, 0.03, abs(float(np.median(curse))) <= 0.03),
    ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
