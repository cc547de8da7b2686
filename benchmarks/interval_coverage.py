"""How often 95% intervals cover what is true: one JSON object a line, a table on stderr, exit 1 if a bar is missed.

    python benchmarks/interval_coverage.py [--studies 1000] [--replications 20] [--only NAME ...]

A study is so many replications and the t interval that `Forecast` shows; the share of studies whose interval covers the
true value must lie within 93 to 97%. The true values are exact over the horizon that is simulated, not in the long run:

present       mean number present in the first week of M/M/infinity that starts empty (5 an hour, an hour each, 40
              people, who are never all busy): 5 (1 - (1 - exp(-168)) / 168). Nothing has to settle first
wait          mean wait of M/M/5 at load 0.6 over five weeks. The start is empty, and the week of warm-up is 40 times
              what the queue needs to forget it (1 / (sqrt(5) - sqrt(3))^2 h), so Erlang's formula is exact enough
difference    the same less that of M/M/6 under the same luck: the paired interval of `difference`
skewed        wait of M/M/1 at load 0.8 over two weeks, after six of warm-up: no bar. Over so short a time the quotient
              is skewed and 1% too low, and 20 replications are few; said here so that nobody takes 95% for granted

Batch means apart: a study is one run of 200 weeks after the warm-up, in 20 batches of ten weekly means. The truth is
the long-run mean number present.

batches       M/M/1 at load 0.6, which forgets within a day; four weeks of warm-up
batches_long  M/M/1 at load 0.95, which takes nine weeks to forget, so that batches of ten weeks are too short: no bar;
              60 weeks of warm-up. Beside it stands in how many studies the check of `batch_means` says so
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from longwall.simulation import Runs, Scenario, batch_means, run
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


@dataclass(frozen=True)
class Studies:
    """The intervals of all studies, what they should cover, and every value that went in."""

    ends: list[tuple[float, float]]
    truth: float
    values: np.ndarray
    note: str = ""

    @property
    def covered(self) -> int:
        return sum(low <= self.truth <= high for low, high in self.ends)


def played(per_h: float, people: int, weeks: int, warm_up: int, replications: int) -> Runs:
    system = station(per_h, people)
    return run(Scenario(system=system, weeks=weeks, warm_up_weeks=warm_up, replications=replications, seed=2024))


def pooled(values: np.ndarray, truth: float, replications: int) -> Studies:
    """Studies of so many replications each."""
    return Studies([interval(study)[1:] for study in values.reshape(-1, replications)], truth, values)


def present(studies: int, replications: int) -> Studies:
    values = played(5.0, 40, 1, 0, studies * replications).column("backlog")
    return pooled(values, 5.0 * (1 - (1 - math.exp(-168.0)) / 168.0), replications)


def wait(studies: int, replications: int) -> Studies:
    values = played(3.0, 5, 5, 1, studies * replications).column("wait_h")
    return pooled(values, erlang_c_wait_h(3.0, 5), replications)


def difference(studies: int, replications: int) -> Studies:
    five, six = (played(3.0, people, 5, 1, studies * replications).column("wait_h") for people in (5, 6))
    return pooled(five - six, erlang_c_wait_h(3.0, 5) - erlang_c_wait_h(3.0, 6), replications)


def skewed(studies: int, replications: int) -> Studies:
    values = played(0.8, 1, 2, 6, studies * replications).column("wait_h")
    return pooled(values, erlang_c_wait_h(0.8, 1), replications)


def batched(load: float, warm_up: int, studies: int) -> Studies:
    """One run a study: M/M/1, mean number present by week."""
    runs = played(load, 1, 200, warm_up, studies)
    [row] = [k for k, what in enumerate(runs.indicators) if (what.id, what.scope) == ("backlog", "organisation")]
    found = [batch_means(series) for series in runs.series[:, row]]
    warned = sum(not each.independent for each in found)
    note = f", {warned / studies:.0%} of the studies warned"
    return Studies([(each.low, each.high) for each in found], load / (1 - load), runs.column("backlog"), note)


def batches(studies: int, replications: int) -> Studies:
    return batched(0.6, 4, studies)


def batches_long(studies: int, replications: int) -> Studies:
    return batched(0.95, 60, studies)


QUANTITIES: dict[str, Callable[[int, int], Studies]] = {
    "present": present, "wait": wait, "difference": difference, "skewed": skewed,
    "batches": batches, "batches_long": batches_long,
}  # fmt: skip
NO_BAR = ("skewed", "batches_long")


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
        found = draw(options.studies, options.replications)
        share = found.covered / options.studies
        low, high = binomtest(found.covered, options.studies).proportion_ci(method="wilson")
        bar = None if name in NO_BAR else [LEAST, MOST]
        holds = bar is None or LEAST <= share <= MOST
        good &= holds
        mean, error = found.values.mean(), found.values.std(ddof=1) / math.sqrt(len(found.values))
        figure = {"name": f"coverage_{name}", "value": share, "low": round(low, 4), "high": round(high, 4), "bar": bar}
        print(json.dumps(figure | {"holds": bool(holds)}), flush=True)
        told = "no bar" if bar is None else "holds" if holds else "MISSED"
        means = f"all together {mean:.5f} against {found.truth:.5f}, z {(mean - found.truth) / error:+.2f}{found.note}"
        print(f"{name:12s} {share:7.1%} ({low:.1%} to {high:.1%}) of studies; {means}  {told}", file=sys.stderr)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
