"""Do the 95% intervals of a discovered work system hold the truth? Logs of a known system, discovered again and again.

    python benchmarks/model_coverage.py [--logs 100] [--seed 0]

A desk of three steps with a choice, six people to a role and enough of them is simulated; starts are logged. For the
weekly rate, the mean work of each function and the share of each route it prints how often the interval held the truth,
over all logs, with the bounds of a 95% score interval. The bar is 90%: 95% less what a hundred logs can show.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from longwall.discovery import discover
from longwall.evidence import ingest, read_log
from longwall.simulation import Scenario, simulate_log
from longwall.stats import share_interval
from longwall.worksystem import WorkSystem

BAR = 0.90
WORK_H = {"open": 0.25, "solve": 1.0, "ask": 0.5, "close": 0.2}
SHARE = {("open", "solve"): 0.7, ("open", "ask"): 0.3}
PER_WEEK = 120.0


def truth() -> WorkSystem:
    """The system that leaves the logs behind."""
    role = {"open": "clerk", "solve": "expert", "ask": "expert", "close": "clerk"}
    routes = [("start", "open", 1.0), ("solve", "close", 1.0), ("ask", "close", 1.0), ("close", "end", 1.0)]
    routes += [(source, target, share) for (source, target), share in SHARE.items()]
    crew = [{"people": 6, "hours": "mon-fri 08:00-17:00"}]
    return WorkSystem.model_validate(
        {
            "id": "desk",
            "social": {
                "teams": [{"id": "clerks"}, {"id": "experts"}],
                "roles": [
                    {"id": "clerk", "team": "clerks", "shifts": crew},
                    {"id": "expert", "team": "experts", "shifts": crew},
                ],
            },
            "work": {
                "demand": [{"id": "item", "per_week": PER_WEEK, "profile": {"mon-fri": [0] * 8 + [1] * 6 + [0] * 10}}],
                "functions": [
                    {"id": name, "work_h": {"shape": "lognormal", "mean_h": hours, "cv": 1.0}, "roles": [role[name]]}
                    for name, hours in WORK_H.items()
                ],
                "routes": [{"source": s, "target": t, "probability": p} for s, t, p in routes],
            },
        }
    )


def hits(system: WorkSystem, seed: int, folder: Path) -> dict[str, list[bool]]:
    """Whether each interval of one discovered system holds the truth."""
    file, store = folder / f"{seed}.csv", folder / f"{seed}.duckdb"
    scenario = Scenario(system=system, weeks=26, warm_up_weeks=1, replications=2, seed=seed, begins="2024-01-01")
    simulate_log(scenario).select("case", "activity", "resource", "team", "start", "end").write_csv(file)
    ingest(file, store, key=b"benchmarks name nobody")
    found = discover(read_log(store), name="Desk", seed=0, overrides={"rounds": 0}).system
    rate = [demand.per_week for demand in found.work.demand]
    out: dict[str, list[bool]] = {"rate": [], "work": [], "share": []}
    low, high = sum(one.low or 0.0 for one in rate), sum(one.high or 0.0 for one in rate)
    out["rate"].append(low <= PER_WEEK <= high)
    for name, hours in WORK_H.items():
        work = found.functions[name].work_h
        out["work"].append((work.low_h or 0.0) <= hours <= (work.high_h or 0.0))
    for route in found.work.routes:
        share = SHARE.get((route.source, route.target))
        if share is not None and not route.after and route.demand is None:
            out["share"].append((route.probability.low or 0.0) <= share <= (route.probability.high or 0.0))
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--logs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    counted: dict[str, list[bool]] = {"rate": [], "work": [], "share": []}
    system = truth()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(given.logs):
            for kind, held in hits(system, given.seed + number, Path(folder)).items():
                counted[kind] += held
    missed = False
    for kind, held in counted.items():
        low, high = share_interval(sum(held), len(held))
        value = sum(held) / max(len(held), 1)
        holds = value >= BAR
        missed |= not holds
        figure = {
            "name": f"model_coverage.{kind}",
            "value": value,
            "low": low,
            "high": high,
            "bar": BAR,
            "holds": holds,
        }
        print(json.dumps(figure), flush=True)
        print(f"{kind:8s} {sum(held):5d} of {len(held):5d}", file=sys.stderr)
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
