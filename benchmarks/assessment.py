"""Figures of the assessment: the algebra and its speed, what is learned from traces, time on a real log.

One JSON object a line for each figure, a table for people on stderr, exit 1 when a bar is missed.

    python benchmarks/assessment.py                  # all of it, about a quarter of an hour on two cores
    python benchmarks/assessment.py --logs 10        # a quick look
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

import numpy as np

from longwall.assessment import Learned, Net, Occurrences, Range, assess, key_set, learn, membership, solve
from longwall.discovery import detect
from longwall.evidence import ingest, read_log
from longwall.stats import share_interval
from longwall.worksystem import WorkSystem

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT.parent / "shared" / "data" / "logs"
NULLS = {
    "independence": {"frailty": 0.0},
    "varying_length": {"frailty": 0.0, "lengths": "geometric"},
    "shared_difficulty": {"frailty": 0.5},
    "surge": {"frailty": 0.0, "surge": 3.0},
}
missed = False


def figure(
    name: str, value: float, bar: float, at_most: bool, low: float | None = None, high: float | None = None
) -> None:
    """Print one figure."""
    global missed
    holds = value <= bar if at_most else value >= bar
    missed |= not holds
    row = {"name": name, "value": round(value, 4), "low": low, "high": high, "bar": bar, "holds": holds}
    print(json.dumps(row), flush=True)
    print(
        f"{name:<44}{value:>10.3f}  bar {'<=' if at_most else '>='} {bar:g}  {'' if holds else 'MISSED'}",
        file=sys.stderr,
    )


def beside(name: str) -> ModuleType:
    """Load the generator that the tests use."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tests" / "assessment" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def large_net(n: int = 1000, edges: int = 8000) -> Net:
    """Mostly in flow order, with a twentieth of the edges against it."""
    luck = np.random.default_rng(0)
    pairs = np.unique(luck.integers(0, n, (edges, 2)), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    forward = luck.random(len(pairs)) < 0.95
    pairs = np.unique(np.where(forward[:, None], np.sort(pairs, axis=1), pairs), axis=0)

    def around(values: np.ndarray) -> Range:
        return Range(values, 0.7 * values, np.minimum(1.3 * values, 1.0))

    rate = luck.uniform(0, 1, n)
    return Net(
        source=pairs[:, 0], target=pairs[:, 1], p=around(luck.uniform(0, 0.2, len(pairs))), own=around(rate),
        detected=around(luck.uniform(0.3, 0.9, n)), controlled=around(luck.uniform(0.3, 0.9, n)),
        severity=luck.exponential(size=(n, 3)), harm_stays=np.zeros(n, dtype=bool),
    )  # fmt: skip


def algebra() -> None:
    """Speed of 500 draws over 1,000 variances, and the invariant."""
    net = large_net()
    solved = solve(net)
    done = (solved.rate * net.uncontrolled) @ net.severity
    gap = float(np.abs(solved.own_loss.sum(axis=0) / done - 1).max())
    figure("matrix_invariant_relative_gap", gap, 1e-9, True)
    membership(net, draws=2)
    seconds = []
    for _ in range(5):
        begin = time.process_time()
        membership(net, draws=500)
        seconds.append(time.process_time() - begin)
    figure("matrix_1000_variances_500_draws_cpu_s", float(np.median(seconds)), 1.0, True)


def small_net(luck: np.random.Generator, n: int, noise: float = 0.0) -> Net:
    """Some kinds that lead to each other in both directions, mostly in flow order; harm stays done for half of them."""
    p = np.triu(luck.uniform(0, 0.5, (n, n)), 1) * (luck.random((n, n)) < 0.4)
    p += np.tril(luck.uniform(0, 0.2, (n, n)), -1) * (luck.random((n, n)) < 0.15)
    source, target = np.nonzero(p)

    def around(values: np.ndarray, top: float) -> Range:
        return Range(values, values * (1 - 1.96 * noise), np.minimum(values * (1 + 1.96 * noise), top))

    return Net(
        source=source, target=target, p=around(p[source, target], 1.0), own=around(luck.exponential(1.0, n), np.inf),
        detected=around(luck.uniform(0.2, 0.95, n), 1.0), controlled=around(luck.uniform(0.2, 0.95, n), 1.0),
        severity=luck.exponential(1.0, (n, 3)), harm_stays=luck.random(n) < 0.5,
    )  # fmt: skip


def played_out(net: Net, start: int, times: int, luck: np.random.Generator) -> np.ndarray:
    """Loss of `times` occurrences of one kind, every one followed to its end, generation by generation."""
    counts = np.zeros((times, net.size), dtype=np.int64)
    counts[:, start] = 1
    loss = np.zeros(times)
    while counts.any():
        seen = luck.binomial(counts, net.detected.value)
        left = counts - luck.binomial(seen, net.controlled.value)
        loss += np.where(net.harm_stays, counts, left) @ net.severity[:, 0]
        counts = np.zeros_like(counts)
        for i, j, p in zip(net.source, net.target, net.p.value, strict=True):
            counts[:, j] += luck.binomial(left[:, i], p)
    return loss


def brute_force(nets: int = 4, pilots: int = 50_000, block: int = 200_000) -> None:
    """The losses of the algebra against playing every occurrence out."""
    worst = widest = 0.0
    for seed in range(nets):
        luck = np.random.default_rng([seed, 77])
        net = small_net(luck, 6)
        solved = solve(net)
        for start in range(net.size):
            pilot = played_out(net, start, pilots, luck)  # says how many it takes; is not counted itself
            times = int(np.ceil((pilot.std() / pilot.mean() / 0.0027) ** 2))
            loss = np.concatenate(
                [played_out(net, start, min(block, times - at), luck) for at in range(0, times, block)]
            )
            error = float(loss.std() / np.sqrt(times))
            exact = float(solved.own_loss[start, 0] / net.own.value[start])
            worst = max(worst, abs(float(loss.mean()) - exact) / max(error, 1e-12))
            widest = max(widest, error / max(float(loss.mean()), 1e-12))
    figure("algebra_worst_gap_in_standard_errors", worst, 3.5, True)
    figure("algebra_widest_relative_standard_error", widest, 0.003, True)


def core_under_noise(nets: int = 60, noisy: int = 40) -> None:
    """How often what is called core is in the key set again when every number moves by a tenth (standard deviation)."""
    kept = []
    for seed in range(nets):
        luck = np.random.default_rng([seed, 78])
        net = small_net(luck, 10, noise=0.1)
        core = membership(net, draws=500, seed=seed).share[:, 0] >= 0.9
        for _ in range(noisy):
            moved = {
                name: Range.exact(np.minimum(r.value * np.exp(luck.normal(0, 0.1, r.value.size)), top))
                for name, r, top in (("p", net.p, 1.0), ("own", net.own, np.inf),
                                     ("detected", net.detected, 1.0), ("controlled", net.controlled, 1.0))
            }  # fmt: skip
            kept.append(key_set(solve(Net(**{**net.__dict__, **moved})).own_loss[:, 0])[core].mean())
    share, spread = float(np.mean(kept)), float(np.std(kept) / np.sqrt(len(kept)))
    figure("core_membership_holds_under_10pct_noise", share, 0.95, False, share - 1.96 * spread, share + 1.96 * spread)


def learned(world: object) -> Learned:
    """Learn from a planted world."""
    w = world
    return learn(Occurrences(w.case, w.step, w.kind, w.case_steps, w.stratum, 10))  # type: ignore[attr-defined]


def propagation(planted: ModuleType, logs: int) -> None:
    """F1 and bias with planted effects, false claims without."""
    for cases, bar, worlds, delays in (
        (5000, 0.95, max(2, logs // 10), "short"), (500, 0.85, max(4, logs // 4), "short"),
        (5000, 0.95, max(2, logs // 20), "long"), (500, 0.85, max(4, logs // 4), "long"),
    ):  # fmt: skip
        name = "" if delays == "short" else "_long_delays"
        scores, errors, inside = [], [], []
        for seed in range(7000, 7000 + worlds):
            p = planted.planted_effects(np.random.default_rng(seed))
            world = planted.traces(seed, cases, p, delays=delays)
            result = learned(world)
            # Bars speak of effects with at least 250 occurrences of the source.
            enough = (
                np.repeat((result.support >= 250)[:, None], 10, axis=1)
                if cases > 500
                else np.ones((10, 10), dtype=bool)
            )
            truth = (p > 0) & enough
            found = result.claimed & enough  # a claim is one, whether its direction is shown or not
            scores.append(2 * (found & truth).sum() / max(found.sum() + truth.sum(), 1))
            errors.append(((result.p - world.landed)[truth] / world.landed[truth]).mean())
            inside.append(((result.low <= world.landed) & (world.landed <= result.high))[truth].mean())
        spread = float(np.std(scores) / np.sqrt(len(scores)))
        mean = float(np.mean(scores))
        figure(f"propagation_f1_{cases}_cases{name}", mean, bar, False, mean - 1.96 * spread, mean + 1.96 * spread)
        if cases == 5000:
            figure(f"propagation_relative_bias_5000_cases{name}", abs(float(np.mean(errors))), 0.1, True)
            figure(f"propagation_interval_coverage_5000_cases{name}", float(np.mean(inside)), 0.85, False)
    for name, options in NULLS.items():
        directed = claimed = 0
        for seed in range(logs):
            result = learned(planted.traces(40_000 + seed, 1000, **options))
            directed += bool(result.directed.any())
            claimed += bool(result.claimed.any())
        low, high = share_interval(directed, logs)
        figure(f"nothing_planted_directed_{name}", directed / logs, 0.05, True, low, high)
        figure(f"nothing_planted_any_claim_{name}", claimed / logs, 0.1, True, *share_interval(claimed, logs))
    warned = 0
    shocks = max(2, logs // 10)
    for seed in range(shocks):
        shock = learned(planted.traces(30_000 + seed, 3000, shock=(0, 5, 0.02)))
        warned += bool(shock.claimed[0, 5] and np.isfinite(shock.explained_away_by[0, 5]))
    figure("hidden_delayed_shock_carries_the_warning", warned / shocks, 1.0, False, *share_interval(warned, shocks))


def whole(name: str, bar_s: float) -> None:
    """Processor seconds of the whole assessment of a real log, from its arrays: detectors, matrix, findings."""
    path = LOGS / name
    if not path.exists():
        print(f"{name}: not here, not measured", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "evidence.duckdb"
        ingest(path, store, key=b"0" * 32)
        log = read_log(store)
    begin = time.process_time()
    assess(WorkSystem(id="measured"), log=log, events=detect(log))
    figure(f"assess_cpu_s_{name.split('.')[0]}", time.process_time() - begin, bar_s, True)


def main() -> int:
    """Run all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=100, help="logs per world without effects")
    logs = parser.parse_args().logs
    algebra()
    brute_force()
    core_under_noise()
    whole("bpic2012.xes.gz", 60.0)
    whole("helpdesk.xes.gz", 10.0)
    propagation(beside("planted"), logs)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
