"""How well does discovery forecast weeks that it has not seen? Eight real logs, split by start and by end.

    python benchmarks/discovery.py [--logs helpdesk,loan_application] [--splits start,end] [--runs 10] [--large]

Split by start: for each log and each of five distances it prints the ratio of ours to the control (the last period
again), lower is better, with the bounds of a 95% interval and the one-sided Welch tests: *better* (p < .01) and *worse
by more than 10%* (p < .01). The two figures that must hold count them over all cells. Split by end, for comparison with
published figures only: the distance itself beside its bar. Both: CPU seconds of choosing the settings and of all runs
together, and two ratios of spread, since distances to one realisation reward simulators that vary too little: weekly
arrivals (von Neumann's index of dispersion, simulated to known) and cycle times (standard deviation, simulated to known
cases recorded for as long). Where the package log-distance-measures is installed, the five distances are checked
against it first, to 1e-9.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import ttest_ind

from longwall import streams
from longwall.discovery import (
    DISTANCES,
    Forecaster,
    Situation,
    Trace,
    choose,
    discover,
    distances,
    forecast_log,
    keeps_whole_cases,
    last_period_again,
    split_by_end,
    split_by_start,
)
from longwall.discovery.dispersion import index_of_dispersion
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
BARS = {
    "loan_application": (0.08, 10.0, 0.30, 1.7, 2.7),
    "production": (0.45, 25.0, 3.0, 18.0, 22.0),
    "helpdesk": (0.21, 470.0, 3.7, 145.0, 30.0),
    "bpic2013_closed_problems": (0.11, 45.0, 2.6, 60.0, 60.0),
    "bpic2013_open_problems": (0.30, 25.0, 4.5, 9.0, 12.0),
    "receipt": (0.10, 260.0, 5.0, 13.0, 20.0),
    "p2p": (0.20, 140.0),
}
"""Split by end: NGD, AED, CED, RED, CTD that must be reached."""
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


def spread(trace: Trace) -> tuple[float, float]:
    """Index of dispersion of weekly arrivals (by differences of neighbouring weeks) and sd of cycle times [h]."""
    order = np.argsort(trace.case, kind="stable")
    first = np.flatnonzero(np.r_[True, np.diff(trace.case[order]) != 0])
    arrival = np.minimum.reduceat(trace.start_h[order], first)
    close = np.maximum.reduceat(trace.end_h[order], first)
    week = (arrival // 168).astype(int)
    counts = np.bincount(week - week.min())[1:-1].astype(float)
    uneven = index_of_dispersion(counts) if counts.size > 1 and counts.any() else np.nan
    return uneven, float((close - arrival).std())


def forecast(name: str, split: str, log: Log, runs: int, seed: int) -> tuple[np.ndarray, np.ndarray, str]:
    """Distances of our runs and of the control, shape (runs, 5) each, and a note; prints what both splits have."""
    known, truth, situation = (split_by_start if split == "start" else split_by_end)(log)
    situation = dataclasses.replace(situation, finished_only=name in FINISHED_ONLY, whole_only=keeps_whole_cases(known))
    begin = time.process_time()
    choice, _ = choose(known, situation, seed=seed)
    chosen = time.process_time() - begin
    forecaster = Forecaster(known, situation)
    drawn = [forecaster.draw(choice, streams.generator(0, "benchmark", number)) for number in range(runs)]
    spent = time.process_time() - begin
    if log.case.size < 30_000:
        gap = against_package(truth, drawn[0])
        if gap is not None:
            figure(f"{name}.{split}.distances_against_package", gap, gap, gap, 1e-9, gap <= 1e-9)
    figure(f"{name}.{split}.forecast_cpu_s", spent, spent, spent, None, True, choosing=chosen)
    again = [
        last_period_again(known, situation, streams.generator(0, "benchmark control", number)) for number in range(runs)
    ]
    past = Trace(known.case.astype(np.int64), known.activity.astype(np.int64), known.start_h, known.end_h)
    varied = ratios(name, split, drawn, past, again)
    mine, base = (np.stack([distances(truth, one) for one in logs]) for logs in (drawn, again))
    return mine, base, f"{spent:6.1f} s  {varied}  {choice.words()}"


def ratios(name: str, split: str, drawn: Sequence[Trace], past: Trace, again: Sequence[Trace]) -> str:
    """Print how much simulated logs vary beside known ones: weekly arrivals, cycle times; return both in words."""
    ours = np.array([spread(one) for one in drawn])
    known = (spread(past)[0], float(np.mean([spread(one)[1] for one in again])))
    words = []
    for k, what in enumerate(("weekly_dispersion", "cycle_time_spread")):
        seen = ours[np.isfinite(ours[:, k]), k]
        if not seen.size or not np.isfinite(known[k]):
            words.append("    ")
            continue
        simulated, low, high = (float(f(seen)) for f in (np.mean, np.min, np.max))
        over = known[k] if known[k] > 0 else np.inf
        ratio = simulated / over if np.isfinite(over) else 1.0 if simulated == 0 else np.inf
        if np.isfinite(ratio):
            figure(f"{name}.{split}.{what}_ratio", ratio, low / over, high / over, None, True, simulated=simulated,
                   known=known[k])  # fmt: skip
        words.append(f"{ratio:4.2f}" if np.isfinite(ratio) else f"{simulated:.2f}:0")
    return " ".join(words)


def by_start(name: str, mine: np.ndarray, base: np.ndarray) -> tuple[int, int, str]:
    """Print the five ratios to the control; return cells that are better and worse, and the line of the table."""
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
    return better, worse, f"{name:26s}" + " ".join(cells)


def by_end(name: str, mine: np.ndarray) -> tuple[int, int, str]:
    """Print the five distances beside their bars; return bars that are met and missed, and the line of the table."""
    met = missed = 0
    cells = []
    for k, distance in enumerate(DISTANCES):
        mean, half = float(mine[:, k].mean()), 1.96 * float(mine[:, k].std(ddof=1)) / np.sqrt(mine.shape[0])
        bar = BARS.get(name, ())[k] if k < len(BARS.get(name, ())) else None
        holds = bar is None or mean <= bar
        met += bar is not None and holds
        missed += not holds
        figure(f"{name}.end.{distance}", mean, mean - half, mean + half, bar, holds)
        mark = " " if bar is None else "+" if holds else "-"
        cells.append(f"{mean:9.3f}/{'' if bar is None else format(bar, 'g'):<9s}{mark:>6s}")
    return met, missed, f"{name:26s}" + " ".join(cells)


def large(log: Log, copies: int) -> None:
    """Forecast a log of 5 million events: copies of BPIC12, four weeks apart."""
    cases, events = log.n_cases, log.case.size
    moved = np.repeat(np.arange(copies) * 4 * 168.0, events)
    whole = dataclasses.replace(
        log, case=np.concatenate([log.case + copy * cases for copy in range(copies)]).astype(np.int32),
        activity=np.tile(log.activity, copies), resource=np.tile(log.resource, copies), team=np.tile(log.team, copies),
        start_h=np.tile(log.start_h, copies) + moved, end_h=np.tile(log.end_h, copies) + moved,
        row=np.arange(1, copies * events + 1), case_attributes={},
        offsets=np.concatenate([[0], np.add.outer(np.arange(copies) * events, log.offsets[1:]).ravel()]),
        case_labels=tuple(f"{copy}-{label}" for copy in range(copies) for label in log.case_labels),
    )  # fmt: skip
    end = float(whole.end_h.max())
    begin = time.process_time()
    forecast_log(whole, Situation(end, end + 960.0, end + 672.0, 20 * 2617), runs=10, seed=0)
    spent = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    figure("large.forecast_cpu_s", spent, spent, spent, 300.0, spent <= 300.0, events=whole.case.size)
    figure("large.peak_gb", peak, peak, peak, 4.0, peak <= 4.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", default=",".join(LOGS))
    parser.add_argument("--splits", default="start,end")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of the choice on earlier weeks")
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data" / "logs")
    parser.add_argument("--discover", action="store_true", help="also time the discovery of each work system")
    parser.add_argument("--large", action="store_true", help="also forecast a log of 5 million events")
    arguments = parser.parse_args()
    names = arguments.logs.split(",")
    counts = {"start": np.zeros(2, dtype=int), "end": np.zeros(2, dtype=int)}
    splits = arguments.splits.split(",")
    table: dict[str, list[str]] = {split: [] for split in splits}
    with tempfile.TemporaryDirectory() as work:
        for name in names:
            log = read(name, arguments.data, Path(work))
            for split in splits:
                mine, base, note = forecast(name, split, log, arguments.runs, arguments.seed)
                one, two, line = by_start(name, mine, base) if split == "start" else by_end(name, mine)
                counts[split] += (one, two)
                table[split].append(f"{line}  {note}")
            if arguments.large and name == "bpic2012":
                large(log, round(5e6 / log.case.size))
            if arguments.discover:
                begin = time.process_time()
                discover(log, name=name, seed=0)
                spent = time.process_time() - begin
                figure(f"{name}.discover_cpu_s", spent, spent, spent, 120.0, spent <= 120.0)
    whole = len(names) == len(LOGS)
    holds = True
    if "start" in splits:
        (better, worse), cells = counts["start"].tolist(), len(names) * len(DISTANCES)
        figure("start.cells_better", better, better, better, 16 if whole else None, better >= 16 or not whole, of=cells)
        figure("start.cells_worse", worse, worse, worse, 2 if whole else None, worse <= 2 or not whole, of=cells)
        table["start"].append(
            f"better (Welch, p < .01): {better} of {cells}; worse by more than 10% (p < .01): {worse}"
        )
        holds &= not whole or (better >= 16 and worse <= 2)
    if "end" in splits:
        met, missed = counts["end"].tolist()
        figure("end.bars_missed", missed, missed, missed, 0, missed == 0, of=met + missed)
        table["end"].append(f"bars met: {met} of {met + missed}")
        holds &= missed == 0
    for split in splits:
        head = "ours/control and ratio" if split == "start" else "ours/bar"
        print(f"{head + ', by ' + split:26s}" + " ".join(f"{name:>25s}" for name in DISTANCES)
              + "    CPU; simulated/known spread: weeks, cycle times; setting", file=sys.stderr)  # fmt: skip
        print("\n".join(table[split]), file=sys.stderr)
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
