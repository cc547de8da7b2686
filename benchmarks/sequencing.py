"""How near do orders of change come to the best one, and are they ever worse than what a simple rule gives?

Planted problems have a best order that is known exactly; others are drawn without one. One JSON object a line for each
figure on stdout, a table for people on stderr; exits 1 when a bar is missed.

    .venv/bin/python benchmarks/sequencing.py [--seeds 10] [--first 10] [--only planted]

The numbers of the search were chosen on seeds 100 to 102.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence

from longwall.implementation.known_orders import planted
from longwall.implementation.plans import Freeze, Release
from longwall.implementation.priority import by_rules
from longwall.implementation.schedule import solve
from longwall.implementation.tasks import Task, Terms, objective
from longwall.streams import generator

CORES = 2
"""The seconds of processors that the bar allows are those of two cores."""


def drawn(seed: int, increments: int, pairs: int, roles: int) -> tuple[list[Task], Terms]:
    """Return a problem as plans are, without a known best order: money over time, freezes, few changes at once."""
    random = generator(seed, "drawn order")
    names = [f"r{role}" for role in range(roles)]
    tasks = []
    for place in range(increments):
        work, pilot = int(random.integers(1, 9)), bool(random.random() < 0.6)
        spans = ((0, work), (work + 4, work)) if pilot else ((0, work),)
        concerned = tuple(sorted(random.choice(names, size=int(random.integers(1, 3)), replace=False).tolist()))
        tasks.append(
            Task(
                id=f"t{place:03d}", weeks=spans[-1][0] + work + (0 if pilot else 4), work=spans,
                cost=int(random.integers(0, 20_000)), weight=int(random.integers(1, 130)), roles=concerned,
                load=dict.fromkeys(concerned, round(float(random.uniform(0.1, 2.0)), 2)),
            )
        )  # fmt: skip
    wanted: set[tuple[int, int]] = set()
    while len(wanted) < pairs:
        one, other = sorted(random.choice(increments, size=2, replace=False).tolist())
        wanted.add((one, other))
    total = sum(task.cost for task in tasks)
    return tasks, Terms(
        pairs=tuple((tasks[one].id, tasks[other].id) for one, other in sorted(wanted)),
        releases=tuple(Release(week=13 * quarter, amount=total // 10 + 1) for quarter in range(10)),
        people_load=dict.fromkeys(names, 8.0), changes_at_once=8,
        freezes=(Freeze(first_week=24, last_week=26), Freeze(first_week=76, last_week=78)),
    )  # fmt: skip


def line(name: str, values: Sequence[float], bar: float | None, holds: bool) -> bool:
    """Print one figure: the median with the best and the worst seed."""
    figure = {
        "name": name, "value": round(statistics.median(values), 4), "low": round(min(values), 4),
        "high": round(max(values), 4), "bar": bar, "holds": holds,
    }  # fmt: skip
    print(json.dumps(figure), flush=True)
    print(f"{name:44} {figure['value']:>8} ({figure['low']} to {figure['high']})  bar {bar}", file=sys.stderr)
    return holds


def main() -> int:
    """Run all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", choices=("planted", "drawn"))
    parser.add_argument("--increments", type=int, default=200)
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("--roles", type=int, default=4)
    chosen = parser.parse_args()
    small = planted(0, increments=70, pairs=20)
    solve(small.tasks, small.terms, seed=0)  # compiles; that is paid once for all plans
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    size = (chosen.increments, chosen.pairs, chosen.roles)
    good = []
    if chosen.only != "drawn":
        good += planted_figures(seeds, *size)
    if chosen.only != "planted":
        good += drawn_figures(seeds, *size)
    return 0 if all(good) else 1


def planted_figures(seeds: Sequence[int], increments: int, pairs: int, roles: int) -> list[bool]:
    """Hold orders against the best one, which is known; one line a seed for people."""
    over, ruled, gaps, seconds = ([] for _ in range(4))
    for seed in seeds:
        problem = planted(seed, increments=increments, pairs=pairs, roles=roles)
        begun = time.process_time()
        found = solve(problem.tasks, problem.terms, seed=seed)
        seconds.append((time.process_time() - begun) / CORES)
        assert found is not None
        value, _ = objective(problem.tasks, found.start)
        best_rule = min(objective(problem.tasks, start)[0] for start in by_rules(problem.tasks, problem.terms).values())
        over.append(value / problem.best - 1.0)
        ruled.append(best_rule / problem.best - 1.0)
        gaps.append(found.gap)
        assert value * (1 - found.gap) <= problem.best * (1 + 1e-6), "the bound lies above the best order"
        said = f"{over[-1]:.2%} over the best order, best rule {ruled[-1]:.2%}, gap claimed {gaps[-1]:.2%}"
        print(f"planted {seed}: {said}, {seconds[-1]:.0f} s", file=sys.stderr, flush=True)
    return [
        line("planted_over_best_share", over, 0.05, max(over) <= 0.05),
        line("planted_best_rule_over_best_share", ruled, None, True),
        line("planted_gap_claimed_share", gaps, None, True),
        line("seconds_on_two_cores", seconds, 60, max(seconds) <= 60),
    ]


def drawn_figures(seeds: Sequence[int], increments: int, pairs: int, roles: int) -> list[bool]:
    """Hold orders against the best rule where no best order is known; one line a seed for people."""
    worse, gaps, seconds = ([] for _ in range(3))
    for seed in seeds:
        tasks, terms = drawn(seed, increments, pairs, roles)
        begun = time.process_time()
        found = solve(tasks, terms, seed=seed)
        seconds.append((time.process_time() - begun) / CORES)
        assert found is not None
        value, _ = objective(tasks, found.start)
        best_rule = min(objective(tasks, start)[0] for start in by_rules(tasks, terms).values())
        worse.append(value / best_rule - 1.0)
        gaps.append(found.gap)
        said = f"{worse[-1]:.2%} against the best rule, gap claimed {gaps[-1]:.2%}"
        print(f"drawn {seed}: {said}, {seconds[-1]:.0f} s", file=sys.stderr, flush=True)
    return [
        line("drawn_against_best_rule_share", worse, 0.0, max(worse) <= 0.0),
        line("drawn_gap_claimed_share", gaps, None, True),
        line("drawn_seconds_on_two_cores", seconds, 60, max(seconds) <= 60),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
