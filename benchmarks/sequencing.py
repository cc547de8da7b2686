"""How near do orders of change come to the best one, and are they ever worse than what a simple rule gives?

Planted problems have a best order that is known exactly; others are drawn without one. One JSON object a line for each
figure on stdout, a table for people on stderr; exits 1 when a bar is missed.

    .venv/bin/python benchmarks/sequencing.py [--seeds 3] [--increments 200] [--pairs 300] [--roles 4]
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
    parser.add_argument("--increments", type=int, default=200)
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("--roles", type=int, default=4)
    chosen = parser.parse_args()
    small = planted(0, increments=70, pairs=20)
    solve(small.tasks, small.terms, seed=0)  # compiles; that is paid once for all plans
    over, ruled, gaps, seconds, worse, gap_drawn = ([] for _ in range(6))
    for seed in range(chosen.seeds):
        problem = planted(seed, increments=chosen.increments, pairs=chosen.pairs, roles=chosen.roles)
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

        tasks, terms = drawn(seed, chosen.increments, chosen.pairs, chosen.roles)
        other = solve(tasks, terms, seed=seed)
        assert other is not None
        value, _ = objective(tasks, other.start)
        best_rule = min(objective(tasks, start)[0] for start in by_rules(tasks, terms).values())
        worse.append(value / best_rule - 1.0)
        gap_drawn.append(other.gap)
    good = [
        line("planted_over_best_share", over, 0.05, max(over) <= 0.05),
        line("planted_best_rule_over_best_share", ruled, None, True),
        line("planted_gap_claimed_share", gaps, None, True),
        line("seconds_on_two_cores", seconds, 60, max(seconds) <= 60),
        line("drawn_against_best_rule_share", worse, 0.0, max(worse) <= 0.0),
        line("drawn_gap_claimed_share", gap_drawn, None, True),
    ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
