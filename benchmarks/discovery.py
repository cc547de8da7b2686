"""How well does discovery forecast weeks that it has not seen? Eight real logs, split by start, beside the last period.

    python benchmarks/discovery.py [--logs helpdesk,loan_application] [--runs 10] [--data ../shared/data/logs]

For each log and each of five distances it prints the ratio of ours to the control (the last period again), lower is
better, with the bounds of a 95% interval and the one-sided Welch tests: *better* (p < .01) and *worse by more than 10%*
(p < .01). The two figures that must hold count them over all cells. Where the package log-distance-measures is
installed, the five distances are checked against it first, to 1e-9.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import ttest_ind

from longwall import streams
from longwall.discovery import (
    DISTANCES,
    Forecaster,
    Trace,
    choose,
    discover,
    distances,
    last_period_again,
    split_by_start,
)
from longwall.evidence import Log, ingest, read_log

LOGS = {
    "loan_application": "csv.gz",
    "production": "csv.gz",
    "p2p": "csv.gz",
    "receipt": "csv.gz",
    "bpic2013_open_problems": "xes.gz",
    "bpic2013_closed_problems": "xes.gz",
    "helpdesk": "xes.gz",
    "bpic2012": "xes.gz",
}
FINISHED_ONLY = ("bpic2013_closed_problems",)
COMPLETE_ONLY = ("bpic2012",)
"""Logs compared on the ends of events only, as the published figures are."""


def read(name: str, folder: Path, work: Path) -> Log:
    """A log as evidence reads it, without any mapping made by hand."""
    ingest(folder / f"{name}.{LOGS[name]}", work / f"{name}.duckdb", key=b"benchmarks name nobody")
    log = read_log(work / f"{name}.duckdb")
    return dataclasses.replace(log, start_h=log.end_h.copy(), starts_logged=False) if name in COMPLETE_ONLY else log


def against_package(one: Trace, two: Trace) -> float | None:
    """Largest difference from the package; None where it is not installed."""
    try:
        import pandas as pd
        from log_distance_measures import (
            absolute_event_distribution,
            circadian_event_distribution,
            cycle_time_distribution,
            n_gram_distribution,
            relative_event_distribution,
        )
        from log_distance_measures.config import AbsoluteTimestampType, EventLogIDs, discretize_to_hour
    except ImportError:
        return None

    def frame(trace: Trace) -> Any:
        monday = pd.Timestamp("2024-01-01", tz="UTC")
        start, end = (
            monday + pd.to_timedelta(np.rint(hours * 3.6e9).astype(np.int64), unit="us")
            for hours in (trace.start_h, trace.end_h)
        )
        return pd.DataFrame(
            {"case": trace.case, "activity": trace.activity, "resource": "", "start": start, "end": end}
        )

    ids = EventLogIDs(case="case", activity="activity", start_time="start", end_time="end", resource="resource")
    both = AbsoluteTimestampType.BOTH
    logs = (frame(one), ids, frame(two), ids)
    theirs = [
        n_gram_distribution.n_gram_distribution_distance(*logs, n=3),
        absolute_event_distribution.absolute_event_distribution_distance(
            *logs, discretize_type=both, discretize_event=discretize_to_hour
        ),
        circadian_event_distribution.circadian_event_distribution_distance(*logs, discretize_type=both),
        relative_event_distribution.relative_event_distribution_distance(
            *logs, discretize_type=both, discretize_event=discretize_to_hour
        ),
        cycle_time_distribution.cycle_time_distribution_distance(*logs, bin_size=pd.Timedelta(hours=1)),
    ]
    return float(np.abs(distances(one, two) - np.array(theirs)).max())


def figure(name: str, value: float, low: float, high: float, bar: float | None, holds: bool, **more: Any) -> None:
    """One JSON object on a line."""
    entry = {"name": name, "value": value, "low": low, "high": high, "bar": bar, "holds": bool(holds), **more}
    print(json.dumps(entry), flush=True)


def ratio_interval(ours: np.ndarray, control: np.ndarray) -> tuple[float, float, float]:
    """Ratio of two means with a 95% interval by the delta method."""
    a, b = ours.mean(), control.mean()
    value = a / b if b > 0 else np.inf
    spread = value * np.sqrt(
        ours.var(ddof=1) / ours.size / max(a, 1e-12) ** 2 + control.var(ddof=1) / control.size / max(b, 1e-12) ** 2
    )
    return float(value), float(max(value - 1.96 * spread, 0.0)), float(value + 1.96 * spread)


def score(name: str, log: Log, runs: int, seed: int, table: list[str]) -> tuple[int, int, int]:
    """Forecast one log; print its five figures; return cells that are better, worse, and counted."""
    known, truth, situation = split_by_start(log)
    situation = dataclasses.replace(situation, finished_only=name in FINISHED_ONLY)
    begin = time.process_time()
    choice, _ = choose(known, situation, seed=seed)
    seconds = time.process_time() - begin
    forecaster = Forecaster(known, situation)
    ours, control = [], []
    for number in range(runs):
        drawn = forecaster.draw(choice, streams.generator(0, "benchmark", number))
        again = last_period_again(known, situation, streams.generator(0, "benchmark control", number))
        if number == 0 and log.case.size < 30_000:
            gap = against_package(truth, drawn)
            if gap is not None:
                figure(f"{name}.distances_against_package", gap, gap, gap, 1e-9, gap <= 1e-9)
        ours.append(distances(truth, drawn))
        control.append(distances(truth, again))
    mine, base = np.stack(ours), np.stack(control)
    better = worse = 0
    cells = []
    for k, distance in enumerate(DISTANCES):
        p_better = float(ttest_ind(mine[:, k], base[:, k], equal_var=False, alternative="less").pvalue)
        p_worse = float(ttest_ind(mine[:, k], 1.1 * base[:, k], equal_var=False, alternative="greater").pvalue)
        value, low, high = ratio_interval(mine[:, k], base[:, k])
        better += p_better < 0.01
        worse += p_worse < 0.01
        figure(
            f"{name}.start.{distance}", value, low, high, 1.1, p_worse >= 0.01, ours=float(mine[:, k].mean()),
            control=float(base[:, k].mean()), p_better=p_better, p_worse_by_tenth=p_worse,
        )  # fmt: skip
        mark = "+" if p_better < 0.01 else ("-" if p_worse < 0.01 else " ")
        cells.append(f"{mine[:, k].mean():9.3f}/{base[:, k].mean():<9.3f}{value:5.2f}{mark}")
    table.append(f"{name:26s}" + " ".join(cells) + f"  {seconds:5.1f} s  {choice}")
    return better, worse, len(DISTANCES)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", default=",".join(LOGS))
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of the choice on earlier weeks")
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data" / "logs")
    parser.add_argument("--discover", action="store_true", help="also time the discovery of each work system")
    arguments = parser.parse_args()
    names = arguments.logs.split(",")
    table = [f"{'ours/control and ratio':26s}" + " ".join(f"{name:>25s}" for name in DISTANCES)]
    better = worse = cells = 0
    with tempfile.TemporaryDirectory() as work:
        for name in names:
            log = read(name, arguments.data, Path(work))
            found = score(name, log, arguments.runs, arguments.seed, table)
            better, worse, cells = better + found[0], worse + found[1], cells + found[2]
            if arguments.discover:
                begin = time.process_time()
                discover(log, name=name, seed=0)
                spent = time.process_time() - begin
                figure(f"{name}.discover_cpu_s", spent, spent, spent, 120.0, spent <= 120.0)
    whole = len(names) == len(LOGS)
    figure("start.cells_better", better, better, better, 16 if whole else None, better >= 16 or not whole, of=cells)
    figure("start.cells_worse", worse, worse, worse, 2 if whole else None, worse <= 2 or not whole, of=cells)
    table.append(f"better (Welch, p < .01): {better} of {cells}; worse by more than 10% (p < .01): {worse}")
    print("\n".join(table), file=sys.stderr)
    return 0 if not whole or (better >= 16 and worse <= 2) else 1


if __name__ == "__main__":
    raise SystemExit(main())
