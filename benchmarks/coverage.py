"""How often 95% intervals cover what is true: one JSON object a line, a table on stderr, exit 1 if a bar is missed.

    python benchmarks/coverage.py [--studies 1000] [--replications 20] [--only NAME ...]

A study is so many replications and the t interval that `Forecast` shows; the share of studies whose interval covers the
true value must lie within 93 to 97%. The true values are exact over the horizon that is simulated, not in the long run:

present       mean number present in the first week of M/M/infinity that starts empty (5 an hour, an hour each, 40
              people): 5 (1 - (1 - exp(-168)) / 168). Offered to nobody in particular, so nothing has to settle first
wait          mean wait of M/M/5 at load 0.6, after a week of warm-up, over five weeks. The start is empty; a week is
              about 150 times what the queue needs to forget it, and what is left lies far inside the interval
difference    the same less that of M/M/6 under the same luck: the paired interval of `difference`
skewed        wait of M/M/1 at load 0.9 over two weeks, after four of warm-up: no bar. The quotient is skewed and 20
              replications are few; said here so that nobody takes 95% for granted
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable

import numpy as np
from scipy.stats import binomtest

from longwall.simulation import Scenario, run
from longwall.simulation.experiment import interval
from longwall.worksystem import WorkSystem

LEAST, MOST = 0.93, 0.97


def station(per_h: float, people: int) -> WorkSystem:
    """M/M/c with work of one hour on average."""
    return WorkSystem.model_validate(
        {
            "id": "station",
            "social": {
                "teams": [{"id": "team"}],
                "roles": [{"id": "server", "team": "team", "shifts": [{"people": people, "hours": "always"}]}],
            },
            "work": {
                "demand": [{"id": "item", "per_week": 168 * per_h}],
                "functions": [{"id": "serve", "work_h": 1.0, "roles": ["server"]}],
                "routes": [{"source": "start", "target": "serve"}, {"source": "serve", "target": "end"}],
            },
        }
    )


def erlang_c_wait_h(per_h: float, people: int) -> float:
    """Mean wait of M/M/c with work of one hour on average [h] (Erlang 1917)."""
    blocked = 1.0
    for k in range(1, people + 1):
        blocked = per_h * blocked / (k + per_h * blocked)
    return blocked / (1 - per_h / people * (1 - blocked)) / (people - per_h)


def sample(per_h: float, people: int, indicator: str, weeks: int, warm_up: int, replications: int) -> np.ndarray:
    scenario = Scenario(
        system=station(per_h, people), weeks=weeks, warm_up_weeks=warm_up, replications=replications, seed=2024
    )
    return run(scenario).column(indicator)


def present(n: int) -> tuple[np.ndarray, float]:
    return sample(5.0, 40, "backlog", 1, 0, n), 5.0 * (1 - (1 - math.exp(-168.0)) / 168.0)


def wait(n: int) -> tuple[np.ndarray, float]:
    return sample(3.0, 5, "wait_h", 5, 1, n), erlang_c_wait_h(3.0, 5)


def difference(n: int) -> tuple[np.ndarray, float]:
    five, six = (sample(3.0, people, "wait_h", 5, 1, n) for people in (5, 6))
    return five - six, erlang_c_wait_h(3.0, 5) - erlang_c_wait_h(3.0, 6)


def skewed(n: int) -> tuple[np.ndarray, float]:
    return sample(0.9, 1, "wait_h", 2, 4, n), erlang_c_wait_h(0.9, 1)


QUANTITIES: dict[str, Callable[[int], tuple[np.ndarray, float]]] = {
    "present": present, "wait": wait, "difference": difference, "skewed": skewed,
}  # fmt: skip


def covered(values: np.ndarray, truth: float, replications: int) -> int:
    """Return how many studies of so many replications each have an interval that covers the truth."""
    ends = [interval(study)[1:] for study in values.reshape(-1, replications)]
    return sum(low <= truth <= high for low, high in ends)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--only", nargs="*", default=[], choices=sorted(QUANTITIES))
    options = parser.parse_args()
    good = True
    for name, draw in QUANTITIES.items():
        if options.only and name not in options.only:
            continue
        values, truth = draw(options.studies * options.replications)
        count = covered(values, truth, options.replications)
        share = count / options.studies
        low, high = binomtest(count, options.studies).proportion_ci(method="wilson")
        bar = None if name == "skewed" else [LEAST, MOST]
        holds = bar is None or LEAST <= share <= MOST
        good &= holds
        off = (values.mean() - truth) / values.std(ddof=1) * math.sqrt(len(values))
        figure = {"name": f"coverage_{name}", "value": share, "low": round(low, 4), "high": round(high, 4), "bar": bar}
        print(json.dumps(figure | {"holds": bool(holds)}), flush=True)
        told = "no bar" if bar is None else "holds" if holds else "MISSED"
        means = f"all together {values.mean():.5f} against {truth:.5f}, z {off:+.2f}"
        print(f"{name:12s} {share:7.1%} ({low:.1%} to {high:.1%}) of studies; {means}  {told}", file=sys.stderr)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
