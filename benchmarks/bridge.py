"""One desk in SimPy, in Ciw and in Longwall: do they agree? One JSON object a line, a table on stderr, exit 1 if not.

    python benchmarks/bridge.py [--replications 20]

Run it where SimPy and Ciw are installed: `pip install -e '.[benchmarks]'`. The code of the three is the code of
`docs/how-to/from-simpy-and-ciw.md`, word for word; a test holds them together.

bridge_NUMBER_PEER     the difference to Longwall as a share of the peer's mean, with its 95% interval; holds where the
                       interval reaches to zero or lies inside the bar, and is no wider than the bar
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import random
import statistics
import sys
import time
from types import SimpleNamespace

import ciw
import numpy as np
import simpy
from scipy.stats import t as student

from longwall.simulation import Scenario, run
from longwall.worksystem import WorkSystem

KINDS = {"urgent": (0, 1.5, 1.0), "normal": (1, 4.5, 3.0)}  # priority, arrivals per hour, mean patience in hours
WARM_UP_H, END_H = 168.0, 9 * 168.0


def measured(left):
    """Return the two numbers of each kind from what left: kind, when, hours here, whether completed."""
    numbers = {}
    for kind in KINDS:
        seen = [(hours, done) for k, at, hours, done in left if k == kind and WARM_UP_H <= at < END_H]
        served = [hours for hours, done in seen if done]
        numbers[f"{kind}: abandoned"] = 1 - len(served) / len(seen)
        numbers[f"{kind}: lead time, h"] = sum(served) / len(served)
    return numbers


def simpy_desk(seed):
    dice, order = random.Random(seed), itertools.count()
    env, left = simpy.Environment(), []
    front, second = simpy.PriorityStore(env), simpy.PriorityStore(env)

    def agent(line, mean_h, over):
        while not over.processed:
            call = line.get()
            yield call | over
            if not call.triggered:
                call.cancel()
                return
            ticket = call.value.item
            if ticket.waiting:
                ticket.begun.succeed()
                yield env.timeout(dice.expovariate(1 / mean_h))
                ticket.done.succeed()

    def shift(people, begins_h, lasts_h):
        yield env.timeout(begins_h)
        while True:
            over = env.timeout(lasts_h)
            for _ in range(people):
                env.process(agent(front, 0.5, over))
            yield env.timeout(24)

    def item(kind, priority, patience_h):
        came = env.now
        for line in [front, second] if dice.random() < 0.3 else [front]:
            ticket = SimpleNamespace(waiting=True, begun=env.event(), done=env.event())
            line.put(simpy.PriorityItem((priority, next(order)), ticket))
            yield ticket.begun | env.timeout(dice.expovariate(1 / patience_h))
            if not ticket.begun.triggered:
                ticket.waiting = False
                left.append((kind, env.now, env.now - came, False))
                return
            yield ticket.done
        left.append((kind, env.now, env.now - came, True))

    def arrivals(kind, priority, per_h, patience_h):
        while True:
            yield env.timeout(dice.expovariate(per_h))
            env.process(item(kind, priority, patience_h))

    env.process(shift(5, 8, 12))
    env.process(shift(2, 20, 12))
    for _ in range(3):
        env.process(agent(second, 1.5, env.event()))
    for kind, settings in KINDS.items():
        env.process(arrivals(kind, *settings))
    env.run(until=END_H)
    return measured(left)


def ciw_desk(seed):
    exponential = ciw.dists.Exponential
    network = ciw.create_network(
        arrival_distributions={k: [exponential(per_h), None] for k, (_, per_h, _) in KINDS.items()},
        service_distributions={k: [exponential(1 / 0.5), exponential(1 / 1.5)] for k in KINDS},
        reneging_time_distributions={k: [exponential(1 / hours)] * 2 for k, (_, _, hours) in KINDS.items()},
        routing={k: [[0.0, 0.3], [0.0, 0.0]] for k in KINDS},
        number_of_servers=[ciw.Schedule(numbers_of_servers=[5, 2], shift_end_dates=[12, 24], offset=8.0), 3],
        priority_classes={k: priority for k, (priority, _, _) in KINDS.items()},
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(END_H)
    records = simulation.get_all_records()
    came = {r.id_number: r.arrival_date for r in records if r.node == 1}
    left = [
        (r.customer_class, r.exit_date, r.exit_date - came[r.id_number], r.record_type == "service")
        for r in records
        if r.destination == -1 or r.record_type == "renege"
    ]
    return measured(left)


desk = WorkSystem.model_validate(
    {
        "id": "desk",
        "social": {
            "teams": [{"id": "front"}, {"id": "second"}],
            "roles": [
                {
                    "id": "agent",
                    "team": "front",
                    "shifts": [
                        {"people": 5, "hours": "mon-sun 08:00-20:00"},
                        {"people": 2, "hours": "mon-sun 20:00-08:00"},
                    ],
                },
                {"id": "specialist", "team": "second", "shifts": [{"people": 3, "hours": "always"}]},
            ],
        },
        "work": {
            "demand": [
                {"id": "urgent", "per_week": 1.5 * 168, "priority": 0, "patience_h": "1 h"},
                {"id": "normal", "per_week": 4.5 * 168, "priority": 1, "patience_h": "3 h"},
            ],
            "functions": [
                {"id": "answer", "work_h": "30 min", "roles": ["agent"]},
                {"id": "solve", "work_h": "90 min", "roles": ["specialist"]},
            ],
            "routes": [
                {"source": "start", "target": "answer"},
                {"source": "answer", "target": "solve", "probability": 0.3},
                {"source": "answer", "target": "end", "probability": 0.7},
                {"source": "solve", "target": "end"},
            ],
        },
    }
)
runs = run(Scenario(system=desk, weeks=8, warm_up_weeks=1, replications=20))
forecast = runs.forecast()


def longwall_desk(replications):
    """Return the same numbers of every replication."""
    many = run(Scenario(system=desk, weeks=8, warm_up_weeks=1, replications=replications))
    columns = {"abandoned": "abandoned_share", "lead time, h": "lead_time_h"}
    return {
        f"{kind}: {name}": many.column(column, f"demand:{kind}") for kind in KINDS for name, column in columns.items()
    }


def interval(sample) -> tuple[float, float]:
    """Return mean and half the width of its 95% t interval."""
    n = len(sample)
    return float(np.mean(sample)), float(student.ppf(0.975, n - 1) * np.std(sample, ddof=1) / math.sqrt(n))


def told(sample) -> str:
    mean, half = interval(sample)
    return f"{mean:.4f} ({mean - half:.4f} to {mean + half:.4f})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=20)
    replications = parser.parse_args().replications
    peers = {}
    for name, desk_of in (("simpy", simpy_desk), ("ciw", ciw_desk)):
        begin = time.process_time()
        rows = [desk_of(seed) for seed in range(replications)]
        print(f"{name:9s} {time.process_time() - begin:6.2f} s for {replications} replications", file=sys.stderr)
        peers[name] = {key: [row[key] for row in rows] for key in rows[0]}
    longwall_desk(2)
    begin = time.process_time()
    longwall_desk(replications)
    print(f"{'longwall':9s} {time.process_time() - begin:6.2f} s", file=sys.stderr)
    ours = longwall_desk(10 * replications)
    good = True
    for key, mine in ours.items():
        print(f"{key:22s} longwall {told(mine[:replications])}", file=sys.stderr)
        for name, theirs in peers.items():
            print(f"{'':22s} {name:8s} {told(theirs[key])}", file=sys.stderr)
            peer = statistics.fmean(theirs[key])
            gap = (float(mine.mean()) - peer) / peer
            error = math.sqrt(mine.var(ddof=1) / len(mine) + np.var(theirs[key], ddof=1) / len(theirs[key])) / peer
            half = float(student.ppf(0.975, len(theirs[key]) - 1)) * error
            bar = 0.05
            holds = half <= bar and abs(gap) <= max(half, bar - half)
            good &= holds
            figure = {
                "name": f"bridge_{key.split(':')[0]}_{'abandoned' if 'abandoned' in key else 'lead_time'}_{name}",
                "value": float(f"{gap:.4g}"), "low": float(f"{gap - half:.4g}"), "high": float(f"{gap + half:.4g}"),
                "bar": bar, "holds": holds,
            }  # fmt: skip
            print(json.dumps(figure), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
